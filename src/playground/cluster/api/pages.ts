import { at, parseJson, textOf } from '../json.ts';
import { badRequest, expired } from '../status.ts';
import type { KubeObject } from '../types.ts';

type Snapshot = { readonly objects: readonly KubeObject[]; readonly version: number };

/** Lists that are read page by page, each as it was when its first page was read. */
export function createPages({ keep = 64 }: { readonly keep?: number } = {}) {
  const snapshots = new Map<string, Snapshot>();
  let counter = 0;

  return {
    page(
      fresh: () => Snapshot,
      limit: number,
      token: string | null,
    ): {
      readonly objects: readonly KubeObject[];
      readonly version: number;
      readonly next?: string;
      readonly remaining?: number;
    } {
      const [id, from, snapshot] = token ? resume(token) : ['', 0, fresh()];
      if (limit <= 0) return { ...snapshot, objects: snapshot.objects.slice(from) };
      const objects = snapshot.objects.slice(from, from + limit);
      const remaining = snapshot.objects.length - from - objects.length;
      if (remaining === 0) return { objects, version: snapshot.version };
      const key = id || String(++counter);
      snapshots.set(key, snapshot);
      for (const old of snapshots.keys()) {
        if (snapshots.size <= keep) break;
        snapshots.delete(old);
      }
      const next = Buffer.from(
        JSON.stringify({ v: 'meta.k8s.io/v1', rv: snapshot.version, id: key, start: from + limit }),
      ).toString('base64url');
      return { objects, version: snapshot.version, next, remaining };
    },
    forget: (): void => snapshots.clear(),
  };

  function resume(token: string): [string, number, Snapshot] {
    const value = parseJson(Buffer.from(token, 'base64url').toString('utf8'));
    const start = at(value, 'start');
    const id = textOf(at(value, 'id'));
    if (!id || typeof start !== 'number' || start < 0) throw badRequest('continue key is not valid');
    const snapshot = snapshots.get(id);
    if (!snapshot)
      throw expired(
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
      );
    return [id, start, snapshot];
  }
}
export type Pages = ReturnType<typeof createPages>;
