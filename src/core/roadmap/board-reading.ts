import type { Ctx } from '../kernel/index.ts';
import { type Entry, shippedDays } from './board.ts';
import { scoreOf } from './score.ts';
import type { WithRoadmap } from './store.ts';

/** How many items are weighed: far more than are shown. */
const weighedMost = 500;

/** What stands on the roadmap at a moment, each with what it weighs. */
export async function readBoard({ store, now }: Pick<Ctx<WithRoadmap>, 'store' | 'now'>): Promise<readonly Entry[]> {
  const items = await store.roadmap.board(new Date(now.getTime() - shippedDays * 86_400_000), weighedMost);
  const counts = await store.roadmap.counts(items.map((item) => item.number));
  return items.map((item) => ({ item, score: scoreOf(item, counts.get(item.number) ?? []) }));
}
