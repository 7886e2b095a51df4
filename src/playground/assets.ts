import { readFile, stat } from 'node:fs/promises';
import module from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file as the browser gets it. */
export type Asset = { readonly type: string; readonly body: string; readonly tag: string };

const page = new URL('./page/', import.meta.url);
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
};

const { resolve } = module.createRequire(import.meta.url);
/** The two packages that the page uses, as they were published for browsers. */
const libraries: Readonly<Record<string, () => string>> = {
  'adaptivecards.js': () => resolve('adaptivecards/dist/adaptivecards.min.js'),
  'markdown-it.js': () => resolve('markdown-it/browser'),
};

/** Names of ours only: nothing that leads out of the folder. */
const named = /^(?:[a-z-]+\/)?[a-z-]+\.(?:ts|css|svg)$/;

function fileOf(path: string): string | undefined {
  if (path === '/') return fileURLToPath(new URL('index.html', page));
  const library = /^\/playground\/lib\/([a-z-]+\.js)$/.exec(path)?.[1];
  if (library !== undefined) return Object.hasOwn(libraries, library) ? libraries[library]?.() : undefined;
  const name = path.startsWith('/playground/page/') ? path.slice('/playground/page/'.length) : '';
  return named.test(name) ? fileURLToPath(new URL(name, page)) : undefined;
}

/** The JavaScript of a module of the page. Types are blanked out, so lines and columns stay as they are. */
function strip(source: string): string {
  // Node warns once that this function may still change. That is for us to know, not for whoever starts the playground.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return module.stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The page's files, made ready for the browser when they are first asked for, and again when they have changed. */
export function createAssets() {
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
