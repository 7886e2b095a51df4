import type { Ctx, Effect, Effects, PersonId } from '../kernel/index.ts';
import { pulse } from '../surveys/pulses.ts';
import { keys, type Store } from './keys.ts';
import { came, isOpen } from './line.ts';
import { shown } from './refresh.ts';
import type { Meeting, Seat } from './store.ts';
import { thanksView, unmetView, wrapView } from './wrap-view.ts';

/**
 * What becomes of a place when the session is over. Where nobody was ever called the card was not used, so who was not
 * there cannot be told: the hosts say it.
 */
function endOf(seat: Seat, { session }: Meeting, ctx: Ctx<Store>): Partial<Seat> | undefined {
  if (seat.state === 'now' || seat.state === 'grouped') return { state: 'done', ended: ctx.now };
  if (session.turn === 0) return undefined;
  if (seat.state === 'missed') return { state: 'absent' };
  if (seat.state === 'in' || seat.state === 'back' || seat.state === 'waiting')
    return { state: seat.here || seat.state === 'waiting' ? 'unmet' : 'absent' };
  return undefined;
}

/** Everybody who came, with those who came along, each once. */
export const whoCame = ({ seats }: Meeting): readonly PersonId[] => [
  ...new Set(seats.filter(came).flatMap((s) => [s.person, ...s.together])),
];

/** Those who are asked what came of it: whoever hosts, or all of the series where nobody does. */
export const closers = ({ series, session }: Meeting): readonly PersonId[] =>
  session.host ? [session.host] : series.hosts;

/** A session is over: who came is thanked, whose turn never came is not forgotten, and the hosts say what came of it. */
export async function close(meeting: Meeting, ctx: Ctx<Store>): Promise<Effects> {
  const { officeHours } = ctx.store;
  const n = meeting.session.number;
  const seats: Seat[] = [];
  for (const seat of meeting.seats) {
    const end = isOpen(seat) ? endOf(seat, meeting, ctx) : undefined;
    if (end) await officeHours.changeSeat(n, seat.person, end);
    seats.push({ ...seat, ...end });
  }
  await officeHours.changeSession(n, { state: 'done', closed: ctx.now, shown: ctx.now });
  const after: Meeting = { ...meeting, seats, session: { ...meeting.session, state: 'done', closed: ctx.now } };
  return [
    ...shown(after),
    { kind: 'never', key: keys.refresh(n) },
    ...(await pulse('office-hours', whoCame(after), ctx)),
    ...whoCame(after).map(
      (p): Effect => ({ kind: 'tell', person: p, view: thanksView(after), key: keys.told(n, 'thanks', p) }),
    ),
    ...seats
      .filter((s) => s.state === 'unmet')
      .map(
        (s): Effect => ({
          kind: 'tell',
          person: s.person,
          via: s.account,
          view: unmetView(after, s),
          key: keys.told(n, 'unmet', s.person),
        }),
      ),
    ...(seats.some((s) => s.state !== 'cancelled')
      ? closers(after).map((p): Effect => ({ kind: 'tell', person: p, view: wrapView(after), key: keys.wrap(n) }))
      : []),
  ];
}
