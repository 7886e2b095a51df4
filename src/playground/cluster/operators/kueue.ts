import { isTrue } from '../controllers/condition.ts';
import { jobDone } from '../controllers/job.ts';
import { keyOf } from '../controllers/runtime.ts';
import { at, fieldsOf, listOf, textOf } from '../json.ts';
import { suffix } from '../names.ts';
import { quantity } from '../quantity.ts';
import type { KubeObject } from '../types.ts';
import { type Look, not, type Operator, ok } from './operator.ts';

const queueLabel = 'kueue.x-k8s.io/queue-name';
const gpu = 'nvidia.com/gpu';
const gpusOf = (job: KubeObject): number =>
  Number(job.spec?.parallelism ?? 1) *
  listOf(at(job.spec, 'template', 'spec', 'containers')).reduce<number>(
    (sum, one) => sum + (quantity(at(one, 'resources', 'limits', gpu)) ?? 0),
    0,
  );

/** Kueue: a suspended job waits in its queue until what it asks for is free. */
export const queue: Operator = {
  kind: 'jobs.batch',
  watches: {
    'localqueues.kueue.x-k8s.io': () => [],
    'workloads.kueue.x-k8s.io': ({ metadata }) =>
      (metadata.ownerReferences ?? []).map((one) => `${metadata.namespace}/${one.name}`),
  },
  look(look) {
    const { object: job, world, namespace, stuck } = look;
    const name = job.metadata.labels?.[queueLabel];
    if (!name || job.metadata.deletionTimestamp) return undefined;
    const kind = 'workloads.kueue.x-k8s.io';
    const workload = world.owned(kind, job.metadata.uid)[0] ?? makeWorkload(look, name);
    const write = (...conditions: readonly ReturnType<typeof ok>[]) => setConditions(world, workload, conditions);
    if (jobDone(job)) {
      write(ok('Finished', isTrue(job, 'Failed') ? 'Failed' : 'Succeeded', 'Job finished'));
      // What it held is free: the next one in the queue may go.
      for (const other of waitingJobs(world))
        if (keyOf(other) !== keyOf(job)) admit({ ...look, object: other }, undefined);
      return undefined;
    }
    if (job.spec?.suspend !== true) return undefined;
    const local = world.api.get('localqueues.kueue.x-k8s.io', namespace, name);
    if (!local) {
      write(not('QuotaReserved', 'Inadmissible', `LocalQueue ${name} doesn't exist`));
      return 3 * world.times.operator;
    }
    if (stuck) return undefined;
    const left = world.times.operator - look.age;
    if (left > 0) return left;
    return admit(look, textOf(local.spec?.clusterQueue));
  },
};

function setConditions(world: Look['world'], workload: KubeObject, conditions: readonly ReturnType<typeof ok>[]): void {
  const current =
    world.api.get('workloads.kueue.x-k8s.io', workload.metadata.namespace, workload.metadata.name) ?? workload;
  const kept = listOf(current.status?.conditions).filter(
    (one) => !conditions.some((next) => next.type === at(one, 'type')),
  );
  const same = conditions.every((next) =>
    listOf(current.status?.conditions).some(
      (one) =>
        at(one, 'type') === next.type && at(one, 'status') === next.status && at(one, 'message') === next.message,
    ),
  );
  if (same) return;
  const written = conditions.map((one) => ({
    ...one,
    lastTransitionTime: world.now().toISOString().replace(/\.\d+/, ''),
  }));
  world.status('workloads.kueue.x-k8s.io', current, { ...current.status, conditions: [...kept, ...written] }, 'kueue');
}

function makeWorkload({ object: job, own, name }: Look, queueName: string): KubeObject {
  return own('workloads.kueue.x-k8s.io', {
    apiVersion: 'kueue.x-k8s.io/v1beta1',
    kind: 'Workload',
    metadata: { name: `job-${name}-${suffix()}` },
    spec: {
      queueName,
      active: true,
      priority: 0,
      podSets: [{ name: 'main', count: Number(job.spec?.parallelism ?? 1), template: fieldsOf(job.spec?.template) }],
    },
  });
}

const waitingJobs = (world: Look['world']): readonly KubeObject[] =>
  world.api
    .list('jobs.batch')
    .filter((job) => job.spec?.suspend === true && job.metadata.labels?.[queueLabel] && !job.metadata.deletionTimestamp)
    .toSorted((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));

function admit({ object: job, world }: Look, clusterQueue: string | undefined): number | undefined {
  const workload = world.owned('workloads.kueue.x-k8s.io', job.metadata.uid)[0];
  if (!workload) return undefined;
  const total = world.api
    .list('nodes')
    .reduce((sum, node) => sum + (quantity(at(node.status, 'allocatable', gpu)) ?? 0), 0);
  const used = world.api
    .list('jobs.batch')
    .filter((one) => one.spec?.suspend !== true && !jobDone(one))
    .reduce((sum, one) => sum + gpusOf(one), 0);
  const asked = gpusOf(job);
  if (used + asked > total) {
    const message = `couldn't assign flavors to pod set main: insufficient unused quota for ${gpu} in flavor default-flavor, ${used + asked - total} more needed`;
    setConditions(world, workload, [not('QuotaReserved', 'Pending', message)]);
    return 3 * world.times.operator;
  }
  const where = clusterQueue ?? 'cluster-queue';
  const current =
    world.api.get('workloads.kueue.x-k8s.io', workload.metadata.namespace, workload.metadata.name) ?? workload;
  world.status(
    'workloads.kueue.x-k8s.io',
    current,
    { ...current.status, admission: { clusterQueue: where, podSetAssignments: [{ name: 'main', count: 1 }] } },
    'kueue',
  );
  setConditions(world, workload, [
    ok('QuotaReserved', 'QuotaReserved', `Quota reserved in ClusterQueue ${where}`),
    ok('Admitted', 'Admitted', 'The workload is admitted'),
  ]);
  world.api.patch(
    'jobs.batch',
    job.metadata.namespace,
    job.metadata.name,
    { spec: { suspend: false } },
    { manager: 'kueue' },
  );
  return undefined;
}
