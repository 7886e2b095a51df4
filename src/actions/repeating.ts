import type { Clock } from './clock.ts';

/** Does something at `start`, and again each time so many milliseconds after it was done. The work may not throw. */
export function repeating(clock: Clock, everyMs: number, work: () => Promise<void>) {
  let cancel = () => {};
  let stopped = false;
  async function start(): Promise<void> {
    await work();
    if (!stopped) cancel = clock.after(everyMs, () => void start());
  }
  return {
    /** Resolves when it was done once. */
    start,
    stop(): void {
      stopped = true;
      cancel();
    },
  };
}
