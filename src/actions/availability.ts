import { isInCluster, isSettled } from '../core/catalog/cluster.ts';
import type { Catalog, GoldenPath } from '../core/catalog/path.ts';
import type { Log } from '../core/kernel/log.ts';
import type { Availability, Backend } from '../core/runs/run.ts';
import type { Clock } from './clock.ts';
import { repeating } from './repeating.ts';
import { notConnected } from './sites.ts';

/** A tool may be installed, and a cluster come back, while the bot runs. */
const everyMs = 60_000;

/** Backends that need settings, and which. */
const settings: Readonly<Record<string, string>> = {
  kubernetes: 'No cluster is connected, so this can’t be made here. The operator of Groundcrew can set KUBECONFIG.',
  backstage:
    'No Backstage is connected, so this can’t be made here. The operator of Groundcrew can set BACKSTAGE_URL and BACKSTAGE_TOKEN.',
};
const absent = (kind: string): Availability => ({
  ok: false,
  why: settings[kind] ?? `There is no backend “${kind}” here, so this can’t be made. The path’s owner can correct it.`,
});

const inOne = (kind: string, cluster: string): string => `${kind} in ${cluster}`;

/**
 * Asks every backend, now and then, whether it can be used here, and marks the golden paths whose backend can't: one that is
 * missing takes its own paths away, and no others.
 */
export function followAvailability(
  backends: readonly Backend[],
  clock: Clock,
  log: Log,
  /** Those that golden paths may name. */
  clusters: readonly string[] = [],
) {
  let found: ReadonlyMap<string, Availability> = new Map();
  /** Of one catalog at one state of things there is one value. */
  let marked: { readonly of: Catalog; readonly by: typeof found; readonly is: Catalog } | undefined;

  async function ask({ name, available }: Backend, cluster?: string): Promise<readonly [string, Availability]> {
    const key = cluster === undefined ? name : inOne(name, cluster);
    try {
      return [key, await available(cluster)];
    } catch (error) {
      log.warn({ backend: name, err: error }, 'a backend could not be asked whether it can be used');
      return [key, { ok: false, why: `${name} can’t be used at the moment. Try again in a while.` }];
    }
  }

  async function look(): Promise<void> {
    const next = new Map<string, Availability>();
    // One after the other: each asks a program, and a bot that just started has better things to do with its cores.
    for (const backend of backends) {
      next.set(...(await ask(backend)));
      if (isInCluster(backend.name)) for (const cluster of clusters) next.set(...(await ask(backend, cluster)));
    }
    for (const [name, is] of next)
      if (!is.ok && found.get(name)?.ok !== false) log.info({ backend: name, why: is.why }, 'a backend can’t be used');
    found = next;
  }

  function availabilityOf({ backend: { kind }, cluster }: GoldenPath): Availability {
    const usual = found.get(kind) ?? absent(kind);
    if (cluster === undefined || !isInCluster(kind)) return usual;
    const inEach = clusters.flatMap((name) => found.get(inOne(kind, name)) ?? []);
    // Which one it will be is known when somebody asks: the preview then says how that one is.
    if (!isSettled(cluster)) return inEach.find(({ ok }) => ok) ?? usual;
    return (
      found.get(inOne(kind, cluster)) ??
      (clusters.length === 0 && !usual.ok ? usual : { ok: false, why: notConnected(cluster, clusters) })
    );
  }

  return {
    ...repeating(clock, everyMs, look),
    /** The catalog with the reason at each path that can't be used. Before the backends were asked none is marked. */
    over(catalog: Catalog): Catalog {
      if (found.size === 0) return catalog;
      if (marked?.of !== catalog || marked.by !== found)
        marked = {
          of: catalog,
          by: found,
          is: {
            ...catalog,
            paths: catalog.paths.map((path) => {
              const is = availabilityOf(path);
              return is.ok ? path : { ...path, unavailable: is.why };
            }),
          },
        };
      return marked.is;
    },
  };
}
