import { expect, test } from 'vitest';
import type { Fields, KubeObject } from '../../src/playground/cluster/index.ts';
import { ApiError } from '../../src/playground/cluster/status.ts';
import { deployment, still } from './world.ts';

const world = () => still({ controllers: false }).objects;
const kind = 'deployments.apps';
const conflictOf = (run: () => unknown): ApiError => {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('there was no conflict');
};
const config = (spec: Fields, labels: Fields = {}): Fields => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', labels },
  spec,
});
const full = deployment('web');
const podOf = (object: KubeObject): Fields => ((object.spec as Fields).template as Fields).spec as Fields;
const owners = (object: KubeObject) =>
  (object.metadata.managedFields ?? []).map(({ manager, operation }) => `${manager} ${operation}`);

test('what one manager applies, another may not change, unless it says the same or forces', () => {
  const objects = world();
  objects.apply(kind, full, { manager: 'ci' });
  const error = conflictOf(() => objects.apply(kind, config({ replicas: 7 }), { manager: 'scaler' }));
  expect(error.status).toMatchObject({
    code: 409,
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "ci" using apps/v1: .spec.replicas',
    details: {
      causes: [
        { reason: 'FieldManagerConflict', field: '.spec.replicas', message: 'conflict with "ci" using apps/v1' },
      ],
    },
  });
  const shared = objects.apply(kind, config({ replicas: 2 }), { manager: 'scaler' });
  expect(owners(shared)).toEqual(['ci Apply', 'scaler Apply']);
  const forced = objects.apply(kind, config({ replicas: 7 }), { manager: 'scaler', force: true });
  expect(forced.spec?.replicas).toBe(7);
  // The first has lost it: applying its own again is now the conflict.
  expect(conflictOf(() => objects.apply(kind, full, { manager: 'ci' })).message).toContain('conflict with "scaler"');
});

test('what a manager applies no longer goes, if nobody else wants it', () => {
  const objects = world();
  objects.apply(
    kind,
    { ...full, metadata: { name: 'web', namespace: 'default', labels: { a: '1', b: '2' } } },
    { manager: 'ci' },
  );
  objects.apply(
    kind,
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default', labels: { b: '2' } } },
    { manager: 'other' },
  );
  const after = objects.apply(kind, full, { manager: 'ci' });
  expect(after.metadata.labels).toEqual({ b: '2' });
});

test('containers, variables and ports are told apart by their keys', () => {
  const objects = world();
  objects.apply(kind, full, { manager: 'ci' });
  const side = { template: { spec: { containers: [{ name: 'proxy', image: 'proxy:1' }] } } };
  objects.apply(kind, config(side), { manager: 'mesh' });
  const variable = { template: { spec: { containers: [{ name: 'web', env: [{ name: 'A', value: '1' }] }] } } };
  const both = objects.apply(kind, config(variable), { manager: 'env' });
  expect(podOf(both)).toMatchObject({
    containers: [
      { name: 'web', image: 'registry.acme.example/web:1.0.0', env: [{ name: 'A', value: '1' }] },
      { name: 'proxy', image: 'proxy:1' },
    ],
  });
  const without = objects.apply(kind, config({}), { manager: 'mesh' });
  expect(podOf(without)).toMatchObject({ containers: [{ name: 'web' }] });
});

test('a plain update takes fields over; applying then meets it by name and time', () => {
  const objects = world();
  objects.apply(kind, full, { manager: 'ci' });
  objects.patch(kind, 'default', 'web', { spec: { replicas: 9 } }, { manager: 'kubectl-scale' });
  const error = conflictOf(() => objects.apply(kind, full, { manager: 'ci' }));
  expect(error.message).toBe(
    'Apply failed with 1 conflict: conflict with "kubectl-scale" using apps/v1 at 2026-03-02T09:00:00Z: .spec.replicas',
  );
});

test('applying the same again changes nothing, not even the version', () => {
  const objects = world();
  const first = objects.apply(kind, full, { manager: 'ci' });
  const second = objects.apply(kind, full, { manager: 'ci' });
  expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  const dry = objects.apply(kind, config({ replicas: 4 }), { manager: 'other', dryRun: true, force: true });
  expect(dry.spec?.replicas).toBe(4);
  expect(objects.get(kind, 'default', 'web')?.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
});

test('status belongs to the status subresource', () => {
  const objects = world();
  const made = objects.create(kind, { ...full, status: { replicas: 5 } });
  expect(made.status).toBeUndefined();
  const seen = objects.update(
    kind,
    { ...made, spec: { ...made.spec, replicas: 8 }, status: { replicas: 5 } } as Fields,
    { manager: 'c', subresource: 'status' },
  );
  expect([seen.status, seen.spec?.replicas, seen.metadata.generation]).toEqual([{ replicas: 5 }, 2, 1]);
  const next = objects.patch(kind, 'default', 'web', { spec: { replicas: 3 }, status: { replicas: 0 } });
  expect([next.status, next.spec?.replicas, next.metadata.generation]).toEqual([{ replicas: 5 }, 3, 2]);
});

test('strategic merge: by key, with deletion, replacement, order; not for custom resources', () => {
  const objects = world();
  objects.create(kind, full);
  const patch = (containers: readonly Fields[], more: Fields = {}) =>
    objects.patch(
      kind,
      'default',
      'web',
      { spec: { template: { spec: { containers, ...more } } } },
      { type: 'strategic' },
    );
  const list = (object: KubeObject) => (podOf(object).containers as readonly Fields[]).map((one) => one.name);
  expect(list(patch([{ name: 'log', image: 'log:1' }]))).toEqual(['web', 'log']);
  expect(list(patch([], { '$setElementOrder/containers': [{ name: 'log' }, { name: 'web' }] }))).toEqual([
    'log',
    'web',
  ]);
  expect(list(patch([{ name: 'log', $patch: 'delete' }]))).toEqual(['web']);
  expect(list(patch([{ $patch: 'replace' }, { name: 'only', image: 'only:1' }]))).toEqual(['only']);
  objects.create('localqueues.kueue.x-k8s.io', {
    apiVersion: 'kueue.x-k8s.io/v1beta1',
    kind: 'LocalQueue',
    metadata: { name: 'q', namespace: 'default' },
    spec: { clusterQueue: 'a' },
  });
  expect(
    conflictOf(() => objects.patch('localqueues.kueue.x-k8s.io', 'default', 'q', { spec: {} }, { type: 'strategic' }))
      .code,
  ).toBe(415);
});
