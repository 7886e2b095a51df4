import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';

/*
 * initdb takes PGlite 3 s and 750 MB. Its result is the same every time, so it is made once, by `node
 * src/store/template.ts` when the package is installed, and a new data folder is unpacked from it.
 * initdb runs in a process of its own, so that its memory is given back and its failure harms nobody.
 */

const root = new URL('../../', import.meta.url);
const TIMEOUT_MS = 120_000;
/** MB. With Postgres' own 16 the folder is a third larger, and a start after a crash may replay 1 GB instead of 64 MB. */
const WAL_SEGMENT = 1;

/** Where the template of the installed PGlite is kept. */
export function templatePath(): string {
  const manifest = fileURLToPath(new URL('../package.json', import.meta.resolve('@electric-sql/pglite')));
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return fileURLToPath(new URL(`node_modules/.cache/groundcrew/pglite-${version}.tar.gz`, root));
}

/** The template, or undefined when there is none that can be read. */
export function readTemplate(path: string): Buffer | undefined {
  try {
    return gunzipSync(readFileSync(path));
  } catch {
    return undefined;
  }
}

/** Makes a template at `path`, which appears whole or not at all. Errors: those of the process that runs initdb. */
export async function makeTemplate(path: string): Promise<void> {
  await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), 'initdb', path], {
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
}

/** Unpacks a template into a folder that does not exist yet. Errors: those of the file system, or that it is not one. */
export function unpackTemplate(tar: Buffer, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made = new Set([folder]);
  const ensure = (path: string) => {
    if (!made.has(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
    made.add(path);
  };
  // The ustar format: a header of 512 bytes, then the file, filled up to a multiple of 512.
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const field = (from: number, to: number) => tar.toString('latin1', at + from, at + to).split('\0')[0] ?? '';
    const path = join(folder, field(0, 100));
    const size = Number.parseInt(field(124, 136), 8) || 0;
    if (field(156, 157) === '5') ensure(path);
    else {
      ensure(dirname(path));
      writeFileSync(path, tar.subarray(at + 512, at + 512 + size), { mode: 0o600 });
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  readFileSync(join(folder, 'PG_VERSION'));
}

async function initdb(path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const { PGlite } = await import('@electric-sql/pglite');
  const db = await PGlite.create({ initDbStartParams: [`--wal-segsize=${WAL_SEGMENT}`] });
  // Two thirds of the files are databases that nobody connects to; each new folder would be made with them.
  await db.exec('update pg_database set datistemplate = false');
  await db.exec('drop database template0');
  await db.exec('drop database template1');
  // Otherwise the first start of every folder would be a recovery.
  await db.exec('checkpoint');
  const tar = Buffer.from(await (await db.dumpDataDir('none')).arrayBuffer());
  // An open PGlite keeps the process for ten seconds more.
  await db.close();
  const half = `${path}.${randomUUID()}`;
  try {
    writeFileSync(half, gzipSync(tar));
    renameSync(half, path);
  } finally {
    rmSync(half, { force: true });
  }
}

/** For `npm install`, which this must not fail: without a template the first start is slower, and that is all. */
export async function ensureTemplate(path: string, say: (line: string) => void): Promise<void> {
  try {
    if (!readTemplate(path)) await makeTemplate(path);
  } catch (error) {
    const why = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    say(`groundcrew: no database template was made (${why}); the first start will take a few seconds longer.\n`);
  }
}

if (import.meta.main) {
  const [, , command, path] = process.argv;
  if (command === 'initdb' && path) await initdb(path);
  else await ensureTemplate(templatePath(), (line) => process.stdout.write(line));
}
