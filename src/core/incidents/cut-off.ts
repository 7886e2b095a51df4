import { type Ctx, type Effect, type Effects, type Handler, onObserved, text } from '../kernel/index.ts';
import { tellThoseInCharge } from '../operations/feature.ts';
import type { WithPeople } from '../people/store.ts';
import { awayView, backView, leftView } from './cut-off-view.ts';
import { nameOf } from './incident-view.ts';
import { awayFor, clusterAway, clusterLeft, left } from './seen.ts';
import type { WithIncidents } from './store.ts';
import { history, redraw } from './telling.ts';

type Store = WithIncidents & WithPeople;

/** Those in charge get one message for each time that a cluster is away, which says so when it is back. */
const keyOf = (cluster: string, since: Date): string => `${clusterAway}/${cluster}/${since.getTime()}`;

/** What is told when a cluster that was away shows itself. */
export const isBack = (
  { cluster, called, away }: { readonly cluster: string; readonly called?: string; readonly away?: Date },
  ctx: Ctx<Store>,
): Effects =>
  away === undefined ? [] : [{ kind: 'edit', key: keyOf(cluster, away), view: backView(called, away, ctx.now) }];

/** Nobody looks any more: what is open there would stay so for ever, and what recovers would never be over. */
async function leave(cluster: string, ctx: Ctx<Store>): Promise<Effects> {
  const { incidents } = ctx.store;
  const gone = await incidents.leave(cluster);
  if (gone === undefined) return [];
  const name = gone.called ?? cluster;
  const messages: string[] = [];
  const lines: Effect[] = [];
  for (const i of await incidents.living(cluster)) {
    await incidents.change(i.id, { state: 'resolved', resolved: ctx.now, well: null, unfollowed: true }, ctx.now);
    if (i.message !== undefined) messages.push(i.message);
    const words = text`I don’t look at ${name} any more, so I won’t tell how ${nameOf(i)} goes on.`;
    lines.push(...history(i, 'left', 'Nobody looks any more', words, ctx));
  }
  const { away } = gone;
  return [
    ...(await redraw(messages, ctx)),
    ...lines,
    ...(away === undefined ? [] : [{ kind: 'edit', key: keyOf(cluster, away), view: leftView(name, away) } as const]),
  ];
}

export const cutOff: readonly Handler<Store>[] = [
  onObserved(clusterAway, awayFor, async ({ cluster, term, why, since }, ctx: Ctx<Store>): Promise<Effects> => {
    const lost = await ctx.store.incidents.lose(cluster, since, term);
    return lost ? tellThoseInCharge(awayView(lost.called, why, since), keyOf(cluster, since), ctx) : [];
  }),
  onObserved(clusterLeft, left, async ({ cluster }, ctx: Ctx<Store>) => leave(cluster, ctx)),
];
