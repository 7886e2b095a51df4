import { costOf, identityOf, quotaOf } from '../catalog/amounts.ts';
import { clusterOf, isInCluster } from '../catalog/cluster.ts';
import type { Facts } from '../catalog/facts.ts';
import { priorOf, readValues } from '../catalog/form.ts';
import type { GoldenPath, Operation, Values } from '../catalog/path.ts';
import { judge, strictest } from '../catalog/policy.ts';
import { type Ctx, type FieldErrors, type Person, Problem } from '../kernel/index.ts';
import { type Room, room } from '../resources/room.ts';
import type { Resource } from '../resources/store.ts';
import type { Preview, Verb } from '../runs/run.ts';
import type { Store } from './keys.ts';
import { factsOf, nameOf, usableNow } from './scope.ts';
import type { Request, Verdict } from './store.ts';

/** Everything that is known of a request at this moment: what it is about, what it costs, and whether it may be. */
export type Assessment = {
  readonly path: GoldenPath;
  readonly operation?: Operation;
  readonly resource?: Resource;
  readonly name: string;
  readonly identity: string;
  readonly facts: Facts;
  /** Where it is or will be, when that was said. */
  readonly cluster?: string;
  readonly cost?: { readonly currency: string; readonly cents: number };
  readonly quota?: { readonly kind: string; readonly amount: number };
  readonly room: Room;
  readonly verdict: Verdict;
  /** When something new ends by itself. */
  readonly expires?: Date;
  /** What has to be known beforehand. */
  readonly warnings: readonly string[];
  /** Why nothing can come of it as it stands, beside the verdict. */
  readonly blocked?: string;
  /** Another living thing that is what this would be. */
  readonly taken?: Resource;
};

/** What takes nothing of a limit. */
const frees: ReadonlySet<Verb> = new Set(['delete', 'hibernate']);

/** A plan that destroys something which nobody asked to delete. */
const destroys = (path: GoldenPath, request: Request): readonly Verdict[] => {
  const count = request.preview?.destroys ?? 0;
  if (count === 0 || request.verb === 'delete') return [];
  const because = `The plan destroys ${count === 1 ? 'something' : `${count} things`}, and what is destroyed can’t be brought back.`;
  return [{ is: 'approval', because, by: [path.owner] }];
};

/** Locks the thing and the team's row, so that what was found out stays true until the transaction ends. */
export async function assess(request: Request, path: GoldenPath, by: Person, ctx: Ctx<Store>): Promise<Assessment> {
  const { resources } = ctx.store;
  const resource = request.resource === undefined ? undefined : await resources.take(request.resource);
  const bare = factsOf(path, request, by, ctx.now, resource);
  const cost = costOf(path, bare);
  const quota = quotaOf(path, bare);
  const usage = await resources.usage(request.team, quota?.kind, ctx.settings.budgets.currency);
  // What is changed is counted as it is now already.
  const instead = { amount: resource?.quota?.amount ?? 0, cents: resource?.cost?.cents ?? 0 };
  const left = room(ctx.settings, usage, {
    team: request.team,
    ...(quota ? { quota } : {}),
    ...(cost ? { cost } : {}),
    ...(resource ? { instead } : {}),
  });
  const facts: Facts = {
    ...bare,
    ...(cost ? { cost } : {}),
    ...(quota ? { quota } : {}),
    team: {
      ...bare.team,
      ...(left.quota ? { quotaLeft: left.quota.left } : {}),
      ...(left.budget ? { budgetLeftCents: left.budget.left } : {}),
    },
  };
  const operation = path.operations.find((o) => o.name === request.operation);
  const own = operation
    ? judge(operation.policy, facts, `${path.name}: operations.${operation.name}.policy`)
    : judge(path.policy, facts);
  const verdict = strictest([
    own,
    judge(ctx.settings.policy, facts, 'groundcrew.yaml: policy'),
    ...(left.verdict && !frees.has(request.verb) ? [left.verdict] : []),
    ...destroys(path, request),
  ]);
  const fresh = request.verb === 'create' ? await usableNow(path, by, ctx) : { ok: true as const };
  const identity = identityOf(path, facts);
  const cluster = isInCluster(path.backend.kind) ? clusterOf(path, facts) : undefined;
  const taken = resource ? undefined : await resources.byIdentity(identity);
  const blocked = fresh.ok ? (hindered(request, resource) ?? misfit(request, path, resource)) : fresh.why;
  return {
    path,
    name: resource?.name ?? nameOf(path, request.values, request.number),
    identity,
    facts,
    room: frees.has(request.verb) ? {} : left,
    verdict,
    warnings: [
      ...(operation?.warning ? [operation.warning] : []),
      ...(fresh.ok && 'notice' in fresh && fresh.notice ? [fresh.notice] : []),
    ],
    ...(operation ? { operation } : {}),
    ...(resource ? { resource } : {}),
    ...(cluster === undefined ? {} : { cluster }),
    ...(cost ? { cost } : {}),
    ...(quota ? { quota } : {}),
    ...(path.ttl && !resource ? { expires: new Date(ctx.now.getTime() + path.ttl.lives * 1000) } : {}),
    ...(blocked === undefined ? {} : { blocked }),
    ...(taken ? { taken } : {}),
  };
}

/** One thing is changed by one run at a time. */
export const busy = ({ state }: Pick<Resource, 'state'>): boolean =>
  state === 'making' || state === 'changing' || state === 'deleting';
export const busyWords = ({ name }: Pick<Resource, 'name'>): string =>
  `Something else is being done to “${name}” right now. Wait until that has ended, then try again.`;

function hindered(request: Request, resource: Resource | undefined): string | undefined {
  if (request.resource === undefined) return undefined;
  if (!resource || resource.state === 'gone') return 'It is gone: somebody deleted it meanwhile.';
  return busy(resource) ? busyWords(resource) : undefined;
}

/** The path may have changed without another version: what it does not take any more is not made. */
function misfit(request: Request, path: GoldenPath, resource: Resource | undefined): string | undefined {
  const read = readValues(path, priorOf(path, request.values), {
    ...(request.operation === undefined ? {} : { operation: request.operation }),
    ...(resource ? { before: resource.values } : {}),
  });
  if (read.ok) return undefined;
  return `${path.title} has changed, and doesn’t take what you asked for any more. ${errorList(path, read.errors)}`;
}

/** What is wrong with values, field by field, in one line. */
export const errorList = (path: GoldenPath, errors: FieldErrors): string =>
  Object.entries(errors)
    .map(([name, words]) => `${path.parameters.properties[name]?.title ?? name}: ${words}`)
    .join(' ');

/** What the path's amounts are for other values: what is counted again when a change did not come about. */
export const amountsOf = (path: GoldenPath, facts: Facts, values: Values) => ({
  cost: costOf(path, { ...facts, params: values }),
  quota: quotaOf(path, { ...facts, params: values }),
});

/** What was found out that makes a preview useless, as a preview: the person sees it where they look. */
export function refusedBy(error: unknown): Preview {
  if (!(error instanceof Problem)) throw error;
  return { summary: 'This can’t be worked out.', changes: [], destroys: 0, refused: error.message };
}
