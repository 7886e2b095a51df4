import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { makeTemplate, readTemplate, templatePaths, unpackTemplate } from './template.ts';
import { UPKEEP_MS, upkeep } from './upkeep.ts';
import { serveWire, type Wire } from './wire.ts';

/*
 * The thread that Postgres lives on. PGlite runs a query on the thread that asks, so on the main thread a query of a
 * second would keep every chat waiting for a second.
 */

/** `template`: what a new database is unpacked from, in place of what the installation made. */
export type WorkerInput = { readonly folder: string; readonly template?: string };
/** `host`: the folder of the socket. `fresh`: there was no database before. `warn`: for the log. */
export type WorkerMessage =
  | { readonly kind: 'ready'; readonly host: string; readonly fresh: boolean }
  | { readonly kind: 'warn'; readonly message: string };
export type WorkerOrder = 'close';

const SOCKET = '.s.PGSQL.5432';
/** Bytes. The system's limit for the path of a socket is 103 on macOS and 107 on Linux. */
const SOCKET_PATH_LENGTH = 103;
/** PGlite's 128 MB would be resident memory in time, for pages that the system keeps in its own cache anyway. */
const SHARED_BUFFERS = '32MB';

const input: WorkerInput = workerData;
const say = (message: WorkerMessage) => parentPort?.postMessage(message);

/** Makes the database's files if there are none. They appear under their name whole or not at all. */
async function prepare(data: string): Promise<boolean> {
  if (existsSync(join(data, 'PG_VERSION'))) return false;
  const half = `${data}.making`;
  const own = `${data}.template.tar.gz`;
  // What a start that was killed left behind.
  rmSync(half, { recursive: true, force: true });
  const { migrated, bare } = templatePaths();
  let tar = input.template ? readTemplate(input.template) : (readTemplate(migrated) ?? readTemplate(bare));
  if (!tar) {
    say({ kind: 'warn', message: 'There is no database template, so the first start takes longer.' });
    await makeTemplate(own);
    tar = readTemplate(own);
    rmSync(own, { force: true });
    if (!tar) throw new Error('initdb made nothing that can be read');
  }
  unpackTemplate(tar, half);
  renameSync(half, data);
  return true;
}

async function openSession(data: string): Promise<PGlite> {
  // Postgres says why it does not start to its error output only. Later lines may hold a person's words.
  const said: string[] = [];
  let starting = true;
  try {
    const db = await PGlite.create({
      dataDir: data,
      extensions: { pg_trgm },
      startParams: [...PGlite.defaultStartParams, '-c', `shared_buffers=${SHARED_BUFFERS}`],
      onStderr: (line) => {
        if (starting) said.push(line);
        return false;
      },
    });
    starting = false;
    // BullMQ sends `options=-c search_path=…` with each connection, but all connections are this one session.
    await db.exec('create schema if not exists bullmq; set search_path to bullmq, public');
    return db;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error([why, ...said.slice(-3)].join(' / '), { cause: error });
  }
}

/** Listens beside the data, or in a folder of the system's where the path is too long or sockets are not possible. */
async function listen(wire: Wire): Promise<string> {
  const beside = join(input.folder, 'socket');
  if (Buffer.byteLength(join(beside, SOCKET)) <= SOCKET_PATH_LENGTH) {
    try {
      rmSync(beside, { recursive: true, force: true });
      mkdirSync(beside, { mode: 0o700 });
      await wire.listen(join(beside, SOCKET));
      return beside;
    } catch (error) {
      rmSync(beside, { recursive: true, force: true });
      say({
        kind: 'warn',
        message: `No socket is possible in ${beside} (${String(error)}); using the system's folder.`,
      });
    }
  }
  const own = mkdtempSync(join(tmpdir(), 'groundcrew-'));
  await wire.listen(join(own, SOCKET));
  return own;
}

const data = join(input.folder, 'pg');
const fresh = await prepare(data);
const session = await openSession(data);
const wire = await serveWire({
  session,
  onFatal: (error) =>
    setImmediate(() => {
      throw error;
    }),
});
const host = await listen(wire);

let tending: Promise<unknown> = Promise.resolve();
const timer = setInterval(() => {
  tending = upkeep({ query: (sql) => session.query(sql), whenIdle: wire.whenIdle }).catch((error: unknown) =>
    say({ kind: 'warn', message: `Vacuuming failed: ${String(error)}` }),
  );
}, UPKEEP_MS);

// There is one order: to close.
parentPort?.once('message', async (_: WorkerOrder) => {
  clearInterval(timer);
  await wire.close();
  await tending;
  await session.close();
  rmSync(host, { recursive: true, force: true });
  process.exit();
});
say({ kind: 'ready', host, fresh });
