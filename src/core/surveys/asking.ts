import { z } from 'zod';
import {
  type AccountId,
  type Ctx,
  type Effect,
  type Effects,
  type Handler,
  onDue,
  onOutcome,
  platformOf,
} from '../kernel/index.ts';
import { addSeconds } from '../kernel/instants.ts';
import { askAt } from './audience.ts';
import { again, invitation } from './card-view.ts';
import { jobs, keys, later, onRun, type Store } from './keys.ts';
import type { Part, Run, WithSurveys } from './store.ts';

/* Who is asked or reminded now: each at a civil hour, and on Slack not while they want no disturbance. */

type Fresh = Ctx<Store>;

/** How many people are asked in one transaction: interactive work gets its turn in between. */
const batch = 100;
/** How many people Slack is asked about at once. */
const quietBatch = 50;
/** How long others wait for what Slack says of some: it takes twenty such questions a minute. */
const quietSeconds = 30;

async function ask(part: Part, run: Run, ctx: Fresh): Promise<Effects> {
  const card = part.card + 1;
  const key = keys.card({ token: part.token, card });
  if (part.state === 'invited') {
    await ctx.store.surveys.change(part.token, { state: 'asked', asked: ctx.now, card });
    return [{ kind: 'tell', person: part.person, view: invitation(run, part), key }];
  }
  const wanted = !part.muted && (part.state === 'asked' || part.state === 'started');
  if (!wanted) {
    await ctx.store.surveys.change(part.token, { done: true });
    return [];
  }
  await ctx.store.surveys.change(part.token, { card, reminders: part.reminders + 1, done: true });
  return [{ kind: 'tell', person: part.person, view: again(run, part, true), key }];
}

/** `card`: how many they had when it was asked, since somebody may take theirs meanwhile. */
type Waiting = { readonly t: string; readonly card: number; readonly account: AccountId };
const askQuiet = (run: Run, who: readonly Waiting[], id: string): Effect => ({
  kind: 'act',
  action: 'surveys.quiet',
  input: { run: run.id, who },
  key: `surveys.quiet/${run.id}/${id}`,
});
const quietTold = z.object({
  run: z.string(),
  who: z.array(z.object({ t: z.string(), card: z.int(), until: z.coerce.date().nullish() })),
});

/**
 * Asks those whose hour has come; whoever is asleep by now, since we were away, is asked when they are at work again. Of
 * those on Slack it is asked first whether they want no disturbance.
 */
async function askBatch(run: Run, ctx: Fresh): Promise<Effects> {
  const effects: Effect[] = [];
  const postponed: { token: string; at: Date }[] = [];
  const waiting: Waiting[] = [];
  const parts = await ctx.store.surveys.due(run.id, ctx.now, batch);
  for (const part of parts) {
    const person = await ctx.store.people.byId(part.person);
    const at = askAt(person ?? { zone: 'UTC' }, ctx.now, ctx.settings);
    const account = person?.accounts[0];
    if (at > ctx.now) postponed.push({ token: part.token, at });
    else if (account && platformOf(account) === 'slack') waiting.push({ t: part.token, card: part.card, account });
    else effects.push(...(await ask(part, run, ctx)));
  }
  await ctx.store.surveys.askAt(postponed);
  await ctx.store.surveys.unplan(waiting.map((w) => w.t));
  for (let i = 0; i < waiting.length; i += quietBatch)
    effects.push(askQuiet(run, waiting.slice(i, i + quietBatch), ctx.id()));
  return [...effects, ...(await next(run, ctx, waiting.length > 0 ? quietSeconds : 1))];
}

/** When the next of those who are to be asked or reminded has their hour. */
export async function next(run: Pick<Run, 'id'>, ctx: Ctx<WithSurveys>, seconds = 1): Promise<Effects> {
  const due = await ctx.store.surveys.nextDue(run.id);
  if (!due) return [];
  const soon = addSeconds(ctx.now, seconds);
  return [later('ask', run.id, new Date(Math.max(due.getTime(), soon.getTime())))];
}

export const asking: readonly Handler<Store>[] = [
  onDue(jobs.ask, onRun, async ({ run: id }, _, ctx: Fresh) => {
    const run = await ctx.store.surveys.share(id);
    if (run?.state !== 'open') return [];
    return askBatch(run, ctx);
  }),
  onOutcome('surveys.quiet', quietTold, async (_, { run: id, who }, ctx: Fresh) => {
    const run = await ctx.store.surveys.share(id);
    if (run?.state !== 'open') return [];
    const effects: Effect[] = [];
    const postponed: { token: string; at: Date }[] = [];
    for (const { t, card, until } of who) {
      const found = await ctx.store.surveys.part(t);
      if (found?.part.card !== card) continue;
      const person = await ctx.store.people.byId(found.part.person);
      const from = until && until > ctx.now ? until : ctx.now;
      const at = askAt(person ?? { zone: 'UTC' }, from, ctx.settings);
      if (at > ctx.now) postponed.push({ token: t, at });
      else effects.push(...(await ask(found.part, run, ctx)));
    }
    await ctx.store.surveys.askAt(postponed);
    return [...effects, ...(await next(run, ctx))];
  }),
  onDue(jobs.remind, onRun, async ({ run: id }, _, ctx: Fresh) => {
    const run = await ctx.store.surveys.share(id);
    if (run?.state !== 'open') return [];
    const missing = await ctx.store.surveys.remindable(id);
    await ctx.store.surveys.askAt(missing.map(({ token }) => ({ token, at: ctx.now })));
    return next(run, ctx);
  }),
];
