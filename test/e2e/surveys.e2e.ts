import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Desk, desks, message, press } from './house.ts';

const { sit } = desks({ env: { SURVEYS_DIR: join(import.meta.dirname, 'surveys') } });

const bot = 'Groundcrew';

/** Half of it in Slack, the other half in Teams, where it goes on with the question that comes next. */
async function answer({ slack, teams, be, go, say }: Desk, who: string, score: string): Promise<void> {
  await be(who);
  await go(slack, bot);
  await say(slack, 'survey');
  await message(slack, 'Nobody sees single answers').last().waitFor();
  await press(slack, 'Start, or go on');
  await message(slack, '1 of 4').last().waitFor();
  await press(slack, score);
  await message(slack, '2 of 4', 'The platform is easy to use.').last().waitFor();
  await press(slack, 'Agree');
  await message(slack, '3 of 4').last().waitFor();

  await go(teams, bot);
  await say(teams, 'survey');
  await message(teams, 'Nobody sees single answers').last().waitFor();
  await press(teams, 'Start, or go on');
  await message(teams, '3 of 4', 'What do you use?').last().waitFor();
  await press(teams, 'Databases');
  await teams.getByRole('button', { name: '✓ Databases', exact: true }).waitFor();
  await press(teams, 'Go on');
  await message(teams, '4 of 4').last().waitFor();
  await press(teams, 'Nothing to add');
  await message(teams, 'Every answer is kept').last().waitFor();
}

/** What they said stands among the platform’s numbers, on both platforms, each with its picture; of few nothing is told. */
async function numbers({ slack, teams, go, say }: Desk): Promise<void> {
  for (const client of [slack, teams]) {
    await go(client, bot);
    await say(client, 'metrics');
    const report = message(client, 'The platform in numbers').last();
    await report.waitFor();
    const words = await report.textContent();
    for (const told of ['asked, over 3 answers to “The platform in two minutes”', 'survey open dora'])
      expect(words).toContain(told);
    expect(words).toMatch(/Recommendation \(NPS\):?\s*\+67/);
    expect(words).not.toMatch(/NaN|undefined/);
    await press(client, 'How these are counted');
    await message(client, 'Measured. Of the rollouts').last().waitFor();
  }
  const picture = message(slack, 'The platform in numbers')
    .last()
    .getByRole('img', { name: /^67, between/ });
  await picture.waitFor();
}

test('a survey is answered half in Slack and half in Teams, closed, and its results are seen as a chart', async () => {
  const desk = await sit();
  const { slack, be, go, say } = desk;
  await be('Sam');
  await go(slack, bot);
  await say(slack, 'survey open small');
  await message(slack, 'each once, at a working hour').last().waitFor();
  await press(slack, 'Open it');
  await press(slack.getByRole('dialog'), 'Open it');
  await message(slack, 'is open for 5 people').last().waitFor();

  await answer(desk, 'Dana Petrova', '9');
  await answer(desk, 'Lena', '10');
  await answer(desk, 'Ravi Menon', '7');

  await be('Sam');
  await go(slack, bot);
  await say(slack, 'survey results small');
  await message(slack, '60% (3 of 5)').last().waitFor();
  await press(slack, 'Close it now');
  await press(slack.getByRole('dialog'), 'Close it now');
  const results = message(slack, 'NPS +67').last();
  await results.waitFor();
  await results.getByRole('img', { name: /net promoter score of \+67/ }).waitFor();
  expect(await results.textContent()).toContain('Top two: 100%');

  await numbers(desk);
});
