import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { together } from '../../src/store/together.ts';
import { virtualClock } from '../support/clock.ts';

/** Batches that end when the test says so. */
function open() {
  const clock = virtualClock();
  const batches: { readonly items: readonly number[]; end(): void; fail(error: Error): void }[] = [];
  const call = together<number, number>(
    (items) =>
      new Promise((resolve, reject) =>
        batches.push({ items, end: () => resolve(items.map((n) => n * 2)), fail: reject }),
      ),
    () => false,
    clock.after,
  );
  return { clock, batches, call, patiently: (n: number) => call(n, true), items: () => batches.map((b) => b.items) };
}

test('what comes in one turn goes together, and what comes while that is under way is the next', async () => {
  const t = open();
  const first = Promise.all([t.call(1), t.call(2)]);
  await setImmediate();
  const second = t.call(3);
  await setImmediate();
  const third = Promise.all([t.call(4), t.call(5)]);
  await setImmediate();
  expect(t.items()).toEqual([[1, 2]]);
  t.batches[0]?.end();
  expect(await first).toEqual([2, 4]);
  await setImmediate();
  await setImmediate();
  expect(t.items()).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
  t.batches[1]?.end();
  expect([await second, await third]).toEqual([6, [8, 10]]);
});

test('the next batch is sent before anybody is told of the last one, who would keep it waiting', async () => {
  const t = open();
  const first = t.call(1).then((n) => ({ n, sent: t.items().length }));
  await setImmediate();
  const second = t.call(2).then((n) => ({ n, sent: t.items().length }));
  t.batches[0]?.end();
  expect(await first).toEqual({ n: 2, sent: 2 });
  t.batches[1]?.end();
  expect(await second).toEqual({ n: 4, sent: 2 });
});

test('two whose connection died silently hold up nobody for longer than a moment, and end when that is known', async () => {
  const t = open();
  const dead = [t.call(1).catch((e: Error) => e.message)];
  await setImmediate();
  dead.push(t.call(2).catch((e: Error) => e.message));
  await t.clock.pass(49);
  await setImmediate();
  expect(t.items()).toEqual([[1]]);
  await t.clock.pass(1);
  await setImmediate();
  expect(t.items()).toEqual([[1], [2]]);
  const next = t.call(3);
  await t.clock.pass(50);
  await setImmediate();
  expect(t.items()).toEqual([[1], [2], [3]]);
  t.batches[2]?.end();
  expect(await next).toBe(6);
  for (const batch of t.batches.slice(0, 2)) batch.fail(new Error('the database did not answer in time'));
  expect(await Promise.all(dead)).toEqual(Array(2).fill('the database did not answer in time'));
  // One lane again, no more.
  const more = [4, 5, 6].map(async (n) => {
    for (let i = 3; i < n; i++) await setImmediate();
    return t.call(n);
  });
  for (let i = 0; i < 6; i++) await setImmediate();
  expect(t.items().slice(3)).toEqual([[4]]);
  t.batches[3]?.end();
  await setImmediate();
  await setImmediate();
  expect(t.items().slice(3)).toEqual([[4], [5, 6]]);
  t.batches[4]?.end();
  expect(await Promise.all(more)).toEqual([8, 10, 12]);
});

test('however many die, connections are left for everything else', async () => {
  const t = open();
  const calls: Promise<number>[] = [];
  for (let i = 0; i < 20; i++) {
    calls.push(t.call(i));
    await setImmediate();
    await t.clock.pass(50);
  }
  expect(t.batches).toHaveLength(6);
  while (t.batches.flatMap((b) => b.items).length < 20) {
    for (const batch of t.batches) batch.end();
    await setImmediate();
  }
  for (const batch of t.batches) batch.end();
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, (_, i) => i * 2));
});

test('one that dies while the others are slow is let by once they have ended', async () => {
  const t = open();
  const calls: Promise<number>[] = [];
  for (let i = 0; i < 6; i++) {
    calls.push(t.call(i));
    await setImmediate();
    await t.clock.pass(50);
  }
  for (const batch of t.batches.slice(0, 5)) batch.end();
  expect(await Promise.all(calls.slice(0, 5))).toEqual([0, 2, 4, 6, 8]);
  const next = t.call(6);
  await t.clock.pass(50);
  await setImmediate();
  expect(t.items().slice(5)).toEqual([[5], [6]]);
  for (const batch of t.batches) batch.end();
  expect(await Promise.all([calls[5], next])).toEqual([10, 12]);
});

test('what can wait goes with the next one that cannot, else by itself after a while', async () => {
  const t = open();
  const first = Promise.all([t.patiently(1), t.patiently(2)]);
  await setImmediate();
  await t.clock.pass(19);
  expect(t.items()).toEqual([]);
  const second = t.call(3);
  await setImmediate();
  expect(t.items()).toEqual([[3, 1, 2]]);
  t.batches[0]?.end();
  expect([await first, await second]).toEqual([[2, 4], 6]);
  const alone = t.patiently(4);
  await t.clock.pass(20);
  await setImmediate();
  expect(t.items()).toEqual([[3, 1, 2], [4]]);
  t.batches[1]?.end();
  expect(await alone).toBe(8);
});
