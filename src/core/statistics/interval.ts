/** Two-sided 95%: what every margin here means. */
export const z95 = 1.959964;

/** Both ends in the unit of the number that they belong to. */
export type Interval = { readonly low: number; readonly high: number };

const clip = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));
export const clipped = (low: number, high: number, floor: number, ceiling: number): Interval => ({
  low: clip(low, floor, ceiling),
  high: clip(high, floor, ceiling),
});

/** Wilson’s score interval of a share, 0 to 1. Unlike the textbook one it is no point at 0 of 5 and at 5 of 5. */
export function wilson(hits: number, n: number): Interval | undefined {
  if (n <= 0) return undefined;
  const p = hits / n;
  const z2 = z95 ** 2;
  const middle = p + z2 / (2 * n);
  const reach = z95 * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  return clipped((middle - reach) / scale, (middle + reach) / scale, 0, 1);
}

/** When (nearly) everybody was asked and answered, little is left to chance: the factor of a census of `population`. */
export const censusFactor = (n: number, population: number | undefined): number =>
  population === undefined || population <= 1 || n >= population
    ? population !== undefined && n >= population
      ? 0
      : 1
    : Math.sqrt((population - n) / (population - 1));

/** How many of `population` must answer for a share within `error` (0.05 is ±5 points); under 80 people that is most. */
export function sampleSize(population: number, error: number): number {
  if (population <= 0) return 0;
  const n0 = (z95 ** 2 * 0.25) / error ** 2;
  return Math.min(population, Math.ceil(n0 / (1 + (n0 - 1) / population)));
}
