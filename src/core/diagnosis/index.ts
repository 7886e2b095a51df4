/**
 * The deployment doctor: `diagnose(snapshot, now)` says why workloads fail.
 *
 * - **snapshot**: plain API objects. **world**: the same, indexed. **workload**: a Deployment or its like, with its pods.
 * - **rule**: one failure, as data: its code, how it looks, and `find`. **family**: rules about one stage of a pod's life.
 * - **verdict**: what is wrong, with whom, why (evidence), since which change, who notices, and what mends it.
 */
export { diagnose } from './diagnose.ts';
export type { Snapshot } from './snapshot.ts';
export type * from './verdict.ts';
