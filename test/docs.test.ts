import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMetrics } from '../src/engine/metrics.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const docs = globSync('{*.md,docs/**/*.md}', { cwd: root });

test.each(docs)('every file that %s names exists', (doc) => {
  const named = [
    ...read(doc).matchAll(
      /`((?:src|test|docs|bin|golden-paths|deploy)\/[\w./-]+|[\w-]+\.(?:yml|yaml|json))`|\]\((?!https?:|#)([^)#]+)/g,
    ),
  ].map((m) => m[1] ?? join('docs/..', doc.includes('/') ? 'docs' : '.', m[2] as string));
  // Files that others write: the settings, a manifest, and those of a golden path.
  const known = new Set(['groundcrew.yaml', 'manifest.json', 'path.yaml', 'objects.yaml', 'argument_specs.yml']);
  expect(named.filter((f) => !known.has(f) && !existsSync(join(root, f)))).toEqual([]);
});

test('every problem code stands in docs/problems.md, and every one there is thrown somewhere', () => {
  const thrown = new Set(
    globSync('src/**/*.ts', { cwd: root }).flatMap((file) =>
      [...read(file).matchAll(/new Problem\(\s*'([a-z_]+)'/g)].map((m) => m[1] as string),
    ),
  );
  const documented = new Set(
    [...read('docs/problems.md').matchAll(/^\| `([a-z_]+)`\s*\|/gm)].map((m) => m[1] as string),
  );
  expect([...thrown].toSorted()).toEqual([...documented].toSorted());
});

test('every metric stands in docs/operations.md', async () => {
  const operations = read('docs/operations.md');
  const names = (await createMetrics().registry.getMetricsAsJSON()).map((m) => m.name);
  expect(names.filter((name) => !operations.includes(name))).toEqual([]);
});

test('CONTRIBUTING.md stays short', () => {
  expect(read('CONTRIBUTING.md').split('\n').length).toBeLessThanOrEqual(81);
});
