import type { AccountId, PersonId } from '../kernel/index.ts';
import type { Move, State } from './rules.ts';

/** Something a person asked for. */
export type Feedback = {
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
};

/** One line of the history. */
export type Moved = {
  readonly by: PersonId;
  readonly move: Move;
  /** The state after it. */
  readonly state: State;
  /** A reason, a question or an answer. */
  readonly words?: string;
  readonly at: Date;
};

export interface FeedbackStore {
  add(item: Omit<Feedback, 'number' | 'changed' | 'state'>): Promise<Feedback>;
  /** The item, locked until the transaction ends, so that two who press at once are decided one after the other. */
  take(number: number): Promise<Feedback | undefined>;
  moved(number: number, move: Moved): Promise<void>;
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
