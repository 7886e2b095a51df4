import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { startChild } from './child.ts';
import { memoryLog, scratch } from './scratch.ts';

type Opened = { readonly config: pg.PoolConfig; close(): Promise<void> };

async function embedded(): Promise<Opened> {
  return await openEmbedded(scratch(), { log: memoryLog() });
}
async function real(url: string): Promise<Opened> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const name = `groundcrew_migrate_${randomUUID().replaceAll('-', '')}`;
  await admin.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    config: { connectionString: own.href },
    async close() {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
const url = process.env.DATABASE_URL;
const kinds: [string, () => Promise<Opened>][] = [['the embedded Postgres', embedded]];
if (url) kinds.push(['the Postgres of DATABASE_URL', () => real(url)]);

const files = (...contents: readonly (readonly [string, string])[]): string => {
  const folder = scratch();
  for (const [name, sql] of contents) writeFileSync(join(folder, name), sql);
  return folder;
};
const ONE = ['0001_one.sql', 'create table groundcrew.one (n int); insert into groundcrew.one values (1);'] as const;
const TWO = ['0002_two.sql', 'create table groundcrew.two (n int);'] as const;
const BAD = ['0002_two.sql', 'create table groundcrew.two (n int);\nselect 1 / 0;'] as const;

describe.each(kinds)('on %s', (_, open) => {
  let database: Opened;
  let pool: pg.Pool;
  const openPool = (more: pg.PoolConfig = {}) => {
    const each = new pg.Pool({ ...database.config, ...more });
    each.on('error', () => {});
    onTestFinished(() => each.end());
    return each;
  };
  const tables = async () =>
    (
      await pool.query<{ name: string }>(
        `select tablename as name from pg_tables where schemaname = 'groundcrew' and tablename <> 'migration' order by 1`,
      )
    ).rows.map(({ name }) => name);
  const versions = async () =>
    (await pool.query<{ version: number }>('select version from groundcrew.migration order by 1')).rows.map(
      ({ version }) => version,
    );

  beforeAll(async () => {
    database = await open();
    pool = new pg.Pool({ ...database.config, max: 3 });
    pool.on('error', () => {});
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
  });
  beforeEach(async () => {
    await pool.query('drop schema if exists groundcrew cascade; drop schema if exists public cascade');
    await pool.query('create schema public');
  });

  test('migrations are applied once, in order; when there is nothing to do it is one query', async () => {
    const log = memoryLog();
    const folder = files(TWO, ONE);
    expect(await migrate(pool, { folder, log })).toEqual({ applied: ['0001_one', '0002_two'], version: 2 });
    expect(log.lines).toHaveLength(2);
    expect(await tables()).toEqual(['one', 'two']);
    const { rows } = await pool.query(
      'select version, name, length(checksum) as length from groundcrew.migration order by version',
    );
    expect(rows).toEqual([
      { version: 1, name: '0001_one', length: 64 },
      { version: 2, name: '0002_two', length: 64 },
    ]);

    const counting = openPool();
    const queries: unknown[] = [];
    counting.on('connect', (client) => {
      const query = client.query.bind(client) as (...values: unknown[]) => unknown;
      Object.assign(client, {
        query: (...values: unknown[]) => {
          queries.push(values[0]);
          return query(...values);
        },
      });
    });
    expect(await migrate(counting, { folder })).toEqual({ applied: [], version: 2 });
    expect(queries).toHaveLength(1);
  });

  test('only what is new is applied', async () => {
    await migrate(pool, { folder: files(ONE) });
    expect(await migrate(pool, { folder: files(ONE, TWO) })).toEqual({ applied: ['0002_two'], version: 2 });
    expect((await pool.query('select n from groundcrew.one')).rows).toEqual([{ n: 1 }]);
  });

  test('a folder without migrations is version 0', async () => {
    expect(await migrate(pool, { folder: files() })).toEqual({ applied: [], version: 0 });
  });

  test('our own migrations run, and a second time there is nothing to do', async () => {
    const first = await migrate(pool);
    expect(first.version).toBeGreaterThan(0);
    expect(first.applied).toHaveLength(first.version);
    expect(first.applied[0]).toBe('0001_house');
    expect(await tables()).toContain('outbox');
    expect(await migrate(pool)).toEqual({ applied: [], version: first.version });
  });

  test('nothing of a failing migration stands, those before it do, and it says what failed', async () => {
    const failing = migrate(pool, { folder: files(ONE, BAD) });
    await expect(failing).rejects.toMatchObject({ code: 'migration_failed' });
    await expect(failing).rejects.toThrow(
      'The migration 0002_two failed: division by zero. It was rolled back whole; the ones before it stand.',
    );
    expect(await tables()).toEqual(['one']);
    expect(await versions()).toEqual([1]);
    expect((await migrate(pool, { folder: files(ONE, TWO) })).applied).toEqual(['0002_two']);
  });

  test('a syntax error says where', async () => {
    await expect(migrate(pool, { folder: files(['0001_one.sql', 'select 1;\nselec 2;']) })).rejects.toThrow(
      'The migration 0001_one failed: syntax error at or near "selec" (at character 11).',
    );
  });

  test('a process killed before the commit leaves nothing, and the next one finishes the work', async () => {
    const folder = files(ONE, TWO);
    const child = startChild('migrate', JSON.stringify(database.config), folder, '0002');
    onTestFinished(() => child.kill());
    expect(await child.next()).toBeUndefined();
    expect((await migrate(pool, { folder })).applied).toEqual(['0002_two']);
    expect(await versions()).toEqual([1, 2]);
  });

  test('of many that start at once each migration is applied by one', async () => {
    const folder = files(ONE, TWO, ['0003_three.sql', 'insert into groundcrew.one values (3);']);
    const results = await Promise.all(Array.from({ length: 6 }, () => migrate(openPool({ max: 2 }), { folder })));
    expect(results.map(({ version }) => version)).toEqual([3, 3, 3, 3, 3, 3]);
    expect(results.flatMap(({ applied }) => applied).sort()).toEqual(['0001_one', '0002_two', '0003_three']);
    expect((await pool.query('select n from groundcrew.one order by 1')).rows).toEqual([{ n: 1 }, { n: 3 }]);
  });

  test('a database of a newer Groundcrew is refused with both versions, and left as it is', async () => {
    await migrate(pool, { folder: files(ONE, TWO) });
    const older = migrate(pool, { folder: files(ONE) });
    await expect(older).rejects.toMatchObject({ code: 'database_newer' });
    await expect(older).rejects.toThrow(
      'The database is at version 2 (0002_two), but this Groundcrew knows versions up to 1. ' +
        'A newer Groundcrew has used it, and an older one could damage what it stored. ' +
        'Start the newer Groundcrew, or restore the backup that was made before the upgrade.',
    );
    expect(await versions()).toEqual([1, 2]);
  });

  test('an applied migration that was changed since is refused; other line ends are no change', async () => {
    const sql = 'select 1;\nselect 2;\n';
    await migrate(pool, { folder: files(['0001_one.sql', sql]) });
    const again = await migrate(pool, { folder: files(['0001_one.sql', sql.replaceAll('\n', '\r\n')], TWO) });
    expect(again.applied).toEqual(['0002_two']);
    const changed = migrate(pool, { folder: files(['0001_one.sql', `${sql} `], TWO) });
    await expect(changed).rejects.toMatchObject({ code: 'migration_changed' });
    await expect(changed).rejects.toThrow(/^The database was migrated with another 0001_one than this program's/);
  });

  test('a database that lacks one in the middle is refused', async () => {
    const folder = files(ONE, TWO);
    await migrate(pool, { folder });
    await pool.query('delete from groundcrew.migration where version = 1');
    await expect(migrate(pool, { folder })).rejects.toMatchObject({ code: 'migration_changed' });
  });

  test('a migration that ends its transaction is found out', async () => {
    const folder = files(['0001_one.sql', 'create table public.stands (n int); commit;']);
    const sneaky = migrate(pool, { folder });
    await expect(sneaky).rejects.toMatchObject({ code: 'migration_failed' });
    await expect(sneaky).rejects.toThrow('ends its own transaction');
    expect(await versions()).toEqual([]);
  });

  test('what is not qualified goes to public, whatever path and limits the connection has', async () => {
    const crooked = openPool({ max: 1 });
    // On the embedded Postgres this is everybody's session.
    onTestFinished(() => pool.query('reset statement_timeout; set search_path to bullmq, public').then(() => {}));
    await crooked.query(`create schema if not exists bullmq; set search_path to bullmq; set statement_timeout = 12345`);
    const folder = files([
      '0001_one.sql',
      `create extension pg_trgm; create table plain as select current_setting('statement_timeout') as timeout;`,
    ]);
    await migrate(crooked, { folder });
    expect((await pool.query('select timeout from public.plain')).rows).toEqual([{ timeout: '0' }]);
    expect((await pool.query(`select public.similarity('deploy', 'deploys') > 0.5 as near`)).rows).toEqual([
      { near: true },
    ]);
  });
});

test.each([
  ['a gap', ['0001_one.sql', '0003_three.sql'], '0003_three.sql', '0002_name.sql'],
  ['a number twice', ['0001_one.sql', '0001_two.sql'], '0001_two.sql', '0002_name.sql'],
  ['a late start', ['0002_two.sql'], '0002_two.sql', '0001_name.sql'],
  ['a zero', ['0000_none.sql'], '0000_none.sql', '0001_name.sql'],
  ['a name of another kind', ['0001_one.sql', 'two.sql'], 'two.sql', '0002_name.sql'],
])('%s in the numbers is refused before the database is asked', async (_, names, wrong, expected) => {
  const folder = files(...names.map((name) => [name, 'select 1'] as const));
  const pool = new pg.Pool({ host: join(scratch(), 'nowhere') });
  onTestFinished(() => pool.end());
  const refusal = migrate(pool, { folder });
  await expect(refusal).rejects.toMatchObject({ code: 'migration_numbers' });
  await expect(refusal).rejects.toThrow(`The migration ${wrong} in ${folder} should be called ${expected}`);
});
