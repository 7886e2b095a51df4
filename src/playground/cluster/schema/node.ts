import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, type Fields, isFields, type Json, listOf, textOf } from '../json.ts';
import type { Resource } from '../types.ts';

/** What a value may be, as far as merging, validating and explaining need it. */
export type Node =
  | { readonly is: 'scalar'; readonly type: Scalar }
  | {
      readonly is: 'object';
      readonly name: string;
      readonly atomic: boolean;
      readonly fields: ReadonlyMap<string, Field>;
    }
  | { readonly is: 'map'; readonly of: Node; readonly atomic: boolean }
  | {
      readonly is: 'list';
      readonly of: Node;
      readonly keys: readonly string[];
      readonly set: boolean;
      readonly merge: string | undefined;
    };
export type Scalar = 'string' | 'integer' | 'number' | 'boolean' | 'intOrString' | 'bytes' | 'any';
export type Field = { readonly node: Node; readonly required: boolean; readonly schema?: Fields };

const scalars: ReadonlySet<string> = new Set([
  'string',
  'integer',
  'number',
  'boolean',
  'intOrString',
  'bytes',
  'any',
] satisfies Scalar[]);
export const anything: Node = { is: 'scalar', type: 'any' };

/** Fields of the built-in types, as generate.ts wrote them: `!V1Container[] keys=name merge=name`. */
const builtin = JSON.parse(readFileSync(join(import.meta.dirname, 'builtin.json'), 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, string>>>
>;
const atomicTypes: ReadonlySet<string> = new Set([
  'V1LabelSelector',
  'V1ObjectReference',
  'V1LocalObjectReference',
  'V1SecretReference',
  'V1ConfigMapKeySelector',
  'V1SecretKeySelector',
  'V1ObjectFieldSelector',
  'V1ResourceFieldSelector',
  'V1NodeSelector',
  'V1NodeSelectorTerm',
  'V1ScopeSelector',
  'V1RoleRef',
  'RbacV1Subject',
  'V1TypedLocalObjectReference',
]);

const named = new Map<string, Node>();

export function builtinNode(name: string): Node {
  const known = named.get(name);
  if (known) return known;
  const fields = new Map<string, Field>();
  const node: Node = { is: 'object', name, atomic: atomicTypes.has(name), fields };
  // Known before its fields are, since types name themselves.
  named.set(name, node);
  for (const [field, text] of Object.entries(builtin[name] ?? {})) fields.set(field, parse(text));
  return node;
}
export const hasBuiltin = (name: string): boolean => builtin[name] !== undefined;

function parse(text: string): Field {
  const [type = '', ...words] = text.replace(/^!/, '').split(' ');
  const word = (name: string) => words.find((w) => w.startsWith(`${name}=`))?.slice(name.length + 1);
  const node = typed(type, {
    keys: word('keys')?.split(',') ?? [],
    merge: word('merge'),
    set: words.includes('set'),
    atomic: words.includes('atomic'),
  });
  return { node, required: text.startsWith('!') };
}

type Rule = {
  readonly keys: readonly string[];
  readonly merge: string | undefined;
  readonly set: boolean;
  readonly atomic: boolean;
};
const plain: Rule = { keys: [], merge: undefined, set: false, atomic: false };

function typed(type: string, { keys, merge, set, atomic }: Rule): Node {
  if (type.endsWith('[]')) return { is: 'list', of: typed(type.slice(0, -2), plain), keys, merge, set };
  if (type.endsWith('{}')) return { is: 'map', of: typed(type.slice(0, -2), plain), atomic };
  return scalars.has(type) ? { is: 'scalar', type: type as Scalar } : builtinNode(type);
}

/** A CustomResourceDefinition's schema. */
export function schemaNode(schema: Json | undefined, name = ''): Node {
  if (!isFields(schema) || schema['x-kubernetes-preserve-unknown-fields'] === true) return anything;
  if (schema['x-kubernetes-int-or-string'] === true) return { is: 'scalar', type: 'intOrString' };
  const type = textOf(schema.type);
  if (type === 'array') {
    const how = textOf(schema['x-kubernetes-list-type']);
    return {
      is: 'list',
      of: schemaNode(schema.items),
      keys: how === 'map' ? listOf(schema['x-kubernetes-list-map-keys']).map(String) : [],
      set: how === 'set',
      merge: undefined,
    };
  }
  if (type !== 'object') return { is: 'scalar', type: scalars.has(type) ? (type as Scalar) : 'any' };
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  if (isFields(schema.properties)) {
    const must = listOf(schema.required);
    const fields = new Map<string, Field>();
    for (const [field, of] of Object.entries(schema.properties))
      fields.set(field, {
        node: schemaNode(of, field),
        required: must.includes(field),
        ...(isFields(of) ? { schema: of } : {}),
      });
    return { is: 'object', name, atomic, fields };
  }
  return isFields(schema.additionalProperties)
    ? { is: 'map', of: schemaNode(schema.additionalProperties), atomic }
    : anything;
}

const custom = new WeakMap<Fields, Node>();

/** The schema of a whole object. */
export function nodeOf({ schema, kind }: Pick<Resource, 'schema' | 'kind'>): Node {
  if (typeof schema === 'string') return hasBuiltin(schema) ? builtinNode(schema) : anything;
  if (!schema) return anything;
  const known = custom.get(schema);
  if (known) return known;
  const root = schemaNode(schema, kind);
  const own = root.is === 'object' ? root.fields : new Map<string, Field>();
  const text: Field = { node: { is: 'scalar', type: 'string' }, required: false };
  const fields = new Map([
    ...own,
    ['apiVersion', text] as const,
    ['kind', text] as const,
    ['metadata', { node: builtinNode('V1ObjectMeta'), required: false }] as const,
  ]);
  // Fields that the schema does not name are pruned, unless it says to keep them all.
  if (root.is !== 'object' || at(schema, 'x-kubernetes-preserve-unknown-fields') === true)
    for (const field of ['spec', 'status'])
      if (!fields.has(field)) fields.set(field, { node: anything, required: false });
  const node: Node = { is: 'object', name: kind, atomic: false, fields };
  custom.set(schema, node);
  return node;
}

/** The schema below a field. What a schema does not know is treated as what it looks like: maps merge, lists don't. */
export function below(node: Node, field: string): Node {
  if (node.is === 'object') return node.fields.get(field)?.node ?? anything;
  return node.is === 'map' ? node.of : anything;
}
