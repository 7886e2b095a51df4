/** In milliseconds: the first pause, and the longest. */
const first = 1_000;
const longest = 30_000;

/** Longer and longer pauses, each of them by chance, so that many who lost one server do not come back at once. */
export function createBackoff(random: () => number) {
  let tries = 0;
  return {
    /** The next pause in milliseconds; at least as long as the server asked for. */
    next(retryAfterSeconds = 0): number {
      const most = Math.min(longest, first * 2 ** tries);
      tries = Math.min(tries + 1, 10);
      return Math.max(retryAfterSeconds * 1000, Math.round(most / 2 + (random() * most) / 2));
    },
    /** It went well: the next pause is the first again. */
    reset(): void {
      tries = 0;
    },
  };
}
