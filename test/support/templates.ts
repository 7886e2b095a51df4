import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { templatePaths } from '../../src/store/template.ts';

/**
 * What the databases of all files of tests are unpacked from: made again when the migrations are other ones than at the
 * installation. And the room for those that the workers keep from one file to the next, which is cleared at the end.
 */
export default async function ensure(): Promise<() => Promise<void>> {
  if (!existsSync(templatePaths().migrated))
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../src/cli/template.ts')]);
  const room = mkdtempSync(join(tmpdir(), 'groundcrew-suite-'));
  process.env.TEST_ROOM = room;
  return async () => {
    // The last workers may be ending yet, with databases that are open.
    rmSync(room, { recursive: true, force: true, maxRetries: 5 });
    const connectionString = process.env.DATABASE_URL;
    if (connectionString) await dropAll(connectionString, namedFor(room));
  };
}

/** What the names of the databases of one run begin with. */
export const namedFor = (room: string): string =>
  `groundcrew_test_${basename(room).replace('groundcrew-suite-', '').toLowerCase()}_`;

async function dropAll(connectionString: string, prefix: string): Promise<void> {
  const admin = new pg.Client({ connectionString });
  await admin.connect();
  try {
    const { rows } = await admin.query<{ drop: string }>(
      `select format('drop database %I with (force)', datname) as drop from pg_database where starts_with(datname, $1)`,
      [prefix],
    );
    for (const { drop } of rows) await admin.query(drop);
  } finally {
    await admin.end();
  }
}
