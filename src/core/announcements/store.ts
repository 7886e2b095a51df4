import type { ClockTime, Day } from '../calendar/index.ts';
import type { Persona, PersonId, PlaceId } from '../kernel/index.ts';
import type { Kind as SessionKind, SessionState } from '../office-hours/store.ts';
import type { Reader } from './audience.ts';
import type { Kind, State } from './rules.ts';

/** Whom it concerns. Empty: everybody. */
export type Audience = {
  /** Parts of the platform, as groundcrew.yaml names them. */
  readonly areas: readonly string[];
  readonly personas: readonly Persona[];
  /** Their channels get a copy. */
  readonly teams: readonly string[];
};

/** What it says. */
export type Content = {
  readonly kind: Kind;
  readonly title: string;
  /** What people can do now, or have to do. */
  readonly text: string;
  /** What not everybody wants to read: it stands in the thread. */
  readonly details?: string;
  readonly link?: string;
  /** It stands on the web. */
  readonly picture?: { readonly url: string; readonly alt: string };
  readonly audience: Audience;
  /** Of the kind `action`: who has to do it, and until when. */
  readonly action?: Action;
  /** Of the kind `week`: what it brought, and from when on. */
  readonly entries?: readonly Entry[];
  readonly since?: string;
  /** Of the kind `event`: the session that it is about. */
  readonly event?: Event;
};
/** A session as it is announced. */
export type Event = {
  readonly session: number;
  readonly of: SessionKind;
  readonly state: SessionState;
  readonly startsAt: string;
  readonly minutes: number;
  readonly host?: PersonId;
  readonly where?: string;
  readonly agenda: readonly { readonly title: string; readonly person: PersonId }[];
  /** Where it stands by itself, and is not announced once more. */
  readonly places: readonly PlaceId[];
};
/** One line of a changelog. `minor`: it stands in the thread. */
export type Entry = {
  /** Of what it is about, so that it is there once. */
  readonly id: string;
  readonly kind: Kind;
  readonly text: string;
  readonly link?: string;
  /** Some of those who asked for it, and how many did. */
  readonly thanks?: readonly PersonId[];
  readonly asked?: number;
  readonly minor?: true;
  /** Of a session: when it begins; and that it does not take place after all. */
  readonly at?: string;
  readonly off?: true;
};
/** A golden path as the last changelog knew it. */
export type KnownPath = { readonly path: string; readonly version: string; readonly lifecycle: string };
/** A merged pull request that is news. */
export type Pull = {
  readonly repository: string;
  readonly number: number;
  readonly words: string;
  readonly url: string;
  readonly merged: Date;
  /** When it was changed last, where it is kept. */
  readonly changed: Date;
};
/** How many incidents were closed, and within how many seconds half of them. */
export type Closed = { readonly count: number; readonly median?: number };

/**
 * Whoever owns a thing of this path, on this version (`1` stands for all of 1.x); without a path everybody in the teams
 * of the audience.
 */
export type Action = { readonly deadline: Day; readonly path?: string; readonly version?: string };

export type Announcement = {
  readonly number: number;
  readonly content: Content;
  readonly author: PersonId;
  readonly state: State;
  readonly created: Date;
  /** Also what tells two who change it at once apart. */
  readonly changed: Date;
  /** When it goes out by itself, or would. */
  readonly planned?: Date;
  readonly posted?: Date;
  /** When what people had read was corrected last. */
  readonly corrected?: Date;
  /** Why it was taken back, or dropped. */
  readonly why?: string;
};
export type NewAnnouncement = Pick<Announcement, 'content' | 'author'> & { readonly planned?: Date };
export type AnnouncementChange = Partial<Pick<Announcement, 'content' | 'state' | 'posted' | 'corrected' | 'why'>> & {
  readonly planned?: Date | null;
};

/**
 * One copy, in one channel. `lost`: it is not there and will not be, or could not be brought up to date. `deleted`: by
 * somebody there, and it was to stay away.
 */
export type Copy = { readonly place: PlaceId } & (
  | { readonly is: 'there' | 'waiting' | 'deleted' }
  | { readonly is: 'lost'; readonly why: string }
);

/** Somebody who has to do something, and for which of their things. */
export type Owner = { readonly person: PersonId; readonly things: readonly string[] };
export type Owed = Owner & {
  readonly id: number;
  readonly announcement: number;
  readonly done?: Date;
  /** They said so, or it was seen: they have no such thing any more. */
  readonly how?: 'said' | 'seen';
};

/** What they have heard of it: whether they have a message, and the reminders that they got. */
export type Heard = Owed & { readonly told: boolean; readonly nudges: readonly string[] };

/** What somebody follows: parts of the platform of which they are told at once, or once a day; and when. */
export type Following = {
  readonly once: readonly string[];
  readonly digest: readonly string[];
  readonly hours: { readonly from: ClockTime; readonly to: ClockTime };
};
export type Follower = Pick<Following, 'hours'> & {
  readonly person: PersonId;
  readonly zone: string;
  readonly how: 'once' | 'digest';
};

export interface AnnouncementStore {
  add(announcement: NewAnnouncement, at: Date): Promise<Announcement>;
  look(number: number): Promise<Announcement | undefined>;
  /** Locks the row for this transaction: of two who press at once, the second finds what the first did. */
  take(number: number): Promise<Announcement | undefined>;
  change(number: number, change: AnnouncementChange, at: Date): Promise<Announcement>;
  /** Those in these states, newest first; with a reader those that concern them. */
  lately(states: readonly State[], limit: number, reader?: Reader): Promise<readonly Announcement[]>;
  /** How the message with this key fares in every channel where it was said, as far as is known since then. */
  copies(key: string, since: Date): Promise<readonly Copy[]>;
  /** Notes that somebody has read it; false when they said so before. */
  seen(number: number, person: PersonId, at: Date): Promise<boolean>;
  /** How many people have. */
  seenBy(number: number): Promise<number>;
  /** The announcement of which this is a message, in a channel or to a follower. */
  saidAt(place: PlaceId, native: string): Promise<number | undefined>;
  /** False when it was so before. */
  react(number: number, person: PersonId, name: string): Promise<boolean>;
  unreact(number: number, person: PersonId, name: string): Promise<boolean>;
  /** How many people reacted. */
  reactedBy(number: number): Promise<number>;
  /** Its link was followed: by whom is not kept. */
  followed(number: number): Promise<void>;
  follows(number: number): Promise<number>;
  /**
   * Notes who has to do it now: whoever has nothing to do with it any more is done, which was `seen`. Whose message does
   * not say how things stand is `stale` then. Returns those who were done so, and have such a thing again.
   */
  owe(number: number, owners: readonly Owner[], at: Date): Promise<readonly Owed[]>;
  /** All who had to, in the order in which they were noted. */
  owed(number: number): Promise<readonly Owed[]>;
  /** Those who have not done it, those after `after`. */
  outstanding(number: number, limit: number, after?: number): Promise<readonly Owed[]>;
  /** How many have done it, of all who had to. */
  share(number: number): Promise<{ readonly done: number; readonly all: number }>;
  /** One of them. Whoever changes it takes the announcement first, so the row needs no lock of its own. */
  lookOwed(id: number): Promise<Heard | undefined>;
  /** They said so. */
  done(id: number, at: Date): Promise<void>;
  /** No message says how things stand any more. */
  restate(number: number): Promise<void>;
  /** Some of those whose message does not say how things stand. */
  stale(number: number, limit: number): Promise<readonly Heard[]>;
  /** Their messages do now; of those who are `told` it is the first. */
  stated(ids: readonly number[], told: readonly number[]): Promise<void>;
  nudged(id: number, nudge: string): Promise<void>;
  following(person: PersonId): Promise<Following | undefined>;
  follow(person: PersonId, following: Following): Promise<void>;
  /** Whoever follows one of these, in the order of their ids, those after `after`; at once if they want one of them so. */
  followers(areas: readonly string[], limit: number, after?: PersonId): Promise<readonly Follower[]>;
  /** Keeps it for the next digest of somebody. */
  putBy(number: number, person: PersonId): Promise<void>;
  /** Takes out what was kept for somebody, oldest first. */
  takePutBy(person: PersonId): Promise<readonly Announcement[]>;
  /** Up to when the last changelog tells, whether it had something to tell or not. */
  lastChangelog(): Promise<Date | undefined>;
  changelogUpTo(to: Date): Promise<void>;
  /** Those that nobody has approved, the oldest first, locked. */
  takeUnapproved(): Promise<readonly Announcement[]>;
  /** Those posted in a time and not taken back, earliest first. */
  postedBetween(from: Date, to: Date): Promise<readonly Announcement[]>;
  /** Those of sessions that begin since then, whatever became of them. */
  events(since: Date): Promise<readonly Announcement[]>;
  /** The last one of this session. */
  ofSession(session: number): Promise<Announcement | undefined>;
  /** The numbers of the weeks’ lists that were made since then, and name sessions to come. */
  weeksWithSessions(since: Date): Promise<readonly number[]>;
  closedIncidents(from: Date, to: Date): Promise<Closed>;
  /** Notes what was told of one that was merged, and whether it is `news`. What is older than what is known changes nothing. */
  notePull(pull: Pull, news: boolean): Promise<void>;
  /** Those merged before that were not told, earliest first. They count as told from now on. */
  takePulls(before: Date): Promise<readonly Pull[]>;
  knownPaths(): Promise<readonly KnownPath[]>;
  /** Those that are not named stay as they were known: one that cannot be read for a while is no news when it is back. */
  notePaths(paths: readonly KnownPath[]): Promise<void>;
}
export type WithAnnouncements = { readonly announcements: AnnouncementStore };
