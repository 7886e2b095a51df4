import { decoded } from '../admission/decode.ts';
import { withDefaults } from '../admission/defaults.ts';
import { type Admission, admitNamespace, admitSize, checkIdentity, prepare } from '../admission/prepare.ts';
import { validate } from '../admission/validate.ts';
import { at, type Fields, fieldsOf, isFields, type Json, listOf, textOf, withAt } from '../json.ts';
import { stamp, suffix, uid } from '../names.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { afterUpdate, applied, conflictCauses, conflictMessage } from '../patch/managed-fields.ts';
import { mergePatch, strategicMerge } from '../patch/merge.ts';
import { nodeOf } from '../schema/node.ts';
import { fieldSelector, labelSelector } from '../selectors.ts';
import { ApiError, alreadyExists, badRequest, invalid, notFound, required, unsupportedMedia } from '../status.ts';
import { apiVersionOf, type KubeObject, type ManagedFields, type Resource } from '../types.ts';
import { createCommit, metadataOf } from './commit.ts';
import { createDeletion } from './deletion.ts';
import type { PatchType, Selection, Write } from './write.ts';

const ungenerated: ReadonlySet<string> = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Service',
  'HorizontalPodAutoscaler',
  'ServiceAccount',
  'Lease',
  'ResourceQuota',
  'LimitRange',
]);

/** All that can be done to objects, by the API's rules; who may is asked before. */
export function createObjects(admission: Admission) {
  const { store, now } = admission;
  const { commit, save, writerOf } = createCommit(admission);

  function get(resource: Resource, namespace: string | undefined, name: string): KubeObject {
    const found = store.get(resource, namespace, name);
    if (!found) throw notFound(resource, name);
    return asVersion(resource, found);
  }

  function list(resource: Resource, namespace?: string, { label, field }: Selection = {}): readonly KubeObject[] {
    const all = store.list(resource, namespace);
    const byLabel = label ? labelSelector(label) : undefined;
    const byField = field ? fieldSelector(field) : undefined;
    if (!byLabel && !byField && !resource.custom) return all;
    return all
      .filter((one) => (byLabel?.(one.metadata.labels ?? {}) ?? true) && (byField?.(one) ?? true))
      .map((one) => asVersion(resource, one));
  }

  function create(resource: Resource, namespace: string | undefined, body: Fields, write: Write): KubeObject {
    checkIdentity(resource, body, namespace);
    const meta = metadataOf(body);
    const prefix = textOf(meta.generateName);
    const name = textOf(meta.name) || (prefix ? `${prefix.slice(0, 58)}${suffix()}` : '');
    if (!name) throw invalid(resource, '', [required('metadata.name', 'name or generateName is required')]);
    if (resource.namespaced) admitNamespace(admission, resource, namespace ?? '', name);
    const whole = decoded(resource, body, write);
    const { deletionTimestamp: _, resourceVersion: version, managedFields, ...rest } = metadataOf(whole);
    if (textOf(version)) throw badRequest('resourceVersion should not be set on objects to be created');
    const keepsStatus = !resource.subresources.includes('status');
    const made: Fields = {
      ...whole,
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: {
        ...rest,
        name,
        ...(resource.namespaced ? { namespace: namespace ?? '' } : {}),
        uid: write.uid ?? uid(),
        creationTimestamp: stamp(now()),
        ...(isFields(whole.spec) && !ungenerated.has(resource.kind) ? { generation: 1 } : {}),
      },
    };
    const filled = prepare(
      admission,
      resource,
      withDefaults(keepsStatus ? made : withAt(made, ['status'], undefined), resource.schema),
    );
    validate(resource, filled, undefined);
    if (store.get(resource, namespace, name)) {
      if (prefix && !textOf(meta.name)) return create(resource, namespace, body, write);
      throw alreadyExists(resource, name);
    }
    admitSize(admission, resource, filled, undefined);
    const entries = afterUpdate(
      undefined,
      filled,
      nodeOf(resource),
      (managedFields ?? []) as readonly ManagedFields[],
      writerOf(resource, write),
      stamp(now()),
    );
    return save(resource, withAt(filled, ['metadata', 'managedFields'], entries), write);
  }

  function update(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    body: Fields,
    write: Write,
  ): KubeObject {
    const live = store.get(resource, namespace, name);
    if (!live) throw notFound(resource, name);
    return commit(resource, asVersion(resource, live), body, write);
  }

  function patch(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    type: PatchType,
    body: Json,
    write: Write,
  ): KubeObject {
    const found = store.get(resource, namespace, name);
    if (type === 'apply') return apply(resource, namespace, name, fieldsOf(body), write);
    if (!found) throw notFound(resource, name);
    const live = asVersion(resource, found);
    if (type === 'strategic' && resource.custom)
      throw unsupportedMedia([
        'application/json-patch+json',
        'application/merge-patch+json',
        'application/apply-patch+yaml',
      ]);
    const result = {
      json: () => jsonPatch(live, body),
      merge: () => mergePatch(live, body),
      strategic: () => strategicMerge(live, body, nodeOf(resource)),
    }[type]();
    if (!isFields(result)) throw badRequest('the patch leaves no object');
    // What was read is what was patched: only a version that the patch names itself is a condition.
    const version = type === 'json' ? metadataOf(result).resourceVersion : at(body, 'metadata', 'resourceVersion');
    return commit(resource, live, withAt(result, ['metadata', 'resourceVersion'], version), write);
  }

  function apply(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    config: Fields,
    write: Write,
  ): KubeObject {
    if (metadataOf(config).managedFields !== undefined && listOf(metadataOf(config).managedFields).length > 0)
      throw badRequest('metadata.managedFields must be nil');
    checkIdentity(resource, config, namespace, name);
    const body = decoded(resource, config, write);
    const live = store.get(resource, namespace, name);
    const status = write.subresource === 'status';
    const mine = !status && resource.subresources.includes('status') ? withAt(body, ['status'], undefined) : body;
    const result = applied(
      live,
      mine,
      nodeOf(resource),
      live?.metadata.managedFields ?? [],
      writerOf(resource, write),
      write.force ?? false,
      stamp(now()),
    );
    if (result.conflicts) {
      throw new ApiError(409, 'Conflict', conflictMessage(result.conflicts), {
        causes: conflictCauses(result.conflicts),
      });
    }
    if (!live) {
      if (status) throw notFound(resource, name);
      const made = create(resource, namespace, withAt(mine, ['metadata', 'name'], name), { ...write, dryRun: true });
      // Defaults belong to nobody: only what was applied is owned.
      return save(resource, withAt(made, ['metadata', 'managedFields'], result.entries), write);
    }
    return commit(resource, asVersion(resource, live), result.object, write, result.entries);
  }

  return {
    get,
    list,
    create,
    update,
    patch,
    delete: createDeletion(admission, get),
    /** Ends a pod's grace: its node says that it has stopped. */
    finish(resource: Resource, object: KubeObject): void {
      const live = store.get(resource, object.metadata.namespace, object.metadata.name);
      if (!live || live.metadata.uid !== object.metadata.uid) return;
      const { deletionGracePeriodSeconds: _, ...meta } = live.metadata;
      if ((meta.finalizers ?? []).length > 0) store.put(resource, { ...live, metadata: meta });
      else store.remove(resource, { ...live, metadata: meta });
    },
  };
}

export type Objects = ReturnType<typeof createObjects>;

/** A custom resource may be served in several versions; what is stored is the same. */
const asVersion = (resource: Resource, object: KubeObject): KubeObject =>
  object.apiVersion === apiVersionOf(resource) ? object : { ...object, apiVersion: apiVersionOf(resource) };
