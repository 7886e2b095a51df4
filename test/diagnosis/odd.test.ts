import { expect, test } from 'vitest';
import { codes } from './check.ts';
import {
  ago,
  condition,
  container,
  deployment,
  event,
  named,
  node,
  pod,
  podSpec,
  running,
  scene,
  terminated,
  waiting,
  wide,
} from './objects.ts';

/* What is odd and well: silence. Each as the kubelet and the controllers of 1.34 write it. */
type Obj = Record<string, unknown>;
const r3 = {
  fresh: 3,
  old: 0,
  set: { status: { readyReplicas: 3 } },
  deployment: { status: { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 } },
};
const well = scene(r3);
const job = (status: Obj, spec: Obj = {}, m: Obj = {}) =>
  named(
    'batch/v1',
    'Job',
    'load',
    {
      spec: {
        parallelism: 1,
        completions: 1,
        backoffLimit: 6,
        template: { spec: podSpec({ restartPolicy: 'Never' }) },
        ...spec,
      },
      status,
    },
    m,
  );
const sts = (spec: Obj, status: Obj) => {
  const s = named(
    'apps/v1',
    'StatefulSet',
    'db',
    {
      spec: {
        replicas: 2,
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        updateStrategy: { type: 'RollingUpdate' },
        template: { metadata: { labels: { app: 'db' } }, spec: podSpec() },
        ...spec,
      },
      status: {
        observedGeneration: 1,
        replicas: 2,
        readyReplicas: 2,
        currentReplicas: 2,
        updatedReplicas: 0,
        currentRevision: 'db-1',
        updateRevision: 'db-2',
        ...status,
      },
    },
    { generation: 1 },
  );
  return [
    s,
    named('v1', 'Service', 'db', { spec: { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 5432 }] } }),
    ...[0, 1].map((i) => pod(`db-${i}`, s, { meta: { labels: { app: 'db', 'controller-revision-hash': 'db-1' } } })),
  ];
};
const ds = named('apps/v1', 'DaemonSet', 'agent', {
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: podSpec() },
  },
  status: { observedGeneration: 1, desiredNumberScheduled: 0, numberReady: 0 },
});

const rows: readonly (readonly [string, readonly Obj[]])[] = [
  [
    'a new pod whose container is being made',
    scene({ status: waiting('ContainerCreating'), pod: { meta: { creationTimestamp: ago(20) } } }),
  ],
  [
    'an image that could not be fetched once, a moment ago',
    scene({
      status: waiting('ErrImagePull', 'rpc error: context deadline exceeded'),
      pod: { meta: { creationTimestamp: ago(20) } },
    }),
  ],
  [
    'a crash an hour ago',
    scene({
      ...r3,
      status: running({ restartCount: 1, lastState: terminated(1, 'Error', { finishedAt: ago(3000) }) }),
    }),
  ],
  [
    'one crash at the start, since when it runs',
    scene({ ...r3, status: running({ restartCount: 1, lastState: terminated(1, 'Error', { finishedAt: ago(100) }) }) }),
  ],
  [
    'a probe that failed before it was ready',
    scene({
      ...r3,
      events: [
        [
          'Unhealthy',
          'Readiness probe failed: Get "http://10.1.0.7:8080/": dial tcp 10.1.0.7:8080: connect: connection refused',
        ],
      ],
    }),
  ],
  [
    'a back-off of before it was ready',
    scene({ ...r3, events: [['BackOff', 'Back-off restarting failed container shop in pod shop-x']] }),
  ],
  [
    'a startup probe that has tries left',
    scene({
      spec: {
        containers: [
          container({ startupProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 10, failureThreshold: 60 } }),
        ],
      },
      status: running({ ready: false, started: false, state: { running: { startedAt: ago(120) } } }),
      pod: { meta: { creationTimestamp: ago(130) } },
      events: [['Unhealthy', 'Startup probe failed: HTTP probe failed with statuscode: 503']],
    }),
  ],
  [
    'not ready yet, seconds after the start',
    scene({
      status: running({ ready: false, state: { running: { startedAt: ago(15) } } }),
      pod: { meta: { creationTimestamp: ago(20) } },
      events: [
        [
          'Unhealthy',
          'Readiness probe failed: HTTP probe failed with statuscode: 503',
          { lastTimestamp: ago(3), firstTimestamp: ago(10), count: 2 },
        ],
      ],
    }),
  ],
  ['a rollout that somebody paused', scene({ ...r3, deployment: { ...r3.deployment, spec: { paused: true } } })],
  [
    'scaled to nothing',
    [
      deployment({
        spec: { replicas: 0 },
        status: { replicas: 0, readyReplicas: 0, updatedReplicas: 0, availableReplicas: 0 },
      }),
    ],
  ],
  [
    'a pod that waits for its gate',
    (() =>
      scene({
        pod: {
          spec: { nodeName: undefined, schedulingGates: [{ name: 'x/y' }] },
          status: {
            phase: 'Pending',
            containerStatuses: [],
            conditions: [
              condition('PodScheduled', 'False', {
                reason: 'SchedulingGated',
                message: 'Scheduling is blocked due to non-empty scheduling gates',
              }),
            ],
          },
        },
      }))(),
  ],
  [
    'a job that waits in a queue',
    [
      job(
        { conditions: [condition('Suspended', 'True', { reason: 'JobSuspended', message: 'Job suspended' })] },
        { suspend: true },
      ),
    ],
  ],
  ['a job that failed once and tries again', [job({ failed: 1, active: 1, startTime: ago(300) })]],
  ['a job that came through at last', [job({ failed: 3, succeeded: 1, conditions: [condition('Complete', 'True')] })]],
  [
    'a suspended CronJob, whatever its schedule says',
    [named('batch/v1', 'CronJob', 'n', { spec: { schedule: 'x', suspend: true, jobTemplate: { spec: {} } } })],
  ],
  [
    'a schedule with names and a time zone',
    [
      named('batch/v1', 'CronJob', 'n', {
        spec: {
          schedule: '0 3 * * mon-fri',
          timeZone: 'Europe/Berlin',
          startingDeadlineSeconds: 100,
          jobTemplate: { spec: {} },
        },
        status: {},
      }),
    ],
  ],
  [
    'a schedule in one word',
    [named('batch/v1', 'CronJob', 'n', { spec: { schedule: '@daily', jobTemplate: { spec: {} } } })],
  ],
  [
    'a claim that waits for its first pod',
    [
      named('v1', 'PersistentVolumeClaim', 'data', {
        spec: { storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } },
        status: { phase: 'Pending' },
      }),
      wide('storage.k8s.io/v1', 'StorageClass', 'fast', {
        provisioner: 'x',
        volumeBindingMode: 'WaitForFirstConsumer',
      }),
    ],
  ],
  [
    'a volume that is kept after its claim',
    [
      wide('v1', 'PersistentVolume', 'pv1', {
        spec: { persistentVolumeReclaimPolicy: 'Retain', claimRef: { namespace: 'shop', name: 'gone' } },
        status: { phase: 'Released' },
      }),
    ],
  ],
  [
    'a volume that nobody has claimed',
    [wide('v1', 'PersistentVolume', 'pv1', { spec: {}, status: { phase: 'Available' } })],
  ],
  [
    'a claim that goes when its pod does',
    [
      ...well,
      named(
        'v1',
        'PersistentVolumeClaim',
        'data',
        { spec: {}, status: { phase: 'Bound' } },
        { deletionTimestamp: ago(900), finalizers: ['kubernetes.io/pvc-protection'] },
      ),
    ],
  ],
  ['a machine that is closed for new pods', [node('node-1', { unschedulable: true }), node('node-2'), ...well]],
  ['a machine that has just come', [node('node-9', { ready: 'False', meta: { creationTimestamp: ago(60) } }), ...well]],
  [
    'the machine of the control plane',
    [node('cp-1', { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }), ...well],
  ],
  [
    'a StatefulSet that holds an update back',
    sts({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }, {}),
  ],
  ['a StatefulSet that is updated by hand', sts({ updateStrategy: { type: 'OnDelete' } }, {})],
  [
    'a StatefulSet without a service',
    sts({ serviceName: '' }, { updateRevision: 'db-1' })
      .slice(0, 1)
      .concat(sts({ serviceName: '' }, { updateRevision: 'db-1' }).slice(2)),
  ],
  ['a DaemonSet for machines that there are none of', [ds]],
  [
    'a load balancer that is being made',
    [
      named(
        'v1',
        'Service',
        'x',
        {
          spec: { type: 'LoadBalancer', selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080 }] },
          status: { loadBalancer: {} },
        },
        { creationTimestamp: ago(100) },
      ),
      ...well,
    ],
  ],
  [
    'a headless service for a port that no container declares',
    [
      ...well,
      named('v1', 'Service', 'shop-h', {
        spec: {
          clusterIP: 'None',
          publishNotReadyAddresses: true,
          selector: { app: 'shop' },
          ports: [{ port: 7000, targetPort: 7000 }],
        },
      }),
    ],
  ],
  [
    'a debug container that does not start',
    scene({
      ...r3,
      pod: { status: { ephemeralContainerStatuses: [waiting('ImagePullBackOff', 'Back-off', { name: 'debug' })] } },
    }),
  ],
  [
    'a resize that waits for room',
    scene({
      ...r3,
      pod: {
        status: {
          conditions: [
            condition('Ready', 'True'),
            condition('ContainersReady', 'True'),
            condition('PodScheduled', 'True'),
            condition('Initialized', 'True'),
            condition('PodResizePending', 'True', {
              reason: 'Deferred',
              message: "Node didn't have enough resource: cpu",
            }),
          ],
        },
      },
    }),
  ],
  [
    'a budget without slack, while nobody drains',
    [
      ...well,
      named('policy/v1', 'PodDisruptionBudget', 'shop', {
        spec: { minAvailable: 3, selector: { matchLabels: { app: 'shop' } } },
        status: { disruptionsAllowed: 0, expectedPods: 3, currentHealthy: 3, desiredHealthy: 3 },
      }),
    ],
  ],
  ['old pods that say goodbye', scene({ ...r3, pod: { meta: { deletionTimestamp: ago(20) } } })],
  [
    'an init container that waits',
    scene({
      spec: { initContainers: [container({ name: 'wait' })] },
      status: waiting('PodInitializing'),
      pod: {
        meta: { creationTimestamp: ago(120) },
        status: {
          phase: 'Pending',
          initContainerStatuses: [running({ name: 'wait', ready: false, state: { running: { startedAt: ago(100) } } })],
        },
      },
    }),
  ],
  [
    'a sidecar that runs',
    scene({
      ...r3,
      spec: { initContainers: [container({ name: 'proxy', restartPolicy: 'Always' })] },
      pod: { status: { initContainerStatuses: [running({ name: 'proxy' })] } },
    }),
  ],
  [
    'a full quota, and nothing that wants more',
    [
      ...well,
      named('v1', 'ResourceQuota', 'q', {
        spec: { hard: { pods: '3' } },
        status: { hard: { pods: '3' }, used: { pods: '3' } },
      }),
    ],
  ],
  [
    'a refusal of before, and all are there by now',
    (() => {
      const s = scene(r3);
      return [
        ...s,
        event(
          s[2] as Obj,
          'FailedCreate',
          'Error creating: pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3',
          { source: { component: 'replicaset-controller' } },
        ),
      ];
    })(),
  ],
  [
    'an autoscaler that has no numbers yet',
    [
      ...well,
      named(
        'autoscaling/v2',
        'HorizontalPodAutoscaler',
        'shop',
        {
          spec: { minReplicas: 1, maxReplicas: 5, scaleTargetRef: { kind: 'Deployment', name: 'shop' } },
          status: {
            conditions: [
              condition('ScalingActive', 'False', {
                reason: 'FailedGetResourceMetric',
                message: 'no metrics returned',
                lastTransitionTime: ago(30),
              }),
            ],
          },
        },
        { creationTimestamp: ago(40) },
      ),
    ],
  ],
  [
    'a pod that ran once and ended well',
    [
      pod('once', undefined, {
        spec: { restartPolicy: 'Never' },
        status: {
          phase: 'Succeeded',
          containerStatuses: [{ ...running({ ready: false }), state: terminated(0, 'Completed') }],
        },
      }),
    ],
  ],
  [
    'a pod of the machine itself',
    [
      {
        ...pod('etcd-cp-1', undefined, {
          meta: {
            namespace: 'kube-system',
            annotations: { 'kubernetes.io/config.mirror': 'x' },
            ownerReferences: [{ kind: 'Node', name: 'cp-1', controller: true, apiVersion: 'v1', uid: 'u' }],
          },
        }),
      },
    ],
  ],
  [
    'an ingress without a class',
    [
      ...well,
      named('v1', 'Service', 'shop', { spec: { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080 }] } }),
      wide('networking.k8s.io/v1', 'IngressClass', 'nginx', {}),
      named('networking.k8s.io/v1', 'Ingress', 'shop', {
        spec: {
          rules: [
            {
              host: 'a',
              http: { paths: [{ path: '/', backend: { service: { name: 'shop', port: { number: 80 } } } }] },
            },
          ],
        },
      }),
    ],
  ],
  [
    'a pod that is moved by a drain',
    (() => {
      const s = scene(r3);
      return [
        ...s,
        pod('shop-7c9d5f4b8-x', s[2] as Obj, {
          meta: { labels: { app: 'shop', 'pod-template-hash': '7c9d5f4b8' }, deletionTimestamp: ago(10) },
          status: {
            conditions: [
              condition('DisruptionTarget', 'True', { reason: 'EvictionByEvictionAPI' }),
              condition('Ready', 'False'),
            ],
          },
        }),
      ];
    })(),
  ],
  [
    'the gap between two versions, where somebody chose that',
    scene({
      fresh: 1,
      old: 0,
      deployment: { spec: { strategy: { type: 'Recreate' } } },
      status: waiting('ContainerCreating'),
      pod: { meta: { creationTimestamp: ago(10) } },
    }),
  ],
  [
    'a machine that may be taken away',
    [
      node('node-1', {
        taints: [{ key: 'DeletionCandidateOfClusterAutoscaler', value: '17', effect: 'PreferNoSchedule' }],
      }),
      ...well,
    ],
  ],
];

test.each(rows)('silence: %s', (_, objects) => {
  expect(codes(objects)).toEqual([]);
});
