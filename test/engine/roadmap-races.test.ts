import { afterAll, beforeEach, expect, test } from 'vitest';
import { presses } from '../../src/core/feedback/buttons.ts';
import type { AccountId, Profile } from '../../src/core/kernel/index.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, askedIn, grace, type House, openHouse, recordingPlatform } from '../support/house.ts';
import { wordsOf } from '../support/words.ts';

/* Everybody at once, each in a transaction of its own: side by side where the Postgres is a real one. */

const database = await openTestDatabase();
afterAll(() => database.close());
beforeEach(() => database.empty());

/** Who waits for a lock. */
const held = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;

const crowd: readonly Profile[] = Array.from({ length: 12 }, (_, i) => ({
  ...ada,
  account: `slack:T1/UC${i}` as AccountId,
  name: `C${i}`,
  email: `c${i}@acme.test`,
}));

async function open(...wishes: readonly string[]) {
  const house = openHouse(database, { slack: recordingPlatform('slack', [ada, grace, ...crowd]) });
  await house.engine.start();
  for (const who of [grace, ...crowd]) await house.act(house.command(who, 'me'));
  for (const what of wishes) {
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { what, why: 'x', pain: '4' }));
  }
  /** The card as it stands in the end. */
  const card = (number: number) => {
    const last = house.slack.outgoing.findLast(
      ({ view }) => view.id === 'feedback.triage' && view.title === `Feedback #${number}`,
    );
    return last ? wordsOf(last.view) : '';
  };
  return { house, card };
}
const bond = async (house: House, kind: string, number: number) =>
  askedIn(await house.act(house.press(grace, 'roadmap.bond', { number, bond: kind })));

test('many who join at once, while it is planned: the card counts them all, and says that it is', async () => {
  const { house, card } = await open('Faster builds');
  await Promise.all([
    ...crowd.map((who) => house.engine.dispatch(house.press(who, presses.meToo, { number: 1 }))),
    house.engine.dispatch(house.press(grace, presses.move, { number: 1, move: 'plan' })),
  ]);
  await house.work();
  expect(card(1)).toContain(`${crowd.length + 1} asked`);
  expect(card(1)).toContain('State: Planned');
});

test.runIf(process.env.DATABASE_URL)('who draws a card waits for whoever is drawing it, and counts them', async () => {
  const { house, card } = await open('Faster builds');
  const other = await database.pool.connect();
  await other.query(
    `begin; select from groundcrew.feedback where number = 1 for no key update;
     insert into groundcrew.feedback_voice (feedback, person, way, account, at)
     select 1, person, 'button', id, now() from groundcrew.account where id = '${crowd[0]?.account}'`,
  );
  let answered = false;
  const joining = house.act(house.press(crowd[1] as Profile, presses.meToo, { number: 1 }));
  void joining.then(() => {
    answered = true;
  });
  while (!answered && (await database.pool.query(held)).rowCount !== 1);
  await other.query('commit');
  other.release();
  await joining;
  expect(card(1)).toContain('3 asked');
});

test('two who link two items to each other at once do not stop each other', async () => {
  const { house } = await open('Faster builds', 'Dark mode');
  const before = await deadlocks();
  for (let round = 0; round < 5; round++) {
    const [one, two] = [await bond(house, 'link', 1), await bond(house, 'link', 2)];
    const answers = await Promise.all([
      house.engine.dispatch(house.submit(grace, one, { other: '2' })),
      house.engine.dispatch(house.submit(grace, two, { other: '1' })),
    ]);
    expect(answers.map((a) => a.apology)).toEqual([undefined, undefined]);
  }
  expect(await deadlocks()).toBe(before);
});

test.runIf(process.env.DATABASE_URL)(
  'what is decided while an item is linked, merged or taken out stands',
  async () => {
    const { house } = await open('Faster builds', 'Dark mode');
    const { roadmap, feedback } = house.store.direct.features;
    const bonds: readonly (readonly [form: string, move: string])[] = [
      [await bond(house, 'link', 1), 'triaged'],
      [await bond(house, 'merge', 1), 'in-review'],
    ];
    for (const [form, state] of bonds) {
      await meanwhile(2, state, () => house.act(house.submit(grace, form, { other: '2' })));
      expect((await roadmap.item(2))?.state).toBe(state);
      expect((await feedback.history(2)).at(-1)?.state).toBe(state);
    }
    await meanwhile(2, 'in-progress', () => house.act(house.press(grace, presses.unmerge, { number: 1 })));
    expect((await roadmap.item(2))?.state).toBe('in-progress');
  },
);

/** Does something while another process has an item, and puts it into a state. */
async function meanwhile(number: number, state: string, deed: () => Promise<unknown>) {
  const other = await database.pool.connect();
  await other.query(`begin; select from groundcrew.feedback where number = ${number} for no key update`);
  let done = false;
  const doing = deed().then(() => {
    done = true;
  });
  while (!done && (await database.pool.query(held)).rowCount !== 1);
  await other.query(`update groundcrew.feedback set state = '${state}' where number = ${number}; commit`);
  other.release();
  await doing;
}

/** How often the database had to break a circle of those who wait for each other. */
async function deadlocks(): Promise<number> {
  await database.pool.query('select pg_stat_force_next_flush(), pg_stat_clear_snapshot()');
  const { rows } = await database.pool.query(
    'select deadlocks::int as n from pg_stat_database where datname = current_database()',
  );
  return rows[0].n;
}
