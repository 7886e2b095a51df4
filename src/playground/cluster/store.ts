import { tooOld } from './status.ts';
import type { Change, EventType, KubeObject, Resource } from './types.ts';

type Table = {
  readonly objects: Map<string, KubeObject>;
  /** Sorted, so that pages have an order. */
  readonly keys: string[];
  history: Change[];
  /** The newest change that the history has lost. */
  lost: number;
};

export const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;
const tableName = ({ group, plural }: Pick<Resource, 'group' | 'plural'>): string => `${group}/${plural}`;

function place(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * All objects, with one counter for all of their versions, and a bounded history for those who watch. It knows nothing
 * of the API's rules.
 */
export function createStore({ historySize = 2_000 }: { readonly historySize?: number } = {}) {
  const tables = new Map<string, Table>();
  const listeners = new Set<(change: Change) => void>();
  let counter = 1000;

  function table(resource: Pick<Resource, 'group' | 'plural'>): Table {
    const name = tableName(resource);
    const known = tables.get(name);
    if (known) return known;
    const made: Table = { objects: new Map(), keys: [], history: [], lost: counter };
    tables.set(name, made);
    return made;
  }

  const get = (resource: Pick<Resource, 'group' | 'plural'>, namespace: string | undefined, name: string) =>
    table(resource).objects.get(keyOf(namespace, name));

  /** In order of namespace and name; `after`: the key to go on from. */
  function list(resource: Pick<Resource, 'group' | 'plural'>, namespace?: string): readonly KubeObject[] {
    const { objects, keys } = table(resource);
    if (!namespace) return keys.map((key) => objects.get(key) as KubeObject);
    const from = place(keys, `${namespace}/`);
    const found: KubeObject[] = [];
    for (let i = from; i < keys.length; i++) {
      const key = keys[i] as string;
      if (!key.startsWith(`${namespace}/`)) break;
      found.push(objects.get(key) as KubeObject);
    }
    return found;
  }

  function tell(type: EventType, resource: Resource, object: KubeObject, before: KubeObject | undefined): void {
    const of = table(resource);
    const change: Change = { type, resource, object, rv: counter, ...(before ? { before } : {}) };
    of.history.push(change);
    // Cut now and then rather than at each change.
    if (of.history.length > historySize * 1.5) forget(of, historySize);
    for (const listener of [...listeners]) listener(change);
  }

  function forget(of: Table, keep: number): void {
    const cut = of.history.length - keep;
    if (cut <= 0) return;
    of.lost = of.history[cut - 1]?.rv ?? of.lost;
    of.history = of.history.slice(cut);
  }

  const next = (object: KubeObject): KubeObject => {
    counter += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(counter) } };
  };

  return {
    get,
    list,
    size: (resource: Resource): number => table(resource).keys.length,
    version: (): number => counter,

    put(resource: Resource, object: KubeObject): KubeObject {
      const { objects, keys } = table(resource);
      const key = keyOf(object.metadata.namespace, object.metadata.name);
      const before = objects.get(key);
      const stored = next(object);
      objects.set(key, stored);
      if (!before) keys.splice(place(keys, key), 0, key);
      tell(before ? 'MODIFIED' : 'ADDED', resource, stored, before);
      return stored;
    },

    remove(resource: Resource, object: KubeObject): KubeObject {
      const { objects, keys } = table(resource);
      const key = keyOf(object.metadata.namespace, object.metadata.name);
      const before = objects.get(key);
      const last = next(object);
      if (objects.delete(key)) keys.splice(place(keys, key), 1);
      tell('DELETED', resource, last, before);
      return last;
    },

    /** What happened after a version; refused when that is no longer known. */
    since(resource: Pick<Resource, 'group' | 'plural'>, version: number): readonly Change[] {
      const of = table(resource);
      if (version < of.lost) throw tooOld(version, of.lost);
      return of.history.filter((change) => change.rv > version);
    },

    /** Forgets all history, as a compaction does: whoever resumes from an older version is told so. */
    compact(): void {
      for (const of of tables.values()) {
        forget(of, 0);
        of.lost = counter;
      }
    },

    subscribe(listener: (change: Change) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export type Store = ReturnType<typeof createStore>;
