import { at, canonical, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import { hashName } from '../names.ts';
import { ApiError } from '../status.ts';
import type { KubeObject } from '../types.ts';
import { ended, isActive, isReady, podOf } from './pods.ts';
import { type Controller, controllerRef, ownerOf, self, type World } from './runtime.ts';

const component = 'statefulset-controller';
const kind = 'statefulsets.apps';
const revisions = 'controllerrevisions.apps';
const hashKey = 'controller-revision-hash';

export const statefulSets: Controller = {
  name: component,
  watches: { [kind]: self, pods: ownerOf('StatefulSet') },
  reconcile(namespace, name, world) {
    const set = world.api.get(kind, namespace, name);
    if (!set || set.metadata.deletionTimestamp) return undefined;
    const update = revisionOf(set, world);
    const refused = step(set, update, world);
    report(world.api.get(kind, namespace, name) ?? set, update, world);
    if (refused) throw refused;
    return undefined;
  },
};

/** The revision that holds the template as it is now; a template that comes back becomes the newest again. */
export function revisionOf(set: KubeObject, world: World): string {
  const { metadata } = set;
  const template = fieldsOf(set.spec?.template);
  const name = `${metadata.name}-${hashName(canonical(template))}`;
  const all = world.owned(revisions, metadata.uid);
  const newest = Math.max(0, ...all.map((one) => Number(one.revision ?? 0)));
  const known = all.find((one) => one.metadata.name === name);
  if (!known)
    world.api.create(
      revisions,
      {
        apiVersion: 'apps/v1',
        kind: 'ControllerRevision',
        metadata: {
          name,
          namespace: metadata.namespace ?? '',
          labels: fieldsOf(at(template, 'metadata', 'labels')),
          ownerReferences: [controllerRef(set)],
        },
        data: { spec: { template: { ...template, $patch: 'replace' } } },
        revision: newest + 1,
      },
      { manager: 'kube-controller-manager' },
    );
  else if (Number(known.revision) < newest) world.write(revisions, known, { ...known, revision: newest + 1 } as Fields);
  return name;
}

const ordinal = (pod: KubeObject): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);

function step(set: KubeObject, update: string, world: World): ApiError | undefined {
  const pods = world.owned('pods', set.metadata.uid).toSorted((a, b) => ordinal(a) - ordinal(b));
  const wanted = Number(set.spec?.replicas ?? 0);
  const ordered = set.spec?.podManagementPolicy !== 'Parallel';
  for (let i = 0; i < wanted; i++) {
    const pod = pods.find((one) => ordinal(one) === i);
    if (pod && ended(pod)) world.api.delete('pods', pod.metadata.namespace, pod.metadata.name);
    if (!pod) {
      try {
        create(set, i, update, world);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        world.events(
          set,
          'Warning',
          'FailedCreate',
          `create Pod ${set.metadata.name}-${i} in StatefulSet ${set.metadata.name} failed error: ${error.message}`,
          { component },
        );
        return error;
      }
      if (ordered) return undefined;
    } else if (ordered && !isReady(pod)) return undefined;
  }
  const extra = pods.filter((pod) => ordinal(pod) >= wanted && isActive(pod)).toReversed();
  for (const pod of ordered ? extra.slice(0, 1) : extra) remove(set, pod, world);
  if (extra.length > 0) return undefined;
  roll(set, pods, update, wanted, world);
  return undefined;
}

/** From the highest down, one at a time, each ready before the next. A broken pod stops it: the known trap. */
function roll(set: KubeObject, pods: readonly KubeObject[], update: string, wanted: number, world: World): void {
  if (textOf(at(set.spec, 'updateStrategy', 'type')) !== 'RollingUpdate') return;
  const partition = Number(at(set.spec, 'updateStrategy', 'rollingUpdate', 'partition') ?? 0);
  for (let i = wanted - 1; i >= partition; i--) {
    const pod = pods.find((one) => ordinal(one) === i);
    if (!pod) return;
    if (pod.metadata.labels?.[hashKey] !== update && isActive(pod)) {
      remove(set, pod, world);
      return;
    }
    if (!isReady(pod)) return;
  }
}

function remove(set: KubeObject, pod: KubeObject, world: World): void {
  world.api.delete('pods', pod.metadata.namespace, pod.metadata.name);
  world.events(
    set,
    'Normal',
    'SuccessfulDelete',
    `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`,
    { component },
  );
}

function create(set: KubeObject, i: number, update: string, world: World): void {
  const { name, namespace = '' } = set.metadata;
  const podName = `${name}-${i}`;
  const claims = listOf(set.spec?.volumeClaimTemplates).map((one) => ({
    volume: textOf(at(one, 'metadata', 'name')),
    template: fieldsOf(one),
  }));
  for (const { volume, template } of claims) {
    const claim = `${volume}-${podName}`;
    if (world.api.get('persistentvolumeclaims', namespace, claim)) continue;
    world.api.create(
      'persistentvolumeclaims',
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          ...fieldsOf(template.metadata),
          name: claim,
          namespace,
          labels: {
            ...fieldsOf(at(set.spec, 'selector', 'matchLabels')),
            ...fieldsOf(at(template, 'metadata', 'labels')),
          },
        },
        spec: fieldsOf(template.spec),
      },
      { manager: 'kube-controller-manager' },
    );
    world.events(
      set,
      'Normal',
      'SuccessfulCreate',
      `create Claim ${claim} Pod ${podName} in StatefulSet ${name} success`,
      { component },
    );
  }
  const template = fieldsOf(set.spec?.template);
  const pod = podOf(template, {
    name: podName,
    namespace,
    labels: {
      [hashKey]: update,
      'apps.kubernetes.io/pod-index': String(i),
      'statefulset.kubernetes.io/pod-name': podName,
    },
    ownerReferences: [controllerRef(set)],
  });
  const volumes = [
    ...listOf(at(template, 'spec', 'volumes')),
    ...claims.map(({ volume }) => ({ name: volume, persistentVolumeClaim: { claimName: `${volume}-${podName}` } })),
  ];
  const service = textOf(set.spec?.serviceName);
  world.api.create(
    'pods',
    {
      ...pod,
      spec: {
        ...fieldsOf(pod.spec),
        hostname: podName,
        ...(service ? { subdomain: service } : {}),
        ...(volumes.length > 0 ? { volumes } : {}),
      },
    },
    { manager: 'kube-controller-manager' },
  );
  world.events(set, 'Normal', 'SuccessfulCreate', `create Pod ${podName} in StatefulSet ${name} successful`, {
    component,
  });
}

function report(set: KubeObject, update: string, world: World): void {
  const pods = world.owned('pods', set.metadata.uid).filter(isActive);
  const ready = pods.filter(isReady).length;
  const fresh = pods.filter((pod) => pod.metadata.labels?.[hashKey] === update);
  const wanted = Number(set.spec?.replicas ?? 0);
  const before = textOf(set.status?.currentRevision) || update;
  // The new revision is the current one when every pod has it and is ready.
  const done = fresh.length === wanted && fresh.every(isReady) && pods.length === wanted;
  const current = done ? update : before;
  const old = pods.filter((pod) => pod.metadata.labels?.[hashKey] === current).length;
  world.status(kind, set, {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: pods.length,
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    availableReplicas: ready,
    ...(old > 0 ? { currentReplicas: old } : {}),
    ...(fresh.length > 0 ? { updatedReplicas: fresh.length } : {}),
    currentRevision: current,
    updateRevision: update,
    collisionCount: 0,
  });
}
