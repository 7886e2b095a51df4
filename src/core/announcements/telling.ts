import {
  type Ctx,
  type Effect,
  type Effects,
  type Person,
  type PersonId,
  type PlatformName,
  platformNames,
  platformOf,
} from '../kernel/index.ts';
import { addMinutes, subDays } from '../kernel/instants.ts';
import type { WithDemos } from '../office-hours/demo-store.ts';
import type { WithOfficeHours } from '../office-hours/store.ts';
import type { WithPeople } from '../people/store.ts';
import { reachable } from '../resources/reach.ts';
import type { WithResources } from '../resources/store.ts';
import type { WithRoadmap } from '../roadmap/store.ts';
import type { Settings } from '../settings.ts';
import { type Channel, cardView, type Sight } from './card-view.ts';
import { followedView } from './following-view.ts';
import { goPath, jobs, keys, pathOf } from './keys.ts';
import { ownersOf } from './owners.ts';
import type { Announcement, Content, WithAnnouncements } from './store.ts';
import { announcementView, detailsView, type Reach } from './views.ts';
import { restBlocks, waitingView } from './week-view.ts';

export type Store = WithAnnouncements & WithDemos & WithOfficeHours & WithPeople & WithResources & WithRoadmap;

/** The channels of an announcement: those for news, and those of the teams that it concerns. Each once. */
export function channelsOf(
  { audience, event }: Pick<Content, 'audience' | 'event'>,
  { channels }: Settings,
): readonly Channel[] {
  const all: readonly Channel[] = [
    ...channels.updates.map((place) => ({ place, called: 'platform updates' })),
    ...audience.teams.flatMap((team) =>
      (channels.teams[team] ?? []).map((place) => ({ place, called: `the channel of ${team}` })),
    ),
  ];
  const each = [...new Map(all.toReversed().map((c) => [c.place, c])).values()].toReversed();
  // A session stands in its own channels by itself: nobody reads it twice.
  return each.filter(({ place }) => !event?.places.includes(place));
}

/** Addresses of ours, where it is known how the world reaches us. */
function waysOf(a: Announcement, ctx: Ctx<Store>): Pick<Reach, 'go' | 'page'> {
  const [page, go] = [ctx.address(pathOf(a.number)), ctx.address(goPath(a.number))];
  return {
    ...(page === undefined ? {} : { page }),
    ...(go === undefined || a.content.link === undefined ? {} : { go }),
  };
}

async function reachOf(a: Announcement, ctx: Ctx<Store>): Promise<Reach> {
  const { announcements } = ctx.store;
  const ways = waysOf(a, ctx);
  // Before it is posted nobody owes anything yet: this is who would.
  const owners = a.posted
    ? await announcements.share(a.number)
    : { done: 0, all: (await ownersOf(a.content, ctx)).length };
  return {
    ...ways,
    seen: a.posted ? await announcements.seenBy(a.number) : 0,
    ...(a.posted ? { reacted: await announcements.reactedBy(a.number) } : {}),
    ...(a.content.action ? { owners } : {}),
    ...(a.posted && ways.go !== undefined ? { follows: await announcements.follows(a.number) } : {}),
  };
}

/** How it fares, in the channels where it should stand and in those where it stands. */
export async function sightOf(a: Announcement, ctx: Ctx<Store>): Promise<Sight> {
  const channels = channelsOf(a.content, ctx.settings);
  const said = a.posted !== undefined;
  const copies = said ? await ctx.store.announcements.copies(keys.post(a.number), a.changed) : [];
  const named = new Set(channels.map((c) => c.place));
  const former = copies.filter((c) => !named.has(c.place)).map(({ place }) => ({ place, called: 'a former channel' }));
  return { channels: [...channels, ...former], copies, ...(await reachOf(a, ctx)) };
}

/** Where the author can look at it: the platforms that they have a login on. */
const platformsOf = (author: Person | undefined): readonly PlatformName[] =>
  platformNames.filter((p) => author?.accounts.some((account) => platformOf(account) === p));

/** How many of those who could have written it stand in for whoever did and left. */
const standIns = 10;
/** Who hears how it fares: its author; once they have no login left, those who may write announcements. */
export async function keepersOf({ author }: Announcement, ctx: Ctx<Store>): Promise<readonly PersonId[]> {
  const { people } = ctx.store;
  if (reachable(await people.byId(author))) return [author];
  return (await people.holding(['platform', 'product'], standIns)).map((p) => p.id);
}

/** The author’s own copies, on each platform that they are on: told when it is new, then kept up to date. */
export async function ownCopies(
  how: 'tell' | 'edit',
  a: Announcement,
  sight: Sight,
  ctx: Ctx<Store>,
): Promise<Effects> {
  const author = await ctx.store.people.byId(a.author);
  const own = platformsOf(author).flatMap((platform): Effects => {
    const via = author?.accounts.find((account) => platformOf(account) === platform);
    const both = [
      [keys.preview(a.number, platform), announcementView(a, sight)],
      [keys.card(a.number, platform), cardView(a, sight, platform)],
    ] as const;
    return both.map(([key, view]): Effect => {
      if (how === 'edit') return { kind: 'edit', key, view, leave: true };
      return { kind: 'tell', person: a.author, key, view, ...(via ? { via } : {}) };
    });
  });
  return how === 'edit' && a.content.kind === 'week' ? [...own, ...stillWaiting(a, ctx)] : own;
}

/** What its owner was told while it was not approved says what became of it. */
const stillWaiting = (a: Announcement, ctx: Ctx<unknown>): Effects =>
  (['before', 'after'] as const).map((when): Effect => {
    const view = waitingView(a, a.planned !== undefined && a.planned <= ctx.now);
    return { kind: 'edit', key: keys.waiting(a.number, when), view, leave: true };
  });

/** After so many minutes it is looked after: what is on its way for longer is looked at again. `attempt`: when it was tried once more. */
const checks = [1, 10, 60, 360, 1500] as const;
export type Check = { readonly number: number; readonly round: number; readonly attempt?: number };
export function checkLater(number: number, ctx: Ctx<unknown>, { round = 0, attempt }: Partial<Check> = {}): Effects {
  const minutes = checks[round];
  if (minutes === undefined) return [];
  const at = addMinutes(ctx.now, minutes);
  return [
    {
      kind: 'later',
      job: jobs.check,
      input: { number, round, ...(attempt === undefined ? {} : { attempt }) },
      at,
      key: keys.check(number),
    },
  ];
}

/** Into every channel where it should stand. Where it stands already nothing is said twice; where it did not arrive, anew. */
export function sayIt(a: Announcement, reach: Reach, ctx: Ctx<Store>): Effects {
  const view = announcementView(a, reach);
  const says = channelsOf(a.content, ctx.settings).map(
    ({ place }): Effect => ({ kind: 'say', place, view, key: keys.post(a.number), anew: true }),
  );
  return [...says, ...details(a)];
}
/** In the threads; where there are none a message of its own, since it is asked for nowhere else. */
const details = (a: Announcement): Effects =>
  a.content.details === undefined && restBlocks(a.content.entries ?? []).length === 0
    ? []
    : [
        {
          kind: 'reply',
          to: keys.post(a.number),
          key: keys.details(a.number),
          view: detailsView(a),
          alone: true,
          anew: true,
        },
      ];

/** Every copy as it should read now. `leave`: one that somebody deleted stays away. */
export function correctIt(a: Announcement, reach: Reach, how: { readonly leave?: true } = {}): Effects {
  return [
    { kind: 'edit', key: keys.post(a.number), view: announcementView(a, reach), ...how },
    { kind: 'edit', key: keys.details(a.number), view: detailsView(a), ...how },
    { kind: 'edit', key: keys.followed(a.number), view: followedView(a), leave: true },
  ];
}

/** How long the engine knows where a message stands that nothing was done to; less is certain. */
const knownDays = 399;
/** Whether nobody knows any more where its copies are: to say it there again would be to post it anew. */
export const forgotten = ({ posted }: Announcement, { copies }: Pick<Sight, 'copies'>, ctx: Ctx<unknown>): boolean =>
  copies.length === 0 && posted !== undefined && posted < subDays(ctx.now, knownDays);

/** Everybody who reads it reads the same: copies that stand somewhere are changed, those that lack are posted. */
export const everywhere = (a: Announcement, sight: Sight, ctx: Ctx<Store>): Effects =>
  forgotten(a, sight, ctx) ? [] : [...sayIt(a, sight, ctx), ...correctIt(a, sight)];

/** The next full minute: however many press meanwhile, the copies are drawn again once. */
export function countLater(number: number, ctx: Ctx<unknown>): Effects {
  const at = new Date((Math.floor(ctx.now.getTime() / 60_000) + 1) * 60_000);
  return [{ kind: 'later', job: jobs.count, input: { number }, at, key: keys.count(number) }];
}

/** It goes out by itself at its time, if it is to; nobody has to be reminded of it any more. */
export const goLater = ({ number, state, planned, content }: Announcement): Effects => [
  state === 'planned' && planned
    ? { kind: 'later', job: jobs.go, input: { number }, at: planned, key: keys.go(number) }
    : { kind: 'never', key: keys.go(number) },
  ...(content.kind === 'week' ? [{ kind: 'never', key: keys.waits(number) } as const] : []),
];
