import { describe, expect, test } from 'vitest';
import { createLimiter } from '../../src/slack/limiter.ts';
import { virtualClock } from '../support/clock.ts';

const rate = { perMinute: 60, burst: 2 };

test('a burst, then one as often as the rate allows', async () => {
  const clock = virtualClock();
  const limiter = createLimiter(clock);
  const take = () => limiter.take([{ key: 'a', rate }]);
  expect([take(), take(), take()]).toEqual([0, 0, 1_000]);
  await clock.pass(400);
  expect(take()).toBe(600);
  await clock.pass(600);
  expect([take(), take()]).toEqual([0, 1_000]);
});

test('all buckets or none: a full one is not emptied for nothing', () => {
  const clock = virtualClock();
  const limiter = createLimiter(clock);
  const single = { key: 'channel', rate: { perMinute: 60, burst: 1 } };
  const shared = { key: 'workspace', rate: { perMinute: 60, burst: 2 } };
  expect(limiter.take([single, shared])).toBe(0);
  for (let i = 0; i < 5; i += 1) expect(limiter.take([single, shared])).toBe(1_000);
  expect(limiter.take([{ ...single, key: 'another' }, shared])).toBe(0);
});

test('a pause closes one bucket, whatever it holds', async () => {
  const clock = virtualClock();
  const limiter = createLimiter(clock);
  limiter.take([{ key: 'a', rate }]);
  limiter.take([{ key: 'b', rate }]);
  limiter.pause('a', 5_000);
  expect(limiter.take([{ key: 'a', rate }])).toBe(5_000);
  expect(limiter.take([{ key: 'b', rate }])).toBe(0);
  await clock.pass(5_000);
  expect(limiter.take([{ key: 'a', rate }])).toBe(0);
});

test('a clock that is set back neither gives nor takes', () => {
  const clock = virtualClock();
  const limiter = createLimiter(clock);
  limiter.take([{ key: 'a', rate }]);
  clock.jump(-3_600_000);
  expect(limiter.take([{ key: 'a', rate }])).toBe(0);
  expect(limiter.take([{ key: 'a', rate }])).toBe(1_000);
});

describe('thousands that wait', () => {
  const post = (to: number) => [
    { key: `channel/${to}`, rate: { perMinute: 60, burst: 3 } },
    { key: 'workspace', rate: { perMinute: 300, burst: 30 } },
  ];
  /** Each asks again when it was told to; returns how often they asked and how long all of it took. */
  async function fanOut(total: number, meanwhile: (take: (id: string, to: number) => number, second: number) => void) {
    const clock = virtualClock();
    const limiter = createLimiter(clock);
    const take = (id: string, to: number) => limiter.take(post(to), id);
    let waiting = Array.from({ length: total }, (_, to) => ({ to, at: 0 }));
    let asked = 0;
    let ms = 0;
    for (; waiting.length > 0; ms += 100) {
      if (ms % 1_000 === 0) meanwhile(take, ms / 1_000);
      for (const one of waiting.filter((w) => w.at <= ms)) {
        asked += 1;
        const wait = take(`${one.to}`, one.to);
        one.at = wait === 0 ? -1 : ms + wait;
      }
      waiting = waiting.filter((w) => w.at >= 0);
      await clock.pass(100);
    }
    return { asked, seconds: ms / 1_000 };
  }

  test('ask a few times each, and go out as fast as the rate allows', async () => {
    const { asked, seconds } = await fanOut(3_000, () => {});
    const floor = (3_000 - 30) / 5;
    expect(seconds).toBeGreaterThanOrEqual(floor - 1);
    expect(seconds).toBeLessThan(floor / 0.95);
    expect(asked).toBeLessThan(3 * 3_000);
  });

  test('do not hold up one that comes later', async () => {
    const waits: number[] = [];
    await fanOut(1_000, (take, second) => {
      if (second % 7 === 3) waits.push(take(`alert ${second}`, 10_000 + second));
    });
    expect(waits.length).toBeGreaterThan(20);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2_000);
  });

  test('never pass a rate, whoever comes and who does not', async () => {
    const clock = virtualClock();
    const limiter = createLimiter(clock);
    const gone: number[] = [];
    for (let i = 0; i < 600; i += 1) {
      // Every third one that was promised its turn never comes for it.
      const wait = limiter.take(post(i), `${i}`);
      if (wait > 0 && i % 3 > 0) {
        await clock.pass(wait);
        if (limiter.take(post(i), `${i}`) === 0) gone.push(clock.now().getTime());
      } else if (wait === 0) gone.push(clock.now().getTime());
    }
    for (const at of gone) expect(gone.filter((t) => t >= at && t < at + 60_000).length).toBeLessThanOrEqual(330);
  });

  test('keep their turn through a pause, and take it after', async () => {
    const clock = virtualClock();
    const limiter = createLimiter(clock);
    const wants = [{ key: 'a', rate }];
    for (const id of ['1', '2']) expect(limiter.take(wants, id)).toBe(0);
    expect(limiter.take(wants, '3')).toBe(1_000);
    limiter.pause('a', 30_000);
    await clock.pass(1_000);
    expect(limiter.take(wants, '3')).toBe(29_000);
    await clock.pass(29_000);
    expect(limiter.take(wants, '3')).toBe(0);
  });
});
