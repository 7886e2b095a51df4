import type { Admission } from '../admission/prepare.ts';
import { at, type Fields, listOf, textOf } from '../json.ts';
import { stamp } from '../names.ts';
import { conflict } from '../status.ts';
import type { KubeObject, Resource } from '../types.ts';

import type { DeleteOptions } from './write.ts';

export const namespaceHolds = (object: Fields): boolean =>
  object.kind === 'Namespace' && listOf(at(object, 'spec', 'finalizers')).length > 0;

/** Deleting, by finalizers, grace and conditions; what can't go yet is marked. */
export const createDeletion = (
  { store, now }: Admission,
  get: (resource: Resource, namespace: string | undefined, name: string) => KubeObject,
) =>
  function remove(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): KubeObject {
    const live = get(resource, namespace, name);
    const meta = live.metadata;
    if (options.uid && options.uid !== meta.uid)
      throw conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${meta.uid}`,
      );
    if (options.resourceVersion && options.resourceVersion !== meta.resourceVersion)
      throw conflict(
        resource,
        name,
        `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ResourceVersion in object meta: ${meta.resourceVersion}`,
      );
    if (options.dryRun) return live;
    const added = { Foreground: ['foregroundDeletion'], Orphan: ['orphan'], Background: [] }[
      options.propagation ?? 'Background'
    ];
    const finalizers = [...new Set([...(meta.finalizers ?? []), ...added])];
    const grace = resource.kind === 'Pod' && resource.group === '' ? graceOf(live, options.grace) : 0;
    if (finalizers.length === 0 && grace === 0 && !namespaceHolds(live)) return store.remove(resource, live);
    // Once is enough, except that a shorter grace still counts.
    if (
      meta.deletionTimestamp &&
      (meta.deletionGracePeriodSeconds ?? 0) <= grace &&
      finalizers.length === (meta.finalizers ?? []).length
    )
      return live;
    const gone: KubeObject = {
      ...live,
      metadata: {
        ...meta,
        ...(finalizers.length > 0 ? { finalizers } : {}),
        deletionTimestamp: meta.deletionTimestamp ?? stamp(new Date(now().getTime() + grace * 1000)),
        ...(grace > 0 ? { deletionGracePeriodSeconds: grace } : {}),
        ...(meta.generation === undefined ? {} : { generation: meta.generation + 1 }),
      },
    };
    return store.put(
      resource,
      resource.kind === 'Namespace' ? { ...gone, status: { ...live.status, phase: 'Terminating' } } : gone,
    );
  };

/** Pods that nobody runs yet, or that have ended, go at once. */
function graceOf(pod: KubeObject, asked: number | undefined): number {
  if (!pod.spec?.nodeName || ['Succeeded', 'Failed'].includes(textOf(pod.status?.phase))) return 0;
  return asked ?? Number(pod.spec.terminationGracePeriodSeconds ?? 30);
}
