/** `perMinute` on average, `burst` at once. */
export type Rate = { readonly perMinute: number; readonly burst: number };
/** `leave`: so many tokens are left to others, and who asks like this is behind all who do not. */
export type Want = { readonly key: string; readonly rate: Rate; readonly leave?: number };

export type Limiter = {
  /**
   * Takes one token of each, or none: 0 when it may go, else the milliseconds after which to ask again. Who names itself
   * by an id has its turn then: near ones are kept for it, and those further away are spread, so that thousands that wait
   * do not come back at the same moment, and one that comes late need not wait behind them all.
   */
  take(wants: readonly Want[], id?: string): number;
  /** Slack said 429: nothing passes this bucket for so long, whatever it holds. */
  pause(key: string, ms: number): void;
};

/**
 * `tokens` is below zero when some are promised. `last` is when the last of those that wait was told to come: of those that
 * leave some to others, and of those that do not, so that the latter do not wait behind the former.
 */
type Bucket = {
  tokens: number;
  at: number;
  closedUntil: number;
  readonly last: { leaving: number; taking: number };
  readonly rate: Rate;
};
type Asked = { readonly bucket: Bucket; readonly leave: number };

/** How far ahead a turn is kept: what comes meanwhile waits so long at most. */
const promiseMs = 2_000;
/** How far ahead those that wait are spread at most. */
const farthestMs = 3_600_000;
/** How long a turn is kept for who does not come. */
const keptMs = 60_000;

/** Buckets beyond which the full ones are forgotten: a workspace has more people than we write to at once. */
const keep = 5_000;

/** Token buckets on the injected clock. Nothing waits here: the caller is told how long to. */
export function createLimiter(clock: { now(): Date }): Limiter {
  const buckets = new Map<string, Bucket>();
  const promised = new Map<string, number>();

  const filled = (bucket: Bucket, now: number): number =>
    Math.min(bucket.rate.burst, bucket.tokens + (Math.max(0, now - bucket.at) * bucket.rate.perMinute) / 60_000);

  const refilled = ({ key, rate, leave = 0 }: Want, now: number): Asked => {
    const bucket = buckets.get(key) ?? {
      tokens: rate.burst,
      at: now,
      closedUntil: 0,
      last: { leaving: 0, taking: 0 },
      rate,
    };
    bucket.tokens = filled(bucket, now);
    bucket.at = now;
    buckets.set(key, bucket);
    return { bucket, leave };
  };

  const wait = ({ bucket, leave }: Asked, now: number): number => {
    // A hair under one token is one: the last binary digit must not cost a whole round.
    const missing = Math.max(0, 1 + leave - 1e-6 - bucket.tokens);
    return Math.max(Math.ceil((missing * 60_000) / bucket.rate.perMinute), bucket.closedUntil - now, 0);
  };

  const prune = (now: number) => {
    for (const [id, at] of promised) {
      if (at + keptMs > now) break;
      promised.delete(id);
    }
    if (buckets.size <= keep) return;
    for (const [key, bucket] of buckets)
      if (filled(bucket, now) >= bucket.rate.burst && bucket.closedUntil <= now) buckets.delete(key);
  };

  return {
    take(wants, id) {
      const now = clock.now().getTime();
      prune(now);
      const asked = wants.map((want) => refilled(want, now));
      const turn = id === undefined ? undefined : promised.get(id);
      if (id !== undefined && turn !== undefined) {
        const left = Math.max(0, turn - now, ...asked.map(({ bucket }) => bucket.closedUntil - now));
        if (left === 0) promised.delete(id);
        return Math.min(left, Math.max(promiseMs, ...asked.map(({ bucket }) => bucket.closedUntil - now)));
      }
      const waits = asked.map((one) => wait(one, now));
      const longest = Math.max(0, ...waits);
      // Who leaves some to others is promised nothing: what it would wait for may be taken by them.
      const leaves = asked.some(({ leave }) => leave > 0);
      if (longest === 0 || (id !== undefined && !leaves && longest <= promiseMs)) {
        for (const { bucket } of asked) bucket.tokens -= 1;
        if (id !== undefined && longest > 0) promised.set(id, now + longest);
        return longest;
      }
      const slowest = asked[waits.indexOf(longest)];
      if (id === undefined || !slowest) return longest;
      const { last, rate } = slowest.bucket;
      const kind = leaves ? 'leaving' : 'taking';
      last[kind] = Math.max(Math.min(last[kind], now + farthestMs) + 60_000 / rate.perMinute, now + longest);
      return Math.ceil(last[kind] - now);
    },
    pause(key, ms) {
      const bucket = buckets.get(key);
      if (bucket) bucket.closedUntil = Math.max(bucket.closedUntil, clock.now().getTime() + ms);
    },
  };
}
