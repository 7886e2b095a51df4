import { createRequire } from 'node:module';
import type * as bullmq from 'bullmq';
import type pg from 'pg';
import { type Backend, type Wake, workerOptions } from './queue.ts';
import { whenUsed } from './when-used.ts';

/*
 * BullMQ as far as Postgres needs it. Its index brings two hundred modules more: its clients of Redis and the scripts
 * that run there, what reads versions of Redis, and schedules, relays and processes for jobs, of which we use none.
 */
const load = createRequire(createRequire(import.meta.url).resolve('bullmq'));
whenUsed(load, [
  'cron-parser',
  'semver',
  './classes/child-pool',
  './classes/ioredis-client',
  './classes/job-scheduler',
  './classes/redis-connection',
  './classes/redis-queue-backend',
  './classes/sandbox',
  './postgres/postgres-relay-backend',
]);
const { withBackend }: Pick<typeof bullmq, 'withBackend'> = load('./utils/with-backend');
const { createPostgresBackend, runMigrations }: Pick<typeof bullmq, 'createPostgresBackend' | 'runMigrations'> =
  load('./postgres');

/** BullMQ on a Postgres whose `search_path` is `bullmq`. The pool stays the caller's. */
export function postgresBackend(pool: pg.Pool): Backend {
  const { Queue, Worker } = withBackend(createPostgresBackend);
  // BullMQ declares a narrower pool than pg's; at run time it wants exactly a pg.Pool.
  const connection = pool as unknown as bullmq.PgPool;
  return {
    async prepare() {
      const client = await pool.connect();
      try {
        await runMigrations(client, 'bullmq');
      } finally {
        client.release();
      }
    },
    producer: (name) => new Queue<Wake>(name, { connection }),
    consumer: (name, run) => new Worker<Wake, void>(name, run, { connection, ...workerOptions }),
    async ping() {
      await pool.query('select 1');
    },
    async close() {},
  };
}
