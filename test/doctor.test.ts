import { afterAll, expect, onTestFinished, test } from 'vitest';
import { readKubeconfig } from '../src/cluster/kubeconfig.ts';
import { incidentSeen } from '../src/core/incidents/seen.ts';
import { settingsSchema } from '../src/core/settings.ts';
import { createDoctor } from '../src/doctor.ts';
import { createMetrics } from '../src/engine/metrics.ts';
import { createLog } from '../src/log.ts';
import { still } from './cluster/world.ts';
import { openTestDatabase } from './support/database.ts';

const database = await openTestDatabase();
afterAll(() => database.close());

test('who leads and is not answered loses the lead to one that is; where nobody is answered it stays', async () => {
  const world = still();
  const { clock, cluster } = world;
  await cluster.listen();
  onTestFinished(() => cluster.close());
  const away = new Set<string>();
  const asked = new Map<string, number>();
  const open = (holder: string) => {
    const told: { term: number }[] = [];
    const doctor = createDoctor({
      clusters: [
        {
          access: async () => {
            const access = await readKubeconfig('ward', { text: cluster.kubeconfig(undefined, 'ward') });
            return {
              ...access,
              options: async () => {
                asked.set(holder, (asked.get(holder) ?? 0) + 1);
                if (away.has(holder)) throw new Error('no route to host');
                return access.options();
              },
            };
          },
        },
      ],
      model: undefined,
      settings: () => settingsSchema.parse({}),
      pool: database.pool,
      clock,
      log: createLog('silent'),
      metrics: createMetrics(),
    });
    onTestFinished(doctor.stop);
    const start = () =>
      doctor.start(async (inbound) => {
        if (inbound.kind === 'observed' && inbound.what === incidentSeen) told.push(inbound.input as { term: number });
      });
    return { told, start, health: async () => doctor.checked.cluster?.() };
  };
  const led = async () =>
    (await database.pool.query(`select term::int from groundcrew.cluster_watch where cluster = 'ward'`)).rows[0]?.term;
  /** Time goes on no faster than the database answers. */
  async function until(done: () => boolean | Promise<boolean>, step = 100) {
    while (!(await done())) {
      await clock.pass(step);
      // What a test takes is no reason to lose a lead.
      await database.pool.query(`update groundcrew.cluster_watch set lease = lease + interval '1 minute'`);
    }
  }
  const [a, b] = [open('a'), open('b')];
  await a.start();
  await until(() => a.told.length > 0);
  await b.start();
  for (const one of ['a', 'b']) away.add(one);
  cluster.disconnect();
  const cutOff = clock.now().getTime();
  // The other one asks by itself whether it would be answered, and is not.
  await until(() => (asked.get('b') ?? 0) > 2, 1_000);
  expect(clock.now().getTime() - cutOff).toBeGreaterThan(60_000);
  expect(await led()).toBe(1);
  expect(await a.health()).toMatchObject({ ok: false, why: expect.stringContaining('no route to host') });
  away.delete('b');
  await until(() => b.told.length > 0);
  expect(b.told).toMatchObject([{ term: 2 }]);
  expect(await led()).toBe(2);
  // It is somebody else’s now, and nothing to complain of.
  await until(async () => (await a.health())?.ok === true);
  const before = asked.get('a');
  await until(() => b.told.length > 0 && clock.now().getTime() > cutOff + 120_000, 1_000);
  expect(asked.get('a')).toBe(before);
});

test('each of several clusters is a part of /readyz and a sample of /metrics, and one that is cut off only itself', async () => {
  const eu = still();
  const us = still({}, eu.clock);
  const { clock } = eu;
  for (const { cluster } of [eu, us]) {
    await cluster.listen();
    onTestFinished(() => cluster.close());
  }
  us.cluster.fail(() => ({ kind: 'status', code: 403, message: 'forbidden' }));
  const metrics = createMetrics();
  const told = new Set<unknown>();
  const doctor = createDoctor({
    clusters: [
      {
        name: 'prod-eu',
        context: 'eu',
        access: () => readKubeconfig('eu', { text: eu.cluster.kubeconfig(undefined, 'eu') }),
      },
      {
        name: 'prod-us',
        context: 'us',
        access: () => readKubeconfig('us', { text: us.cluster.kubeconfig(undefined, 'us') }),
      },
    ],
    model: undefined,
    settings: () => settingsSchema.parse({}),
    pool: database.pool,
    clock,
    log: createLog('silent'),
    metrics,
  });
  await doctor.start(async (inbound) => {
    if (inbound.kind === 'observed' && inbound.what === incidentSeen)
      told.add((inbound.input as { cluster?: unknown }).cluster);
  });
  onTestFinished(doctor.stop);
  const samples = async () => {
    const { values } = await metrics.clusterKnown.get();
    return Object.fromEntries(values.map((v) => [String(v.labels.cluster), v.value]));
  };
  // Time goes on no faster than the database answers, which the observers wait for as well.
  while (told.size === 0 || Object.keys(await samples()).length < 2) {
    await clock.pass(100);
    await database.pool.query('select 1');
  }
  expect(await samples()).toEqual({ 'prod-eu': 1, 'prod-us': 0 });
  expect(told).toEqual(new Set(['eu']));
  expect(Object.keys(doctor.checked)).toEqual(['cluster prod-eu', 'cluster prod-us']);
  expect(await doctor.checked['cluster prod-eu']?.()).toEqual({ ok: true });
  expect(await doctor.checked['cluster prod-us']?.()).toMatchObject({ ok: false, why: expect.stringContaining('403') });
});
