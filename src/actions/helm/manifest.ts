import { parseAllDocuments } from 'yaml';
import type { Preview } from '../../core/runs/run.ts';
import { difference } from '../kubernetes/differences.ts';
import { type Live, live, nameOf } from '../kubernetes/objects.ts';

const longest = 30_000;

/** The objects of a manifest as Helm renders it, by name. */
export function objectsOf(manifest: string): ReadonlyMap<string, Live> {
  const found = new Map<string, Live>();
  for (const document of parseAllDocuments(manifest, { uniqueKeys: false })) {
    const object = live.safeParse('toJS' in document ? document.toJS({ maxAliasCount: 20 }) : undefined).data;
    if (object) found.set(nameOf({ kind: object.kind, ...object.metadata }), object);
  }
  return found;
}

const words: Readonly<Record<Preview['changes'][number]['does'], string>> = {
  create: 'made',
  change: 'changed',
  delete: 'deleted',
  keep: 'left as they are',
};

/** What becomes of the objects of a release when its manifest changes. */
export function compare(before: string, after: string): Preview {
  const [was, is] = [objectsOf(before), objectsOf(after)];
  const changes = [...new Set([...is.keys(), ...was.keys()])].map((what) => {
    const [old, next] = [was.get(what), is.get(what)];
    const detail = difference(what, old, next);
    const does = !next ? 'delete' : !old ? 'create' : detail ? 'change' : 'keep';
    return { what, does, detail } as const;
  });
  const counted = Object.entries(words).flatMap(([does, word]) => {
    const n = changes.filter((c) => c.does === does).length;
    return n === 0 ? [] : [`${n} ${word}`];
  });
  const text = changes
    .map((c) => c.detail)
    .join('')
    .slice(0, longest);
  return {
    summary: counted.length > 0 ? `Objects: ${counted.join(', ')}` : 'There is nothing left of it.',
    changes: changes.map(({ what, does }) => ({ what, does })),
    ...(text ? { detail: { language: 'diff', text } } : {}),
    destroys: changes.filter((c) => c.does === 'delete').length,
  };
}
