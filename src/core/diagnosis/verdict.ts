import type { Text } from '../kernel/text.ts';
import type { Obj } from './read.ts';

/** Names an object; `namespace` is empty for what belongs to the whole cluster. */
export type Ref = { readonly kind: string; readonly namespace: string; readonly name: string };

/** A field, and what stands in it. */
export type Evidence = { readonly on: Ref; readonly path: string; readonly says: string };

/** How bad it is now: `critical` when people who use the service meet it, `warning` when they do not yet. */
export type Severity = 'critical' | 'warning';

/** `certain`: the cluster says so itself. `likely`: it follows from several objects. `unclear`: quoted, not understood. */
export type Confidence = 'certain' | 'likely' | 'unclear';

export type FixKind =
  | 'rollback'
  | 'restart'
  | 'resume'
  | 'patch'
  | 'create'
  | 'delete'
  /** A look that tells more: it changes nothing. */
  | 'look'
  /** To be done outside of the cluster, or by whoever runs it. */
  | 'ask';

/** `patch` is a partial object with its own name: what `kubectl patch --type strategic` takes. */
export type Fix = { readonly title: string; readonly kind: FixKind } & (
  | { readonly patch: Obj; readonly command?: never }
  | { readonly command: string; readonly patch?: never }
);

export type Change = { readonly path: string; readonly before?: string; readonly after?: string };

/** What the newest revision changed against the last one that worked (or, when none is known to have, the one before). */
export type Changed = {
  readonly from: number;
  readonly to: number;
  readonly knownGood: boolean;
  readonly changes: readonly Change[];
};

/** Who notices: users, or nobody yet since old pods still serve. */
export type Blast = {
  readonly reach: 'users' | 'partly' | 'old-pods-serve' | 'none' | 'unknown';
  readonly text: string;
};

/** Last log lines that would tell more, asked for by a rule. */
export type LogWish = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
};

export type Verdict = {
  /** Stable: what incidents, mutes and metrics go by. */
  readonly code: string;
  readonly severity: Severity;
  readonly object: Ref;
  /** The workloads that suffer, when that is another object than the one at fault, or more than one. */
  readonly affected: readonly Ref[];
  /** One sentence for a developer who does not know Kubernetes. */
  readonly summary: Text;
  readonly evidence: readonly Evidence[];
  readonly changed?: Changed;
  /** Existing names that are one slip away from the wrong one. */
  readonly near: readonly string[];
  readonly blast: Blast;
  readonly fixes: readonly Fix[];
  readonly confidence: Confidence;
  readonly wants: { readonly logs: readonly LogWish[] };
  /** Argo CD, Flux or Helm: what changes the object by hand will be undone by it. */
  readonly managedBy?: string;
};

export const sameRef = (a: Ref, b: Ref): boolean =>
  a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
export const refKey = (r: Ref): string => `${r.kind}/${r.namespace}/${r.name}`;
