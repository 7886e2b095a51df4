import type { Json } from '../kernel/inbound.ts';
import type { Step } from '../kernel/view.ts';

/*
 * A run is one carrying out of an order by a backend. Its row is written in the transaction of the handler that wants
 * it, and a runner carries it out: it claims the row, calls the backend, and reports each change through the one door.
 */

/** What is done to a thing. */
export const verbs = ['create', 'change', 'restart', 'rotate', 'hibernate', 'wake', 'delete'] as const;
export type Verb = (typeof verbs)[number];

/** One shape for all backends. A state that a backend does not know reads as `running`, never as done. */
export const runStates = ['queued', 'planning', 'running', 'ready', 'failed', 'cancelled'] as const;
export type RunState = (typeof runStates)[number];
export const ended = (state: RunState): boolean => state === 'ready' || state === 'failed' || state === 'cancelled';

/** What a backend is asked to do. Plain JSON: it is stored with the run. */
export type Order = {
  /** The run's key, a DNS label: the same in every try, so nothing is made twice. */
  readonly run: string;
  readonly verb: Verb;
  /** The thing: a DNS label that stays the same over all runs on it. */
  readonly resource: string;
  readonly path: string;
  readonly version: string;
  /** The backend's section of the path with the values in their places; the backend's own schema parses it. */
  readonly spec: Json;
  /** The cluster that it is for, by its name; kept, by its context. Absent: the first, or there is none. */
  readonly cluster?: string;
  /** For everything that is made: who owns it, whence it comes, when it ends. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /**
   * The same section in earlier orders of the thing, for a change or a delete: what these made and this one does not name
   * has to go, where the backend does not remember that itself.
   */
  readonly earlier?: readonly Json[];
  /**
   * How many destroys the preview counted that was confirmed; absent: none. A backend that plans anew stops when there
   * would be more, except for `delete`, and for `create`, where only what is half made can be destroyed.
   */
  readonly destroys?: number;
  /**
   * What the preview showed, for the verb that it was of. A backend that plans anew does nothing else than this, and stops
   * when there would be anything else to do. Absent when nobody was shown anything: a thing whose time is over is deleted.
   */
  readonly confirmed?: Preview['changes'];
};

/** What would happen, found out by a dry run. `refused`: the system's own words when it would not. */
export type Preview = {
  /** One line: “3 objects are made”, “2 to add, 1 to change, 0 to destroy”. */
  readonly summary: string;
  readonly changes: readonly {
    readonly what: string;
    readonly does: 'create' | 'change' | 'delete' | 'keep';
  }[];
  /** The plan or the difference, as text to fold away. */
  readonly detail?: { readonly language: string; readonly text: string };
  readonly refused?: string;
  /** It is refused because nothing of the thing is there any more: somebody else removed it. */
  readonly missing?: true;
  /** Counted by the backend: a destroy always needs an approval. */
  readonly destroys: number;
};

export type Output = {
  readonly label: string;
  /** A value, or where a secret is kept; never the secret. */
  readonly value: string;
  readonly secret?: true;
};
export type Link = { readonly label: string; readonly url: string };

/** Where a run stands. */
export type Progress = {
  readonly state: RunState;
  readonly steps: readonly Step[];
  /** The backend's own words: why it failed, or what it is doing. */
  readonly message?: string;
  /** It takes longer than it should: nothing has failed, and somebody should look. */
  readonly slow?: true;
  readonly links: readonly Link[];
  readonly outputs: readonly Output[];
  /** Things that were made and are still there: what *Clean up* would remove after a failure. */
  readonly left?: readonly string[];
  /** It failed because the thing itself is not there any more: somebody else removed it. */
  readonly missing?: true;
  /** For the log and the audit: the backend's own id of this run. */
  readonly native?: string;
};
export const queued: Progress = { state: 'queued', steps: [], links: [], outputs: [] };

export type Run = {
  readonly key: string;
  readonly backend: string;
  readonly order: Order;
  readonly progress: Progress;
  /** How often it was taken up: a report of an earlier try is dropped. */
  readonly attempt: number;
  readonly cancelled: boolean;
  readonly created: Date;
  readonly ended?: Date;
};

export type Availability =
  | { readonly ok: true; readonly version: string }
  | { readonly ok: false; readonly why: string };

/**
 * A system that makes things. All methods are idempotent by `order.run` and may be cut off at any point by the death
 * of the process: the next call finds what is there and goes on from it.
 */
export interface Backend {
  readonly name: string;
  /** How many runs of it may be under way at once in one process, in each cluster: one that is away holds up no other. */
  readonly atOnce: number;
  /**
   * Whether it can be used here; `why` says what to install or to set. Asked at start and when a path is shown. With a cluster:
   * whether it can be used in that one.
   */
  available(cluster?: string): Promise<Availability>;
  /** Throws a `Problem` when it cannot find out; what the system itself would refuse is in the preview. */
  preview(order: Order, signal: AbortSignal): Promise<Preview>;
  /**
   * Carries the order out, and tells where it stands whenever that changes. The last value has a state that has ended.
   * `signal` is aborted with the reason `cancel` (stop, and say what is left) or `stop` (the process ends: leave
   * everything as it is, without a last value; another process goes on).
   */
  run(order: Order, signal: AbortSignal): AsyncIterable<Progress>;
}

/** The runs, as handlers use them. */
export interface RunStore {
  /** With the context of its cluster, which may be called something else by the time that the order is carried out. */
  kept(order: Order): Order;
  /** Written once per key; the runner finds it after the commit. */
  start(run: {
    readonly key: string;
    readonly backend: string;
    readonly order: Order;
    readonly at: Date;
  }): Promise<void>;
  byKey(key: string): Promise<Run | undefined>;
  /** The sections of the orders that made or changed a thing, each once, the newest first. */
  made(resource: string): Promise<readonly Json[]>;
  /** Notes what the runner reports; false when the run has ended or the report is of an earlier attempt. */
  moved(key: string, attempt: number, progress: Progress, at: Date): Promise<boolean>;
  /** Asks the runner to stop it. */
  cancel(key: string): Promise<void>;
  /** Removes those whose key begins so, that ended before then, and that nothing names any more. */
  forget(prefix: string, before: Date): Promise<void>;
}
export type WithRuns = { readonly runs: RunStore };

/**
 * In which cluster things are, by its UID. Asked when a run begins and not when it is ordered: so what waits, what is tried again
 * and what is cleaned up are all held to what is known by then.
 */
export interface Whereabouts {
  /** Undefined: it was never told, or there is no such thing. */
  of(resource: string): Promise<string | undefined>;
  /** Keeps it, unless one is kept already; returns which one is now. Undefined: there is no such thing. */
  keep(resource: string, uid: string): Promise<string | undefined>;
  /** Nothing of it is in any: the next that keeps one may be of another. */
  leave(resource: string): Promise<void>;
}

/** The runs, as the runner claims them. Leases run by the database's clock. */
export interface RunClaims {
  /**
   * Runs that nobody holds, oldest first, held by `holder` for some seconds. `atOnce`: how many of each backend it may have
   * in one cluster, with those that it is `busy` with, by their keys. Raises their attempt.
   */
  claim(
    holder: string,
    atOnce: Readonly<Record<string, number>>,
    leaseSeconds: number,
    busy?: readonly string[],
  ): Promise<readonly Run[]>;
  /**
   * Runs of backends that are not among `known`, and that nobody knows as it seems: asked to stop, or waiting for
   * `waitedSeconds` while no run of that backend is held by anybody. Held and raised as by `claim`.
   */
  strays(
    holder: string,
    known: readonly string[],
    waitedSeconds: number,
    leaseSeconds: number,
  ): Promise<readonly Run[]>;
  /** Holds on to runs; returns those that are still held, and whether each was asked to stop. */
  beat(
    holder: string,
    keys: readonly string[],
    leaseSeconds: number,
  ): Promise<readonly { readonly key: string; readonly cancelled: boolean }[]>;
  /** Lets go of runs, so that another process takes them up at once. */
  release(holder: string, keys: readonly string[]): Promise<void>;
  /** Takes back what a process held that is known to be dead, whoever it was. */
  releaseAll(): Promise<void>;
}
