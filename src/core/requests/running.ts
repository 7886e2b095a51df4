import { type Ctx, type Effects, type Handler, onObserved, onPress, type PersonCtx, Problem } from '../kernel/index.ts';
import { fits } from '../resources/rules.ts';
import type { ResourceChange } from '../resources/store.ts';
import { moved, runMoved } from '../runs/report.ts';
import { ended, type Order, type Progress } from '../runs/run.ts';
import { startRun, wake, whileDoing } from './accept.ts';
import { busy, busyWords } from './assess.ts';
import { check } from './check.ts';
import { end } from './ending.ts';
import { keys, numbered, presses, type Store } from './keys.ts';
import { editLive, subjectOf, take } from './live.ts';
import { note } from './note.ts';
import { lineView, progressView, takenUpView } from './progress-view.ts';
import { decide } from './rules.ts';
import type { Request } from './store.ts';
import { answer } from './view-parts.ts';

const title = (number: number) => `Request #${number}`;

/** Where it stands, in the one message; the backend's own words in its thread. */
async function underWay(
  request: Request,
  report: { readonly key: string; readonly attempt: number; readonly n: number; readonly progress: Progress },
  said: string | undefined,
  ctx: Ctx<Store>,
): Promise<Effects> {
  const { progress } = report;
  const start = decide('start', request);
  const state = start.ok && progress.state !== 'queued' ? start.state : request.state;
  if (state !== request.state) await ctx.store.requests.change(request.number, { state }, ctx.now);
  const view = progressView({ ...request, state }, await subjectOf(request, ctx), progress);
  const { message } = progress;
  const fresh = message !== undefined && message !== said;
  return [
    { kind: 'edit', key: keys.live(request.number), view, passing: true },
    ...(fresh
      ? [
          {
            kind: 'reply' as const,
            to: keys.live(request.number),
            key: keys.line(report.key, report.attempt, report.n),
            view: lineView(message),
          },
        ]
      : []),
  ];
}

/** Who may stop, retry and clean up: who asked, the team that it is for, and the platform's own people. */
function touchable(request: Request, ctx: PersonCtx<Store>): void {
  const { by } = ctx;
  const may =
    request.requester === by.id || by.teams.includes(request.team) || by.roles.has('platform') || by.roles.has('admin');
  if (!may)
    throw new Problem(
      'request_not_yours',
      `Request #${request.number} is somebody else’s: only they, their team and the platform team can do this. Nothing was changed.`,
    );
}

/** The order of the last run: what was confirmed is what is carried out, whatever has become of the path since. */
async function lastOrder(request: Request, ctx: Ctx<Store>): Promise<{ backend: string; order: Order }> {
  const run = request.run === undefined ? undefined : await ctx.store.runs.byKey(request.run);
  if (run) return { backend: run.backend, order: run.order };
  throw new Problem('run_unknown', `Request #${request.number} was never started. Please ask for it again.`);
}

/** Takes an ended request up again: from where it stopped, or to remove what is left. */
async function takeUp(move: 'retry' | 'clean', number: number, ctx: PersonCtx<Store>): Promise<Effects> {
  const request = await take(number, ctx);
  touchable(request, ctx);
  const decision = decide(move, request);
  if (!decision.ok) return [answer(title(number), decision.why)];
  const resource = request.resource === undefined ? undefined : await ctx.store.resources.take(request.resource);
  if (!resource || resource.state === 'gone')
    return [answer(title(number), 'Nothing is left of it. Please ask for it again: that makes a new one.')];
  // Whatever was taken up since, such as its end: two runs on one thing would undo each other's work.
  if (busy(resource)) return [answer(title(number), busyWords(resource))];
  const cleaning = move === 'clean';
  if (cleaning && request.verb !== 'create')
    return [
      answer(title(number), `“${resource.name}” was there before this request, so there is nothing to clean up.`),
    ];
  if (!cleaning) {
    const state = fits(request.verb, resource);
    if (request.verb !== 'create' && !state.ok) return [answer(title(number), state.why)];
    const allowed = await stillAllowed(request, ctx);
    if ('why' in allowed) return [answer(title(number), allowed.why)];
    // A change that failed counts as before it: what it will count is counted again.
    await ctx.store.resources.change(resource.id, allowed.counts, ctx.now);
  }
  const { backend, order } = await lastOrder(request, ctx);
  const verb = cleaning ? 'delete' : request.verb;
  const started = await startRun(request, backend, { ...order, verb }, ctx);
  const change = { state: decision.state, run: started.run, tries: started.tries, said: '' };
  await ctx.store.requests.change(number, change, ctx.now);
  await ctx.store.resources.change(resource.id, { state: whileDoing[verb] }, ctx.now);
  const { said: _, ...rest } = request;
  const { said: _empty, ...moving } = change;
  const after: Request = { ...rest, ...moving };
  const subject = await subjectOf(after, ctx);
  const words = cleaning
    ? 'Cleaning up: the message above shows how it goes.'
    : 'Trying again: the message above shows how it goes.';
  const effects: Effects = [
    await editLive(after, ctx),
    { kind: 'edit', key: keys.end(number, request.tries), view: takenUpView(request, subject, words) },
    ...started.effects,
  ];
  await note(cleaning ? 'clean-up' : 'retried', after, ctx.by.id, ctx);
  return effects;
}

/** What was allowed then may not be any more: a quota is used up by others, a rule has changed. */
async function stillAllowed(
  request: Request,
  ctx: PersonCtx<Store>,
): Promise<{ readonly why: string } | { readonly counts: Pick<ResourceChange, 'cost' | 'quota'> }> {
  const checked = await check(request, await ctx.store.people.byId(request.requester), ctx);
  if (checked.is !== 'fine') return { counts: request.cost ? { cost: request.cost } : {} };
  const { blocked, verdict, cost, quota } = checked.a;
  if (blocked !== undefined && request.verb !== 'create') return { why: blocked };
  if (verdict.is === 'deny') return { why: verdict.because };
  if (verdict.is === 'approval' && !request.decided)
    return { why: `By now this needs an approval: ${verdict.because} Please ask for it again.` };
  return { counts: { ...(cost ? { cost } : {}), ...(quota ? { quota } : {}) } };
}

export const running: readonly Handler<Store>[] = [
  onObserved(runMoved, moved, async (report, ctx: Ctx<Store>) => {
    const { key, attempt, progress } = report;
    const request = await ctx.store.requests.byRun(key);
    // Runs that no request stands for are somebody else's: what ends by itself, a path that is tried out.
    if (!request) return [];
    const before = await ctx.store.runs.byKey(key);
    if (!(await ctx.store.runs.moved(key, attempt, progress, ctx.now))) return [];
    return ended(progress.state)
      ? end(request, progress, ctx)
      : underWay(request, report, before?.progress.message, ctx);
  }),
  onPress(presses.stop, numbered, 'anyone', async ({ number }, ctx: PersonCtx<Store>) => {
    const request = await take(number, ctx);
    touchable(request, ctx);
    const decision = decide('halt', request);
    if (!decision.ok || request.run === undefined)
      return [answer(title(number), decision.ok ? 'It has not been started.' : decision.why)];
    await ctx.store.runs.cancel(request.run);
    const said = 'It is being stopped. I’ll tell you what is left behind.';
    await ctx.store.requests.change(number, { said }, ctx.now);
    const effects = [await editLive({ ...request, said }, ctx), wake(request.run)];
    await note('stop-asked', request, ctx.by.id, ctx);
    return effects;
  }),
  onPress(presses.retry, numbered, 'anyone', ({ number }, ctx: PersonCtx<Store>) => takeUp('retry', number, ctx)),
  onPress(presses.clean, numbered, 'anyone', ({ number }, ctx: PersonCtx<Store>) => takeUp('clean', number, ctx)),
];
