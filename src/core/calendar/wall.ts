import { Temporal } from 'temporal-polyfill';

/** A day of the calendar, `2026-03-30`. */
export type Day = string;
/** What a clock on the wall shows, `09:00`. */
export type ClockTime = string;
/** A time as people agree on it: it becomes an instant only together with a zone. */
export type Wall = { readonly day: Day; readonly at: ClockTime };

export const weekdays = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'] as const;
export type Weekday = (typeof weekdays)[number];

const dayMs = 86_400_000;

/** Days since 1970-01-01: what calendars are counted in here, so that no zone can get into it. */
export const dayNumber = (day: Day): number => Date.parse(`${day}T00:00Z`) / dayMs;
export const dayAt = (number: number): Day => new Date(number * dayMs).toISOString().slice(0, 10);
export const plusDays = (day: Day, days: number): Day => dayAt(dayNumber(day) + days);

/** Monday is 0. 1970-01-01 was a Thursday. */
export const weekdayNumber = (number: number): number => (((number + 3) % 7) + 7) % 7;
export const weekdayOf = (day: Day): Weekday => weekdays[weekdayNumber(dayNumber(day))] as Weekday;

/**
 * When it is. A time that a clock skips is shifted by as much as the clock (02:30 becomes 03:30), one that it shows
 * twice is the first: RFC 5545, 3.3.5, and what Temporal calls compatible.
 */
export const instantOf = ({ day, at }: Wall, zone: string): Date =>
  new Date(
    Temporal.PlainDateTime.from(`${day}T${at}`).toZonedDateTime(zone, { disambiguation: 'compatible' })
      .epochMilliseconds,
  );

/** What clocks and calendars in a zone show at this instant, to the minute. */
export function wallOf(instant: Date, zone: string): Wall {
  const there = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
  return { day: there.toPlainDate().toString(), at: there.toPlainTime().toString({ smallestUnit: 'minute' }) };
}

/** How far a zone is ahead of UTC at this instant, such as `+05:45`. */
export const offsetOf = (instant: Date, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone).offset;

/**
 * Some days before, when the clock shows `at`: what people mean by “the day before at ten”. Around a change of the
 * clock that is 23 or 25 hours; who wants “ten minutes before” subtracts from the instant instead.
 */
export const daysBefore = (wall: Wall, days: number, zone: string, at: ClockTime = wall.at): Date =>
  instantOf({ day: plusDays(wall.day, -days), at }, zone);
