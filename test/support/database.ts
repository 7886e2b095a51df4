import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export type TestDatabase = {
  readonly config: pg.PoolConfig;
  readonly pool: pg.Pool;
  empty(): Promise<void>;
  close(): Promise<void>;
};

/** An empty, migrated database of its own: on `DATABASE_URL` when that is set, else embedded in a new folder. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const url = process.env.DATABASE_URL;
  const opened = url ? await fresh(url) : await embedded();
  const pool = new pg.Pool({ ...opened.config, max: 8 });
  pool.on('error', () => {});
  await migrate(pool);
  return {
    config: opened.config,
    pool,
    async empty() {
      const { rows } = await pool.query<{ tables: string }>(
        `select string_agg(format('%I.%I', schemaname, tablename), ', ') as tables
         from pg_tables where schemaname = 'groundcrew' and tablename <> 'migration'`,
      );
      await pool.query(`truncate ${rows[0]?.tables} restart identity cascade`);
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
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    config: { connectionString: own.href } satisfies pg.PoolConfig,
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
    config: server.config,
    async close() {
      await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
