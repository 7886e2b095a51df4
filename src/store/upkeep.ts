/*
 * PGlite runs Postgres in single-user mode, where no autovacuum runs: the rows of every job and delivery that was
 * updated or removed would stay on disk for ever. So this does it, with Postgres' own thresholds.
 */

/** Postgres' autovacuum_naptime. */
export const UPKEEP_MS = 60_000;

/** The factors are the defaults of autovacuum_vacuum_*, autovacuum_vacuum_insert_* and autovacuum_analyze_*. */
const WANTING = `
  select format('%I.%I', schemaname, relname) as name
  from pg_stat_user_tables
  where n_dead_tup > 50 + 0.2 * n_live_tup
     or n_ins_since_vacuum > 1000 + 0.2 * n_live_tup
     or n_mod_since_analyze > 50 + 0.1 * n_live_tup`;

export type UpkeepOptions = {
  readonly query: (sql: string) => Promise<{ rows: { name: string }[] }>;
  readonly whenIdle: <T>(run: () => Promise<T>) => Promise<T>;
};

/** Vacuums and analyses the tables that want it, one at a time between the clients' queries. Returns their names. */
export async function upkeep({ query, whenIdle }: UpkeepOptions): Promise<readonly string[]> {
  const { rows } = await whenIdle(() => query(WANTING));
  for (const { name } of rows) await whenIdle(() => query(`vacuum (analyze) ${name}`));
  return rows.map(({ name }) => name);
}
