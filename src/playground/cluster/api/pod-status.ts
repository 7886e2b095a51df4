import { at, type Fields, fieldsOf, type Json, listOf, textOf } from '../json.ts';
import type { KubeObject } from '../types.ts';
import { age } from './age.ts';

/* The three columns of a pod that are worked out as kubectl users know them. */

const statuses = (pod: KubeObject, list: string): readonly Fields[] => listOf(pod.status?.[list]).map(fieldsOf);
const isSidecar = (pod: KubeObject, name: string): boolean =>
  listOf(pod.spec?.initContainers).some((one) => at(one, 'name') === name && at(one, 'restartPolicy') === 'Always');

function initStatus(pod: KubeObject): string | undefined {
  const inits = statuses(pod, 'initContainerStatuses');
  const total = listOf(pod.spec?.initContainers).length;
  for (const [i, one] of inits.entries()) {
    const ended = at(one, 'state', 'terminated');
    if (ended !== undefined && at(ended, 'exitCode') === 0) continue;
    if (isSidecar(pod, textOf(one.name)) && one.started === true) continue;
    if (ended !== undefined)
      return `Init:${textOf(at(ended, 'reason')) || `ExitCode:${String(at(ended, 'exitCode'))}`}`;
    const waiting = textOf(at(one, 'state', 'waiting', 'reason'));
    return waiting && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${i}/${total}`;
  }
  return undefined;
}

export function podStatus(pod: KubeObject): string {
  const { status } = pod;
  let reason = textOf(status?.reason) || textOf(status?.phase);
  const gated = listOf(status?.conditions).find(
    (one) => at(one, 'type') === 'PodScheduled' && at(one, 'reason') === 'SchedulingGated',
  );
  if (gated) reason = 'SchedulingGated';
  const init = initStatus(pod);
  if (init) reason = init;
  else {
    let running = false;
    for (const one of statuses(pod, 'containerStatuses').toReversed()) {
      const waiting = textOf(at(one, 'state', 'waiting', 'reason'));
      const ended: Json | undefined = at(one, 'state', 'terminated');
      if (waiting) reason = waiting;
      else if (ended !== undefined) reason = textOf(at(ended, 'reason')) || `ExitCode:${String(at(ended, 'exitCode'))}`;
      else if (one.ready === true && at(one, 'state', 'running') !== undefined) running = true;
    }
    if (reason === 'Completed' && running) {
      const ready = listOf(status?.conditions).some(
        (one) => at(one, 'type') === 'Ready' && at(one, 'status') === 'True',
      );
      reason = ready ? 'Running' : 'NotReady';
    }
  }
  if (!pod.metadata.deletionTimestamp) return reason;
  return status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
}

export function podReady(pod: KubeObject): string {
  const sidecars = statuses(pod, 'initContainerStatuses').filter((one) => isSidecar(pod, textOf(one.name)));
  const all = [...statuses(pod, 'containerStatuses'), ...sidecars];
  const total = listOf(pod.spec?.containers).length + sidecars.length;
  return `${all.filter((one) => one.ready === true).length}/${total}`;
}

export function podRestarts(pod: KubeObject, now: number): string {
  const all = [...statuses(pod, 'containerStatuses'), ...statuses(pod, 'initContainerStatuses')];
  const restarts = all.reduce((sum, one) => sum + Number(one.restartCount ?? 0), 0);
  const last = all
    .map((one) => textOf(at(one, 'lastState', 'terminated', 'finishedAt')))
    .toSorted()
    .at(-1);
  return restarts > 0 && last ? `${restarts} (${age(last, now)} ago)` : String(restarts);
}
