import { randomBytes } from 'node:crypto';
import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import type { KubeObject } from '../types.ts';
import { type Look, not, type Operator, ok, secretData } from './operator.ts';

const replicasReady = (set: KubeObject | undefined, wanted: number): boolean =>
  Number(set?.status?.readyReplicas ?? 0) >= wanted;

/** Redis by the OT operator: its readiness is its StatefulSet's. */
export const redis: Operator = {
  kind: 'redis.redis.redis.opstreelabs.in',
  owns: ['statefulsets.apps'],
  look({ object, name, own, stuck }) {
    if (object.metadata.deletionTimestamp || stuck) return undefined;
    const config = fieldsOf(object.spec?.kubernetesConfig);
    const secret = fieldsOf(config.redisSecret);
    const labels = { app: name, redis_setup_type: 'standalone', role: 'standalone' };
    const claim = at(object.spec, 'storage', 'volumeClaimTemplate', 'spec');
    const port = { name: 'redis-client', port: 6379, targetPort: 6379, protocol: 'TCP' };
    own('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: { selector: labels, ports: [port] },
    });
    own('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${name}-headless`, labels },
      spec: { clusterIP: 'None', selector: labels, ports: [port] },
    });
    own('statefulsets.apps', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name, labels },
      spec: {
        replicas: 1,
        serviceName: `${name}-headless`,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                name,
                image: textOf(config.image),
                ports: [{ name: 'redis', containerPort: 6379 }],
                ...(textOf(secret.name)
                  ? {
                      env: [
                        {
                          name: 'REDIS_PASSWORD',
                          valueFrom: {
                            secretKeyRef: { name: textOf(secret.name), key: textOf(secret.key) || 'password' },
                          },
                        },
                      ],
                    }
                  : {}),
                ...(config.resources === undefined ? {} : { resources: fieldsOf(config.resources) }),
                ...(claim === undefined ? {} : { volumeMounts: [{ name, mountPath: '/data' }] }),
              },
            ],
          },
        },
        ...(claim === undefined ? {} : { volumeClaimTemplates: [{ metadata: { name }, spec: fieldsOf(claim) }] }),
      },
    });
    return undefined;
  },
};

export const rabbit: Operator = {
  kind: 'rabbitmqclusters.rabbitmq.com',
  owns: ['statefulsets.apps'],
  look({ object, name, namespace, world, own, once, status, stuck }) {
    if (object.metadata.deletionTimestamp) return undefined;
    const labels = {
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/component': 'rabbitmq',
      'app.kubernetes.io/part-of': 'rabbitmq',
    };
    const wanted = Number(object.spec?.replicas ?? 1);
    const secret = `${name}-default-user`;
    const ports = [
      { name: 'amqp', port: 5672, targetPort: 5672, protocol: 'TCP' },
      { name: 'management', port: 15672, targetPort: 15672, protocol: 'TCP' },
    ];
    own('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: { selector: { 'app.kubernetes.io/name': name }, ports },
    });
    own('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${name}-nodes`, labels },
      spec: { clusterIP: 'None', selector: { 'app.kubernetes.io/name': name }, ports },
    });
    once('secrets', () => {
      const [username, password] = [
        `default_user_${randomBytes(9).toString('hex')}`,
        randomBytes(18).toString('base64url'),
      ];
      const host = `${name}.${namespace}.svc`;
      return {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: secret, labels },
        type: 'Opaque',
        data: secretData({
          username,
          password,
          host,
          port: '5672',
          provider: 'rabbitmq',
          type: 'rabbitmq',
          connection_string: `amqp://${username}:${password}@${host}:5672/`,
          'default_user.conf': `default_user = ${username}\ndefault_pass = ${password}\n`,
        }),
      };
    });
    if (!stuck)
      own('statefulsets.apps', {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: `${name}-server`, labels },
        spec: {
          replicas: wanted,
          serviceName: `${name}-nodes`,
          podManagementPolicy: 'Parallel',
          selector: { matchLabels: { 'app.kubernetes.io/name': name } },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                {
                  name: 'rabbitmq',
                  image: textOf(object.spec?.image) || 'rabbitmq:4.1.3-management',
                  ports: [{ name: 'amqp', containerPort: 5672 }],
                  ...(object.spec?.resources === undefined ? {} : { resources: fieldsOf(object.spec.resources) }),
                  volumeMounts: [{ name: 'persistence', mountPath: '/var/lib/rabbitmq/mnesia/' }],
                },
              ],
            },
          },
          volumeClaimTemplates: [
            {
              metadata: { name: 'persistence' },
              spec: {
                accessModes: ['ReadWriteOnce'],
                resources: { requests: { storage: at(object.spec, 'persistence', 'storage') ?? '10Gi' } },
              },
            },
          ],
        },
      });
    const set = world.api.get('statefulsets.apps', namespace, `${name}-server`);
    const all = !stuck && replicasReady(set, wanted);
    const some = !stuck && replicasReady(set, 1);
    status(
      {
        observedGeneration: object.metadata.generation ?? 1,
        binding: { name: secret },
        defaultUser: {
          secretReference: { name: secret, namespace, keys: { username: 'username', password: 'password' } },
          serviceReference: { name, namespace },
        },
      },
      all
        ? ok('AllReplicasReady', 'AllPodsAreReady')
        : not('AllReplicasReady', 'NotAllPodsReady', `${Number(set?.status?.readyReplicas ?? 0)}/${wanted} Pods ready`),
      some
        ? ok('ClusterAvailable', 'AtLeastOneEndpointAvailable')
        : not('ClusterAvailable', 'NoEndpointsAvailable', 'The service has no endpoints available'),
      ok('NoWarnings', 'NoWarnings'),
      ok('ReconcileSuccess', 'Success', 'Finish reconciling'),
    );
    return undefined;
  },
};

/** Queues and their like: made on a cluster that is there. */
const onRabbit = (kind: string, more: (look: Look) => Fields = () => ({})): Operator => ({
  kind: `${kind}.rabbitmq.com`,
  look(look) {
    const { object, world, namespace, age, stuck, status } = look;
    if (object.metadata.deletionTimestamp) return undefined;
    const wait = world.times.operator - age;
    if (wait > 0) return wait;
    const ref = fieldsOf(object.spec?.rabbitmqClusterReference);
    const cluster = world.api.get(
      'rabbitmqclusters.rabbitmq.com',
      textOf(ref.namespace) || namespace,
      textOf(ref.name),
    );
    const generation = { observedGeneration: object.metadata.generation ?? 1 };
    const available = listOf(cluster?.status?.conditions).some(
      (one) => at(one, 'type') === 'ClusterAvailable' && at(one, 'status') === 'True',
    );
    if (!available || stuck) {
      const why = cluster
        ? 'dial tcp: connect: connection refused'
        : `failed to get RabbitmqCluster: rabbitmqclusters.rabbitmq.com "${textOf(ref.name)}" not found`;
      status(generation, not('Ready', 'FailedCreateOrUpdate', why));
      return 3 * world.times.operator;
    }
    status({ ...generation, ...more(look) }, ok('Ready', 'SuccessfulCreateOrUpdate'));
    return undefined;
  },
});

const credentials = ({ name, once }: Look): Fields => {
  const secret = `${name}-user-credentials`;
  once('secrets', () => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret },
    type: 'Opaque',
    data: secretData({ username: name, password: randomBytes(18).toString('base64url') }),
  }));
  return { credentials: { name: secret }, username: name };
};

/** Strimzi looks at nothing that does not say which cluster it is for: no status appears then. */
const strimzi = (kind: string, more: (look: Look) => Fields): Operator => ({
  kind: `${kind}.kafka.strimzi.io`,
  look(look) {
    const { object, world, age, stuck, status } = look;
    if (object.metadata.deletionTimestamp || !object.metadata.labels?.['strimzi.io/cluster']) return undefined;
    const wait = world.times.operator - age;
    if (wait > 0) return wait;
    const generation = { observedGeneration: object.metadata.generation ?? 1 };
    const before = object.status?.replicas;
    if (stuck)
      status(
        { ...generation, conditions: [] },
        ok('NotReady', 'TimeoutException', 'Timed out waiting for a node assignment. Call: createTopics'),
      );
    else if (before !== undefined && before !== object.spec?.replicas && kind === 'kafkatopics')
      status(
        { ...generation, conditions: [] },
        ok('NotReady', 'NotSupported', 'Replication factor change not supported, but required for partitions []'),
      );
    else
      status(
        {
          ...generation,
          ...more(look),
          conditions: listOf(object.status?.conditions).filter((one) => at(one, 'type') === 'Ready'),
        },
        ok('Ready', '', ''),
      );
    return undefined;
  },
});

export const messaging: readonly Operator[] = [
  redis,
  rabbit,
  onRabbit('queues'),
  onRabbit('vhosts'),
  onRabbit('permissions'),
  onRabbit('users', credentials),
  strimzi('kafkatopics', ({ object, name }) => ({
    topicName: textOf(object.spec?.topicName) || name,
    topicId: Buffer.from(object.metadata.uid).toString('base64url').slice(0, 22),
    replicas: object.spec?.replicas ?? 1,
  })),
  strimzi('kafkausers', ({ object, name, once }) => {
    const tls = at(object.spec, 'authentication', 'type') === 'tls';
    once('secrets', () => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name,
        labels: {
          'strimzi.io/cluster': object.metadata.labels?.['strimzi.io/cluster'] ?? '',
          'strimzi.io/kind': 'KafkaUser',
        },
      },
      type: 'Opaque',
      data: secretData(
        tls
          ? {
              'user.crt': 'made by the playground',
              'user.key': randomBytes(32).toString('hex'),
              'ca.crt': 'made by the playground',
            }
          : { password: randomBytes(18).toString('base64url') },
      ),
    }));
    return { username: tls ? `CN=${name}` : name, secret: name };
  }),
];
