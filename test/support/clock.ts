import type { Clock } from '../../src/engine/ports.ts';

/**
 * How long one side of a conversation waits for the other, in real milliseconds, where a test is not about that: both are
 * here, and only a busy machine is slow. Less than the limit of a test.
 */
export const patienceMs = 60_000;
export const patient = { bulk: patienceMs, interactive: patienceMs } as const;

/** A clock that stands still until it is moved; timers run in their order while it moves. */
export function virtualClock(start = '2026-03-02T09:00:00Z') {
  let now = Date.parse(start);
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  const clock: Clock = {
    now: () => new Date(now),
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((t) => t !== timer);
      };
    },
  };
  return {
    ...clock,
    /** Moves on, running what falls due on the way. */
    async pass(ms: number): Promise<void> {
      const end = now + ms;
      for (;;) {
        const next = timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((t) => t !== next);
        now = Math.max(now, next.at);
        next.run();
        await new Promise((resolve) => setImmediate(resolve));
      }
      now = end;
    },
    /** Jumps, as a clock that is set does: nothing runs. */
    jump(ms: number): void {
      now += ms;
    },
    waiting: () => timers.length,
  };
}
