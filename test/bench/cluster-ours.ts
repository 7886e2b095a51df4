import { createObserver } from '../../src/cluster/observer.ts';
import { watchingLook } from '../../src/cluster/watching.ts';
import { rulesOf } from '../../src/core/incidents/rules.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { counts, sentIn } from './cluster-objects.ts';
import { probe, type Steady, type Synced } from './cluster-probe.ts';
import { serve } from './ipc.ts';

/* The doctor’s own eyes and rules, up to what it would tell; where that goes is a database’s business. */

const clock = {
  now: () => new Date(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
const rules = () => rulesOf(settingsSchema.parse({}));
const log = {
  info() {},
  warn: (f: object, m: string) => console.log(m, f),
  error: (f: object, m: string) => console.log(m, f),
};
const arrived = new Map<number, number>();
let told: () => void = () => undefined;

serve({
  async sync(port: number): Promise<Synced> {
    const before = probe.heap();
    probe.reset();
    const cpuBefore = probe.cpu();
    const began = performance.now();
    const first = new Promise<void>((resolve) => {
      told = resolve;
    });
    createObserver({
      looking: () =>
        watchingLook({
          access: async () => ({
            context: 'bench',
            namespace: 'default',
            server: new URL(`http://127.0.0.1:${port}`),
            options: async () => ({}),
          }),
          rules,
          clock,
          random: Math.random,
          log,
        }),
      rules,
      watches: { lead: async () => 1, release: async () => undefined },
      report: async (inbound) => {
        const now = Date.now();
        if ('input' in inbound)
          for (const at of sentIn(JSON.stringify(inbound.input))) if (!arrived.has(at)) arrived.set(at, now);
        told();
      },
      clock,
      log,
      holder: 'bench',
    }).start();
    await first;
    const seconds = (performance.now() - began) / 1000;
    const [peak, rss, gap] = [probe.peak(), probe.rss(), probe.gap()];
    const cpu = (probe.cpu() - cpuBefore) / 1000;
    return { seconds, cpu, peak, rss, gap, kept: probe.heap() - before, objects: counts.pods + 2 * counts.deployments };
  },
  async begin() {
    arrived.clear();
    probe.reset();
    return probe.cpu();
  },
  steady: (cpu: number): Steady => ({
    latencies: [...arrived].map(([at, now]) => now - at),
    gap: probe.gap(),
    gapP99: probe.gapP99(),
    cpu: probe.cpu() - cpu,
  }),
});
