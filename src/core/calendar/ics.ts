import { safeUrl } from '../kernel/text.ts';
import { lineValue, quoted, textValue, written } from './ics-lines.ts';
import { byDay, zoneLines } from './ics-zone.ts';
import { occurrenceOn, ruleDays } from './occurrences.ts';
import type { Rule, Schedule } from './schedule.ts';
import { dayAt, type Wall } from './wall.ts';

/*
 * iCalendar (RFC 5545) and invitations (RFC 5546), as Google, Outlook and Apple read them: what repeats is told in its own
 * zone, with one rule; what does not is an instant.
 */

export type Mailbox = { readonly name: string; readonly email: string };

/** What calendars are told of something. */
export type Told = {
  /** For ever the same, never of a title or a time. */
  readonly uid: string;
  /** Rises with each change of time, rule or cancellation: the highest is right. */
  readonly sequence: number;
  readonly title: string;
  readonly about?: string;
  readonly place?: string;
  readonly url?: string;
  readonly minutes: number;
  readonly organizer?: Mailbox;
  readonly attendees?: readonly Mailbox[];
  readonly cancelled?: boolean;
};
/** Something that takes place once. */
export type Single = Told & { readonly startsAt: Date };
/** Something that repeats, with its single changes. */
export type Repeated = Told & { readonly schedule: Schedule };

export const methods = ['REQUEST', 'CANCEL', 'PUBLISH'] as const;
export type Method = (typeof methods)[number];

type Lines = readonly string[];

const digits = (wall: string): string => wall.replaceAll(/[-:]/g, '');
const utc = (at: Date): string => `${digits(at.toISOString().slice(0, 19))}Z`;
const local = (name: string, { day, at }: Wall, zone: string): string =>
  `${name};TZID=${zone}:${digits(`${day}T${at}`)}00`;

const address = (email: string): string => `mailto:${encodeURI(email.toWellFormed().trim()).replaceAll(/[,;:]/g, '')}`;

/** What all events have in common. Answers are not asked for: who takes part is what chat says. */
function details(told: Told, stamp: Date): Lines {
  const url = told.url === undefined ? undefined : safeUrl(told.url);
  return [
    `UID:${lineValue(told.uid)}`,
    `SEQUENCE:${told.sequence}`,
    `DTSTAMP:${utc(stamp)}`,
    `SUMMARY:${lineValue(told.title)}`,
    ...(told.about ? [`DESCRIPTION:${textValue(told.about)}`] : []),
    ...(told.place ? [`LOCATION:${lineValue(told.place)}`] : []),
    ...(url === undefined ? [] : [`URL:${url}`]),
    ...(told.organizer ? [`ORGANIZER;CN=${quoted(told.organizer.name)}:${address(told.organizer.email)}`] : []),
    ...(told.attendees ?? []).map(
      (a) => `ATTENDEE;CN=${quoted(a.name)};ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:${address(a.email)}`,
    ),
    `STATUS:${told.cancelled ? 'CANCELLED' : 'CONFIRMED'}`,
    'TRANSP:OPAQUE',
  ];
}

const duration = (minutes: number): string => `DURATION:PT${minutes}M`;
const event = (lines: Lines): Lines => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'];

const byMonth = (months: readonly number[]): string => {
  const sorted = months.toSorted((a, b) => a - b);
  const step = 12 / sorted.length;
  // Exchange takes one month a yearly rule, so quarters are every third month.
  return sorted.every((m, i) => m === (sorted[0] as number) + i * step)
    ? `FREQ=MONTHLY;INTERVAL=${step}`
    : `FREQ=YEARLY;BYMONTH=${sorted.join(',')}`;
};
const rules: { readonly [K in Rule['kind']]: (rule: Extract<Rule, { kind: K }>) => string | undefined } = {
  once: () => undefined,
  weekly: ({ every, on }) => `FREQ=WEEKLY;INTERVAL=${every};BYDAY=${on.map((d) => d.toUpperCase()).join(',')};WKST=MO`,
  monthly: ({ every, nth, weekday }) => `FREQ=MONTHLY;INTERVAL=${every};BYDAY=${byDay(nth, weekday)}`,
  yearly: ({ months, nth, weekday }) => `${byMonth(months)};BYDAY=${byDay(nth, weekday)}`,
};

/** Exchange takes three digits; who plans further is told of the rest when the feed is read again. */
const mostTimes = 999;

/** How often it is: an end as a number, since an end as a date is the most common misunderstanding between calendars. */
function times({ schedule }: Repeated): string {
  if (schedule.until === undefined && schedule.count === undefined) return '';
  let count = 0;
  for (const _ of ruleDays(schedule, Number.POSITIVE_INFINITY)) if (++count >= mostTimes) break;
  return `;COUNT=${count}`;
}

/** The days of the rule as they were before anything was moved: DTSTART, and what a change of a single one refers to. */
const asRuled = (on: string, { at }: Schedule): Wall => ({ day: on, at });

function master(told: Repeated, stamp: Date): Lines {
  const { schedule } = told;
  const [first] = ruleDays(schedule, Number.POSITIVE_INFINITY);
  if (first === undefined) return [];
  const rule = (rules[schedule.rule.kind] as (rule: Rule) => string | undefined)(schedule.rule);
  const skipped = schedule.changes.filter((c) => c.kind === 'skip').map((c) => c.on);
  return event([
    ...details(told, stamp),
    local('DTSTART', asRuled(dayAt(first), schedule), schedule.zone),
    duration(told.minutes),
    ...(rule === undefined ? [] : [`RRULE:${rule}${times(told)}`]),
    // In the form of DTSTART: what is written in UTC comes back in Google’s calendar.
    ...skipped.map((on) => local('EXDATE', asRuled(on, schedule), schedule.zone)),
  ]);
}

function exception(told: Repeated, on: string, wall: Wall, stamp: Date): Lines {
  const { schedule } = told;
  return event([
    ...details(told, stamp),
    local('RECURRENCE-ID', asRuled(on, schedule), schedule.zone),
    local('DTSTART', wall, schedule.zone),
    duration(told.minutes),
  ]);
}

const single = (told: Single, stamp: Date): Lines =>
  event([...details(told, stamp), `DTSTART:${utc(told.startsAt)}`, duration(told.minutes)]);

const calendar = (method: Method, head: Lines, body: Lines): string =>
  written([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Groundcrew//Office hours//EN',
    'CALSCALE:GREGORIAN',
    `METHOD:${method}`,
    ...head,
    ...body,
    'END:VCALENDAR',
  ]);

/** One event, as a file or an invitation. */
export const singleCalendar = (method: Method, told: Single, now: Date): string =>
  calendar(method, [], single(told, now));

/** A whole series, or undefined where its zone cannot be told: then its sessions are told one by one. */
export function seriesCalendar(method: Method, told: Repeated, now: Date): string | undefined {
  const zone = zoneLines(told.schedule.zone, now);
  return zone && calendar(method, [], [...zone, ...master(told, now)]);
}

/** One occurrence of a series that was moved or is cancelled: nothing else with it, since Outlook fails on both at once. */
export function occurrenceCalendar(
  method: Method,
  told: Repeated,
  changed: { readonly on: string; readonly wall: Wall },
  now: Date,
): string | undefined {
  const zone = zoneLines(told.schedule.zone, now);
  return zone && calendar(method, [], [...zone, ...exception(told, changed.on, changed.wall, now)]);
}

/** How often calendars are asked to look again. */
const refresh = ['REFRESH-INTERVAL;VALUE=DURATION:PT1H', 'X-PUBLISHED-TTL:PT1H'];

/** What a calendar subscribes to: series as series where that can be told, and single events. */
export function feedCalendar(
  name: string,
  { series = [], singles = [] }: { readonly series?: readonly Repeated[]; readonly singles?: readonly Single[] },
  now: Date,
): string {
  const zones = new Map<string, Lines | undefined>();
  for (const { schedule } of series)
    if (!zones.has(schedule.zone)) zones.set(schedule.zone, zoneLines(schedule.zone, now));
  const repeated = series.flatMap((told): Lines => {
    if (zones.get(told.schedule.zone) === undefined) return [];
    // What an earlier rule had, and this one has not, stays in the list of changes.
    const moved = told.schedule.changes.flatMap((c) => occurrenceOn(told.schedule, c.on) ?? []).filter((o) => o.moved);
    return [...master(told, now), ...moved.flatMap((o) => exception(told, o.on, o.wall, now))];
  });
  return calendar(
    'PUBLISH',
    [`X-WR-CALNAME:${lineValue(name)}`, ...refresh],
    [...[...zones.values()].flatMap((lines) => lines ?? []), ...repeated, ...singles.flatMap((s) => single(s, now))],
  );
}
