/* Objects as an API server lists them, with all that kubelet and controllers write: the size of a real one. */

const namespaces = 500;
const deploymentsEach = 20;
const podsEach = 5;
export const counts = { deployments: namespaces * deploymentsEach, pods: namespaces * deploymentsEach * podsEach };

const start = '2026-03-02T09:00:00Z';
/** No two pods come at the same second: what is the same in a bench alone must not be taken for memory that is saved. */
const later = (seconds: number): string =>
  new Date(Date.parse(start) + seconds * 1000).toISOString().replace('.000', '');
const namespaceOf = (n: number): string => `team-${Math.floor(n / deploymentsEach) % namespaces}`;
const nameOf = (n: number): string => `service-${n}`;
const managed = (manager: string, fields: readonly string[], time = start) => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time,
  fieldsType: 'FieldsV1',
  fieldsV1: Object.fromEntries(
    fields.map((f) => [`f:${f}`, { '.': {}, 'f:name': {}, 'f:value': {}, 'k:{"type":"Ready"}': { 'f:status': {} } }]),
  ),
});
const fields = 'metadata generateName labels ownerReferences spec containers env resources image volumeMounts'.split(
  ' ',
);
const labels = (n: number) => ({ app: nameOf(n), 'app.kubernetes.io/part-of': namespaceOf(n), team: namespaceOf(n) });
const containers = (n: number) => [
  {
    name: 'app',
    image: `registry.acme.example/${nameOf(n)}:1.4.2`,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: ['LOG_LEVEL', 'REGION', 'DB_HOST', 'CACHE_HOST', 'FEATURES', 'OTEL_ENDPOINT'].map((name) => ({
      name,
      value: `${name.toLowerCase()}-of-${namespaceOf(n)}`,
    })),
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    readinessProbe: {
      httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' },
      periodSeconds: 10,
      failureThreshold: 3,
    },
    livenessProbe: { httpGet: { path: '/live', port: 'http', scheme: 'HTTP' }, periodSeconds: 10, failureThreshold: 3 },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true },
  },
];
const template = (n: number) => ({
  metadata: { labels: labels(n) },
  spec: {
    containers: containers(n),
    restartPolicy: 'Always',
    serviceAccountName: 'default',
    schedulerName: 'default-scheduler',
  },
});

export const deployment = (n: number, version: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: nameOf(n),
    namespace: namespaceOf(n),
    uid: `d-${n}`,
    resourceVersion: String(version),
    generation: 1,
    creationTimestamp: later(n),
    labels: labels(n),
    annotations: { 'deployment.kubernetes.io/revision': '1' },
    managedFields: [managed('kubectl', fields), managed('kube-controller-manager', fields)],
  },
  spec: {
    replicas: podsEach,
    selector: { matchLabels: { app: nameOf(n) } },
    template: template(n),
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    progressDeadlineSeconds: 600,
  },
  status: {
    observedGeneration: 1,
    replicas: podsEach,
    updatedReplicas: podsEach,
    readyReplicas: podsEach,
    availableReplicas: podsEach,
    conditions: ['Available', 'Progressing'].map((type) => ({ type, status: 'True', lastTransitionTime: later(n) })),
  },
});

const hash = '5d4f8c7b9';
export const replicaSet = (n: number, version: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `${nameOf(n)}-${hash}`,
    namespace: namespaceOf(n),
    uid: `r-${n}`,
    resourceVersion: String(version),
    creationTimestamp: later(n),
    labels: { ...labels(n), 'pod-template-hash': hash },
    annotations: { 'deployment.kubernetes.io/revision': '1' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: nameOf(n), uid: `d-${n}`, controller: true }],
    managedFields: [managed('kube-controller-manager', fields)],
  },
  spec: { replicas: podsEach, selector: { matchLabels: { app: nameOf(n) } }, template: template(n) },
  status: { replicas: podsEach, readyReplicas: podsEach, availableReplicas: podsEach, observedGeneration: 1 },
});

/** `fails`: what it says when it can’t be started; without it, it runs. */
export function pod(i: number, version: number, fails?: string): object {
  const n = Math.floor(i / podsEach);
  const came = later(i);
  const ready = { status: fails === undefined ? 'True' : 'False', lastTransitionTime: came, lastProbeTime: null };
  const state =
    fails === undefined ? { running: { startedAt: came } } : { waiting: { reason: 'ErrImagePull', message: fails } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${nameOf(n)}-${hash}-${i % podsEach}`,
      generateName: `${nameOf(n)}-${hash}-`,
      namespace: namespaceOf(n),
      uid: `p-${i}`,
      resourceVersion: String(version),
      creationTimestamp: came,
      labels: { ...labels(n), 'pod-template-hash': hash },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${nameOf(n)}-${hash}`, uid: `r-${n}`, controller: true },
      ],
      managedFields: [managed('kube-controller-manager', fields, came), managed('kubelet', fields, came)],
    },
    spec: {
      ...template(n).spec,
      nodeName: `node-${i % 450}`,
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
      volumes: [{ name: `kube-api-access-${i}`, projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
    },
    status: {
      phase: fails === undefined ? 'Running' : 'Pending',
      conditions: [
        ...['PodReadyToStartContainers', 'Initialized', 'PodScheduled'].map((type) => ({
          type,
          ...ready,
          status: 'True',
        })),
        ...['Ready', 'ContainersReady'].map((type) => ({ type, ...ready })),
      ],
      hostIP: '10.0.0.1',
      podIP: '10.1.0.1',
      startTime: came,
      qosClass: 'Burstable',
      containerStatuses: [
        {
          name: 'app',
          image: `registry.acme.example/${nameOf(n)}:1.4.2`,
          imageID: `registry.acme.example/${nameOf(n)}@sha256:${'0123456789abcdef'.repeat(4)}`,
          containerID: `containerd://${'fedcba9876543210'.repeat(4)}`,
          ready: fails === undefined,
          started: fails === undefined,
          restartCount: 0,
          state,
          lastState: {},
        },
      ],
    },
  };
}

/** What stands in the place of a real failure, with the moment at which it was sent. */
export const failing = (n: number, at: number): string =>
  `failed to pull and unpack image "registry.acme.example/${nameOf(n)}:1.4.2": not found (sent=${at}.)`;
export const sentIn = (text: string): readonly number[] => [...text.matchAll(/sent=(\d+)\./g)].map((m) => Number(m[1]));
