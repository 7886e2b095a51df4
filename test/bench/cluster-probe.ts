import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { counts, sentIn } from './cluster-objects.ts';
import { serve } from './ipc.ts';

/* What a process can say of itself, in megabytes and milliseconds. */

const mb = 2 ** 20;
const delay = monitorEventLoopDelay({ resolution: 2 });
delay.enable();

/** The longest time that this thread worked without a turn for others, whatever else the machine did meanwhile. */
let longest = 0;
const worked = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
let before = worked();
setInterval(() => {
  const now = worked();
  longest = Math.max(longest, now - before);
  before = now;
}, 1).unref();

const probe = {
  reset: () => {
    delay.reset();
    longest = 0;
    before = worked();
  },
  slice: () => longest,
  /** The longest time in which nothing else had its turn. */
  gap: () => delay.max / 1e6,
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
  readonly slice: number;
};
export type Steady = {
  readonly latencies: readonly number[];
  readonly gap: number;
  readonly slice: number;
  readonly cpu: number;
};

/** When what was sent at a moment was first seen. */
const arrived = new Map<number, number>();
export function arrive(text: string, now = Date.now()): void {
  for (const at of sentIn(text)) if (!arrived.has(at)) arrived.set(at, now);
}

/** Answers the bench: what the first look costs, from where it begins to its end, and what following on costs. */
export function serveProbe(prepare: (port: number) => () => Promise<unknown>): void {
  serve({
    async sync(port: number): Promise<Synced> {
      const look = prepare(port);
      const before = probe.heap();
      probe.reset();
      const cpuBefore = probe.cpu();
      const began = performance.now();
      await look();
      const seconds = (performance.now() - began) / 1000;
      const [peak, rss, gap, slice] = [probe.peak(), probe.rss(), probe.gap(), probe.slice()];
      const cpu = (probe.cpu() - cpuBefore) / 1000;
      const objects = counts.pods + 2 * counts.deployments;
      return { seconds, cpu, peak, rss, gap, slice, kept: probe.heap() - before, objects };
    },
    async begin() {
      arrived.clear();
      probe.reset();
      return probe.cpu();
    },
    steady: (cpu: number): Steady => ({
      latencies: [...arrived].map(([at, now]) => now - at),
      gap: probe.gap(),
      slice: probe.slice(),
      cpu: probe.cpu() - cpu,
    }),
  });
}
