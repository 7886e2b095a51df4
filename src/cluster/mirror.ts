import type { Snapshot } from '../core/diagnosis/index.ts';
import type { Api } from './api.ts';
import { type Change, type Clock, follow, type State } from './follow.ts';
import { type Kind, kinds } from './kinds.ts';
import type { Obj } from './list.ts';
import { createShare } from './project.ts';

export type Mirrored = {
  readonly clock: Clock;
  readonly random: () => number;
  /** Only these, each followed by itself, so that rights for each of them are enough. Without it: all. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Something in a namespace has changed; `''` is what belongs to the whole cluster. */
  readonly onChange: (namespace: string) => void;
  /** A kind is listed, followed, or waits after an error: for the log and for who waits until all are there. */
  readonly onState?: (standing: Standing) => void;
  readonly onFault?: (error: unknown) => void;
};

export type Standing = { readonly kind: string; readonly namespace: string | undefined; readonly state: State };

/** A cluster as the rules see it, kept up to date. */
export type Mirror = {
  /** Everything, or one namespace with what belongs to the whole cluster. */
  snapshot(namespace?: string): Snapshot;
  namespaces(): readonly string[];
  /** Everything that can be listed has been. */
  synced(): boolean;
  /** What is not as it should be, such as a right that is missing, in the API server's own words. */
  troubles(): readonly Standing[];
  stop(): void;
};

export function mirror(api: Api, mirrored: Mirrored): Mirror {
  const { clock, random, include, exclude = [], onChange, onState, onFault } = mirrored;
  const share = createShare();
  const left = new Set(exclude);
  /** By namespace, then by kind and name. */
  const objects = new Map<string, Map<string, Obj>>();
  const standings = new Map<
    string,
    { readonly kind: Kind; readonly namespace: string | undefined; state: State; synced: boolean }
  >();

  const take = ({ kind }: Kind, { type, object }: Change) => {
    const { namespace, name } = object.metadata as { readonly namespace?: string; readonly name?: string };
    const place = namespace ?? '';
    if (left.has(place)) return;
    const here = objects.get(place) ?? new Map<string, Obj>();
    const key = `${kind}/${name}`;
    if (type === 'set') objects.set(place, here.set(key, object));
    else if (here.delete(key) && here.size === 0) objects.delete(place);
    onChange(place);
  };

  const stops = kinds.flatMap((kind) =>
    (kind.own && include !== undefined ? include : [undefined]).map((namespace) => {
      const standing = { kind, namespace, state: { at: 'listing' } as State, synced: false };
      standings.set(`${kind.kind}/${namespace ?? ''}`, standing);
      return follow(api, {
        kind,
        clock,
        random,
        share,
        ...(namespace === undefined ? {} : { namespace }),
        onChange: (change) => take(kind, change),
        onState: (state) => {
          standing.state = state;
          onState?.({ kind: kind.kind, namespace, state });
        },
        onSynced: () => {
          standing.synced = true;
        },
        ...(onFault === undefined ? {} : { onFault }),
      }).stop;
    }),
  );

  const all = () => [...standings.values()];
  return {
    snapshot: (namespace) => ({
      objects:
        namespace === undefined
          ? [...objects.values()].flatMap((here) => [...here.values()])
          : [namespace, ''].flatMap((place) => [...(objects.get(place)?.values() ?? [])]),
      listed: kinds.filter((kind) => all().every((s) => s.kind !== kind || s.synced)).map(({ kind }) => kind),
    }),
    namespaces: () => [...objects.keys()].filter((place) => place !== '').toSorted(),
    synced: () =>
      all().every(
        (s) => s.synced || s.state.at === 'absent' || (s.state.at === 'waiting' && s.kind.needed === undefined),
      ),
    troubles: () =>
      all()
        .filter((s) => s.state.at === 'waiting')
        .map(({ kind, namespace, state }) => ({ kind: kind.kind, namespace, state })),
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}
