import { equal, type Fields, isFields, type Json, withAt } from '../json.ts';
import { below, type Node } from '../schema/node.ts';
import type { ManagedFields } from '../types.ts';
import { compare, type FieldSet, fieldSet, intersect, minus, paths, union, without } from './field-set.ts';
import { applyMerge } from './merge.ts';

/** What identifies one manager's entry. The same name has one entry for applying and one for updating. */
export type Writer = {
  readonly manager: string;
  readonly apiVersion: string;
  readonly subresource?: string | undefined;
};

/** Fields of the metadata that nobody owns: they identify the object, or the server writes them. */
const unowned: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'generateName',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
]);

export function owned({ apiVersion: _, kind: __, metadata, ...rest }: Fields): Fields {
  const kept = Object.entries(isFields(metadata) ? metadata : {}).filter(([field]) => !unowned.has(field));
  return kept.length > 0 ? { metadata: Object.fromEntries(kept), ...rest } : rest;
}

const isSame = (entry: ManagedFields, { manager, subresource = '' }: Writer, operation: string): boolean =>
  entry.manager === manager && entry.operation === operation && (entry.subresource ?? '') === subresource;

const entry = (
  operation: ManagedFields['operation'],
  { manager, apiVersion, subresource }: Writer,
  fieldsV1: FieldSet,
  now: string,
): ManagedFields => ({
  manager,
  operation,
  apiVersion,
  time: now,
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...(subresource ? { subresource } : {}),
});

const take = (entries: readonly ManagedFields[], set: FieldSet | undefined): readonly ManagedFields[] =>
  set === undefined
    ? entries
    : entries.flatMap((one) => {
        const left = minus(one.fieldsV1, set);
        return left ? [{ ...one, fieldsV1: left }] : [];
      });

/** The entries after somebody wrote the object by other means than applying. */
export function afterUpdate(
  before: Fields | undefined,
  after: Fields,
  node: Node,
  entries: readonly ManagedFields[],
  writer: Writer,
  now: string,
): readonly ManagedFields[] {
  const { changed, removed } = compare(before ? owned(before) : {}, owned(after), node);
  if (!changed && !removed) return entries;
  const mine = entries.find((one) => isSame(one, writer, 'Update'));
  const others = take(
    take(
      entries.filter((one) => one !== mine),
      changed,
    ),
    removed,
  );
  const kept = mine && removed ? minus(mine.fieldsV1, removed) : mine?.fieldsV1;
  const set = kept && changed ? union(kept, changed) : (changed ?? kept);
  return set ? [...others, entry('Update', writer, set, now)] : others;
}

export type FieldConflict = { readonly manager: ManagedFields; readonly paths: readonly string[] };
export type Applied =
  | { readonly conflicts: readonly FieldConflict[] }
  | { readonly conflicts?: never; readonly object: Fields; readonly entries: readonly ManagedFields[] };

/** Server-side apply: the object after it, or who owns what it would change. */
export function applied(
  live: Fields | undefined,
  config: Fields,
  node: Node,
  entries: readonly ManagedFields[],
  writer: Writer,
  force: boolean,
  now: string,
): Applied {
  const wanted = owned(config);
  const set = fieldSet(wanted, node);
  const mine = entries.find((one) => isSame(one, writer, 'Apply'));
  const others = entries.filter((one) => one !== mine);
  const merged = applyMerge(live, config, node) as Fields;
  // What this manager applied before, wants no longer, and nobody else has: goes.
  let dropped = mine ? rest(mine.fieldsV1, set) : undefined;
  for (const other of others) dropped = dropped ? rest(dropped, other.fieldsV1) : undefined;
  const object = dropped ? prune(merged, dropped, node) : merged;
  const { changed } = compare(live ? owned(live) : {}, owned(object), node);
  const conflicts = others.flatMap((manager) => {
    const both = changed ? intersect(manager.fieldsV1, changed) : undefined;
    return both ? [{ manager, paths: paths(both) }] : [];
  });
  if (conflicts.length > 0 && !force) return { conflicts };
  const left = take(others, changed);
  const time = mine && equal(mine.fieldsV1, set) && live && equal(owned(live), owned(object)) ? mine.time : now;
  return { object, entries: [...left, entry('Apply', writer, set, time ?? now)] };
}

/** Of whole objects: there an empty set is nothing, and not the object itself. */
const rest = (a: FieldSet, b: FieldSet): FieldSet | undefined => (Object.keys(b).length === 0 ? a : minus(a, b));

function prune(object: Fields, dropped: FieldSet, node: Node): Fields {
  let result = object;
  for (const [name, set] of Object.entries(dropped)) {
    const field = name.slice(2);
    const value = object[field];
    if (value === undefined || !isFields(set)) continue;
    result = withAt(result, [field], without(value, set, below(node, field)));
  }
  return result;
}

export function conflictMessage(conflicts: readonly FieldConflict[]): string {
  const count = conflicts.reduce((sum, one) => sum + one.paths.length, 0);
  const lines = conflicts.map(({ manager, paths: fields }) => {
    const who = `"${manager.manager}"${manager.subresource ? ` with subresource "${manager.subresource}"` : ''}`;
    const head = `${who} using ${manager.apiVersion}${manager.operation === 'Update' && manager.time ? ` at ${manager.time}` : ''}`;
    return fields.length === 1
      ? `conflict with ${head}: ${fields[0]}`
      : `conflicts with ${head}:\n${fields.map((field) => `- ${field}`).join('\n')}`;
  });
  return `Apply failed with ${count} conflict${count === 1 ? '' : 's'}: ${lines.join('\n')}`;
}

export const conflictCauses = (conflicts: readonly FieldConflict[]): readonly Json[] =>
  conflicts.flatMap(({ manager, paths: fields }) =>
    fields.map((field) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with "${manager.manager}"${manager.subresource ? ` with subresource "${manager.subresource}"` : ''} using ${manager.apiVersion}${manager.operation === 'Update' && manager.time ? ` at ${manager.time}` : ''}`,
      field,
    })),
  );
