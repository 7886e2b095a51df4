import { type Fields, fieldsOf, type Json, listOf } from '../json.ts';
import { ApiError } from '../status.ts';
import type { KubeObject } from '../types.ts';
import { condition, withCondition, withoutCondition } from './condition.ts';
import { availability, isActive, isReady, leastWanted, podOf } from './pods.ts';
import { type Controller, controllerRef, ownerOf, self, type World } from './runtime.ts';

const component = 'replicaset-controller';
const kind = 'replicasets.apps';

export const replicaSets: Controller = {
  name: component,
  watches: { [kind]: self, pods: ownerOf('ReplicaSet') },
  reconcile(namespace, name, world) {
    const set = world.api.get(kind, namespace, name);
    if (!set) return undefined;
    const pods = world.owned('pods', set.metadata.uid).filter(isActive);
    const wanted = Number(set.spec?.replicas ?? 0);
    const refused = set.metadata.deletionTimestamp ? undefined : adjust(set, pods, wanted, world);
    const wait = report(set, world, refused);
    if (refused) throw refused;
    return wait;
  },
};

/** Makes or deletes pods; returns why one was refused. */
function adjust(set: KubeObject, pods: readonly KubeObject[], wanted: number, world: World): ApiError | undefined {
  for (const pod of leastWanted(pods).slice(0, Math.max(0, pods.length - wanted))) {
    world.api.delete('pods', pod.metadata.namespace, pod.metadata.name);
    world.events(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, { component });
  }
  for (let i = pods.length; i < wanted; i++) {
    try {
      const { name, namespace = '' } = set.metadata;
      const meta = { generateName: `${name}-`, namespace, ownerReferences: [controllerRef(set)] };
      const pod = world.api.create('pods', podOf(fieldsOf(set.spec?.template), meta), {
        manager: 'kube-controller-manager',
      });
      world.events(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`, { component });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      world.events(set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`, { component });
      return error;
    }
  }
  return undefined;
}

function report(set: KubeObject, world: World, refused: ApiError | undefined): number | undefined {
  const pods = world.owned('pods', set.metadata.uid).filter(isActive);
  const seconds = Number(set.spec?.minReadySeconds ?? 0);
  const all = pods.map((pod) => availability(pod, seconds, world.now()));
  const ready = pods.filter(isReady).length;
  const available = all.filter((one) => one.available).length;
  const before = set.status?.conditions;
  // As the real controller: the same reason again leaves the first message, whose pod had another name.
  const known = condition(set, 'ReplicaFailure').reason === 'FailedCreate';
  const conditions: readonly Json[] = !refused
    ? withoutCondition(before, 'ReplicaFailure')
    : known
      ? listOf(before)
      : withCondition(
          before,
          { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refused.message },
          world.now(),
        );
  const status: Fields = {
    replicas: pods.length,
    ...(pods.length > 0 ? { fullyLabeledReplicas: pods.length } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    observedGeneration: set.metadata.generation ?? 1,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
  world.status(kind, set, status);
  const waits = all.flatMap((one) => one.left ?? []);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}
