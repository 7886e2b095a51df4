import { labelsOf, selects } from '../labels.ts';
import { has, list, type Obj, obj, str } from '../read.ts';
import { refOf, type World } from '../snapshot.ts';
import { type Dialect, type Direction, homeLabels, namedReaches, type Opening, protocolFits } from './opening.ts';
import { portsIn } from './rule-ports.ts';

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
            admins: true,
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

function reaches(rule: Obj, port: number, pod: Obj, direction: Direction): boolean {
  const all = portsIn(rule) ?? [];
  return (
    all.length === 0 ||
    all.some(({ protocol, name, from, to }) => {
      if (!protocolFits(protocol, direction)) return false;
      if (name !== undefined) return namedReaches(pod, direction, name, port);
      return from === undefined || (port >= from && port <= (to ?? from));
    })
  );
}
