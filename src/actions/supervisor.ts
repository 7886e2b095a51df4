import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { getPriority, setPriority } from 'node:os';

/*
 * A process of its own between the bot and a command line tool, so that no tool is ever an orphan: the bot holds the other
 * end of its standard input, which closes when the bot dies, however it dies. Then, or when it hears nothing for too long,
 * the tool and all that it started are asked to end (SIGINT: Terraform saves its state), and killed after a grace.
 *
 * Meanwhile the bot may be back and want the same again. So whoever holds `turn`, a socket beside the work, is waited for:
 * it closes when that process is gone.
 *
 * Tools work behind the bot (`nice`): several of them plan for seconds, and people wait for an answer meanwhile.
 *
 * Arguments: milliseconds of grace, milliseconds of silence, the turn or nothing, the tool, its arguments. Tells by lines
 * of JSON on descriptor 3: {"pid"}, then {"code","signal"} or {"error"}.
 */

const [grace, silence, turn, command, ...args] = process.argv.slice(2) as [string, string, string, string];
/** Of two processes that want the same processor, one with this gets about a tenth. */
const behindTheBot = 10;
let child: ChildProcess | undefined;
let stopping = false;

const tell = (what: object) => {
  try {
    writeSync(3, `${JSON.stringify(what)}\n`);
  } catch {
    // The bot is gone: nobody listens.
  }
};
/** To the whole group: what the tool started ends with it. */
function send(signal: NodeJS.Signals): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in it.
  }
}
function stop(): void {
  if (stopping) return;
  stopping = true;
  if (!child) end({ code: null, signal: 'SIGINT' });
  send('SIGINT');
  setTimeout(() => send('SIGKILL'), Number(grace));
}
function end(how: object): never {
  send('SIGKILL');
  tell(how);
  process.exit(0);
}

let quiet = setTimeout(stop, Number(silence));
process.stdin.on('data', (said) => {
  clearTimeout(quiet);
  quiet = setTimeout(stop, Number(silence));
  if (said.includes('stop')) stop();
});
process.stdin.on('close', stop);
process.stdin.on('error', stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

if (turn) await take(turn);
setPriority(Math.max(getPriority(), behindTheBot));
child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
child.on('spawn', () => tell({ pid: child?.pid }));
child.on('error', (error: NodeJS.ErrnoException) => end({ error: error.code ?? error.message }));
child.on('exit', (code, signal) => end({ code, signal }));

async function take(path: string): Promise<void> {
  while (await held(path));
  rmSync(path, { force: true });
  await new Promise<void>((resolve) => {
    createServer().listen(path, resolve).unref();
  });
}
/** Whether somebody held it: by then they are gone. */
function held(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let met = false;
    socket.on('connect', () => {
      met = true;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(met));
  });
}
