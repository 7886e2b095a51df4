import { closest } from '../../../core/catalog/names.ts';
import type { Place } from '../../../core/catalog/template.ts';
import { quantity } from '../../../core/diagnosis/quantity.ts';
import type { Json } from '../../../core/kernel/inbound.ts';
import { at, fieldsAt, listAt, textAt, twice, type Wrong, within } from './reading.ts';

const amount = (value: Json | undefined): number | undefined =>
  typeof value === 'string' || typeof value === 'number' ? quantity(String(value)) : undefined;

function resources(container: Json, place: Place): readonly Wrong[] {
  const limits = fieldsAt(container, 'resources', 'limits');
  const requests = fieldsAt(container, 'resources', 'requests');
  const more = Object.entries(requests).flatMap(([name, asked]): readonly Wrong[] => {
    const [wants, may] = [amount(asked), amount(limits[name])];
    return wants !== undefined && may !== undefined && wants > may
      ? [
          {
            at: [...place, 'resources', 'requests', name],
            what: `it requests ${String(asked)} of ${name}, and its limit is ${String(limits[name])}`,
            todo: 'Raise the limit, or request less: a request is never more than its limit.',
          },
        ]
      : [];
  });
  // What cannot be shared out in parts is requested exactly as it is limited: GPUs, huge pages.
  const whole = Object.entries(requests).flatMap(([name, asked]): readonly Wrong[] =>
    (name.includes('/') || name.startsWith('hugepages-')) && amount(asked) !== amount(limits[name])
      ? [
          {
            at: [...place, 'resources', 'requests', name],
            what: `${name} is requested as ${String(asked)} and limited to ${String(limits[name] ?? 'nothing')}`,
            todo: 'Write the limit; a request may be left out, or be the same.',
          },
        ]
      : [],
  );
  return [...more.filter((m) => !whole.some((w) => w.at.at(-1) === m.at.at(-1))), ...whole];
}

const handlers = ['exec', 'grpc', 'httpGet', 'tcpSocket'];
const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];

function probe(container: Json, place: Place, name: string): readonly Wrong[] {
  const found = at(container, name);
  if (found === undefined) return [];
  const named = new Set(listAt(container, 'ports').map((p) => textAt(p, 'name')));
  const how = handlers.filter((h) => at(found, h) !== undefined);
  const ports = ['httpGet', 'tcpSocket'].flatMap((h) => {
    const port = textAt(found, h, 'port');
    return port === undefined || named.has(port)
      ? []
      : [
          {
            at: [...place, name, h, 'port'],
            what: `no port of this container is called “${port}”`,
            todo: 'Name one of its ports, or write the number without quotes.',
          },
        ];
  });
  const success = at(found, 'successThreshold');
  return [
    ...ports,
    ...(how.length === 1
      ? []
      : [
          {
            at: [...place, name],
            what: how.length === 0 ? 'it says not how to look' : `it looks in several ways: ${how.join(', ')}`,
            todo: `Write one of ${handlers.join(', ')}.`,
          },
        ]),
    ...(name !== 'readinessProbe' && typeof success === 'number' && success !== 1
      ? [
          {
            at: [...place, name, 'successThreshold'],
            what: `${success} is not 1`,
            todo: 'Only a readinessProbe may want more than one.',
          },
        ]
      : []),
  ];
}

function container(one: Json, place: Place, volumes: ReadonlySet<string>): readonly Wrong[] {
  const mounts = listAt(one, 'volumeMounts').flatMap((mount, i): readonly Wrong[] => {
    const name = textAt(mount, 'name');
    if (name === undefined || volumes.has(name)) return [];
    const meant = closest(name, [...volumes]);
    return [
      {
        at: [...place, 'volumeMounts', i, 'name'],
        what: `there is no volume “${name}” in this pod`,
        todo: meant ? `Write “${meant}”.` : 'Add it to the pod’s volumes.',
      },
    ];
  });
  const ports = listAt(one, 'ports');
  return [
    ...(textAt(one, 'image') === undefined
      ? [{ at: place, what: '“image” is missing', todo: 'Add it: the API refuses the object without it.' }]
      : []),
    ...resources(one, place),
    ...mounts,
    ...twice(
      listAt(one, 'volumeMounts'),
      [...place, 'volumeMounts'],
      'mountPath',
      (m) => textAt(m, 'mountPath'),
      'the path',
    ),
    ...twice(ports, [...place, 'ports'], 'name', (p) => textAt(p, 'name'), 'the port'),
    ...twice(
      ports,
      [...place, 'ports'],
      'containerPort',
      (p) =>
        at(p, 'containerPort') === undefined
          ? undefined
          : `${String(at(p, 'containerPort'))}/${textAt(p, 'protocol') ?? 'TCP'}`,
      'the port',
    ),
    ...ports.flatMap((p, i) =>
      within(p, ['containerPort'], 1, 65_535).map((w) => ({ ...w, at: [...place, 'ports', i, ...w.at] })),
    ),
    ...probes.flatMap((name) => probe(one, place, name)),
    ...listAt(one, 'env').flatMap((variable, i): readonly Wrong[] =>
      at(variable, 'value') !== undefined && at(variable, 'value') !== '' && at(variable, 'valueFrom') !== undefined
        ? [
            {
              at: [...place, 'env', i],
              what: 'it has both “value” and “valueFrom”',
              todo: 'Leave one of them out.',
            },
          ]
        : [],
    ),
  ];
}

/** What a pod's spec, which stands at a place, must keep to. `claims`: volumes that its StatefulSet makes for it. */
export function podRules(
  object: Json,
  place: Place,
  restart: readonly string[],
  claims: readonly string[] = [],
): readonly Wrong[] {
  const spec = at(object, ...place);
  if (spec === undefined) return [];
  const volumes = listAt(spec, 'volumes');
  const known = new Set([...claims, ...volumes.flatMap((v) => textAt(v, 'name') ?? [])]);
  const lists = ['initContainers', 'containers'] as const;
  const names = lists.flatMap((list) => listAt(spec, list).map((one, i) => ({ list, i, name: textAt(one, 'name') })));
  const seen = new Set<string>();
  const again = names.flatMap(({ list, i, name }): readonly Wrong[] => {
    if (name === undefined) return [];
    const there = seen.has(name);
    seen.add(name);
    return there
      ? [
          {
            at: [...place, list, i, 'name'],
            what: `the container “${name}” is there twice`,
            todo: 'Give each its own.',
          },
        ]
      : [];
  });
  const policy = textAt(spec, 'restartPolicy');
  return [
    ...(listAt(spec, 'containers').length === 0
      ? [{ at: [...place, 'containers'], what: 'there is no container', todo: 'Add one: a pod has at least one.' }]
      : []),
    ...((policy === undefined ? restart.includes('Always') : restart.includes(policy) || !policies.includes(policy))
      ? []
      : [
          {
            at: policy === undefined ? place : [...place, 'restartPolicy'],
            what: policy === undefined ? '“restartPolicy” is missing' : `“${policy}” is not allowed for this kind`,
            todo: `Write ${restart.join(' or ')}.`,
          },
        ]),
    ...again,
    ...twice(volumes, [...place, 'volumes'], 'name', (v) => textAt(v, 'name'), 'the volume'),
    ...volumes.flatMap((v, i): readonly Wrong[] => {
      const sources = Object.keys(fieldsAt(v)).filter((key) => key !== 'name');
      return sources.length <= 1
        ? []
        : [
            {
              at: [...place, 'volumes', i],
              what: `it comes from several: ${sources.join(', ')}`,
              todo: 'Leave one of them.',
            },
          ];
    }),
    ...lists.flatMap((list) => listAt(spec, list).flatMap((one, i) => container(one, [...place, list, i], known))),
  ];
}
const policies = ['Always', 'OnFailure', 'Never'];
