import {
  type AccountId,
  type Action,
  type Delivered,
  type Inbound,
  type Json,
  type Platform,
  type PlatformName,
  Problem,
} from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { channelOf, createAddressing, type Move, type Said } from './addressing.ts';
import { isAway } from './faults.ts';
import type { Metrics } from './metrics.ts';
import { namesIn } from './names.ts';
import type { Clock, LaneHead, Parcel, Store } from './ports.ts';
import { takingTurns } from './queued.ts';

/** How long a claim holds: longer than any call to a platform may take. That of an action is renewed while it runs. */
const leaseSeconds = 60;
const renewMs = 20_000;
/** How long a mark is tried that the database did not take: as long as the claim keeps others away. */
const markMs = 45_000;
/**
 * How many lanes use the database at once. They wait for platforms most of the time; when many go on at the same moment,
 * whoever types a command would wait behind them all.
 */
const storingAtOnce = 2;
const turnMs = 1_000;
/** What was delivered and could not be marked by then is remembered, for so many at most. */
const unmarkedMost = 1_000;
/** After that a message is no news any more. */
const giveUpMs = 24 * 3_600_000;
/** How long we wait when a platform refuses our credentials, or is not set up in this process. */
const parkedMs = 30_000;
const firstBackoffMs = 500;
const longestBackoffMs = 60_000;

/** Doubles from half a second to a minute, with a spread so that many lanes do not come back at once. */
export const backoff = (tries: number, spread: number): number =>
  Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(tries, 10)) * (0.75 + spread / 2);

/** What was thrown is tried again; what no platform of ours can do waits until one can. */
function failed(error: unknown): Delivered {
  if (error instanceof Problem)
    return error.code === 'platform_absent'
      ? { is: 'parked', why: error.message }
      : { is: 'later', unknown: true, why: `${error.code}: ${error.message}` };
  return { is: 'later', unknown: true, why: error instanceof Error ? error.name : 'failed' };
}

type Done = Extract<Delivered, { is: 'done' }>;

type Parts = {
  readonly store: Store;
  readonly platforms: ReadonlyMap<PlatformName, Platform>;
  readonly actions: ReadonlyMap<string, Action>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Reports back through the one door; rejects when it was not committed. */
  readonly report: (inbound: Inbound) => Promise<void>;
  readonly wake: (heads: readonly LaneHead[]) => void;
  /** The process is about to end. */
  readonly stopping: () => boolean;
};

/** Delivers what the outbox holds, one lane at a time, in order. */
export function createRelay(parts: Parts) {
  const { store, platforms, actions, clock, log, metrics } = parts;
  const { outbox } = store.direct;
  const people = store.direct.features.people;
  const inTurn = takingTurns(storingAtOnce, turnMs, clock);
  const addressOf = createAddressing({ platforms, people });

  type Sent = (Delivered & { readonly account?: AccountId }) | Move;
  async function send(parcel: Said): Promise<Sent> {
    const addressed = await addressOf(parcel);
    if ('move' in addressed) return addressed;
    if ('instead' in addressed) return addressed.instead;
    const { platform, outgoing } = addressed;
    const account = outgoing.kind === 'direct' ? { account: outgoing.account } : {};
    // A try whose answer was lost may have been carried out: look before posting a second time.
    const found = parcel.unsure ? await platform.find?.(outgoing, parcel.firstTry) : undefined;
    const delivered = found ?? (await platform.deliver(outgoing, await namesIn([parcel.view], people)));
    metrics.deliveries.inc({ platform: platform.name, kind: parcel.kind, result: found ? 'found' : delivered.is });
    return { ...delivered, ...account };
  }

  /** Keeps the claim of what may take minutes. When it is lost all the same, another runs it by the same key. */
  function hold(parcel: Parcel): () => void {
    let cancel = () => {};
    const beat = () => {
      cancel = clock.after(renewMs, () => {
        beat();
        outbox
          .renew(parcel, leaseSeconds)
          .catch((error: unknown) => log.warn({ seq: parcel.seq, err: error }, 'a claim could not be renewed'));
      });
    };
    beat();
    return () => cancel();
  }

  const pause = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));

  /**
   * Writes down what became of a delivery. What is not marked would be sent again, and a claim that is not given back holds
   * up its lane until it runs out, so a database that is away for a moment is not given up at once.
   */
  async function written(parcel: Parcel, write: () => Promise<unknown>, failed = () => {}): Promise<void> {
    const began = clock.now().getTime();
    for (let tries = 0; ; tries += 1) {
      try {
        await inTurn(write);
        return;
      } catch (error) {
        failed();
        if (parts.stopping() || clock.now().getTime() - began > markMs) throw error;
        log.warn({ seq: parcel.seq, err: error }, 'what became of a delivery could not be marked yet');
        // A connection that was lost is replaced at once; a database that is away takes longer.
        if (tries > 0) await pause(backoff(tries, parts.random()));
      }
    }
  }

  /**
   * A database that is away for long: when it is back, what this process delivered is marked rather than sent again. One
   * that lost its last moments over it, in a fail-over, may give a row's number to another.
   */
  const unmarked = new Map<string, Done>();
  const rowOf = ({ seq, lane, key, delivery }: Parcel): string => JSON.stringify([seq, lane, key, delivery]);
  function remember(parcel: Parcel, delivered: Done): void {
    unmarked.delete(rowOf(parcel));
    const [oldest] = unmarked.keys();
    if (unmarked.size >= unmarkedMost && oldest !== undefined) unmarked.delete(oldest);
    unmarked.set(rowOf(parcel), delivered);
  }

  /** Marks what the platform has confirmed. */
  async function mark(parcel: Parcel, delivered: Done): Promise<void> {
    const done = () => outbox.done(parcel, delivered, clock.now());
    await written(parcel, done, () => remember(parcel, delivered));
    unmarked.delete(rowOf(parcel));
  }

  /** Runs an action and hands its outcome to the door, which drops a second one. */
  async function act(parcel: Extract<Parcel, { kind: 'act' }>): Promise<Delivered> {
    const action = actions.get(parcel.action);
    if (!action) return { is: 'refused', why: `there is no action ${parcel.action}` };
    const release = hold(parcel);
    let result: Json;
    try {
      result = await action.run(parcel.input, parcel.key);
    } finally {
      release();
    }
    const at = clock.now();
    await parts.report({
      kind: 'outcome',
      of: parcel.action,
      key: parcel.key,
      result,
      at,
      delivery: `outcome/${parcel.seq}`,
    });
    return { is: 'done' };
  }

  /** Tells what was found out. Whoever listens may fail over it, and must not hold up the lane for ever. */
  async function tell(inbound: Inbound): Promise<void> {
    try {
      await parts.report(inbound);
    } catch (error) {
      if (isAway(error)) throw error;
      log.error({ delivery: inbound.delivery, err: error }, 'nobody could be told what was found out');
    }
  }
  const observe = (what: string, input: Json, delivery: string): Promise<void> =>
    tell({ kind: 'observed', what, input, at: clock.now(), delivery });

  /** An action that is not tried any more has an outcome, too: somebody waits for it. */
  async function giveUp(
    { action: name, input, key, seq }: Extract<Parcel, { kind: 'act' }>,
    why: string,
  ): Promise<void> {
    const action = actions.get(name);
    const at = clock.now();
    if (!action?.gaveUp) return observe('action.gave-up', { action: name, why }, `action.gave-up/${seq}`);
    const result = await action.gaveUp(input, why);
    await tell({ kind: 'outcome', of: name, key, result, at, delivery: `outcome/${seq}` });
  }

  type Next = 'go on' | 'come back';
  type How<K extends Delivered['is']> = (
    parcel: Parcel,
    delivered: Extract<Delivered, { is: K }> & { readonly account?: AccountId },
  ) => Promise<Next>;
  const after = (ms: number) => new Date(clock.now().getTime() + ms);

  const conclude: { readonly [K in Delivered['is']]: How<K> } = {
    done: async (parcel, delivered) => {
      await mark(parcel, delivered);
      return 'go on';
    },
    later: async (parcel, delivered) => {
      if (clock.now().getTime() - parcel.firstTry.getTime() > giveUpMs) {
        log.error({ delivery: parcel.delivery, seq: parcel.seq, why: delivered.why }, 'gave up a delivery after a day');
        if (parcel.kind === 'act') await giveUp(parcel, delivered.why);
        await written(parcel, () => outbox.end(parcel, 'refused', delivered.why, clock.now()));
        return 'go on';
      }
      const wait = delivered.after ?? backoff(parcel.tries, parts.random());
      const unsure = parcel.unsure || delivered.unknown === true;
      await written(parcel, () => outbox.postpone(parcel, after(wait), delivered.why, { unsure }));
      return 'come back';
    },
    parked: async (parcel, delivered) => {
      // However long this takes: the day in which it may be tried begins when we have access again.
      await written(parcel, () =>
        outbox.postpone(parcel, after(parkedMs), delivered.why, { unsure: parcel.unsure, anew: true }),
      );
      return 'come back';
    },
    gone: async (parcel, delivered) => {
      const { what, why, account } = delivered;
      const stamp = clock.now().toISOString().slice(0, 10);
      if (what === 'message' && parcel.kind === 'edit' && !parcel.leave) await outbox.again(parcel, clock.now());
      const channel = what === 'place' ? channelOf(parcel) : undefined;
      if (channel) await observe('place.gone', { place: channel, why }, `place.gone/${channel}/${stamp}`);
      if (what === 'person' && account) {
        await observe('account.gone', { account }, `account.gone/${account}/${parcel.seq}`);
        // The same person may be reached on their other platform.
        await outbox.postpone(parcel, clock.now(), why, { unsure: false });
        return 'go on';
      }
      // A copy that somebody deleted, and that was to stay away then.
      const left = what === 'message' && parcel.kind === 'edit' && parcel.leave === true;
      await outbox.end(parcel, left ? 'left' : 'gone', why, clock.now());
      return 'go on';
    },
    refused: async (parcel, delivered) => {
      log.error(
        { delivery: parcel.delivery, seq: parcel.seq, key: parcel.key, why: delivered.why },
        'delivery refused',
      );
      await written(parcel, () => outbox.end(parcel, 'refused', delivered.why, clock.now()));
      return 'go on';
    },
  };

  async function one(parcel: Parcel): Promise<Next> {
    let delivered: Delivered & { readonly account?: AccountId };
    try {
      const sent = unmarked.get(rowOf(parcel)) ?? (parcel.kind === 'act' ? await act(parcel) : await send(parcel));
      if ('move' in sent) {
        parts.wake(await outbox.move(parcel, sent.person, sent.move));
        return 'go on';
      }
      delivered = sent;
    } catch (error) {
      delivered = failed(error);
      if (!(error instanceof Problem))
        log.warn({ delivery: parcel.delivery, seq: parcel.seq, err: error }, 'delivery failed');
    }
    if (delivered.is !== 'done')
      log.info({ delivery: parcel.delivery, seq: parcel.seq, is: delivered.is, why: delivered.why }, 'not delivered');
    return (conclude[delivered.is] as How<Delivered['is']>)(parcel, delivered);
  }

  return {
    /** Empties a lane as far as it goes; returns when it wants to be seen again, if it does. */
    async drain(lane: string): Promise<Date | undefined> {
      // Thousands may wait in one lane: the process that stops leaves them to the next.
      while (!parts.stopping()) {
        const claimed = await inTurn(async () =>
          parts.stopping() ? undefined : outbox.claim(lane, clock.now(), leaseSeconds),
        );
        if (!claimed) return undefined;
        if ('next' in claimed) return claimed.next;
        await one(claimed);
      }
      return undefined;
    },
  };
}
