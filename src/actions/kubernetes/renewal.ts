import { Problem } from '../../core/kernel/problem.ts';
import type { Order } from '../../core/runs/run.ts';
import { type Clock, wait } from '../clock.ts';
import type { Story } from '../story.ts';
import type { Api, Patience } from './api.ts';
import { apply, present } from './apply.ts';
import { missing, refusal } from './faults.ts';
import { type Live, type Locate, live, manager, nameOf, type Planned, resolve, type Target } from './objects.ts';
import { operationBody } from './operations.ts';
import type { Found } from './removal.ts';
import type { KubernetesSpec, Named } from './spec.ts';

/*
 * An operator makes its own objects anew when they are gone: the Secret of a database with another password in it. So that is
 * how credentials are rotated, without anybody here making one or reading one: only what the API server says about an object
 * is asked for, never what is in it.
 */

const lookMs = 1_000;
/** Of which run what was there is deleted. Whoever goes on for a run that was cut off must not delete what came after. */
const mark = 'groundcrew.dev/renewing';

async function about(api: Api, target: Target, patience: Patience): Promise<Live | undefined> {
  const reply = await api({ method: 'GET', path: target.path, about: true }, patience);
  if (reply.status === 200) return live.parse(reply.body);
  if (reply.status === 404) return undefined;
  throw refusal(target, reply);
}

type Renewed = { readonly targets: readonly Target[]; readonly uids: readonly string[]; readonly owner: Found };

/** What is to be made anew, as it is there now; it has to belong to an object of the thing. */
export async function renewable(
  api: Api,
  named: readonly Named[],
  order: Order,
  spec: KubernetesSpec,
  planned: readonly Planned[],
  locate: Locate,
  patience: Patience,
): Promise<Renewed> {
  const owners = await present(api, planned, order, patience);
  const [owner] = owners;
  if (!owner) throw missing(planned[0] ? nameOf(planned[0].target) : order.resource);
  const targets = await Promise.all(named.map((reference) => resolve(reference, spec, planned, locate)));
  const uids: string[] = [];
  for (const target of targets) {
    const { uid, ownerReferences = [] } = (await about(api, target, patience))?.metadata ?? {};
    if (uid === undefined) continue;
    if (!ownerReferences.some((by) => owners.some(({ object }) => object.metadata.uid === by.uid)))
      throw new Problem(
        'object_not_ours',
        `${nameOf(target)} was not made by the operator of ${nameOf(owner.target)}, so nobody would make it anew, and I don’t delete it. Whoever made it can change it.`,
      );
    uids.push(uid);
  }
  return { targets, uids, owner };
}

/** Deletes it, and waits until another one is there. */
export async function renew(
  api: Api,
  clock: Clock,
  { targets, uids, owner }: Renewed,
  order: Order,
  story: Story,
  patience: Patience,
): Promise<void> {
  const [of, ...marked] = owner.object.metadata.annotations?.[mark]?.split(' ') ?? [];
  const old = of === order.run ? marked : uids;
  if (of !== order.run) {
    const annotations = { [mark]: [order.run, ...uids].join(' ') };
    await apply(api, owner.target, operationBody(owner.target, { metadata: { annotations } }), by, patience);
  }
  for (const target of targets) {
    story.note(nameOf(target));
    for (const uid of old) {
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid } };
      const reply = await api({ method: 'DELETE', path: target.path, body, about: true }, patience);
      // Gone already, or it is another one by now.
      if (reply.status >= 400 && reply.status !== 404 && reply.status !== 409) throw refusal(target, reply);
    }
  }
  for (const target of targets)
    for (;;) {
      const uid = (await about(api, target, patience))?.metadata.uid;
      if (uid !== undefined && !old.includes(uid)) break;
      story.note(`${nameOf(target)} is made anew by its operator`);
      await wait(clock, lookMs, patience.signal);
      if (patience.signal.aborted) throw new Problem('run_stopped', 'It was stopped.');
    }
}
/** A field of its own: what the operation itself sets of the same object stays set. */
const by = { by: `${manager}-renew` };
