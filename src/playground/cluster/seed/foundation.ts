import type { Fields } from '../json.ts';

/* What every new cluster has. */

const namespace = (name: string): Fields => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const rbac = 'rbac.authorization.k8s.io/v1';
const clusterRole = (name: string, rules: readonly Fields[]): Fields => ({
  apiVersion: rbac,
  kind: 'ClusterRole',
  metadata: { name },
  rules,
});
const bound = (role: string, group: string): Fields => ({
  apiVersion: rbac,
  kind: 'ClusterRoleBinding',
  metadata: { name: role },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }],
});

const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const workloadGroups = ['', 'apps', 'batch', 'autoscaling', 'networking.k8s.io', 'policy', 'discovery.k8s.io'];
const workloads = [
  'configmaps',
  'endpoints',
  'endpointslices',
  'events',
  'persistentvolumeclaims',
  'pods',
  'pods/log',
  'pods/status',
  'replicationcontrollers',
  'services',
  'serviceaccounts',
  'deployments',
  'deployments/scale',
  'replicasets',
  'replicasets/scale',
  'statefulsets',
  'statefulsets/scale',
  'daemonsets',
  'controllerrevisions',
  'jobs',
  'cronjobs',
  'horizontalpodautoscalers',
  'ingresses',
  'networkpolicies',
  'poddisruptionbudgets',
  'limitranges',
  'resourcequotas',
  'namespaces',
];
const seen: Fields = { apiGroups: workloadGroups, resources: workloads, verbs: read };
const changed: Fields = {
  apiGroups: workloadGroups,
  resources: workloads.filter((one) => !['limitranges', 'resourcequotas', 'namespaces', 'events'].includes(one)),
  verbs: write,
};
const secrets: Fields = {
  apiGroups: [''],
  resources: ['secrets', 'pods/eviction', 'serviceaccounts/token'],
  verbs: [...read, ...write],
};
const roles: Fields = {
  apiGroups: ['rbac.authorization.k8s.io'],
  resources: ['roles', 'rolebindings'],
  verbs: [...read, ...write],
};

/** By its UID clusters are told apart. */
export const system = namespace('kube-system');

export const foundation: readonly Fields[] = [
  system,
  ...['default', 'kube-public', 'kube-node-lease'].map(namespace),
  clusterRole('cluster-admin', [
    { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    { nonResourceURLs: ['*'], verbs: ['*'] },
  ]),
  bound('cluster-admin', 'system:masters'),
  clusterRole('view', [seen]),
  clusterRole('edit', [seen, changed, secrets]),
  clusterRole('admin', [seen, changed, secrets, roles]),
  clusterRole('system:basic-user', [
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      verbs: ['create'],
    },
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  ]),
  bound('system:basic-user', 'system:authenticated'),
  clusterRole('system:discovery', [
    {
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
        '/version/',
      ],
      verbs: ['get'],
    },
  ]),
  bound('system:discovery', 'system:authenticated'),
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'playground.groundcrew/disk',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  },
  ...[
    ['system-cluster-critical', 2_000_000_000],
    ['system-node-critical', 2_000_001_000],
  ].map(([name, value]) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: String(name) },
    value: Number(value),
  })),
];
