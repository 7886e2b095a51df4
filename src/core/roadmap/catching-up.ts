import { z } from 'zod';
import type { Store } from '../feedback/moving.ts';
import { type Ctx, type Effect, type Effects, onDue, onObserved, onOutcome } from '../kernel/index.ts';
import { addMinutes } from '../kernel/instants.ts';
import { changedAction } from './issue.ts';
import { changed, seenIssue } from './tracker.ts';

/*
 * Webhooks are lost: while we are down, while GitHub is, while the secret is wrong. So the tracker is asked now and then
 * what changed since we last knew, by its own clock, and what we did not hear of is heard then.
 */

const jobs = { look: 'roadmap.catch-up', hear: 'roadmap.heard' } as const;
/** So often; a webhook that arrives is heard at once. */
const everyMinutes = 10;
/** A list of what changed may lag behind: so much of it is read again. */
const overlapMinutes = 2;
/** What was changed before we ever looked. */
const firstDays = 7;

const again = z.object({ more: z.boolean().exactOptional() });
const look = (at: Date, input: z.output<typeof again> = {}): Effect => ({
  kind: 'later',
  job: jobs.look,
  input,
  at,
  key: jobs.look,
});

/** `hear` is told how an issue stands that may have changed unheard; each in a transaction of its own. */
export const catchingUp = (hear: (seen: z.output<typeof seenIssue>, ctx: Ctx<Store>) => Promise<Effects>) => [
  onObserved('started', z.object({}), async (_, ctx: Ctx<Store>) => [look(addMinutes(ctx.now, 1))]),
  onDue(jobs.look, again, async ({ more }, _, ctx: Ctx<Store>): Promise<Effects> => {
    const next = look(addMinutes(ctx.now, everyMinutes));
    if (!ctx.settings.roadmap.github) return [next];
    const tracker = 'github';
    const known = await ctx.store.roadmap.trackedTo(tracker);
    const since = known ? addMinutes(known, more ? 0 : -overlapMinutes) : addMinutes(ctx.now, -firstDays * 24 * 60);
    const input = { tracker, since: since.toISOString() };
    return [next, { kind: 'act', action: changedAction, key: `roadmap/changed/${tracker}`, input }];
  }),
  onOutcome(changedAction, changed, async (key, result, ctx: Ctx<Store>): Promise<Effects> => {
    const last = result.ok ? result.issues.at(-1) : undefined;
    if (!result.ok || !last) return [];
    const tracker = key.slice(key.lastIndexOf('/') + 1);
    const before = await ctx.store.roadmap.trackedTo(tracker);
    const to = new Date(last.at);
    // As many as come at once, all of one second: the next look would find the same.
    const stuck = result.more && before !== undefined && to <= before;
    await ctx.store.roadmap.setTrackedTo(tracker, stuck ? new Date(before.getTime() + 1000) : to);
    const effects: Effect[] = [];
    for (const { ref, at, stands } of result.issues) {
      const issue = await ctx.store.roadmap.issueBy(tracker, ref);
      if (!issue || (issue.changed && new Date(at) <= issue.changed)) continue;
      const input = { tracker, ref, at, stands };
      effects.push({ kind: 'later', job: jobs.hear, input, at: ctx.now, key: `${jobs.hear}/${tracker}/${ref}` });
    }
    return result.more ? [...effects, look(ctx.now, { more: true })] : effects;
  }),
  onDue(jobs.hear, seenIssue, (seen, _, ctx: Ctx<Store>) => hear(seen, ctx)),
];
