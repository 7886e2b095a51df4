import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Log } from '../core/kernel/log.ts';
import { Problem } from '../core/kernel/problem.ts';

/*
 * The migrations are files `NNNN_name.sql`, numbered from 1 without a gap, and run once each, in order, in one
 * transaction together with the row that says so: a migration is applied whole or not at all. What cannot run in a
 * transaction (`create index concurrently`) cannot be in one. They name the schema; whatever they leave unnamed is
 * looked up and made in `public`, whichever path the connection has.
 *
 * Who starts at the same time waits for the lock, and then finds the work done. It is the transaction's lock, so it
 * cannot be left behind, and a pooler in transaction mode may stand between. On PGlite, where such locks exclude
 * nobody, a transaction has the database to itself anyway.
 */

export type MigrateOptions = {
  /** A folder of migrations. By default our own. */
  readonly folder?: URL | string;
  readonly log?: Log;
};
export type Migrated = {
  /** The names of the files that were applied now, in order. */
  readonly applied: readonly string[];
  /** The version that the database has now: the number of its last migration, 0 for none. */
  readonly version: number;
};

type Migration = { readonly version: number; readonly name: string; readonly sql: string; readonly checksum: string };
type Row = { readonly version: number; readonly name: string; readonly checksum: string };

const OWN = new URL('./migrations/', import.meta.url);
/** Any number that no other program uses for pg_advisory_lock in this database: "GRND" and "CREW". */
const LOCK = '1196576324, 1129465175';
const LEDGER = `
  create schema if not exists groundcrew;
  create table if not exists groundcrew.migration (
    version    int primary key,
    name       text not null,
    checksum   text not null,
    applied_at timestamptz not null default now()
  )`;
/** The schema or the table is not there yet. */
const MISSING = new Set(['3F000', '42P01']);

/**
 * Brings a database up to date. One query when there is nothing to do.
 * Errors: Problem `migration_numbers`, `migration_changed`, `database_newer` or `migration_failed`; those of connecting.
 */
export async function migrate(pool: pg.Pool, options: MigrateOptions = {}): Promise<Migrated> {
  const migrations = await readMigrations(options.folder ?? OWN);
  let rows = await readLedger(pool);
  let next = nextOf(migrations, rows);
  if (!next) return { applied: [], version: rows.length };
  const applied: string[] = [];
  const client = await pool.connect();
  // Without a listener the loss of the connection would end the process; the query under way fails with it as well.
  const ignore = () => {};
  client.on('error', ignore);
  let broken: Error | undefined;
  try {
    while (next) {
      const migration: Migration = next;
      options.log?.info({ migration: migration.name }, 'applying a migration');
      if (await apply(client, migrations, migration)) applied.push(migration.name);
      rows = await readLedger(client);
      next = nextOf(migrations, rows);
    }
    return { applied, version: rows.length };
  } catch (error) {
    // What state it is in is unknown, and ending it rolls back.
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

/** Returns false when another process was faster. */
async function apply(client: pg.PoolClient, migrations: readonly Migration[], migration: Migration): Promise<boolean> {
  try {
    await client.query('begin');
    // The limits that a pool sets for its queries are not meant for these.
    await client.query(`
      set local statement_timeout = 0;
      set local lock_timeout = 0;
      set local idle_in_transaction_session_timeout = 0;
      set local search_path = public;
      select pg_advisory_xact_lock(${LOCK});
      ${LEDGER}`);
    if (nextOf(migrations, await readLedger(client)) !== migration) {
      await client.query('rollback');
      return false;
    }
    await client.query('set local groundcrew.migrating = yes');
    await client.query(migration.sql);
    const { rows } = await client.query<{ whole: boolean }>(
      `select coalesce(current_setting('groundcrew.migrating', true), '') = 'yes' as whole`,
    );
    if (!rows[0]?.whole) throw halfDone(migration);
    await client.query('insert into groundcrew.migration (version, name, checksum) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
    return true;
  } catch (error) {
    if (error instanceof Problem) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const where = error instanceof pg.DatabaseError && error.position ? ` (at character ${error.position})` : '';
    throw new Problem(
      'migration_failed',
      `The migration ${migration.name} failed: ${why}${where}. It was rolled back whole; the ones before it stand. Set right what it says (permission, space, a connection) and start again.`,
      { cause: error },
    );
  }
}

const halfDone = ({ name }: Migration) =>
  new Problem(
    'migration_failed',
    `The migration ${name} ends its own transaction, so what it did stands although it is not recorded. Take the “commit” or “rollback” out of it and restore the database from before.`,
  );

async function readLedger(db: Pick<pg.Pool, 'query'>): Promise<readonly Row[]> {
  try {
    const ledger = 'select version, name, checksum from groundcrew.migration order by version';
    return (await db.query<Row>(ledger)).rows;
  } catch (error) {
    if (error instanceof pg.DatabaseError && MISSING.has(error.code ?? '')) return [];
    throw error;
  }
}

/** The first migration that the database lacks. Throws when it is not this program's database. */
function nextOf(migrations: readonly Migration[], rows: readonly Row[]): Migration | undefined {
  const last = rows.at(-1)?.version ?? 0;
  if (last > migrations.length) {
    throw new Problem(
      'database_newer',
      `The database is at version ${last} (${rows.at(-1)?.name}), but this Groundcrew knows versions up to ${migrations.length}. A newer Groundcrew has used it, and an older one could damage what it stored. Start the newer Groundcrew, or restore the backup that was made before the upgrade.`,
    );
  }
  for (const [index, row] of rows.entries()) {
    const migration = migrations[index];
    if (row.version === migration?.version && row.checksum === migration.checksum) continue;
    throw new Problem(
      'migration_changed',
      `The database was migrated with another ${migration?.name ?? row.name} than this program's (the database has ${row.name}). A migration that was applied must stay as it is, or databases differ. Put the file back as it was and make the change in a new migration.`,
    );
  }
  return migrations[rows.length];
}

async function readMigrations(folder: URL | string): Promise<readonly Migration[]> {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  const names = (await readdir(path)).filter((name) => name.endsWith('.sql')).sort();
  return await Promise.all(
    names.map(async (file, index) => {
      const version = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1]);
      if (version !== index + 1) {
        const expected = String(index + 1).padStart(4, '0');
        throw new Problem(
          'migration_numbers',
          `The migration ${file} in ${path} should be called ${expected}_name.sql: they are numbered from 0001, each number once and none left out. Rename it.`,
        );
      }
      // A checkout with Windows' line ends is no other migration.
      const sql = (await readFile(`${path}/${file}`, 'utf8')).replaceAll('\r\n', '\n');
      return { version, name: file.slice(0, -4), sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
