import { expect, test } from 'vitest';
import { nextRun } from '../../src/playground/cluster/controllers/cron.ts';
import { createCluster, type Fields } from '../../src/playground/cluster/index.ts';
import { virtualClock } from '../support/clock.ts';
import { condition, deployment, still } from './world.ts';

const job = (name: string, spec: Fields = {}, command: readonly string[] = ['sh', '-c', 'exit 0']): Fields => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'default' },
  spec: {
    ...spec,
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'tool:1', command: [...command] }] },
    },
  },
});

async function started(options: Parameters<typeof still>[0] = {}) {
  const world = still(options);
  await world.clock.pass(1_000);
  return world;
}

test('a deployment rolls: never too few, never too many, and keeps its history', async () => {
  const world = await started();
  world.deploy('web', { replicas: 4 });
  await world.clock.pass(8_000);
  let least = 4;
  let most = 4;
  world.cluster.subscribe(() => {
    const pods = world.pods().filter((pod) => !pod.metadata.deletionTimestamp);
    const ready = pods.filter((pod) =>
      ((pod.status?.conditions ?? []) as readonly Fields[]).some(
        (one) => one.type === 'Ready' && one.status === 'True',
      ),
    );
    least = Math.min(least, ready.length);
    const sets = world.objects.list('replicasets.apps', 'default');
    most = Math.max(
      most,
      sets.reduce((sum, one) => sum + Number(one.spec?.replicas), 0),
    );
  });
  world.objects.patch('deployments.apps', 'default', 'web', {
    spec: { template: { metadata: { annotations: { v: '2' } } } },
  });
  await world.clock.pass(20_000);
  expect(world.get('deployments.apps', 'web').status).toMatchObject({
    replicas: 4,
    updatedReplicas: 4,
    availableReplicas: 4,
    observedGeneration: 2,
  });
  expect([least, most]).toEqual([3, 5]);
  const revisions = world.objects
    .list('replicasets.apps', 'default')
    .map((one) => one.metadata.annotations?.['deployment.kubernetes.io/revision']);
  expect(revisions.toSorted()).toEqual(['1', '2']);
  expect(world.problems).toEqual([]);
});

test('what belongs to a deployment goes with it; orphans stay', async () => {
  const world = await started();
  world.deploy('web');
  world.deploy('kept');
  await world.clock.pass(8_000);
  world.objects.delete('deployments.apps', 'default', 'web', { propagation: 'Foreground' });
  expect(world.get('deployments.apps', 'web').metadata.finalizers).toEqual(['foregroundDeletion']);
  world.objects.delete('deployments.apps', 'default', 'kept', { propagation: 'Orphan' });
  await world.clock.pass(5_000);
  expect(world.objects.list('deployments.apps', 'default')).toEqual([]);
  expect(world.objects.list('replicasets.apps', 'default').map((one) => one.metadata.labels?.app)).toEqual(['kept']);
  expect(world.pods().map((pod) => pod.metadata.labels?.app)).toEqual(['kept', 'kept']);
  expect(world.problems).toEqual([]);
});

test('a stateful set comes up in order, each with its own volume, and stays stuck behind a broken pod', async () => {
  const world = await started();
  const set = (tag: string): Fields => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: {
          containers: [{ name: 'db', image: `db:${tag}`, volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  });
  world.objects.apply('statefulsets.apps', set('1'), { manager: 'ci' });
  await world.clock.pass(1_000);
  expect(world.pods().map((pod) => pod.metadata.name)).toEqual(['db-0']);
  await world.clock.pass(15_000);
  expect(world.get('statefulsets.apps', 'db').status).toMatchObject({ readyReplicas: 3, updatedReplicas: 3 });
  expect(
    world.objects.list('persistentvolumeclaims', 'default').map((one) => [one.metadata.name, one.status?.phase]),
  ).toEqual([
    ['data-db-0', 'Bound'],
    ['data-db-1', 'Bound'],
    ['data-db-2', 'Bound'],
  ]);
  world.objects.apply('statefulsets.apps', set('does-not-exist'), { manager: 'ci' });
  await world.clock.pass(20_000);
  // Going back is not enough: the known trap.
  world.objects.apply('statefulsets.apps', set('1'), { manager: 'ci' });
  await world.clock.pass(60_000);
  expect(world.get('statefulsets.apps', 'db').status).toMatchObject({ readyReplicas: 2 });
  world.objects.delete('pods', 'default', 'db-2');
  await world.clock.pass(20_000);
  expect(world.get('statefulsets.apps', 'db').status).toMatchObject({ readyReplicas: 3 });
  expect(world.problems).toEqual([]);
});

test('jobs finish, fail, wait and run out of time', async () => {
  const world = await started();
  const { objects } = world;
  objects.create('jobs.batch', job('good'));
  objects.create('jobs.batch', job('bad', { backoffLimit: 1 }, ['sh', '-c', 'exit 3']));
  objects.create('jobs.batch', job('held', { suspend: true }));
  objects.create('jobs.batch', job('slow', { activeDeadlineSeconds: 5 }, ['sleep', '600']));
  objects.create('jobs.batch', job('tidy', { ttlSecondsAfterFinished: 10 }));
  await world.clock.pass(30_000);
  expect(condition(world.get('jobs.batch', 'good'), 'Complete').status).toBe('True');
  expect(condition(world.get('jobs.batch', 'bad'), 'Failed')).toMatchObject({
    reason: 'BackoffLimitExceeded',
    message: 'Job has reached the specified backoff limit',
  });
  expect(condition(world.get('jobs.batch', 'held'), 'Suspended').status).toBe('True');
  expect(condition(world.get('jobs.batch', 'slow'), 'Failed').reason).toBe('DeadlineExceeded');
  expect(objects.get('jobs.batch', 'default', 'tidy')).toBeUndefined();
  expect(world.problems).toEqual([]);
});

test('a daemon set has one pod on each node that takes it', async () => {
  const world = await started({ nodes: 2 });
  const { spec } = deployment('agent');
  const { replicas: _, ...rest } = spec as Fields;
  world.objects.create('daemonsets.apps', {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default' },
    spec: rest,
  });
  await world.clock.pass(8_000);
  expect(
    world
      .pods()
      .map((pod) => pod.spec?.nodeName)
      .toSorted(),
  ).toEqual(['node-1', 'node-2']);
  expect(world.get('daemonsets.apps', 'agent').status).toMatchObject({ desiredNumberScheduled: 2, numberReady: 2 });
});

test('a service follows the pods that are ready', async () => {
  const world = await started();
  world.deploy('web');
  world.objects.create('services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  });
  await world.clock.pass(8_000);
  const subsets = world.get('endpoints', 'web').subsets as unknown as readonly {
    addresses: object[];
    ports: object[];
  }[];
  expect([subsets[0]?.addresses.length, subsets[0]?.ports]).toEqual([2, [{ port: 8080, protocol: 'TCP' }]]);
  world.cluster.break('readiness', { namespace: 'default', name: 'web' });
  await world.clock.pass(8_000);
  const slices = world.objects.list('endpointslices.discovery.k8s.io', 'default')[0]?.endpoints as unknown as readonly {
    conditions: { ready: boolean };
  }[];
  expect(slices.map((one) => one.conditions.ready).toSorted()).toEqual([false, true, true]);
});

test('volumes: a class that is missing, one that grows, one that is in use', async () => {
  const world = await started();
  const claim = (name: string, storageClassName?: string): Fields => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      ...(storageClassName ? { storageClassName } : {}),
    },
  });
  world.objects.create('persistentvolumeclaims', claim('lost', 'fast'));
  world.objects.create('persistentvolumeclaims', claim('used'));
  await world.clock.pass(2_000);
  expect(world.events()).toEqual(
    expect.arrayContaining([
      'Warning ProvisioningFailed: storageclass.storage.k8s.io "fast" not found',
      'Normal WaitForFirstConsumer: waiting for first consumer to be created before binding',
    ]),
  );
  world.objects.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'user', namespace: 'default' },
    spec: {
      containers: [{ name: 'c', image: 'x:1' }],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'used' } }],
    },
  });
  await world.clock.pass(8_000);
  expect(world.get('pods', 'user').status?.phase).toBe('Running');
  world.objects.patch('persistentvolumeclaims', 'default', 'used', {
    spec: { resources: { requests: { storage: '5Gi' } } },
  });
  world.objects.delete('persistentvolumeclaims', 'default', 'used');
  await world.clock.pass(2_000);
  expect(world.get('persistentvolumeclaims', 'used').metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
  world.objects.delete('pods', 'default', 'user');
  await world.clock.pass(5_000);
  expect(world.objects.get('persistentvolumeclaims', 'default', 'used')).toBeUndefined();
  expect(world.objects.list('persistentvolumes')).toEqual([]);
});

test('a namespace is emptied before it goes', async () => {
  const world = await started();
  world.objects.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  await world.clock.pass(500);
  world.deploy('web', { namespace: 'shop' });
  await world.clock.pass(8_000);
  world.objects.delete('namespaces', undefined, 'shop');
  expect(() => world.deploy('more', { namespace: 'shop' })).toThrow(
    'unable to create new content in namespace shop because it is being terminated',
  );
  await world.clock.pass(10_000);
  expect(world.objects.get('namespaces', undefined, 'shop')).toBeUndefined();
  expect(world.pods('shop')).toEqual([]);
});

test('an autoscaler follows the load, within its bounds', async () => {
  const world = await started();
  world.deploy('web', { replicas: 2 });
  world.objects.create('horizontalpodautoscalers.autoscaling', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 3,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
    },
  });
  world.objects.patch('deployments.apps', 'default', 'web', {
    metadata: { annotations: { 'playground.groundcrew/load': '200' } },
  });
  await world.clock.pass(40_000);
  expect(world.get('deployments.apps', 'web').spec?.replicas).toBe(3);
  expect(condition(world.get('horizontalpodautoscalers.autoscaling', 'web'), 'ScalingLimited')).toMatchObject({
    status: 'True',
    reason: 'TooManyReplicas',
  });
});

test('a schedule once a year asks the clock for no longer wait than a timer can make', async () => {
  const clock = virtualClock();
  const waits: number[] = [];
  const listened = {
    ...clock,
    after(ms: number, run: () => void) {
      waits.push(ms);
      return clock.after(ms, run);
    },
  };
  const cluster = createCluster({ clock: listened });
  cluster.objects.create('cronjobs.batch', {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'yearly', namespace: 'default' },
    spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: (job('x') as { spec: Fields }).spec } },
  });
  await clock.pass(24 * 3_600_000);
  expect(Math.max(...waits)).toBe(6 * 3_600_000);
  expect(cluster.objects.list('jobs.batch', 'default')).toEqual([]);
});

test('schedules', () => {
  const after = new Date('2026-03-02T09:00:30Z');
  const next = (schedule: string) => nextRun(schedule, after)?.toISOString();
  expect(next('* * * * *')).toBe('2026-03-02T09:01:00.000Z');
  expect(next('*/15 * * * *')).toBe('2026-03-02T09:15:00.000Z');
  expect(next('30 2 * * *')).toBe('2026-03-03T02:30:00.000Z');
  expect(next('0 12 * * 5')).toBe('2026-03-06T12:00:00.000Z');
  expect(next('0 0 29 2 *')).toBe('2028-02-29T00:00:00.000Z');
  expect(next('@hourly')).toBe('2026-03-02T10:00:00.000Z');
  expect(next('61 * * * *')).toBeUndefined();
  expect(next('often')).toBeUndefined();
});
