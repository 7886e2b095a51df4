import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type Order, type Progress, queued } from '../../src/core/runs/run.ts';
import { openDb } from '../../src/store/db.ts';
import { createRunClaims } from '../../src/store/runs.ts';
import { createStore } from '../../src/store/store.ts';
import { openTestDatabase } from '../support/database.ts';
import { settings } from '../support/house.ts';

const database = await openTestDatabase();
const { runs } = createStore(database.pool, () => settings).direct.features;
const claims = createRunClaims(openDb(database.pool));
beforeEach(() => database.empty());
afterAll(() => database.close());

const now = new Date('2026-03-02T09:00:00.123Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const order = (run: string): Order => ({
  run,
  verb: 'create',
  resource: 'r1',
  path: 'postgres',
  version: '1.0.0',
  spec: { objects: [{ size: '10Gi', n: 1, none: null }] },
  labels: { team: 'orders' },
  annotations: { words: 'a\nb "c"' },
  timeoutSeconds: 600,
});
const start = (key: string, backend = 'kubernetes', at = now) => runs.start({ key, backend, order: order(key), at });
const at = (state: Progress['state']): Progress => ({ ...queued, state, message: state });
const keys = (claimed: readonly { readonly key: string }[]) => claimed.map((r) => r.key);
const lapse = () =>
  database.pool.query(
    `update groundcrew.run set lease = clock_timestamp() - interval '1 second' where lease is not null`,
  );

describe('a run', () => {
  test('keeps the context of its cluster, so that it is carried out there when two exchange their names', async () => {
    const at = (...names: readonly (readonly [string, string])[]) =>
      createStore(database.pool, () => settings, new Map(names)).direct.features.runs;
    const before = at(['ctx-eu', 'prod'], ['ctx-lab', 'staging']);
    await before.start({ key: 'a', backend: 'kubernetes', order: { ...order('a'), cluster: 'staging' }, at: now });
    // Begun anew by what is kept of it, as a try of a path is.
    const kept = (await at(['ctx-eu', 'staging'], ['ctx-lab', 'prod']).byKey('a'))?.order ?? order('a');
    await before.start({ key: 'b', backend: 'kubernetes', order: kept, at: later(1) });
    await before.start({ key: 'c', backend: 'terraform', order: order('c'), at: later(2) });
    const claimed = await claims.claim('me', { kubernetes: 9, terraform: 9 }, 60);
    expect(claimed.map((r) => r.order.cluster)).toEqual(['ctx-lab', 'ctx-lab', undefined]);
  });

  test('is written once per key', async () => {
    await start('a');
    await runs.start({ key: 'a', backend: 'helm', order: order('other'), at: later(9) });
    expect(await runs.byKey('a')).toEqual({
      key: 'a',
      backend: 'kubernetes',
      order: order('a'),
      progress: queued,
      attempt: 0,
      cancelled: false,
      created: now,
    });
    expect(await runs.byKey('b')).toBeUndefined();
  });

  test('moves until it has ended, by reports of the attempt that is under way', async () => {
    await start('a');
    await claims.claim('me', { kubernetes: 1 }, 60);
    expect(await runs.moved('a', 1, at('running'), later(1))).toBe(true);
    await lapse();
    await claims.claim('you', { kubernetes: 1 }, 60);
    expect(await runs.moved('a', 1, at('ready'), later(2))).toBe(false);
    expect(await runs.byKey('a')).toMatchObject({ progress: at('running'), attempt: 2 });
    expect(await runs.moved('a', 2, at('ready'), later(3))).toBe(true);
    expect(await runs.moved('a', 2, at('failed'), later(4))).toBe(false);
    expect(await runs.moved('b', 0, at('ready'), later(4))).toBe(false);
    expect(await runs.byKey('a')).toMatchObject({ progress: at('ready'), ended: later(3) });
  });

  test('can be asked to stop while it has not ended', async () => {
    await start('a');
    await runs.cancel('a');
    expect(await runs.byKey('a')).toMatchObject({ cancelled: true });
    await start('b');
    await runs.moved('b', 0, at('failed'), now);
    await runs.cancel('b');
    await runs.cancel('nothing');
    expect(await runs.byKey('b')).toMatchObject({ cancelled: false });
  });
});

describe('a claim', () => {
  test('takes the oldest of each backend, as many as there is room for', async () => {
    await start('c', 'kubernetes', later(3));
    await start('a', 'kubernetes', later(1));
    await start('b', 'kubernetes', later(2));
    await start('h', 'helm', later(0));
    await start('t', 'terraform', later(0));
    const claimed = await claims.claim('me', { kubernetes: 2, helm: 5, terraform: 0 }, 60);
    expect(keys(claimed)).toEqual(['h', 'a', 'b']);
    expect(claimed[1]).toMatchObject({ attempt: 1, order: order('a'), progress: queued });
    expect(keys(await claims.claim('me', { kubernetes: 2 }, 60))).toEqual(['c']);
    expect(await claims.claim('me', { kubernetes: 2, helm: 1 }, 60)).toEqual([]);
    expect(await claims.claim('me', {}, 60)).toEqual([]);
  });

  test('takes as many in each cluster, with those that are busy there', async () => {
    const startIn = (key: string, cluster: string | undefined, at: Date, backend = 'kubernetes') =>
      runs.start({ key, backend, order: { ...order(key), ...(cluster === undefined ? {} : { cluster }) }, at });
    for (let i = 0; i < 4; i++) await startIn(`away${i}`, 'away', later(i));
    await startIn('h0', 'away', later(4), 'helm');
    for (let i = 0; i < 3; i++) await startIn(`well${i}`, 'well', later(5 + i));
    await startIn('none', undefined, later(9));
    const room = { kubernetes: 2, helm: 1 };
    const held = keys(await claims.claim('me', room, 60));
    expect(held).toEqual(['away0', 'away1', 'h0', 'well0', 'well1', 'none']);
    expect(await claims.claim('me', room, 60, held)).toEqual([]);
    const left = held.filter((key) => key !== 'well0');
    expect(keys(await claims.claim('me', room, 60, left))).toEqual(['well2']);
    // Another process has room of its own.
    expect(keys(await claims.claim('you', room, 60))).toEqual(['away2', 'away3']);
  });

  test('is had by one of many who ask at once', async () => {
    for (let i = 0; i < 12; i++) await start(`r${i}`, i % 2 ? 'kubernetes' : 'helm', later(i));
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, i) => claims.claim(`p${i}`, { kubernetes: 2, helm: 2 }, 60)),
    );
    const taken = all.flatMap(keys);
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken.length).toBeGreaterThan(0);
    const rest = await claims.claim('last', { kubernetes: 9, helm: 9 }, 60);
    expect(new Set([...taken, ...keys(rest)]).size).toBe(12);
  });

  test('holds as long as it is beaten; what lapsed is taken by another', async () => {
    await start('a');
    await start('b');
    await claims.claim('me', { kubernetes: 9 }, 60);
    await lapse();
    expect(await claims.beat('me', ['a', 'gone'], 60)).toEqual([{ key: 'a', cancelled: false }]);
    expect(keys(await claims.claim('you', { kubernetes: 9 }, 60))).toEqual(['b']);
    await runs.cancel('a');
    expect(await claims.beat('me', ['a', 'b'], 60)).toEqual([{ key: 'a', cancelled: true }]);
    await runs.moved('a', 1, at('cancelled'), now);
    expect(await claims.beat('me', ['a'], 60)).toEqual([]);
    expect(await claims.beat('me', [], 60)).toEqual([]);
  });

  test('of a backend that nobody has falls to anybody, unless somebody seems to have it', async () => {
    await start('old', 'backstage');
    await start('new', 'backstage', new Date());
    await start('ours', 'kubernetes');
    const strays = (holder = 'me') => claims.strays(holder, ['kubernetes', 'helm'], 120, 60).then(keys);
    // Another process carries one out: it has that backend, and may only have no room.
    await start('theirs', 'backstage');
    await claims.claim('you', { backstage: 1 }, 60);
    expect(await strays()).toEqual([]);
    await lapse();
    expect(await strays()).toEqual(['old', 'theirs']);
    expect(await runs.byKey('old')).toMatchObject({ attempt: 2 });
    expect(await claims.beat('me', ['old'], 60)).toHaveLength(1);
    await runs.moved('old', 2, at('failed'), now);
    await runs.moved('theirs', 1, at('failed'), now);
    expect(await strays()).toEqual([]);
    // Who does not want it any more need not wait.
    await runs.cancel('new');
    expect(await strays()).toEqual(['new']);
  });

  test('is let go by who holds it, or for all when their holder is dead', async () => {
    await start('a');
    await start('b');
    await claims.claim('me', { kubernetes: 9 }, 60);
    await claims.release('you', ['a']);
    await claims.release('me', ['b']);
    expect(keys(await claims.claim('you', { kubernetes: 9 }, 60))).toEqual(['b']);
    await claims.releaseAll();
    expect(keys(await claims.claim('next', { kubernetes: 9 }, 60))).toEqual(['a', 'b']);
  });
});
