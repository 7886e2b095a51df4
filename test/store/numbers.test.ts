import { afterAll, beforeEach, expect, test } from 'vitest';
import type { AccountId, PersonId } from '../../src/core/kernel/index.ts';
import { createStore } from '../../src/store/store.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, settings } from '../support/house.ts';

const database = await openTestDatabase();
const store = createStore(database.pool, () => settings);
afterAll(() => database.close());
beforeEach(() => database.empty());

const now = new Date('2026-03-02T09:00:00Z');
async function meet(): Promise<PersonId> {
  const { people } = store.direct.features;
  await people.arrive(ada.account, {}, now);
  return (await people.learn(ada, now))?.id as PersonId;
}
const asked = (requester: PersonId) => ({
  verb: 'create' as const,
  path: 'postgres',
  version: '1.0.0',
  values: {},
  team: 'inventory',
  requester,
  account: ada.account as AccountId,
  created: now,
});

test('numbers that people see have no gaps, whatever is rolled back and whoever comes at once', async () => {
  const requester = await meet();
  const { requests } = store.direct.features;
  expect((await requests.add(asked(requester))).number).toBe(1);
  await expect(
    store.transaction(async (tx) => {
      expect((await tx.features.requests.add(asked(requester))).number).toBe(2);
      throw new Error('rolled back');
    }),
  ).rejects.toThrow('rolled back');
  const many = await Promise.all(
    Array.from({ length: 8 }, () => store.transaction((tx) => tx.features.requests.add(asked(requester)))),
  );
  expect(many.map((r) => r.number).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
});
