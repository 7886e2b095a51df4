import { expect, test } from 'vitest';
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
