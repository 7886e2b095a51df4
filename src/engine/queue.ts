import {
  Queue as BullQueue,
  Worker as BullWorker,
  createPostgresBackend,
  DelayedError,
  type Job,
  type JobsOptions,
  type PgPool,
  runMigrations,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import type pg from 'pg';
import type { Log } from '../core/kernel/log.ts';
import type { LaneHead, Queue } from './ports.ts';

type Wake = { readonly lane: string };
type Run = (job: Pick<Job<Wake>, 'data' | 'moveToDelayed'>, token?: string) => Promise<void>;
type Errors = { on(event: 'error', listener: (error: Error) => void): unknown };
type Producer = Errors & {
  addBulk(jobs: { name: string; data: Wake; opts: JobsOptions }[]): Promise<unknown>;
  close(): Promise<void>;
};
type Consumer = Errors & { run(): Promise<void>; close(): Promise<void>; waitUntilReady(): Promise<unknown> };

/** What differs between BullMQ on Postgres and on Redis. */
export type Backend = {
  /** Brings BullMQ's own tables up to date. */
  prepare(): Promise<void>;
  producer(name: string): Producer;
  consumer(name: string, run: Run): Consumer;
  ping(): Promise<void>;
  close(): Promise<void>;
};

/** How many lanes are drained at once: far more than the platforms' rate limits let through. */
const concurrency = 16;
/** A lane that waits is looked at again after this long at most. */
const longestDelayMs = 60_000;
/** Wake-ups are cheap to lose: the sweep finds in the outbox what was not done. */
const jobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
/** How long a worker may give no sign of life before another one takes up its job, in milliseconds: BullMQ's default. */
const usualLockMs = 30_000;
/** A worker that died over and over must not make BullMQ give up on a lane (it fails a job after one stall). */
const workerOptions = (lockMs: number) => ({
  concurrency,
  maxStalledCount: 1_000,
  autorun: false,
  lockDuration: lockMs,
  stalledInterval: lockMs,
});

/** BullMQ on a Postgres whose `search_path` is `bullmq`. The pool stays the caller's. */
export function postgresBackend(pool: pg.Pool, lockMs = usualLockMs): Backend {
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
    consumer: (name, run) => new Worker<Wake, void>(name, run, { connection, ...workerOptions(lockMs) }),
    async ping() {
      await pool.query('select 1');
    },
    async close() {},
  };
}

/** BullMQ on Redis, which is how it grows past one machine. */
export function redisBackend(url: string, onError: (error: Error) => void, lockMs = usualLockMs): Backend {
  // Adding must fail at once while Redis is away, since the outbox keeps the row; the worker waits for its return.
  const producer = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: true });
  const consumer = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  for (const redis of [producer, consumer]) redis.on('error', onError);
  return {
    async prepare() {
      await Promise.all([producer.connect(), consumer.connect()]);
    },
    producer: (name) => new BullQueue<Wake>(name, { connection: producer, skipWaitingForReady: true }),
    consumer: (name, run) => new BullWorker<Wake, void>(name, run, { connection: consumer, ...workerOptions(lockMs) }),
    async ping() {
      await producer.ping();
    },
    async close() {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

/** Wakes the relay by BullMQ. */
export function createQueue(backend: Backend, log: Log, name = 'groundcrew'): Queue {
  let queue: Producer | undefined;
  let worker: Consumer | undefined;
  const quiet = (error: Error) => log.warn({ err: error }, 'the queue has trouble');

  return {
    async add(heads) {
      if (heads.length === 0) return;
      if (!queue) throw new Error('the queue is not started');
      // The head and its try name the wake-up, so that asking twice is asking once. BullMQ takes no colon in an id.
      await queue.addBulk(
        heads.map(({ lane, seq, attempts }: LaneHead) => ({
          name: 'drain',
          data: { lane },
          opts: { ...jobOptions, jobId: `wake/${seq}/${attempts}` },
        })),
      );
    },

    async start(drain) {
      await backend.prepare();
      queue = backend.producer(name);
      queue.on('error', quiet);
      worker = backend.consumer(name, async (job, token) => {
        const next = await drain(job.data.lane);
        if (!next) return;
        await job.moveToDelayed(Math.min(next.getTime(), Date.now() + longestDelayMs), token);
        throw new DelayedError();
      });
      worker.on('error', quiet);
      await worker.waitUntilReady();
      void worker.run().catch(quiet);
    },

    async stop() {
      await worker?.close();
      await queue?.close();
      await backend.close();
    },

    ping: () => backend.ping(),
  };
}
