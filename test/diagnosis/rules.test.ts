import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failureCodes, failuresPage } from '../../src/core/diagnosis/failures.ts';
import { families } from '../../src/core/diagnosis/rules/index.ts';
import { codes } from '../../src/core/incidents/stages.ts';

const root = join(import.meta.dirname, '../..');

test('docs/failures.md is what the rules say (npm run docs:failures writes it)', () => {
  expect(readFileSync(join(root, 'docs/failures.md'), 'utf8').split('\n')).toEqual(failuresPage().split('\n'));
});

test('codes are words with dashes, and no two rules have one', () => {
  const codes = failureCodes();
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => !/^[a-z]+(?:-[a-z]+)*$/.test(code))).toEqual([]);
});

test('a pod’s causes are looked for in the order of its life', () => {
  expect(families.map((f) => f.stage)).toEqual([
    'nodes',
    'admission',
    'scheduling',
    'volumes',
    'sandbox',
    'images',
    'config',
    'start',
    'crash',
    'probes',
    'jobs',
    'rollout',
    'network',
    'autoscaling',
  ]);
});

test('what lives otherwise as an incident is known by its code, without the rules', () => {
  const told = families.filter((f) => f.stage in codes).map((f) => [f.stage, f.rules.map((r) => r.code)]);
  expect(Object.fromEntries(told)).toEqual(codes);
});

test('every failure has a test that names it', () => {
  const tests = globSync('test/diagnosis/*.test.ts', { cwd: root })
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  expect(failureCodes().filter((code) => !tests.includes(`'${code}'`))).toEqual([]);
});
