import { Problem } from '../../core/kernel/problem.ts';
import type { Order, Preview } from '../../core/runs/run.ts';
import { partFor } from '../spec.ts';
import type { Api, Patience } from './api.ts';
import { apply, checkOwner, clear, get, present } from './apply.ts';
import { type Change, changeOf, summed } from './differences.ts';
import { isMissing, missing } from './faults.ts';
import { type Live, type Locate, nameOf, type Planned, plan, resolve } from './objects.ts';
import { fieldsAway, fieldsSet, operationBody, operator } from './operations.ts';
import { dropped } from './removal.ts';
import { renewable } from './renewal.ts';
import type { KubernetesSpec } from './spec.ts';

/** What would happen, as the server says in a dry run. */
export async function previewOf(
  order: Order,
  spec: KubernetesSpec,
  api: Api,
  locate: Locate,
  patience: Patience,
): Promise<Preview> {
  try {
    const planned = await plan(order, spec, locate);
    const gone = (await dropped(api, planned, order, locate, patience)).map(({ target, object }) =>
      changeOf(nameOf(target), object, undefined),
    );
    if (order.verb === 'delete') return summed([...(await deletes(api, planned, order, patience)), ...gone]);
    if (order.verb === 'create' || order.verb === 'change')
      return summed([...(await applies(api, planned, order, patience)), ...gone]);
    return summed(await patches(order, spec, api, planned, locate, patience));
  } catch (error) {
    // What the cluster would refuse is part of what would happen; that it can't be asked is not.
    if (error instanceof Problem && error.code !== 'cluster_away' && error.code !== 'run_stopped')
      return {
        summary: 'The cluster would refuse this.',
        changes: [],
        refused: error.message,
        destroys: 0,
        ...(isMissing(error) ? { missing: true } : {}),
      };
    throw error;
  }
}

async function deletes(
  api: Api,
  planned: readonly Planned[],
  order: Order,
  patience: Patience,
): Promise<readonly Change[]> {
  const found = await present(api, planned, order, patience);
  return found.map(({ target, object }) => changeOf(nameOf(target), object, undefined));
}

async function applies(
  api: Api,
  planned: readonly Planned[],
  order: Order,
  patience: Patience,
): Promise<readonly Change[]> {
  const newSpaces = new Set<string>();
  const changes: Change[] = [];
  for (const { target, body } of planned) {
    const before = await get(api, target, patience);
    checkOwner(before, target, order);
    if (target.kind === 'Namespace' && !before) newSpaces.add(target.name);
    // Nothing can be tried out in a namespace that is not there yet.
    const unseen = target.namespace !== undefined && newSpaces.has(target.namespace);
    const after = unseen ? (body as Live) : await apply(api, target, body, { dryRun: true }, patience);
    changes.push(changeOf(nameOf(target), before, after));
  }
  return changes;
}

async function patches(
  order: Order,
  spec: KubernetesSpec,
  api: Api,
  planned: readonly Planned[],
  locate: Locate,
  patience: Patience,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  const part = partFor(spec.verbs, order);
  for (const { set, ...reference } of part.patch) {
    const target = await resolve(reference, spec, planned, locate);
    const before = await get(api, target, patience);
    checkOwner(before, target, order);
    if (!before) throw missing(nameOf(target));
    const how = { dryRun: true, by: operator(order.verb) } as const;
    const set_ = await apply(api, target, operationBody(target, fieldsSet(set)), how, patience);
    const away = fieldsAway(set);
    const after = away ? await clear(api, target, away, how, patience) : set_;
    changes.push(changeOf(nameOf(target), before, after));
  }
  if (part.renew.length === 0) return changes;
  const { targets } = await renewable(api, part.renew, order, spec, planned, locate, patience);
  return [
    ...changes,
    ...targets
      .map(nameOf)
      .map((what): Change => ({ what, does: 'change', text: `${what} is made anew by its operator\n` })),
  ];
}
