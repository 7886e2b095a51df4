import type { Rule } from './schedule.ts';
import { type Weekday, weekdayNumber, weekdays } from './wall.ts';

/*
 * The days of a rule, as numbers, from a day on and without an end. Each is worked out from the calendar, never from
 * the one before: what was shifted once would stay shifted.
 */

const numberOf = (weekday: Weekday): number => weekdays.indexOf(weekday);

function* weekly(rule: Extract<Rule, { kind: 'weekly' }>, start: number): Generator<number> {
  const offsets = rule.on.map(numberOf).toSorted((a, b) => a - b);
  let first = start;
  while (!offsets.includes(weekdayNumber(first))) first++;
  // Weeks are counted from the one with the first day, as calendars do with DTSTART.
  for (let monday = first - weekdayNumber(first); ; monday += 7 * rule.every)
    for (const offset of offsets) if (monday + offset >= first) yield monday + offset;
}

const firstOfMonth = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12, 1) / 86_400_000;

/** Such as the second Tuesday, or the last Thursday, of a month counted from year 0. */
export function weekdayIn(month: number, nth: 1 | 2 | 3 | 4 | 'last', weekday: Weekday): number {
  if (nth === 'last') {
    const last = firstOfMonth(month + 1) - 1;
    return last - ((weekdayNumber(last) - numberOf(weekday) + 7) % 7);
  }
  const first = firstOfMonth(month);
  return first + ((numberOf(weekday) - weekdayNumber(first) + 7) % 7) + 7 * (nth - 1);
}

function* monthly(rule: Extract<Rule, { kind: 'monthly' | 'yearly' }>, start: number): Generator<number> {
  const from = new Date(start * 86_400_000);
  let month = from.getUTCFullYear() * 12 + from.getUTCMonth();
  const fits = (m: number) =>
    (rule.kind === 'monthly' || rule.months.includes((m % 12) + 1)) && weekdayIn(m, rule.nth, rule.weekday) >= start;
  while (!fits(month)) month++;
  for (; ; month += rule.kind === 'monthly' ? rule.every : 1)
    if (fits(month)) yield weekdayIn(month, rule.nth, rule.weekday);
}

function* once(_: Rule, start: number): Generator<number> {
  yield start;
}

const days: { readonly [K in Rule['kind']]: (rule: Extract<Rule, { kind: K }>, start: number) => Generator<number> } = {
  once,
  weekly,
  monthly,
  yearly: monthly,
};

export const daysOf = <K extends Rule['kind']>(rule: Extract<Rule, { kind: K }>, start: number): Generator<number> =>
  days[rule.kind as K](rule, start);
