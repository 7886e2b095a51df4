import { unfit } from '../kernel/fitting.ts';
import { type Condition, type Field, type FieldErrors, type Form, form, parse, type Raw } from '../kernel/form.ts';
import type { Json } from '../kernel/inbound.ts';
import { shorten } from '../kernel/text.ts';
import type { GoldenPath, Operation, Parameter, Values } from './path.ts';
import { looksSecret, secretRefused } from './secrets.ts';

/*
 * A path's parameters as a form of both platforms, and what was typed as values. What the form lets through is checked
 * again here, against the path as it is now: it may have changed between the form and the answer.
 */

/** More fields than these are a form that nobody likes to fill in: the check advises against it. */
export const advisedFields = 8;
/** Of a list that is typed line by line. */
const listMax = 100;

type Checked = { readonly ok: true; readonly values: Values } | { readonly ok: false; readonly errors: FieldErrors };

/** The parameters that are asked: all of them for something new, an operation's own otherwise. */
const askedOf = (path: GoldenPath, operation?: Operation): readonly string[] =>
  operation ? operation.fields.filter((f) => Object.hasOwn(path.parameters.properties, f)) : all(path);
const all = (path: GoldenPath) => Object.keys(path.parameters.properties);
const operationOf = (path: GoldenPath, name?: string) => path.operations.find((o) => o.name === name);

type Kind = 'choice' | 'choices' | 'lines' | 'toggle' | 'number' | 'text' | 'date' | 'time' | 'person';
const kindOf = (p: Parameter): Kind => {
  if (p.type === 'array') return p.enum ? 'choices' : 'lines';
  if (p.enum) return 'choice';
  if (p.type === 'boolean') return 'toggle';
  return p.type === 'string' ? (p.format ?? 'text') : 'number';
};

const text = (p: Parameter, multiline: boolean): Field => ({
  kind: 'text',
  label: p.title,
  ...(multiline ? { multiline } : {}),
  ...(p.maxLength === undefined ? {} : { max: p.maxLength }),
  ...(p.placeholder === undefined ? {} : { placeholder: p.placeholder }),
});

const draw: { readonly [K in Kind]: (p: Parameter) => Field } = {
  choice: (p) => ({ kind: 'choice', label: p.title, options: p.enum ?? [] }),
  choices: (p) => ({ kind: 'choices', label: p.title, options: p.enum ?? [] }),
  lines: (p) => ({
    kind: 'text',
    label: p.title,
    multiline: true,
    ...(p.placeholder === undefined ? {} : { placeholder: p.placeholder }),
  }),
  toggle: (p) => ({ kind: 'toggle', label: p.title }),
  number: (p) => ({
    kind: 'number',
    label: p.title,
    ...(p.minimum === undefined ? {} : { min: p.minimum }),
    ...(p.maximum === undefined ? {} : { max: p.maximum }),
    ...(p.type === 'integer' ? { whole: true } : {}),
    ...(p.unit === undefined ? {} : { unit: p.unit }),
  }),
  text: (p) => ({ ...text(p, p.multiline === true), ...(p.pattern === undefined ? {} : { pattern: p.pattern }) }),
  date: (p) => ({ kind: 'date', label: p.title }),
  time: (p) => ({ kind: 'time', label: p.title }),
  person: (p) => ({ kind: 'person', label: p.title }),
};

const advice: Partial<Record<Kind, string>> = { lines: 'One on each line.' };

function fieldOf(path: GoldenPath, name: string, asked: readonly string[], note?: string): Field {
  const p = path.parameters.properties[name] as Parameter;
  const kind = kindOf(p);
  const hint = [p.hint, advice[kind], note].filter((h) => h !== undefined && h !== '').join(' ');
  const needed = path.parameters.required.includes(name) || kind === 'toggle';
  // A condition on a field that this form does not ask has been met: the thing has that value already.
  const when: Condition | undefined =
    p.shownIf && asked.includes(p.shownIf.parameter)
      ? { field: p.shownIf.parameter, is: p.shownIf.is.map(String) }
      : undefined;
  return {
    ...draw[kind](p),
    ...(hint ? { hint } : {}),
    ...(needed ? {} : { optional: true }),
    ...(when ? { shownIf: when } : {}),
  };
}

/**
 * The form of a path, or of one of its operations. `notes` are put to the hints of fields by name, such as what is left
 * of a quota; `before` are the present values, which decide on fields that depend on one that is not asked again.
 */
export function formOf(
  path: GoldenPath,
  options: {
    readonly id: string;
    readonly operation?: string;
    readonly intro?: string;
    readonly notes?: Readonly<Record<string, string>>;
    readonly before?: Values;
  },
): Form {
  const operation = operationOf(path, options.operation);
  const candidates = askedOf(path, operation);
  const asked = candidates.filter((name) => {
    const on = path.parameters.properties[name]?.shownIf;
    return !on || candidates.includes(on.parameter) || !options.before || meets(on, options.before);
  });
  return form({
    id: options.id,
    title: operation ? operation.title : path.title,
    submit: 'Continue',
    ...(options.intro === undefined ? {} : { intro: options.intro }),
    fields: Object.fromEntries(asked.map((n) => [n, fieldOf(path, n, asked, options.notes?.[n])])),
  });
}

const meets = (on: NonNullable<Parameter['shownIf']>, values: Values): boolean => {
  const value = values[on.parameter];
  return (Array.isArray(value) ? value : [value]).some((v) => on.is.map(String).includes(String(v)));
};

/** Values as a form shows them: the defaults first, then what is given. */
export function priorOf(path: GoldenPath, values: Values = {}): Raw {
  const entries = Object.entries(path.parameters.properties).flatMap(([name, p]) => {
    const value = values[name] ?? p.default;
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return [[name, kindOf(p) === 'lines' ? value.join('\n') : value]];
    return [[name, typeof value === 'number' ? String(value) : value]];
  });
  return Object.fromEntries(entries);
}

/** Typed lines as a list; a list stays one. */
const linesOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value.map(String) : String(value ?? '').split('\n')).map((l) => l.trim()).filter(Boolean);

/**
 * Checks what was typed and makes values of it. For an operation `before` are the present values: they stay where
 * nothing else is asked, and a parameter that is fixed keeps its value whatever is sent.
 */
export function readValues(
  path: GoldenPath,
  raw: Raw,
  options: { readonly operation?: string; readonly before?: Values } = {},
): Checked {
  const operation = operationOf(path, options.operation);
  const asked = askedOf(path, operation);
  const definition = formOf(path, { id: 'values', ...options });
  const { properties } = path.parameters;
  const ready: Record<string, unknown> = {};
  for (const name of asked) {
    const p = properties[name] as Parameter;
    const given = raw[name];
    const absent = given === undefined || given === null || given === '';
    const value = absent && p.default !== undefined ? p.default : kindOf(p) === 'toggle' && absent ? false : given;
    ready[name] = kindOf(p) === 'lines' ? linesOf(value).join('\n') : value;
  }
  const parsed = parse(definition, ready);
  const errors: Record<string, string> = parsed.ok ? {} : { ...parsed.errors };
  const values: Record<string, Json> = { ...(operation ? options.before : {}) };
  // All that is wrong is said at once.
  for (const [name, answer] of Object.entries(parsed.ok ? parsed.answers : ready)) {
    if (Object.hasOwn(errors, name) || answer === undefined) continue;
    const p = properties[name] as Parameter;
    const value: Json = kindOf(p) === 'lines' ? linesOf(answer) : (answer as Json);
    const wrong = beyondForm(p, value);
    if (wrong) errors[name] = wrong;
    else values[name] = value;
  }
  for (const name of asked) if (secretIn(raw[name])) errors[name] = secretRefused;
  for (const [name, p] of Object.entries(properties))
    if (p.fixed && options.before && JSON.stringify(values[name]) !== JSON.stringify(options.before[name]))
      errors[name] = 'This can’t be changed any more after something was made.';
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, values };
}

const secretIn = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(secretIn) : typeof value === 'string' && looksSecret(value);

/** What a form of the platforms cannot check. */
function beyondForm(p: Parameter, value: Json): string | undefined {
  if (typeof value === 'string' && p.minLength !== undefined && value.length < p.minLength)
    return `At least ${p.minLength} characters.`;
  if (typeof value === 'number' && !Number.isSafeInteger(Math.trunc(value))) return 'This number is too large.';
  if (!Array.isArray(value) || p.enum) return undefined;
  if (value.length > listMax) return `At most ${listMax} lines.`;
  const max = p.maxLength ?? 200;
  const pattern = p.pattern === undefined ? undefined : new RegExp(p.pattern, 'u');
  const lines = value.filter((v) => typeof v === 'string');
  const long = lines.find((v) => v.length > max);
  if (long !== undefined) return `“${shorten(long, 40)}” is longer than ${max} characters.`;
  const bad = pattern && lines.find((v) => !pattern.test(v));
  return pattern && bad !== undefined ? unfit(bad, pattern, max, p.placeholder) : undefined;
}
