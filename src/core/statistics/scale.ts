import { type Interval, wilson } from './interval.ts';

export type Share = { readonly hits: number; readonly n: number; readonly share: number; readonly interval: Interval };
export type Mean = { readonly n: number; readonly mean: number; readonly deviation: number };

/** `undefined` when there is nobody to divide by. */
export function share(hits: number, n: number): Share | undefined {
  const interval = wilson(hits, n);
  return interval && { hits, n, share: hits / n, interval };
}

/** How many chose each option, in the order of the options; options that nobody chose are there with 0. */
export const distribution = <T>(
  options: readonly T[],
  answers: readonly T[],
): readonly { readonly option: T; readonly count: number }[] =>
  options.map((option) => ({ option, count: answers.filter((a) => a === option).length }));

/** The share of the two best of `options` (worst first) among the answers: Likert’s top-2-box. */
export const topTwoBox = (options: readonly number[], answers: readonly number[]): Share | undefined => {
  const best = new Set(options.toSorted((a, b) => a - b).slice(-2));
  return share(answers.filter((a) => best.has(a)).length, answers.length);
};

/** Mean and sample standard deviation, which is 0 for a single answer. */
export function mean(answers: readonly number[]): Mean | undefined {
  const n = answers.length;
  if (n === 0) return undefined;
  const middle = answers.reduce((sum, a) => sum + a, 0) / n;
  const squares = answers.reduce((sum, a) => sum + (a - middle) ** 2, 0);
  return { n, mean: middle, deviation: n === 1 ? 0 : Math.sqrt(squares / (n - 1)) };
}
