import type { Text } from '../kernel/text.ts';
import type { Pod } from './pods.ts';
import type { Obj } from './read.ts';
import type { World } from './snapshot.ts';
import type { Blast, Confidence, Evidence, Fix, LogWish, Ref } from './verdict.ts';
import type { Workload } from './workloads.ts';

/** What a rule has found: the parts of a verdict that it alone knows. */
export type Found = {
  readonly summary: Text;
  readonly evidence: readonly Evidence[];
  readonly fixes?: readonly Fix[];
  readonly near?: readonly string[];
  readonly confidence?: Confidence;
  /** The object at fault, when it is not the workload. */
  readonly object?: Ref;
  /** What several workloads have in common: when two suffer from it, this is the object at fault, and the verdict is one. */
  readonly upstream?: Ref;
  /** How the verdict reads then. */
  readonly together?: Text;
  /** Objects that suffer, when they are not the workload that was looked at. */
  readonly affected?: readonly Ref[];
  /** Who notices, where it does not follow from the pods. */
  readonly blast?: Blast;
  /** When one of these has a verdict of its own, this is only its symptom, and is not told. */
  readonly symptomOf?: readonly Ref[];
  readonly wants?: readonly LogWish[];
};

/** Where in a pod's life it fails. Each pod has one cause: the first rule that finds something, in this order. */
export type Stage =
  | 'nodes'
  | 'admission'
  | 'scheduling'
  | 'volumes'
  | 'sandbox'
  | 'images'
  | 'config'
  | 'start'
  | 'crash'
  | 'probes'
  | 'jobs'
  | 'rollout'
  | 'network'
  | 'autoscaling';

type Documented = {
  /** Stable for ever: mutes, incidents and metrics go by it. */
  readonly code: string;
  readonly title: string;
  /** What the cluster says, as one meets it. */
  readonly example: string;
  readonly remedy: string;
  /** Fields and events that it reads. */
  readonly reads: readonly string[];
  /** Going back to the last good revision would help. */
  readonly rollback?: true;
};

export type PodRule = Documented & {
  readonly about: 'pod';
  readonly find: (pod: Pod, workload: Workload, world: World) => Found | undefined;
};
export type WorkloadRule = Documented & {
  readonly about: 'workload';
  readonly find: (workload: Workload, world: World) => Found | undefined;
};
/** `find` sees each object of the kind; the verdict is about that object. */
export type ObjectRule = Documented & {
  readonly about: 'object';
  readonly kind: string;
  readonly find: (o: Obj, world: World, workloads: readonly Workload[]) => Found | undefined;
};
export type Rule = PodRule | WorkloadRule | ObjectRule;

export type Family = { readonly stage: Stage; readonly title: string; readonly rules: readonly Rule[] };
