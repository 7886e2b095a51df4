import { expect, test as plain } from 'vitest';
import type { FailureKind, KubeObject } from '../../src/playground/cluster/index.ts';
import { real } from './live.ts';
import { condition, containerStatus, still } from './world.ts';

// These break machines, registries and quotas, at a time of their own: nobody’s cluster is made to suffer that.
const test = real ? plain.skip : plain;

const target = { namespace: 'default', name: 'web' };

async function broken(
  kind: FailureKind,
  seconds: number,
  more: Parameters<ReturnType<typeof still>['deploy']>[1] = {},
) {
  const world = still();
  await world.clock.pass(1_000);
  world.deploy('web', more);
  await world.clock.pass(10_000);
  expect(world.get('deployments.apps', 'web').status).toMatchObject({ availableReplicas: 2 });
  world.cluster.break(kind, target);
  await world.clock.pass(seconds * 1000);
  const newest = world.objects
    .list('replicasets.apps', 'default')
    .find((one) => one.metadata.annotations?.['deployment.kubernetes.io/revision'] === '2');
  const pod = world.pods().find((one) => one.metadata.ownerReferences?.[0]?.uid === newest?.metadata.uid) as KubeObject;
  return { ...world, newest: newest as KubeObject, pod };
}

async function mended(world: ReturnType<typeof still>): Promise<void> {
  expect(world.cluster.heal(target)).toBe(true);
  await world.clock.pass(40_000);
  const deployment = world.get('deployments.apps', 'web');
  expect(deployment.status).toMatchObject({ availableReplicas: 2, updatedReplicas: 2, replicas: 2 });
  expect(condition(deployment, 'Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
  expect(world.problems).toEqual([]);
}

test('a wrong tag: ErrImagePull, then ImagePullBackOff, while the old pods serve on', async () => {
  const early = await broken('wrong-tag', 2);
  const image = 'registry.acme.example/web:1.0.0-rc';
  const why = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
  expect(containerStatus(early.pod).state).toEqual({ waiting: { reason: 'ErrImagePull', message: why } });
  await early.clock.pass(3_000);
  const pod = early.get('pods', early.pod.metadata.name);
  expect(containerStatus(pod).state).toEqual({
    waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: ${why}` },
  });
  expect(early.events()).toEqual(
    expect.arrayContaining([
      `Normal Pulling: Pulling image "${image}"`,
      `Warning Failed: Failed to pull image "${image}": ${why}`,
      'Warning Failed: Error: ErrImagePull',
      `Normal BackOff: Back-off pulling image "${image}"`,
      'Warning Failed: Error: ImagePullBackOff',
    ]),
  );
  const deployment = early.get('deployments.apps', 'web');
  expect(condition(deployment, 'Available').status).toBe('True');
  expect(condition(deployment, 'Progressing').reason).toBe('ReplicaSetUpdated');
  await early.clock.pass(600_000);
  expect(condition(early.get('deployments.apps', 'web'), 'Progressing')).toMatchObject({
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: `ReplicaSet "${early.newest.metadata.name}" has timed out progressing.`,
  });
  await mended(early);
});

test('too little memory: killed with 137, then CrashLoopBackOff with longer and longer pauses', async () => {
  const world = await broken('oom', 8);
  const status = containerStatus(world.pod);
  const pod = `web-${world.newest.metadata.name.slice(4)}`;
  expect(status.state).toEqual({
    waiting: {
      reason: 'CrashLoopBackOff',
      message: `back-off 10s restarting failed container=web pod=${world.pod.metadata.name}_default(${world.pod.metadata.uid})`,
    },
  });
  expect(world.pod.metadata.name.startsWith(pod)).toBe(true);
  expect(status.lastState).toMatchObject({ terminated: { exitCode: 137, reason: 'OOMKilled' } });
  expect(world.events()).toContain(
    `Warning BackOff: Back-off restarting failed container web in pod ${world.pod.metadata.name}_default(${world.pod.metadata.uid})`,
  );
  await world.clock.pass(60_000);
  const later = containerStatus(world.get('pods', world.pod.metadata.name));
  expect(later.restartCount).toBe(3);
  expect(later.state).toMatchObject({ waiting: { message: expect.stringMatching(/^back-off 40s /) } });
  await mended(world);
});

test('raising the limit mends it as well as a rollback does', async () => {
  const world = await broken('oom', 8);
  world.objects.patch(
    'deployments.apps',
    'default',
    'web',
    {
      spec: {
        template: {
          spec: {
            containers: [{ name: 'web', resources: { limits: { memory: '64Mi' }, requests: { memory: '64Mi' } } }],
          },
        },
      },
    },
    { type: 'strategic', manager: 'kubectl-patch' },
  );
  await world.clock.pass(40_000);
  expect(world.get('deployments.apps', 'web').status).toMatchObject({ availableReplicas: 2, updatedReplicas: 2 });
});

test('a ConfigMap that is not there: CreateContainerConfigError, until somebody makes it', async () => {
  const world = await broken('missing-config', 4);
  expect(containerStatus(world.pod).state).toEqual({
    waiting: { reason: 'CreateContainerConfigError', message: 'configmap "web-config-v2" not found' },
  });
  expect(world.events()).toContain('Warning Failed: Error: configmap "web-config-v2" not found');
  world.objects.create('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web-config-v2', namespace: 'default' },
  });
  await world.clock.pass(20_000);
  expect(world.get('deployments.apps', 'web').status).toMatchObject({ availableReplicas: 2, updatedReplicas: 2 });
});

test('a readiness probe on the wrong port: running, never ready', async () => {
  const world = await broken('readiness', 8);
  expect(world.pod.status?.phase).toBe('Running');
  expect(containerStatus(world.pod)).toMatchObject({ ready: false, restartCount: 0 });
  expect(condition(world.pod, 'Ready')).toMatchObject({
    status: 'False',
    reason: 'ContainersNotReady',
    message: 'containers with unready status: [web]',
  });
  const ip = String(world.pod.status?.podIP);
  expect(world.events()).toContain(
    `Warning Unhealthy: Readiness probe failed: Get "http://${ip}:18080/healthz": dial tcp ${ip}:18080: connect: connection refused`,
  );
  await mended(world);
});

test('a liveness probe on the wrong path: killed by its kubelet with 137 that is not OOM', async () => {
  const world = await broken('liveness', 15);
  expect(containerStatus(world.pod).lastState).toMatchObject({ terminated: { exitCode: 137, reason: 'Error' } });
  expect(world.events()).toEqual(
    expect.arrayContaining([
      'Warning Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 404',
      'Normal Killing: Container web failed liveness probe, will be restarted',
    ]),
  );
  await mended(world);
});

test('more CPU than any node has: the scheduler says how many nodes refused, and why', async () => {
  const world = await broken('unschedulable', 2);
  expect(condition(world.pod, 'PodScheduled')).toMatchObject({
    status: 'False',
    reason: 'Unschedulable',
    message:
      '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
  });
  await mended(world);
});

test('a quota that is used up: the replica set is refused in the API’s words', async () => {
  const world = await broken('quota', 4);
  expect(world.pod).toBeUndefined();
  const message = `pods "NAME" is forbidden: exceeded quota: playground-freeze, requested: pods=1, used: pods=2, limited: pods=2`;
  const failure = condition(world.newest, 'ReplicaFailure');
  expect(failure).toMatchObject({ status: 'True', reason: 'FailedCreate' });
  expect(String(failure.message).replace(/"web-[^"]+"/, '"NAME"')).toBe(message);
  expect(condition(world.get('deployments.apps', 'web'), 'ReplicaFailure').message).toBe(failure.message);
  await mended(world);
});

test('a private image, a missing host, a typo in the command, a crash now and then', async () => {
  const denied = await broken('private-image', 2);
  expect(containerStatus(denied.pod).state).toMatchObject({
    waiting: { message: expect.stringContaining('pull access denied') },
  });

  const unreachable = await broken('unreachable-host', 8);
  expect(containerStatus(unreachable.pod).lastState).toMatchObject({ terminated: { exitCode: 1, reason: 'Error' } });

  const typo = await broken('command', 8);
  expect(containerStatus(typo.pod).lastState).toMatchObject({
    terminated: {
      exitCode: 128,
      reason: 'StartError',
      message: expect.stringContaining('exec: "ndoe": executable file not found in $PATH'),
    },
  });

  const flapping = await broken('flapping', 10);
  expect(flapping.get('deployments.apps', 'web').status).toMatchObject({ availableReplicas: 2 });
  await flapping.clock.pass(60_000);
  expect(Number(containerStatus(flapping.get('pods', flapping.pod.metadata.name)).restartCount)).toBeGreaterThan(1);
});

test('a node that is gone: its pods are not ready, then leave, and come back elsewhere', async () => {
  const world = still();
  await world.clock.pass(1_000);
  world.deploy('web', { replicas: 3 });
  await world.clock.pass(10_000);
  const lost = world.pods().find((pod) => pod.spec?.nodeName === 'node-2') as KubeObject;
  world.cluster.break('node-down', { name: 'node-2' });
  await world.clock.pass(6_000);
  const node = world.objects.get('nodes', undefined, 'node-2') as KubeObject;
  expect(condition(node, 'Ready')).toMatchObject({
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  });
  expect(condition(world.get('pods', lost.metadata.name), 'Ready').status).toBe('False');
  await world.clock.pass(40_000);
  expect(world.get('pods', lost.metadata.name).metadata.deletionTimestamp).toBeDefined();
  expect(world.get('deployments.apps', 'web').status).toMatchObject({ availableReplicas: 3 });
  expect(world.pods().filter((pod) => pod.spec?.nodeName === 'node-2')).toHaveLength(1);
  world.cluster.heal({ name: 'node-2' });
  await world.clock.pass(5_000);
  expect(world.pods().filter((pod) => pod.spec?.nodeName === 'node-2')).toHaveLength(0);
  expect(world.events()).toContain(
    `Normal TaintManagerEviction: Marking for deletion Pod default/${lost.metadata.name}`,
  );
  expect(world.problems).toEqual([]);
});
