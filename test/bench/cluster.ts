import { loadavg } from 'node:os';
import { counts } from './cluster-objects.ts';
import type { Steady, Synced } from './cluster-probe.ts';
import { start, stopAll } from './ipc.ts';
import { machine, quantile } from './measure.ts';
import { type Line, number, printed } from './table.ts';

/*
 * npm run bench:cluster
 *
 * The doctor’s list-watch, rules included, beside the stock informer of @kubernetes/client-node without any, both on the
 * same API server in a process of its own: how long until a large cluster is known, what that takes, and how soon a
 * failure is a verdict while a hundred pods change every second.
 */

const perSecond = 100;
const failures = 5;
const seconds = 30;

/** As the container has it. */
const young = '--max-semi-space-size=8';
const malloc = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072' };

const load = () => `load average ${loadavg().map((l) => l.toFixed(1))}`;
process.stdout.write(`${machine()}, ${load()}\n\n`);
const server = start('./cluster-server.ts', { node: ['--max-old-space-size=4096'] });
try {
  const port = await server.ask<number>('listen');
  const bytes = await server.ask<Record<string, number>>('bytes');
  const sides = [
    {
      title: 'ours, to the verdict',
      begin: () => start('./cluster-ours.ts', { node: ['--expose-gc', young], env: malloc }),
      ours: true,
    },
    {
      title: 'stock informer, to its handler',
      begin: () => start('./cluster-stock.ts', { node: ['--expose-gc', '--max-old-space-size=4096'] }),
      ours: false,
    },
  ];
  const synced: Line[] = [];
  const steady: Line[] = [];
  for (const { title, begin, ours } of sides) {
    // Not before its turn: its start would take time from the other one.
    const child = begin();
    const s = await child.ask<Synced>('sync', port);
    const each = (s.kept * 1024) / s.objects;
    synced.push({
      cells: [title, s.seconds, s.cpu, s.peak, s.rss, each, s.gap, s.slice],
      ...(ours
        ? {
            aim: '≤ 10 s, ≤ 250 MB, ≤ 1 KB, ≤ 60 ms',
            reached: s.seconds <= 10 && s.peak <= 250 && each <= 1 && s.gap <= 60,
          }
        : {}),
    });
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const cpu = await child.ask<number>('begin');
    const rate = await server.ask<number>('churn', { perSecond, seconds, failures });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const t = await child.ask<Steady>('steady', cpu);
    const sorted = t.latencies.toSorted((a, b) => a - b);
    const p99 = quantile(sorted, 0.99);
    steady.push({
      cells: [title, rate, sorted.length, quantile(sorted, 0.5), p99, t.gap, t.slice, t.cpu / (rate * seconds)],
      ...(ours ? { aim: 'p99 ≤ 1000, gap ≤ 60', reached: p99 <= 1_000 && t.gap <= 60 } : {}),
    });
    await child.stop();
  }
  process.stdout.write(
    printed({
      title: `${number(counts.pods)} pods of ${number(bytes.Pod ?? 0)} bytes, and ${number(counts.deployments)} deployments with a replica set each, until all is known`,
      head: [
        'side',
        's',
        'CPU s',
        'peak RSS MB',
        'RSS MB',
        'KB of heap an object',
        'longest gap ms',
        'longest at work, CPU ms',
      ],
      lines: synced,
    }),
  );
  process.stdout.write(
    `\n${printed({
      title: `${perSecond} changes of pods a second for ${seconds} s, ${failures} of which fail`,
      head: [
        'side',
        'events/s',
        'failures seen',
        'p50 ms',
        'p99 ms',
        'longest gap ms',
        'longest at work, CPU ms',
        'CPU ms/event',
      ],
      lines: steady,
    })}`,
  );
} finally {
  await stopAll();
}
process.stdout.write(`\n${load()}\n`);
