import type { Stores } from '../core/features.ts';
import type {
  AccountId,
  Delivered,
  Effect,
  Form,
  Json,
  Origin,
  PersonalInbound,
  PersonId,
  PlaceId,
  PlatformName,
  Raw,
  Reply,
  View,
} from '../core/kernel/index.ts';
import type { Arrival as Met } from '../core/people/store.ts';

/** Now, and later: both virtual in tests. */
export interface Clock {
  now(): Date;
  /** Calls back once after some milliseconds; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
}

/** What an arrival that has not been answered for certain still owes. */
export type Owed = {
  readonly delivery: string;
  readonly origin: Origin;
  readonly replies: readonly Reply[];
  readonly account: AccountId;
  /** How long ago it arrived, by the database's clock: those of several processes differ. */
  readonly ageMs: number;
};

/** What arrived, as it is written down. `origin` is there when a person acted: they are answered by it. */
export type InboxEntry = {
  readonly delivery: string;
  readonly kind: string;
  readonly at: Date;
  readonly account?: AccountId;
  readonly origin?: Origin;
  /** What was remembered of who acts, in short: the row is written only if that is still so. */
  readonly print?: string;
};

/** Who acts was not any more as remembered, or this delivery was there before: nothing was written. Look, and try again. */
export class Stale extends Error {}

export interface Inbox {
  /** The replies of an earlier delivery; undefined when there was none. */
  replies(delivery: string): Promise<readonly Reply[] | undefined>;
  settle(deliveries: readonly string[]): Promise<void>;
  /** Claims those that arrived so long ago and were not settled, oldest first, for as long as a try may take. */
  owed(ageMs: number, limit: number): Promise<readonly Owed[]>;
  forget(before: Date): Promise<number>;
  /** Leaves nothing of an arrival, not even that it was. */
  erase(delivery: string): Promise<void>;
}

/** A message to deliver, or an action to run. */
export type Parcel = {
  readonly seq: string;
  readonly lane: string;
  readonly key: string;
  /** How often it was tried before. */
  readonly tries: number;
  readonly firstTry: Date;
  /** An earlier try may have been carried out. */
  readonly unsure: boolean;
  readonly delivery: string;
} & (
  | { readonly kind: 'say'; readonly place: PlaceId; readonly view: View }
  | { readonly kind: 'tell'; readonly person: PersonId; readonly via?: AccountId; readonly view: View }
  | {
      readonly kind: 'edit';
      /** The place where it was said, or `direct:` and the person whom it was told. */
      readonly slot: string;
      readonly place?: PlaceId;
      readonly native?: string;
      /** The lane of its message by now. */
      readonly home?: string;
      readonly view: View;
      readonly leave?: true;
      readonly passing?: true;
    }
  | {
      readonly kind: 'reply';
      readonly slot: string;
      /** Where the message is under which it hangs; absent when that was never delivered. */
      readonly place?: PlaceId;
      readonly native?: string;
      readonly home?: string;
      readonly view: View;
      readonly alone?: true;
    }
  | { readonly kind: 'home'; readonly account: AccountId; readonly view: View }
  | { readonly kind: 'act'; readonly action: string; readonly input: Json }
);
/** A parcel as it is written: no history yet. */
export type Lot =
  | { readonly kind: 'say'; readonly key: string; readonly place: PlaceId; readonly view: View; readonly anew?: true }
  | {
      readonly kind: 'tell';
      readonly key: string;
      readonly person: PersonId;
      readonly via?: AccountId;
      readonly view: View;
    }
  | Extract<Effect, { kind: 'edit' }>
  | {
      readonly kind: 'reply';
      readonly key: string;
      readonly to: string;
      readonly view: View;
      readonly alone?: true;
      readonly anew?: true;
    }
  | { readonly kind: 'home'; readonly account: AccountId; readonly view: View }
  | { readonly kind: 'act'; readonly key: string; readonly action: string; readonly input: Json };

export type LaneHead = { readonly lane: string; readonly seq: string; readonly attempts: number };

export interface Outbox {
  /** Writes what is to be delivered; returns the new rows, to be looked at soon. A known key is written once. */
  write(lots: readonly Lot[], delivery: string, now: Date): Promise<readonly LaneHead[]>;
  /**
   * Claims what goes next in a lane: its first post, else an edit of a message that is there. Or
   * tells when to come again; undefined when the lane is empty.
   */
  claim(lane: string, now: Date, leaseSeconds: number): Promise<Parcel | { readonly next: Date } | undefined>;
  /** Holds a claim for longer; false when it was lost to another process. */
  renew(parcel: Parcel, leaseSeconds: number): Promise<boolean>;
  done(parcel: Parcel, delivered: Extract<Delivered, { is: 'done' }>, now: Date): Promise<void>;
  /**
   * Back to waiting; `anew`: as if it had not been tried yet, unless that is in doubt. False when the claim was lost, as
   * with `end` and `move`: then nothing is changed.
   */
  postpone(
    parcel: Parcel,
    until: Date,
    why: string,
    how: { readonly unsure: boolean; readonly anew?: boolean },
  ): Promise<boolean>;
  /** Puts what is for a person into their lane on another platform, with all that hangs on it; returns its new place. */
  move(parcel: Parcel, person: PersonId, platform: PlatformName): Promise<readonly LaneHead[]>;
  end(parcel: Parcel, state: 'gone' | 'left' | 'refused', why: string, now: Date): Promise<boolean>;
  /** Posts a message anew whose copy was deleted by a person; false when that was done once before. */
  again(parcel: Extract<Parcel, { kind: 'edit' }>, now: Date): Promise<boolean>;
  /** Lanes in which something could be delivered now: so many of each platform, and of actions, that none hides the others. */
  ready(now: Date, limit: number): Promise<readonly LaneHead[]>;
  /** Takes back the claims of a process that is known to be dead. */
  release(): Promise<void>;
  /** Whether a message that was said or told is there. */
  stands(place: PlaceId, native: string): Promise<boolean>;
  depth(): Promise<{ readonly waiting: number; readonly oldestSeconds: number }>;
  /** What was delivered before then. */
  forget(before: Date): Promise<number>;
  /** Where messages are that were last posted or changed before then: they cannot be changed any more. */
  forgetMessages(before: Date): Promise<number>;
}

export type DueRow = { readonly key: string; readonly job: string; readonly input: Json; readonly at: Date };
/** `tries`: how often it failed. */
export type Ready = DueRow & { readonly tries: number };
export interface Due {
  put(...rows: readonly DueRow[]): Promise<void>;
  remove(...keys: readonly string[]): Promise<void>;
  /** Takes a row out, if it is still there for that instant. */
  take(key: string, at: Date): Promise<boolean>;
  ready(now: Date, limit: number): Promise<readonly Ready[]>;
  /** It failed, and is not ready again before an instant, if it is still there for that one. */
  failed(key: string, at: Date, until: Date): Promise<void>;
}

export type AskedRow = {
  readonly id: string;
  readonly account: AccountId;
  readonly form: Form;
  readonly carry: string;
  readonly prior: Raw;
  readonly place?: PlaceId;
  readonly done: boolean;
};
export interface AskedForms {
  keep(row: Omit<AskedRow, 'done'>, at: Date): Promise<void>;
  take(id: string): Promise<AskedRow | undefined>;
  /** Remembers what was typed, so that a form can be opened again with it. */
  typed(id: string, raw: Raw): Promise<void>;
  finish(id: string): Promise<void>;
  /** As `finish`, and forgets what was asked and typed. */
  erase(id: string): Promise<void>;
  forget(before: Date): Promise<number>;
}

/** All that is reached inside one transaction. */
export type Tx = {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly due: Due;
  readonly asked: AskedForms;
  readonly features: Stores;
  /** Runs what may fail, or take longer than `ms` for one query, without spoiling what else the transaction does. */
  attempt<T>(ms: number, run: () => Promise<T>): Promise<T>;
};

export interface Store {
  /**
   * What has to be known before an arrival is handled: who acts, as they are known at this moment, if somebody does.
   * Undefined when this delivery was there before. Arrivals that come at the same moment are looked up by one query, and
   * somebody who acted a moment ago is remembered: then `print` goes with the arrival, which is checked when it is written.
   */
  meet(
    entry: InboxEntry,
    hints?: PersonalInbound['hints'],
  ): Promise<{ readonly acting?: Met; readonly print?: string } | undefined>;
  /**
   * All that one arrival does, in one transaction: its row, what `run` reads and writes by way of `tx`, and the replies
   * that it returns. Undefined when this delivery was there before: then nothing of `run` stays.
   *
   * The row is the first thing that is written, when `run` first uses `tx`. One that never does has nothing else to
   * write, so its row is added at the end, in one statement with others that come at the same moment.
   * `commit` is called last, before COMMIT is sent: throwing there leaves nothing.
   * Errors: `Stale` for an entry with a `print`.
   */
  arrival(
    entry: InboxEntry,
    run: (tx: Tx) => Promise<readonly Reply[]>,
    commit?: () => void,
  ): Promise<readonly Reply[] | undefined>;
  /** Runs in one transaction. */
  transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T>;
  /** The same repositories, each call its own transaction. */
  readonly direct: Tx;
  ping(): Promise<void>;
}

/** The queue wakes the relay; what must not be lost does not depend on it. */
export interface Queue {
  /** Asks for lanes to be drained soon. A head that was asked for already is not asked for twice. */
  add(heads: readonly LaneHead[]): Promise<void>;
  /** `drain` returns when the lane wants to be seen again. */
  start(drain: (lane: string) => Promise<Date | undefined>): Promise<void>;
  stop(): Promise<void>;
  ping(): Promise<void>;
}
