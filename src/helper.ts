import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/*
 * A module in a process of its own, for what is asked now and then and takes much to begin: what it took is given back
 * whole when it ends, which a thread’s is not. It ends when nothing is asked of it any more, and with the bot, however
 * that ends.
 */

type Asked = { readonly number: number; readonly question: unknown };
type Told = { readonly number: number; readonly answer?: unknown; readonly error?: string };
type Running<A> = { readonly child: ChildProcess; readonly waiting: Map<number, PromiseWithResolvers<A>> };

/** Who has several questions asks them one after the other. */
const lingerMs = 1_000;

/**
 * How to ask a module that calls `serveHelper`. It is started at the first question. Rejects with what went wrong there,
 * or when there was no answer within so many milliseconds: then its process is ended, and the next question starts another.
 */
export function openHelper<Q, A>(module: URL, withinMs: number): (question: Q) => Promise<A> {
  let running: Running<A> | undefined;
  let leaving: NodeJS.Timeout | undefined;
  let asked = 0;

  function begin(): Running<A> {
    // What the bot prints are lines of its log: nobody else writes among them.
    const child = fork(fileURLToPath(module), { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const waiting: Running<A>['waiting'] = new Map();
    const end = (error: Error) => {
      if (running?.child === child) running = undefined;
      for (const { reject } of waiting.values()) reject(error);
    };
    child.on('message', ({ number, answer, error }: Told) => {
      if (error === undefined) waiting.get(number)?.resolve(answer as A);
      else waiting.get(number)?.reject(new Error(error));
    });
    child.on('error', end);
    child.on('exit', (code, signal) => end(new Error(`its process ended by itself (${signal ?? code})`)));
    return { child, waiting };
  }

  /** Nothing is asked at the moment: it holds up no process that is done, and ends if that stays so. */
  function rest({ child }: Running<A>): void {
    child.unref();
    child.channel?.unref();
    clearTimeout(leaving);
    leaving = setTimeout(() => {
      if (running?.child === child) running = undefined;
      if (child.connected) child.disconnect();
    }, lingerMs).unref();
  }

  return async (question) => {
    clearTimeout(leaving);
    running ??= begin();
    const own = running;
    const { child, waiting } = own;
    asked += 1;
    const number = asked;
    const answer = Promise.withResolvers<A>();
    waiting.set(number, answer);
    child.ref();
    child.channel?.ref();
    const late = setTimeout(() => {
      if (running === own) running = undefined;
      answer.reject(new Error('no answer in time'));
      child.kill('SIGKILL');
    }, withinMs);
    child.send({ number, question } satisfies Asked, (error) => {
      if (error) answer.reject(error);
    });
    try {
      return await answer.promise;
    } finally {
      clearTimeout(late);
      waiting.delete(number);
      if (waiting.size === 0) rest(own);
    }
  };
}

/** Answers the questions of the process that started this one, and ends with it. */
export function serveHelper<Q>(answer: (question: Q) => Promise<unknown>): void {
  process.on('message', async ({ number, question }: Asked) => {
    const told: Told = await answer(question as Q).then(
      (value) => ({ number, answer: value }),
      (error: unknown) => ({ number, error: error instanceof Error ? error.message : String(error) }),
    );
    process.send?.(told);
  });
  process.on('disconnect', () => process.exit());
}
