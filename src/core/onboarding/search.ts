import MiniSearch from 'minisearch';
import type { GoldenPath } from '../catalog/path.ts';
import { type Persona, safeUrl } from '../kernel/index.ts';
import type { Settings } from '../settings.ts';

/** A page that can be found. */
export type Page = {
  readonly title: string;
  readonly about: string;
  readonly url?: string;
  /** The golden path that it is about, which can be used at once. */
  readonly path?: string;
  readonly personas: readonly Persona[];
};
type Entry = Page & { readonly id: number; readonly body: string; readonly names: string };

const pathPage = (path: GoldenPath): Omit<Entry, 'id'> => {
  const url = safeUrl(path.docs);
  return {
    title: path.title,
    about: path.summary,
    path: path.name,
    personas: path.personas,
    body: path.manual ?? '',
    names: [path.name, ...path.aliases].join(' '),
    ...(url === undefined ? {} : { url }),
  };
};
const docPage = ({
  title,
  url,
  about,
  words,
  personas,
}: Settings['onboarding']['docs'][number]): Omit<Entry, 'id'> => ({
  title,
  about,
  url,
  personas,
  body: words,
  names: '',
});

type Index = { readonly search: MiniSearch<Entry>; readonly pages: readonly Entry[] };
/** A catalog that is read anew, and settings that are, are other values: what was made of the former goes with them. */
const made = new WeakMap<readonly GoldenPath[], { readonly of: Settings; readonly is: Index }>();

function indexOf(paths: readonly GoldenPath[], settings: Settings): Index {
  const known = made.get(paths);
  if (known?.of === settings) return known.is;
  const pages = [...settings.onboarding.docs.map(docPage), ...paths.map(pathPage)].map((page, id) => ({ ...page, id }));
  const search = new MiniSearch<Entry>({
    fields: ['title', 'names', 'about', 'body'],
    searchOptions: {
      boost: { title: 4, names: 4, about: 2 },
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    },
  });
  search.addAll(pages);
  const is = { search, pages };
  made.set(paths, { of: settings, is });
  return is;
}

/** Pages about these words, the best first; those with all of them before those with some. */
export function findPages(
  words: string,
  paths: readonly GoldenPath[],
  settings: Settings,
  limit: number,
): readonly Page[] {
  const { search, pages } = indexOf(paths, settings);
  const all = search.search(words, { combineWith: 'AND' });
  const found = all.length > 0 ? all : search.search(words);
  return found.slice(0, limit).flatMap(({ id }) => pages[id as number] ?? []);
}
