import { expect, test } from 'vitest';
import { codes, fixes, read, the, words } from './check.ts';
import { ago, condition, crashing, named, ownedBy, pod, replicaSet, running, terminated, waiting } from './objects.ts';

type Obj = Record<string, unknown>;
const postgres = (name = 'orders-db') => named('postgresql.cnpg.io/v1', 'Cluster', name);
const starved = () => crashing(137, 'OOMKilled');
const member = (owner: Obj, name: string, status: Obj = running()) =>
  pod(name, owner, { status: { containerStatuses: [status] } });

test('the pods of one object of an operator are one failure, named by it', () => {
  const db = postgres();
  const v = the([
    member(db, 'orders-db-1', starved()),
    member(db, 'orders-db-2', starved()),
    member(db, 'orders-db-3'),
  ]);
  expect(v).toMatchObject({
    code: 'out-of-memory',
    object: { kind: 'Cluster', namespace: 'shop', name: 'orders-db' },
    affected: [],
    blast: { reach: 'partly', text: '1 of 3 pods is ready: it serves with less than it should.' },
  });
  // Its pods are made anew as the operator’s own object says: that is where to change it.
  expect(v.fixes).toEqual([
    {
      kind: 'ask',
      title: 'Raise its memory limit to 384Mi (in the Cluster orders-db, which makes it)',
      command: 'kubectl -n shop edit cluster.postgresql.cnpg.io orders-db',
    },
  ]);
  const other = postgres('bills-db');
  const both = read([member(db, 'orders-db-1', starved()), member(other, 'bills-db-1', starved())]);
  expect(both.map((one) => one.object.name)).toEqual(['bills-db', 'orders-db']);
  expect(codes([member(db, 'orders-db-1'), member(db, 'orders-db-2')])).toEqual([]);
});

test('a pod that a machine runs by itself, and one that nothing controls, stay what they are', () => {
  const machine = named('v1', 'Node', 'node-1');
  const alone = read([
    member(machine, 'proxy-node-1', starved()),
    member(machine, 'etcd-node-1', starved()),
    pod('toolbox', undefined, { status: { containerStatuses: [starved()] } }),
    // It only goes away together with this one: nothing makes it anew.
    pod('lent', undefined, {
      status: { containerStatuses: [starved()] },
      meta: { ownerReferences: [{ ...ownedBy(postgres()), controller: undefined }] },
    }),
  ]);
  expect(alone.map((v) => `${v.object.kind} ${v.object.name}`)).toEqual([
    'Pod etcd-node-1',
    'Pod lent',
    'Pod proxy-node-1',
    'Pod toolbox',
  ]);
});

test('a pod of an operator that failed is history once another one runs in its place', () => {
  const db = postgres();
  const failed = pod('orders-db-1', db, {
    spec: { restartPolicy: 'Never' },
    meta: { creationTimestamp: ago(900) },
    status: {
      phase: 'Failed',
      containerStatuses: [{ name: 'shop', ready: false, restartCount: 0, state: terminated(1, 'Error') }],
    },
  });
  expect(the([failed]).object).toMatchObject({ kind: 'Cluster', name: 'orders-db' });
  expect(codes([failed, member(db, 'orders-db-2')])).toEqual([]);
});

test('a job that an operator runs is a failure of its object', () => {
  const db = postgres();
  const job = (owner: Obj | undefined) =>
    named(
      'batch/v1',
      'Job',
      'orders-db-1-initdb',
      {
        spec: { parallelism: 1, completions: 1, backoffLimit: 6 },
        status: {
          failed: 7,
          conditions: [condition('Failed', 'True', { reason: 'BackoffLimitExceeded', message: 'it gave up' })],
        },
      },
      owner === undefined ? {} : { ownerReferences: [ownedBy(owner)] },
    );
  expect(the([job(db)])).toMatchObject({
    code: 'job-backoff-limit',
    object: { kind: 'Cluster', name: 'orders-db' },
    affected: [{ kind: 'Job', name: 'orders-db-1-initdb' }],
  });
  expect(the([job(undefined)])).toMatchObject({ object: { kind: 'Job', name: 'orders-db-1-initdb' }, affected: [] });
});

test('several StatefulSets that an operator made fail as one; what nobody made fails by itself', () => {
  const queue = named('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', 'logs');
  const set = (name: string, owner: Obj | undefined) =>
    named(
      'apps/v1',
      'StatefulSet',
      name,
      { spec: { replicas: 1, template: { spec: {} } }, status: { replicas: 1, readyReplicas: 0, updatedReplicas: 1 } },
      owner === undefined ? {} : { ownerReferences: [ownedBy(owner)] },
    );
  const broken = (owner: Obj | undefined) =>
    ['logs-es-masters', 'logs-es-data'].flatMap((name) => {
      const s = set(name, owner);
      return [s, member(s, `${name}-0`, crashing(1, 'Error'))];
    });
  const v = the(broken(queue));
  expect(v).toMatchObject({
    code: 'app-crash',
    severity: 'critical',
    object: { kind: 'Elasticsearch', name: 'logs' },
    affected: [
      { kind: 'StatefulSet', name: 'logs-es-masters' },
      { kind: 'StatefulSet', name: 'logs-es-data' },
    ],
    blast: { text: '2 of 2 have no ready pod: whoever uses them gets errors.' },
  });
  expect(read(broken(undefined)).map((one) => one.object.name)).toEqual(['logs-es-data', 'logs-es-masters']);
});

test('a rollout of Argo is followed as a Deployment is: what changed, and whether the old pods serve', () => {
  const rollout = named('argoproj.io/v1alpha1', 'Rollout', 'shop');
  const of = (revision: number, image: string, replicas: number) => {
    const set = replicaSet(rollout, revision, { containers: [{ name: 'shop', image }] }, { spec: { replicas } });
    const annotations = { 'rollout.argoproj.io/revision': String(revision) };
    return { ...set, metadata: { ...(set.metadata as Obj), annotations } } as Obj;
  };
  const sets = [of(1, 'shop:1', 1), { ...of(2, 'shop:3', 1), status: { replicas: 1, readyReplicas: 0 } }];
  const [old, fresh] = sets as [Obj, Obj];
  const serving = { ...old, status: { replicas: 1, readyReplicas: 1 } };
  const v = the([
    serving,
    fresh,
    member(serving, 'shop-a'),
    member(fresh, 'shop-b', waiting('ErrImagePull', 'shop:3: not found')),
  ]);
  expect(v).toMatchObject({
    code: 'image-not-found',
    severity: 'warning',
    object: { kind: 'Rollout', name: 'shop' },
    changed: { from: 1, to: 2, knownGood: true },
    blast: { reach: 'old-pods-serve' },
  });
  expect(words(v)).toContain('shop can’t start');
  // A rollback by kubectl would be undone by its controller.
  expect(fixes(v)).toEqual(['kubectl -n shop edit rollout.argoproj.io shop']);
});
