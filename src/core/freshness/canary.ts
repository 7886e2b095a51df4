import type { Facts } from '../catalog/facts.ts';
import { readValues } from '../catalog/form.ts';
import type { GoldenPath, Values } from '../catalog/path.ts';
import { orderOf, render } from '../catalog/render.ts';
import { type Ctx, type Effect, type Effects, type PersonId, Problem, type View } from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import type { WithAudit } from '../requests/store.ts';
import { tellTeam } from '../resources/reach.ts';
import { runsWake } from '../runs/report.ts';
import type { Order, Progress, WithRuns } from '../runs/run.ts';
import { canaryRun, canarySlug, dueNow, failuresOf, type Phase, sweepRun } from './rules.ts';
import type { PathHealth, WithHealth } from './store.ts';
import { type Tidings, tidingsView } from './views.ts';

/*
 * A canary makes what a path makes, waits until it is ready, and deletes it: by the same runs as everybody's, but nobody
 * owns it, and nobody hears of it unless something is wrong.
 */

export type Store = WithHealth & WithRuns & WithPeople & WithAudit;
export type Fresh = Ctx<Store>;

/** How many of those in charge are told. */
const told = 10;

const wake = (run: string): Effect => ({ kind: 'act', action: runsWake, input: null, key: `runs.wake/${run}` });

/** What expressions see of a canary. Its parameters may use them: a name of its own is `${{ resource.slug }}`. */
const factsOf = (path: GoldenPath, slug: string, params: Values, now: Date): Facts => ({
  path,
  params,
  request: { number: 0 },
  resource: { slug, name: slug },
  person: { name: 'Groundcrew', teams: [], roles: [] },
  team: { name: path.owner },
  verb: 'create',
  today: now.toISOString().slice(0, 10),
});

function orderFor(path: GoldenPath, started: Date): Order {
  const slug = canarySlug(path.name, started);
  const given = path.verify?.parameters ?? {};
  const rendered = render(given, factsOf(path, slug, given, started), `${path.name}: verify.parameters`) as Values;
  // Defaults and limits are those of everybody's form.
  const read = readValues(path, rendered);
  if (!read.ok)
    throw new Problem(
      'path_not_verifiable',
      `The verify section of ${path.name} doesn’t fit its parameters: ${Object.entries(read.errors)
        .map(([name, what]) => `${name}: ${what}`)
        .join(' ')} Its owner has to correct it.`,
    );
  const params = read.values;
  return orderOf(path, factsOf(path, slug, params, started), {
    run: canaryRun('create', path.name, started),
    verb: 'create',
  });
}

const note = (what: string, path: string, ctx: Fresh, details: Readonly<Record<string, unknown>>, who?: PersonId) =>
  ctx.store.audit.append({
    at: ctx.now,
    who: who ?? 'groundcrew',
    what: `path.${what}`,
    about: `path/${path}`,
    details,
  });

/** Begins a canary; one that cannot even be rendered has failed already. */
export async function begin(
  path: GoldenPath,
  before: PathHealth | undefined,
  ctx: Fresh,
  wanted?: PersonId,
): Promise<Effects> {
  const health: PathHealth = {
    path: path.name,
    version: path.version,
    failures: failuresOf(path, before),
    // Another version is given the benefit of the doubt, and is offered at once.
    hidden: before?.version === path.version && before.hidden,
    started: ctx.now,
    ...(before?.verified ? { verified: before.verified } : {}),
    ...(wanted === undefined ? {} : { wanted }),
  };
  // It would stumble over what an earlier one left behind.
  if (before?.left) return sweep({ ...before, ...(wanted === undefined ? {} : { wanted }) }, ctx);
  let order: Order;
  try {
    order = orderFor(path, ctx.now);
  } catch (error) {
    if (error instanceof Problem) return end(path, health, error.message, ctx);
    throw error;
  }
  await ctx.store.runs.start({ key: order.run, backend: path.backend.kind, order, at: ctx.now });
  await ctx.store.health.put({ ...health, run: order.run });
  return [wake(order.run)];
}

/** Deletes what a canary made, by the order that made it: the path may have changed or be gone by now. */
async function remove(phase: 'delete' | 'clean', backend: string, made: Order, health: PathHealth, ctx: Fresh) {
  const run = canaryRun(phase, health.path, health.started);
  await ctx.store.runs.start({ key: run, backend, order: { ...made, run, verb: 'delete' }, at: ctx.now });
  await ctx.store.health.put({ ...health, run });
  return [wake(run)];
}

/** Tries again to delete what a canary left behind, by the order that made it. */
export async function sweep(health: PathHealth, ctx: Fresh): Promise<Effects> {
  const last = health.left && (await ctx.store.runs.byKey(health.left.run));
  if (!health.left || !last) return [];
  const run = sweepRun(last.order.resource, health.left.tries);
  await ctx.store.runs.start({ key: run, backend: last.backend, order: { ...last.order, run }, at: ctx.now });
  await ctx.store.health.put({ ...health, run });
  return [wake(run)];
}

/** What was left behind is gone, and the canary that it was in the way of begins; or it is tried again later. */
async function swept(
  path: GoldenPath | undefined,
  { run, left, ...health }: PathHealth,
  failure: string | undefined,
  ctx: Fresh,
): Promise<Effects> {
  const wanted = path !== undefined && (health.wanted !== undefined || dueNow(path, health, ctx.now));
  if (failure === undefined) {
    await ctx.store.health.put(health);
    return wanted ? begin(path, health, ctx, health.wanted) : [];
  }
  const after = { ...health, ...(run ? { left: { run, tries: (left?.tries ?? 0) + 1, at: ctx.now } } : {}) };
  if (wanted) return end(path, { ...after, version: path.version, started: ctx.now }, failure, ctx);
  await ctx.store.health.put(after);
  return [];
}

/** Tells those who own a path, and those who run the platform: where all of them look, or else one by one. */
async function announce(path: GoldenPath, view: View, key: string, ctx: Fresh): Promise<Effects> {
  const { approvals, triage } = ctx.settings.channels;
  const team = await tellTeam(path.owner, view, key, ctx);
  const there = new Set(team.flatMap((e) => (e.kind === 'say' ? [e.place] : [])));
  const places = (approvals.length > 0 ? approvals : triage).filter((place) => !there.has(place));
  if (places.length > 0 || there.size > 0)
    return [...team, ...places.map((place): Effect => ({ kind: 'say', place, view, key }))];
  const holders = await ctx.store.people.holding(['admin', 'platform'], told);
  return [...team, ...holders.map(({ id }): Effect => ({ kind: 'tell', person: id, view, key }))];
}

/** Notes how a canary went, and tells whoever it concerns when that changes what is offered. */
async function end(
  path: GoldenPath | undefined,
  health: PathHealth,
  failure: string | undefined,
  ctx: Fresh,
): Promise<Effects> {
  const { run: _, wanted, said: __, ...rest } = health;
  const failures = failure === undefined ? 0 : health.failures + 1;
  const hidden = path?.verify !== undefined && failures >= path.verify.hideAfter;
  const after: PathHealth = {
    ...rest,
    failures,
    hidden,
    ...(failure === undefined ? { verified: ctx.now } : { said: failure }),
  };
  await ctx.store.health.put(after);
  const effects: Effect[] = [];
  if (path) {
    const key = (what: Tidings) => `path/${path.name}/${what}/${health.started.getTime()}`;
    const changed: Tidings | undefined = hidden === health.hidden ? undefined : hidden ? 'hidden' : 'shown';
    if (changed) {
      const view = tidingsView(changed, path, failure);
      effects.push(...(await announce(path, view, key(changed), ctx)));
    }
    const answer: Tidings = failure === undefined ? 'verified' : 'failed';
    if (wanted)
      effects.push({ kind: 'tell', person: wanted, view: tidingsView(answer, path, failure), key: key(answer) });
  }
  await note(failure === undefined ? 'verified' : hidden ? 'hidden' : 'failed', health.path, ctx, {
    version: health.version,
    ...(failure === undefined ? {} : { because: failure, failures }),
  });
  return effects;
}

const wordsOf = (progress: Progress): string => progress.message ?? 'The system that runs it did not say why.';

/** What follows from how a run of a canary ended. */
export async function ran(
  phase: Phase,
  order: Order,
  backend: string,
  progress: Progress,
  ctx: Fresh,
): Promise<Effects> {
  const health = await ctx.store.health.take(order.path);
  if (health?.run !== order.run) return [];
  const path = ctx.catalog.paths.find((p) => p.name === order.path);
  const ready = progress.state === 'ready';
  const gone = ready || progress.missing === true;
  // What is left is in the way of the next canary.
  const after: PathHealth = gone ? health : { ...health, left: { run: order.run, tries: 1, at: ctx.now } };
  const again = 'I try again by myself.';
  const next: { readonly [P in Phase]: () => Promise<Effects> } = {
    create: () =>
      remove(
        ready ? 'delete' : 'clean',
        backend,
        order,
        { ...health, ...(ready ? {} : { said: wordsOf(progress) }) },
        ctx,
      ),
    delete: () =>
      end(path, after, gone ? undefined : `It was made, but could not be deleted. ${wordsOf(progress)} ${again}`, ctx),
    clean: () =>
      end(
        path,
        after,
        gone
          ? (health.said ?? wordsOf(progress))
          : `${health.said ?? 'It could not be made.'} What it left behind (${order.resource}) could not be deleted either: ${wordsOf(progress)} ${again}`,
        ctx,
      ),
    sweep: () =>
      swept(
        path,
        health,
        gone
          ? undefined
          : `What a test run left behind (${order.resource}) can’t be deleted: ${wordsOf(progress)} ${again}`,
        ctx,
      ),
  };
  return next[phase]();
}
