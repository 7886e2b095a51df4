import { expect, test } from 'vitest';
import { codes, fixes, read, the, words } from './check.ts';
import { ago, condition, container, crashing, deployment, event, named, node, pod, running, scene } from './objects.ts';

const unready = running({ ready: false });

test('a machine that does not answer: one verdict, and its pods are its symptoms', () => {
  const down = node('node-1', { ready: 'Unknown' });
  const v = the([...scene({ status: crashing(1, 'Error') }), down]);
  expect(v).toMatchObject({
    code: 'node-not-ready',
    object: { kind: 'Node', namespace: '', name: 'node-1' },
    affected: [{ kind: 'Deployment', name: 'shop' }],
  });
  expect(words(v)).toBe('The machine node-1 does not answer any more; 1 workload has pods on it.');
  expect(codes([...scene(), node('node-1')])).toEqual([]);
  // One that has only just come takes a moment.
  expect(codes([node('node-9', { ready: 'False', meta: { creationTimestamp: ago(60) } })])).toEqual([]);
});

test('pods on other machines keep their own causes', () => {
  const down = node('node-2', { ready: 'False' });
  expect(codes([...scene({ status: crashing(1, 'Error') }), down]).toSorted()).toEqual(['app-crash', 'node-not-ready']);
});

test.each([
  ['node-memory-pressure', 'MemoryPressure'],
  ['node-disk-pressure', 'DiskPressure'],
  ['node-process-pressure', 'PIDPressure'],
  ['node-network-unavailable', 'NetworkUnavailable'],
])('%s', (code, type) => {
  const ready = condition('Ready', 'True');
  expect(the([node('node-1', { conditions: [condition(type, 'True', { message: 'it is so' }), ready] })]).code).toBe(
    code,
  );
  expect(codes([node('node-1', { conditions: [condition(type, 'False'), ready] })])).toEqual([]);
});

test('a process that the machine killed, though its container runs on', () => {
  const n = node('node-1');
  const v = the([...scene(), n, event(n, 'SystemOOM', 'System OOM encountered, victim process: python, pid: 4711')]);
  expect(v.code).toBe('node-out-of-memory');
  expect(words(v)).toContain('python');
  expect(
    codes([
      n,
      event(n, 'SystemOOM', 'System OOM encountered, victim process: python, pid: 4711', { lastTimestamp: ago(3_000) }),
    ]),
  ).toEqual([]);
});

const evicted = (message: string, at: string) => ({
  phase: 'Failed',
  reason: 'Evicted',
  message,
  containerStatuses: [],
  conditions: [condition('DisruptionTarget', 'True', { reason: 'TerminationByKubelet', lastTransitionTime: at })],
});
const low =
  'The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 200Mi. Container shop was using 5Gi, request is 0, has larger consumption of ephemeral-storage. ';

test('thrown out for what it used without asking', () => {
  const v = the(scene({ old: 1, pod: { status: evicted(low, ago(100)) } }));
  expect(v.code).toBe('evicted');
  expect(words(v)).toBe(
    'shop was thrown out: the machine node-1 was short of ephemeral-storage, and it used 5Gi having asked for 0.',
  );
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: {
        template: { spec: { containers: [{ name: 'shop', resources: { requests: { 'ephemeral-storage': '5Gi' } } }] } },
      },
    }),
  );
  expect(
    words(
      the(
        scene({
          old: 1,
          pod: {
            status: evicted('Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.', ago(100)),
          },
        }),
      ),
    ),
  ).toContain('wrote more to its disk than it may');
});

test('an old eviction that has been made good is history; one of a machine under pressure is its symptom', () => {
  expect(codes(scene({ pod: { status: evicted(low, ago(5_000)) } }))).toEqual([]);
  const pressed = node('node-1', {
    conditions: [condition('DiskPressure', 'True', { message: 'full' }), condition('Ready', 'True')],
  });
  expect(codes([...scene({ old: 1, pod: { status: evicted(low, ago(100)) } }), pressed])).toEqual([
    'node-disk-pressure',
  ]);
});

test('sent to a machine without room: many failed pods are one verdict', () => {
  const rejected = {
    phase: 'Failed',
    reason: 'OutOfcpu',
    message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000",
    containerStatuses: [],
    conditions: [],
  };
  const v = the(scene({ old: 0, fresh: 4, spec: { nodeName: 'node-1' }, pod: { status: rejected } }));
  expect(v.code).toBe('rejected-by-node');
  expect(words(v)).toContain('its specification names that machine');
  expect(v.fixes).toMatchObject([{ kind: 'delete', command: expect.stringContaining('shop-7c9d5f4b8-n3') }]);
});

test('it had to make room', () => {
  const target = condition('DisruptionTarget', 'True', {
    reason: 'PreemptionByScheduler',
    message: 'default-scheduler: preempting to accommodate a higher priority pod',
    lastTransitionTime: ago(60),
  });
  const v = the(
    scene({
      old: 1,
      status: unready,
      pod: {
        status: { phase: 'Running', containerStatuses: [unready], conditions: [target, condition('Ready', 'False')] },
      },
    }),
  );
  expect(v.code).toBe('preempted');
});

test('a pod that does not go away', () => {
  const leaving = (seconds: number) => ({
    meta: {
      deletionTimestamp: ago(seconds),
      finalizers: ['acme.io/drain'],
      labels: { app: 'shop', 'pod-template-hash': '7c9d5f4b8' },
    },
  });
  const v = the(scene({ pod: leaving(900) }));
  expect(v.code).toBe('terminating-stuck');
  expect(words(v)).toContain('acme.io/drain');
  expect(codes(scene({ pod: leaving(20) }))).toEqual([]);
});

const sts = (over: object = {}) =>
  named('apps/v1', 'StatefulSet', 'db', {
    spec: {
      replicas: 3,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate' },
      selector: { matchLabels: { app: 'db' } },
      ...over,
    },
    status: { replicas: 3, readyReplicas: 2, currentRevision: 'db-1', updateRevision: 'db-1' },
  });
const member = (owner: Record<string, unknown>, name: string, hash: string, status = running()) =>
  pod(name, owner, {
    meta: { labels: { app: 'db', 'controller-revision-hash': hash } },
    status: { containerStatuses: [status] },
  });

test('a StatefulSet put back still waits for its broken pod', () => {
  const set = sts();
  const objects = [
    set,
    member(set, 'db-0', 'db-1'),
    member(set, 'db-1', 'db-1'),
    member(set, 'db-2', 'db-2', crashing(1, 'Error')),
  ];
  const v = the(objects);
  expect(v.code).toBe('statefulset-rollback-stuck');
  expect(fixes(v)).toEqual(['kubectl -n shop delete pod db-2']);
  // The near miss: the broken pod is of the wanted revision, so it is its own fault.
  const broken = [set, member(set, 'db-0', 'db-2'), member(set, 'db-2', 'db-1', crashing(1, 'Error'))];
  expect(codes(broken)).toEqual(['app-crash']);
  const parallel = sts({ podManagementPolicy: 'Parallel' });
  expect(codes([parallel, member(parallel, 'db-2', 'db-2', crashing(1, 'Error'))])).toEqual(['app-crash']);
});

test('rolling a StatefulSet back takes deleting its broken pod with it', () => {
  const set = named('apps/v1', 'StatefulSet', 'db', {
    spec: { replicas: 2 },
    status: { replicas: 2, readyReplicas: 1, currentRevision: 'db-1', updateRevision: 'db-2' },
  });
  const owner = [
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      name: 'db',
      uid: (set.metadata as { uid: string }).uid,
      controller: true,
    },
  ];
  const revision = (name: string, number: number, image: string) =>
    named(
      'apps/v1',
      'ControllerRevision',
      name,
      { revision: number, data: { spec: { template: { spec: { containers: [container({ image })] } } } } },
      { ownerReferences: owner },
    );
  const v = the([
    set,
    revision('db-1', 1, 'db:1'),
    revision('db-2', 2, 'db:2'),
    member(set, 'db-0', 'db-1'),
    member(set, 'db-1', 'db-2', crashing(1, 'Error')),
  ]);
  expect(v).toMatchObject({
    code: 'app-crash',
    changed: {
      from: 1,
      to: 2,
      knownGood: true,
      changes: [{ path: 'containers[shop].image', before: 'db:1', after: 'db:2' }],
    },
  });
  expect(fixes(v)[0]).toBe(
    'kubectl -n shop rollout undo statefulset/db --to-revision=1 && kubectl -n shop delete pod db-1',
  );
});

test('a machine that is gone does not matter to what has moved on', () => {
  expect(read([deployment({ spec: { replicas: 0 } })])).toEqual([]);
});

test('a DaemonSet that fails on some machines says on which', () => {
  const set = named('apps/v1', 'DaemonSet', 'agent', {
    spec: { selector: { matchLabels: { app: 'agent' } } },
    status: { desiredNumberScheduled: 3, currentNumberScheduled: 3, numberReady: 1, numberMisscheduled: 0 },
  });
  const on = (machine: string, status = running()) =>
    pod(`agent-${machine}`, set, {
      meta: { labels: { app: 'agent' } },
      spec: { nodeName: machine },
      status: { containerStatuses: [status] },
    });
  const v = the([set, on('node-1'), on('node-3', crashing(1, 'Error')), on('node-2', crashing(1, 'Error'))]);
  expect(v).toMatchObject({
    code: 'app-crash',

    object: { kind: 'DaemonSet', name: 'agent' },
    blast: { reach: 'partly' },
  });
  expect(v.evidence).toContainEqual(expect.objectContaining({ path: 'Pod spec.nodeName', says: 'node-2, node-3' }));
});
