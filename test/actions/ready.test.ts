import { describe, expect, test } from 'vitest';
import { untilReady } from '../../src/actions/kubernetes/following.ts';
import { field, type Live } from '../../src/actions/kubernetes/objects.ts';
import { type Standing, standing } from '../../src/actions/kubernetes/ready.ts';
import { createStory } from '../../src/actions/story.ts';
import type { Progress } from '../../src/core/runs/run.ts';
import { virtualClock } from '../support/clock.ts';

type Given = readonly [spec: object, status: object | undefined, is: Standing['is'], why?: string];
const object = (apiVersion: string, kind: string, spec: object = {}, status?: object): Live => ({
  apiVersion,
  kind,
  metadata: { name: 'x', namespace: 'n', generation: 3 },
  spec,
  ...(status ? { status } : {}),
});
const says = (type: string, status: string, more: object = {}) => ({ type, status, ...more });
const conditions = (...list: object[]) => ({ conditions: list });

const cases: Readonly<Record<string, readonly Given[]>> = {
  'v1 ConfigMap': [[{}, undefined, 'ready']],
  'v1 Namespace': [
    [{}, { phase: 'Active' }, 'ready'],
    [{}, { phase: 'Terminating' }, 'working', 'it is being deleted'],
  ],
  'v1 Service': [
    [{ type: 'ClusterIP' }, undefined, 'ready'],
    [{ type: 'LoadBalancer' }, { loadBalancer: {} }, 'working', 'waits for its address'],
    [{ type: 'LoadBalancer' }, { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }, 'ready'],
  ],
  'v1 PersistentVolumeClaim': [
    [{}, { phase: 'Pending' }, 'working'],
    [{}, { phase: 'Bound' }, 'ready'],
    [{}, { phase: 'Lost' }, 'failed'],
  ],
  'v1 Pod': [
    [{}, { phase: 'Running', ...conditions(says('Ready', 'True')) }, 'ready'],
    [{}, { phase: 'Failed', message: 'evicted' }, 'failed', 'evicted'],
    [
      {},
      {
        phase: 'Pending',
        containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } }],
      },
      'stuck',
      'no such image',
    ],
  ],
  'apps/v1 Deployment': [
    [{ replicas: 2 }, undefined, 'working'],
    [{ replicas: 2 }, { observedGeneration: 2, replicas: 2, availableReplicas: 2, updatedReplicas: 2 }, 'working'],
    [{ replicas: 2 }, { observedGeneration: 3, replicas: 3, availableReplicas: 3, updatedReplicas: 2 }, 'working'],
    [
      { replicas: 2 },
      { observedGeneration: 3, replicas: 2, availableReplicas: 1, updatedReplicas: 2 },
      'working',
      '1 of 2 ready',
    ],
    [{ replicas: 2 }, { observedGeneration: 3, replicas: 2, availableReplicas: 2, updatedReplicas: 2 }, 'ready'],
    [{ replicas: 0 }, { observedGeneration: 3 }, 'ready'],
    [
      {},
      {
        observedGeneration: 3,
        ...conditions(says('Progressing', 'False', { reason: 'ProgressDeadlineExceeded', message: 'too slow' })),
      },
      'stuck',
      'too slow',
    ],
  ],
  'batch/v1 Job': [
    [{ suspend: true }, undefined, 'working', 'waits in the queue'],
    [{}, { active: 1, ready: 1 }, 'ready'],
    [{}, conditions(says('Complete', 'True')), 'ready'],
    [{}, conditions(says('Failed', 'True', { message: 'BackoffLimitExceeded' })), 'failed', 'BackoffLimitExceeded'],
  ],
  'postgresql.cnpg.io/v1 Cluster': [
    [{}, { phase: 'Setting up primary' }, 'working', 'Setting up primary'],
    [{}, { phase: 'Waiting for user action' }, 'stuck'],
    [{}, { phase: 'Cluster in healthy state', ...conditions(says('Ready', 'True')) }, 'ready'],
  ],
  'argoproj.io/v1alpha1 Application': [
    [{}, undefined, 'working'],
    [{}, { sync: { status: 'Synced' }, health: { status: 'Progressing' } }, 'working', 'Progressing'],
    [
      {},
      { sync: { status: 'Synced' }, health: { status: 'Healthy' }, operationState: { phase: 'Succeeded' } },
      'ready',
    ],
    [
      {},
      { sync: { status: 'OutOfSync' }, operationState: { phase: 'Failed', message: 'no such branch' } },
      'failing',
      'no such branch',
    ],
    [{}, { health: { status: 'Degraded' } }, 'stuck'],
  ],
  'kafka.strimzi.io/v1 KafkaTopic': [
    [{}, undefined, 'working'],
    [{}, conditions(says('Ready', 'True')), 'ready'],
    [
      {},
      conditions(says('NotReady', 'True', { message: 'replicas cannot change' })),
      'failing',
      'replicas cannot change',
    ],
  ],
  'rabbitmq.com/v1beta1 RabbitmqCluster': [
    [{}, conditions(says('AllReplicasReady', 'True')), 'working'],
    [{}, conditions(says('AllReplicasReady', 'True'), says('ClusterAvailable', 'True')), 'ready'],
    [{}, conditions(says('ReconcileSuccess', 'False', { message: 'no storage' })), 'failing', 'no storage'],
  ],
  's3.services.k8s.aws/v1alpha1 Bucket': [
    [{}, conditions(says('ACK.Terminal', 'True', { message: 'BucketAlreadyExists' })), 'failed', 'BucketAlreadyExists'],
    [{}, conditions(says('Ready', 'True')), 'ready'],
  ],
  // Any other that has a controller.
  's3.aws.m.upbound.io/v1beta1 Bucket': [
    [{}, undefined, 'working', 'waits for its controller'],
    [{}, conditions(says('Synced', 'True'), says('Ready', 'False', { message: 'creating' })), 'working', 'creating'],
    [
      {},
      conditions(says('Synced', 'False', { message: 'no credentials' }), says('Ready', 'True')),
      'failing',
      'no credentials',
    ],
    [{}, conditions(says('Synced', 'True'), says('Ready', 'True')), 'ready'],
    [{}, conditions(says('Ready', 'True', { observedGeneration: 2 })), 'working'],
    [{}, { observedGeneration: 2, ...conditions(says('Ready', 'True')) }, 'working'],
    [{}, conditions(says('Stalled', 'True', { message: 'RetriesExceeded' })), 'failed', 'RetriesExceeded'],
  ],
};

describe.each(Object.entries(cases))('%s', (name, given) => {
  const [apiVersion, kind] = name.split(' ') as [string, string];
  test.each(given)('%j with status %j is %s', (spec, status, is, why) => {
    const stands = standing(object(apiVersion, kind, spec as object, status as object | undefined));
    expect(stands.is).toBe(is);
    if (why !== undefined) expect(stands.why).toBe(why);
  });
});

describe('a path’s own words', () => {
  const set = (status: object) => object('redis.redis.opstreelabs.in/v1beta2', 'Redis', {}, status);
  const own = { kind: 'Redis', conditions: { Happy: 'True' }, fields: { 'status.nodes.0.up': true } } as const;

  test('decide in place of the kind’s rule: all of them have to hold', () => {
    expect(standing(set(conditions(says('Ready', 'True'))), own).is).toBe('working');
    expect(standing(set(conditions(says('Happy', 'True'))), own)).toEqual({
      is: 'working',
      why: 'waits for status.nodes.0.up',
    });
    expect(standing(set({ ...conditions(says('Happy', 'True')), nodes: [{ up: true }] }), own)).toEqual({
      is: 'ready',
    });
  });

  test('do not hide that it failed', () => {
    const failed = conditions(says('Stalled', 'True', { message: 'no' }));
    expect(standing(set(failed), own)).toEqual({ is: 'failed', why: 'no' });
  });

  test('name fields, never what every object has in JavaScript', () => {
    expect(field({ a: { b: [1, { c: 'x' }] } }, 'a.b.1.c')).toBe('x');
    expect(field({}, 'constructor.name')).toBeUndefined();
    expect(field({ a: 'text' }, 'a.length')).toBeUndefined();
  });
});

describe('waiting', () => {
  const target = { apiVersion: 'x.test/v1', kind: 'Thing', name: 'x', path: '/x' };
  /** An API in which one object stands as the test says, and a clock that is moved by who waits. */
  function wait(status: () => object | undefined, clock = virtualClock(), changed = false) {
    const said: Progress[] = [];
    const story = createStory(['Wait'], clock, (p) => said.push(p));
    story.begin('Wait');
    const api = async () => ({ status: 200, body: object('x.test/v1', 'Thing', {}, status()) });
    const signal = new AbortController().signal;
    let over = false;
    const done = untilReady(api, clock, [{ target, made: true }], story, { signal }, changed).finally(() => {
      over = true;
    });
    done.catch(() => {});
    return {
      said,
      done,
      async pass(ms: number) {
        for (let at = 0; at < ms && !over; at += 1_000) {
          await new Promise((resolve) => setImmediate(resolve));
          await clock.pass(1_000);
        }
      },
    };
  }

  test('believes that something failed when it goes on saying so', async () => {
    let status = conditions(says('Synced', 'False', { message: 'no credentials' }));
    const passing = wait(() => status);
    await passing.pass(20_000);
    status = conditions(says('Ready', 'True'));
    await passing.pass(5_000);
    await expect(passing.done).resolves.toBeUndefined();
    const lasting = wait(() => conditions(says('Synced', 'False', { message: 'no credentials' })));
    await lasting.pass(60_000);
    await expect(lasting.done).rejects.toMatchObject({
      code: 'object_failed',
      message: expect.stringContaining('no credentials'),
    });
  });

  test('waits a while before it believes “ready” of a change, unless it is said of which generation', async () => {
    let status: object = conditions(says('Ready', 'True'));
    const changed = wait(() => status, virtualClock(), true);
    await changed.pass(10_000);
    expect(changed.said.at(-1)?.steps[0]?.note).toContain('I look whether it stays so');
    // Now its controller has noticed.
    status = conditions(says('Ready', 'False', { message: 'rolling' }));
    await changed.pass(20_000);
    expect(changed.said.at(-1)?.steps[0]?.note).toContain('rolling');
    status = conditions(says('Ready', 'True'));
    await changed.pass(10_000);
    expect(changed.said.at(-1)?.steps[0]?.note).toContain('I look whether it stays so');
    await changed.pass(10_000);
    await expect(changed.done).resolves.toBeUndefined();
    const told = wait(() => ({ observedGeneration: 3, ...status }), virtualClock(), true);
    await told.pass(1_000);
    await expect(told.done).resolves.toBeUndefined();
  });

  test('turns amber when nobody says anything of an object', async () => {
    let status: object | undefined;
    const silent = wait(() => status);
    await silent.pass(50_000);
    expect(silent.said.some((p) => p.slow)).toBe(false);
    await silent.pass(20_000);
    expect(silent.said.at(-1)).toMatchObject({
      slow: true,
      steps: [{ note: expect.stringContaining('are its labels right?') }],
    });
    status = conditions(says('Ready', 'True'));
    await silent.pass(10_000);
    await expect(silent.done).resolves.toBeUndefined();
  });
});
