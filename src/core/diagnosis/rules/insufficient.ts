import { code, text } from '../../kernel/text.ts';
import { freeNodes, requested } from '../capacity.ts';
import { kubectl, patchContainer, run } from '../fixes.ts';
import { noPlace, type PlaceRule, type Unplaced } from '../placing.ts';
import { isSidecar } from '../pods.ts';
import { amount, enoughOf, quantity } from '../quantity.ts';
import { entry, list, obj, scalar, str } from '../read.ts';
import { makeRoom } from '../surge.ts';

const words: Readonly<Record<string, string>> = {
  cpu: 'processor time (CPU)',
  memory: 'memory',
  'ephemeral-storage': 'disk space',
};

const resourceOf = ({ r }: Unplaced): string => /Insufficient ([\w./-]{1,100})/.exec(r.why)?.[1] ?? 'memory';

export const insufficient: readonly PlaceRule[] = [
  {
    code: 'insufficient-resources',
    title: 'No machine has enough CPU or memory free',
    example: '0/5 nodes are available: 1 node(s) had untolerated taint {…}, 4 Insufficient memory.',
    remedy: 'Ask for less, or add machines',
    match: /Insufficient (?:cpu|memory|ephemeral-storage)\b/,
    say: (x) => {
      const resource = resourceOf(x);
      const wanted = requested(x.pod.spec, resource);
      const [most] = freeNodes(x.world, x.w.podSpec, resource);
      const largest = freeNodes(x.world, x.w.podSpec, resource).reduce((max, n) => Math.max(max, n.whole), 0);
      const never = largest > 0 && wanted > largest;
      const free = most?.free;
      const room = never
        ? text`; even an empty one has only ${code(amount(resource, largest))}`
        : free === undefined
          ? text``
          : text`; the most that one has free is ${code(amount(resource, free))}`;
      const fits = never && free === undefined ? largest : free;
      const containers = list(x.w.podSpec, 'containers');
      const asks = [...containers, ...list(x.w.podSpec, 'initContainers').filter(isSidecar)].filter(
        (c) => scalar(obj(c, 'resources', 'requests'), resource) !== undefined,
      );
      const [only] = asks;
      const less = amount(resource, fits ?? 0);
      // What its init containers ask for stays as it is.
      const rest = Math.max(
        0,
        ...list(x.w.podSpec, 'initContainers').map(
          (c) => quantity(scalar(obj(c, 'resources', 'requests'), resource)) ?? 0,
        ),
      );
      return {
        summary: noPlace(
          x,
          text`it asks for ${code(amount(resource, wanted))} of ${entry(words, resource) ?? resource}, and no machine has that free${room}.`,
        ),
        evidence:
          only === undefined
            ? []
            : [
                {
                  on: x.w.ref,
                  path: `containers[${str(only, 'name')}].resources.requests.${resource}`,
                  says: scalar(obj(only, 'resources', 'requests'), resource) ?? '',
                },
              ],
        fixes: [
          ...(asks.length === 1 &&
          only !== undefined &&
          containers.includes(only) &&
          most !== undefined &&
          enoughOf(less, amount(resource, wanted)) &&
          rest <= (quantity(less) ?? 0)
            ? [
                patchContainer(
                  `Ask for ${less}, which fits on ${most.name}`,
                  x.w,
                  { name: str(only, 'name') ?? '' },
                  {
                    resources: { requests: { [resource]: less } },
                  },
                ),
              ]
            : []),
          ...makeRoom(x.w),
          run('look', 'See what the machines hold', kubectl('', 'describe', 'nodes')),
        ],
      };
    },
  },
  {
    code: 'insufficient-device',
    title: 'No machine has such a device free',
    example: '5 Insufficient nvidia.com/gpu',
    remedy: 'Add machines with it, or wait for one to become free',
    match: /Insufficient [\w.-]+\/[\w.-]+/,
    say: (x) => {
      const resource = resourceOf(x);
      const some = freeNodes(x.world, x.w.podSpec, resource).filter((n) => n.whole > 0);
      const known = x.world.all('Node').length > 0;
      return {
        summary: noPlace(
          x,
          known && some.length === 0
            ? text`it asks for ${code(resource)}, which no machine of this cluster has.`
            : text`it asks for ${code(resource)}, and none is free.`,
        ),
      };
    },
  },
  {
    code: 'too-many-pods',
    title: 'The machines hold as many pods as they may',
    example: '3 Too many pods',
    remedy: 'Add machines, or raise their limit of pods',
    match: /Too many pods/,
    say: (x) => ({
      summary: noPlace(x, text`the machines hold as many pods as they may.`),
      upstream: { kind: 'Cluster', namespace: '', name: 'pods' },
      together: text`The machines hold as many pods as they may, so new ones find no place.`,
    }),
  },
];
