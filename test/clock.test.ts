import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settable } from '../src/clock.ts';
import { virtualClock } from './support/clock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gc-clock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a clock that was set ahead goes on from there at the next start: what was planned then comes', () => {
  const [real, file] = [virtualClock(), join(folder, 'clock')];
  const began = real.now().getTime();
  const first = settable(real, file);
  expect([first.now().getTime() - began, first.ahead()]).toEqual([0, 0]);
  first.jump(3_600_000);
  first.jump(1_000);
  const second = settable(real, file);
  expect([second.now().getTime() - began, second.ahead()]).toEqual([3_601_000, 3_601_000]);
  for (const broken of ['', 'a week', '-5', 'Infinity', '1e400']) {
    writeFileSync(file, broken);
    expect(settable(real, file).ahead()).toBe(0);
  }
  // Where it can’t be kept it is not set.
  const nowhere = settable(real, join(folder, 'gone', 'clock'));
  expect(() => nowhere.jump(1)).toThrow('ENOENT');
  expect(nowhere.ahead()).toBe(0);
});
