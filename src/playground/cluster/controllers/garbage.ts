import type { Fields } from '../json.ts';
import type { Change, InProcess, KubeObject, Resource } from '../types.ts';

type Dependent = { readonly kind: string; readonly namespace: string | undefined; readonly name: string };
type Parts = {
  readonly api: InProcess;
  readonly dependents: (uid: string) => readonly Dependent[];
  readonly forget: (uid: string) => void;
  readonly later: (run: () => void) => void;
};

const kindOf = ({ plural, group }: Resource): string => (group ? `${plural}.${group}` : plural);

/** What nobody owns any longer goes; an owner that is deleted in the foreground waits for what it owns. */
export function createGarbage({ api, dependents, forget, later }: Parts) {
  const get = ({ kind, namespace, name }: Dependent): KubeObject | undefined => api.get(kind, namespace, name);

  function withoutOwner(one: Dependent, uid: string): readonly Fields[] {
    return (get(one)?.metadata.ownerReferences ?? []).filter((ref) => ref.uid !== uid);
  }
  function release(one: Dependent, uid: string): void {
    api.patch(
      one.kind,
      one.namespace,
      one.name,
      { metadata: { ownerReferences: withoutOwner(one, uid) } },
      { manager: 'kube-controller-manager' },
    );
  }

  function collect(uid: string): void {
    for (const one of dependents(uid)) {
      const object = get(one);
      if (!object || object.metadata.deletionTimestamp) continue;
      // With another owner left it stays.
      if (withoutOwner(one, uid).length > 0) release(one, uid);
      else api.delete(one.kind, one.namespace, one.name);
    }
    if (dependents(uid).length === 0) forget(uid);
  }

  function finish(kind: string, object: KubeObject, finalizer: string): void {
    const live = api.get(kind, object.metadata.namespace, object.metadata.name);
    if (!live?.metadata.finalizers?.includes(finalizer)) return;
    const finalizers = live.metadata.finalizers.filter((one) => one !== finalizer);
    api.update(kind, { ...live, metadata: { ...live.metadata, finalizers } } as Fields, {
      manager: 'kube-controller-manager',
    });
  }

  function ending(kind: string, object: KubeObject): void {
    const { uid, finalizers = [] } = object.metadata;
    if (finalizers.includes('orphan')) {
      for (const one of dependents(uid)) release(one, uid);
      finish(kind, object, 'orphan');
    }
    if (!finalizers.includes('foregroundDeletion')) return;
    const blocking = dependents(uid).filter((one) =>
      get(one)?.metadata.ownerReferences?.some((ref) => ref.uid === uid && ref.blockOwnerDeletion),
    );
    for (const one of dependents(uid)) {
      const object = get(one);
      if (object && !object.metadata.deletionTimestamp)
        api.delete(one.kind, one.namespace, one.name, { propagation: 'Foreground' });
    }
    if (blocking.length === 0) finish(kind, object, 'foregroundDeletion');
  }

  /** Owners that wait for the last of what they own. */
  const waiting = new Map<string, { readonly kind: string; readonly object: KubeObject }>();

  return ({ type, resource, object }: Change): void => {
    const kind = kindOf(resource);
    const { uid, deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
    if (type === 'DELETED') {
      waiting.delete(uid);
      later(() => collect(uid));
      for (const ref of ownerReferences) {
        const owner = waiting.get(ref.uid);
        if (owner) later(() => ending(owner.kind, owner.object));
      }
    } else if (deletionTimestamp && finalizers.some((one) => one === 'orphan' || one === 'foregroundDeletion')) {
      waiting.set(uid, { kind, object });
      later(() => ending(kind, object));
    }
  };
}
