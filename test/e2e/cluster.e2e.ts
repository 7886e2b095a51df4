import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { send } from '../../src/cluster/write.ts';
import { desks, message } from './house.ts';

const { sit, folder } = desks({ env: { PLAYGROUND_CLUSTERS: 'production,staging' } });
const kubeconfig = () => join(folder(), 'data', 'kubeconfig');
/** The image of a workload, read with the kubeconfig that the page offers. */
async function imageOf(name: string, context: string): Promise<string> {
  const access = await readKubeconfig(context, { file: kubeconfig() });
  const path = `/apis/apps/v1/namespaces/checkout/deployments/${name}`;
  const { body } = await send(access, { method: 'GET', path }, false);
  return /"image":"([^"]*)"/.exec(JSON.stringify(body))?.[1] ?? '';
}

test('breaks a workload and a node of one of two clusters in the page, and mends them', async () => {
  const { page, slack, teams, goBoth, say } = await sit();
  await goBoth('checkout');
  await page.getByRole('button', { name: /^Clusters/ }).click();
  const panel = page.getByRole('complementary', { name: 'Cluster' });
  // As it can be typed: where this bot keeps it.
  await panel.getByText(`KUBECONFIG=${kubeconfig()}`).waitFor();
  await panel.getByText('kubectl --context production').waitFor();
  await panel.getByRole('radio', { name: 'staging' }).check();
  await panel.getByText('kubectl --context staging').waitFor();
  const row = (name: string) => panel.getByRole('listitem').filter({ hasText: name });
  await row('web').getByText('Running').waitFor();
  await panel.getByRole('button', { name: 'Break web', exact: true }).click();
  await page.getByRole('menuitem', { name: 'A tag that does not exist' }).click();
  await row('web').getByText('ImagePullBackOff').waitFor();
  // What was broken is in that one, and everybody is told so.
  expect([await imageOf('web', 'production'), await imageOf('web', 'staging')]).toEqual([
    'registry.acme.example/web:2.31.4',
    'registry.acme.example/web:2.32.0-rc',
  ]);
  for (const client of [slack, teams]) await message(client, 'web in staging has a problem').waitFor();
  await panel.getByRole('button', { name: 'Break node-b', exact: true }).click();
  await page.getByRole('menuitem', { name: 'The node is gone' }).click();
  await row('node-b').getByText('NotReady').waitFor();
  await panel.getByRole('button', { name: 'Mend node-b', exact: true }).click();
  await row('node-b').getByText('Ready', { exact: true }).waitFor();
  await panel.getByRole('button', { name: 'Mend web', exact: true }).click();
  await row('web').getByText('Running').waitFor();
  await page.keyboard.press('Escape');

  await goBoth('Groundcrew');
  for (const [client, typed] of [
    [slack, '/platform why web'],
    [teams, 'why web'],
  ] as const) {
    await say(client, typed);
    const asked = message(client, 'Which web?', 'web in production', 'web in staging').last();
    await asked.getByRole('button', { name: 'This one' }).first().click();
    await message(client, 'web in production is fine').last().waitFor();
  }
});
