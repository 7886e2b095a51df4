import { z } from 'zod';
import {
  type Ctx,
  type Effect,
  type Effects,
  type Handler,
  mayDo,
  onDue,
  onObserved,
  onPress,
  type Person,
  type PersonCtx,
  whisper,
} from '../kernel/index.ts';
import { addMinutes, subDays } from '../kernel/instants.ts';
import { ofSession } from '../office-hours/keys.ts';
import type { Meeting } from '../office-hours/store.ts';
import { jobs, presses } from './keys.ts';
import { goesAt, newsAt, sessionContent, sessionEntry } from './session-content.ts';
import type { Announcement, Audience, Entry } from './store.ts';
import { take, writers } from './taking.ts';
import { channelsOf, checkLater, correctIt, everywhere, goLater, ownCopies, type Store, sightOf } from './telling.ts';
import { noticeView } from './views.ts';

/*
 * Demos and office hours as news: announced once, in the channels where they do not stand already, and kept as the session
 * is. Every few minutes it is looked how the sessions are, so nothing that was planned, moved or skipped is missed.
 */

const everyMinutes = 5;
/** More sessions to come than this are not looked through. */
const many = 100;
/** What began longer ago stays as it is. */
const keptDays = 10;

const agendaOf = (n: number, ctx: Ctx<Store>) => ctx.store.demos.agenda(n);

/** Who answers for it, and may: its host, another one of its hosts, else somebody who writes announcements. */
async function authorOf({ session, series }: Meeting, ctx: Ctx<Store>): Promise<Person | undefined> {
  const { people } = ctx.store;
  for (const id of [...(session.host ? [session.host] : []), ...series.hosts]) {
    const host = await people.byId(id);
    if (host && host.accounts.length > 0 && mayDo(writers, host.roles)) return host;
  }
  return (await people.holding(['product', 'platform'], 1))[0];
}

/** `planned`: by itself, and then only where it does not stand by itself; by hand it is said wherever somebody wants it. */
async function draft(meeting: Meeting, author: Person, areas: readonly string[], ctx: Ctx<Store>, planned?: Date) {
  const audience: Audience = { areas, personas: [], teams: [] };
  const agenda = await agendaOf(meeting.session.number, ctx);
  const content = sessionContent(meeting, { agenda, places: planned ? meeting.series.places : [] }, audience);
  if (channelsOf(content, ctx.settings).length === 0) return undefined;
  const { announcements } = ctx.store;
  const added = await announcements.add({ content, author: author.id, ...(planned ? { planned } : {}) }, ctx.now);
  const made = planned ? await announcements.change(added.number, { state: 'planned' }, ctx.now) : added;
  return [...(await ownCopies('tell', made, await sightOf(made, ctx), ctx)), ...(planned ? goLater(made) : [])];
}

/** Of the sessions to come, those whose time has come and that were not announced, dropped or taken back before. */
async function announceComing(known: ReadonlySet<number>, ctx: Ctx<Store>): Promise<Effects> {
  const effects: Effect[] = [];
  for (const { series, session } of await ctx.store.officeHours.coming(ctx.now, many)) {
    const how = ctx.settings.announcements.sessions[series.kind];
    if (!how || session.state !== 'planned' || known.has(session.number)) continue;
    const meeting = await ctx.store.officeHours.take(session.number);
    const goes = meeting?.session.state === 'planned' ? newsAt(meeting, how, ctx.now) : undefined;
    if (!meeting || !goes || (await ctx.store.announcements.ofSession(session.number))) continue;
    const author = await authorOf(meeting, ctx);
    if (author) effects.push(...((await draft(meeting, author, how.areas, ctx, goes)) ?? []));
  }
  return effects;
}

/** The session may be moved, skipped, called otherwise, handed to another host or have more on its agenda. */
async function upToDate(it: Announcement, ctx: Ctx<Store>): Promise<Announcement> {
  const { event, audience } = it.content;
  const meeting = event && (await ctx.store.officeHours.look(event.session));
  if (!meeting) return it;
  const agenda = await agendaOf(event.session, ctx);
  const content = sessionContent(meeting, { agenda, places: event.places }, audience);
  const same = content.title === it.content.title && content.text === it.content.text;
  if (same && JSON.stringify(content.event) === JSON.stringify(event)) return it;
  const moved = content.event?.startsAt !== event.startsAt;
  const how = ctx.settings.announcements.sessions[meeting.series.kind];
  const goes = moved && it.state === 'planned' && how ? goesAt(meeting, how, ctx.now) : undefined;
  const change = {
    content,
    ...(moved && it.state === 'posted' ? { corrected: ctx.now } : {}),
    ...(goes ? { planned: goes } : {}),
  };
  return ctx.store.announcements.change(it.number, change, ctx.now);
}

/** Whether everybody has to read it: what was deleted comes back for that, and for nothing less. */
const matters = (before: Announcement, after: Announcement): boolean =>
  before.content.event?.startsAt !== after.content.event?.startsAt ||
  (before.content.event?.state === 'skipped') !== (after.content.event?.state === 'skipped');

async function follow(number: number, ctx: Ctx<Store>): Promise<Effects> {
  const before = await take(number, ctx);
  if (before.state !== 'draft' && before.state !== 'planned' && before.state !== 'posted') return [];
  const after = await upToDate(before, ctx);
  if (after === before) return [];
  const sight = await sightOf(after, ctx);
  const own = await ownCopies('edit', after, sight, ctx);
  if (after.state !== 'posted') return [...own, ...goLater(after)];
  const copies = matters(before, after) ? everywhere(after, sight, ctx) : correctIt(after, sight, { leave: true });
  return [...copies, ...own, ...checkLater(number, ctx)];
}

/** It goes out now: as the session is now, or not at all. */
export async function stillTakesPlace(it: Announcement, ctx: Ctx<Store>): Promise<Announcement | Effects> {
  if (!it.content.event) return it;
  const now = await upToDate(it, ctx);
  if (now.content.event?.state === 'planned') return now;
  const change = { state: 'dropped', why: 'its session is not to come any more' } as const;
  const dropped = await ctx.store.announcements.change(it.number, change, ctx.now);
  return [...(await ownCopies('edit', dropped, await sightOf(dropped, ctx), ctx)), ...goLater(dropped)];
}

/** A week’s list that names a session says when it is now; once it is posted it says that it does not take place. */
async function followInWeek(number: number, ctx: Ctx<Store>): Promise<Effects> {
  const it = await take(number, ctx);
  const before = it.content.entries ?? [];
  const entries: Entry[] = [];
  for (const entry of before) {
    const n = /^session\/(\d+)$/.exec(entry.id)?.[1];
    const meeting = n === undefined ? undefined : await ctx.store.officeHours.look(Number(n));
    if (!meeting || meeting.session.startsAt <= ctx.now) entries.push(entry);
    else if (meeting.session.state !== 'skipped') {
      const { off: _, ...still } = entry;
      entries.push({ ...still, at: meeting.session.startsAt.toISOString() });
    } else entries.push({ ...entry, off: true });
  }
  if (JSON.stringify(entries) === JSON.stringify(before)) return [];
  const after = await ctx.store.announcements.change(number, { content: { ...it.content, entries } }, ctx.now);
  const sight = await sightOf(after, ctx);
  const own = await ownCopies('edit', after, sight, ctx);
  return after.state === 'posted' ? [...correctIt(after, sight, { leave: true }), ...own] : own;
}

async function look(ctx: Ctx<Store>): Promise<Effects> {
  const { announcements } = ctx.store;
  const since = subDays(ctx.now, keptDays);
  const events = await announcements.events(since);
  const effects: Effect[] = [];
  for (const { number } of events) effects.push(...(await follow(number, ctx)));
  for (const number of await announcements.weeksWithSessions(since)) effects.push(...(await followInWeek(number, ctx)));
  const known = new Set(events.flatMap((a) => (a.content.event ? [a.content.event.session] : [])));
  effects.push(...(await announceComing(known, ctx)));
  const at = addMinutes(ctx.now, everyMinutes);
  return [...effects, { kind: 'later', job: jobs.sessions, input: {}, at, key: jobs.sessions }];
}

/** What the week’s list says of what is to come: the next one of each series, until the next list is read. */
export async function comingEntries(until: Date, ctx: Ctx<Store>): Promise<readonly Entry[]> {
  const coming = await ctx.store.officeHours.coming(ctx.now, many);
  const first = new Map<number, Meeting>();
  for (const meeting of coming)
    if (meeting.session.state === 'planned' && meeting.session.startsAt < until && !first.has(meeting.series.number))
      first.set(meeting.series.number, meeting);
  return [...first.values()].map(sessionEntry);
}

const said = (title: string, words: string): Effects => [whisper(noticeView(title, words))];

export const sessions: readonly Handler<Store>[] = [
  onObserved('started', z.object({}), async (_, ctx: Ctx<Store>) => look(ctx)),
  onDue(jobs.sessions, z.object({}), async (_, __, ctx: Ctx<Store>) => look(ctx)),
  onPress(presses.session, ofSession, writers, async ({ n }, ctx: PersonCtx<Store>) => {
    const meeting = await ctx.store.officeHours.take(n);
    const title = meeting?.series.title ?? 'Not to come';
    if (meeting?.session.state !== 'planned')
      return said(title, 'This session is not to come any more, so there is nothing to announce.');
    const known = await ctx.store.announcements.ofSession(n);
    if (known && known.state !== 'dropped' && known.state !== 'retracted')
      return said(title, `It is announcement #${known.number} already. Ask me for “announcements” to see it.`);
    const areas = ctx.settings.announcements.sessions[meeting.series.kind]?.areas ?? [];
    const made = await draft(meeting, ctx.by, areas, ctx);
    if (!made) return said(title, 'No channel for news is named in groundcrew.yaml, so nobody would read it.');
    return [
      ...made,
      whisper(
        noticeView(
          title,
          'It is drafted: you have it in your direct messages, as it will look. Nobody else sees it until you post it.',
          'good',
        ),
      ),
    ];
  }),
];
