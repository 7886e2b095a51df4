import { expect, test } from 'vitest';
import { desks, dialog, gone, message, press } from './house.ts';

const { sit } = desks({ at: 'Groundcrew' });

test('written in Slack, looked at on both, posted from Teams, read, corrected and taken back on both', async () => {
  const desk = await sit();
  const { slack, teams } = desk;
  await desk.be('Sam Okafor');
  // So that he is known on Teams too.
  await desk.say(teams, 'me');
  await message(teams, 'Sam Okafor', 'Known on').last().waitFor();

  await desk.say(slack, '/platform announce Previews in a minute');
  const form = dialog(slack);
  await form.getByRole('radio', { name: 'New' }).check();
  await form
    .getByRole('textbox', { name: /What can people do now/ })
    .fill('Preview environments start in under a minute.');
  await form.getByRole('textbox', { name: /Details/ }).fill('They come from a warm pool. <!channel>');
  await form.getByRole('textbox', { name: /Link/ }).fill('javascript:alert(1)');
  await press(form, 'Preview');
  await form.getByText('This is not a web address.').waitFor();
  await form.getByRole('textbox', { name: /Link/ }).fill('https://docs.acme.example/previews');
  await press(form, 'Preview');
  await gone(form);
  await message(slack, 'Above is how it will look in Slack').waitFor();
  const card = message(teams, 'Above is how it will look in Microsoft Teams').last();
  await card.waitFor();
  await card.getByRole('button', { name: 'Post it', exact: true }).click();
  await card.getByText(/Post this in 2 channels now/).waitFor();
  await press(card, 'Post it');

  await desk.be('Lena Holm');
  await desk.goBoth('platform-updates');
  for (const client of [slack, teams]) {
    const post = message(client, 'New: Previews in a minute').last();
    await post.waitFor();
    // The link leads through the bot, which counts.
    expect(await post.getByRole('link', { name: 'Read more' }).getAttribute('href')).toMatch(
      /\/s\/[\w-]{32}\/announcements\/\d+\/go$/,
    );
  }
  await press(message(teams, 'New: Previews in a minute').last(), 'Got it');
  const page = await message(slack, 'New: Previews in a minute')
    .getByRole('link', { name: 'Link to share' })
    .getAttribute('href');
  expect(await (await fetch(page ?? '')).text()).toContain('They come from a warm pool. &#60;!channel&#62;');

  await desk.be('Sam Okafor');
  await desk.goBoth('Groundcrew');
  const mine = message(slack, 'Announcement #', 'Posted').last();
  await mine.waitFor();
  await press(mine, 'Change');
  await form.getByRole('textbox', { name: /What can people do now/ }).fill('They start in under two minutes.');
  await press(form, 'Change every copy');
  await gone(form);
  await desk.goBoth('platform-updates');
  for (const client of [slack, teams]) await message(client, 'under two minutes', 'corrected').last().waitFor();

  await desk.goBoth('Groundcrew');
  await press(mine, 'Retract');
  await form.getByRole('textbox', { name: /Why/ }).fill('The pool is not ready.');
  await press(form, 'Retract');
  await gone(form);
  await desk.goBoth('platform-updates');
  for (const client of [slack, teams]) {
    await message(client, 'Taken back: New: Previews in a minute', 'The pool is not ready.').last().waitFor();
    expect(await message(client, 'under two minutes').count()).toBe(0);
  }
});

test('action required: the form asks who and until when; each is told on their platform, says Done there, and is counted', async () => {
  const desk = await sit();
  const { slack, teams } = desk;
  // Ravi is a Teams person.
  await desk.be('Ravi Menon');
  await desk.say(teams, 'me');
  await message(teams, 'Ravi Menon', 'Known on').last().waitFor();

  await desk.be('Noor Haddad');
  await desk.say(teams, 'announce Rotate your export keys');
  const form = message(teams, 'Announce something').last();
  await form.getByRole('radio', { name: 'Action required' }).check();
  await form.getByRole('textbox', { name: /What can people do now/ }).fill('Old keys stop working.');
  await form.getByRole('checkbox', { name: 'insights' }).check();
  await press(form, 'Next');
  const next = message(teams, 'Until when?').last();
  await next.getByLabel(/Until when/).fill('2099-01-31');
  await press(next, 'Preview');
  const card = message(teams, 'Above is how it will look in Microsoft Teams', 'Rotate your export keys').last();
  await card.waitFor();
  await card.getByRole('button', { name: 'Post it', exact: true }).click();
  await press(card, 'Post it');

  await desk.be('Ravi Menon');
  const mine = message(teams, 'Action required: Rotate your export keys', 'Old keys stop working.').last();
  await mine.waitFor();
  await press(mine, 'Done');
  await message(teams, 'Nothing more to do: Rotate your export keys').last().waitFor();
  await desk.be('Noor Haddad');
  await message(teams, 'Everybody has done Rotate your export keys').last().waitFor();
  expect(await message(slack, 'Rotate your export keys').count()).toBe(0);
});

test('somebody new on each platform sees where to begin, a checklist, and finds the docs', async () => {
  const desk = await sit();
  await desk.be('Dana Petrova');
  for (const [client, slash] of [
    [desk.slack, '/platform '],
    [desk.teams, ''],
  ] as const) {
    await desk.say(client, `${slash}start`);
    const asked = client.getByRole('button', { name: 'Back-end', exact: true });
    const shown = message(client, 'Where to begin').last();
    await asked.or(shown).first().waitFor();
    if (await asked.isVisible()) await asked.click();
    await message(client, 'Where to begin', 'checkout', 'How we deploy', 'To begin with').last().waitFor();
    await desk.say(client, `${slash}docs rollback`);
    await message(client, 'In the docs', 'How we deploy').last().waitFor();
  }
  await message(desk.slack, 'Your first steps', 'I tick these off').last().waitFor();
});

test('what somebody follows is chosen in either client, kept, and offered again in the other one', async () => {
  const desk = await sit();
  await desk.be('Dana Petrova');
  await desk.say(desk.slack, '/platform follow');
  const form = dialog(desk.slack);
  await form.getByRole('group', { name: 'Tell me at once' }).getByRole('checkbox', { name: 'databases' }).check();
  await press(form, 'Save');
  // It was asked in no channel’s message, so it is answered where it was asked.
  await form.getByText('At once:').waitFor();
  expect(await form.textContent()).toMatch(/At once:\s*databases/);
  await press(form, 'Close');
  await gone(form);

  await desk.say(desk.teams, 'follow');
  const asked = message(desk.teams, 'What do you follow?').last();
  await asked.waitFor();
  expect(await asked.getByRole('checkbox', { name: 'databases' }).first().isChecked()).toBe(true);
  await asked.getByRole('checkbox', { name: 'delivery' }).last().check();
  await press(asked, 'Save');
  await message(desk.teams, 'What you follow', 'databases', 'delivery').last().waitFor();
});
