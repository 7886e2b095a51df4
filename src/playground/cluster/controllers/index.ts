import type { Registries } from '../node/images.ts';
import { createKubelets } from '../node/kubelet.ts';
import { type Down, nodeLifecycle } from '../node/nodes.ts';
import { createUsage, scheduler } from '../node/scheduler.ts';
import { operators } from '../operators/index.ts';
import type { Registry } from '../registry.ts';
import type { Store } from '../store.ts';
import type { Clock, InProcess, KubeObject } from '../types.ts';
import { autoscalers, disruptionBudgets, quotas } from './budgets.ts';
import { cronJobs } from './cron-job.ts';
import { daemonSets } from './daemon-set.ts';
import { deployments } from './deployment.ts';
import { createGarbage } from './garbage.ts';
import { jobs } from './job.ts';
import { namespaces } from './namespaces.ts';
import { replicaSets } from './replica-set.ts';
import { createRuntime } from './runtime.ts';
import { services } from './services.ts';
import { statefulSets } from './stateful-set.ts';
import { times } from './times.ts';
import { volumes } from './volumes.ts';

type Parts = {
  readonly store: Store;
  readonly registry: Registry;
  readonly api: InProcess;
  readonly clock: Clock;
  readonly speed: number;
  readonly log: (controller: string, error: unknown) => void;
};

/** Everything that moves in the cluster. */
export function startControllers({ store, registry, api, clock, speed, log }: Parts) {
  const registries: Registries = new Map();
  const down: Down = new Map();
  /** Custom resources that never become ready, by uid: their operator is broken. */
  const stuck = new Set<string>();
  const subscribe = store.subscribe;
  const usage = createUsage(subscribe);
  const kubelets = createKubelets({ registries, down: (node) => down.has(node) });
  const list =
    (kind: string) =>
    (namespace?: string): readonly KubeObject[] =>
      api.list(kind, namespace);
  // Only those that wait: the scheduler is asked about them at each change of a node.
  const unassigned = () => api.list('pods').filter((pod) => !pod.spec?.nodeName);

  const pace = times(speed);
  const runtime = createRuntime({
    api,
    clock,
    times: pace,
    subscribe,
    log,
    controllers: [
      deployments,
      replicaSets,
      statefulSets,
      daemonSets(list('daemonsets.apps')),
      jobs,
      cronJobs,
      services(list('services')),
      volumes,
      namespaces(registry.all),
      quotas(store, registry.all),
      disruptionBudgets(list('poddisruptionbudgets.policy')),
      autoscalers,
      scheduler(usage, unassigned),
      nodeLifecycle(down, usage),
      kubelets.controller,
      ...operators(stuck),
    ],
  });
  const garbage = store.subscribe(
    createGarbage({
      api,
      dependents: runtime.dependents,
      forget: runtime.forget,
      later: (run) => clock.after(pace.reaction, () => guard(run)),
    }),
  );
  const guard = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      log('garbage-collector', error);
    }
  };

  let sweep: () => void = () => undefined;
  const forgetEvents = (): void => {
    const oldest = clock.now().getTime() - pace.eventLife;
    for (const event of api.list('events'))
      if (Date.parse(event.metadata.creationTimestamp) < oldest)
        guard(() => api.delete('events', event.metadata.namespace, event.metadata.name));
    sweep = clock.after(60_000, forgetEvents);
  };
  sweep = clock.after(60_000, forgetEvents);

  return {
    registries,
    down,
    stuck,
    times: pace,
    logs: kubelets.logs,
    poke: runtime.poke,
    stop(): void {
      sweep();
      garbage();
      usage.stop();
      runtime.stop();
    },
  };
}
export type Controllers = ReturnType<typeof startControllers>;
