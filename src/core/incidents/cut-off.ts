import { type Ctx, type Effects, type Handler, onObserved } from '../kernel/index.ts';
import { tellThoseInCharge } from '../operations/feature.ts';
import type { WithPeople } from '../people/store.ts';
import { awayView, backView } from './cut-off-view.ts';
import { awayFor, clusterAway } from './seen.ts';
import type { WithIncidents } from './store.ts';

type Store = WithIncidents & WithPeople;

/** Those in charge get one message for each time that a cluster is away, which says so when it is back. */
const keyOf = (cluster: string, since: Date): string => `${clusterAway}/${cluster}/${since.getTime()}`;

/** What is told when a cluster that was away shows itself. */
export const isBack = (
  { cluster, called, away }: { readonly cluster: string; readonly called?: string; readonly away?: Date },
  ctx: Ctx<Store>,
): Effects =>
  away === undefined ? [] : [{ kind: 'edit', key: keyOf(cluster, away), view: backView(called, away, ctx.now) }];

export const cutOff: readonly Handler<Store>[] = [
  onObserved(clusterAway, awayFor, async ({ cluster, why, since }, ctx: Ctx<Store>): Promise<Effects> => {
    const lost = await ctx.store.incidents.lose(cluster, since);
    return lost ? tellThoseInCharge(awayView(lost.called, why, since), keyOf(cluster, since), ctx) : [];
  }),
];
