import { type QueueHome, queueOn } from './queues.ts';

/* A worker that takes up a lane and never comes to an end with it: it is there to be killed. */
export type QueueOrders = { readonly home: QueueHome; readonly name: string; readonly lockMs: number };

process.once('message', ({ home, name, lockMs }: QueueOrders) => {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const { queue } = queueOn(home, name, log, lockMs);
  void queue.start((lane) => {
    process.send?.(lane);
    return new Promise(() => {});
  });
});
