import { censusFactor, clipped, type Interval, z95 } from './interval.ts';

/**
 * Net promoter score, -100 to 100, with the adjusted Wald interval (MeasuringU after Rocks 2016). `interval` is not
 * centred on `score`: the adjustment pulls it towards 0, which is what keeps ten promoters of ten from being certain.
 */
export type Nps = {
  readonly n: number;
  readonly promoters: number;
  readonly passives: number;
  readonly detractors: number;
  readonly score: number;
  /** Half of the interval’s width before it is clipped. */
  readonly margin: number;
  readonly interval: Interval;
  /** Standard error, in points of the score. */
  readonly error: number;
};

export type NpsCounts = { readonly promoters: number; readonly passives: number; readonly detractors: number };

/** 9 and 10 promote, 0 to 6 detract. Whoever did not know is not in `answers`: a skip must not dilute the score. */
export const npsCounts = (answers: readonly number[]): NpsCounts => ({
  promoters: answers.filter((a) => a >= 9).length,
  passives: answers.filter((a) => a > 6 && a < 9).length,
  detractors: answers.filter((a) => a <= 6).length,
});

/** `undefined` when nobody answered. `population`: how many there are in all, when everybody was asked. */
export function nps(counts: NpsCounts, population?: number): Nps | undefined {
  const { promoters, passives, detractors } = counts;
  const n = promoters + passives + detractors;
  if (n === 0) return undefined;
  const p = (promoters + 0.75) / (n + 3);
  const d = (detractors + 0.75) / (n + 3);
  const error = 100 * Math.sqrt((p + d - (p - d) ** 2) / (n + 3)) * censusFactor(n, population);
  const margin = z95 * error;
  const middle = 100 * (p - d);
  return {
    ...counts,
    n,
    score: (100 * (promoters - detractors)) / n,
    margin,
    interval: clipped(middle - margin, middle + margin, -100, 100),
    error,
  };
}
