import { parseAllDocuments } from 'yaml';
import type { Preview } from '../../core/runs/run.ts';
import { changeOf, summed } from '../kubernetes/differences.ts';
import { type Live, live, nameOf } from '../kubernetes/objects.ts';

/** The objects of a manifest as Helm renders it, by name. */
export function objectsOf(manifest: string): ReadonlyMap<string, Live> {
  const found = new Map<string, Live>();
  for (const document of parseAllDocuments(manifest, { uniqueKeys: false })) {
    const object = live.safeParse('toJS' in document ? document.toJS({ maxAliasCount: 20 }) : undefined).data;
    if (object) found.set(nameOf({ kind: object.kind, ...object.metadata }), object);
  }
  return found;
}

/** What becomes of the objects of a release when its manifest changes. */
export function compare(before: string, after: string): Preview {
  const [was, is] = [objectsOf(before), objectsOf(after)];
  return summed([...new Set([...is.keys(), ...was.keys()])].map((what) => changeOf(what, was.get(what), is.get(what))));
}
