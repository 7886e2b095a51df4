import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { loadSurveys } from '../../src/surveys/load.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { grace, type House, openHouse } from '../support/house.ts';
import { answer, begin, days, meet, minutes, onSlack, onTeams, opened, pass, toldTo } from '../support/surveys.ts';
import { wordsOf } from '../support/words.ts';

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
  const people = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => (n % 2 ? onSlack(n) : onTeams(n)));
  await meet(house, ...people);
  const dora = await pack('dora');
  await opened(house, {
    ...dora,
    audience: { ...dora.audience, everyone: undefined as never, emails: people.map((p) => p.email as string) },
  });
  for (const [i, who] of people.entries()) {
    const first = await begin(house, who);
    expect(first.title).toBe('How we deliver software');
    const end = await answer(house, who, first, [
      i < 6 ? 'On demand, several times a day' : 'Once per week to once per month',
      'Less than one day',
      'Less than one hour',
      '10 %',
      i === 0 ? null : '20 %',
      'We do not review',
      '100 %',
      { words: `reviews, I think (${i})` },
    ]);
    expect(wordsOf(end)).toContain('Thank you! Every answer is kept.');
  }
  await pass(house, days(14));
  await pass(house, minutes(16));
  const results = wordsOf(toldTo(house, grace).at(-1) as never);
  expect(results).toContain('100 % (10 of 10)');
  expect(results).toContain('DORA overall: 8.5 of 10');
});
