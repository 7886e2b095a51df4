import type { Turns } from '../kernel/index.ts';
import { type Cell, type Led, type Permitted, permitting } from '../statistics/index.ts';
import { numberOf } from './answers.ts';
import { type Answer, type Answers, conditionsOn, reads } from './branching.ts';
import type { Question, Survey } from './model.ts';

/*
 * What a run leaves behind. It is counted once, when the run closes, and holds nothing that may not be shown: so
 * whoever can read the database learns no more than whoever reads the results.
 */

/** One person's answers, with the coarse groups that were frozen when the run opened. Who it is stands nowhere here. */
export type Response = { readonly answers: Answers; readonly team?: string; readonly persona?: string };

export type Counts = Readonly<Record<string, number>>;
/** A crowd of at least k, and what it answered. */
export type Crowd = { readonly group: string; readonly n: number; readonly counts: Counts };
export type Grouped = {
  readonly by: Segmentation;
  readonly shown: readonly Crowd[];
  /** Those of whom nothing is shown: too few, or hidden so that too few are not what is left. */
  readonly hidden: readonly string[];
  /** Those of them that are too few. Older reports do not say. */
  readonly few?: readonly string[];
};
/** One question. Without `n` fewer than k answered it, and nothing is kept of what they said, nor how many they were. */
export type Item = {
  readonly key: string;
  readonly n?: number;
  readonly counts?: Counts;
  /** “I don’t know”, beside those that count. */
  readonly unknown?: number;
  readonly groups: readonly Grouped[];
};
export type Report = {
  readonly invited: number;
  readonly answered: number;
  readonly items: readonly Item[];
};

/** Those without a team, or a persona, are a group like any other: what is left of the whole would tell of them. */
export const noGroup = 'none';

type Crowded = { readonly team: string; readonly persona: string };
type Told = Crowded & { readonly answer: Exclude<Answer, null> };
/** Somebody who answered something: this item, “I don’t know” to it, or nothing to it. */
type Voice = Crowded & { readonly answer?: Answer };
const isTold = (v: Voice): v is Told => v.answer !== undefined && v.answer !== null;

/** How often each value was given, by value. */
function countsOf(told: readonly Told[]): Counts {
  const counts = new Map<string, number>();
  for (const { answer } of told)
    for (const value of typeof answer === 'string' ? [answer] : answer) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export const segmentations = ['team', 'persona'] as const;
export type Segmentation = (typeof segmentations)[number];
const groupsIn = (hidden: readonly { readonly group: string }[]): readonly string[] => hidden.map((h) => h.group);

function grouped(told: readonly Told[], allowed: Extract<Permitted, { is: 'some' }>): readonly Grouped[] {
  return allowed.segmentations.flatMap((segmentation, i): readonly Grouped[] => {
    const by = segmentations[i];
    if (!by) return [];
    const inGroup = Map.groupBy(told, (t) => t[by]);
    const shown = segmentation.shown.map(({ group, n }) => ({ group, n, counts: countsOf(inGroup.get(group) ?? []) }));
    const { hidden } = segmentation;
    return shown.length + hidden.length > 1
      ? [{ by, shown, hidden: groupsIn(hidden), few: groupsIn(hidden.filter((h) => h.why === 'few')) }]
      : [];
  });
}

function* item(
  question: Question,
  survey: Survey,
  responses: readonly Response[],
  before: readonly Item[],
): Turns<Item> {
  const { key } = question;
  const voices = responses.map(({ answers, team = noGroup, persona = noGroup }): Voice => {
    const answer = Object.hasOwn(answers, key) ? answers[key] : undefined;
    return answer === undefined ? { team, persona } : { team, persona, answer };
  });
  const told = voices.filter(isTold);
  if (question.kind === 'text') {
    return told.length < survey.trust.kText ? { key, groups: [] } : { key, n: told.length, groups: [] };
  }
  yield;
  const cells = cellsOf(voices, question, survey);
  const allowed = yield* permitting(cells, survey.trust.k, ledTo(question, survey, before));
  yield;
  if (allowed.is === 'nothing') return { key, groups: [] };
  return {
    key,
    n: allowed.n,
    counts: countsOf(told),
    unknown: voices.filter((v) => v.answer === null).length,
    groups: survey.trust.mode === 'unlinked' ? [] : grouped(told, allowed),
  };
}

/** What is known of those who were asked this, from the questions whose answers led to it. */
function ledTo({ askIf }: Question, { questions }: Survey, before: readonly Item[]): readonly Led[] {
  const read = new Set(askIf ? reads(askIf) : []);
  // Those led to by others themselves come later in the list, so that one look back finds all.
  for (const q of questions.toReversed())
    if (read.has(q.key) && q.askIf) for (const key of reads(q.askIf)) read.add(key);
  const groups = before.filter((i) => read.has(i.key)).flatMap((i) => i.groups);
  return segmentations.map((by) => {
    const of = groups.filter((g) => g.by === by);
    return {
      shown: new Set(of.flatMap((g) => g.shown.map((s) => s.group))),
      hidden: new Set(of.flatMap((g) => g.hidden)),
    };
  });
}

function cellsOf(voices: readonly Voice[], question: Question, survey: Survey): readonly Cell[] {
  const told = voices.filter(isTold).length;
  if (survey.trust.mode === 'unlinked') return [{ groups: [noGroup], n: told, silent: voices.length - told }];
  // Words are shown by no group, so that they may go wherever the answer goes that led to them.
  const kinds = conditionsOn(
    question.key,
    survey.questions.filter((q) => q.kind !== 'text'),
  );
  // Silence is not “I don’t know”, which is null: taken for it, it would seem to be able to take its place.
  const said = ({ answer }: Voice) =>
    answer === undefined ? (['', 'nothing'] as const) : ([JSON.stringify(answer), kinds(answer)] as const);
  return Map.groupBy(voices, (v) => v.team)
    .values()
    .flatMap((team) => Map.groupBy(team, (v) => v.persona).values())
    .flatMap((same) => {
      const [first] = same;
      if (!first) return [];
      const n = same.filter(isTold).length;
      // Each answer once: it is asked for at every step of hiding, however many gave it.
      const once = new Map(same.map((v) => [Array.isArray(v.answer) ? JSON.stringify(v.answer) : v.answer, v]));
      const given = [...once.values()].map(said);
      return [{ groups: [first.team, first.persona], n, silent: same.length - n, said: given } as const];
    })
    .toArray();
}

/** Of thousands of people, forty teams and twenty questions it is the better part of a second: others get their turn. */
export function* reportOf(
  survey: Survey,
  responses: readonly Response[],
  people: { readonly invited: number; readonly answered: number },
): Turns<Report> {
  const items: Item[] = [];
  for (const q of survey.questions) items.push(yield* item(q, survey, responses, items));
  return { ...people, items };
}

/** What was written to each question that enough people wrote to, without what names people or places. */
export function* wordsOf(
  survey: Survey,
  responses: readonly Response[],
): Turns<readonly { readonly key: string; readonly words: string }[]> {
  const kept: { key: string; words: string }[] = [];
  for (const { key, kind } of survey.questions) {
    if (kind !== 'text') continue;
    const all = responses.flatMap(({ answers: { [key]: said } }) => (typeof said === 'string' ? [said] : []));
    if (all.length < survey.trust.kText) continue;
    for (const words of all) {
      kept.push({ key, words: scrubbed(words) });
      yield;
    }
  }
  return kept;
}

const revealing: readonly (readonly [RegExp, string])[] = [
  [/<[@#!][^>\s]{1,80}>/gu, '(name)'],
  [/\bhttps?:\/\/\S+/giu, '(link)'],
  [/(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu, '(e-mail)'],
  [/(?<![\p{L}\p{N}])@[\p{L}\p{N}][\p{L}\p{N}._-]*/gu, '(name)'],
  [/\b[A-Z][A-Z0-9]{1,9}-\d+\b/gu, '(ticket)'],
];
/** Without addresses, mentions, links and tickets: they name people, or lead to them. */
export const scrubbed = (words: string): string =>
  revealing.reduce((text, [pattern, instead]) => text.replace(pattern, instead), words);

/** The answers of a crowd as numbers, for means and scores; each value as often as it was given. */
export const numbersOf = (question: Question, counts: Counts): readonly number[] =>
  Object.entries(counts).flatMap(([value, n]) => {
    const number = numberOf(question, value);
    return number === undefined ? [] : Array.from({ length: n }, () => number);
  });
