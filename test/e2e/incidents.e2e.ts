import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { send } from '../../src/cluster/write.ts';
import { desks, message } from './house.ts';

const { sit, folder } = desks();

/** As somebody does who has a kubeconfig and makes a slip. */
async function slip(): Promise<void> {
  const access = await readKubeconfig(undefined, { file: join(folder(), 'data', 'kubeconfig') });
  const { status } = await send(
    access,
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/checkout/deployments/checkout-api',
      type: 'application/strategic-merge-patch+json',
      body: {
        spec: {
          template: {
            spec: { containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'checkout-api-confg' } }] }] },
          },
        },
      },
    },
    false,
  );
  expect(status).toBe(200);
}
const rollBack = (client: Locator): Locator => client.getByRole('button', { name: /^Roll back/ });

test('a slip is diagnosed on both platforms, refused to who may not mend it, mended by who may, and over', async () => {
  const { page, slack, teams, go, goBoth, be } = await sit();
  const become = async (name: RegExp) => {
    await page.getByRole('radio', { name }).check();
    await slack.locator('.who').getByText(name).waitFor();
  };
  await be('Dana Petrova');
  await goBoth('checkout');
  await slip();
  for (const client of [slack, teams]) {
    await message(client, 'checkout-api has a problem', 'checkout-api-confg', 'Did you mean').waitFor();
    await rollBack(client).first().waitFor();
  }

  await become(/Ravi Menon/);
  await go(slack, 'checkout');
  await rollBack(slack).first().click();
  await rollBack(slack.getByRole('dialog')).click();
  await message(slack, 'Team checkout looks after it').waitFor();

  await become(/Dana Petrova/);
  await go(teams, 'checkout');
  await rollBack(teams).first().click();
  await rollBack(teams).last().click();
  await message(teams, 'checkout-api is well again', 'It helped').first().waitFor();
  await go(slack, 'checkout');
  await message(slack, 'checkout-api is well again', 'It helped').first().waitFor();
});
