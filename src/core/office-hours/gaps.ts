import type { Topic } from './store.ts';

/** A topic that comes up again and again, or that a host found undocumented. */
export type Gap = {
  /** In the words of whoever came last. */
  readonly title: string;
  readonly count: number;
  readonly people: number;
  /** How many of them a host marked. */
  readonly marked: number;
  readonly last: Date;
};

/** Words that say nothing of what it is about. */
const empty = new Set(
  'a an and any are as at be but by can cannot cant could do does doesnt dont for from get gets got had has have help how i if in into is isnt it its just me my need no not of on or our please question stuck so some something that the their them there they this to us want was we what when where which who why will with wont would you your'.split(
    ' ',
  ),
);
/** Rough, and the same for all: builds, building and build are one word. */
const stem = (word: string): string =>
  word.length > 5 ? word.replace(/(?:ings?|ed|es|s)$/, '') : word.replace(/s$/, '');
export const wordsOf = (topic: string): ReadonlySet<string> =>
  new Set(
    (
      topic
        .toLowerCase()
        .replace(/['’]/g, '')
        .match(/[\p{L}\p{N}][\p{L}\p{N}._-]*/gu) ?? []
    )
      .filter((w) => w.length > 1 && !empty.has(w))
      .map(stem),
  );

/** How much two topics have in common, from 0 to 1: of the words of the shorter one. */
export function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const least = Math.min(a.size, b.size);
  return least === 0 ? 0 : [...a].filter((w) => b.has(w)).length / least;
}
/** Half of the words, and two of them at least: one that both have, such as “deploy”, tells little. */
const enough = 0.5;
const wordsEnough = 2;
const same = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  alike(a, b) >= enough && [...a].filter((w) => b.has(w)).length >= Math.min(wordsEnough, a.size, b.size);

/** Topics that came up in more than one conversation, or were marked; the most frequent first. */
export function gapsIn(topics: readonly Topic[]): readonly Gap[] {
  const groups: { readonly words: ReadonlySet<string>; readonly topics: Topic[] }[] = [];
  for (const topic of topics) {
    const words = wordsOf(topic.topic);
    const group = groups.find((g) => same(g.words, words));
    if (group) group.topics.push(topic);
    else groups.push({ words, topics: [topic] });
  }
  return groups
    .map(({ topics: of }) => ({
      title: of.at(-1)?.topic.replace(/\s+/g, ' ') ?? '',
      count: of.length,
      people: new Set(of.map((t) => t.person)).size,
      marked: of.filter((t) => t.outcome === 'document').length,
      last: of.at(-1)?.at ?? new Date(0),
    }))
    .filter((g) => g.count > 1 || g.marked > 0)
    .toSorted((a, b) => b.count - a.count || b.marked - a.marked || b.last.getTime() - a.last.getTime());
}
