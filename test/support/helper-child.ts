import { serveHelper } from '../../src/helper.ts';

/* A helper process that does as it is told. */

const does: Readonly<Record<string, () => Promise<unknown>>> = {
  pid: async () => process.pid,
  fail: async () => {
    throw new Error('it went wrong');
  },
  die: async () => process.exit(3),
  hang: () => new Promise(() => {}),
};
serveHelper((question: string) => does[question]?.() ?? Promise.reject(new Error('unknown')));
