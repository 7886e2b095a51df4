import type { Pod } from './pods.ts';
import { flag, num, type Obj, pairs, str } from './read.ts';
import { mayMiss } from './surge.ts';
import type { Blast } from './verdict.ts';
import { everyPod, type Workload } from './workloads.ts';

const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
const serving = (pods: readonly Pod[]): number => pods.filter((p) => p.ready && !p.leaving).length;

/** Who notices. Counted from the pods where there are some, since a status lags behind them. */
export function blastOf(w: Workload): Blast {
  if (w.ref.kind === 'Job' || w.ref.kind === 'CronJob')
    return { reach: 'none', text: 'It is a job: what it should have done has not been done.' };
  const seen = everyPod(w).length > 0;
  const ready = seen
    ? serving(everyPod(w))
    : (num(w.o, 'status', 'readyReplicas') ?? num(w.o, 'status', 'numberReady'));
  if (ready === undefined && w.o === undefined) return { reach: 'unknown', text: 'It cannot be told who notices.' };
  const old = serving(w.old);
  if (old > 0 && (ready ?? 0) >= w.desired - mayMiss(w))
    return {
      reach: 'old-pods-serve',
      text: `${count(old, 'pod')} of the version before still ${old === 1 ? 'serves' : 'serve'}: users notice nothing yet.`,
    };
  if ((ready ?? 0) === 0)
    return {
      reach: 'users',
      text: `${w.desired === 1 ? 'Its only pod is not ready' : `None of ${w.desired} pods is ready`}: whoever uses it gets errors.`,
    };
  if ((ready ?? 0) >= w.desired) return { reach: 'none', text: `All ${count(w.desired, 'pod')} are ready now.` };
  return {
    reach: 'partly',
    text: `${ready} of ${count(w.desired, 'pod')} ${ready === 1 ? 'is' : 'are'} ready: it serves with less than it should.${waits(w)}`,
  };
}

/** A StatefulSet starts its pods one after the other. */
const waits = (w: Workload): string =>
  w.ref.kind === 'StatefulSet' &&
  str(w.o, 'spec', 'podManagementPolicy') !== 'Parallel' &&
  everyPod(w).length < w.desired
    ? ' The pods after it wait for it.'
    : '';

const marks: readonly (readonly [RegExp, string])[] = [
  [/^argocd\.argoproj\.io\/(?:tracking-id|instance)$/, 'Argo CD'],
  [/^(?:kustomize|helm)\.toolkit\.fluxcd\.io\/name$/, 'Flux'],
  [/^meta\.helm\.sh\/release-name$/, 'Helm'],
];

/** Who would undo what is changed by hand. */
export function managedBy(o: Obj | undefined): string | undefined {
  const notes = [...pairs(o, 'metadata', 'annotations'), ...pairs(o, 'metadata', 'labels')];
  for (const [pattern, name] of marks) if (notes.some(([key]) => pattern.test(key))) return name;
  return notes.some(([key, value]) => key === 'app.kubernetes.io/managed-by' && value === 'Helm') ? 'Helm' : undefined;
}

/** Somebody wants it not to run, or not to go on: that is no failure. */
export const onPurpose = (w: Workload): boolean =>
  flag(w.o, 'spec', 'paused') ||
  flag(w.o, 'spec', 'suspend') ||
  (w.desired === 0 && w.ref.kind !== 'DaemonSet' && w.o !== undefined);
