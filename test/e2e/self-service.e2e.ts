import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { runTool, toolTest } from '../support/tools.ts';
import { desks, message, press } from './house.ts';

const { sit, folder } = desks({ at: 'Groundcrew' });

/** What kubectl prints of the playground's cluster. */
async function kubectl(...args: readonly string[]): Promise<string> {
  const ran = await runTool('kubectl', args, {
    env: { HOME: folder(), KUBECONFIG: join(folder(), 'data', 'kubeconfig') },
  });
  return (ran.out || ran.err).trim();
}
const dialog = (client: Locator): Locator => client.page().getByRole('dialog');

toolTest(['kubectl'], 'a PostgreSQL asked for in Slack, approved in Teams, seen by kubectl', async () => {
  const desk = await sit();
  const { slack, teams } = desk;
  await desk.be('Dana Petrova');
  await desk.say(slack, '/platform create postgres name=orders size=l');
  const request = message(slack, 'PostgreSQL database “orders”', 'Large databases are looked at first');
  await request.waitFor();
  await press(request, 'Ask for approval');
  await message(slack, 'PostgreSQL database “orders”', 'Waiting for').waitFor();

  // Somebody who may decide, on the other platform.
  await desk.be('Sam Okafor');
  await desk.go(teams, 'Groundcrew');
  const asked = message(teams, 'Dana Petrova', 'orders');
  await asked.last().waitFor();
  await press(asked, 'Approve');

  await desk.be('Dana Petrova');
  await message(slack, 'PostgreSQL database “orders” is ready', 'Credentials are never shown').waitFor();
  expect(await kubectl('get', 'clusters.postgresql.cnpg.io', '-n', 'checkout', '-o', 'name')).toContain(
    'cluster.postgresql.cnpg.io/orders-db',
  );
  // Where the password is kept is said; the password is not.
  const secret = ['secret', 'orders-db-app', '-n', 'checkout', '-o', 'jsonpath={.data.password}'];
  const password = async () => Buffer.from(await kubectl('get', ...secret), 'base64').toString();
  const first = await password();
  expect(first.length).toBeGreaterThan(8);

  // Somebody saw it: a new one from the card, on one platform and then on the other.
  await press(message(slack, 'PostgreSQL database “orders” is ready').last(), 'Open it');
  await press(message(slack, 'State', 'Ready', 'PostgreSQL database').last(), 'New password');
  await press(message(slack, 'The old password ends at once').last(), 'New password');
  await message(slack, '“orders” has new credentials').last().waitFor();
  const second = await password();
  await desk.say(teams, 'mine');
  await press(message(teams, 'orders', 'PostgreSQL database').last(), 'Open');
  await press(message(teams, 'State', 'Ready', 'PostgreSQL database').last(), 'New password');
  await press(message(teams, 'The old password ends at once').last(), 'New password');
  await message(teams, '“orders” has new credentials').last().waitFor();
  const all = [first, second, await password()];
  expect(new Set(all).size).toBe(3);
  for (const client of [slack, teams]) for (const one of all) expect(await client.textContent()).not.toContain(one);
});

test('a new service made by the company’s Backstage, asked for by its name on both platforms', async () => {
  const desk = await sit();
  const { slack, teams } = desk;
  await desk.be('Lena Holm');
  for (const [client, typed, name] of [
    [slack, '/platform create service', 'prices'],
    [teams, 'create service', 'baskets'],
  ] as const) {
    await desk.say(client, `${typed} name=${name} language=go description="Knows ${name}."`);
    await press(message(client, `New service “${name}”`, 'nobody has to approve it').last(), 'Create it');
    const ready = message(client, `New service “${name}” is ready`).last();
    await ready.waitFor();
    await ready.getByText(`https://git.acme.example/${name}`).waitFor();
    await press(ready, 'Open it');
    await message(client, 'State', 'Ready', `https://git.acme.example/${name}`)
      .getByRole('button', { name: 'Archive' })
      .last()
      .waitFor();
  }
});

toolTest(
  ['kubectl'],
  'a preview environment made in Teams, extended and deleted there, and gone from the cluster',
  async () => {
    const desk = await sit();
    const { teams } = desk;
    await desk.be('Lena Holm');
    await desk.say(teams, 'create preview-environment');
    const form = message(teams, 'Preview environment', 'Repository').last();
    await form.getByRole('textbox', { name: /Repository/ }).fill('web');
    await form.getByRole('spinbutton', { name: /Pull request/ }).fill('142');
    await press(form, 'Continue');
    const confirm = message(teams, 'nobody has to approve it').last();
    await confirm.waitFor();
    await press(confirm, 'Create it');
    const ready = message(teams, 'is ready', 'pr-web-142').last();
    await ready.waitFor();
    expect(await kubectl('get', 'namespace', 'pr-web-142', '-o', 'name')).toBe('namespace/pr-web-142');
    expect(await kubectl('get', 'resourcequota,limitrange,networkpolicy', '-n', 'pr-web-142', '-o', 'name')).toMatch(
      /resourcequota[\s\S]*limitrange[\s\S]*networkpolicy/,
    );

    await press(ready, 'Open it');
    const card = message(teams, 'State', 'Ready', 'Preview environment').last();
    await card.waitFor();
    await press(card, 'Extend by 3 days');
    await message(teams, 'web 142', 'lives on', '9 more times').last().waitFor();

    // What is irreversible wants its name typed, shows what goes, and asks once more.
    await press(card, 'Delete');
    const remove = dialog(teams);
    await remove.getByRole('textbox', { name: /Type its name/ }).fill('not it');
    await press(remove, 'Continue');
    await remove.getByText('That isn’t its name.').waitFor();
    await remove.getByRole('textbox', { name: /Type its name/ }).fill('web 142');
    await press(remove, 'Continue');
    await press(teams, 'Delete it');
    await message(teams, '“web 142” is deleted').last().waitFor();
    expect(await kubectl('get', 'namespace', 'pr-web-142')).toContain('NotFound');
  },
);

test('the tab Home in Teams shows what there is, and takes a request from its form to the chat', async () => {
  const desk = await sit();
  const { page, teams } = desk;
  await desk.be('Dana Petrova');
  await teams.getByRole('tab', { name: 'Home' }).click();
  const tab = page.frameLocator('iframe.app-tab');
  await tab.getByRole('heading', { name: 'Hello, Dana Petrova' }).waitFor();
  await tab.getByRole('button', { name: 'See the catalog' }).click();
  const over = tab.getByRole('dialog');
  await over.getByRole('button', { name: 'Create' }).first().click();
  await over.getByRole('textbox', { name: /Name/ }).fill('No Name');
  await press(over, 'Continue');
  await over.getByText('Please look at what is marked below').waitFor();
  await over.getByRole('textbox', { name: /Name/ }).fill('from-the-tab');
  await press(over, 'Continue');
  await over.getByText('What comes next is in our chat.').waitFor();
  await press(over, 'Close');
  await tab.getByText('from-the-tab').waitFor();
  await teams.getByRole('tab', { name: 'Chat' }).click();
  await message(teams, 'from-the-tab').last().waitFor();
  // Who looks is who is logged in: another person's tab is another page.
  await desk.be('Ravi Menon');
  await teams.getByRole('tab', { name: 'Home' }).click();
  await page.frameLocator('iframe.app-tab').getByRole('heading', { name: 'Hello, Ravi Menon' }).waitFor();
});
