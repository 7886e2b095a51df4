import { readdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { openEmbedded } from '../store/embedded.ts';
import { openPool, patience } from '../store/pool.ts';
import { keepTemplate, makeTemplate, packTemplate, readTemplate, templatePaths } from '../store/template.ts';
import { migrateDatabase } from './migrate.ts';

/*
 * What `npm install` runs: makes what a first start on the embedded Postgres unpacks, so that it has nothing left to do.
 * It is made as a first start would make it: opened, migrated and closed.
 */

const TIMEOUT_MS = 180_000;
const quiet = { info() {}, warn() {}, error() {} };

/** An installation must not fail by this: without templates a first start is slower, and that is all. */
export async function ensureTemplates(say: (line: string) => void, paths = templatePaths): Promise<void> {
  try {
    const { bare, migrated } = paths();
    if (readTemplate(migrated)) return;
    if (!readTemplate(bare)) await makeTemplate(bare);
    const tar = await migratedFrom(bare);
    // Somebody may have written a migration meanwhile, and then nobody knows which of both is in it.
    if (paths().migrated !== migrated) return;
    keepTemplate(tar, migrated);
    removeOthers(dirname(migrated), [bare, migrated]);
  } catch (error) {
    const why = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    say(`groundcrew: no database template was made (${why}); the first start will take a few seconds longer.\n`);
  }
}

async function migratedFrom(template: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'groundcrew-'));
  try {
    const server = await openEmbedded(folder, { log: quiet, template });
    try {
      await migrateDatabase(server.config);
      await leaveNoLog(server.config);
    } finally {
      await server.close();
    }
    return packTemplate(join(folder, 'pg'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Segments of the log that are no longer needed would be kept for later ones, and be a third of the template. */
async function leaveNoLog(reachedBy: Parameters<typeof openPool>[0]): Promise<void> {
  const pool = openPool({ ...reachedBy, ...patience, max: 1 }, () => {});
  try {
    await pool.query('set wal_recycle = off');
    await pool.query('checkpoint');
  } finally {
    await pool.end();
  }
}

/** Templates of other versions and migrations. */
function removeOthers(folder: string, kept: readonly string[]): void {
  const names = kept.map((path) => basename(path));
  for (const name of readdirSync(folder))
    if (/^pglite-.*\.tar\.gz$/.test(name) && !names.includes(name)) rmSync(join(folder, name), { force: true });
}

if (import.meta.main) {
  setTimeout(() => process.exit(), TIMEOUT_MS).unref();
  await ensureTemplates((line) => process.stdout.write(line));
}
