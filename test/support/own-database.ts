import { afterAll, beforeEach } from 'vitest';
import { openTestDatabase, type TestDatabase } from './database.ts';

/** The database of a file of tests: empty before each of them, closed after the last. */
export async function ownDatabase(): Promise<TestDatabase> {
  const database = await openTestDatabase();
  afterAll(() => database.close());
  beforeEach(() => database.empty());
  return database;
}
