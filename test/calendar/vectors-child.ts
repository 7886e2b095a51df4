/** Works all vectors out in a process whose own zone is TZ, and prints what it got, and what its own zone does. */
import { daysBefore, instantOf, occurrences, offsetOf, wallOf } from '../../src/core/calendar/index.ts';
import { scheduleOf, vectors } from './vectors.ts';

const split = (local: string) => ({ day: local.slice(0, 10), at: local.slice(11, 16) });
const utc = (at: Date) => at.toISOString().replace('.000Z', 'Z');

console.log(
  JSON.stringify({
    // Two instants tell any two of the zones apart that this is run in.
    host: [0, 6].map((month) => new Date(Date.UTC(2026, month, 15)).getTimezoneOffset()),
    series: vectors.vectors.map((v) =>
      occurrences(scheduleOf(v), new Date(0), new Date('2100-01-01')).map(({ wall, startsAt }) => {
        const shown = wallOf(startsAt, v.tz);
        return {
          local: `${wall.day}T${wall.at}`,
          utc: utc(startsAt),
          offset: offsetOf(startsAt, v.tz),
          shown: `${shown.day}T${shown.at}`,
        };
      }),
    ),
    reminders: vectors.reminders.map((r) => ({
      start: utc(instantOf(split(r.startLocal), r.tz)),
      dayBefore: utc(daysBefore(split(r.startLocal), 1, r.tz)),
    })),
  }),
);
