import { patchPods } from './fixes.ts';
import { nodeFits } from './labels.ts';
import { isSidecar } from './pods.ts';
import { quantity } from './quantity.ts';
import { flag, list, meta, type Obj, obj, scalar, str } from './read.ts';
import type { World } from './snapshot.ts';
import type { Fix } from './verdict.ts';
import type { Workload } from './workloads.ts';

/**
 * What a pod asks for: its containers and sidecars together, or an init container beside the sidecars that started before it
 * when that is more; and what its runtime takes. What it asks for as a whole counts instead of its parts.
 */
export function requested(podSpec: Obj, resource: string): number {
  const asked = (o: Obj, ...path: readonly string[]) => quantity(scalar(obj(o, ...path), resource));
  const ask = (c: Obj) => asked(c, 'resources', 'requests') ?? 0;
  let beside = 0;
  let starting = 0;
  for (const c of list(podSpec, 'initContainers')) {
    starting = Math.max(starting, beside + ask(c));
    if (isSidecar(c)) beside += ask(c);
  }
  const together = list(podSpec, 'containers').reduce((sum, c) => sum + ask(c), beside);
  const whole = asked(podSpec, 'resources', 'requests') ?? Math.max(together, starting);
  return whole + (asked(podSpec, 'overhead') ?? 0);
}

/** The nodes that a pod may go to, with what they could hold and what is still free, most free first. */
export function freeNodes(world: World, podSpec: Obj, resource: string) {
  const pods = world.all('Pod').filter((p) => !['Succeeded', 'Failed'].includes(str(p, 'status', 'phase') ?? ''));
  // Only the pods of all namespaces together say what is free; kube-system's are there when it was looked at everywhere.
  const everywhere = world.all('Pod', 'kube-system').length > 0;
  const byNode = Map.groupBy(pods, (p) => str(p, 'spec', 'nodeName') ?? '');
  return world
    .all('Node')
    .filter((node) => !flag(node, 'spec', 'unschedulable') && nodeFits(podSpec, node) && !controlPlane(node))
    .map((node) => {
      const { name } = meta(node);
      const whole = quantity(scalar(obj(node, 'status', 'allocatable'), resource)) ?? 0;
      const used = (byNode.get(name) ?? []).reduce((sum, p) => sum + requested(obj(p, 'spec'), resource), 0);
      return { name, whole, free: everywhere ? Math.max(0, whole - used) : undefined };
    })
    .toSorted((a, b) => (b.free ?? b.whole) - (a.free ?? a.whole));
}

const controlPlane = (node: Obj): boolean =>
  list(node, 'spec', 'taints').some((t) =>
    /^node-role\.kubernetes\.io\/(?:control-plane|master)$/.test(str(t, 'key') ?? ''),
  );

/** Keeps pods on machines with the other processor, where there are such machines for them. */
export function elsewhere(w: Workload, world: World, processor: string | undefined): readonly Fix[] {
  const open = world.all('Node').filter((n) => !flag(n, 'spec', 'unschedulable') && nodeFits(w.podSpec, n));
  const others = new Set(open.flatMap((n) => str(n, 'status', 'nodeInfo', 'architecture') ?? []));
  const [other, ...more] = [...others].filter((o) => o !== processor);
  return processor === undefined || other === undefined || more.length > 0
    ? []
    : [patchPods(`Run only on ${other} machines`, w, { nodeSelector: { 'kubernetes.io/arch': other } })];
}
