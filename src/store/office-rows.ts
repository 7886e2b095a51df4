import type { Selectable } from 'kysely';
import { type Schedule, scheduleSchema } from '../core/calendar/index.ts';
import type { AccountId, PersonId, PlaceId } from '../core/kernel/index.ts';
import type { SeatState } from '../core/office-hours/line.ts';
import type {
  Kind,
  Linked,
  Outcome,
  Seat,
  SeatChange,
  Series,
  SeriesChange,
  Session,
  SessionChange,
  SessionState,
  Terms,
} from '../core/office-hours/store.ts';
import { json } from './db.ts';
import type { Tables } from './schema.ts';

/* Rows of office hours, as the core has them and as the tables do. */

/** Null is absent. */
type Some<T> = { [K in keyof T]?: NonNullable<T[K]> };
const some = <T extends object>(values: T): Some<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Some<T>;
/** A column is left alone where a change does not name it. */
const given = <T extends object>(values: T): Partial<{ [K in keyof T]: Exclude<T[K], undefined> }> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

const terms = (row: { minutes: number; slot_minutes: number | null; queue: boolean; link: string | null }): Terms => ({
  minutes: row.minutes,
  queue: row.queue,
  ...some({ slotMinutes: row.slot_minutes, link: row.link }),
});
export const termColumns = ({ minutes, slotMinutes, queue, link }: Terms) => ({
  minutes,
  slot_minutes: slotMinutes ?? null,
  queue,
  link: link ?? null,
});

export const series = (row: Selectable<Tables['office_series']>, hosts: readonly string[]): Series => ({
  number: row.number,
  kind: row.kind as Kind,
  title: row.title,
  schedule: scheduleSchema.parse(row.schedule),
  places: row.places as PlaceId[],
  hosts: hosts as readonly PersonId[],
  created: row.created,
  ...terms(row),
  ...some({ slug: row.slug, about: row.about, written: row.written, ended: row.ended }),
});

export function seriesColumns({ schedule, places, hosts: _, slotMinutes, ...plain }: SeriesChange) {
  return {
    ...given({ ...plain, slot_minutes: slotMinutes }),
    ...(schedule ? { schedule: json(schedule satisfies Schedule) } : {}),
    ...(places ? { places: json(places) } : {}),
  };
}

export const session = (row: Selectable<Tables['office_session']>): Session => ({
  number: row.number,
  series: row.series,
  on: row.day,
  startsAt: row.starts,
  moved: row.moved,
  state: row.state as SessionState,
  sequence: row.sequence,
  turn: row.turn,
  ...terms(row),
  ...some({
    host: row.host as PersonId | null,
    opened: row.opened,
    closed: row.closed,
    shown: row.shown,
    notes: row.notes,
    recording: row.recording,
  }),
});

export const sessionColumns = ({ startsAt, slotMinutes, ...plain }: SessionChange) =>
  given({ ...plain, starts: startsAt, slot_minutes: slotMinutes });

export const seat = (row: Selectable<Tables['office_seat']>, together: readonly string[]): Seat => ({
  person: row.person as PersonId,
  account: row.account as AccountId,
  state: row.state as SeatState,
  nth: row.nth,
  topic: row.topic,
  together: together as readonly PersonId[],
  at: row.at,
  ...some({
    slot: row.slot,
    about: row.about as unknown as Linked | null,
    here: row.here,
    began: row.began,
    ended: row.ended,
    leader: row.leader as PersonId | null,
    outcome: row.outcome as Outcome | null,
    feedback: row.feedback,
  }),
});

export function seatColumns({ about, together: _, ...plain }: SeatChange) {
  return { ...given(plain), ...(about === undefined ? {} : { about: about && json(about) }) };
}
