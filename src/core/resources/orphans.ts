import { z } from 'zod';
import { type Ctx, type Effects, onDue, onObserved } from '../kernel/index.ts';
import { orphansView } from './hands-view.ts';
import { about, jobs, keys, type Store } from './keys.ts';
import { tellTeam } from './reach.ts';
import type { Resource } from './store.ts';

/* What somebody who left leaves behind goes to the team: it is told once, and the first who says so takes it. */

const everyMs = 60 * 60_000;
/** After a start, which tells nothing of what happened while we were away, and after somebody left. */
const soonMs = 2 * 60_000;
/** As many at once; what is more comes with the next look. */
const atOnce = 500;

async function look(ctx: Ctx<Store>): Promise<Effects> {
  const { resources, audit } = ctx.store;
  await resources.returned();
  const orphans = await resources.orphans(atOnce);
  const effects: Effects[number][] = [];
  const groups = Map.groupBy(orphans, (r) => JSON.stringify([r.owner, r.team]));
  for (const group of groups.values()) {
    const [first] = group as [Resource, ...Resource[]];
    const { owner, team } = first;
    const offer = { to: { team }, at: ctx.now };
    for (const { id } of group) await resources.change(id, { offer }, ctx.now);
    const view = orphansView(
      owner,
      team,
      group.map((r) => ({ ...r, offer })),
      ctx.catalog.paths,
    );
    effects.push(...(await tellTeam(team, view, keys.orphans(owner, team, ctx.now), ctx)));
  }
  for (const resource of orphans)
    await audit.append({
      at: ctx.now,
      who: 'groundcrew',
      what: 'resource.orphaned',
      about: about(resource),
      details: { owner: resource.owner, team: resource.team },
    });
  return effects;
}

const again = (ctx: Ctx<Store>, ms: number): Effects => [
  { kind: 'later', job: jobs.watch, input: {}, at: new Date(ctx.now.getTime() + ms), key: jobs.watch },
];

export const orphans = [
  onObserved('started', z.object({}), async (_, ctx: Ctx<Store>) => again(ctx, soonMs)),
  onDue(jobs.watch, z.object({}), async (_, __, ctx: Ctx<Store>) => [...(await look(ctx)), ...again(ctx, everyMs)]),
  // A moment later, so that several who leave at once are one look, whichever feature hears of it first.
  onObserved('account.gone', z.object({}), async (_, ctx: Ctx<Store>) => again(ctx, soonMs)),
];
