import { at, type Fields, fieldsOf, type Json, textOf } from '../json.ts';
import { stamp } from '../names.ts';
import { ApiError } from '../status.ts';
import { condition, withCondition, withoutCondition } from './condition.ts';
import { available, count, limits, type Rollout, replicas, sum } from './rollout.ts';
import type { World } from './runtime.ts';

/** Status and conditions; returns when the deadline for progress is to be looked at. */
export function report({ deployment, fresh, old }: Rollout, world: World): number | undefined {
  const now = world.now();
  const sets = [...(fresh ? [fresh] : []), ...old];
  const wanted = replicas(deployment);
  const total = sum(sets, (one) => count(one, 'replicas'));
  const ready = sum(sets, (one) => count(one, 'readyReplicas'));
  const able = sum(sets, available);
  const updated = fresh ? count(fresh, 'replicas') : 0;
  const { missing } = limits({ deployment, fresh, old });
  const before = fieldsOf(deployment.status);
  let conditions: readonly Json[] | undefined = withCondition(
    before.conditions,
    able >= wanted - missing
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
    now,
    { lastUpdateTime: at(condition(deployment, 'Available'), 'lastUpdateTime') ?? stamp(now) },
  );
  const failure = sets.map((one) => condition(one, 'ReplicaFailure')).find((one) => one.status === 'True');
  conditions = failure
    ? withCondition(
        conditions,
        { type: 'ReplicaFailure', status: 'True', reason: textOf(failure.reason), message: textOf(failure.message) },
        now,
        { lastUpdateTime: stamp(now) },
      )
    : withoutCondition(conditions, 'ReplicaFailure');

  const complete = fresh !== undefined && updated === wanted && total === wanted && able === wanted;
  const was = condition(deployment, 'Progressing');
  const moved =
    updated > Number(before.updatedReplicas ?? 0) ||
    ready > Number(before.readyReplicas ?? 0) ||
    able > Number(before.availableReplicas ?? 0) ||
    total - updated < Number(before.replicas ?? 0) - Number(before.updatedReplicas ?? 0);
  const deadline = Number(deployment.spec?.progressDeadlineSeconds ?? 600) * 1000;
  const updatedAt = Date.parse(textOf(was.lastUpdateTime)) || now.getTime();
  let left: number | undefined;
  const set = (reason: string, message: string, status: 'True' | 'False' | 'Unknown' = 'True') => {
    const same = was.reason === reason && was.status === status && !moved;
    conditions = withCondition(conditions, { type: 'Progressing', status, reason, message }, now, {
      lastUpdateTime: same ? was.lastUpdateTime : stamp(now),
    });
  };
  const named = fresh ? `ReplicaSet "${fresh.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (deployment.spec?.paused === true) set('DeploymentPaused', 'Deployment is paused', 'Unknown');
  else if (complete) {
    if (was.reason !== 'NewReplicaSetAvailable' || was.status !== 'True')
      set('NewReplicaSetAvailable', `${named} has successfully progressed.`);
  } else if (moved && was.reason !== 'NewReplicaSetAvailable') set('ReplicaSetUpdated', `${named} is progressing.`);
  else if (was.reason !== 'NewReplicaSetAvailable' && was.reason !== 'ProgressDeadlineExceeded') {
    if (now.getTime() - updatedAt >= deadline)
      set('ProgressDeadlineExceeded', `${named} has timed out progressing.`, 'False');
    else left = updatedAt + deadline - now.getTime();
  }
  const status: Fields = {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...(total > 0 ? { replicas: total } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(able > 0 ? { availableReplicas: able } : {}),
    ...(Math.max(0, total, wanted) - able > 0 ? { unavailableReplicas: Math.max(total, wanted) - able } : {}),
    conditions,
  };
  try {
    world.status('deployments.apps', deployment, status);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return 1;
  }
  return left;
}
