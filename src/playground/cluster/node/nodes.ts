import { withCondition } from '../controllers/condition.ts';
import { type Controller, keyOf, self, type World } from '../controllers/runtime.ts';
import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import { stamp } from '../names.ts';
import type { KubeObject } from '../types.ts';
import { tolerated } from './fit.ts';
import type { Usage } from './scheduler.ts';

const component = 'node-controller';
const unreachable = 'node.kubernetes.io/unreachable';
const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** Nodes that are down, and since when. */
export type Down = Map<string, number>;

/** What is done about nodes that go silent, and when they come back. */
export const nodeLifecycle = (down: Down, usage: Usage): Controller => ({
  name: component,
  watches: { nodes: self },
  reconcile(_, name, world) {
    const node = world.api.get('nodes', undefined, name);
    if (!node) return undefined;
    const since = down.get(name);
    if (since === undefined) return recover(node, world);
    const now = world.now().getTime();
    if (now < since + world.times.nodeGrace) return since + world.times.nodeGrace - now;
    if (!isLost(node)) lose(node, usage, world);
    if (now < since + world.times.nodeGrace + world.times.evict)
      return since + world.times.nodeGrace + world.times.evict - now;
    evict(name, usage, world);
    return undefined;
  },
});

const isLost = (node: KubeObject): boolean => listOf(node.spec?.taints).some((one) => at(one, 'key') === unreachable);
const podsOn = (node: string, usage: Usage, world: World): readonly KubeObject[] =>
  usage.pods(node).flatMap((key) => {
    const [namespace, name = ''] = key.split('/');
    return world.api.get('pods', namespace, name) ?? [];
  });

function lose(node: KubeObject, usage: Usage, world: World): void {
  const { name } = node.metadata;
  let conditions = node.status?.conditions;
  for (const type of ['Ready', ...pressures])
    conditions = withCondition(
      conditions,
      { type, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' },
      world.now(),
    );
  world.status('nodes', node, { ...node.status, ...(conditions ? { conditions } : {}) });
  world.events(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`, { component });
  const current = world.api.get('nodes', undefined, name) ?? node;
  const taints = ['NoSchedule', 'NoExecute'].map((effect) => ({
    key: unreachable,
    effect,
    timeAdded: stamp(world.now()),
  }));
  world.write('nodes', current, {
    ...current,
    spec: { ...current.spec, taints: [...listOf(current.spec?.taints), ...taints] },
  } as Fields);
  for (const pod of podsOn(name, usage, world)) {
    const ready = listOf(pod.status?.conditions).find((one) => at(one, 'type') === 'Ready');
    if (at(ready, 'status') !== 'True') continue;
    const next = withCondition(pod.status?.conditions, { type: 'Ready', status: 'False' }, world.now(), {
      lastProbeTime: null,
    });
    world.status('pods', pod, { ...pod.status, conditions: next });
    world.events(pod, 'Warning', 'NodeNotReady', 'Node is not ready', { component });
  }
}

function evict(name: string, usage: Usage, world: World): void {
  for (const pod of podsOn(name, usage, world)) {
    const forever = listOf(pod.spec?.tolerations).filter((one) => at(one, 'tolerationSeconds') === undefined);
    if (pod.metadata.deletionTimestamp || tolerated(forever, { key: unreachable, effect: 'NoExecute' })) continue;
    world.events(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyOf(pod)}`, {
      component: 'taint-eviction-controller',
    });
    world.api.delete('pods', pod.metadata.namespace, pod.metadata.name);
  }
}

const healthy: Readonly<
  Record<string, { readonly status: 'True' | 'False'; readonly reason: string; readonly message: string }>
> = {
  MemoryPressure: {
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  DiskPressure: { status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
  PIDPressure: { status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
  Ready: { status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
};

function recover(node: KubeObject, world: World): undefined {
  let conditions = node.status?.conditions;
  for (const [type, one] of Object.entries(healthy))
    conditions = withCondition(conditions, { type, ...one }, world.now(), {
      lastHeartbeatTime:
        at(
          listOf(node.status?.conditions).find((each) => at(each, 'type') === type),
          'lastHeartbeatTime',
        ) ?? stamp(world.now()),
    });
  world.status('nodes', node, { ...fieldsOf(node.status), ...(conditions ? { conditions } : {}) }, 'kubelet');
  if (!isLost(node)) return undefined;
  const current = world.api.get('nodes', undefined, node.metadata.name) ?? node;
  const taints = listOf(current.spec?.taints).filter((one) => textOf(at(one, 'key')) !== unreachable);
  const { taints: _, ...spec } = fieldsOf(current.spec);
  world.write('nodes', current, { ...current, spec: taints.length > 0 ? { ...spec, taints } : spec } as Fields);
  world.events(node, 'Normal', 'NodeReady', `Node ${node.metadata.name} status is now: NodeReady`, {
    component: 'kubelet',
    host: node.metadata.name,
  });
  return undefined;
}
