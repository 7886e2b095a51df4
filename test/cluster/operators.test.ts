import { expect, test } from 'vitest';
import type { Fields, KubeObject } from '../../src/playground/cluster/index.ts';
import { condition, still } from './world.ts';

const at = (apiVersion: string, kind: string, name: string, spec: Fields, meta: Fields = {}): Fields => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'default', ...meta },
  spec,
});
async function started(options: Parameters<typeof still>[0] = {}) {
  const world = still(options);
  await world.clock.pass(1_000);
  return world;
}
const keys = (secret: KubeObject): readonly string[] => Object.keys(secret.data as Fields).toSorted();

const clusters = 'clusters.postgresql.cnpg.io';
const database = (spec: Fields = {}): Fields =>
  at('postgresql.cnpg.io/v1', 'Cluster', 'orders-db', { instances: 2, storage: { size: '10Gi' }, ...spec });

test('PostgreSQL: through its phases to healthy, with credentials, services and volumes', async () => {
  const world = await started();
  const phases: string[] = [];
  world.cluster.subscribe(({ object }) => {
    const phase = object.kind === 'Cluster' ? String(object.status?.phase ?? '') : '';
    if (phase && phases.at(-1) !== phase) phases.push(phase);
  });
  world.objects.create(clusters, database());
  await world.clock.pass(20_000);
  expect(phases).toEqual([
    'Setting up primary',
    'Creating a new replica',
    'Waiting for the instances to become active',
    'Cluster in healthy state',
  ]);
  const cluster = world.get(clusters, 'orders-db');
  expect(cluster.status).toMatchObject({ instances: 2, readyInstances: 2, currentPrimary: 'orders-db-1' });
  expect(condition(cluster, 'Ready')).toMatchObject({ status: 'True', reason: 'ClusterIsReady' });
  expect(keys(world.get('secrets', 'orders-db-app'))).toEqual([
    'dbname',
    'host',
    'jdbc-uri',
    'password',
    'pgpass',
    'port',
    'uri',
    'user',
    'username',
  ]);
  expect(world.objects.list('services', 'default').map((one) => one.metadata.name)).toEqual([
    'orders-db-r',
    'orders-db-ro',
    'orders-db-rw',
  ]);
  expect(world.problems).toEqual([]);
});

test('PostgreSQL: grows, sleeps with its volumes kept, wakes, restarts, is deleted whole', async () => {
  const world = await started();
  const { objects, clock } = world;
  objects.create(clusters, database({ instances: 1 }));
  await clock.pass(15_000);
  objects.patch(clusters, 'default', 'orders-db', { spec: { storage: { size: '20Gi' } } });
  await clock.pass(3_000);
  expect(() => objects.patch(clusters, 'default', 'orders-db', { spec: { storage: { size: '5Gi' } } })).toThrow(
    "can't shrink existing storage from 20Gi to 5Gi",
  );
  expect(world.get('persistentvolumeclaims', 'orders-db-1').status).toMatchObject({ capacity: { storage: '20Gi' } });
  objects.patch(clusters, 'default', 'orders-db', { metadata: { annotations: { 'cnpg.io/hibernation': 'on' } } });
  await clock.pass(5_000);
  expect(world.pods()).toEqual([]);
  expect(condition(world.get(clusters, 'orders-db'), 'cnpg.io/hibernation')).toMatchObject({
    status: 'True',
    reason: 'Hibernated',
  });
  expect(objects.list('persistentvolumeclaims', 'default')).toHaveLength(1);
  objects.patch(clusters, 'default', 'orders-db', { metadata: { annotations: { 'cnpg.io/hibernation': 'off' } } });
  await clock.pass(10_000);
  expect(condition(world.get(clusters, 'orders-db'), 'Ready').status).toBe('True');
  const before = world.get('pods', 'orders-db-1').metadata.uid;
  objects.patch(clusters, 'default', 'orders-db', {
    metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-03-02T10:00:00Z' } },
  });
  await clock.pass(10_000);
  expect(world.get('pods', 'orders-db-1').metadata.uid).not.toBe(before);
  objects.delete(clusters, 'default', 'orders-db');
  await clock.pass(10_000);
  expect([
    ...world.pods(),
    ...objects.list('persistentvolumeclaims', 'default'),
    ...objects.list('services', 'default'),
  ]).toEqual([]);
  expect(world.problems).toEqual([]);
});

test('an operator that is stuck never gets its object ready, until it is mended', async () => {
  const world = await started();
  world.objects.create(clusters, database({ instances: 1 }));
  world.cluster.break('operator-stuck', { kind: clusters, namespace: 'default', name: 'orders-db' });
  await world.clock.pass(600_000);
  expect(world.get(clusters, 'orders-db').status?.phase).toBe('Setting up primary');
  expect(condition(world.get(clusters, 'orders-db'), 'Ready').status).toBe('False');
  world.cluster.heal({ namespace: 'default', name: 'orders-db' });
  await world.clock.pass(15_000);
  expect(condition(world.get(clusters, 'orders-db'), 'Ready').status).toBe('True');
});

test('Redis waits for its secret, as its pods do', async () => {
  const world = await started();
  world.objects.create(
    'redis.redis.redis.opstreelabs.in',
    at('redis.redis.opstreelabs.in/v1beta2', 'Redis', 'cache', {
      kubernetesConfig: { image: 'quay.io/opstree/redis:v7.2.7', redisSecret: { name: 'cache-auth', key: 'password' } },
      storage: {
        volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      },
    }),
  );
  await world.clock.pass(10_000);
  expect(Number(world.get('statefulsets.apps', 'cache').status?.readyReplicas ?? 0)).toBe(0);
  world.objects.create('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'cache-auth', namespace: 'default' },
    stringData: { password: 'x' },
  });
  await world.clock.pass(10_000);
  expect(world.get('statefulsets.apps', 'cache').status).toMatchObject({ readyReplicas: 1 });
  expect(world.problems).toEqual([]);
});

test('RabbitMQ and its queues: a queue fails as long as its cluster is not there', async () => {
  const world = await started();
  world.objects.create(
    'queues.rabbitmq.com',
    at('rabbitmq.com/v1beta1', 'Queue', 'events', {
      name: 'events',
      type: 'quorum',
      rabbitmqClusterReference: { name: 'mq' },
    }),
  );
  await world.clock.pass(3_000);
  expect(condition(world.get('queues.rabbitmq.com', 'events'), 'Ready')).toMatchObject({
    status: 'False',
    reason: 'FailedCreateOrUpdate',
    message: expect.stringContaining('"mq" not found'),
  });
  world.objects.create(
    'rabbitmqclusters.rabbitmq.com',
    at('rabbitmq.com/v1beta1', 'RabbitmqCluster', 'mq', { replicas: 1, persistence: { storage: '1Gi' } }),
  );
  await world.clock.pass(15_000);
  const cluster = world.get('rabbitmqclusters.rabbitmq.com', 'mq');
  expect([
    condition(cluster, 'AllReplicasReady').status,
    condition(cluster, 'ClusterAvailable').status,
    condition(cluster, 'ReconcileSuccess').status,
  ]).toEqual(['True', 'True', 'True']);
  expect(cluster.status).toMatchObject({ binding: { name: 'mq-default-user' } });
  expect(condition(world.get('queues.rabbitmq.com', 'events'), 'Ready')).toMatchObject({
    status: 'True',
    reason: 'SuccessfulCreateOrUpdate',
  });
  expect(() =>
    world.objects.create(
      'queues.rabbitmq.com',
      at('rabbitmq.com/v1beta1', 'Queue', 'odd', {
        name: 'odd',
        type: 'fast',
        rabbitmqClusterReference: { name: 'mq' },
      }),
    ),
  ).toThrow('spec.type: Unsupported value: "fast": supported values: "quorum", "classic", "stream"');
});

test('Kafka: nothing happens without the label that names the cluster', async () => {
  const world = await started();
  const topic = (name: string, labels: Fields) =>
    at('kafka.strimzi.io/v1', 'KafkaTopic', name, { partitions: 3, replicas: 3 }, { labels });
  world.objects.create('kafkatopics.kafka.strimzi.io', topic('lost', {}));
  world.objects.create('kafkatopics.kafka.strimzi.io', topic('events', { 'strimzi.io/cluster': 'main' }));
  await world.clock.pass(5_000);
  expect(world.get('kafkatopics.kafka.strimzi.io', 'lost').status).toBeUndefined();
  expect(condition(world.get('kafkatopics.kafka.strimzi.io', 'events'), 'Ready').status).toBe('True');
  world.objects.patch('kafkatopics.kafka.strimzi.io', 'default', 'events', { spec: { replicas: 2 } });
  await world.clock.pass(5_000);
  expect(condition(world.get('kafkatopics.kafka.strimzi.io', 'events'), 'NotReady')).toMatchObject({
    status: 'True',
    reason: 'NotSupported',
  });
});

test('a bucket is synced first and ready later, and is gone outside before it is gone here', async () => {
  const world = await started();
  world.objects.create(
    'buckets.s3.aws.m.upbound.io',
    at('s3.aws.m.upbound.io/v1beta1', 'Bucket', 'exports', { forProvider: { region: 'eu-west-1' } }),
  );
  await world.clock.pass(1_000);
  const early = world.get('buckets.s3.aws.m.upbound.io', 'exports');
  expect([condition(early, 'Synced').status, condition(early, 'Ready').reason]).toEqual(['True', 'Creating']);
  await world.clock.pass(5_000);
  expect(condition(world.get('buckets.s3.aws.m.upbound.io', 'exports'), 'Ready').reason).toBe('Available');
  world.objects.delete('buckets.s3.aws.m.upbound.io', 'default', 'exports');
  await world.clock.pass(200);
  expect(condition(world.get('buckets.s3.aws.m.upbound.io', 'exports'), 'Ready').reason).toBe('Deleting');
  await world.clock.pass(5_000);
  expect(world.objects.get('buckets.s3.aws.m.upbound.io', 'default', 'exports')).toBeUndefined();
});

test('an application is synced, progresses, is healthy, and takes its objects along', async () => {
  const world = await started();
  const kind = 'applications.argoproj.io';
  world.objects.create(
    kind,
    at(
      'argoproj.io/v1alpha1',
      'Application',
      'pr-web-142',
      {
        project: 'previews',
        source: { repoURL: 'x', targetRevision: 'abc' },
        destination: { namespace: 'pr-web-142' },
        syncPolicy: { syncOptions: ['CreateNamespace=true'] },
      },
      { finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    ),
  );
  const seen: string[] = [];
  world.cluster.subscribe(({ object }) => {
    const state =
      object.kind === 'Application'
        ? `${(object.status?.sync as Fields)?.status}/${(object.status?.health as Fields)?.status}`
        : '';
    if (state && seen.at(-1) !== state) seen.push(state);
  });
  await world.clock.pass(10_000);
  expect(seen).toEqual(['OutOfSync/Missing', 'Synced/Progressing', 'Synced/Healthy']);
  expect(world.pods('pr-web-142')).toHaveLength(1);
  world.objects.delete(kind, 'default', 'pr-web-142');
  await world.clock.pass(10_000);
  expect(world.objects.get(kind, 'default', 'pr-web-142')).toBeUndefined();
  expect(world.objects.list('deployments.apps', 'pr-web-142')).toEqual([]);
  expect(world.problems).toEqual([]);
});

test('Kueue: jobs wait for GPUs in order, and go when there are some', async () => {
  const world = await started({ nodes: [{ name: 'gpu-1', cpu: 16, memory: 64, gpus: 2 }] });
  world.objects.create(
    'localqueues.kueue.x-k8s.io',
    at('kueue.x-k8s.io/v1beta1', 'LocalQueue', 'ml', { clusterQueue: 'gpus' }),
  );
  const train = (name: string, gpus: number) =>
    world.objects.create(
      'jobs.batch',
      at(
        'batch/v1',
        'Job',
        name,
        {
          suspend: true,
          template: {
            spec: {
              restartPolicy: 'Never',
              containers: [
                {
                  name: 'main',
                  image: 'train:1',
                  command: ['sleep', '20'],
                  resources: { limits: { 'nvidia.com/gpu': gpus } },
                },
              ],
            },
          },
        },
        { labels: { 'kueue.x-k8s.io/queue-name': 'ml' } },
      ),
    );
  train('first', 2);
  await world.clock.pass(2_000);
  train('second', 1);
  await world.clock.pass(8_000);
  const workload = (job: string) =>
    world.objects
      .list('workloads.kueue.x-k8s.io', 'default')
      .find((one) => one.metadata.name.startsWith(`job-${job}-`)) as KubeObject;
  expect(condition(workload('first'), 'Admitted').status).toBe('True');
  expect(condition(workload('second'), 'QuotaReserved')).toMatchObject({
    status: 'False',
    reason: 'Pending',
    message: expect.stringContaining('insufficient unused quota for nvidia.com/gpu'),
  });
  expect(world.get('jobs.batch', 'second').spec?.suspend).toBe(true);
  await world.clock.pass(40_000);
  expect(condition(world.get('jobs.batch', 'first'), 'Complete').status).toBe('True');
  expect(condition(workload('second'), 'Admitted').status).toBe('True');
  expect(world.problems).toEqual([]);
});

test('a notebook stops and starts by its annotation', async () => {
  const world = await started();
  world.objects.create(
    'notebooks.kubeflow.org',
    at('kubeflow.org/v1', 'Notebook', 'jo-nb', {
      template: { spec: { containers: [{ name: 'jo-nb', image: 'jupyter:1' }] } },
    }),
  );
  await world.clock.pass(8_000);
  expect(world.get('notebooks.kubeflow.org', 'jo-nb').status).toMatchObject({ readyReplicas: 1 });
  world.objects.patch('notebooks.kubeflow.org', 'default', 'jo-nb', {
    metadata: { annotations: { 'kubeflow-resource-stopped': 'now' } },
  });
  await world.clock.pass(5_000);
  expect(world.get('notebooks.kubeflow.org', 'jo-nb').status).toMatchObject({ readyReplicas: 0 });
  expect(world.pods()).toEqual([]);
  world.objects.patch('notebooks.kubeflow.org', 'default', 'jo-nb', {
    metadata: { annotations: { 'kubeflow-resource-stopped': null } },
  });
  await world.clock.pass(8_000);
  expect(world.get('notebooks.kubeflow.org', 'jo-nb').status).toMatchObject({ readyReplicas: 1 });
});
