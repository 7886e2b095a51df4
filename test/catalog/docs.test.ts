import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkCatalog } from '../../src/catalog/check.ts';
import { keys } from '../../src/catalog/load.ts';
import { scopeFields } from '../../src/core/catalog/facts.ts';
import { directives } from '../../src/core/catalog/render.ts';
import { scratchCatalog } from './scratch.ts';

const docs = readFileSync(join(import.meta.dirname, '../../docs/golden-paths.md'), 'utf8');

test('the page has every key of path.yaml, every name in expressions, and every directive', () => {
  const missing = (names: readonly string[]) =>
    names.filter((n) => !new RegExp(`\`[^\`\n]*\\b${n}\\b[^\`\n]*\``).test(docs));
  expect(missing(keys)).toEqual([]);
  expect(missing(Object.entries(scopeFields).flatMap(([root, fields]) => [root, ...fields]))).toEqual([]);
  expect(directives.filter((d) => !docs.includes(d))).toEqual([]);
});

test('the path of the page is right', async () => {
  const [path = '', objects = ''] = [...docs.matchAll(/```yaml\n([\s\S]*?)```/g)].map((m) => m[1] as string);
  const { root } = scratchCatalog({
    'notes/path.yaml': path,
    'notes/objects.yaml': objects,
    'notes/README.md': '# Notes\n',
  });
  expect(await checkCatalog(root)).toMatchObject([{ name: 'notes', problems: [], advice: [], notChecked: [] }]);
});
