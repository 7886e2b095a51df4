import { afterEach, expect, test, vi } from 'vitest';
import { networkOptions, openHelper } from '../src/helper.ts';

const withinMs = 60_000;
const open = () => openHelper<string, number>(new URL('./support/helper-child.ts', import.meta.url), withinMs);

afterEach(() => {
  vi.useRealTimers();
});

test('one process answers many questions, says what went wrong, and is replaced when it dies of one', async () => {
  const ask = open();
  const [first, second] = await Promise.all([ask('pid'), ask('pid')]);
  expect(first).toBe(second);
  expect(first).not.toBe(process.pid);
  await expect(ask('fail')).rejects.toThrow('it went wrong');
  expect(await ask('pid')).toBe(first);
  const died = expect(ask('die')).rejects.toThrow('by itself (3)');
  const third = await ask('pid');
  await died;
  expect(third).not.toBe(first);
});

test('what nobody there caught is told by its words, without what it carries, and takes no other question along', async () => {
  const ask = open();
  const [first, astray, next] = await Promise.allSettled([ask('pid'), ask('stray'), ask('pid')]);
  expect(astray).toEqual({ status: 'rejected', reason: new Error('it went astray') });
  expect(next).toEqual({ status: 'fulfilled', value: expect.any(Number) });
  expect(next).not.toEqual(first);
});

test('one that gives no answer in time is ended, and one that is asked nothing ends', async () => {
  // From the first question on: a real timer that it leaves would end the process when this machine is slow.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const ask = open();
  const first = await ask('pid');
  const late = expect(ask('hang')).rejects.toThrow('no answer in time');
  const waiting = ask('pid');
  await vi.advanceTimersByTimeAsync(withinMs);
  await late;
  const second = await waiting;
  expect(second).not.toBe(first);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await ask('pid')).not.toBe(second);
});

test('it trusts whom this process trusts, and reaches others the same way; no other option is passed on', () => {
  const passed = [
    '--use-system-ca',
    '--tls-cipher-list=A',
    '--openssl-config',
    'ours.cnf',
    '--dns-result-order=ipv4first',
  ];
  expect(
    networkOptions([
      '--inspect=9229',
      ...passed.slice(0, 4),
      '--import',
      './hook.js',
      '--max-old-space-size=100',
      '--no-network-family-autoselection',
      ...passed.slice(4),
      '--expose-gc',
    ]),
  ).toEqual([...passed.slice(0, 4), '--no-network-family-autoselection', ...passed.slice(4)]);
  expect(networkOptions([])).toEqual([]);
});
