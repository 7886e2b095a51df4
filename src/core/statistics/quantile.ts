/** The value under which the share `q` of `values` lies, between two of them where need be (as spreadsheets do). */
export function quantile(values: readonly number[], q: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * Math.min(1, Math.max(0, q));
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number | undefined => quantile(values, 0.5);

/** Fewer than this, and “nine of ten took less” is the slowest one or none at all. */
const tail = 10;
export type Durations = { readonly n: number; readonly median: number; readonly p90?: number };

/** In the unit that came in. Durations have long tails, so no mean. */
export function durations(values: readonly number[]): Durations | undefined {
  const middle = median(values);
  if (middle === undefined) return undefined;
  const p90 = values.length < tail ? undefined : quantile(values, 0.9);
  return { n: values.length, median: middle, ...(p90 === undefined ? {} : { p90 }) };
}
