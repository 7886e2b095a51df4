import { outputsOf } from '../catalog/amounts.ts';
import type { GoldenPath } from '../catalog/path.ts';
import { runPress } from '../help/views.ts';
import type { Button, Ctx, Effect, Effects, Person } from '../kernel/index.ts';
import { presses as resourcePresses } from '../resources/keys.ts';
import { times } from '../resources/lifetime.ts';
import { lost } from '../resources/lost.ts';
import type { Resource, ResourceChange, ResourceState } from '../resources/store.ts';
import type { Output, Progress, Verb } from '../runs/run.ts';
import { amountsOf } from './assess.ts';
import { keys, presses, type Store } from './keys.ts';
import { subjectOf } from './live.ts';
import { note } from './note.ts';
import { closedView, endedView, failedView, readyView } from './progress-view.ts';
import { decide, type Move } from './rules.ts';
import { factsOf } from './scope.ts';
import type { Request } from './store.ts';
import { press } from './view-parts.ts';

/** How a thing is after what was done to it has gone well, or has not. */
const afterwards: Readonly<Record<Verb, { readonly well: ResourceState; readonly ill: ResourceState }>> = {
  create: { well: 'active', ill: 'broken' },
  change: { well: 'active', ill: 'active' },
  restart: { well: 'active', ill: 'active' },
  rotate: { well: 'active', ill: 'active' },
  hibernate: { well: 'hibernated', ill: 'active' },
  wake: { well: 'active', ill: 'hibernated' },
  delete: { well: 'gone', ill: 'broken' },
};

type Ended = Extract<Progress['state'], 'ready' | 'failed' | 'cancelled'>;
const moveOf = (state: Ended, cleaning: boolean): Move =>
  state === 'ready' ? (cleaning ? 'cleaned' : 'finish') : state === 'failed' ? 'fail' : 'halt';

/** A try that never began knows nothing of what those before it have left. */
function known({ tries }: Request, progress: Progress): Progress {
  const { left: _, ...rest } = progress;
  return tries > 1 && progress.state === 'cancelled' && progress.steps.length === 0 ? rest : progress;
}

/** A run has ended: the thing, the request and what people see follow from it. */
export async function end(request: Request, reported: Progress, ctx: Ctx<Store>): Promise<Effects> {
  const progress = known(request, reported);
  const cleaning = request.state === 'cleaning';
  const decision = decide(moveOf(progress.state as Ended, cleaning), request);
  if (!decision.ok) return [];
  const well = progress.state === 'ready';
  const resource = request.resource === undefined ? undefined : await ctx.store.resources.take(request.resource);
  const by = await ctx.store.people.byId(request.requester);
  const { path } = await subjectOf(request, ctx);
  const outputs = outputsFor(request, path, by, resource, progress, ctx);
  const change = resource && changeOf(request, path, by, resource, { progress, cleaning, outputs }, ctx);
  if (resource && change) await ctx.store.resources.change(resource.id, change, ctx.now);
  const said = decision.state === 'cancelled' ? stoppedWords(cleaning, progress) : '';
  const ready = well && !cleaning ? { ready: ctx.now } : {};
  await ctx.store.requests.change(request.number, { state: decision.state, said, ...ready }, ctx.now);
  const { said: _, ...rest } = request;
  const after: Request = { ...rest, state: decision.state, ...ready, ...(said ? { said } : {}) };
  const now = resource && (await ctx.store.resources.byId(resource.id));
  const subject = { ...(path ? { path } : {}), ...(now ? { resource: now } : {}) };
  const next = nextAfterFailure(after, progress, now);
  const view = !well
    ? failedView(after, subject, progress, next)
    : cleaning
      ? closedView(after, subject, next)
      : readyView(after, subject, endOf(after, progress, now, outputs));
  // The news first: a platform may make an edit wait for minutes when many are made at once.
  const effects: Effect[] = [
    {
      kind: 'tell',
      person: request.requester,
      via: request.account,
      key: keys.end(request.number, request.tries),
      view,
    },
    { kind: 'edit', key: keys.live(request.number), view: endedView(after, subject, progress) },
    ...(progress.missing && resource && request.verb !== 'delete'
      ? await lost(resource, ctx)
      : now
        ? times(now, ctx.settings, ctx.now)
        : []),
  ];
  await note(cleaning && well ? 'cleaned-up' : progress.state, after, 'groundcrew', ctx, {
    ...(progress.native === undefined ? {} : { native: progress.native }),
    ...(progress.message === undefined || well ? {} : { message: progress.message }),
    ...(progress.left?.length ? { left: progress.left } : {}),
  });
  return effects;
}

function outputsFor(
  request: Request,
  path: GoldenPath | undefined,
  by: Person | undefined,
  resource: Resource | undefined,
  progress: Progress,
  ctx: Ctx<Store>,
): readonly Output[] {
  if (!path || !by) return progress.outputs;
  return outputsOf(path, factsOf(path, request, by, ctx.now, resource), progress.outputs);
}

type How = { readonly progress: Progress; readonly cleaning: boolean; readonly outputs: readonly Output[] };

function changeOf(
  request: Request,
  path: GoldenPath | undefined,
  by: Person | undefined,
  resource: Resource,
  { progress, cleaning, outputs }: How,
  ctx: Ctx<Store>,
): ResourceChange {
  const well = progress.state === 'ready';
  if (cleaning) return { state: well ? 'gone' : 'broken' };
  const { verb } = request;
  // What is missing without having been deleted by us is told apart (`lost`).
  if (progress.missing) return verb === 'delete' ? { state: 'gone' } : {};
  if (!well) {
    // A backend that says for certain that nothing is left lets go of the name.
    if (verb === 'create' && progress.left?.length === 0 && progress.state === 'cancelled') return { state: 'gone' };
    return { state: afterwards[verb].ill, ...(verb === 'change' ? asBefore(request, path, by, resource, ctx) : {}) };
  }
  if (verb === 'create') return { state: 'active', outputs };
  if (verb === 'change')
    return {
      state: 'active',
      values: request.values,
      version: request.version,
      ...(outputs.length > 0 ? { outputs } : {}),
    };
  return { state: afterwards[verb].well };
}

/** A change that did not come about counts what it counted before. */
function asBefore(
  request: Request,
  path: GoldenPath | undefined,
  by: Person | undefined,
  resource: Resource,
  ctx: Ctx<Store>,
): ResourceChange {
  if (!path || !by) return {};
  const { cost, quota } = amountsOf(path, factsOf(path, request, by, ctx.now, resource), resource.values);
  return { ...(cost ? { cost } : {}), ...(quota ? { quota } : {}) };
}

const stoppedWords = (cleaning: boolean, progress: Progress): string =>
  cleaning && progress.state === 'ready'
    ? 'Cleaned up: nothing is left, and the name is free again.'
    : progress.left === undefined
      ? 'Stopped. Something may be left behind.'
      : progress.left.length === 0
        ? 'Stopped. Nothing is left behind.'
        : `Stopped. ${progress.left.length === 1 ? 'One thing is' : `${progress.left.length} things are`} left behind.`;

const open = (resource: Resource): Button => ({
  label: 'Open it',
  press: { name: resourcePresses.show, value: JSON.stringify({ id: resource.id }) },
  tone: 'primary',
});
const mine: Button = { label: 'Everything I have', press: { name: runPress, value: JSON.stringify('mine') } };

const endOf = (request: Request, progress: Progress, resource: Resource | undefined, outputs: readonly Output[]) => {
  const there = request.verb !== 'delete' && request.verb !== 'hibernate';
  const expires = there ? resource?.expires : undefined;
  return {
    outputs: there && request.verb !== 'restart' ? outputs : [],
    links: progress.links,
    next: request.verb === 'delete' || !resource ? [] : [open(resource), mine],
    ...(expires ? { expires } : {}),
  };
};

function nextAfterFailure(request: Request, progress: Progress, resource: Resource | undefined): readonly Button[] {
  const { number, verb } = request;
  if (!resource || resource.state === 'gone')
    return verb === 'create' ? [press('Ask again', presses.again, { number }, { opens: 'form' })] : [];
  return [
    press('Try again', presses.retry, { number }, { tone: 'primary' }),
    ...(verb === 'create'
      ? [
          press(
            'Clean up',
            presses.clean,
            { number },
            {
              tone: 'danger' as const,
              confirm: `Remove what was made${progress.left?.length ? ` (${progress.left.length})` : ''} and free the name?`,
            },
          ),
        ]
      : []),
  ];
}
