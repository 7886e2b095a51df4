import { expect, test } from 'vitest';
import {
  inWords,
  nextOccurrences,
  occurrenceOn,
  occurrences,
  problemOf,
  replan,
  type Schedule,
  type ScheduleInput,
  scheduleSchema,
  withChange,
  withoutChange,
  zoneNamed,
} from '../../src/core/calendar/index.ts';

const schedule = (over: Partial<ScheduleInput> = {}): Schedule =>
  scheduleSchema.parse({
    start: '2026-03-16',
    at: '09:00',
    zone: 'Europe/Rome',
    rule: { kind: 'weekly', on: ['mo'] },
    ...over,
  });
const days = (s: Schedule, count: number, after = '2026-01-01') =>
  nextOccurrences(s, new Date(after), count).map((o) => o.on);
const starts = (s: Schedule, from: string, to: string) =>
  occurrences(s, new Date(from), new Date(to)).map((o) => o.startsAt.toISOString().slice(0, 16));

test.each<[string, Partial<ScheduleInput>, readonly string[], string]>([
  ['once', { rule: { kind: 'once' } }, ['2026-03-16'], 'on Monday 16 March 2026'],
  [
    'weekly',
    { rule: { kind: 'weekly', on: ['mo'] } },
    ['2026-03-16', '2026-03-23', '2026-03-30', '2026-04-06'],
    'every Monday',
  ],
  [
    'weekly from a day that does not fit',
    { start: '2026-03-18', rule: { kind: 'weekly', on: ['mo'] } },
    ['2026-03-23', '2026-03-30'],
    'every Monday',
  ],
  [
    'every other week, counted from the first that fits',
    { start: '2026-03-18', rule: { kind: 'weekly', every: 2, on: ['mo'] } },
    ['2026-03-23', '2026-04-06', '2026-04-20'],
    'every other week on Monday',
  ],
  [
    'two days of every third week',
    { start: '2026-03-18', rule: { kind: 'weekly', every: 3, on: ['th', 'tu'] } },
    ['2026-03-19', '2026-04-07', '2026-04-09', '2026-04-28'],
    'every 3 weeks on Tuesday and Thursday',
  ],
  [
    'the second Tuesday',
    { rule: { kind: 'monthly', nth: 2, weekday: 'tu' } },
    ['2026-04-14', '2026-05-12', '2026-06-09'],
    'on the second Tuesday of every month',
  ],
  [
    'the last Thursday of every second month',
    { start: '2026-12-01', rule: { kind: 'monthly', every: 2, nth: 'last', weekday: 'th' } },
    ['2026-12-31', '2027-02-25', '2027-04-29'],
    'on the last Thursday of every second month',
  ],
  [
    'the first Monday of the quarters',
    { start: '2026-03-16', rule: { kind: 'yearly', months: [10, 1, 4, 7], nth: 1, weekday: 'mo' } },
    ['2026-04-06', '2026-07-06', '2026-10-05', '2027-01-04'],
    'on the first Monday of January, April, July and October',
  ],
])('%s', (_, over, expected, words) => {
  const s = schedule(over);
  expect(days(s, expected.length)).toEqual(expected);
  expect(inWords(s)).toBe(`${words} at 09:00 (Europe/Rome)`);
  expect(problemOf(s)).toBeUndefined();
});

test('it ends on its last day, or after so many, and what was skipped counts', () => {
  expect(days(schedule({ until: '2026-03-30' }), 9)).toEqual(['2026-03-16', '2026-03-23', '2026-03-30']);
  const skipped = schedule({ count: 3, changes: [{ kind: 'skip', on: '2026-03-23' }] });
  expect(days(skipped, 9)).toEqual(['2026-03-16', '2026-03-30']);
  expect(days(schedule(), 3, '2400-01-01')).toHaveLength(3);
});

test('one occurrence is skipped, moved, and put back; the others stay where they are', () => {
  const moved = withChange(schedule(), { kind: 'move', on: '2026-03-23', to: { day: '2026-03-25', at: '16:30' } });
  expect(starts(moved, '2026-03-16', '2026-04-01')).toEqual([
    '2026-03-16T08:00',
    '2026-03-25T15:30',
    '2026-03-30T07:00',
  ]);
  expect(occurrenceOn(moved, '2026-03-23')).toEqual({
    on: '2026-03-23',
    wall: { day: '2026-03-25', at: '16:30' },
    startsAt: new Date('2026-03-25T15:30Z'),
    moved: true,
  });
  const skipped = withChange(moved, { kind: 'skip', on: '2026-03-23' });
  expect(skipped.changes).toEqual([{ kind: 'skip', on: '2026-03-23' }]);
  expect(starts(skipped, '2026-03-16', '2026-04-01')).toEqual(['2026-03-16T08:00', '2026-03-30T07:00']);
  expect(occurrenceOn(skipped, '2026-03-23')).toBeUndefined();
  expect(withoutChange(skipped, '2026-03-23')).toEqual(schedule());
  expect(occurrenceOn(schedule(), '2026-03-24')).toBeUndefined();
});

test('what is moved far is found where it is, and not where it was', () => {
  const far = schedule({ changes: [{ kind: 'move', on: '2026-03-23', to: { day: '2026-08-01', at: '10:00' } }] });
  expect(starts(far, '2026-03-20', '2026-03-28')).toEqual([]);
  expect(starts(far, '2026-08-01', '2026-08-02')).toEqual(['2026-08-01T08:00']);
  const early = schedule({ changes: [{ kind: 'move', on: '2026-08-03', to: { day: '2026-03-24', at: '10:00' } }] });
  expect(starts(early, '2026-03-20', '2026-03-28')).toEqual(['2026-03-23T08:00', '2026-03-24T09:00']);
});

test('a move of a day that the rule does not have changes nothing', () => {
  const s = schedule({ changes: [{ kind: 'move', on: '2026-03-24', to: { day: '2026-03-25', at: '10:00' } }] });
  expect(starts(s, '2026-03-20', '2026-03-28')).toEqual(['2026-03-23T08:00']);
});

test.each([
  ['00:00', '03:59', 'recurring_start_refused'],
  ['02:30', '03:00', 'recurring_start_refused'],
])('what repeats does not begin at %s nor at %s, a single session may', (early, late, code) => {
  expect(problemOf(schedule({ at: early }))?.code).toBe(code);
  expect(problemOf(schedule({ at: late }))?.message).toMatch(/clocks are put forward and back.*04:00 or later/s);
  expect(problemOf(schedule({ at: '04:00' }))).toBeUndefined();
  expect(problemOf(schedule({ at: early, rule: { kind: 'once' } }))).toBeUndefined();
});

test('a zone that does not exist is named, with those that may be meant', () => {
  const zone = (written: string) => problemOf(schedule({ zone: written }))?.message;
  expect(zone('Europe/Roma')).toBe(
    '“Europe/Roma” is not a time zone I know. Zones are named after a place, such as Europe/Rome, Europe/Riga, Europe/Sofia.',
  );
  expect(zone('Rome')).toContain('Europe/Rome');
  expect(zone('Mars/Olympus_Mons')).toContain('Europe/Rome, America/New_York');
  expect(zone('+02:00')).toContain('does not say when clocks change');
  expect(zone('Europe/Rome')).toBeUndefined();
});

test('a zone is spelled as IANA does, and an old name stays', () => {
  expect(zoneNamed(' america/new york ')).toBe('America/New_York');
  expect(zoneNamed('Asia/Kolkata')).toBe('Asia/Kolkata');
});

test.each<[string, unknown]>([
  ['30 February', { start: '2026-02-30' }],
  ['25 o’clock', { at: '25:00' }],
  ['no day', { rule: { kind: 'weekly', on: [] } }],
  ['a day twice', { rule: { kind: 'weekly', on: ['mo', 'mo'] } }],
  ['every week but none', { rule: { kind: 'weekly', every: 0, on: ['mo'] } }],
  ['a fifth Monday, which not every month has', { rule: { kind: 'monthly', nth: 5, weekday: 'mo' } }],
  ['a thirteenth month', { rule: { kind: 'yearly', months: [13], nth: 1, weekday: 'mo' } }],
  [
    'two changes of one occurrence',
    {
      changes: [
        { kind: 'skip', on: '2026-03-23' },
        { kind: 'skip', on: '2026-03-23' },
      ],
    },
  ],
])('%s is refused', (_, over) => {
  expect(scheduleSchema.safeParse({ ...schedule(), ...(over as object) }).success).toBe(false);
});

test('a schedule that ends before it begins is refused', () => {
  expect(problemOf(schedule({ until: '2026-03-15' }))?.code).toBe('schedule_empty');
});

test('rows that were worked out earlier are compared by the day of the rule', () => {
  const planned = occurrences(schedule(), new Date('2026-03-16'), new Date('2026-04-01'));
  const rows = [
    { on: '2026-03-09', startsAt: new Date('2026-03-09T08:00Z') },
    { on: '2026-03-16', startsAt: new Date('2026-03-16T08:00Z') },
    { on: '2026-03-23', startsAt: new Date('2026-03-23T07:00Z') },
  ];
  expect(replan(rows, planned)).toEqual({
    added: [planned[2]],
    shifted: [{ row: rows[2], to: planned[1] }],
    gone: [rows[0]],
  });
});
