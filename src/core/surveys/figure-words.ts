import { mean, meanTrend, nps, npsCounts, npsTrend, share, shareTrend, type Trend } from '../statistics/index.ts';
import { choicesOf } from './answers.ts';
import type { Question, Survey } from './model.ts';
import { type Counts, numbersOf } from './results.ts';

/* One figure of a question and a crowd: its number, its margin, and how it moved since the run before. */

/** Rounded before its sign is read: neither “+0” nor “-0” is a number to people. */
export function signed(n: number, digits = 0): string {
  const rounded = Number(n.toFixed(digits));
  return `${rounded > 0 ? '+' : ''}${rounded.toFixed(digits)}`;
}
export const percent = (p: number): string => `${Math.round(100 * p)}%`;

const trendWords = (trend: Trend | undefined, scale: number, digits: number): string =>
  trend === undefined
    ? ''
    : Number((trend.change * scale).toFixed(digits)) === 0
      ? ' The same as in the run before.'
      : ` ${signed(trend.change * scale, digits)} since the run before, ${trend.beyond ? 'outside the margin' : 'within the margin'}.`;

/** How many answered: in full, and for one line. Of fewer than k who were asked that would tell who did. */
export function answeredOf(
  { invited, answered }: { readonly invited: number; readonly answered: number },
  { trust: { k } }: Survey,
): { readonly words: string; readonly short: string } {
  if (invited === 0) return { words: 'nobody was asked', short: 'nobody was asked' };
  if (invited < k) return { words: `not told, since fewer than ${k} were asked`, short: `fewer than ${k} were asked` };
  return {
    words: `${percent(answered / invited)} (${answered} of ${invited})`,
    short: `${answered} of ${invited} answered`,
  };
}

/** The two best points of a scale of words. */
export function topTwo(q: Question, counts: Counts) {
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

/** Behind every number of its answers. */
export const unitOf = (q: Question): string =>
  q.kind === 'percent' ? '%' : q.kind === 'number' && q.unit ? ` ${q.unit}` : '';

type Figure = (q: Question, counts: Counts, before: Counts | undefined) => string | undefined;

const average: Figure = (q, counts, before) => {
  const now = mean(numbersOf(q, counts));
  const then = before && mean(numbersOf(q, before));
  if (!now) return undefined;
  return `Mean ${now.mean.toFixed(1)}${unitOf(q)}.${trendWords(then && meanTrend(now, then), 1, 1)}`;
};

const figures: { readonly [K in Question['kind']]: Figure } = {
  nps: (q, counts, before) => {
    const now = nps(npsCounts(numbersOf(q, counts)));
    const then = before && nps(npsCounts(numbersOf(q, before)));
    if (!now) return 'Nobody answered, so there is no score.';
    return `NPS ${signed(now.score)}, from ${signed(now.interval.low)} to ${signed(now.interval.high)} (95%).${trendWords(then && npsTrend(now, then), 1, 0)}`;
  },
  likert: (q, counts, before) => {
    const now = topTwo(q, counts);
    const then = before && topTwo(q, before);
    if (!now) return undefined;
    const { low, high } = now.interval;
    return `Top two: ${percent(now.share)}, from ${percent(low)} to ${percent(high)} (95%).${trendWords(then && shareTrend(now, then), 100, 0)}`;
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
