import { isTrue } from '../controllers/condition.ts';
import { jobDone } from '../controllers/job.ts';
import { keyOf } from '../controllers/runtime.ts';
import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import { suffix } from '../names.ts';
import { quantity } from '../quantity.ts';
import type { KubeObject } from '../types.ts';
import { type Look, not, type Operator, ok } from './operator.ts';

const without = (object: KubeObject, finalizer: string): Fields => ({
  ...object,
  metadata: { ...object.metadata, finalizers: (object.metadata.finalizers ?? []).filter((one) => one !== finalizer) },
});
const held = 'finalizer.managedresource.crossplane.io';

/** Crossplane: takes its time, and deletes outside before it lets go. */
export const bucket: Operator = {
  kind: 'buckets.s3.aws.m.upbound.io',
  look({ object, world, name, age, stuck, status }) {
    const kind = 'buckets.s3.aws.m.upbound.io';
    if (object.metadata.deletionTimestamp) {
      status({}, not('Ready', 'Deleting'));
      const left = Date.parse(object.metadata.deletionTimestamp) + world.times.operator - world.now().getTime();
      if (left > 0) return left;
      world.write(
        kind,
        world.api.get(kind, object.metadata.namespace, name) ?? object,
        without(world.api.get(kind, object.metadata.namespace, name) ?? object, held),
      );
      return undefined;
    }
    const external = object.metadata.annotations?.['crossplane.io/external-name'] ?? name;
    if (!object.metadata.finalizers?.includes(held)) {
      const annotations = { ...object.metadata.annotations, 'crossplane.io/external-name': external };
      world.write(kind, object, {
        ...object,
        metadata: { ...object.metadata, annotations, finalizers: [...(object.metadata.finalizers ?? []), held] },
      } as Fields);
      return 1;
    }
    if (object.metadata.annotations?.['crossplane.io/paused'] === 'true') {
      status(
        {},
        not('Synced', 'ReconcilePaused', 'Reconciliation (including deletion) is paused via the pause annotation'),
      );
      return undefined;
    }
    if (stuck) {
      status(
        {},
        not(
          'Synced',
          'ReconcileError',
          `create failed: async create failed: failed to create the resource: creating S3 Bucket (${external}): BucketAlreadyExists`,
        ),
        not('Ready', 'Creating'),
      );
      return undefined;
    }
    const left = world.times.bucket - age;
    if (left > 0) {
      status({}, ok('Synced', 'ReconcileSuccess'), not('Ready', 'Creating'));
      return left;
    }
    status(
      {
        atProvider: {
          id: external,
          arn: `arn:aws:s3:::${external}`,
          bucketDomainName: `${external}.s3.amazonaws.com`,
          region: textOf(at(object.spec, 'forProvider', 'region')),
        },
      },
      ok('Synced', 'ReconcileSuccess'),
      ok('Ready', 'Available'),
      ok('LastAsyncOperation', 'Success'),
    );
    return undefined;
  },
};

const cascade = 'resources-finalizer.argocd.argoproj.io';

/** Argo CD: what an application's source holds is one workload with its service. */
export const application: Operator = {
  kind: 'applications.argoproj.io',
  watches: {
    'deployments.apps': ({ metadata }) => {
      const tracked = metadata.annotations?.['argocd.argoproj.io/tracking-id'];
      return tracked ? [tracked.split(':')[0]?.replace('_', '/') ?? ''] : [];
    },
  },
  look({ object, world, name, namespace, age, stuck, status }) {
    const kind = 'applications.argoproj.io';
    const destination = textOf(at(object.spec, 'destination', 'namespace')) || namespace;
    const objects = manifests(object, `${namespace}_${name}`, destination);
    if (object.metadata.deletionTimestamp) {
      if (!object.metadata.finalizers?.includes(cascade)) return undefined;
      const left = objects.filter(([of, body]) => world.api.get(of, destination, textOf(at(body, 'metadata', 'name'))));
      for (const [of, body] of left) world.api.delete(of, destination, textOf(at(body, 'metadata', 'name')));
      if (left.length > 0) return world.times.operator;
      world.write(kind, object, without(object, cascade));
      return undefined;
    }
    const revision = textOf(at(object.spec, 'source', 'targetRevision')) || 'HEAD';
    const state = (sync: string, health: string, phase: string, message: string) => {
      status({
        sync: {
          status: sync,
          revision,
          comparedTo: { source: fieldsOf(object.spec?.source), destination: fieldsOf(object.spec?.destination) },
        },
        health: { status: health },
        operationState: {
          phase,
          message,
          operation: { sync: { revision } },
          syncResult: { revision, source: fieldsOf(object.spec?.source) },
        },
        resources: objects.map(([, body]) => ({
          kind: textOf(body.kind),
          name: textOf(at(body, 'metadata', 'name')),
          namespace: destination,
          version: 'v1',
          status: sync,
        })),
        ...(phase === 'Succeeded'
          ? { reconciledAt: textOf(object.status?.reconciledAt) || world.now().toISOString() }
          : {}),
      });
    };
    const left = world.times.operator - age;
    if (left > 0) {
      state('OutOfSync', 'Missing', 'Running', 'waiting for completion of hook');
      return left;
    }
    if (stuck) {
      state(
        'OutOfSync',
        'Degraded',
        'Failed',
        'one or more objects failed to apply, reason: manifests of the source are invalid',
      );
      return undefined;
    }
    const options = listOf(at(object.spec, 'syncPolicy', 'syncOptions'));
    if (!world.api.get('namespaces', undefined, destination)) {
      if (!options.includes('CreateNamespace=true')) {
        state(
          'OutOfSync',
          'Missing',
          'Failed',
          `one or more objects failed to apply, reason: namespaces "${destination}" not found`,
        );
        return 3 * world.times.operator;
      }
      world.api.create(
        'namespaces',
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: destination } },
        { manager: 'argocd-controller' },
      );
      return world.times.reaction;
    }
    for (const [of, body] of objects) world.api.apply(of, body, { manager: 'argocd-controller', force: true });
    const deployment = world.api.get('deployments.apps', destination, name);
    const up =
      isTrue(deployment, 'Available') &&
      Number(deployment?.status?.updatedReplicas ?? 0) >= Number(deployment?.spec?.replicas ?? 0);
    const late = listOf(deployment?.status?.conditions).some((one) => at(one, 'reason') === 'ProgressDeadlineExceeded');
    state(
      'Synced',
      up ? 'Healthy' : late ? 'Degraded' : 'Progressing',
      'Succeeded',
      'successfully synced (all tasks run)',
    );
    return undefined;
  },
};

function manifests(object: KubeObject, tracking: string, namespace: string): readonly (readonly [string, Fields])[] {
  const { name } = object.metadata;
  const values = at(object.spec, 'source', 'helm', 'valuesObject');
  const tag = textOf(at(values, 'image', 'tag')) || '1.0.0';
  const image =
    textOf(at(values, 'image', 'repository')) ||
    `registry.acme.example/${name.replace(/^pr-/, '').replace(/-\d+$/, '')}`;
  const labels = { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/name': name };
  const meta = (kind: string) => ({
    name,
    namespace,
    labels,
    annotations: { 'argocd.argoproj.io/tracking-id': `${tracking}:${kind}:${namespace}/${name}` },
  });
  return [
    [
      'deployments.apps',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: meta('apps/Deployment'),
        spec: {
          replicas: Number(at(values, 'replicaCount') ?? 1),
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                {
                  name: 'app',
                  image: `${image}:${tag}`,
                  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
                  resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
                },
              ],
            },
          },
        },
      },
    ],
    [
      'services',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: meta('/Service'),
        spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] },
      },
    ],
  ];
}

/** Kubeflow: one pod in a StatefulSet, none while it is stopped. */
export const notebook: Operator = {
  kind: 'notebooks.kubeflow.org',
  owns: ['statefulsets.apps'],
  look({ object, world, name, namespace, own, status, stuck }) {
    if (object.metadata.deletionTimestamp) return undefined;
    const stopped = object.metadata.annotations?.['kubeflow-resource-stopped'] !== undefined;
    const labels = { statefulset: name, 'notebook-name': name };
    own('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: {
        selector: { statefulset: name },
        ports: [{ name: `http-${name}`.slice(0, 15).replace(/-+$/, ''), port: 80, targetPort: 8888, protocol: 'TCP' }],
      },
    });
    if (!stuck)
      own('statefulsets.apps', {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name },
        spec: {
          replicas: stopped ? 0 : 1,
          serviceName: name,
          selector: { matchLabels: { statefulset: name } },
          template: { metadata: { labels }, spec: fieldsOf(at(object.spec, 'template', 'spec')) },
        },
      });
    const ready = Number(world.api.get('statefulsets.apps', namespace, name)?.status?.readyReplicas ?? 0);
    const pod = world.api.get('pods', namespace, `${name}-0`);
    const state = fieldsOf(at(listOf(pod?.status?.containerStatuses)[0], 'state'));
    status(
      { readyReplicas: ready, containerState: state },
      ready > 0 ? ok('Ready', 'PodReady') : not('Ready', stopped ? 'Stopped' : 'ContainersNotReady'),
    );
    return undefined;
  },
};

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
