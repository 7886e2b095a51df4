import { at, type Fields, fieldsOf, textOf } from '../json.ts';
import { nodeRefusal } from '../node/fit.ts';
import { ApiError } from '../status.ts';
import type { KubeObject } from '../types.ts';
import { isActive, isReady, podOf, share } from './pods.ts';
import { type Controller, controllerRef, keyOf, ownerOf, self, type World } from './runtime.ts';
import { revisionOf } from './stateful-set.ts';

const component = 'daemonset-controller';
const kind = 'daemonsets.apps';
const hashKey = 'controller-revision-hash';

export const daemonSets = (list: () => readonly KubeObject[]): Controller => ({
  name: component,
  watches: { [kind]: self, pods: ownerOf('DaemonSet'), nodes: () => list().map(keyOf) },
  reconcile(namespace, name, world) {
    const set = world.api.get(kind, namespace, name);
    if (!set || set.metadata.deletionTimestamp) return undefined;
    const revision = revisionOf(set, world);
    const hash = revision.slice(name.length + 1);
    const nodes = world.api.list('nodes').filter((node) => fits(set, node));
    const pods = world.owned('pods', set.metadata.uid).filter(isActive);
    for (const node of nodes)
      if (!pods.some((pod) => target(pod) === node.metadata.name)) create(set, node, hash, world);
    for (const pod of pods) if (!nodes.some((node) => node.metadata.name === target(pod))) remove(set, pod, world);
    roll(set, pods, hash, nodes.length, world);
    report(set, nodes.length, hash, world);
    return undefined;
  },
});

/** Daemon pods stand unschedulable and lost nodes. */
const always = [
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/unschedulable',
  'node.kubernetes.io/disk-pressure',
  'node.kubernetes.io/memory-pressure',
  'node.kubernetes.io/pid-pressure',
].map((key) => ({ key, operator: 'Exists' }));
const tolerant = (spec: Fields): Fields => ({
  ...spec,
  tolerations: [...((spec.tolerations as readonly Fields[] | undefined) ?? []), ...always],
});
const fits = (set: KubeObject, node: KubeObject): boolean =>
  nodeRefusal(tolerant(fieldsOf(at(set.spec, 'template', 'spec'))), node) === undefined;
const target = (pod: KubeObject): string => textOf(pod.spec?.nodeName);

function create(set: KubeObject, node: KubeObject, hash: string, world: World): void {
  const template = fieldsOf(set.spec?.template);
  const { name, namespace = '' } = set.metadata;
  const pod = podOf(template, {
    generateName: `${name}-`,
    namespace,
    labels: { [hashKey]: hash },
    ownerReferences: [controllerRef(set)],
  });
  try {
    const made = world.api.create(
      'pods',
      { ...pod, spec: { ...tolerant(fieldsOf(pod.spec)), nodeName: node.metadata.name } },
      { manager: 'kube-controller-manager' },
    );
    world.events(set, 'Normal', 'SuccessfulCreate', `Created pod: ${made.metadata.name}`, { component });
  } catch (error) {
    if (error instanceof ApiError)
      world.events(set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`, { component });
    throw error;
  }
}
function remove(set: KubeObject, pod: KubeObject, world: World): void {
  world.api.delete('pods', pod.metadata.namespace, pod.metadata.name);
  world.events(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, { component });
}

function roll(set: KubeObject, pods: readonly KubeObject[], hash: string, nodes: number, world: World): void {
  if (at(set.spec, 'updateStrategy', 'type') !== 'RollingUpdate') return;
  const old = pods.filter((pod) => pod.metadata.labels?.[hashKey] !== hash);
  const may = Math.max(1, share(at(set.spec, 'updateStrategy', 'rollingUpdate', 'maxUnavailable'), nodes, true));
  const unready = nodes - pods.filter(isReady).length;
  const first = old.toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)));
  let room = may - unready;
  for (const pod of first) {
    if (isReady(pod) && room-- <= 0) break;
    remove(set, pod, world);
  }
}

function report(set: KubeObject, nodes: number, hash: string, world: World): void {
  const pods = world.owned('pods', set.metadata.uid).filter(isActive);
  const ready = pods.filter(isReady).length;
  world.status(kind, set, {
    currentNumberScheduled: pods.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes,
    numberReady: ready,
    observedGeneration: set.metadata.generation ?? 1,
    updatedNumberScheduled: pods.filter((pod) => pod.metadata.labels?.[hashKey] === hash).length,
    ...(ready > 0 ? { numberAvailable: ready } : {}),
    ...(nodes - ready > 0 ? { numberUnavailable: nodes - ready } : {}),
  });
}
