import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';

/*
 * A process of its own between the bot and a command line tool, so that no tool is ever an orphan: the bot holds the other
 * end of its standard input, which closes when the bot dies, however it dies. Then, or when it hears nothing for too long,
 * the tool and all that it started are asked to end (SIGINT: Terraform saves its state), and killed after a grace.
 *
 * Arguments: milliseconds of grace, milliseconds of silence, the tool, its arguments. Tells by lines of JSON on
 * descriptor 3: {"pid"}, then {"code","signal"} or {"error"}.
 */

const [grace, silence, command, ...args] = process.argv.slice(2);
const tell = (what: object) => {
  try {
    writeSync(3, `${JSON.stringify(what)}\n`);
  } catch {
    // The bot is gone: nobody listens.
  }
};

const child = spawn(command as string, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
// The bot may have closed its ends of the pipes by dying.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** To the whole group: what the tool started ends with it. */
function send(signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in it.
  }
}

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  send('SIGINT');
  setTimeout(() => send('SIGKILL'), Number(grace));
}

let quiet = setTimeout(stop, Number(silence));
process.stdin.on('data', (said) => {
  clearTimeout(quiet);
  quiet = setTimeout(stop, Number(silence));
  if (said.includes('stop')) stop();
  if (said.includes('kill')) send('SIGKILL');
});
process.stdin.on('close', stop);
process.stdin.on('error', stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

child.on('spawn', () => tell({ pid: child.pid }));
child.on('error', (error: NodeJS.ErrnoException) => {
  tell({ error: error.code ?? error.message });
  process.exit(1);
});
child.on('exit', (code, signal) => {
  send('SIGKILL');
  tell({ code, signal });
  process.exit(0);
});
