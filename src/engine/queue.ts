import type { JobsOptions } from 'bullmq';
import type { Log } from '../core/kernel/log.ts';
import { createLanes, type Lanes } from './lanes.ts';
import type { Clock, LaneHead, Queue } from './ports.ts';

/** What is in a job: the lane that has something to do. */
export type Wake = { readonly lane: string };
export type Run = (job: { readonly data: Wake }) => Promise<void>;
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

/** A wake-up takes no time, since the lane it names is drained elsewhere; but each that ends is work for the database. */
const concurrency = 2;
/** How many lanes are asked for at once. The sweep finds the others by the time that the rate limits get to them. */
const mostLanes = 1_000;
/**
 * How long BullMQ may take to stop. Its worker waits for the end of a connection, of which ioredis 6.0.0 says nothing
 * when it is told to end between two tries to connect; what is still open then is ended with the home's connections.
 */
const stopMs = 1_000;
/** Wake-ups are cheap to lose: the sweep finds in the outbox what was not done. */
const jobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
export const workerOptions = { concurrency, maxStalledCount: 1_000, autorun: false };

/** Wakes the relay by BullMQ, in whichever process takes the wake-up. */
export function createQueue(backend: Backend, clock: Clock, log: Log, name = 'groundcrew'): Queue {
  let queue: Producer | undefined;
  let worker: Consumer | undefined;
  let lanes: Lanes | undefined;
  const quiet = (error: Error) => log.warn({ err: error }, 'the queue has trouble');

  return {
    async add(heads) {
      if (heads.length === 0) return;
      if (!queue) throw new Error('the queue is not started');
      const firsts = new Map<string, LaneHead>();
      for (const head of heads) {
        // What this process is about to drain needs nobody else.
        if (lanes?.has(head.lane)) lanes.look(head.lane);
        else if (!firsts.has(head.lane) && firsts.size < mostLanes) firsts.set(head.lane, head);
      }
      if (firsts.size === 0) return;
      // The head and its try name the wake-up, so that asking twice is asking once. BullMQ takes no colon in an id.
      await queue.addBulk(
        [...firsts.values()].map(({ lane, seq, attempts }) => ({
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
      const local = createLanes({ drain, clock, log });
      lanes = local;
      worker = backend.consumer(name, async (job) => local.look(job.data.lane));
      worker.on('error', quiet);
      await worker.waitUntilReady();
      void worker.run().catch(quiet);
    },

    async stop() {
      const drained = lanes?.close();
      await new Promise<void>((resolve) => {
        const cancel = clock.after(stopMs, resolve);
        Promise.all([worker?.close(), queue?.close()])
          .catch(quiet)
          .finally(() => {
            cancel();
            resolve();
          });
      });
      await drained;
      await backend.close();
    },

    ping: () => backend.ping(),
  };
}
