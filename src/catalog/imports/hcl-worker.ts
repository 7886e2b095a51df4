import { parentPort } from 'node:worker_threads';
import { parse } from '@cdktn/hcl2json';
import type { Answered, Asked } from './hcl.ts';

/* The thread on which HCL is read: hcl.ts says why it has one of its own. */

parentPort?.on('message', async ({ id, name, text }: Asked) => {
  const read = await parse(name, text).then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  parentPort?.postMessage({ id, read } satisfies Answered);
});
