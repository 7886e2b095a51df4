import { labelsOf, selects } from './labels.ts';
import { at, flag, list, meta, num, type Obj, obj, str, strings } from './read.ts';
import type { World } from './snapshot.ts';
import { containersOf } from './workloads.ts';

function policiesFor(world: World, pod: Obj, direction: 'Ingress' | 'Egress'): readonly Obj[] {
  // What has the network of its machine is taken for the machine, which no policy is about.
  if (flag(pod, 'spec', 'hostNetwork')) return [];
  return world.all('NetworkPolicy', meta(pod).namespace).filter((policy) => {
    const types = strings(policy, 'spec', 'policyTypes');
    // Without types: ingress always, egress when the policy has such rules.
    const concerns =
      types.length > 0
        ? types.includes(direction)
        : direction === 'Ingress' || Array.isArray(at(policy, 'spec', 'egress'));
    return concerns && selects(obj(policy, 'spec', 'podSelector'), labelsOf(pod));
  });
}

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

export type Blocked = {
  readonly policy: string;
  /** Nothing at all gets in; not to this port; or only pods with labels that none has. */
  readonly how: 'nothing' | 'port' | 'nobody';
};

/** The policies that let nothing in to a port of a pod, when no other one does. */
export function ingressBlocked(world: World, pod: Obj, port: number | undefined): Blocked | undefined {
  const policies = policiesFor(world, pod, 'Ingress');
  const [first] = policies;
  if (first === undefined) return undefined;
  const { name: policy } = meta(first);
  const rules = policies.flatMap((p) => list(p, 'spec', 'ingress'));
  if (rules.length === 0) return { policy, how: 'nothing' };
  const open = rules.filter((rule) => {
    const ports = list(rule, 'ports');
    return port === undefined || ports.length === 0 || ports.some((p) => reaches(p, port, pod));
  });
  if (open.length === 0) return { policy, how: 'port' };
  return open.some((rule) => admits(rule, pod, world)) ? undefined : { policy, how: 'nobody' };
}

/** Whether anybody can be meant. Who is in other namespaces may not be known: then somebody is. */
function admits(rule: Obj, pod: Obj, world: World): boolean {
  const peers = list(rule, 'from');
  return (
    peers.length === 0 ||
    peers.some(
      (peer) =>
        peer.podSelector === undefined ||
        peer.namespaceSelector !== undefined ||
        peer.ipBlock !== undefined ||
        world.all('Pod', meta(pod).namespace).some((p) => selects(obj(peer, 'podSelector'), labelsOf(p))),
    )
  );
}

/** A port of a rule, which may be named as the pod's containers name it. */
function reaches(p: Obj, port: number, pod: Obj): boolean {
  const name = str(p, 'port');
  if ((str(p, 'protocol') ?? 'TCP') !== 'TCP') return false;
  return name === undefined
    ? within(p, port)
    : containersOf(obj(pod, 'spec')).some((c) =>
        list(c, 'ports').some((one) => one.name === name && num(one, 'containerPort') === port),
      );
}

function within(p: Obj, port: number): boolean {
  const from = num(p, 'port');
  // A port by name, or none: all of them.
  if (from === undefined) return true;
  return port >= from && port <= (num(p, 'endPort') ?? from);
}
