import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { type Identity, identify, livenessOf } from '../../src/store/liveness.ts';

const me = identify();

test('this process lives, and knows itself again', () => {
  expect(identify()).toEqual(me);
  expect(me.pid).toBe(process.pid);
  expect(me.started).not.toBe('');
  expect(livenessOf(me, me)).toBe('alive');
});

test('another process is alive until it is killed', async () => {
  const child = spawn('sleep', ['600']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  // Its start time is not known here, so one that cannot be right stands for a pid that was given out again.
  expect(livenessOf({ ...me, pid, started: 'another time' }, me)).toBe('dead');
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
  expect(livenessOf({ ...me, pid }, me)).toBe('dead');
});

test.each<[string, Partial<Identity>]>([
  ['another boot', { boot: 'another' }],
  ['another container', { space: 'pid:[1]' }],
  ['a machine without boot ids that booted at another time', { boot: 'since 1772000000' }],
])('of a process of %s nothing can be said', (_, difference) => {
  expect(livenessOf({ ...me, ...difference }, me)).toBe('unseen');
});

test('where there are no boot ids, the time of the boot may be off by what a clock is set', () => {
  const here = { ...me, boot: 'since 1772000000' };
  expect(livenessOf({ ...here, boot: 'since 1772000003' }, here)).toBe('alive');
  expect(livenessOf({ ...here, boot: 'since 1772000090' }, here)).toBe('unseen');
  expect(livenessOf({ ...here, boot: 'since 1772000003', host: 'other' }, here)).toBe('unseen');
});
