import { passingShare, RATES, type RateScope } from './limits.ts';

/** How many keys are kept; one that was quiet for an hour has nothing to remember. */
const keptKeys = 10_000;

/** One call that wants room. Who is `passing` leaves some of it to others. */
type Use = readonly [scope: RateScope, key: string, how?: 'passing'];

/**
 * Teams' published rates as sliding windows on the injected clock: exact, where a bucket would let twice as many through
 * at a window's edge. `key` names a conversation or a tenant.
 */
export function createLimiter(clock: { now(): Date }) {
  const calls = new Map<string, number[]>();
  const held = new Map<string, number>();
  /**
   * When the last of those that wait for a tenant was told to come: they are spread, or most would come for nothing. Those
   * that pass are spread by themselves, so that no other waits behind them.
   */
  const last = new Map<string, number>();

  const keyOf = (scope: RateScope, key: string) => `${scope} ${key}`;
  const longest = (scope: RateScope) => Math.max(...RATES[scope].map(([, seconds]) => seconds)) * 1000;

  function wait([scope, key, how]: Use, now: number): number {
    const times = calls.get(keyOf(scope, key)) ?? [];
    const waits = RATES[scope].map(([most, seconds]) => {
      const first = times.at(-(how === 'passing' ? Math.floor(most * passingShare) : most));
      return first === undefined ? 0 : first + seconds * 1000 - now;
    });
    return Math.max(0, (held.get(keyOf(scope, key)) ?? 0) - now, ...waits);
  }

  function note(scope: RateScope, key: string, now: number): void {
    const full = keyOf(scope, key);
    const times = calls.get(full) ?? [];
    const old = times.findIndex((t) => t > now - longest(scope));
    if (old !== 0) times.splice(0, old < 0 ? times.length : old);
    times.push(now);
    calls.delete(full);
    calls.set(full, times);
    if (calls.size > keptKeys) calls.delete(calls.keys().next().value as string);
  }

  function spread(waiting: string, now: number, ms: number): number {
    const [[most, seconds]] = RATES.tenant;
    const at = Math.max(now + ms, (last.get(waiting) ?? 0) + (seconds * 1000) / most);
    last.set(waiting, at);
    return Math.ceil(at - now);
  }

  return {
    /** Takes one call of each, or none and returns the ms until all have room. */
    take(...uses: readonly Use[]): number {
      const now = clock.now().getTime();
      const ms = Math.max(...uses.map((use) => wait(use, now)));
      if (ms === 0) {
        for (const [scope, key] of uses) note(scope, key, now);
        return 0;
      }
      const slow = uses.find((use) => use[0] === 'tenant' && wait(use, now) === ms);
      return slow === undefined ? ms : spread(slow.join(' '), now, ms);
    },
    /** Counts a call that is not held up, so that the others make room for it. */
    count(...uses: readonly Use[]): void {
      for (const [scope, key] of uses) note(scope, key, clock.now().getTime());
    },
    /** Teams said 429: nothing more for a while. */
    hold(scope: RateScope, key: string, ms: number): void {
      const now = clock.now().getTime();
      for (const [k, until] of held) if (until <= now) held.delete(k);
      held.set(keyOf(scope, key), now + ms);
    },
  };
}
export type Limiter = ReturnType<typeof createLimiter>;
