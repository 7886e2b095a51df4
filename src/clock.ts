import type { Clock } from './engine/ports.ts';

/** The real clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => new Date(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export type SettableClock = Clock & {
  /** Sets it ahead. What waits for a length of time goes on waiting for it; what waits for a moment finds that it has come. */
  jump(ms: number): void;
};

/** The playground's, in which a week can be over at once. */
export function settable(clock: Clock): SettableClock {
  let ahead = 0;
  return {
    now: () => new Date(clock.now().getTime() + ahead),
    after: (ms, run) => clock.after(ms, run),
    jump(ms) {
      ahead += ms;
    },
  };
}
