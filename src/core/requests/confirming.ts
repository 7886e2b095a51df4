import {
  type Ctx,
  type Effects,
  type Handler,
  onDue,
  onOutcome,
  onPress,
  type PersonCtx,
  whisper,
} from '../kernel/index.ts';
import { lost } from '../resources/lost.ts';
import { previewed, runPreview } from '../runs/report.ts';
import type { Preview } from '../runs/run.ts';
import { accept } from './accept.ts';
import { askApproval, mayRead, withdrawn } from './approving.ts';
import { assess, busy, refusedBy } from './assess.ts';
import { replan } from './begin.ts';
import { check, sameAsSeen } from './check.ts';
import { confirmView, hindrance } from './confirm-view.ts';
import { keys, numbered, planned, presses, type Store } from './keys.ts';
import { editLive, liveView, mineOnly, subjectOf, take } from './live.ts';
import { note } from './note.ts';
import { decide } from './rules.ts';
import { pathOf } from './scope.ts';
import type { Request, RequestChange } from './store.ts';
import { answer, detailBlocks, thingOf } from './view-parts.ts';

const title = (number: number) => `Request #${number}`;

/** Writes a change down, and shows it. */
async function changed(request: Request, change: RequestChange, ctx: Ctx<Store>): Promise<Effects> {
  await ctx.store.requests.change(request.number, change, ctx.now);
  const { said: _, ...rest } = request;
  const { said, ...more } = change;
  return [await editLive({ ...rest, ...more, ...(said ? { said } : {}) }, ctx)];
}

/** What would happen has been found out: the person sees it, with what it costs and whether it may be. */
async function shown(request: Request, preview: Preview, ctx: Ctx<Store>): Promise<Effects> {
  const by = await ctx.store.people.byId(request.requester);
  const found = pathOf(request, ctx);
  if (found.ok && by && found.path.version !== request.version) {
    const why = `${found.path.title} is at version ${found.path.version} now, so I’m looking again.`;
    return (await replan(request, found.path, by, ctx, { said: why })).effects;
  }
  const looked: Request = { ...request, state: 'confirming', preview };
  const change = { state: 'confirming', preview } as const;
  if (!found.ok || !by) return changed(looked, change, ctx);
  try {
    const a = await assess(looked, found.path, by, ctx);
    const { verdict, cost } = a;
    await ctx.store.requests.change(request.number, { ...change, verdict, ...(cost ? { cost } : {}) }, ctx.now);
    return [{ kind: 'edit', key: keys.live(request.number), view: confirmView({ ...looked, verdict }, a) }];
  } catch (error) {
    return changed(looked, { ...change, preview: refusedBy(error) }, ctx);
  }
}

/** Everything is looked at once more, since the person may have looked at it for a day. */
async function confirm(number: number, plans: number, ctx: PersonCtx<Store>): Promise<Effects> {
  const request = await take(number, ctx);
  mineOnly(request, ctx.by.id);
  const decision = decide('confirm', request);
  if (!decision.ok) return [answer(title(number), decision.why)];
  if (plans !== request.plans)
    return [
      answer(title(number), 'It has changed since you saw this. Please look at the message as it is now.'),
      await editLive(request, ctx),
    ];
  const checked = await check(request, ctx.by, ctx);
  if (checked.is === 'moved') return (await replan(request, checked.path, ctx.by, ctx, { said: checked.why })).effects;
  if (checked.is !== 'fine') return changed(request, { said: checked.why }, ctx);
  const { a } = checked;
  if (hindrance(request, a) || a.verdict.is === 'deny') return changed(request, { verdict: a.verdict, said: '' }, ctx);
  if (!sameAsSeen(request, a)) {
    const said = 'Something has changed since I showed you this. Please look again before you confirm.';
    return changed(request, { verdict: a.verdict, said, ...(a.cost ? { cost: a.cost } : {}) }, ctx);
  }
  if (a.verdict.is === 'approval') return askApproval(request, a, a.verdict, ctx);
  const accepted = await accept(request, a, ctx);
  // Somebody took the name between our look and our write: looking again says who.
  if (!accepted) return changed(request, { said: '' }, ctx);
  await note('accepted', accepted.request, ctx.by.id, ctx, { verdict: a.verdict });
  return accepted.effects;
}

/**
 * Whoever looked ahead has found that the thing is not there any more. While something is done to it, that is no news:
 * it is being deleted by us, or not made yet.
 */
async function lose(request: Request, ctx: Ctx<Store>): Promise<Effects> {
  const resource = request.resource === undefined ? undefined : await ctx.store.resources.take(request.resource);
  return resource && !busy(resource) ? lost(resource, ctx) : [];
}

/** Closes what was not accepted yet: taken back by the person, or forgotten. */
async function close(
  request: Request,
  move: 'abandon' | 'expire',
  said: string,
  ctx: Ctx<Store>,
): Promise<{ readonly request: Request; readonly effects: Effects }> {
  const decision = decide(move, request);
  if (!decision.ok) return { request, effects: [answer(title(request.number), decision.why)] };
  const effects = await changed(request, { state: decision.state, said }, ctx);
  return {
    request: { ...request, state: decision.state, said },
    effects: [
      ...effects,
      { kind: 'never', key: keys.expiry(request.number) },
      { kind: 'never', key: keys.nudge(request.number) },
    ],
  };
}

export const confirming: readonly Handler<Store>[] = [
  onOutcome(runPreview, previewed, async (key, result, ctx: Ctx<Store>) => {
    const request = await ctx.store.requests.take(result.request);
    // An earlier look, or one that nobody waits for any more.
    if (!request || key !== keys.plan(request.number, request.plans) || !decide('planned', request).ok) return [];
    const preview: Preview =
      'preview' in result
        ? result.preview
        : {
            summary: 'I couldn’t find out what would happen.',
            changes: [],
            destroys: 0,
            refused: result.problem.message,
          };
    const effects = await shown(request, preview, ctx);
    return preview.missing ? [...effects, ...(await lose(request, ctx))] : effects;
  }),
  onPress(presses.confirm, planned, 'anyone', ({ number, plans }, ctx: PersonCtx<Store>) =>
    confirm(number, plans, ctx),
  ),
  onPress(presses.look, planned, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const request = await take(number, ctx);
    mineOnly(request, ctx.by.id);
    const decision = decide('plan', request);
    if (!decision.ok) return [answer(title(number), decision.why)];
    const found = pathOf(request, ctx);
    if (!found.ok) return [answer(title(number), found.why)];
    const again = await replan(request, found.path, ctx.by, ctx);
    return [...again.effects, ...withdrawn(request, again.request, await subjectOf(request, ctx))];
  }),
  onPress(presses.abandon, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const request = await take(number, ctx);
    mineOnly(request, ctx.by.id);
    const subject = await subjectOf(request, ctx);
    const closed = await close(request, 'abandon', '', ctx);
    if (closed.request.state !== 'cancelled' || request.state === 'cancelled') return closed.effects;
    await note('abandoned', closed.request, ctx.by.id, ctx);
    return [...closed.effects, ...withdrawn(request, closed.request, subject)];
  }),
  onPress(presses.undo, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const request = await take(number, ctx);
    mineOnly(request, ctx.by.id);
    const decision = decide('undo', request);
    if (!decision.ok) return [answer(title(number), decision.why)];
    const found = pathOf(request, ctx);
    if (!found.ok) return [answer(title(number), found.why)];
    return (await replan(request, found.path, ctx.by, ctx)).effects;
  }),
  onPress(presses.show, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const request = await take(number, ctx);
    mineOnly(request, ctx.by.id);
    return [whisper(await liveView(request, ctx))];
  }),
  // A message holds only the beginning of a long plan.
  onPress(presses.detail, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const request = await take(number, ctx);
    await mayRead(request, ctx);
    const subject = await subjectOf(request, ctx);
    return [
      whisper({
        id: 'request.detail',
        title: thingOf(request, subject),
        summary: request.preview?.summary ?? '',
        blocks: request.preview ? detailBlocks(request.preview) : [],
      }),
    ];
  }),
  onDue('request.expire', numbered, async ({ number }, _late, ctx: Ctx<Store>) => {
    const request = await ctx.store.requests.take(number);
    if (!request || (request.state !== 'planning' && request.state !== 'confirming')) return [];
    const closed = await close(
      request,
      'expire',
      'Nobody confirmed it for a day, so I closed it. Nothing was made.',
      ctx,
    );
    await note('expired', closed.request, 'groundcrew', ctx);
    return closed.effects;
  }),
];
