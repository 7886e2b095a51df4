import { labelsOf, selects } from '../labels.ts';
import { at, list, meta, num, type Obj, obj, str, strings } from '../read.ts';
import { refOf, type World } from '../snapshot.ts';
import { type Dialect, type Direction, namedReaches, type Opening, type Policy, protocolFits } from './opening.ts';

/** Kubernetes' own: each only allows, and what a pod has any of is closed but for what they allow together. */
export const native: Dialect = {
  name: 'Kubernetes',
  kinds: [['NetworkPolicy']],
  about: (world, pod, direction) =>
    world
      .all('NetworkPolicy', meta(pod).namespace)
      .filter((o) => concerns(o, direction) && selects(obj(o, 'spec', 'podSelector'), labelsOf(pod)))
      .map(
        (o): Policy => ({
          on: refOf('NetworkPolicy', o),
          isolates: true,
          final: false,
          lets: list(o, 'spec', direction.toLowerCase()).map((rule) => opening(rule, world, pod, direction)),
        }),
      ),
};

function concerns(policy: Obj, direction: Direction): boolean {
  const types = strings(policy, 'spec', 'policyTypes');
  // Without types: ingress always, egress when the policy has such rules.
  if (types.length > 0) return types.includes(direction);
  return direction === 'Ingress' || Array.isArray(at(policy, 'spec', 'egress'));
}

function opening(rule: Obj, world: World, pod: Obj, direction: Direction): Opening {
  const ports = list(rule, 'ports');
  return {
    reaches: (port) => ports.length === 0 || ports.some((p) => reaches(p, port, pod, direction)),
    anybody: () => direction === 'Egress' || admits(rule, pod, world),
  };
}

/** Who is in other namespaces may not be known: then somebody is. */
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

function reaches(p: Obj, port: number, pod: Obj, direction: Direction): boolean {
  if (!protocolFits(str(p, 'protocol') ?? 'TCP', direction)) return false;
  const name = str(p, 'port');
  if (name !== undefined) return namedReaches(pod, direction, name, port);
  const from = num(p, 'port');
  // Without a port: all of them.
  return from === undefined || (port >= from && port <= (num(p, 'endPort') ?? from));
}
