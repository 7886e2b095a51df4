import type { PersonId } from '../kernel/index.ts';
import { addMinutes } from '../kernel/instants.ts';
import type { Meeting, Seat, Session, Terms } from './store.ts';

/*
 * Who is where: slots, the queue, and the list of those who wait for a slot. During a session all of them are one line.
 */

/**
 * `in`: has a slot, or is in the queue. `waiting`: for a slot that becomes free. `now`: in conversation. `missed`: could
 * not be found, and keeps the place. `back`: was missed, and is there after all. `grouped`: with somebody else's
 * conversation. `offline`: a host comes back to them. `unmet`: was there, and the time ran out. `absent`: was not there.
 */
export const seatStates = [
  'in',
  'waiting',
  'now',
  'missed',
  'back',
  'grouped',
  'done',
  'offline',
  'unmet',
  'absent',
  'cancelled',
] as const;
export type SeatState = (typeof seatStates)[number];

/** Of two places of one person, which is kept: what is still to come before what is over. */
export const bestFirst: readonly SeatState[] = [
  'now',
  'grouped',
  'back',
  'in',
  'missed',
  'waiting',
  'done',
  'offline',
  'unmet',
  'absent',
  'cancelled',
];

/** Still to come, or in conversation: who has such a seat has signed up. */
const open: readonly SeatState[] = ['in', 'waiting', 'now', 'missed', 'back', 'grouped'];
export const isOpen = (seat: Seat): boolean => open.includes(seat.state);
/** Talked with a host. */
export const came = ({ state }: Seat): boolean => state === 'done' || state === 'grouped' || state === 'offline';

export const endsAt = ({ startsAt, minutes }: Pick<Session, 'startsAt' | 'minutes'>): Date =>
  addMinutes(startsAt, minutes);
/** How many slots there are. */
export const slotsOf = ({ minutes, slotMinutes }: Terms): number =>
  slotMinutes === undefined ? 0 : Math.floor(minutes / slotMinutes);
export const slotStart = ({ startsAt, slotMinutes = 0 }: Session, slot: number): Date =>
  addMinutes(startsAt, slot * slotMinutes);

/** The slots that nobody has, soonest first. */
export function freeSlots({ session, seats }: Pick<Meeting, 'session' | 'seats'>): readonly number[] {
  const taken = new Set(seats.filter(isOpen).map((s) => s.slot));
  return Array.from({ length: slotsOf(session) }, (_, i) => i).filter((i) => !taken.has(i));
}

/** The order of the conversations: who was missed and is back, then slots, the queue, and those who wait. */
const rank = (seat: Seat): number => {
  if (seat.state === 'back') return 0;
  if (seat.state === 'waiting') return 3;
  return seat.slot === undefined ? 2 : 1;
};
const within = (seat: Seat): number => (seat.state === 'back' ? (seat.here?.getTime() ?? 0) : (seat.slot ?? seat.nth));

/** Who is still to be called, in their order. Who could not be found is called when they say that they are there. */
export const lineOf = (seats: readonly Seat[]): readonly Seat[] =>
  seats
    .filter((s) => s.state === 'in' || s.state === 'back' || s.state === 'waiting')
    .toSorted((a, b) => rank(a) - rank(b) || within(a) - within(b));

export const current = (seats: readonly Seat[]): Seat | undefined => seats.find((s) => s.state === 'now');
export const seatOf = (seats: readonly Seat[], person: PersonId): Seat | undefined =>
  seats.find((s) => s.person === person);

const ordinals = ['next', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
/** The place in the line in words, from 0. */
export const ordinal = (place: number): string => ordinals[place] ?? `number ${place + 1}`;

/** How long conversations take: what they took so far, else a slot, else a guess. The middle one, for one outlier tells nothing. */
const usualMinutes = 10;
export function waitMinutes({ session, seats }: Meeting, place: number): number {
  const lasted = seats
    .flatMap((s) => (s.began && s.ended ? [(s.ended.getTime() - s.began.getTime()) / 60_000] : []))
    .toSorted((a, b) => a - b);
  const each = lasted[Math.floor(lasted.length / 2)] ?? session.slotMinutes ?? usualMinutes;
  return Math.max(1, Math.round(each * (place + (current(seats) ? 0.5 : 0))));
}

/** What somebody asked for: a slot of their choice, the first that is free, or the queue. */
export type Wish = 'first' | 'queue' | 'wait' | number;
export type Given =
  | { readonly ok: true; readonly state: SeatState; readonly slot?: number }
  | { readonly ok: false; readonly why: string };

/** What they get. `mine`: the seat that they have already, and may keep. */
export function give(wish: Wish, meeting: Meeting, mine: Seat | undefined): Given {
  const { session } = meeting;
  const own = mine && isOpen(mine) ? mine.slot : undefined;
  const free = freeSlots(meeting);
  if (typeof wish === 'number') {
    if (wish === own || free.includes(wish)) return { ok: true, state: 'in', slot: wish };
    return { ok: false, why: 'Somebody was faster: this time is taken. Please choose another one.' };
  }
  if (wish === 'queue')
    return session.queue
      ? { ok: true, state: 'in' }
      : { ok: false, why: 'This session has no queue. Please choose a time.' };
  const slot = own ?? free[0];
  if (wish === 'first' && slot !== undefined) return { ok: true, state: 'in', slot };
  if (slotsOf(session) === 0) return { ok: true, state: 'in' };
  return { ok: true, state: 'waiting' };
}

/** The place on the list of those who wait, from 1. */
export const waitingPlace = ({ seats }: Meeting, seat: Seat): number =>
  seats.filter((s) => s.state === 'waiting' && s.nth < seat.nth).length + 1;

/** Who gets the slots that are free now, of those who wait. */
export function promotions(meeting: Meeting): readonly { readonly seat: Seat; readonly slot: number }[] {
  const waiting = meeting.seats.filter((s) => s.state === 'waiting').toSorted((a, b) => a.nth - b.nth);
  return freeSlots(meeting)
    .slice(0, waiting.length)
    .map((slot, i) => ({ seat: waiting[i] as Seat, slot }));
}
