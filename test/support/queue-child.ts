import type { LaneHead } from '../../src/engine/ports.ts';
import { type QueueHome, queueOn } from './queues.ts';

/* A worker that takes up a lane and never comes to an end with it: it is there to be killed. */
export type QueueOrders = {
  readonly home: QueueHome;
  readonly name: string;
  readonly lockMs: number;
  /** What it asks for itself, once it has started. */
  readonly add?: LaneHead;
};

process.once('message', async ({ home, name, lockMs, add }: QueueOrders) => {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const { queue } = queueOn(home, name, log, lockMs);
  await queue.start((lane) => {
    process.send?.(lane);
    return new Promise(() => {});
  });
  if (add) await queue.add([add]);
});
