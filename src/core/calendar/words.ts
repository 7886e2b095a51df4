import type { Rule, Schedule } from './schedule.ts';
import { type Day, type Weekday, weekdayOf, weekdays } from './wall.ts';

const dayNames: Readonly<Record<Weekday, string>> = {
  mo: 'Monday',
  tu: 'Tuesday',
  we: 'Wednesday',
  th: 'Thursday',
  fr: 'Friday',
  sa: 'Saturday',
  su: 'Sunday',
};
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
const nthNames = { 1: 'first', 2: 'second', 3: 'third', 4: 'fourth', last: 'last' } as const;

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** `Monday 16 March 2026`: by our own names, since formatters put a comma there or not as the release of their data has it. */
function dayWords(day: Day): string {
  const [year, month, date] = day.split('-').map(Number);
  return `${dayNames[weekdayOf(day)]} ${date} ${monthNames[(month ?? 1) - 1]} ${year}`;
}

const ordinals: Readonly<Record<number, string>> = { 1: 'month', 2: 'second month', 3: 'third month' };

const words: { readonly [K in Rule['kind']]: (rule: Extract<Rule, { kind: K }>, start: Day) => string } = {
  once: (_, start) => `on ${dayWords(start)}`,
  weekly: ({ every, on }) => {
    const days = listed(weekdays.filter((d) => on.includes(d)).map((d) => dayNames[d]));
    return every === 1 ? `every ${days}` : `every ${every === 2 ? 'other week' : `${every} weeks`} on ${days}`;
  },
  monthly: ({ every, nth, weekday }) =>
    `on the ${nthNames[nth]} ${dayNames[weekday]} of every ${ordinals[every] ?? `${every} months`}`,
  yearly: ({ months, nth, weekday }) =>
    `on the ${nthNames[nth]} ${dayNames[weekday]} of ${listed(
      months.toSorted((a, b) => a - b).map((m) => monthNames[m - 1] as string),
    )}`,
};

/** The schedule in words, such as `every Monday at 09:00 (Europe/Rome)`. */
export function inWords({ rule, start, at, zone }: Schedule): string {
  const say = words[rule.kind] as (rule: Rule, start: Day) => string;
  return `${say(rule, start)} at ${at} (${zone})`;
}
