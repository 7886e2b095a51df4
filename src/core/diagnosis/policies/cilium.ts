import { labelsOf, meets } from '../labels.ts';
import { at, has, list, meta, num, type Obj, obj, pairs, str } from '../read.ts';
import { refOf, type World } from '../snapshot.ts';
import {
  type Dialect,
  type Direction,
  homeLabels,
  namedReaches,
  type Opening,
  type Policy,
  protocolFits,
} from './opening.ts';

const kinds = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'] as const;

/** Cilium's: they add to Kubernetes' own, and what they deny nothing else allows. */
export const cilium: Dialect = {
  name: 'Cilium',
  kinds: kinds.map((kind) => [kind]),
  about: (world, pod, direction) =>
    kinds.flatMap((kind) =>
      world
        .all(kind, kind === 'CiliumNetworkPolicy' ? meta(pod).namespace : undefined)
        .flatMap((o) => specsOf(o).flatMap((spec) => policy(kind, o, spec, world, pod, direction))),
    ),
};

const specsOf = (o: Obj): readonly Obj[] => [...(has(o, 'spec') ? [obj(o, 'spec')] : []), ...list(o, 'specs')];

function policy(kind: string, o: Obj, spec: Obj, world: World, pod: Obj, direction: Direction): readonly Policy[] {
  // One with a nodeSelector is about machines.
  const selected = has(spec, 'endpointSelector') && fits(obj(spec, 'endpointSelector'), pod, world);
  if (selected === false) return [];
  const side = direction.toLowerCase();
  const [rules, denials] = [list(spec, side), list(spec, `${side}Deny`)];
  return [
    {
      on: refOf(kind, o),
      isolates: selected === true && rules.length + denials.length > 0 && at(spec, 'enableDefaultDeny', side) !== false,
      final: denials.length > 0,
      lets: rules.flatMap((rule) => opening(rule, kind, world, pod, direction)),
    },
  ];
}

const peers = { Ingress: /^from[A-Z]/, Egress: /^to(?!Ports$)[A-Z]/ };

function opening(rule: Obj, kind: string, world: World, pod: Obj, direction: Direction): readonly Opening[] {
  const others = Object.keys(rule).filter((key) => peers[direction].test(key));
  const ports = list(rule, 'toPorts');
  const nothingButPings = ports.length === 0 && list(rule, 'icmps').length > 0;
  // A rule that names nothing is how one says “nothing”.
  if (others.length === 0 && ports.length === 0) return [];
  const somebody = (key: string): boolean => {
    const given = at(rule, key);
    if (!Array.isArray(given)) return true;
    if (key !== 'fromEndpoints' || kind !== 'CiliumNetworkPolicy') return given.length > 0;
    return list(rule, key).some((selector) => elsewhere(selector) || here(world, pod, selector));
  };
  return [
    {
      reaches: (port) =>
        !nothingButPings && (ports.length === 0 || ports.some((p) => reaches(p, port, pod, direction))),
      anybody: () => others.length === 0 || others.some(somebody),
    },
  ];
}

const here = (world: World, pod: Obj, selector: Obj): boolean =>
  world.all('Pod', meta(pod).namespace).some((p) => fits(selector, p, world) !== false);

/** Who is not of the pod's own namespace may not be among what is known. */
const elsewhere = (selector: Obj): boolean =>
  [...Object.keys(obj(selector, 'matchLabels')), ...list(selector, 'matchExpressions').map((e) => str(e, 'key') ?? '')]
    .map((key) => key.replace(source, ''))
    .some((key) => /^(?:io\.kubernetes\.pod\.namespace$|io\.cilium\.k8s\.|reserved[:.])/.test(key));

function reaches(entry: Obj, port: number, pod: Obj, direction: Direction): boolean {
  const ports = list(entry, 'ports');
  return (
    ports.length === 0 ||
    ports.some((p) => {
      if (!protocolFits(str(p, 'protocol'), direction)) return false;
      const written = str(p, 'port') ?? '0';
      if (!/^\d+$/.test(written)) return namedReaches(pod, direction, written, port);
      const from = Number(written);
      return from === 0 || (port >= from && port <= (num(p, 'endPort') || from));
    })
  );
}

const source = /^(?:k8s|any)[:.]/;

const account = 'io.cilium.k8s.policy.serviceaccount';
const spaces = 'io.cilium.k8s.namespace.labels.';

/**
 * A pod as Cilium labels it: where a label comes from stands before its name, and its namespace is one of them. `undefined`:
 * it can’t be told, since it goes by what Cilium alone knows, such as the name of its cluster.
 */
function fits(selector: Obj, pod: Obj, world: World): boolean | undefined {
  const { namespace } = meta(pod);
  const home = homeLabels(world, pod);
  const labels = new Map([
    ...labelsOf(pod),
    ['io.kubernetes.pod.namespace', namespace],
    [account, str(pod, 'spec', 'serviceAccountName') ?? 'default'],
    ...[...(home ?? [])].map(([k, v]) => [`${spaces}${k}`, v] as const),
  ]);
  const asked = [
    ...pairs(selector, 'matchLabels').map(([key, value]): Obj => ({ key, operator: 'In', values: [value] })),
    ...list(selector, 'matchExpressions'),
  ].map((e) => ({ ...e, key: (str(e, 'key') ?? '').replace(source, '') }));
  const told = asked.filter(
    ({ key }) => !key.startsWith('io.cilium.') || key === account || (home !== undefined && key.startsWith(spaces)),
  );
  if (!told.every((e) => meets(e, labels))) return false;
  return told.length === asked.length ? true : undefined;
}
