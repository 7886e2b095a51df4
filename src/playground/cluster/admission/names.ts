import { fieldsOf, type Json, textOf } from '../json.ts';
import { type Cause, invalidValue } from '../status.ts';

export const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const serviceName = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

export const words = {
  label: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
  subdomain: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
  service: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
  value: `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  key: `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
};

/** Kinds whose names may hold what others may not, such as `system:basic-user`. */
const freeNames: ReadonlySet<string> = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);
const labelNames: ReadonlySet<string> = new Set(['Namespace']);

export function nameCauses(kind: string, name: string): readonly Cause[] {
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

export function labelCauses(labels: Json | undefined, field: string): readonly Cause[] {
  return Object.entries(fieldsOf(labels)).flatMap(([key, value]) => [
    ...(keyPattern.test(key) ? [] : [invalidValue(field, key, words.key)]),
    ...(valuePattern.test(textOf(value)) ? [] : [invalidValue(field, value, words.value)]),
    ...(textOf(value).length > 63 ? [invalidValue(field, value, 'must be no more than 63 bytes')] : []),
  ]);
}
