import { Temporal } from 'temporal-polyfill';
import { weekdayIn } from './rules.ts';
import { dayAt, dayNumber, type Weekday, weekdayOf, weekdays } from './wall.ts';

/* VTIMEZONE as Outlook wants it: two yearly rules from 1970 on. Lists of dates it takes for a zone without summer time. */

/** How many years ahead a rule must hold before it is believed. */
const years = 8;
const nths = [1, 2, 3, 4, 'last'] as const;

type Change = {
  readonly year: number;
  readonly day: string;
  readonly at: string;
  readonly from: string;
  readonly to: string;
};

/** The changes of the clock in the years ahead, each at the time that the clock showed just then. */
function changesOf(zone: string, now: Date): readonly Change[] {
  const found: Change[] = [];
  const last = now.getUTCFullYear() + years;
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(now.getUTCFullYear(), 0, 1)).toZonedDateTimeISO(zone);
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (next === null || next.year > last) return found;
    const from = next.subtract({ nanoseconds: 1 }).offset;
    const wall = next.toInstant().toZonedDateTimeISO(from).toPlainDateTime();
    found.push({
      year: wall.year,
      day: wall.toPlainDate().toString(),
      at: wall.toPlainTime().toString({ smallestUnit: 'second' }).replaceAll(':', ''),
      from,
      to: next.offset,
    });
    at = next;
  }
}

/** `+05:45` as iCalendar writes it. */
const offset = (written: string): string => written.replace(':', '');

/** One half of the year as a yearly rule, if all its changes follow one. */
function observance(name: 'STANDARD' | 'DAYLIGHT', changes: readonly Change[]): readonly string[] | undefined {
  const [first] = changes;
  if (!first) return undefined;
  const month = Number(first.day.slice(5, 7));
  const weekday = weekdayOf(first.day);
  const fits = (nth: (typeof nths)[number]) =>
    changes.every(
      (c) =>
        c.at === first.at && c.from === first.from && dayAt(weekdayIn(c.year * 12 + month - 1, nth, weekday)) === c.day,
    );
  const nth = nths.findLast(fits);
  if (nth === undefined) return undefined;
  const begins = dayAt(weekdayIn(1970 * 12 + month - 1, nth, weekday)).replaceAll('-', '');
  return [
    `BEGIN:${name}`,
    `DTSTART:${begins}T${first.at}`,
    `TZOFFSETFROM:${offset(first.from)}`,
    `TZOFFSETTO:${offset(first.to)}`,
    `RRULE:FREQ=YEARLY;BYMONTH=${month};BYDAY=${byDay(nth, weekday)}`,
    `END:${name}`,
  ];
}

/** `2TU`, or `-1TH` for the last. */
export const byDay = (nth: (typeof nths)[number], weekday: Weekday): string =>
  `${nth === 'last' ? -1 : nth}${(weekdays.find((d) => d === weekday) as string).toUpperCase()}`;

/**
 * The zone as iCalendar describes it, or undefined where no two yearly rules do (Morocco’s Ramadan, Egypt’s midnight):
 * sessions there are written one by one, as instants.
 */
export function zoneLines(zone: string, now: Date): readonly string[] | undefined {
  const changes = changesOf(zone, now);
  const wrap = (lines: readonly string[]) => ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...lines, 'END:VTIMEZONE'];
  const offsetNow = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).offset;
  const coming = changes.filter((c) => dayNumber(c.day) >= now.getTime() / 86_400_000 - 1);
  if (coming.length === 0)
    return wrap([
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      `TZOFFSETFROM:${offset(offsetNow)}`,
      `TZOFFSETTO:${offset(offsetNow)}`,
      'END:STANDARD',
    ]);
  const seconds = (o: string) => Number(`${o.slice(0, 1)}1`) * (Number(o.slice(1, 3)) * 60 + Number(o.slice(4, 6)));
  const forward = changes.filter((c) => seconds(c.to) > seconds(c.from));
  const back = changes.filter((c) => seconds(c.to) < seconds(c.from));
  // One of each a year, or it is no pair of yearly rules.
  if (forward.length < years || back.length < years || forward.length + back.length > 2 * (years + 1)) return undefined;
  const daylight = observance('DAYLIGHT', forward);
  const standard = observance('STANDARD', back);
  return daylight && standard ? wrap([...standard, ...daylight]) : undefined;
}
