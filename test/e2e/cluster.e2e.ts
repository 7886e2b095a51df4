import { join } from 'node:path';
import { test } from 'vitest';
import { desks } from './house.ts';

const { sit, folder } = desks();

test('breaks a workload and a node in the page, and mends them', async () => {
  const { page } = await sit();
  await page.getByRole('button', { name: /^Cluster/ }).click();
  const panel = page.getByRole('complementary', { name: 'Cluster' });
  // As it can be typed: where this bot keeps it.
  await panel.getByText(`KUBECONFIG=${join(folder(), 'data', 'kubeconfig')}`).waitFor();
  const row = (name: string) => panel.getByRole('listitem').filter({ hasText: name });
  await row('web').getByText('Running').waitFor();
  await panel.getByRole('button', { name: 'Break web', exact: true }).click();
  await page.getByRole('menuitem', { name: 'A tag that does not exist' }).click();
  await row('web').getByText('ImagePullBackOff').waitFor();
  await panel.getByRole('button', { name: 'Break node-c', exact: true }).click();
  await page.getByRole('menuitem', { name: 'The node is gone' }).click();
  await row('node-c').getByText('NotReady').waitFor();
  await panel.getByRole('button', { name: 'Mend node-c', exact: true }).click();
  await row('node-c').getByText('Ready', { exact: true }).waitFor();
  await panel.getByRole('button', { name: 'Mend web', exact: true }).click();
  await row('web').getByText('Running').waitFor();
  await page.keyboard.press('Escape');
});
