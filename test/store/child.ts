import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/*
 * Another process, for what only a process can show: being killed, and being refused. It is told what to do in its
 * arguments or line by line, and answers line by line.
 */

export type Child = {
  /** The next line that it says; undefined when it ended. */
  next(): Promise<string | undefined>;
  tell(line: string): void;
  /** kill -9, and waits until the process is gone. */
  kill(): Promise<void>;
};

type Command = 'hold' | 'open' | 'lock' | 'migrate';

export function startChild(command: Command, ...values: string[]): Child {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), command, ...values],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const gone = once(child, 'exit');
  // The pipe of a child that ended.
  child.stdin.on('error', () => {});
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    next: async () => (await lines.next()).value,
    tell: (line) => void child.stdin.write(`${line}\n`),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const quiet = { info() {}, warn() {}, error() {} };
const say = (line: string) => process.stdout.write(`${line}\n`);
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const commands: Record<Command, (...values: string[]) => Promise<void>> = {
  /** Stores a row, leaves a transaction with another one open, and waits to be killed. */
  async hold(folder = '') {
    const { openEmbedded } = await import('../../src/store/embedded.ts');
    const { config } = await openEmbedded(folder, { log: quiet });
    const pool = new pg.Pool(config);
    await pool.query('create table kept (what text)');
    await pool.query(`insert into kept values ('committed')`);
    const client = await pool.connect();
    await client.query('begin');
    await client.query(`insert into kept values ('open')`);
    say('stored');
  },
  async open(folder = '') {
    const { openEmbedded } = await import('../../src/store/embedded.ts');
    try {
      await openEmbedded(folder, { log: quiet });
      say('opened');
    } catch (error) {
      say(messageOf(error));
      process.exit();
    }
  },
  /** For each folder that it is told: tries to take the lock, says how it went, and releases it at the next line. */
  async lock() {
    const { takeLock } = await import('../../src/store/lock.ts');
    const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
    say('ready');
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      const lock = await takeLock(line.value, { log: quiet }).catch((error: unknown) => say(messageOf(error)));
      if (typeof lock !== 'object') {
        await lines.next();
        continue;
      }
      say('won');
      await lines.next();
      await lock.release();
    }
  },
  /** Migrates and dies of kill -9 just before the commit of the migration with this number. */
  async migrate(config = '', folder = '', version = '') {
    const { migrate } = await import('../../src/store/migrate.ts');
    const pool = new pg.Pool(JSON.parse(config));
    const log = {
      ...quiet,
      info: ({ migration }: { migration: string }) => {
        if (migration.startsWith(version)) armed = true;
      },
    };
    let armed = false;
    pool.on('connect', (client) => {
      const query = client.query.bind(client) as (...values: unknown[]) => Promise<pg.QueryResult>;
      Object.assign(client, {
        query: (...values: unknown[]) => {
          if (armed && values[0] === 'commit') process.kill(process.pid, 'SIGKILL');
          return query(...values);
        },
      });
    });
    await migrate(pool, { folder, log: log as typeof quiet });
    say('migrated');
  },
};

if (import.meta.main) {
  const [, , command, ...values] = process.argv;
  await commands[command as Command](...values);
}
