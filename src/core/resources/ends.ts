import { z } from 'zod';
import type { GoldenPath } from '../catalog/path.ts';
import { type Ctx, type Effect, type Effects, onDue, onObserved, Problem } from '../kernel/index.ts';
import { moved, runMoved } from '../runs/report.ts';
import { ended, type Progress } from '../runs/run.ts';
import { carryOut, isBefore, readEndRun } from './carry.ts';
import { jobs, keys, reminderSlots, type Store } from './keys.ts';
import { ending, times, useful } from './lifetime.ts';
import { pathOf } from './parts.ts';
import { reachable, tellKeepers, tellTeam } from './reach.ts';
import type { Resource } from './store.ts';
import { asleepView, deletedView, deletingView, reminderView, stuckView } from './told-view.ts';

/* What happens when the time of a thing comes: reminders, sleep, the end. */

const minute = 60_000;
/** How long something else may take before the end is looked at again. */
const waitMs = 10 * minute;
/** After a try that failed. After the last of them people are told, and it goes on once a day. */
const retryMs = [15 * minute, 120 * minute] as const;
const dailyMs = 24 * 60 * minute;
/** How long a thing that ended stays while somebody has to decide whether it may live longer. */
const graceMs = 3 * dailyMs;

const again = (id: string, tries: number, at: Date): Effect => ({
  kind: 'later',
  job: jobs.expire,
  input: { id, tries },
  at,
  key: keys.expire(id),
});
const after = (ctx: Ctx<Store>, ms: number) => new Date(ctx.now.getTime() + ms);

/** Tells whoever looks after it, and the owner of its path, that it could not be ended. */
async function stuck(resource: Resource, why: string, tries: number, ctx: Ctx<Store>): Promise<Effects> {
  const path = pathOf(resource, ctx);
  const view = stuckView(resource, path, why);
  const key = keys.ended(resource.id, 'stuck', resource.expires ?? ctx.now);
  const told = [
    ...(await tellKeepers(resource, view, key, ctx)),
    ...(path ? await tellTeam(path.owner, view, key, ctx) : await tellPlatform(resource, view, key, ctx)),
  ];
  return [...told, again(resource.id, tries + 1, after(ctx, dailyMs))];
}
const tellPlatform = async (resource: Resource, view: ReturnType<typeof stuckView>, key: string, ctx: Ctx<Store>) =>
  (await ctx.store.people.holding(['platform'], 10))
    .filter((p) => p.id !== resource.owner && reachable(p))
    .map((p): Effect => ({ kind: 'tell', person: p.id, view, key }));

async function expire(id: string, tries: number, ctx: Ctx<Store>): Promise<Effects> {
  const resource = await ctx.store.resources.take(id);
  if (!resource) return [];
  const path = pathOf(resource, ctx);
  const sleeps = path?.operations.some((o) => o.verb === 'hibernate') === true;
  const end = ending(resource, path?.ttl, sleeps, ctx.now);
  if (end.is === 'nothing') return [];
  if (end.is === 'early') return times(resource, ctx.settings, ctx.now);
  if (end.is === 'wait' || undecided(resource, ctx)) return [again(id, tries, after(ctx, waitMs))];
  if (!isBefore(resource.state)) return [];
  const { state } = resource;
  if (!path)
    return stuck(
      resource,
      `Its golden path “${resource.path}” isn’t in the catalog any more, or doesn’t load.`,
      tries,
      ctx,
    );
  try {
    const started = await carryOut(resource, state, path, end.is, tries, ctx);
    if (end.is === 'hibernate' || tries > 0) return started;
    const key = keys.ended(id, 'delete', resource.expires ?? ctx.now);
    return [...started, ...(await tellKeepers(resource, deletingView(resource, path), key, ctx)), ...closed(resource)];
  } catch (error) {
    // What the path says can’t be worked out: its owner has to mend it, and the end must not be forgotten.
    if (error instanceof Problem) return stuck(resource, error.message, tries, ctx);
    throw error;
  }
}
const undecided = ({ asked, expires }: Resource, ctx: Ctx<Store>): boolean =>
  asked !== undefined && expires !== undefined && ctx.now.getTime() - expires.getTime() < graceMs;

/** What its reminders say is over: none of their buttons is of use any more. */
export function closed(resource: Resource, view = deletingView(resource, undefined)): Effects {
  const { id, expires } = resource;
  if (!expires) return [];
  return Array.from({ length: reminderSlots }, (_, slot) => ({
    kind: 'edit',
    key: keys.reminder(id, slot, expires),
    view,
  }));
}

type Outcome = { readonly resource: Resource; readonly path: GoldenPath | undefined; readonly tries: number };

async function deleted({ resource, path }: Outcome, ctx: Ctx<Store>): Promise<Effects> {
  await ctx.store.resources.change(resource.id, { state: 'gone', expires: null, offer: null, asked: null }, ctx.now);
  const over = resource.expires !== undefined && resource.expires <= ctx.now;
  const view = deletedView(resource, path, over);
  const key = keys.ended(resource.id, 'delete', resource.expires ?? ctx.now);
  return [
    { kind: 'edit', key, view },
    ...closed(resource, view),
    ...times({ ...resource, state: 'gone' }, ctx.settings, ctx.now),
  ];
}

async function asleep({ resource, path }: Outcome, ctx: Ctx<Store>): Promise<Effects> {
  const { id, expires } = resource;
  const grace = after(ctx, (path?.ttl?.hibernates ?? dailyMs / 1000) * 1000);
  // Whoever extended it while it fell asleep keeps what they were granted.
  const until = expires && expires > ctx.now ? expires : grace;
  await ctx.store.resources.change(id, { state: 'hibernated', expires: until }, ctx.now);
  const key = keys.ended(id, 'sleep', expires ?? ctx.now);
  return [
    ...(await tellKeepers(resource, asleepView(resource, path, until), key, ctx)),
    ...times({ id, expires: until, state: 'hibernated' }, ctx.settings, ctx.now),
  ];
}

async function failed({ resource, tries }: Outcome, before: Resource['state'], progress: Progress, ctx: Ctx<Store>) {
  await ctx.store.resources.change(resource.id, { state: before }, ctx.now);
  const pause = retryMs[tries];
  if (pause !== undefined) return [again(resource.id, tries + 1, after(ctx, pause))];
  return stuck(resource, progress.message ?? 'The system that runs it did not say why.', tries, ctx);
}

const timed = z.object({ id: z.uuid(), tries: z.int().nonnegative() });
export const ends = [
  onDue(
    jobs.remind,
    z.object({ id: z.uuid(), slot: z.int().nonnegative() }),
    async ({ id, slot }, _, ctx: Ctx<Store>) => {
      const resource = await ctx.store.resources.byId(id);
      if (
        !resource?.expires ||
        resource.state === 'gone' ||
        resource.state === 'deleting' ||
        resource.state === 'missing'
      )
        return [];
      if (!useful(ctx.settings, slot, resource.expires, ctx.now)) return [];
      const view = reminderView(resource, pathOf(resource, ctx), slot, ctx.now);
      return tellKeepers(resource, view, keys.reminder(id, slot, resource.expires), ctx);
    },
  ),
  onDue(jobs.expire, timed, async ({ id, tries }, _, ctx: Ctx<Store>) => expire(id, tries, ctx)),
  onObserved(runMoved, moved, async ({ key, attempt, progress }, ctx: Ctx<Store>): Promise<Effects> => {
    const end = readEndRun(key);
    if (!end || !(await ctx.store.runs.moved(key, attempt, progress, ctx.now)) || !ended(progress.state)) return [];
    const run = await ctx.store.runs.byKey(key);
    const resource = run && (await ctx.store.resources.takeSlug(run.order.resource));
    if (!resource) return [];
    const outcome = { resource, path: pathOf(resource, ctx), tries: end.tries };
    const deletes = run.order.verb === 'delete';
    if (progress.missing || (deletes && progress.state === 'ready')) return deleted(outcome, ctx);
    return progress.state === 'ready' ? asleep(outcome, ctx) : failed(outcome, end.before, progress, ctx);
  }),
];
