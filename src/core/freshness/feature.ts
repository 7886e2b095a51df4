import { z } from 'zod';
import { findPath } from '../catalog/find.ts';
import type { GoldenPath } from '../catalog/path.ts';
import {
  type Effect,
  type Effects,
  type Feature,
  onCommand,
  onDue,
  onObserved,
  onPress,
  type PersonCtx,
  Problem,
  whisper,
} from '../kernel/index.ts';
import { moved, runMoved } from '../runs/report.ts';
import { ended } from '../runs/run.ts';
import { begin, type Fresh, ran, type Store, sweep } from './canary.ts';
import { canaryPrefix, dueNow, failuresOf, phaseOf, sweepDue } from './rules.ts';
import { healthView, presses, startedView } from './views.ts';

const lookMs = 15 * 60_000;
const jobs = { look: 'freshness.look' } as const;
/** Runs of canaries are kept for so long after their end. */
const keptMs = 30 * 86_400_000;

async function look(ctx: Fresh): Promise<Effects> {
  const effects: Effect[] = [];
  const paths = new Map(ctx.catalog.paths.map((path) => [path.name, path]));
  // What a path left behind is taken away when the path itself is gone, too.
  const left = (await ctx.store.health.all()).filter((h) => h.left).map((h) => h.path);
  for (const name of new Set([...paths.keys(), ...left]).values()) {
    const path = paths.get(name);
    if (!path?.verify && !left.includes(name)) continue;
    const health = await ctx.store.health.take(name);
    if (path && dueNow(path, health, ctx.now)) effects.push(...(await begin(path, health, ctx)));
    else if (health?.left && health.run === undefined && sweepDue(health.left, ctx.now))
      effects.push(...(await sweep(health, ctx)));
  }
  await ctx.store.runs.forget(canaryPrefix, new Date(ctx.now.getTime() - keptMs));
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
  area: 'How it goes',
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
