import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followAvailability } from '../../src/actions/availability.ts';
import { createBackends } from '../../src/actions/backends.ts';
import type { Site } from '../../src/actions/sites.ts';
import { readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import type { Catalog, GoldenPath } from '../../src/core/catalog/path.ts';
import type { PersonId } from '../../src/core/kernel/index.ts';
import type { Order, Progress, Whereabouts } from '../../src/core/runs/run.ts';
import { type Cluster, createCluster } from '../../src/playground/cluster/index.ts';
import { openDb } from '../../src/store/db.ts';
import { createStore } from '../../src/store/store.ts';
import { createWhereabouts } from '../../src/store/whereabouts.ts';
import { ada, quiet, settings } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { toolPath, toolTest } from '../support/tools.ts';
import { clock } from './contract/making.ts';

const database = await ownDatabase();
const { people, resources } = createStore(database.pool, () => settings).direct.features;
const whereabouts = createWhereabouts(openDb(database.pool));

const open = (): Cluster => createCluster({ clock, speed: 100, nodes: 0 });
const folder = mkdtempSync(join(tmpdir(), 'gc-sites-'));
const [prod, staging, rebuilt] = [open(), open(), open()];
const site = (name: string, cluster: Cluster): Site => {
  const by = { kubeconfig: { text: cluster.kubeconfig(undefined, `ctx-${name}`) } };
  return { name, context: `ctx-${name}`, by, access: () => readKubeconfig(undefined, by.kubeconfig) };
};
beforeAll(async () => {
  for (const cluster of [prod, staging, rebuilt]) await cluster.listen();
});
afterAll(async () => {
  for (const cluster of [prod, staging, rebuilt]) await cluster.close();
  rmSync(folder, { recursive: true, force: true });
});
/** `second`: where the context of staging leads. */
type Reached = { readonly second?: Cluster; readonly whereabouts?: Whereabouts };
const backends = (reached: Reached = {}) =>
  createBackends({
    // What is away is asked again at once.
    clock: { ...clock, after: (ms, run) => clock.after(ms < 10_000 ? 0 : ms, run) },
    whereabouts: reached.whereabouts ?? whereabouts,
    folder,
    environment: { PATH: toolPath },
    terraform: 'terraform',
    backstage: undefined,
    sites: [site('prod', prod), site('staging', reached.second ?? staging)],
  });
const backend = (called: string, reached?: Reached) => {
  const found = backends(reached).find(({ name }) => name === called);
  if (!found) throw new Error('there is no such backend');
  return found;
};
const kubernetes = (reached?: Reached) => backend('kubernetes', reached);

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
async function ended(
  what: Order,
  reached?: Reached,
  { signal } = new AbortController(),
  by = 'kubernetes',
): Promise<Progress | undefined> {
  let last: Progress | undefined;
  for await (const progress of backend(by, reached).run(what, signal)) last = progress;
  return last;
}
const carriedOut = async (what: Order, reached?: Reached) => (await ended(what, reached))?.state;
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

describe('when its context leads to another cluster', () => {
  const there = order('create', 's', {
    resource: 'r7',
    cluster: 'ctx-staging',
    labels: { 'groundcrew.dev/resource': 'r7' },
  });
  const then = (verb: Order['verb'], size = 's'): Order => ({
    ...order(verb, size),
    ...there,
    run: `q7-${verb}`,
    verb,
    spec: order(verb, size).spec,
  });
  const uidOf = (cluster: Cluster) => String(cluster.objects.get('namespaces', undefined, 'kube-system')?.metadata.uid);
  const sizeIn = (cluster: Cluster) => cluster.objects.get('configmaps', 'default', 'notes')?.data;
  const refusal = '“staging” is another cluster by now than the one in which this was ';
  const away = { second: rebuilt };
  /** As it is written down with its first order. */
  async function written(): Promise<void> {
    await people.arrive(ada.account, {}, clock.now());
    const owner = (await people.learn(ada, clock.now()))?.id as PersonId;
    const plain = { path: 'notes', version: '1.0.0', values: {}, team: 'inventory' };
    await resources.add({ ...plain, slug: 'r7', name: 'notes', identity: 'notes', owner, created: clock.now() });
  }
  const clean = async () => {
    for (const cluster of [staging, rebuilt]) {
      cluster.fail(undefined);
      if (sizeIn(cluster))
        await carriedOut({ ...then('delete'), resource: 'r7' }, { second: cluster, whereabouts: none });
    }
  };
  const none: Whereabouts = { of: async () => undefined, keep: async () => undefined, leave: async () => {} };

  test('nothing is deleted, changed or made there, and it goes on when it leads back', async () => {
    await written();
    expect(await carriedOut(there)).toBe('ready');
    expect(await whereabouts.of('r7')).toBe(uidOf(staging));
    for (const what of [then('delete'), then('change', 'xl'), then('hibernate'), there]) {
      const said = await ended(what, away);
      expect(said).toMatchObject({ state: 'failed', message: expect.stringContaining(refusal) });
      // Nothing is known of what is left where it is, and nothing is said to be missing there.
      expect([said?.left, said?.missing]).toEqual([undefined, undefined]);
      await expect(kubernetes(away).preview(what, new AbortController().signal)).rejects.toMatchObject({
        code: 'cluster_other',
        message: expect.stringContaining(refusal),
      });
    }
    expect([sizeIn(staging), sizeIn(rebuilt)]).toEqual([{ size: 's' }, undefined]);
    expect(await carriedOut(then('delete'))).toBe('ready');
    expect(sizeIn(staging)).toBeUndefined();
  });

  test('a process that dies between noting where it is and making it, or before it told of it, leaves it known', async () => {
    await written();
    const happened: string[] = [];
    staging.fail(({ method }) => {
      if (method === 'PATCH') happened.push('made');
      return undefined;
    });
    const dying: Whereabouts = {
      ...whereabouts,
      async keep(resource, uid) {
        await whereabouts.keep(resource, uid);
        happened.push('noted');
        throw new Error('killed');
      },
    };
    const dead = new AbortController();
    const tried = ended(there, { whereabouts: dying }, dead);
    while (happened.length === 0) await new Promise((resolve) => setImmediate(resolve));
    dead.abort('stop');
    await tried;
    expect(new Set(happened)).toEqual(new Set(['noted']));
    expect(await ended(there, away)).toMatchObject({ state: 'failed', message: expect.stringContaining(refusal) });
    const heard: Whereabouts = {
      ...whereabouts,
      keep: async (resource, uid) => {
        happened.push('noted');
        return whereabouts.keep(resource, uid);
      },
    };
    happened.length = 0;
    expect(await carriedOut(there, { whereabouts: heard })).toBe('ready');
    expect(happened).toEqual(['noted', 'made']);
    await clean();
  });

  test('of two processes that reach two clusters by it and begin at once, one makes it', async () => {
    await written();
    const ends = await Promise.all([carriedOut(there), carriedOut(there, away)]);
    expect(ends.toSorted()).toEqual(['failed', 'ready']);
    const made = [staging, rebuilt].filter((cluster) => sizeIn(cluster));
    expect(made.map(uidOf)).toEqual([await whereabouts.of('r7')]);
    expect(made).toEqual([ends[0] === 'ready' ? staging : rebuilt]);
    await clean();
  });

  test('what failed and left nothing behind where its context led by mistake is made where it leads when it is put right', async () => {
    await written();
    rebuilt.fail(({ method }) => (method === 'PATCH' ? { kind: 'status', code: 403 } : undefined));
    expect(await ended(there, away)).toMatchObject({ state: 'failed', left: [] });
    expect(await whereabouts.of('r7')).toBeUndefined();
    expect(await carriedOut(there)).toBe('ready');
    // What is there stays where it is, also when a try to make it again fails.
    staging.fail(({ method }) => (method === 'PATCH' ? { kind: 'status', code: 403 } : undefined));
    expect(await ended(there)).toMatchObject({ state: 'failed', left: ['ConfigMap default/notes'] });
    expect(await whereabouts.of('r7')).toBe(uidOf(staging));
    // Nor is a change that finds nothing there free to make it elsewhere.
    staging.fail(undefined);
    expect(await carriedOut(then('delete'))).toBe('ready');
    staging.fail(({ method }) => (method === 'PATCH' ? { kind: 'status', code: 403 } : undefined));
    expect(await ended(then('change', 'xl'))).toMatchObject({ state: 'failed', left: [] });
    expect(await whereabouts.of('r7')).toBe(uidOf(staging));
    await clean();
  });

  test('what was made before its cluster was noted is worked on as then, and a change notes it', async () => {
    await written();
    expect(await carriedOut(there, { whereabouts: none })).toBe('ready');
    expect(await carriedOut(then('delete'), away)).toBe('ready');
    expect(await whereabouts.of('r7')).toBeUndefined();
    expect(await carriedOut(then('change', 'm'))).toBe('ready');
    expect(await whereabouts.of('r7')).toBe(uidOf(staging));
    expect(await carriedOut(then('delete'), away)).toBe('failed');
    await clean();
  });

  test('a cluster that does not say which one it is refuses what is known to be in one; one that is away is asked again', async () => {
    await written();
    const silent = (status: number, times = Number.POSITIVE_INFINITY) => {
      let n = 0;
      rebuilt.fail(({ path }) =>
        path.endsWith('/namespaces/kube-system') && n++ < times ? { kind: 'status', code: status } : undefined,
      );
    };
    silent(403);
    expect(await carriedOut(there, away)).toBe('ready');
    expect(await whereabouts.of('r7')).toBeUndefined();
    expect(await carriedOut(then('delete'), away)).toBe('ready');
    expect(sizeIn(rebuilt)).toBeUndefined();
    expect(await carriedOut(there)).toBe('ready');
    for (const [status, says] of [
      [403, 'so I can’t tell whether it is the one in which this was made. Nothing was done.'],
      [404, 'grant “get” on that namespace; then try again.'],
      [401, 'does not accept Groundcrew’s credentials any more (401). Nothing was done.'],
    ] as const) {
      silent(status);
      const refused = { state: 'failed', message: expect.stringContaining(says) };
      for (const what of [then('delete'), then('change', 'xl')]) expect(await ended(what, away)).toMatchObject(refused);
    }
    silent(503, 3);
    expect(await ended(then('delete'), away)).toMatchObject({ message: expect.stringContaining(refusal) });
    // Nor is an error inside of it taken for silence.
    silent(500);
    expect(await carriedOut(then('delete'), away)).toBe('failed');
    expect(sizeIn(staging)).toEqual({ size: 's' });
    await clean();
  });

  test('what is not in the way any more when our own database was away is not given up', async () => {
    await written();
    let n = 0;
    const shaky: Whereabouts = {
      ...whereabouts,
      keep: async (resource, uid) => {
        if (n++ < 2) throw new Error('connection terminated');
        return whereabouts.keep(resource, uid);
      },
    };
    expect(await carriedOut(there, { whereabouts: shaky })).toBe('ready');
    expect(await whereabouts.of('r7')).toBe(uidOf(staging));
    await clean();
  });

  toolTest(['helm'], 'nor does Helm anything there', async () => {
    await written();
    const chart = join(folder, 'chart');
    mkdirSync(join(chart, 'templates'), { recursive: true });
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: notes\nversion: 1.0.0\n');
    writeFileSync(
      join(chart, 'templates', 'all.yaml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\ndata: {size: {{ .Values.size }}}\n',
    );
    const helm = (verb: Order['verb'], size: string) => ({
      ...then(verb),
      spec: { chart, release: 'notes', namespace: 'default', values: { size } },
    });
    const ends = (what: Order, reached?: Reached) => ended(what, reached, new AbortController(), 'helm');
    rebuilt.fail(({ method }) => (method === 'POST' ? { kind: 'status', code: 403 } : undefined));
    expect(await ends(helm('create', 's'), away)).toMatchObject({ state: 'failed' });
    rebuilt.fail(undefined);
    expect(await whereabouts.of('r7')).toBeUndefined();
    expect(await ends(helm('create', 's'))).toMatchObject({ state: 'ready' });
    expect(await whereabouts.of('r7')).toBe(uidOf(staging));
    for (const what of [helm('change', 'm'), helm('delete', 's')]) {
      expect(await ends(what, away)).toMatchObject({ state: 'failed', message: expect.stringContaining(refusal) });
      const { signal } = new AbortController();
      await expect(backend('helm', away).preview(what, signal)).rejects.toMatchObject({ code: 'cluster_other' });
    }
    expect([sizeIn(staging), sizeIn(rebuilt)]).toEqual([{ size: 's' }, undefined]);
    expect(await ends(helm('delete', 's'))).toMatchObject({ state: 'ready' });
    expect(sizeIn(staging)).toBeUndefined();
  });
});
