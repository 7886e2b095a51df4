import { decoded } from '../admission/decode.ts';
import { keepAddress, withDefaults } from '../admission/defaults.ts';
import { type Admission, admitSize, checkIdentity } from '../admission/prepare.ts';
import { validate } from '../admission/validate.ts';
import { type Draft, equal, type Fields, fieldsOf, type Json, listOf, textOf, withAt } from '../json.ts';
import { stamp } from '../names.ts';
import { afterUpdate } from '../patch/managed-fields.ts';
import { nodeOf } from '../schema/node.ts';
import { conflict, modified } from '../status.ts';
import { apiVersionOf, type KubeObject, type ManagedFields, type Resource } from '../types.ts';
import { namespaceHolds } from './deletion.ts';
import type { Write } from './write.ts';

export const metadataOf = (object: Fields): Fields => fieldsOf(object.metadata);

/** How a whole object takes the place of another, by the API's rules. */
export function createCommit(admission: Admission) {
  const { store, now } = admission;

  const writerOf = (resource: Resource, { manager, subresource }: Write) => ({
    manager,
    apiVersion: apiVersionOf(resource),
    subresource: subresource === 'status' || subresource === 'scale' ? subresource : undefined,
  });

  /** What was made by the rules is an object: here the type is given back. */
  const typed = (object: Fields): KubeObject => object as KubeObject;

  function save(resource: Resource, object: Fields, { dryRun }: { readonly dryRun?: boolean }): KubeObject {
    return dryRun
      ? typed(withAt(object, ['metadata', 'resourceVersion'], textOf(metadataOf(object).resourceVersion) || ''))
      : store.put(resource, typed(object));
  }

  /** A new whole object in the place of the old one; `entries` when managed fields were worked out by applying. */
  function commit(
    resource: Resource,
    live: KubeObject,
    wanted: Fields,
    write: Write,
    entries?: readonly ManagedFields[],
  ): KubeObject {
    const name = live.metadata.name;
    checkIdentity(resource, wanted, live.metadata.namespace, name);
    const asked = metadataOf(wanted);
    if (textOf(asked.resourceVersion) && asked.resourceVersion !== live.metadata.resourceVersion)
      throw modified(resource, name);
    if (textOf(asked.uid) && asked.uid !== live.metadata.uid)
      throw conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${textOf(asked.uid)}, UID in object meta: ${live.metadata.uid}`,
      );
    const body = decoded(resource, wanted, write);
    const status = write.subresource === 'status';
    const hasStatus = resource.subresources.includes('status');
    const { metadata: was } = live;
    const meta: Draft = {
      ...metadataOf(
        status ? { metadata: { ...was, ...pick(metadataOf(body), ['labels', 'annotations', 'managedFields']) } } : body,
      ),
      name,
      uid: was.uid,
      creationTimestamp: was.creationTimestamp,
      resourceVersion: was.resourceVersion,
    };
    for (const field of [
      'namespace',
      'generateName',
      'generation',
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
    ] as const) {
      if (was[field] === undefined) delete meta[field];
      else meta[field] = was[field];
    }
    let next: Fields = {
      ...(status ? live : body),
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: meta,
    };
    const kept = status ? body.status : hasStatus ? live.status : body.status;
    next = withAt(next, ['status'], kept);
    if (!status) {
      next = withDefaults(next, resource.schema);
      if (resource.kind === 'Service') next = keepAddress(live, next);
      validate(resource, next, live);
      if (!equal(live.spec, next.spec)) {
        admitSize(admission, resource, next, live);
        if (was.generation !== undefined) next = withAt(next, ['metadata', 'generation'], was.generation + 1);
      }
    } else if (resource.custom) validate(resource, next, live);
    const known = (
      isListed(asked.managedFields) ? asked.managedFields : (was.managedFields ?? [])
    ) as readonly ManagedFields[];
    const managed =
      entries ?? afterUpdate(live, next, nodeOf(resource), known, writerOf(resource, write), stamp(now()));
    next = withAt(next, ['metadata', 'managedFields'], managed);
    if (equal(next, live)) return live;
    const finalizers = listOf(metadataOf(next).finalizers);
    if (
      was.deletionTimestamp &&
      finalizers.length === 0 &&
      was.deletionGracePeriodSeconds === undefined &&
      !namespaceHolds(next)
    ) {
      return write.dryRun ? typed(next) : store.remove(resource, typed(next));
    }
    return save(resource, next, write);
  }

  return { commit, save, writerOf };
}

const isListed = (value: Json | undefined): boolean => listOf(value).length > 0;
const pick = (value: Fields, fields: readonly string[]): Fields =>
  Object.fromEntries(fields.flatMap((field) => (value[field] === undefined ? [] : [[field, value[field]]])));
