import { serveHelper } from '../../src/helper.ts';

/* A helper process that does as it is told. */

const does: Readonly<Record<string, () => Promise<unknown>>> = {
  pid: async () => process.pid,
  fail: async () => {
    throw new Error('it went wrong');
  },
  die: async () => process.exit(3),
  hang: () => new Promise(() => {}),
  stray: () =>
    new Promise(() => {
      setImmediate(() => {
        throw Object.assign(new Error('it went astray'), { request: { secret: 'canary' } });
      });
    }),
};
// As an agent may that is loaded into every process: it answers whatever comes, too.
process.on('message', () => process.send?.({ value: 'nobody asked' }));

serveHelper((question: string) => does[question]?.() ?? Promise.reject(new Error('unknown')));
