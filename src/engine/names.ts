import { type Names, noNames, textsOf, type View } from '../core/kernel/index.ts';
import type { PeopleStore } from '../core/people/store.ts';

/** Looks up everybody that views mention, so that a renderer needs no store. */
export async function namesIn(views: readonly View[], people: PeopleStore): Promise<Names> {
  const ids = new Set(
    views
      .flatMap(textsOf)
      .flat()
      .flatMap((span) => (span.kind === 'person' ? [span.person] : [])),
  );
  if (ids.size === 0) return noNames;
  const found = await Promise.all([...ids].map(async (id) => [id, await people.byId(id)] as const));
  return {
    people: new Map(found.flatMap(([id, p]) => (p ? [[id, { name: p.name, accounts: p.accounts }] as const] : []))),
    places: new Map(),
  };
}
