import { z } from 'zod';
import { refKey } from '../diagnosis/verdict.ts';
import {
  type Ctx,
  duration,
  type Effect,
  type Effects,
  type Handler,
  onDue,
  onObserved,
  text,
} from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import { tellTeam } from '../resources/reach.ts';
import { another, isBack } from './cut-off.ts';
import { tryFixes } from './fixing.ts';
import { nameOf, yoursView } from './incident-view.ts';
import {
  distinct,
  familyOf,
  gist,
  joinMs,
  muteOf,
  placesFor,
  returnsMs,
  revisionOf,
  subjectOf,
  together,
  windowOf,
} from './life.ts';
import { incidentSeen, rolloutSeen, rollouts, type Seen, type Sighting, seen } from './seen.ts';
import type { Incident, Mute, WithIncidents } from './store.ts';
import { history, messageView, redraw } from './telling.ts';

type Store = WithIncidents & WithPeople;
type Watching = Ctx<Store>;
/** Whether a cluster is looked at again is asked after so long, in milliseconds. */
const againMs = 60_000;
const jobs = { settle: 'incident.settle', unmuted: 'incident.unmuted' } as const;

const sameOne = (i: Incident, s: Sighting): boolean =>
  i.subject === subjectOf(s.verdict.object) && i.family === familyOf(s.verdict);

/** A cluster as it is now, against what was known of it. Everything in one transaction, one after the other. */
async function see(news: Seen, ctx: Watching): Promise<Effects> {
  const { incidents } = ctx.store;
  // Two processes may tell of one cluster while the lead passes from one to the other.
  const seen = await incidents.see(news.cluster, news);
  if (!seen) return [];
  const other = await another(news, seen, ctx);
  const living = await incidents.living(news.cluster);
  const mutes = await incidents.mutes(news.cluster, ctx.now);
  const now = distinct(news.sightings);
  const touched = new Set<string>();
  const effects: Effect[] = [];
  const fresh: Sighting[] = [];
  for (const sighting of now) {
    const known = living.find((i) => sameOne(i, sighting)) ?? (await returned(sighting, news.cluster, ctx));
    if (known === undefined) fresh.push(sighting);
    else effects.push(...(await goOn(known, sighting, mutes, touched, ctx)));
  }
  const opened = await open(fresh, news.cluster, mutes, ctx);
  for (const i of living)
    if (!now.some((s) => sameOne(i, s)))
      effects.push(...(await gone(i, [...living, ...opened.all], news, touched, ctx)));
  // One that was drawn by its opening is not drawn twice.
  const again = [...touched].filter((m) => !opened.messages.has(m));
  const back = isBack({ cluster: news.cluster, ...seen }, ctx);
  return [...other, ...opened.effects, ...(await redraw(again, ctx)), ...effects, ...back];
}

/** One that was over a moment ago was not: it goes on in its message. */
const returned = (s: Sighting, cluster: string, ctx: Watching): Promise<Incident | undefined> =>
  ctx.store.incidents.lately(
    cluster,
    subjectOf(s.verdict.object),
    familyOf(s.verdict),
    new Date(ctx.now.getTime() - returnsMs),
  );

async function goOn(
  i: Incident,
  s: Sighting,
  mutes: readonly Mute[],
  touched: Set<string>,
  ctx: Watching,
): Promise<Effects> {
  const { incidents } = ctx.store;
  const back = i.state !== 'open';
  const differs = gist(i.verdict) !== gist(s.verdict);
  // Another rollout that fails as the one before: a mute may have been for that one alone.
  const anew = s.service !== undefined && revisionOf(i.service) !== revisionOf(s.service);
  if (!back && !differs && !anew) return [];
  await incidents.change(
    i.id,
    {
      state: 'open',
      verdict: s.verdict,
      well: null,
      resolved: null,
      into: null,
      unfollowed: false,
      ...(s.service === undefined ? {} : { service: s.service }),
    },
    ctx.now,
  );
  const tries = differs ? tryFixes({ ...i, verdict: s.verdict }, ctx) : [];
  if (i.message === undefined) return [...tries, ...(loud(s, mutes) ? await speak(i, ctx) : [])];
  touched.add(i.message);
  const never: Effects = [...tries, ...(back ? [{ kind: 'never', key: `${jobs.settle}/${i.id}` } as const] : [])];
  const cause = i.verdict.code !== s.verdict.code;
  if (cause) return [...never, ...history(i, 'cause', 'The cause changed', s.verdict.summary, ctx)];
  // A crash loop is well for a moment between two crashes: its coming back is no news.
  return i.state === 'resolved' ? [...never, ...history(i, 'back', 'It is back', s.verdict.summary, ctx)] : never;
}

const loud = (s: Sighting, mutes: readonly Mute[]): boolean => muteOf(mutes, s) === undefined;

/** One that was muted when it opened is told after all. */
async function speak(i: Incident, ctx: Watching): Promise<Effects> {
  const message = `incident/${i.id}`;
  await ctx.store.incidents.change(i.id, { message }, ctx.now);
  return post(message, i.team, ctx);
}

type Opened = {
  readonly all: readonly Incident[];
  readonly messages: ReadonlySet<string>;
  readonly effects: Effects;
};

/** New ones: one message each, or one for all of a channel when they are many. */
async function open(
  fresh: readonly Sighting[],
  cluster: string,
  mutes: readonly Mute[],
  ctx: Watching,
): Promise<Opened> {
  const { incidents } = ctx.store;
  const counts = Map.groupBy(
    fresh.filter((s) => loud(s, mutes)),
    (s) => placesFor(s.team, ctx.settings).join(),
  );
  const all: Incident[] = [];
  const messages = new Map<string, string | undefined>();
  const living = await incidents.living(cluster);
  for (const s of fresh) {
    const id = ctx.id();
    const channel = placesFor(s.team, ctx.settings).join();
    const many = (counts.get(channel)?.length ?? 0) >= together;
    const message = loud(s, mutes)
      ? (joined(living, channel, ctx) ??
        (many ? `incidents/${channel}/${ctx.now.getTime()}/${cluster}` : `incident/${id}`))
      : undefined;
    const made = await incidents.add({
      id,
      cluster,
      subject: subjectOf(s.verdict.object),
      family: familyOf(s.verdict),
      verdict: s.verdict,
      opened: ctx.now,
      ...(s.service === undefined ? {} : { service: s.service }),
      ...(s.team === undefined ? {} : { team: s.team }),
      ...(message === undefined ? {} : { message }),
    });
    all.push(made);
    if (message !== undefined) messages.set(message, s.team);
  }
  const effects: Effect[] = [];
  for (const [key, team] of messages)
    effects.push(...(await (living.some((i) => i.message === key) ? redraw([key], ctx) : post(key, team, ctx))));
  for (const i of all) effects.push(...tryFixes(i, ctx), ...(await tellRoller(i, ctx)));
  return { all, messages: new Set(messages.keys()), effects };
}

/** What breaks just after many did joins their message. */
const joined = (living: readonly Incident[], channel: string, ctx: Watching): string | undefined =>
  living.find(
    (i) => i.message?.startsWith(`incidents/${channel}/`) === true && ctx.now.getTime() - i.opened.getTime() < joinMs,
  )?.message;

/** Said where it is new: in the channel of its team, or the doctor's; where there is neither, to those whose it is. */
async function post(key: string, team: string | undefined, ctx: Watching): Promise<Effects> {
  const view = await messageView(key, ctx);
  if (!view) return [];
  const places = placesFor(team, ctx.settings);
  if (places.length === 0) return tellTeam(team ?? '', view, key, ctx);
  return places.map((place): Effect => ({ kind: 'say', place, view, key }));
}

async function tellRoller(i: Incident, ctx: Watching): Promise<Effects> {
  const by = i.service?.by;
  if (by === undefined || i.message === undefined) return [];
  const roller = await ctx.store.people.byEmail(by);
  return roller ? [{ kind: 'tell', person: roller.id, view: yoursView(i), key: `incident/${i.id}/yours` }] : [];
}

/** Nothing is wrong with it any more: it is over at once, or after a while, or it was part of something larger. */
async function gone(
  i: Incident,
  all: readonly Incident[],
  news: Seen,
  touched: Set<string>,
  ctx: Watching,
): Promise<Effects> {
  const { incidents } = ctx.store;
  const larger = news.sightings.find((s) => s.verdict.affected.some((r) => refKey(r) === i.subject));
  const into = larger && all.find((o) => o.id !== i.id && sameOne(o, larger))?.number;
  if (into !== undefined) {
    await incidents.change(i.id, { state: 'resolved', resolved: ctx.now, into }, ctx.now);
    if (i.message !== undefined) touched.add(i.message);
    return [{ kind: 'never', key: `${jobs.settle}/${i.id}` }];
  }
  if (news.unsettled.includes(i.subject)) {
    if (i.state === 'recovering' && i.well === undefined) return [];
    await incidents.change(i.id, { state: 'recovering', well: null }, ctx.now);
    if (i.message !== undefined) touched.add(i.message);
    return [{ kind: 'never', key: `${jobs.settle}/${i.id}` }];
  }
  if (i.well !== undefined) return [];
  const ms = windowOf(i.verdict);
  if (ms === 0) return over({ ...i, well: ctx.now }, touched, ctx);
  await incidents.change(i.id, { state: 'recovering', well: ctx.now }, ctx.now);
  if (i.message !== undefined) touched.add(i.message);
  const at = new Date(ctx.now.getTime() + ms);
  return [settle(i, at)];
}

const settle = ({ id }: Incident, at: Date): Effect => ({
  kind: 'later',
  job: jobs.settle,
  input: { id },
  at,
  key: `${jobs.settle}/${id}`,
});

async function over(i: Incident, touched: Set<string>, ctx: Watching): Promise<Effects> {
  const well = i.well ?? ctx.now;
  const { mending } = i;
  const helped = mending?.tried?.state === 'done';
  const fix = helped ? { mending: { ...mending, tried: { ...mending.tried, state: 'helped' as const } } } : {};
  await ctx.store.incidents.change(i.id, { state: 'resolved', well, resolved: ctx.now, ...fix }, ctx.now);
  if (i.message !== undefined) touched.add(i.message);
  const took = duration((well.getTime() - i.opened.getTime()) / 1000);
  return history(i, 'over', 'It is over', text`${nameOf(i)} is well again. It took ${took}.`, ctx);
}

/** What the cluster's side tells, and what the clock does with it. */
export const watching: readonly Handler<Store>[] = [
  onObserved(incidentSeen, seen, see),
  onObserved(rolloutSeen, rollouts, async (news, ctx: Watching): Promise<Effects> => {
    // Told by a process to which this context leads elsewhere.
    if (news.uid !== undefined && (await ctx.store.incidents.uid(news.cluster)) !== news.uid) return [];
    await ctx.store.incidents.rolledOut(news.cluster, news.rollouts, ctx.now);
    return [];
  }),
  onDue(jobs.settle, z.object({ id: z.string() }), async ({ id }, _, ctx: Watching): Promise<Effects> => {
    const i = await ctx.store.incidents.take(id);
    if (i?.state !== 'recovering' || i.well === undefined) return [];
    // That nothing is seen to be wrong while nobody looks, or nobody can, does not make it well.
    if (!(await ctx.store.incidents.watched(i.cluster))) return [settle(i, new Date(ctx.now.getTime() + againMs))];
    const touched = new Set<string>();
    const effects = await over(i, touched, ctx);
    return [...(await redraw(touched, ctx)), ...effects];
  }),
  // A mute has run out: what is still wrong is told now.
  onDue(jobs.unmuted, z.object({ cluster: z.string() }), async ({ cluster }, _, ctx: Watching) =>
    tellQuiet(cluster, ctx),
  ),
];

/** Tells those that opened while they were muted, and are not any more. */
export async function tellQuiet(cluster: string, ctx: Watching): Promise<Effects> {
  const { incidents } = ctx.store;
  const mutes = await incidents.mutes(cluster, ctx.now);
  const effects: Effect[] = [];
  for (const i of await incidents.living(cluster)) {
    if (muteOf(mutes, i)) continue;
    effects.push(...(i.message === undefined ? await speak(i, ctx) : await redraw([i.message], ctx)));
  }
  return effects;
}
export const unmuteLater = (cluster: string, at: Date): Effect => ({
  kind: 'later',
  job: jobs.unmuted,
  input: { cluster },
  at,
  key: `${jobs.unmuted}/${cluster}/${at.getTime()}`,
});
