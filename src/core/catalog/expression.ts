import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { Json } from '../kernel/inbound.ts';
import { Problem } from '../kernel/problem.ts';
import type { Scope } from './facts.ts';
import { scopeFields } from './facts.ts';
import { COST, type Metered, metered } from './meter.ts';
import { closest, shortHash, slug } from './names.ts';

/*
 * Expressions are CEL. It has no loops but those over lists, no way out, and here no more than two of them inside each
 * other; how far it gets is counted (meter.ts). So an expression ends, soon.
 *
 * One difference from plain CEL: numbers of parameters and facts are floating point, and mix with whole literals. So
 * `params.gigabytes * 18` and `params.gigabytes / 2` are what they look like, whatever type the parameter has.
 */

/** Limits of one expression. */
export const LIMITS = { characters: 1000, nodes: 400, depth: 24, nesting: 2 } as const;

/** What goes wrong with an expression, before it is known where the expression stands. */
class Wrong extends Error {}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => {
    if (b === 0) throw new Wrong('it divides by zero');
    return a / b;
  },
  '%': (a, b) => {
    if (b === 0) throw new Wrong('it divides by zero');
    return a % b;
  },
};

const environment = new Environment({
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: LIMITS.nodes, maxDepth: LIMITS.depth, maxListElements: 200, maxMapEntries: 200 },
});
for (const [operator, apply] of Object.entries(arithmetic))
  for (const [left, right] of [
    ['int', 'double'],
    ['double', 'int'],
    ...(operator === '%' ? [['double', 'double'] as const] : []),
  ] as const)
    environment.registerOperator(`${left} ${operator} ${right}: double`, (a: number | bigint, b: number | bigint) =>
      apply(Number(a), Number(b)),
    );
environment.registerFunction('slug(string): string', slug);
environment.registerFunction('hash(string): string', shortHash);
environment.registerFunction('number(string): double', (s: string) => Number(s));
for (const name of [...Object.keys(scopeFields), 'params', 'outputs']) environment.registerVariable(name, 'dyn');

/** What an expression may name beyond the scope of all: the parameters of its path, and loop variables. */
export type Names = {
  readonly params?: readonly string[];
  readonly variables?: readonly string[];
  /** What is wrong with a pattern of matches(), beyond how it is written: one that backtracks is found by trying it. */
  readonly pattern?: (pattern: string) => string | undefined;
};

const macros = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);
const isNode = (x: unknown): x is ASTNode => typeof x === 'object' && x !== null && 'op' in x && 'args' in x;
const inside = (node: ASTNode): readonly ASTNode[] =>
  (Array.isArray(node.args) ? node.args.flat(2) : [node.args]).filter(isNode);

/** Names that do not exist, and what could take long: found in the tree, so that a mistake shows when the file is read. */
function examine(node: ASTNode, names: Names, nesting: number): void {
  const args: readonly unknown[] = Array.isArray(node.args) ? node.args : [];
  if (node.op === '.' || node.op === '.?') {
    const [from, field] = args;
    if (isNode(from) && from.op === 'id' && typeof field === 'string') knowsField(String(from.args), field, names);
  }
  let deeper = nesting;
  if (node.op === 'rcall') {
    const [method, , parameters] = args;
    if (typeof method === 'string' && macros.has(method)) deeper += 1;
    if (method === 'matches') literalPattern(parameters, names);
  }
  if (deeper > LIMITS.nesting) throw new Wrong(`it has more than ${LIMITS.nesting} loops inside each other`);
  for (const child of inside(node)) examine(child, names, deeper);
}

function knowsField(root: string, field: string, names: Names): void {
  const fields: readonly string[] | undefined =
    root === 'params' ? names.params : (scopeFields as Readonly<Record<string, readonly string[]>>)[root];
  if (!fields || fields.includes(field) || names.variables?.includes(root)) return;
  const meant = closest(field, fields);
  const has = fields.length > 0 ? `It has ${fields.join(', ')}.` : 'It has nothing inside.';
  throw new Wrong(`there is no ${root}.${field}${meant ? `; did you mean ${root}.${meant}?` : `. ${has}`}`);
}

/** A pattern from a person could be made to run for minutes. */
function literalPattern(parameters: unknown, names: Names): void {
  const [pattern] = Array.isArray(parameters) ? parameters : [];
  if (!isNode(pattern) || pattern.op !== 'value' || typeof pattern.args !== 'string')
    throw new Wrong('the pattern of matches() has to stand there as text');
  try {
    new RegExp(pattern.args, 'u');
  } catch {
    throw new Wrong(`“${pattern.args}” is not a regular expression`);
  }
  const fault = names.pattern?.(pattern.args);
  if (fault !== undefined) throw new Wrong(fault);
}

const firstLine = (error: unknown) => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));

const compiled = new Map<string, Metered>();
/** More different expressions than any catalog has: beyond it, everything is compiled anew. */
const keep = 5000;

function compile(source: string, names: Names): Metered {
  const key = JSON.stringify([source, names.variables ?? []]);
  const known = compiled.get(key);
  if (known) return known;
  if (source.length > LIMITS.characters) throw new Wrong(`it is longer than ${LIMITS.characters} characters`);
  const scope = environment.clone();
  for (const name of names.variables ?? []) if (!scope.hasVariable(name)) scope.registerVariable(name, 'dyn');
  const parsed = scope.parse(source);
  const checked = parsed.check();
  if (!checked.valid) throw new Wrong(firstLine(checked.error));
  examine(parsed.ast, { variables: names.variables ?? [] }, 0);
  if (compiled.size >= keep) compiled.clear();
  const counting = metered(parsed);
  compiled.set(key, counting);
  return counting;
}

/** What is wrong with an expression as it stands in a file; undefined when nothing is. */
export function faultOf(source: string, names: Names): string | undefined {
  try {
    compile(source, names);
    const scope = environment.clone();
    for (const name of names.variables ?? []) if (!scope.hasVariable(name)) scope.registerVariable(name, 'dyn');
    examine(scope.parse(source).ast, names, 0);
    return undefined;
  } catch (error) {
    return firstLine(error);
  }
}

/** An expression's value as JSON: what CEL knows beyond that becomes a number or a text, or is refused. */
function plain(value: unknown, spend: Metered['spend']): Json {
  // A list of lists that are one and the same list is small, until it is written out.
  spend(typeof value === 'string' ? 1 + value.length / COST.charactersAStep : 1);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint' && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER)
    return Number(value);
  if (typeof value === 'number' && Number.isFinite(value)) return Object.is(value, -0) ? 0 : value;
  if (Array.isArray(value)) return value.map((one) => plain(one, spend));
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  if (value instanceof Map) return fields([...value], spend);
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return fields(Object.entries(value), spend);
  throw new Wrong('it gives something that is neither text, number, list nor map');
}

function fields(entries: readonly (readonly [unknown, unknown])[], spend: Metered['spend']): Json {
  const out: Record<string, Json> = {};
  for (const [key, value] of entries) {
    if (typeof key !== 'string') throw new Wrong('it gives a map whose keys are not text');
    if (key === '__proto__') throw new Wrong('it gives a map with a key that is not allowed');
    out[key] = plain(value, spend);
  }
  return out;
}

/** Evaluates; `where` names the place in the path for the person who can mend it, such as `postgres: policy[1].when`. */
export function evaluate(source: string, scope: Scope, where: string, variables: readonly string[] = []): Json {
  try {
    const { run, spend } = compile(source, { variables });
    return plain(run(scope), spend);
  } catch (error) {
    throw new Problem(
      'expression_failed',
      `${where} can’t be worked out: in “${source}”, ${firstLine(error)}. Nothing was done. The owner of the path has to correct it; “groundcrew catalog check” finds such mistakes.`,
      { cause: error },
    );
  }
}

const typed = <T extends Json>(is: (value: Json) => value is T, called: string) => {
  return (source: string, scope: Scope, where: string): T => {
    const value = evaluate(source, scope, where);
    if (is(value)) return value;
    throw new Problem(
      'expression_failed',
      `${where} can’t be used: “${source}” gives ${JSON.stringify(value).slice(0, 80)}, which is not ${called}. Nothing was done. The owner of the path has to correct it.`,
    );
  };
};
export const condition = typed((v): v is boolean => typeof v === 'boolean', 'true or false');
export const quantity = typed(
  (v): v is number => typeof v === 'number' && v >= 0 && v <= Number.MAX_SAFE_INTEGER,
  'a number from 0 up',
);
export const word = typed((v): v is string => typeof v === 'string' && v !== '', 'a text');
