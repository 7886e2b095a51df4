import { podStatus } from './cluster/api/pod-status.ts';
import type { Cluster, Fields, KubeObject } from './cluster/index.ts';
import type { Opened } from './cluster-files.ts';
import type { ClusterState, ClusterThing } from './page/wire.ts';

/* What the page shows of the cluster: what runs, how well, and what was broken on purpose. */

const workloads = ['deployments.apps', 'statefulsets.apps', 'daemonsets.apps'];
const resources = [
  'clusters.postgresql.cnpg.io',
  'redis.redis.redis.opstreelabs.in',
  'rabbitmqclusters.rabbitmq.com',
  'kafkatopics.kafka.strimzi.io',
  'buckets.s3.aws.m.upbound.io',
  'applications.argoproj.io',
  'notebooks.kubeflow.org',
];

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
const conditions = (object: KubeObject): readonly Fields[] => (object.status?.conditions ?? []) as readonly Fields[];
const has = (object: KubeObject, type: string, status: string): Fields | undefined =>
  conditions(object).find((one) => one.type === type && one.status === status);

function workload(cluster: Cluster, kind: string, object: KubeObject): ClusterThing {
  const { status, spec, metadata } = object;
  const wanted = count(kind === 'daemonsets.apps' ? status?.desiredNumberScheduled : spec?.replicas);
  const ready = count(kind === 'daemonsets.apps' ? status?.numberReady : status?.readyReplicas);
  const updated = count(status?.updatedReplicas ?? status?.updatedNumberScheduled);
  const pods = cluster.objects
    .list('pods', metadata.namespace)
    .filter((pod) => pod.metadata.name.startsWith(`${metadata.name}-`) && !pod.metadata.deletionTimestamp);
  const words = pods.map(podStatus);
  const bad = words.find((word) => /Err|BackOff|Error|Failed|OOM|Invalid/.test(word));
  const waiting = pods.some((pod) => has(pod, 'PodScheduled', 'False')) ? 'Unschedulable' : undefined;
  const refused = has(object, 'ReplicaFailure', 'True') ? 'FailedCreate' : undefined;
  const settled = ready >= wanted && updated >= wanted && pods.length === wanted;
  const says =
    refused ??
    waiting ??
    bad ??
    (settled ? 'Running' : words.includes('Running') ? 'Not ready' : (words[0] ?? 'Pending'));
  const tone = (refused ?? waiting ?? bad) ? 'bad' : settled ? 'good' : 'busy';
  return thing(cluster, kind, 'workload', object, { ready: `${ready}/${wanted}`, says, tone });
}

function resource(cluster: Cluster, kind: string, object: KubeObject): ClusterThing {
  const health = object.status?.health as Fields | undefined;
  // An operator that says nothing on its object shows in the set of pods that it made.
  const set = cluster.objects.get('statefulsets.apps', object.metadata.namespace, object.metadata.name);
  const ok =
    (object.status?.conditions === undefined && count(set?.status?.readyReplicas) > 0 ? {} : undefined) ??
    has(object, 'Ready', 'True') ??
    has(object, 'AllReplicasReady', 'True') ??
    (health?.status === 'Healthy' ? {} : undefined);
  const worse = has(object, 'NotReady', 'True') ?? has(object, 'Synced', 'False');
  const phase = object.status?.phase ?? health?.status;
  const says = typeof phase === 'string' ? phase : ok ? 'Ready' : 'Working on it';
  return thing(cluster, kind, 'resource', object, {
    ready: object.kind,
    says,
    tone: worse ? 'bad' : ok ? 'good' : 'busy',
  });
}

function node(cluster: Cluster, object: KubeObject): ClusterThing {
  const up = has(object, 'Ready', 'True') !== undefined;
  const pods = cluster.objects.list('pods', undefined, { field: `spec.nodeName=${object.metadata.name}` }).length;
  return thing(cluster, 'nodes', 'node', object, {
    ready: `${pods} pods`,
    says: up ? 'Ready' : 'NotReady',
    tone: up ? 'good' : 'bad',
  });
}

function thing(
  cluster: Cluster,
  kind: string,
  on: ClusterThing['on'],
  { metadata }: KubeObject,
  seen: Pick<ClusterThing, 'ready' | 'says' | 'tone'>,
): ClusterThing {
  const { name, namespace = '' } = metadata;
  const target = { name, ...(namespace ? { namespace } : {}) };
  return { kind, on, namespace, name, broken: cluster.isBroken(target), ...seen };
}

export function viewCluster({ name, cluster }: Opened, kubeconfig: string): ClusterState {
  const all = (kind: string): readonly KubeObject[] => cluster.objects.list(kind);
  return {
    ...(name === undefined ? {} : { name }),
    kubeconfig: typed(kubeconfig),
    things: [
      ...workloads.flatMap((kind) => all(kind).map((one) => workload(cluster, kind, one))),
      ...resources.flatMap((kind) => all(kind).map((one) => resource(cluster, kind, one))),
      ...all('nodes').map((one) => node(cluster, one)),
    ],
  };
}

/** As one argument to a shell. */
const typed = (file: string): string => (/^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`);
