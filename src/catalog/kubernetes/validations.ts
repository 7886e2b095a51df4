import { createContext, Script } from 'node:vm';
import { Environment } from '@marcbachmann/cel-js';
import { z } from 'zod';
import { isObject } from '../../core/catalog/render.ts';
import type { Place } from '../../core/catalog/template.ts';
import type { Json } from '../../core/kernel/inbound.ts';
import type { Wrong } from './rules/reading.ts';

/*
 * The rules that a custom resource definition carries in CEL (x-kubernetes-validations), for something that is made: those
 * about what it was before (oldSelf) have nothing to compare. Kubernetes’ own functions (isURL, quantity, …) are none of the
 * language’s: a rule with one of them, or one that takes too long, is named as not evaluated, and the cluster looks at it in
 * the preview.
 */

const carried = z.looseObject({
  rule: z.string(),
  message: z.string().optional(),
  messageExpression: z.string().optional(),
  fieldPath: z.string().optional(),
  optionalOldSelf: z.boolean().optional(),
});
const carriedBy = z.object({ 'x-kubernetes-validations': z.array(carried) });
type Carried = z.output<typeof carried>;
type Schema = Readonly<Record<string, unknown>>;
const isRecord = (x: unknown): x is Schema => typeof x === 'object' && x !== null && !Array.isArray(x);

const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
environment.registerVariable('self', 'dyn');

type Evaluated = {
  readonly wrong: readonly Wrong[];
  /** Rules that can’t be evaluated here. */
  readonly skipped: readonly string[];
};

/** Names that CEL keeps for itself are written otherwise in rules, as are signs that no name has. */
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);
const escaped = (name: string): string =>
  reserved.has(name)
    ? `__${name}__`
    : name
        .replaceAll('__', '__underscores__')
        .replaceAll('.', '__dot__')
        .replaceAll('-', '__dash__')
        .replaceAll('/', '__slash__');

/** A value as rules see it: whole numbers are int, what is not there has its default. */
function seen(value: Json | undefined, schema: Schema): unknown {
  const is = value === undefined ? (schema.default as Json | undefined) : value;
  if (typeof is === 'number')
    return Number.isInteger(is) && (schema.type === 'integer' || schema['x-kubernetes-int-or-string'] === true)
      ? BigInt(is)
      : is;
  if (Array.isArray(is)) return is.map((one: Json) => seen(one, isRecord(schema.items) ? schema.items : {}));
  if (!isObject(is)) return is;
  const { properties, additionalProperties } = schema;
  if (!isRecord(properties))
    return Object.fromEntries(
      Object.entries(is).map(([k, v]) => [k, seen(v, isRecord(additionalProperties) ? additionalProperties : {})]),
    );
  const names = [...new Set([...Object.keys(properties), ...Object.keys(is)])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const of = seen(is[name], isRecord(properties[name]) ? properties[name] : {});
      return of === undefined ? [] : [[escaped(name), of]];
    }),
  );
}

/** The API counts what a rule costs and refuses one that costs much; here each may take so long. */
type Patience = {
  readonly limitMs: number;
  /** Those that took longer: nobody waits for them once more. */
  readonly endless: Set<string>;
};
const room = createContext({ work: undefined });
const call = new Script('work()');

/** Regular expressions are RE2's in CEL and JavaScript's here: what the two read differently is left to the cluster. */
const otherwiseRead = /\.matches\(.*(?:\[:\^?\w+:\]|\\[AzCQEpP])/s;
const notOurs = /no matching overload|Unknown|Invalid regular expression/;
const thrown = z.object({ name: z.string(), message: z.string(), code: z.string().optional() });
const notHere = Symbol('only a cluster can tell');

/** What comes of it; undefined when it fails over this object. */
function outcome(expression: string, self: unknown, { limitMs, endless }: Patience): unknown {
  if (endless.has(expression) || otherwiseRead.test(expression)) return notHere;
  room.work = () => {
    const program = environment.parse(expression);
    return program.check().valid ? program({ self }) : notHere;
  };
  try {
    // Nothing inside of this thread can end an expression that goes on and on, but this interrupt can.
    return call.runInContext(room, { timeout: limitMs });
  } catch (error) {
    const { name, code, message } = thrown.parse(error);
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') endless.add(expression);
    return name !== 'EvaluationError' || notOurs.test(message) ? notHere : undefined;
  } finally {
    room.work = undefined;
  }
}

/** `true` when it holds, words when it does not; undefined when it can’t be evaluated. */
function holds(
  { rule, message, messageExpression }: Carried,
  self: unknown,
  patience: Patience,
): true | string | undefined {
  const is = outcome(rule, self, patience);
  if (is === notHere) return undefined;
  // The API refuses an object also when a rule fails over it, such as for a field that is not there.
  if (is === true) return true;
  const said = messageExpression === undefined ? undefined : outcome(messageExpression, self, patience);
  return typeof said === 'string' && said.trim() !== '' ? said : (message ?? `it breaks the rule ${rule}`);
}

/** Where `fieldPath` points to, such as `.spec.replicas` or `.list[0]['a.b']`. */
const steps = (path: string): Place =>
  [...path.matchAll(/\.([^.[\]]+)|\['([^']*)'\]|\[(\d+)\]/g)].map(([, name, quoted, index]) =>
    index === undefined ? (name ?? quoted ?? '') : Number(index),
  );

/** The rules of a definition’s schema, and of all that is inside. */
export function validations(schema: Schema, value: Json | undefined, patience: Patience, at: Place = []): Evaluated {
  if (value === undefined || value === null) return { wrong: [], skipped: [] };
  const wrong: Wrong[] = [];
  const skipped: string[] = [];
  const found = carriedBy.safeParse(schema);
  for (const one of found.success ? found.data['x-kubernetes-validations'] : []) {
    if (/\boldSelf\b/.test(one.rule) && !one.optionalOldSelf) continue;
    const says = holds(one, seen(value, schema), patience);
    if (says === undefined) skipped.push(one.rule);
    else if (says !== true)
      wrong.push({
        at: [...at, ...steps(one.fieldPath ?? '')],
        what: says,
        todo: `The definition asks for it: ${one.rule}`,
      });
  }
  const inside: readonly (readonly [string | number, Json, unknown])[] = Array.isArray(value)
    ? value.map((one: Json, i) => [i, one, schema.items] as const)
    : isObject(value)
      ? Object.entries(value).map(
          ([name, of]) =>
            [name, of, isRecord(schema.properties) ? schema.properties[name] : schema.additionalProperties] as const,
        )
      : [];
  for (const [key, of, how] of inside) {
    if (!isRecord(how)) continue;
    const more = validations(how, of, patience, [...at, key]);
    wrong.push(...more.wrong);
    skipped.push(...more.skipped);
  }
  return { wrong, skipped };
}
