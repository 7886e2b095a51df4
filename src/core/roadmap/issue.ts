import type { Feedback } from '../feedback/store.ts';
import type { Ctx, Effects } from '../kernel/index.ts';
import type { WithRoadmap } from './store.ts';

/** The action that brings an issue to where its item is. */
export const syncAction = 'tracker.sync';

/** The action that asks a tracker what changed. */
export const changedAction = 'tracker.changed';

/** The issue follows its item; what waits to be said of it is replaced by what is true now. */
export async function syncIssue({ number, what, state }: Feedback, ctx: Ctx<WithRoadmap>): Promise<Effects> {
  const issue = await ctx.store.roadmap.issue(number);
  if (!issue) return [];
  const { tracker, ref } = issue;
  return [
    {
      kind: 'act',
      action: syncAction,
      input: { tracker, ref, number, title: what, state },
      key: `roadmap/issue/${number}`,
    },
  ];
}
