import { expect, test } from 'vitest';
import {
  distribution,
  doraBenchmark2025,
  doraBuckets,
  doraScore,
  durations,
  frequencyBucket,
  mean,
  meanTrend,
  median,
  nps,
  npsCounts,
  npsTrend,
  quantile,
  sampleSize,
  share,
  shareTrend,
  timeBucket,
  topTwoBox,
  wilson,
} from '../../src/core/statistics/index.ts';

test.each([
  { p: 5, passive: 3, d: 2, score: 30, margin: 42.1, low: -19.1, high: 65.2 },
  { p: 10, passive: 6, d: 4, score: 30, margin: 31.8, low: -5.7, high: 57.9 },
  { p: 15, passive: 9, d: 6, score: 30, margin: 26.6, low: 0.7, high: 53.9 },
  { p: 25, passive: 15, d: 10, score: 30, margin: 21, low: 7.3, high: 49.3 },
  { p: 25, passive: 15, d: 10, of: 80, score: 30, margin: 12.9, low: 15.4, high: 41.2 },
  { p: 50, passive: 30, d: 20, score: 30, margin: 15.1, low: 14.1, high: 44.2 },
  { p: 100, passive: 60, d: 40, score: 30, margin: 10.7, low: 18.8, high: 40.3 },
  { p: 10, passive: 0, d: 0, score: 100, margin: 29.4, low: 47.5, high: 100 },
])('NPS of $p promoters, $passive passives and $d detractors (of $of)', (given) => {
  const got = nps({ promoters: given.p, passives: given.passive, detractors: given.d }, given.of);
  expect(got?.score).toBe(given.score);
  expect(got?.margin).toBeCloseTo(given.margin, 1);
  expect(got?.interval.low).toBeCloseTo(given.low, 1);
  expect(got?.interval.high).toBeCloseTo(given.high, 1);
});

test('NPS counts 9 and 10 up, 0 to 6 down, and nobody is nobody', () => {
  expect(npsCounts([0, 6, 7, 8, 9, 10])).toEqual({ promoters: 2, passives: 2, detractors: 2 });
  expect(nps(npsCounts([]))).toBeUndefined();
  expect(nps(npsCounts([]), 40)).toBeUndefined();
});

test('everybody of a known population leaves nothing to chance', () => {
  const all = nps({ promoters: 3, passives: 1, detractors: 1 }, 5);
  expect(all?.margin).toBe(0);
  const one = nps({ promoters: 1, passives: 0, detractors: 0 }, 1);
  expect(one?.margin).toBe(0);
});

test.each([
  [7, 10, 39.7, 89.2],
  [35, 50, 56.2, 80.9],
  [5, 5, 56.6, 100],
  [0, 5, 0, 43.4],
])('Wilson of %i in %i is %d to %d', (hits, n, low, high) => {
  const got = wilson(hits, n);
  expect((got?.low ?? Number.NaN) * 100).toBeCloseTo(low, 1);
  expect((got?.high ?? Number.NaN) * 100).toBeCloseTo(high, 1);
});

test.each([
  [20, 17, 19, 20],
  [50, 34, 40, 45],
  [80, 44, 58, 67],
  [100, 50, 67, 80],
  [200, 66, 100, 132],
  [300, 73, 119, 169],
  [500, 81, 142, 218],
  [1000, 88, 165, 278],
])('of %i people as many must answer', (of, ten, seven, five) => {
  expect([0.1, 0.07, 0.05].map((e) => sampleSize(of, e))).toEqual([ten, seven, five]);
  expect(sampleSize(0, 0.05)).toBe(0);
});

test('shares, means and distributions of nobody are said to be of nobody', () => {
  expect(wilson(0, 0)).toBeUndefined();
  expect(share(0, 0)).toBeUndefined();
  expect(topTwoBox([1, 2, 3, 4, 5], [])).toBeUndefined();
  expect(mean([])).toBeUndefined();
  expect(median([])).toBeUndefined();
  expect(durations([])).toBeUndefined();
  expect(distribution(['a', 'b'], [])).toEqual([
    { option: 'a', count: 0 },
    { option: 'b', count: 0 },
  ]);
});

test('top-2-box takes the two best of the scale, also when nobody chose the best, in whatever order it is listed', () => {
  expect(topTwoBox([5, 4, 3, 2, 1], [4, 4, 3, 2])).toMatchObject({ hits: 2, n: 4, share: 0.5 });
});

test('the mean has the deviation of a sample', () => {
  expect(mean([2, 4, 4, 4, 5, 5, 7, 9])?.mean).toBe(5);
  expect(mean([2, 4, 4, 4, 5, 5, 7, 9])?.deviation).toBeCloseTo(2.138, 3);
  expect(mean([3])).toEqual({ n: 1, mean: 3, deviation: 0 });
});

test('quantiles lie between two values where need be, in any order, and the input stays as it is', () => {
  const values = [40, 10, 30, 20];
  expect(median(values)).toBe(25);
  expect(quantile(values, 0)).toBe(10);
  expect(quantile(values, 1)).toBe(40);
  expect(quantile(values, 0.9)).toBeCloseTo(37);
  expect(values).toEqual([40, 10, 30, 20]);
  expect(durations(values)).toEqual({ n: 4, median: 25 });
  expect(durations([1, 2, 3, 4, 5, 6, 7, 8, 9, 100])?.p90).toBeCloseTo(18.1);
});

const at = (promoters: number, passives: number, detractors: number) => {
  const got = nps({ promoters, passives, detractors });
  if (!got) throw new Error('nobody');
  return got;
};

test('a change of NPS is one only outside the margin', () => {
  const few = npsTrend(at(7, 2, 1), at(5, 3, 2));
  expect(few).toMatchObject({ change: 30, beyond: false });
  const many = npsTrend(at(140, 40, 20), at(100, 60, 40));
  expect(many).toMatchObject({ change: 30, beyond: true });
  // ± z √(SE1² + SE2²)
  expect(many.interval.low).toBeCloseTo(30 - 1.959964 * Math.hypot(at(140, 40, 20).error, at(100, 60, 40).error), 6);
  expect(npsTrend(at(100, 60, 40), at(140, 40, 20))).toMatchObject({ change: -30, beyond: true });
});

test('a change of a share by Newcombe: his example of 56/70 against 48/80', () => {
  const [now, before] = [share(56, 70), share(48, 80)];
  if (!now || !before) throw new Error('nobody');
  const got = shareTrend(now, before);
  expect(got.change).toBeCloseTo(0.2);
  expect(got.interval.low).toBeCloseTo(0.0524, 4);
  expect(got.interval.high).toBeCloseTo(0.3339, 4);
  expect(got.beyond).toBe(true);
  expect(shareTrend(before, before).beyond).toBe(false);
});

test('a change of a mean by Welch, which one answer does not make', () => {
  const [low, high, one] = [mean([1, 2, 2, 3, 2, 1, 2, 3]), mean([4, 5, 4, 4, 5, 3, 4, 5]), mean([5])];
  if (!low || !high || !one) throw new Error('nobody');
  expect(meanTrend(high, low)?.beyond).toBe(true);
  // t(14) = 2.145, both deviate by 0.7559 and 0.7071: 2.25 ± 2.145 · √(0.5714/8 + 0.5/8), with 13 degrees: 2.160
  expect(meanTrend(high, low)?.interval.low).toBeCloseTo(2.25 - 2.16 * Math.sqrt(0.5714 / 8 + 0.5 / 8), 3);
  expect(meanTrend(high, high)).toMatchObject({ change: 0, beyond: false });
  expect(meanTrend(one, high)).toBeUndefined();
  const [same, other] = [mean([4, 4]), mean([5, 5])];
  if (!same || !other) throw new Error('nobody');
  expect(meanTrend(other, same)).toEqual({ change: 1, interval: { low: 1, high: 1 }, beyond: true });
  expect(meanTrend(same, same)?.beyond).toBe(false);
});

test('DORA: buckets score 0 to 10, percentages are turned round, what is not known is left out', () => {
  expect(doraScore({ lead: 6, frequency: 6, recovery: 6, failure: 0, rework: 0 })).toEqual({
    metrics: { lead: 10, frequency: 10, recovery: 10, failure: 10, rework: 10 },
    throughput: 10,
    stability: 10,
    overall: 10,
  });
  expect(doraScore({ lead: 1, frequency: 1, recovery: 1, failure: 100, rework: 100 }).overall).toBe(0);
  const some = doraScore({ lead: 4, failure: 15 });
  expect(some.metrics).toEqual({ lead: 6, failure: 8.5 });
  expect(some.throughput).toBe(6);
  expect(some.stability).toBe(8.5);
  expect(some.overall).toBe(7.25);
  expect(doraScore({})).toEqual({ metrics: {} });
});

test('the benchmark of 2025 agrees with itself', () => {
  const { lead, frequency, recovery, failure, rework, overall } = doraBenchmark2025;
  expect((lead + frequency + recovery + failure + rework) / 5).toBeCloseTo(overall, 2);
});

test('every bucket runs from 1, the worst, to 6, and measured values fall into the one that says so', () => {
  for (const buckets of Object.values(doraBuckets)) expect(buckets.map((b) => b.value)).toEqual([1, 2, 3, 4, 5, 6]);
  const hours = 3600;
  const days = 24 * hours;
  expect([60, hours, 25 * hours, 8 * days, 40 * days, 200 * days].map(timeBucket)).toEqual([6, 5, 4, 3, 2, 1]);
  expect([3, 1, 0.5, 1 / 10, 1 / 60, 1 / 400, 0].map(frequencyBucket)).toEqual([6, 5, 4, 3, 2, 1, 1]);
});
