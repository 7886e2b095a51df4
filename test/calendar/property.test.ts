import { expect, test } from 'vitest';
import {
  type Change,
  dayAt,
  dayNumber,
  instantOf,
  occurrences,
  plusDays,
  type Rule,
  type Schedule,
  type Weekday,
  wallOf,
  weekdayOf,
  weekdays,
  withChange,
  withoutChange,
} from '../../src/core/calendar/index.ts';
import { seeded } from '../catalog/support.ts';

const zones = [
  'Europe/Rome',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Africa/Casablanca',
  'America/Santiago',
  'Asia/Kathmandu',
  'Antarctica/Troll',
  'Pacific/Apia',
  'UTC',
] as const;
const nths = [1, 2, 3, 4, 'last'] as const;
const { below, pick } = seeded(20_261_125);
const two = (n: number) => String(n).padStart(2, '0');
const some = <T>(all: readonly T[]): T[] => {
  const chosen = all.filter(() => below(3) === 0);
  return chosen.length > 0 ? chosen : [pick(all)];
};
const rules: Readonly<Record<Rule['kind'], () => Rule>> = {
  once: () => ({ kind: 'once' }),
  weekly: () => ({ kind: 'weekly', every: 1 + below(5), on: some(weekdays) }),
  monthly: () => ({ kind: 'monthly', every: 1 + below(6), nth: pick(nths), weekday: pick(weekdays) }),
  yearly: () => ({
    kind: 'yearly',
    months: some([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    nth: pick(nths),
    weekday: pick(weekdays),
  }),
};
// All hours, also those that are refused: what is kept from before a rule must still come out right.
const clock = () => `${two(below(24))}:${two(below(4) * 15)}`;
const aSchedule = (): Schedule => ({
  start: plusDays('2026-01-01', below(400)),
  at: clock(),
  zone: pick(zones),
  rule: rules[pick(Object.keys(rules) as Rule['kind'][])](),
  changes: [],
  ...(below(3) === 0 ? { count: 1 + below(30) } : {}),
  ...(below(3) === 0 ? { until: plusDays('2026-06-01', below(700)) } : {}),
});

const fitsNth = (day: string, nth: (typeof nths)[number]): boolean =>
  nth === 'last' ? plusDays(day, 7).slice(0, 7) !== day.slice(0, 7) : Math.ceil(Number(day.slice(8)) / 7) === nth;
const monthsBetween = (a: string, b: string): number =>
  (Number(b.slice(0, 4)) - Number(a.slice(0, 4))) * 12 + Number(b.slice(5, 7)) - Number(a.slice(5, 7));
const mondayBefore = (day: string): number => dayNumber(day) - weekdays.indexOf(weekdayOf(day));

/** The same days found the slow way: each day of some years is asked whether it is one. */
function daysByLooking({ rule, start, count, until }: Schedule, last: string): readonly string[] {
  const found: string[] = [];
  const isOne: Readonly<Record<Rule['kind'], (day: string, weekday: Weekday) => boolean>> = {
    once: (day) => day === start,
    weekly: (day, weekday) =>
      rule.kind === 'weekly' &&
      rule.on.includes(weekday) &&
      (mondayBefore(day) - mondayBefore(found[0] ?? day)) % (7 * rule.every) === 0,
    monthly: (day, weekday) =>
      rule.kind === 'monthly' &&
      rule.weekday === weekday &&
      fitsNth(day, rule.nth) &&
      monthsBetween(found[0] ?? day, day) % rule.every === 0,
    yearly: (day, weekday) =>
      rule.kind === 'yearly' &&
      rule.weekday === weekday &&
      fitsNth(day, rule.nth) &&
      rule.months.includes(Number(day.slice(5, 7))),
  };
  for (let number = dayNumber(start); number <= dayNumber(last); number++) {
    const day = dayAt(number);
    if (found.length === count || (until !== undefined && day > until)) break;
    if (isOne[rule.kind](day, weekdayOf(day))) found.push(day);
  }
  return found;
}

const from = new Date('2025-12-01T00:00Z');
const to = new Date('2029-01-01T00:00Z');

test('400 random schedules have the days that looking at each day finds, at the agreed time of the wall', () => {
  let checked = 0;
  for (let i = 0; i < 400; i++) {
    const schedule = aSchedule();
    const got = occurrences(schedule, from, to);
    const days = daysByLooking(schedule, '2029-01-03').filter((day) => {
      const at = instantOf({ day, at: schedule.at }, schedule.zone);
      return at >= from && at < to;
    });
    expect(
      got.map((o) => o.on),
      JSON.stringify(schedule),
    ).toEqual(days);
    for (const { on, startsAt } of got) {
      const shown = wallOf(startsAt, schedule.zone);
      const meant = `${on}T${schedule.at}`;
      const shows = `${shown.day}T${shown.at}`;
      // Either the clock shows what was agreed, for the first time that day; or it never does, and shows a later one.
      if (shows === meant) {
        const earlier = [30, 60, 120].map((m) => wallOf(new Date(startsAt.getTime() - m * 60_000), schedule.zone));
        expect(earlier.map((w) => `${w.day}T${w.at}`)).not.toContain(meant);
      } else expect(shows > meant && Date.parse(`${shows}Z`) - Date.parse(`${meant}Z`) <= 86_400_000).toBe(true);
    }
    checked += got.length;
  }
  expect(checked).toBeGreaterThan(5_000);
});

test('whatever is skipped, moved and put back, no occurrence is lost and none comes twice', () => {
  for (let i = 0; i < 150; i++) {
    let schedule = aSchedule();
    const days = daysByLooking(schedule, '2028-12-01');
    if (days.length === 0) continue;
    const model = new Map<string, Change>();
    for (let edits = below(12); edits > 0; edits--) {
      const on = pick(days);
      const to = { day: plusDays(on, below(21) - 10), at: clock() };
      const change: Change | undefined = pick([{ kind: 'skip', on }, { kind: 'move', on, to }, undefined]);
      schedule = change ? withChange(schedule, change) : withoutChange(schedule, on);
      if (change) model.set(on, change);
      else model.delete(on);
    }
    const got = occurrences(schedule, from, new Date('2029-06-01T00:00Z')).filter((o) => o.on <= '2028-12-01');
    const expected = days.flatMap((on) => {
      const change = model.get(on);
      if (change?.kind === 'skip') return [];
      const wall = change?.to ?? { day: on, at: schedule.at };
      return [{ on, wall, startsAt: instantOf(wall, schedule.zone), moved: change !== undefined }];
    });
    expect(got.toSorted((a, b) => (a.on < b.on ? -1 : 1))).toEqual(expected);
    // A window more or less, as when rows are worked out again each day, changes nothing.
    const cut = new Date(Date.UTC(2026, below(30), 1 + below(28), below(24)));
    const end = new Date('2029-06-01T00:00Z');
    const parts = [...occurrences(schedule, from, cut), ...occurrences(schedule, cut, end)];
    expect(parts.map((o) => o.on)).toEqual(occurrences(schedule, from, end).map((o) => o.on));
  }
});
