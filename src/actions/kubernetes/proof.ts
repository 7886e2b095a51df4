import { z } from 'zod';
import { quantity } from '../../core/diagnosis/quantity.ts';
import type { Api, Patience } from './api.ts';
import { field, type Live, live } from './objects.ts';
import { type Standing, standing } from './ready.ts';

/*
 * Some controllers say “Ready” without saying of which generation: right after a change that is still about what was
 * before. For the kinds below, what the controller made tells: it has to be as its object is now.
 */

/** Undefined: it could not be looked at, mostly since we may not. */
type Made = (
  kind: { readonly apiVersion: string; readonly kind: string; readonly plural: string },
  query: string,
) => Promise<readonly Live[] | undefined>;
type Proof = (object: Live, made: Made) => Promise<Standing | undefined>;

const ready: Standing = { is: 'ready' };
const working = (why: string): Standing => ({ is: 'working', why });

const pods = { apiVersion: 'v1', kind: 'Pod', plural: 'pods' };
const volumes = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims' };
const sets = { apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets' };

const amount = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'string' ? quantity(value) : undefined;
/** All that is wanted of resources is there: `500m` is `0.5`. What defaults have added is no matter. */
function holds(has: unknown, wants: unknown): boolean {
  return ['requests', 'limits'].every((part) => {
    const wanted = field(wants, part);
    if (typeof wanted !== 'object' || wanted === null) return true;
    return Object.entries(wanted).every(([name, value]) => {
      const there = field(has, part);
      const found = typeof there === 'object' && there !== null ? Reflect.get(there, name) : undefined;
      return found === value || (amount(found) !== undefined && amount(found) === amount(value));
    });
  });
}
const containers = (object: unknown, path: string): readonly unknown[] => {
  const found = field(object, path);
  return Array.isArray(found) ? found : [];
};
const restarted = ({ metadata }: Live): string => metadata.annotations?.['kubectl.kubernetes.io/restartedAt'] ?? '';

/** CloudNativePG: as many instances, each with the processor, memory, image and disk that are asked for. */
const postgres: Proof = async (o, made) => {
  const wanted = amount(field(o, 'spec.instances')) ?? 1;
  const have = amount(field(o, 'status.readyInstances')) ?? 0;
  const label = `cnpg.io/cluster=${o.metadata.name}`;
  const [instances, disks] = await Promise.all([made(pods, `${label},cnpg.io/podRole=instance`), made(volumes, label)]);
  if (!instances || !disks) return undefined;
  if (have !== wanted || amount(field(o, 'status.instances')) !== wanted || instances.length !== wanted)
    return working(`${Math.min(have, instances.length)} of ${wanted} instances ready`);
  const image = field(o, 'spec.imageName');
  const old = instances.filter((pod) => {
    const server = containers(pod, 'spec.containers').find((c) => field(c, 'name') === 'postgres');
    return (
      !holds(field(server, 'resources'), field(o, 'spec.resources')) ||
      (typeof image === 'string' && field(server, 'image') !== image) ||
      restarted(pod) !== restarted(o)
    );
  });
  if (old.length > 0) return working(`${old.length} of ${wanted} instances are still as before`);
  if (instances.some((pod) => standing(pod).is !== 'ready')) return working('an instance starts');
  const size = amount(field(o, 'spec.storage.size'));
  const small = disks.filter(
    (disk) =>
      disk.metadata.labels?.['cnpg.io/pvcRole'] !== 'PG_WAL' &&
      size !== undefined &&
      (amount(field(disk, 'status.capacity.storage')) ?? 0) < size,
  );
  return small.length > 0 ? working(`the disk ${small[0]?.metadata.name} still grows`) : ready;
};

/** Kubeflow: the StatefulSet of its name has what the notebook says, and has rolled it out. */
const notebook: Proof = async (o, made) => {
  const found = await made(sets, '');
  if (!found) return undefined;
  const set = found.find(({ metadata }) => metadata.name === o.metadata.name);
  const stopped = o.metadata.annotations?.['kubeflow-resource-stopped'] !== undefined;
  const has = containers(set, 'spec.template.spec.containers');
  const same = containers(o, 'spec.template.spec.containers').every((wanted) => {
    const own = has.find((c) => field(c, 'name') === field(wanted, 'name'));
    return field(own, 'image') === field(wanted, 'image') && holds(field(own, 'resources'), field(wanted, 'resources'));
  });
  if (!set || !same || field(set, 'spec.replicas') !== (stopped ? 0 : 1)) return working('waits for its controller');
  const stands = standing(set);
  return stands.is === 'ready' ? ready : working('its pod starts');
};

const proofs: Readonly<Record<string, Proof>> = {
  'postgresql.cnpg.io/Cluster': postgres,
  'kubeflow.org/Notebook': notebook,
};
const groupOf = ({ apiVersion }: Live): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '';

const list = z.object({ items: z.array(z.looseObject({})) });

/** Whether what an object’s controller made is as the object says now. Undefined: that cannot be found out. */
export async function proven(object: Live, api: Api, patience: Patience): Promise<Standing | undefined> {
  const proof = proofs[`${groupOf(object)}/${object.kind}`];
  const { namespace } = object.metadata;
  if (!proof || namespace === undefined) return undefined;
  return proof(object, async ({ apiVersion, kind, plural }, labelSelector) => {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const path = `${base}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
    const { status, body } = await api({ method: 'GET', path, query: { labelSelector } }, patience);
    // A list leaves out what all its items are.
    return status === 200 ? list.parse(body).items.map((item) => live.parse({ ...item, apiVersion, kind })) : undefined;
  });
}

/** Kinds of Kubernetes itself: their controllers say which generation they have seen. */
const builtIn = /^(|apps|batch|autoscaling|policy|extensions|(.*\.)?k8s\.io)$/;
const conditions = z.array(z.looseObject({ observedGeneration: z.number().optional() }));

/** Whether its status says of which generation it speaks, so that “ready” is about what it is now. */
export function saysWhen(object: Live): boolean {
  if (builtIn.test(groupOf(object))) return true;
  if (typeof field(object, 'status.observedGeneration') === 'number') return true;
  const all = conditions.safeParse(field(object, 'status.conditions')).data ?? [];
  return all.length > 0 && all.every((c) => c.observedGeneration !== undefined);
}
