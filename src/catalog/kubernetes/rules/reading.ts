import { isObject } from '../../../core/catalog/render.ts';
import type { Place } from '../../../core/catalog/template.ts';
import type { Json } from '../../../core/kernel/inbound.ts';

/** Something in an object that the API would refuse, or silently drop. */
export type Wrong = { readonly at: Place; readonly what: string; readonly todo: string };
export type Rule = (object: Json) => readonly Wrong[];

/** What stands at a place; undefined when nothing does. A wrong type is told by the schema, so here it is nothing. */
export function at(json: Json | undefined, ...place: Place): Json | undefined {
  let found = json;
  for (const key of place) {
    if (Array.isArray(found)) found = (found as readonly Json[])[Number(key)];
    else if (isObject(found)) found = Object.hasOwn(found, String(key)) ? found[String(key)] : undefined;
    else return undefined;
  }
  return found;
}
export const listAt = (json: Json | undefined, ...place: Place): readonly Json[] => {
  const found = at(json, ...place);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
};
export const textAt = (json: Json | undefined, ...place: Place): string | undefined => {
  const found = at(json, ...place);
  return typeof found === 'string' ? found : undefined;
};
export const numberAt = (json: Json | undefined, ...place: Place): number | undefined => {
  const found = at(json, ...place);
  return typeof found === 'number' ? found : undefined;
};
export const fieldsAt = (json: Json | undefined, ...place: Place): Readonly<Record<string, Json>> => {
  const found = at(json, ...place);
  return isObject(found) ? found : {};
};

/** Of those that say the same, all but the first. */
export function twice(
  list: readonly Json[],
  place: Place,
  field: string,
  keyOf: (one: Json) => string | undefined,
  what: string,
): readonly Wrong[] {
  const seen = new Set<string>();
  return list.flatMap((one, i) => {
    const key = keyOf(one);
    if (key === undefined) return [];
    const again = seen.has(key);
    seen.add(key);
    return again
      ? [{ at: [...place, i, field], what: `${what} “${key}” is there twice`, todo: 'Give each its own.' }]
      : [];
  });
}

/** A number that has to lie between two. */
export const within = (json: Json, place: Place, from: number, to: number): readonly Wrong[] => {
  const value = numberAt(json, ...place);
  return value === undefined || (value >= from && value <= to)
    ? []
    : [{ at: place, what: `${value} is not between ${from} and ${to}`, todo: 'Write one that is.' }];
};
