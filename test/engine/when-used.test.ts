import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { whenUsed } from '../../src/engine/when-used.ts';

/** What the modules below do when they are loaded. */
let loads: string[];
let load: NodeJS.Require;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'groundcrew-when-used-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  loads = [];
  Object.assign(globalThis, { loads });
  onTestFinished(() => void Reflect.deleteProperty(globalThis, 'loads'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  // As TypeScript writes it: what is exported by a getter is fixed.
  write(
    'heavy.cjs',
    `loads.push('heavy'); Object.defineProperty(exports, 'weigh', { enumerable: true, get: () => () => 7 });`,
  );
  write('user.cjs', `const heavy = require('./heavy.cjs'); loads.push('user'); exports.use = () => heavy.weigh();`);
  write('lister.cjs', `exports.all = { ...require('./heavy.cjs') }; exports.has = 'weigh' in require('./heavy.cjs');`);
  load = createRequire(join(folder, 'index.js'));
});

test('a module that others load is loaded by the first who uses something of it, and once', () => {
  whenUsed(load, ['./heavy.cjs']);
  const { use }: { use(): number } = load('./user.cjs');
  expect(loads).toEqual(['user']);
  expect([use(), use()]).toEqual([7, 7]);
  expect(loads).toEqual(['user', 'heavy']);
  // Whoever comes later gets the module itself.
  expect(load('./heavy.cjs').weigh()).toBe(7);
  expect(loads).toEqual(['user', 'heavy']);
});

test('who lists what it has gets all of it', () => {
  whenUsed(load, ['./heavy.cjs']);
  const { all, has }: { all: { weigh(): number }; has: boolean } = load('./lister.cjs');
  expect(all.weigh()).toBe(7);
  expect(has).toBe(true);
});

test('one that is loaded already stays', () => {
  const heavy: object = load('./heavy.cjs');
  whenUsed(load, ['./heavy.cjs']);
  expect(load('./heavy.cjs')).toBe(heavy);
  expect(loads).toEqual(['heavy']);
});
