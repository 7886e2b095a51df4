import { expect, test } from 'vitest';
import type { PlaceId, Profile, View } from '../../src/core/kernel/index.ts';
import type { Survey } from '../../src/core/surveys/model.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { askedIn, grace, type House, openHouse } from '../support/house.ts';
import {
  answer,
  begin,
  days,
  meet,
  minutes,
  onSlack,
  onTeams,
  opened,
  pass,
  pressOn,
  survey,
} from '../support/surveys.ts';

/*
 * Two worlds are played that differ in one thing only: what people said was dealt to them in another order. If a copy of
 * the database is the same in both, nothing in it, nor any order, id or time, can tell who said what.
 */

/** Two whole worlds are played, each in a database of its own. */
const long = { timeout: 120_000 };

const channel = 'slack:T1/C0PLATFORM' as PlaceId;
const team = '19:platform@thread.tacv2';
const asks = (mode: string): Survey =>
  survey({
    name: 'proof',
    audience: { emails: ['nobody@acme.test'] },
    trust: { mode, k: 5, kText: 5 },
    questions: [
      { key: 'nps', kind: 'nps', ask: 'Would you recommend it?' },
      { key: 'why', kind: 'text', ask: 'Why not?', askIf: { question: 'nps', atMost: 6 } },
      {
        key: 'part',
        kind: 'choices',
        ask: 'Which parts?',
        options: [
          { value: 'part-db', label: 'Databases' },
          { value: 'part-ci', label: 'Pipelines' },
        ],
      },
      { key: 'often', kind: 'likert', scale: 'often', ask: 'How often?' },
    ],
  });

type Script = (house: House, who: Profile, first: View, mode: string) => Promise<void>;
const finish = async (house: House, who: Profile, last: View, mode: string) => {
  if (mode === 'unlinked') await house.act(pressOn(house, who, last, 'Send'));
};
/** Different lengths on purpose: how much somebody answered must not be found either. */
const happy =
  (score: string): Script =>
  async (house, who, first, mode) =>
    finish(house, who, await answer(house, who, first, [score, ['Databases'], 'Often']), mode);
const unhappy =
  (score: string, words: string): Script =>
  async (house, who, first, mode) =>
    finish(house, who, await answer(house, who, first, [score, { words }, ['Databases', 'Pipelines'], null]), mode);
const backAndForth: Script = async (house, who, first, mode) => {
  // Words that were given, and then left by another way: they must not be anywhere.
  const parts = await answer(house, who, first, ['2', { words: 'taken back ABSENT7' }]);
  let view = parts;
  for (const label of ['Back', 'Back']) {
    const drawnAgain = await house.act(pressOn(house, who, view, label));
    view = (drawnAgain.replies[0] as { view: View }).view;
  }
  await finish(house, who, await answer(house, who, view, ['10', ['Pipelines'], 'Always']), mode);
};
const tooMuch: Script = async (house, who, first, mode) => {
  const view = await answer(house, who, first, ['3']);
  const asked = await house.act(pressOn(house, who, view, 'Write'));
  await house.act(house.submit(who, askedIn(asked), { words: `ABSENT8 ${'x'.repeat(4000)}` }));
  await house.act(house.submit(who, askedIn(asked), { words: 'short MARK9' }));
  await finish(house, who, await answer(house, who, view, [{ words: 'again MARK10' }, [], 'Never']), mode);
};
const scripts: readonly Script[] = [
  happy('10'),
  happy('9'),
  unhappy('1', 'it is slow MARK1'),
  unhappy('4', 'MARK2 ask @mira, PLAT-12, https://wiki.acme.test/x or p3@acme.test'),
  unhappy('6', 'عربي MARK3 🙂'),
  unhappy('0', 'MARK4'),
  backAndForth,
  tooMuch,
];

type Copy = { readonly tables: Readonly<Record<string, readonly string[]>>; readonly logs: readonly string[] };

/** Every row of every table, as text, in the order in which it lies on disk. */
async function copy(database: TestDatabase, ids: ReadonlyMap<string, string>): Promise<Copy['tables']> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const out: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    const { rows } = await database.pool.query<{ row: string }>(`select t::text as row from ${name} t order by ctid`);
    out[name] = rows.map(({ row }) => named(row, ids));
  }
  return out;
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const secret = /\b[0-9a-f]{64}\b/g;
/** People and their tokens by name, what is by lot as such; times of the test’s own machine are the same for all. */
const named = (text: string, ids: ReadonlyMap<string, string>): string =>
  text
    .replace(uuid, (id) => ids.get(id) ?? '<id>')
    .replace(secret, '<hash>')
    .replace(/(test\/\d+|surveys\.read)\/\d+/g, '<delivery>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00/g, (at) => (at.startsWith('2026-03-') ? at : '<now>'));

/** The files in which Postgres keeps what links people to answers: a row that is deleted lies in one until it is vacuumed. */
const linking = ['asked', 'survey_draft', 'survey_loose', 'survey_secret'] as const;
async function files(database: TestDatabase): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ file: string }>(
    `select name || ' ' || pg_relation_filenode(('groundcrew.' || name)::regclass) as file from unnest($1::text[]) as name`,
    [linking],
  );
  return rows.map((r) => r.file);
}

async function world(mode: string, deal: (i: number) => number): Promise<Copy> {
  const database = await openTestDatabase({ untouched: true });
  const logs: string[] = [];
  const note = (fields: unknown, words?: string) => void logs.push(`${JSON.stringify(fields)} ${words ?? ''}`);
  const house = openHouse(database, {
    clock: virtualClock('2026-03-02T11:00:00Z'),
    log: { info: note, warn: note, error: note },
  });
  await house.engine.start();
  await meet(house, grace);
  const people = scripts.map((_, i) => (i % 2 ? onTeams(i) : onSlack(i)));
  const met = await meet(house, ...people);
  const proof = asks(mode);
  // Of a channel in Slack and a team in Teams: who is in them is read, and kept, as it is of every audience.
  const on = (platform: string) => people.map((p) => p.account).filter((account) => account.startsWith(platform));
  house.slack.groups.set(channel, on('slack'));
  house.teams.groups.set(team, on('teams'));
  await opened(house, { ...proof, audience: { ...proof.audience, channels: [channel], microsoftTeams: [team] } });
  await pass(house, minutes(1));
  // People always act in the same order; what differs is who says what.
  for (const [i, who] of people.entries())
    await (scripts[deal(i)] as Script)(house, who, await begin(house, who), mode);
  const before = await files(database);
  await pass(house, days(14));
  await pass(house, minutes(16));
  const after = await files(database);
  expect(after.filter((file) => before.includes(file))).toEqual([]);
  await pass(house, days(1));
  const { rows: tokens } = await database.pool.query<{ token: string; person: string }>(
    'select token, person from groundcrew.survey_part',
  );
  const who = new Map(met.map((id, i) => [id as string, `person ${i}`]));
  const ids = new Map([...who, ...tokens.map((t) => [t.token, `token of ${who.get(t.person)}`] as const)]);
  const tables = await copy(database, ids);
  await house.engine.stop();
  await database.close();
  return { tables, logs: logs.map((l) => named(l, ids)) };
}

const byLot = new Set(['groundcrew.survey_words', 'groundcrew.survey_part']);
const sorted = (rows: readonly string[] = []) => rows.toSorted();
/** What is kept of answers stands in these alone. */
const holding = new Set(['groundcrew.survey_run', 'groundcrew.survey_words']);

test.each(['confidential', 'unlinked'])(
  '%s: a copy of the database tells nothing of who said what',
  long,
  async (mode) => {
    const straight = await world(mode, (i) => i);
    const dealt = await world(mode, (i) => (i * 3 + 5) % scripts.length);

    const names = Object.keys(straight.tables);
    expect(names).toEqual(Object.keys(dealt.tables));
    for (const name of names) {
      // Some of surveys' own tables lie in an order by lot, so the set is compared; of the others the order on disk counts
      // as well. Where the rows of everything else come to lie when they are rewritten is up to when Postgres clears away
      // old ones: each says its time and number itself.
      const set = byLot.has(name) || !name.startsWith('groundcrew.survey_');
      const [a, b] = [straight.tables[name] ?? [], dealt.tables[name] ?? []];
      expect({ name, rows: set ? sorted(a) : a }).toEqual({ name, rows: set ? sorted(b) : b });
    }
    expect(dealt.logs).toEqual(straight.logs);

    // It would prove nothing if nothing were kept, or if marks were lost for other reasons.
    const words = straight.tables['groundcrew.survey_words'] ?? [];
    expect(['MARK1', 'MARK2', 'MARK3', 'MARK4', 'MARK10'].filter((m) => !words.some((w) => w.includes(m)))).toEqual([]);
    expect(words.join()).not.toMatch(/mira|PLAT-12|wiki|p3@acme/);
    for (const [name, rows] of Object.entries(straight.tables)) {
      if (!holding.has(name))
        expect({ name, found: rows.filter((r) => /MARK|ABSENT/.test(r)) }).toEqual({ name, found: [] });
      expect({ name, found: rows.filter((r) => r.includes('ABSENT')) }).toEqual({ name, found: [] });
    }
    for (const gone of ['survey_secret', 'survey_draft', 'survey_loose'])
      expect(straight.tables[`groundcrew.${gone}`]).toEqual([]);
    expect(straight.logs.filter((l) => /MARK|ABSENT/.test(l))).toEqual([]);
  },
);
