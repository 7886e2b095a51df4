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
 * it: the same text read by the same parser is the same. Where that can't be written, as in a container, it is remembered
 * for when the catalog is read again. Rejects when the parser can't be used.
 */
export async function readHcl(name: string, text: string): Promise<Read> {
  const hash = createHash('sha256').update(text).digest('hex');
  const file = keptIn(hash);
  const known = remembered.get(hash) ?? (file === undefined ? undefined : await kept(file));
  if (known) return known;
  const read = await parse({ name, text });
  if (!('value' in read)) return read;
  if (!(file !== undefined && (await keep(file, read)))) remember(hash, read);
  return read;
}

/** More than a catalog has: texts that are not there any more make room. */
const most = 500;
const remembered = new Map<string, Read>();
function remember(hash: string, read: Read): void {
  const [oldest] = remembered.keys();
  if (remembered.size >= most && oldest !== undefined) remembered.delete(oldest);
  remembered.set(hash, read);
}

let folder: string | undefined;
function keptIn(hash: string): string | undefined {
  const compiled = module.getCompileCacheDir();
  if (compiled === undefined) return undefined;
  // That folder is each user’s own: of one that several share, all but the first could keep nothing.
  folder ??= join(compiled, `hcl2json-${parserVersion()}`);
  return join(folder, `${hash}.json`);
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

/** Whole or not at all; false where nothing may be written. */
async function keep(file: string, { value }: { readonly value: unknown }): Promise<boolean> {
  const half = `${file}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(half, JSON.stringify(value));
    await rename(half, file);
  } catch {
    return false;
  }
  await stat(file)
    .then(({ mtimeMs }) => forgetUnused(dirname(file), mtimeMs - unusedMs))
    .catch(() => {});
  return true;
}

/** What was not read for so long is of a module that has changed since, or of another release of the parser. */
const unusedMs = 30 * 86_400_000;
export async function forgetUnused(folder: string, before: number): Promise<void> {
  const of = async (where: string, prefix: string) =>
    (await readdir(where)).filter((name) => name.startsWith(prefix)).map((name) => join(where, name));
  for (const path of [...(await of(folder, '')), ...(await of(dirname(folder), 'hcl2json-'))])
    if (path !== folder && (await stat(path)).mtimeMs < before) await rm(path, { recursive: true, force: true });
}
