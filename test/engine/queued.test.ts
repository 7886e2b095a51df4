import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CalledOff } from '../../src/engine/faults.ts';
import { queued } from '../../src/engine/queued.ts';

test('so many run at once, the others in their order, whatever becomes of each', async () => {
  const inTurn = queued(2, 10);
  const began: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const all = gates.map(({ promise }, i) =>
    inTurn(() => {
      began.push(i);
      return promise;
    }),
  );
  const ended = Promise.allSettled(all);
  await setImmediate();
  expect(began).toEqual([0, 1]);
  gates[1]?.reject(new Error('broken'));
  await setImmediate();
  expect(began).toEqual([0, 1, 2]);
  for (const [i, gate] of gates.entries()) gate.resolve(i);
  expect((await ended).map((e) => e.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  expect(began).toEqual([0, 1, 2, 3, 4]);
  // The places are free again.
  expect(await Promise.all([inTurn(async () => 'a'), inTurn(async () => 'b')])).toEqual(['a', 'b']);
});

test('more than may wait are called off at once, and those who wait are not', async () => {
  const inTurn = queued(1, 1);
  const gate = Promise.withResolvers<string>();
  const first = inTurn(() => gate.promise);
  const second = inTurn(async () => 'second');
  await expect(inTurn(async () => 'third')).rejects.toBeInstanceOf(CalledOff);
  gate.resolve('first');
  expect(await Promise.all([first, second])).toEqual(['first', 'second']);
});
