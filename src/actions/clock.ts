/** Now, and later: both virtual in tests. */
export type Clock = {
  now(): Date;
  /** Calls back once after some milliseconds; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
};

/** Resolves after some milliseconds, or as soon as the signal is aborted. */
export function wait(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0 || signal?.aborted) return resolve();
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal?.addEventListener('abort', end);
  });
}
