import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { readSettings } from './config.ts';
import type { Log } from './core/kernel/log.ts';
import { Problem } from './core/kernel/problem.ts';
import type { Settings } from './core/settings.ts';

/**
 * The settings as they are now. A changed file is read again at once; one that cannot be used is told to the log, and
 * the last good settings stay. The folder is watched, not the file, since editors and Kubernetes replace files.
 */
export function followSettings(file: string, fallback: Settings, log: Log) {
  const path = resolve(file);
  const first = readSettings(path);
  let current = first ?? fallback;
  let known = first !== undefined;
  const reread = () => {
    try {
      const changed = readSettings(path);
      if (changed) {
        current = changed;
        known = true;
        log.info({ file }, 'settings read again');
      } else if (known) log.warn({ file }, 'the settings file is gone; the earlier settings stay until the next start');
    } catch (error) {
      const why = error instanceof Problem ? error.message : 'it can’t be read';
      log.error({ file, why }, 'the changed settings can’t be used; the earlier ones stay');
    }
  };
  const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
    // Kubernetes swaps a link called ..data beside the file.
    if (name === null || name === basename(path) || name === '..data') reread();
  });
  watcher.on('error', (error) => log.warn({ err: error }, 'settings are not followed any more'));
  return { current: (): Settings => current, stop: () => watcher.close() };
}
