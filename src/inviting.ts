import type { Log } from './core/kernel/log.ts';
import type { Engine } from './engine/engine.ts';
import type { Clock } from './engine/ports.ts';

/** How soon somebody who signed up has the mail. */
const everyMs = 20_000;

/**
 * Looks again and again for people who are owed an invitation, wherever their place was changed. Every process may: what
 * is owed is noted in the transaction that writes the mail, one process after the other.
 */
export function startInviting(parts: {
  readonly from: { readonly name: string; readonly email: string };
  readonly owing: (now: Date) => Promise<boolean>;
  readonly report: Engine['report'];
  readonly clock: Clock;
  readonly log: Log;
}): { stop(): void } {
  const { from, owing, report, clock, log } = parts;
  let cancel = () => {};
  let stopped = false;
  async function look(): Promise<void> {
    try {
      const at = clock.now();
      const delivery = `invitations/${crypto.randomUUID()}`;
      if (await owing(at)) await report({ kind: 'observed', what: 'invitations.look', input: from, at, delivery });
    } catch (error) {
      log.warn({ err: error }, 'could not look for invitations that are owed');
    }
    if (!stopped) next();
  }
  const next = () => {
    cancel = clock.after(everyMs, () => void look());
  };
  next();
  return {
    stop() {
      stopped = true;
      cancel();
    },
  };
}
