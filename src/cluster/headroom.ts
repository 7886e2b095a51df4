import { isDeepStrictEqual } from 'node:util';
import { requested } from '../core/diagnosis/capacity.ts';
import { nodeFits } from '../core/diagnosis/labels.ts';
import { amount, quantity } from '../core/diagnosis/quantity.ts';
import { counts, countsAll } from '../core/diagnosis/quotas.ts';
import { flag, list, num, type Obj, obj, scalar, str } from '../core/diagnosis/read.ts';
import type { Access } from './kubeconfig.ts';
import { send } from './write.ts';

/*
 * What a dry run of a Deployment does not say: whether its pods would be let in, and fit anywhere.
 */

/** Why pods of this template could not start: no machine is that large, or a quota or limit of the namespace is in the way. */
export async function roomFor(access: Access, namespace: string, before: Obj, after: Obj): Promise<string | undefined> {
  const [old, now] = [podSpec(before), podSpec(after)];
  const more = (['cpu', 'memory'] as const).filter((resource) => asks(now, resource) > asks(old, resource));
  const less = (['cpu', 'memory'] as const).filter((resource) => asks(now, resource) < asks(old, resource));
  const limits = (['cpu', 'memory'] as const).filter((resource) => limitOf(now, resource) > limitOf(old, resource));
  const moves = !isDeepStrictEqual(whereTo(old), whereTo(now));
  if (more.length + less.length + limits.length === 0 && !moves) return undefined;
  const [nodes, quotas, ranges] = await Promise.all([
    items(access, '/api/v1/nodes'),
    items(access, `/api/v1/namespaces/${encodeURIComponent(namespace)}/resourcequotas`),
    items(access, `/api/v1/namespaces/${encodeURIComponent(namespace)}/limitranges`),
  ]);
  const pods = num(after, 'spec', 'replicas') ?? num(after, 'status', 'desiredNumberScheduled') ?? 1;
  // Each quota counts what it is about: what was not counted before is more by all of it.
  const grows = (of: typeof asks, resource: string) => (quota: Obj) =>
    ((counts(quota, now) ? of(now, resource) : 0) - (counts(quota, old) ? of(old, resource) : 0)) * pods;
  return (
    (moves ? nowhere(nodes, old, now) : undefined) ??
    more.map((resource) => noMachine(nodes, now, resource)).find(said) ??
    [
      ...more.flatMap((r) => [r, `requests.${r}`].map((key) => overQuota(quotas, key, r, grows(asks, r)))),
      ...limits.map((r) => overQuota(quotas, `limits.${r}`, r, grows(limitOf, r))),
    ].find(said) ??
    ranges.map((range) => overRatio(range, now)).find(said) ??
    limits.map((resource) => overRange(ranges, now, resource)).find(said) ??
    less.map((resource) => underRange(ranges, now, resource)).find(said)
  );
}

/** Why a volume claim can’t be given more: its class decides, and the quota of its namespace. */
export async function cannotGrow(access: Access, before: Obj, after: Obj): Promise<string | undefined> {
  const [old, now] = [before, after].map((o) => quantity(scalar(o, 'spec', 'resources', 'requests', 'storage')) ?? 0);
  if (old === undefined || now === undefined || now <= old) return 'A volume can only become larger than it is.';
  const name = str(after, 'spec', 'storageClassName') ?? '';
  const at = `/apis/storage.k8s.io/v1/storageclasses/${encodeURIComponent(name)}`;
  const { status, body } = await send(access, { method: 'GET', path: at }, false);
  if (status === 200 && !flag(body, 'allowVolumeExpansion'))
    return `Its storage class ${name} does not let volumes grow (allowVolumeExpansion).`;
  const namespace = str(after, 'metadata', 'namespace') ?? '';
  const quotas = await items(access, `/api/v1/namespaces/${encodeURIComponent(namespace)}/resourcequotas`);
  return ['requests.storage', `${name}.storageclass.storage.k8s.io/requests.storage`]
    .map((key) => overQuota(quotas.filter(countsAll), key, 'storage', () => now - old))
    .find(said);
}

const said = (why: string | undefined): why is string => why !== undefined;
const podSpec = (o: Obj): Obj => obj(o, 'spec', 'template', 'spec');
const asks = (spec: Obj, resource: string): number => requested(spec, resource);
const limitOf = (spec: Obj, resource: string): number =>
  list(spec, 'containers').reduce((sum, c) => sum + (quantity(scalar(c, 'resources', 'limits', resource)) ?? 0), 0);

/** What may not be read is not held against anybody. */
async function items(access: Access, path: string): Promise<readonly Obj[]> {
  const { status, body } = await send(access, { method: 'GET', path }, false);
  return status === 200 ? list(body, 'items') : [];
}

/** What decides which machines a pod may go to. */
const whereTo = ({ nodeSelector, affinity }: Obj): Obj => ({
  nodeSelector,
  affinity: obj({ affinity }, 'affinity').nodeAffinity,
});

function nowhere(nodes: readonly Obj[], old: Obj, now: Obj): string | undefined {
  return nodes.length === 0 || nodes.some((n) => nodeFits(now, n)) || !nodes.some((n) => nodeFits(old, n))
    ? undefined
    : 'No machine of this cluster has the labels that it would ask for.';
}

function noMachine(nodes: readonly Obj[], spec: Obj, resource: string): string | undefined {
  const fitting = nodes.filter((n) => !flag(n, 'spec', 'unschedulable') && nodeFits(spec, n));
  const largest = Math.max(0, ...fitting.map((n) => quantity(scalar(n, 'status', 'allocatable', resource)) ?? 0));
  if (fitting.length === 0 || largest >= asks(spec, resource)) return undefined;
  return `No machine is large enough: each pod would ask for ${amount(resource, asks(spec, resource))} of ${resource}, and the largest one has ${amount(resource, largest)}.`;
}

function overQuota(
  quotas: readonly Obj[],
  key: string,
  resource: string,
  growth: (quota: Obj) => number,
): string | undefined {
  for (const quota of quotas) {
    const more = growth(quota);
    if (more <= 0) continue;
    const hard = quantity(scalar(obj(quota, 'status', 'hard'), key));
    const used = quantity(scalar(obj(quota, 'status', 'used'), key)) ?? 0;
    if (hard !== undefined && used + more > hard)
      return `The quota ${str(quota, 'metadata', 'name') ?? ''} leaves ${amount(resource, Math.max(0, hard - used))} of ${key}, and this would take ${amount(resource, more)} more.`;
  }
  return undefined;
}

const boundsOf = (ranges: readonly Obj[], bound: 'min' | 'max', resource: string): readonly number[] =>
  ranges
    .flatMap((r) => list(r, 'spec', 'limits'))
    .filter((l) => l.type === 'Container')
    .flatMap((l) => quantity(scalar(obj(l, bound), resource)) ?? []);
const each = (spec: Obj, part: 'requests' | 'limits', resource: string): readonly number[] =>
  list(spec, 'containers').flatMap((c) => quantity(scalar(c, 'resources', part, resource)) ?? []);

function overRange(ranges: readonly Obj[], spec: Obj, resource: string): string | undefined {
  const most = Math.min(...boundsOf(ranges, 'max', resource));
  return Math.max(0, ...each(spec, 'limits', resource)) > most
    ? `One container may have at most ${amount(resource, most)} of ${resource} in this namespace.`
    : undefined;
}

/** A limit may be only so many times what is asked for. */
function overRatio(range: Obj, spec: Obj): string | undefined {
  for (const bound of list(range, 'spec', 'limits').filter((l) => l.type === 'Container'))
    for (const resource of Object.keys(obj(bound, 'maxLimitRequestRatio')))
      for (const c of list(spec, 'containers')) {
        const [limit, ask] = ['limits', 'requests'].map((part) => quantity(scalar(c, 'resources', part, resource)));
        const most = quantity(scalar(obj(bound, 'maxLimitRequestRatio'), resource));
        if (limit !== undefined && ask !== undefined && most !== undefined && limit > ask * most)
          return `The ${resource} limit of one container may be at most ${most} times what it asks for in this namespace.`;
      }
  return undefined;
}

function underRange(ranges: readonly Obj[], spec: Obj, resource: string): string | undefined {
  const least = Math.max(0, ...boundsOf(ranges, 'min', resource));
  return Math.min(...each(spec, 'requests', resource)) < least
    ? `One container must ask for at least ${amount(resource, least)} of ${resource} in this namespace.`
    : undefined;
}
