import { patchWorkload } from './fixes.ts';
import { at, num, str } from './read.ts';
import type { Fix } from './verdict.ts';
import type { Workload } from './workloads.ts';

/** How many pods may be missing in the middle of a rollout, as somebody chose. */
export function mayMiss(w: Workload): number {
  if (w.ref.kind !== 'Deployment') return 0;
  const most = at(w.o, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%';
  const share =
    typeof most === 'string' && most.endsWith('%') ? (Number.parseInt(most, 10) / 100) * w.desired : Number(most);
  return Number.isFinite(share) ? Math.max(0, Math.floor(share)) : 0;
}

/** Whether a rollout needs room for one more pod before it may take one away. */
const needsRoom = (w: Workload): boolean =>
  w.ref.kind === 'Deployment' &&
  w.o !== undefined &&
  str(w.o, 'spec', 'strategy', 'type') !== 'Recreate' &&
  mayMiss(w) === 0;

/** Lets a rollout that finds no room for one more pod stop an old one first. */
export const makeRoom = (w: Workload): readonly Fix[] =>
  needsRoom(w) && w.old.some((p) => p.ready) && (num(w.o, 'spec', 'replicas') ?? 1) > 0
    ? [
        patchWorkload('Stop an old pod before a new one starts', w, {
          spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
        }),
      ]
    : [];
