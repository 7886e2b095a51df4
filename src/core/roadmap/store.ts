import type { Details, Feedback } from '../feedback/store.ts';
import type { AccountId, PersonId, PlaceId } from '../kernel/index.ts';
import type { Stands } from './tracker.ts';

/** How somebody said that they want it too; each reaction by itself, since each is taken back by itself. */
export type Way = 'button' | 'reply' | 'split' | `reaction/${string}`;

/** That somebody wants it too. One person counts once, in however many ways they said so. */
export type Voice = {
  readonly feedback: number;
  readonly person: PersonId;
  readonly way: Way;
  /** The login they said it with: where they are told. */
  readonly account: AccountId;
  readonly pain?: number;
  readonly team?: string;
  readonly at: Date;
};

/** How many people of one team asked, and how many more have what it is about. A person is counted once. */
export type TeamCount = { readonly team?: string; readonly asked: number; readonly affected: number };

/** An item that is like what somebody is about to ask for. */
export type Similar = Pick<Feedback, 'number' | 'what' | 'state' | 'help' | 'link'> & { readonly asked: number };

/** That one person is told of one move. */
export type Notice = {
  readonly move: string;
  readonly person: PersonId;
  readonly account?: AccountId;
  /** When they asked, or said that they want it too. */
  readonly since: Date;
  /** Whether they asked for it, or wanted it too. */
  readonly asked: boolean;
  readonly kind: 'plan' | 'ship' | 'decline';
  readonly words?: string;
  readonly by?: PersonId;
  readonly item: Pick<Feedback, 'number' | 'what' | 'state' | 'quarter' | 'link' | 'path'>;
  readonly key?: string;
  /** What they said of it once it was there. */
  readonly solved?: boolean;
};

/** What one person says of what shipped. */
export type Verdict = {
  readonly feedback: number;
  readonly person: PersonId;
  readonly solved: boolean;
  readonly words?: string;
  readonly at: Date;
};

export type Relation = { readonly number: number; readonly kind: 'related' | 'part' | 'whole'; readonly what: string };

/** The issue of a tracker that an item is worked on in. */
export type Issue = {
  readonly feedback: number;
  readonly tracker: string;
  readonly ref: string;
  readonly url: string;
  /** When the tracker last told of a change. */
  readonly changed?: Date;
  /** How it stood there then. */
  readonly stands?: Stands;
};

/** Something that is there now, and who is to be thanked for asking. */
export type Shipped = Pick<Feedback, 'number' | 'what' | 'help' | 'link' | 'path' | 'persona' | 'outcome'> & {
  readonly at: Date;
  /** Those who asked, then those who wanted it too; the first of each came first. */
  readonly askers: readonly { readonly person: PersonId; readonly since: Date; readonly asked: boolean }[];
};

export type Draft = Pick<Feedback, 'what' | 'why' | 'pain' | 'permalink' | 'account'> & {
  readonly id: string;
  readonly person: PersonId;
  readonly at: Date;
};

export interface RoadmapStore {
  /** An item, not locked. */
  item(number: number): Promise<Feedback | undefined>;
  /** Lets what holds two items come one after the other, until the transaction ends: two merges could make a circle. */
  merging(): Promise<void>;
  /** The item that this one is merged into at last; itself when it is not. */
  rootOf(number: number): Promise<number | undefined>;
  /** What is merged into an item, directly or not, in the order of their numbers. */
  merged(number: number): Promise<readonly Feedback[]>;
  setInto(number: number, into: number | undefined): Promise<void>;
  set(number: number, details: Details): Promise<void>;
  /** Who asked and who is affected, with all that is merged into each. */
  counts(numbers: readonly number[]): Promise<ReadonlyMap<number, readonly TeamCount[]>>;
  /** Items of others that are like these words, the likest first. */
  similar(words: string, person: PersonId, limit: number): Promise<readonly Similar[]>;
  /** False when this person said so before, in this way: then only what it adds is kept. */
  say(voice: Voice): Promise<boolean>;
  /** Takes back what was said in one way, or in every way; false when there was nothing. */
  unsay(number: number, person: PersonId, way?: Way): Promise<boolean>;
  /** Of this item alone, not of what is merged into it. */
  voices(number: number): Promise<readonly Voice[]>;
  /** Whether somebody asked for an item, or wanted it too, or what is merged into it. */
  wants(number: number, person: PersonId): Promise<boolean>;
  /** What somebody wants that others asked for, newest first. */
  wanted(person: PersonId, limit: number): Promise<readonly Feedback[]>;
  mute(number: number, person: PersonId, at: Date): Promise<void>;
  unmute(number: number, person: PersonId): Promise<boolean>;
  muted(number: number, person: PersonId): Promise<boolean>;
  /** Who muted this item alone. */
  mutes(number: number): Promise<readonly PersonId[]>;
  /** People are to be told of the last move of an item, at a time. Who they are is found out then. */
  tell(number: number, at: Date): Promise<void>;
  /**
   * As `tell`, for what shipped: all that waits to be told as shipped is told at the same time, so that one message tells of
   * all, and nothing waits longer than `mostMs` since it shipped. Returns when.
   */
  gather(number: number, at: Date, mostMs: number): Promise<Date>;
  /** When people are to be told of something next, as far as is committed. */
  nextTelling(): Promise<Date | undefined>;
  /** What was not told yet is not told any more; false when nothing was. */
  untell(number: number): Promise<boolean>;
  /** The requester was told of the last move already, by a message with this key. */
  toldAlready(number: number, person: PersonId, key: string, at: Date): Promise<void>;
  /** Finds out who is to be told of what is due: whoever wants it now, once each, but not who did it, muted it or left. */
  expand(now: Date): Promise<void>;
  /** What waits to be told, of so many people: locked until the transaction ends, and left out where another has it. */
  claim(people: number): Promise<readonly Notice[]>;
  told(notices: readonly Notice[], key: string): Promise<void>;
  /** Whether anybody still waits to be told, as far as is committed: another process may be at it. */
  untold(): Promise<boolean>;
  /** What a message told, in its order. */
  noticesOf(key: string): Promise<readonly Notice[]>;
  /** The message that told somebody last that an item is there. */
  toldShipped(number: number, person: PersonId): Promise<Notice | undefined>;
  judge(verdict: Verdict): Promise<void>;
  /** Of an item with all that is merged into it. */
  verdicts(number: number): Promise<readonly Verdict[]>;
  relate(number: number, other: number, kind: 'related' | 'split'): Promise<void>;
  relations(number: number): Promise<readonly Relation[]>;
  /** Items that are not merged into another: open ones, and those that shipped since. */
  board(shippedSince: Date, limit: number): Promise<readonly Feedback[]>;
  /** What shipped in a time, earliest first, without what is merged into another. */
  shipped(from: Date, to: Date): Promise<readonly Shipped[]>;
  /** Items by their number or some words, newest first. */
  find(query: string, limit: number): Promise<readonly Pick<Feedback, 'number' | 'what'>[]>;
  issue(number: number): Promise<Issue | undefined>;
  issueBy(tracker: string, ref: string): Promise<Issue | undefined>;
  /** What is older than what is known of it stays out. */
  setIssue(issue: Issue): Promise<void>;
  /** Up to when we know what changed in a tracker, by its clock. */
  trackedTo(tracker: string): Promise<Date | undefined>;
  setTrackedTo(tracker: string, at: Date): Promise<void>;
  keepDraft(draft: Draft): Promise<void>;
  /** Takes a draft out, once. */
  takeDraft(id: string, person: PersonId): Promise<Draft | undefined>;
  /** The item whose card a message of ours is. */
  cardAt(place: PlaceId, native: string): Promise<number | undefined>;
}
export type WithRoadmap = { readonly roadmap: RoadmapStore };
