import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

/*
 * Questions and answers between the bench and the processes that it starts: one message each way, by number.
 */

type Question = { readonly id: number; readonly ask: string; readonly input: unknown };
type Reply = { readonly id: number; readonly value?: unknown; readonly error?: string };

/** Answers the bench's questions in a child process. */
export function serve(answers: Readonly<Record<string, (input: never) => unknown>>): void {
  process.on('message', async ({ id, ask, input }: Question) => {
    const reply: Reply = await Promise.resolve()
      .then(() => answers[ask]?.(input as never))
      .then(
        (value) => ({ id, value }),
        (error: unknown) => ({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
    process.send?.(reply);
  });
}

export type Child = {
  readonly pid: number;
  /** What the process printed so far. */
  readonly printed: () => string;
  ask<T>(question: string, input?: unknown): Promise<T>;
  /** Resolves with the first match of a pattern in what it prints; rejects when it ends before. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  stop(): Promise<void>;
};

export type Start = {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Loaded first, so that the bench can ask the process about itself. */
  readonly hook?: boolean;
  readonly node?: readonly string[];
};

const hookFile = new URL('./hook.js', import.meta.url).href;
/** A process that does not end when it is asked to is killed after so many milliseconds. */
const patience = 12_000;
const running = new Set<Child>();

/** Starts a script as a process of its own, with no environment but what is given. */
export function start(script: string, { args = [], env = {}, hook = false, node = [] }: Start = {}): Child {
  const { PATH = '', HOME = '' } = process.env;
  const child: ChildProcess = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
    execArgv: ['--no-warnings', ...node],
    // So that what it starts is led to the bench’s own servers too.
    env: { PATH, HOME, ...env, ...(hook ? { NODE_OPTIONS: `--import=${hookFile}` } : {}) },
    // Where nobody keeps an .env or a groundcrew.yaml.
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let printed = '';
  let asked = 0;
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const watchers = new Set<() => void>();
  // Logs would fill the memory of a long run: what is looked for stands at the beginning or at the end.
  const keep = (chunk: Buffer) => {
    printed = (printed + chunk.toString()).slice(-20_000);
    for (const watch of watchers) watch();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('message', ({ id, value, error }: Reply) => {
    const caller = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) caller?.resolve(value);
    else caller?.reject(new Error(error));
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const died = () => new Error(`${script} ended by itself:\n${printed.slice(-3_000)}`);
  void ended.then(() => {
    running.delete(self);
    for (const caller of waiting.values()) caller.reject(died());
    for (const watch of watchers) watch();
  });

  const self: Child = {
    pid: child.pid as number,
    printed: () => printed,
    ask: <T>(ask: string, input?: unknown) =>
      new Promise<T>((resolve, reject) => {
        if (child.exitCode !== null) return reject(died());
        asked += 1;
        waiting.set(asked, { resolve: resolve as (value: unknown) => void, reject });
        child.send({ id: asked, ask, input } satisfies Question);
      }),
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(printed);
          if (!found && child.exitCode === null && child.signalCode === null) return;
          watchers.delete(look);
          if (found) resolve(found);
          else reject(died());
        };
        watchers.add(look);
        look();
      }),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const late = setTimeout(() => child.kill('SIGKILL'), patience);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(late);
    },
  };
  running.add(self);
  return self;
}

/** Ends whatever is still running. */
export const stopAll = (): Promise<unknown> => Promise.all([...running].map((child) => child.stop()));
