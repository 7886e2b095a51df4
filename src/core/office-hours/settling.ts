import type { Ctx, Effect, Effects } from '../kernel/index.ts';
import { seatView } from './announce-view.ts';
import { keys, type Store } from './keys.ts';
import { isOpen, promotions, slotsOf } from './line.ts';
import type { Meeting, Seat } from './store.ts';
import { eve } from './times.ts';
import { lostSlotView, promotedView } from './told-view.ts';

const replaced = (seats: readonly Seat[], seat: Seat): readonly Seat[] =>
  seats.map((s) => (s.person === seat.person ? seat : s));

/** Gives what is free to those who wait, in their order, and tells them. `left`: somebody has left the list otherwise. */
export async function promote(
  meeting: Meeting,
  ctx: Ctx<Store>,
  left = false,
): Promise<{ meeting: Meeting; effects: Effects }> {
  let now = meeting;
  const effects: Effect[] = [];
  if (meeting.session.state !== 'planned') return { meeting, effects };
  const { number } = meeting.session;
  for (const { seat, slot } of promotions(meeting)) {
    const after: Seat = { ...seat, state: 'in', slot };
    await ctx.store.officeHours.changeSeat(number, seat.person, { state: 'in', slot });
    now = { ...now, seats: replaced(now.seats, after) };
    effects.push({
      kind: 'tell',
      person: seat.person,
      via: seat.account,
      key: keys.told(number, `free/${ctx.now.getTime()}`, seat.person),
      view: promotedView(now, after),
    });
  }
  // The places on the list have moved up for everybody who still waits.
  const touched = new Set(effects.flatMap((e) => (e.kind === 'tell' ? [e.person] : [])));
  if (left || touched.size > 0)
    for (const seat of now.seats)
      if (touched.has(seat.person) || seat.state === 'waiting')
        effects.push({ kind: 'edit', key: keys.seat(number, seat.person), view: seatView(now, seat) });
  return { meeting: now, effects };
}

/** After a change of the session: everybody's own message, and the reminders. `fewer`: there may be slots that are gone. */
export async function resettle(meeting: Meeting, ctx: Ctx<Store>, fewer = false): Promise<Effects> {
  const { session } = meeting;
  const effects: Effect[] = [];
  let now = meeting;
  const lost: Seat[] = [];
  for (const seat of fewer ? meeting.seats.filter(isOpen) : []) {
    if (seat.slot === undefined || seat.slot < slotsOf(session)) continue;
    const state = session.queue || slotsOf(session) === 0 ? 'in' : 'waiting';
    const { slot: _, ...rest } = seat;
    const after: Seat = { ...rest, state };
    await ctx.store.officeHours.changeSeat(session.number, seat.person, { state, slot: null });
    now = { ...now, seats: replaced(now.seats, after) };
    lost.push(after);
  }
  // Which place on the list somebody has is known when all of them stand in it.
  for (const seat of lost)
    effects.push({
      kind: 'tell',
      person: seat.person,
      via: seat.account,
      key: keys.told(session.number, `slot/${ctx.now.getTime()}`, seat.person),
      view: lostSlotView(now, seat),
    });
  const promoted = await promote(now, ctx);
  now = promoted.meeting;
  effects.push(...promoted.effects);
  for (const seat of now.seats.filter(isOpen)) {
    const by = await ctx.store.people.byId(seat.person);
    if (!by) continue;
    effects.push(
      { kind: 'edit', key: keys.seat(session.number, seat.person), view: seatView(now, seat) },
      session.state === 'planned' ? eve(session, by, ctx.now) : { kind: 'never', key: keys.eve(session.number, by.id) },
    );
  }
  return effects;
}
