import type { Ctx, Person, PersonId } from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import type { Resource, WithResources } from '../resources/store.ts';
import { isFor } from './audience.ts';
import type { Content, Owner } from './store.ts';

/** So many are read at a time, and all of them in the end: of who has to do something nobody is forgotten. */
const batch = 1_000;
async function* all<T>(some: (after: T | undefined) => Promise<readonly T[]>): AsyncGenerator<T> {
  let last: T | undefined;
  do {
    const page = await some(last);
    yield* page;
    last = page.length === batch ? page.at(-1) : undefined;
  } while (last !== undefined);
}

/** Whether a version is the one that is meant: `1` means all of 1.x. */
export const versionFits = (version: string, meant: string | undefined): boolean =>
  meant === undefined || version === meant || version.startsWith(`${meant}.`);

/** Who has to do something: the owners of living things in the inventory, or everybody in some teams. */
export async function ownersOf(content: Content, ctx: Ctx<WithPeople & WithResources>): Promise<readonly Owner[]> {
  const { action, audience } = content;
  if (!action) return [];
  const things = new Map<PersonId, string[]>();
  if (action.path === undefined) {
    for (const team of audience.teams)
      for await (const { id } of all<Person>((after) => ctx.store.people.inTeam(team, batch, after)))
        things.set(id, []);
  } else {
    const { path } = action;
    const { teams } = audience;
    for await (const r of all<Resource>((after) => ctx.store.resources.ofPath(path, batch, after?.id))) {
      if (!versionFits(r.version, action.version) || (teams.length > 0 && !teams.includes(r.team))) continue;
      things.set(r.owner, [...(things.get(r.owner) ?? []), r.name]);
    }
  }
  const owners = [...things].map(([person, own]) => ({ person, things: own.toSorted() }));
  if (audience.personas.length === 0) return owners;
  // Of the teams it is asked above: that of a thing counts, not those of its owner.
  const people = await ctx.store.people.several(owners.map((o) => o.person));
  const meant = new Set(people.filter((p) => isFor({ ...audience, teams: [] }, p)).map((p) => p.id));
  return owners.filter((o) => meant.has(o.person));
}
