import { canonical, type Draft, equal, type Fields, fieldsOf, isFields, isList, type Json, listOf } from '../json.ts';
import { below, type Node } from '../schema/node.ts';

/*
 * Who owns which fields, in the form in which objects carry it (`fieldsV1`): a tree of `f:field`, `k:{"key":"value"}`
 * for an item told apart by keys, `v:value` for an item of a set; `.` is the item or map itself. A leaf is `{}`.
 */

export type FieldSet = Fields;
const self: FieldSet = { '.': {} };
const leaf: FieldSet = {};

const isEmpty = (set: FieldSet): boolean => Object.keys(set).length === 0;

/** The name of a list's item in a field set; undefined when it has none, as an item without its keys. */
export function itemName(item: Json, node: Extract<Node, { is: 'list' }>): string | undefined {
  if (node.set) return `v:${JSON.stringify(item)}`;
  if (node.keys.length === 0 || !isFields(item)) return undefined;
  const keys: Draft = {};
  for (const key of node.keys) {
    // A port without a protocol is a TCP port: the one default that is part of a key.
    const value = item[key] ?? (key === 'protocol' ? 'TCP' : undefined);
    if (value === undefined) return undefined;
    keys[key] = value;
  }
  return `k:${canonical(keys)}`;
}

const isGranular = (value: Json, node: Node): boolean => {
  if (isFields(value)) return !((node.is === 'object' || node.is === 'map') && node.atomic);
  return isList(value) && node.is === 'list' && (node.set || node.keys.length > 0);
};

type Part = { readonly name: string; readonly value: Json; readonly node: Node };

/** The parts that are owned one by one; undefined when the value is owned as a whole. */
export function partsOf(value: Json, node: Node): readonly Part[] | undefined {
  if (!isGranular(value, node)) return undefined;
  if (isFields(value))
    return Object.entries(value).flatMap(([key, of]) =>
      of === undefined ? [] : [{ name: `f:${key}`, value: of, node: below(node, key) }],
    );
  if (node.is !== 'list') return undefined;
  const parts = listOf(value).map((item) => ({ name: itemName(item, node), value: item, node: node.of }));
  return parts.every((part): part is Part => part.name !== undefined) ? parts : undefined;
}

/** All fields that a value sets. */
export function fieldSet(value: Json, node: Node): FieldSet {
  const parts = partsOf(value, node);
  if (!parts) return leaf;
  const set: Draft = {};
  for (const part of parts) {
    const inner = part.name.startsWith('v:') ? leaf : fieldSet(part.value, part.node);
    set[part.name] = part.name.startsWith('k:') ? { ...self, ...inner } : inner;
  }
  return set;
}

/** What changed from one value to another: set anew or differently, and gone. */
export function compare(
  before: Json | undefined,
  after: Json | undefined,
  node: Node,
): { readonly changed: FieldSet | undefined; readonly removed: FieldSet | undefined } {
  if (equal(before, after)) return { changed: undefined, removed: undefined };
  if (before === undefined || after === undefined)
    return {
      changed: after === undefined ? undefined : withSelf(after, node),
      removed: before === undefined ? undefined : withSelf(before, node),
    };
  const old = partsOf(before, node);
  const now = partsOf(after, node);
  if (!old || !now) return { changed: fieldSet(after, node), removed: undefined };
  const oldByName = new Map(old.map((part) => [part.name, part]));
  const changed: Draft = {};
  const removed: Draft = {};
  for (const part of now) {
    const was = oldByName.get(part.name);
    const inner = compare(was?.value, part.value, part.node);
    if (inner.changed) changed[part.name] = inner.changed;
    if (inner.removed) removed[part.name] = inner.removed;
    oldByName.delete(part.name);
  }
  for (const [name, part] of oldByName) removed[name] = withSelf(part.value, part.node);
  return { changed: isEmpty(changed) ? undefined : changed, removed: isEmpty(removed) ? undefined : removed };
}

/** A whole new map or item belongs to who set it, not only what is in it. */
function withSelf(value: Json, node: Node): FieldSet {
  const set = fieldSet(value, node);
  return isFields(value) && !isEmpty(set) && node.is !== 'object' ? { ...self, ...set } : set;
}

/** In a tree the leaf `{}` stands for the field itself; together with parts it is written `.`. */
const parted = (set: FieldSet): FieldSet => (isEmpty(set) ? self : set);

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a) && isEmpty(b)) return leaf;
  const set: Draft = { ...parted(a) };
  for (const [name, inner] of Object.entries(parted(b)))
    set[name] = set[name] === undefined ? inner : union(fieldsOf(set[name]), fieldsOf(inner));
  return Object.keys(set).length === 1 && set['.'] ? leaf : set;
}

const holdsSelf = (set: FieldSet): boolean => isEmpty(set) || set['.'] !== undefined;

/** Member by member: what is below a field is not taken with it. Undefined when nothing is left. */
export function minus(a: FieldSet, b: FieldSet): FieldSet | undefined {
  const set: Draft = {};
  for (const [name, inner] of Object.entries(a)) {
    if (name === '.') continue;
    const other = b[name];
    const left = other === undefined ? inner : minus(fieldsOf(inner), fieldsOf(other));
    if (left !== undefined) set[name] = left;
  }
  const own = holdsSelf(a) && !holdsSelf(b);
  if (isEmpty(set)) return own ? leaf : undefined;
  return own ? { '.': {}, ...set } : set;
}

export function intersect(a: FieldSet, b: FieldSet): FieldSet | undefined {
  if (isEmpty(a) && isEmpty(b)) return leaf;
  if (isEmpty(a)) return b['.'] ? leaf : undefined;
  if (isEmpty(b)) return a['.'] ? leaf : undefined;
  const set: Draft = {};
  for (const [name, inner] of Object.entries(a)) {
    const other = b[name];
    const both = other === undefined ? undefined : intersect(fieldsOf(inner), fieldsOf(other));
    if (both !== undefined) set[name] = both;
  }
  return isEmpty(set) ? undefined : set;
}

/** `.spec.template.spec.containers[name="web"].image`, for each leaf. */
export function paths(set: FieldSet, prefix = ''): readonly string[] {
  if (isEmpty(set)) return prefix ? [prefix] : [];
  return Object.entries(set).flatMap(([name, inner]) => {
    if (name === '.') return prefix ? [prefix] : [];
    const rest = name.slice(2);
    if (name.startsWith('f:')) return paths(fieldsOf(inner), `${prefix}.${rest}`);
    const key = name.startsWith('k:')
      ? Object.entries(JSON.parse(rest) as Fields).map(([k, v]) => `${k}=${JSON.stringify(v)}`)
      : [`=${rest}`];
    return paths(fieldsOf(inner), `${prefix}[${key.join(',')}]`);
  });
}

/** A value without the fields of a set, as when their last owner no longer wants them. */
export function without(value: Json, set: FieldSet, node: Node): Json | undefined {
  if (isEmpty(set)) return undefined;
  const parts = partsOf(value, node);
  if (!parts) return value;
  const kept = parts.flatMap((part) => {
    const gone = set[part.name];
    if (gone === undefined) return [part];
    const left = without(part.value, fieldsOf(gone), part.node);
    // An item whose last owner let go of it goes as a whole.
    const drop = left === undefined || (part.name.startsWith('k:') && at(gone, '.'));
    return drop ? [] : [{ ...part, value: left }];
  });
  if (isList(value)) return kept.length === 0 && parts.length > 0 ? undefined : kept.map((part) => part.value);
  if (kept.length === 0 && parts.length > 0) return undefined;
  return Object.fromEntries(kept.map((part) => [part.name.slice(2), part.value]));
}

const at = (value: Json | undefined, key: string): boolean => isFields(value) && value[key] !== undefined;
