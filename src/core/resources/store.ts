import type { Values } from '../catalog/path.ts';
import type { PersonId } from '../kernel/index.ts';
import type { Output } from '../runs/run.ts';

/** `making` until it is ready for the first time; `broken` when that failed; `gone` when it was removed for certain. */
export const resourceStates = ['making', 'active', 'changing', 'hibernated', 'deleting', 'broken', 'gone'] as const;
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
  /** A canary's: shown to nobody, counted nowhere. */
  readonly canary: boolean;
};

export type NewResource = Omit<Resource, 'id' | 'changed' | 'extended' | 'outputs' | 'state'>;
export type ResourceChange = Partial<
  Pick<Resource, 'version' | 'values' | 'team' | 'owner' | 'state' | 'outputs' | 'quota' | 'cost' | 'extended'>
> & { readonly expires?: Date | null };

export interface ResourceStore {
  /** Undefined when a living resource has this identity: of two that come at once, one wins. */
  add(resource: NewResource): Promise<Resource | undefined>;
  /** Locks the row for this transaction. */
  take(id: string): Promise<Resource | undefined>;
  byIdentity(identity: string): Promise<Resource | undefined>;
  change(id: string, change: ResourceChange, at: Date): Promise<void>;
  /** Living ones of a person's own or of teams, newest first; at most `limit`. */
  of(
    who: { readonly owner?: PersonId; readonly teams?: readonly string[] },
    limit: number,
  ): Promise<readonly Resource[]>;
  /** Living ones of a path, for freshness and upgrades. */
  ofPath(path: string, limit: number): Promise<readonly Resource[]>;
  /** Living ones whose owner has no login left that works. */
  orphans(limit: number): Promise<readonly Resource[]>;
  /**
   * What a team uses of a quota kind and spends per month in one currency. Locks the team's row for this transaction,
   * so that two who take the last place come one after the other.
   */
  usage(team: string, kind: string | undefined): Promise<{ readonly amount: number; readonly cents: number }>;
}
export type WithResources = { readonly resources: ResourceStore };
