import type pg from 'pg';
import type { Logger } from 'pino';
import { actionWhenUsed } from './actions/backends.ts';
import type { Clusters } from './cluster/clusters.ts';
import type { Observer } from './cluster/observer.ts';
import type { Config } from './config.ts';
import { rulesFor, rulesOf } from './core/incidents/rules.ts';
import { clusterDiagnose, clusterFix, clusterPreflight, fixGivenUp } from './core/incidents/seen.ts';
import type { Action, Health, Inbound } from './core/kernel/index.ts';
import type { Settings } from './core/settings.ts';
import { tellDeserted } from './deserted.ts';
import type { Metrics } from './engine/metrics.ts';
import type { Clock } from './engine/ports.ts';
import { createWatches } from './store/cluster-watches.ts';
import { openDb } from './store/db.ts';

type Parts = {
  /** None: there is nothing to look at. */
  readonly clusters: Clusters;
  readonly model: Config['model'];
  readonly settings: () => Settings;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
};

/** Who looks why workloads fail, and mends them. Loaded only where there is a cluster to look at, or when it is asked. */
export function createDoctor({ clusters, model, settings, pool, clock, log, metrics }: Parts) {
  /** One for each, in their order: what holds one up holds up no other. */
  let observers: readonly Observer[] = [];
  const watches = createWatches(openDb(pool));
  let deserted: ReturnType<typeof tellDeserted> | undefined;

  async function openWords() {
    if (model === undefined) return undefined;
    return (await import('./actions/words.ts')).createWords({ config: model, clock, log });
  }

  const actions: readonly Action[] = [
    actionWhenUsed(clusterDiagnose, async () =>
      (await import('./actions/diagnose.ts')).diagnoseOnDemand({ clusters, clock, log }),
    ),
    actionWhenUsed(clusterPreflight, async () =>
      (await import('./actions/fix.ts')).preflightFixes({
        clusters,
        elsewhere: watches.led,
        seen: watches.uid,
        clock,
        log,
        words: await openWords(),
      }),
    ),
    actionWhenUsed(
      clusterFix,
      async () =>
        (await import('./actions/fix.ts')).fixInCluster({
          clusters,
          elsewhere: watches.led,
          seen: watches.uid,
          clock,
          log,
        }),
      fixGivenUp,
    ),
  ];

  return {
    actions,
    /** A part for each cluster, by its name. */
    checked: Object.fromEntries(
      clusters.map(({ name }, i) => [
        name === undefined ? 'cluster' : `cluster ${name}`,
        async (): Promise<Health> => observers[i]?.health() ?? { ok: true },
      ]),
    ),
    /** Begins to follow the clusters, where there are any; where there were others, what is open there ends. */
    async start(report: (inbound: Inbound) => Promise<void>): Promise<void> {
      const own = () => observers.map((o) => o.cluster());
      deserted = tellDeserted({ own, watches, report, clock, log });
      if (clusters.length === 0) return;
      const [{ createObserver }, { watchingLook }] = await Promise.all([
        import('./cluster/observer.ts'),
        import('./cluster/watching.ts'),
      ]);
      const holder = crypto.randomUUID();
      observers = clusters.map(({ name, access }) => {
        const rules = () => rulesFor(rulesOf(settings()), name);
        const own = name === undefined ? log : log.child({ cluster: name });
        return createObserver({
          looking: () => watchingLook({ access, rules, clock, random: Math.random, log: own }),
          rules,
          watches,
          report,
          clock,
          log: own,
          holder,
          onStanding: (context, known) => {
            const cluster = name ?? context;
            if (known === undefined) metrics.clusterKnown.remove({ cluster });
            else metrics.clusterKnown.set({ cluster }, known ? 1 : 0);
          },
        });
      });
      for (const observer of observers) observer.start();
    },
    stop: async (): Promise<void> => {
      await Promise.all([...observers.map((o) => o.stop()), deserted?.stop()]);
    },
  };
}
