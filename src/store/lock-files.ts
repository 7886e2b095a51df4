import { constants } from 'node:fs';
import { copyFile, link, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The five things that taking a lock does with the files of its folder. Each is atomic for other processes. */
export type LockFiles = {
  /** Undefined when there is no such file. */
  read(name: string): Promise<string | undefined>;
  /** Makes a file that did not exist. */
  write(name: string, content: string): Promise<void>;
  /** Gives a file a second name. False when the name is taken: of several who try, one succeeds. */
  link(from: string, to: string): Promise<boolean>;
  /** Replaces what has the name. */
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Opens the file that has the name now, to be written even when the name is given to another. Same length each time. */
  open(name: string): Promise<OpenLock>;
};
export type OpenLock = { write(content: string): Promise<void>; close(): Promise<void> };

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
/** Some shared and foreign file systems have no hard links, and say so in one of these ways. */
const NO_LINKS = new Set<unknown>(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** The files of a folder on disk. Errors: those of node:fs, except where the types say otherwise. */
export function lockFiles(folder: string): LockFiles {
  const path = (name: string) => join(folder, name);
  return {
    async read(name) {
      try {
        return await readFile(path(name), 'utf8');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: (name, content) => writeFile(path(name), content, { flag: 'wx', mode: 0o600 }),
    async link(from, to) {
      try {
        await link(path(from), path(to)).catch((error: unknown) => {
          if (!NO_LINKS.has(codeOf(error))) throw error;
          // For a moment such a copy is empty. Who reads it then sees a holder it does not know, and waits.
          return copyFile(path(from), path(to), constants.COPYFILE_EXCL);
        });
        return true;
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false;
        throw error;
      }
    },
    rename: (from, to) => rename(path(from), path(to)),
    remove: (name) => rm(path(name), { force: true }),
    async open(name) {
      const file = await open(path(name), 'r+');
      return {
        async write(content) {
          await file.write(content, 0, 'utf8');
        },
        close: () => file.close(),
      };
    },
  };
}
