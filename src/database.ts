import type pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Backend } from './engine/queue.ts';
import { migrate } from './store/migrate.ts';
import { answerMs, openPool, patience, reach } from './store/pool.ts';

/** The Postgres that everything is in. */
export type Database = {
  /** It is ours, and its folder is locked: no other process is at work in it. */
  readonly alone: boolean;
  /** Checks that it can be used, and migrates it. That may take minutes, and wait for another process that does it. */
  bringUp(): Promise<void>;
  /** Connections to it, which end with it. */
  pool(more?: pg.PoolConfig): pg.Pool;
  close(): Promise<void>;
};

type Told = {
  /** Nothing is to be done here any more until it is up: other things may take the time. */
  readonly onBegun: () => void;
  readonly onDeath: (error: Error) => void;
};

/** The Postgres that was named, or our own in a folder. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  log: Logger,
  { onBegun, onDeath }: Told,
): Promise<Database> {
  const embedded = config.databaseUrl === undefined ? await openOwn(config.dataDir) : undefined;
  if (!embedded) onBegun();
  // Our own is never away while we live, and serves one at a time: there a long wait is no sign of death, and whoever a
  // person waits for has a time of their own.
  const reachedBy: pg.PoolConfig = embedded
    ? { ...embedded.config, ...patience }
    : { connectionString: config.databaseUrl };
  const within = embedded ? undefined : answerMs;
  const idle = (error: Error) => log.warn({ err: error }, 'an idle database connection was lost');
  const pools: pg.Pool[] = [];

  async function openOwn(folder: string) {
    const { openEmbedded } = await import('./store/embedded.ts');
    const own = await openEmbedded(folder, { log, onBegun });
    void own.died.then(onDeath);
    return own;
  }

  return {
    alone: embedded !== undefined,
    async bringUp() {
      const pool = openPool({ ...reachedBy, max: 1, ...patience }, idle);
      try {
        await reach(pool);
        await migrate(pool);
      } finally {
        await pool.end();
      }
    },
    pool(more) {
      const pool = openPool({ ...reachedBy, ...more }, idle, within);
      pools.push(pool);
      return pool;
    },
    async close() {
      for (const pool of pools.toReversed()) await pool.end();
      await embedded?.close();
    },
  };
}

/** Where BullMQ runs: on Redis, if one is named, or beside everything else. Each is loaded only when it is wanted. */
export async function openQueueBackend(
  { redisUrl }: Pick<Config, 'redisUrl'>,
  database: Database,
  log: Logger,
): Promise<Backend> {
  if (redisUrl !== undefined) {
    const { redisBackend } = await import('./engine/queue-redis.ts');
    return redisBackend(redisUrl, (error) => log.warn({ err: error }, 'Redis is away'));
  }
  const { postgresBackend } = await import('./engine/queue-postgres.ts');
  return postgresBackend(database.pool({ options: '-c search_path=bullmq', ...patience }));
}
