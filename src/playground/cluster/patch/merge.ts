import { type Draft, equal, type Fields, fieldsOf, isFields, isList, type Json } from '../json.ts';
import { below, type Node } from '../schema/node.ts';
import { badRequest } from '../status.ts';
import { itemName } from './field-set.ts';

/** RFC 7386. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isFields(patch)) return patch;
  const result: Draft = { ...fieldsOf(target) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** Server-side apply's merge: what is applied over what is there; lists by their keys. */
export function applyMerge(live: Json | undefined, applied: Json, node: Node): Json {
  if (isFields(applied)) {
    if ((node.is === 'object' || node.is === 'map') && node.atomic) return applied;
    const result: Draft = { ...fieldsOf(live) };
    for (const [key, value] of Object.entries(applied)) {
      if (value === undefined) continue;
      if (value === null) delete result[key];
      else result[key] = applyMerge(result[key], value, below(node, key));
    }
    return result;
  }
  if (!isList(applied) || !isList(live) || node.is !== 'list') return applied;
  if (node.set) return [...live, ...applied.filter((item) => !live.some((other) => equal(item, other)))];
  if (node.keys.length === 0) return applied;
  const name = (item: Json) => itemName(item, node) ?? '';
  const wanted = new Map(applied.map((item) => [name(item), item]));
  const result = live.map((item) => {
    const over = wanted.get(name(item));
    wanted.delete(name(item));
    return over === undefined ? item : applyMerge(item, over, node.of);
  });
  return [...result, ...wanted.values()];
}

const directives = ['$patch', '$retainKeys'];
const isDirective = (key: string): boolean =>
  directives.includes(key) || key.startsWith('$deleteFromPrimitiveList/') || key.startsWith('$setElementOrder/');

/** A strategic merge patch: as a merge patch, but lists of things with a name are merged item by item. */
export function strategicMerge(target: Json | undefined, patch: Json, node: Node): Json | undefined {
  if (!isFields(patch)) return patch;
  if (patch.$patch === 'delete') return undefined;
  if (patch.$patch === 'replace') return Object.fromEntries(Object.entries(patch).filter(([key]) => key !== '$patch'));
  const result: Draft = { ...fieldsOf(target) };
  if (isList(patch.$retainKeys))
    for (const key of Object.keys(result)) if (!patch.$retainKeys.includes(key)) delete result[key];
  for (const [key, value] of Object.entries(patch)) {
    const [, list] = key.split('/');
    if (key.startsWith('$deleteFromPrimitiveList/') && list && isList(value) && isList(result[list]))
      result[list] = result[list].filter((item) => !value.some((gone) => equal(item, gone)));
    if (isDirective(key) || value === undefined) continue;
    if (value === null) delete result[key];
    else {
      const of = below(node, key);
      const merged = isList(value)
        ? strategicList(result[key], value, of, patch[`$setElementOrder/${key}`])
        : strategicMerge(result[key], value, of);
      if (merged === undefined) delete result[key];
      else result[key] = merged;
    }
  }
  // An order may come alone, when only places changed.
  for (const [key, order] of Object.entries(patch)) {
    const [directive, list] = key.split('/');
    if (directive === '$setElementOrder' && list && patch[list] === undefined && isList(result[list]))
      result[list] = ordered(result[list], below(node, list), order);
  }
  return result;
}

function strategicList(live: Json | undefined, patch: readonly Json[], node: Node, order: Json | undefined): Json {
  const before = isList(live) ? live : [];
  if (node.is !== 'list' || (node.merge === undefined && !node.set)) return patch;
  if (node.merge === undefined)
    return ordered([...before, ...patch.filter((item) => !before.some((other) => equal(item, other)))], node, order);
  const key = node.merge;
  if (patch.some((item) => isFields(item) && item.$patch === 'replace'))
    return patch.filter((item) => !(isFields(item) && item.$patch === 'replace'));
  let items = [...before];
  for (const item of patch) {
    if (!isFields(item) || item[key] === undefined)
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    const i = items.findIndex((other) => fieldsOf(other)[key] === item[key]);
    const merged = strategicMerge(i < 0 ? undefined : items[i], item, node.of);
    if (merged === undefined) items = items.filter((_, j) => j !== i);
    else if (i < 0) items.push(merged);
    else items[i] = merged;
  }
  return ordered(items, node, order);
}

/** Items in the order that was asked for; the others keep their place after the one they followed. */
function ordered(items: readonly Json[], node: Node, order: Json | undefined): readonly Json[] {
  if (!isList(order) || node.is !== 'list') return items;
  const id = (item: Json): string =>
    JSON.stringify(node.merge && isFields(item) ? (item as Fields)[node.merge] : (item as Json));
  const place = new Map(order.map((item, i) => [id(item), i]));
  let last = -1;
  return items
    .map((item) => {
      last = place.get(id(item)) ?? last;
      return { item, at: place.get(id(item)) ?? last + 0.5 };
    })
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
