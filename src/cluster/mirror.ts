import { createObjects } from '../core/diagnosis/index.ts';
import type { World } from '../core/diagnosis/snapshot.ts';
import type { Api } from './api.ts';
import { type Change, type Clock, follow, type State } from './follow.ts';
import { type Kind, kinds } from './kinds.ts';
import { createShare } from './project.ts';

export type Mirrored = {
  readonly clock: Clock;
  readonly random: () => number;
  /** Only these, each followed by itself, so that rights for each of them are enough. Without it: all. */
  readonly include?: readonly string[];
  readonly onChange: (kind: string, change: Change) => void;
  /** A kind is listed, followed, or waits after an error: for the log and for who waits until all are there. */
  readonly onState?: (standing: Standing) => void;
  /** What is told from now on comes over another connection. */
  readonly onConnection?: () => void;
  /** More is known than a moment ago. */
  readonly onVersion?: () => void;
  readonly onFault?: (error: unknown) => void;
};

export type Standing = { readonly kind: string; readonly namespace: string | undefined; readonly state: State };

/** A cluster as the rules see it, kept up to date. */
export type Mirror = {
  world(now: Date, log: (key: string) => string | undefined): World;
  /** Everything that can be listed has been. */
  synced(): boolean;
  /** Up to which version of the cluster each kind is known, by its name. */
  versions(): ReadonlyMap<string, number>;
  /** Why it is not known how things of this kind are now: what we have of them is old. */
  lost(kind: string): string | undefined;
  /** The same of kinds that were read before: what we have of them is of an earlier time. */
  old(kind: string): string | undefined;
  /** What is not as it should be, such as a right that is missing, in the API server's own words. */
  troubles(): readonly Standing[];
  stop(): void;
};

type Followed = {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  state: State;
  version: string;
  /** Since an error, until the server answers again: a try that hangs is no answer. */
  lost?: string | undefined;
};

export function mirror(api: Api, mirrored: Mirrored): Mirror {
  const { clock, random, include, onChange, onState, onConnection, onVersion, onFault } = mirrored;
  const share = createShare();
  const objects = createObjects();
  const all: Followed[] = [];

  const take = ({ kind }: Kind, change: Change) => {
    if (change.type === 'set') objects.put(change.object, change.before);
    else objects.drop(change.object);
    onChange(kind, change);
  };

  const begin = (kind: Kind, namespace: string | undefined) => {
    const one: Followed = { kind, namespace, state: { at: 'listing' }, version: '' };
    all.push(one);
    return follow(api, {
      kind,
      clock,
      random,
      share,
      known: {
        get: (space, name) => objects.get(kind.kind, space, name),
        all: () => objects.of(kind.kind, namespace),
      },
      ...(namespace === undefined ? {} : { namespace }),
      onChange: (change) => take(kind, change),
      onState: (state) => {
        one.state = state;
        if (state.at === 'waiting') one.lost = state.why;
        // That there is none is an answer too.
        if (state.at === 'absent') one.lost = undefined;
        onState?.({ kind: kind.kind, namespace, state });
      },
      onOpen: (anew) => {
        one.lost = undefined;
        if (anew) onConnection?.();
      },
      onVersion: (version) => {
        one.lost = undefined;
        one.version = version;
        onVersion?.();
      },
      ...(onFault === undefined ? {} : { onFault }),
    }).stop;
  };
  const stops = kinds.flatMap((kind) =>
    (kind.own && include !== undefined ? include : [undefined]).map((namespace) => begin(kind, namespace)),
  );

  const listed = (kind: Kind) => all.every((f) => f.kind !== kind || f.version !== '');
  const missing = ({ kind, state }: Followed) =>
    state.at === 'absent' || (state.at === 'waiting' && kind.needed === undefined && lasting(kind, state.why));
  const lost = (kind: string) => all.find((f) => f.kind.kind === kind && f.lost !== undefined)?.lost;
  return {
    world: (now, log) =>
      objects.world({ now: now.getTime(), listed: kinds.filter(listed).map(({ kind }) => kind), lost, log }),
    synced: () => all.every((f) => f.version !== '' || missing(f)),
    versions: () =>
      new Map(
        kinds.map((kind) => [
          kind.kind,
          Math.min(...all.filter((f) => f.kind === kind).map((f) => Number(f.version || 0))),
        ]),
      ),
    lost,
    old: (kind) => all.find((f) => f.kind.kind === kind && f.version !== '' && f.lost !== undefined)?.lost,
    troubles: () =>
      all
        .filter(({ state }) => state.at === 'waiting' || state.at === 'polling')
        .map(({ kind, namespace, state }) => ({ kind: kind.kind, namespace, state })),
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

/**
 * A right that is missing stays so, and a kind that was added to a cluster may be broken for as long as its conversion is.
 * Anything else is over in a moment, and until then it is not known which Deployment a pod belongs to.
 */
const lasting = ({ group }: Kind, why: string): boolean => /^40[135] /.test(why) || !builtIn.test(group);
const builtIn = /^(?:v1$|apps\/|batch\/|autoscaling\/|policy\/|[a-z]+\.k8s\.io\/)/;
