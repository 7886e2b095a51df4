import { type Ctx, type PersonCtx, Problem } from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import type { WithAudit } from '../requests/store.ts';
import { nameOf } from './incident-view.ts';
import { looksAfter, whoLooksAfter } from './rules.ts';
import type { Incident, WithIncidents } from './store.ts';

export type MindingStore = WithIncidents & WithPeople & WithAudit;
type Minding = PersonCtx<MindingStore>;

/** Locks it, and refuses who may not: at the press, whatever they could see before. */
export async function mine(id: string, ctx: Minding): Promise<Incident> {
  const i = await known(id, ctx);
  if (!looksAfter(ctx.by, i.team))
    throw new Problem(
      'not_your_service',
      `You can’t do this to ${nameOf(i)}. ${whoLooksAfter(i.team)}. Nothing was done; ask one of them to press it.`,
    );
  return i;
}

export async function known(id: string, ctx: Ctx<MindingStore>): Promise<Incident> {
  const i = await ctx.store.incidents.take(id);
  if (i) return i;
  throw new Problem('incident_unknown', 'I know nothing of this incident any more. “status” tells how things are now.');
}

export const note = (what: string, i: Incident, ctx: Minding, details: Readonly<Record<string, unknown>> = {}) =>
  ctx.store.audit.append({
    at: ctx.now,
    who: ctx.by.id,
    what: `incident.${what}`,
    about: `incident/${i.number}`,
    details: { cluster: i.cluster, subject: i.subject, cause: i.verdict.code, ...details },
  });
