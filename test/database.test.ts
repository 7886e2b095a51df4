import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { openDatabase } from '../src/database.ts';
import { openPool } from '../src/store/pool.ts';
import { patienceMs } from './support/clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('whoever waits for our own database is not told that it is away, since it is busy', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'groundcrew-database-'));
  const onDeath = (error: Error) => {
    throw error;
  };
  const log = pino({ level: 'silent' });
  const database = await openDatabase({ dataDir: folder }, log, { onBegun() {}, onDeath });
  try {
    const pool = database.pool();
    const busy = await Promise.all(Array.from({ length: 10 }, () => pool.connect()));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const waiting = pool.query('select 1 as one');
    vi.advanceTimersByTime(14_000);
    for (const client of busy) client.release();
    expect((await waiting).rows).toEqual([{ one: 1 }]);
  } finally {
    vi.useRealTimers();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test.runIf(process.env.DATABASE_URL)(
  'what the address of a database asks for holds beside what we ask for',
  async () => {
    const address = new URL(process.env.DATABASE_URL as string);
    address.searchParams.set('options', '-c work_mem=5MB');
    const pool = openPool(
      { connectionString: address.href, options: '-c search_path=bullmq', connectionTimeoutMillis: patienceMs },
      () => {},
    );
    const { rows } = await pool.query(
      `select current_setting('work_mem') as theirs, current_setting('search_path') as ours`,
    );
    await pool.end();
    expect(rows).toEqual([{ theirs: '5MB', ours: 'bullmq' }]);
  },
);

/** What `pg` has of a client, and does not declare. */
type Made = pg.Client & { readonly connectionParameters: { readonly options?: string } };

test.each([
  ['half%', 'half%'],
  ['a%zz', 'a%zz'],
  ['a%41%', 'aA%'],
  ['a%40b%2Fc%25d', 'a@b/c%d'],
  ['a^|{b', 'a^|{b'],
])('the password %s reaches the database as without options in its address', async (written, password) => {
  for (const query of [
    '?options=-c%20a%3Db',
    '?options=-c+a%3Db&sslmode=disable',
    '?sslmode=disable&options=-c+a%3Db',
  ]) {
    const connectionString = `postgres://who:${written}@127.0.0.1:1/where${query}`;
    const pool = openPool({ connectionString, options: '-c search_path=bullmq' }, () => {});
    // As the pool makes them; nothing is connected to.
    const of = (config: pg.ClientConfig) => {
      const { user, database, host, port, ssl, password, connectionParameters } = new pg.Client(config) as Made;
      return { user, database, host, port, ssl, password, options: connectionParameters.options };
    };
    expect(of(pool.options)).toEqual({
      ...of({ connectionString: connectionString.replace(/options=[^&]*/, '') }),
      password,
      options: '-c a=b -c search_path=bullmq',
    });
    await pool.end();
  }
});
