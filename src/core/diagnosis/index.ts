/**
 * The deployment doctor: `diagnose(snapshot, now)` says why workloads fail.
 *
 * - **snapshot**: plain API objects. **world**: the same, indexed. **workload**: a Deployment or its like, with its pods.
 * - **objects**: those of a cluster that is followed, put and dropped one by one; `examine` reads a part of them,
 *   `conclude` puts the parts beside each other: together they say what `diagnose` says of a snapshot.
 * - **rule**: one failure, as data: its code, how it looks, and `find`. **family**: rules about one stage of a pod's life.
 * - **verdict**: what is wrong, with whom, why (evidence), since which change, who notices, and what mends it.
 */
export { conclude, diagnose, type Examined, examine, examineAll, examineCommons } from './diagnose.ts';
export { createObjects } from './objects.ts';
export type { Snapshot } from './snapshot.ts';
export { createSteady } from './steady.ts';
export type * from './verdict.ts';
