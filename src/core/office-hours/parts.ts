import { wallOf } from '../calendar/index.ts';
import {
  type Block,
  type Button,
  type Ctx,
  type Effect,
  link,
  type Person,
  type PersonId,
  Problem,
  person,
  safeUrl,
  said,
  type Text,
  type View,
  whisper,
} from '../kernel/index.ts';
import type { presses, Store } from './keys.ts';
import { isOpen, slotsOf } from './line.ts';
import type { Meeting, Series, Session } from './store.ts';

const noSession = (n: number) =>
  new Problem(
    'office_hours_unknown',
    `I don’t know this session (${n}): it may be from before my memory was emptied. Ask me for “office-hours” to see what there is.`,
  );
/** A session that is there, locked for what is done to it now. */
export async function take(n: number, ctx: Ctx<Store>): Promise<Meeting> {
  const meeting = await ctx.store.officeHours.take(n);
  if (meeting) return meeting;
  throw noSession(n);
}
export async function look(n: number, ctx: Ctx<Store>): Promise<Meeting> {
  const meeting = await ctx.store.officeHours.look(n);
  if (meeting) return meeting;
  throw noSession(n);
}

/** Who may do what a host does: those of the series, whoever hosts this one session, and whoever runs the platform. */
export const hosts = (by: Person, series: Series, session?: Session): boolean =>
  series.hosts.includes(by.id) || session?.host === by.id || by.roles.has('platform') || by.roles.has('admin');
export function hostOnly(by: Person, series: Series, session?: Session): void {
  if (hosts(by, series, session)) return;
  throw new Problem(
    'office_hours_not_host',
    `Only the hosts of “${series.title}” and the platform engineers can do this. Nothing was changed.`,
  );
}

export const press = (
  label: string,
  name: (typeof presses)[keyof typeof presses],
  value: unknown,
  more: Pick<Button, 'tone' | 'confirm' | 'opens'> = {},
): Button => ({ label, press: { name, value: JSON.stringify(value) }, ...more });
export const buttons = (list: readonly Button[]): readonly Block[] =>
  list.length > 0 ? [{ kind: 'buttons', buttons: list }] : [];

export const notice = (
  title: string,
  words: Text,
  tone: 'info' | 'good' | 'warn' = 'info',
  more: readonly Block[] = [],
): View => ({
  id: 'office.notice',
  title,
  summary: plain(words),
  blocks: [{ kind: 'notice', tone, text: words }, ...more],
});
export const answer = (title: string, words: string | Text, tone: 'info' | 'good' | 'warn' = 'info'): Effect =>
  whisper(notice(title, typeof words === 'string' ? said(words) : words, tone));

const plain = (words: Text): string => words.map((s) => ('text' in s ? s.text : '')).join('');

const inWords = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
/** A time where no client draws one, such as in a notification: it names the zone it is in. */
export function wallWords(at: Date, zone: string): string {
  const wall = wallOf(at, zone);
  return `${inWords.format(new Date(`${wall.day}T12:00:00Z`))}, ${wall.at} (${zone})`;
}
/** A time in a form that one person fills in, in the zone of this person. */
export const clockWords = (at: Date, zone: string): string => wallOf(at, zone).at;

export const listed = (people: readonly PersonId[]): Text =>
  people.flatMap((p, i): Text => [...said(i === 0 ? '' : i === people.length - 1 ? ' and ' : ', '), person(p)]);

/** Where one meets. */
export function meetingPlace({ link: url }: Session): Text | undefined {
  const safe = url === undefined ? undefined : safeUrl(url);
  if (safe) return [link('Join here', safe)];
  return url === undefined ? undefined : said(url);
}

export const hostText = ({ session }: Meeting): Text => (session.host ? [person(session.host)] : said('nobody yet'));

/** How much room there is, in words. */
export function roomText({ session, seats }: Meeting): Text {
  const coming = seats.filter(isOpen);
  const slots = slotsOf(session);
  const taken = coming.filter((s) => s.slot !== undefined).length;
  const waiting = coming.filter((s) => s.state === 'waiting').length;
  const queued = coming.length - taken - waiting;
  const parts = [
    ...(slots > 0 ? [`${slots - taken} of ${slots} times free`] : []),
    ...(session.queue ? [queued === 0 ? 'come as you are: there’s a queue' : `${queued} in the queue`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ];
  return said(parts.length > 0 ? parts.join(' · ') : 'everybody is welcome');
}
