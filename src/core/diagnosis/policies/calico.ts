import { labelsOf } from '../labels.ts';
import { at, list, meta, type Obj, obj, scalar, str, strings } from '../read.ts';
import { refOf, type World } from '../snapshot.ts';
import { meetsSelector } from './calico-selector.ts';
import {
  type Dialect,
  type Direction,
  homeLabels,
  namedReaches,
  type Opening,
  type Policy,
  protocolFits,
} from './opening.ts';

/** As Calico keeps them, and as its own API server shows the same ones, if there is one. */
const own = ['CalicoNetworkPolicy', 'CalicoNetworkPolicyShown'] as const;
const wide = ['CalicoGlobalNetworkPolicy', 'CalicoGlobalNetworkPolicyShown'] as const;

const isOwn = (kind: string): boolean => own.some((k) => k === kind);

/** Calico's: what any policy is about is closed but for what one of them allows; the first rule that fits counts. */
export const calico: Dialect = {
  name: 'Calico',
  kinds: [own, wide],
  about: (world, pod, direction) => [
    ...own.flatMap((kind) =>
      world.all(kind, meta(pod).namespace).flatMap((o) => policy(kind, o, world, pod, direction)),
    ),
    ...wide.flatMap((kind) => world.all(kind).flatMap((o) => policy(kind, o, world, pod, direction))),
  ],
};

function policy(kind: string, o: Obj, world: World, pod: Obj, direction: Direction): readonly Policy[] {
  const spec = obj(o, 'spec');
  if (['doNotTrack', 'preDNAT', 'applyOnForward'].some((key) => spec[key] === true) || !concerns(spec, direction))
    return [];
  const selected = selects(spec, world, pod);
  if (selected === false) return [];
  const rules = list(spec, direction.toLowerCase());
  return [
    {
      on: refOf(isOwn(kind) ? own[0] : wide[0], o),
      isolates: selected === true,
      final: rules.some((rule) => rule.action === 'Deny') || !['default', ''].includes(str(spec, 'tier') ?? ''),
      lets: rules
        .filter((rule) => rule.action === 'Allow' || rule.action === 'Pass')
        .map((rule) => opening(rule, isOwn(kind), world, pod, direction)),
    },
  ];
}

function concerns(spec: Obj, direction: Direction): boolean {
  const types = strings(spec, 'types');
  if (types.length > 0) return types.includes(direction);
  const [goesOut, comesIn] = [Array.isArray(at(spec, 'egress')), Array.isArray(at(spec, 'ingress'))];
  return direction === 'Egress' ? goesOut : comesIn || !goesOut;
}

const podLabels = (pod: Obj): ReadonlyMap<string, string> =>
  new Map([
    ...labelsOf(pod),
    ['projectcalico.org/namespace', meta(pod).namespace],
    ['projectcalico.org/orchestrator', 'k8s'],
    ['projectcalico.org/serviceaccount', str(pod, 'spec', 'serviceAccountName') ?? 'default'],
  ]);

/** `undefined`: it can’t be told. */
function selects(spec: Obj, world: World, pod: Obj): boolean | undefined {
  const mine = meetsSelector(str(spec, 'selector') ?? 'all()', podLabels(pod));
  const spaces = str(spec, 'namespaceSelector');
  const home = homeLabels(world, pod);
  const placed =
    spaces === undefined
      ? true
      : home && meetsSelector(spaces, new Map([...home, ['projectcalico.org/name', meta(pod).namespace]]));
  if (mine === false || placed === false) return false;
  return mine === undefined || placed === undefined || str(spec, 'serviceAccountSelector') !== undefined
    ? undefined
    : true;
}

function opening(rule: Obj, namespaced: boolean, world: World, pod: Obj, direction: Direction): Opening {
  const ports = at(rule, 'destination', 'ports');
  const written = Array.isArray(ports) ? ports.map((port) => scalar({ port }, 'port') ?? '') : [];
  const { selector, ...others } = obj(rule, 'source');
  const here = namespaced && typeof selector === 'string' && Object.keys(others).every((key) => key === 'ports');
  return {
    reaches: (port) =>
      protocolFits(scalar(rule, 'protocol'), direction) &&
      (written.length === 0 || written.some((w) => reaches(w, port, pod, direction))),
    anybody: () =>
      direction === 'Egress' ||
      !here ||
      world.all('Pod', meta(pod).namespace).some((p) => meetsSelector(selector, podLabels(p)) !== false),
  };
}

/** `8080`, `8000:8100`, or a name. */
function reaches(written: string, port: number, pod: Obj, direction: Direction): boolean {
  const [, from, to] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(written) ?? [];
  return from === undefined
    ? namedReaches(pod, direction, written, port)
    : port >= Number(from) && port <= Number(to ?? from);
}
