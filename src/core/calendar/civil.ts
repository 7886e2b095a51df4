import { type ClockTime, type Day, instantOf, plusDays, type Wall, type Weekday, wallOf, weekdayOf } from './wall.ts';

/** When somebody may be bothered, in their own zone. */
export type Civil = {
  readonly zone: string;
  /** Of a working day: from this time on, and before that one. */
  readonly hours: { readonly from: ClockTime; readonly to: ClockTime };
  /** Saturday and Sunday unless said otherwise. */
  readonly weekend?: readonly Weekday[];
  /** Days on which nobody works: `2026-04-06`, or `12-25` for each year. */
  readonly holidays?: readonly string[];
  /** When they asked their platform not to disturb them. */
  readonly quiet?: readonly { readonly from: Date; readonly to: Date }[];
};

const usualWeekend: readonly Weekday[] = ['sa', 'su'];

export const isHoliday = (day: Day, holidays: readonly string[]): boolean =>
  holidays.includes(day) || holidays.includes(day.slice(5));

/** A year of days off is a mistake in a calendar; whoever waits for it to end would wait for good. */
const longest = 366;

/** The first moment from `at` on at which this person is at work and not asking for quiet. */
export function nextCivil(at: Date, civil: Civil): Date {
  const { zone, hours, weekend = usualWeekend, holidays = [], quiet = [] } = civil;
  const opens = (wall: Wall) => instantOf({ day: wall.day, at: hours.from }, zone);
  let moment = at;
  for (let tries = 0; tries < longest; tries++) {
    const wall = wallOf(moment, zone);
    const off = weekend.includes(weekdayOf(wall.day)) || isHoliday(wall.day, holidays);
    if (off || wall.at >= hours.to) {
      moment = opens({ ...wall, day: plusDays(wall.day, 1) });
      continue;
    }
    if (wall.at < hours.from) {
      moment = opens(wall);
      continue;
    }
    const silence = quiet.find((q) => q.from <= moment && moment < q.to);
    if (!silence) return moment;
    moment = silence.to;
  }
  return moment;
}
