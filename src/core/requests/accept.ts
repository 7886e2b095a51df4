import { clusterOf, isInCluster } from '../catalog/cluster.ts';
import { orderOf } from '../catalog/render.ts';
import type { Ctx, Effect, Effects } from '../kernel/index.ts';
import type { ResourceState } from '../resources/store.ts';
import { earlier } from '../runs/earlier.ts';
import { runsWake } from '../runs/report.ts';
import type { Order, Verb } from '../runs/run.ts';
import type { Assessment } from './assess.ts';
import { keys, runOf, type Store, slugOf } from './keys.ts';
import { editLive } from './live.ts';
import type { Request } from './store.ts';

/** How a thing is while something is done to it. */
export const whileDoing: Readonly<Record<Verb, ResourceState>> = {
  create: 'making',
  change: 'changing',
  restart: 'changing',
  rotate: 'changing',
  hibernate: 'changing',
  wake: 'changing',
  delete: 'deleting',
};

/** Starts a run for a request, in this transaction: a process that dies after it goes on with the run. */
export async function startRun(
  request: Request,
  backend: string,
  order: Omit<Order, 'run'>,
  ctx: Ctx<Store>,
): Promise<{ readonly tries: number; readonly run: string; readonly effects: Effects }> {
  const tries = request.tries + 1;
  const run = runOf(request.number, tries);
  // What was confirmed is also what may be lost: a plan that has come to do something else, or to destroy more, stops.
  const destroys = request.preview?.destroys ?? 0;
  const shown = order.verb === request.verb ? request.preview?.changes : undefined;
  const { confirmed: _, ...rest } = order;
  const whole = { ...rest, run, ...(destroys > 0 ? { destroys } : {}), ...(shown ? { confirmed: shown } : {}) };
  await ctx.store.runs.start({ key: run, backend, order: whole, at: ctx.now });
  return { tries, run, effects: [wake(run)] };
}

export const wake = (run: string): Effect => ({ kind: 'act', action: runsWake, input: {}, key: keys.wake(run) });

/**
 * What was confirmed and allowed becomes a run. Undefined when somebody else has taken the name at the same moment: then
 * nothing was written.
 */
export async function accept(
  request: Request,
  a: Assessment,
  ctx: Ctx<Store>,
  decided?: Request['decided'],
): Promise<{ readonly request: Request; readonly effects: Effects } | undefined> {
  const { resources, requests } = ctx.store;
  const reserved = { ...(a.quota ? { quota: a.quota } : {}), ...(a.cost ? { cost: a.cost } : {}) };
  const resource =
    a.resource ??
    (await resources.add({
      slug: slugOf(request.number),
      name: a.name,
      identity: a.identity,
      path: a.path.name,
      version: a.path.version,
      values: request.values,
      team: request.team,
      owner: request.requester,
      created: ctx.now,
      ...(isInCluster(a.path.backend.kind) ? { cluster: clusterOf(a.path, a.facts) ?? '' } : {}),
      ...reserved,
      ...(a.expires ? { expires: a.expires } : {}),
    }));
  if (!resource) return undefined;
  // What it will count is counted from now on, so that two who take the last place come one after the other.
  if (a.resource) await resources.change(resource.id, { state: whileDoing[request.verb], ...reserved }, ctx.now);
  // It is made where the thing was written down to be, even if the first cluster is another one by the time that it is.
  const facts = resource.cluster === undefined ? a.facts : { ...a.facts, cluster: resource.cluster };
  const { run: _, ...order } = orderOf(a.path, facts, {
    run: '',
    verb: request.verb,
    ...(request.operation === undefined ? {} : { operation: request.operation }),
    earlier: await earlier(request.verb, a.resource, ctx),
  });
  const started = await startRun(request, a.path.backend.kind, order, ctx);
  const change = {
    state: 'queued' as const,
    resource: resource.id,
    verdict: a.verdict,
    said: '',
    run: started.run,
    tries: started.tries,
    accepted: ctx.now,
    ...(a.cost ? { cost: a.cost } : {}),
    ...(decided ? { decided } : {}),
  };
  await requests.change(request.number, change, ctx.now);
  const { said: _said, ...rest } = request;
  const { said: _empty, ...changed } = change;
  const after: Request = { ...rest, ...changed };
  return {
    request: after,
    effects: [
      await editLive(after, ctx),
      { kind: 'never', key: keys.expiry(request.number) },
      { kind: 'never', key: keys.nudge(request.number) },
      ...started.effects,
    ],
  };
}
