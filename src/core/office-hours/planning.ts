import { nextOccurrences, type Occurrence, occurrenceOn, occurrences, replan } from '../calendar/index.ts';
import type { Ctx, Effect, Effects, PersonId, View } from '../kernel/index.ts';
import { addDays } from '../kernel/instants.ts';
import { announceView } from './announce-view.ts';
import { keys, type Store } from './keys.ts';
import { isOpen, slotStart, slotsOf } from './line.ts';
import { shown } from './refresh.ts';
import { resettle } from './settling.ts';
import type { Meeting, Series, Session, SessionChange, Terms } from './store.ts';
import { unscheduled } from './times.ts';
import { backView, movedView, otherTimeView, skippedView } from './told-view.ts';
import { cover, nextHost, timesOf } from './turns.ts';

/*
 * Sessions are rows, worked out from the schedule: again at every start and every few minutes, so that a zone whose rules
 * have changed moves what is to come, and nothing is lost or doubled whatever happened to the process.
 */

/** How far ahead sessions are planned; of what is rarer there are two. */
const aheadDays = 56;
const atLeast = 2;

const planned = (series: Series, now: Date): readonly Occurrence[] => {
  const near = occurrences(series.schedule, now, addDays(now, aheadDays));
  return near.length >= atLeast ? near : nextOccurrences(series.schedule, now, atLeast);
};

const termsOf = ({ minutes, slotMinutes, queue, link }: Terms): Terms => ({
  minutes,
  queue,
  ...(slotMinutes === undefined ? {} : { slotMinutes }),
  ...(link === undefined ? {} : { link }),
});
const sameTerms = (a: Terms, b: Terms): boolean => JSON.stringify(termsOf(a)) === JSON.stringify(termsOf(b));

/** What everybody who signed up, and who hosts, is told of a session. */
const everybody = (meeting: Meeting): readonly PersonId[] => [
  ...new Set([
    ...meeting.seats.filter(isOpen).flatMap((s) => [s.person, ...s.together]),
    ...(meeting.session.host ? [meeting.session.host] : []),
  ]),
];

/** What everybody is told of a change; `what` is its name in the keys of their messages. */
type Told = { readonly what: string; readonly view: (after: Meeting, before: Meeting) => View };

/** Changes a session that has not begun: its times follow, everybody hears of it, and it is shown anew where it stands. */
async function change(
  { number }: Session,
  to: Pick<SessionChange, 'state' | 'startsAt' | 'moved'>,
  { what, view }: Told,
  ctx: Ctx<Store>,
): Promise<Effects> {
  const before = await ctx.store.officeHours.take(number);
  if (!before || before.session.state === to.state) return [];
  const made = { ...to, sequence: before.session.sequence + 1 };
  await ctx.store.officeHours.changeSession(number, made);
  const after: Meeting = { ...before, session: { ...before.session, ...made } };
  const { session, series } = after;
  return [
    ...(session.state === 'planned' ? await timesOf(session, series, ctx) : unscheduled(session)),
    ...everybody(after).map(
      (person): Effect => ({
        kind: 'tell',
        person,
        key: keys.told(number, `${what}/${made.sequence}`, person),
        view: view(after, before),
      }),
    ),
    ...(await resettle(after, ctx)),
    ...shown(after),
    // What was said the day before an earlier time.
    ...(to.startsAt
      ? [{ kind: 'edit', key: keys.dayBefore(number, before.session.startsAt), view: announceView(after) } as const]
      : []),
  ];
}

const shift = (session: Session, { startsAt, moved }: Occurrence, ctx: Ctx<Store>): Promise<Effects> =>
  change(
    session,
    { startsAt, moved },
    { what: 'moved', view: (after, before) => movedView(after, before.session.startsAt) },
    ctx,
  );

/** A session that does not take place: everybody who signed up hears of it, and of nothing else any more. */
const skip = (session: Session, ctx: Ctx<Store>): Promise<Effects> =>
  change(session, { state: 'skipped' }, { what: 'skipped', view: skippedView }, ctx);

/** A session that was skipped takes place after all: who signed up still has their place, and hears of it. */
const comeBack = (session: Session, ctx: Ctx<Store>): Promise<Effects> =>
  change(session, { state: 'planned' }, { what: 'back', view: backView }, ctx);

async function add(series: Series, added: readonly Occurrence[], last: PersonId | undefined, ctx: Ctx<Store>) {
  let previous = last;
  const sessions = [];
  for (const o of added) {
    const away = await ctx.store.officeHours.awayOn(o.wall.day);
    const host = nextHost(series.hosts, previous, away);
    previous = host ?? previous;
    const { on, startsAt, moved } = o;
    sessions.push({ ...termsOf(series), series: series.number, on, startsAt, moved, ...(host ? { host } : {}) });
  }
  const made = await ctx.store.officeHours.addSessions(sessions);
  const effects: Effect[] = [];
  for (const session of made) effects.push(...(await timesOf(session, series, ctx)));
  return effects;
}

/** The terms of its series have changed: how long it takes, how many fit in. */
async function newTerms(session: Session, series: Series, ctx: Ctx<Store>): Promise<Effects> {
  const before = await ctx.store.officeHours.take(session.number);
  if (!before) return [];
  const { minutes, slotMinutes, queue, link } = series;
  const change = { minutes, queue, slotMinutes: slotMinutes ?? null, link: link ?? null };
  await ctx.store.officeHours.changeSession(session.number, change);
  const { slotMinutes: _, link: __, ...rest } = before.session;
  const after: Meeting = { ...before, session: { ...rest, ...termsOf(series) } };
  return [
    ...(await timesOf(after.session, series, ctx)),
    ...after.seats.filter(isOpen).flatMap(({ slot, person, together }): Effects => {
      if (slot === undefined || slot >= slotsOf(after.session)) return [];
      const [was, is] = [slotStart(before.session, slot), slotStart(after.session, slot)];
      if (was.getTime() === is.getTime()) return [];
      const key = (p: PersonId) => keys.told(session.number, `terms/${ctx.now.getTime()}`, p);
      const view = otherTimeView(after, is, was);
      return [person, ...together].map((p): Effect => ({ kind: 'tell', person: p, key: key(p), view }));
    }),
    ...(await resettle(after, ctx, slotsOf(before.session) > slotsOf(after.session))),
    ...shown(after),
  ];
}

/** Brings the sessions of a series in line with its schedule. What has begun is left alone. */
export async function plan(series: Series, ctx: Ctx<Store>): Promise<Effects> {
  const { officeHours } = ctx.store;
  const all = await officeHours.planned(series.number, ctx.now);
  // Whatever should have begun by now is its start's affair, however late that is.
  const rows = all.filter((r) => r.startsAt > ctx.now);
  const wanted = series.ended ? [] : planned(series, ctx.now);
  const far = rows.flatMap((r) => {
    const o = wanted.some((w) => w.on === r.on) || series.ended ? undefined : occurrenceOn(series.schedule, r.on);
    return o && o.startsAt > ctx.now ? [o] : [];
  });
  const known = new Set(all.filter((r) => r.startsAt <= ctx.now).map((r) => r.on));
  const { added, shifted, gone } = replan(
    rows,
    [...wanted, ...far].filter((o) => !known.has(o.on)),
  );
  const effects: Effect[] = [];
  for (const { row, to } of shifted) effects.push(...(await shift(row, to, ctx)));
  for (const row of gone) effects.push(...(await skip(row, ctx)));
  const back = rows.filter((r) => r.state === 'skipped' && !gone.includes(r));
  for (const row of back) effects.push(...(await comeBack(row, ctx)));
  for (const row of rows)
    if (row.state === 'planned' && !gone.includes(row) && !sameTerms(row, series))
      effects.push(...(await newTerms(row, series, ctx)));
  const covered = await cover(
    series,
    rows.filter((r) => !gone.includes(r)),
    ctx,
  );
  effects.push(...covered.effects, ...(await add(series, added, covered.last, ctx)));
  return effects;
}

/** Says in the channels when the next one is: who reads it can sign up there. */
export async function announceNext(series: Series, ctx: Ctx<Store>): Promise<Effects> {
  const [next] = await ctx.store.officeHours.next(series.number, 1);
  if (!next) return [];
  const view = announceView(next);
  return series.places.map((place): Effect => ({ kind: 'say', place, view, key: keys.planned(next.session.number) }));
}
