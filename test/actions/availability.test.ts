import { expect, test } from 'vitest';
import { followAvailability } from '../../src/actions/availability.ts';
import type { Catalog, GoldenPath } from '../../src/core/catalog/path.ts';
import type { Availability, Backend } from '../../src/core/runs/run.ts';
import { virtualClock } from '../support/clock.ts';
import { quiet } from '../support/house.ts';

const path = (kind: string) => ({ name: `a-${kind}`, backend: { kind, spec: {} } }) as unknown as GoldenPath;
const catalog: Catalog = { paths: ['terraform', 'ansible', 'backstage', 'magic'].map(path), broken: [] };
const backend = (name: string, is: () => Promise<Availability>): Backend => ({
  name,
  atOnce: 1,
  available: is,
  preview: async () => Promise.reject(new Error('not asked for')),
  async *run() {},
});

test('a backend that can’t be used takes its own paths away, until it can', async () => {
  const clock = virtualClock();
  let installed = false;
  const follow = followAvailability(
    [
      backend('terraform', async () => (installed ? { ok: true, version: '1.11' } : { ok: false, why: 'Install it.' })),
      backend('ansible', async () => {
        throw new Error('boom');
      }),
    ],
    clock,
    quiet,
  );
  expect(follow.over(catalog)).toBe(catalog);
  await follow.start();
  const why = () => follow.over(catalog).paths.map((p) => p.unavailable);
  expect(why()).toEqual([
    'Install it.',
    'ansible can’t be used at the moment. Try again in a while.',
    expect.stringContaining('BACKSTAGE_URL'),
    expect.stringContaining('There is no backend “magic”'),
  ]);
  // The same value, as long as nothing changed.
  expect(follow.over(catalog)).toBe(follow.over(catalog));
  installed = true;
  await clock.pass(60_000);
  expect(why()[0]).toBeUndefined();
  follow.stop();
  expect(clock.waiting()).toBe(0);
});
