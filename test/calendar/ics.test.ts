import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import {
  feedCalendar,
  occurrenceCalendar,
  type Repeated,
  type Single,
  seriesCalendar,
  singleCalendar,
} from '../../src/core/calendar/ics.ts';
import { occurrences, scheduleSchema, withChange } from '../../src/core/calendar/index.ts';
import { clean } from '../../src/core/kernel/index.ts';

const now = new Date('2026-03-02T09:00:00Z');
const organizer = { name: 'the platform team', email: 'platform@acme.test' };
const ada = { name: 'Ada Lovelace', email: 'ada@acme.test' };

const series = (over: Partial<Repeated> = {}): Repeated => ({
  uid: 'office-hours-1-20260301T120000Z@groundcrew',
  sequence: 0,
  title: 'Platform office hours',
  about: 'Bring anything: a failed deployment, a half-baked idea; we look at it together.\nNo slides, please.',
  place: 'https://meet.acme.test/platform',
  url: 'https://meet.acme.test/platform',
  minutes: 60,
  organizer,
  attendees: [ada],
  schedule: scheduleSchema.parse({
    start: '2026-03-16',
    at: '09:00',
    zone: 'Europe/Rome',
    rule: { kind: 'weekly', on: ['mo'] },
    count: 10,
  }),
  ...over,
});
const moved = withChange(series().schedule, { kind: 'move', on: '2026-03-30', to: { day: '2026-03-31', at: '14:30' } });

const cases: Readonly<Record<string, string | undefined>> = {
  invite: seriesCalendar('REQUEST', series(), now),
  change: seriesCalendar(
    'REQUEST',
    series({ sequence: 1, schedule: { ...series().schedule, at: '10:30' }, minutes: 45 }),
    now,
  ),
  'single-move': occurrenceCalendar(
    'REQUEST',
    series({ sequence: 2, schedule: moved }),
    { on: '2026-03-30', wall: { day: '2026-03-31', at: '14:30' } },
    now,
  ),
  'single-cancel': occurrenceCalendar(
    'CANCEL',
    series({ sequence: 3, cancelled: true }),
    { on: '2026-04-06', wall: { day: '2026-04-06', at: '09:00' } },
    now,
  ),
  cancel: seriesCalendar('CANCEL', series({ sequence: 4, cancelled: true }), now),
  feed: feedCalendar(
    'Groundcrew: Ada',
    {
      series: [series({ schedule: withChange(moved, { kind: 'skip', on: '2026-04-06' }) })],
      singles: [
        {
          uid: 'office-seat-7-20260301T120000Z@groundcrew',
          sequence: 0,
          title: 'Your slot: “Why does my build take 40 minutes?”',
          minutes: 15,
          startsAt: new Date('2026-03-16T08:15:00Z'),
        },
      ],
    },
    now,
  ),
};

/** Read by a parser that is not ours, with the zones that the calendar itself brings. */
function parsed(ics: string | undefined) {
  const calendar = new ICAL.Component(ICAL.parse(ics ?? ''));
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  return {
    method: calendar.getFirstPropertyValue('method'),
    events: calendar.getAllSubcomponents('vevent').map((e) => new ICAL.Event(e)),
    component: calendar,
  };
}

/** All starts, as that parser works them out. */
function starts(ics: string | undefined): readonly string[] {
  const { events } = parsed(ics);
  const [main] = events.filter((e) => !e.isRecurrenceException());
  if (!main) return [];
  for (const e of events) if (e.isRecurrenceException() && e.uid === main.uid) main.relateException(e);
  const iterator = main.iterator();
  const found: string[] = [];
  for (let at = iterator.next(); at && found.length < 40; at = iterator.next())
    found.push(main.getOccurrenceDetails(at).startDate.toJSDate().toISOString());
  return found;
}

describe('what is sent, octet by octet', () => {
  test.each(Object.entries(cases))('%s', (name, ics) => {
    expect(ics).toBe(readFileSync(join(import.meta.dirname, 'golden', `${name}.ics`), 'utf8'));
  });
});

test.each(Object.entries(cases))('%s keeps the form: CRLF, no blank line, 75 octets at most', (_, ics = '') => {
  expect(ics.endsWith('END:VCALENDAR\r\n')).toBe(true);
  const lines = ics.slice(0, -2).split('\r\n');
  expect(lines.filter((line) => line === '' || /[\r\n]/.test(line))).toEqual([]);
  expect(lines.filter((line) => Buffer.byteLength(line) > 75)).toEqual([]);
  // Each line by itself is whole UTF-8.
  expect(Buffer.from(ics).toString('utf8')).toBe(ics);
});

test('another parser reads the invitation, with its zone, and finds our ten sessions', () => {
  const { method, events } = parsed(cases.invite);
  expect(method).toBe('REQUEST');
  const [event] = events;
  expect(event).toMatchObject({ uid: series().uid, sequence: 0, summary: series().title, location: series().place });
  expect(event?.description).toBe(series().about);
  expect(event?.organizer).toBe('mailto:platform@acme.test');
  expect(starts(cases.invite)).toEqual(
    occurrences(series().schedule, now, new Date('2027-01-01')).map((o) => o.startsAt.toISOString()),
  );
});

test('a change keeps the id and raises the number', () => {
  const [before] = parsed(cases.invite).events;
  const [after] = parsed(cases.change).events;
  expect(after?.uid).toBe(before?.uid);
  expect([before?.sequence, after?.sequence]).toEqual([0, 1]);
  expect(starts(cases.change)[0]).toBe('2026-03-16T09:30:00.000Z');
});

test('a single move is one event, named by the time that the rule gave it, in the zone of the series', () => {
  const { events, method } = parsed(cases['single-move']);
  expect([method, events.length]).toEqual(['REQUEST', 1]);
  const [event] = events;
  expect(event?.uid).toBe(series().uid);
  expect(event?.recurrenceId.toString()).toBe('2026-03-30T09:00:00');
  expect(event?.recurrenceId.zone?.tzid).toBe('Europe/Rome');
  expect(event?.startDate.toJSDate().toISOString()).toBe('2026-03-31T12:30:00.000Z');
});

test('a cancelled occurrence, and a cancelled series', () => {
  const one = parsed(cases['single-cancel']);
  expect(one.method).toBe('CANCEL');
  expect(one.events[0]?.recurrenceId.toString()).toBe('2026-04-06T09:00:00');
  expect(one.events[0]?.component.getFirstPropertyValue('status')).toBe('CANCELLED');
  const all = parsed(cases.cancel);
  expect(all.method).toBe('CANCEL');
  expect(all.events[0]?.isRecurrenceException()).toBe(false);
  expect(all.events[0]?.sequence).toBe(4);
});

test('a feed has the series without what was skipped, with what was moved where it is, and single events', () => {
  const { events, method } = parsed(cases.feed);
  expect(method).toBe('PUBLISH');
  expect(events.map((e) => e.uid)).toEqual([series().uid, series().uid, 'office-seat-7-20260301T120000Z@groundcrew']);
  expect(events[2]?.startDate.toJSDate().toISOString()).toBe('2026-03-16T08:15:00.000Z');
  const schedule = withChange(moved, { kind: 'skip', on: '2026-04-06' });
  expect(starts(cases.feed)).toEqual(
    occurrences(schedule, now, new Date('2027-01-01')).map((o) => o.startsAt.toISOString()),
  );
  expect(starts(cases.feed)).toHaveLength(9);
});

test.each([
  'Europe/Rome',
  'Europe/Dublin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Australia/Sydney',
  'Pacific/Chatham',
  'Asia/Kolkata',
  'America/Phoenix',
  'UTC',
])('three years of Mondays in %s are the same for another parser', (zone) => {
  const schedule = { ...series().schedule, zone, count: 160 };
  const ics = seriesCalendar('REQUEST', series({ schedule }), now);
  const iterated = (() => {
    const [event] = parsed(ics).events;
    const iterator = event?.iterator();
    const found: string[] = [];
    for (let at = iterator?.next(); at; at = iterator?.next()) found.push(at.toJSDate().toISOString());
    return found;
  })();
  expect(iterated).toEqual(occurrences(schedule, now, new Date('2030-01-01')).map((o) => o.startsAt.toISOString()));
  expect(iterated).toHaveLength(160);
});

test.each(['Africa/Casablanca', 'Africa/Cairo', 'America/Santiago', 'Asia/Jerusalem'])(
  '%s has no two yearly rules, so the series is not told as one',
  (zone) => {
    expect(seriesCalendar('REQUEST', series({ schedule: { ...series().schedule, zone } }), now)).toBeUndefined();
  },
);

test.each([
  [{ kind: 'monthly', nth: 'last', weekday: 'th' }, 'FREQ=MONTHLY;INTERVAL=1;BYDAY=-1TH;COUNT=10'],
  [{ kind: 'yearly', months: [10, 1, 7, 4], nth: 1, weekday: 'mo' }, 'FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO;COUNT=10'],
  [{ kind: 'yearly', months: [2, 11], nth: 2, weekday: 'tu' }, 'FREQ=YEARLY;BYMONTH=2,11;BYDAY=2TU;COUNT=10'],
  [{ kind: 'weekly', every: 2, on: ['th', 'tu'] }, 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,TU;WKST=MO;COUNT=10'],
] as const)('the rule %o is %s, and means the same', (rule, rrule) => {
  const schedule = scheduleSchema.parse({ ...series().schedule, rule });
  const ics = seriesCalendar('REQUEST', series({ schedule }), now);
  expect(ics).toContain(`RRULE:${rrule}\r\n`);
  expect(starts(ics)).toEqual(occurrences(schedule, now, new Date('2040-01-01')).map((o) => o.startsAt.toISOString()));
});

test('an end is told as a number of times', () => {
  const { count: _, ...schedule } = series().schedule;
  const ics = seriesCalendar('REQUEST', series({ schedule: { ...schedule, until: '2026-04-13' } }), now);
  expect(ics).toContain(';WKST=MO;COUNT=5\r\n');
  expect(seriesCalendar('REQUEST', series({ schedule }), now)).not.toContain('COUNT');
});

const evil = [
  'x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil',
  'x\nATTENDEE:mailto:evil@evil.test',
  'a;b,c\\d:e"f\\n',
  'x\u2028UID:evil\u2029y\u0085z\u000b\u000c',
  '"; CN="x":mailto:evil@evil.test',
  `${'👩‍👩‍👧 é '.repeat(60)}`,
  '\ud800 BEGIN:VCALENDAR',
] as const;

test.each(evil)('a hostile topic stays a topic: %j', (topic) => {
  const told: Single = {
    uid: 'office-seat-7@groundcrew',
    sequence: 0,
    title: topic,
    about: topic,
    place: topic,
    minutes: 15,
    organizer: { name: topic, email: 'platform@acme.test' },
    attendees: [{ name: topic, email: `ada@acme.test\r\nUID:evil;${topic}` }],
    startsAt: now,
  };
  const ics = singleCalendar('REQUEST', told, now);
  expect(ics.match(/^BEGIN:/gm)).toHaveLength(2);
  expect(ics.match(/^UID/gm)).toHaveLength(1);
  expect(ics.match(/^ATTENDEE/gm)).toHaveLength(1);
  expect(ics.split('\r\n').filter((line) => Buffer.byteLength(line) > 75)).toEqual([]);
  const { events } = parsed(ics);
  expect(events).toHaveLength(1);
  const [event] = events;
  expect(event?.uid).toBe('office-seat-7@groundcrew');
  const words = (s: string) => s.replaceAll(/\s+/g, ' ').trim();
  expect(words(event?.summary ?? '')).toBe(words(clean(topic)));
  expect(words(event?.description ?? '')).toBe(words(clean(topic)));
});

test('an address that is no web address is left out', () => {
  const told: Single = { uid: 'x', sequence: 0, title: 'x', url: 'javascript:alert(1)', minutes: 15, startsAt: now };
  expect(singleCalendar('PUBLISH', told, now)).not.toContain('URL');
});
