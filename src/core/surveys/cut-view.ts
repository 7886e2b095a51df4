import { type Block, type ChartRow, type ChartScale, said, type Text, text } from '../kernel/index.ts';
import { mean, nps, npsCounts } from '../statistics/index.ts';
import { choicesOf } from './answers.ts';
import { figureOf, topTwo, unitOf } from './figure-words.ts';
import type { Question, Survey } from './model.ts';
import { type Counts, type Crowd, type Grouped, type Item, noGroup, numbersOf, type Segmentation } from './results.ts';
import type { Run } from './store.ts';

/* The same results by team, or by persona: one figure a group, and of those that may not be shown, that and why. */

/** More groups than that are read in the export. */
export const mostGroups = 24;

const nameOf = (group: string, by: Segmentation): string => (group === noGroup ? `no ${by}` : group);

/** What is compared between groups, as the picture shows it. */
type Compared = {
  readonly title: string;
  readonly unit: string;
  /** The ends of its axis, where it has any: what is 36% of everybody must not look like all of them. */
  readonly scale?: ChartScale;
  readonly of: (crowd: Crowd) => number | undefined;
};

const share: ChartScale = { from: 0, to: 100 };
const average = (q: Question): Compared => ({
  title: 'Mean',
  unit: unitOf(q),
  ...(q.kind === 'percent' ? { scale: share } : q.kind === 'scale' ? { scale: { from: 0, to: q.to } } : {}),
  of: ({ counts }) => mean(numbersOf(q, counts))?.mean,
});
const best = (q: Question): Compared => ({
  title: 'The two best answers',
  unit: '%',
  scale: share,
  of: ({ counts }) => {
    const top = topTwo(q, counts);
    return top && 100 * top.share;
  },
});
/** Where answers have no order: how many gave the one that most gave of all. */
function commonest(q: Question, all: Counts): Compared {
  const [value] = Object.entries(all).toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0] ?? [''];
  const label = choicesOf(q)?.find((c) => c.value === value)?.label ?? value;
  return { title: `“${label}”`, unit: '%', scale: share, of: ({ n, counts }) => (100 * (counts[value] ?? 0)) / n };
}
const ordered = (q: Question): boolean => choicesOf(q)?.every((c) => c.score !== undefined) === true;
const optional = (q: Question, all: Counts): Compared => (ordered(q) ? best(q) : commonest(q, all));

const compared: { readonly [K in Exclude<Question['kind'], 'text'>]: (q: Question, all: Counts) => Compared } = {
  nps: (q) => ({
    title: 'NPS',
    unit: '',
    scale: { from: -100, to: 100 },
    of: ({ counts }) => nps(npsCounts(numbersOf(q, counts)))?.score,
  }),
  likert: best,
  scale: average,
  percent: average,
  number: average,
  duration: optional,
  choice: optional,
  choices: commonest,
};

/** How often each answer was given, where it is one of several in words. */
function spelled(q: Question, { counts }: Crowd): string | undefined {
  const labels = new Map(choicesOf(q)?.map((c) => [c.value, c.label]));
  const given = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  if (given.length === 0) return 'None of these.';
  return `${given.map(([value, n]) => `${labels.get(value) ?? value} ${n}`).join(', ')}.`;
}

/** What stands in place of a group’s figure. */
export const hiddenWhy = ({ few }: Grouped, group: string, k: number): string =>
  few === undefined ? 'hidden' : few.includes(group) ? `hidden: fewer than ${k} answered` : 'hidden too';

/** Why groups are hidden at all, once a card. */
export const cutNote = ({ trust: { k } }: Survey, by: Segmentation): Block => ({
  kind: 'note',
  text: said(
    `By ${by}: only where ${k} or more answered. A further one is hidden too where what fewer than ${k} people said could be worked out from the rest.`,
  ),
});

/** One question by the groups of one segmentation. */
export function cutBlocks(
  q: Question,
  item: Item,
  by: Segmentation,
  earlier: readonly Run[],
  { survey }: Run,
): readonly Block[] {
  if (q.kind === 'text') return [{ kind: 'note', text: said(`What people wrote is never shown by ${by}.`) }];
  const grouped = item.groups.find((g) => g.by === by);
  if (!grouped) return [{ kind: 'note', text: said(`Everybody who answered this is of one ${by}, or of none.`) }];
  const largest = grouped.shown.toSorted((a, b) => b.n - a.n).slice(0, mostGroups);
  const left = grouped.shown.length + grouped.hidden.length - mostGroups;
  const more: readonly Block[] =
    left > 0
      ? [{ kind: 'note', text: said(`${left} more stand in the export: groundcrew survey export --by ${by}.`) }]
      : [];
  const hidden = grouped.hidden
    .slice(0, mostGroups - largest.length)
    .map((group) => [nameOf(group, by), hiddenWhy(grouped, group, survey.trust.k)] as const);
  if (largest.length === 0)
    return [{ kind: 'facts', rows: hidden.map(([group, why]) => [group, text`${why}`]) }, ...more];
  const { title, unit, scale, of } = compared[q.kind](q, item.counts ?? {});
  const before = earlier[0]?.report?.items.find((i) => i.key === q.key)?.groups.find((g) => g.by === by);
  const shown = largest.flatMap((crowd) => {
    const value = of(crowd);
    return value === undefined ? [] : [{ crowd, value, name: nameOf(crowd.group, by) }];
  });
  const rows: readonly ChartRow[] = [
    ...shown.map(({ crowd, value, name }) => ({ label: name, value, note: `${crowd.n} answered` })),
    ...hidden.map(([label, note]) => ({ label, value: null, note })),
  ];
  const alt = shown.map(({ name, value }) => `${Math.round(value)}${unit} ${name}`).join(', ');
  const words = ({ crowd, name }: (typeof shown)[number]): readonly (readonly [string, Text])[] => {
    const then = before?.shown.find((b) => b.group === crowd.group)?.counts;
    const figure = figureOf(q, crowd.counts, then) ?? spelled(q, crowd);
    return figure === undefined ? [] : [[name, said(figure)]];
  };
  return [
    {
      kind: 'chart',
      chart: {
        shape: 'bars',
        title: `${title} by ${by}`,
        alt: `${title} by ${by}: ${alt}.`,
        unit,
        rows,
        ...(scale ? { scale } : {}),
      },
    },
    { kind: 'facts', rows: shown.flatMap(words) },
    ...more,
  ];
}
