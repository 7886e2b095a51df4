import type { Values } from '../catalog/path.ts';
import type { PersonId } from '../kernel/index.ts';
import type { Output } from '../runs/run.ts';

/**
 * `making` until it is ready for the first time; `broken` when that failed; `missing` when somebody removed it by other
 * ways; `gone` when it was removed for certain, or forgotten.
 */
export const resourceStates = [
  'making',
  'active',
  'changing',
  'hibernated',
  'deleting',
  'broken',
  'missing',
  'gone',
] as const;
export type ResourceState = (typeof resourceStates)[number];

/** A thing that a golden path made: a database, a queue, an environment. */
export type Resource = {
  readonly id: string;
  /** A DNS label that stays: `r` and the number of the request that made it. */
  readonly slug: string;
  /** How people call it. */
  readonly name: string;
  /** What makes it one of a kind: two living resources cannot have the same. */
  readonly identity: string;
  readonly path: string;
  readonly version: string;
  readonly values: Values;
  readonly team: string;
  /** The team that it was made for, where that is another one: names such as its namespace hold it for ever. */
  readonly home?: string;
  /** The cluster that it is in, where there are several. */
  readonly cluster?: string;
  readonly owner: PersonId;
  readonly state: ResourceState;
  readonly outputs: readonly Output[];
  readonly quota?: { readonly kind: string; readonly amount: number };
  /** Per month, in cents. */
  readonly cost?: { readonly currency: string; readonly cents: number };
  readonly created: Date;
  readonly changed: Date;
  readonly expires?: Date;
  readonly extended: number;
  readonly offer?: Offer;
  /** That somebody would like it to live until then, which the path's owner has to allow. */
  readonly asked?: { readonly by: PersonId; readonly until: Date };
};

/** That somebody else may take it: a person, or whoever of a team says so first. */
export type Offer = {
  readonly to: { readonly person: PersonId } | { readonly team: string };
  /** Who offers it; absent when its owner left and nobody does. */
  readonly by?: PersonId;
  readonly at: Date;
};

export type NewResource = Omit<
  Resource,
  'id' | 'changed' | 'extended' | 'outputs' | 'state' | 'offer' | 'asked' | 'home'
>;
export type ResourceChange = Partial<
  Pick<Resource, 'version' | 'values' | 'team' | 'owner' | 'state' | 'outputs' | 'quota' | 'cost' | 'extended'>
> & {
  readonly expires?: Date | null;
  readonly offer?: Offer | null;
  readonly asked?: NonNullable<Resource['asked']> | null;
};

/** Whose: a person's own, and those of teams; together when both are named. */
export type Whose = { readonly owner?: PersonId; readonly teams?: readonly string[] };

/** What things cost and use together. */
export type Totals = {
  readonly count: number;
  /** Per month, by currency. */
  readonly costs: readonly { readonly currency: string; readonly cents: number }[];
  /** What teams use of each quota kind. */
  readonly quotas: readonly { readonly team: string; readonly kind: string; readonly amount: number }[];
};

/** One line of a thing's history: what was asked for it, and what was done to it besides. */
export type Happening = {
  readonly at: Date;
  /** Absent when nobody did it: its time had come. */
  readonly by?: PersonId;
  /** As the audit names it, or the verb of a request. */
  readonly what: string;
  /** Of the request. */
  readonly number?: number;
};

export interface ResourceStore {
  /**
   * Undefined when a living resource has this identity: of two that come at once, one wins. An empty `cluster` is the first of
   * several, and stays that one when another comes to be the first.
   */
  add(resource: NewResource): Promise<Resource | undefined>;
  /** Locks the row for this transaction. */
  take(id: string): Promise<Resource | undefined>;
  /** The same by its slug. */
  takeSlug(slug: string): Promise<Resource | undefined>;
  byId(id: string): Promise<Resource | undefined>;
  byIdentity(identity: string): Promise<Resource | undefined>;
  /** Living ones with this name or slug, in any case, newest first. */
  named(name: string, limit: number): Promise<readonly Resource[]>;
  change(id: string, change: ResourceChange, at: Date): Promise<void>;
  /** Living ones, newest first; at most `limit`, those after the one with the id `after`. */
  of(whose: Whose, limit: number, after?: string): Promise<readonly Resource[]>;
  /** The last things that happened to it, newest first. */
  history(resource: Pick<Resource, 'id' | 'slug'>, limit: number): Promise<readonly Happening[]>;
  totals(whose: Whose): Promise<Totals>;
  /** Living ones of a path, newest first; at most `limit`, those after the one with the id `after`. */
  ofPath(path: string, limit: number, after?: string): Promise<readonly Resource[]>;
  /** Living ones whose owner has no login left that works, and of which the team was not told yet. */
  orphans(limit: number): Promise<readonly Resource[]>;
  /** What somebody who left has left behind in a team, as it was offered then. */
  left(owner: PersonId, team: string, at: Date): Promise<readonly Resource[]>;
  /** Forgets that a team was told of an owner who has a login again, so that it is told the next time. */
  returned(): Promise<void>;
  /**
   * What a team uses of a quota kind and spends per month in a currency (in all together when none is named). Locks the
   * team's row for this transaction, so that two who take the last place come one after the other.
   */
  usage(
    team: string,
    kind: string | undefined,
    currency?: string,
  ): Promise<{ readonly amount: number; readonly cents: number }>;
}
export type WithResources = { readonly resources: ResourceStore };
