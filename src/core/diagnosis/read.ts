/**
 * Reading plain API objects without trusting their shape: every reader answers `undefined` or nothing where the object
 * is truncated or holds something else. The rules never touch an object by other means, so they cannot throw on one.
 */
export type Obj = { readonly [key: string]: unknown };

const isObj = (x: unknown): x is Obj => typeof x === 'object' && x !== null && !Array.isArray(x);

/** The longest text that a pattern is held against: a hostile message costs no more than a long one. */
const longest = 8_000;

export function at(x: unknown, ...path: readonly string[]): unknown {
  let here = x;
  for (const key of path) {
    if (!isObj(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

export function str(x: unknown, ...path: readonly string[]): string | undefined {
  const value = at(x, ...path);
  return typeof value === 'string' && value !== '' ? value.slice(0, longest) : undefined;
}

export function num(x: unknown, ...path: readonly string[]): number | undefined {
  const value = at(x, ...path);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A port or a quantity: both may be written as a number or as a text. */
export function scalar(x: unknown, ...path: readonly string[]): string | undefined {
  const value = at(x, ...path);
  return typeof value === 'number' ? String(value) : str(value);
}

export const flag = (x: unknown, ...path: readonly string[]): boolean => at(x, ...path) === true;

export function obj(x: unknown, ...path: readonly string[]): Obj {
  const value = at(x, ...path);
  return isObj(value) ? value : {};
}

export const has = (x: unknown, ...path: readonly string[]): boolean => isObj(at(x, ...path));

export function list(x: unknown, ...path: readonly string[]): readonly Obj[] {
  const value = at(x, ...path);
  return Array.isArray(value) ? value.filter(isObj) : [];
}

export function strings(x: unknown, ...path: readonly string[]): readonly string[] {
  const value = at(x, ...path);
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
}

/** A map of texts, such as labels. */
export function pairs(x: unknown, ...path: readonly string[]): readonly (readonly [string, string])[] {
  return Object.entries(obj(x, ...path)).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value.slice(0, longest)] as const] : [],
  );
}

/** An instant in milliseconds. */
export function instant(x: unknown, ...path: readonly string[]): number | undefined {
  const value = str(x, ...path);
  const parsed = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** The entry of a list of conditions that has this type. */
export const condition = (x: unknown, type: string): Obj | undefined =>
  list(x, 'status', 'conditions').find((c) => c.type === type);

export const meta = (x: unknown) => ({
  name: str(x, 'metadata', 'name') ?? '',
  namespace: str(x, 'metadata', 'namespace') ?? '',
  uid: str(x, 'metadata', 'uid'),
});

/** When an object was last written, as far as its managers tell. */
export const changedAt = (o: unknown): number | undefined => {
  const times = [
    instant(o, 'metadata', 'creationTimestamp'),
    ...list(o, 'metadata', 'managedFields').map((f) => instant(f, 'time')),
  ].filter((t) => t !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
};

/** What a table has for a word that comes from an object: every table knows `constructor`. */
export const entry = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;
