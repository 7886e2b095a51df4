import { Problem } from '../../core/kernel/problem.ts';
import type { Order } from '../../core/runs/run.ts';
import type { Clock } from '../clock.ts';
import type { Story } from '../story.ts';
import type { Api, Patience } from './api.ts';
import { present } from './apply.ts';
import { refusal } from './faults.ts';
import { untilGone } from './following.ts';
import { type Live, type Locate, nameOf, type Planned, plan, type Target } from './objects.ts';
import { kubernetesSpec } from './spec.ts';

export type Found = { readonly target: Target; readonly object: Live };

/** One object is served in each version of its kind: a path that moves from v1beta1 to v1 means the same one. */
const placeOf = ({ apiVersion, kind, namespace = '', name }: Target): string =>
  [apiVersion.includes('/') ? apiVersion.split('/')[0] : '', kind, namespace, name].join(' ');

/** What earlier orders of the resource made and this one does not name: what carries its label, and nobody else's. */
export async function dropped(
  api: Api,
  planned: readonly Planned[],
  order: Order,
  locate: Locate,
  patience: Patience,
): Promise<readonly Found[]> {
  const known = new Set(planned.map(({ target }) => placeOf(target)));
  // A namespace outlives its line in the path while something of the thing goes on living in it.
  const homes = new Set(order.verb === 'delete' ? [] : planned.map(({ target }) => target.namespace));
  const former: Planned[] = [];
  for (const earlier of order.earlier ?? []) {
    const spec = kubernetesSpec.safeParse(earlier);
    for (const object of spec.data?.objects ?? []) {
      try {
        const [one] = await plan(order, { ...(spec.data as NonNullable<typeof spec.data>), objects: [object] }, locate);
        if (!one || known.has(placeOf(one.target))) continue;
        known.add(placeOf(one.target));
        if (one.target.kind === 'Namespace' && homes.has(one.target.name)) continue;
        former.push(one);
      } catch (error) {
        // A kind that the cluster does not know any more has no objects there.
        if (!(error instanceof Problem && error.code === 'kind_not_served')) throw error;
      }
    }
  }
  if (former.length === 0) return [];
  const found = await present(api, former, order, patience);
  // Kinds move from one group to another as well, and their objects with them.
  const stays = new Set((await present(api, planned, order, patience)).map(({ object }) => object.metadata.uid));
  return found.filter(({ object: { metadata } }) => metadata.uid === undefined || !stays.has(metadata.uid));
}

/** Deletes what was found, and waits until it is gone. */
export async function takeAway(
  api: Api,
  clock: Clock,
  found: readonly Found[],
  story: Story,
  patience: Patience,
): Promise<void> {
  // What an application deploys is deleted by its controller, which has to outlive it; a namespace goes last.
  const late = found.filter(({ target }) => target.kind === 'Namespace');
  const early = found.filter(({ target }) => target.kind === 'Application');
  const rest = found.filter((f) => !late.includes(f) && !early.includes(f)).toReversed();
  for (const group of [early, rest, late]) {
    for (const { target, object } of group) {
      story.note(nameOf(target));
      const { uid } = object.metadata;
      const body = {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        propagationPolicy: 'Foreground',
        ...(uid ? { preconditions: { uid } } : {}),
      };
      const reply = await api({ method: 'DELETE', path: target.path, body }, patience);
      // Gone already, or another of its name is there by now: that one is not ours to delete.
      if (reply.status >= 400 && reply.status !== 404 && reply.status !== 409) throw refusal(target, reply);
    }
    for (const { target, object } of group) await untilGone(api, clock, target, object.metadata.uid, story, patience);
  }
}

/** More would be deleted than the person saw when they confirmed. */
export const destroysMore = (found: readonly Found[]): Problem =>
  new Problem(
    'plan_destroys',
    `${found.map(({ target }) => nameOf(target)).join(', ')} would be deleted, which was not so when this was confirmed. Nothing was changed. Please ask again, and look at what goes.`,
  );
