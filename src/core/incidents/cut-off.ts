import { type Ctx, type Effect, type Effects, type Handler, onObserved, type Text, text } from '../kernel/index.ts';
import { tellThoseInCharge } from '../operations/feature.ts';
import type { WithPeople } from '../people/store.ts';
import { againView, awayView, backView, leftView, otherView } from './cut-off-view.ts';
import { nameOf } from './incident-view.ts';
import { awayFor, clusterAway, clusterLeft, left, type Seen } from './seen.ts';
import type { Incident, Shown, WithIncidents } from './store.ts';
import { history, redraw } from './telling.ts';

type Store = WithIncidents & WithPeople;

/** Those in charge get one message for each time that a cluster is away, which says so when it is back. */
const keyOf = (cluster: string, since: Date): string => `${clusterAway}/${cluster}/${since.getTime()}`;

/** What is told when a cluster that was away shows itself. */
export const isBack = (
  { cluster, called, away, was }: Shown & { readonly cluster: string },
  ctx: Ctx<Store>,
): Effects =>
  away === undefined || was !== undefined
    ? []
    : [{ kind: 'edit', key: keyOf(cluster, away), view: backView(called, away, ctx.now) }];

/** One that goes back and forth between two clusters is told of once in it. */
const hourMs = 3_600_000;

type Ended = { readonly messages: readonly string[]; readonly lines: Effects };

/** What is open there ends, though nobody knows how it fares. */
async function endAll(cluster: string, words: (i: Incident) => Text, ctx: Ctx<Store>): Promise<Ended> {
  const { incidents } = ctx.store;
  const messages: string[] = [];
  const lines: Effect[] = [];
  for (const i of await incidents.living(cluster)) {
    await incidents.change(i.id, { state: 'resolved', resolved: ctx.now, well: null, unfollowed: true }, ctx.now);
    if (i.message !== undefined) messages.push(i.message);
    lines.push(...history(i, 'left', 'Nobody looks any more', words(i), ctx));
  }
  return { messages, lines };
}

/**
 * Its context leads to another cluster than before: what is open there would be taken for this one’s, or for over. None of it
 * is mixed up, and those in charge are told, since they may not have meant it.
 */
export async function another({ cluster, uid }: Seen, { was, away, called }: Shown, ctx: Ctx<Store>): Promise<Effects> {
  if (was === undefined || uid === undefined) return [];
  const name = called ?? cluster;
  const ended = await endAll(
    cluster,
    (i) => text`“${name}” leads to another cluster now, so I won’t tell how ${nameOf(i)} goes on in the one before.`,
    ctx,
  );
  const known = await ctx.store.incidents.putAside(cluster, was, uid);
  const view = known ? againView(name, was, uid) : otherView(name, was, uid);
  const key = `cluster.other/${cluster}/${[was, uid].toSorted().join('/')}/${Math.floor(ctx.now.getTime() / hourMs)}`;
  return [
    ...(await redraw(ended.messages, ctx)),
    ...ended.lines,
    ...(away === undefined ? [] : [{ kind: 'edit', key: keyOf(cluster, away), view: leftView(name, away) } as const]),
    ...(await tellThoseInCharge(view, key, ctx)),
    // Where they were told of these two already, that message says how it is now; one that is new says so anyway.
    { kind: 'edit', key, view },
  ];
}

/** Nobody looks any more: what is open there would stay so for ever, and what recovers would never be over. */
async function leave(cluster: string, ctx: Ctx<Store>): Promise<Effects> {
  const { incidents } = ctx.store;
  const gone = await incidents.leave(cluster);
  if (gone === undefined) return [];
  const name = gone.called ?? cluster;
  const ended = await endAll(
    cluster,
    (i) => text`I don’t look at ${name} any more, so I won’t tell how ${nameOf(i)} goes on.`,
    ctx,
  );
  const { away } = gone;
  return [
    ...(await redraw(ended.messages, ctx)),
    ...ended.lines,
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
