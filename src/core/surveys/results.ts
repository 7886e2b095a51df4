import { type Cell, type Permitted, permitted } from '../statistics/index.ts';
import { numberOf } from './answers.ts';
import type { Answer, Answers } from './branching.ts';
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
  readonly by: 'team' | 'persona';
  readonly shown: readonly Crowd[];
  /** Those of whom nothing is shown: too few, or hidden so that too few are not what is left. */
  readonly hidden: readonly string[];
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

type Told = { readonly answer: Exclude<Answer, null>; readonly team: string; readonly persona: string };

/** How often each value was given, by value. */
function countsOf(told: readonly Told[]): Counts {
  const counts = new Map<string, number>();
  for (const { answer } of told)
    for (const value of typeof answer === 'string' ? [answer] : answer) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const segmentations = ['team', 'persona'] as const;

function grouped(told: readonly Told[], allowed: Extract<Permitted, { is: 'some' }>): readonly Grouped[] {
  return allowed.segmentations.flatMap((segmentation, i): readonly Grouped[] => {
    const by = segmentations[i];
    if (!by) return [];
    const shown = segmentation.shown.map(({ group, n }) => ({
      group,
      n,
      counts: countsOf(told.filter((t) => t[by] === group)),
    }));
    return shown.length + segmentation.hidden.length > 1
      ? [{ by, shown, hidden: segmentation.hidden.map((h) => h.group) }]
      : [];
  });
}

function item(question: Question, survey: Survey, responses: readonly Response[]): Item {
  const { key } = question;
  const given = responses.flatMap((r) =>
    Object.hasOwn(r.answers, key)
      ? [{ answer: r.answers[key] ?? null, team: r.team ?? noGroup, persona: r.persona ?? noGroup }]
      : [],
  );
  const told = given.filter((g): g is Told => g.answer !== null);
  if (question.kind === 'text') {
    return told.length < survey.trust.kText ? { key, groups: [] } : { key, n: told.length, groups: [] };
  }
  const allowed = permitted(cellsOf(told, survey), survey.trust.k);
  if (allowed.is === 'nothing') return { key, groups: [] };
  return {
    key,
    n: allowed.n,
    counts: countsOf(told),
    unknown: given.length - told.length,
    groups: survey.trust.mode === 'unlinked' ? [] : grouped(told, allowed),
  };
}

function cellsOf(told: readonly Told[], { trust }: Survey): readonly Cell[] {
  if (trust.mode === 'unlinked') return [{ groups: [noGroup], n: told.length }];
  const cells = Map.groupBy(told, (t) => JSON.stringify([t.team, t.persona]));
  return [...cells.values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ groups: [first.team, first.persona] as const, n: same.length }] : [];
  });
}

export function reportOf(
  survey: Survey,
  responses: readonly Response[],
  people: { readonly invited: number; readonly answered: number },
): Report {
  return { ...people, items: survey.questions.map((q) => item(q, survey, responses)) };
}

/** What was written to each question that enough people wrote to, without what names people or places. */
export function wordsOf(
  survey: Survey,
  responses: readonly Response[],
): readonly { readonly key: string; readonly words: string }[] {
  return survey.questions.flatMap((q) => {
    if (q.kind !== 'text') return [];
    const all = responses.flatMap(({ answers: { [q.key]: said } }) =>
      typeof said === 'string' ? [scrubbed(said)] : [],
    );
    return all.length < survey.trust.kText ? [] : all.map((words) => ({ key: q.key, words }));
  });
}

const revealing: readonly (readonly [RegExp, string])[] = [
  [/<[@#!][^>\s]{1,80}>/gu, '(name)'],
  [/\bhttps?:\/\/\S+/giu, '(link)'],
  [/[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu, '(e-mail)'],
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
