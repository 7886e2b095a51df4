import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPool } from '../../src/store/pool.ts';
import { patienceMs } from './clock.ts';
import { namedFor } from './templates.ts';

const quiet = { info() {}, warn() {}, error() {} };

export type TestDatabase = {
  readonly config: pg.PoolConfig;
  readonly pool: pg.Pool;
  empty(): Promise<void>;
  close(): Promise<void>;
};
type Made = { readonly config: pg.PoolConfig; close(): Promise<void> };
/** `shape`: what `shapeOf` said when it was new. */
type Kept = Made & { readonly shape: string };

const patient = { connectionTimeoutMillis: patienceMs } as const;
/** Where a run of tests keeps what outlives a file, and clears it at the end; elsewhere everybody clears up alone. */
const room = process.env.TEST_ROOM;
/** Those that no file of this worker has in use: making one takes longer than most files. */
const free: Kept[] = [];

/**
 * An empty, migrated database of its own: on `DATABASE_URL` when that is set, else embedded. `untouched` is for who looks at
 * the files: where rows are written depends on what was there before.
 */
export async function openTestDatabase({ untouched = false } = {}): Promise<TestDatabase> {
  for (let kept = untouched ? undefined : free.pop(); kept; kept = free.pop()) {
    const again = open(kept);
    if (await asNew(again.pool, kept.shape)) return again;
    await again.pool.end();
    await kept.close();
  }
  const made = await make();
  const pool = openPool({ ...made.config, max: 8 }, () => {});
  await migrate(pool);
  await pool.query(await emptying(pool));
  // What migrations put into tables is not there in one that was used before, so it is in none.
  await pool.query('select public.empty_all()');
  const shape = await shapeOf(pool);
  return open({ ...made, shape }, pool);
}

function open(kept: Kept, pool = openPool({ ...kept.config, max: 8 }, () => {})): TestDatabase {
  return {
    config: kept.config,
    pool,
    async empty() {
      await pool.query('select public.empty_all()');
    },
    async close() {
      await pool.end();
      if (room) free.push(kept);
      else await kept.close();
    },
  };
}

/**
 * The function that empties all tables and lets all numbers begin anew. Deleting few rows is ten times faster than
 * truncating many tables, and looking for some ten times faster than deleting none; to restart a sequence is to make a file.
 * What refers to a table was made after it.
 */
async function emptying(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ statement: string }>(
    `select case c.relkind when 'r' then format('if exists (select from %1$s) then delete from %1$s; end if', c.oid::regclass)
       else format('perform setval(%L, %s, false)', c.oid::regclass, s.seqstart) end as statement
     from pg_class c left join pg_sequence s on s.seqrelid = c.oid
     where c.relnamespace = 'groundcrew'::regnamespace and c.relkind in ('r', 'S') and c.relname <> 'migration'
     order by c.oid desc`,
  );
  const body = rows.map((r) => `${r.statement};`).join('\n');
  return `create function public.empty_all() returns void language plpgsql as $$ begin ${body} end $$`;
}

/** Whether nobody is connected any more and nothing is left but what a new one has. Empties it. */
async function asNew(pool: pg.Pool, shape: string): Promise<boolean> {
  try {
    // Of a process that was killed the last statement may still be under way.
    await pool.query(
      `select pg_terminate_backend(pid, ${patienceMs}) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await pool.query('select public.empty_all()');
    return (await shapeOf(pool)) === shape;
  } catch {
    return false;
  }
}

/** Everything of a database that `empty` does not set right: any change of its schema, settings, and what is not ours. */
async function shapeOf(pool: pg.Pool): Promise<string> {
  const catalogs = ['class', 'attribute', 'proc', 'trigger', 'constraint', 'namespace', 'extension'];
  // This one has those of all databases, and other workers make some all the time.
  const own = `db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())`;
  const changed = [...catalogs, own].map((c) => `(select array[count(*), max(xmin::text::bigint)] from pg_${c})`);
  const { rows } = await pool.query<{ shape: string }>(
    `select json_build_array(${changed.join(', ')},
       (select array_agg(m::text order by version) from groundcrew.migration m),
       (select array_agg(name || '=' || setting order by name) from pg_settings where source = 'session'),
       (select sum(pg_relation_size(oid)) from pg_class where relkind = 'r' and relnamespace in (
          select oid from pg_namespace where nspname <> 'groundcrew' and nspname !~ '^(pg_|information_schema)')))::text as shape`,
  );
  return rows[0]?.shape ?? '';
}

async function make(): Promise<Made> {
  const url = process.env.DATABASE_URL;
  return url ? await fresh(url) : await embedded();
}

async function fresh(url: string): Promise<Made> {
  const name = `${namedFor(room ?? 'alone')}${randomUUID().replaceAll('-', '')}`;
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

async function embedded(): Promise<Made> {
  const dir = await mkdtemp(join(room ?? tmpdir(), 'groundcrew-'));
  const server = await openEmbedded(dir, { log: quiet });
  return {
    config: { ...server.config, ...patient },
    async close() {
      await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
