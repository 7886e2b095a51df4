import type { PersonId } from '../kernel/index.ts';

/** How fresh a golden path is: what its canaries found out. */
export type PathHealth = {
  readonly path: string;
  /** The version that was tried last. */
  readonly version: string;
  /** When a canary last went through: made, ready, deleted. */
  readonly verified?: Date;
  /** In a row, of that version, up to now. */
  readonly failures: number;
  /** It hid itself, and those concerned were told. */
  readonly hidden: boolean;
  /** Why the last one failed, in the backend's words. */
  readonly said?: string;
  /** When the last canary began. */
  readonly started: Date;
  /** The run of the canary that is under way. */
  readonly run?: string;
  /** What a canary left behind, which is in the way of the next one. */
  readonly left?: Left;
  /** Who pressed *Verify now*, and wants to hear of it. */
  readonly wanted?: PersonId;
};

/** `run`: the last that was to delete it, and could not. */
export type Left = { readonly run: string; readonly tries: number; readonly at: Date };

export interface HealthStore {
  all(): Promise<readonly PathHealth[]>;
  byPath(path: string): Promise<PathHealth | undefined>;
  /** Locks what is known of a path for this transaction, also when nothing is. */
  take(path: string): Promise<PathHealth | undefined>;
  put(health: PathHealth): Promise<void>;
}
export type WithHealth = { readonly health: HealthStore };
