import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type ListRule, lists } from './list-rules.ts';

/*
 * Writes builtin.json: the fields of the built-in kinds, from the models of the official client. The client itself is
 * too heavy to be loaded for this at run time (130 MB, 0.6 s). How to read a field: see fields.ts.
 */

const folder = join(
  dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node/package.json')),
  'dist/gen/models',
);

export const roots = [
  ...['V1Pod', 'V1Service', 'V1ConfigMap', 'V1Secret', 'V1Namespace', 'V1Node', 'V1Event', 'V1PersistentVolume'],
  ...['V1PersistentVolumeClaim', 'V1ServiceAccount', 'V1Endpoints', 'V1ResourceQuota', 'V1LimitRange'],
  ...['V1ReplicationController', 'V1Deployment', 'V1ReplicaSet', 'V1StatefulSet', 'V1DaemonSet'],
  ...['V1ControllerRevision', 'V1Job', 'V1CronJob', 'V2HorizontalPodAutoscaler', 'V1HorizontalPodAutoscaler'],
  ...['V1Ingress', 'V1IngressClass', 'V1NetworkPolicy', 'V1PodDisruptionBudget', 'V1Role', 'V1ClusterRole'],
  ...['V1RoleBinding', 'V1ClusterRoleBinding', 'V1StorageClass', 'V1VolumeAttachment', 'V1CSIDriver', 'V1Lease'],
  ...['V1EndpointSlice', 'V1PriorityClass', 'V1RuntimeClass', 'V1CustomResourceDefinition', 'V1Scale', 'V1Eviction'],
  ...['V1ValidatingWebhookConfiguration', 'V1MutatingWebhookConfiguration', 'V1SubjectAccessReview'],
  ...['V1SelfSubjectAccessReview', 'V1SelfSubjectRulesReview', 'V1LocalSubjectAccessReview', 'V1TokenReview'],
  ...['V1SelfSubjectReview', 'EventsV1Event', 'V1Binding', 'V1PodTemplate', 'AuthenticationV1TokenRequest'],
];
/** Events have a model a group in the client; here the core one is called as its kind. */
const alias: Readonly<Record<string, string>> = { V1Event: 'CoreV1Event' };

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  any: 'any',
  object: 'any',
  Date: 'string',
  V1MicroTime: 'string',
  IntOrString: 'intOrString',
};

type Types = Record<string, Record<string, string>>;

function read(model: string, types: Types): void {
  if (types[model]) return;
  const file = alias[model] ?? model;
  const code = readFileSync(join(folder, `${file}.js`), 'utf8');
  const declared = readFileSync(join(folder, `${file}.d.ts`), 'utf8');
  const fields: Record<string, string> = {};
  types[model] = fields;
  for (const [, name = '', type = '', format] of code.matchAll(
    /"baseName": "([^"]+)",\s+"type": "([^"]+)",\s+"format": "([^"]*)"/g,
  )) {
    const property = name.replace(/^_/, '');
    const must = new RegExp(`^\\s+'_?${property.replace(/\W/g, '\\$&')}': `, 'm').test(declared);
    fields[name] = `${must ? '!' : ''}${kindOf(type, format ?? '', types)}${rule(lists[`${model}.${name}`])}`;
  }
}

function kindOf(type: string, format: string, types: Types): string {
  const list = /^Array<(.+)>$/.exec(type);
  if (list?.[1]) return `${kindOf(list[1], format, types)}[]`;
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type);
  if (map?.[1]) return `${kindOf(map[1], format, types)}{}`;
  if (type === 'number') return format.startsWith('int') ? 'integer' : 'number';
  if (type === 'string' && format === 'byte') return 'bytes';
  const scalar = scalars[type];
  if (scalar) return scalar;
  // A schema holds schemas; nothing here looks into them.
  if (type === 'V1JSONSchemaProps' || type === 'V1ManagedFieldsEntry') return 'any';
  read(type, types);
  return type;
}

const rule = ({ keys, merge, set, atomic }: ListRule = {}): string =>
  [keys ? ` keys=${keys}` : '', merge ? ` merge=${merge}` : '', set ? ' set' : '', atomic ? ' atomic' : ''].join('');

export function generate(): string {
  const types: Types = {};
  for (const model of roots) read(model, types);
  const lines = Object.keys(types)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}: ${JSON.stringify(types[name])}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'builtin.json'), generate());
