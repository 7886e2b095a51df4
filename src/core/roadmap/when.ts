import type { Feedback } from '../feedback/store.ts';
import type { Ctx, Effect, Effects } from '../kernel/index.ts';
import type { WithRoadmap } from './store.ts';

/** The job that tells people what was decided. */
export const tellJob = 'roadmap.tell';

const job = (key: string, at: Date): Effect => ({ kind: 'later', job: tellJob, input: {}, at, key });
export const tellNow = (ctx: Pick<Ctx<unknown>, 'now'>): Effect => job('roadmap/tell', ctx.now);

export const tellAt = (at: Date): Effect => job('roadmap/tell/shipped', at);

/** At the next beat of the clock; nothing when nobody but the requester wants it, who is told at once. */
export async function tellSoon(number: number, ctx: Ctx<WithRoadmap>): Promise<Effects> {
  const counts = (await ctx.store.roadmap.counts([number])).get(number) ?? [];
  if (counts.reduce((all, c) => all + c.asked, 0) < 2) return [];
  await ctx.store.roadmap.tell(number, ctx.now);
  return [tellNow(ctx)];
}

/**
 * Who came to an item when it was decided, with what was merged into it, is told what was: those who were told stay told.
 * Some time later, since a merge may be a slip, too.
 */
export async function tellJoined({ number, state }: Feedback, ctx: Ctx<WithRoadmap>): Promise<Effects> {
  if (state === 'shipped') return tellLater(number, ctx);
  if (state !== 'planned' && state !== 'declined') return [];
  const at = new Date(ctx.now.getTime() + ctx.settings.roadmap.gather * 1000);
  await ctx.store.roadmap.tell(number, at);
  return [tellAt(at)];
}

/** What ships every minute would be told never: so much of `roadmap.gather` it waits at most. */
const gathersMost = 5;

/** What ships within the same minutes is told in one message, and what was shipped by mistake can be taken back. */
export async function tellLater(number: number, ctx: Ctx<WithRoadmap>): Promise<Effects> {
  const ms = ctx.settings.roadmap.gather * 1000;
  const at = await ctx.store.roadmap.gather(number, new Date(ctx.now.getTime() + ms), ms * gathersMost);
  return [tellAt(at)];
}
