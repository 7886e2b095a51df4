import { afterAll, beforeEach, expect, test } from 'vitest';
import { presses } from '../../src/core/feedback/buttons.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, askedIn, grace, type House, openHouse, recordingPlatform, settings } from '../support/house.ts';

/* Telling by two processes over one database: nobody is left out, and nobody is told twice. */

const database = await openTestDatabase();
afterAll(() => database.close());
beforeEach(() => database.empty());

/** Two replicas that deliver to the same platforms; the clock of the second is behind by so much. */
async function open(behindMs = 0) {
  const [slack, teams] = [recordingPlatform('slack', [ada, grace]), recordingPlatform('teams')];
  const [clock, late] = [virtualClock(), virtualClock()];
  late.jump(-behindMs);
  const one = openHouse(database, { clock, slack, teams });
  const two = openHouse(database, { clock: behindMs === 0 ? clock : late, slack, teams });
  for (const house of [one, two]) await house.engine.start();
  const told = () =>
    [...slack.outgoing, ...teams.outgoing].flatMap((o) =>
      o.kind === 'direct' && o.key.startsWith('roadmap/told/') ? [o] : [],
    );
  const wish = async (what: string) => {
    const asked = askedIn(await one.act(one.command(ada, 'feedback')));
    await one.act(one.submit(ada, asked, { what, why: 'x', pain: '4' }));
  };
  return { one, two, told, wish };
}
const formOf = async (house: House, number: number) =>
  askedIn(await house.act(house.press(grace, presses.move, { number, move: 'ship' })));

test('what ships by two clocks is told, all of it, however they differ', async () => {
  const { one, two, told, wish } = await open(900);
  await wish('Faster builds');
  await wish('GPU notebooks');
  await one.act(one.command(grace, 'me'));
  for (const [house, number] of [
    [one, 1],
    [two, 2],
  ] as const)
    await house.act(house.submit(grace, await formOf(house, number), { words: 'Here.' }));
  for (let second = 0; second < 125; second++)
    for (const house of [two, one]) {
      house.clock.jump(1_000);
      await house.engine.tick();
      await house.work();
    }
  expect(told().flatMap((t) => t.view.title)).toEqual(['2 things that you wanted are here']);
});

test('two that tell at the same moment tell everybody once, while some still join', async () => {
  const { one, two, told, wish } = await open();
  await wish('Faster builds');
  await one.act(one.command(grace, 'me'));
  const voters = 250;
  await database.pool.query(
    `with p as (
       insert into groundcrew.person (id, name) select gen_random_uuid(), 'P' || n from generate_series(1, ${voters}) n returning id
     ), a as (
       insert into groundcrew.account (id, person, platform, name)
       select 'slack:T1/' || id, id, 'slack', 'P' from p returning id, person
     )
     insert into groundcrew.feedback_voice (feedback, person, way, account, at) select 1, person, 'button', id, now() from a`,
  );
  await one.act(one.submit(grace, await formOf(one, 1), { words: 'Here.' }));
  // Both jobs that tell are due at once, so that each replica has one.
  one.clock.jump(settings.roadmap.gather * 1000);
  const job = { job: 'roadmap.tell', input: {}, at: one.clock.now() };
  await one.store.direct.due.put({ key: 'roadmap/tell', ...job });
  const joins = [ada, grace].map((who) => one.engine.dispatch(one.press(who, presses.meToo, { number: 1 })));
  for (let beat = 0; beat < 6; beat++) await Promise.all([one.engine.tick(), two.engine.tick()]);
  await Promise.all(joins);
  await one.work();
  await two.work();
  // All who joined before, and the requester; whoever shipped it knows.
  expect(told()).toHaveLength(voters + 1);
  expect(new Set(told().map((t) => t.key)).size).toBe(voters + 1);
  expect((await database.pool.query('select from groundcrew.feedback_notice where key is null')).rowCount).toBe(0);
  expect((await database.pool.query(`select from groundcrew.due where job = 'roadmap.tell'`)).rowCount).toBe(0);
});
