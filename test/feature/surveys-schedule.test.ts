import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { Survey } from '../../src/core/surveys/model.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { grace, type House, openHouse } from '../support/house.ts';
import { days, meet, minutes, onSlack, onTeams, pass, readSurveys, survey, toldTo } from '../support/surveys.ts';

/* Surveys that open by themselves: in the wall time of their zone, once each time, whatever happens to files and processes. */

const database = await openTestDatabase();
afterAll(() => database.close());

let house: House;
const people = [onSlack(1, { zone: 'Europe/Berlin' }), onTeams(2, { zone: 'Europe/Berlin' })];
beforeEach(async () => {
  await database.empty();
  house = openHouse(database, { clock: virtualClock('2026-03-02T07:30:00Z') });
  await house.engine.start();
  await meet(house, grace, ...people);
});
afterEach(() => house.engine.stop());

const scheduled = (rule: object, more: object = {}): Survey =>
  survey({
    audience: { emails: people.map((p) => p.email as string) },
    remindAfterDays: [],
    schedule: { start: '2026-01-01', at: '10:00', zone: 'Europe/Berlin', rule },
    ...more,
  });
const quarterly = { kind: 'yearly', months: [1, 4, 7, 10], nth: 1, weekday: 'mo' };
const weekly = { kind: 'weekly', on: ['mo'] };

const opens = async (): Promise<readonly string[]> =>
  (await database.pool.query('select opens from groundcrew.survey_run order by opens')).rows.map((r) =>
    r.opens.toISOString().slice(0, 16),
  );
const asked = () => people.map((p) => toldTo(house, p).length);
const at = (iso: string) => pass(house, Date.parse(iso) - house.clock.now().getTime());

test('the first Monday of each quarter at ten in Berlin, in summer and in winter; each is asked once each time', async () => {
  await readSurveys(house, scheduled(quarterly));
  const times = ['2026-04-06T08:00', '2026-07-06T08:00', '2026-10-05T08:00', '2027-01-04T09:00'];
  for (const [n, time] of times.entries()) {
    // The files are read again in between, as by a restart.
    await at(`${time.slice(0, 8)}01T12:00:00Z`);
    await readSurveys(house, scheduled(quarterly));
    await at(new Date(Date.parse(`${time}:00Z`) - minutes(1)).toISOString());
    expect(await opens()).toEqual(times.slice(0, n));
    await pass(house, minutes(1));
    expect(await opens()).toEqual(times.slice(0, n + 1));
    expect(asked()).toEqual([n + 1, n + 1]);
  }
});

test('one that is still open goes on: the next time that comes meanwhile opens nothing', async () => {
  house.clock.jump(minutes(150));
  await readSurveys(house, scheduled(weekly, { openDays: 10 }));
  for (let n = 0; n < 36; n++) await pass(house, days(1) - 6_000);
  expect((await opens()).map((o) => o.slice(0, 10))).toEqual(['2026-03-09', '2026-03-23', '2026-04-06']);
  expect(asked()).toEqual([3, 3]);
});

test('a time that nobody has seen to when files are read again opens late, and once', async () => {
  await readSurveys(house, scheduled(weekly));
  // It was down at ten. At its start the files may be read before the clock was.
  house.clock.jump(minutes(4 * 60));
  await readSurveys(house, scheduled(weekly));
  await pass(house, 1_000);
  await readSurveys(house, scheduled(weekly));
  await pass(house, 1_000);
  expect(await opens()).toHaveLength(1);
  expect(asked()).toEqual([1, 1]);
});

test('a new file opens nothing that was before it, another time is the only one, and no file is none', async () => {
  house.clock.jump(minutes(4 * 60));
  await readSurveys(house, scheduled(weekly));
  await pass(house, minutes(60));
  expect(await opens()).toEqual([]);
  const later = { ...scheduled(weekly), schedule: { ...scheduled(weekly).schedule, at: '11:00' } } as Survey;
  await readSurveys(house, later);
  await at('2026-03-09T09:58:00Z');
  expect(await opens()).toEqual([]);
  await at('2026-03-09T10:01:00Z');
  expect(await opens()).toHaveLength(1);
  await readSurveys(house);
  await pass(house, days(30));
  expect(await opens()).toHaveLength(1);
});
