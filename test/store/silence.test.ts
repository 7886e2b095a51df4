import { afterAll, expect, test } from 'vitest';
import { openPool } from '../../src/store/store.ts';
import { openTestDatabase } from '../support/database.ts';
import { openProxy, postgresThrough } from '../support/proxy.ts';

const database = await openTestDatabase();
const { upstream, through } = postgresThrough(database.config);
const proxy = await openProxy(upstream);
const pool = openPool({ ...through(proxy.port), max: 4 }, () => {}, 150);
afterAll(async () => {
  proxy.release();
  await pool.end();
  await proxy.close();
  await database.close();
});

test('a connection that owes an answer and says nothing is given up, with all that was sent on it', async () => {
  const waiting = await pool.connect();
  await waiting.query('select 1');
  const held = proxy.once(/held for ever/, 'hold');
  const client = await pool.connect();
  const answers = [client.query('select 1 as n'), client.query(`select 'held for ever'`), client.query('select 2')];
  const ends = Promise.allSettled(answers);
  await held;
  expect((await ends).map((e) => e.status)).toEqual(['rejected', 'rejected', 'rejected']);
  await expect(answers[1]).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  client.release(true);
  // One that has been idle as long, and one in the middle of a transaction, owe nothing.
  expect((await waiting.query('select 3 as n')).rows).toEqual([{ n: 3 }]);
  waiting.release();
  expect((await pool.query('select 4 as n')).rows).toEqual([{ n: 4 }]);
});
