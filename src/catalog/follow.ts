import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokenPath, Catalog } from '../core/catalog/path.ts';
import type { Log } from '../core/kernel/log.ts';
import { loadCatalog } from './load.ts';

/** The part of the clock that is used: the real one, or a test's. */
type Timer = { after(ms: number, run: () => void): () => void };

/** How often the folder is looked at, in ms. A change is taken up after the second look that finds it the same. */
export const lookEvery = 2_000;
/** More files than any catalog has. What lies deeper in modules and charts counts too: it decides what is made. */
const filesMax = 20_000;

/**
 * The catalog as it is now, read again when its folder changes. It is looked at rather than watched: a Git checkout
 * swaps links and a hundred files at once, and a network folder tells nobody. What was found stays until the whole of
 * the new is read, and the one value is exchanged for the other.
 */
export async function followCatalog(root: string, clock: Timer, log: Log) {
  let known = await fingerprint(root);
  let seen = known;
  let current: Catalog = await load(root, log);
  let stopped = false;
  let cancel = () => {};
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const now = await fingerprint(root);
    // In the middle of a checkout two looks differ.
    const settled = now === seen;
    seen = now;
    if (now === known || !settled || stopped) return;
    const next = await load(root, log);
    // What changed while it was read is read at a later look, since `known` is what was there before.
    known = now;
    current = next;
    log.info({ root, paths: next.paths.length, broken: next.broken.length }, 'catalog read again');
  }
  const again = () => {
    cancel = clock.after(lookEvery, () => {
      looking = look()
        .catch((error: unknown) => log.warn({ err: error, root }, 'the catalog could not be looked at'))
        .finally(() => {
          if (!stopped) again();
        });
    });
  };
  again();
  return {
    current: (): Catalog => current,
    /** Resolves when a look that is under way has ended. */
    settled: () => looking,
    stop: async (): Promise<void> => {
      stopped = true;
      cancel();
      await looking;
    },
  };
}

async function load(root: string, log: Log): Promise<Catalog> {
  const { found, paths, broken } = await loadCatalog(root);
  if (!found) log.warn({ root }, 'there is no catalog folder here; nothing can be created until there is one');
  for (const { name, problems } of broken)
    log.error({ path: name, problems: problems.map(line) }, 'a golden path is broken');
  return { paths, broken };
}

/** A problem as one line: `postgres/path.yaml:12 what. What to do.` */
export const line = (p: BrokenPath['problems'][number]): string =>
  `${p.file}${p.line === undefined ? '' : `:${p.line}`} ${p.what}${/[.!?]$/.test(p.what) ? '' : '.'} ${p.todo}`;

/** Names, sizes and times of all that is there: another text when anything is another. */
async function fingerprint(root: string): Promise<string> {
  const parts: string[] = [await realpath(root).catch(() => 'nothing')];
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder).catch(() => []);
    for (const entry of entries.toSorted()) {
      if ((entry.startsWith('.') && entry !== '..data') || depth > 8 || parts.length > filesMax) continue;
      const file = join(folder, entry);
      const s = await stat(file).catch(() => undefined);
      if (s?.isDirectory()) await walk(file, depth + 1);
      else if (s) parts.push(`${file} ${s.size} ${s.mtimeMs} ${s.ino}`);
    }
  };
  await walk(root, 0);
  return parts.join('\n');
}
