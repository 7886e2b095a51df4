import type { Log } from './core/kernel/log.ts';
import { definitions } from './core/metrics/definitions.ts';
import { monthsBefore, readings, readReport } from './core/metrics/report.ts';
import type { MetricsStore } from './core/metrics/store.ts';
import type { Settings } from './core/settings.ts';
import type { Metrics } from './engine/metrics.ts';

/** The platform’s numbers change slowly, and Prometheus asks often. */
const freshMs = 5 * 60_000;
/** A quarter, about: the same as `metrics` shows to whoever asks without a time. */
const months = 2;

type Parts = {
  readonly store: MetricsStore;
  readonly metrics: Metrics;
  readonly settings: () => Settings;
  readonly now: () => Date;
  readonly log: Log;
};

/** Brings the platform’s numbers in `/metrics` up to date, when they are older than some minutes. Never rejects. */
export function createFigures({ store, metrics, settings, now, log }: Parts): () => Promise<void> {
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const at = now();
    const report = await readReport(store, { since: monthsBefore(at, months), until: at }, settings().metrics.smallest);
    metrics.figure.reset();
    // What is hidden or did not happen has no sample: 0 would be a number.
    for (const [id, figure] of readings(report))
      if (figure.is === 'read') metrics.figure.set({ figure: id, source: definitions[id].source }, figure.value);
    metrics.pathRequests.reset();
    for (const { path, requests } of report.paths) if (requests !== null) metrics.pathRequests.set({ path }, requests);
  }

  return async () => {
    if (now().getTime() - readAt < freshMs) return;
    readAt = now().getTime();
    reading ??= read()
      // What was read before stays: the probes tell that the database is away.
      .catch((err: unknown) => log.warn({ err }, 'the platform’s numbers can’t be read for /metrics'))
      .finally(() => {
        reading = undefined;
      });
    await reading;
  };
}
