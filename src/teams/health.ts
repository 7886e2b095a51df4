import type { Health } from '../core/kernel/index.ts';
import type { Targeted } from './reply.ts';
import type { KeysState } from './signing-keys.ts';

/** Milliseconds that a look at the token is good for, and that a caller waits for one. */
const goodFor = 5 * 60_000;
const badFor = 30_000;
const patience = 5_000;

export type HealthParts = {
  readonly clock: { now(): Date };
  readonly token?: () => Promise<string>;
  readonly keys?: () => KeysState;
  readonly targeted: Targeted;
  readonly access?: Acceptance;
};

/** What Teams said of our token at the last delivery, when it did not take it: everything waits until it does. */
export type Acceptance = { refused?: string };

/** Whether Teams can be served: a token of our own can be had, and theirs can be checked. */
export function createHealth({ clock, token, keys, targeted, access }: HealthParts): () => Promise<Health> {
  let last: { readonly at: number; readonly why?: string } | undefined;
  let flight: Promise<void> | undefined;

  function look(): Promise<void> {
    flight ??= (token?.() ?? Promise.resolve(''))
      .then(
        () => {
          last = { at: clock.now().getTime() };
        },
        (error: unknown) => {
          last = { at: clock.now().getTime(), why: error instanceof Error ? error.message : 'no token' };
        },
      )
      .finally(() => {
        flight = undefined;
      });
    return flight;
  }

  /** The reason why there is no token; undefined when there is one. */
  async function missing(): Promise<string | undefined> {
    const age = last ? clock.now().getTime() - last.at : Number.POSITIVE_INFINITY;
    if (age >= 0 && age < (last?.why === undefined ? goodFor : badFor)) return last?.why;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(true), patience);
    });
    const tooLate = await Promise.race([look().then(() => false), late]);
    clearTimeout(timer);
    return tooLate ? 'Microsoft Entra has not answered yet, so there is no token to call Teams with' : last?.why;
  }

  return async () => {
    const why = token && (await missing());
    if (why !== undefined) return { ok: false, why };
    if (access?.refused !== undefined) return { ok: false, why: access.refused };
    const published = keys?.();
    // With no key at all nobody can be let in; with old ones the known keys still serve.
    if (published?.failure !== undefined && published.keys === 0)
      return { ok: false, why: `the keys of the Bot Connector service cannot be fetched: ${published.failure}` };
    const degraded = [
      ...(published?.failure === undefined ? [] : [`fresh signing keys (${published.failure})`]),
      ...(targeted.supported === false ? ['targeted messages: private answers go to the 1:1 chat'] : []),
    ];
    return { ok: true, ...(degraded.length > 0 ? { degraded } : {}) };
  };
}
