import { randomBytes } from 'node:crypto';
import { ended, isReady } from '../controllers/pods.ts';
import { controllerRef } from '../controllers/runtime.ts';
import { at, fieldsOf, textOf } from '../json.ts';
import type { KubeObject } from '../types.ts';
import { type Look, not, type Operator, ok, secretData } from './operator.ts';

/** CloudNativePG: instances one after the other, each with its volume; hibernation keeps the volumes. */
export const postgres: Operator = {
  kind: 'clusters.postgresql.cnpg.io',
  owns: ['pods', 'persistentvolumeclaims', 'secrets'],
  late: true,
  look(look) {
    const { object, world, name, stuck } = look;
    if (object.metadata.deletionTimestamp) return undefined;
    const credentials = access(look);
    const wanted = Number(object.spec?.instances ?? 1);
    const pods = world.owned('pods', object.metadata.uid);
    const status = (phase: string, reason = '') => counts(look, pods, phase, reason, credentials);
    if (object.metadata.annotations?.['cnpg.io/hibernation'] === 'on') return hibernate(look, pods);
    if (stuck) return status('Setting up primary', 'Creating primary instance orders-db-1'.replace('orders-db', name));
    for (const pod of pods.filter(ended)) world.api.delete('pods', pod.metadata.namespace, pod.metadata.name);
    grow(look);
    const restarted = restart(look, pods);
    if (restarted) return status('Cluster upgrade in progress', 'Restarting instances');
    const serials = Array.from({ length: wanted }, (_, i) => i + 1);
    const missing = serials.find((serial) => !pods.some((pod) => pod.metadata.name === `${name}-${serial}`));
    const waiting = pods.some((pod) => !isReady(pod));
    if (pods.length > wanted)
      for (const pod of pods.filter((one) => Number(one.metadata.name.split('-').at(-1)) > wanted))
        world.api.delete('pods', pod.metadata.namespace, pod.metadata.name);
    if (missing !== undefined && !waiting) {
      instance(look, missing);
      return missing === 1
        ? status('Setting up primary', `Creating primary instance ${name}-1`)
        : status('Creating a new replica', `Creating replica ${name}-${missing}-join`);
    }
    if (waiting || missing !== undefined)
      return pods.length === 1
        ? status('Setting up primary', `Creating primary instance ${name}-1`)
        : status('Waiting for the instances to become active', 'Some instances are not yet active. Please wait.');
    return status('Cluster in healthy state');
  },
};

function counts(
  look: Look,
  pods: readonly KubeObject[],
  phase: string,
  reason: string,
  credentials: KubeObject,
): undefined {
  const { object, name, status } = look;
  const ready = pods.filter(isReady);
  const healthy = phase === 'Cluster in healthy state';
  const was = object.metadata.annotations?.['cnpg.io/hibernation'] === 'off' && object.status?.conditions;
  status(
    {
      phase,
      ...(reason ? { phaseReason: reason } : { phaseReason: '' }),
      instances: pods.length,
      readyInstances: ready.length,
      instanceNames: pods.map((pod) => pod.metadata.name),
      instancesStatus: { healthy: ready.map((pod) => pod.metadata.name) },
      ...(ready.length > 0
        ? { currentPrimary: `${name}-1`, targetPrimary: `${name}-1` }
        : { targetPrimary: `${name}-1` }),
      pvcCount: Number(object.spec?.instances ?? 1),
      writeService: `${name}-rw`,
      readService: `${name}-r`,
      image: textOf(object.spec?.imageName) || image,
      // Which of them the database knows: of one that was deleted a new one is made, with another password.
      secretsResourceVersion: { applicationSecretVersion: credentials.metadata.resourceVersion },
    },
    healthy
      ? ok('Ready', 'ClusterIsReady', 'Cluster is Ready')
      : not('Ready', 'ClusterIsNotReady', 'Cluster Is Not Ready'),
    ...(was ? [not('cnpg.io/hibernation', 'Waking', 'Cluster is awake')] : []),
  );
  return undefined;
}

const image = 'ghcr.io/cloudnative-pg/postgresql:17.5';

/** The Secret for applications, made anew when it is gone, and the Services. */
function access({ object, namespace, name, once, own }: Look): KubeObject {
  const init = at(object.spec, 'bootstrap', 'initdb');
  const database = textOf(at(init, 'database')) || 'app';
  const user = textOf(at(init, 'owner')) || 'app';
  const host = `${name}-rw`;
  const credentials = once('secrets', () => {
    const password = randomBytes(24).toString('base64url');
    const full = `${host}.${namespace}`;
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${name}-app`, labels: { 'cnpg.io/cluster': name, 'cnpg.io/reload': 'true' } },
      type: 'kubernetes.io/basic-auth',
      data: secretData({
        username: user,
        user,
        password,
        dbname: database,
        host,
        port: '5432',
        uri: `postgresql://${user}:${password}@${full}:5432/${database}`,
        'jdbc-uri': `jdbc:postgresql://${full}:5432/${database}?password=${password}&user=${user}`,
        pgpass: `${host}:5432:${database}:${user}:${password}\n`,
      }),
    };
  });
  const roles = { rw: { role: 'primary' }, ro: { role: 'replica' }, r: undefined };
  for (const [suffix, role] of Object.entries(roles))
    own('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${name}-${suffix}`, labels: { 'cnpg.io/cluster': name } },
      spec: {
        type: 'ClusterIP',
        selector: {
          'cnpg.io/cluster': name,
          ...(role ? { 'cnpg.io/instanceRole': role.role } : { 'cnpg.io/podRole': 'instance' }),
        },
        ports: [{ name: 'postgres', port: 5432, targetPort: 5432, protocol: 'TCP' }],
      },
    });
  return credentials;
}

function instance({ object, name, world, once, namespace }: Look, serial: number): void {
  const pod = `${name}-${serial}`;
  const labels = {
    'cnpg.io/cluster': name,
    'cnpg.io/instanceName': pod,
    'cnpg.io/instanceRole': serial === 1 ? 'primary' : 'replica',
    'cnpg.io/podRole': 'instance',
  };
  const storageClass = textOf(at(object.spec, 'storage', 'storageClass'));
  once('persistentvolumeclaims', () => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: pod,
      labels: { 'cnpg.io/cluster': name, 'cnpg.io/instanceName': pod, 'cnpg.io/pvcRole': 'PG_DATA' },
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: at(object.spec, 'storage', 'size') ?? '1Gi' } },
      ...(storageClass ? { storageClassName: storageClass } : {}),
    },
  }));
  world.api.create(
    'pods',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: pod,
        namespace,
        labels,
        annotations: {
          'kubectl.kubernetes.io/restartedAt': wantedRestart(object),
          'cnpg.io/nodeSerial': String(serial),
          'cnpg.io/resources': JSON.stringify(object.spec?.resources ?? {}),
        },
        ownerReferences: [controllerRef(object)],
      },
      spec: {
        containers: [
          {
            name: 'postgres',
            image: textOf(object.spec?.imageName) || image,
            ports: [{ name: 'postgresql', containerPort: 5432 }],
            ...(object.spec?.resources === undefined ? {} : { resources: fieldsOf(object.spec.resources) }),
            volumeMounts: [{ name: 'pgdata', mountPath: '/var/lib/postgresql/data' }],
          },
        ],
        volumes: [{ name: 'pgdata', persistentVolumeClaim: { claimName: pod } }],
      },
    },
    { manager: 'cnpg-operator' },
  );
}

const wantedRestart = ({ metadata }: KubeObject): string =>
  metadata.annotations?.['kubectl.kubernetes.io/restartedAt'] ?? '';

/** One instance at a time, the primary last; each is made anew by the next look, as it is wanted now. */
function restart({ object, world }: Look, pods: readonly KubeObject[]): boolean {
  const wanted = JSON.stringify(object.spec?.resources ?? {});
  const old = pods.filter(
    ({ metadata: { annotations } }) =>
      (annotations?.['kubectl.kubernetes.io/restartedAt'] ?? '') !== wantedRestart(object) ||
      annotations?.['cnpg.io/resources'] !== wanted,
  );
  const next = old
    .toSorted((a, b) => b.metadata.name.localeCompare(a.metadata.name))
    .find((pod) => !pod.metadata.deletionTimestamp);
  if (next && pods.every(isReady)) world.api.delete('pods', next.metadata.namespace, next.metadata.name);
  return old.length > 0;
}

function grow({ object, world, namespace }: Look): void {
  const size = at(object.spec, 'storage', 'size');
  if (size === undefined || at(object.spec, 'storage', 'resizeInUseVolumes') === false) return;
  for (const claim of world.owned('persistentvolumeclaims', object.metadata.uid))
    if (at(claim.spec, 'resources', 'requests', 'storage') !== size)
      world.api.patch(
        'persistentvolumeclaims',
        namespace,
        claim.metadata.name,
        { spec: { resources: { requests: { storage: size } } } },
        { manager: 'cnpg-operator' },
      );
}

function hibernate({ object, world, status }: Look, pods: readonly KubeObject[]): number | undefined {
  for (const pod of pods)
    if (!pod.metadata.deletionTimestamp) world.api.delete('pods', pod.metadata.namespace, pod.metadata.name);
  status(
    {
      instances: pods.length,
      readyInstances: 0,
      phase: textOf(object.status?.phase) || 'Cluster in healthy state',
      instanceNames: pods.map((pod) => pod.metadata.name),
    },
    pods.length > 0
      ? not('cnpg.io/hibernation', 'DeletingPods', `${pods.length} instances are being deleted`)
      : ok('cnpg.io/hibernation', 'Hibernated', 'Cluster has been hibernated'),
    not('Ready', 'ClusterIsNotReady', 'Cluster Is Not Ready'),
  );
  return undefined;
}
