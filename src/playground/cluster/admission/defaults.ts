import { at, type Draft, type Fields, fieldsOf, isFields, isList, type Json, listOf, textOf, withAt } from '../json.ts';

/*
 * What the API server fills in. Real ones do it on every read and write; here on every write, which is the same to see.
 */

const fill = (value: Json | undefined, defaults: Fields): Fields => ({ ...defaults, ...defined(fieldsOf(value)) });
const defined = (value: Fields): Fields =>
  Object.fromEntries(Object.entries(value).filter(([, of]) => of !== undefined && of !== null));
const each = (value: Json | undefined, change: (item: Fields) => Fields): Json | undefined =>
  isList(value) ? value.map((item) => change(fieldsOf(item))) : value;

/** `:latest` or no tag means that the registry is asked each time. */
const pullPolicy = (image: string): string =>
  image.includes('@') || (/:[^/]+$/.test(image) && !image.endsWith(':latest')) ? 'IfNotPresent' : 'Always';

function probe(value: Json | undefined): Json | undefined {
  if (!isFields(value)) return value;
  const filled: Draft = fill(value, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (isFields(filled.httpGet)) filled.httpGet = fill(filled.httpGet, { path: '/', scheme: 'HTTP' });
  return filled;
}

function container(value: Fields): Fields {
  const filled: Draft = fill(value, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(textOf(value.image)),
  });
  if (filled.ports) filled.ports = each(filled.ports, (port) => fill(port, { protocol: 'TCP' }));
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const filledProbe = probe(filled[name]);
    if (filledProbe !== undefined) filled[name] = filledProbe;
  }
  // A request that is not made is as high as the limit.
  const { limits, requests } = fieldsOf(filled.resources);
  if (isFields(limits))
    filled.resources = { ...fieldsOf(filled.resources), requests: { ...limits, ...fieldsOf(requests) } };
  if (filled.env)
    filled.env = each(filled.env, (env) =>
      isFields(at(env, 'valueFrom', 'fieldRef'))
        ? { ...env, valueFrom: { fieldRef: fill(at(env, 'valueFrom', 'fieldRef'), { apiVersion: 'v1' }) } }
        : env,
    );
  return filled;
}

const volumeModes: Readonly<Record<string, Fields>> = {
  configMap: { defaultMode: 420 },
  secret: { defaultMode: 420 },
  projected: { defaultMode: 420 },
  downwardAPI: { defaultMode: 420 },
  emptyDir: {},
};

const volume = (value: Fields): Fields => {
  const source = Object.keys(volumeModes).find((name) => isFields(value[name]));
  return source ? { ...value, [source]: fill(value[source], volumeModes[source] ?? {}) } : value;
};

export function podSpec(value: Json | undefined): Fields {
  const filled: Draft = fill(value, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  for (const list of ['containers', 'initContainers', 'ephemeralContainers'])
    if (filled[list]) filled[list] = each(filled[list], container) as Json;
  if (filled.volumes) filled.volumes = each(filled.volumes, volume) as Json;
  if (textOf(filled.serviceAccountName)) filled.serviceAccount = filled.serviceAccountName;
  return filled;
}

const template = (value: Json | undefined): Fields => ({
  ...fieldsOf(value),
  metadata: fieldsOf(at(value, 'metadata')),
  spec: podSpec(at(value, 'spec')),
});

const jobSpec = (spec: Fields): Fields => {
  const filled = fill(spec, {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  });
  return { ...filled, template: template(spec.template) };
};

const claimSpec = (spec: Fields): Fields => fill(spec, { volumeMode: 'Filesystem' });
const rolling = (value: Json | undefined, defaults: Fields): Fields => {
  const filled = fill(value, { type: 'RollingUpdate' });
  return filled.type === 'RollingUpdate' ? { ...filled, rollingUpdate: fill(filled.rollingUpdate, defaults) } : filled;
};

const service = (spec: Fields): Fields => {
  const filled: Draft = fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (filled.type !== 'ExternalName') filled.internalTrafficPolicy ??= 'Cluster';
  if (filled.type === 'NodePort' || filled.type === 'LoadBalancer') filled.externalTrafficPolicy ??= 'Cluster';
  if (filled.ports)
    filled.ports = each(filled.ports, (port) =>
      fill(port, { protocol: 'TCP', ...(port.port === undefined ? {} : { targetPort: port.port }) }),
    ) as Json;
  return filled;
};

/** By kind, what is filled into `spec`. */
const specs: Readonly<Record<string, (spec: Fields) => Fields>> = {
  Pod: (spec) =>
    fill(podSpec(spec), { enableServiceLinks: true, preemptionPolicy: 'PreemptLowerPriority', priority: 0 }),
  Deployment: (spec) => ({
    ...fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
    strategy: rolling(spec.strategy, { maxUnavailable: '25%', maxSurge: '25%' }),
    template: template(spec.template),
  }),
  ReplicaSet: (spec) => ({ ...fill(spec, { replicas: 1 }), template: template(spec.template) }),
  StatefulSet: (spec) => ({
    ...fill(spec, {
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    }),
    updateStrategy: rolling(spec.updateStrategy, { partition: 0 }),
    template: template(spec.template),
    ...(spec.volumeClaimTemplates
      ? {
          volumeClaimTemplates: each(spec.volumeClaimTemplates, (claim) => ({
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            ...claim,
            spec: claimSpec(fieldsOf(claim.spec)),
            status: { phase: 'Pending' },
          })) as Json,
        }
      : {}),
  }),
  DaemonSet: (spec) => ({
    ...fill(spec, { revisionHistoryLimit: 10 }),
    updateStrategy: rolling(spec.updateStrategy, { maxUnavailable: 1, maxSurge: 0 }),
    template: template(spec.template),
  }),
  Job: jobSpec,
  CronJob: (spec) => ({
    ...fill(spec, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
    jobTemplate: { ...fieldsOf(spec.jobTemplate), spec: jobSpec(fieldsOf(at(spec, 'jobTemplate', 'spec'))) },
  }),
  Service: service,
  PersistentVolumeClaim: claimSpec,
  HorizontalPodAutoscaler: (spec) => fill(spec, { minReplicas: 1 }),
  Namespace: (spec) => fill(spec, { finalizers: ['kubernetes'] }),
  NetworkPolicy: (spec) => fill(spec, { policyTypes: ['Ingress', ...(spec.egress === undefined ? [] : ['Egress'])] }),
  CustomResourceDefinition(spec) {
    const kind = textOf(at(spec, 'names', 'kind'));
    return {
      ...fill(spec, { conversion: { strategy: 'None' } }),
      names: fill(spec.names, { singular: kind.toLowerCase(), listKind: `${kind}List` }),
    };
  },
};

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** By kind, what is filled in beside `spec`. */
const others: Readonly<Record<string, (object: Fields) => Fields>> = {
  Secret({ stringData, ...secret }) {
    const written = Object.entries(fieldsOf(stringData)).map(([key, value]) => [key, base64(textOf(value))] as const);
    const data = { ...fieldsOf(secret.data), ...Object.fromEntries(written) };
    return { type: 'Opaque', ...secret, ...(Object.keys(data).length > 0 ? { data } : {}) };
  },
  Namespace: (object) => ({
    ...object,
    metadata: {
      ...fieldsOf(object.metadata),
      labels: {
        ...fieldsOf(at(object, 'metadata', 'labels')),
        'kubernetes.io/metadata.name': textOf(at(object, 'metadata', 'name')),
      },
    },
  }),
  StorageClass: (object) => fill(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  Role: (object) => fill(object, { rules: [] }),
};

/** Custom resources say their defaults in their schema. */
function bySchema(value: Json | undefined, schema: Fields): Json | undefined {
  if (value === undefined) return schema.default as Json | undefined;
  if (isList(value))
    return isFields(schema.items) ? value.map((item) => bySchema(item, schema.items as Fields) ?? item) : value;
  if (!isFields(value) || !isFields(schema.properties)) return value;
  const filled: Draft = { ...value };
  for (const [field, of] of Object.entries(schema.properties)) {
    const inner = isFields(of) ? bySchema(filled[field], of) : undefined;
    if (inner !== undefined) filled[field] = inner;
  }
  return filled;
}

export function withDefaults(object: Fields, schema: string | Fields | undefined): Fields {
  if (typeof schema === 'object') return fieldsOf(bySchema(object, schema));
  const kind = textOf(object.kind);
  const spec = specs[kind];
  const filled = spec ? { ...object, spec: spec(fieldsOf(object.spec)) } : object;
  return others[kind]?.(filled) ?? filled;
}

/** What a pod gets when it is created only. */
export const podAdmission = (spec: Fields): Fields => {
  const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
  const tolerations = listOf(spec.tolerations);
  const missing = taints.filter((key) => !tolerations.some((one) => at(one, 'key') === key));
  return {
    ...spec,
    serviceAccountName: textOf(spec.serviceAccountName) || 'default',
    serviceAccount: textOf(spec.serviceAccountName) || 'default',
    tolerations: [
      ...tolerations,
      ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })),
    ],
  };
};

/** A service keeps the address that it was given, when a change does not name it. */
export const keepAddress = (live: Fields, next: Fields): Fields =>
  ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'].reduce<Fields>(
    (object, field) =>
      at(object, 'spec', field) === undefined && at(live, 'spec', field) !== undefined
        ? withAt(object, ['spec', field], at(live, 'spec', field))
        : object,
    next,
  );
