import { type Selectable, sql } from 'kysely';
import type { HealthStore, PathHealth } from '../core/freshness/store.ts';
import type { PersonId } from '../core/kernel/index.ts';
import type { Db } from './db.ts';
import type { Tables } from './schema.ts';

const health = (row: Selectable<Tables['path_health']>): PathHealth => ({
  path: row.path,
  version: row.version,
  failures: row.failures,
  hidden: row.hidden,
  started: row.started,
  ...(row.verified === null ? {} : { verified: row.verified }),
  ...(row.said === null ? {} : { said: row.said }),
  ...(row.run === null ? {} : { run: row.run }),
  ...(row.left_run === null || row.left_at === null
    ? {}
    : { left: { run: row.left_run, tries: row.left_tries, at: row.left_at } }),
  ...(row.wanted === null ? {} : { wanted: row.wanted as PersonId }),
});

export const createHealthStore = (db: Db): HealthStore => ({
  async all() {
    return (await db.selectFrom('path_health').selectAll().orderBy('path').execute()).map(health);
  },
  async byPath(path) {
    const row = await db.selectFrom('path_health').selectAll().where('path', '=', path).executeTakeFirst();
    return row && health(row);
  },
  async take(path) {
    // There is no row to lock before the first canary: two that would begin it at the same moment meet here.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`path/${path}`}, 0))`.execute(db);
    const row = await db.selectFrom('path_health').selectAll().where('path', '=', path).forUpdate().executeTakeFirst();
    return row && health(row);
  },
  async put({ verified, said, run, wanted, left, ...rest }) {
    const row = {
      ...rest,
      verified: verified ?? null,
      said: said ?? null,
      run: run ?? null,
      wanted: wanted ?? null,
      left_run: left?.run ?? null,
      left_tries: left?.tries ?? 0,
      left_at: left?.at ?? null,
    };
    await db
      .insertInto('path_health')
      .values(row)
      .onConflict((on) => on.column('path').doUpdateSet(row))
      .execute();
  },
});
