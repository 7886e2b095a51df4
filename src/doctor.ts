import type pg from 'pg';
import type { Logger } from 'pino';
import { actionWhenUsed } from './actions/backends.ts';
import type { Access } from './cluster/kubeconfig.ts';
import type { Observer } from './cluster/observer.ts';
import type { Config } from './config.ts';
import { rulesOf } from './core/incidents/rules.ts';
import { clusterDiagnose, clusterFix, clusterPreflight, fixGivenUp } from './core/incidents/seen.ts';
import type { Action, Health, Inbound } from './core/kernel/index.ts';
import type { Settings } from './core/settings.ts';
import type { Clock } from './engine/ports.ts';
import { openDb } from './store/db.ts';
import { createWatches } from './store/incidents.ts';

type Parts = {
  /** How the cluster is reached; absent where there is none. */
  readonly access: (() => Promise<Access>) | undefined;
  readonly model: Config['model'];
  readonly settings: () => Settings;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
};

/** Who looks why workloads fail, and mends them. Loaded only where there is a cluster to look at, or when it is asked. */
export function createDoctor({ access, model, settings, pool, clock, log }: Parts) {
  let observer: Observer | undefined;
  const rules = () => rulesOf(settings());

  async function openWords() {
    if (model === undefined) return undefined;
    return (await import('./actions/words.ts')).createWords({ config: model, clock, log });
  }

  const actions: readonly Action[] = [
    actionWhenUsed(clusterDiagnose, async () =>
      (await import('./actions/diagnose.ts')).diagnoseOnDemand({ access, clock, log }),
    ),
    actionWhenUsed(clusterPreflight, async () =>
      (await import('./actions/fix.ts')).preflightFixes({ access, clock, log, words: await openWords() }),
    ),
    actionWhenUsed(
      clusterFix,
      async () => (await import('./actions/fix.ts')).fixInCluster({ access, clock, log }),
      fixGivenUp,
    ),
  ];

  return {
    actions,
    /** Absent where there is no cluster. */
    health: access && (async (): Promise<Health> => observer?.health() ?? { ok: true }),
    /** Begins to follow the cluster, where there is one. */
    async start(report: (inbound: Inbound) => Promise<void>): Promise<void> {
      if (!access) return;
      const [{ createObserver }, { watchingLook }] = await Promise.all([
        import('./cluster/observer.ts'),
        import('./cluster/watching.ts'),
      ]);
      observer = createObserver({
        looking: () => watchingLook({ access, rules, clock, random: Math.random, log }),
        rules,
        watches: createWatches(openDb(pool)),
        report,
        clock,
        log,
        holder: crypto.randomUUID(),
      });
      observer.start();
    },
    stop: async (): Promise<void> => observer?.stop(),
  };
}
