import type { Day, Schedule } from '../calendar/index.ts';
import type { AccountId, Person, PersonId, PlaceId } from '../kernel/index.ts';
import type { SeatState } from './line.ts';

export const kinds = ['office-hours', 'workshop', 'demo'] as const;
export type Kind = (typeof kinds)[number];

/** How long it takes, how many fit in, and where one meets: a session has its own, copied when it was planned. */
export type Terms = {
  readonly minutes: number;
  /** The length of one slot; absent: there are none. */
  readonly slotMinutes?: number;
  /** Whether people may come without a slot, one after the other. */
  readonly queue: boolean;
  readonly link?: string;
};

/** Something that takes place again and again. */
export type Series = Terms & {
  readonly number: number;
  /** Its name in groundcrew.yaml; absent: it was made in chat. */
  readonly slug?: string;
  readonly kind: Kind;
  readonly title: string;
  readonly about?: string;
  readonly schedule: Schedule;
  readonly places: readonly PlaceId[];
  /** In the order of their turns. */
  readonly hosts: readonly PersonId[];
  /** What groundcrew.yaml said of it when it was last read. */
  readonly written?: string;
  readonly created: Date;
  readonly ended?: Date;
};
export type NewSeries = Omit<Series, 'number' | 'ended'>;
/** Null takes away what may be absent. */
type Change<T> = { readonly [K in keyof T]?: object extends Pick<T, K> ? T[K] | null : T[K] };
export type SeriesChange = Change<Omit<Series, 'number' | 'slug' | 'kind' | 'created'>>;

export const sessionStates = ['planned', 'live', 'done', 'skipped'] as const;
export type SessionState = (typeof sessionStates)[number];

/** One occurrence of a series. */
export type Session = Terms & {
  readonly number: number;
  readonly series: number;
  /** The day that the rule gives it: its name, wherever it is moved to. */
  readonly on: Day;
  readonly startsAt: Date;
  readonly moved: boolean;
  readonly state: SessionState;
  readonly host?: PersonId;
  /** Rises with each change of its time, for calendars. */
  readonly sequence: number;
  /** Rises with each conversation: a press that was meant for an earlier one advances nothing. */
  readonly turn: number;
  readonly opened?: Date;
  readonly closed?: Date;
  /** When its messages were last edited. */
  readonly shown?: Date;
  readonly notes?: string;
  readonly recording?: string;
};
export type NewSession = Terms & Pick<Session, 'series' | 'on' | 'startsAt' | 'moved' | 'host'>;
export type SessionChange = Change<Omit<Session, 'number' | 'series' | 'on'>>;

/** What somebody brings along: an incident of their team, or a request of their own. */
export type Linked = { readonly kind: 'incident' | 'request'; readonly number: number; readonly words: string };

export const outcomes = ['solved', 'document', 'feedback', 'incident'] as const;
export type Outcome = (typeof outcomes)[number];

/** Somebody who signed up. */
export type Seat = {
  readonly person: PersonId;
  /** The login they signed up with: where they are told. */
  readonly account: AccountId;
  readonly state: SeatState;
  /** The nth slot, from 0. Absent: in the queue, or waiting for a slot. */
  readonly slot?: number;
  /** The order in which they signed up. */
  readonly nth: number;
  readonly topic: string;
  readonly about?: Linked;
  readonly together: readonly PersonId[];
  readonly at: Date;
  /** When they said that they are there. */
  readonly here?: Date;
  readonly began?: Date;
  readonly ended?: Date;
  /** With whose conversation theirs was taken together. */
  readonly leader?: PersonId;
  readonly outcome?: Outcome;
  /** The number of the backlog item that came of it. */
  readonly feedback?: number;
};
export type SeatChange = Change<Omit<Seat, 'person'>>;

/** A session with all that belongs to it. */
export type Meeting = { readonly series: Series; readonly session: Session; readonly seats: readonly Seat[] };

/** A topic that somebody came with, and what became of it. */
export type Topic = {
  readonly session: number;
  readonly person: PersonId;
  readonly topic: string;
  readonly about?: Linked;
  readonly outcome?: Outcome;
  readonly at: Date;
};

export interface OfficeHoursStore {
  addSeries(series: NewSeries): Promise<Series>;
  /** Locks it for this transaction. */
  takeSeries(number: number): Promise<Series | undefined>;
  changeSeries(number: number, change: SeriesChange, at: Date): Promise<void>;
  /** All that have not ended, oldest first. */
  running(): Promise<readonly Series[]>;
  /** That of groundcrew.yaml with this name, ended or not; locked for this transaction. */
  bySlug(slug: string): Promise<Series | undefined>;

  addSessions(sessions: readonly NewSession[]): Promise<readonly Session[]>;
  /** Those of a series that have not begun: planned ones, and skipped ones that start later than that. Locked. */
  planned(series: number, after: Date): Promise<readonly Session[]>;
  /** Locks the session for this transaction: of two who want the last slot, the second finds it taken. */
  take(session: number): Promise<Meeting | undefined>;
  look(session: number): Promise<Meeting | undefined>;
  /** Live ones and those to come, soonest first. */
  coming(now: Date, limit: number): Promise<readonly Meeting[]>;
  /** Those of a series that are live or to come, soonest first. */
  next(series: number, limit: number): Promise<readonly Meeting[]>;
  /** The numbers of those that somebody hosts and that have not begun, soonest first. */
  hostedBy(person: PersonId): Promise<readonly number[]>;
  /** Who is to host something, and has no login that works any more. */
  departed(): Promise<readonly PersonId[]>;
  changeSession(number: number, change: SessionChange): Promise<void>;

  /** A place, or a new one after an earlier one was cancelled. */
  addSeat(session: number, seat: Seat): Promise<void>;
  changeSeat(session: number, person: PersonId, change: SeatChange): Promise<void>;

  /** Who wants to be reminded of a session without having signed up. */
  remind(session: number, person: PersonId, account: AccountId): Promise<void>;
  toRemind(session: number): Promise<readonly { readonly person: PersonId; readonly account: AccountId }[]>;

  away(person: PersonId, since: Day, until: Day): Promise<void>;
  /** Who is away on this day. */
  awayOn(day: Day): Promise<ReadonlySet<PersonId>>;
  /** What of late somebody may want to talk about: incidents of their teams, and requests of their own. */
  linkable(person: Person, since: Date): Promise<readonly Linked[]>;
  /** What people came with since then, oldest first. */
  topics(since: Date, limit: number): Promise<readonly Topic[]>;
}
export type WithOfficeHours = { readonly officeHours: OfficeHoursStore };
