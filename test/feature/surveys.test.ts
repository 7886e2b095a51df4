import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { Asked, PersonId } from '../../src/core/kernel/index.ts';
import { drawn as byLot } from '../../src/core/surveys/audience.ts';
import type { Survey } from '../../src/core/surveys/model.ts';
import { pulse } from '../../src/core/surveys/pulses.ts';
import { rateBlocks } from '../../src/core/surveys/rate-view.ts';
import type { Run } from '../../src/core/surveys/store.ts';
import { loadSurveys } from '../../src/surveys/load.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { askedIn, grace, graceTeams, type House, openHouse, settings } from '../support/house.ts';
import {
  answer,
  begin,
  days,
  drawn,
  meet,
  minutes,
  onSlack,
  onTeams,
  opened,
  pass,
  pressOn,
  readSurveys,
  survey,
  toldTo,
} from '../support/surveys.ts';
import { whisperedIn, wordsOf } from '../support/words.ts';

const database = await openTestDatabase();
let house: House;
beforeEach(async () => {
  await database.empty();
  house = openHouse(database, { clock: virtualClock('2026-03-02T11:00:00Z') });
  await house.engine.start();
  await meet(house, grace);
});
afterEach(() => house.engine.stop());
afterAll(() => database.close());

const pack = async (name: string) => {
  const found = (await loadSurveys('surveys'))?.find((l) => 'survey' in l && l.survey.name === name);
  if (!found || !('survey' in found)) throw new Error(`there is no pack ${name}`);
  return found.survey;
};

test('a pack is opened, answered half on Slack and half on Teams, and its results are numbers', async () => {
  const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => (n % 2 ? onSlack(n) : onTeams(n)));
  await meet(house, ...ten);
  const dora = await pack('dora');
  await opened(house, {
    ...dora,
    audience: { ...dora.audience, everyone: undefined as never, emails: ten.map((p) => p.email as string) },
  });
  for (const [i, who] of ten.entries()) {
    const first = await begin(house, who);
    expect(first.title).toBe('How we deliver software');
    const end = await answer(house, who, first, [
      i < 6 ? 'On demand, several times a day' : 'Once per week to once per month',
      'Less than one day',
      'Less than one hour',
      '10%',
      i === 0 ? null : '20%',
      'We do not review',
      '100%',
      { words: `reviews, I think (${i})` },
    ]);
    expect(wordsOf(end)).toContain('Thank you! Every answer is kept.');
  }
  await pass(house, days(14));
  await pass(house, minutes(16));
  const results = wordsOf(toldTo(house, grace).at(-1) as never);
  expect(results).toContain('100% (10 of 10)');
  expect(results).toContain('DORA overall: 8.5 of 10');
});

const people = [1, 2, 3].map((n) => onSlack(n));
const [ada, bob] = people as [(typeof people)[0], (typeof people)[0]];
const short = (more: object = {}) =>
  survey({
    name: 'short',
    audience: { emails: people.map((p) => p.email as string) },
    questions: [
      { key: 'nps', kind: 'nps', ask: 'Would you recommend it?' },
      { key: 'why', kind: 'text', ask: 'Why?', max: 100 },
    ],
    ...more,
  });
const answersKept = async () =>
  (await database.pool.query<{ answers: object }>('select answers from groundcrew.survey_draft order by key')).rows.map(
    (r) => r.answers,
  );

/** Every row that there is, as text. */
const tables = async () => {
  const { rows } = await database.pool.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'groundcrew' order by 1`,
  );
  const all = rows.map(async ({ name }) => [
    name,
    (await database.pool.query(`select t::text as row from groundcrew.${name} t order by 1`)).rows,
  ]);
  return Object.fromEntries(await Promise.all(all));
};

test('a double tap, a tap that comes late and one of somebody else change nothing', async () => {
  await meet(house, ...people);
  await opened(house, short());
  const first = await begin(house, ada);
  const nine = pressOn(house, ada, first, '9');
  expect(wordsOf(drawn(await house.act(nine)))).toContain('2 of 2');
  await house.act(nine);
  await house.act({ ...nine, delivery: 'again/1' });
  expect(await answersKept()).toEqual([{ nps: '9' }]);
  const stranger = await house.act(pressOn(house, bob, first, '3'));
  expect(whisperedIn(stranger)).toEqual([expect.stringContaining('made for somebody else')]);
  expect(await answersKept()).toEqual([{ nps: '9' }]);
  const forged = await house.act(house.press(ada, 'surveys.answer', { t: 'x', q: 'nps', v: '9' }));
  expect(whisperedIn(forged)).toEqual([expect.stringContaining('I don’t know this survey any more')]);
});

test('an answer that no button has is not taken', async () => {
  await meet(house, ...people);
  await opened(house, short());
  const first = await begin(house, ada);
  const { press } = pressOn(house, ada, first, '9');
  const { t } = JSON.parse(press.value);
  for (const v of ['11', '-1', 'nps', '__proto__', ''])
    expect(wordsOf(drawn(await house.act(house.press(ada, 'surveys.answer', { t, q: 'nps', v }))))).toContain('1 of 2');
  await house.act(house.press(ada, 'surveys.answer', { t, q: '__proto__', v: '9' }));
  await house.act(house.press(ada, 'surveys.answer', { t, q: 'why', v: 'words by a button' }));
  expect(await answersKept()).toEqual([{ why: 'words by a button' }]);
});

test('what is too long stays in its form, and is not kept anywhere', async () => {
  await meet(house, ...people);
  await opened(house, short());
  const view = await answer(house, ada, await begin(house, ada), ['9']);
  const asked = await house.act(pressOn(house, ada, view, 'Write'));
  const refused = await house.act(house.submit(ada, askedIn(asked), { words: '🙂'.repeat(20_000) }));
  expect(refused.replies).toMatchObject([
    { kind: 'ask', reopened: true, asked: { errors: { words: expect.any(String) } } },
  ]);
  const { rows } = await database.pool.query(`select prior from groundcrew.asked`);
  expect(rows).toEqual([{ prior: {} }]);
});

test('who sent an unlinked survey is through with it, also once the batch was cut loose', async () => {
  const five = [1, 2, 3, 4, 5].map((n) => (n % 2 ? onSlack(n) : onTeams(n)));
  await meet(house, ...five);
  await opened(
    house,
    survey({
      name: 'loose',
      trust: { mode: 'unlinked', k: 5, kText: 5 },
      audience: { emails: five.map((p) => p.email as string) },
    }),
  );
  const cards = [];
  for (const who of five) {
    const first = await begin(house, who);
    cards.push({ who, first });
    await house.act(pressOn(house, who, await answer(house, who, first, ['9']), 'Send'));
  }
  const loose = async () =>
    (await database.pool.query<{ answer: string }>('select answer from groundcrew.survey_loose')).rows.map(
      (r) => r.answer,
    );
  expect(await answersKept()).toEqual([]);
  expect(await loose()).toEqual(['9', '9', '9', '9', '9']);
  for (const { who, first } of cards) {
    const again = drawn(await house.act(pressOn(house, who, first, '0')));
    expect(wordsOf(again)).not.toContain('1 of 1');
    expect(wordsOf(await begin(house, who))).not.toContain('1 of 1');
    const { t } = JSON.parse(pressOn(house, who, first, '0').press.value);
    await house.act(house.press(who, 'surveys.send', { t }));
  }
  expect(await answersKept()).toEqual([]);
  expect(await loose()).toEqual(['9', '9', '9', '9', '9']);
});

test('two reminders at most, none after “Not this time”, “No more reminders” or an answer', async () => {
  await meet(house, ...people);
  await opened(house, short({ questions: [{ key: 'nps', kind: 'nps', ask: 'Would you recommend it?' }] }));
  const [, , third] = people as [unknown, unknown, (typeof people)[0]];
  await answer(house, ada, await begin(house, ada), ['9']);
  const card = toldTo(house, bob).at(-1);
  if (!card) throw new Error('no card');
  expect(wordsOf(drawn(await house.act(pressOn(house, bob, card, 'Not this time'))))).toContain(
    'You won’t be reminded',
  );
  for (let day = 0; day < 13; day++) await pass(house, days(1));
  expect(toldTo(house, ada)).toHaveLength(1);
  expect(toldTo(house, bob)).toHaveLength(1);
  expect(toldTo(house, third).map((v) => v.id)).toEqual(['surveys.invitation', 'surveys.again', 'surveys.again']);
  // Changed their mind: it is answered all the same.
  expect(wordsOf(await begin(house, bob))).toContain('1 of 1');
});

test('nobody is written to outside their working hours, or at the weekend', async () => {
  const tokyo = onSlack(1, { zone: 'Asia/Tokyo' });
  await meet(house, tokyo);
  house.clock.jump(days(4));
  await opened(house, short());
  // Friday 11:00 in London is 20:00 in Tokyo: Monday at ten there is Monday 01:00 in London.
  await pass(house, days(2));
  expect(toldTo(house, tokyo)).toEqual([]);
  await pass(house, minutes(15 * 60));
  expect(toldTo(house, tokyo)).toHaveLength(1);
});

test('somebody on both platforms is asked once, and goes on where they like', async () => {
  const onTeamsToo = onTeams(1);
  await meet(house, ada, onTeamsToo);
  await opened(house, short());
  expect(house.slack.outgoing.length + house.teams.outgoing.length).toBe(2);
  const asked = [...toldTo(house, ada), ...toldTo(house, onTeamsToo)];
  expect(asked).toHaveLength(1);
  const where = toldTo(house, ada).length > 0 ? ada : onTeamsToo;
  const other = where === ada ? onTeamsToo : ada;
  await answer(house, where, await begin(house, where), ['7']);
  await house.act(house.command(other, 'survey'));
  const there = toldTo(house, other).at(-1);
  if (!there) throw new Error('no card');
  expect(wordsOf(drawn(await house.act(pressOn(house, other, there, 'Start, or go on'))))).toContain('2 of 2');
});

test('what is typed while it closes still counts and is told; after that it is refused, and the form keeps it', async () => {
  await meet(house, ...people);
  await opened(house, short({ trust: { k: 3, kText: 5 } }));
  const view = await answer(house, ada, await begin(house, ada), ['9']);
  const form = askedIn(await house.act(pressOn(house, ada, view, 'Write')));
  await pass(house, days(14));
  const kept = await house.act(house.submit(ada, form, { words: 'nearly late' }));
  expect(whisperedIn(kept)).toEqual([expect.stringContaining('Your answer is kept, and counts')]);
  const late = toldTo(house, bob)[0];
  if (!late) throw new Error('no card');
  expect(wordsOf(drawn(await house.act(pressOn(house, bob, late, 'Start'))))).toContain('is closed');
  await pass(house, minutes(16));
  expect(wordsOf(drawn(await house.act(pressOn(house, ada, view, 'Write'))))).toContain('is closed');
});

test.each([
  ['slack', onSlack(1)],
  ['teams', onTeams(1)],
] as const)(
  'words that are sent after the count stay in their form, and nothing is kept of them: %s',
  async (_, who) => {
    await meet(house, who);
    await opened(house, short({ audience: { emails: [who.email] } }));
    const view = await answer(house, who, await begin(house, who), ['9']);
    const { asked } = (await house.act(pressOn(house, who, view, 'Write'))).replies[0] as { asked: Asked };
    await pass(house, days(14));
    await pass(house, minutes(16));
    expect(await house.store.direct.features.surveys.current()).toEqual([]);
    // Who acts is looked up once a day, whatever they do.
    await house.act(house.command(who, 'help'));
    const before = await tables();
    const words = 'MARK after the count';
    for (let n = 0; n < 2; n++) {
      const late = { ...house.submit(who, asked.id, { words }), form: asked.form.id };
      const { replies } = await house.act(late);
      expect(replies).toMatchObject([{ kind: 'ask', reopened: true, asked: { id: asked.id, prior: { words } } }]);
      expect(replies).toMatchObject([
        { asked: { errors: { words: expect.stringContaining('This survey is closed.') } } },
      ]);
      expect(replies).toMatchObject([{ asked: { errors: { words: expect.stringContaining('Copy your words') } } }]);
    }
    expect(await tables()).toEqual(before);
  },
);

test.each([
  ['Slack', grace],
  ['Teams', graceTeams],
] as const)(
  'what is open can’t be opened again or changed: a file counts for the next run, and that is told once: %s',
  async (_, who) => {
    await meet(house, who, ...people);
    await readSurveys(house, short());
    await house.act(house.press(who, 'surveys.open', { name: 'short' }));
    await pass(house, 1_000);
    // Where they were seen last: she is one person on both.
    const told = () => [grace, graceTeams].flatMap((at) => toldTo(house, at)).filter((v) => v.id === 'surveys.edited');
    await readSurveys(house, short());
    expect(told()).toEqual([]);
    for (const title of ['Another title', 'Yet another']) await readSurveys(house, short({ title }));
    await house.work();
    expect(told().map(wordsOf)).toEqual([
      expect.stringContaining('The file of How is it going? was changed while run 1 is open'),
    ]);
    expect(whisperedIn(await house.act(house.command(who, 'survey list'))).join()).toContain('its file changed since');
    expect(whisperedIn(await house.act(house.command(who, 'survey results short'))).join()).toContain(
      'Its file was changed since.',
    );
    const twice = await house.act(house.press(who, 'surveys.open', { name: 'short' }));
    expect(whisperedIn(twice)).toEqual([expect.stringContaining('run 1 is open until 2026-03-16')]);
    expect((await begin(house, ada)).title).toBe('How is it going?');

    // One that was made in a form is refused, and stays as it is.
    const made = async (intro: string) => {
      const form = askedIn(await house.act(house.command(who, 'survey new')));
      return house.act(house.submit(who, form, { title: 'Made here', intro, ask1: 'Is it?', kind1: 'agreement' }));
    };
    await made('As it was.');
    await house.act(house.press(who, 'surveys.open', { name: 'made-here' }));
    const refused = (await made('Changed.')).replies;
    expect(refused).toMatchObject([
      {
        asked: { errors: { title: expect.stringMatching(/run 1 is open until 2026-03-16.*another title, or close/) } },
      },
    ]);
    expect((await house.store.direct.features.surveys.byName('made-here'))?.intro).toBe('As it was.');

    // Its file goes, or is broken by an edit: what is open is seen, closed and counted by what it was asked with.
    await readSurveys(house);
    expect(whisperedIn(await house.act(house.command(who, 'survey list'))).join()).toMatch(
      /short · open until 2026-03-16\S*, its file is broken or gone/,
    );
    const [seen] = (await house.act(house.command(who, 'survey results Short'))).replies;
    if (seen?.kind !== 'whisper') throw new Error('nothing was shown');
    expect(wordsOf(seen.view)).toContain('Its file is broken or gone. What is open goes on as it was asked');
    const form = askedIn(await house.act(house.command(who, 'survey new')));
    await house.act(pressOn(house, who, seen.view, 'Close it now'));
    await pass(house, minutes(16));
    // What else was being typed is kept.
    const other = { title: 'Something else', intro: 'x', ask1: 'Is it?', kind1: 'agreement' };
    expect(whisperedIn(await house.act(house.submit(who, form, other))).join()).toContain('1. Is it?');
    const results = () => toldTo(house, who).filter((v) => v.id === 'surveys.results');
    const before = results().length;
    await house.act(house.command(who, 'survey results short'));
    await house.work();
    expect(results()).toHaveLength(before + 1);
    expect(whisperedIn(await house.act(house.command(who, 'survey words short'))).join()).toContain('nothing is kept');
  },
);

// Embedded, there is one connection to the database, and nobody else who could hold a lock.
test.runIf(process.env.DATABASE_URL)(
  'a backup that is being made keeps nobody waiting: it is counted later',
  async () => {
    await meet(house, ...people);
    await opened(house, short());
    const backup = await database.pool.connect();
    await backup.query('begin; lock table groundcrew.survey_draft in access share mode');
    await pass(house, days(14));
    const { surveys } = house.store.direct.features;
    expect((await surveys.current()).map((r) => r.state)).toEqual(['closing']);
    await backup.query('commit');
    backup.release();
    await pass(house, days(1));
    expect(await surveys.current()).toEqual([]);
  },
);

test.runIf(process.env.DATABASE_URL)('opened by two at the same moment, it has one run', async () => {
  await meet(house, ...people);
  await readSurveys(house, short());
  const other = await database.pool.connect();
  await other.query(`begin; select pg_advisory_xact_lock(hashtextextended('survey/short', 0))`);
  const opening = house.act(house.press(grace, 'surveys.open', { name: 'short' }));
  const waiting = async () =>
    (
      await database.pool.query(
        `select from pg_locks where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`,
      )
    ).rowCount;
  while ((await waiting()) !== 1);
  await other.query(
    `insert into groundcrew.survey_run (id, survey, number, definition, state, opens, closes, seed)
     values ($1, 'short', 1, $2, 'open', now(), now(), 'x')`,
    [randomUUID(), JSON.stringify(short())],
  );
  await other.query('commit');
  other.release();
  expect(whisperedIn(await opening)).toEqual([expect.stringContaining('has a run that is not over')]);
  expect(await house.store.direct.features.surveys.current()).toHaveLength(1);
});

test('a button of a run that is over closes no other', async () => {
  await meet(house, ...people);
  await readSurveys(house, short());
  const open = () => house.act(house.press(grace, 'surveys.open', { name: 'short' }));
  await open();
  const { surveys } = house.store.direct.features;
  await pass(house, 1_000);
  const [underWay] = (await house.act(house.command(grace, 'survey results short'))).replies;
  if (underWay?.kind !== 'whisper') throw new Error('nothing was shown');
  const close = pressOn(house, grace, underWay.view, 'Close it now');
  await pass(house, days(14));
  await open();
  await pass(house, 1_000);
  await house.act(close);
  expect((await surveys.current()).map((r) => [r.number, r.state])).toEqual([[2, 'open']]);
});

test('of each run it is told how many have answered it by now, whatever they did with another', async () => {
  const six = [1, 2, 3, 4, 5, 6].map((n) => (n % 2 ? onSlack(n) : onTeams(n)));
  await meet(house, ...six);
  const audience = { emails: six.map((p) => p.email as string) };
  const questions = [{ key: 'nps', kind: 'nps', ask: 'Would you recommend it?' }];
  const [one, other] = ['one', 'other'].map((name) => survey({ name, title: name, audience, questions }));
  const says = async (which: Survey | undefined, ...who: typeof six) => {
    for (const each of who) {
      const card = toldTo(house, each).findLast((v) => v.title === which?.title);
      if (!card) throw new Error(`${each.name} was not asked`);
      await answer(house, each, drawn(await house.act(pressOn(house, each, card, 'Start'))), ['9']);
    }
  };
  const live = async () => {
    const told = ['one', 'other'].map((n) => house.command(grace, `survey results ${n}`));
    const words = [];
    for (const each of told) words.push(whisperedIn(await house.act(each)).join());
    return words.map((w) => /Answered: (.*)/.exec(w)?.[1]);
  };
  await opened(house, one as Survey);
  await says(one, ...six.slice(0, 2));
  await pass(house, days(1));
  await opened(house, other as Survey);
  await says(other, ...six.slice(1, 5));
  expect(await live()).toEqual(['33% (2 of 6), under 60%', '66% (4 of 6)']);
  await says(one, ...six.slice(2, 3));
  expect(await live()).toEqual(['50% (3 of 6), under 60%', '66% (4 of 6)']);

  // The next run of the one begins at nothing, while the other goes on.
  const { surveys } = house.store.direct.features;
  const [first] = await surveys.runs('one', 1);
  await house.act(house.press(grace, 'surveys.close', { name: 'one', run: first?.id }));
  await pass(house, days(1));
  await opened(house, one as Survey);
  expect(await live()).toEqual(['0% (0 of 6), under 60%', '66% (4 of 6)']);
});

test('how many of a team have answered is not told where the rest would be one person', async () => {
  const rate = (team: string, invited: number) => ({
    team,
    invited,
    asked: invited,
    started: 0,
    answered: 1,
    declined: 0,
  });
  const rowsOf = (...teams: readonly ReturnType<typeof rate>[]) => {
    const invited = teams.reduce((sum, t) => sum + t.invited, 0);
    const run = { survey: survey({ trust: { k: 5, kText: 5 } }) } as Run;
    const [facts] = rateBlocks(run, { all: rate('', invited), teams });
    return facts?.kind === 'facts' ? facts.rows.slice(3).map(([name]) => name) : [];
  };
  expect(rowsOf(rate('checkout', 6), rate('shop', 7), rate('tiny', 1))).toEqual(['shop']);
  expect(rowsOf(rate('checkout', 6), rate('none', 1))).toEqual([]);
  expect(rowsOf(rate('checkout', 6), rate('shop', 7))).toEqual(['checkout', 'shop']);
  // Whoever is in no team is a group too, in what the database tells.
  await meet(house, ...people);
  await opened(house, short());
  const { surveys } = house.store.direct.features;
  const [run] = await surveys.current();
  expect((await surveys.rates(run?.id ?? '')).teams).toMatchObject([{ team: 'none', invited: 3 }]);
});

test('nobody answered: it says so, and nothing is a number that is none', async () => {
  await meet(house, ...people);
  await opened(house, short());
  await pass(house, days(14));
  const results = toldTo(house, grace).at(-1);
  if (!results) throw new Error('no results');
  // Fewer than k were asked: whether they answered is not told, on the card or in what a phone shows of it.
  expect(wordsOf(results)).toContain('Answered: not told, since fewer than 5 were asked');
  expect(`${results.summary} ${wordsOf(results)}`).not.toMatch(/0 of 3|0%/);
  expect(wordsOf(results)).toContain('Fewer than 5 answered this, so nothing is kept of it.');
  expect(wordsOf(results)).not.toMatch(/NaN|Infinity|undefined/);
});

test('who was asked lately rests, lots are drawn by seed, and only platform people open', async () => {
  await meet(house, ...people);
  await opened(house, short());
  const before = house.slack.outgoing.length;
  await readSurveys(house, short({ name: 'another', restDays: 14 }));
  // Whoever rests is not counted among those whom it would ask, so that it asks as many as it said.
  const looked = whisperedIn(await house.act(house.command(grace, 'survey open another'))).join();
  expect(looked).toContain('Asks: 0 people');
  expect(looked).toMatch(/\d people more are in its audience and rest/);
  await opened(house, short({ name: 'another', restDays: 14 }));
  expect(house.slack.outgoing.slice(before).map((o) => o.view.id)).toEqual(['surveys.opened']);
  const dev = await house.act(house.press(ada, 'surveys.open', { name: 'short' }));
  expect(whisperedIn(dev).join()).toContain('platform engineers');
  const all = Array.from({ length: 100 }, (_, n) => ({ id: `p${n}` as PersonId }));
  expect(byLot(all, 20, 'a')).toEqual(byLot(all, 20, 'a'));
  expect(byLot(all, 20, 'a')).not.toEqual(byLot(all, 20, 'b'));
});

test('a short survey is made in a form and looked at before it is asked', async () => {
  await meet(house, ...people);
  const form = askedIn(await house.act(house.command(grace, 'survey new')));
  const made = await house.act(
    house.submit(grace, form, {
      title: 'Preview environments',
      intro: 'To mend them.',
      ask1: 'Are they fast?',
      kind1: 'agreement',
    }),
  );
  expect(whisperedIn(made).join()).toContain('1. Are they fast?');
  await house.act(house.press(grace, 'surveys.open', { name: 'preview-environments' }));
  await pass(house, 1_000);
  expect(wordsOf(await begin(house, ada))).toContain('1 of 1');
});

test('what came of a pulse is told when its next run opens, once', async () => {
  const [person] = await meet(house, ada);
  const features = house.store.direct.features;
  const each = short({ trigger: 'request-ready' });
  await readSurveys(house, each);
  const now = house.clock.now();
  const ctx = { now, id: () => randomUUID(), store: features, settings } as unknown as Parameters<typeof pulse>[2];
  const asked = async () => (await pulse('request-ready', [person as PersonId], ctx)).map((e) => e.kind);
  expect(await asked()).toEqual(['later', 'later']);
  const [run] = await features.surveys.current();
  const [part] = await features.surveys.mine(person as PersonId);
  if (!run || !part) throw new Error('nobody was asked');
  await features.surveys.change(part.part.token, { state: 'asked', asked: now });
  await features.surveys.move(run.id, 'closing');
  await database.pool.query(`update groundcrew.survey_run set state = 'closed' where id = $1`, [run.id]);
  await features.surveys.noteDid(run.id, [{ said: 'Slow', did: 'Fast', items: [] }]);
  // Who was asked today rests, and so it opens without asking anybody yet.
  expect(await asked()).toEqual(['tell', 'later']);
  expect(await asked()).toEqual([]);
});

test('a survey made in a form is changed by whoever made it, and by nobody else', async () => {
  const heidi = { ...onTeams(9), email: 'heidi@acme.test' };
  const { surveys } = house.store.direct.features;
  const [by, other] = await meet(house, grace, heidi);
  const made = (title: string) => short({ name: 'mine', title });
  expect(await surveys.keep(made('Mine'), by as PersonId)).toBe(true);
  expect(await surveys.keep(made('Mine, too'), by as PersonId)).toBe(true);
  expect(await surveys.keep(made('Not mine'), other as PersonId)).toBe(false);
  expect((await surveys.byName('mine'))?.title).toBe('Mine, too');
  const form = askedIn(await house.act(house.command(grace, 'survey new')));
  await surveys.keep(short({ name: 'theirs', title: 'Theirs' }), other as PersonId);
  const refused = await house.act(
    house.submit(grace, form, { title: 'Theirs', intro: 'To mend it.', ask1: 'Is it?', kind1: 'agreement' }),
  );
  expect(refused.replies).toMatchObject([
    { asked: { errors: { title: expect.stringContaining('made by somebody else') } } },
  ]);
});

test('what came of a run is told to those who were asked, before they are asked again', async () => {
  await meet(house, ...people);
  await opened(house, short());
  await pass(house, days(14));
  const { feedback } = house.store.direct.features;
  const [requester] = await meet(house, ada);
  const item = await feedback.add({
    requester: requester as PersonId,
    account: ada.account,
    what: 'Faster previews',
    why: 'They are slow',
    pain: 3,
    created: house.clock.now(),
  });
  const asked = askedIn(await house.act(house.command(grace, 'survey did short')));
  const wrong = await house.act(house.submit(grace, asked, { said: 'Slow', did: 'Fast', items: '4711' }));
  expect(wrong.replies).toMatchObject([{ asked: { errors: { items: 'There is no item #4711 on the roadmap.' } } }]);
  await house.act(house.submit(grace, asked, { said: 'Slow', did: 'Fast', items: `#${item.number}` }));
  await house.act(house.press(grace, 'surveys.open', { name: 'short' }));
  await pass(house, 1_000);
  expect(
    toldTo(house, ada)
      .slice(-2)
      .map((v) => v.id),
  ).toEqual(['surveys.did', 'surveys.invitation']);
  expect(toldTo(house, ada).at(-2)).toMatchObject({ title: 'You said, we did' });
});
