import { withCondition } from '../controllers/condition.ts';
import { ended } from '../controllers/pods.ts';
import { type Controller, keyOf, self, type World } from '../controllers/runtime.ts';
import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import { quantity } from '../quantity.ts';
import type { Change, KubeObject } from '../types.ts';
import { nodeRefusal, type Requests, requestsOf } from './fit.ts';

const component = 'default-scheduler';

/** What pods ask of the nodes they are on, kept up to date with each change. */
export function createUsage(subscribe: (listener: (change: Change) => void) => () => void) {
  const byNode = new Map<string, Map<string, Requests>>();
  const stop = subscribe(({ type, resource, object, before }) => {
    if (resource.plural !== 'pods' || resource.group !== '') return;
    const was = textOf(before?.spec?.nodeName);
    if (was) byNode.get(was)?.delete(keyOf(object));
    const now = textOf(object.spec?.nodeName);
    if (type === 'DELETED' || !now || ended(object)) return;
    const pods = byNode.get(now) ?? new Map<string, Requests>();
    byNode.set(now, pods);
    pods.set(keyOf(object), requestsOf(fieldsOf(object.spec)));
  });
  return {
    stop,
    of(node: string, resource: string): number {
      let sum = 0;
      for (const one of byNode.get(node)?.values() ?? []) sum += one[resource] ?? 0;
      return sum;
    },
    pods: (node: string): readonly string[] => [...(byNode.get(node)?.keys() ?? [])],
  };
}
export type Usage = ReturnType<typeof createUsage>;

const pending = (pod: KubeObject): boolean => !pod.spec?.nodeName && !ended(pod) && !pod.metadata.deletionTimestamp;

export const scheduler = (usage: Usage, waiting: () => readonly KubeObject[]): Controller => ({
  name: component,
  watches: {
    pods: (pod) =>
      pending(pod) ? self(pod) : pod.metadata.deletionTimestamp ? waiting().filter(pending).map(keyOf) : [],
    nodes: () => waiting().filter(pending).map(keyOf),
    persistentvolumeclaims: ({ metadata }) =>
      waiting()
        .filter((pod) => pod.metadata.namespace === metadata.namespace && pending(pod))
        .map(keyOf),
  },
  reconcile(namespace, name, world) {
    const pod = world.api.get('pods', namespace, name);
    if (!pod || !pending(pod) || listOf(pod.spec?.schedulingGates).length > 0) return undefined;
    const wait = Date.parse(pod.metadata.creationTimestamp) + world.times.schedule - world.now().getTime();
    if (wait > 0) return wait;
    const nodes = world.api.list('nodes');
    const claims = claimRefusal(pod, world);
    const requests = requestsOf(fieldsOf(pod.spec));
    const refused = nodes.map((node) => ({
      node,
      why: claims ?? nodeRefusal(fieldsOf(pod.spec), node) ?? tooSmall(node, requests, usage),
    }));
    const free = refused.filter((one) => one.why === undefined).map((one) => one.node);
    const best = free.toSorted((a, b) => load(a, usage) - load(b, usage))[0];
    if (best) assign(pod, best, world);
    else
      unschedulable(
        pod,
        refused.map((one) => one.why ?? ''),
        claims,
        world,
      );
    // Preempting others or waiting for capacity: looked at again now and then.
    return best ? undefined : 30_000;
  },
});

const allocatable = (node: KubeObject, resource: string): number =>
  quantity(at(node.status, 'allocatable', resource)) ?? 0;
const load = (node: KubeObject, usage: Usage): number => {
  const cpu = usage.of(node.metadata.name, 'cpu') / Math.max(1, allocatable(node, 'cpu'));
  return cpu + usage.of(node.metadata.name, 'pods') / Math.max(1, allocatable(node, 'pods'));
};

function tooSmall(node: KubeObject, requests: Requests, usage: Usage): string | undefined {
  const short = Object.entries(requests).find(
    ([resource, value]) => usage.of(node.metadata.name, resource) + value > allocatable(node, resource) + 1e-9,
  );
  if (!short) return undefined;
  return short[0] === 'pods' ? 'Too many pods' : `Insufficient ${short[0]}`;
}

function claimRefusal(pod: KubeObject, world: World): string | undefined {
  for (const one of listOf(pod.spec?.volumes)) {
    const name = textOf(at(one, 'persistentVolumeClaim', 'claimName'));
    if (!name) continue;
    const claim = world.api.get('persistentvolumeclaims', pod.metadata.namespace, name);
    if (!claim || claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" not found`;
    if (claim.status?.phase === 'Bound') continue;
    const className = textOf(claim.spec?.storageClassName);
    const storageClass = className ? world.api.get('storageclasses.storage.k8s.io', undefined, className) : undefined;
    if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer')
      return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return undefined;
}

function assign(pod: KubeObject, node: KubeObject, world: World): void {
  const bound = world.api.update('pods', { ...pod, spec: { ...pod.spec, nodeName: node.metadata.name } } as Fields, {
    manager: 'kube-scheduler',
  });
  const conditions = withCondition(bound.status?.conditions, { type: 'PodScheduled', status: 'True' }, world.now(), {
    lastProbeTime: null,
    observedGeneration: 1,
  });
  // A pod that could not be placed before keeps nothing of it.
  world.status(
    'pods',
    bound,
    {
      ...bound.status,
      conditions: conditions.map((one) =>
        at(one, 'type') === 'PodScheduled'
          ? {
              type: 'PodScheduled',
              status: 'True',
              lastProbeTime: null,
              lastTransitionTime: at(one, 'lastTransitionTime'),
            }
          : one,
      ),
    },
    'kube-scheduler',
  );
  world.events(bound, 'Normal', 'Scheduled', `Successfully assigned ${keyOf(pod)} to ${node.metadata.name}`, {
    component,
  });
}

function unschedulable(pod: KubeObject, reasons: readonly string[], claims: string | undefined, world: World): void {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const total = reasons.length;
  const list =
    claims ??
    [...counts]
      .map(([reason, count]) => `${count} ${reason}`)
      .toSorted()
      .join(', ');
  const victims = reasons.filter((reason) => reason.startsWith('Insufficient') || reason === 'Too many pods').length;
  const helpless = total - victims;
  const preemption = claims
    ? `${total} Preemption is not helpful for scheduling`
    : [
        ...(helpless > 0 ? [`${helpless} Preemption is not helpful for scheduling`] : []),
        ...(victims > 0 ? [`${victims} No preemption victims found for incoming pod`] : []),
      ]
        .toSorted()
        .join(', ');
  const message =
    total === 0
      ? 'no nodes available to schedule pods'
      : `0/${total} nodes are available: ${list}. preemption: 0/${total} nodes are available: ${preemption}.`;
  const conditions = withCondition(
    pod.status?.conditions,
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message },
    world.now(),
    { lastProbeTime: null },
  );
  world.status('pods', pod, { ...pod.status, conditions }, 'kube-scheduler');
  world.events(pod, 'Warning', 'FailedScheduling', message, { component });
}
