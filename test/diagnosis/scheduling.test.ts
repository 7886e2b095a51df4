import { expect, test } from 'vitest';
import { requested } from '../../src/core/diagnosis/capacity.ts';
import { refusalsOf } from '../../src/core/diagnosis/scheduler.ts';
import { codes, fixes, the, words } from './check.ts';
import { ago, condition, container, node, pod, scene, unplaced, wide } from './objects.ts';

const preemption = 'preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling.';
const says = (list: string, n = 5) => `0/${n} nodes are available: ${list}. ${preemption}`;
const at = (list: string, more = {}) => scene({ pod: unplaced(says(list)), ...more });

test('the scheduler’s list is read with its counts, without the control plane', () => {
  expect(
    refusalsOf(
      says(
        "1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu, 2 node(s) didn't match Pod's node affinity/selector",
      ),
    ),
  ).toEqual([
    { nodes: 2, why: 'Insufficient cpu' },
    { nodes: 2, why: "node(s) didn't match Pod's node affinity/selector" },
  ]);
  expect(refusalsOf('0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.')).toEqual([
    { nodes: 3, why: 'pod has unbound immediate PersistentVolumeClaims' },
  ]);
});

test.each([
  [
    'insufficient-resources',
    '1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 4 Insufficient memory',
  ],
  ['insufficient-resources', "2 Insufficient cpu, 3 node(s) didn't match Pod's node affinity/selector"],
  ['insufficient-device', '5 Insufficient nvidia.com/gpu'],
  ['too-many-pods', '5 Too many pods'],
  [
    'untolerated-taint',
    '1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 4 node(s) had untolerated taint {dedicated: gpu}',
  ],
  ['untolerated-taint', "5 node(s) had taint {dedicated: gpu}, that the pod didn't tolerate"],
  ['nodes-unhealthy', '5 node(s) had untolerated taint {node.kubernetes.io/not-ready: }'],
  ['nodes-cordoned', '5 node(s) were unschedulable'],
  ['node-selector', "5 node(s) didn't match Pod's node affinity/selector"],
  ['pod-anti-affinity', "5 node(s) didn't match pod anti-affinity rules"],
  ['pod-anti-affinity', "5 node(s) didn't satisfy existing pods anti-affinity rules"],
  ['pod-affinity', "5 node(s) didn't match pod affinity rules"],
  ['topology-spread', "5 node(s) didn't match pod topology spread constraints"],
  ['volume-zone-conflict', '5 node(s) had volume node affinity conflict'],
  ['volume-zone-conflict', "5 node(s) didn't match PersistentVolume's node affinity"],
  ['node-volume-limit', '5 node(s) exceed max volume count'],
  ['host-port-taken', "5 node(s) didn't have free ports for the requested pod ports"],
  [
    'volume-in-use',
    '5 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode already in-use by another pod',
  ],
  ['no-volume-to-bind', "5 node(s) didn't find available persistent volumes to bind"],
  ['claim-missing', 'persistentvolumeclaim "shop-data" not found'],
  ['claim-unbound', 'pod has unbound immediate PersistentVolumeClaims'],
  ['claim-unbound', '5 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'],
  ['claim-unbound', 'persistentvolumeclaim "data" bound to non-existent persistentvolume "pvc-7d"'],
  ['unschedulable-unrecognised', '5 node(s) bound to nothing'],
  ['unschedulable-unrecognised', '5 node(s) are in retrograde'],
])('%s: %s', (code, list) => {
  const v = the(at(list));
  expect(v.code).toBe(code);
  expect(v.evidence).toContainEqual(
    expect.objectContaining({ path: 'status.conditions[PodScheduled].message', says: says(list) }),
  );
});

test('more than one reason is told with its counts', () => {
  expect(words(the(at("2 Insufficient cpu, 3 node(s) didn't match Pod's node affinity/selector")))).toBe(
    "shop finds no machine to run on: it asks for 100m of processor time (CPU), and no machine has that free (2: Insufficient cpu; 3: didn't match Pod's node affinity/selector).",
  );
});

test('what would fit is computed from the machines and what runs on them', () => {
  const big = { containers: [container({ resources: { requests: { memory: '20Gi' } } })] };
  const v = the(at('4 Insufficient memory', { spec: big, more: [node('node-1'), node('node-2')] }));
  expect(words(v)).toContain(
    'it asks for 20480Mi of memory, and no machine has that free; even an empty one has only 14336Mi',
  );
  const ask = { containers: [container({ resources: { requests: { memory: '8Gi' } } })] };
  const system = pod('coredns-1', undefined, {
    meta: { namespace: 'kube-system', labels: {} },
    spec: { nodeName: 'node-2', containers: [container({ resources: { requests: { memory: '10Gi' } } })] },
  });
  const free = the(at('4 Insufficient memory', { old: 0, spec: ask, more: [node('node-2'), system] }));
  expect(fixes(free)).toContainEqual(
    expect.objectContaining({
      spec: { template: { spec: { containers: [{ name: 'shop', resources: { requests: { memory: '4096Mi' } } }] } } },
    }),
  );
});

test('less is not offered where an init container asks for as much, or hardly anything is free', () => {
  const ask = (memory: string) => container({ resources: { requests: { memory } } });
  const full = (memory: string) => [
    node('node-2'),
    pod('coredns-1', undefined, {
      meta: { namespace: 'kube-system', labels: {} },
      spec: { nodeName: 'node-2', containers: [ask(memory)] },
    }),
  ];
  const titles = (spec: object, used: string) =>
    the(at('4 Insufficient memory', { old: 0, spec, more: full(used) })).fixes.map((f) => f.title);
  expect(titles({ containers: [ask('8Gi')] }, '10Gi')).toContain('Ask for 4096Mi, which fits on node-2');
  const init = { ...ask('8Gi'), name: 'migrate' };
  expect(titles({ containers: [ask('8Gi')], initContainers: [init] }, '10Gi')).toEqual(['See what the machines hold']);
  expect(titles({ containers: [ask('8Gi')] }, '14Gi')).toEqual(['See what the machines hold']);
  // A sidecar runs beside it: together they ask for more than there is, and less of one may not be enough.
  const spec = { containers: [ask('3Gi')], initContainers: [{ ...ask('2Gi'), name: 'mesh', restartPolicy: 'Always' }] };
  const v = the(at('4 Insufficient memory', { old: 0, spec, more: full('10Gi') }));
  expect(words(v)).toContain(
    'it asks for 5120Mi of memory, and no machine has that free; the most that one has free is 4096Mi',
  );
  expect(v.fixes.map((f) => f.title)).toEqual(['See what the machines hold']);
});

test.each([
  ['a sidecar before an init container', [['1Gi', 'Always'], ['3Gi']], {}, 4096],
  ['a sidecar after it', [['3Gi'], ['1Gi', 'Always']], {}, 3072],
  ['a pod that asks as a whole', [['3Gi']], { resources: { requests: { memory: '1Gi' } } }, 1024],
  ['a runtime that takes some itself', [], { overhead: { memory: '128Mi' } }, 2176],
] as const)('what a pod asks for: %s', (_, init, more, mebi) => {
  const initContainers = init.map(([memory, restartPolicy]) => ({
    resources: { requests: { memory } },
    restartPolicy,
  }));
  const containers = [{ resources: { requests: { memory: '2Gi' } } }];
  expect(requested({ containers, initContainers, ...more }, 'memory') / 2 ** 20).toBe(mebi);
});

test('a rollout that needs room for one more pod may stop an old one first', () => {
  const tight = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } };
  const makeRoom = expect.objectContaining({
    spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
  });
  expect(fixes(the(at('5 Insufficient cpu', { deployment: tight })))).toContainEqual(makeRoom);
  const loose = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } } };
  expect(fixes(the(at('5 Insufficient cpu', { deployment: loose })))).not.toContainEqual(makeRoom);
});

test('a taint becomes the toleration that it asks for, and those that there are stay', () => {
  const tolerations = [{ key: 'spot', operator: 'Exists' }];
  const v = the(at('5 node(s) had untolerated taint {dedicated: gpu}', { spec: { tolerations } }));
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: {
        template: { spec: { tolerations: [...tolerations, { key: 'dedicated', operator: 'Equal', value: 'gpu' }] } },
      },
    }),
  );
});

test('a label that no machine has, one slip away from one that some have', () => {
  const spec = { nodeSelector: { disktype: 'sdd' } };
  const v = the(
    at("5 node(s) didn't match Pod's node affinity/selector", {
      spec,
      more: [node('node-1', { labels: { disktype: 'ssd' } })],
    }),
  );
  expect(v.near).toEqual(['ssd']);
  expect(words(v)).toBe(
    'shop finds no machine to run on: it asks for machines labelled disktype=sdd, and there is none; some have disktype=ssd.',
  );
});

test('a claim that does not exist, one slip away from one that does', () => {
  const spec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shop-dta' } }] };
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'shop-data', namespace: 'shop' },
    status: { phase: 'Bound' },
  };
  expect(the(at('persistentvolumeclaim "shop-dta" not found', { spec, more: [claim] })).near).toEqual(['shop-data']);
});

test('silence: for a moment; while a machine is on its way; behind a gate', () => {
  const list = says('5 Insufficient cpu');
  expect(codes(scene({ pod: unplaced(list, 5) }))).toEqual([]);
  const ordered = [
    ['TriggeredScaleUp', 'pod triggered scale-up: [{pool 3->4 (max: 10)}]', { type: 'Normal' }],
  ] as const;
  expect(codes(scene({ pod: unplaced(list), events: ordered }))).toEqual([]);
  const late = [['TriggeredScaleUp', 'pod triggered scale-up', { lastTimestamp: ago(900) }]] as const;
  expect(codes(scene({ pod: unplaced(list), events: late }))).toEqual(['insufficient-resources']);
  const gate = {
    status: {
      phase: 'Pending',
      conditions: [
        condition('PodScheduled', 'False', {
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
        }),
      ],
      containerStatuses: [],
    },
    spec: { nodeName: undefined },
  };
  expect(codes(scene({ pod: gate }))).toEqual([]);
});

test('a scheduler that does not exist', () => {
  const silent = {
    spec: { nodeName: undefined, schedulerName: 'defualt-scheduler' },
    status: { phase: 'Pending', conditions: [], containerStatuses: [] },
  };
  const v = the(scene({ pod: silent }));
  expect(v).toMatchObject({ code: 'scheduler-missing', near: ['default-scheduler'] });
  expect(codes(scene({ pod: { ...silent, meta: { creationTimestamp: ago(10) } } }))).toEqual([]);
});

test('machines that are not well explain pods that find no place', () => {
  const v = the([
    ...at('5 node(s) had untolerated taint {node.kubernetes.io/not-ready: }'),
    wide('v1', 'Namespace', 'shop'),
  ]);
  expect(words(v)).toContain('not-ready');
});
