import { postgresBackend } from '../engine/queue-postgres.ts';
import { migrate } from '../store/migrate.ts';
import { openPool, patience, reach } from '../store/pool.ts';

/** Brings our tables and BullMQ's up to date. Returns a sentence that says what was done. */
export async function migrateDatabase(reachedBy: Parameters<typeof openPool>[0]): Promise<string> {
  const ignore = () => {};
  const pool = openPool({ ...reachedBy, ...patience, max: 2 }, ignore);
  const queuePool = openPool({ ...reachedBy, ...patience, options: '-c search_path=bullmq', max: 2 }, ignore);
  try {
    await reach(pool);
    const { applied, version } = await migrate(pool);
    await postgresBackend(queuePool).prepare();
    return applied.length === 0
      ? `The database is up to date (version ${version}).`
      : `Applied ${applied.join(', ')}. The database is at version ${version}.`;
  } finally {
    await pool.end();
    await queuePool.end();
  }
}
