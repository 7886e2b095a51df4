import type { Json } from '../kernel/inbound.ts';
import { faultOf, type Names } from './expression.ts';
import { directives, isObject } from './render.ts';
import { textFault } from './text.ts';

/** Where in a document something stands. */
export type Place = readonly (string | number)[];
export type Fault = { readonly at: Place; readonly what: string };

const withVariable = (names: Names, name: string): Names => ({
  ...names,
  variables: [...(names.variables ?? []), name],
});

/** Everything that is wrong with a template before any value is in it. */
export function templateFaults(template: Json, names: Names, at: Place = []): readonly Fault[] {
  if (typeof template === 'string') {
    const what = textFault(template, names);
    return what === undefined ? [] : [{ at, what }];
  }
  if (Array.isArray(template)) return template.flatMap((item: Json, i) => templateFaults(item, names, [...at, i]));
  if (!isObject(template)) return [];
  const repeats = Object.hasOwn(template, '$for');
  const loop = repeats && typeof template.$as === 'string' ? withVariable(names, template.$as) : names;
  return [
    ...(repeats && (!template.$as || template.$do === undefined)
      ? [{ at, what: '$for needs $as (a name) and $do (what is repeated)' }]
      : []),
    ...Object.entries(template).flatMap(([key, value]) => {
      const here = [...at, key];
      const wrong = keyFault(key, value, names);
      if (wrong !== undefined) return [{ at: here, what: wrong }];
      if (key === '$if' || key === '$for' || key === '$as') return [];
      return templateFaults(value, key === '$do' ? loop : names, here);
    }),
  ];
}

function keyFault(key: string, value: Json, names: Names): string | undefined {
  if (key === '__proto__') return 'this key is not allowed';
  if (key.includes('${' + '{')) return 'keys are never worked out: only values can hold an expression';
  if (key === '$if' || key === '$for') {
    if (typeof value !== 'string') return `${key} needs an expression`;
    const fault = faultOf(value, names);
    return fault === undefined ? undefined : `in “${value}”, ${fault}`;
  }
  if (key === '$as')
    return typeof value === 'string' && /^[a-z][A-Za-z0-9_]*$/.test(value) && !Object.hasOwn(names, value)
      ? undefined
      : '$as needs a name, such as topic';
  if (key.startsWith('$') && !key.startsWith('$$') && !(directives as readonly string[]).includes(key))
    return `${key} has no meaning here; write $${key} for a key that begins with a dollar`;
  return undefined;
}
