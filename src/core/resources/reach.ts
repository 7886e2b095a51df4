import type { Ctx, Effect, Effects, Person, View } from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import type { Resource } from './store.ts';

/** How many people of a team are told one by one. */
const told = 10;

export const reachable = (person: Person | undefined): boolean => (person?.accounts.length ?? 0) > 0;

/** Tells a team: in its channel where it has one, else its members, else those who run the platform. */
export async function tellTeam(team: string, view: View, key: string, ctx: Ctx<WithPeople>): Promise<Effects> {
  const { people } = ctx.store;
  const { teams } = ctx.settings.channels;
  const places = Object.hasOwn(teams, team) ? (teams[team] ?? []) : [];
  if (places.length > 0) return places.map((place): Effect => ({ kind: 'say', place, view, key }));
  const members = await people.inTeam(team, told);
  const those = members.length > 0 ? members : await people.holding(['platform'], told);
  return those.map((p): Effect => ({ kind: 'tell', person: p.id, view, key }));
}

/** Tells whoever looks after a thing: its owner, or its team when that one left. */
export async function tellKeepers(resource: Resource, view: View, key: string, ctx: Ctx<WithPeople>): Promise<Effects> {
  const owner = await ctx.store.people.byId(resource.owner);
  if (owner && reachable(owner)) return [{ kind: 'tell', person: owner.id, view, key }];
  return tellTeam(resource.team, view, key, ctx);
}
