import { closest } from '../core/catalog/names.ts';
import type { Parameter, Parameters } from '../core/catalog/path.ts';
import { namesSecret } from '../core/catalog/secrets.ts';
import type { Fault, Place } from '../core/catalog/template.ts';
import { safePattern } from './patterns.ts';
import type { RawParameter } from './schema.ts';

type Advised = Fault & { readonly todo: string };
const fault = (at: Place, what: string, todo: string): Advised => ({ at, what, todo });

/** `max_connections` and `maxConnections` as people read them: Max connections. */
export function humanised(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The longest that both platforms take as an option. */
const optionMax = 75;

export type RawParameters = {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, RawParameter>>;
};

/** The parameters of a path, and what is wrong with them. Places are relative to `properties` and `required`. */
export function readParameters(
  raw: RawParameters,
  at: Place = [],
): { readonly parameters: Parameters; readonly faults: readonly Advised[] } {
  const names = Object.keys(raw.properties);
  const faults: Advised[] = [];
  const properties: Record<string, Parameter> = {};
  for (const [name, p] of Object.entries(raw.properties)) {
    const here = [...at, 'properties', name];
    faults.push(...secretFaults(name, p, here), ...schemaFaults(p, here), ...dependencyFaults(name, p, raw, here));
    properties[name] = parameterOf(name, p);
  }
  for (const [i, name] of raw.required.entries()) {
    if (names.includes(name)) continue;
    const meant = closest(name, names);
    faults.push(
      fault(
        [...at, 'required', i],
        `there is no parameter “${name}”`,
        meant ? `Write “${meant}”.` : 'Name one of properties.',
      ),
    );
  }
  return { parameters: { required: raw.required, properties }, faults };
}

function parameterOf(name: string, p: RawParameter): Parameter {
  const { title, enum: options, shownIf, ...rest } = p;
  return {
    ...rest,
    title: title ?? humanised(name),
    ...(options ? { enum: options.map((o) => (typeof o === 'string' ? { value: o, label: o } : o)) } : {}),
    ...(shownIf ? { shownIf: { parameter: shownIf.parameter, is: shownIf.is.map(String) } } : {}),
  };
}

/** What can be typed freely can hold a secret; a number, a switch or one of some options cannot. */
function secretFaults(name: string, p: RawParameter, here: Place): readonly Advised[] {
  const free = (p.type === 'string' || p.type === 'array') && !p.enum && !p.format;
  const asks = [name, p.title ?? '', p.placeholder ?? ''].find(namesSecret);
  return free && asks !== undefined
    ? [
        fault(
          here,
          `“${asks}” asks for a secret, and a form in a chat is no place for one`,
          'Let the backend make the secret and name where it is kept in “outputs”; or ask for the name of something that holds it, under a name without such a word.',
        ),
      ]
    : [];
}

function schemaFaults(p: RawParameter, here: Place): readonly Advised[] {
  const faults: Advised[] = [];
  const isText = p.type === 'string' || p.type === 'array';
  const isNumber = p.type === 'integer' || p.type === 'number';
  for (const key of ['pattern', 'minLength', 'maxLength', 'placeholder', 'enum'] as const)
    if (p[key] !== undefined && !isText)
      faults.push(
        fault(
          [...here, key],
          `${key} is for texts, and this is of type ${p.type}`,
          `Remove ${key}, or change the type.`,
        ),
      );
  for (const key of ['minimum', 'maximum', 'unit'] as const)
    if (p[key] !== undefined && !isNumber)
      faults.push(
        fault(
          [...here, key],
          `${key} is for numbers, and this is of type ${p.type}`,
          `Remove ${key}, or write type: integer.`,
        ),
      );
  if (p.format && (p.type !== 'string' || p.enum || p.pattern))
    faults.push(
      fault(
        [...here, 'format'],
        'format goes with neither enum, pattern nor another type than string',
        'Remove one of them.',
      ),
    );
  const values = p.enum?.map((o) => (typeof o === 'string' ? { value: o, label: o } : o)) ?? [];
  for (const [i, o] of values.entries()) {
    if (o.value.includes(',') || o.value.length > optionMax || o.label.length > optionMax || o.value === '')
      faults.push(
        fault(
          [...here, 'enum', i],
          'an option is empty, has a comma, or is longer than 75 characters',
          'Give it a short value, and a label for people.',
        ),
      );
    if (values.findIndex((other) => other.value === o.value) !== i)
      faults.push(fault([...here, 'enum', i], `“${o.value}” is there twice`, 'Remove one.'));
  }
  const pattern = p.pattern === undefined ? undefined : safePattern(p.pattern);
  if (pattern) faults.push(fault([...here, 'pattern'], pattern, 'Write a simpler pattern, with ^ and $ around it.'));
  if (p.minimum !== undefined && p.maximum !== undefined && p.minimum > p.maximum)
    faults.push(fault([...here, 'minimum'], 'minimum is more than maximum', 'Exchange them.'));
  const wrongDefault = p.default === undefined ? undefined : misfit(p, p.default, values);
  if (wrongDefault)
    faults.push(fault([...here, 'default'], wrongDefault, 'Write a default that the parameter itself allows.'));
  return faults;
}

function misfit(p: RawParameter, value: unknown, options: readonly { readonly value: string }[]): string | undefined {
  const one = (v: unknown) =>
    typeof v !== 'string'
      ? 'the default is not a text'
      : options.length > 0 && !options.some((o) => o.value === v)
        ? `the default “${v}” is none of the options`
        : p.pattern !== undefined && !safePattern(p.pattern) && !new RegExp(p.pattern, 'u').test(v)
          ? `the default “${v}” does not fit the pattern`
          : undefined;
  if (p.type === 'array') return Array.isArray(value) ? value.map(one).find(Boolean) : 'the default is not a list';
  if (p.type === 'string') return one(value);
  if (p.type === 'boolean') return typeof value === 'boolean' ? undefined : 'the default is neither true nor false';
  if (typeof value !== 'number') return 'the default is not a number';
  if (p.type === 'integer' && !Number.isInteger(value)) return 'the default is not a whole number';
  return value < (p.minimum ?? value) || value > (p.maximum ?? value)
    ? 'the default is outside of minimum and maximum'
    : undefined;
}

function dependencyFaults(name: string, p: RawParameter, raw: RawParameters, here: Place): readonly Advised[] {
  if (!p.shownIf) return [];
  const on = raw.properties[p.shownIf.parameter];
  const at = [...here, 'shownIf'];
  if (!on || p.shownIf.parameter === name)
    return [fault(at, `there is no other parameter “${p.shownIf.parameter}”`, 'Name the parameter that decides.')];
  const values =
    on.enum?.map((o) => (typeof o === 'string' ? o : o.value)) ??
    (on.type === 'boolean' ? ['true', 'false'] : undefined);
  if (!values)
    return [fault(at, `“${p.shownIf.parameter}” has no options to decide by`, 'Depend on an enum or a boolean.')];
  const never = p.shownIf.is.map(String).find((v) => !values.includes(v));
  return never === undefined
    ? []
    : [fault(at, `“${p.shownIf.parameter}” is never “${never}”`, `It is one of ${values.join(', ')}.`)];
}
