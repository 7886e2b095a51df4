import { at, type Json, listOf } from '../json.ts';

/** `.status.conditions[?(@.type=="Ready")].status`, as far as printer columns need it. */
export function jsonPath(object: Json | undefined, path: string): Json | undefined {
  let here: Json | undefined = object;
  for (const [, field, index, key, wanted] of path.matchAll(
    /\.?((?:[\w/-]|\\\.)+)|\[(\d+|\*)\]|\[\?\(@\.([\w.]+)\s*==\s*['"]([^'"]*)['"]\)\]/g,
  )) {
    if (field !== undefined) here = at(here, field.replaceAll('\\.', '.'));
    else if (key !== undefined) here = listOf(here).find((one) => at(one, ...key.split('.')) === wanted);
    else here = listOf(here)[index === '*' ? 0 : Number(index)];
  }
  return here;
}
