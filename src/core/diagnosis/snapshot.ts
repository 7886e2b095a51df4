import { createObjects, kindOf } from './objects.ts';
import { instant, list, meta, num, type Obj, str } from './read.ts';
import type { Ref } from './verdict.ts';

/** What is known of a cluster at one moment, as plain API objects. */
export type Snapshot = {
  readonly objects: readonly unknown[];
  /** Kinds that were listed whole, so that what is not among the objects does not exist. Without it: the kinds that occur. */
  readonly listed?: readonly string[];
  /** Why what is known of a kind is not how it is now, or nothing: it is there, and can't be read. */
  readonly lost?: Readonly<Record<string, string>>;
  /** Last log lines by `namespace/pod/container`. */
  readonly logs?: Readonly<Record<string, string>>;
};

/** One event, whichever of the two event APIs it was written through. */
export type Event = {
  readonly o: Obj;
  readonly reason: string;
  readonly message: string;
  readonly at: number | undefined;
};

export type World = {
  readonly now: number;
  all(kind: string, namespace?: string): readonly Obj[];
  get(kind: string, namespace: string, name: string): Obj | undefined;
  /** Whether an absent object of this kind is known not to exist. */
  listed(kind: string): boolean;
  /** Why it is not known how things of this kind are now, though the cluster has it; `undefined`: it is known. */
  lost(kind: string): string | undefined;
  /** The events about an object, newest first. */
  events(kind: string, o: Obj): readonly Event[];
  /** What this object controls, by kind. */
  owned(kind: string, owner: Ref, uid: string | undefined): readonly Obj[];
  log(namespace: string, pod: string, container: string): string | undefined;
};

export const refOf = (kind: string, o: Obj): Ref => {
  const { namespace, name } = meta(o);
  return { kind, namespace, name };
};

/** Indexes a snapshot once, so that every rule finds its objects without a walk. */
export function createWorld({ objects, listed, lost, logs }: Snapshot, now: number): World {
  const known = createObjects();
  for (const o of list({ objects }, 'objects')) {
    const { namespace, name } = meta(o);
    const kind = kindOf(o) ?? '';
    // Of an object that is given twice the later counts.
    known.put(o, kind === 'Event' ? undefined : known.get(kind, namespace, name));
  }
  return known.world({
    now,
    listed: listed ?? known.kinds(),
    lost: (kind) => (lost !== undefined && Object.hasOwn(lost, kind) ? lost[kind] : undefined),
    log: (key) => (logs !== undefined && Object.hasOwn(logs, key) ? str(logs, key) : undefined),
  });
}

/** How long ago, in seconds; what carries no time counts as old, since it is there. */
export const age = (world: World, at: number | undefined): number =>
  at === undefined ? Number.POSITIVE_INFINITY : Math.max(0, (world.now - at) / 1000);

export const created = (o: Obj): number | undefined => instant(o, 'metadata', 'creationTimestamp');

export const generationBehind = (o: Obj): boolean => {
  const [wanted, seen] = [num(o, 'metadata', 'generation'), num(o, 'status', 'observedGeneration')];
  return wanted !== undefined && seen !== undefined && wanted > seen;
};
