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
