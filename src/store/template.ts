import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';

/*
 * initdb takes PGlite 3 s and 750 MB, and migrating 1.5 s. The results are the same every time, so they are made once, by
 * src/cli/template.ts when the package is installed, and a new data folder is unpacked from them: from the migrated one,
 * which is named for everything that writes the schema, else from what initdb made. A program never finds a migrated
 * template of other migrations than its own, and what it finds it checks and migrates like any database.
 * initdb runs in a process of its own, so that its memory is given back and its failure harms nobody.
 */

export type Templates = {
  /** What initdb makes. */
  readonly bare: string;
  /** That, and all that a first start would do to it. Nothing is in it that two installations may not share. */
  readonly migrated: string;
};

const { resolve } = createRequire(import.meta.url);
const root = new URL('../../', import.meta.url);
const OWN = new URL('./migrations/', import.meta.url);
const TIMEOUT_MS = 120_000;
/** MB. With Postgres' own 16 the folder is a third larger, and a start after a crash may replay 1 GB instead of 64 MB. */
const WAL_SEGMENT = 1;

/** Where the templates are kept of the installed PGlite and BullMQ, which has migrations of its own, and of `migrations`. */
export function templatePaths(migrations: URL | string = OWN): Templates {
  const pglite = versionIn(join(dirname(resolve('@electric-sql/pglite')), '../package.json'));
  const folder = migrations instanceof URL ? fileURLToPath(migrations) : migrations;
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const schema = [
    versionIn(resolve('bullmq/package.json')),
    // It makes the table of the migrations.
    readFileSync(new URL('./migrate.ts', import.meta.url), 'utf8'),
    ...files.toSorted().map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  ];
  const print = createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 16);
  const at = (name: string) => fileURLToPath(new URL(`node_modules/.cache/groundcrew/${name}.tar.gz`, root));
  return { bare: at(`pglite-${pglite}`), migrated: at(`pglite-${pglite}-${print}`) };
}

function versionIn(manifest: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return version;
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
  await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), path], {
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

/** A folder that no database has open, as `unpackTemplate` takes it: in the ustar format. */
export function packTemplate(folder: string): Buffer {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const content = entry.isDirectory() ? Buffer.alloc(0) : readFileSync(path);
    const header = Buffer.alloc(512);
    header.write(relative(folder, path), 0);
    header.write(entry.isDirectory() ? '0000700' : '0000600', 100);
    header.write(content.length.toString(8).padStart(11, '0'), 124);
    header.write(`        ${entry.isDirectory() ? '5' : '0'}`, 148);
    header.write('ustar\u000000', 257);
    // The sum is taken with spaces in its own place.
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0`, 148);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...entries, Buffer.alloc(1024)]);
}

/** Writes a template to `path`, where it appears whole or not at all. */
export function keepTemplate(tar: Buffer, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const half = `${path}.${randomUUID()}`;
  try {
    writeFileSync(half, gzipSync(tar));
    renameSync(half, path);
  } finally {
    rmSync(half, { force: true });
  }
}

async function initdb(path: string): Promise<void> {
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
  keepTemplate(tar, path);
}

/** The command of the process that `makeTemplate` starts. */
if (import.meta.main) await initdb(process.argv[2] as string);
