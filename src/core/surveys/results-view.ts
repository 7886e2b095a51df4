import { type Block, command, said, strong, type Text, text, type View } from '../kernel/index.ts';
import {
  doraScore,
  mean,
  meanTrend,
  nps,
  npsCounts,
  npsTrend,
  share,
  shareTrend,
  type Trend,
} from '../statistics/index.ts';
import { choicesOf } from './answers.ts';
import type { Question } from './model.ts';
import { type Counts, type Item, numbersOf } from './results.ts';
import type { Run } from './store.ts';

/** Rounded before its sign is read: neither “+0” nor “-0” is a number to people. */
function signed(n: number, digits = 0): string {
  const rounded = Number(n.toFixed(digits));
  return `${rounded > 0 ? '+' : ''}${rounded.toFixed(digits)}`;
}
const percent = (p: number): string => `${Math.round(100 * p)} %`;

const trendWords = (trend: Trend | undefined, scale: number, digits: number): string =>
  trend === undefined
    ? ''
    : Number((trend.change * scale).toFixed(digits)) === 0
      ? ' The same as in the run before.'
      : ` ${signed(trend.change * scale, digits)} since the run before, ${trend.beyond ? 'outside the margin' : 'within the margin'}.`;

/** The two best points of a scale of words. */
function topTwo(q: Question, counts: Counts) {
  const choices = choicesOf(q) ?? [];
  const best = choices
    .filter((c) => c.score !== undefined)
    .toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0))
    .slice(0, 2)
    .map((c) => c.value);
  const n = Object.values(counts).reduce((sum, c) => sum + c, 0);
  return share(
    best.reduce((sum, v) => sum + (counts[v] ?? 0), 0),
    n,
  );
}

type Figure = (q: Question, counts: Counts, before: Counts | undefined) => string | undefined;

const average: Figure = (q, counts, before) => {
  const now = mean(numbersOf(q, counts));
  const then = before && mean(numbersOf(q, before));
  if (!now) return undefined;
  const unit = q.kind === 'percent' ? ' %' : q.kind === 'number' && q.unit ? ` ${q.unit}` : '';
  return `Mean ${now.mean.toFixed(1)}${unit}.${trendWords(then && meanTrend(now, then), 1, 1)}`;
};

const figures: { readonly [K in Question['kind']]: Figure } = {
  nps: (q, counts, before) => {
    const now = nps(npsCounts(numbersOf(q, counts)));
    const then = before && nps(npsCounts(numbersOf(q, before)));
    if (!now) return 'Nobody answered, so there is no score.';
    return `NPS ${signed(now.score)}, from ${signed(now.interval.low)} to ${signed(now.interval.high)} (95 %).${trendWords(then && npsTrend(now, then), 1, 0)}`;
  },
  likert: (q, counts, before) => {
    const now = topTwo(q, counts);
    const then = before && topTwo(q, before);
    if (!now) return undefined;
    const { low, high } = now.interval;
    return `Top two: ${percent(now.share)}, from ${percent(low)} to ${percent(high)} (95 %).${trendWords(then && shareTrend(now, then), 100, 0)}`;
  },
  scale: average,
  percent: average,
  number: average,
  duration: () => undefined,
  choice: () => undefined,
  choices: () => undefined,
  text: () => undefined,
};

/** One figure in words, for a question and a crowd. */
export const figureOf = (q: Question, counts: Counts, before?: Counts): string | undefined =>
  figures[q.kind](q, counts, before);

const longScale = 10;
function tally(q: Question, counts: Counts): Block {
  const choices = choicesOf(q);
  // Of a long scale only what was given: eleven empty bars say nothing.
  const rows = choices
    ? choices
        .map((c) => ({ label: c.label, count: counts[c.value] ?? 0 }))
        .filter((r) => r.count > 0 || choices.length < longScale)
    : Object.entries(counts)
        .toSorted(([a], [b]) => Number(a) - Number(b))
        .map(([label, count]) => ({ label, count }));
  return { kind: 'tally', rows };
}

function crowds(q: Question, item: Item): readonly Block[] {
  return item.groups.flatMap(({ by, shown, hidden }): readonly Block[] => {
    const rows = shown.flatMap(({ group, n, counts }): readonly (readonly [string, Text])[] => {
      const figure = figureOf(q, counts);
      return figure ? [[group === 'none' ? `no ${by}` : group, text`${figure} ${n} answered.`]] : [];
    });
    if (rows.length === 0) return [];
    const left = hidden.length > 0 ? ` ${hidden.length} more hidden, so that nobody stands out.` : '';
    return [
      { kind: 'facts', rows },
      { kind: 'note', text: said(`By ${by}.${left}`) },
    ];
  });
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

function itemBlocks(
  q: Question,
  number: number,
  item: Item | undefined,
  earlier: readonly Run[],
  run: Run,
): readonly Block[] {
  const before = earlier[0]?.report?.items.find((i) => i.key === q.key);
  const title: Block = { kind: 'text', text: text`${strong(`${number}. ${q.ask}`)}` };
  const { k, kText } = run.survey.trust;
  if (item?.n === undefined)
    return [
      title,
      {
        kind: 'note',
        text: said(`Fewer than ${q.kind === 'text' ? kText : k} answered this, so nothing is kept of it.`),
      },
    ];
  if (q.kind === 'text')
    return [
      title,
      {
        kind: 'note',
        text: text`${item.n} people wrote something. ${command(`survey words ${run.survey.name}`)} shows it; the export has all.`,
      },
    ];
  const counts = item.counts ?? {};
  const figure = figureOf(q, counts, before?.counts);
  const unknown = item.unknown ? `, ${item.unknown} did not know` : '';
  return [
    title,
    ...(figure ? [{ kind: 'text', text: said(figure) } as const] : []),
    ...(q.kind === 'nps' ? npsChart(q, counts, earlier) : []),
    tally(q, counts),
    { kind: 'note', text: said(`${item.n} answered${unknown}.`) },
    ...crowds(q, item),
  ];
}

const doraKeys = {
  lead: 'lead-time',
  frequency: 'deployment-frequency',
  recovery: 'recovery-time',
  failure: 'change-failure-rate',
  rework: 'rework-rate',
} as const;

/** DORA’s own score, when the survey asks its metrics: a mean of what was answered. */
function doraBlocks(run: Run): readonly Block[] {
  const meanOf = (key: string) => {
    const q = run.survey.questions.find((each) => each.key === key);
    const item = run.report?.items.find((i) => i.key === key);
    return q && item?.counts ? mean(numbersOf(q, item.counts))?.mean : undefined;
  };
  const known = Object.entries(doraKeys).flatMap(([metric, key]) => {
    const value = meanOf(key);
    return value === undefined ? [] : [[metric, value] as const];
  });
  if (known.length === 0) return [];
  const { throughput, stability, overall } = doraScore(Object.fromEntries(known));
  const row = (label: string, value: number | undefined): readonly (readonly [string, Text])[] =>
    value === undefined ? [] : [[label, text`${value.toFixed(1)} of 10`]];
  return [
    {
      kind: 'facts',
      rows: [...row('DORA overall', overall), ...row('Throughput', throughput), ...row('Stability', stability)],
    },
    {
      kind: 'note',
      text: said('Scored as DORA’s Quick Check does (dora.dev, CC BY 4.0); what nobody knew is left out.'),
    },
  ];
}

/** What a closed run found, beside those before it, the latest first. */
export function resultsView(run: Run, earlier: readonly Run[]): View {
  const { survey, report } = run;
  const invited = report?.invited ?? 0;
  const answered = report?.answered ?? 0;
  const rate = invited === 0 ? 0 : Math.round((100 * answered) / invited);
  return {
    id: 'surveys.results',
    title: `Results: ${survey.title}`,
    summary: `${survey.title} · ${answered} of ${invited} answered`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Run', text`${run.number}`],
          ['Answered', text`${rate} % (${answered} of ${invited})`],
        ],
      },
      ...doraBlocks(run),
      ...survey.questions.flatMap((q, i) =>
        itemBlocks(
          q,
          i + 1,
          report?.items.find((r) => r.key === q.key),
          earlier,
          run,
        ),
      ),
    ],
  };
}
