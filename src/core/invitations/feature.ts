import { z } from 'zod';
import { singleCalendar } from '../calendar/ics.ts';
import { wallOf } from '../calendar/index.ts';
import {
  type Effect,
  type Effects,
  type Feature,
  onCommand,
  onObserved,
  onOutcome,
  onPress,
  type PersonCtx,
  type PersonId,
  whisper,
} from '../kernel/index.ts';
import { subDays } from '../kernel/instants.ts';
import type { WithOfficeHours } from '../office-hours/store.ts';
import { paths, single } from './events.ts';
import { type Mail, mailResult, mailSend } from './mail.ts';
import { ofFeed, ofMails, ofSession, presses } from './presses.ts';
import type { Owed, Scope, WithInvitations } from './store.ts';
import {
  addressView,
  calendarView,
  cannotView,
  fileView,
  mailsView,
  notMailedView,
  stoppedView,
  unreachableView,
} from './views.ts';

type Store = WithInvitations & WithOfficeHours;

/** How many sessions are listed, and how many mails are written at once. */
const shown = 10;
const atOnce = 50;

async function mine(ctx: PersonCtx<Store>): Promise<Effects> {
  const { invitations, officeHours } = ctx.store;
  const entries = await invitations.agenda(ctx.by.id, ctx.now);
  const view = calendarView({
    entries: entries.slice(0, shown).map((entry) => {
      const address = ctx.address(paths.session(entry.session, entry.slot));
      return address === undefined ? { entry } : { entry, url: address };
    }),
    offered: (await officeHours.running()).map(({ number, title }) => ({ series: number, title })),
    held: await invitations.held(ctx.by.id),
    reachable: ctx.address('/') !== undefined,
    mailing: await invitations.mailing(ctx.by.id),
  });
  return [whisper(view)];
}

async function subscribe(scope: Scope, ctx: PersonCtx<Store>): Promise<Effects> {
  const { invitations } = ctx.store;
  const course = scope.series === undefined ? undefined : await invitations.course(scope.series);
  if (scope.series !== undefined && !course)
    return [whisper(cannotView('This series has ended, so there is nothing to follow.'))];
  // A version 4 UUID from a cryptographic generator: 122 bits that nobody guesses.
  const token = ctx.id();
  const url = ctx.address(paths.feed(token));
  if (url === undefined) return [whisper(unreachableView)];
  await invitations.issue(scope, token, ctx.now);
  return [whisper(addressView(course ? `all sessions of “${course.title}”` : 'what you take part in or host', url))];
}

async function file(n: number, ctx: PersonCtx<Store>): Promise<Effects> {
  const { invitations } = ctx.store;
  const own = (await invitations.agenda(ctx.by.id, subDays(ctx.now, 1))).find((e) => e.session === n);
  const entry = own ?? (await invitations.entry(n));
  if (!entry) return [whisper(cannotView('This session does not take place, so there is nothing to note.'))];
  const url = ctx.address(paths.session(n, entry.slot));
  return [whisper(url === undefined ? unreachableView : fileView(entry, url))];
}

/** `Thu 5 March, 14:00 (Europe/Berlin)`, in the zone of whoever reads it. */
function when(at: Date, zone: string): string {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', day: 'numeric', month: 'long' });
  return `${day.format(at)}, ${wallOf(at, zone).at} (${zone})`;
}

const organizer = z.object({ name: z.string(), email: z.string() });
type Organizer = z.output<typeof organizer>;

function mail({ name, email, zone, entry, gone, again }: Owed, from: Organizer, now: Date): Mail {
  const at = when(entry.startsAt, zone);
  const told = single(entry, { organizer: from, attendee: { name, email } }, gone);
  const method = gone ? 'CANCEL' : 'REQUEST';
  const words = gone
    ? [
        'This is not in your calendar any more: the session does not take place, or you have no fixed place in it now.',
        'Ask me for “office-hours” in chat to see how it stands.',
      ]
    : [
        entry.topic === undefined ? 'You host this session.' : `You come with: ${entry.topic}`,
        ...(entry.link ? [`Join here: ${entry.link}`] : []),
        'To change or cancel your place, ask me for “office-hours” in chat: answers to this mail are not read.',
      ];
  const stop = 'To get no such mails, ask me for “calendar” in chat.';
  return {
    to: { name, email },
    subject: `${gone ? 'Cancelled: ' : again ? 'Changed: ' : ''}${entry.title}, ${at}`,
    text: [`${entry.title}\n${at}, ${entry.minutes} minutes`, ...words, stop].join('\n\n'),
    method,
    ics: singleCalendar(method, told, now),
  };
}

const keyOf = ({ entry, person }: Owed): string => `invitation/${entry.session}/${person}/${entry.sequence}`;
const addressee = (key: string): PersonId => key.split('/')[2] as PersonId;

/** Sessions in people’s own calendars: a file, an address that follows, and invitations by mail. */
export const invitations: Feature<Store> = {
  name: 'invitations',
  area: 'Hear and be heard',
  handlers: [
    onCommand('calendar', { summary: 'Your sessions in your own calendar', may: 'anyone' }, (_, ctx) => mine(ctx)),
    onPress(presses.open, z.object({}), 'anyone', (_, ctx: PersonCtx<Store>) => mine(ctx)),
    // An older message still offers an address to who has one: giving another would silently stop that.
    onPress(presses.subscribe, ofFeed, 'anyone', async (of, ctx: PersonCtx<Store>) => {
      const held = await ctx.store.invitations.held(ctx.by.id);
      return held.some((h) => h.series === of.series) ? mine(ctx) : subscribe({ ...of, person: ctx.by.id }, ctx);
    }),
    onPress(presses.renew, ofFeed, 'anyone', (of, ctx: PersonCtx<Store>) =>
      subscribe({ ...of, person: ctx.by.id }, ctx),
    ),
    onPress(presses.stop, ofFeed, 'anyone', async (of, ctx: PersonCtx<Store>) => {
      await ctx.store.invitations.revoke({ ...of, person: ctx.by.id });
      return [whisper(stoppedView(of))];
    }),
    onPress(presses.mails, ofMails, 'anyone', async ({ on }, ctx: PersonCtx<Store>) => {
      await ctx.store.invitations.setMailing(ctx.by.id, on, ctx.now);
      return [whisper(mailsView(on ? 'on' : 'off'))];
    }),
    onPress(presses.file, ofSession, 'anyone', ({ n }, ctx: PersonCtx<Store>) => file(n, ctx)),
    // Whatever changed the place: what is owed is found by comparing it with what was mailed last.
    onObserved('invitations.look', organizer, async (from, ctx) => {
      const owed = await ctx.store.invitations.owed(ctx.now, atOnce);
      return owed.map((o): Effect => ({ kind: 'act', action: mailSend, key: keyOf(o), input: mail(o, from, ctx.now) }));
    }),
    onOutcome(mailSend, mailResult, async (key, result) =>
      result.sent
        ? []
        : [{ kind: 'tell', person: addressee(key), key: `${key}/not-mailed`, view: notMailedView(result.why) }],
    ),
  ],
};
