import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { type Desk, desks, dialog, gone, message } from './house.ts';

const { sit } = desks();

/** Fills the feedback form, wherever it stands, and sends it. */
async function fill(form: Locator, what: string, why = 'I wait for it every day.', pain = 4): Promise<void> {
  await form.getByRole('textbox', { name: /What would help you/ }).fill(what);
  await form.getByRole('textbox', { name: /Why\?/ }).fill(why);
  await form.getByRole('radio', { name: new RegExp(`^${pain}`) }).check();
  await form.getByRole('button', { name: 'Send', exact: true }).click();
}

/** Sends feedback by the Slack form, as whoever sits there. */
async function send(desk: Desk, what: string, why?: string): Promise<void> {
  await desk.go(desk.slack, 'Groundcrew');
  await desk.say(desk.slack, '/platform feedback');
  await fill(dialog(desk.slack), what, why);
  await gone(dialog(desk.slack));
  await message(desk.slack, 'Your feedback', what).waitFor();
}

test('as a Slack user: ask, be planned on Slack, hear of it, see it on both platforms', async () => {
  const desk = await sit();
  const { slack, teams } = desk;
  const what = 'Preview environments in a minute';
  await desk.be('Dana Petrova');
  await desk.say(slack, '/platform feedback');

  // Nothing is filled in: Slack says so under each field, and the form stays.
  const form = dialog(slack);
  await form.getByRole('button', { name: 'Send', exact: true }).click();
  await form.getByText('Please complete this required field.').nth(2).waitFor();
  const field = form.getByRole('textbox', { name: /What would help you/ });
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  await fill(form, what);
  await gone(form);
  await message(slack, 'Your feedback', 'Thank you!', what).waitFor();

  await desk.be('Sam Okafor');
  await desk.goBoth('platform-triage');
  await message(teams, what, 'Received').waitFor();
  await message(slack, what, 'State: Received').getByRole('button', { name: 'Plan', exact: true }).click();
  await message(slack, what, 'State: Planned', '@Sam Okafor planned it').waitFor();
  await message(teams, what, 'Planned', 'Sam Okafor planned it').waitFor();

  await desk.be('Dana Petrova');
  await desk.go(slack, 'Groundcrew');
  await message(slack, 'Planned: #', '@Sam Okafor planned what you asked for', what).waitFor();
  await message(slack, 'Your feedback', 'State: Planned', what).waitFor();
});

test('as a Teams user: ask in the chat, be declined on Teams with a reason, read the reason', async () => {
  const desk = await sit();
  const { slack, teams } = desk;
  const what = 'A GPU that is free on Mondays';
  const reason = 'We share two of them until the new budget.';
  await desk.be('Ravi Menon');
  await desk.go(teams, 'Groundcrew');
  await desk.say(teams, 'feedback');
  // A typed command can't open a dialog in Teams: the form is a card.
  const form = message(teams, 'Send feedback', 'How much does it hurt').last();
  await form.getByRole('button', { name: 'Send', exact: true }).click();
  await form.getByText('Please fill this in.').first().waitFor();
  await fill(form, what);
  await message(teams, 'Your feedback', 'Thank you!', what).waitFor();

  await desk.be('Noor Haddad');
  await desk.goBoth('platform-triage');
  await message(slack, what, 'State: Received').waitFor();
  await message(teams, what).getByRole('button', { name: 'Decline', exact: true }).click();
  const why = dialog(teams);
  await why.getByRole('heading', { name: 'Decline with a reason' }).waitFor();
  await why.getByRole('textbox', { name: /Why not/ }).fill(reason);
  await why.getByRole('button', { name: 'Decline', exact: true }).click();
  await gone(why);
  await message(teams, what, 'Declined', `declined it: ${reason}`).waitFor();
  await message(slack, what, 'State: Declined', `declined it: ${reason}`).waitFor();

  await desk.be('Ravi Menon');
  await desk.go(teams, 'Groundcrew');
  await message(teams, 'Declined: #', 'decided not to do this', what, reason).waitFor();
  await desk.go(slack, 'Groundcrew');
  expect(await message(slack, what).count()).toBe(0);
});

test('a question goes to who asked; the answer calls the one who asked it, in the thread, on both platforms', async () => {
  const desk = await sit();
  const { slack, teams } = desk;
  const what = 'A dashboard for each queue';
  await send(desk, what);
  await desk.be('Sam Okafor');
  await desk.goBoth('platform-triage');
  await message(slack, what).getByRole('button', { name: 'Ask back' }).click();
  await dialog(slack).getByText(`“${what}”`).waitFor();
  await dialog(slack).getByRole('textbox').fill('Which queues?');
  await dialog(slack).getByRole('button', { name: 'Ask', exact: true }).click();
  await gone(dialog(slack));

  await desk.be('Dana Petrova');
  await desk.go(slack, 'Groundcrew');
  const question = message(slack, 'question about what you asked for', what);
  await question.getByRole('button', { name: 'Answer' }).click();
  await dialog(slack).getByText('“Which queues?”').waitFor();
  await dialog(slack).getByRole('textbox').fill('orders and refunds');
  await dialog(slack).getByRole('button', { name: 'Send' }).click();
  await gone(dialog(slack));
  await message(slack, 'Your answer: #', what, 'You answered:', 'orders and refunds').waitFor();
  expect(await question.getByRole('button', { name: 'Answer' }).count()).toBe(0);

  await desk.be('Sam Okafor');
  await desk.goBoth('platform-triage');
  await message(teams, 'Answer to #', 'answered your question', 'orders and refunds').waitFor();
  await slack.getByRole('listitem').filter({ hasText: what }).getByRole('button', { name: '1 reply' }).click();
  await message(slack, 'Answer to #', 'answered your question', 'orders and refunds').waitFor();
});

test('a developer who presses a triage button is told who may, alone, on both platforms', async () => {
  const desk = await sit();
  const { slack, teams } = desk;
  const what = 'Logs that are kept for a week';
  await send(desk, what);
  await desk.be('Lena Holm');
  await desk.goBoth('platform-triage');
  const refusal = ['Only platform engineers or the product manager can do this. Nothing was changed.', 'Sam Okafor'];
  await message(slack, what).getByRole('button', { name: 'Plan', exact: true }).click();
  await message(slack, 'Only visible to you', ...refusal).waitFor();
  await message(teams, what).first().getByRole('button', { name: 'Plan', exact: true }).click();
  await message(teams, 'Only you can see this', ...refusal).waitFor();
  await message(slack, what, 'State: Received').waitFor();

  await desk.be('Dana Petrova');
  await desk.goBoth('platform-triage');
  await message(slack, what, 'State: Received').waitFor();
  expect(await message(slack, 'Only visible to you').count()).toBe(0);
  expect(await message(teams, 'Only you can see this').count()).toBe(0);
});

test('hostile text is shown as it was typed, and does nothing', async () => {
  const desk = await sit();
  const { page, slack, teams } = desk;
  const what =
    '<!channel> <@U0SAM> *b* _i_ ~s~ `c` [l](https://evil.example) <https://evil.example|x> <at>Sam Okafor</at> :tada:';
  const why =
    '<script>globalThis.hacked = 1</script><img src=x onerror="hacked=1"> # head **bold** {{DATE(2026-01-01T00:00:00Z)}} &lt;b&gt; javascript:alert(1)';
  await send(desk, what, why);
  await desk.be('Sam Okafor');
  await desk.goBoth('platform-triage');
  // Some clients look for mentions and macros everywhere: there the bot breaks them with a character that is not seen.
  const shown = async (client: Locator): Promise<string> =>
    ((await message(client, '<!channel>').first().textContent()) ?? '').replaceAll('\u200b', '');
  for (const client of [slack, teams]) {
    const card = message(client, '<!channel>').first();
    await card.waitFor();
    expect(await shown(client)).toContain(what);
    expect(await shown(client)).toContain(why);
    expect(await card.locator('script, a[href*="evil"], img:not(.avatar)').count()).toBe(0);
    const mentioned = await card.locator('.mention, .at').allTextContents();
    expect(mentioned.map((each) => each.replace('@', ''))).toEqual(['Dana Petrova']);
  }
  expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
});

test('the App Home shows one’s own feedback, and its button opens the form', async () => {
  const desk = await sit();
  const { slack } = desk;
  const what = 'A queue that retries by itself';
  await send(desk, what);
  await slack.getByRole('tab', { name: 'Home' }).click();
  const home = slack.getByRole('tabpanel', { name: 'Home' });
  await home.getByRole('heading', { name: 'Hello, Dana Petrova' }).waitFor();
  await home.getByText(what).waitFor();
  await home.getByText('Received').first().waitFor();
  await home.getByRole('button', { name: 'Send feedback' }).click();
  await dialog(slack).getByRole('heading', { name: 'Send feedback' }).waitFor();
  await desk.page.keyboard.press('Escape');
  await gone(dialog(slack));
});

test('a message of a colleague goes to the backlog from its menu, on both platforms', async () => {
  const desk = await sit();
  const { page, slack, teams } = desk;
  await desk.be('Noor Haddad');
  await desk.go(slack, 'platform-help');
  const said = message(slack, 'took eleven minutes');
  await said.hover();
  await said.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Send to platform backlog' }).click();
  const inSlack = dialog(slack).getByRole('textbox', { name: /Why\?/ });
  await inSlack.waitFor();
  expect(await inSlack.inputValue()).toContain('took eleven minutes again');
  await dialog(slack).getByRole('button', { name: 'Cancel' }).click();
  await gone(dialog(slack));

  await desk.go(teams, 'General');
  const post = message(teams, 'lose the nightly export');
  await post.hover();
  await post.getByRole('button', { name: 'More options' }).click();
  await page.getByRole('menuitem', { name: 'Send to the platform backlog' }).click();
  const form = dialog(teams);
  await form.getByRole('textbox', { name: /Why\?/ }).waitFor();
  expect(await form.getByRole('textbox', { name: /Why\?/ }).inputValue()).toContain('lose the nightly export');
  await fill(form, 'Exports that survive a restart', 'We start them by hand.');
  await desk.go(slack, 'platform-triage');
  await message(slack, 'Exports that survive a restart', 'the message it came from').waitFor();
  await page.keyboard.press('Escape');
});

test('shortcuts of both platforms open the form where there is no message', async () => {
  const desk = await sit();
  const { page, slack, teams } = desk;
  await desk.be('Lena Holm');
  await slack.getByRole('button', { name: 'Shortcuts' }).click();
  await page.getByRole('menuitem', { name: 'Send feedback' }).click();
  await dialog(slack).getByRole('heading', { name: 'Send feedback' }).waitFor();
  await teams.getByRole('button', { name: 'Actions and apps' }).click();
  await page.getByRole('menuitem', { name: 'Send feedback' }).click();
  await dialog(teams).getByRole('heading', { name: 'Send feedback' }).waitFor();
  for (const client of [teams, slack]) {
    await dialog(client).getByRole('button', { name: 'Close' }).click();
    await gone(dialog(client));
  }
});

test('what is half-typed stays, with the focus, whatever happens around it', async () => {
  const [dana, sam] = [await sit(), await sit()];
  const what = 'A dashboard for the cost of each team';
  await send(dana, what);
  await dana.go(dana.slack, 'platform-triage');
  await dana.slack.getByRole('button', { name: 'Shortcuts' }).click();
  await dana.page.getByRole('menuitem', { name: 'Send feedback' }).click();
  const field = dialog(dana.slack).getByRole('textbox', { name: /What would help you/ });
  await field.pressSequentially('half a thou');
  const draft = dana.teams.getByRole('combobox', { name: 'Message Groundcrew' });
  await draft.fill('an unsent line');
  await field.focus();

  await sam.be('Sam Okafor');
  await sam.goBoth('platform-triage');
  await message(sam.slack, what).getByRole('button', { name: 'Plan', exact: true }).click();
  await dana.slack
    .getByRole('article', { includeHidden: true })
    .filter({ hasText: what })
    .filter({ hasText: 'State: Planned' })
    .waitFor();
  expect(await field.inputValue()).toBe('half a thou');
  await field.pressSequentially('ght');
  expect(await field.inputValue()).toBe('half a thought');
  expect(await draft.inputValue()).toBe('an unsent line');
  await dana.page.keyboard.press('Escape');
  await gone(dialog(dana.slack));
  // A draft waits where it was written.
  await dana.go(dana.teams, 'General');
  expect(await dana.teams.getByRole('combobox', { name: 'Message General' }).inputValue()).toBe('');
  await dana.go(dana.teams, 'Groundcrew');
  expect(await draft.inputValue()).toBe('an unsent line');
});

test('a slash command is suggested, completed and refused when there is none', async () => {
  const { page, slack } = await sit();
  const field = slack.getByRole('combobox', { name: 'Message Groundcrew' });
  await field.pressSequentially('/p');
  await slack.getByRole('option', { name: /^\/platform/ }).waitFor();
  await field.press('Tab');
  expect(await field.inputValue()).toBe('/platform ');
  await field.fill('/deploy now');
  await field.press('Enter');
  await page.getByRole('alert').filter({ hasText: '/deploy is not a valid command' }).waitFor();
  expect(await field.inputValue()).toBe('/deploy now');
});

/** Runs in the page: the controls that a screen reader could not name. */
const nameless = `[...document.querySelectorAll('button, input, textarea, select, a[href], [role=dialog]')]
  .filter((each) => {
    const labels = (each.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '');
    const names = [each.getAttribute('aria-label'), ...labels, each.closest('label')?.textContent, each.textContent];
    return !names.some((name) => name?.trim());
  })
  .map((each) => each.outerHTML.slice(0, 120))`;
/** Runs in the page: from 0, black, to 765, white. */
const slackBrightness = `getComputedStyle(document.querySelector('.slack')).backgroundColor
  .match(/[\\d.]+/g).slice(0, 3).reduce((sum, each) => sum + Number(each), 0)`;

test('every control has a name, and dark is dark', async () => {
  const desk = await sit({ colorScheme: 'light' });
  const { page, slack, teams } = desk;
  await send(desk, 'Controls that screen readers can name');
  await desk.goBoth('platform-triage');
  await slack.getByRole('button', { name: 'Shortcuts' }).click();
  await page.getByRole('menuitem', { name: 'Send feedback' }).click();
  await dialog(slack).waitFor();
  await teams.getByRole('button', { name: 'Plan', exact: true }).first().waitFor();
  expect(await page.evaluate(nameless)).toEqual([]);

  const brightness = () => page.evaluate<number>(slackBrightness);
  expect(await brightness()).toBeGreaterThan(700);
  await page.getByRole('radio', { name: 'Dark' }).check();
  expect(await brightness()).toBeLessThan(150);
  await page.getByRole('radio', { name: 'As the system' }).check();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await brightness()).toBeLessThan(150);
  await page.keyboard.press('Escape');
});

test('one client can be shown alone, and on a narrow screen they stand one under the other', async () => {
  const { page, slack, teams } = await sit();
  const boxes = async () => [await slack.boundingBox(), await teams.boundingBox()] as const;
  const [left, right] = await boxes();
  expect(right?.x).toBeGreaterThan((left?.x ?? 0) + (left?.width ?? 0) - 1);
  await page.getByRole('radio', { name: 'Teams', exact: true }).check();
  await slack.waitFor({ state: 'hidden' });
  await page.getByRole('radio', { name: 'Both' }).check();
  await page.setViewportSize({ width: 420, height: 900 });
  const [top, bottom] = await boxes();
  expect(bottom?.y).toBeGreaterThan((top?.y ?? 0) + (top?.height ?? 0) - 1);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(420);
});
