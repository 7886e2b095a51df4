import { isObject } from '../../../core/catalog/render.ts';
import type { Place } from '../../../core/catalog/template.ts';
import type { Json } from '../../../core/kernel/inbound.ts';
import { podRules } from './pods.ts';
import { at, fieldsAt, listAt, numberAt, type Rule, textAt, twice, type Wrong, within } from './reading.ts';

/*
 * What the API checks beyond the shape of an object: fields that must fit each other. Of its many rules these are the ones
 * that templates break.
 */

/** A selector, and the labels that it has to find. */
function selects(object: Json, template: Place = ['spec', 'template']): readonly Wrong[] {
  const selector = at(object, 'spec', 'selector');
  if (selector === undefined) return [];
  const labels = fieldsAt(object, ...template, 'metadata', 'labels');
  const wanted = fieldsAt(selector, 'matchLabels');
  const misses = Object.entries(wanted).filter(([name, value]) => labels[name] !== value);
  const expressions = listAt(selector, 'matchExpressions');
  if (Object.keys(wanted).length + expressions.length === 0)
    return [{ at: ['spec', 'selector'], what: 'it selects nothing', todo: 'Name the labels of the template.' }];
  return misses.map(([name, value]) => ({
    at: ['spec', 'selector', 'matchLabels', name],
    what: `it selects ${name}=${String(value)}, and the template’s pods have ${labels[name] === undefined ? `no ${name}` : `${name}=${String(labels[name])}`}`,
    todo: 'Write the same label in spec.template.metadata.labels.',
  }));
}

const always = ['Always'];
const template: Place = ['spec', 'template', 'spec'];
const positive = (object: Json, ...place: Place): readonly Wrong[] => within(object, place, 0, 2_147_483_647);

const workload: Rule = (object) => [
  ...selects(object),
  ...positive(object, 'spec', 'replicas'),
  ...podRules(object, template, always),
];

/** Percent or a number; nothing when it is neither. */
const share = (value: Json | undefined): number | undefined =>
  typeof value === 'number'
    ? value
    : typeof value === 'string' && /^\d+%$/.test(value)
      ? Number(value.slice(0, -1))
      : undefined;

function strategy(object: Json): readonly Wrong[] {
  const place: Place = ['spec', 'strategy'];
  const rolling = at(object, ...place, 'rollingUpdate');
  if (rolling === undefined) return [];
  if (textAt(object, ...place, 'type') === 'Recreate')
    return [
      {
        at: [...place, 'rollingUpdate'],
        what: 'it is not allowed with type Recreate',
        todo: 'Remove it, or write type RollingUpdate.',
      },
    ];
  return share(at(rolling, 'maxSurge')) === 0 && share(at(rolling, 'maxUnavailable')) === 0
    ? [
        {
          at: [...place, 'rollingUpdate', 'maxUnavailable'],
          what: 'it may be neither more nor fewer pods, so nothing could be exchanged',
          todo: 'Allow one of maxSurge and maxUnavailable.',
        },
      ]
    : [];
}

function service(object: Json): readonly Wrong[] {
  const ports = listAt(object, 'spec', 'ports');
  const place: Place = ['spec', 'ports'];
  const type = textAt(object, 'spec', 'type') ?? 'ClusterIP';
  const key = (p: Json) =>
    at(p, 'port') === undefined ? undefined : `${String(at(p, 'port'))}/${textAt(p, 'protocol') ?? 'TCP'}`;
  const none = ports.length === 0 && type !== 'ExternalName' && textAt(object, 'spec', 'clusterIP') !== 'None';
  return [
    ...(none ? [{ at: ['spec'], what: 'it has no port', todo: 'Add one to spec.ports.' }] : []),
    ...(type === 'ExternalName' && textAt(object, 'spec', 'externalName') === undefined
      ? [{ at: ['spec'], what: '“externalName” is missing', todo: 'Add it: that is what type ExternalName is.' }]
      : []),
    ...(type === 'LoadBalancer' && textAt(object, 'spec', 'clusterIP') === 'None'
      ? [
          {
            at: ['spec', 'clusterIP'],
            what: 'a LoadBalancer needs an address',
            todo: 'Remove clusterIP: None, or write type ClusterIP.',
          },
        ]
      : []),
    ...ports.flatMap((p, i): readonly Wrong[] => [
      ...(ports.length > 1 && textAt(p, 'name') === undefined
        ? [{ at: [...place, i], what: 'it has no name', todo: 'Name it: with several ports each has a name.' }]
        : []),
      ...within(p, ['port'], 1, 65_535).map((w) => ({ ...w, at: [...place, i, ...w.at] })),
      ...(at(p, 'nodePort') !== undefined && type === 'ClusterIP'
        ? [
            {
              at: [...place, i, 'nodePort'],
              what: 'it is not allowed with type ClusterIP',
              todo: 'Remove it, or write type NodePort.',
            },
          ]
        : []),
    ]),
    ...twice(ports, place, 'name', (p) => textAt(p, 'name'), 'the port'),
    ...twice(ports, place, 'port', key, 'the port'),
  ];
}

function autoscaler(object: Json): readonly Wrong[] {
  const [least, most] = [numberAt(object, 'spec', 'minReplicas') ?? 1, numberAt(object, 'spec', 'maxReplicas')];
  return [
    ...(most !== undefined && least > most
      ? [
          {
            at: ['spec', 'maxReplicas'],
            what: `it may grow to ${most}, and has ${least} at least`,
            todo: 'Write a maxReplicas that is not less than minReplicas.',
          },
        ]
      : []),
    ...within(object, ['spec', 'maxReplicas'], 1, 2_147_483_647),
    ...positive(object, 'spec', 'minReplicas'),
  ];
}

function claim(object: Json): readonly Wrong[] {
  const spec = at(object, 'spec');
  return [
    ...(listAt(spec, 'accessModes').length === 0
      ? [{ at: ['spec'], what: '“accessModes” is missing', todo: 'Write at least one, such as ReadWriteOnce.' }]
      : []),
    ...(at(spec, 'resources', 'requests', 'storage') === undefined
      ? [{ at: ['spec'], what: 'it asks for no storage', todo: 'Write resources.requests.storage.' }]
      : []),
  ];
}

const key = /^[-._a-zA-Z0-9]+$/;
const keys =
  (...fields: readonly string[]): Rule =>
  (object) =>
    fields.flatMap((field) =>
      Object.keys(fieldsAt(object, field)).flatMap((name) =>
        key.test(name) && name.length <= 253
          ? []
          : [
              {
                at: [field, name],
                what: `“${name}” can’t be a key here`,
                todo: 'Use letters, digits, “-”, “_” and “.”.',
              },
            ],
      ),
    );

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const secret: Rule = (object) => [
  ...keys('data', 'stringData')(object),
  ...Object.entries(fieldsAt(object, 'data')).flatMap(([name, value]) =>
    // The API reads over line ends, with which tools print it.
    typeof value === 'string' && !base64.test(value.replaceAll(/[\r\n]/g, ''))
      ? [{ at: ['data', name], what: 'it is not base64', todo: 'Write the text itself in stringData instead.' }]
      : [],
  ),
];

const job = (object: Json, place: Place): readonly Wrong[] =>
  podRules(object, [...place, 'template', 'spec'], ['OnFailure', 'Never']);

function ingress(object: Json): readonly Wrong[] {
  const rules = listAt(object, 'spec', 'rules');
  const paths = rules.flatMap((rule, i) =>
    listAt(rule, 'http', 'paths').flatMap((path, j): readonly Wrong[] => {
      const place: Place = ['spec', 'rules', i, 'http', 'paths', j];
      const where = textAt(path, 'path');
      const free = textAt(path, 'pathType') === 'ImplementationSpecific';
      return free || where?.startsWith('/')
        ? []
        : [
            {
              at: where === undefined ? place : [...place, 'path'],
              what: 'the path does not begin with “/”',
              todo: 'Write it from “/” on.',
            },
          ];
    }),
  );
  return rules.length > 0 || at(object, 'spec', 'defaultBackend') !== undefined
    ? paths
    : [{ at: ['spec'], what: 'it leads nowhere', todo: 'Add a rule, or a defaultBackend.' }];
}

const budget: Rule = (object) =>
  at(object, 'spec', 'minAvailable') !== undefined && at(object, 'spec', 'maxUnavailable') !== undefined
    ? [{ at: ['spec', 'maxUnavailable'], what: 'it stands beside minAvailable', todo: 'Leave one of them out.' }]
    : [];

const rules: Readonly<Record<string, Rule>> = {
  'v1 Pod': (o) => podRules(o, ['spec'], ['Always', 'OnFailure', 'Never']),
  'v1 Service': service,
  'v1 ConfigMap': (o) => [
    ...keys('data', 'binaryData')(o),
    ...Object.keys(fieldsAt(o, 'data')).flatMap((name) =>
      at(o, 'binaryData', name) === undefined
        ? []
        : [{ at: ['binaryData', name], what: `“${name}” is in data too`, todo: 'Leave one of them out.' }],
    ),
  ],
  'v1 Secret': secret,
  'v1 PersistentVolumeClaim': claim,
  'apps/v1 Deployment': (o) => [...workload(o), ...strategy(o)],
  'apps/v1 DaemonSet': workload,
  'apps/v1 StatefulSet': (o) => [
    ...selects(o),
    ...positive(o, 'spec', 'replicas'),
    ...podRules(
      o,
      template,
      always,
      listAt(o, 'spec', 'volumeClaimTemplates').flatMap((c) => textAt(c, 'metadata', 'name') ?? []),
    ),
  ],
  'batch/v1 Job': (o) => job(o, ['spec']),
  'batch/v1 CronJob': (o) => job(o, ['spec', 'jobTemplate', 'spec']),
  'networking.k8s.io/v1 Ingress': ingress,
  'policy/v1 PodDisruptionBudget': budget,
  'autoscaling/v2 HorizontalPodAutoscaler': autoscaler,
};

/** What of an object of one of Kubernetes' own kinds does not fit together. */
export const crossChecks = (object: Json): readonly Wrong[] =>
  isObject(object) ? (rules[`${String(object.apiVersion)} ${String(object.kind)}`]?.(object) ?? []) : [];
