/** Objects as the API server, the kubelet and the controllers write them, with the parts that a test is about. */
type Obj = Record<string, unknown>;

export const now = new Date('2026-11-25T12:00:00Z');
/** An instant so many seconds before `now`, as Kubernetes writes it. */
export const ago = (seconds: number): string =>
  new Date(now.getTime() - seconds * 1000).toISOString().replace('.000Z', 'Z');

let counter = 0;
const uid = (): string => `0b5e3f64-7d6c-4c1e-9a53-${String(++counter).padStart(12, '0')}`;

export const meta = (name: string, over: Obj = {}): Obj => ({
  name,
  namespace: 'shop',
  uid: uid(),
  resourceVersion: String(100_000 + counter),
  creationTimestamp: ago(600),
  generation: 1,
  ...over,
});

export const ownedBy = (o: Obj): Obj => {
  const { name, uid: id } = o.metadata as Obj;
  return {
    apiVersion: o.apiVersion,
    kind: o.kind,
    name,
    uid: id,
    controller: true,
    blockOwnerDeletion: true,
  };
};

export const container = (over: Obj = {}): Obj => ({
  name: 'shop',
  image: 'ghcr.io/acme/shop:1.2.4',
  imagePullPolicy: 'IfNotPresent',
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  resources: { limits: { memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  ...over,
});

export const podSpec = (over: Obj = {}): Obj => ({
  containers: [container()],
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  serviceAccountName: 'default',
  serviceAccount: 'default',
  securityContext: {},
  schedulerName: 'default-scheduler',
  ...over,
});

const condition = (type: string, status: string, over: Obj = {}): Obj => ({
  type,
  status,
  lastProbeTime: null,
  lastTransitionTime: ago(300),
  ...over,
});

export const running = (over: Obj = {}): Obj => ({
  name: 'shop',
  image: 'ghcr.io/acme/shop:1.2.4',
  imageID: 'ghcr.io/acme/shop@sha256:5f1c6d0b3cbb',
  containerID: 'containerd://9d2f6c1a',
  ready: true,
  started: true,
  restartCount: 0,
  lastState: {},
  state: { running: { startedAt: ago(590) } },
  ...over,
});

export const waiting = (reason: string, message?: string, over: Obj = {}): Obj => ({
  name: 'shop',
  image: 'ghcr.io/acme/shop:1.2.4',
  imageID: '',
  ready: false,
  started: false,
  restartCount: 0,
  lastState: {},
  state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
  ...over,
});

export const terminated = (exitCode: number, reason: string, over: Obj = {}): Obj => ({
  terminated: {
    exitCode,
    reason,
    startedAt: ago(90),
    finishedAt: ago(60),
    containerID: 'containerd://9d2f6c1a',
    ...over,
  },
});

/** A container between two tries, that ended like this. */
export const crashing = (exitCode: number, reason: string, end: Obj = {}, over: Obj = {}): Obj =>
  waiting('CrashLoopBackOff', 'back-off 2m40s restarting failed container=shop pod=shop-2-a_shop(0b5e3f64)', {
    restartCount: 5,
    imageID: 'ghcr.io/acme/shop@sha256:5f1c6d0b3cbb',
    lastState: terminated(exitCode, reason, end),
    ...over,
  });

export function pod(name: string, owner: Obj | undefined, parts: { spec?: Obj; status?: Obj; meta?: Obj } = {}): Obj {
  const statuses = (parts.status?.containerStatuses ?? [running()]) as Obj[];
  const ready = statuses.every((s) => s.ready === true) ? 'True' : 'False';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(name, {
      ...(owner === undefined ? {} : { ownerReferences: [ownedBy(owner)] }),
      labels: { app: 'shop' },
      ...parts.meta,
    }),
    spec: podSpec({ nodeName: 'node-1', ...parts.spec }),
    status: {
      phase:
        ready === 'True' || statuses.some((s) => Number(s.restartCount) > 0 || (s.state as Obj)?.running)
          ? 'Running'
          : 'Pending',
      qosClass: 'Burstable',
      hostIP: '10.0.0.11',
      podIP: '10.1.0.7',
      startTime: ago(600),
      conditions: [
        // Until its volumes are mounted and its network is there, as of 1.29.
        condition(
          'PodReadyToStartContainers',
          statuses.every((s) => ((s.state as Obj).waiting as Obj | undefined)?.reason === 'ContainerCreating')
            ? 'False'
            : 'True',
        ),
        condition('Initialized', 'True'),
        condition(
          'Ready',
          ready,
          ready === 'True' ? {} : { reason: 'ContainersNotReady', message: 'containers with unready status: [shop]' },
        ),
        condition('ContainersReady', ready, ready === 'True' ? {} : { reason: 'ContainersNotReady' }),
        condition('PodScheduled', 'True'),
      ],
      containerStatuses: statuses,
      ...parts.status,
    },
  };
}

/** A pod without a machine: the scheduler says why. */
export const unplaced = (message: string, since = 120): { spec: Obj; status: Obj } => ({
  spec: { nodeName: undefined },
  status: {
    phase: 'Pending',
    conditions: [
      condition('PodScheduled', 'False', { reason: 'Unschedulable', message, lastTransitionTime: ago(since) }),
    ],
    containerStatuses: [],
  },
});

export function event(about: Obj, reason: string, message: string, over: Obj = {}): Obj {
  const { name, namespace, uid: id } = about.metadata as Obj;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: meta(`${name}.17b0${++counter}`, { namespace: namespace ?? 'default' }),
    involvedObject: { apiVersion: about.apiVersion, kind: about.kind, namespace, name, uid: id },
    reason,
    message,
    type: 'Warning',
    source: { component: 'kubelet', host: 'node-1' },
    firstTimestamp: ago(300),
    lastTimestamp: ago(30),
    count: 7,
    reportingComponent: 'kubelet',
    ...over,
  };
}

const template = (spec: Obj, hash?: string): Obj => ({
  metadata: { labels: { app: 'shop', ...(hash === undefined ? {} : { 'pod-template-hash': hash }) } },
  spec,
});

export function deployment(over: { spec?: Obj; status?: Obj; meta?: Obj; template?: Obj } = {}): Obj {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('shop', {
      generation: 2,
      labels: { app: 'shop' },
      annotations: { 'deployment.kubernetes.io/revision': '2' },
      creationTimestamp: ago(86_400),
      ...over.meta,
    }),
    spec: {
      replicas: 3,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { app: 'shop' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: template(over.template ?? podSpec()),
      ...over.spec,
    },
    status: {
      observedGeneration: 2,
      replicas: 4,
      updatedReplicas: 1,
      readyReplicas: 3,
      availableReplicas: 3,
      ...over.status,
    },
  };
}

export function replicaSet(owner: Obj, revision: number, spec: Obj, over: { spec?: Obj; status?: Obj } = {}): Obj {
  const hash = revision === 1 ? '5d8f7c6b9' : '7c9d5f4b8';
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: meta(`shop-${hash}`, {
      labels: { app: 'shop', 'pod-template-hash': hash },
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      ownerReferences: [ownedBy(owner)],
    }),
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'shop', 'pod-template-hash': hash } },
      template: template(spec, hash),
      ...over.spec,
    },
    status: { replicas: 0, observedGeneration: 1, ...over.status },
  };
}

export type Scene = {
  /** What the new version runs, and what the old one ran. */
  readonly spec?: Obj;
  readonly before?: Obj;
  /** How each of the new pods does: container statuses, and anything else of a pod. */
  readonly status?: Obj;
  readonly pod?: { readonly spec?: Obj; readonly status?: Obj; readonly meta?: Obj };
  readonly fresh?: number;
  /** Old pods that still serve. */
  readonly old?: number;
  readonly deployment?: { spec?: Obj; status?: Obj; meta?: Obj };
  readonly set?: { spec?: Obj; status?: Obj };
  /** Events about each new pod. */
  readonly events?: readonly (readonly [reason: string, message: string, over?: Obj])[];
  readonly setEvents?: readonly (readonly [reason: string, message: string])[];
  readonly more?: readonly Obj[];
};

/** The Deployment `shop` in the middle of a rollout, from revision 1 to 2. */
export function scene(s: Scene = {}): Obj[] {
  const spec = podSpec(s.spec);
  const before = podSpec({ containers: [container({ image: 'ghcr.io/acme/shop:1.2.3' })], ...s.before });
  const { fresh = 1, old = 3 } = s;
  const d = deployment({ ...s.deployment, template: spec });
  const first = replicaSet(d, 1, before, { spec: { replicas: old }, status: { replicas: old, readyReplicas: old } });
  const second = replicaSet(d, 2, spec, {
    spec: { replicas: fresh, ...s.set?.spec },
    status: { replicas: fresh, readyReplicas: 0, ...s.set?.status },
  });
  const olds = Array.from({ length: old }, (_, i) =>
    pod(`shop-5d8f7c6b9-o${i}`, first, {
      spec: before,
      meta: { labels: { app: 'shop', 'pod-template-hash': '5d8f7c6b9' } },
    }),
  );
  const news = Array.from({ length: fresh }, (_, i) =>
    pod(`shop-7c9d5f4b8-n${i}`, second, {
      spec: { ...spec, ...s.pod?.spec },
      status: { ...(s.status === undefined ? {} : { containerStatuses: [s.status] }), ...s.pod?.status },
      meta: { labels: { app: 'shop', 'pod-template-hash': '7c9d5f4b8' }, ...s.pod?.meta },
    }),
  );
  return [
    d,
    first,
    second,
    ...olds,
    ...news,
    ...news.flatMap((p) => (s.events ?? []).map(([reason, message, over]) => event(p, reason, message, over))),
    ...(s.setEvents ?? []).map(([reason, message]) =>
      event(second, reason, message, { source: { component: 'replicaset-controller' } }),
    ),
    ...(s.more ?? []),
  ];
}

export const named = (apiVersion: string, kind: string, name: string, body: Obj = {}, over: Obj = {}): Obj => ({
  apiVersion,
  kind,
  metadata: meta(name, over),
  ...body,
});

export const wide = (apiVersion: string, kind: string, name: string, body: Obj = {}, over: Obj = {}): Obj =>
  named(apiVersion, kind, name, body, { namespace: undefined, ...over });

/** The service of `scene`, and who brings the world to it. */
export const shopService = named('v1', 'Service', 'shop', {
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.4.7',
    selector: { app: 'shop' },
    ports: [{ port: 80, targetPort: 8080 }],
  },
});
export const nginx = wide('networking.k8s.io/v1', 'IngressClass', 'nginx', {
  spec: { controller: 'k8s.io/ingress-nginx' },
});

export const node = (
  name: string,
  over: {
    ready?: string;
    labels?: Obj;
    taints?: Obj[];
    allocatable?: Obj;
    unschedulable?: boolean;
    conditions?: Obj[];
    meta?: Obj;
    info?: Obj;
  } = {},
): Obj =>
  wide(
    'v1',
    'Node',
    name,
    {
      spec: {
        ...(over.taints === undefined ? {} : { taints: over.taints }),
        ...(over.unschedulable ? { unschedulable: true } : {}),
      },
      status: {
        allocatable: { cpu: '3920m', memory: '14Gi', pods: '110', ...over.allocatable },
        nodeInfo: { architecture: 'amd64', kubeletVersion: 'v1.34.1', ...over.info },
        conditions: over.conditions ?? [
          condition('MemoryPressure', 'False', {
            reason: 'KubeletHasSufficientMemory',
            message: 'kubelet has sufficient memory available',
          }),
          condition('DiskPressure', 'False', { reason: 'KubeletHasNoDiskPressure' }),
          condition(
            'Ready',
            over.ready ?? 'True',
            over.ready === undefined
              ? { reason: 'KubeletReady' }
              : { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' },
          ),
        ],
      },
    },
    {
      creationTimestamp: ago(864_000),
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/arch': 'amd64', ...over.labels },
      ...over.meta,
    },
  );

export { condition };
