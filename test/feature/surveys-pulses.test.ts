import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { Stores } from '../../src/core/features.ts';
import { type Feature, onObserved, type PersonId, type Profile } from '../../src/core/kernel/index.ts';
import type { Survey } from '../../src/core/surveys/model.ts';
import { pulse } from '../../src/core/surveys/pulses.ts';
import { loadSurveys } from '../../src/surveys/load.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { grace, type House, openHouse } from '../support/house.ts';
import {
  answer,
  begin,
  days,
  meet,
  minutes,
  onSlack,
  onTeams,
  pass,
  readSurveys,
  survey,
  toldTo,
} from '../support/surveys.ts';
import { wordsOf } from '../support/words.ts';

/* Two questions after something happened to somebody, as they are shipped: whom they reach, when, and what they find. */

/** Something has just happened to these people. */
const happens: Feature<Stores> = {
  name: 'happens',
  area: 'Hear and be heard',
  handlers: [
    onObserved(
      'test.happened',
      z.object({ trigger: z.enum(['request-ready', 'office-hours']), people: z.array(z.string()) }),
      ({ trigger, people }, ctx) => pulse(trigger, people as PersonId[], ctx),
    ),
  ],
};

const database = await openTestDatabase();
afterAll(() => database.close());
let house: House;
const people = [onSlack(1), onTeams(2), onSlack(3), onTeams(4), onSlack(5), onTeams(6)];
const [first, second] = people as [Profile, Profile];
let ids: ReadonlyMap<string, PersonId>;
beforeEach(async () => {
  await database.empty();
  // A Monday, at eleven in London.
  house = openHouse(database, { clock: virtualClock('2026-03-02T11:00:00Z'), features: [happens] });
  await house.engine.start();
  await meet(house, grace);
  ids = new Map((await meet(house, ...people)).map((id, n) => [people[n]?.account as string, id]));
});
afterEach(() => house.engine.stop());

let times = 0;
async function happened(trigger: Survey['trigger'], ...to: readonly Profile[]): Promise<void> {
  times += 1;
  const input = { trigger: trigger as string, people: to.map((p) => ids.get(p.account) as string) };
  const delivery = `test.happened/${times}`;
  await house.engine.report({ kind: 'observed', what: 'test.happened', input, at: house.clock.now(), delivery });
  await pass(house, 1_000);
}
const asked = (all: readonly Profile[] = people) => all.map((p) => toldTo(house, p).length);
const pack = async (name: string): Promise<Survey> => {
  const found = (await loadSurveys('surveys'))?.find((l) => 'survey' in l && l.survey.name === name);
  if (!found || !('survey' in found)) throw new Error(`there is no pack ${name}`);
  return found.survey;
};

test.each([
  ['golden-path-pulse', 'request-ready', 'Agree'],
  ['office-hours-pulse', 'office-hours', 'Very much'],
] as const)(
  '%s asks each an hour later, on their platform, once, and counts after its month',
  async (name, trigger, says) => {
    await readSurveys(house, await pack(name));
    await happened(trigger, ...people.slice(0, 3));
    expect(asked()).toEqual([0, 0, 0, 0, 0, 0]);
    await pass(house, minutes(61));
    expect(asked()).toEqual([1, 1, 1, 0, 0, 0]);
    // Whoever comes later joins the same run; who was asked is not asked again, and nobody is reminded.
    await happened(trigger, ...people);
    await pass(house, days(1));
    await happened(trigger, ...people);
    await pass(house, days(3));
    expect(asked()).toEqual([1, 1, 1, 1, 1, 1]);
    for (const who of people) await answer(house, who, await begin(house, who), [says, 'Nothing to add']);
    const { surveys } = house.store.direct.features;
    expect(await surveys.current()).toMatchObject([{ number: 1, state: 'open', survey: { name } }]);
    await pass(house, days(30));
    const results = toldTo(house, grace).at(-1);
    expect(results && wordsOf(results)).toContain('100% (6 of 6)');
    expect(results && wordsOf(results)).toContain('6 answered.');
    // The month is over: what happens now opens the next.
    await happened(trigger, first);
    await pass(house, days(1));
    expect(asked([first, second])).toEqual([2, 1]);
    expect(await surveys.current()).toMatchObject([{ number: 2, state: 'open' }]);
  },
);

test('a guest is not asked, nor who rests from another survey, and nobody in the night', async () => {
  const [guest, tokyo] = [onTeams(7, { guest: true }), onSlack(8, { zone: 'Asia/Tokyo' })];
  const more = await meet(house, guest, tokyo);
  ids = new Map([...ids, [guest.account, more[0] as PersonId], [tokyo.account, more[1] as PersonId]]);
  await readSurveys(
    house,
    await pack('golden-path-pulse'),
    survey({ name: 'other', audience: { emails: [second.email as string] }, openDays: 2, remindAfterDays: [] }),
  );
  await house.act(house.press(grace, 'surveys.open', { name: 'other' }));
  await pass(house, 1_000);
  expect(asked([second])).toEqual([1]);
  await happened('request-ready', first, second, guest, tokyo);
  await pass(house, minutes(120));
  expect(asked([first, second, guest, tokyo])).toEqual([1, 1, 0, 0]);
  // Ten o’clock of their next morning.
  await pass(house, minutes(12 * 60));
  expect(asked([first, second, guest, tokyo])).toEqual([1, 1, 0, 1]);
});

test('no pulse spoils the quarterly survey that comes in the days after', async () => {
  const soon = survey({
    name: 'quarterly',
    schedule: { start: '2026-03-06', at: '10:00', zone: 'Europe/London', rule: { kind: 'weekly', on: ['fr'] } },
  });
  await readSurveys(house, await pack('golden-path-pulse'), soon);
  await happened('request-ready', first);
  await pass(house, days(1));
  expect(asked([first])).toEqual([0]);
  expect(await house.store.direct.features.surveys.current()).toEqual([]);
});

test('who left before they were asked gets nothing, and the others are asked', async () => {
  await readSurveys(house, await pack('office-hours-pulse'));
  await happened('office-hours', first, second);
  const gone = { ...first, active: false };
  await house.store.direct.features.people.learn(gone, house.clock.now());
  await pass(house, minutes(61));
  expect(asked([first, second])).toEqual([0, 1]);
});
