import { z } from 'zod';
import {
  type Ctx,
  type Effect,
  type Effects,
  type Feature,
  mayDo,
  onCommand,
  onDue,
  onObserved,
  onPress,
  type PersonCtx,
  Problem,
  whisper,
} from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import { wantedIn } from './ask.ts';
import { crowds, monthOf, monthsBefore, monthsKept, readReport } from './report.ts';
import type { Span, WithMetrics } from './store.ts';
import { hiddenView, howView, presses, reportView, sentView } from './views.ts';

type Store = WithMetrics & WithPeople;

const jobs = { monthly: 'metrics.monthly' } as const;
/** Those who may ask about teams that they are not in. */
const overseers = ['platform', 'product'] as const;
const mostMembers = 5_000;
/** In the morning of Europe and the night of America: it waits for nobody. */
const hourOfPost = 8;

async function spanOf(team: string | undefined, since: Date, ctx: Ctx<Store>): Promise<Span> {
  if (team === undefined) return { since, until: ctx.now };
  const members = (await ctx.store.people.inTeam(team, mostMembers)).map((p) => p.id);
  return { since, until: ctx.now, team, members };
}

/** The report as a direct message: it has pictures, and is worth keeping. */
async function show(team: string | undefined, since: Date, ctx: PersonCtx<Store>): Promise<Effects> {
  const { smallest, definitions } = ctx.settings.metrics;
  if (team !== undefined) {
    if (!ctx.by.teams.includes(team) && !mayDo(overseers, ctx.by.roles))
      throw new Problem(
        'metrics_team_not_yours',
        `The numbers of ${team} are for those in it and for the platform team. Ask for “metrics” to see those of everybody.`,
      );
    const all = await ctx.store.metrics.teams({ since, until: ctx.now });
    if (!crowds(all, smallest).has(team)) return [whisper(hiddenView(team, smallest))];
  }
  const report = await readReport(ctx.store.metrics, await spanOf(team, since, ctx), smallest);
  const title = team === undefined ? 'The platform in numbers' : `${team} in numbers`;
  const tell: Effect = {
    kind: 'tell',
    person: ctx.by.id,
    via: ctx.account,
    view: reportView(report, { title, url: definitions, opens: mayDo(overseers, ctx.by.roles) }),
    key: `metrics/${ctx.delivery}`,
  };
  return [tell, whisper(sentView)];
}

const monthLong = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** The post about the month before, on the first day of the next. Its key is the month’s: a start moves no other. */
function nextPost(now: Date): Effects {
  const current = monthOf(now);
  const at = (month: Date) => new Date(month.getTime() + hourOfPost * 3_600_000);
  const month = at(current) > now ? current : monthsBefore(current, -1);
  const name = month.toISOString().slice(0, 7);
  return [{ kind: 'later', job: jobs.monthly, input: { month: name }, at: at(month), key: `${jobs.monthly}/${name}` }];
}

async function post(name: string, ctx: Ctx<Store>): Promise<Effects> {
  const { metrics, triage } = ctx.settings.channels;
  const places = metrics.length > 0 ? metrics : triage;
  if (places.length === 0) return [];
  // However late it is posted, it is about that month.
  const until = new Date(`${name}-01T00:00Z`);
  const since = monthsBefore(until, 1);
  const report = await readReport(ctx.store.metrics, { since, until }, ctx.settings.metrics.smallest);
  const view = reportView(report, {
    title: `${monthLong.format(since)} in numbers`,
    url: ctx.settings.metrics.definitions,
    // Everybody reads it.
    opens: false,
  });
  return places.map((place): Effect => ({ kind: 'say', place, view, key: `metrics/month/${name}` }));
}

const shown = z.object({ team: z.string().max(60).exactOptional(), months: z.int().min(1).max(120) });

/** The platform’s own numbers: what was measured and what was asked, each with where it comes from. */
export const metrics: Feature<Store> = {
  name: 'metrics',
  area: 'How it goes',
  handlers: [
    onCommand(
      'metrics',
      { summary: 'The platform in numbers', usage: '[team] [since]', may: 'anyone' },
      async (typed, ctx: PersonCtx<Store>) => {
        const { team, since } = wantedIn(typed, Object.keys(ctx.settings.teams), ctx.now);
        return show(team, since, ctx);
      },
    ),
    onPress(presses.show, shown, 'anyone', async ({ team, months }, ctx: PersonCtx<Store>) =>
      show(team, monthsBefore(ctx.now, months), ctx),
    ),
    onPress(presses.how, z.object({}), 'anyone', async (_, ctx: PersonCtx<Store>) => [
      whisper(howView(ctx.settings.metrics.definitions)),
    ]),
    onObserved('started', z.object({}), async (_, ctx: Ctx<Store>) => nextPost(ctx.now)),
    onDue(
      jobs.monthly,
      z.object({ month: z.string().regex(/^\d{4}-\d\d$/) }),
      async ({ month }, _, ctx: Ctx<Store>) => {
        await ctx.store.metrics.forget(monthsBefore(ctx.now, monthsKept));
        return [...(await post(month, ctx)), ...nextPost(ctx.now)];
      },
    ),
  ],
};
