import { offers } from '../catalog/amounts.ts';
import type { Facts } from '../catalog/facts.ts';
import type { GoldenPath, Operation } from '../catalog/path.ts';
import { mayDo, type Person, Problem } from '../kernel/index.ts';
import type { Verb } from '../runs/run.ts';
import type { Resource, ResourceState } from './store.ts';

export const stateNames: Readonly<Record<ResourceState, string>> = {
  making: 'Being made',
  active: 'Ready',
  changing: 'Being changed',
  hibernated: 'Asleep',
  deleting: 'Being deleted',
  broken: 'Not finished',
  missing: 'Not there any more',
  gone: 'Deleted',
};

/** What can be done to a thing in each state. What is under way has to end first. */
const possible: Readonly<Record<ResourceState, readonly Verb[]>> = {
  making: [],
  active: ['change', 'restart', 'rotate', 'hibernate', 'delete'],
  changing: [],
  hibernated: ['wake', 'delete'],
  deleting: [],
  broken: ['delete'],
  missing: [],
  gone: [],
};

/** Why nothing can be done, or not this. */
const hindered: Readonly<Record<ResourceState, string>> = {
  making: 'It’s being made. Wait until that has ended, then try again.',
  active: 'It’s awake already.',
  changing: 'Something else is being done to it right now. Wait until that has ended, then try again.',
  hibernated: 'It’s asleep. Wake it first.',
  deleting: 'It’s ending already.',
  broken: 'It was never finished. Try that request again, or delete what there is.',
  missing: 'Somebody removed it by other ways, so there is nothing to do it to. You can forget it or make it again.',
  gone: 'It’s gone: somebody deleted it.',
};

/** Who may change a thing: its owner, their team, and those who run the platform. */
export const manages = (by: Person, resource: Pick<Resource, 'owner' | 'team'>): boolean =>
  resource.owner === by.id || by.teams.includes(resource.team) || mayDo(['platform'], by.roles);

export const whoManages = (resource: Resource): string =>
  `Only its owner, team ${resource.team} and the platform engineers can do this.`;

export type Decision = { readonly ok: true } | { readonly ok: false; readonly why: string };
const no = (why: string): Decision => ({ ok: false, why });

/** Whether a verb fits the state. */
export const fits = (verb: Verb, { state }: Pick<Resource, 'state'>): Decision =>
  possible[state].includes(verb) ? { ok: true } : no(hindered[state]);

export const unknownPath = (resource: Resource, team: string): string =>
  `Its golden path “${resource.path}” isn’t in the catalog any more, so I don’t know how to change or delete it. Ask ${team} for help.`;

/** Whether somebody may do an operation of the path on a thing as it is now: asked for each button and for each press. */
export function decide(operation: Operation, resource: Resource, path: GoldenPath, by: Person, facts: Facts): Decision {
  if (!manages(by, resource)) return no(whoManages(resource));
  const state = fits(operation.verb, resource);
  if (!state.ok) return state;
  if (path.unavailable !== undefined) return no(path.unavailable);
  try {
    return offers(path, operation, facts) ? { ok: true } : no(`“${operation.title}” isn’t offered on it as it is now.`);
  } catch (error) {
    // A condition that can’t be worked out hides one button; the card is shown all the same.
    if (error instanceof Problem) return no(error.message);
    throw error;
  }
}

/** The operations that are offered, in the path's order. Deleting has a button of its own. */
export const operationsFor = (
  resource: Resource,
  path: GoldenPath,
  by: Person,
  factsFor: (operation: Operation) => Facts,
): readonly Operation[] => path.operations.filter((o) => decide(o, resource, path, by, factsFor(o)).ok);
