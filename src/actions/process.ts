import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Problem } from '../core/kernel/problem.ts';
import type { Clock } from './clock.ts';
import { collect, type Keep } from './output.ts';

const supervisor = fileURLToPath(new URL('supervisor.ts', import.meta.url));
/** How often the supervisor hears from us, and after how long a silence it takes us for stopped: less than a lease. */
const beatMs = 10_000;
const silenceMs = 45_000;
/** What a tool that nobody stops could print is bounded by this. */
const floodBytes = 256 * 1024 * 1024;
/** Pipes that somebody who left the group still holds open are not waited for. */
const drainMs = 2_000;
const usual: Keep = { head: 32 * 1024, tail: 96 * 1024 };

export type Command = {
  /** What is run: found by PATH of `env`, or a path. Never a shell. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All that it has of an environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Between asking it to end and killing it. */
  readonly graceMs: number;
  /** A file name, from `cwd`: of all that have the same, one runs at a time, also of a bot that was killed meanwhile. */
  readonly turn?: string;
  readonly keep?: Keep;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
};
export type Ended = {
  /** Absent when it was ended by a signal. */
  readonly code?: number;
  /** Why we ended it, when we did. */
  readonly ended?: 'asked' | 'time' | 'flood';
  readonly stdout: string;
  readonly stderr: string;
  /** The middle of an output is missing. */
  readonly cut: boolean;
};

const told = z.union([
  z.object({ pid: z.int() }),
  z.object({ code: z.int().nullable(), signal: z.string().nullable() }),
  z.object({ error: z.string() }),
]);

/** Kills what is left of a group whose supervisor was killed. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

const unusable = (command: string, why: string): Problem =>
  new Problem(
    'command_unusable',
    `“${command}” can’t be run here (${why}), so nothing was done. Install it where Groundcrew runs, or tell its operator.`,
  );

/** Runs a command line tool to its end. Rejects only when it could not be started. */
export async function runCommand(clock: Clock, command: Command): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [supervisor, String(command.graceMs), String(silenceMs), command.turn ?? '', command.command, ...command.args],
    // A group of its own: Ctrl-C in a terminal is for the bot, which then decides what becomes of its tools.
    { cwd: command.cwd, env: { ...command.env }, stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: true },
  );
  const [control, stdout, stderr, status] = child.stdio as readonly unknown[] as readonly [
    Writable,
    Readable,
    Readable,
    Readable,
  ];
  control.on('error', () => {});
  let pid: number | undefined;
  let code: number | null | undefined;
  let error: string | undefined;
  let ended: Ended['ended'];
  const end = (why: NonNullable<Ended['ended']>) => {
    ended ??= why;
    control.write('stop\n');
  };

  const said = collect({ head: 4096, tail: 0 }, (line) => {
    const word = told.parse(JSON.parse(line));
    if ('pid' in word) pid = word.pid;
    else if ('code' in word) code = word.code;
    else error = word.error;
  });
  const out = collect(command.keep ?? usual, command.onLine);
  const err = collect(usual);
  const taking = [
    [status, said],
    [stdout, out],
    [stderr, err],
  ] as const;
  for (const [stream, taker] of taking) {
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => {
      taker.add(chunk);
      if (taker.bytes() > floodBytes) end('flood');
    });
  }

  const asked = () => end('asked');
  if (command.signal?.aborted) asked();
  command.signal?.addEventListener('abort', asked);
  const late = clock.after(command.timeoutMs, () => end('time'));
  let beat = () => {};
  const beats = () => {
    control.write('.');
    beat = clock.after(beatMs, beats);
  };
  beats();

  const closed = Promise.all(taking.map(([stream]) => new Promise((resolve) => stream.once('close', resolve))));
  try {
    await once(child, 'exit').catch((cause: Error) => {
      throw unusable(process.execPath, cause.message);
    });
  } finally {
    late();
    beat();
    command.signal?.removeEventListener('abort', asked);
  }
  if (code === undefined && error === undefined) killGroup(pid);
  const drained = clock.after(drainMs, () => {
    for (const [stream] of taking) stream.destroy();
  });
  await closed;
  drained();
  for (const [, taker] of taking) taker.end();
  if (error !== undefined) throw unusable(command.command, error === 'ENOENT' ? 'it is not installed' : error);
  return {
    ...(typeof code === 'number' ? { code } : {}),
    ...(ended === undefined ? {} : { ended }),
    stdout: out.text(),
    stderr: err.text(),
    cut: out.cut() || err.cut(),
  };
}
