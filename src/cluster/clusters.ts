import { beforeOf } from '../core/incidents/aside.ts';
import { Problem } from '../core/kernel/problem.ts';
import type { Access } from './kubeconfig.ts';

/** A cluster that we look after. */
export type Connected = {
  /** What people call it; absent where there is only one, which needs no name. */
  readonly name?: string;
  /** The context by which it is reached, as far as it was named: its incidents are kept under it. */
  readonly context?: string;
  readonly access: () => Promise<Access>;
};
/** The first is the one in which things are made. */
export type Clusters = readonly Connected[];

/** How the cluster is reached whose incidents are kept under this context; no context: the first. */
export async function accessTo(clusters: Clusters, context: string | undefined): Promise<Access> {
  const [first] = clusters;
  if (first === undefined) throw new Problem('cluster_absent', 'No cluster is connected any more. Nothing was done.');
  if (context === undefined) return first.access();
  for (const one of clusters.filter((c) => (c.context ?? context) === context)) {
    const access = await one.access();
    // The current context of a file is known only when it is read.
    if (access.context === context) return access;
  }
  throw new Problem(
    'cluster_unfollowed',
    `This was seen in the cluster of “${beforeOf(context, (c) => c)}”, which is not connected any more. Nothing was done. The operator of Groundcrew can name it in KUBE_CONTEXTS again.`,
  );
}
