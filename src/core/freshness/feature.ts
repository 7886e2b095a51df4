import { z } from 'zod';
import type { Facts } from '../catalog/facts.ts';
import { findPath } from '../catalog/find.ts';
import { readValues } from '../catalog/form.ts';
import type { GoldenPath, Values } from '../catalog/path.ts';
import { orderOf, render } from '../catalog/render.ts';
import {
  type Ctx,
  type Effect,
  type Effects,
  type Feature,
  onCommand,
  onDue,
  onObserved,
  onPress,
  type PersonCtx,
  type PersonId,
  Problem,
  whisper,
} from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import type { WithAudit } from '../requests/store.ts';
import { tellTeam } from '../resources/reach.ts';
import { moved, runMoved, runsWake } from '../runs/report.ts';
import { ended, type Order, type Progress, type WithRuns } from '../runs/run.ts';
import { canaryRun, canarySlug, dueNow, failuresOf, type Phase, phaseOf } from './rules.ts';
import type { PathHealth, WithHealth } from './store.ts';
import { healthView, presses, startedView, type Tidings, tidingsView } from './views.ts';

/*
 * A canary makes what a path makes, waits until it is ready, and deletes it: by the same runs as everybody's, but nobody
 * owns it, and nobody hears of it unless something is wrong.
 */

type Store = WithHealth & WithRuns & WithPeople & WithAudit;
type Fresh = Ctx<Store>;

const lookMs = 15 * 60_000;
const jobs = { look: 'freshness.look' } as const;
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
async function begin(
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
      effects.push(...(await tellTeam(path.owner, view, key(changed), ctx)));
      for (const { id } of await ctx.store.people.holding(['admin', 'platform'], told))
        effects.push({ kind: 'tell', person: id, view, key: key(changed) });
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
async function ran(phase: Phase, order: Order, backend: string, progress: Progress, ctx: Fresh): Promise<Effects> {
  const health = await ctx.store.health.take(order.path);
  if (health?.run !== order.run) return [];
  const path = ctx.catalog.paths.find((p) => p.name === order.path);
  const ready = progress.state === 'ready';
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
      end(
        path,
        health,
        ready || progress.missing ? undefined : `It was made, but could not be deleted. ${wordsOf(progress)}`,
        ctx,
      ),
    // What is left is in the way of the next canary, and only a person can take it away.
    clean: () =>
      end(
        path,
        health,
        ready || progress.missing
          ? (health.said ?? wordsOf(progress))
          : `${health.said ?? 'It could not be made.'} What it left behind (${order.resource}) could not be deleted either: ${wordsOf(progress)}`,
        ctx,
      ),
  };
  return next[phase]();
}

async function look(ctx: Fresh): Promise<Effects> {
  const effects: Effect[] = [];
  for (const path of ctx.catalog.paths) {
    if (!path.verify) continue;
    const health = await ctx.store.health.take(path.name);
    if (dueNow(path, health, ctx.now)) effects.push(...(await begin(path, health, ctx)));
  }
  return [...effects, ...later(ctx, lookMs)];
}
const later = (ctx: Fresh, ms: number): Effects => [
  { kind: 'later', job: jobs.look, input: {}, at: new Date(ctx.now.getTime() + ms), key: jobs.look },
];

async function verify(path: GoldenPath, ctx: PersonCtx<Store>): Promise<Effects> {
  const health = await ctx.store.health.take(path.name);
  if (!path.verify || path.unavailable !== undefined)
    throw new Problem(
      'path_not_verifiable',
      path.unavailable ??
        `“${path.title}” has no verify section in its path.yaml, so there is nothing to run. Its owner, ${path.owner}, can add one.`,
    );
  if (health?.run !== undefined) {
    await ctx.store.health.put({ ...health, wanted: ctx.by.id });
    return [whisper(startedView(path, false))];
  }
  const effects = await begin(path, health, ctx, ctx.by.id);
  return [...effects, whisper(startedView(path, true))];
}

function known(name: string, ctx: Fresh): GoldenPath {
  const found = findPath(ctx.catalog, name);
  if (found.is === 'found') return found.path;
  throw new Problem(
    'path_unknown',
    found.is === 'broken'
      ? `The golden path “${name}” doesn’t load at the moment, so it can’t be verified. Ask for the catalog to see why.`
      : `There is no golden path “${name.slice(0, 60)}”. Ask for the catalog to see what there is.`,
  );
}

async function overview(ctx: PersonCtx<Store>): Promise<Effects> {
  const all = await ctx.store.health.all();
  const rows = ctx.catalog.paths
    .filter((path) => path.verify)
    .map((path) => ({ path, health: all.find((h) => h.path === path.name) }))
    .toSorted((a, b) => failuresOf(b.path, b.health) - failuresOf(a.path, a.health));
  return [whisper(healthView(rows.slice(0, 20), ctx.now))];
}

/** Whether golden paths still work, found out by using them. */
export const fresh: Feature<Store> = {
  name: 'freshness',
  handlers: [
    onCommand(
      'verify',
      { summary: 'How fresh the golden paths are; with a name, a test run of one', usage: '[path]', may: ['platform'] },
      async (args, ctx: PersonCtx<Store>) => (args.trim() === '' ? overview(ctx) : verify(known(args, ctx), ctx)),
    ),
    onPress(presses.verify, z.object({ path: z.string() }), ['platform'], async ({ path }, ctx: PersonCtx<Store>) =>
      verify(known(path, ctx), ctx),
    ),
    // The first look waits a moment, so that what a restart brings has settled.
    onObserved('started', z.object({}), async (_, ctx: Fresh) => later(ctx, 60_000)),
    onDue(jobs.look, z.object({}), async (_, __, ctx: Fresh) => look(ctx)),
    onObserved(runMoved, moved, async ({ key, attempt, progress }, ctx: Fresh): Promise<Effects> => {
      const phase = phaseOf(key);
      if (!phase || !(await ctx.store.runs.moved(key, attempt, progress, ctx.now)) || !ended(progress.state)) return [];
      const run = await ctx.store.runs.byKey(key);
      return run ? ran(phase, run.order, run.backend, progress, ctx) : [];
    }),
  ],
};
