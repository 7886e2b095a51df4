import type { Api } from './api.ts';
import { createBackoff } from './backoff.ts';
import { type Kind, pathOf } from './kinds.ts';
import { type Obj, pages } from './list.ts';
import { project, type Share } from './project.ts';
import { type Ended, stream } from './stream.ts';

export type Clock = {
  now(): Date;
  /** Calls back once after some milliseconds; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
};

/** What became of an object; after a list only what differs from before is told. */
export type Change = { readonly type: 'set' | 'gone'; readonly object: Obj; readonly before?: Obj };

/** Where following stands: for /readyz, and for those who wait for it. */
export type State =
  | { readonly at: 'listing' }
  | { readonly at: 'watching'; readonly version: string }
  | { readonly at: 'waiting'; readonly ms: number; readonly why: string }
  /** It can be listed, and not watched: it is listed again and again, for this reason. */
  | { readonly at: 'polling'; readonly ms: number; readonly why: string }
  /** The cluster does not have this kind; it is asked again now and then. */
  | { readonly at: 'absent'; readonly ms: number };
type Pause = Extract<State, { readonly ms: number }>;

/** Where what is known of this kind is kept: it tells changes, and what is gone since. */
export type Known = {
  get(namespace: string, name: string): Obj | undefined;
  all(): Iterable<Obj>;
};

export type Following = {
  readonly kind: Kind;
  readonly namespace?: string;
  readonly clock: Clock;
  /** Kept up to date by `onChange`. */
  readonly known: Known;
  readonly random: () => number;
  readonly share?: Share;
  readonly onChange: (change: Change) => void;
  readonly onState?: (state: State) => void;
  /** All up to this version of the cluster is known. */
  readonly onVersion?: (version: string) => void;
  /**
   * The server answers a watch: what it has to tell will be told. `anew`: over another connection than before, at the end of
   * which there may be another server.
   */
  readonly onOpen?: (anew: boolean) => void;
  /** The first list is through: what is not there does not exist. */
  readonly onSynced?: () => void;
  /** Who listens has thrown: following goes on. */
  readonly onFault?: (error: unknown) => void;
};

/**
 * In milliseconds. A watch is asked to end by itself after 24 to 27 s; one that has said nothing for 29 s is half open,
 * and is given up: a server that is cut off says nothing either, and what happened meanwhile is read from where we were.
 */
const turn = { least: 24, spread: 3 };
const silence = 29_000;
/** A kind that is not there, such as the Gateway API, may be installed later. */
const again = 300_000;
/** After so many watches in a row that said nothing at all it is listed instead, no more often than this (ms). */
const enough = 3;
const polling = 10_000;
const tooQuiet = 'it has said nothing for too long';
const unreadable = 'what it tells can’t be read, or is an error';

/**
 * Follows one kind: a list in pages, then a watch from its version on. After whatever error it goes on where it was;
 * when that is too long ago (410) it lists once and tells the differences.
 */
export function follow(api: Api, following: Following): { readonly stop: () => void } {
  const { kind, namespace, clock, random, share, known, onChange, onState, onVersion, onSynced, onFault } = following;
  const { onOpen } = following;
  const backoff = createBackoff(random);
  let version = '';
  let synced = false;
  let stopped = false;
  const leaving = new AbortController();
  let began = 0;
  let relists = 0;
  let futile = 0;
  let cancel: () => void = () => undefined;

  const tell = (change: Change) => {
    try {
      onChange(change);
    } catch (error) {
      onFault?.(error);
    }
  };
  const wait = (state: Pause): Promise<void> =>
    new Promise((resolve) => {
      if (stopped) return resolve();
      const take = clock.after(state.ms, resolve);
      cancel = () => {
        take();
        resolve();
      };
      onState?.(state);
    });

  const at = (object: Obj) => known.get(spaceOf(object), nameOf(object));
  function put(object: Obj): void {
    const before = at(object);
    if (before !== undefined && versionOf(before) === versionOf(object) && uidOf(before) === uidOf(object)) return;
    tell({ type: 'set', object, ...(before === undefined ? {} : { before }) });
  }
  function drop(object: Obj): void {
    const before = at(object);
    if (before !== undefined) tell({ type: 'gone', object: before });
  }
  const reached = (now: string) => {
    if (now === '') return;
    version = now;
    onVersion?.(now);
  };

  async function relist(): Promise<'listed' | Pause> {
    onState?.({ at: 'listing' });
    // What is not told again is gone. Of a first list this holds nothing, where a large cluster takes the most memory.
    const before = new Map([...known.all()].map((object) => [keyOf(object), object]));
    const tellOne = (object: Obj) => {
      before.delete(keyOf(object));
      put(object);
    };
    const listing = await pages(api, kind, namespace, tellOne, share, leaving.signal);
    if (listing === 'expired') return pause('the pages of a list expired');
    if (listing.absent) return absent();
    if (listing.refused !== undefined) return pause(listing.refused, listing.retryAfter);
    for (const object of before.values()) drop(object);
    reached(listing.version);
    if (!synced) onSynced?.();
    synced = true;
    return 'listed';
  }
  function absent(): Pause {
    // Every cluster has what is needed: this is a proxy that does not know the cluster.
    if (kind.needed) return pause('404 it has none of them, so it is no cluster');
    // It may have been taken out, and with it all that there was.
    for (const object of [...known.all()]) drop(object);
    return { at: 'absent', ms: again };
  }
  const pause = (why: string, retryAfter = 0): Pause => ({ at: 'waiting', ms: backoff.next(retryAfter), why });

  function line(text: string): 'expired' | 'broken' | undefined {
    let event: { readonly type?: unknown; readonly object?: unknown };
    try {
      event = JSON.parse(text);
    } catch {
      return 'broken';
    }
    const { type, object } = event;
    if (typeof object !== 'object' || object === null) return 'broken';
    if (type === 'ERROR') return (object as { readonly code?: unknown }).code === 410 ? 'expired' : 'broken';
    const found = project(object as Obj, kind.kind, kind.group, share);
    if (type === 'DELETED') drop(found);
    else if (type === 'ADDED' || type === 'MODIFIED') put(found);
    reached(versionOf(found));
    return undefined;
  }

  /** One watch, until it ends; the answer is what to do next. */
  async function watch(): Promise<'again' | 'list' | Pause> {
    const seconds = Math.round(turn.least + random() * turn.spread);
    const query = `?watch=1&allowWatchBookmarks=true&timeoutSeconds=${seconds}&resourceVersion=${encodeURIComponent(version)}`;
    let verdict: 'expired' | 'broken' | undefined;
    let heard = false;
    let quiet: () => void = () => undefined;
    const watching = stream(
      api.access,
      `${pathOf(kind, namespace)}${query}`,
      (text) => {
        verdict = line(text);
        if (verdict !== undefined) return watching.stop(unreadable);
        backoff.reset();
        futile = 0;
        relists = 1;
      },
      () => {
        heard = true;
        listen();
      },
      kind.namesOnly ? names : undefined,
      onOpen,
    );
    const listen = () => {
      quiet();
      quiet = clock.after(silence, () => watching.stop(tooQuiet));
    };
    listen();
    cancel = () => watching.stop('stopped');
    onState?.({ at: 'watching', version });
    const ended = await watching.ended;
    quiet();
    if (verdict === 'expired' || (ended.how === 'failed' && ended.status === 410)) return 'list';
    return after(ended, heard);
  }
  function after(ended: Ended, heard: boolean): 'again' | Pause {
    if (ended.how === 'failed') {
      // Lines that can be read begin the count anew.
      const unread = [403, 404, 405].includes(ended.status ?? 0) || ended.why === unreadable;
      futile = unread || (!heard && ended.why === tooQuiet) ? futile + 1 : 0;
      return pause(ended.why, ended.retryAfter);
    }
    // A watch that ended when it should goes on at once; one that ends as soon as it has begun would spin.
    const lasted = clock.now().getTime() - began;
    if (lasted < turn.least * 900 && !(heard && lasted >= 1_000)) {
      futile += 1;
      return pause('it ended at once');
    }
    backoff.reset();
    futile = 0;
    return 'again';
  }

  /** Lists until it has a list, but not at once again and again. */
  async function begin(): Promise<void> {
    // One list for one 410; a server that says so again and again is left alone for longer and longer, twice as long as
    // for a watch, since a list is dear.
    if (relists++ > 1) await wait({ at: 'waiting', ms: backoff.next() * 2, why: 'what we had is too long ago' });
    while (!stopped) {
      const state = await relist().catch((error: unknown) =>
        pause(error instanceof Error ? error.message : String(error)),
      );
      if (state === 'listed') return;
      await wait(state);
    }
  }

  async function run(): Promise<void> {
    await begin();
    while (!stopped) {
      began = clock.now().getTime();
      const next = await watch();
      if (stopped) return;
      if (next === 'list') await begin();
      else if (next !== 'again') await without(next);
    }
  }

  /** A watch that is refused again and again, by missing rights or by a proxy, must not make us deaf. */
  async function without(next: Pause): Promise<void> {
    if (futile < enough || next.at !== 'waiting') return wait(next);
    await wait({ at: 'polling', ms: Math.max(polling, next.ms), why: next.why });
    if (stopped) return;
    const state = await relist().catch((error: unknown) => pause(String(error)));
    if (state !== 'listed') await wait(state);
  }
  void run();
  return {
    stop: () => {
      stopped = true;
      leaving.abort();
      cancel();
    },
  };
}

const names = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';

const keyOf = (o: Obj): string => `${spaceOf(o)}/${nameOf(o)}`;
const metaOf = (o: Obj) => (o.metadata ?? {}) as { readonly [key: string]: unknown };
const spaceOf = (o: Obj): string => String(metaOf(o).namespace ?? '');
const nameOf = (o: Obj): string => String(metaOf(o).name ?? '');
const versionOf = (o: Obj): string => String(metaOf(o).resourceVersion ?? '');
const uidOf = (o: Obj): string => String(metaOf(o).uid ?? '');
