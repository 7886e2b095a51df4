import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { type Complaint, fileMax, readSource, type Source } from './source.ts';

/** The files of one path. Nothing outside of its folder is read, by whatever name. */
export type Folder = {
  readonly root: string;
  /** How a file is named to people: `postgres/path.yaml`. */
  readonly shown: (file: string) => string;
  /** The absolute path of a file or folder that is there, inside; undefined otherwise. */
  find(file: string): Promise<string | undefined>;
  text(file: string): Promise<string | undefined>;
  /** A YAML or JSON file; what is wrong with it goes to the complaints. */
  source(file: string, complaints: Complaint[]): Promise<Source | undefined>;
};

export function folder(root: string): Folder {
  const shown = (file: string) => `${basename(root)}/${file}`;
  const find = async (file: string): Promise<string | undefined> => {
    const wanted = resolve(root, file);
    if (relative(root, wanted).split(sep)[0] === '..') return undefined;
    try {
      // A link may lead elsewhere inside of the folder, as Kubernetes' own do, but not out of it.
      const [real, home] = await Promise.all([realpath(wanted), realpath(root)]);
      return real === home || real.startsWith(home + sep) ? wanted : undefined;
    } catch {
      return undefined;
    }
  };
  const text = async (file: string) => {
    const found = await find(file);
    if (found === undefined) return undefined;
    const { size } = await stat(found);
    return size > fileMax ? undefined : readFile(found, 'utf8').catch(() => undefined);
  };
  return {
    root,
    shown,
    find,
    text,
    async source(file, complaints) {
      const found = await text(file);
      if (found === undefined) {
        complaints.push({
          file: shown(file),
          what: 'there is no such file, or it can’t be read',
          todo: `Write it in ${join(basename(root), '')}.`,
        });
        return undefined;
      }
      const read = readSource(shown(file), found);
      if ('source' in read) return read.source;
      complaints.push(...read.complaints);
      return undefined;
    },
  };
}
