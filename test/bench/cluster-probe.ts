import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/* What a process can say of itself, in megabytes and milliseconds. */

const mb = 2 ** 20;
const delay = monitorEventLoopDelay({ resolution: 2 });
delay.enable();

export const probe = {
  reset: () => delay.reset(),
  /** The longest time in which nothing else had its turn. */
  gap: () => delay.max / 1e6,
  gapP99: () => delay.percentile(99) / 1e6,
  peak: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024,
  rss: () => process.memoryUsage().rss / mb,
  heap: () => {
    globalThis.gc?.();
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / mb;
  },
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
export type Synced = {
  readonly seconds: number;
  /** Seconds of a core. */
  readonly cpu: number;
  readonly peak: number;
  readonly rss: number;
  /** Of the heap, more than before. */
  readonly kept: number;
  readonly objects: number;
  readonly gap: number;
};
export type Steady = {
  readonly latencies: readonly number[];
  readonly gap: number;
  readonly gapP99: number;
  readonly cpu: number;
};
