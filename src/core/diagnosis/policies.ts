import { labelsOf, selects } from './labels.ts';
import { at, list, meta, num, type Obj, obj, strings } from './read.ts';
import type { World } from './snapshot.ts';

const policiesFor = (world: World, pod: Obj, direction: 'Ingress' | 'Egress'): readonly Obj[] =>
  world.all('NetworkPolicy', meta(pod).namespace).filter((policy) => {
    const types = strings(policy, 'spec', 'policyTypes');
    // Without types: ingress always, egress when the policy has such rules.
    const concerns =
      types.length > 0
        ? types.includes(direction)
        : direction === 'Ingress' || Array.isArray(at(policy, 'spec', 'egress'));
    return concerns && selects(obj(policy, 'spec', 'podSelector'), labelsOf(pod));
  });

/** The policy that keeps a pod from sending to this port anywhere, when no other one allows it. */
export function egressBlocked(world: World, pod: Obj, port: number): string | undefined {
  const policies = policiesFor(world, pod, 'Egress');
  const allows = policies.some((policy) =>
    list(policy, 'spec', 'egress').some((rule) => {
      const ports = list(rule, 'ports');
      return ports.length === 0 || ports.some((p) => within(p, port));
    }),
  );
  return allows || policies[0] === undefined ? undefined : meta(policies[0]).name;
}

/** The policy that lets nothing at all in to a pod, when no other one does. */
export function ingressBlocked(world: World, pod: Obj): string | undefined {
  const policies = policiesFor(world, pod, 'Ingress');
  const admits = policies.some((policy) => list(policy, 'spec', 'ingress').length > 0);
  return admits || policies[0] === undefined ? undefined : meta(policies[0]).name;
}

function within(p: Obj, port: number): boolean {
  const from = num(p, 'port');
  // A port by name, or none: all of them.
  if (from === undefined) return true;
  return port >= from && port <= (num(p, 'endPort') ?? from);
}
