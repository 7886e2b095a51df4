import { expect, test } from 'vitest';
import { kinds } from '../../src/cluster/kinds.ts';
import { diagnose } from '../../src/core/diagnosis/index.ts';
import { kindOf } from '../../src/core/diagnosis/objects.ts';
import { words } from './check.ts';
import {
  ago,
  condition,
  container,
  crashing,
  event,
  named,
  node,
  now,
  pod,
  scene,
  unplaced,
  waiting,
  wide,
} from './objects.ts';

/** Mulberry32: the same seed makes the same objects, so that what fails can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const job = named('batch/v1', 'Job', 'report', {
  spec: { backoffLimit: 6 },
  status: {
    failed: 7,
    startTime: ago(900),
    conditions: [condition('Failed', 'True', { reason: 'BackoffLimitExceeded' })],
  },
});
const claim = named('v1', 'PersistentVolumeClaim', 'data', {
  spec: { storageClassName: 'x' },
  status: { phase: 'Pending' },
});
const set = named('apps/v1', 'StatefulSet', 'db', {
  spec: { replicas: 3, serviceName: 'db' },
  status: { updateRevision: 'db-2', currentRevision: 'db-1' },
});

/** Each in a namespace of its own: of objects with one name only the last would be looked at. */
const apart = (namespace: string, objects: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] =>
  JSON.parse(JSON.stringify(objects).replaceAll('"namespace":"shop"', `"namespace":"${namespace}"`));

/** Refused with these words: each is read by a rule of its own. */
const refusals: readonly string[] = [
  'pods "shop-1" is forbidden: exceeded quota: compute, requested: requests.memory=256Mi, used: requests.memory=4Gi, limited: requests.memory=4Gi',
  'pods "shop-1" is forbidden: failed quota: compute: must specify limits.cpu for: shop; limits.memory for: shop',
  'pods "shop-1" is forbidden: insufficient quota to match these scopes: [{PriorityClass In [system-node-critical system-cluster-critical]}]',
  'pods "shop-1" is forbidden: maximum memory usage per Container is 1Gi, but limit is 1536Mi',
  'pods "shop-1" is forbidden: cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000',
  'pods "shop-1" is forbidden: maximum cpu usage per Container is 1.  No limit is specified',
  'pods "shop-1" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "shop" must set securityContext.allowPrivilegeEscalation=false), seccompProfile (pod or container "shop" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  'pods "shop-1" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount, provider restricted-v2: .containers[0].runAsUser: Invalid value: 1000: must be in the ranges: [1000680000, 1000689999], provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: []int64{1000}: 1000 is not an allowed group]',
  'Internal error occurred: failed calling webhook "validate.kyverno.svc-fail": failed to call webhook: Post "https://kyverno-svc.kyverno.svc:443/validate/fail?timeout=10s": no endpoints available for service "kyverno-svc"',
  'admission webhook "validate.kyverno.svc-fail" denied the request: the image is not signed',
  'pods "shop-1" is forbidden: error looking up service account shop/app: serviceaccount "app" not found',
  'pods "shop-1" is forbidden: no PriorityClass with name high was found',
];
const refused = refusals.map((message) => ({
  fresh: 0,
  setEvents: [['FailedCreate', message]] as const,
  deployment: { status: { conditions: [condition('ReplicaFailure', 'True', { reason: 'FailedCreate', message })] } },
}));

const scenes: readonly Parameters<typeof scene>[0][] = [
  {
    status: crashing(137, 'OOMKilled'),
    events: [
      ['Killing', 'Container shop failed liveness probe'],
      ['Unhealthy', 'Liveness probe failed: connection refused'],
    ],
  },
  {
    status: waiting('ImagePullBackOff', 'Back-off'),
    events: [['Failed', 'Failed to pull image "ghcr.io/acme/shop:1.2.4": not found']],
  },
  {
    status: waiting('CreateContainerConfigError', 'configmap "x" not found'),
    spec: { containers: [container({ envFrom: [{ configMapRef: { name: 'x' } }], env: [{ name: 'A', value: '1' }] })] },
  },
  {
    pod: unplaced(
      '0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated taint {a: b}. preemption: no.',
    ),
  },
  { pod: unplaced('0/4 nodes are available: 4 cannot allocate all claims. preemption: no.') },
  { pod: unplaced('request gpu: device class gpu.nvidia.com does not exist') },
  {
    status: waiting('ContainerCreating'),
    events: [['FailedMount', 'MountVolume.SetUp failed for volume "v" : secret "x" not found']],
  },
  { status: crashing(1, 'Error') },
  ...refused,
];

const group = (apiVersion: string, kind: string, spec: Record<string, unknown>, status = {}) =>
  (/^(?:Cluster|CiliumClusterwide|Global|(?:Baseline)?Admin)/.test(kind) ? wide : named)(apiVersion, kind, 'x', {
    spec,
    status,
  });
const anybody = [
  { namespaces: { matchLabels: { team: 'store' } } },
  { pods: { namespaceSelector: {}, podSelector: {} } },
];
const policies = [
  named('networking.k8s.io/v1', 'NetworkPolicy', 'deny', {
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [{ podSelector: {} }] }] },
  }),
  ...(['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'] as const).map((kind) =>
    group('cilium.io/v2', kind, {
      endpointSelector: { matchLabels: { 'k8s:app': 'shop', 'io.cilium.k8s.namespace.labels.team': 'store' } },
      ingress: [{ fromEndpoints: [{}], toPorts: [{ ports: [{ port: '8000', endPort: 8100, protocol: 'TCP' }] }] }],
      egressDeny: [{ toEntities: ['all'] }],
    }),
  ),
  ...['crd.projectcalico.org/v1', 'projectcalico.org/v3'].flatMap((version) =>
    ['NetworkPolicy', 'GlobalNetworkPolicy'].map((kind) =>
      group(version, kind, {
        order: 100,
        types: ['Ingress', 'Egress'],
        selector: "app == 'shop' && !has(tier) || team in {'a', 'b'}",
        namespaceSelector: "projectcalico.org/name == 'shop'",
        ingress: [
          {
            action: 'Allow',
            protocol: 'TCP',
            source: { selector: 'all()' },
            destination: { ports: [1, '2:3', 'http'] },
          },
        ],
        egress: [{ action: 'Deny' }],
      }),
    ),
  ),
  ...(['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'] as const).map((kind) =>
    group('policy.networking.k8s.io/v1alpha1', kind, {
      priority: 10,
      subject: { namespaces: {} },
      ingress: [
        { action: 'Pass', from: anybody, ports: [{ portNumber: { protocol: 'TCP', port: 1 } }, { namedPort: 'http' }] },
        { action: 'Deny', from: anybody, ports: [{ portRange: { protocol: 'TCP', start: 8000, end: 9000 } }] },
      ],
      egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] }],
    }),
  ),
  group('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', {
    tier: 'Admin',
    priority: 5,
    subject: { pods: { namespaceSelector: {}, podSelector: {} } },
    ingress: [{ action: 'Accept', from: anybody, protocols: [{ tcp: { destinationPort: { number: 8080 } } }] }],
  }),
];

/** What is asked about beside the workloads. */
const around = [
  wide('v1', 'Namespace', 'shop', { status: { phase: 'Active' } }, { labels: { team: 'store' } }),
  named('v1', 'ConfigMap', 'settings', { data: { COLOUR: '' } }),
  named('v1', 'Secret', 'password', { type: 'Opaque', data: { password: '' } }),
  named('v1', 'ServiceAccount', 'default', { imagePullSecrets: [{ name: 'registry' }] }),
  named('v1', 'ResourceQuota', 'compute', {
    spec: {
      hard: { 'requests.memory': '4Gi', pods: '5' },
      scopes: ['NotTerminating'],
      scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] },
    },
    status: { hard: { 'requests.memory': '4Gi', pods: '5' }, used: { 'requests.memory': '4Gi', pods: '5' } },
  }),
  named('v1', 'LimitRange', 'limits', {
    spec: {
      limits: [
        { type: 'Container', max: { memory: '1Gi' }, default: { memory: '1Gi' }, maxLimitRequestRatio: { cpu: '4' } },
      ],
    },
  }),
  named('resource.k8s.io/v1', 'ResourceClaim', 'gpu', {
    spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.nvidia.com', count: 2 } }] } },
    status: { allocation: {}, reservedFor: [{ resource: 'pods', name: 'x', uid: 'u' }] },
  }),
  named('resource.k8s.io/v1', 'ResourceClaimTemplate', 'gpu', {
    spec: { spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.nvidia.com' } }] } } },
  }),
  wide('resource.k8s.io/v1', 'DeviceClass', 'gpu.nvidia', { spec: {} }),
  named('apps/v1', 'DaemonSet', 'agent', {
    spec: { selector: { matchLabels: { app: 'agent' } }, template: { spec: { containers: [container()] } } },
    status: { desiredNumberScheduled: 3, numberReady: 1, numberMisscheduled: 1 },
  }),
  named('gateway.networking.k8s.io/v1', 'Gateway', 'edge', {
    status: { conditions: [condition('Programmed', 'False', { reason: 'Invalid', message: 'no' })] },
  }),
  named('cert-manager.io/v1', 'Certificate', 'tls', {
    spec: { secretName: 't', dnsNames: ['www.example.com'] },
    status: { notAfter: ago(60), conditions: [condition('Ready', 'False', { reason: 'Expired' })] },
  }),
  named('argoproj.io/v1alpha1', 'Application', 'shop', {
    spec: { destination: { namespace: 'shop' } },
    status: { conditions: [{ type: 'SyncError', message: 'no' }], operationState: { phase: 'Failed' } },
  }),
  wide('v1', 'PersistentVolume', 'pv-1', {
    spec: { claimRef: { namespace: 'shop', name: 'data' }, nodeAffinity: { required: { nodeSelectorTerms: [] } } },
    status: { phase: 'Released' },
  }),
  wide('storage.k8s.io/v1', 'VolumeAttachment', 'va-1', {
    spec: { nodeName: 'node-1', source: { persistentVolumeName: 'pv-1' } },
    status: { attached: false, attachError: { message: 'timeout' } },
  }),
  wide('scheduling.k8s.io/v1', 'PriorityClass', 'low', { value: 1 }),
  wide('node.k8s.io/v1', 'RuntimeClass', 'gvisor', { handler: 'runsc' }),
  ...['Validating', 'Mutating'].map((one) =>
    wide('admissionregistration.k8s.io/v1', `${one}WebhookConfiguration`, 'kyverno', {
      webhooks: [
        {
          name: 'validate.kyverno.svc-fail',
          failurePolicy: 'Fail',
          clientConfig: { service: { namespace: 'kyverno', name: 'kyverno-svc' } },
        },
      ],
    }),
  ),
];

/** Something for every rule to read. */
const all: readonly Record<string, unknown>[] = [
  ...scenes.flatMap((one, n) => apart(`shop-${n}`, scene(one))),
  // Here everything else is.
  ...scene({ status: crashing(1, 'Error') }),
  ...around,
  ...policies,
  node('node-1', { ready: 'Unknown' }),
  job,
  pod('report-1', job, { status: { phase: 'Failed', containerStatuses: [crashing(1, 'Error')] } }),
  claim,
  event(claim, 'ProvisioningFailed', 'storageclass.storage.k8s.io "x" not found'),
  set,
  pod('db-2', set, {
    meta: { labels: { 'controller-revision-hash': 'db-1' } },
    status: { containerStatuses: [crashing(1, 'Error')] },
  }),
  named('apps/v1', 'ControllerRevision', 'db-1', {
    revision: 1,
    data: { spec: { template: { spec: { containers: [container()] } } } },
  }),
  named('v1', 'Service', 'shop', { spec: { selector: { app: 'shpo' }, ports: [{ port: 80, targetPort: 'x' }] } }),
  named('networking.k8s.io/v1', 'Ingress', 'shop', {
    spec: {
      ingressClassName: 'x',
      tls: [{ secretName: 't' }],
      rules: [{ http: { paths: [{ backend: { service: { name: 'nope' } } }] } }],
    },
  }),
  named('autoscaling/v2', 'HorizontalPodAutoscaler', 'shop', {
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'shop' }, maxReplicas: 3 },
    status: {
      conditions: [
        condition('ScalingActive', 'False', {
          reason: 'FailedGetResourceMetric',
          message: 'missing request for cpu in container shop',
        }),
      ],
    },
  }),
  named('policy/v1', 'PodDisruptionBudget', 'shop', {
    spec: { selector: {} },
    status: { disruptionsAllowed: 0, expectedPods: 3 },
  }),
  named('batch/v1', 'CronJob', 'cron', { spec: { schedule: '* *', startingDeadlineSeconds: 1 } }),
  named('gateway.networking.k8s.io/v1', 'HTTPRoute', 'r', {
    status: { parents: [{ conditions: [condition('Accepted', 'False')] }] },
  }),
  wide('storage.k8s.io/v1', 'StorageClass', 'standard'),
  wide('networking.k8s.io/v1', 'IngressClass', 'nginx'),
];

const odd: readonly unknown[] = [
  null,
  undefined,
  0,
  -1,
  1e308,
  Number.NaN,
  '',
  'x',
  '\u0000\u202e',
  '💥'.repeat(50),
  '('.repeat(200),
  [],
  {},
  [null],
  [[]],
  true,
  'a'.repeat(20_000),
  '../..',
  '__proto__',
  'constructor',
];

/** A copy with some fields replaced, dropped, doubled or cut off. */
function mutate(value: unknown, dice: () => number, rate: number): unknown {
  if (dice() < rate) return odd[Math.floor(dice() * odd.length)];
  if (Array.isArray(value)) {
    const items = value.filter(() => dice() > rate).map((v) => mutate(v, dice, rate));
    return dice() < rate ? [...items, ...items] : items;
  }
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(() => dice() > rate)
        .map(([key, v]) => [dice() < rate / 2 ? '__proto__' : key, mutate(v, dice, rate)]),
    );
  return typeof value === 'string' && dice() < rate ? value.slice(0, Math.floor(dice() * value.length)) : value;
}

test('there is something of every kind that the rules read', () => {
  const there = new Set(all.map(kindOf));
  expect(kinds.filter(({ kind }) => !there.has(kind)).map(({ kind }) => kind)).toEqual([]);
});

test('what is mutated is read by the rules before it is: what each of these shows is told', () => {
  const told = new Set(diagnose({ objects: all }, now).map((v) => v.code));
  expect(
    [
      'quota-exceeded',
      'quota-needs-limits',
      'quota-scope-missing',
      'limit-range',
      'limit-range-unset',
      'limit-range-ratio',
      'pod-security',
      'security-constraint',
      'webhook-unreachable',
      'webhook-denied',
      'service-account-missing',
      'priority-class-missing',
      'devices-taken',
      'device-class-missing',
      'gateway-not-accepted',
      'certificate-not-issued',
      'argo-application-failed',
    ].filter((code) => !told.has(code)),
  ).toEqual([]);
});

test('nothing that an object may hold makes it throw, and what it says stays speakable', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const dice = random(seed);
    const objects = all.map((o) => mutate(o, dice, [0.005, 0.02, 0.1][seed % 3] as number));
    const verdicts = diagnose({ objects, logs: { 'shop/shop-7c9d5f4b8-n0/shop': '((('.repeat(500) } }, now);
    for (const v of verdicts) {
      const said = `${words(v)}${v.evidence.map((e) => e.says).join('')}`;
      if (/\p{Cc}(?<![\n\t])|\u202e|undefined|\[object/u.test(said) || words(v).length > 9_000)
        throw new Error(`seed ${seed}: ${said}`);
    }
  }
});

test('an owner of a kind that every table would know is one like any other', () => {
  const failed = waiting(
    'ErrImagePull',
    'Failed to pull image "ghcr.io/acme/shop:1.2.4": ghcr.io/acme/shop:1.2.4: not found',
  );
  for (const kind of ['__proto__', 'constructor', 'toString', 'Widget']) {
    const one = pod('shop-1', named('example.com/v1', kind, 'shop'), { status: { containerStatuses: [failed] } });
    expect(diagnose({ objects: [one] }, now).map((v) => v.code)).toEqual(['image-not-found']);
  }
});

test('objects that are none, a clock before all of them, and the same object twice', () => {
  for (const objects of [
    odd,
    [{ kind: 'Pod' }],
    [{ kind: 'Deployment', spec: 3 }],
    [{ kind: 'Pod', metadata: { ownerReferences: [{ kind: 'ReplicaSet' }] } }],
  ])
    expect(Array.isArray(diagnose({ objects }, now))).toBe(true);
  expect(Array.isArray(diagnose({ objects: all }, new Date(0)))).toBe(true);
  expect(diagnose({ objects: [...all, ...all] }, now)).toEqual(diagnose({ objects: all }, now));
});

test('the same objects in another order are the same verdicts', () => {
  const one = scene({ status: crashing(1, 'Error') });
  expect(diagnose({ objects: one.toReversed() }, now)).toEqual(diagnose({ objects: one }, now));
});

test('owners in a circle end', () => {
  const ring = ['a', 'b'].map((name) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'x',
      uid: name,
      ownerReferences: [
        { kind: 'ReplicaSet', name: name === 'a' ? 'b' : 'a', uid: name === 'a' ? 'b' : 'a', controller: true },
      ],
    },
  }));
  const p = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'x',
      ownerReferences: [{ kind: 'ReplicaSet', name: 'a', uid: 'a', controller: true }],
    },
  };
  expect(Array.isArray(diagnose({ objects: [...ring, p] }, now))).toBe(true);
});
