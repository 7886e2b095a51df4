import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];
// Not after each test: ext4 passes over inodes freed in the last seconds one by one, and a new database has a thousand.
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own for a test, removed after the file's tests. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gc-'));
  folders.push(folder);
  return folder;
}

export type Line = { readonly level: 'info' | 'warn' | 'error'; readonly message: string };

/** A log that keeps what it is told. */
export function memoryLog() {
  const lines: Line[] = [];
  const keep = (level: Line['level']) => (first: unknown, second?: unknown) => {
    lines.push({ level, message: String(second ?? first) });
  };
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}
