import { afterAll, expect, test } from 'vitest';
import { secretNamed } from '../../src/store/secret.ts';
import { openTestDatabase } from '../support/database.ts';

const database = await openTestDatabase();
afterAll(() => database.close());

test('two processes that need it at once get the same secret, and so does the next start', async () => {
  const [one, two] = await Promise.all([secretNamed(database.pool, 'a'), secretNamed(database.pool, 'a')]);
  expect(one).toHaveLength(32);
  expect(two).toEqual(one);
  expect(await secretNamed(database.pool, 'a')).toEqual(one);
  expect(await secretNamed(database.pool, 'b')).not.toEqual(one);
});
