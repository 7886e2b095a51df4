import { Problem } from '../../core/kernel/problem.ts';
import type { Order } from '../../core/runs/run.ts';
import type { Api, Patience, Reply } from './api.ts';
import { conflicts, isOurs, refusal } from './faults.ts';
import { type Live, live, manager, nameOf, owner, type Planned, type Target } from './objects.ts';

/** Two who write at once: the one who comes second looks again. */
const racesMax = 5;

export async function get(api: Api, target: Target, patience: Patience): Promise<Live | undefined> {
  const reply = await api({ method: 'GET', path: target.path }, patience);
  if (reply.status === 200) return live.parse(reply.body);
  if (reply.status === 404) return undefined;
  throw refusal(target, reply);
}

/** What is there already has to be of the same resource: nothing of anybody else is taken over. */
export function checkOwner(object: Live | undefined, target: Target, order: Order): void {
  const of = object?.metadata.labels?.[owner];
  if (!object || of === order.resource) return;
  throw new Problem(
    'object_not_ours',
    `There is a ${nameOf(target)} already, and it ${of ? `belongs to another resource (${of})` : 'was not made by Groundcrew'}, so I don’t touch it. Take another name, or delete it first if it is not used any more.`,
  );
}

type How = { readonly dryRun?: true; readonly by?: string };

/** Server-side apply. Fields that others hold stay theirs, and it says whose they are. */
export async function apply(api: Api, target: Target, body: object, how: How, patience: Patience): Promise<Live> {
  const query = {
    fieldManager: how.by ?? manager,
    fieldValidation: 'Strict',
    ...(how.dryRun ? { dryRun: 'All' } : {}),
  };
  const send = (more: object = {}, what: object = body): Promise<Reply> =>
    api({ method: 'PATCH', path: target.path, query: { ...query, ...more }, body: what }, patience);
  for (let tries = 1; ; tries++) {
    const reply = await send();
    if (reply.status === 200 || reply.status === 201) return live.parse(reply.body);
    const held = conflicts(reply);
    if (reply.status !== 409 || tries >= racesMax || (held.length > 0 && !held.every(isOurs)))
      throw refusal(target, reply);
    if (held.length === 0) continue;
    // All of them are ours, such as a number of replicas that we set when we put it to sleep. Only as it is now: what
    // somebody else takes meanwhile is not taken away from them.
    const { resourceVersion } = (await get(api, target, patience))?.metadata ?? {};
    const forced = await send({ force: 'true' }, withVersion(body, resourceVersion));
    if (forced.status === 200) return live.parse(forced.body);
    if (forced.status !== 409) throw refusal(target, forced);
  }
}
const withVersion = (body: object, resourceVersion: string | undefined): object =>
  resourceVersion === undefined || !('metadata' in body)
    ? body
    : { ...body, metadata: { ...(body.metadata as object), resourceVersion } };

/** Takes fields away, whoever has set them: what a path says in so many words, such as a mark of somebody who tidies up. */
export async function clear(api: Api, target: Target, body: object, how: How, patience: Patience): Promise<Live> {
  const query = { fieldManager: how.by ?? manager, ...(how.dryRun ? { dryRun: 'All' } : {}) };
  const reply = await api({ method: 'PATCH', path: target.path, query, body, merge: true }, patience);
  if (reply.status === 200) return live.parse(reply.body);
  throw refusal(target, reply);
}

/** Which objects of an order are there, and ours. */
export async function present(
  api: Api,
  planned: readonly Planned[],
  order: Order,
  patience: Patience,
): Promise<readonly { readonly target: Target; readonly object: Live }[]> {
  const found = await Promise.all(
    planned.map(async ({ target }) => ({ target, object: await get(api, target, patience) })),
  );
  return found.flatMap(({ target, object }) =>
    object?.metadata.labels?.[owner] === order.resource ? [{ target, object }] : [],
  );
}
