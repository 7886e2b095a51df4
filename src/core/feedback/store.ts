import type { AccountId, Json, Persona, PersonId } from '../kernel/index.ts';
import type { Move, State } from './rules.ts';

/** What triage finds out about an item, as far as it has. */
export type Details = {
  readonly problem?: string;
  /** What people will be able to do. */
  readonly outcome?: string;
  readonly persona?: Persona;
  /** `2026Q1`. */
  readonly quarter?: string;
  readonly owner?: PersonId;
  /** 1 to 5. */
  readonly impact?: number;
  /** Percent. */
  readonly confidence?: number;
  /** Weeks of one person. */
  readonly effort?: number;
  /** The golden path it is about: whoever has one of those is affected. */
  readonly path?: string;
};

/** Something a person asked for. */
export type Feedback = Details & {
  readonly number: number;
  readonly requester: PersonId;
  /** The login they asked with: where they are told. */
  readonly account: AccountId;
  readonly what: string;
  readonly why: string;
  /** How much it hurts, 1 to 5. */
  readonly pain: number;
  readonly permalink?: string;
  readonly state: State;
  readonly created: Date;
  readonly changed: Date;
  /** The requester's team, when they asked. */
  readonly team?: string;
  /** The item that it is merged into. */
  readonly into?: number;
  /** What people were told when it shipped last: what they can do now, and where. */
  readonly help?: string;
  readonly link?: string;
  readonly shipped?: Date;
};

/** What is written into the history beside moves: nothing of it changes the state. */
export type Mark = 'detail' | 'merge' | 'unmerge' | 'split' | 'link' | 'note';

/** One line of the history. */
export type Moved = {
  /** Absent when a tracker told of it, and nobody of ours. */
  readonly by?: PersonId;
  readonly via?: string;
  readonly move: Move | Mark;
  /** The state after it. */
  readonly state: State;
  /** A reason, a question or an answer. */
  readonly words?: string;
  readonly at: Date;
  /** What it changed beside the state, by field: before and after. */
  readonly changes?: Readonly<Record<string, readonly [before: Json, after: Json]>>;
};

export interface FeedbackStore {
  add(item: Omit<Feedback, 'number' | 'changed' | 'state'>): Promise<Feedback>;
  /** The item, locked until the transaction ends, so that two who press at once are decided one after the other. */
  take(number: number): Promise<Feedback | undefined>;
  /** Writes a line of the history, and with it what it changes of the item. */
  moved(number: number, move: Moved, more?: Details & Pick<Feedback, 'help' | 'link' | 'shipped'>): Promise<void>;
  /** Oldest first. */
  history(number: number): Promise<readonly Moved[]>;
  /** Of several items at once, by number. */
  histories(numbers: readonly number[]): Promise<ReadonlyMap<number, readonly Moved[]>>;
  /** Newest first. */
  mine(person: PersonId, limit: number): Promise<readonly Feedback[]>;
  /** What is not shipped or declined: the most painful first, then the oldest. */
  open(limit: number): Promise<readonly Feedback[]>;
}
export type WithFeedback = { readonly feedback: FeedbackStore };
