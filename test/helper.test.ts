import { afterEach, expect, test, vi } from 'vitest';
import { openHelper } from '../src/helper.ts';

const withinMs = 60_000;
const open = () => openHelper<string, number>(new URL('./support/helper-child.ts', import.meta.url), withinMs);

afterEach(() => {
  vi.useRealTimers();
});

test('one process answers many questions, says what went wrong, and is replaced when it dies', async () => {
  const ask = open();
  const [first, second] = await Promise.all([ask('pid'), ask('pid')]);
  expect(first).toBe(second);
  expect(first).not.toBe(process.pid);
  await expect(ask('fail')).rejects.toThrow('it went wrong');
  expect(await ask('pid')).toBe(first);
  const [died, lost] = await Promise.allSettled([ask('die'), ask('hang')]);
  for (const end of [died, lost]) expect(String((end as PromiseRejectedResult).reason)).toContain('by itself (3)');
  expect(await ask('pid')).not.toBe(first);
});

test('one that gives no answer in time is ended, and one that is asked nothing ends', async () => {
  const ask = open();
  const first = await ask('pid');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const late = expect(ask('hang')).rejects.toThrow('no answer in time');
  await vi.advanceTimersByTimeAsync(withinMs);
  await late;
  const second = await ask('pid');
  expect(second).not.toBe(first);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await ask('pid')).not.toBe(second);
});
