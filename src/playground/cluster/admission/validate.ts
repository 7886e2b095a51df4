import { at, equal, type Fields, fieldsOf, isFields, type Json, listOf, textOf } from '../json.ts';
import { quantity } from '../quantity.ts';
import { nodeOf } from '../schema/node.ts';
import { objectSelector } from '../selectors.ts';
import { type Cause, forbiddenField, invalid, invalidValue, required, unsupportedValue } from '../status.ts';
import type { Resource } from '../types.ts';
import { missingFields, schemaCauses } from './schema.ts';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const serviceName = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

const words = {
  label: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
  subdomain: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
  service: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
  value: `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  key: `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
};

/** Kinds whose names may hold what others may not, such as `system:basic-user`. */
const freeNames: ReadonlySet<string> = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);
const labelNames: ReadonlySet<string> = new Set(['Namespace']);

function nameCauses(kind: string, name: string): readonly Cause[] {
  if (freeNames.has(kind)) return /[/%]/.test(name) ? [invalidValue('metadata.name', name, "may not contain '/'")] : [];
  const [pattern, max, why] = labelNames.has(kind)
    ? ([label, 63, words.label] as const)
    : kind === 'Service'
      ? ([serviceName, 63, words.service] as const)
      : ([subdomain, 253, words.subdomain] as const);
  return [
    ...(pattern.test(name) ? [] : [invalidValue('metadata.name', name, why)]),
    ...(name.length > max ? [invalidValue('metadata.name', name, `must be no more than ${max} characters`)] : []),
  ];
}

const keyPattern = /^(?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const valuePattern = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

function labelCauses(labels: Json | undefined, field: string): readonly Cause[] {
  return Object.entries(fieldsOf(labels)).flatMap(([key, value]) => [
    ...(keyPattern.test(key) ? [] : [invalidValue(field, key, words.key)]),
    ...(valuePattern.test(textOf(value)) ? [] : [invalidValue(field, value, words.value)]),
    ...(textOf(value).length > 63 ? [invalidValue(field, value, 'must be no more than 63 bytes')] : []),
  ]);
}

function containerCauses(list: Json | undefined, field: string): readonly Cause[] {
  const seen = new Set<string>();
  return listOf(list).flatMap((value, i) => {
    const one = fieldsOf(value);
    const path = `${field}[${i}]`;
    const name = textOf(one.name);
    const causes: Cause[] = [];
    if (name && !label.test(name)) causes.push(invalidValue(`${path}.name`, name, words.label));
    if (seen.has(name))
      causes.push({ reason: 'FieldValueDuplicate', message: `Duplicate value: "${name}"`, field: `${path}.name` });
    seen.add(name);
    if (!one.image) causes.push(required(`${path}.image`));
    for (const what of ['requests', 'limits'])
      for (const [resource, amount] of Object.entries(fieldsOf(at(one, 'resources', what)))) {
        const asked = quantity(amount);
        if (asked === undefined)
          causes.push(
            invalidValue(
              `${path}.resources.${what}.${resource}`,
              amount,
              "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
            ),
          );
        const limit = quantity(at(one, 'resources', 'limits', resource));
        if (what === 'requests' && asked !== undefined && limit !== undefined && asked > limit)
          causes.push(
            invalidValue(
              `${path}.resources.requests`,
              amount,
              `must be less than or equal to ${resource} limit of ${String(at(one, 'resources', 'limits', resource))}`,
            ),
          );
      }
    for (const [j, port] of listOf(one.ports).entries()) {
      const number = at(port, 'containerPort');
      if (typeof number === 'number' && (number < 1 || number > 65535))
        causes.push(
          invalidValue(`${path}.ports[${j}].containerPort`, number, 'must be between 1 and 65535, inclusive'),
        );
    }
    return causes;
  });
}

function podCauses(spec: Json | undefined, field: string, restart: readonly string[]): readonly Cause[] {
  const causes = [
    ...containerCauses(at(spec, 'containers'), `${field}.containers`),
    ...containerCauses(at(spec, 'initContainers'), `${field}.initContainers`),
  ];
  if (listOf(at(spec, 'containers')).length === 0) causes.push(required(`${field}.containers`));
  const policy = textOf(at(spec, 'restartPolicy'));
  if (policy && !restart.includes(policy)) causes.push(unsupportedValue(`${field}.restartPolicy`, policy, restart));
  const volumes = new Set(listOf(at(spec, 'volumes')).map((one) => textOf(at(one, 'name'))));
  for (const [i, one] of listOf(at(spec, 'containers')).entries())
    for (const [j, mount] of listOf(at(one, 'volumeMounts')).entries())
      if (!volumes.has(textOf(at(mount, 'name'))) && field !== '-')
        causes.push({
          reason: 'FieldValueNotFound',
          message: `Not found: "${textOf(at(mount, 'name'))}"`,
          field: `${field}.containers[${i}].volumeMounts[${j}].name`,
        });
  return causes;
}

function workloadCauses(object: Fields, restart: readonly string[]): readonly Cause[] {
  const selector = at(object, 'spec', 'selector');
  const labels = at(object, 'spec', 'template', 'metadata', 'labels');
  const causes = [
    ...labelCauses(labels, 'spec.template.labels'),
    ...podCauses(at(object, 'spec', 'template', 'spec'), 'spec.template.spec', restart),
  ];
  if (isFields(selector) && Object.keys(selector).length === 0)
    causes.push(invalidValue('spec.selector', selector, 'empty selector is invalid for deployment'));
  else if (isFields(selector) && !objectSelector(selector)(fieldsOf(labels) as Record<string, string>))
    causes.push(
      invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'),
    );
  const replicas = at(object, 'spec', 'replicas');
  if (typeof replicas === 'number' && replicas < 0)
    causes.push(invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'));
  return causes;
}

/** Stateful sets hold their claims outside of the template: mounts of them are no mistake. */
const withClaims = (object: Fields): Fields => {
  const claims = listOf(at(object, 'spec', 'volumeClaimTemplates')).map((one) => ({
    name: textOf(at(one, 'metadata', 'name')),
  }));
  const spec = fieldsOf(at(object, 'spec', 'template', 'spec'));
  return {
    ...object,
    spec: {
      ...fieldsOf(object.spec),
      template: {
        ...fieldsOf(at(object, 'spec', 'template')),
        spec: { ...spec, volumes: [...listOf(spec.volumes), ...claims] },
      },
    },
  };
};

const always = ['Always'];
const checks: Readonly<Record<string, (object: Fields) => readonly Cause[]>> = {
  Pod: (object) => podCauses(object.spec, 'spec', ['Always', 'OnFailure', 'Never']),
  Deployment: (object) => workloadCauses(object, always),
  ReplicaSet: (object) => workloadCauses(object, always),
  DaemonSet: (object) => workloadCauses(object, always),
  StatefulSet: (object) => workloadCauses(withClaims(object), always),
  Job: (object) => podCauses(at(object, 'spec', 'template', 'spec'), 'spec.template.spec', ['OnFailure', 'Never']),
  Service: (object) =>
    listOf(at(object, 'spec', 'ports')).length === 0 &&
    at(object, 'spec', 'clusterIP') !== 'None' &&
    at(object, 'spec', 'type') !== 'ExternalName'
      ? [required('spec.ports')]
      : listOf(at(object, 'spec', 'ports')).flatMap((port, i) => {
          const number = at(port, 'port');
          return typeof number === 'number' && (number < 1 || number > 65535)
            ? [invalidValue(`spec.ports[${i}].port`, number, 'must be between 1 and 65535, inclusive')]
            : [];
        }),
  PersistentVolumeClaim: (object) => [
    ...(listOf(at(object, 'spec', 'accessModes')).length === 0
      ? [required('spec.accessModes', 'at least 1 access mode is required')]
      : []),
    ...(at(object, 'spec', 'resources', 'requests', 'storage') === undefined
      ? [required('spec.resources[storage]')]
      : []),
  ],
  ConfigMap: (object) => keyCauses(object, ['data', 'binaryData']),
  Secret: (object) => keyCauses(object, ['data']),
};

const keyCauses = (object: Fields, fields: readonly string[]): readonly Cause[] =>
  fields.flatMap((field) =>
    Object.keys(fieldsOf(object[field])).flatMap((key) =>
      /^[-._a-zA-Z0-9]+$/.test(key)
        ? []
        : [
            invalidValue(
              `${field}[${key}]`,
              key,
              `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
            ),
          ],
    ),
  );

const same = (before: Fields, after: Fields, ...path: readonly string[]): boolean =>
  equal(at(before, ...path), at(after, ...path));
const immutable = (before: Fields, after: Fields, ...path: readonly string[]): readonly Cause[] =>
  same(before, after, ...path) ? [] : [invalidValue(path.join('.'), at(after, ...path) ?? null, 'field is immutable')];
const without = (value: Json | undefined, fields: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fieldsOf(value)).filter(([key]) => !fields.includes(key)));
const images = (spec: Json | undefined): Json =>
  ['containers', 'initContainers'].map((list) =>
    listOf(at(spec, list)).map((one) => without(one, ['image', 'resources'])),
  );

const changes: Readonly<Record<string, (before: Fields, after: Fields) => readonly Cause[]>> = {
  Deployment: (before, after) => immutable(before, after, 'spec', 'selector'),
  ReplicaSet: (before, after) => immutable(before, after, 'spec', 'selector'),
  DaemonSet: (before, after) => immutable(before, after, 'spec', 'selector'),
  StatefulSet(before, after) {
    const free = [
      'replicas',
      'ordinals',
      'template',
      'updateStrategy',
      'revisionHistoryLimit',
      'persistentVolumeClaimRetentionPolicy',
      'minReadySeconds',
    ];
    return equal(without(before.spec, free), without(after.spec, free))
      ? []
      : [
          forbiddenField(
            'spec',
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
          ),
        ];
  },
  Job: (before, after) => [
    ...immutable(before, after, 'spec', 'selector'),
    // While it is suspended and never ran, a queue may still say where it runs.
    ...(at(before, 'spec', 'suspend') === true ? [] : immutable(before, after, 'spec', 'template')),
    ...immutable(before, after, 'spec', 'completions'),
  ],
  Pod(before, after) {
    const free = [
      'containers',
      'initContainers',
      'activeDeadlineSeconds',
      'tolerations',
      'terminationGracePeriodSeconds',
      'nodeName',
      'schedulingGates',
      'ephemeralContainers',
    ];
    const fixed =
      equal(without(before.spec, free), without(after.spec, free)) && equal(images(before.spec), images(after.spec));
    return fixed
      ? []
      : [
          forbiddenField(
            'spec',
            'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
          ),
        ];
  },
  PersistentVolumeClaim(before, after) {
    const free = ['resources', 'volumeName', 'volumeAttributesClassName'];
    if (!equal(without(before.spec, free), without(after.spec, free)))
      return [
        forbiddenField(
          'spec',
          'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
        ),
      ];
    const was = quantity(at(before, 'spec', 'resources', 'requests', 'storage')) ?? 0;
    const now = quantity(at(after, 'spec', 'resources', 'requests', 'storage')) ?? 0;
    return now < was
      ? [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')]
      : [];
  },
  Service: (before, after) =>
    textOf(at(before, 'spec', 'clusterIP')) && textOf(at(after, 'spec', 'type')) !== 'ExternalName'
      ? same(before, after, 'spec', 'clusterIP')
        ? []
        : [invalidValue('spec.clusterIP', at(after, 'spec', 'clusterIP') ?? '', 'may not change once set')]
      : [],
  ConfigMap: (before, after) => frozen(before, after, 'data'),
  Secret: (before, after) => [...frozen(before, after, 'data'), ...immutable(before, after, 'type')],
  RoleBinding: (before, after) => roleRef(before, after),
  ClusterRoleBinding: (before, after) => roleRef(before, after),
};
const frozen = (before: Fields, after: Fields, field: string): readonly Cause[] =>
  before.immutable === true && !same(before, after, field)
    ? [forbiddenField(field, 'field is immutable when `immutable` is set')]
    : [];
const roleRef = (before: Fields, after: Fields): readonly Cause[] =>
  same(before, after, 'roleRef')
    ? []
    : [invalidValue('roleRef', at(after, 'roleRef') ?? null, 'cannot change roleRef')];

/** Refuses an object that breaks a rule of its kind: 422, with everything that is wrong. */
export function validate(resource: Resource, object: Fields, before: Fields | undefined): void {
  const meta = fieldsOf(object.metadata);
  const name = textOf(meta.name);
  const causes: Cause[] = [
    ...(before ? [] : nameCauses(resource.kind, name)),
    ...labelCauses(meta.labels, 'metadata.labels'),
  ];
  if (typeof resource.schema === 'string') {
    causes.push(...missingFields(without(object, ['status']), nodeOf(resource)));
    causes.push(...(checks[resource.kind]?.(object) ?? []));
    if (before) causes.push(...(changes[resource.kind]?.(before, object) ?? []));
  } else if (resource.schema) causes.push(...schemaCauses(without(object, ['metadata']), resource.schema));
  const once = [...new Map(causes.map((cause) => [`${cause.field}${cause.message}`, cause])).values()];
  if (once.length > 0) throw invalid(resource, name, once);
}
