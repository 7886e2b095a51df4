import { characters, isObject, type JsonObject } from './json.ts';

/**
 * Small checks that compose into Slack's schemas. Each gives the messages Slack itself would (wording: slackhq/hack-json-schema),
 * every one ending in the json-pointer of what is wrong.
 */
export type Check = (value: unknown, at: string) => readonly string[];

export const wrong = (message: string, at: string): string => `${message} [json-pointer:${at}]`;

export function string(max: number, min = 0): Check {
  return (value, at) => {
    if (typeof value !== 'string') return [wrong('must provide a string', at)];
    const length = characters(value);
    if (length > max) return [wrong(`must be less than ${max + 1} characters`, at)];
    return length < min ? [wrong(`must be more than ${min - 1} characters`, at)] : [];
  };
}

export function pattern(expression: RegExp): Check {
  return (value, at) => (typeof value === 'string' && expression.test(value) ? [] : [wrong('must match pattern', at)]);
}

export function integer(min: number, max: number): Check {
  return (value, at) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return [wrong('must provide an integer', at)];
    if (value > max) return [wrong(`must be less than ${max}`, at)];
    return value < min ? [wrong(`must be greater than ${min}`, at)] : [];
  };
}

export const number: Check = (value, at) => (typeof value === 'number' ? [] : [wrong('must provide a number', at)]);
export const boolean: Check = (value, at) => (typeof value === 'boolean' ? [] : [wrong('must provide a boolean', at)]);
export const object: Check = (value, at) => (isObject(value) ? [] : [wrong('must provide an object', at)]);

export function oneOf(...allowed: readonly unknown[]): Check {
  return (value, at) => (allowed.includes(value) ? [] : [wrong('must be a valid enum value', at)]);
}

export function list(item: Check, max: number, min = 0): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return [wrong('must provide an array', at)];
    if (value.length > max) return [wrong(`no more than ${max} items allowed`, at)];
    if (value.length < min) return [wrong(`must provide at least ${min} items`, at)];
    return value.flatMap((each, index) => item(each, `${at}/${index}`));
  };
}

/** Fields of an object: a bare check is optional, `required(check)` is not. Anything not named is refused, as Slack refuses it. */
export type Fields = { readonly [name: string]: Check | Required };
type Required = { readonly required: Check };
export const required = (check: Check): Required => ({ required: check });

export function shape(fields: Fields): Check {
  return (value, at) => {
    if (!isObject(value)) return [wrong('must provide an object', at)];
    const found: string[] = [];
    for (const [name, field] of Object.entries(fields)) {
      const check = typeof field === 'function' ? field : field.required;
      if (value[name] !== undefined) found.push(...check(value[name], `${at}/${name}`));
      else if (typeof field !== 'function') found.push(wrong(`missing required field: ${name}`, at));
    }
    for (const name of Object.keys(value)) {
      if (!(name in fields)) found.push(wrong(`invalid additional property: ${name}`, at));
    }
    return found;
  };
}

/** Picks the check by the object's `type`. `told` is how Slack names a kind it does not take here. */
export function byType(
  checks: { readonly [type: string]: Check },
  told = (type: string) => `unsupported type: ${type}`,
): Check {
  return (value, at) => {
    if (!isObject(value)) return [wrong('must provide an object', at)];
    const type = value.type;
    if (typeof type !== 'string') return [wrong('missing required field: type', at)];
    const check = Object.hasOwn(checks, type) ? checks[type] : undefined;
    if (!check) return [wrong(told(type), `${at}/type`)];
    return check(value, at);
  };
}

/** Slack prefaces what is wrong inside a text object, or inside a view, with one line for the whole of it. */
export function whole(check: Check): Check {
  return (value, at) => {
    const found = check(value, at);
    return found.length > 0 ? [wrong('failed to match all allowed schemas', at), ...found] : found;
  };
}

/** A further rule over an object that already has its shape. */
export function also(check: Check, rule: (value: JsonObject, at: string) => readonly string[]): Check {
  return (value, at) => {
    const found = check(value, at);
    return found.length === 0 && isObject(value) ? rule(value, at) : found;
  };
}
