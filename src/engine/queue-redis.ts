import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { type Backend, type Wake, workerOptions } from './queue.ts';

/** BullMQ on Redis, which is how it grows past one machine. */
export function redisBackend(url: string, onError: (error: Error) => void): Backend {
  // Adding must fail at once while Redis is away, since the outbox keeps the row; the worker waits for its return.
  const producer = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: true });
  const consumer = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  for (const redis of [producer, consumer]) redis.on('error', onError);
  return {
    async prepare() {
      await Promise.all([producer.connect(), consumer.connect()]);
    },
    producer: (name) => new Queue<Wake>(name, { connection: producer, skipWaitingForReady: true }),
    consumer: (name, run) => new Worker<Wake, void>(name, run, { connection: consumer, ...workerOptions }),
    async ping() {
      await producer.ping();
    },
    async close() {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}
