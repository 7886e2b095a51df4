import { expect, test } from 'vitest';
import { createLimiter } from '../../src/teams/limiter.ts';
import { RATES } from '../../src/teams/limits.ts';
import { testClock } from '../support/teams-world.ts';

test('seven a second and eight in two, then exactly as long as Teams’ windows last', () => {
  const clock = testClock();
  const limiter = createLimiter(clock);
  const take = () => limiter.take(['conversation', 'a']);
  expect(Array.from({ length: 7 }, take)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(take()).toBe(1000);
  clock.advance(1000);
  expect(take()).toBe(0);
  expect(take()).toBe(1000);
  expect(limiter.take(['conversation', 'b'])).toBe(0);
});

test('no window is ever over its rate, however long it goes on', () => {
  const clock = testClock();
  const limiter = createLimiter(clock);
  const taken: number[] = [];
  for (let i = 0; i < 400; i += 1) {
    const wait = limiter.take(['conversation', 'a'], ['tenant', 't']);
    if (wait === 0) taken.push(clock.now().getTime());
    else clock.advance(wait);
  }
  expect(taken.length).toBeGreaterThan(190);
  for (const [most, seconds] of RATES.conversation)
    for (const [i, at] of taken.entries()) {
      const inWindow = taken.slice(i).filter((t) => t < at + seconds * 1000).length;
      expect(inWindow).toBeLessThanOrEqual(most);
    }
});

test('a whole tenant takes fifty a second, and what one of two refuses is counted for none', () => {
  const clock = testClock();
  const limiter = createLimiter(clock);
  for (let i = 0; i < 50; i += 1) expect(limiter.take(['conversation', `c${i}`], ['tenant', 't'])).toBe(0);
  expect(limiter.take(['conversation', 'new'], ['tenant', 't'])).toBe(1000);
  for (let i = 0; i < 7; i += 1) expect(limiter.take(['conversation', 'new'])).toBe(0);
});

test('replies are counted and never held up; a 429 holds the conversation', () => {
  const clock = testClock();
  const limiter = createLimiter(clock);
  for (let i = 0; i < 20; i += 1) limiter.count(['conversation', 'a']);
  expect(limiter.take(['conversation', 'a'])).toBeGreaterThan(0);
  limiter.hold('conversation', 'b', 5000);
  expect(limiter.take(['conversation', 'b'])).toBe(5000);
  clock.advance(5000);
  expect(limiter.take(['conversation', 'b'])).toBe(0);
});

test('those that wait for a tenant are told to come one after the other', () => {
  const limiter = createLimiter(testClock());
  for (let i = 0; i < 50; i += 1) limiter.take(['conversation', `c${i}`], ['tenant', 't']);
  const waits = Array.from({ length: 100 }, (_, i) => limiter.take(['conversation', `d${i}`], ['tenant', 't']));
  expect(waits).toEqual(Array.from({ length: 100 }, (_, i) => 1000 + i * 20));
});
