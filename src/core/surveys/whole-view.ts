import { type Block, type ChartRow, type ChartTone, command, said, text } from '../kernel/index.ts';
import { nps, npsCounts } from '../statistics/index.ts';
import { choicesOf } from './answers.ts';
import { figureOf, signed } from './figure-words.ts';
import type { Question } from './model.ts';
import { type Counts, type Item, numbersOf } from './results.ts';
import type { Run } from './store.ts';

/* What everybody said to one question, with a picture of it. */

/** Columns where answers are steps of a number; bars where they are words, which need the room. */
const shapes = {
  nps: 'distribution',
  scale: 'distribution',
  percent: 'distribution',
  number: 'distribution',
  likert: 'bars',
  choice: 'bars',
  choices: 'bars',
  duration: 'bars',
} as const satisfies Readonly<Record<Exclude<Question['kind'], 'text'>, 'bars' | 'distribution'>>;

/** Detractors, passives and promoters. */
const npsTone = (score: number): ChartTone => (score > 8 ? 'good' : score > 6 ? 'warn' : 'bad');

/** As many columns as can be told apart. */
const mostColumns = 11;
/** A number without what doubles add to it. */
const plain = (n: number): number => Number(n.toPrecision(12));

/** Numbers that were typed: each by itself while they are few, else in ranges of a round width. */
function ranges(counts: Counts): readonly ChartRow[] {
  const given = Object.entries(counts)
    .map(([value, n]) => [Number(value), n] as const)
    .toSorted(([a], [b]) => a - b);
  const [low = 0, high = 0] = [given[0]?.[0], given.at(-1)?.[0]];
  if (given.length <= mostColumns) return given.map(([value, n]) => ({ label: String(value), value: n }));
  const raw = (high - low) / (mostColumns - 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const width = ([1, 2, 5].find((s) => s * power >= raw) ?? 10) * power;
  const nth = (value: number) => Math.floor(plain(value / width));
  const whole = given.every(([value]) => Number.isInteger(value));
  return Array.from({ length: nth(high) - nth(low) + 1 }, (_, i) => {
    const from = plain((nth(low) + i) * width);
    const to = plain(from + width);
    return {
      label: whole ? `${from}–${to - 1}` : `${from} to under ${to}`,
      value: given.reduce((sum, [value, n]) => (nth(value) === nth(low) + i ? sum + n : sum), 0),
    };
  });
}

/** What most gave, in words; of several that are equal, the first is not the one. */
function oftenest(rows: readonly ChartRow[], n: number): string {
  const most = Math.max(0, ...rows.map((row) => row.value ?? 0));
  const top = rows.filter((row) => row.value === most).map((row) => row.label);
  if (most === 0) return 'Nobody chose any of these.';
  if (top.length === 1) return `Most often: ${top[0]}, by ${most} of ${n}.`;
  return top.length === 2
    ? `Most often: ${top.join(' and ')}, by ${most} of ${n} each.`
    : `None stands out: ${top.length} were given by ${most} of ${n} each.`;
}

/** How many gave each answer. */
function answers(q: Exclude<Question, { kind: 'text' }>, counts: Counts, n: number): Block {
  const rows: readonly ChartRow[] =
    choicesOf(q)?.map(({ value, label }) => ({
      label,
      value: counts[value] ?? 0,
      ...(q.kind === 'nps' ? { tone: npsTone(Number(value)) } : {}),
    })) ?? ranges(counts);
  return {
    kind: 'chart',
    chart: { shape: shapes[q.kind], title: 'How many gave each answer', alt: oftenest(rows, n), rows },
  };
}

/** The score on its scale, with its margin, and over the runs. */
function npsChart(q: Question, counts: Counts, earlier: readonly Run[]): readonly Block[] {
  const now = nps(npsCounts(numbersOf(q, counts)));
  if (!now) return [];
  const gauge: Block = {
    kind: 'chart',
    chart: {
      shape: 'gauge',
      title: 'NPS',
      alt: `A net promoter score of ${signed(now.score)}, from ${signed(now.interval.low)} to ${signed(now.interval.high)} with its margin, on a scale from -100 to 100.`,
      value: now.score,
      from: -100,
      to: 100,
      margin: now.interval,
      bands: [
        { to: 0, tone: 'bad' },
        { to: 30, tone: 'warn' },
        { to: 100, tone: 'good' },
      ],
    },
  };
  const past = earlier.toReversed().flatMap((run) => {
    const item = run.report?.items.find((i) => i.key === q.key);
    const score = item?.counts && nps(npsCounts(numbersOf(q, item.counts)));
    return score ? [{ point: `Run ${run.number}`, score }] : [];
  });
  if (past.length === 0) return [gauge];
  const points = [...past, { point: 'This one', score: now }];
  return [
    gauge,
    {
      kind: 'chart',
      chart: {
        shape: 'trend',
        title: 'NPS over the runs',
        alt: `NPS run by run: ${points.map((p) => `${signed(p.score.score)} in ${p.point.toLowerCase()}`).join(', ')}.`,
        points: points.map((p) => p.point),
        series: [
          { name: 'NPS', values: points.map((p) => p.score.score), margins: points.map((p) => p.score.interval) },
        ],
      },
    },
  ];
}

/** What everybody said to one question: its figure, a picture of it, and how many that is. */
export function wholeBlocks(q: Question, item: Item, earlier: readonly Run[], { survey }: Run): readonly Block[] {
  if (q.kind === 'text')
    return [
      {
        kind: 'note',
        text: text`${item.n ?? 0} people wrote something. ${command(`survey words ${survey.name}`)} shows it; the export has all.`,
      },
    ];
  const before = earlier[0]?.report?.items.find((i) => i.key === q.key);
  const counts = item.counts ?? {};
  const figure = figureOf(q, counts, before?.counts);
  const unknown = item.unknown ? `, ${item.unknown} did not know` : '';
  return [
    ...(figure ? [{ kind: 'text', text: said(figure) } as const] : []),
    ...(q.kind === 'nps' ? npsChart(q, counts, earlier) : []),
    answers(q, counts, item.n ?? 0),
    { kind: 'note', text: said(`${item.n} answered${unknown}.`) },
  ];
}
