import { clusterOf, isInCluster } from '../catalog/cluster.ts';
import type { GoldenPath } from '../catalog/path.ts';
import type { Ctx, Effect, PersonId, View } from '../kernel/index.ts';
import { Problem } from '../kernel/index.ts';
import { type Progress, queued } from '../runs/run.ts';
import { waitingView } from './approval-view.ts';
import { assess, refusedBy } from './assess.ts';
import { confirmView, planningView } from './confirm-view.ts';
import { keys, presses, type Store } from './keys.ts';
import { closedView, endedView, progressView } from './progress-view.ts';
import type { RequestState } from './rules.ts';
import { factsOf, pathOf } from './scope.ts';
import type { Request } from './store.ts';
import { press, type Subject } from './view-parts.ts';

export async function take(number: number, ctx: Ctx<Store>): Promise<Request> {
  const request = await ctx.store.requests.take(number);
  if (request) return request;
  throw new Problem('request_unknown', `There is no request #${number}. Ask me for “requests” to see yours.`);
}

/** What a request is about, as far as it can be found now. */
export async function subjectOf(request: Request, ctx: Ctx<Store>): Promise<Subject> {
  const found = pathOf(request, ctx);
  const resource = request.resource === undefined ? undefined : await ctx.store.resources.byId(request.resource);
  const cluster = resource || !found.ok ? resource?.cluster : await siteOf(request, found.path, ctx);
  return {
    ...(found.ok ? { path: found.path } : {}),
    ...(resource ? { resource } : {}),
    ...(cluster === undefined ? {} : { cluster }),
  };
}

/** Where its path says that it would be made, as long as that can still be said. */
async function siteOf(request: Request, path: GoldenPath, ctx: Ctx<Store>): Promise<string | undefined> {
  if (path.cluster === undefined || !isInCluster(path.backend.kind)) return undefined;
  const by = await ctx.store.people.byId(request.requester);
  try {
    return by && clusterOf(path, factsOf(path, request, by, ctx.now));
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

export async function progressOf(request: Request, ctx: Ctx<Store>): Promise<Progress> {
  const run = request.run === undefined ? undefined : await ctx.store.runs.byKey(request.run);
  return run?.progress ?? queued;
}

type Draw = (request: Request, subject: Subject, ctx: Ctx<Store>) => Promise<View>;

const again = ({ number, verb }: Request) =>
  verb === 'create' ? [press('Ask again', presses.again, { number }, { opens: 'form' })] : [];
const closed: Draw = async (request, subject) => {
  const undo = request.state === 'cancelled' ? [press('Undo', presses.undo, { number: request.number })] : [];
  // Who was refused has a message of its own, with the reason and the way on.
  return closedView(request, subject, request.state === 'refused' ? [] : [...undo, ...again(request)]);
};
const running: Draw = async (request, subject, ctx) => progressView(request, subject, await progressOf(request, ctx));
const ended: Draw = async (request, subject, ctx) => endedView(request, subject, await progressOf(request, ctx));

const draw: { readonly [K in RequestState]: Draw } = {
  planning: async (request, subject) => planningView(request, subject),
  confirming: async (request, subject, ctx) => {
    const by = await ctx.store.people.byId(request.requester);
    if (!subject.path || !by) return closedView({ ...request, ...goneWords(request, ctx) }, subject, []);
    try {
      return confirmView(request, await assess(request, subject.path, by, ctx));
    } catch (error) {
      // A rule or a price that cannot be worked out is the path owner's to mend; the person sees it here.
      const words = refusedBy(error).refused ?? '';
      return closedView({ ...request, said: words }, subject, [
        press('Look again', presses.look, { number: request.number, plans: request.plans }),
      ]);
    }
  },
  'awaiting-approval': async (request, subject, ctx) => {
    const by = await ctx.store.people.byId(request.requester);
    return waitingView(request, subject, { glass: by?.roles.has('admin') === true });
  },
  queued: running,
  running,
  cleaning: running,
  ready: ended,
  failed: ended,
  cancelled: (request, subject, ctx) => (request.accepted ? ended : closed)(request, subject, ctx),
  refused: closed,
  expired: closed,
};

const goneWords = (request: Request, ctx: Ctx<Store>) => {
  const found = pathOf(request, ctx);
  return { said: found.ok ? 'The person who asked is not known any more.' : found.why };
};

/** The message of a request as it stands now. */
export const liveView = async (request: Request, ctx: Ctx<Store>): Promise<View> =>
  draw[request.state](request, await subjectOf(request, ctx), ctx);

export const editLive = async (request: Request, ctx: Ctx<Store>): Promise<Effect> => ({
  kind: 'edit',
  key: keys.live(request.number),
  view: await liveView(request, ctx),
});

/** Only the person who asked may confirm, change or take back. */
export function mineOnly(request: Request, by: PersonId): void {
  if (request.requester !== by)
    throw new Problem(
      'request_not_yours',
      `Request #${request.number} is somebody else’s: only the person who asked can do this. Nothing was changed.`,
    );
}
