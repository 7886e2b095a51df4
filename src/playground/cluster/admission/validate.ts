import { at, type Fields, fieldsOf, isFields, type Json, listOf, textOf } from '../json.ts';
import { quantity } from '../quantity.ts';
import { nodeOf } from '../schema/node.ts';
import { objectSelector } from '../selectors.ts';
import { type Cause, invalid, invalidValue, required, unsupportedValue } from '../status.ts';
import type { Resource } from '../types.ts';
import { changes, customChanges, without } from './changes.ts';
import { label, labelCauses, nameCauses, words } from './names.ts';
import { missingFields, schemaCauses } from './schema.ts';

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
  } else if (resource.schema) {
    causes.push(...schemaCauses(without(object, ['metadata']), resource.schema));
    if (before) causes.push(...(customChanges[`${resource.kind}.${resource.group}`]?.(before, object) ?? []));
  }
  const once = [...new Map(causes.map((cause) => [`${cause.field}${cause.message}`, cause])).values()];
  if (once.length > 0) throw invalid(resource, name, once);
}
