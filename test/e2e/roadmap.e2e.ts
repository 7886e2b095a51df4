import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { nextWeekly } from '../../src/core/announcements/week.ts';
import { type Desk, desks, dialog, message, press } from './house.ts';

const { sit } = desks();
let desk: Desk;
beforeEach(async () => {
  desk = await sit();
});

/** Where pictures are kept, to be looked at; none without. */
const pictures = process.env.PICTURES;
async function picture(name: string): Promise<void> {
  if (!pictures) return;
  await mkdir(pictures, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await desk.page.emulateMedia({ colorScheme });
    await desk.page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) });
  }
  await desk.page.emulateMedia({ colorScheme: 'light' });
}

const button = (within: Locator, name: string): Locator => within.getByRole('button', { name, exact: true }).last();

/** Closes windows, the uppermost first: one that was opened from another leaves that behind it. */
async function close(client: Locator, ...titles: readonly string[]): Promise<void> {
  for (const name of titles) {
    const title = dialog(client).getByRole('heading', { name });
    await title.waitFor();
    await button(dialog(client), 'Close').click();
    await title.waitFor({ state: 'detached' });
  }
}

async function fillFeedback(form: Locator, what: string, why: string): Promise<void> {
  await form.getByRole('textbox', { name: /What would help you/ }).fill(what);
  await form.getByRole('textbox', { name: /Why\?/ }).fill(why);
  await form.getByRole('radio', { name: /^4/ }).check();
  await form.getByRole('button', { name: 'Send', exact: true }).click();
}

const what = 'Bigger databases for previews';
const help = 'Choose size m in the form of a preview environment.';

test('asked on Teams, joined on Slack, planned and shipped by product; both are told, the changelog names them, and Not quite opens it again', async () => {
  const { slack, teams } = desk;

  // A developer on Teams asks.
  await desk.be('Ravi Menon');
  await desk.go(teams, 'Groundcrew');
  await desk.say(teams, 'feedback');
  await fillFeedback(message(teams, 'Send feedback', 'How much does it hurt').last(), what, 'Our imports need 20 GB.');
  await message(teams, 'Your feedback', 'Thank you!', what).waitFor();

  // Another one on Slack is about to ask for the same, and joins with one tap.
  await desk.be('Dana Petrova');
  await desk.go(slack, 'Groundcrew');
  await desk.say(slack, '/platform feedback');
  await fillFeedback(dialog(slack), 'Preview databases that are bigger', 'Mine is full after an hour.');
  const like = dialog(slack);
  await like.getByText('this was asked for already').waitFor();
  await picture('similar');
  await button(like, 'Me too').click();
  await like.getByText('2 asked').waitFor();
  await picture('counted');
  await close(slack, 'Counted', 'Is it one of these?');

  // The product manager weighs it, plans it and ships it.
  await desk.be('Noor Haddad');
  await desk.goBoth('platform-triage');
  const card = message(teams, what).first();
  await card.getByText('2 asked').waitFor();
  await message(teams, 'wants this too, and wrote', 'Mine is full after an hour.').first().waitFor();
  await picture('card');
  await button(message(slack, what).first(), 'Triage').click();
  const triage = dialog(slack);
  await triage.getByRole('radio', { name: /^4/ }).check();
  await triage.getByRole('textbox', { name: /What will people be able to do/ }).fill('Previews with 50 GB');
  await picture('triage');
  await button(triage, 'Save').click();
  await triage.waitFor({ state: 'detached' });
  await card.getByText('8 = impact 4').waitFor();
  await picture('triaged');
  await button(card, 'Plan').click();
  await card.getByText('Noor Haddad planned it').waitFor();
  await button(card, 'Ship').click();
  const ship = dialog(teams);
  await ship.getByRole('textbox', { name: /What can people do now/ }).fill(help);
  await ship.getByRole('textbox', { name: /Where can they try it/ }).fill('https://docs.acme.example/previews');
  await picture('ship');
  await button(ship, 'Ship').click();
  await ship.waitFor({ state: 'detached' });
  await card.getByText('Noor Haddad shipped it').waitFor();

  // Both are told where they are.
  await desk.be('Ravi Menon');
  await desk.go(teams, 'Groundcrew');
  const told = message(teams, 'You asked on', 'It is here', help).last();
  await told.waitFor();
  await picture('told-teams');
  await button(told, 'Solved').click();
  await message(teams, 'You said that it helps').waitFor();

  await desk.be('Dana Petrova');
  await desk.go(slack, 'Groundcrew');
  const hers = message(slack, 'You wanted it too on', 'It is here', help).last();
  await hers.waitFor();
  await picture('told-slack');

  // On Thursday the changelog is drafted for the product manager, and names both; on Friday everybody reads it.
  await desk.until(nextWeekly({ on: 'th', at: '15:00' }, 'Europe/Berlin', new Date()));
  await desk.be('Noor Haddad');
  await desk.goBoth('Groundcrew');
  const news = ['Previews with 50 GB', 'asked for by', 'Ravi Menon', 'Dana Petrova'] as const;
  for (const client of [slack, teams])
    await message(client, 'What’s new: ', ...news)
      .last()
      .waitFor();
  await picture('changelog-draft');
  await button(message(slack, 'Announcement #', 'Word it').last(), 'Approve').click();
  await message(teams, 'Announcement #', 'Planned for').last().waitFor();
  await press(desk.page.locator('body'), /^Clock/);
  await desk.page.getByRole('menuitem', { name: 'A day later' }).click();
  await desk.goBoth('platform-updates');
  for (const client of [slack, teams])
    await message(client, 'What’s new: ', ...news)
      .last()
      .waitFor();
  await picture('changelog');
  await desk.be('Dana Petrova');
  await desk.go(slack, 'Groundcrew');
  await button(hers, 'Not quite').click();
  await dialog(slack)
    .getByRole('textbox', { name: /still missing/ })
    .fill('Only for new ones.');
  await button(dialog(slack), 'Send').click();
  await dialog(slack).getByText('Open again').first().waitFor();
  await close(slack, 'Open again');

  await desk.be('Noor Haddad');
  await desk.go(teams, 'platform-triage');
  await message(teams, what, 'doesn’t help yet: Only for new ones.').first().waitFor();
  expect(await message(teams, what).first().textContent()).toContain('Received');
  await picture('returned');
});

test('the roadmap and one item, on both platforms', async () => {
  const { slack, teams } = desk;
  await desk.be('Noor Haddad');
  await desk.go(teams, 'Groundcrew');
  await desk.say(teams, 'roadmap');
  const board = message(teams, 'Asked for, not decided yet', 'Previews with 50 GB').last();
  await board.waitFor();
  await desk.go(slack, 'Groundcrew');
  await desk.say(slack, '/platform roadmap');
  await message(slack, 'Previews with 50 GB').last().waitFor();
  await picture('board');
  await button(board, 'More').click();
  await message(teams, 'Score', '8 = impact 4', '1 of 2 say it solved it, 1 not quite').last().waitFor();
  await desk.say(slack, '/platform roadmap 1');
  await message(slack, '8 = impact 4', '1 of 2 say it solved it').last().waitFor();
  await picture('item');

  // What is decided stands in the other cuts as well.
  await button(message(teams, 'Score', '8 = impact 4').last(), 'Plan').click();
  await desk.say(slack, '/platform roadmap by quarter');
  await message(slack, 'No quarter yet', 'Previews with 50 GB').last().waitFor();
  await button(board, 'By quarter').click();
  await message(teams, 'No quarter yet', 'Previews with 50 GB').last().waitFor();
  await picture('by-quarter');
  await desk.say(slack, '/platform roadmap by persona');
  await message(slack, 'Everybody', 'Previews with 50 GB').last().waitFor();
  await button(board, 'By persona').click();
  await message(teams, 'Everybody', 'Previews with 50 GB').last().waitFor();
  await picture('by-persona');
});
