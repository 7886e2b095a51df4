import { readFile, stat } from 'node:fs/promises';
import module from 'node:module';
import { extname } from 'node:path';

/** A file as the browser gets it. */
export type Asset = { readonly type: string; readonly body: string; readonly tag: string };

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
};

const { resolve } = module.createRequire(import.meta.url);
/** The packages that pages of ours use, as they were published for browsers. */
const libraries: Readonly<Record<string, () => string>> = {
  'adaptivecards.js': () => resolve('adaptivecards/dist/adaptivecards.min.js'),
  'markdown-it.js': () => resolve('markdown-it/browser'),
  'teams.js': () => resolve('@microsoft/teams-js/dist/umd/MicrosoftTeams.min.js'),
};
export const libraryFile = (name: string): string | undefined =>
  Object.hasOwn(libraries, name) ? libraries[name]?.() : undefined;

/** The JavaScript of a module of the page. Types are blanked out, so lines and columns stay as they are. */
function strip(source: string): string {
  // Node warns once that this function may still change. That is for us to know, not for whoever starts the bot.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return module.stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * A page's files, made ready for the browser when they are first asked for, and again when they have changed. `fileOf` says
 * which file a path is, if it is one: nothing else can be read.
 */
export function createAssets(fileOf: (path: string) => string | undefined) {
  const made = new Map<string, Asset>();

  return async (path: string): Promise<Asset | undefined> => {
    const file = fileOf(path);
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file === undefined || !found) return undefined;
    const tag = `"${found.mtimeMs.toString(36)}-${found.size.toString(36)}"`;
    const known = made.get(file);
    if (known?.tag === tag) return known;
    const source = await readFile(file, 'utf8');
    const extension = extname(file);
    const body = extension === '.ts' ? strip(source) : source;
    const asset = { type: types[extension] ?? 'text/plain; charset=utf-8', body, tag };
    made.set(file, asset);
    return asset;
  };
}
