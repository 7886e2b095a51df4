import { expect, test } from 'vitest';
import { codes, fixes, the, words } from './check.ts';
import {
  ago,
  condition,
  container,
  crashing,
  named,
  node,
  running,
  scene,
  terminated,
  unplaced,
  waiting,
} from './objects.ts';

/* What newer clusters write in other words, or write at all: 1.31 to 1.35. */
type Obj = Record<string, unknown>;
const nodes = [
  node('node-1', { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] }),
  node('cp-1', { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }),
];
const place = (message: string, more: readonly Obj[], spec: Obj = {}, status: Obj = {}) => {
  const u = unplaced(message, 40);
  return scene({ spec, pod: { spec: u.spec, status: { ...u.status, ...status } }, more });
};

test('a scheduler that only counts taints: which one it is stands on the machines', () => {
  const all =
    '0/2 nodes are available: 2 node(s) had untolerated taint(s). preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
  const v = the(place(all, nodes));
  expect(v.code).toBe('untolerated-taint');
  expect(words(v)).toBe('shop finds no machine to run on: all 2 machines are kept for others (taint dedicated=gpu).');
  expect(fixes(v)[0]).toMatchObject({
    spec: { template: { spec: { tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'gpu' }] } } },
  });
  // It tolerates that one: then it is something else that keeps it away.
  const tolerations = [{ key: 'dedicated', operator: 'Exists' }];
  expect(words(the(place(all, nodes, { tolerations })))).toContain('kept for others (by their taints)');
  expect(words(the(place(all, [])))).toContain('kept for others (by their taints)');
  // What the others say tells more than that the machine of the control plane is not for it.
  const some =
    "0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) didn't match Pod's node affinity/selector.";
  expect(codes(place(some, [nodes[1] as Obj, node('node-1')]))).toEqual(['node-selector']);
});

test('a place that others have been asked to leave is waited for', () => {
  const full = '0/1 nodes are available: 1 Insufficient cpu.';
  expect(codes(place(full, [node('node-1')], {}, { nominatedNodeName: 'node-1' }))).toEqual([]);
  expect(codes(place(full, [node('node-1')]))).toEqual(['insufficient-resources']);
});

test('the image of a volume is named, and not the container’s', () => {
  const image = (tag: string) => [{ name: 'model', image: { reference: `ghcr.io/acme/model:${tag}` } }];
  const said =
    'Back-off pulling image "ghcr.io/acme/model:1.0.1-rc": ErrImagePull: ghcr.io/acme/model:1.0.1-rc: not found';
  const v = the(
    scene({
      spec: { volumes: image('1.0.1-rc') },
      before: { volumes: image('1.0.1') },
      status: waiting('ImagePullBackOff', said),
    }),
  );
  expect(v.code).toBe('image-not-found');
  expect(words(v)).toContain('the image ghcr.io/acme/model:1.0.1-rc does not exist');
  expect(JSON.stringify(fixes(v))).not.toContain('ghcr.io/acme/shop');
});

const pulling = (message: string, reason = 'ImagePullBackOff', age = 600) =>
  scene({ status: waiting(reason, message), pod: { meta: { creationTimestamp: ago(age) } } });

test.each([
  [
    'image-platform',
    'choosing image instance: no image found in manifest list for architecture "arm64", variant "v8", OS "linux"',
  ],
  ['registry-unreachable', 'failed to copy: httpReadSeeker: failed open: unexpected EOF'],
  [
    'registry-unreachable',
    'failed to resolve reference "ghcr.io/x:1": failed to do request: Head "https://ghcr.io/v2/x": EOF',
  ],
  ['image-unrecognised', 'failed to resolve reference "ghcr.io/eof:1": failed to do request: EOFX'],
  [
    'image-unauthorised',
    'Container image "x" is present with pull policy of Never but does not have the proper credentials to access the image',
  ],
])('%s, as other runtimes and kubelets say it', (expected, message) => {
  expect(the(pulling(`Back-off pulling image "x": ErrImagePull: ${message}`)).code).toBe(expected);
});

test('a machine that fetches images one after the other is not told of, before it takes minutes', () => {
  expect(codes(pulling('pull QPS exceeded', 'ErrImagePull', 100))).toEqual([]);
  expect(codes(pulling('pull QPS exceeded', 'ErrImagePull', 400))).toEqual(['image-unrecognised']);
});

const begun =
  'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';
test.each([
  [
    'out-of-memory',
    'container init was OOM-killed (memory limit too low?): unknown',
    'needs more memory than the 256Mi',
  ],
  [
    'command-not-found',
    'error during container init: chdir to cwd ("/srv") set in config.json failed: no such file or directory: unknown',
    'should start in the folder /srv (workingDir), which its image does not have',
  ],
  [
    'mount-impossible',
    'error during container init: error mounting "sysfs" to rootfs at "/sys": read-only file system: unknown',
    'can’t be given what it mounts at /sys; the machine’s message is quoted',
  ],
])('%s, told by the runtime before anything runs', (expected, message, told) => {
  const v = the(scene({ status: crashing(128, 'StartError', { message: begun + message }) }));
  expect(v.code).toBe(expected);
  expect(words(v)).toContain(told);
});

test('a part of a volume that is not there is told as that', () => {
  const message = 'failed to prepare subPath for volumeMount "config" of container "shop"';
  const v = the(scene({ status: waiting('CreateContainerConfigError', message) }));
  expect(v.code).toBe('mount-impossible');
  expect(words(v)).toContain('mounts a part (subPath) of its volume config that can’t be had');
});

test('a machine that was restarted, or lost sight of a container, is no crash of what runs again', () => {
  const again = (end: Obj) =>
    scene({
      fresh: 3,
      old: 0,
      set: { status: { readyReplicas: 3 } },
      status: running({ restartCount: 3, lastState: end }),
    });
  expect(codes(again(terminated(255, 'Unknown')))).toEqual([]);
  expect(codes(again(terminated(137, 'ContainerStatusUnknown')))).toEqual([]);
  expect(codes(again(terminated(255, 'Error')))).toEqual(['app-crash']);
});

const asked = (message: string, probe: Obj) =>
  scene({
    spec: { containers: [container({ readinessProbe: probe })] },
    status: running({ ready: false }),
    events: [['Unhealthy', `Readiness probe failed: ${message}`]],
  });
test('a probe that finds nobody, or whose program is not in the image, is not slow', () => {
  const grpc = 'timeout: failed to connect service "10.1.0.7:9000" within 1s: context deadline exceeded';
  const elsewhere = the(asked(grpc, { grpc: { port: 9000 } }));
  expect(elsewhere.code).toBe('readiness-probe-wrong');
  expect(words(elsewhere)).toContain('asks at port 9000, where nothing listens');
  const silent = the(asked(grpc.replace('9000', '8080'), { grpc: { port: 8080 } }));
  expect(silent.code).toBe('readiness-failing');
  expect(words(silent)).toContain('nothing listens at the port of its readiness check');
  for (const missing of ['/bin/sh: curl: not found', 'sh: 1: curl: not found', 'bash: line 1: curl: command not found'])
    expect(words(the(asked(missing, { exec: { command: ['sh', '-c', 'curl localhost'] } })))).toContain(
      'runs a command that its image does not have',
    );
  // How many say that they are not ready.
  const file = "cat: can't open '/tmp/ready': No such file or directory";
  expect(the(asked(file, { exec: { command: ['cat', '/tmp/ready'] } })).code).toBe('readiness-failing');
});

test('a check of the cluster whose certificate has run out is not said to be silent', () => {
  const message =
    'Internal error occurred: failed calling webhook "v1.vault.test": failed to call webhook: Post "https://vault.vault.svc:443/mutate?timeout=10s": tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
  const v = the(
    scene({
      fresh: 0,
      set: {
        spec: { replicas: 1 },
        status: { conditions: [condition('ReplicaFailure', 'True', { reason: 'FailedCreate', message })] },
      },
    }),
  );
  expect(v.code).toBe('webhook-unreachable');
  expect(words(v)).toContain(
    'the check v1.vault.test, which every new pod must pass, shows a certificate that is not valid',
  );
});

const refused = (reason: string, message: string) =>
  scene({ old: 0, pod: { status: { phase: 'Failed', reason, message, containerStatuses: [] } } });
test('what a machine rejects is told with its words, and with what it lacks', () => {
  const topology = the(
    refused('TopologyAffinityError', 'Pod was rejected: Resources cannot be allocated with Topology locality'),
  );
  expect(topology).toMatchObject({ code: 'rejected-by-node' });
  expect(words(topology)).toContain('which refuses it, as quoted');
  expect(words(the(refused('Evicted', 'The node had condition: [DiskPressure]. ')))).toContain(
    'was short of disk space',
  );
  expect(codes(refused('NodeShutdown', 'Pod was rejected as the node is shutting down.'))).toEqual([]);
});

const creating = (ready: string, message: string, more: readonly Obj[] = [], reason = 'FailedMount') =>
  scene({
    spec: { volumes: [{ name: 'config', configMap: { name: 'shop-config' } }] },
    status: waiting('ContainerCreating'),
    pod: {
      meta: { creationTimestamp: ago(240) },
      status: {
        phase: 'Pending',
        conditions: [condition('PodReadyToStartContainers', ready), condition('PodScheduled', 'True')],
      },
    },
    events: [[reason, message]],
    more,
  });
const lost = 'MountVolume.SetUp failed for volume "config" : configmap "shop-config" not found';
const plugin = 'Failed to create pod sandbox: plugin type="calico" failed (add): error';

test('what failed on the way and is past is not told: it fetches its image by now', () => {
  expect(codes(creating('False', lost))).toEqual(['configmap-volume-missing']);
  expect(codes(creating('True', lost))).toEqual([]);
  expect(codes(creating('False', plugin, [], 'FailedCreatePodSandBox'))).toEqual(['network-plugin-failed']);
  expect(codes(creating('True', plugin, [], 'FailedCreatePodSandBox'))).toEqual([]);
});

test('a ConfigMap that was made meanwhile is not said to be missing: the machine tries again', () => {
  expect(codes(creating('False', lost, [named('v1', 'ConfigMap', 'shop-config', { data: {} })]))).toEqual([]);
  // Nobody makes the one of the cluster itself by hand.
  const root = 'MountVolume.SetUp failed for volume "kube-api-access-x" : configmap "kube-root-ca.crt" not found';
  expect(the(creating('False', root)).code).toBe('volume-mount-failed');
});

const scaler = (reason: string, message: string) => [
  ...scene({ fresh: 3, old: 0, set: { status: { readyReplicas: 3 } } }),
  named('autoscaling/v2', 'HorizontalPodAutoscaler', 'shop', {
    spec: {
      minReplicas: 2,
      maxReplicas: 5,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
    },
    status: { currentReplicas: 3, conditions: [condition('ScalingActive', 'False', { reason, message })] },
  }),
];
const unable = 'the HPA was unable to compute the replica count: ';

test('an autoscaler that goes by a number of somebody’s own, by several autoscalers, or by nothing that we know', () => {
  const external = `${unable}unable to get external metric shop/s0-orders/&LabelSelector{}: unable to fetch metrics from external metrics API: no matching metrics found for s0-orders`;
  const v = the(scaler('FailedGetExternalMetric', external));
  expect(v.code).toBe('autoscaler-no-metrics');
  expect(words(v)).toBe(
    'The autoscaler shop does nothing: it goes by s0-orders, which nobody measures, or under another name.',
  );
  expect(fixes(v)[0]).toBe('kubectl get apiservice v1beta1.external.metrics.k8s.io');
  const away = external.replace(
    /no matching.*/,
    'the server is currently unable to handle the request (get s0-orders)',
  );
  expect(words(the(scaler('FailedGetExternalMetric', away)))).toBe(
    'The autoscaler shop does nothing: it goes by s0-orders, and what measures it for the cluster (v1beta1.external.metrics.k8s.io) does not answer.',
  );
  const two = `${unable}pods by selector app=shop are controlled by multiple HPAs: [shop/a shop/b]`;
  expect(the(scaler('AmbiguousSelector', two)).code).toBe('autoscaler-ambiguous');
  expect(the(scaler('InvalidSelector', "the HPA target's scale is missing a selector")).code).toBe(
    'autoscaler-unrecognised',
  );
  expect(codes(scaler('ScalingDisabled', 'scaling is disabled since the replica count of the target is zero'))).toEqual(
    [],
  );
});
