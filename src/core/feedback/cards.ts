import type { Ctx, Effect, Effects } from '../kernel/index.ts';
import { scoreOf } from '../roadmap/score.ts';
import type { WithRoadmap } from '../roadmap/store.ts';
import { requesterCard, triageCard } from './card-view.ts';
import type { Feedback, Moved, WithFeedback } from './store.ts';

export const keys = {
  triage: (number: number) => `feedback/${number}/triage`,
  requester: (number: number) => `feedback/${number}/requester`,
  told: (number: number, step: number) => `feedback/${number}/told/${step}`,
  answered: (number: number, step: number) => `feedback/${number}/answered/${step}`,
};

type Cards = Ctx<WithFeedback & WithRoadmap>;

/** The card of an item as it is now, with its score. */
export async function triageCardOf(item: Feedback, history: readonly Moved[], ctx: Cards) {
  const counts = (await ctx.store.roadmap.counts([item.number])).get(item.number) ?? [];
  return triageCard(item, history, scoreOf(item, counts));
}

/** Edits every copy of an item, and those of what is merged into it: they say where the whole stands. */
export async function cardEdits(item: Feedback, history: readonly Moved[], ctx: Cards): Promise<Effects> {
  const root = item.into === undefined ? undefined : await ctx.store.roadmap.rootOf(item.into);
  const whole = root === undefined ? undefined : await ctx.store.roadmap.item(root);
  const merged = await ctx.store.roadmap.merged(item.number);
  const histories = await ctx.store.feedback.histories(merged.map((m) => m.number));
  return [
    {
      kind: 'edit',
      key: keys.triage(item.number),
      view: whole ? triageCard(item, history, undefined, whole) : await triageCardOf(item, history, ctx),
    },
    {
      kind: 'edit',
      key: keys.requester(item.number),
      view: requesterCard(item, history, ctx.settings.name, whole),
    },
    ...merged.flatMap((each): readonly Effect[] => {
      const own = histories.get(each.number) ?? [];
      return [
        { kind: 'edit', key: keys.triage(each.number), view: triageCard(each, own, undefined, whole ?? item) },
        {
          kind: 'edit',
          key: keys.requester(each.number),
          view: requesterCard(each, own, ctx.settings.name, whole ?? item),
        },
      ];
    }),
  ];
}

/**
 * As `cardEdits`, for an item that is read anew: after something beside its state changed. The whole is held from before it
 * is read until all is committed, or of two who do this at once the last to write may be the first who read.
 */
export async function redraw(number: number, ctx: Cards): Promise<Effects> {
  const root = (await ctx.store.roadmap.rootOf(number)) ?? number;
  const item = await ctx.store.feedback.take(root);
  if (!item) return [];
  // It was merged while we waited for it.
  if (item.into !== undefined) return redraw(root, ctx);
  return cardEdits(item, await ctx.store.feedback.history(root), ctx);
}
