import { test } from 'vitest';
import { type Desk, desks, message, press } from './house.ts';

/** Pictures for whoever looks at how it looks. */
const shot = async (desk: Desk, name: string) => {
  if (process.env.SHOTS) await desk.page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
};
const { sit } = desks({ leaving: (desk) => shot(desk, 'last') });

/** What a clock in London, where Sam is, shows in so many minutes. */
function soon(minutes: number): { readonly day: string; readonly at: string } {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: 'Europe/London',
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  })
    .format(new Date(Date.now() + minutes * 60_000))
    .split(', ');
  return { day: parts[0] ?? '', at: parts[1] ?? '' };
}

test('planned on Slack, signed up for on both, run from either, and one tap into the backlog', async () => {
  const desk = await sit();
  const { slack, teams } = desk;

  await desk.be('Sam Okafor');
  await desk.go(slack, 'Groundcrew');
  await desk.say(slack, '/platform office-hours');
  const empty = message(slack, 'Nothing is planned at the moment').last();
  await empty.waitFor();
  await shot(desk, '1-empty');
  await press(empty, 'Plan office hours');
  const form = slack.getByRole('dialog');
  await form.getByRole('textbox', { name: /What is it called/ }).fill('Platform office hours');
  const { day, at } = soon(25);
  await form.getByLabel(/The first day/).fill(day);
  await form.getByLabel(/Starts at/).fill(at);
  await form.getByRole('combobox', { name: /How often/ }).click();
  await form.getByRole('option', { name: 'Once' }).click();
  await form.getByRole('textbox', { name: /Where does one meet/ }).fill('https://meet.acme.example/platform');
  await shot(desk, '2-form');
  await press(form, 'Plan it');
  await form.getByText('is planned').waitFor();
  await press(form, 'Close');

  // The same announcement on both platforms; each signs up where they are.
  await desk.be('Dana Petrova');
  await desk.go(teams, 'platform-updates');
  await desk.go(slack, 'platform-updates');
  const onTeams = message(teams, 'Platform office hours', '3 of 3 times free').last();
  await onTeams.waitFor();
  await shot(desk, '3-announced');
  await press(onTeams, 'Sign up');
  const dialog = desk.page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /What is it about/ }).fill('My preview environment takes eleven minutes');
  await shot(desk, '4-sign-up-teams');
  await press(dialog, 'Sign up');
  await dialog.waitFor({ state: 'detached' });
  await desk.go(teams, 'Groundcrew');
  await message(teams, 'My preview environment takes eleven minutes', 'You have').last().waitFor();

  await desk.be('Ravi Menon');
  await desk.go(slack, 'platform-updates');
  const onSlack = message(slack, 'Platform office hours', '2 of 3 times free').last();
  await onSlack.waitFor();
  await press(onSlack, 'Sign up');
  await dialog.getByRole('textbox', { name: /What is it about/ }).fill('How do I get a GPU for a night?');
  await shot(desk, '5-sign-up-slack');
  await press(dialog, 'Sign up');
  await dialog.waitFor({ state: 'detached' });
  await desk.go(slack, 'Groundcrew');
  await message(slack, 'How do I get a GPU for a night?', 'You have').last().waitFor();

  // It begins, on both.
  await desk.be('Sam Okafor');
  await desk.go(slack, 'Groundcrew');
  await desk.say(slack, '/platform office-hours');
  await press(message(slack, 'Office hours', '1 of 3 times free').last(), 'Manage');
  const manage = message(slack, 'This one', 'How do I get a GPU').last();
  await manage.waitFor();
  await shot(desk, '6-manage');
  await press(manage, 'Begin now');
  for (const client of [slack, teams]) {
    await desk.go(client, 'platform-updates');
    await message(client, 'Platform office hours: on now', 'How do I get a GPU').last().waitFor();
  }
  await shot(desk, '7-live');

  await desk.be('Ravi Menon');
  await desk.go(slack, 'platform-updates');
  await press(message(slack, 'on now').last(), 'I’m here');
  await message(slack, 'You are second in the line').last().waitFor();

  // The host goes on from Teams, then from Slack: the card is one.
  await desk.be('Sam Okafor');
  await desk.go(teams, 'platform-updates');
  await press(message(teams, 'on now').last(), 'Next');
  await desk.go(slack, 'platform-updates');
  for (const client of [slack, teams])
    await message(client, 'on now', 'Now:', 'about My preview environment').last().waitFor();
  await shot(desk, '8-now');
  await press(message(slack, 'on now').last(), 'Next');
  await message(slack, 'What came of it, with').last().waitFor();
  for (const client of [slack, teams])
    await message(client, 'on now', 'Now:', 'about How do I get a GPU').last().waitFor();
  await shot(desk, '9-next');
  await press(message(slack, 'on now').last(), 'End');
  await press(desk.page.getByRole('dialog'), 'End');
  for (const client of [slack, teams])
    await message(client, 'over', '2 conversations. Thank you for coming!').last().waitFor();

  // What came of it.
  await desk.go(slack, 'Groundcrew');
  const wrap = message(slack, 'What came of it: Platform office hours', '2 came').last();
  await wrap.waitFor();
  await shot(desk, '10-wrap');
  await press(wrap, 'To the backlog');
  await message(slack, 'in the backlog as #1').last().waitFor();
  await desk.be('Ravi Menon');
  await desk.go(slack, 'Groundcrew');
  await message(slack, 'Your feedback #1', 'How do I get a GPU for a night?').last().waitFor();
  await message(slack, 'Thank you for coming').last().waitFor();
  await shot(desk, '11-guest');
});
