import { join } from 'node:path';
import type pg from 'pg';
import type { Logger } from 'pino';
import { followAvailability } from './actions/availability.ts';
import { createBackends } from './actions/backends.ts';
import { previewRuns } from './actions/preview.ts';
import { createRunner, type Runner, wakeRunner } from './actions/runner.ts';
import type { Access, Kubeconfig } from './cluster/kubeconfig.ts';
import type { Config } from './config.ts';
import type { Catalog } from './core/catalog/path.ts';
import type { Action, Inbound } from './core/kernel/index.ts';
import type { Clock } from './engine/ports.ts';
import { openDb } from './store/db.ts';
import { createRunClaims } from './store/runs.ts';

/** How the cluster is reached that is named, if one is. */
const clusterOf = (
  named: { readonly kubeconfig?: string; readonly context?: string } | undefined,
): { readonly kubeconfig: Kubeconfig; readonly context?: string } | undefined =>
  named && {
    kubeconfig: named.kubeconfig ? { file: named.kubeconfig } : 'service account',
    ...(named.context ? { context: named.context } : {}),
  };

type Given = Pick<Config['backends'], 'kubernetes' | 'backstage'>;
type Parts = {
  readonly config: Config;
  /** What it has of its own takes the place of what is configured. */
  readonly playground: Given | undefined;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
};

/** Where things are made: the backends, whether each can be used here, and the runner that calls them. */
export type Workshop = {
  /** How the cluster is reached, where there is one. */
  readonly access: (() => Promise<Access>) | undefined;
  readonly actions: readonly Action[];
  /** The catalog, with why some of its paths can’t be used here. */
  over(catalog: Catalog): Catalog;
  /** Takes back what a process held that is known to be dead. */
  releaseAll(): Promise<void>;
  /** Starts to carry runs out. */
  openRunner(report: (inbound: Inbound) => Promise<void>): Runner;
  stop(): void;
};

export function createWorkshop({ config, playground, pool, clock, log }: Parts): Workshop {
  const cluster = clusterOf(playground?.kubernetes ?? config.backends.kubernetes);
  const access =
    cluster &&
    (async () => (await import('./cluster/kubeconfig.ts')).readKubeconfig(cluster.context, cluster.kubeconfig));
  const backends = createBackends({
    clock,
    folder: join(config.dataDir, 'runs'),
    environment: config.backends.environment,
    access,
    cluster,
    terraform: config.backends.terraform,
    backstage: playground?.backstage ?? config.backends.backstage,
  });
  const availability = followAvailability(backends, clock, log);
  const claims = createRunClaims(openDb(pool));
  let runner: Runner | undefined;
  return {
    access,
    actions: [previewRuns(backends, clock, log), wakeRunner(() => runner)],
    over: availability.over,
    releaseAll: claims.releaseAll,
    openRunner(report) {
      runner = createRunner({ claims, backends, report, clock, log, holder: crypto.randomUUID() });
      runner.start();
      // Not waited for: asking tools takes a while, and until then nothing is said of them.
      void availability.start();
      return runner;
    },
    stop: availability.stop,
  };
}
