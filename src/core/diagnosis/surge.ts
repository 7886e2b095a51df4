import { patchOf } from './fixes.ts';
import { at, num, str } from './read.ts';
import type { Fix } from './verdict.ts';
import type { Workload } from './workloads.ts';

/** Whether a rollout needs room for one more pod before it may take one away. */
export function needsRoom(w: Workload): boolean {
  if (w.ref.kind !== 'Deployment' || w.o === undefined || str(w.o, 'spec', 'strategy', 'type') === 'Recreate')
    return false;
  const most = at(w.o, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%';
  const share =
    typeof most === 'string' && most.endsWith('%')
      ? Math.floor((Number.parseInt(most, 10) / 100) * w.desired)
      : Number(most);
  return share === 0;
}

/** Lets a rollout that finds no room for one more pod stop an old one first. */
export const makeRoom = (w: Workload): readonly Fix[] =>
  needsRoom(w) && w.old.some((p) => p.ready) && (num(w.o, 'spec', 'replicas') ?? 1) > 0
    ? [
        patchOf('Stop an old pod before a new one starts', w.apiVersion, w.ref, {
          spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
        }),
      ]
    : [];
