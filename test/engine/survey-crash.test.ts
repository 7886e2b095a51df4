import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import type { AccountId } from '../../src/core/kernel/index.ts';
import { openPool } from '../../src/store/pool.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { grace, openHouse } from '../support/house.ts';
import {
  type Mortality,
  mortality,
  mortalPlatform,
  mortalPool,
  openWorld,
  unharmed,
  type World,
} from '../support/life.ts';
import { days, meet, minutes, onSlack, onTeams, readSurveys, survey } from '../support/surveys.ts';

/*
 * A survey from the press that opens it over what people tap and one reminder to its close, cut short at every point
 * between two statements or deliveries. Whatever happened, in the end each was asked once and reminded once where they had
 * not answered, what they were told is kept is counted, and nothing links them to it.
 */
const database = await openTestDatabase();
const folder = mkdtempSync(join(tmpdir(), 'gc-survey-lives-'));
const clock = virtualClock('2026-03-02T11:00:00Z');
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

const house = (pool: pg.Pool, world: World, mortal?: Mortality) =>
  openHouse(
    { pool },
    { clock, platforms: mortal ? world.platforms.map((p) => mortalPlatform(p, mortal)) : world.platforms },
  );
type House = ReturnType<typeof house>;

const answering = [onSlack(1), onTeams(2), onSlack(3)];
const silent = [onTeams(4)];
const everybody = [...answering, ...silent];
const named = (name: string) =>
  survey({
    name,
    trust: { k: 3 },
    openDays: 4,
    remindAfterDays: [2],
    audience: { emails: everybody.map((p) => p.email as string) },
  });

let plans = 0;
const forever = new Promise<never>(() => {});
const runOf = async (pool: pg.Pool, name: string): Promise<{ id: string; state: string; report: unknown }> =>
  (await pool.query('select id, state, report from groundcrew.survey_run where survey = $1', [name])).rows[0];

/** So long after its beginning: a step that is taken again does not let more time pass. */
const begins = (): number => Date.parse('2026-03-02T11:00:00Z') + plans * days(7);
/** The clock goes on, and what is due is done. */
async function beats(own: House, after: number): Promise<void> {
  clock.jump(Math.max(0, begins() + after - clock.now().getTime()));
  for (let i = 0; i < 2; i++) {
    await own.engine.tick();
    await own.work();
    clock.jump(1_000);
  }
}

type Step = (own: House, pool: pg.Pool, name: string) => Promise<void>;
/** What people tap is taken by another replica, which lives on: taps leave nothing to be taken up again. */
const elsewhere =
  (steps: readonly Step[]): Step =>
  async (_, __, name) => {
    const other = house(database.pool, openWorld(join(folder, 'other'), { find: true }));
    for (const step of steps) await step(other, database.pool, name);
  };
/** Somebody presses something, as a platform that delivers it again when nothing was answered. */
const presses =
  (who: AccountId, delivery: string, press: string, value: (pool: pg.Pool, name: string) => Promise<object>): Step =>
  async (own, pool, name) => {
    const answer = await own.engine.dispatch({
      kind: 'press',
      delivery: `${name}/${delivery}`,
      at: clock.now(),
      account: who,
      origin: { platform: who.startsWith('slack') ? 'slack' : 'teams', arrival: `${name}/${delivery}` },
      press: { name: press, value: JSON.stringify(await value(pool, name)) },
    });
    expect(answer.apology, `${name} ${delivery}`).toBeUndefined();
    await own.engine.settle(answer, []);
  };
const tokenOf =
  (n: number, more: object = {}) =>
  async (pool: pg.Pool, name: string) => {
    const { rows } = await pool.query(
      `select p.token from groundcrew.survey_part p join groundcrew.survey_run r on r.id = p.run
         join groundcrew.account a on a.person = p.person where r.survey = $1 and a.id = $2`,
      [name, everybody[n]?.account],
    );
    return { t: rows[0].token, ...more };
  };
const steps: readonly Step[] = [
  presses(grace.account, 'open', 'surveys.open', async (_, name) => ({ name })),
  (own) => beats(own, 1_000),
  elsewhere(
    answering.flatMap((who, n) => [
      presses(who.account, `start/${n}`, 'surveys.start', tokenOf(n)),
      presses(who.account, `answer/${n}`, 'surveys.answer', tokenOf(n, { q: 'nps', v: '9' })),
    ]),
  ),
  (own) => beats(own, days(2) + minutes(10)),
  (own) => beats(own, days(4) + minutes(20)),
];

async function goOn(own: House, pool: pg.Pool, name: string, alive: () => boolean, done: Set<number>): Promise<void> {
  for (const [i, step] of steps.entries()) {
    if (done.has(i)) continue;
    await step(own, pool, name);
    if (!alive()) return forever;
    done.add(i);
  }
}

async function recover(world: World, name: string, done: Set<number>): Promise<void> {
  const own = house(database.pool, world);
  clock.jump(60_000);
  await own.store.direct.outbox.release();
  await own.engine.start();
  await own.work();
  await goOn(own, database.pool, name, () => true, done);
  clock.jump(60_000);
  await database.pool.query('update groundcrew.inbox set tried = null where not settled');
  await own.sweep();
  await own.work();
  await own.engine.stop();
}

/** A life that is cut short at a point; without one, it goes well. Returns how many points it had. */
async function live(at: number): Promise<number> {
  plans += 1;
  const name = `plan-${plans}`;
  // Each life begins on a working day, at eleven in London.
  clock.jump(Math.max(0, begins() - clock.now().getTime()));
  // Nobody is looked up meanwhile.
  await database.pool.query('update groundcrew.account set looked_up = $1', [clock.now()]);
  const world = openWorld(join(folder, name), { find: true });
  const ready = house(database.pool, world);
  await readSurveys(ready, named(name));
  const death = Promise.withResolvers<void>();
  const mortal = at === 0 ? unharmed() : mortality(at, () => death.resolve());
  const { pool, cut } = mortalPool(
    openPool({ ...database.config, max: 2 }, () => {}),
    mortal,
  );
  const done = new Set<number>();
  const own = house(pool, world, mortal);
  const life = (async () => {
    await own.engine.start();
    mortal.arm();
    await goOn(own, pool, name, mortal.alive, done);
    await own.engine.stop();
  })();
  await Promise.race([life, death.promise]);
  cut();
  if (at > 0) await recover(world, name, done);
  else await pool.end();
  await audit(name, world, at);
  return mortal.count();
}

/** What must hold when the dust has settled. */
async function audit(name: string, world: World, at: number): Promise<void> {
  const about = `point ${at}`;
  const run = await runOf(database.pool, name);
  expect(run, about).toMatchObject({
    state: 'closed',
    report: { invited: 4, answered: 3, items: [{ key: 'nps', n: 3, counts: { 9: 3 } }] },
  });
  const { rows } = await database.pool.query(
    `select token, account.id as account, state, card, reminders from groundcrew.survey_part
       join groundcrew.account on account.person = survey_part.person where run = $1 order by account.id`,
    [run.id],
  );
  for (const { token, account, state, card, reminders } of rows) {
    const quiet = account === silent[0]?.account;
    expect({ state, card, reminders }, about).toEqual(
      quiet ? { state: 'asked', card: 2, reminders: 1 } : { state: 'answered', card: 1, reminders: 0 },
    );
    for (const n of [1, 2, 3])
      expect(world.posts(`surveys/${token}/${n}`).length, `${about}: card ${n} of ${account}`).toBe(n <= card ? 1 : 0);
  }
  const { rows: reader } = await database.pool.query('select person from groundcrew.account where id = $1', [
    grace.account,
  ]);
  expect(world.posts(`surveys.results/${run.id}/${reader[0].person}/closed`), about).toHaveLength(1);
  const left = await database.pool.query(
    `select array(select key from groundcrew.outbox where ended is null or state in ('gone', 'refused')) as undelivered,
       array(select key from groundcrew.outbox where key like 'surveys/%') as cards,
       array(select key from groundcrew.due where key like '%' || $1 || '%') as due,
       array(select delivery from groundcrew.inbox where not settled and origin is not null) as owed,
       (select count(*)::int from groundcrew.survey_secret) + (select count(*)::int from groundcrew.survey_draft)
         + (select count(*)::int from groundcrew.survey_loose) as linked,
       array(select what from groundcrew.audit where about = 'survey/' || $2 || '/1') as audit`,
    [run.id, name],
  );
  expect(left.rows[0], about).toEqual({
    undelivered: [],
    cards: [],
    due: [],
    owed: [],
    linked: 0,
    audit: ['survey.opened'],
  });
}

test('a process that dies at any point of a survey asks and reminds each once, and counts what it said it kept', async () => {
  await meet(house(database.pool, openWorld(join(folder, 'known'), { find: true })), grace, ...everybody);
  const points = await live(0);
  expect(points).toBeGreaterThan(100);
  // Every third: many of them stand between two looks at nothing that is due.
  const chosen = Array.from({ length: Math.floor(points / 3) }, (_, i) => 1 + 3 * i);
  let deaths = 0;
  for (const at of chosen) deaths += (await live(at)) >= at ? 1 : 0;
  // The number of points differs by a few from life to life, with what runs side by side.
  expect(deaths).toBeGreaterThan(chosen.length * 0.9);
}, 300_000);
