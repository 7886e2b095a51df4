import type { Values } from '../catalog/path.ts';
import type { AccountId, PersonId, PlaceId } from '../kernel/index.ts';
import type { Preview, Verb } from '../runs/run.ts';
import type { RequestState } from './rules.ts';

/** What the policy says of a request, with its reason. */
export type Verdict =
  | { readonly is: 'allow'; readonly because: string }
  | { readonly is: 'approval'; readonly because: string; readonly by: readonly string[] }
  | { readonly is: 'deny'; readonly because: string };

/** Something a person asked for: a new thing from a golden path, or an operation on one that is there. */
export type Request = {
  readonly number: number;
  readonly verb: Verb;
  /** The day-2 operation of the path; absent when something new is made. */
  readonly operation?: string;
  readonly resource?: string;
  readonly path: string;
  readonly version: string;
  readonly values: Values;
  readonly team: string;
  readonly requester: PersonId;
  /** The login they asked with: where they are told. */
  readonly account: AccountId;
  readonly place?: PlaceId;
  readonly state: RequestState;
  readonly preview?: Preview;
  readonly verdict?: Verdict;
  readonly cost?: { readonly currency: string; readonly cents: number };
  /** Who decided on the approval, and in which words. */
  readonly decided?: { readonly by: PersonId; readonly words?: string; readonly breakGlass?: true };
  /** The run under way or the last one. `tries`: how often it was started. */
  readonly run?: string;
  readonly tries: number;
  /** How often it was found out what would happen: what an earlier look says is dropped. */
  readonly plans: number;
  /** Why it ended as it did, or what has to be known before it goes on, in words for people. */
  readonly said?: string;
  readonly created: Date;
  readonly changed: Date;
  readonly accepted?: Date;
  readonly ready?: Date;
};

export type NewRequest = Omit<
  Request,
  | 'number'
  | 'state'
  | 'changed'
  | 'tries'
  | 'plans'
  | 'said'
  | 'preview'
  | 'verdict'
  | 'decided'
  | 'run'
  | 'accepted'
  | 'ready'
>;
export type RequestChange = Partial<
  Pick<
    Request,
    | 'state'
    | 'values'
    | 'team'
    | 'version'
    | 'resource'
    | 'preview'
    | 'verdict'
    | 'cost'
    | 'decided'
    | 'run'
    | 'tries'
    | 'plans'
    | 'said'
    | 'accepted'
    | 'ready'
  >
>;

export interface RequestStore {
  add(request: NewRequest): Promise<Request>;
  /** Locks the row for this transaction: of two who decide at once, the second finds the decision. */
  take(number: number): Promise<Request | undefined>;
  byRun(run: string): Promise<Request | undefined>;
  change(number: number, change: RequestChange, at: Date): Promise<void>;
  /** A person's own, newest first. */
  mine(person: PersonId, limit: number): Promise<readonly Request[]>;
  /** Waiting for an approval, oldest first. */
  waiting(limit: number): Promise<readonly Request[]>;
}
export type WithRequests = { readonly requests: RequestStore };

/** One line of the audit: append-only, each chained by hash to the one before. */
export type AuditEntry = {
  readonly at: Date;
  readonly who: PersonId | 'groundcrew';
  /** What happened: `request.asked`, `request.approved`, `run.ready`, `resource.deleted` … */
  readonly what: string;
  readonly about: string;
  readonly details: Readonly<Record<string, unknown>>;
};
export interface AuditStore {
  /** Others who append wait for the end of this transaction: what else has to be locked is locked before. */
  append(entry: AuditEntry): Promise<void>;
}
export type WithAudit = { readonly audit: AuditStore };
