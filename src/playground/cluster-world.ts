import type { ClusterOptions, Fields } from './cluster/index.ts';

/*
 * The company's cluster: a namespace for each team, called as the team is, what runs in it, and who may do what there. Where
 * it has several, each further one is where things are tried out: smaller, and ahead by a version.
 */

const teams = [
  'checkout',
  'insights',
  // Those who own golden paths try them out in namespaces of their own.
  'data-platform',
  'developer-experience',
  'cloud-platform',
  'ml-platform',
  'security',
] as const;
const registry = 'registry.acme.example';
const api = 'rbac.authorization.k8s.io';
const owned = (team: string): Fields => ({ 'platform.example.io/owner-team': team });

const namespace = (name: string, team: string): Fields => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: owned(team) },
});

/** A team's members work in its namespace and read everywhere but secrets; the platform team may do everything. */
const binding = (name: string, role: string, group: string, namespace?: string): Fields => ({
  apiVersion: `${api}/v1`,
  kind: namespace ? 'RoleBinding' : 'ClusterRoleBinding',
  metadata: { name, ...(namespace ? { namespace } : {}) },
  roleRef: { apiGroup: api, kind: 'ClusterRole', name: role },
  subjects: [{ apiGroup: api, kind: 'Group', name: group }],
});

type Service = {
  readonly name: string;
  readonly team: string;
  readonly replicas: number;
  readonly version: string;
  /** What the program needs, and what it is given. */
  readonly needs: string;
  readonly memory: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, string>>;
};

function service({ name, team, replicas, version, needs, memory, env = {}, config }: Service): readonly Fields[] {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': team };
  const meta = { name, namespace: team, labels: { ...labels, ...owned(team) } };
  const probe = { httpGet: { path: '/healthz', port: 'http' } };
  return [
    ...(config
      ? [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...meta, name: `${name}-config` }, data: config }]
      : []),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta,
      spec: {
        replicas,
        selector: { matchLabels: { 'app.kubernetes.io/name': name } },
        template: {
          metadata: { labels, annotations: { 'playground.groundcrew/memory': needs } },
          spec: {
            containers: [
              {
                name: 'app',
                image: `${registry}/${name}:${version}`,
                ports: [{ name: 'http', containerPort: 8080 }],
                env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
                ...(config ? { envFrom: [{ configMapRef: { name: `${name}-config` } }] } : {}),
                readinessProbe: probe,
                livenessProbe: probe,
                resources: { requests: { cpu: '100m', memory }, limits: { memory } },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta,
      spec: { selector: { 'app.kubernetes.io/name': name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
  ];
}

const checkoutApi: Service = {
  name: 'checkout-api',
  team: 'checkout',
  replicas: 3,
  version: '4.12.0',
  needs: '180Mi',
  memory: '256Mi',
  env: { DB_HOST: 'checkout-db-rw.checkout' },
  config: { CURRENCY: 'EUR', PAYMENT_TIMEOUT: '8s' },
};
const web: Service = {
  name: 'web',
  team: 'checkout',
  replicas: 2,
  version: '2.31.4',
  needs: '96Mi',
  memory: '192Mi',
  config: { API_URL: 'http://checkout-api' },
};
const ingress: Service = {
  name: 'ingress',
  team: 'platform',
  replicas: 2,
  version: '1.13.3',
  needs: '80Mi',
  memory: '160Mi',
};
const running: readonly Service[] = [
  checkoutApi,
  web,
  { name: 'payments-worker', team: 'checkout', replicas: 1, version: '1.8.2', needs: '64Mi', memory: '128Mi' },
  {
    name: 'exporter',
    team: 'insights',
    replicas: 1,
    version: '0.9.1',
    needs: '300Mi',
    memory: '512Mi',
    env: { WAREHOUSE: 'warehouse.insights' },
  },
  ingress,
];
const triedOut: readonly Service[] = [
  { ...checkoutApi, replicas: 1, version: '4.13.0' },
  { ...web, replicas: 1, version: '2.32.0' },
  { ...ingress, replicas: 1 },
];

const quota = (team: string): Fields => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'team', namespace: team },
  spec: {
    hard: {
      'requests.cpu': '32',
      'requests.memory': '96Gi',
      'requests.storage': '500Gi',
      persistentvolumeclaims: '20',
      pods: '60',
      'count/clusters.postgresql.cnpg.io': '5',
      'services.loadbalancers': '1',
    },
  },
});
/** Where requests are counted, pods that ask for nothing would be refused. */
const limits = (team: string): Fields => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'defaults', namespace: team },
  spec: {
    limits: [{ type: 'Container', defaultRequest: { cpu: '50m', memory: '64Mi' }, default: { memory: '256Mi' } }],
  },
});

const nightly: Fields = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly-export', namespace: 'insights', labels: owned('insights') },
  spec: {
    schedule: '30 2 * * *',
    concurrencyPolicy: 'Forbid',
    jobTemplate: {
      spec: {
        template: {
          spec: {
            restartPolicy: 'OnFailure',
            containers: [
              {
                name: 'export',
                image: `${registry}/exporter:0.9.1`,
                args: ['--all'],
                resources: { requests: { cpu: '200m', memory: '256Mi' }, limits: { memory: '512Mi' } },
              },
            ],
          },
        },
      },
    },
  },
};

/** A database of the team's own, beside what runs. */
const checkoutDb = (instances: number): Fields => ({
  apiVersion: 'postgresql.cnpg.io/v1',
  kind: 'Cluster',
  metadata: { name: 'checkout-db', namespace: 'checkout', labels: owned('checkout') },
  spec: {
    instances,
    storage: { size: '20Gi' },
    resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '512Mi' } },
  },
});

/** What every cluster of the company has, before anything runs in it. */
const ground: readonly Fields[] = [
  ...teams.map((team) => namespace(team, team)),
  namespace('platform', 'platform'),
  namespace('kafka', 'platform'),
  namespace('argocd', 'platform'),
  ...teams.flatMap((team) => [quota(team), limits(team)]),
  binding('platform-team', 'cluster-admin', 'platform'),
  binding('everybody-reads', 'view', 'system:authenticated'),
  ...teams.map((team) => binding('team', 'edit', team, team)),
  { apiVersion: 'kueue.x-k8s.io/v1beta1', kind: 'ClusterQueue', metadata: { name: 'gpus' }, spec: {} },
  ...teams.map((team) => ({
    apiVersion: 'kueue.x-k8s.io/v1beta1',
    kind: 'LocalQueue',
    metadata: { name: team, namespace: team },
    spec: { clusterQueue: 'gpus' },
  })),
];

type Built = Required<Pick<ClusterOptions, 'nodes' | 'objects'>>;

export const clusterWorld: Built = {
  nodes: [
    { name: 'node-a', cpu: 8, memory: 32 },
    { name: 'node-b', cpu: 8, memory: 32 },
    { name: 'node-c', cpu: 8, memory: 32 },
    { name: 'gpu-a', cpu: 16, memory: 128, gpus: 4 },
  ],
  objects: [...ground, ...running.flatMap(service), checkoutDb(2), nightly],
};

/** Any further one. */
export const furtherWorld: Built = {
  nodes: [
    { name: 'node-a', cpu: 8, memory: 32 },
    { name: 'node-b', cpu: 8, memory: 32 },
  ],
  objects: [...ground, ...triedOut.flatMap(service), checkoutDb(1)],
};
