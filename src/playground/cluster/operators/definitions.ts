import type { Fields } from '../json.ts';

/* The kinds that the company's operators bring, as far as their schemas matter to who writes them. */

const open: Fields = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const text: Fields = { type: 'string' };
const whole: Fields = { type: 'integer' };
const flag: Fields = { type: 'boolean' };
const object = (properties: Fields, required: readonly string[] = []): Fields => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
});
const list = (items: Fields): Fields => ({ type: 'array', items });
const atLeast = (minimum: number): Fields => ({ type: 'integer', minimum });
const size: Fields = { type: 'string', pattern: '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$' };
const reference = object({ name: text, namespace: text }, ['name']);
const column = (name: string, jsonPath: string, type = 'string'): Fields => ({ name, type, jsonPath });
const ready = (type: string): string => `.status.conditions[?(@.type=="${type}")].status`;

type Definition = {
  readonly group: string;
  readonly versions: readonly string[];
  readonly kind: string;
  readonly plural: string;
  readonly scope?: 'Cluster';
  readonly short?: readonly string[];
  readonly columns?: readonly Fields[];
  readonly spec: Fields;
  readonly scale?: Fields;
};

const definitions: readonly Definition[] = [
  {
    group: 'postgresql.cnpg.io',
    versions: ['v1'],
    kind: 'Cluster',
    plural: 'clusters',
    columns: [
      column('Age', '.metadata.creationTimestamp', 'date'),
      column('Instances', '.status.instances', 'integer'),
      column('Ready', '.status.readyInstances', 'integer'),
      column('Status', '.status.phase'),
      column('Primary', '.status.currentPrimary'),
    ],
    spec: {
      ...open,
      properties: {
        instances: { type: 'integer', minimum: 1, default: 1 },
        imageName: text,
        storage: object({ size, storageClass: text, resizeInUseVolumes: { type: 'boolean', default: true } }),
        bootstrap: open,
        resources: open,
      },
      required: ['instances'],
    },
    scale: { specReplicasPath: '.spec.instances', statusReplicasPath: '.status.instances' },
  },
  {
    group: 'redis.redis.opstreelabs.in',
    versions: ['v1beta2'],
    kind: 'Redis',
    plural: 'redis',
    spec: {
      ...open,
      properties: { kubernetesConfig: { ...open, properties: { image: text }, required: ['image'] } },
      required: ['kubernetesConfig'],
    },
  },
  {
    group: 'rabbitmq.com',
    versions: ['v1beta1'],
    kind: 'RabbitmqCluster',
    plural: 'rabbitmqclusters',
    short: ['rmq'],
    columns: [
      column('AllReplicasReady', ready('AllReplicasReady')),
      column('ReconcileSuccess', ready('ReconcileSuccess')),
      column('Age', '.metadata.creationTimestamp', 'date'),
    ],
    spec: {
      ...open,
      properties: {
        replicas: { type: 'integer', minimum: 0, default: 1 },
        persistence: { ...open, properties: { storage: size } },
      },
    },
  },
  ...(
    [
      [
        'Queue',
        'queues',
        {
          name: text,
          type: { type: 'string', enum: ['quorum', 'classic', 'stream'] },
          durable: flag,
          autoDelete: flag,
          vhost: { ...text, default: '/' },
        },
        ['name'],
      ],
      ['Vhost', 'vhosts', { name: text, tags: list(text) }, ['name']],
      [
        'User',
        'users',
        {
          tags: list({ type: 'string', enum: ['management', 'policymaker', 'monitoring', 'administrator'] }),
          importCredentialsSecret: reference,
        },
        [],
      ],
      [
        'Permission',
        'permissions',
        {
          user: text,
          userReference: reference,
          vhost: text,
          permissions: object({ configure: text, write: text, read: text }),
        },
        ['vhost', 'permissions'],
      ],
    ] as const
  ).map(
    ([kind, plural, fields, required]): Definition => ({
      group: 'rabbitmq.com',
      versions: ['v1beta1'],
      kind,
      plural,
      columns: [column('Ready', ready('Ready')), column('Age', '.metadata.creationTimestamp', 'date')],
      spec: {
        ...object({ ...fields, rabbitmqClusterReference: reference }, [...required, 'rabbitmqClusterReference']),
      },
    }),
  ),
  {
    group: 'kafka.strimzi.io',
    versions: ['v1', 'v1beta2'],
    kind: 'KafkaTopic',
    plural: 'kafkatopics',
    short: ['kt'],
    columns: [
      column('Cluster', '.metadata.labels.strimzi\\.io/cluster'),
      column('Partitions', '.spec.partitions', 'integer'),
      column('Replication factor', '.spec.replicas', 'integer'),
      column('Ready', ready('Ready')),
    ],
    spec: object({
      topicName: text,
      partitions: atLeast(1),
      replicas: { type: 'integer', minimum: 1, maximum: 32_767 },
      config: open,
    }),
  },
  {
    group: 'kafka.strimzi.io',
    versions: ['v1', 'v1beta2'],
    kind: 'KafkaUser',
    plural: 'kafkausers',
    short: ['ku'],
    columns: [
      column('Cluster', '.metadata.labels.strimzi\\.io/cluster'),
      column('Authentication', '.spec.authentication.type'),
      column('Authorization', '.spec.authorization.type'),
      column('Ready', ready('Ready')),
    ],
    spec: object({
      authentication: {
        ...open,
        properties: { type: { type: 'string', enum: ['tls', 'tls-external', 'scram-sha-512'] } },
        required: ['type'],
      },
      authorization: {
        ...open,
        properties: { type: { type: 'string', enum: ['simple'] }, acls: list(open) },
        required: ['type', 'acls'],
      },
      quotas: open,
      template: open,
    }),
  },
  {
    group: 's3.aws.m.upbound.io',
    versions: ['v1beta1'],
    kind: 'Bucket',
    plural: 'buckets',
    columns: [
      column('Synced', ready('Synced')),
      column('Ready', ready('Ready')),
      column('External-Name', '.metadata.annotations.crossplane\\.io/external-name'),
      column('Age', '.metadata.creationTimestamp', 'date'),
    ],
    spec: {
      ...open,
      properties: {
        forProvider: { ...open, properties: { region: text }, required: ['region'] },
        providerConfigRef: object({ kind: text, name: text }),
      },
      required: ['forProvider'],
    },
  },
  {
    group: 'argoproj.io',
    versions: ['v1alpha1'],
    kind: 'Application',
    plural: 'applications',
    short: ['app', 'apps'],
    columns: [
      column('Sync Status', '.status.sync.status'),
      column('Health Status', '.status.health.status'),
      { ...column('Revision', '.status.sync.revision'), priority: 10 },
    ],
    spec: {
      ...open,
      properties: {
        project: text,
        source: open,
        destination: object({ server: text, name: text, namespace: text }),
        syncPolicy: open,
      },
      required: ['destination', 'project'],
    },
  },
  {
    group: 'kubeflow.org',
    versions: ['v1'],
    kind: 'Notebook',
    plural: 'notebooks',
    spec: object({ template: object({ spec: open }) }),
  },
  {
    group: 'kueue.x-k8s.io',
    versions: ['v1beta1'],
    kind: 'Workload',
    plural: 'workloads',
    short: ['wl'],
    columns: [
      column('Queue', '.spec.queueName'),
      column('Reserved in', '.status.admission.clusterQueue'),
      column('Admitted', ready('Admitted')),
      column('Finished', ready('Finished')),
      column('Age', '.metadata.creationTimestamp', 'date'),
    ],
    spec: {
      ...open,
      properties: { queueName: text, active: { type: 'boolean', default: true }, priority: whole, podSets: list(open) },
    },
  },
  {
    group: 'kueue.x-k8s.io',
    versions: ['v1beta1'],
    kind: 'LocalQueue',
    plural: 'localqueues',
    short: ['queue', 'queues', 'lq'],
    columns: [
      column('ClusterQueue', '.spec.clusterQueue'),
      column('Pending Workloads', '.status.pendingWorkloads', 'integer'),
      column('Admitted Workloads', '.status.admittedWorkloads', 'integer'),
    ],
    spec: object({ clusterQueue: text, stopPolicy: text }, ['clusterQueue']),
  },
  {
    group: 'kueue.x-k8s.io',
    versions: ['v1beta1'],
    kind: 'ClusterQueue',
    plural: 'clusterqueues',
    scope: 'Cluster',
    short: ['cq'],
    columns: [column('Cohort', '.spec.cohort'), column('Pending Workloads', '.status.pendingWorkloads', 'integer')],
    spec: open,
  },
];

export const customKinds: readonly Fields[] = definitions.map(
  ({ group, versions, kind, plural, scope, short = [], columns = [], spec, scale }) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: scope ?? 'Namespaced',
      names: {
        kind,
        plural,
        singular: kind.toLowerCase(),
        listKind: `${kind}List`,
        ...(short.length > 0 ? { shortNames: short } : {}),
      },
      versions: versions.map((name, i) => ({
        name,
        served: true,
        storage: i === 0,
        schema: { openAPIV3Schema: object({ spec, status: open }) },
        subresources: { status: {}, ...(scale ? { scale } : {}) },
        ...(columns.length > 0 ? { additionalPrinterColumns: columns } : {}),
      })),
    },
  }),
);
