import type { Json } from '../kernel/inbound.ts';
import type { Verb } from '../runs/run.ts';
import type { GoldenPath, Values } from './path.ts';

/** What an expression may ask about: all that is known of a request at the moment it is judged, priced or rendered. */
export type Facts = {
  /** The path itself is fine here: expressions see only its name, title, version and owner. */
  readonly path: Pick<GoldenPath, 'name' | 'title' | 'version' | 'owner'>;
  readonly params: Values;
  readonly request: { readonly number: number };
  readonly resource: {
    readonly slug: string;
    readonly name: string;
    readonly state?: string;
    readonly ageDays?: number;
  };
  readonly person: {
    readonly name: string;
    readonly email?: string;
    readonly teams: readonly string[];
    readonly roles: readonly string[];
    readonly persona?: string;
  };
  readonly team: {
    readonly name: string;
    /** What the team may still take of the path's quota kind, before this request. Absent: there is no limit. */
    readonly quotaLeft?: number;
    readonly budgetLeftCents?: number;
    /** The team that the thing was made for, where it was handed over since. */
    readonly home?: string;
  };
  readonly environment?: string;
  /** Of a thing that is there: the cluster that it is in, or nothing for the first. No expression sees it. */
  readonly cluster?: string;
  readonly verb: Verb;
  readonly operation?: string;
  /** Of this request: absent where the path has none, which reads as zero. */
  readonly cost?: { readonly cents: number };
  readonly quota?: { readonly amount: number };
  /** `YYYY-MM-DD`, in the zone of the person who asks. */
  readonly today: string;
};

/** The names that every expression knows, and what stands in each. `params` differs from path to path. */
export const scopeFields = {
  path: ['name', 'title', 'version', 'owner'],
  request: ['number'],
  resource: ['slug', 'name', 'state', 'ageDays'],
  person: ['name', 'email', 'teams', 'roles', 'persona'],
  team: ['name', 'quotaLeft', 'budgetLeftCents'],
  cost: ['cents'],
  quota: ['amount'],
  environment: [],
  verb: [],
  operation: [],
  today: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A name and its value, as the evaluator wants them. All numbers are floating point: 3 / 2 is 1.5 (see expression.ts). */
export type Scope = Readonly<Record<string, unknown>>;

/**
 * The facts as expressions see them. Everything but a parameter is always there, so that a rule needs no `has()`: an
 * absent limit is infinite, an absent text empty, an absent cost zero.
 */
export const scopeOf = (facts: Facts, more: Readonly<Record<string, Json>> = {}): Scope => ({
  path: {
    name: facts.path.name,
    title: facts.path.title,
    version: facts.path.version,
    owner: facts.path.owner,
  },
  params: facts.params,
  request: { number: facts.request.number },
  resource: { state: '', ageDays: 0, ...defined(facts.resource) },
  person: { email: '', persona: '', ...defined(facts.person) },
  team: {
    quotaLeft: Number.POSITIVE_INFINITY,
    budgetLeftCents: Number.POSITIVE_INFINITY,
    ...defined({ ...facts.team, home: undefined }),
  },
  environment: facts.environment ?? '',
  verb: facts.verb,
  operation: facts.operation ?? '',
  cost: { cents: facts.cost?.cents ?? 0 },
  quota: { amount: facts.quota?.amount ?? 0 },
  today: facts.today,
  ...more,
});

const defined = (o: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined));

/**
 * The facts as what is made sees them: whoever has a thing now, it stays where it was made. Else its next run would look
 * in the new team's namespace, find nothing there, and call it deleted.
 */
export const atHome = (facts: Facts): Facts =>
  facts.team.home === undefined ? facts : { ...facts, team: { ...facts.team, name: facts.team.home } };
