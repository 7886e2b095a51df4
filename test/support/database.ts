import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPool } from '../../src/store/pool.ts';
import { patienceMs } from './clock.ts';

const quiet = { info() {}, warn() {}, error() {} };

export type TestDatabase = {
  readonly config: pg.PoolConfig;
  readonly pool: pg.Pool;
  empty(): Promise<void>;
  close(): Promise<void>;
};

const patient = { connectionTimeoutMillis: patienceMs } as const;

/** An empty, migrated database of its own: on `DATABASE_URL` when that is set, else embedded in a new folder. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const url = process.env.DATABASE_URL;
  const opened = url ? await fresh(url) : await embedded();
  const pool = openPool({ ...opened.config, max: 8 }, () => {});
  await migrate(pool);
  return {
    config: opened.config,
    pool,
    async empty() {
      // Deleting few rows is ten times faster than truncating many tables. What refers to a table was made after it.
      const { rows } = await pool.query<{ statement: string }>(
        `select case c.relkind when 'r' then format('delete from %s', c.oid::regclass)
           else format('alter sequence %s restart', c.oid::regclass) end as statement
         from pg_class c
         where c.relnamespace = 'groundcrew'::regnamespace and c.relkind in ('r', 'S') and c.relname <> 'migration'
         order by c.oid desc`,
      );
      await pool.query(rows.map((r) => r.statement).join(';'));
    },
    async close() {
      await pool.end();
      await opened.close();
    },
  };
}

async function fresh(url: string) {
  const name = `groundcrew_test_${randomUUID().replaceAll('-', '')}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  // A test kills processes, never the server: waiting for the disk would prove nothing.
  await admin.query(`alter database ${name} set synchronous_commit = off`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    config: { connectionString: own.href, ...patient } satisfies pg.PoolConfig,
    async close() {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

async function embedded() {
  const dir = await mkdtemp(join(tmpdir(), 'groundcrew-'));
  const server = await openEmbedded(dir, { log: quiet });
  return {
    config: { ...server.config, ...patient },
    async close() {
      await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
