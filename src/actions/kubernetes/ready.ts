import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { field, type Live } from './objects.ts';
import type { Readiness } from './spec.ts';

/**
 * How an object stands. `stuck`: nothing has failed, and somebody should look. `failing`: it says that it failed, and may
 * recover. `failed`: for good.
 */
export type Standing = {
  readonly is: 'ready' | 'working' | 'stuck' | 'failing' | 'failed';
  readonly why?: string;
};
type Rule = (object: Live) => Standing;

const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  observedGeneration: z.number().optional(),
});
type Condition = z.output<typeof condition>;

const number = (object: Live, path: string): number => {
  const found = field(object, path);
  return typeof found === 'number' ? found : 0;
};
const text = (object: Live, path: string): string => {
  const found = field(object, path);
  return typeof found === 'string' ? found : '';
};

/** What its controller says of it as it is now; of what it was before we changed it, nothing. */
function conditions(object: Live): readonly Condition[] {
  const generation = object.metadata.generation ?? 0;
  const seen = field(object, 'status.observedGeneration');
  if (typeof seen === 'number' && seen < generation) return [];
  const found = z.array(condition).safeParse(field(object, 'status.conditions'));
  return (found.data ?? []).filter((c) => c.observedGeneration === undefined || c.observedGeneration >= generation);
}
/** Whether the controller has seen the object as it is now. */
const seen = (object: Live): boolean => {
  const generation = field(object, 'status.observedGeneration');
  return typeof generation !== 'number' || generation >= (object.metadata.generation ?? 0);
};
const says = (object: Live, type: string, status = 'True'): Condition | undefined =>
  conditions(object).find((c) => c.type === type && c.status === status);
const words = ({ type, reason, message }: Condition): string => message || reason || type;

const ready: Standing = { is: 'ready' };
const working = (why?: string): Standing => ({ is: 'working', ...(why ? { why } : {}) });

/** All that matter are True: ready. */
const whenAll =
  (...types: readonly string[]): Rule =>
  (o) => {
    const missing = types.find((t) => !says(o, t));
    if (missing === undefined) return ready;
    const word = conditions(o).find((c) => c.type === missing);
    return working(word && words(word));
  };

const replicas =
  (path: { readonly have: string; readonly updated?: string }): Rule =>
  (o) => {
    const wanted = field(o, 'spec.replicas');
    const count = typeof wanted === 'number' ? wanted : 1;
    const have = number(o, path.have);
    const updated = path.updated === undefined ? count : number(o, path.updated);
    if (!seen(o) || field(o, 'status') === undefined) return working('waits for its controller');
    if (have >= count && updated >= count && number(o, 'status.replicas') <= count) return ready;
    return working(`${Math.min(have, updated)} of ${count} ready`);
  };

const deployment: Rule = (o) => {
  const stuck = conditions(o).find((c) => c.reason === 'ProgressDeadlineExceeded');
  const quota = says(o, 'ReplicaFailure');
  const word = stuck ?? quota;
  return word
    ? { is: 'stuck', why: words(word) }
    : replicas({ have: 'status.availableReplicas', updated: 'status.updatedReplicas' })(o);
};

const job: Rule = (o) => {
  const failed = says(o, 'Failed');
  if (failed) return { is: 'failed', why: words(failed) };
  if (says(o, 'Complete') || says(o, 'SuccessCriteriaMet') || number(o, 'status.ready') > 0) return ready;
  return working(field(o, 'spec.suspend') === true ? 'waits in the queue' : 'its pod starts');
};

const pod: Rule = (o) => {
  const phase = text(o, 'status.phase');
  if (phase === 'Succeeded' || says(o, 'Ready')) return ready;
  if (phase === 'Failed') return { is: 'failed', why: text(o, 'status.message') || 'it failed' };
  const waiting = field(o, 'status.containerStatuses.0.state.waiting');
  const reason = z.object({ reason: z.string(), message: z.string().optional() }).safeParse(waiting).data;
  if (reason && /BackOff|Err|Invalid/.test(reason.reason)) return { is: 'stuck', why: reason.message ?? reason.reason };
  return working(reason?.reason ?? phase);
};

/** Phases in which CloudNativePG waits for a person. */
const helpless = /waiting for user action|unable to create|unrecoverable|not enough disk/i;
const postgres: Rule = (o) => {
  const phase = text(o, 'status.phase');
  if (says(o, 'Ready')) return ready;
  if (helpless.test(phase)) return { is: 'stuck', why: text(o, 'status.phaseReason') || phase };
  return working(phase || undefined);
};

const argo: Rule = (o) => {
  const phase = text(o, 'status.operationState.phase');
  const health = text(o, 'status.health.status');
  if (phase === 'Failed' || phase === 'Error')
    return { is: 'failing', why: text(o, 'status.operationState.message') || `its sync ended as ${phase}` };
  if (health === 'Degraded') return { is: 'stuck', why: text(o, 'status.health.message') || 'it is degraded' };
  const synced = text(o, 'status.sync.status') === 'Synced';
  const settled = phase === '' || phase === 'Succeeded';
  return synced && settled && health === 'Healthy' ? ready : working([health, phase].filter(Boolean).join(', '));
};

const strimzi: Rule = (o) => {
  const bad = says(o, 'NotReady');
  if (bad) return { is: 'failing', why: words(bad) };
  return whenAll('Ready')(o);
};

const rabbit: Rule = (o) => {
  const bad = says(o, 'ReconcileSuccess', 'False');
  return bad ? { is: 'failing', why: words(bad) } : whenAll('AllReplicasReady', 'ClusterAvailable')(o);
};

const ack: Rule = (o) => {
  const terminal = says(o, 'ACK.Terminal');
  return terminal ? { is: 'failed', why: words(terminal) } : generic(o);
};

/** For any other that has a controller: the conditions that most have in common. */
const good = ['Ready', 'Available', 'Healthy'];
const bad = ['Failed', 'NotReady', 'Degraded'];
const unsynced = ['Synced', 'ReconcileSuccess', 'LastAsyncOperation'];
function generic(o: Live): Standing {
  const stalled = says(o, 'Stalled');
  if (stalled) return { is: 'failed', why: words(stalled) };
  const no = bad.map((t) => says(o, t)).find((c) => c) ?? unsynced.map((t) => says(o, t, 'False')).find((c) => c);
  if (no) return { is: 'failing', why: words(no) };
  if (good.some((t) => says(o, t))) return ready;
  const word = conditions(o).find((c) => good.includes(c.type) || c.type === 'Reconciling');
  return working(word ? words(word) : 'waits for its controller');
}

const always: Rule = () => ready;

/** By group and kind: `apps/Deployment`; those of the core by kind. */
const rules: Readonly<Record<string, Rule>> = {
  Namespace: (o) => (text(o, 'status.phase') === 'Terminating' ? working('it is being deleted') : ready),
  Pod: pod,
  Service: (o) =>
    text(o, 'spec.type') !== 'LoadBalancer' || field(o, 'status.loadBalancer.ingress.0') !== undefined
      ? ready
      : working('waits for its address'),
  PersistentVolumeClaim: (o) => {
    const phase = text(o, 'status.phase');
    if (phase === 'Lost') return { is: 'failed', why: 'its volume is lost' };
    return phase === 'Bound' ? ready : working(phase || undefined);
  },
  'apps/Deployment': deployment,
  'apps/StatefulSet': replicas({ have: 'status.readyReplicas', updated: 'status.updatedReplicas' }),
  'apps/ReplicaSet': replicas({ have: 'status.readyReplicas' }),
  'apps/DaemonSet': (o) =>
    seen(o) &&
    number(o, 'status.observedGeneration') > 0 &&
    number(o, 'status.numberAvailable') >= number(o, 'status.desiredNumberScheduled') &&
    number(o, 'status.updatedNumberScheduled') >= number(o, 'status.desiredNumberScheduled')
      ? ready
      : working(`${number(o, 'status.numberAvailable')} of ${number(o, 'status.desiredNumberScheduled')} ready`),
  'batch/Job': job,
  'apiextensions.k8s.io/CustomResourceDefinition': whenAll('Established'),
  'apiregistration.k8s.io/APIService': whenAll('Available'),
  'postgresql.cnpg.io/Cluster': postgres,
  'argoproj.io/Application': argo,
  'kafka.strimzi.io/Kafka': strimzi,
  'kafka.strimzi.io/KafkaTopic': strimzi,
  'kafka.strimzi.io/KafkaUser': strimzi,
  'rabbitmq.com/RabbitmqCluster': rabbit,
  'kubeflow.org/Notebook': (o) => (number(o, 'status.readyReplicas') >= 1 ? ready : working('its pod starts')),
};

/** Kinds of Kubernetes itself that are what they are as soon as they are there. */
const builtIn = /^(apps|batch|autoscaling|policy|extensions|(.*\.)?k8s\.io)$/;

function ruleFor({ apiVersion, kind }: Live): Rule {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '';
  const own = rules[group === '' ? kind : `${group}/${kind}`];
  if (own) return own;
  if (group.endsWith('.services.k8s.aws')) return ack;
  return group === '' || (builtIn.test(group) && !group.includes('x-k8s.io')) ? always : generic;
}

/** How it stands by the rule for its kind, or by what the path itself says. */
export function standing(object: Live, own?: Readiness): Standing {
  if (object.metadata.deletionTimestamp !== undefined) return working('it is being deleted');
  if (!own || (own.conditions === undefined && own.fields === undefined)) return ruleFor(object)(object);
  const wrong = Object.entries(own.conditions ?? {}).find(([type, status]) => !says(object, type, status));
  if (wrong) {
    const failed = ruleFor(object)(object);
    if (failed.is === 'failed' || failed.is === 'failing' || failed.is === 'stuck') return failed;
    const word = conditions(object).find((c) => c.type === wrong[0]);
    return working(failed.why ?? (word ? words(word) : `waits for ${wrong[0]}`));
  }
  // Fields of the status are about what its controller has seen.
  if (!seen(object)) return working('waits for its controller');
  const missing = Object.entries(own.fields ?? {}).find(
    ([path, value]) => !isDeepStrictEqual(field(object, path), value),
  );
  return missing ? working(`waits for ${missing[0]}`) : ready;
}
