import { z } from 'zod';
import {
  type Ctx,
  type Effect,
  type Effects,
  type Handler,
  onDue,
  onObserved,
  type PersonId,
} from '../kernel/index.ts';
import { addMinutes } from '../kernel/instants.ts';
import { announceView, hostsView } from './announce-view.ts';
import { leaveDeparted } from './hosting.ts';
import { keys, ofSeries, type Store } from './keys.ts';
import { isOpen, seatOf } from './line.ts';
import { plan } from './planning.ts';
import { showPlanned } from './refresh.ts';
import { meant, still } from './still.ts';
import type { Meeting } from './store.ts';
import { eveView, soonView } from './told-view.ts';
import { followSettings } from './written.ts';

/*
 * What the clock brings. Each job looks at the session as it is by then: what was cancelled or moved is not reminded of,
 * and what comes late, since the process was down, is dropped once it is of no use any more.
 */

/** Nearer than this to the beginning a reminder of the day before only comes on top of the one that follows. */
const uselessMinutes = 30;
const useful = ({ session }: Meeting, ctx: Ctx<Store>): boolean =>
  addMinutes(ctx.now, uselessMinutes) < session.startsAt;

/** How often groundcrew.yaml is followed and who has left is noticed, and what is to come is worked out again. */
const followMinutes = 5;
const planMinutes = 6 * 60;
const follow = async (ctx: Ctx<Store>): Promise<Effects> => [
  ...(await followSettings(ctx)),
  ...(await leaveDeparted(ctx)),
  { kind: 'later', job: 'office.follow', input: {}, at: addMinutes(ctx.now, followMinutes), key: keys.follow },
];
/** Each series in a transaction of its own: it holds the locks that people wait for who sign up. */
const planAll = async (ctx: Ctx<Store>): Promise<Effects> => [
  ...(await ctx.store.officeHours.running()).map(
    ({ number }): Effect => ({
      kind: 'later',
      job: 'office.replan',
      input: { series: number },
      at: ctx.now,
      key: keys.replan(number),
    }),
  ),
  { kind: 'later', job: 'office.plan', input: {}, at: addMinutes(ctx.now, planMinutes), key: keys.plan },
];

/** Everybody who comes, and whoever asked to be reminded, gets the link: once, however often it is the moment. */
export async function callIn(meeting: Meeting, ctx: Ctx<Store>): Promise<Effects> {
  const n = meeting.session.number;
  const key = (p: PersonId) => keys.told(n, `soon/${meeting.session.startsAt.toISOString()}`, p);
  const coming = meeting.seats.filter(isOpen);
  const told = new Set(coming.map((s) => s.person));
  const others = (await ctx.store.officeHours.toRemind(n)).filter((o) => !told.has(o.person));
  const along = [...new Set(coming.flatMap((s) => s.together))].filter((p) => !told.has(p));
  return [
    ...coming.map(
      (s): Effect => ({
        kind: 'tell',
        person: s.person,
        via: s.account,
        key: key(s.person),
        view: soonView(meeting, s, ctx.now),
      }),
    ),
    ...along.map(
      (p): Effect => ({
        kind: 'tell',
        person: p,
        key: key(p),
        view: soonView(
          meeting,
          coming.find((s) => s.together.includes(p)),
          ctx.now,
        ),
      }),
    ),
    ...others
      .filter((o) => !along.includes(o.person))
      .map(
        (o): Effect => ({
          kind: 'tell',
          person: o.person,
          via: o.account,
          key: key(o.person),
          view: soonView(meeting, undefined, ctx.now),
        }),
      ),
  ];
}

export const reminding: readonly Handler<Store>[] = [
  onObserved('started', z.object({}), async (_, ctx: Ctx<Store>) => [...(await follow(ctx)), ...(await planAll(ctx))]),
  onDue('office.follow', z.object({}), (_, __, ctx: Ctx<Store>) => follow(ctx)),
  onDue('office.plan', z.object({}), (_, __, ctx: Ctx<Store>) => planAll(ctx)),
  onDue('office.replan', ofSeries, async ({ series: number }, _, ctx: Ctx<Store>) => {
    const series = await ctx.store.officeHours.takeSeries(number);
    return series && !series.ended ? plan(series, ctx) : [];
  }),

  onDue('office.refresh', z.object({ n: z.int32().positive() }), ({ n }, _, ctx: Ctx<Store>) => showPlanned(n, ctx)),

  onDue('office.day', meant, async (input, _, ctx: Ctx<Store>) => {
    const meeting = await still(input, ctx);
    if (!meeting || !useful(meeting, ctx)) return [];
    const view = announceView(meeting);
    const key = keys.dayBefore(input.n, meeting.session.startsAt);
    return meeting.series.places.map((place): Effect => ({ kind: 'say', place, view, key }));
  }),

  onDue('office.hosts', meant, async (input, _, ctx: Ctx<Store>) => {
    const meeting = await still(input, ctx);
    if (!meeting || !useful(meeting, ctx)) return [];
    const view = hostsView(meeting);
    // Without a host everybody of the series is told: somebody has to cover it.
    const to = meeting.session.host ? [meeting.session.host] : meeting.series.hosts;
    const key = keys.hosts(input.n, meeting.session.startsAt);
    return to.map((p): Effect => ({ kind: 'tell', person: p, view, key }));
  }),

  onDue('office.eve', meant.extend({ person: z.uuid() }), async (input, _, ctx: Ctx<Store>) => {
    const meeting = await still(input, ctx);
    const seat = meeting && seatOf(meeting.seats, input.person as PersonId);
    if (!meeting || !seat || !isOpen(seat) || !useful(meeting, ctx)) return [];
    const key = keys.told(input.n, `eve/${input.starts}`, seat.person);
    return [{ kind: 'tell', person: seat.person, via: seat.account, view: eveView(meeting, seat), key }];
  }),

  onDue('office.soon', meant, async (input, _, ctx: Ctx<Store>) => {
    const meeting = await still(input, ctx);
    // Late, it is of use until half of the session is over.
    if (!meeting || ctx.now > addMinutes(meeting.session.startsAt, meeting.session.minutes / 2)) return [];
    return callIn(meeting, ctx);
  }),
];
