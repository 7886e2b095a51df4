import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Log } from '../../src/core/kernel/index.ts';
import type { Clock } from '../../src/engine/ports.ts';
import { createQueue } from '../../src/engine/queue.ts';
import { postgresBackend } from '../../src/engine/queue-postgres.ts';
import { redisBackend } from '../../src/engine/queue-redis.ts';
import { openPool } from '../../src/store/pool.ts';
import { openProxy, postgresThrough } from './proxy.ts';

/** Where BullMQ runs: on a Postgres, or on the Redis of `REDIS_URL`. Plain data, so that a child can be told. */
export type QueueHome =
  | { readonly on: 'Postgres'; readonly config: pg.PoolConfig }
  | { readonly on: 'Redis'; readonly url: string };

const clock: Clock = {
  now: () => new Date(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** The product's queue there, as `main` wires it. */
export function queueOn(home: QueueHome, name: string, log: Log) {
  if (home.on === 'Redis') {
    const backend = redisBackend(home.url, (error) => log.warn({ err: error }, 'Redis is away'));
    return { queue: createQueue(backend, clock, log, name), end: async () => {} };
  }
  const pool = openPool({ ...home.config, options: '-c search_path=bullmq' }, () => {});
  return { queue: createQueue(postgresBackend(pool), clock, log, name), end: () => pool.end() };
}

export const queueName = () => `test-${randomUUID()}`;

/** The same home by a way that can break. */
export async function breakable(home: QueueHome) {
  if (home.on === 'Postgres') {
    const { upstream, through } = postgresThrough(home.config);
    const proxy = await openProxy(upstream);
    return { proxy, home: { on: 'Postgres', config: through(proxy.port) } satisfies QueueHome };
  }
  const url = new URL(home.url);
  const proxy = await openProxy({ host: url.hostname, port: Number(url.port || 6379) });
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return { proxy, home: { on: 'Redis', url: url.href } satisfies QueueHome };
}
