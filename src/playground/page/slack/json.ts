import type { Json } from '../wire.ts';

/** Loose JSON, read by key: what is missing or of another kind is empty. */

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const objects = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

const at = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined);
export const text = (value: unknown, key: string): string => {
  const found = at(value, key);
  return typeof found === 'string' ? found : '';
};
export const object = (value: unknown, key: string): Json => {
  const found = at(value, key);
  return isObject(found) ? found : {};
};
export const list = (value: unknown, key: string): readonly Json[] => objects(at(value, key));
/** The words of a text object under `key`. */
export const words = (value: unknown, key: string): string => text(object(value, key), 'text');
