import type { AccountId, PersonId } from '../kernel/index.ts';
import type { Ticks } from './rules.ts';

/** How somebody who is new gets on. All times are those of what was seen, not of when it was noticed. */
export type Onboarding = {
  readonly person: PersonId;
  /** The login they said hello with: where their checklist stands. */
  readonly account: AccountId;
  readonly started: Date;
  readonly ticks: Ticks;
};

export interface OnboardingStore {
  /** Begins, unless it had begun; `fresh` says which. */
  begin(person: PersonId, account: AccountId, at: Date): Promise<{ readonly it: Onboarding; readonly fresh: boolean }>;
  of(person: PersonId): Promise<Onboarding | undefined>;
  /** What our own rows say: their first thing that was ready, and the first rollout of their teams since they began. */
  evidence(person: PersonId, teams: readonly string[], since: Date): Promise<Pick<Ticks, 'environment' | 'deploy'>>;
  tick(person: PersonId, ticks: Ticks): Promise<void>;
  /** Those that began since then and are not finished, in the order of their ids; those after `after`. */
  open(since: Date, limit: number, after?: PersonId): Promise<readonly Onboarding[]>;
}
export type WithOnboarding = { readonly onboarding: OnboardingStore };
