import type { GoldenPath, Values } from '../catalog/path.ts';
import { orderOf } from '../catalog/render.ts';
import {
  type Ctx,
  type Effect,
  type Effects,
  isDirect,
  type Json,
  type Person,
  type PersonCtx,
} from '../kernel/index.ts';
import type { Resource } from '../resources/store.ts';
import { earlier } from '../runs/earlier.ts';
import { runPreview } from '../runs/report.ts';
import { planningView } from './confirm-view.ts';
import { keys, runOf, type Store } from './keys.ts';
import { editLive, subjectOf } from './live.ts';
import { note } from './note.ts';
import { factsOf } from './scope.ts';
import type { Request } from './store.ts';
import { answer, type Subject, thingOf } from './view-parts.ts';

/** A request that nobody confirms is closed after this long. */
const confirmWithinMs = 86_400_000;

/**
 * Something to make from a path, or an operation of it on a thing that is there. Without an operation a thing that is
 * there moves on to the path's version.
 */
export type Wish = {
  readonly path: GoldenPath;
  readonly operation?: string;
  readonly resource?: Resource;
  readonly values: Values;
  readonly team: string;
};

/**
 * Writes the request down, answers with its one message, and asks the backend what would happen. Nothing is made before
 * the person confirms.
 */
export async function begin(ctx: PersonCtx<Store>, wish: Wish): Promise<Effects> {
  const { path, operation, resource, values, team } = wish;
  const verb = path.operations.find((o) => o.name === operation)?.verb ?? (resource ? 'change' : 'create');
  const request = await ctx.store.requests.add({
    verb,
    path: path.name,
    version: path.version,
    values,
    team,
    requester: ctx.by.id,
    account: ctx.account,
    created: ctx.now,
    ...(operation === undefined ? {} : { operation }),
    ...(resource ? { resource: resource.id } : {}),
    ...(ctx.place ? { place: ctx.place } : {}),
  });
  const subject = { path, ...(resource ? { resource } : {}) };
  const effects: Effects = [
    {
      kind: 'tell',
      person: ctx.by.id,
      via: ctx.account,
      key: keys.live(request.number),
      view: planningView(request, subject),
    },
    ...(await lookAhead(request, path, ctx.by, ctx, resource)),
    ...(ctx.place && !isDirect(ctx.place) ? [elsewhere(request, subject)] : []),
  ];
  await note('asked', request, ctx.by.id, ctx);
  return effects;
}

/** Who asks in a channel is told where it goes on: a request is between them and us. */
const elsewhere = (request: Request, subject: Subject): Effect =>
  answer(
    thingOf(request, subject),
    `Request #${request.number}: I’m finding out what would happen, and write to you directly. Nothing is made before you say so there.`,
    'info',
  );

/** Finds out what would happen, and sees to it that a request that is forgotten does not stay for ever. */
async function lookAhead(
  request: Request,
  path: GoldenPath,
  by: Person,
  ctx: Ctx<Store>,
  resource: Resource | undefined,
): Promise<Effects> {
  const { number, plans, verb, operation } = request;
  const order = orderOf(path, factsOf(path, request, by, ctx.now, resource), {
    run: runOf(number, request.tries + 1),
    verb,
    earlier: await earlier(verb, resource, ctx),
    ...(operation === undefined ? {} : { operation }),
  });
  const input = { request: number, backend: path.backend.kind, order: ctx.store.runs.kept(order) } satisfies Record<
    string,
    unknown
  > as Json;
  return [
    { kind: 'act', action: runPreview, input, key: keys.plan(number, plans) },
    {
      kind: 'later',
      job: 'request.expire',
      input: { number },
      at: new Date(ctx.now.getTime() + confirmWithinMs),
      key: keys.expiry(number),
    },
  ];
}

/** Looks anew at a request that is already there: with other values, or since its path has changed. */
export async function replan(
  request: Request,
  path: GoldenPath,
  by: Person,
  ctx: Ctx<Store>,
  change: { readonly values?: Values; readonly team?: string; readonly said?: string } = {},
): Promise<{ readonly request: Request; readonly effects: readonly Effect[] }> {
  const changed = {
    state: 'planning' as const,
    version: path.version,
    plans: request.plans + 1,
    said: change.said ?? '',
    ...(change.values ? { values: change.values } : {}),
    ...(change.team === undefined ? {} : { team: change.team }),
  };
  await ctx.store.requests.change(request.number, changed, ctx.now);
  const { said: _, ...rest } = request;
  const after: Request = { ...rest, ...changed, ...(change.said ? { said: change.said } : {}) };
  const { resource } = await subjectOf(after, ctx);
  return {
    request: after,
    effects: [await editLive(after, ctx), ...(await lookAhead(after, path, by, ctx, resource))],
  };
}
