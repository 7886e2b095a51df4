import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/store/migrate.ts';
import { start } from './ipc.ts';
import { median } from './measure.ts';
import type { Scene } from './scene.ts';
import { both, dataFolder, environment, startOurs } from './servers.ts';
import type { Line, Table } from './table.ts';

/* Rows 3 and 4: from the command to the first 200 of /readyz, and the memory of a process that has nothing to do. */

const times = 5;
const pollMs = 5;
/** How long a process is left alone before its memory is looked at. */
const quietMs = 5_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Milliseconds from the start of the process until /readyz answers 200. */
async function readyAfter(env: Record<string, string>): Promise<number> {
  const port = await freePort();
  const begin = performance.now();
  const child = start('../../bin/groundcrew.js', { args: ['start'], env: { ...env, PORT: String(port) }, hook: true });
  // A process that cannot start says why, and this rejects with it.
  const ended = child.prints(/is ready on/);
  while (!(await isReady(port))) await Promise.race([sleep(pollMs), ended.then(() => sleep(pollMs))]);
  const took = performance.now() - begin;
  await child.stop();
  return took;
}

const seconds = (
  all: readonly number[],
  aim?: number,
): Pick<Line, 'aim' | 'reached'> & { values: readonly number[] } => ({
  values: [median(all) / 1000, Math.min(...all) / 1000, Math.max(...all) / 1000],
  ...(aim === undefined ? {} : { aim: `≤ ${aim} s`, reached: median(all) / 1000 <= aim }),
});

async function repeat(run: () => Promise<number>): Promise<readonly number[]> {
  const all: number[] = [];
  for (let i = 0; i < times; i += 1) all.push(await run());
  return all;
}

/** From `groundcrew start` to ready, both platforms on. */
export async function starts({ world, server }: Scene): Promise<Table> {
  const lines: Line[] = [];
  const line = (title: string, all: readonly number[], aim: number) => {
    const { values, ...verdict } = seconds(all, aim);
    lines.push({ cells: [title, ...values], ...verdict });
  };
  if (server) {
    const database = await server.database();
    await migrate(database.pool);
    const env = environment(world, both, database);
    // The first start makes the queue's own tables.
    await readyAfter(env);
    line('on a running, migrated Postgres', await repeat(() => readyAfter(env)), 1);
  }
  const first = await repeat(async () => {
    const { folder, remove } = await dataFolder();
    const took = await readyAfter(environment(world, both, { folder }));
    await remove();
    return took;
  });
  line('embedded, first start in a new folder', first, 2.5);
  const { folder, remove } = await dataFolder();
  await readyAfter(environment(world, both, { folder }));
  line(
    'embedded, in the folder of an earlier start',
    await repeat(() => readyAfter(environment(world, both, { folder }))),
    2.5,
  );
  await remove();
  return {
    title: '3. From start to ready, both platforms on',
    head: ['database', 'median s', 'min s', 'max s'],
    lines,
  };
}

/** Megabytes, as the kernel counts them: all pages in memory, and with shared ones divided among those who share them. */
async function memoryOf(pid: number): Promise<{ readonly rss: number; readonly pss: number }> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? Number.NaN);
  return { rss: kilobytes('Rss') / 1024, pss: kilobytes('Pss') / 1024 };
}

async function idleMemory(env: Record<string, string>): Promise<readonly number[]> {
  // What was not compiled yet is compiled by a first start, with a compiler that stays in its memory.
  await readyAfter(env);
  const { child, port } = await startOurs('idle', env);
  // What a probe asks for belongs to an idle process too: a token for Teams, for one.
  for (let i = 0; i < 3; i += 1) {
    if (!(await isReady(port))) throw new Error(`not ready:\n${child.printed()}`);
    await sleep(200);
  }
  await sleep(quietMs);
  const { rss, pss } = await memoryOf(child.pid);
  await child.ask('collect');
  const collected = await memoryOf(child.pid);
  await child.stop();
  return [rss, pss, collected.rss];
}

/** The memory of a process that is ready and has nothing to do. */
export async function memory({ world, server }: Scene): Promise<Table> {
  const lines: Line[] = [];
  if (server) {
    const cells = await idleMemory(environment(world, both, await server.database()));
    lines.push({ cells: ['Postgres', ...cells], aim: '≤ 130 MB', reached: (cells[0] ?? Number.NaN) <= 130 });
  }
  const { folder, remove } = await dataFolder();
  lines.push({ cells: ['embedded', ...(await idleMemory(environment(world, both, { folder })))] });
  await remove();
  const head = ['database', 'RSS MB', 'PSS MB', 'RSS after a collection MB'];
  return { title: '4. Idle memory, both platforms on', head, lines };
}

/** A way into an embedded database while its process has it open. */
export const embeddedPool = (folder: string): pg.Pool => {
  const pool = new pg.Pool({ host: join(folder, 'socket'), user: 'postgres', database: 'postgres', max: 2 });
  pool.on('error', () => {});
  return pool;
};
