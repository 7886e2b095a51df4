import type { Clusters } from '../cluster/clusters.ts';
import type { Kubeconfig } from '../cluster/kubeconfig.ts';
import { Problem } from '../core/kernel/problem.ts';
import type { Backend, Order } from '../core/runs/run.ts';

/** A cluster in which things are made; `by` is how command line tools reach it. */
export type Site = Clusters[number] & {
  readonly by: { readonly kubeconfig: Kubeconfig; readonly context?: string };
};

/** By its name; one that was given another name is still kept under its context. */
function siteOf(sites: readonly Site[], cluster: string | undefined): Site {
  const site =
    cluster === undefined
      ? sites[0]
      : (sites.find(({ name }) => name === cluster) ?? sites.find(({ context }) => context === cluster));
  if (site) return site;
  throw new Problem('cluster_unfollowed', notConnected(cluster ?? '', namesOf(sites), ', so nothing was done'));
}

export const namesOf = (sites: readonly Site[]): readonly string[] => sites.flatMap(({ name }) => name ?? []);

/** `so`: what came of it. */
export const notConnected = (cluster: string, known: readonly string[], so = ''): string =>
  `The cluster “${cluster}”, in which this is made, isn’t connected${known.length > 0 ? ` (there ${known.length > 1 ? 'are' : 'is'} ${known.join(', ')})` : ''}${so}. The operator of Groundcrew can name it in KUBE_CONTEXTS, or the path’s owner can correct it.`;

/** One backend over several clusters: each order says for which it is, and is carried out there and nowhere else. */
export function overSites(
  { name, atOnce }: Pick<Backend, 'name' | 'atOnce'>,
  sites: readonly Site[],
  open: (site: Site) => Backend,
): Backend {
  const opened = new Map<Site, Backend>();
  function at(cluster: string | undefined): Backend {
    const site = siteOf(sites, cluster);
    const backend = opened.get(site) ?? open(site);
    opened.set(site, backend);
    return backend;
  }
  return {
    name,
    atOnce,
    available: async (cluster) => at(cluster).available(),
    preview: async (order, signal) => at(order.cluster).preview(order, signal),
    async *run(order: Order, signal) {
      yield* at(order.cluster).run(order, signal);
    },
  };
}
