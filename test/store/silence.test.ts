import { once } from 'node:events';
import type { Socket } from 'node:net';
import type pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openPool } from '../../src/store/pool.ts';
import { openTestDatabase } from '../support/database.ts';
import { openProxy, postgresThrough } from '../support/proxy.ts';

const database = await openTestDatabase();
const { upstream, through } = postgresThrough(database.config);
const proxy = await openProxy(upstream);
/** Longer than the test takes on any machine: it is shortened for one connection, when that is silent. */
const within = 600_000;
const pool = openPool({ ...through(proxy.port), max: 4 }, () => {}, within);
afterAll(async () => {
  proxy.release();
  await pool.end();
  await proxy.close();
  await database.close();
});

/** Not in pg's types, though the only way to its socket. */
const streamOf = (client: pg.PoolClient) =>
  (client as unknown as { connection: { stream: Socket & { timeout: number } } }).connection.stream;

test('a connection that owes an answer and says nothing is given up, with all that was sent on it', async () => {
  const waiting = await pool.connect();
  await waiting.query('select 1');
  const held = proxy.once(/held for ever/, 'hold');
  const client = await pool.connect();
  const answers = [client.query('select 1 as n'), client.query(`select 'held for ever'`), client.query('select 2')];
  const ends = Promise.allSettled(answers);
  await held;
  const streams = [streamOf(client), streamOf(waiting)];
  expect(streams.map((s) => s.timeout)).toEqual([within, within]);
  const silences = streams.map((s) => once(s, 'timeout'));
  for (const stream of streams) stream.setTimeout(1);
  await Promise.all(silences);
  for (const stream of streams) stream.setTimeout(within);
  expect((await ends).map((e) => e.status)).toEqual(['rejected', 'rejected', 'rejected']);
  await expect(answers[1]).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  client.release(true);
  // One that has been idle as long, and one in the middle of a transaction, owe nothing.
  expect((await waiting.query('select 3 as n')).rows).toEqual([{ n: 3 }]);
  waiting.release();
  expect((await pool.query('select 4 as n')).rows).toEqual([{ n: 4 }]);
});
