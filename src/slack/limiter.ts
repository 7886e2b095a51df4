/** `perMinute` on average, `burst` at once. */
export type Rate = { readonly perMinute: number; readonly burst: number };
export type Want = { readonly key: string; readonly rate: Rate };

export type Limiter = {
  /** Takes one token of each, or none: 0 when it may go, else the milliseconds until all of them have one. */
  take(wants: readonly Want[]): number;
  /** Slack said 429: nothing passes this bucket for so long, whatever it holds. */
  pause(key: string, ms: number): void;
};

type Bucket = { tokens: number; at: number; closedUntil: number; readonly rate: Rate };

/** Buckets beyond which the full ones are forgotten: a workspace has more people than we write to at once. */
const keep = 5_000;

/** Token buckets on the injected clock. Nothing waits here: the caller is told how long to. */
export function createLimiter(clock: { now(): Date }): Limiter {
  const buckets = new Map<string, Bucket>();

  const filled = (bucket: Bucket, now: number): number =>
    Math.min(bucket.rate.burst, bucket.tokens + (Math.max(0, now - bucket.at) * bucket.rate.perMinute) / 60_000);

  const refilled = ({ key, rate }: Want, now: number): Bucket => {
    const bucket = buckets.get(key) ?? { tokens: rate.burst, at: now, closedUntil: 0, rate };
    bucket.tokens = filled(bucket, now);
    bucket.at = now;
    buckets.set(key, bucket);
    return bucket;
  };

  const wait = (bucket: Bucket, now: number): number => {
    // A hair under one token is one: the last binary digit must not cost a whole round.
    const missing = Math.max(0, 1 - 1e-6 - bucket.tokens);
    return Math.max(Math.ceil((missing * 60_000) / bucket.rate.perMinute), bucket.closedUntil - now, 0);
  };

  const prune = (now: number) => {
    if (buckets.size <= keep) return;
    for (const [key, bucket] of buckets)
      if (filled(bucket, now) >= bucket.rate.burst && bucket.closedUntil <= now) buckets.delete(key);
  };

  return {
    take(wants) {
      const now = clock.now().getTime();
      prune(now);
      const asked = wants.map((want) => refilled(want, now));
      const longest = Math.max(0, ...asked.map((bucket) => wait(bucket, now)));
      if (longest === 0) for (const bucket of asked) bucket.tokens -= 1;
      return longest;
    },
    pause(key, ms) {
      const bucket = buckets.get(key);
      if (bucket) bucket.closedUntil = Math.max(bucket.closedUntil, clock.now().getTime() + ms);
    },
  };
}
