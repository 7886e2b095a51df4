import { expect, test } from 'vitest';
import { diagnose } from '../../src/core/diagnosis/index.ts';
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

/** Something for every family to read. */
const all: readonly Record<string, unknown>[] = [
  ...scene({
    status: crashing(137, 'OOMKilled'),
    events: [
      ['Killing', 'Container shop failed liveness probe'],
      ['Unhealthy', 'Liveness probe failed: connection refused'],
    ],
  }),
  ...scene({
    status: waiting('ImagePullBackOff', 'Back-off'),
    events: [['Failed', 'Failed to pull image "ghcr.io/acme/shop:1.2.4": not found']],
  }),
  ...scene({
    status: waiting('CreateContainerConfigError', 'configmap "x" not found'),
    spec: { containers: [container({ envFrom: [{ configMapRef: { name: 'x' } }], env: [{ name: 'A', value: '1' }] })] },
  }),
  ...scene({
    pod: unplaced(
      '0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated taint {a: b}. preemption: no.',
    ),
  }),
  ...scene({
    status: waiting('ContainerCreating'),
    events: [['FailedMount', 'MountVolume.SetUp failed for volume "v" : secret "x" not found']],
  }),
  ...scene({
    fresh: 0,
    setEvents: [['FailedCreate', 'exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5']],
    deployment: { status: { conditions: [condition('ReplicaFailure', 'True', { message: 'exceeded quota' })] } },
  }),
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
  named('networking.k8s.io/v1', 'NetworkPolicy', 'deny', {
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
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

test('nothing that an object may hold makes it throw, and what it says stays speakable', () => {
  const began = process.cpuUsage().user;
  for (let seed = 1; seed <= 300; seed++) {
    const dice = random(seed);
    const objects = all.map((o) => mutate(o, dice, [0.005, 0.02, 0.1][seed % 3] as number));
    const verdicts = diagnose({ objects, logs: { 'shop/shop-7c9d5f4b8-n0/shop': '((('.repeat(500) } }, now);
    for (const v of verdicts) {
      const said = `${words(v)}${v.evidence.map((e) => e.says).join('')}`;
      if (/\p{Cc}(?<![\n\t])|\u202e|undefined|\[object/u.test(said) || words(v).length > 9_000)
        throw new Error(`seed ${seed}: ${said}`);
    }
  }
  // A run of its own takes some seconds; a pattern that backtracks would take minutes.
  expect((process.cpuUsage().user - began) / 1_000_000).toBeLessThan(60);
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
