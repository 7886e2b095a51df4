import { createObserver } from '../../src/cluster/observer.ts';
import { watchingLook } from '../../src/cluster/watching.ts';
import { rulesOf } from '../../src/core/incidents/rules.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { arrive, serveProbe } from './cluster-probe.ts';

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

serveProbe((port) => async () => {
  const first = Promise.withResolvers<void>();
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
    watches: {
      lead: async () => 1,
      release: async () => undefined,
      lost: async () => undefined,
      wrest: async () => undefined,
      uid: async () => undefined,
    },
    report: async (inbound) => {
      const now = Date.now();
      if ('input' in inbound) arrive(JSON.stringify(inbound.input), now);
      first.resolve();
    },
    clock,
    log,
    holder: 'bench',
  }).start();
  await first.promise;
});
