import { at, equal, type Fields, fieldsOf, type Json, listOf, textOf } from '../json.ts';
import { quantity } from '../quantity.ts';
import { type Cause, forbiddenField, invalidValue } from '../status.ts';

const same = (before: Fields, after: Fields, ...path: readonly string[]): boolean =>
  equal(at(before, ...path), at(after, ...path));
const immutable = (before: Fields, after: Fields, ...path: readonly string[]): readonly Cause[] =>
  same(before, after, ...path) ? [] : [invalidValue(path.join('.'), at(after, ...path) ?? null, 'field is immutable')];
export const without = (value: Json | undefined, fields: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fieldsOf(value)).filter(([key]) => !fields.includes(key)));
const images = (spec: Json | undefined): Json =>
  ['containers', 'initContainers'].map((list) =>
    listOf(at(spec, list)).map((one) => without(one, ['image', 'resources'])),
  );

/** The same for custom resources: what their operators' webhooks refuse. */
export const customChanges: typeof changes = {
  'Cluster.postgresql.cnpg.io'(before, after) {
    const [was, now] = [before, after].map((one) => at(one, 'spec', 'storage', 'size'));
    return (quantity(now) ?? 0) < (quantity(was) ?? 0)
      ? [invalidValue('spec.storage.size', now, `can't shrink existing storage from ${String(was)} to ${String(now)}`)]
      : [];
  },
};

/** What may not be changed once it is there, by kind. */
export const changes: Readonly<Record<string, (before: Fields, after: Fields) => readonly Cause[]>> = {
  Deployment: (before, after) => immutable(before, after, 'spec', 'selector'),
  ReplicaSet: (before, after) => immutable(before, after, 'spec', 'selector'),
  DaemonSet: (before, after) => immutable(before, after, 'spec', 'selector'),
  StatefulSet(before, after) {
    const free = [
      'replicas',
      'ordinals',
      'template',
      'updateStrategy',
      'revisionHistoryLimit',
      'persistentVolumeClaimRetentionPolicy',
      'minReadySeconds',
    ];
    return equal(without(before.spec, free), without(after.spec, free))
      ? []
      : [
          forbiddenField(
            'spec',
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
          ),
        ];
  },
  Job: (before, after) => [
    ...immutable(before, after, 'spec', 'selector'),
    // While it is suspended and never ran, a queue may still say where it runs.
    ...(at(before, 'spec', 'suspend') === true ? [] : immutable(before, after, 'spec', 'template')),
    ...immutable(before, after, 'spec', 'completions'),
  ],
  Pod(before, after) {
    const free = [
      'containers',
      'initContainers',
      'activeDeadlineSeconds',
      'tolerations',
      'terminationGracePeriodSeconds',
      'nodeName',
      'schedulingGates',
      'ephemeralContainers',
    ];
    const fixed =
      equal(without(before.spec, free), without(after.spec, free)) && equal(images(before.spec), images(after.spec));
    return fixed
      ? []
      : [
          forbiddenField(
            'spec',
            'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
          ),
        ];
  },
  PersistentVolumeClaim(before, after) {
    const free = ['resources', 'volumeName', 'volumeAttributesClassName'];
    if (!equal(without(before.spec, free), without(after.spec, free)))
      return [
        forbiddenField(
          'spec',
          'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
        ),
      ];
    const was = quantity(at(before, 'spec', 'resources', 'requests', 'storage')) ?? 0;
    const now = quantity(at(after, 'spec', 'resources', 'requests', 'storage')) ?? 0;
    return now < was
      ? [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')]
      : [];
  },
  Service: (before, after) =>
    textOf(at(before, 'spec', 'clusterIP')) && textOf(at(after, 'spec', 'type')) !== 'ExternalName'
      ? same(before, after, 'spec', 'clusterIP')
        ? []
        : [invalidValue('spec.clusterIP', at(after, 'spec', 'clusterIP') ?? '', 'may not change once set')]
      : [],
  ConfigMap: (before, after) => frozen(before, after, 'data'),
  Secret: (before, after) => [...frozen(before, after, 'data'), ...immutable(before, after, 'type')],
  RoleBinding: (before, after) => roleRef(before, after),
  ClusterRoleBinding: (before, after) => roleRef(before, after),
};
const frozen = (before: Fields, after: Fields, field: string): readonly Cause[] =>
  before.immutable === true && !same(before, after, field)
    ? [forbiddenField(field, 'field is immutable when `immutable` is set')]
    : [];
const roleRef = (before: Fields, after: Fields): readonly Cause[] =>
  same(before, after, 'roleRef')
    ? []
    : [invalidValue('roleRef', at(after, 'roleRef') ?? null, 'cannot change roleRef')];
