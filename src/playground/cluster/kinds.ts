import type { Resource } from './types.ts';

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

type Options = {
  readonly short?: readonly string[];
  readonly all?: true;
  readonly sub?: readonly string[];
  readonly plural?: string;
  readonly schema?: string;
  readonly verbs?: readonly string[];
};
type Scope = 'namespaced' | 'cluster';

const pluralOf = (kind: string): string => {
  const low = kind.toLowerCase();
  if (/[^aeiou]y$/.test(low)) return `${low.slice(0, -1)}ies`;
  return /(?:s|x|ch)$/.test(low) ? `${low}es` : `${low}s`;
};

const kind = (groupVersion: string, name: string, scope: Scope, options: Options = {}): Resource => {
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  return {
    group: group ?? '',
    version: version ?? '',
    kind: name,
    plural: options.plural ?? pluralOf(name),
    singular: name.toLowerCase(),
    namespaced: scope === 'namespaced',
    shortNames: options.short ?? [],
    categories: options.all ? ['all'] : [],
    subresources: options.sub ?? [],
    verbs: options.verbs ?? allVerbs,
    schema: options.schema ?? `${(version ?? '').replace(/^v/, 'V')}${name}`,
  };
};

const create = ['create'];
const namespaced = 'namespaced';
const cluster = 'cluster';

/** The kinds that every cluster has. */
export const builtIn: readonly Resource[] = [
  kind('v1', 'Binding', namespaced, { verbs: create }),
  kind('v1', 'ConfigMap', namespaced, { short: ['cm'] }),
  kind('v1', 'Endpoints', namespaced, { short: ['ep'], plural: 'endpoints' }),
  kind('v1', 'Event', namespaced, { short: ['ev'] }),
  kind('v1', 'LimitRange', namespaced, { short: ['limits'] }),
  kind('v1', 'Namespace', cluster, { short: ['ns'], sub: ['status', 'finalize'] }),
  kind('v1', 'Node', cluster, { short: ['no'], sub: ['status'] }),
  kind('v1', 'PersistentVolumeClaim', namespaced, { short: ['pvc'], sub: ['status'] }),
  kind('v1', 'PersistentVolume', cluster, { short: ['pv'], sub: ['status'] }),
  kind('v1', 'Pod', namespaced, {
    short: ['po'],
    all: true,
    sub: ['status', 'log', 'eviction', 'binding', 'ephemeralcontainers', 'resize'],
  }),
  kind('v1', 'PodTemplate', namespaced),
  kind('v1', 'ReplicationController', namespaced, { short: ['rc'], all: true, sub: ['status', 'scale'] }),
  kind('v1', 'ResourceQuota', namespaced, { short: ['quota'], sub: ['status'] }),
  kind('v1', 'Secret', namespaced),
  kind('v1', 'ServiceAccount', namespaced, { short: ['sa'], sub: ['token'] }),
  kind('v1', 'Service', namespaced, { short: ['svc'], all: true, sub: ['status'] }),
  kind('apps/v1', 'ControllerRevision', namespaced),
  kind('apps/v1', 'DaemonSet', namespaced, { short: ['ds'], all: true, sub: ['status'] }),
  kind('apps/v1', 'Deployment', namespaced, { short: ['deploy'], all: true, sub: ['status', 'scale'] }),
  kind('apps/v1', 'ReplicaSet', namespaced, { short: ['rs'], all: true, sub: ['status', 'scale'] }),
  kind('apps/v1', 'StatefulSet', namespaced, { short: ['sts'], all: true, sub: ['status', 'scale'] }),
  kind('batch/v1', 'CronJob', namespaced, { short: ['cj'], all: true, sub: ['status'] }),
  kind('batch/v1', 'Job', namespaced, { all: true, sub: ['status'] }),
  kind('autoscaling/v2', 'HorizontalPodAutoscaler', namespaced, { short: ['hpa'], all: true, sub: ['status'] }),
  kind('networking.k8s.io/v1', 'IngressClass', cluster),
  kind('networking.k8s.io/v1', 'Ingress', namespaced, { short: ['ing'], sub: ['status'] }),
  kind('networking.k8s.io/v1', 'NetworkPolicy', namespaced, { short: ['netpol'] }),
  kind('policy/v1', 'PodDisruptionBudget', namespaced, { short: ['pdb'], sub: ['status'] }),
  kind('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', cluster),
  kind('rbac.authorization.k8s.io/v1', 'ClusterRole', cluster),
  kind('rbac.authorization.k8s.io/v1', 'RoleBinding', namespaced),
  kind('rbac.authorization.k8s.io/v1', 'Role', namespaced),
  kind('storage.k8s.io/v1', 'StorageClass', cluster, { short: ['sc'] }),
  kind('storage.k8s.io/v1', 'VolumeAttachment', cluster, { sub: ['status'] }),
  kind('storage.k8s.io/v1', 'CSIDriver', cluster),
  kind('coordination.k8s.io/v1', 'Lease', namespaced),
  kind('discovery.k8s.io/v1', 'EndpointSlice', namespaced),
  kind('scheduling.k8s.io/v1', 'PriorityClass', cluster, { short: ['pc'] }),
  kind('node.k8s.io/v1', 'RuntimeClass', cluster),
  kind('apiextensions.k8s.io/v1', 'CustomResourceDefinition', cluster, { short: ['crd', 'crds'], sub: ['status'] }),
  kind('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', cluster),
  kind('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', cluster),
  kind('authentication.k8s.io/v1', 'TokenReview', cluster, { verbs: create }),
  kind('authentication.k8s.io/v1', 'SelfSubjectReview', cluster, { verbs: create }),
  kind('authorization.k8s.io/v1', 'LocalSubjectAccessReview', namespaced, { verbs: create }),
  kind('authorization.k8s.io/v1', 'SelfSubjectAccessReview', cluster, { verbs: create }),
  kind('authorization.k8s.io/v1', 'SelfSubjectRulesReview', cluster, { verbs: create }),
  kind('authorization.k8s.io/v1', 'SubjectAccessReview', cluster, { verbs: create }),
];

/** Verbs of a subresource that is there for one thing only; the others are read and written. */
export const subresourceVerbs: Readonly<Record<string, readonly string[]>> = {
  log: ['get'],
  eviction: ['create'],
  binding: ['create'],
  token: ['create'],
  finalize: ['update'],
};
export const subresourceKinds: Readonly<Record<string, { group: string; version: string; kind: string }>> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  binding: { group: '', version: 'v1', kind: 'Binding' },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
};
