import type { WithHealth } from '../freshness/store.ts';
import type { Ctx, Effects, Person } from '../kernel/index.ts';
import type { WithOfficeHours } from '../office-hours/store.ts';
import type { WithPeople } from '../people/store.ts';
import type { WithRequests } from '../requests/store.ts';
import { fresh } from './rules.ts';
import type { Onboarding, WithOnboarding } from './store.ts';
import { checklistView, type Helpers } from './views.ts';

export type Store = WithOnboarding & WithPeople & WithRequests & WithHealth & WithOfficeHours;

/** Named as those to ask: enough to reach one of them. */
const named = 3;

export async function helpersOf(ctx: Ctx<Store>): Promise<Helpers> {
  const people = await ctx.store.people.holding(['platform'], named);
  const words = ctx.settings.onboarding.ask;
  return { people, ...(words === undefined ? {} : { words }) };
}

export const checklistKey = (it: Onboarding): string => `onboarding/${it.account}`;

/** Ticks what has come to be; undefined when nothing has. */
export async function look(it: Onboarding, person: Person, ctx: Ctx<Store>): Promise<Onboarding | undefined> {
  const { onboarding } = ctx.store;
  const evidence = await onboarding.evidence(it.person, person.teams, it.started);
  const seen = { ...evidence, ...(person.teams.length > 0 ? { access: ctx.now } : {}) };
  const news = fresh(it.ticks, seen);
  if (Object.keys(news).length === 0) return undefined;
  await onboarding.tick(it.person, news);
  return { ...it, ticks: { ...it.ticks, ...news } };
}

/** The checklist as it is now, if something came to it. One that somebody deleted stays away. */
export async function lookAndSay(it: Onboarding, ctx: Ctx<Store>): Promise<Effects> {
  const person = await ctx.store.people.byId(it.person);
  const after = person && (await look(it, person, ctx));
  if (!after) return [];
  const view = checklistView(after, await helpersOf(ctx));
  return [{ kind: 'edit', key: checklistKey(after), view, leave: true }];
}
