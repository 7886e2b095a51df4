import type { AccountId, PlaceId } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import type { Scope } from './activity.ts';

/** What is needed to write to a conversation later. `conversationId` has no thread; channels have it as their id. */
export type Reference = {
  readonly serviceUrl: string;
  readonly tenantId: string;
  readonly conversationId: string;
  readonly conversationType: Scope;
  readonly teamId?: string;
  readonly channelId?: string;
  /** `28:<app id>`. */
  readonly botId: string;
  /** Whose 1:1 chat it is; absent for others. */
  readonly account?: AccountId;
  /** False once Teams said that the bot was removed there. */
  readonly installed: boolean;
  /** When it was only a refusal that said so: then it is tried again after a while, in ISO 8601. */
  readonly doubted?: string;
};

/** A policy, a moment's fault and a removal are refused alike, so what was refused is tried again after this. */
const doubtedMs = 3_600_000;

/** Where references are kept. Calls may reject; the adapter then goes on with what it knows. */
export interface References {
  /** Writes it, or replaces the one that is there. */
  save(place: PlaceId, reference: Reference): Promise<void>;
  find(place: PlaceId): Promise<Reference | undefined>;
  /** The 1:1 chat with a person. */
  direct(account: AccountId): Promise<Reference | undefined>;
  /** Any installed one of a tenant: all of them are reached by way of the same service. */
  any(tenantId: string): Promise<Reference | undefined>;
}

export type Known = { readonly place: PlaceId; readonly reference: Reference };

/** How many conversations and people are kept in mind. */
const keptInMind = 10_000;

/** A map that forgets what was used least lately. */
function createRecent<K, V>(max: number) {
  const entries = new Map<K, V>();
  return {
    get(key: K): V | undefined {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key: K, value: V): void {
      entries.delete(key);
      entries.set(key, value);
      const [oldest] = entries.keys();
      if (entries.size > max && oldest !== undefined) entries.delete(oldest);
    },
    delete: (key: K): boolean => entries.delete(key),
  };
}

const same = (a: Reference, b: Reference): boolean =>
  a.serviceUrl === b.serviceUrl &&
  a.tenantId === b.tenantId &&
  a.conversationId === b.conversationId &&
  a.conversationType === b.conversationType &&
  a.teamId === b.teamId &&
  a.channelId === b.channelId &&
  a.botId === b.botId &&
  a.account === b.account &&
  a.installed === b.installed &&
  a.doubted === b.doubted;

/**
 * The references as the adapter uses them. Every activity brings one and almost none is new, so only a changed one is
 * written, and never before an answer waits for it: what was just learnt is known from memory.
 */
export function createReferenceBook(port: References, log: Log, clock: { now(): Date }) {
  const places = createRecent<PlaceId, Reference>(keptInMind);
  const directs = createRecent<AccountId, Known>(keptInMind);
  /** Where a person was seen last: the directory asks there. */
  const seen = createRecent<AccountId, Reference>(keptInMind);
  const writing = new Set<Promise<void>>();

  function write({ place, reference }: Known): void {
    const done = port.save(place, reference).catch((err: unknown) => {
      // Forgotten again, so that the next activity from there writes it.
      places.delete(place);
      log.warn({ err, place }, 'a conversation reference could not be saved');
    });
    const tracked = done.finally(() => writing.delete(tracked));
    writing.add(tracked);
  }

  async function asked<T>(what: Promise<T | undefined>): Promise<T | undefined> {
    return what.catch((err: unknown) => {
      log.warn({ err }, 'conversation references could not be read');
      return undefined;
    });
  }

  /** What was refused long ago is worth another try. */
  function worthTrying(reference: Reference | undefined): Reference | undefined {
    if (reference?.doubted === undefined || reference.installed) return reference;
    const old = clock.now().getTime() - Date.parse(reference.doubted) >= doubtedMs;
    return old ? { ...reference, installed: true } : reference;
  }

  return {
    /** Keeps a reference. Returns at once. */
    keep(known: Known): void {
      const { place, reference } = known;
      const before = places.get(place);
      if (before && same(before, reference)) return;
      places.set(place, reference);
      if (reference.account) directs.set(reference.account, known);
      write(known);
    },
    saw(account: AccountId, reference: Reference): void {
      seen.set(account, reference);
    },
    seen: (account: AccountId): Reference | undefined => seen.get(account),
    /** Another process may have learnt that the bot is back, so only what works is believed from memory. */
    async find(place: PlaceId): Promise<Reference | undefined> {
      const known = places.get(place);
      return known?.installed ? known : worthTrying((await asked(port.find(place))) ?? known);
    },
    async direct(account: AccountId): Promise<Reference | undefined> {
      const known = directs.get(account)?.reference;
      return known?.installed ? known : worthTrying((await asked(port.direct(account))) ?? known);
    },
    any: (tenantId: string): Promise<Reference | undefined> => asked(port.any(tenantId)),
    /** Teams refuses us there, as if the bot was removed. */
    removed(place: PlaceId, reference: Reference): void {
      this.keep({ place, reference: { ...reference, installed: false, doubted: clock.now().toISOString() } });
    },
    /** A message went through. */
    served({ place, reference: { doubted, ...reference } }: Known): void {
      if (doubted !== undefined) this.keep({ place, reference: { ...reference, installed: true } });
    },
    /** Resolves when everything learnt so far was written. */
    async idle(): Promise<void> {
      await Promise.all(writing);
    },
  };
}
export type ReferenceBook = ReturnType<typeof createReferenceBook>;
