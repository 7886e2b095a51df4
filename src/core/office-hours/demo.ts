import { z } from 'zod';
import { daysBefore, wallOf } from '../calendar/index.ts';
import {
  type AccountId,
  type Ctx,
  counting,
  type Effect,
  type Effects,
  type Feature,
  onDue,
  onObserved,
  onPress,
  type PersonCtx,
  type PersonId,
  type Refuse,
  refuse,
  type SubmitHandler,
  shorten,
  whisper,
} from '../kernel/index.ts';
import { addDays, addMinutes, subDays, subMinutes } from '../kernel/instants.ts';
import type { WithRoadmap } from '../roadmap/store.ts';
import { keys, ofItem, presses } from './demo-presses.ts';
import type { DemoItem, WithDemos } from './demo-store.ts';
import {
  addForm,
  addFormId,
  afterDemoView,
  agendaView,
  manageAgendaView,
  minutesOf,
  namedView,
  presenterEveView,
  presenterSoonView,
  recordedView,
} from './demo-view.ts';
import { type Store as OfficeStore, ofSession } from './keys.ts';
import { answer, hosts, look, take } from './parts.ts';
import type { Meeting } from './store.ts';

type Store = OfficeStore & WithRoadmap;

/*
 * Demos: sessions with an agenda. What is to be said when is worked out again and again from how things stand, each under
 * a key of its own: so nothing is said twice, and nothing of what was moved, cancelled, or late beyond its use.
 */

/** People are asked what they will show so long before, and at this time of the day. */
const callDays = 14;
const callAt = '10:00';
const eveAt = '10:00';
const soonMinutes = 10;
/** What shipped within so many days is offered. */
const shippedDays = 60;
/** How long after a demo its notes are waited for. */
const afterDays = 14;
const everyMinutes = 5;

/** Brings the message in the channels up to date; says it when it does not stand there yet. */
export async function showAgenda(meeting: Meeting, ctx: Ctx<WithDemos>): Promise<Effects> {
  const { number } = meeting.session;
  const { demos } = ctx.store;
  const view = agendaView(meeting, await demos.agenda(number));
  const print = JSON.stringify(view);
  const before = await demos.shown(number);
  if (before === print) return [];
  await demos.show(number, print);
  const key = keys.agenda(number);
  return before === undefined
    ? meeting.series.places.map((place): Effect => ({ kind: 'say', place, view, key }))
    : [{ kind: 'edit', key, view }];
}

const zoneOf = async (who: PersonId, meeting: Meeting, ctx: Ctx<Store>): Promise<string> =>
  (await ctx.store.people.byId(who))?.zone ?? meeting.series.schedule.zone;

/** Those who present are reminded at their own times; who was moved with the demo is reminded of the new time. */
async function remind(meeting: Meeting, items: readonly DemoItem[], ctx: Ctx<Store>) {
  const { startsAt, number } = meeting.session;
  const effects: Effect[] = [];
  const next: Date[] = [];
  const soon = subMinutes(startsAt, soonMinutes);
  for (const who of new Set(items.map((i) => i.person))) {
    const zone = await zoneOf(who, meeting, ctx);
    const eve = daysBefore(wallOf(startsAt, zone), 1, zone, eveAt);
    const key = (what: string) => keys.told(number, `${what}/${startsAt.toISOString()}`, who);
    if (ctx.now >= soon)
      effects.push({ kind: 'tell', person: who, key: key('soon'), view: presenterSoonView(meeting, items, who) });
    else if (ctx.now >= eve)
      effects.push({ kind: 'tell', person: who, key: key('eve'), view: presenterEveView(meeting, items, who) });
    next.push(eve, soon);
  }
  return { effects, next };
}

type Looked = { readonly effects: Effects; readonly next: readonly Date[] };

async function lookAt(n: number, ctx: Ctx<Store>): Promise<Looked> {
  const meeting = await ctx.store.officeHours.take(n);
  if (!meeting) return { effects: [], next: [] };
  const { session, series } = meeting;
  const { zone } = series.schedule;
  const call = daysBefore(wallOf(session.startsAt, zone), callDays, zone, callAt);
  const said = await ctx.store.demos.shown(n);
  // What was said is kept true, also of a demo that is skipped; what was not is said while it is to come.
  const agenda =
    said !== undefined || (session.state === 'planned' && ctx.now >= call) ? await showAgenda(meeting, ctx) : [];
  if (session.state === 'planned' && ctx.now < session.startsAt) {
    const { effects, next } = await remind(meeting, await ctx.store.demos.agenda(n), ctx);
    return { effects: [...agenda, ...effects], next: [call, ...next] };
  }
  const to = session.host ? [session.host] : series.hosts;
  const over = session.state === 'done' && session.notes === undefined && said !== undefined;
  const ask = to.map(
    (p): Effect => ({ kind: 'tell', person: p, key: keys.told(n, 'after', p), view: afterDemoView(meeting) }),
  );
  return { effects: over ? [...agenda, ...ask] : agenda, next: [] };
}

async function lookAtAll(ctx: Ctx<Store>): Promise<Effects> {
  const effects: Effect[] = [];
  const next: Date[] = [addMinutes(ctx.now, everyMinutes)];
  for (const n of await ctx.store.demos.demos(subDays(ctx.now, afterDays), addDays(ctx.now, callDays + 1))) {
    const looked = await lookAt(n, ctx);
    effects.push(...looked.effects);
    next.push(...looked.next.filter((at) => at > ctx.now));
  }
  const at = new Date(Math.min(...next.map((d) => d.getTime())));
  return [...effects, { kind: 'later', job: 'demo.look', input: {}, at, key: keys.look }];
}

/** After the notes were written: the agenda shows them, and who follows it hears of them. */
export const recorded = async (meeting: Meeting, ctx: Ctx<WithDemos>): Promise<Effects> => {
  if (meeting.series.kind !== 'demo') return [];
  const n = meeting.session.number;
  const view = recordedView(meeting);
  return [
    ...(await showAgenda(meeting, ctx)),
    { kind: 'reply', to: keys.agenda(n), key: keys.recorded(n), view, alone: true },
    // Notes that are written anew change what was said of them.
    { kind: 'edit', key: keys.recorded(n), view },
  ];
};

async function shippedLately(ctx: Ctx<Store>) {
  const shipped = await ctx.store.roadmap.shipped(subDays(ctx.now, shippedDays), ctx.now);
  const taken = await ctx.store.demos.onAgenda(shipped.map((s) => s.number));
  return shipped.filter((s) => !taken.has(s.number)).toReversed();
}

const over = (meeting: Meeting): Effects => [
  answer(meeting.series.title, 'This demo is not to come any more, so its agenda stays as it is.'),
];

async function ask(n: number, ctx: PersonCtx<Store>): Promise<Effects> {
  const meeting = await look(n, ctx);
  if (meeting.session.state !== 'planned') return over(meeting);
  const left = meeting.session.minutes - minutesOf(await ctx.store.demos.agenda(n));
  if (left <= 0) return [answer(meeting.series.title, 'The agenda is full. Ask the host, or show it next time.')];
  const options = (await shippedLately(ctx))
    .slice(0, 50)
    .map((s) => ({ value: String(s.number), label: shorten(`#${s.number}: ${s.what}`, 75) }));
  return [{ kind: 'ask', form: addForm(options, left), carry: JSON.stringify({ n }), prior: { minutes: '5' } }];
}

const answers = z.object({
  shipped: z.string().optional(),
  title: z.string().optional(),
  minutes: z.number(),
  presenter: z.string().optional(),
});

async function add(raw: unknown, carry: string, ctx: PersonCtx<Store>): Promise<Effects | Refuse> {
  const given = answers.parse(raw);
  const { n } = ofSession.parse(JSON.parse(carry));
  // The lock: of two who want the last minutes, the second finds them taken.
  const meeting = await take(n, ctx);
  if (meeting.session.state !== 'planned') return refuse({ minutes: 'This demo is not to come any more.' });
  const before = await ctx.store.demos.agenda(n);
  const left = meeting.session.minutes - minutesOf(before);
  if (given.minutes > left)
    return refuse({
      minutes:
        left > 0 ? `Only ${counting(left, 'minute')} left. Please make it shorter.` : 'The agenda is full by now.',
    });
  const shipped = (await shippedLately(ctx)).find((s) => String(s.number) === given.shipped);
  if (given.shipped !== undefined && !shipped) return refuse({ shipped: 'Somebody put it on an agenda meanwhile.' });
  const title = (given.title ?? shipped?.what ?? '').replace(/\s+/g, ' ').trim();
  if (title === '') return refuse({ title: 'Say in a line what you will show.' });
  const account = given.presenter as AccountId | undefined;
  const known = account === undefined ? ctx.by : await ctx.store.people.byAccount(account);
  const presenter = known ?? (await ctx.store.people.arrive(account as AccountId, {}, ctx.now)).person;
  await ctx.store.demos.add(
    {
      session: n,
      person: presenter.id,
      by: ctx.by.id,
      title: shorten(title, 120),
      minutes: given.minutes,
      ...(shipped ? { feedback: shipped.number } : {}),
    },
    ctx.now,
  );
  const named = presenter.id !== ctx.by.id;
  return [
    ...(known
      ? []
      : [{ kind: 'act', action: 'people.lookup', input: account as string, key: `people.lookup/${account}` } as const]),
    ...(await showAgenda(meeting, ctx)),
    ...(named
      ? [
          {
            kind: 'tell',
            person: presenter.id,
            key: keys.told(n, `named/${ctx.now.getTime()}`, presenter.id),
            view: namedView(meeting, title, ctx.by.id),
          } as const,
        ]
      : []),
    answer(meeting.series.title, 'It’s on the agenda. I’ll remind whoever presents it.', 'good'),
  ];
}
const added: SubmitHandler<Store> = { on: 'submit', name: addFormId, may: 'anyone', run: add };

/** Changes the agenda if this person may, and shows it. */
async function change(
  { n, item: number }: z.output<typeof ofItem>,
  ctx: PersonCtx<Store>,
  may: (item: DemoItem, meeting: Meeting) => boolean,
  run: (item: DemoItem, items: readonly DemoItem[]) => Promise<void>,
): Promise<Effects> {
  const meeting = await take(n, ctx);
  if (meeting.session.state !== 'planned') return over(meeting);
  const items = await ctx.store.demos.agenda(n);
  const item = items.find((i) => i.number === number);
  const { title } = meeting.series;
  if (!item) return [answer(title, 'That is not on the agenda any more.')];
  if (!may(item, meeting)) return [answer(title, 'Only its presenter and the hosts can do this.', 'warn')];
  await run(item, items);
  const after = await ctx.store.demos.agenda(n);
  return [...(await showAgenda(meeting, ctx)), whisper(manageAgendaView(meeting, after, ctx.by))];
}

/** A demo with its agenda: the call for it, reminders of those who present, and what is left for who was not there. */
export const demos: Feature<Store> = {
  name: 'demos',
  handlers: [
    onObserved('started', z.object({}), (_, ctx: Ctx<Store>) => lookAtAll(ctx)),
    onDue('demo.look', z.object({}), (_, __, ctx: Ctx<Store>) => lookAtAll(ctx)),
    onPress(presses.add, ofSession, 'anyone', ({ n }, ctx: PersonCtx<Store>) => ask(n, ctx)),
    added,
    onPress(presses.manage, ofSession, 'anyone', async ({ n }, ctx: PersonCtx<Store>) => {
      const meeting = await look(n, ctx);
      if (meeting.session.state !== 'planned') return over(meeting);
      return [whisper(manageAgendaView(meeting, await ctx.store.demos.agenda(n), ctx.by))];
    }),
    onPress(presses.remove, ofItem, 'anyone', (of, ctx: PersonCtx<Store>) =>
      change(
        of,
        ctx,
        (item, meeting) =>
          item.person === ctx.by.id || item.by === ctx.by.id || hosts(ctx.by, meeting.series, meeting.session),
        (item) => ctx.store.demos.remove(item.number),
      ),
    ),
    onPress(presses.earlier, ofItem, 'anyone', (of, ctx: PersonCtx<Store>) =>
      change(
        of,
        ctx,
        (_, meeting) => hosts(ctx.by, meeting.series, meeting.session),
        async (item, items) => {
          const numbers = items.map((i) => i.number);
          const i = numbers.indexOf(item.number);
          const moved = i < 1 ? numbers : numbers.with(i - 1, item.number).with(i, numbers[i - 1] as number);
          await ctx.store.demos.order(of.n, moved);
        },
      ),
    ),
  ],
};
