import { usedIn } from '../admission/quota.ts';
import { at, equal, type Fields, fieldsOf, textOf } from '../json.ts';
import { format } from '../quantity.ts';
import { objectSelector } from '../selectors.ts';
import type { Store } from '../store.ts';
import type { KubeObject, Resource } from '../types.ts';
import { withCondition } from './condition.ts';
import { isActive, isReady, share } from './pods.ts';
import { type Controller, keyOf, self } from './runtime.ts';

/** What a quota's namespace uses, for people to see: what is refused is decided at the door. */
export const quotas = (store: Store, resources: () => readonly Resource[]): Controller => ({
  name: 'resourcequota-controller',
  watches: {
    resourcequotas: self,
    '*': ({ metadata, kind }) =>
      metadata.namespace && kind !== 'Event'
        ? store.list({ group: '', plural: 'resourcequotas' }, metadata.namespace).map(keyOf)
        : [],
  },
  reconcile(namespace, name, world) {
    const quota = world.api.get('resourcequotas', namespace, name);
    if (!quota) return undefined;
    const hard = fieldsOf(quota.spec?.hard);
    const usage = usedIn(store, resources(), namespace);
    const used = Object.fromEntries(Object.keys(hard).map((one) => [one, format(one, usage[one] ?? 0)]));
    if (!equal(quota.status?.used, used) || !equal(quota.status?.hard, hard))
      world.status('resourcequotas', quota, { hard, used });
    return undefined;
  },
});

export const disruptionBudgets = (list: (namespace: string | undefined) => readonly KubeObject[]): Controller => ({
  name: 'disruption-controller',
  watches: {
    'poddisruptionbudgets.policy': self,
    pods: (pod) =>
      list(pod.metadata.namespace)
        .filter((one) => objectSelector(one.spec?.selector)(pod.metadata.labels ?? {}))
        .map(keyOf),
  },
  reconcile(namespace, name, world) {
    const budget = world.api.get('poddisruptionbudgets.policy', namespace, name);
    if (!budget) return undefined;
    const fits = objectSelector(budget.spec?.selector);
    const pods = world.api.list('pods', namespace).filter((pod) => isActive(pod) && fits(pod.metadata.labels ?? {}));
    const healthy = pods.filter(isReady).length;
    const { minAvailable, maxUnavailable } = fieldsOf(budget.spec);
    const desired =
      minAvailable === undefined
        ? pods.length - share(maxUnavailable, pods.length, true)
        : share(minAvailable, pods.length, true);
    const allowed = Math.max(0, healthy - desired);
    const conditions = withCondition(
      budget.status?.conditions,
      allowed > 0
        ? { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '' }
        : { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '' },
      world.now(),
      { observedGeneration: budget.metadata.generation ?? 1 },
    );
    world.status('poddisruptionbudgets.policy', budget, {
      conditions,
      currentHealthy: healthy,
      desiredHealthy: desired,
      disruptionsAllowed: allowed,
      expectedPods: pods.length,
      observedGeneration: budget.metadata.generation ?? 1,
    } as Fields);
    return undefined;
  },
});

/** A small one: follows the load that a workload says it has, in per cent of what it asks for. */
export const autoscalers: Controller = {
  name: 'horizontal-pod-autoscaler',
  watches: { 'horizontalpodautoscalers.autoscaling': self },
  reconcile(namespace, name, world) {
    const kind = 'horizontalpodautoscalers.autoscaling';
    const scaler = world.api.get(kind, namespace, name);
    if (!scaler || scaler.metadata.deletionTimestamp) return undefined;
    const target = fieldsOf(scaler.spec?.scaleTargetRef);
    const of = { Deployment: 'deployments.apps', StatefulSet: 'statefulsets.apps' }[textOf(target.kind)];
    const object = of ? world.api.get(of, namespace, textOf(target.name)) : undefined;
    const write = (
      fields: Fields,
      ...conditions: readonly {
        readonly type: string;
        readonly status: 'True' | 'False';
        readonly reason: string;
        readonly message: string;
      }[]
    ) => {
      const all = conditions.reduce(
        (list, one) => withCondition(list, one, world.now()),
        withCondition(scaler.status?.conditions, conditions[0] ?? { type: 'AbleToScale', status: 'True' }, world.now()),
      );
      world.status(kind, scaler, { ...fields, conditions: all } as Fields);
      return world.times.autoscale;
    };
    if (!object || !of)
      return write(
        { currentReplicas: 0, desiredReplicas: 0 },
        {
          type: 'AbleToScale',
          status: 'False',
          reason: 'FailedGetScale',
          message: `the HPA controller was unable to get the target's current scale: ${textOf(target.kind).toLowerCase()}s.apps "${textOf(target.name)}" not found`,
        },
      );
    const current = Number(object.spec?.replicas ?? 0);
    const load = Number(object.metadata.annotations?.['playground.groundcrew/load'] ?? 40);
    const metric = fieldsOf((scaler.spec?.metrics as readonly Fields[] | undefined)?.[0]);
    const goal = Number(at(metric, 'resource', 'target', 'averageUtilization') ?? 80);
    const average =
      current === 0 ? 0 : Math.round((load * Math.max(1, Number(scaler.spec?.minReplicas ?? 1))) / current);
    const asked = Math.ceil((current * average) / goal);
    const [least, most] = [Number(scaler.spec?.minReplicas ?? 1), Number(scaler.spec?.maxReplicas ?? 1)];
    const next = current === 0 ? 0 : Math.max(least, Math.min(most, asked));
    if (next !== current) {
      world.write(of, object, { ...object, spec: { ...object.spec, replicas: next } } as Fields);
      world.events(
        scaler,
        'Normal',
        'SuccessfulRescale',
        `New size: ${next}; reason: ${next > current ? 'cpu resource utilization (percentage of request) above target' : 'All metrics below target'}`,
        { component: 'horizontal-pod-autoscaler' },
      );
    }
    const limited =
      asked > most
        ? (['True', 'TooManyReplicas', 'the desired replica count is more than the maximum replica count'] as const)
        : asked < least
          ? (['True', 'TooFewReplicas', 'the desired replica count is less than the minimum replica count'] as const)
          : (['False', 'DesiredWithinRange', 'the desired count is within the acceptable range'] as const);
    return write(
      {
        currentReplicas: current,
        desiredReplicas: next,
        observedGeneration: 1,
        currentMetrics: [
          {
            type: 'Resource',
            resource: {
              name: textOf(at(metric, 'resource', 'name')) || 'cpu',
              current: { averageUtilization: average, averageValue: `${average}m` },
            },
          },
        ],
      },
      {
        type: 'AbleToScale',
        status: 'True',
        reason: 'ReadyForNewScale',
        message: 'recommended size matches current size',
      },
      {
        type: 'ScalingActive',
        status: 'True',
        reason: 'ValidMetricFound',
        message:
          'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
      },
      { type: 'ScalingLimited', status: limited[0], reason: limited[1], message: limited[2] },
    );
  },
};
