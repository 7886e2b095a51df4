import { labelsOf, selects } from '../labels.ts';
import { at, has, list, num, type Obj, obj, str } from '../read.ts';
import { refOf, type World } from '../snapshot.ts';
import { type Dialect, type Direction, homeLabels, namedReaches, type Opening, protocolFits } from './opening.ts';

const kinds = ['AdminNetworkPolicy', 'ClusterNetworkPolicy'] as const;

/**
 * Those of the Network Policy API, which whoever runs the cluster writes: what they allow is allowed, whatever a
 * NetworkPolicy says. A baseline only counts where there is none, so it opens nothing that one of those closes.
 */
export const admin: Dialect = {
  name: 'the cluster’s admins',
  kinds: kinds.map((kind) => [kind]),
  about: (world, pod, direction) =>
    kinds.flatMap((kind) =>
      world
        .all(kind)
        .filter((o) => str(o, 'spec', 'tier') !== 'Baseline' && about(obj(o, 'spec', 'subject'), world, pod))
        .map((o) => {
          const rules = list(o, 'spec', direction.toLowerCase());
          return {
            on: refOf(kind, o),
            isolates: false,
            final: rules.some((rule) => rule.action === 'Deny'),
            lets: rules
              .filter((rule) => rule.action === 'Allow' || rule.action === 'Accept')
              .map(
                (rule): Opening => ({ reaches: (port) => reaches(rule, port, pod, direction), anybody: () => true }),
              ),
          };
        }),
    ),
};

/** Where a namespace's labels are not known, it may be meant. */
function about(subject: Obj, world: World, pod: Obj): boolean {
  const home = homeLabels(world, pod);
  const spaces = has(subject, 'pods') ? obj(subject, 'pods', 'namespaceSelector') : obj(subject, 'namespaces');
  return (
    (home === undefined || selects(spaces, home)) &&
    (!has(subject, 'pods') || selects(obj(subject, 'pods', 'podSelector'), labelsOf(pod)))
  );
}

/** `ports` in the older version, `protocols` in the newer one. */
function reaches(rule: Obj, port: number, pod: Obj, direction: Direction): boolean {
  const older = list(rule, 'ports').map((p) => ({
    protocol: str(p, 'portNumber', 'protocol') ?? str(p, 'portRange', 'protocol'),
    name: str(p, 'namedPort'),
    from: num(p, 'portNumber', 'port') ?? num(p, 'portRange', 'start'),
    to: num(p, 'portNumber', 'port') ?? num(p, 'portRange', 'end'),
  }));
  const newer = list(rule, 'protocols').flatMap((p) =>
    ['tcp', 'udp', 'sctp', 'destinationNamedPort']
      .filter((key) => at(p, key) !== undefined)
      .map((key) => ({
        protocol: key === 'destinationNamedPort' ? undefined : key.toUpperCase(),
        name: str(p, 'destinationNamedPort'),
        from: num(p, key, 'destinationPort', 'number') ?? num(p, key, 'destinationPort', 'range', 'start'),
        to: num(p, key, 'destinationPort', 'number') ?? num(p, key, 'destinationPort', 'range', 'end'),
      })),
  );
  const all = [...older, ...newer];
  return (
    all.length === 0 ||
    all.some(({ protocol, name, from, to }) => {
      if (!protocolFits(protocol, direction)) return false;
      if (name !== undefined) return namedReaches(pod, direction, name, port);
      return from === undefined || (port >= from && port <= (to ?? from));
    })
  );
}
