import { createPostgresBackend, type PgPool, runMigrations, withBackend } from 'bullmq';
import type pg from 'pg';
import { type Backend, type Wake, workerOptions } from './queue.ts';

/** BullMQ on a Postgres whose `search_path` is `bullmq`. The pool stays the caller's. */
export function postgresBackend(pool: pg.Pool): Backend {
  const { Queue, Worker } = withBackend(createPostgresBackend);
  // BullMQ declares a narrower pool than pg's; at run time it wants exactly a pg.Pool.
  const connection = pool as unknown as PgPool;
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
