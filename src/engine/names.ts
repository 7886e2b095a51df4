import { isLasting, type Names, noNames, type PersonId, textsOf, type View } from '../core/kernel/index.ts';
import type { PeopleStore } from '../core/people/store.ts';

/** Looks up everybody that views mention, so that a renderer needs no store. */
export async function namesIn(views: readonly View[], people: PeopleStore): Promise<Names> {
  const ids = new Set<PersonId>();
  for (const view of views) {
    if (isLasting(view)) continue;
    for (const text of textsOf(view)) for (const span of text) if (span.kind === 'person') ids.add(span.person);
  }
  if (ids.size === 0) return noNames;
  const found = await Promise.all([...ids].map(async (id) => [id, await people.byId(id)] as const));
  return {
    people: new Map(found.flatMap(([id, p]) => (p ? [[id, { name: p.name, accounts: p.accounts }] as const] : []))),
    places: new Map(),
  };
}
