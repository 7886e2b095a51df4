import { readFileSync, writeFileSync } from 'node:fs';
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
  /** By how many milliseconds it was set ahead. */
  ahead(): number;
  /** Sets it ahead. What waits for a length of time goes on waiting for it; what waits for a moment finds that it has come. */
  jump(ms: number): void;
};

function keptIn(file: string): number {
  try {
    const kept = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(kept) && kept > 0 ? kept : 0;
  } catch {
    return 0;
  }
}

/**
 * The playground's, in which a week can be over at once. What the bot remembers is of that time, and what it plans comes
 * then: so the next start goes on from there, by a file beside it.
 */
export function settable(clock: Clock, file: string): SettableClock {
  let ahead = keptIn(file);
  return {
    now: () => new Date(clock.now().getTime() + ahead),
    after: (ms, run) => clock.after(ms, run),
    ahead: () => ahead,
    jump(ms) {
      writeFileSync(file, String(ahead + ms));
      ahead += ms;
    },
  };
}
