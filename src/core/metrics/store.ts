import type { PersonId } from '../kernel/index.ts';
import type { Survey } from '../surveys/model.ts';
import type { Report } from '../surveys/results.ts';

/** From the first day of a month until now, or until the end of a month. With a team: only what is its own, or was done by its `members`. */
export type Span = {
  readonly since: Date;
  readonly until: Date;
  readonly team?: string;
  readonly members?: readonly PersonId[];
};

/** Times in seconds. `n` is over how many; nothing was measured where it is 0. */
export type Times = { readonly n: number; readonly median?: number; readonly slow?: number };

/** What people asked of golden paths. `alone`: it became ready and nobody had to decide. */
export type Asking = {
  readonly asked: number;
  readonly people: number;
  readonly ready: number;
  readonly readyPeople: number;
  readonly alone: number;
  readonly wait: Times;
};
export type ByPath = { readonly path: string; readonly requests: number; readonly people: number };
/** How many people of a team asked for something: which teams are a crowd. */
export type ByTeam = { readonly team: string; readonly people: number };

/**
 * What the cluster showed. `failed`: an incident of the same workload opened within the hour, or what ran before was put
 * back within a day. `open`: incidents that are not over.
 */
export type Delivering = {
  /** The first that was seen at all: before that nobody looked. */
  readonly first?: Date;
  readonly rollouts: number;
  readonly services: number;
  readonly failed: number;
  readonly open: number;
  readonly lead: Times;
  readonly recovery: Times;
};
/** From the day a person was first seen: to their first own thing being ready, and to their first rollout. */
export type Beginning = { readonly onboarding: Times; readonly firstDeploy: Times };
export type Hearing = {
  readonly received: number;
  readonly people: number;
  /** Of those received: triage said or did something. */
  readonly answered: number;
  readonly shipped: number;
};
/** People who talked with a host, and the sessions in which they did. */
export type Attending = { readonly people: number; readonly sessions: number };
/** What a survey left behind, under its own threshold. */
export type Closed = { readonly survey: Survey; readonly report: Report; readonly closed: Date };
export type Reaching = { readonly posted: number; readonly readers: number };
/** `month` is `2026-03`. */
export type Month = {
  readonly month: string;
  readonly asked: number;
  readonly people: number;
  readonly alone: number;
  readonly rollouts: number;
};

/** What the house remembers, counted. */
export interface MetricsStore {
  /** Who used the bot in the months of the span, on whatever platform. */
  active(span: Span): Promise<number>;
  /** Who was active in months before this one is not kept. */
  forget(before: Date): Promise<void>;
  asking(span: Span): Promise<Asking>;
  paths(span: Span): Promise<readonly ByPath[]>;
  teams(span: Span): Promise<readonly ByTeam[]>;
  delivering(span: Span): Promise<Delivering>;
  beginning(span: Span): Promise<Beginning>;
  hearing(span: Span): Promise<Hearing>;
  reaching(span: Span): Promise<Reaching>;
  attending(span: Span): Promise<Attending>;
  /** Surveys that were closed until then, latest first: the earlier ones are what the latest is compared with. */
  surveys(span: Span): Promise<readonly Closed[]>;
  months(span: Span): Promise<readonly Month[]>;
}
export type WithMetrics = { readonly metrics: MetricsStore };
