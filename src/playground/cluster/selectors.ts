import { at, type Fields, isFields, type Json, listOf, textOf } from './json.ts';
import { badRequest } from './status.ts';
import type { KubeObject } from './types.ts';

type Labels = Readonly<Record<string, string>>;
export type Matches<T> = (value: T) => boolean;

const split = (text: string): readonly string[] => {
  // Commas part requirements, except within the brackets of a set.
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter((part) => part !== '');
};

function requirement(text: string): Matches<Labels> {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = '', how, list = ''] = set;
    const values = new Set(list.split(',').map((value) => value.trim()));
    return how === 'in'
      ? (labels) => labels[key] !== undefined && values.has(labels[key])
      : (labels) => labels[key] === undefined || !values.has(labels[key]);
  }
  const order = /^([^\s=!<>]+)\s*([<>])\s*(-?\d+)$/.exec(text);
  if (order) {
    const [, key = '', how, bound] = order;
    return (labels) =>
      how === '<'
        ? Number(labels[key] ?? Number.NaN) < Number(bound)
        : Number(labels[key] ?? Number.NaN) > Number(bound);
  }
  const pair = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (pair) {
    const [, key = '', how, value] = pair;
    return how === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const bare = /^(!?)\s*([^\s=!()]+)$/.exec(text);
  if (bare) {
    const [, not, key = ''] = bare;
    return not ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined;
  }
  throw badRequest(`unable to parse requirement: found '${text}', expected: a label selector`);
}

export function labelSelector(text: string): Matches<Labels> {
  const all = split(text).map(requirement);
  return (labels) => all.every((one) => one(labels));
}

const operators: Readonly<Record<string, (value: string | undefined, values: readonly Json[]) => boolean>> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

/** The selector of a workload, a policy or a budget. One that says nothing matches everything; none matches nothing. */
export function objectSelector(selector: Json | undefined): Matches<Labels> {
  if (!isFields(selector)) return () => false;
  const exact = Object.entries((selector.matchLabels ?? {}) as Fields);
  const others = listOf(selector.matchExpressions);
  return (labels) =>
    exact.every(([key, value]) => labels[key] === value) &&
    others.every((one) =>
      operators[textOf(at(one, 'operator'))]?.(labels[textOf(at(one, 'key'))], listOf(at(one, 'values'))),
    );
}

/** The plain selector of a Service. */
export const plainSelector =
  (selector: Json | undefined): Matches<Labels> =>
  (labels) =>
    isFields(selector) &&
    Object.keys(selector).length > 0 &&
    Object.entries(selector).every(([key, value]) => labels[key] === value);

export function fieldSelector(text: string): Matches<KubeObject> {
  const all = split(text).map((part) => {
    const found = /^([\w.[\]/-]+?)\s*(==|=|!=)\s*(.*)$/.exec(part);
    if (!found) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
    const [, path = '', how, value] = found;
    const keys = path.split('.');
    return (object: KubeObject): boolean => {
      const seen = at(object as Fields, ...keys);
      const text = seen === undefined || seen === null ? '' : String(seen);
      return how === '!=' ? text !== value : text === value;
    };
  });
  return (object) => all.every((one) => one(object));
}
