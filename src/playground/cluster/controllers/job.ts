import { at, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import { stamp } from '../names.ts';
import { ApiError } from '../status.ts';
import type { KubeObject } from '../types.ts';
import { isTrue, withCondition } from './condition.ts';
import { isActive, isReady, phase, podOf } from './pods.ts';
import { type Controller, controllerRef, ownerOf, self, type World } from './runtime.ts';

const component = 'job-controller';
const kind = 'jobs.batch';
export const jobDone = (job: KubeObject): boolean => isTrue(job, 'Complete') || isTrue(job, 'Failed');

export const jobs: Controller = {
  name: component,
  watches: { [kind]: self, pods: ownerOf('Job') },
  reconcile(namespace, name, world) {
    const job = world.api.get(kind, namespace, name);
    if (!job || job.metadata.deletionTimestamp) return undefined;
    if (jobDone(job)) return expire(job, world);
    const pods = world.owned('pods', job.metadata.uid);
    const succeeded = pods.filter((pod) => phase(pod) === 'Succeeded').length;
    const failed = pods.filter((pod) => phase(pod) === 'Failed').length;
    const active = pods.filter(isActive);
    const spec = fieldsOf(job.spec);
    const suspended = spec.suspend === true;
    const now = world.now();
    const startTime = suspended ? undefined : textOf(job.status?.startTime) || stamp(now);
    const counts: Fields = {
      ...(startTime ? { startTime } : {}),
      ...(active.length > 0 ? { active: active.length } : {}),
      ...(succeeded > 0 ? { succeeded } : {}),
      ...(failed > 0 ? { failed } : {}),
      ready: active.filter(isReady).length,
      terminating: 0,
      uncountedTerminatedPods: {},
    };
    const end = (type: 'Complete' | 'Failed', reason: string, message: string): undefined => {
      for (const pod of active) world.api.delete('pods', pod.metadata.namespace, pod.metadata.name);
      const early = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
      const { active: _, ...rest } = counts;
      let conditions = withCondition(job.status?.conditions, { type: early, status: 'True', reason, message }, now, {
        lastProbeTime: stamp(now),
      });
      conditions = withCondition(conditions, { type, status: 'True', reason, message }, now, {
        lastProbeTime: stamp(now),
      });
      world.status(kind, job, {
        ...rest,
        ready: 0,
        conditions,
        ...(type === 'Complete' ? { completionTime: stamp(now) } : {}),
      });
      const normal = type === 'Complete';
      world.events(
        job,
        normal ? 'Normal' : 'Warning',
        normal ? 'Completed' : reason,
        normal ? 'Job completed' : message,
        { component },
      );
      return undefined;
    };
    const wanted = Number(spec.completions ?? 1);
    if (succeeded >= wanted) return end('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods');
    if (failed > Number(spec.backoffLimit ?? 6))
      return end('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');
    const deadline = Number(spec.activeDeadlineSeconds ?? 0) * 1000;
    const left = startTime && deadline ? Date.parse(startTime) + deadline - now.getTime() : undefined;
    if (left !== undefined && left <= 0)
      return end('Failed', 'DeadlineExceeded', 'Job was active longer than specified deadline');
    if (suspended) {
      for (const pod of active) world.api.delete('pods', pod.metadata.namespace, pod.metadata.name);
      const conditions = withCondition(
        job.status?.conditions,
        { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' },
        now,
        { lastProbeTime: stamp(now) },
      );
      if (!isTrue(job, 'Suspended')) world.events(job, 'Normal', 'Suspended', 'Job suspended', { component });
      world.status(kind, job, { ...counts, conditions });
      return undefined;
    }
    let conditions = job.status?.conditions;
    if (isTrue(job, 'Suspended')) {
      conditions = withCondition(
        conditions,
        { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' },
        now,
        { lastProbeTime: stamp(now) },
      );
      world.events(job, 'Normal', 'Resumed', 'Job resumed', { component });
    }
    world.status(kind, job, { ...counts, ...(conditions === undefined ? {} : { conditions }) });
    const room = Math.min(Number(spec.parallelism ?? 1), wanted - succeeded) - active.length;
    // After a failure the next try waits, twice as long each time.
    const last = Math.max(0, ...pods.filter((pod) => phase(pod) === 'Failed').map((pod) => finished(pod)));
    const pause = failed > 0 ? Math.min(world.times.crashBackOff * 2 ** (failed - 1), world.times.maxBackOff) : 0;
    if (room > 0 && last + pause > now.getTime()) return last + pause - now.getTime();
    for (let i = 0; i < room; i++) create(job, world);
    return left;
  },
};

const finished = (pod: KubeObject): number => {
  const state = (pod.status?.containerStatuses as readonly Fields[] | undefined)?.[0]?.state as Fields | undefined;
  const at = textOf(fieldsOf(state?.terminated).finishedAt);
  return at ? Date.parse(at) : 0;
};

function create(job: KubeObject, world: World): void {
  const { name, namespace = '' } = job.metadata;
  try {
    const pod = world.api.create(
      'pods',
      podOf(fieldsOf(job.spec?.template), {
        generateName: `${name}-`,
        namespace,
        ownerReferences: [controllerRef(job)],
      }),
      { manager: 'kube-controller-manager' },
    );
    world.events(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`, { component });
  } catch (error) {
    if (error instanceof ApiError)
      world.events(job, 'Warning', 'FailedCreate', `Error creating: ${error.message}`, { component });
    throw error;
  }
}

function expire(job: KubeObject, world: World): number | undefined {
  const seconds = job.spec?.ttlSecondsAfterFinished;
  if (typeof seconds !== 'number') return undefined;
  const ended = Math.max(
    ...listOf(job.status?.conditions).map((one) => Date.parse(textOf(at(one, 'lastTransitionTime')))),
  );
  const left = ended + seconds * 1000 - world.now().getTime();
  if (left > 0) return left;
  world.api.delete(kind, job.metadata.namespace, job.metadata.name, { propagation: 'Foreground' });
  return undefined;
}
