import { centsIn, money } from '../kernel/index.ts';
import type { Verdict } from '../requests/store.ts';
import type { Settings } from '../settings.ts';

/** What is asked of a team's quota and budget. `instead`: what the thing counts now, when it is changed. */
export type Ask = {
  readonly team: string;
  readonly quota?: { readonly kind: string; readonly amount: number };
  readonly cost?: { readonly currency: string; readonly cents: number };
  readonly instead?: { readonly amount: number; readonly cents: number };
};
/** What a team uses now, as `ResourceStore.usage` says for the ask's kind and the budgets' currency. */
export type Usage = { readonly amount: number; readonly cents: number };

export type Limit = {
  readonly used: number;
  readonly limit: number;
  /** Before what is asked; below zero when the limit was lowered since. */
  readonly left: number;
  readonly over: boolean;
  /** “2 of 3 postgres are in use; with this it is 3.” */
  readonly says: string;
};
export type Room = {
  readonly quota?: Limit;
  /** In cents. */
  readonly budget?: Limit;
  /** What follows for the request, together with what the path's policy says. */
  readonly verdict?: Exclude<Verdict, { readonly is: 'allow' }>;
};

/** Sums of amounts such as 0.1 are not off by a hair. */
const round = (n: number) => Math.round(n * 1000) / 1000;

export const quotaOf = (settings: Settings, team: string, kind: string): number | undefined =>
  own(own(settings.quotas.teams, team) ?? {}, kind) ?? own(settings.quotas.default, kind);

/** Per month, in the smallest unit of the currency. */
export function budgetOf({ budgets }: Settings, team: string): number | undefined {
  const units = own(budgets.teams, team) ?? budgets.default;
  return units === undefined ? undefined : Math.round(units * centsIn(budgets.currency));
}
/** Team names and kinds are typed by people: `constructor` is nobody's limit. */
const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

function quotaLimit(settings: Settings, usage: Usage, { team, quota, instead }: Ask): Limit | undefined {
  const limit = quota && quotaOf(settings, team, quota.kind);
  if (!quota || limit === undefined) return undefined;
  const used = round(usage.amount - (instead?.amount ?? 0));
  const after = round(used + quota.amount);
  const says = `${usage.amount} of ${limit} ${quota.kind} in use${after === usage.amount ? '' : `; with this it’s ${after}`}.`;
  // Who is over already may still become smaller.
  return { used, limit, left: round(limit - used), over: after > limit && quota.amount > (instead?.amount ?? 0), says };
}

function budgetLimit(settings: Settings, usage: Usage, { team, cost, instead }: Ask): Limit | undefined {
  const limit = budgetOf(settings, team);
  const { currency } = settings.budgets;
  if (limit === undefined || cost?.currency !== currency) return undefined;
  const used = usage.cents - (instead?.cents ?? 0);
  const after = used + cost.cents;
  const says = `${money(usage.cents, currency)} of ${money(limit, currency)} a month in use${after === usage.cents ? '' : `; with this it’s ${money(after, currency)}`}.`;
  return { used, limit, left: limit - used, over: after > limit && cost.cents > (instead?.cents ?? 0), says };
}

/**
 * Whether what is asked fits into a team's quota and budget. Over a limit somebody has to approve, or nothing helps
 * where the limit is hard. The owner of the limits is the platform team, so its role decides.
 */
export function room(settings: Settings, usage: Usage, ask: Ask): Room {
  const quota = quotaLimit(settings, usage, ask);
  const budget = budgetLimit(settings, usage, ask);
  const over = [
    ...(quota?.over
      ? [{ hard: settings.quotas.hard, because: `Team ${ask.team} would be over its quota: ${quota.says}` }]
      : []),
    ...(budget?.over
      ? [{ hard: settings.budgets.hard, because: `Team ${ask.team} would be over its budget: ${budget.says}` }]
      : []),
  ];
  const because = over.map((o) => o.because).join(' ');
  const verdict: Room['verdict'] = over.some((o) => o.hard)
    ? { is: 'deny', because: `${because} Delete something first, or ask ${settings.name} for a higher limit.` }
    : over.length > 0
      ? { is: 'approval', because, by: ['platform'] }
      : undefined;
  return { ...(quota ? { quota } : {}), ...(budget ? { budget } : {}), ...(verdict ? { verdict } : {}) };
}
