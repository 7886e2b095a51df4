import { choicesOf } from './answers.ts';
import { hiddenWhy } from './cut-view.ts';
import type { Counts, Item } from './results.ts';
import type { Look } from './results-view.ts';
import type { Run } from './store.ts';

/** One figure of a closed run. Nothing stands here that the results do not show. */
export type Figure = {
  readonly survey: string;
  readonly run: number;
  readonly question: string;
  readonly asks: string;
  readonly kind: string;
  /** `all`, `team` or `persona`. */
  readonly by: Look['by'];
  readonly group: string;
  readonly value: string;
  readonly label: string;
  /** Empty where it may not be said; the label says why. */
  readonly count: number | '';
  /** Of how many. */
  readonly of: number | '';
};

/** Every count that may be shown, question by question: of everybody, or of one cut, as in the results. */
export function figuresOf(run: Run, by: Look['by']): readonly Figure[] {
  const items = new Map(run.report?.items.map((i) => [i.key, i]));
  return run.survey.questions.flatMap((q): readonly Figure[] => {
    const item: Item | undefined = items.get(q.key);
    if (item?.n === undefined || !item.counts) return [];
    const base = { survey: run.survey.name, run: run.number, question: q.key, asks: q.ask, kind: q.kind, by };
    const rows = (group: string, counts: Counts, of: number): readonly Figure[] => {
      const values = choicesOf(q) ?? Object.keys(counts).map((value) => ({ value, label: value }));
      return values.map(({ value, label }) => ({ ...base, group, value, label, count: counts[value] ?? 0, of }));
    };
    if (by === 'all') return rows('', item.counts, item.n);
    return item.groups.flatMap((grouped): readonly Figure[] =>
      grouped.by === by
        ? [
            ...grouped.shown.flatMap((s) => rows(s.group, s.counts, s.n)),
            ...grouped.hidden.map((group) => ({
              ...base,
              group,
              value: '',
              label: hiddenWhy(grouped, group, run.survey.trust.k),
              count: '' as const,
              of: '' as const,
            })),
          ]
        : [],
    );
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
