import { afterAll, beforeAll, expect, test } from 'vitest';
import { followAvailability } from '../../src/actions/availability.ts';
import { createBackends } from '../../src/actions/backends.ts';
import type { Site } from '../../src/actions/sites.ts';
import { readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import type { Catalog, GoldenPath } from '../../src/core/catalog/path.ts';
import type { Order, Progress } from '../../src/core/runs/run.ts';
import { type Cluster, createCluster } from '../../src/playground/cluster/index.ts';
import { quiet } from '../support/house.ts';
import { clock } from './contract/making.ts';

const open = (): Cluster => createCluster({ clock, speed: 100, nodes: 0 });
const [prod, staging] = [open(), open()];
const site = (name: string, cluster: Cluster): Site => {
  const by = { kubeconfig: { text: cluster.kubeconfig(undefined, `ctx-${name}`) } };
  return { name, context: `ctx-${name}`, by, access: () => readKubeconfig(undefined, by.kubeconfig) };
};
beforeAll(async () => {
  for (const cluster of [prod, staging]) await cluster.listen();
});
afterAll(async () => {
  for (const cluster of [prod, staging]) await cluster.close();
});
const backends = () =>
  createBackends({
    clock,
    folder: 'not used',
    environment: {},
    terraform: 'terraform',
    backstage: undefined,
    sites: [site('prod', prod), site('staging', staging)],
  });
const kubernetes = () => {
  const found = backends().find(({ name }) => name === 'kubernetes');
  if (!found) throw new Error('there is no such backend');
  return found;
};

const order = (verb: Order['verb'], size: string, more: Partial<Order> = {}): Order => ({
  run: `q1-${verb}`,
  verb,
  resource: 'r1',
  path: 'notes',
  version: '1.0.0',
  spec: {
    namespace: 'default',
    objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'notes' }, data: { size } }],
  },
  labels: { 'groundcrew.dev/resource': 'r1' },
  annotations: {},
  timeoutSeconds: 60,
  ...more,
});
async function carriedOut(what: Order): Promise<Progress['state'] | undefined> {
  let last: Progress | undefined;
  for await (const progress of kubernetes().run(what, new AbortController().signal)) last = progress;
  return last?.state;
}
const sizes = () =>
  [prod, staging].map((cluster) => {
    const data = cluster.objects.get('configmaps', 'default', 'notes')?.data as { size?: string } | undefined;
    return data?.size;
  });

test('an order is carried out in its cluster, by its name or by its context, and nowhere else', async () => {
  expect(await carriedOut(order('create', 's', { cluster: 'staging' }))).toBe('ready');
  expect(sizes()).toEqual([undefined, 's']);
  // Whose name is taken in one cluster is free in the other.
  expect(await carriedOut(order('create', 'm', { resource: 'r2', labels: { 'groundcrew.dev/resource': 'r2' } }))).toBe(
    'ready',
  );
  expect(sizes()).toEqual(['m', 's']);
  // Called something else meanwhile.
  expect(await carriedOut(order('change', 'l', { cluster: 'ctx-staging' }))).toBe('ready');
  expect(sizes()).toEqual(['m', 'l']);
  const { signal } = new AbortController();
  expect((await kubernetes().preview(order('change', 'xl', { cluster: 'staging' }), signal)).changes).toEqual([
    { what: 'ConfigMap default/notes', does: 'change' },
  ]);
  expect(await carriedOut(order('delete', 'l', { cluster: 'staging' }))).toBe('ready');
  expect(sizes()).toEqual(['m', undefined]);
});

test('one that is not connected is refused, whatever else is', async () => {
  const gone = order('delete', 'm', { cluster: 'lab' });
  const refusal = {
    code: 'cluster_unfollowed',
    message: expect.stringContaining(
      'The cluster “lab”, in which this is made, isn’t connected (there are prod, staging), so nothing was done.',
    ),
  };
  await expect(kubernetes().preview(gone, new AbortController().signal)).rejects.toMatchObject(refusal);
  await expect(carriedOut(gone)).rejects.toMatchObject(refusal);
  expect(sizes()[0]).toBe('m');
});

test('of a path that names its cluster is said how that one is', async () => {
  const path = (cluster?: string) =>
    ({ name: 'notes', backend: { kind: 'kubernetes', spec: {} }, ...(cluster ? { cluster } : {}) }) as GoldenPath;
  const catalog: Catalog = {
    paths: [path(), path('staging'), path('lab'), path('${{ params.where }}')],
    broken: [],
  };
  staging.fail(() => ({ kind: 'status', code: 403, message: 'closed' }));
  const followed = followAvailability([kubernetes()], clock, quiet, ['prod', 'staging']);
  await followed.start();
  followed.stop();
  staging.fail(undefined);
  expect(followed.over(catalog).paths.map((p) => p.unavailable)).toEqual([
    undefined,
    expect.stringContaining('403'),
    expect.stringContaining('The cluster “lab”, in which this is made, isn’t connected'),
    undefined,
  ]);
});
