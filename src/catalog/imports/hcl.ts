import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openHelper } from '../../helper.ts';

/** A file as HashiCorp's parser has it, or why it is none. */
export type Read = { readonly value: unknown } | { readonly error: string };
export type Asked = { readonly name: string; readonly text: string };

/** No file takes a second. */
const withinMs = 30_000;

/**
 * The parser is HashiCorp's own, compiled to WebAssembly: it takes 60 MB for as long as it is there, and a fifth of a second
 * of a core to begin. So it has a process of its own.
 */
const parse = openHelper<Asked, Read>(new URL('./hcl-helper.ts', import.meta.url), withinMs);

/**
 * Reads a file of HCL. What was read once stays beside what was compiled once (bin/groundcrew.js), so that a start finds
 * it: the same text read by the same parser is the same. Rejects when the parser can't be used.
 */
export async function readHcl(name: string, text: string): Promise<Read> {
  const file = keptIn(text);
  const known = file === undefined ? undefined : await kept(file);
  if (known) return known;
  const read = await parse({ name, text });
  if (file !== undefined && 'value' in read) await keep(file, read).catch(() => {});
  return read;
}

let folder: string | undefined;
function keptIn(text: string): string | undefined {
  const compiled = module.getCompileCacheDir();
  if (compiled === undefined) return undefined;
  // That folder is each user’s own: of one that several share, all but the first could keep nothing.
  folder ??= join(compiled, `hcl2json-${parserVersion()}`);
  return join(folder, `${createHash('sha256').update(text).digest('hex')}.json`);
}

function parserVersion(): string {
  const manifest = fileURLToPath(new URL('../package.json', import.meta.resolve('@cdktn/hcl2json')));
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return version;
}

async function kept(file: string): Promise<Read | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    const now = new Date();
    await utimes(file, now, now).catch(() => {});
    return { value };
  } catch {
    return undefined;
  }
}

/** Whole or not at all. Where nothing may be written, nothing is kept. */
async function keep(file: string, { value }: { readonly value: unknown }): Promise<void> {
  const half = `${file}.${randomUUID()}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(half, JSON.stringify(value));
  await rename(half, file);
  await forgetUnused(dirname(file), (await stat(file)).mtimeMs - unusedMs);
}

/** What was not read for so long is of a module that has changed since, or of another release of the parser. */
const unusedMs = 30 * 86_400_000;
export async function forgetUnused(folder: string, before: number): Promise<void> {
  const of = async (where: string, prefix: string) =>
    (await readdir(where)).filter((name) => name.startsWith(prefix)).map((name) => join(where, name));
  for (const path of [...(await of(folder, '')), ...(await of(dirname(folder), 'hcl2json-'))])
    if (path !== folder && (await stat(path)).mtimeMs < before) await rm(path, { recursive: true, force: true });
}
