import { eventEvidence, said } from './pods.ts';
import { condition, num, type Obj, str } from './read.ts';
import { refOf, type World } from './snapshot.ts';
import type { Evidence } from './verdict.ts';
import { everyPod, type Workload } from './workloads.ts';

export type Refused = { readonly message: string; readonly evidence: readonly Evidence[] };

/** What the cluster answered to the controller that wanted to create a pod, when pods are missing for it. */
export function refusedCreation(w: Workload, world: World): Refused | undefined {
  const { o } = w;
  if (!short(w)) return undefined;
  const newest = w.revisions[0];
  const set = newest?.ref.kind === 'ReplicaSet' ? newest.o : undefined;
  const evidence = [
    ...(set === undefined ? [] : told('ReplicaSet', set, world)),
    ...(o === undefined ? [] : told(w.ref.kind, o, world)),
  ];
  const [first] = evidence;
  return first === undefined ? undefined : { message: first.says, evidence };
}

/** A condition is of now; an event may be of an hour ago, but the pods are still missing. */
function told(kind: string, o: Obj, world: World): readonly Evidence[] {
  const failure = condition(o, 'ReplicaFailure');
  const message = failure?.status === 'True' ? str(failure, 'message') : undefined;
  const event = said(world.events(kind, o), 'FailedCreate');
  return [
    ...(message === undefined
      ? []
      : [{ on: refOf(kind, o), path: 'status.conditions[ReplicaFailure].message', says: message }]),
    ...(event === undefined ? [] : [eventEvidence(refOf(kind, o), event)]),
  ];
}

function short(w: Workload): boolean {
  const { o, ref } = w;
  if (condition(o, 'ReplicaFailure')?.status === 'True') return true;
  const newest = w.revisions[0];
  if (ref.kind === 'Deployment' || newest?.ref.kind === 'ReplicaSet') {
    const set = newest?.o;
    return set === undefined
      ? o !== undefined && (num(o, 'status', 'updatedReplicas') ?? 0) < w.desired
      : (num(set, 'status', 'replicas') ?? 0) < (num(set, 'spec', 'replicas') ?? 1);
  }
  if (o === undefined) return false;
  if (ref.kind === 'Job') {
    const done = ['Complete', 'Failed', 'Suspended'].some((type) => condition(o, type)?.status === 'True');
    return !done && (num(o, 'status', 'active') ?? 0) === 0 && everyPod(w).length === 0;
  }
  if (ref.kind === 'DaemonSet') return (num(o, 'status', 'currentNumberScheduled') ?? 0) < w.desired;
  return (num(o, 'status', 'replicas') ?? 0) < w.desired && everyPod(w).length < w.desired;
}
