import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/*
 * A module in a process of its own, for what is asked now and then and takes much to begin: what it took is given back
 * whole when it ends, which a thread’s is not. It ends when nothing is asked of it any more, and with the bot, however
 * that ends.
 */

/** `nth` is in the answer too: other code that is loaded there may send messages of its own. */
type Asked = { readonly nth: number; readonly question: unknown };
/** `last`: the process ends with this. */
type Told = { readonly nth?: number; readonly answer?: unknown; readonly error?: string; readonly last?: true };

/** For who has another question right after the answer to one. */
const lingerMs = 1_000;

/** What says how this process reaches others, and whom it trusts there. Its other options are about itself. */
const network =
  /^--(?:use-(?:system|bundled|openssl)-ca|use-env-proxy|openssl-[a-z-]+|(?:enable|force)-fips|tls-[a-zA-Z0-9.-]+|dns-result-order|(?:no-)?network-family-autoselection[a-z-]*)(?:=|$)/;

/** Node's options that a process of ours needs too. A value may stand by itself, after its option. */
export const networkOptions = (options: readonly string[]): string[] =>
  options.filter((option, i) => network.test(option.startsWith('-') ? option : `${options[i - 1]}`));

/**
 * How to ask a module that calls `serveHelper`. It is started at the first question, and asked one at a time: a question
 * that it dies of, or that it has no answer to within so many milliseconds, takes no other along. Rejects with what went
 * wrong there; one that gave no answer in time is ended, and the next question starts another.
 */
export function openHelper<Q, A>(module: URL, withinMs: number): (question: Q) => Promise<A> {
  let running: ChildProcess | undefined;
  let leaving: NodeJS.Timeout | undefined;
  let line: Promise<unknown> = Promise.resolve();
  let asked = 0;

  function begin(): ChildProcess {
    // What the bot prints are lines of its log: nobody else writes among them.
    const child = fork(fileURLToPath(module), {
      execArgv: networkOptions(process.execArgv),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const gone = () => {
      if (running === child) running = undefined;
    };
    return child.on('error', gone).on('exit', gone);
  }

  /** Nothing is asked at the moment: it holds up no process that is done, and ends if that stays so. */
  function rest(child: ChildProcess): void {
    child.unref();
    child.channel?.unref();
    leaving = setTimeout(() => {
      if (running === child) running = undefined;
      if (child.connected) child.disconnect();
    }, lingerMs).unref();
  }

  async function ask(question: Q): Promise<A> {
    clearTimeout(leaving);
    running ??= begin();
    const child = running;
    child.ref();
    child.channel?.ref();
    const { promise, resolve, reject } = Promise.withResolvers<A>();
    asked += 1;
    const mine = asked;
    const onTold = (told: Told | null) => {
      const { nth, answer, error, last } = told ?? {};
      if (nth !== mine && !last) return;
      if (last && running === child) running = undefined;
      if (error === undefined) resolve(answer as A);
      else reject(new Error(error));
    };
    const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
      reject(new Error(`its process ended by itself (${signal ?? code})`));
    child.on('message', onTold).on('exit', onExit).on('error', reject);
    const late = setTimeout(() => {
      running = undefined;
      reject(new Error('no answer in time'));
      child.kill('SIGKILL');
    }, withinMs);
    child.send({ nth: mine, question } satisfies Asked, (error) => error && reject(error));
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      child.off('message', onTold).off('exit', onExit).off('error', reject);
      rest(child);
    }
  }

  return (question) => {
    const answer = line.then(() => ask(question));
    line = answer.catch(() => {});
    return answer;
  };
}

/** Answers the questions of the process that started this one, and ends with it. */
export function serveHelper<Q>(answer: (question: Q) => Promise<unknown>): void {
  const tell = (told: Told, then = () => {}) => process.send?.(told, then);
  const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  process.on('message', ({ nth, question }: Asked) => {
    answer(question as Q).then(
      (value) => tell({ nth, answer: value }),
      (error: unknown) => tell({ nth, error: why(error) }),
    );
  });
  // Node would print all that an error carries, which may be a request with its secrets.
  process.on('uncaughtException', (error) => tell({ error: why(error), last: true }, () => process.exit(1)));
  process.on('disconnect', () => process.exit());
}
