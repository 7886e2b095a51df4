import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { Answer, Inbound, Profile, View } from '../../src/core/kernel/index.ts';
import { forms } from '../../src/core/surveys/keys.ts';
import type { Run } from '../../src/core/surveys/store.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { askedIn, grace, type House, openHouse } from '../support/house.ts';
import {
  answer,
  days,
  drawn,
  meet,
  minutes,
  onSlack,
  onTeams,
  pass,
  pressOn,
  readSurveys,
  survey,
  toldTo,
} from '../support/surveys.ts';

/*
 * A survey ends while people tap, on two replicas, each in a transaction of its own, side by side on a real Postgres. Who
 * was told that their answer is kept is counted, and nobody else.
 */
const database = await openTestDatabase();
afterAll(() => database.close());

let houses: readonly [House, House];
beforeEach(async () => {
  await database.empty();
  const clock = virtualClock('2026-03-02T11:00:00Z');
  houses = [openHouse(database, { clock }), openHouse(database, { clock })];
  await meet(houses[0], grace, ...crowd);
});
afterEach(async () => {
  for (const house of houses) await house.engine.stop();
});

const crowd = Array.from({ length: 40 }, (_, i) => (i % 2 ? onTeams(i) : onSlack(i)));
const usual = (more: object = {}) =>
  survey({
    audience: { emails: crowd.map((p) => p.email as string) },
    questions: [
      { key: 'nps', kind: 'nps', ask: 'Would you recommend it?' },
      { key: 'why', kind: 'text', ask: 'Why?' },
    ],
    ...more,
  });

/** Opened and sent; the first replica works the clock and the queue, both take what people do. */
async function open(each = usual()): Promise<Run> {
  const [one, two] = houses;
  await one.engine.start();
  await two.engine.start();
  await readSurveys(one, each);
  await one.act(one.press(grace, 'surveys.open', { name: each.name }));
  await pass(one, 1_000);
  const [run] = await one.store.direct.features.surveys.current();
  return run as Run;
}
const cards = (): ReadonlyMap<Profile, View> =>
  new Map(crowd.map((who) => [who, toldTo(houses[0], who).at(-1) as View]));

/** What everybody does, all at the same moment, on either replica; answers in their order. */
const atOnce = (inbounds: readonly Inbound[]): Promise<readonly Answer[]> =>
  Promise.all(inbounds.map((inbound, i) => (houses[i % 2] as House).engine.dispatch(inbound)));
/** Taps, with the close of the run among them. */
async function against(run: Run, taps: readonly Inbound[]): Promise<readonly Answer[]> {
  const close = houses[1].press(grace, 'surveys.close', { name: run.survey.name, run: run.id });
  const middle = Math.floor(taps.length / 2);
  const all = await atOnce([...taps.slice(0, middle), close, ...taps.slice(middle)]);
  return all.toSpliced(middle, 1);
}

const saidIn = (given: Answer): string => JSON.stringify(given.replies);
async function counted(run: Run) {
  await pass(houses[0], minutes(16));
  const closed = await houses[0].store.direct.features.surveys.run(run.id);
  expect(closed?.state).toBe('closed');
  return closed?.report;
}

test('every answer that was taken while it ended is counted, and no other; who was too late was told so', async () => {
  const run = await open();
  const nines: Inbound[] = [];
  for (const [who, card] of cards())
    nines.push(pressOn(houses[0], who, drawn(await houses[0].act(pressOn(houses[0], who, card, 'Start'))), '9'));
  const taps = await against(run, nines);
  const kept = taps.filter((a) => saidIn(a).includes('2 of 2'));
  expect(taps.filter((a) => a.apology)).toEqual([]);
  // All had begun, so what they tap within the quarter of an hour after the end counts as well.
  expect(kept).toHaveLength(crowd.length);
  const report = await counted(run);
  expect(report?.items[0]).toMatchObject({ n: kept.length, counts: { 9: kept.length } });
});

test('who had not begun when it ended is told so, whatever was in between; nobody else is', async () => {
  const run = await open();
  const starts = [...cards()].map(([who, card]) => pressOn(houses[0], who, card, 'Start'));
  const answers = await against(run, starts);
  const over = answers.filter((a) => saidIn(a).includes('is closed'));
  const begun = answers.filter((a) => saidIn(a).includes('1 of 2'));
  expect(over.length + begun.length).toBe(crowd.length);
  const { rows } = await database.pool.query(
    `select state, count(*)::int as n from groundcrew.survey_part group by state order by state`,
  );
  const states = Object.fromEntries(rows.map((r) => [r.state, r.n]));
  expect([states.started ?? 0, states.asked ?? 0]).toEqual([begun.length, over.length]);
});

test('words that are kept while it is being counted are in the count, or are refused and stay in the form', async () => {
  const run = await open(usual({ trust: { k: 3, kText: 5 } }));
  const sends: Inbound[] = [];
  for (const [who, card] of cards()) {
    const house = houses[0];
    const second = await answer(house, who, drawn(await house.act(pressOn(house, who, card, 'Start'))), ['9']);
    const asked = askedIn(await house.act(pressOn(house, who, second, 'Write')));
    sends.push(house.submit(who, asked, { words: `words of ${who.name}` }, forms.words));
  }
  await houses[0].act(houses[0].press(grace, 'surveys.close', { name: run.survey.name, run: run.id }));
  houses[0].clock.jump(minutes(16));
  const middle = sends.length / 2;
  const [before, , after] = await Promise.all([
    atOnce(sends.slice(0, middle)),
    houses[0].engine.tick(),
    atOnce(sends.slice(middle)),
  ]);
  const answers = [...before, ...after];
  const refused = answers.filter((a) => a.replies.some((r) => r.kind === 'ask' && r.reopened)).length;
  const kept = answers.filter((a) => saidIn(a).includes('Your answer is kept, and counts')).length;
  const report = await counted(run);
  const words = await houses[0].store.direct.features.surveys.words(run.id, 'why');
  // Nothing is kept of few, which they are when the count begins before nearly all of them.
  const shown = kept < 5 ? { words: 0, n: undefined } : { words: kept, n: kept };
  expect({ words: words.length, n: report?.items[1]?.n }).toEqual(shown);
  expect(kept + refused).toBe(crowd.length);
});

test('unlinked: whoever sends at the same moment is cut loose in crowds of k, never in a smaller one', async () => {
  const run = await open(usual({ trust: { mode: 'unlinked', k: 5 } }));
  // What one statement takes out of what links people to answers is one batch.
  await database.pool.query(`
    create table public.batch (n int not null);
    create function public.note() returns trigger language plpgsql as
      'begin insert into public.batch select count(*) from gone having count(*) > 0; return null; end';
    create trigger batches after delete on groundcrew.survey_draft referencing old table as gone
      for each statement execute function public.note()`);
  const sends: Inbound[] = [];
  for (const [who, card] of cards()) {
    const first = drawn(await houses[0].act(pressOn(houses[0], who, card, 'Start')));
    const second = await answer(houses[0], who, first, ['9']);
    const end = drawn(await houses[0].act(pressOn(houses[0], who, second, 'Nothing to add')));
    sends.push(pressOn(houses[0], who, end, 'Send'));
  }
  // Four wait: each of the next makes a crowd with them.
  await atOnce(sends.slice(0, 4));
  const sent = await atOnce(sends.slice(4));
  expect(sent.filter((a) => !saidIn(a).includes('Your answers are cut from your name'))).toEqual([]);
  const { rows } = await database.pool.query<{ n: number }>('select n from public.batch');
  expect(rows.filter((r) => r.n < 5)).toEqual([]);
  expect(rows.length).toBeGreaterThan(0);
  await database.pool.query('drop trigger batches on groundcrew.survey_draft');
  await houses[0].act(houses[0].press(grace, 'surveys.close', { name: run.survey.name, run: run.id }));
  expect((await counted(run))?.items[0]).toMatchObject({ n: crowd.length, counts: { 9: crowd.length } });
});

test('who asks for their card while it ends gets one that can be answered, or hears that there is none', async () => {
  const run = await open();
  const told = new Map([...cards()].map(([who]) => [who, toldTo(houses[0], who).length]));
  const answers = await against(
    run,
    crowd.map((who) => houses[0].command(who, 'survey')),
  );
  const none = answers.map((a) => saidIn(a).includes('No survey is waiting for you'));
  await houses[0].work();
  await pass(houses[0], 1_000);
  // What was asked for before the end, and had not gone out when it came, does not go out any more.
  for (const [i, who] of crowd.entries()) if (none[i]) expect(toldTo(houses[0], who)).toHaveLength(told.get(who) ?? 0);
});

test('invitations that have not gone out when it ends are not sent, and who was not asked is not said to have been', async () => {
  const [one] = houses;
  await one.engine.start();
  await readSurveys(one, usual());
  await one.act(one.press(grace, 'surveys.open', { name: 'pulse' }));
  // Slack takes ten, and then no more for a while.
  let calls = 0;
  const limited = async () => ({ is: 'later', after: minutes(30), why: 'ratelimited' }) as const;
  const deliver = one.slack.deliver;
  one.slack.deliver = (o, n) => (++calls > 10 ? limited() : deliver(o, n));
  await pass(one, 1_000);
  const [run] = await one.store.direct.features.surveys.current();
  if (!run) throw new Error('no run is open');
  const asked = crowd.filter((who) => toldTo(one, who).length > 0);
  expect(asked.length).toBeLessThan(crowd.length);
  await one.act(one.press(grace, 'surveys.close', { name: 'pulse', run: run.id }));
  one.slack.deliver = deliver;
  await pass(one, minutes(45));
  await pass(one, days(1));
  expect(crowd.filter((who) => toldTo(one, who).length > 0)).toEqual(asked);
  const { rows } = await database.pool.query(
    `select count(*)::int as n from groundcrew.survey_part where state = 'asked' and asked_on is not null`,
  );
  expect(rows).toEqual([{ n: asked.length }]);
  const left = await database.pool.query(
    `select key from groundcrew.outbox where ended is null union all select key from groundcrew.message where native is null`,
  );
  expect(left.rows).toEqual([]);
});
