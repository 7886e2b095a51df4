import { choicesOf } from './answers.ts';
import type { Counts, Item } from './results.ts';
import type { Run } from './store.ts';

/** One figure of a closed run. Nothing stands here that the results do not show. */
export type Figure = {
  readonly survey: string;
  readonly run: number;
  readonly question: string;
  readonly asks: string;
  readonly kind: string;
  /** `all`, `team` or `persona`. */
  readonly by: string;
  readonly group: string;
  readonly value: string;
  readonly label: string;
  readonly count: number;
  /** Of how many. */
  readonly of: number;
};

/** Every count that may be shown, question by question. */
export function figuresOf(run: Run): readonly Figure[] {
  const items = new Map(run.report?.items.map((i) => [i.key, i]));
  return run.survey.questions.flatMap((q): readonly Figure[] => {
    const item: Item | undefined = items.get(q.key);
    if (item?.n === undefined || !item.counts) return [];
    const base = { survey: run.survey.name, run: run.number, question: q.key, asks: q.ask, kind: q.kind };
    const rows = (by: string, group: string, counts: Counts, of: number): readonly Figure[] => {
      const values = choicesOf(q) ?? Object.keys(counts).map((value) => ({ value, label: value }));
      return values.map(({ value, label }) => ({ ...base, by, group, value, label, count: counts[value] ?? 0, of }));
    };
    return [
      ...rows('all', '', item.counts, item.n),
      ...item.groups.flatMap(({ by, shown }) => shown.flatMap((s) => rows(by, s.group, s.counts, s.n))),
    ];
  });
}

export const figureColumns = [
  'survey',
  'run',
  'question',
  'asks',
  'kind',
  'by',
  'group',
  'value',
  'label',
  'count',
  'of',
];
