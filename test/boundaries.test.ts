import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What each folder may import, by prefix: folders of ours from src/, packages by name. The longest folder decides. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  // CEL is pure: an expression has no way out.
  'src/core/catalog': ['src/core', 'fastest-levenshtein', '@marcbachmann/cel-js'],
  // Temporal is the standard's own, until Node has it: a zone's rules are worked out by nobody else.
  'src/core/calendar': ['src/core', 'zod', 'fastest-levenshtein', 'temporal-polyfill'],
  // An index in memory, of pages that are in memory.
  'src/core/onboarding': ['src/core', 'zod', 'minisearch'],
  // date-fns goes through one door, which requires it (instants.ts says why).
  'src/core/kernel': ['src/core', 'zod', 'date-fns/', 'node:module', 'diff', 'fastest-levenshtein'],
  'src/core': ['src/core', 'zod', 'fastest-levenshtein'],
  // BullMQ is required in parts (queue-postgres.ts says which).
  'src/engine': ['src/core', 'src/engine', 'node:crypto', 'node:module', 'bullmq', 'ioredis', 'pg', 'prom-client'],
  'src/store': [
    'src/core',
    'src/store',
    'src/engine/ports.ts',
    'node:',
    'kysely',
    'pg',
    'pino',
    'zod',
    '@electric-sql/pglite',
  ],
  // Reads files of a catalog; hcl2json is HashiCorp's parser of Terraform's language, in a helper process for its size, and
  // definitions carry rules in CEL.
  'src/catalog': [
    'src/core',
    'src/catalog',
    'src/actions/',
    'src/helper.ts',
    'node:',
    'yaml',
    'zod',
    'ajv',
    '@cdktn/hcl2json',
    '@marcbachmann/cel-js',
    'markdown-it',
  ],
  // Reads survey files as the catalog reads its own: each value knows its line.
  'src/surveys': ['src/core', 'src/surveys', 'src/catalog/', 'node:'],
  // One way to reach a cluster, for the doctor and for those who change it.
  'src/actions': ['src/core', 'src/actions', 'src/cluster/', 'node:', 'zod', 'diff', 'yaml', 'nodemailer'],
  // js-yaml reads a thousand objects in a fifth of a second; secretlint knows the tokens of providers in logs.
  'src/cluster': ['src/core', 'src/cluster', 'node:', 'js-yaml', 'zod', '@kubernetes/client-node', '@secretlint/'],
  // Slack draws no charts of ours: resvg makes a PNG of our SVG, without a browser.
  'src/slack': ['src/core', 'src/slack', 'node:', '@slack/', 'zod', 'pino', '@resvg/resvg-js'],
  'src/teams': [
    'src/core',
    'src/teams',
    'src/assets.ts',
    'src/helper.ts',
    'node:',
    'botbuilder',
    'zod',
    'pino',
    'fflate',
  ],
  // A page in the browser. It draws cards by the same code as the playground's Teams, which has nothing of the playground in it.
  'src/teams/tab': ['src/teams/tab', 'src/playground/page/', '@microsoft/teams-js'],
  'src/playground': [
    'src/core/settings.ts',
    'src/core/kernel',
    'src/playground',
    'src/teams/icons.ts',
    'src/assets.ts',
    'node:',
    'zod',
    'pino',
    'markdown-it',
  ],
  'src/playground/backstage': ['src/playground/backstage', 'node:'],
  'src/playground/slack': ['src/playground/slack', 'node:', 'zod'],
  'src/playground/teams': ['src/playground/teams', 'node:', 'zod', 'markdown-it'],
  // A cluster of its own, that others may take out: it knows nothing of the product. YAML comes in as request bodies.
  'src/playground/cluster': ['src/playground/cluster', 'node:', 'yaml'],
  'src/playground/page': ['src/playground/page', 'adaptivecards', 'markdown-it'],
  // The packages are compiled ahead where an image is built (warm.ts).
  'src/cli': ['src/', 'node:', 'yaml', '@kubernetes/client-node', '@slack/bolt'],
  // ical.js reads what calendars of holidays are: rules and exceptions that no few lines get right.
  src: ['src/', 'node:', 'pino', 'pg', 'yaml', 'zod', 'ical.js'],
};

const imports = (source: string): readonly string[] =>
  [
    ...source.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s*'([^']+)'/g,
    ),
  ].map((m) => (m[1] ?? m[2] ?? m[3]) as string);

const files = globSync('src/**/*.ts', { cwd: root }).toSorted();

test.each(files)('%s imports only what its folder may', (file) => {
  const folder = Object.keys(allowed)
    .filter((f) => file.startsWith(`${f}/`))
    .toSorted((a, b) => b.length - a.length)[0] as string;
  const wrong = imports(readFileSync(join(root, file), 'utf8'))
    .map((name) => (name.startsWith('.') ? relative(root, join(root, dirname(file), name)) : name))
    .filter((name) => !(allowed[folder] as readonly string[]).some((prefix) => name.startsWith(prefix)));
  expect(wrong).toEqual([]);
});

test('the walk found the house', () => {
  expect(files.length).toBeGreaterThan(80);
  expect(
    imports("import { a } from './a.ts';\nexport type { B } from 'b';\nconst c = await import('node:c');"),
  ).toEqual(['./a.ts', 'b', 'node:c']);
});
