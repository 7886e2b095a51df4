import { type Fields, isFields, isList, type Json, listOf } from '../json.ts';
import { quantity } from '../quantity.ts';
import { anything, type Node } from '../schema/node.ts';
import { type Cause, invalidValue, required, unsupportedValue } from '../status.ts';

const join = (path: string, field: string): string => (path ? `${path}.${field}` : field);

/** Fields that the schema does not know, as `spec.replcas`. */
export function unknownFields(value: Json | undefined, node: Node, path = ''): readonly string[] {
  if (isList(value))
    return node.is === 'list' ? value.flatMap((item, i) => unknownFields(item, node.of, `${path}[${i}]`)) : [];
  if (!isFields(value)) return [];
  if (node.is === 'map')
    return Object.entries(value).flatMap(([key, of]) => unknownFields(of, node.of, join(path, key)));
  if (node.is !== 'object') return [];
  return Object.entries(value).flatMap(([key, of]) => {
    const field = node.fields.get(key);
    return field ? unknownFields(of, field.node, join(path, key)) : [join(path, key)];
  });
}

/** A copy without them: what the API keeps. */
export function pruned(value: Json, node: Node): Json {
  if (isList(value)) return node.is === 'list' ? value.map((item) => pruned(item, node.of)) : value;
  if (!isFields(value) || (node.is !== 'object' && node.is !== 'map')) return value;
  const kept = Object.entries(value).flatMap(([key, of]) => {
    const inner = node.is === 'map' ? node.of : node.fields.get(key)?.node;
    return inner && of !== undefined ? [[key, pruned(of, inner)] as const] : [];
  });
  return Object.fromEntries(kept);
}

const goTypes: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'int32',
  number: 'float64',
  boolean: 'bool',
  bytes: '[]byte',
};
const isType: Readonly<Record<string, (value: Json) => boolean>> = {
  string: (value) => typeof value === 'string',
  bytes: (value) => typeof value === 'string',
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  intOrString: (value) => typeof value === 'string' || Number.isInteger(value),
  any: () => true,
};
const jsonType = (value: Json): string => (isList(value) ? 'array' : isFields(value) ? 'object' : typeof value);

/** The first value of a wrong type, as the server's decoder complains; undefined when all are right. */
export function wrongType(value: Json | undefined, node: Node, path = '', owner = ''): string | undefined {
  if (value === undefined || value === null) return undefined;
  const complain = (go: string) =>
    `json: cannot unmarshal ${jsonType(value)} into Go struct field ${owner}.${path} of type ${go}`;
  if (node.is === 'scalar') {
    // Quantities, and annotations with a number in them, are the two that people get wrong most.
    if (isType[node.type]?.(value)) return undefined;
    if (
      node.type === 'string' &&
      typeof value === 'number' &&
      quantity(value) !== undefined &&
      /resources|hard|storage|capacity|default|m(?:in|ax)/.test(path)
    )
      return undefined;
    return complain(goTypes[node.type] ?? 'intstr.IntOrString');
  }
  if (node.is === 'list') {
    if (!isList(value)) return complain('[]interface {}');
    for (const item of value) {
      const wrong = wrongType(item, node.of, path, owner);
      if (wrong) return wrong;
    }
    return undefined;
  }
  if (!isFields(value)) return complain(node.is === 'map' ? 'map[string]string' : short(node.name));
  for (const [key, of] of Object.entries(value)) {
    const inner = node.is === 'map' ? node.of : (node.fields.get(key)?.node ?? anything);
    const wrong = wrongType(of, inner, join(path, key), node.is === 'object' ? short(node.name) : owner);
    if (wrong) return wrong;
  }
  return undefined;
}
const short = (name: string): string => name.replace(/^V\d+/, '');

/** Fields of a built-in kind that must be there. */
export function missingFields(value: Json | undefined, node: Node, path = ''): readonly Cause[] {
  if (isList(value))
    return node.is === 'list' ? value.flatMap((item, i) => missingFields(item, node.of, `${path}[${i}]`)) : [];
  if (!isFields(value)) return [];
  if (node.is === 'map')
    return Object.entries(value).flatMap(([key, of]) => missingFields(of, node.of, join(path, key)));
  if (node.is !== 'object') return [];
  return [...node.fields].flatMap(([name, { node: inner, required: must }]) => {
    const of = value[name];
    const field = join(path, name);
    if (of === undefined || of === null || of === '')
      return must && optionalHere(field) ? [] : must ? [required(field)] : [];
    return missingFields(of, inner, field);
  });
}
/** The models call these required, the API fills them in or takes them empty. */
const optionalHere = (field: string): boolean =>
  /^status\b|\.(?:status|key|effect|lastTimestamp)$|^(?:involvedObject|metadata)$|env\[\d+\]\.value|containerStatuses|\.restartPolicy$|numberOfPods/.test(
    field,
  ) || field.startsWith('status.');

const types: Readonly<Record<string, (value: Json) => boolean>> = {
  object: isFields,
  array: isList,
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
};

/** What a custom resource breaks of its own schema, in the words of the API's validator. */
export function schemaCauses(value: Json | undefined, schema: Fields, path = ''): readonly Cause[] {
  if (value === undefined || value === null) return [];
  const causes: Cause[] = [];
  const at = path || '<nil>';
  const type = typeof schema.type === 'string' ? schema.type : undefined;
  const loose = schema['x-kubernetes-int-or-string'] === true;
  if (type && !loose && !types[type]?.(value))
    return [
      {
        reason: 'FieldValueTypeInvalid',
        message: `Invalid value: ${JSON.stringify(jsonType(value))}: ${at} in body must be of type ${type}: ${JSON.stringify(jsonType(value))}`,
        field: at,
      },
    ];
  const choices = listOf(schema.enum);
  if (choices.length > 0 && !choices.includes(value)) causes.push(unsupportedValue(at, value, choices.map(String)));
  if (typeof value === 'string' && typeof schema.pattern === 'string' && !new RegExp(schema.pattern).test(value))
    causes.push(invalidValue(at, value, `${at} in body should match '${schema.pattern}'`));
  if (typeof value === 'string' && typeof schema.maxLength === 'number' && value.length > schema.maxLength)
    causes.push(invalidValue(at, value, `${at} in body should be at most ${schema.maxLength} chars long`));
  if (typeof value === 'number' && typeof schema.minimum === 'number' && value < schema.minimum)
    causes.push(invalidValue(at, value, `${at} in body should be greater than or equal to ${schema.minimum}`));
  if (typeof value === 'number' && typeof schema.maximum === 'number' && value > schema.maximum)
    causes.push(invalidValue(at, value, `${at} in body should be less than or equal to ${schema.maximum}`));
  if (isFields(value)) {
    for (const field of listOf(schema.required))
      if (value[String(field)] === undefined) causes.push(required(join(path, String(field))));
    const { properties, additionalProperties } = schema;
    for (const [field, of] of Object.entries(value)) {
      const inner = isFields(properties) && isFields(properties[field]) ? properties[field] : additionalProperties;
      if (isFields(inner) && field !== 'metadata') causes.push(...schemaCauses(of, inner, join(path, field)));
    }
  }
  if (isList(value) && isFields(schema.items))
    for (const [i, item] of value.entries()) causes.push(...schemaCauses(item, schema.items, `${path}[${i}]`));
  return causes;
}
