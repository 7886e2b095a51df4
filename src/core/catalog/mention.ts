import { distance } from 'fastest-levenshtein';
import type { Catalog, GoldenPath } from './path.ts';

/** What a sentence names of the catalog. `exactly`: in words that a path has; else some that are a slip or two away. */
export type Mentioned = { readonly exactly: boolean; readonly paths: readonly GoldenPath[] };

/** Longer lines are no wish but a story, and are not searched. */
const most = 300;
/** Longer names may have a slip, long ones two; short ones are too much like other words. */
const slips = (name: string): number => (name.length >= 8 ? 2 : name.length >= 5 ? 1 : 0);

const wordsOf = (line: string): readonly string[] =>
  line
    .slice(0, most)
    .toLowerCase()
    .split(/[^\p{L}\p{N}-]+/u)
    .filter((w) => w !== '');
const singular = (word: string): string => (word.length > 3 ? word.replace(/s$/, '') : word);
const same = (a: string, b: string | undefined): boolean => b !== undefined && singular(a) === singular(b);

/** Whether some words stand in a sentence, one after the other. */
const within = (words: readonly string[], sentence: readonly string[]): boolean =>
  words.length > 0 && sentence.some((_, at) => words.every((w, i) => same(w, sentence[at + i])));

export function mentioned({ paths }: Catalog, line: string): Mentioned {
  const sentence = wordsOf(line);
  const names = (path: GoldenPath) => [path.name, path.title, ...path.aliases].map(wordsOf);
  const named = paths.filter((p) => names(p).some((n) => within(n, sentence)));
  if (named.length > 0) return { exactly: true, paths: named };
  const close = (name: string) => sentence.some((w) => distance(w, name) <= slips(name));
  return {
    exactly: false,
    paths: paths.filter((p) => names(p).some(([n = '', ...more]) => more.length === 0 && close(n))),
  };
}

/** Words that say nothing of what is wished for. */
const polite = new Set(
  'a an the my me us our some one please now i we you for to of and with can could would hi hello hey thanks'.split(
    ' ',
  ),
);
const wishes =
  /^(?:need|needs|want|wanna|create|make|get|give|new|have|order|request|provision|spin|setup|set|like|add|launch|another|how|where)$/;

/** Whether somebody asks for something: in a sentence that is about nothing else, or that says so. */
export const wished = (line: string, { paths }: Mentioned): boolean => {
  const sentence = wordsOf(line);
  if (sentence.some((w) => wishes.test(w) || distance(w, 'create') <= 1)) return true;
  const known = new Set(paths.flatMap((p) => [p.name, p.title, ...p.aliases].flatMap(wordsOf)).map(singular));
  const rest = sentence.filter((w) => !polite.has(w) && !known.has(singular(w)));
  return rest.length === 0 || (sentence.length === 1 && paths.length > 0);
};
