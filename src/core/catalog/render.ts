import type { Json } from '../kernel/inbound.ts';
import { Problem } from '../kernel/problem.ts';
import type { Order, Verb } from '../runs/run.ts';
import { clusterOf } from './cluster.ts';
import { evaluate } from './expression.ts';
import { atHome, type Facts, type Scope, scopeOf } from './facts.ts';
import { labelMax, slug } from './names.ts';
import type { GoldenPath } from './path.ts';
import { fill } from './text.ts';

/*
 * Templates are data, not text. A value is placed as a value, so nothing that a person typed can add a line, a key, or
 * another document, whatever syntax it is written in. Keys are never worked out. Three keys have a meaning:
 *
 *   { $if: condition, $then: …, $else: … }   one of two; without $else the key or the list item is left out
 *   { $if: condition, …other keys }          the object, or nothing
 *   { $for: list, $as: name, $do: … }        in a list: one item for each of `list`, called `name` inside
 *   { $merge: [object, …], …other keys }     the objects' keys together, the later over the earlier
 *
 * `$$key` is the key `$key`.
 */
export const directives = ['$if', '$then', '$else', '$for', '$as', '$do', '$merge'] as const;

/** Of one rendering: far more than any order needs, and far less than hurts. */
const LIMITS = { nodes: 20_000, items: 200, depth: 64 } as const;

/** What stands for nothing: the key or the item is left out. */
const nothing = Symbol('nothing');
type Made = Json | typeof nothing;
type Object_ = { readonly [key: string]: Json };
export const isObject = (value: Json | undefined): value is Object_ =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Work = {
  readonly scope: Scope;
  readonly variables: readonly string[];
  readonly where: string;
  readonly depth: number;
  readonly left: { nodes: number };
};
const within = (work: Work, key: string): Work => ({ ...work, where: `${work.where}.${key}`, depth: work.depth + 1 });
const wrong = (work: Work, what: string) =>
  new Problem(
    'template_failed',
    `${work.where} can’t be filled in: ${what}. Nothing was done. The owner of the path has to correct it.`,
  );

function make(template: Json, work: Work): Made {
  work.left.nodes -= 1;
  if (work.left.nodes < 0 || work.depth > LIMITS.depth) throw wrong(work, 'it becomes too large');
  if (typeof template === 'string') return fill(template, work.scope, work.where, work.variables);
  if (Array.isArray(template)) return template.flatMap((item, i) => items(item, within(work, String(i))));
  if (isObject(template)) return object(template, work);
  return template;
}

/** One item of a list becomes none, one or several. */
function items(template: Json, work: Work): readonly Json[] {
  if (isObject(template) && Object.hasOwn(template, '$for')) return repeat(template, work);
  const made = make(template, work);
  return made === nothing ? [] : [made];
}

function repeat(template: Object_, work: Work): readonly Json[] {
  const { $for: source, $as: name, $do: body } = template;
  if (typeof source !== 'string' || typeof name !== 'string' || body === undefined)
    throw wrong(work, '$for needs a list, $as a name and $do what is repeated');
  const list = evaluate(source, work.scope, `${work.where}.$for`, work.variables);
  if (!Array.isArray(list)) throw wrong(work, `“${source}” is not a list`);
  if (list.length > LIMITS.items) throw wrong(work, `“${source}” has more than ${LIMITS.items} items`);
  return list.flatMap((item: Json) =>
    items(body, {
      ...within(work, '$do'),
      scope: { ...work.scope, [name]: item },
      variables: [...new Set([...work.variables, name])],
    }),
  );
}

function object(template: Object_, work: Work): Made {
  if (Object.hasOwn(template, '$for')) throw wrong(work, '$for stands only in a list');
  if (!Object.hasOwn(template, '$if')) return keys(template, work);
  const { $if: test, $then: yes, $else: no, ...rest } = template;
  const holds = evaluate(String(test), work.scope, `${work.where}.$if`, work.variables);
  if (typeof holds !== 'boolean') throw wrong(work, `“${String(test)}” is neither true nor false`);
  if (yes === undefined) return holds ? keys(rest, work) : no === undefined ? nothing : make(no, within(work, '$else'));
  if (holds) return make(yes, within(work, '$then'));
  return no === undefined ? nothing : make(no, within(work, '$else'));
}

function keys(template: Object_, work: Work): Json {
  const { $merge: merged, ...own } = template;
  const out: Record<string, Json> = {};
  if (merged !== undefined) {
    if (!Array.isArray(merged)) throw wrong(work, '$merge needs a list');
    for (const [i, part] of merged.entries()) {
      const made = make(part, within(work, `$merge.${i}`));
      if (made === nothing || made === null) continue;
      if (!isObject(made)) throw wrong(work, 'a part of $merge is not an object');
      Object.assign(out, made);
    }
  }
  for (const [key, value] of Object.entries(own)) {
    const made = make(value, within(work, key));
    if (key === '__proto__') throw wrong(work, 'it has a key that is not allowed');
    if (made !== nothing) out[key.startsWith('$$') ? key.slice(1) : key] = made;
  }
  return out;
}

/** A template with the values of the facts in their places; `where` names it in what is said when that fails. */
export function render(template: Json, facts: Facts, where = `${facts.path.name}: backend`): Json {
  const made = make(template, { scope: scopeOf(facts), variables: [], where, depth: 0, left: { nodes: LIMITS.nodes } });
  return made === nothing ? null : made;
}

/** Whose labels and annotations they are, in Kubernetes and wherever a backend can mark what it made. */
export const mark = 'groundcrew.dev';

/** What a backend is asked to do: the path's section with the values in their places, and who wants it. */
export function orderOf(
  path: GoldenPath,
  facts: Facts,
  what: { readonly run: string; readonly verb: Verb; readonly operation?: string; readonly earlier?: readonly Json[] },
): Order {
  const operation = path.operations.find((o) => o.name === what.operation);
  const cluster = clusterOf(path, facts);
  const spec = { $merge: [path.backend.spec, ...(operation?.backend ? [operation.backend] : [])] };
  return {
    run: what.run,
    verb: what.verb,
    resource: facts.resource.slug,
    path: path.name,
    version: path.version,
    spec: render(spec, atHome({ ...facts, verb: what.verb, operation: what.operation ?? '' }), `${path.name}: backend`),
    labels: {
      'app.kubernetes.io/managed-by': 'groundcrew',
      [`${mark}/resource`]: facts.resource.slug,
      [`${mark}/path`]: path.name.slice(0, labelMax),
      [`${mark}/team`]: slug(facts.team.name),
    },
    annotations: {
      [`${mark}/request`]: String(facts.request.number),
      [`${mark}/path-version`]: path.version,
      [`${mark}/team`]: facts.team.name,
      [`${mark}/requested-by`]: facts.person.email ?? facts.person.name,
    },
    timeoutSeconds: path.timeoutSeconds,
    ...(cluster === undefined ? {} : { cluster }),
    ...(what.earlier?.length ? { earlier: what.earlier } : {}),
  };
}
