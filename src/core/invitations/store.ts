import type { Schedule } from '../calendar/index.ts';
import type { PersonId } from '../kernel/index.ts';

/** A session as a calendar shows it: for who has a slot in it, that time alone. */
export type Entry = {
  readonly session: number;
  /** Its name in calendars has when the series was made in it: numbers are given anew by another installation. */
  readonly made: Date;
  readonly title: string;
  readonly about?: string;
  readonly link?: string;
  readonly startsAt: Date;
  readonly minutes: number;
  readonly sequence: number;
  readonly slot?: number;
  /** What this person brings along; absent for those who host. */
  readonly topic?: string;
};

/** A series as a calendar shows it. */
export type Course = {
  readonly series: number;
  readonly made: Date;
  readonly title: string;
  readonly about?: string;
  readonly link?: string;
  readonly minutes: number;
  readonly schedule: Schedule;
  readonly changed: Date;
};

/** What somebody has to be told by mail: a new place, another time of it, or that it is gone. */
export type Owed = {
  readonly person: PersonId;
  readonly name: string;
  readonly email: string;
  readonly zone: string;
  readonly entry: Entry;
  readonly gone: boolean;
  /** They were mailed of it before, and it stands in their calendar. */
  readonly again: boolean;
};

export type Mailing = 'never' | 'on' | 'off';

/** What an address is for: one’s own sessions, or all of a series. */
export type Scope = { readonly person: PersonId; readonly series?: number };

export interface InvitationStore {
  /** A new address for this; an earlier one for the same stops. Only a hash of the token is kept. */
  issue(scope: Scope, token: string, now: Date): Promise<void>;
  revoke(scope: Scope): Promise<void>;
  /** What this person has addresses for. */
  held(person: PersonId): Promise<readonly Scope[]>;
  /** What a calendar may see that comes with this token. */
  opened(token: string, now: Date): Promise<Scope | undefined>;

  /** What somebody takes part in or hosts, from a time on, soonest first. */
  agenda(person: PersonId, since: Date): Promise<readonly Entry[]>;
  course(series: number): Promise<Course | undefined>;
  /** The sessions of a series, from a time on, soonest first. */
  sessionsOf(series: number, since: Date): Promise<readonly Entry[]>;
  /** One session, or one slot of it. Skipped ones are none. */
  entry(session: number, slot?: number): Promise<Entry | undefined>;

  /** Whether somebody is mailed: `never` so far, or they said that they do not want it. */
  mailing(person: PersonId): Promise<Mailing>;
  setMailing(person: PersonId, on: boolean, now: Date): Promise<void>;

  /** Whether anybody is. Reads only. */
  owing(now: Date): Promise<boolean>;
  /**
   * What nobody was mailed of yet; noted as told with this. Another process waits meanwhile, so that each is told once.
   */
  owed(now: Date, limit: number): Promise<readonly Owed[]>;
}
export type WithInvitations = { readonly invitations: InvitationStore };
