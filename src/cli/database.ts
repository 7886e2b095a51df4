import { readConfig } from '../config.ts';
import { type Db, openDb } from '../store/db.ts';
import { migrate } from '../store/migrate.ts';
import { openPool, patience, reach } from '../store/pool.ts';

const quiet = { info() {}, warn() {}, error() {} };

/** The database of the configuration. An embedded one is opened here, so the bot that uses it has to be stopped. */
export async function withDatabase<T>(
  env: NodeJS.ProcessEnv,
  use: (db: Db, pool: ReturnType<typeof openPool>) => Promise<T>,
): Promise<T> {
  const config = readConfig(env);
  const embedded = config.databaseUrl
    ? undefined
    : await (await import('../store/embedded.ts')).openEmbedded(config.dataDir, { log: quiet });
  const pool = openPool({ ...(embedded?.config ?? { connectionString: config.databaseUrl }), ...patience }, () => {});
  try {
    await reach(pool);
    await migrate(pool);
    return await use(openDb(pool), pool);
  } finally {
    await pool.end();
    await embedded?.close();
  }
}
