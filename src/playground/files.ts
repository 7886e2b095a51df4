import { fileURLToPath } from 'node:url';
import { libraryFile } from '../assets.ts';

const page = new URL('./page/', import.meta.url);

/** Names of ours only: nothing that leads out of the folder. */
const named = /^(?:[a-z-]+\/)?[a-z-]+\.(?:ts|css|svg)$/;

/** The file of the page that a path is, if it is one. */
export function fileOf(path: string): string | undefined {
  if (path === '/') return fileURLToPath(new URL('index.html', page));
  const library = /^\/playground\/lib\/([a-z-]+\.js)$/.exec(path)?.[1];
  if (library !== undefined) return libraryFile(library);
  const name = path.startsWith('/playground/page/') ? path.slice('/playground/page/'.length) : '';
  return named.test(name) ? fileURLToPath(new URL(name, page)) : undefined;
}
