import { join } from 'node:path';
import type pg from 'pg';
import type { Logger } from 'pino';
import { followAvailability } from './actions/availability.ts';
import { createBackends } from './actions/backends.ts';
import { followLeftovers } from './actions/leftovers.ts';
import { previewRuns } from './actions/preview.ts';
import { createRunner, type Runner, wakeRunner } from './actions/runner.ts';
import { namesOf, type Site } from './actions/sites.ts';
import type { Clusters } from './cluster/clusters.ts';
import type { Config } from './config.ts';
import type { Catalog } from './core/catalog/path.ts';
import type { Action, Inbound } from './core/kernel/index.ts';
import type { Clock } from './engine/ports.ts';
import { openDb } from './store/db.ts';
import { createRunClaims } from './store/runs.ts';
import { createWhereabouts } from './store/whereabouts.ts';

const reached = ({ kubeconfig, context }: { readonly kubeconfig?: string; readonly context?: string }): Site['by'] => ({
  kubeconfig: kubeconfig ? { file: kubeconfig } : 'service account',
  ...(kubeconfig && context ? { context } : {}),
});

type Given = Pick<Config['backends'], 'kubernetes' | 'clusters' | 'backstage'>;

/** How the clusters are reached that are named, if any are. */
function clustersOf({ kubernetes, clusters = [] }: Given): readonly Site[] {
  const open = (by: Site['by']) => async () =>
    (await import('./cluster/kubeconfig.ts')).readKubeconfig(by.context, by.kubeconfig);
  const only = kubernetes && reached(kubernetes);
  if (clusters.length > 1)
    return clusters.map(({ name, ...config }) => {
      const by = reached(config);
      return { name, context: config.context, by, access: open(by) };
    });
  return only ? [{ by: only, access: open(only) }] : [];
}
type Parts = {
  readonly config: Config;
  /** What it has of its own takes the place of what is configured. */
  readonly playground: Given | undefined;
  readonly pool: pg.Pool;
  readonly stopping: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
};

/** Where things are made: the backends, whether each can be used here, and the runner that calls them. */
export type Workshop = {
  /** How clusters are reached, where there are any. */
  readonly clusters: Clusters;
  readonly actions: readonly Action[];
  /** The catalog, with why some of its paths can’t be used here. */
  over(catalog: Catalog): Catalog;
  /** Takes back what a process held that is known to be dead. */
  releaseAll(): Promise<void>;
  /** Starts to carry runs out. */
  openRunner(report: (inbound: Inbound) => Promise<void>): Runner;
  stop(): void;
};

export function createWorkshop({ config, playground, pool, stopping, clock, log }: Parts): Workshop {
  const given = playground?.kubernetes ? playground : config.backends;
  const clusters = clustersOf(given);
  const [alone, ...others] = given.clusters ?? [];
  // One alone needs no name where people read; a golden path may name it all the same.
  const sites = alone && others.length === 0 ? clusters.map((c) => ({ ...c, name: alone.name })) : clusters;
  const db = openDb(pool);
  const folder = join(config.dataDir, 'runs');
  const backends = createBackends({
    clock,
    folder,
    environment: config.backends.environment,
    sites,
    whereabouts: createWhereabouts(db),
    terraform: config.backends.terraform,
    backstage: playground?.backstage ?? config.backends.backstage,
  });
  const availability = followAvailability(backends, clock, log, namesOf(sites));
  const leftovers = followLeftovers(folder, clock, log);
  const claims = createRunClaims(db);
  let runner: Runner | undefined;
  return {
    clusters,
    actions: [previewRuns(backends, clock, log, stopping), wakeRunner(() => runner)],
    over: availability.over,
    releaseAll: claims.releaseAll,
    openRunner(report) {
      runner = createRunner({ claims, backends, report, clock, log, holder: crypto.randomUUID() });
      runner.start();
      // Not waited for: asking tools takes a while, and until then nothing is said of them.
      void availability.start();
      void leftovers.start();
      return runner;
    },
    stop() {
      availability.stop();
      leftovers.stop();
    },
  };
}
