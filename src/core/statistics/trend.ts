import { type Interval, z95 } from './interval.ts';
import type { Nps } from './nps.ts';
import type { Mean, Share } from './scale.ts';

/**
 * Against an earlier run. `beyond`: 0 is outside the interval of the difference, so it is a change and not chance;
 * everything else is said to be within the margin, whatever it looks like.
 */
export type Trend = { readonly change: number; readonly interval: Interval; readonly beyond: boolean };

const trend = (change: number, low: number, high: number): Trend => ({
  change,
  interval: { low, high },
  beyond: low > 0 || high < 0,
});

export function npsTrend(now: Nps, before: Nps): Trend {
  const reach = z95 * Math.hypot(now.error, before.error);
  const change = now.score - before.score;
  return trend(change, change - reach, change + reach);
}

/** Newcombe’s interval from the two of Wilson: holds where a share is near 0 or 1, and where few answered. */
export function shareTrend(now: Share, before: Share): Trend {
  const change = now.share - before.share;
  return trend(
    change,
    change - Math.hypot(now.share - now.interval.low, before.interval.high - before.share),
    change + Math.hypot(now.interval.high - now.share, before.share - before.interval.low),
  );
}

/** Student’s t at 97.5 % for 1 to 30 degrees of freedom. Beyond that the normal distribution is off by 4 % at most. */
const student = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Welch: the two runs may scatter differently. `undefined` when one has fewer than two answers, which do not scatter. */
export function meanTrend(now: Mean, before: Mean): Trend | undefined {
  if (now.n < 2 || before.n < 2) return undefined;
  const a = now.deviation ** 2 / now.n;
  const b = before.deviation ** 2 / before.n;
  const change = now.mean - before.mean;
  if (a + b === 0) return trend(change, change, change);
  const freedom = Math.floor((a + b) ** 2 / (a ** 2 / (now.n - 1) + b ** 2 / (before.n - 1)));
  const reach = (student[Math.max(freedom, 1) - 1] ?? z95 * 1.02) * Math.sqrt(a + b);
  return trend(change, change - reach, change + reach);
}
