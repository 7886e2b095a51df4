import { expect, test } from 'vitest';
import { codes, fixes, the, words } from './check.ts';
import {
  ago,
  condition,
  container,
  crashing,
  deployment,
  named,
  pod,
  podSpec,
  replicaSet,
  running,
  scene,
  waiting,
} from './objects.ts';

const expired = condition('Progressing', 'False', {
  reason: 'ProgressDeadlineExceeded',
  message: 'ReplicaSet "shop-7c9d5f4b8" has timed out progressing.',
});
const unready = running({ ready: false });

test('a deadline is a symptom: the pod’s cause is told, and the deadline beside it', () => {
  const v = the(scene({ status: crashing(1, 'Error'), deployment: { status: { conditions: [expired] } } }));
  expect(v.code).toBe('app-crash');
  expect(v.evidence.at(-1)).toMatchObject({ path: 'status.conditions[Progressing].message', says: expired.message });
});

test('a rollout that ran out of time, and nobody says why', () => {
  const v = the(scene({ status: unready, deployment: { status: { conditions: [expired] } } }));
  expect(v).toMatchObject({ code: 'rollout-stuck', confidence: 'unclear' });
  expect(v.fixes[0]).toMatchObject({
    kind: 'rollback',
    command: 'kubectl -n shop rollout undo deployment/shop --to-revision=1',
  });
  // The condition stays after its pods have come.
  expect(codes(scene({ fresh: 3, old: 0, deployment: { status: { conditions: [expired] } } }))).toEqual([]);
});

test('silence: paused, and scaled to nothing, on purpose', () => {
  const paused = { spec: { paused: true }, status: { conditions: [expired] } };
  expect(codes(scene({ status: unready, deployment: paused }))).toEqual([]);
  const none = deployment({ spec: { replicas: 0 }, status: { replicas: 0, readyReplicas: 0 } });
  expect(codes([none])).toEqual([]);
});

test('who notices: nobody while the old pods serve, some when they are fewer, users when none is left', () => {
  const status = crashing(1, 'Error');
  expect(the(scene({ status })).blast.reach).toBe('old-pods-serve');
  expect(the(scene({ status, old: 1 })).blast).toEqual({
    reach: 'partly',
    text: '1 of 3 pods is ready: it serves with less than it should.',
  });
  expect(the(scene({ status, old: 0 }))).toMatchObject({ severity: 'critical', blast: { reach: 'users' } });
});

test('a change that nobody has taken up', () => {
  const ahead = (seconds: number) =>
    deployment({ meta: { generation: 5, managedFields: [{ time: ago(seconds) }] }, spec: { replicas: 0 } });
  const set = (seconds: number) => ({
    ...ahead(seconds),
    spec: { replicas: 1 },
    status: { observedGeneration: 4, replicas: 1 },
  });
  expect(the([set(300)]).code).toBe('spec-not-observed');
  expect(codes([set(10)])).toEqual([]);
});

test('pods that are missing without a word', () => {
  const d = deployment({ status: { replicas: 0, readyReplicas: 0 } });
  const other = pod('else', undefined, { meta: { labels: {} } });
  expect(the([d, other])).toMatchObject({ code: 'pods-not-created', severity: 'critical' });
  // When pods are not among the objects, their absence says nothing.
  expect(codes([d])).toEqual([]);
});

test('pods that run, are not ready and have no check that would say why', () => {
  const old = { meta: { creationTimestamp: ago(3_000) } };
  expect(the(scene({ status: unready, pod: old })).code).toBe('pods-not-ready');
  expect(codes(scene({ status: unready, pod: { meta: { creationTimestamp: ago(100) } } }))).toEqual([]);
});

test('the service that a StatefulSet names', () => {
  const aged = (seconds: number) =>
    named(
      'apps/v1',
      'StatefulSet',
      'db',
      {
        spec: { replicas: 1, serviceName: 'db-hedless', selector: { matchLabels: { app: 'db' } } },
        status: { replicas: 1, readyReplicas: 1 },
      },
      { creationTimestamp: ago(seconds) },
    );
  const set = aged(3_000);
  const service = (name: string) =>
    named('v1', 'Service', name, { spec: { clusterIP: 'None', ports: [{ port: 5432 }] } });
  const p = pod('db-0', set, { meta: { labels: { app: 'db' } } });
  const v = the([set, p, service('db-headless')]);
  expect(v).toMatchObject({ code: 'statefulset-service-missing', near: ['db-headless'] });
  expect(v.fixes).toMatchObject([
    { kind: 'create', patch: { kind: 'Service', spec: { clusterIP: 'None', selector: { app: 'db' } } } },
  ]);
  expect(codes([set, p, service('db-hedless')])).toEqual([]);
  expect(codes([set, p])).toEqual([]);
  // Made a moment ago, together with a service that is not there yet.
  expect(codes([aged(59), p, service('db-headless')])).toEqual([]);
  expect(codes([aged(60), p, service('db-headless')])).toEqual(['statefulset-service-missing']);
});

test('of a Deployment alone its own status tells, after ten minutes', () => {
  const unavailable = (since: number) =>
    deployment({
      status: {
        unavailableReplicas: 3,
        conditions: [
          condition('Available', 'False', {
            reason: 'MinimumReplicasUnavailable',
            message: 'Deployment does not have minimum availability.',
            lastTransitionTime: ago(since),
          }),
        ],
      },
    });
  expect(the([unavailable(900)])).toMatchObject({ code: 'pods-not-ready', confidence: 'unclear' });
  expect(codes([unavailable(100)])).toEqual([]);
});

test('a StatefulSet’s later pods wait for the one that fails', () => {
  const set = named('apps/v1', 'StatefulSet', 'db', {
    spec: { replicas: 3 },
    status: { replicas: 2, readyReplicas: 1 },
  });
  const member = (name: string, status = running()) =>
    pod(name, set, { meta: { labels: { app: 'db' } }, status: { containerStatuses: [status] } });
  expect(the([set, member('db-0'), member('db-1', crashing(1, 'Error'))]).blast.text).toBe(
    '1 of 3 pods is ready: it serves with less than it should. The pods after it wait for it.',
  );
});

test('what the newest revision changed is told line by line, without what every rollout changes', () => {
  const before = {
    containers: [
      container({
        image: 'a:1',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', valueFrom: { configMapKeyRef: { name: 'x', key: 'k' } } },
        ],
        args: ['--port', '80'],
      }),
    ],
  };
  const after = {
    containers: [
      container({
        image: 'a:1',
        env: [
          { name: 'B', valueFrom: { configMapKeyRef: { name: 'y', key: 'k' } } },
          { name: 'C', value: '3' },
        ],
        args: ['--port', '81'],
      }),
    ],
  };
  const v = the(scene({ before, spec: after, status: crashing(1, 'Error') }));
  expect(v.changed?.changes).toEqual([
    { path: 'containers[shop].args', before: '--port 80', after: '--port 81' },
    { path: 'containers[shop].env[A]', before: '1' },
    { path: 'containers[shop].env[B].valueFrom.configMapKeyRef.name', before: 'x', after: 'y' },
    { path: 'containers[shop].env[C]', after: '3' },
  ]);
});

test('a restart that changed nothing is no reason to go back', () => {
  const same = { containers: [container()] };
  const v = the(scene({ before: same, spec: same, status: crashing(1, 'Error') }));
  expect(v.changed).toBeUndefined();
  expect(v.fixes.map((f) => f.kind)).not.toContain('rollback');
});

test('the last good revision is the one that serves, not merely the one before', () => {
  const d = deployment();
  const set = (revision: number, image: string, ready: number) => {
    const o = replicaSet(
      d,
      revision === 1 ? 1 : 2,
      { containers: [container({ image })] },
      { status: { readyReplicas: ready } },
    );
    return {
      ...o,
      metadata: {
        ...(o.metadata as object),
        name: `shop-${revision}`,
        uid: `uid-${revision}`,
        annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      },
    };
  };
  const newest = set(4, 'shop:4', 0);
  const bad = pod('shop-4-a', newest, {
    status: { containerStatuses: [waiting('ErrImagePull', 'shop:4: not found')] },
  });
  const v = the([d, set(2, 'shop:2', 3), set(3, 'shop:3', 0), newest, bad]);
  expect(v.changed).toMatchObject({ from: 2, to: 4, knownGood: true });
  expect(fixes(v)[0]).toContain('--to-revision=2');
});

test.each([
  ['Argo CD', { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/shop' } }],
  ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }],
  ['Helm', { annotations: { 'meta.helm.sh/release-name': 'shop' } }],
  ['Helm', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }],
])('what %s manages is told as such', (who, meta) => {
  expect(the(scene({ status: crashing(1, 'Error'), deployment: { meta } })).managedBy).toBe(who);
});

test('without the Deployment and its ReplicaSets, its pods still say whose they are', () => {
  const pods = scene({ status: crashing(1, 'Error'), old: 0 }).filter((o) => o.kind === 'Pod');
  expect(the(pods)).toMatchObject({ object: { kind: 'Deployment', name: 'shop' }, code: 'app-crash' });
});

test('a pod that nothing controls is its own', () => {
  const bare = pod('debug', undefined, { meta: { labels: {} }, status: { containerStatuses: [crashing(1, 'Error')] } });
  expect(the([bare])).toMatchObject({ object: { kind: 'Pod', name: 'debug' } });
  expect(words(the([bare]))).toContain('debug keeps ending');
});

test('a change that a paused rollout holds back is what to roll out; a pause with nothing behind it is not', () => {
  const failing = { status: waiting('ErrImagePull', 'ghcr.io/acme/shop:1.2.4: not found') };
  const held = { ...podSpec(), containers: [container({ image: 'ghcr.io/acme/shop:1.2.5' })] };
  const template = { metadata: { labels: { app: 'shop' } }, spec: held };
  const v = the(scene({ ...failing, deployment: { spec: { paused: true, template } } }));
  expect(v.fixes[0]).toEqual({
    kind: 'resume',
    title: 'Resume its rollout, which holds a change back',
    command: 'kubectl -n shop rollout resume deployment/shop',
  });
  expect(the(scene({ ...failing, deployment: { spec: { paused: true } } })).fixes[0]?.kind).toBe('rollback');
  expect(the(scene({ ...failing, deployment: { spec: { template } } })).fixes[0]?.kind).toBe('rollback');
});
