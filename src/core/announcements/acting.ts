import { z } from 'zod';
import { civilIn, type Day, daysBefore, nextCivil, wallOf } from '../calendar/index.ts';
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
import type { Announcement, Heard, Owed } from './store.ts';
import { look, take, writers } from './taking.ts';
import { countLater, keepersOf, type Store } from './telling.ts';
import { noticeView } from './views.ts';

/** When those who are outstanding are reminded, in days before the deadline; after it those in charge are told as well. */
const reminders = [7, 1, 0, -1, -8, -15] as const;
const over = (nth: number): boolean => (reminders[nth] ?? 0) < 0;
/** By the clock of whoever wrote it; each is then reminded when they are at work. */
const clock = '10:00';
/** They are told some at a time: each transaction stays small, and whoever presses Done meanwhile waits for none of them. */
const batch = 100;
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

/** Whether there is something to do. */
const binds = (a: Announcement): boolean => a.state === 'posted' && a.content.action !== undefined;

const tell = (a: Announcement, owed: Owed): Effect => ({
  kind: 'tell',
  person: owed.person,
  key: keys.owed(owed.id),
  view: owedView(a, owed),
});
/** The message to one of them and its reminders. */
const edit = (a: Announcement, owed: Heard): Effects =>
  [keys.owed(owed.id), ...owed.nudges.map((nudge) => keys.nudge(owed.id, nudge))].map(
    (key): Effect => ({ kind: 'edit', key, view: owedView(a, owed), leave: true }),
  );

const actNow = (number: number, ctx: Ctx<Store>): Effect => ({
  kind: 'later',
  job: jobs.act,
  input: { number },
  at: ctx.now,
  key: keys.act(number),
});

/**
 * Brings who has to do it in line with the inventory: who came to have such a thing is told, and who has none any more
 * (it was upgraded, handed over or deleted) is done. Here it is only noted; they hear of it in the next moments.
 */
async function reconcile(a: Announcement, ctx: Ctx<Store>): Promise<Effects> {
  const again = await ctx.store.announcements.owe(a.number, await ownersOf(a.content, ctx), ctx.now);
  return [...(await nudgeEach(a, again, 'again', ctx)), actNow(a.number, ctx)];
}

/** It was posted, changed or taken back: those who have to do it, or had to, are told so. */
export async function actOn(a: Announcement, ctx: Ctx<Store>): Promise<Effects> {
  const { announcements } = ctx.store;
  const never: Effect = { kind: 'never', key: keys.remind(a.number) };
  if (binds(a)) {
    await announcements.restate(a.number);
    return [...(await reconcile(a, ctx)), ...(await remindLater(a, ctx))];
  }
  if ((await announcements.share(a.number)).all === 0) return [];
  await announcements.restate(a.number);
  return [actNow(a.number, ctx), never];
}

/** Some of those whose message does not say how things stand hear how they do; the next ones in a transaction of their own. */
async function act(number: number, ctx: Ctx<Store>): Promise<Effects> {
  const { announcements } = ctx.store;
  const a = await take(number, ctx);
  const stale = await announcements.stale(number, batch);
  const fresh = stale.filter((o) => !o.told && o.done === undefined && binds(a));
  await announcements.stated(
    stale.map((o) => o.id),
    fresh.map((o) => o.id),
  );
  return [
    ...fresh.map((o) => tell(a, o)),
    ...stale.filter((o) => o.told).flatMap((o) => edit(a, o)),
    ...(stale.length === batch ? [actNow(number, ctx)] : []),
  ];
}

async function allDone(a: Announcement, ctx: Ctx<Store>): Promise<Effects> {
  const { done, all } = await ctx.store.announcements.share(a.number);
  if (all === 0 || done < all) return [];
  const view = outstandingView(a, await ctx.store.announcements.owed(a.number));
  const key = keys.allDone(a.number);
  return [
    ...(await keepersOf(a, ctx)).map((person): Effect => ({ kind: 'tell', person, key, view })),
    { kind: 'never', key: keys.remind(a.number) },
  ];
}

/** Each at an hour at which they work, where they are. `nth`: which of the reminders of this deadline it is. */
async function nudgeEach(a: Announcement, open: readonly Owed[], nth: string, ctx: Ctx<Store>): Promise<Effects> {
  const deadline = a.content.action?.deadline;
  if (open.length === 0 || deadline === undefined) return [];
  const people = await ctx.store.people.several(open.map((o) => o.person));
  const zones = new Map(people.map((p) => [p.id, p.zone]));
  return open.map(({ id, person }): Effect => {
    const at = nextCivil(ctx.now, civilIn(zones.get(person), workingHours, ctx.settings));
    return nudgeAt(at, { id, deadline, nth });
  });
}
const nudgeAt = (at: Date, input: { readonly id: number; readonly deadline: Day; readonly nth: string }): Effect => ({
  kind: 'later',
  job: jobs.nudge,
  input,
  at,
  key: keys.nudgeOf(input.id),
});

type Round = { readonly number: number; readonly deadline: string; readonly nth: number; readonly after?: number };
const nudgesNow = (round: Round, ctx: Ctx<Store>): Effect => ({
  kind: 'later',
  job: jobs.nudges,
  input: round,
  at: ctx.now,
  key: keys.nudges(round.number),
});

/** Some of those who are outstanding, and then the next ones. */
async function nudges(round: Round, ctx: Ctx<Store>): Promise<Effects> {
  const a = await take(round.number, ctx);
  if (!binds(a) || a.content.action?.deadline !== round.deadline) return [];
  const open = await ctx.store.announcements.outstanding(round.number, batch, round.after);
  const last = open.length === batch ? open.at(-1)?.id : undefined;
  return [
    ...(await nudgeEach(a, open, String(round.nth), ctx)),
    ...(last === undefined ? [] : [nudgesNow({ ...round, after: last }, ctx)]),
  ];
}

/** Their teams’ channels, and whoever wrote it. */
async function escalate(a: Announcement, all: readonly Owed[], nth: number, ctx: Ctx<Store>): Promise<Effects> {
  const key = keys.escalation(a.number, `${a.content.action?.deadline}/${nth}`);
  const open = all.filter((o) => o.done === undefined);
  const people = await ctx.store.people.several(open.map((o) => o.person));
  const teams = new Map(people.map((p) => [p.id, p.teams]));
  const byTeam = new Map<string, Owed[]>();
  for (const o of open)
    for (const team of teams.get(o.person) ?? []) byTeam.set(team, [...(byTeam.get(team) ?? []), o]);
  const said = [...byTeam].flatMap(
    ([team, theirs]): Effects =>
      (ctx.settings.channels.teams[team] ?? []).map((place) => ({
        kind: 'say',
        place,
        key: `${key}/${team}`,
        view: outstandingView(a, theirs, 'over'),
      })),
  );
  const view = outstandingView(a, all, 'over');
  return [...(await keepersOf(a, ctx)).map((person): Effect => ({ kind: 'tell', person, key, view })), ...said];
}

async function remind(number: number, nth: number, ctx: Ctx<Store>): Promise<Effects> {
  const a = await take(number, ctx);
  const { action } = a.content;
  if (!action || !binds(a)) return [];
  const changes = await reconcile(a, ctx);
  const all = await ctx.store.announcements.owed(number);
  // Where nobody has to yet, somebody may come to.
  if (all.length > 0 && all.every((o) => o.done !== undefined))
    return [...changes, ...(await allDone(a, ctx)), ...countLater(number, ctx)];
  return [
    ...changes,
    nudgesNow({ number, deadline: action.deadline, nth }, ctx),
    ...(over(nth) && all.length > 0 ? await escalate(a, all, nth, ctx) : []),
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

const roundSchema = z.object({
  number: z.int32(),
  deadline: z.string(),
  nth: z.int32(),
  after: z.int32().exactOptional(),
});
const nudgeSchema = z.object({ id: z.int32(), deadline: z.string(), nth: z.string() });
const notYours = 'Only the person who was told can say that it’s done. Nothing was changed.';

export const acting: readonly Handler<Store>[] = [
  onPress(presses.done, z.object({ id: z.int32().positive() }), 'anyone', async ({ id }, ctx: PersonCtx<Store>) => {
    const taken = await takeOwed(id, ctx);
    if (taken?.owed.person !== ctx.by.id) return [whisper(noticeView('Not yours', notYours))];
    const { a, owed } = taken;
    if (owed.done !== undefined || !binds(a)) return edit(a, owed);
    await ctx.store.announcements.done(id, ctx.now);
    const said = edit(a, { ...owed, done: ctx.now, how: 'said' });
    return [...said, ...(await allDone(a, ctx)), ...countLater(a.number, ctx)];
  }),
  onPress(presses.outstanding, numbered, writers, async ({ number }, ctx: PersonCtx<Store>) => {
    const a = await look(number, ctx);
    return [whisper(outstandingView(a, await ctx.store.announcements.owed(number)))];
  }),
  onDue(jobs.remind, z.object({ number: z.int32(), nth: z.int32() }), async ({ number, nth }, _, ctx: Ctx<Store>) =>
    remind(number, nth, ctx),
  ),
  onDue(jobs.act, numbered, async ({ number }, _, ctx: Ctx<Store>) => act(number, ctx)),
  onDue(jobs.nudges, roundSchema, async (round, _, ctx: Ctx<Store>) => nudges(round, ctx)),
  onDue(jobs.nudge, nudgeSchema, async ({ id, deadline, nth }, _, ctx: Ctx<Store>) => {
    const taken = await takeOwed(id, ctx);
    if (!taken) return [];
    const { a, owed } = taken;
    // It was meant for another deadline, or nothing is to be done any more.
    if (!binds(a) || owed.done !== undefined || a.content.action?.deadline !== deadline) return [];
    const civil = civilIn((await ctx.store.people.byId(owed.person))?.zone, workingHours, ctx.settings);
    const at = nextCivil(ctx.now, civil);
    // We were down at that hour, and now they are not at work.
    if (at > ctx.now) return [nudgeAt(at, { id, deadline, nth })];
    // Where they are: a weekend may lie between the time of the reminder and their next working hour.
    const over = wallOf(ctx.now, civil.zone).day > deadline;
    const nudge = nth === 'again' ? `${deadline}/again/${ctx.now.getTime()}` : `${deadline}/${nth}`;
    await ctx.store.announcements.nudged(id, nudge);
    return [{ kind: 'tell', person: owed.person, key: keys.nudge(id, nudge), view: owedView(a, owed, { over }) }];
  }),
];
