import { afterAll, describe, expect, test } from 'vitest';
import { live, mortality, recover } from '../support/life.ts';
import { openLives } from '../support/lives.ts';

const lives = await openLives();
const rehearsed = lives.rehearse();
afterAll(() => lives.close());

/** Lives until a point in this process, whose connections are then cut. */
async function dieInProcess(at: number, find: boolean) {
  const death = Promise.withResolvers<'dead'>();
  const mortal = mortality(at, () => death.resolve('dead'));
  const { pool, cut } = lives.mortalHouse(mortal);
  const { plan, world } = await lives.begin(find);
  const answered: number[] = [];
  const life = live(pool, world, plan, mortal, (n) => void answered.push(n));
  const end = await Promise.race([life, death.promise]);
  cut();
  return { plan, world, answered, died: end === 'dead' };
}

describe('a process that dies at any point between an arrival and its last delivery', () => {
  test('loses nothing and repeats nothing where the platform can be asked', async () => {
    const { points } = await rehearsed;
    expect(points).toBeGreaterThan(60);
    let deaths = 0;
    for (let at = 1; at <= points; at++) {
      const { plan, world, answered, died } = await dieInProcess(at, true);
      await recover(lives.database.pool, world, plan, answered);
      expect(await lives.audit(plan, world), `point ${at} of ${points}`).toEqual([]);
      deaths += died ? 1 : 0;
    }
    // The number of points differs by a few from life to life, with what runs side by side.
    expect(deaths).toBeGreaterThan(points * 0.9);
  }, 300_000);

  test('repeats, where it cannot be asked, at most the one message that was under way', async () => {
    const { points, delivering } = await rehearsed;
    let repeated = 0;
    // From before each call until it is marked for certain.
    const near = new Set(delivering.flatMap((n) => [n - 1, n, n + 1]));
    expect(near.size).toBeGreaterThan(12);
    for (const at of near) {
      const { plan, world, answered } = await dieInProcess(at, false);
      const window = await lives.unmarked();
      await recover(lives.database.pool, world, plan, answered);
      const twice = await lives.audit(plan, world);
      expect(twice.length, `point ${at} of ${points}`).toBeLessThanOrEqual(1);
      for (const key of twice) expect([...window], `point ${at} of ${points}`).toContain(key);
      repeated += twice.length;
    }
    // The window is there, and this test can see it.
    expect(repeated).toBeGreaterThan(0);
    expect(repeated).toBeLessThan(near.size / 2);
  }, 300_000);
});
