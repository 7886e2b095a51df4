import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { exportRoadmap } from '../../src/cli/roadmap.ts';
import type { PersonId } from '../../src/core/kernel/index.ts';
import { lanesOf } from '../../src/core/roadmap/board.ts';
import { readBoard } from '../../src/core/roadmap/board-reading.ts';
import { roadmapMarkdown } from '../../src/core/roadmap/markdown.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, grace } from '../support/house.ts';
import { openStage } from '../support/stage.ts';

/** The command opens a database by its address, so this needs one that has an address. */
const url = process.env.DATABASE_URL;
const database = await openTestDatabase();
afterAll(() => database.close());

async function fill() {
  const stage = openStage(database);
  const [adaId] = (await stage.meet(ada, grace)) as [PersonId];
  const { feedback, roadmap } = stage.store.direct.features;
  const wish = { requester: adaId, account: ada.account, why: 'x', pain: 4, created: stage.now() };
  const hostile = '<script>alert(1)</script> {{ 7 }} [x](javascript:1) *b* `c`\n# d | @all';
  await feedback.add({ ...wish, what: hostile });
  await feedback.add({ ...wish, what: 'GPU notebooks' });
  await feedback.moved(1, { move: 'start', state: 'in-progress', at: stage.now() });
  await feedback.moved(
    2,
    { move: 'ship', state: 'shipped', at: stage.now() },
    { help: 'Choose *gpu*.', link: 'https://docs.acme.test/a b>', shipped: stage.now() },
  );
  await roadmap.set(1, { impact: 5, problem: 'Ada waits.' });
  return stage.now();
}

test.skipIf(url === undefined)('the command prints the page, and says what it does not know', async () => {
  const now = await fill();
  const out = new PassThrough();
  const env = { DATABASE_URL: String(database.config.connectionString) };
  await exportRoadmap(env, undefined, out, now);
  out.end();
  expect(await text(out)).toContain('# Roadmap\n');
  await expect(exportRoadmap(env, 'mood', new PassThrough(), now)).rejects.toMatchObject({
    code: 'roadmap_cut_unknown',
  });
  await database.empty();
});

test('what people typed is text in the page, and nobody is named', async () => {
  const now = await fill();
  const entries = await readBoard({ store: openStage(database).store.direct.features, now });
  const page = roadmapMarkdown('now', lanesOf('now', entries, now), { team: 'the Acme platform team', now });
  expect(page.split('\n')).toEqual([
    '# Roadmap',
    '',
    'Of the Acme platform team, on 2026-03-02. The score is the impact times how many people it touches.',
    '',
    '## Now',
    '',
    '- **&lt;script\\>alert\\(1\\)&lt;/script\\> \\{\\{ 7 \\}\\} \\[x\\]\\(javascript\\:1\\) \\*b\\* \\`c\\` \\# d \\| \\@all** (\\#1)<br>',
    '  In progress, 1 asked, score 5',
    '  <br>Ada waits\\.',
    '',
    '## Here since last month',
    '',
    '- **GPU notebooks** (\\#2)<br>',
    '  Shipped, 1 asked, score 4',
    '  <br>Choose \\*gpu\\*\\. [Try it](<https://docs.acme.test/a%20b%3E>)',
    '',
  ]);
});
