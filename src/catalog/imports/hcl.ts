import { Worker } from 'node:worker_threads';

/** A file as HashiCorp's parser has it, or why it is none. */
export type Read = { readonly value: unknown } | { readonly error: string };
export type Asked = { readonly id: number; readonly name: string; readonly text: string };
export type Answered = { readonly id: number; readonly read: Read };

type Thread = { readonly worker: Worker; readonly waiting: Map<number, PromiseWithResolvers<Read>> };

/** A catalog has more modules than one, and reads them one after the other. */
const lingerMs = 1_000;

let thread: Thread | undefined;
let asked = 0;
let leaving: NodeJS.Timeout | undefined;

/**
 * Reads a file of HCL. The parser is HashiCorp's own, compiled to WebAssembly: it takes 60 MB for as long as it is there, and
 * a fifth of a second of a core to begin. So it lives on a thread, which ends when nothing more is asked of it.
 * Rejects when the thread can't be used.
 */
export async function readHcl(name: string, text: string): Promise<Read> {
  clearTimeout(leaving);
  thread ??= open();
  const { worker, waiting } = thread;
  asked += 1;
  const id = asked;
  const answer = Promise.withResolvers<Read>();
  waiting.set(id, answer);
  worker.ref();
  worker.postMessage({ id, name, text } satisfies Asked);
  try {
    return await answer.promise;
  } finally {
    waiting.delete(id);
    if (waiting.size === 0) rest(worker);
  }
}

function open(): Thread {
  const worker = new Worker(new URL('./hcl-worker.ts', import.meta.url), { name: 'hcl', execArgv: [] });
  const waiting: Thread['waiting'] = new Map();
  const end = (error: Error) => {
    if (thread?.worker === worker) thread = undefined;
    for (const { reject } of waiting.values()) reject(error);
  };
  worker.on('message', ({ id, read }: Answered) => waiting.get(id)?.resolve(read));
  worker.on('error', end);
  worker.on('exit', (code) => end(new Error(`the thread that reads Terraform ended with code ${code}`)));
  return { worker, waiting };
}

/** Nothing is asked at the moment: it holds up no process that is done, and ends if that stays so. */
function rest(worker: Worker): void {
  worker.unref();
  clearTimeout(leaving);
  leaving = setTimeout(() => {
    if (thread?.worker === worker) thread = undefined;
    void worker.terminate();
  }, lingerMs).unref();
}
