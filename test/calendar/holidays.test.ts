import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { holidaysIn, nextCivil } from '../../src/core/calendar/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { holidaysOf } from '../../src/holidays.ts';
import { readSettings } from '../../src/settings-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'gc-holidays-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const now = new Date('2026-03-02T12:00:00Z');

const event = (...lines: readonly string[]) => ['BEGIN:VEVENT', 'UID:x', ...lines, 'END:VEVENT'];
const file = (...events: readonly (readonly string[])[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//', ...events.flat(), 'END:VCALENDAR', ''].join('\r\n');

test('holidays hold in the zones that they name, or everywhere', () => {
  const { holidays } = settingsSchema.parse({
    holidays: [
      { days: ['12-25'] },
      { days: ['2026-11-26'], zones: ['America/*'] },
      { days: ['10-03'], zones: ['Europe/Berlin'] },
    ],
  });
  expect(holidaysIn(holidays, 'America/New_York')).toEqual(['12-25', '2026-11-26']);
  expect(holidaysIn(holidays, 'America/Argentina/Salta')).toEqual(['12-25', '2026-11-26']);
  expect(holidaysIn(holidays, 'Europe/Berlin')).toEqual(['12-25', '10-03']);
  expect(holidaysIn(holidays, 'Asia/Tokyo')).toEqual(['12-25']);
  // Thanksgiving in New York: the day after is a working day, in Tokyo the day itself.
  const civil = (zone: string) => ({
    zone,
    hours: { from: '10:00', to: '16:00' } as const,
    holidays: holidaysIn(holidays, zone),
  });
  const morning = new Date('2026-11-26T12:00:00Z');
  expect(nextCivil(morning, civil('America/New_York')).toISOString()).toBe('2026-11-27T15:00:00.000Z');
  expect(nextCivil(morning, civil('Europe/Berlin'))).toEqual(morning);
});

test.each([
  ['a day that is none', { days: ['2026-13-01'] }, 'Write a day such as'],
  ['a zone that is none', { days: ['12-25'], zones: ['Berlin'] }, 'Write a time zone'],
  ['everything', { days: ['12-25'], zones: ['*'] }, 'Write a time zone'],
  ['nothing', {}, 'It has no days'],
])('%s is no holiday', (_, written, complaint) => {
  expect(settingsSchema.safeParse({ holidays: [written] }).error?.issues[0]?.message).toContain(complaint);
});

test('a calendar gives its whole days: single ones, several in a row, each year, and by a rule; meetings are none', () => {
  const source = file(
    event('DTSTART;VALUE=DATE:20260403', 'SUMMARY:Good Friday, of this year alone'),
    event('DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227', 'SUMMARY:Three days'),
    event('DTSTART;VALUE=DATE:20201003', 'RRULE:FREQ=YEARLY', 'SUMMARY:Since long ago'),
    event('DTSTART;VALUE=DATE:20251127', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', 'SUMMARY:A fourth Thursday'),
    event('DTSTART:20260504T100000Z', 'DTEND:20260504T110000Z', 'SUMMARY:A meeting'),
  );
  const days = holidaysOf(source, 'x.ics', now);
  expect(days).toEqual(days.toSorted());
  expect(days).toEqual(expect.arrayContaining(['2026-04-03', '2026-12-24', '2026-12-25', '2026-12-26']));
  expect(days).toEqual(expect.arrayContaining(['2026-10-03', '2031-10-03', '2026-11-26', '2027-11-25']));
  expect(days.filter((d) => d.startsWith('2026'))).toHaveLength(6);
  expect(days).not.toContain('2026-05-04');
  expect(days.some((d) => d < '2025' || d > '2032')).toBe(false);
});

test('a calendar that ended years ago names no days any more, and is no mistake', () => {
  const source = file(event('DTSTART;VALUE=DATE:20260403'));
  expect(holidaysOf(source, 'x.ics', new Date('2027-12-31T12:00:00Z'))).toEqual(['2026-04-03']);
  expect(holidaysOf(source, 'x.ics', new Date('2028-01-01T12:00:00Z'))).toEqual([]);
});

test.each([
  ['no calendar', 'Christmas: 25 December', 'it is no iCalendar file'],
  ['no whole day', file(event('DTSTART:20260504T100000Z')), 'no event in it lasts whole days'],
  ['every day', file(event('DTSTART;VALUE=DATE:20200101', 'RRULE:FREQ=DAILY')), 'more than 2000 days'],
  ['since ever', file(event('DTSTART;VALUE=DATE:00010101', 'RRULE:FREQ=DAILY')), 'comes back more than 20000 times'],
  ['by the second', file(event('DTSTART;VALUE=DATE:20250101', 'RRULE:FREQ=SECONDLY')), 'can’t be followed'],
])('%s is refused in words', (_, source, why) => {
  expect(() => holidaysOf(source, 'x.ics', now)).toThrow(why);
});

test('groundcrew.yaml names the file beside it; one that is not there is told by its name', () => {
  const path = join(folder, 'groundcrew.yaml');
  writeFileSync(path, 'holidays:\n  - file: de.ics\n    days: [12-25]\n    zones: [Europe/Berlin]\n');
  expect(() => readSettings(path, now)).toThrow('The calendar of holidays de.ics can’t be used: it can’t be read');
  writeFileSync(join(folder, 'de.ics'), file(event('DTSTART;VALUE=DATE:20260403')));
  const settings = readSettings(path, now);
  expect(settings && holidaysIn(settings.holidays, 'Europe/Berlin')).toEqual(['12-25', '2026-04-03']);
});
