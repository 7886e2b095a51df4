import type { Facts } from '../catalog/facts.ts';
import type { GoldenPath } from '../catalog/path.ts';
import { orderOf } from '../catalog/render.ts';
import type { Ctx, Effects, PersonId } from '../kernel/index.ts';
import { earlier } from '../runs/earlier.ts';
import { runsWake } from '../runs/report.ts';
import type { Verb } from '../runs/run.ts';
import { about, type Store } from './keys.ts';
import type { Resource, ResourceState } from './store.ts';

/*
 * Runs that no request stands for: what is done to a thing because its time has come. Their keys say what they are, and
 * in which state the thing goes on when they fail.
 */

const letters = { active: 'a', hibernated: 'h', broken: 'b' } as const;
type Before = keyof typeof letters;
const states: Readonly<Record<string, Before>> = { a: 'active', h: 'hibernated', b: 'broken' };
export const isBefore = (state: ResourceState): state is Before => Object.hasOwn(letters, state);

/** A DNS label, the same for one try of one end: a second start of it is none. */
export const endRun = (resource: Resource, before: Before, tries: number): string =>
  `end-${letters[before]}-${tries}-${Math.floor((resource.expires ?? resource.changed).getTime() / 1000)}-${resource.slug}`;
const endKey = /^end-([ahb])-(\d+)-\d+-/;

/**
 * A run that has ended is not started again under its name: whoever presses *Delete now* after a try that failed, or
 * whose times were set anew meanwhile, goes on with the next one.
 */
async function freshRun(resource: Resource, before: Before, tries: number, ctx: Ctx<Store>): Promise<string> {
  const run = endRun(resource, before, tries);
  return (await ctx.store.runs.byKey(run)) ? freshRun(resource, before, tries + 1, ctx) : run;
}

/** What the key of a run says, when it is one of these. */
export function readEndRun(key: string): { readonly before: Before; readonly tries: number } | undefined {
  const [, letter = '', tries = ''] = endKey.exec(key) ?? [];
  const before = states[letter];
  return before && { before, tries: Number(tries) };
}

/** Nobody asks for it: expressions see the bot. */
const nobody: Facts['person'] = { name: 'Groundcrew', teams: [], roles: [] };

/** Starts it, and marks the thing. `by`: who wanted it now. */
export async function carryOut(
  resource: Resource,
  before: Before,
  path: GoldenPath,
  verb: Extract<Verb, 'delete' | 'hibernate'>,
  tries: number,
  ctx: Ctx<Store>,
  by?: PersonId,
): Promise<Effects> {
  const operation = path.operations.find((o) => o.verb === verb);
  const run = await freshRun(resource, before, tries, ctx);
  const facts: Facts = {
    path,
    params: resource.values,
    request: { number: 0 },
    resource: { slug: resource.slug, name: resource.name, state: resource.state },
    person: nobody,
    team: { name: resource.team, ...(resource.home === undefined ? {} : { home: resource.home }) },
    verb,
    cluster: resource.cluster ?? '',
    ...(operation ? { operation: operation.name } : {}),
    today: ctx.now.toISOString().slice(0, 10),
  };
  const order = orderOf(path, facts, {
    run,
    verb,
    earlier: await earlier(verb, resource, ctx),
    ...(operation ? { operation: operation.name } : {}),
  });
  await ctx.store.runs.start({ key: run, backend: path.backend.kind, order, at: ctx.now });
  await ctx.store.resources.change(resource.id, { state: verb === 'delete' ? 'deleting' : 'changing' }, ctx.now);
  await ctx.store.audit.append({
    at: ctx.now,
    who: by ?? 'groundcrew',
    what: `resource.${verb}`,
    about: about(resource),
    details: { run, tries, ...(resource.expires ? { expires: resource.expires.toISOString() } : {}) },
  });
  return [{ kind: 'act', action: runsWake, input: null, key: `runs.wake/${run}` }];
}
