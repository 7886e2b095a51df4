import { globSync, readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { cell, writeReport } from '../src/cli/metrics.ts';
import { definitions, figureIds } from '../src/core/metrics/definitions.ts';
import { readReport } from '../src/core/metrics/report.ts';
import { createMetrics } from '../src/engine/metrics.ts';
import { createFigures } from '../src/figures.ts';
import { createStore } from '../src/store/store.ts';
import { used } from './support/figures.ts';
import { quiet, settings } from './support/house.ts';
import { ownDatabase } from './support/own-database.ts';

const database = await ownDatabase();

const now = new Date('2026-03-20T09:00:00Z');
const crowd = { now, people: 12, team: () => 'inventory' };
const store = createStore(database.pool, () => settings).direct.features.metrics;

test('Prometheus gets every number that there is, and asks the database every five minutes at most', async () => {
  const metrics = createMetrics();
  let clock = now;
  const refresh = createFigures({ store, metrics, settings: () => settings, now: () => clock, log: quiet });
  await refresh();
  expect((await metrics.figure.get()).values).toEqual([]);
  await used(database.pool, crowd);
  await refresh();
  expect((await metrics.figure.get()).values).toEqual([]);
  clock = new Date(now.getTime() + 5 * 60_000);
  await refresh();
  const text = await metrics.registry.metrics();
  expect(text).toContain('groundcrew_platform_figure{figure="active",source="measured"} 12\n');
  expect(text).toContain('groundcrew_platform_figure{figure="failure",source="measured"} 5\n');
  expect(text).toContain('groundcrew_platform_requests{path="postgres-database"} 12\n');
  const measured = figureIds.filter((id) => definitions[id].source === 'measured' && id !== 'officeHours');
  expect((await metrics.figure.get()).values.map((v) => v.labels.figure)).toEqual(measured);
});

test('a database that is away leaves the numbers as they were', async () => {
  const metrics = createMetrics();
  metrics.figure.set({ figure: 'active', source: 'measured' }, 3);
  const warned: string[] = [];
  const log = { ...quiet, warn: (_: object, message?: string) => void warned.push(message ?? '') };
  const broken = { ...store, active: () => Promise.reject(new Error('away')) };
  await createFigures({ store: broken, metrics, settings: () => settings, now: () => now, log })();
  expect((await metrics.figure.get()).values).toMatchObject([{ value: 3 }]);
  expect(warned).toEqual(['the platform’s numbers can’t be read for /metrics']);
});

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"\nthere', '"say ""hi""\nthere"'],
  ['=cmd|calc', "'=cmd|calc"],
  ['-2+3', "'-2+3"],
  ['@sum(A1)', "'@sum(A1)"],
  [undefined, ''],
  [66.66666, '66.667'],
  [-3, '-3'],
] as const)('%j is the cell %s', (value, written) => {
  expect(cell(value)).toBe(written);
});

test('the CSV has a line for each number and each path, and hides what the chat hides', async () => {
  await used(database.pool, { ...crowd, people: 4 });
  const report = await readReport(store, { since: new Date('2026-01-01T00:00Z'), until: now }, 5);
  let csv = '';
  writeReport(
    report,
    new Writable({
      write(chunk, _, done) {
        csv += chunk;
        done();
      },
    }),
  );
  const lines = csv.split('\r\n');
  expect(lines[0]).toBe('figure,about,state,value,unit,source,over,since,until,definition');
  expect(lines).toContain('active,,hidden,,count,measured,,2026-01-01,2026-03-20,docs/metrics.md#people-active');
  expect(lines).toContain(
    'failure,,counted,5,percent,measured,60 rollouts,2026-01-01,2026-03-20,docs/metrics.md#change-fail-rate',
  );
  expect(lines).toContain(
    'requests,postgres-database,hidden,,count,measured,,2026-01-01,2026-03-20,docs/metrics.md#requests',
  );
  // Head, figures, two paths, and the end of the last line.
  expect(lines).toHaveLength(1 + figureIds.length + 2 + 1);
});

test('the dashboard asks for nothing that there is not', async () => {
  const root = new URL('..', import.meta.url);
  const [file] = globSync('deploy/grafana/*.json', { cwd: root });
  const dashboard = readFileSync(new URL(file ?? '', root), 'utf8');
  const asked = new Set([...dashboard.matchAll(/groundcrew_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, '')));
  const known = (await createMetrics().registry.getMetricsAsJSON()).map((m) => m.name);
  expect([...asked].filter((name) => !known.includes(name))).toEqual([]);
  const figures = [...dashboard.matchAll(/figure=\\"(\w+)\\"/g)].map(([, id]) => id);
  expect([...new Set(figures)].toSorted()).toEqual(figureIds.toSorted());
});
