import { z } from 'zod';
import { type Day, daysBefore, nextCivil } from '../calendar/index.ts';
import {
  type Ctx,
  type Effect,
  type Effects,
  type Handler,
  onDue,
  onPress,
  type PersonCtx,
  whisper,
} from '../kernel/index.ts';
import { outstandingView, owedView } from './acting-view.ts';
import { jobs, keys, numbered, presses } from './keys.ts';
import { ownersOf } from './owners.ts';
import type { Announcement, Owed } from './store.ts';
import { take, writers } from './taking.ts';
import { countLater, type Store } from './telling.ts';
import { noticeView } from './views.ts';

/** When those who are outstanding are reminded, in days before the deadline; after it those in charge are told as well. */
const reminders = [7, 1, 0, -1, -8, -15] as const;
const over = (nth: number): boolean => (reminders[nth] ?? 0) < 0;
/** By the clock of whoever wrote it; each is then reminded when they are at work. */
const clock = '10:00';
const workingHours = { from: '09:00', to: '17:00' } as const;

/** The next time to look who is outstanding, from a moment on. */
export function nextReminder(
  deadline: Day,
  zone: string,
  after: Date,
): { readonly at: Date; readonly nth: number } | undefined {
  return reminders
    .map((days, nth) => ({ at: daysBefore({ day: deadline, at: clock }, days, zone), nth }))
    .find(({ at }) => at > after);
}

async function remindLater(a: Announcement, ctx: Ctx<Store>): Promise<Effects> {
  const { action } = a.content;
  const zone = (await ctx.store.people.byId(a.author))?.zone ?? 'UTC';
  const next = action && nextReminder(action.deadline, zone, ctx.now);
  const key = keys.remind(a.number);
  if (!next) return [{ kind: 'never', key }];
  return [{ kind: 'later', job: jobs.remind, input: { number: a.number, nth: next.nth }, at: next.at, key }];
}

const tell = (a: Announcement, owed: Owed): Effect => ({
  kind: 'tell',
  person: owed.person,
  key: keys.owed(owed.id),
  view: owedView(a, owed),
});
/** The message to one of them and its reminders: those that were not sent are changed by nothing. */
const edit = (a: Announcement, owed: Owed): Effects =>
  [keys.owed(owed.id), ...reminders.map((_, nth) => keys.nudge(owed.id, nth))].map(
    (key): Effect => ({ kind: 'edit', key, view: owedView(a, owed), leave: true }),
  );

/**
 * Brings who has to do it in line with the inventory: who came to have such a thing is told, and who has none any more
 * (it was upgraded, handed over or deleted) is done.
 */
async function reconcile(a: Announcement, ctx: Ctx<Store>): Promise<Effects> {
  const { announcements } = ctx.store;
  const owners = await ownersOf(a.content, ctx);
  const added = await announcements.owe(a.number, owners);
  const still = new Set(owners.map((o) => o.person));
  const gone = (await announcements.owed(a.number)).filter((o) => o.done === undefined && !still.has(o.person));
  await announcements.done(
    gone.map((o) => o.id),
    'seen',
    ctx.now,
  );
  return [...added.map((o) => tell(a, o)), ...gone.flatMap((o) => edit(a, { ...o, done: ctx.now, how: 'seen' }))];
}

/** It was posted, changed or taken back: those who have to do it are told so. */
export async function actOn(a: Announcement, ctx: Ctx<Store>): Promise<Effects> {
  if (!a.content.action) return [];
  const known = await ctx.store.announcements.owed(a.number);
  if (a.state !== 'posted') return [...known.flatMap((o) => edit(a, o)), { kind: 'never', key: keys.remind(a.number) }];
  const open = known.filter((o) => o.done === undefined);
  return [...open.flatMap((o) => edit(a, o)), ...(await reconcile(a, ctx)), ...(await remindLater(a, ctx))];
}

const allDone = (a: Announcement, all: readonly Owed[]): Effects =>
  all.length > 0 && all.every((o) => o.done !== undefined)
    ? [
        { kind: 'tell', person: a.author, key: keys.allDone(a.number), view: outstandingView(a, all) },
        { kind: 'never', key: keys.remind(a.number) },
      ]
    : [];

/** Each at an hour at which they work, where they are. */
async function nudgeEach(open: readonly Owed[], nth: number, ctx: Ctx<Store>): Promise<Effects> {
  const nudges: Effect[] = [];
  for (const { id, person } of open) {
    const zone = (await ctx.store.people.byId(person))?.zone ?? 'UTC';
    const at = nextCivil(ctx.now, { zone, hours: workingHours });
    nudges.push({ kind: 'later', job: jobs.nudge, input: { id, nth }, at, key: keys.nudge(id, nth) });
  }
  return nudges;
}

/** Their teams’ channels, and whoever wrote it. */
async function escalate(a: Announcement, all: readonly Owed[], nth: number, ctx: Ctx<Store>): Promise<Effects> {
  const key = keys.escalation(a.number, nth);
  const byTeam = new Map<string, Owed[]>();
  for (const o of all.filter((each) => each.done === undefined))
    for (const team of (await ctx.store.people.byId(o.person))?.teams ?? [])
      byTeam.set(team, [...(byTeam.get(team) ?? []), o]);
  const said = [...byTeam].flatMap(
    ([team, open]): Effects =>
      (ctx.settings.channels.teams[team] ?? []).map((place) => ({
        kind: 'say',
        place,
        key: `${key}/${team}`,
        view: outstandingView(a, open, 'over'),
      })),
  );
  return [{ kind: 'tell', person: a.author, key, view: outstandingView(a, all, 'over') }, ...said];
}

async function remind(number: number, nth: number, ctx: Ctx<Store>): Promise<Effects> {
  const a = await take(number, ctx);
  if (a.state !== 'posted') return [];
  const changes = await reconcile(a, ctx);
  const all = await ctx.store.announcements.owed(number);
  const open = all.filter((o) => o.done === undefined);
  if (open.length === 0) return [...changes, ...allDone(a, all), ...countLater(number, ctx)];
  return [
    ...changes,
    ...(await nudgeEach(open, nth, ctx)),
    ...(over(nth) ? await escalate(a, all, nth, ctx) : []),
    ...(await remindLater(a, ctx)),
    ...countLater(number, ctx),
  ];
}

/**
 * One of those who have to do something, with the announcement, which is locked: always that row first, as it is where all
 * of them are looked through, so that no two wait for each other.
 */
async function takeOwed(id: number, ctx: Ctx<Store>) {
  const found = await ctx.store.announcements.lookOwed(id);
  if (!found) return undefined;
  const a = await take(found.announcement, ctx);
  const owed = await ctx.store.announcements.lookOwed(id);
  return owed && { a, owed };
}

const notYours = 'Only the person who was told can say that it’s done. Nothing was changed.';

export const acting: readonly Handler<Store>[] = [
  onPress(presses.done, z.object({ id: z.int32().positive() }), 'anyone', async ({ id }, ctx: PersonCtx<Store>) => {
    const taken = await takeOwed(id, ctx);
    if (taken?.owed.person !== ctx.by.id) return [whisper(noticeView('Not yours', notYours))];
    const { a, owed } = taken;
    if (owed.done !== undefined || a.state !== 'posted') return edit(a, owed);
    await ctx.store.announcements.done([id], 'said', ctx.now);
    const all = await ctx.store.announcements.owed(a.number);
    return [...edit(a, { ...owed, done: ctx.now, how: 'said' }), ...allDone(a, all), ...countLater(a.number, ctx)];
  }),
  onPress(presses.outstanding, numbered, writers, async ({ number }, ctx: PersonCtx<Store>) => {
    const a = await take(number, ctx);
    return [whisper(outstandingView(a, await ctx.store.announcements.owed(number)))];
  }),
  onDue(jobs.remind, z.object({ number: z.int32(), nth: z.int32() }), async ({ number, nth }, _, ctx: Ctx<Store>) =>
    remind(number, nth, ctx),
  ),
  onDue(jobs.nudge, z.object({ id: z.int32(), nth: z.int32() }), async ({ id, nth }, _, ctx: Ctx<Store>) => {
    const taken = await takeOwed(id, ctx);
    if (!taken || taken.owed.done !== undefined || taken.a.state !== 'posted') return [];
    const { a, owed } = taken;
    return [
      { kind: 'tell', person: owed.person, key: keys.nudge(id, nth), view: owedView(a, owed, { over: over(nth) }) },
    ];
  }),
];
