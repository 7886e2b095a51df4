import { clusterLeft } from './core/incidents/seen.ts';
import type { Watches } from './core/incidents/store.ts';
import type { Inbound } from './core/kernel/index.ts';
import type { Log } from './core/kernel/log.ts';
import type { Clock } from './engine/ports.ts';

/**
 * In milliseconds. A process judges nothing before it has run for so long: after a time when nothing ran, whoever leads a
 * cluster has taken it up again by then.
 */
const firstMs = 10 * 60_000;
const againMs = 5 * 60_000;

type Parts = {
  /** The contexts of our own clusters; undefined while one is not known. */
  readonly own: () => readonly (string | undefined)[];
  readonly watches: Pick<Watches, 'deserted'>;
  readonly report: (inbound: Inbound) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
};

/** Tells of clusters that no process follows any more, so that what is open there does not stay so for ever. */
export function tellDeserted({ own, watches, report, clock, log }: Parts): { stop(): Promise<void> } {
  async function tell(): Promise<void> {
    const ours = own();
    // One whose kubeconfig can’t be read is followed by nobody, and is ours all the same.
    if (ours.includes(undefined)) return;
    for (const cluster of await watches.deserted()) {
      if (ours.includes(cluster)) continue;
      log.warn({ cluster }, 'nobody looks at a cluster any more; what is open there ends');
      const delivery = `${clusterLeft}/${cluster}/${crypto.randomUUID()}`;
      await report({ kind: 'observed', what: clusterLeft, input: { cluster }, at: clock.now(), delivery });
    }
  }
  let under: Promise<void> = Promise.resolve();
  let stopped = false;
  let cancel = () => {};
  const next = (ms: number) => {
    cancel = clock.after(ms, () => {
      under = tell()
        .catch((error: unknown) => log.warn({ err: error }, 'clusters that nobody looks at could not be told'))
        .then(() => {
          if (!stopped) next(againMs);
        });
    });
  };
  next(firstMs);
  return {
    async stop() {
      stopped = true;
      cancel();
      await under;
    },
  };
}
