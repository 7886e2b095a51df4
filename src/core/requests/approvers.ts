import { type Ctx, type Effects, type Person, type PersonId, type Role, roles, type View } from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import { keys } from './keys.ts';
import type { Request } from './store.ts';

/** How many are asked at once: more would only look away from each other. */
const atMost = 20;

const isRole = (name: string): name is Role => (roles as readonly string[]).includes(name);

const belongs = (by: Person, name: string): boolean =>
  isRole(name) && name !== 'developer' ? by.roles.has(name) : by.teams.includes(name);

/** Those who may say yes or no: never the person who asked. */
export type Approvers = {
  /** The smallest set that can decide: they are asked first. */
  readonly first: readonly Person[];
  /** All others who may: they are asked when the first don't answer. */
  readonly rest: readonly Person[];
};

export async function approversOf(
  by: readonly string[],
  requester: PersonId,
  { store: { people } }: Ctx<WithPeople>,
): Promise<Approvers> {
  const others = (list: readonly Person[]) => list.filter((p) => p.id !== requester);
  const groups: (readonly Person[])[] = [];
  for (const name of by) {
    const members = isRole(name) ? await people.holding([name], atMost) : await people.inTeam(name, atMost);
    groups.push(others(members));
  }
  const admins = others(await people.holding(['admin'], atMost));
  const able = groups.filter((g) => g.length > 0).toSorted((a, b) => a.length - b.length);
  const lastResort = admins.length > 0 ? admins : others(await people.holding(['platform'], atMost));
  const first = able[0] ?? lastResort;
  const seen = new Set(first.map((p) => p.id));
  const rest = [...able.slice(1).flat(), ...admins].filter((p) => {
    const fresh = !seen.has(p.id);
    seen.add(p.id);
    return fresh;
  });
  return { first, rest };
}

/** Whether somebody may decide, at the moment of their press. */
export async function mayDecide(
  person: Person,
  by: readonly string[],
  requester: PersonId,
  ctx: Ctx<WithPeople>,
): Promise<boolean> {
  if (person.id === requester) return false;
  if (person.roles.has('admin') || by.some((name) => belongs(person, name))) return true;
  // Where nobody else could, the platform engineers are asked in their place.
  if (!person.roles.has('platform')) return false;
  return (await approversOf(by, requester, ctx)).first.some((p) => p.id === person.id);
}

/** Who is named by the verdict to decide. */
export const approvalBy = ({ verdict }: Request): readonly string[] => (verdict?.is === 'approval' ? verdict.by : []);

/** All copies for approvers say what became of it. */
export const closeCopies = ({ number, plans }: Request, view: View): Effects => [
  { kind: 'edit', key: keys.approval(number, plans), view },
  { kind: 'edit', key: keys.reminder(number, plans), view },
];
