import { at, type Fields, fieldsOf, isFields, listOf, textOf } from '../json.ts';
import { stamp } from '../names.ts';
import type { Registry } from '../registry.ts';
import { badRequest, forbidden, notFound } from '../status.ts';
import type { Store } from '../store.ts';
import type { Resource } from '../types.ts';
import { podAdmission } from './defaults.ts';
import { limitDefaults, limitViolations } from './limits.ts';
import { checkQuota, usageOf } from './quota.ts';

export type Admission = {
  readonly store: Store;
  readonly registry: Registry;
  readonly now: () => Date;
};

/** Whether a namespace takes new objects. */
export function admitNamespace({ store, registry }: Admission, resource: Resource, namespace: string, name: string) {
  const found = store.get(registry.named('namespaces'), undefined, namespace);
  if (!found) throw notFound({ group: '', plural: 'namespaces' }, namespace);
  if (!found.metadata.deletionTimestamp) return;
  throw forbidden(
    resource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
}

/** Numbers that services are given. They are only ever shown. */
const usedAddresses = (store: Store, registry: Registry): ReadonlySet<string> =>
  new Set(store.list(registry.named('services')).map((one) => textOf(one.spec?.clusterIP)));

function serviceAddress({ store, registry }: Admission, object: Fields): Fields {
  const spec = fieldsOf(object.spec);
  if (spec.type === 'ExternalName') return object;
  const used = usedAddresses(store, registry);
  let next = used.size + 1;
  const address = () => `10.96.${next >> 8}.${next & 255}`;
  while (used.has(address())) next += 1;
  const clusterIP = textOf(spec.clusterIP) || address();
  const family = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
  const exposed = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  const ports = listOf(spec.ports).map((port, i) =>
    exposed && isFields(port) && port.nodePort === undefined
      ? { ...port, nodePort: 30_000 + ((next * 7 + i) % 2_768) }
      : port,
  );
  return {
    ...object,
    spec: { ...family, ...spec, clusterIP, clusterIPs: [clusterIP], ...(ports.length > 0 ? { ports } : {}) },
  };
}

const jobLabels = (object: Fields): Fields => {
  const spec = fieldsOf(object.spec);
  if (spec.manualSelector === true) return object;
  const uid = textOf(at(object, 'metadata', 'uid'));
  const name = textOf(at(object, 'metadata', 'name'));
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const template = fieldsOf(spec.template);
  const metadata = fieldsOf(template.metadata);
  return {
    ...object,
    metadata: {
      ...fieldsOf(object.metadata),
      labels: {
        ...labels,
        ...fieldsOf(at(template, 'metadata', 'labels')),
        ...fieldsOf(at(object, 'metadata', 'labels')),
      },
    },
    spec: {
      ...spec,
      selector: spec.selector ?? { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: { ...template, metadata: { ...metadata, labels: { ...fieldsOf(metadata.labels), ...labels } } },
    },
  };
};

const finalizer = (object: Fields, name: string): Fields => ({
  ...object,
  metadata: {
    ...fieldsOf(object.metadata),
    finalizers: [...new Set([...listOf(at(object, 'metadata', 'finalizers')), name])],
  },
});

/** By kind: what the server adds when an object is made. */
const making: Readonly<Record<string, (admission: Admission, object: Fields) => Fields>> = {
  Pod({ store, registry, now }, object) {
    const namespace = textOf(at(object, 'metadata', 'namespace'));
    const ranges = store.list(registry.named('limitranges'), namespace);
    const spec = podAdmission(limitDefaults(fieldsOf(object.spec), ranges));
    const account = textOf(spec.serviceAccountName);
    if (!store.get(registry.named('serviceaccounts'), namespace, account))
      throw forbidden(
        registry.named('pods'),
        textOf(at(object, 'metadata', 'name')),
        `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`,
      );
    const token = `kube-api-access-${textOf(at(object, 'metadata', 'uid')).slice(0, 5)}`;
    const gated = listOf(spec.schedulingGates).length > 0;
    return {
      ...object,
      spec: spec.automountServiceAccountToken === false ? spec : withToken(spec, token),
      status: {
        phase: 'Pending',
        qosClass: qosOf(spec),
        ...(gated
          ? {
              conditions: [
                {
                  type: 'PodScheduled',
                  status: 'False',
                  lastProbeTime: null,
                  lastTransitionTime: stamp(now()),
                  reason: 'SchedulingGated',
                  message: 'Scheduling is blocked due to non-empty scheduling gates',
                },
              ],
            }
          : {}),
      },
    };
  },
  Service: (admission, object) => ({ ...serviceAddress(admission, object), status: { loadBalancer: {} } }),
  Job: (_, object) => jobLabels(object),
  Namespace: (_, object) => ({ ...object, status: { phase: 'Active' } }),
  PersistentVolumeClaim({ store, registry }, object) {
    const standard = store
      .list(registry.named('storageclasses'))
      .find((one) => one.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true');
    const spec = fieldsOf(object.spec);
    const storageClassName = spec.storageClassName ?? standard?.metadata.name;
    return finalizer(
      {
        ...object,
        spec: { ...spec, ...(storageClassName === undefined ? {} : { storageClassName }) },
        status: { phase: 'Pending' },
      },
      'kubernetes.io/pvc-protection',
    );
  },
  CustomResourceDefinition({ now }, object) {
    const condition = (type: string, reason: string, message: string) => ({
      type,
      status: 'True',
      reason,
      message,
      lastTransitionTime: stamp(now()),
    });
    return {
      ...object,
      status: {
        acceptedNames: fieldsOf(at(object, 'spec', 'names')),
        storedVersions: listOf(at(object, 'spec', 'versions'))
          .filter((one) => at(one, 'storage') === true)
          .map((one) => textOf(at(one, 'name'))),
        conditions: [
          condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
          condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
        ],
      },
    };
  },
};

const withToken = (spec: Fields, name: string): Fields => {
  const mount = { name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  const containers = (list: string) =>
    spec[list]
      ? {
          [list]: listOf(spec[list]).map((one) => ({
            ...fieldsOf(one),
            volumeMounts: [...listOf(at(one, 'volumeMounts')), mount],
          })),
        }
      : {};
  return {
    ...spec,
    ...containers('containers'),
    ...containers('initContainers'),
    volumes: [
      ...listOf(spec.volumes),
      {
        name,
        projected: {
          defaultMode: 420,
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          ],
        },
      },
    ],
  };
};

function qosOf(spec: Fields): string {
  const all = [...listOf(spec.containers), ...listOf(spec.initContainers)].map((one) => fieldsOf(at(one, 'resources')));
  const has = (one: Fields, what: string) =>
    Object.keys(fieldsOf(one[what])).some((key) => key === 'cpu' || key === 'memory');
  if (!all.some((one) => has(one, 'requests') || has(one, 'limits'))) return 'BestEffort';
  const guaranteed = all.every((one) =>
    ['cpu', 'memory'].every(
      (key) => at(one, 'limits', key) !== undefined && at(one, 'limits', key) === at(one, 'requests', key),
    ),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

export const prepare = (admission: Admission, resource: Resource, object: Fields): Fields =>
  typeof resource.schema === 'string' ? (making[resource.kind]?.(admission, object) ?? object) : object;

/** Limits of single objects, then quotas of the whole namespace: both refuse with 403. */
export function admitSize(
  { store, registry }: Admission,
  resource: Resource,
  object: Fields,
  before: Fields | undefined,
): void {
  const namespace = textOf(at(object, 'metadata', 'namespace'));
  if (!namespace) return;
  const name = textOf(at(object, 'metadata', 'name'));
  if (!before) {
    const wrong = limitViolations(
      resource.kind,
      fieldsOf(object.spec),
      store.list(registry.named('limitranges'), namespace),
    );
    if (wrong.length > 0) throw forbidden(resource, name, wrong.length === 1 ? `${wrong[0]}` : `[${wrong.join(', ')}]`);
  }
  const quotas = store.list(registry.named('resourcequotas'), namespace);
  if (quotas.length === 0) return;
  let sums: Record<string, number> | undefined;
  const used = (one: string): number => {
    if (!sums) {
      sums = {};
      for (const other of store.list(resource, namespace))
        for (const [key, value] of Object.entries(usageOf(resource, other))) sums[key] = (sums[key] ?? 0) + value;
    }
    return sums[one] ?? 0;
  };
  checkQuota(quotas, resource, object, before, used);
}

export function checkIdentity(resource: Resource, body: Fields, namespace: string | undefined, name?: string): void {
  const meta = fieldsOf(body.metadata);
  const apiVersion = resource.group ? `${resource.group}/${resource.version}` : resource.version;
  if (body.kind !== undefined && (body.kind !== resource.kind || body.apiVersion !== apiVersion))
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: the object is a ${String(body.kind)} of ${String(body.apiVersion)}`,
    );
  if (namespace && meta.namespace && meta.namespace !== namespace)
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  if (name && meta.name && meta.name !== name)
    throw badRequest(`the name of the object (${textOf(meta.name)}) does not match the name on the URL (${name})`);
}
