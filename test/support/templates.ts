import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { templatePaths } from '../../src/store/template.ts';

/**
 * What the databases of all files of tests are unpacked from: made again when the migrations are other ones than at the
 * installation.
 */
export default async function ensure(): Promise<void> {
  if (existsSync(templatePaths().migrated)) return;
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../src/cli/template.ts')]);
}
