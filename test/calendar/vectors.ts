import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Schedule, scheduleSchema, type Weekday, weekdays } from '../../src/core/calendar/index.ts';

const occurrence = z.object({
  local: z.string(),
  utc: z.string(),
  offset: z.string(),
  shownLocal: z.string().optional(),
  secondPassUtc: z.string().optional(),
});
const series = z.object({
  id: z.string(),
  tz: z.string(),
  dtstartLocal: z.string(),
  rrule: z.string(),
  occurrences: z.array(occurrence),
});
const file = z.object({
  vectors: z.array(series),
  reminders: z.array(
    z.object({
      id: z.string(),
      tz: z.string(),
      startLocal: z.string(),
      startUtc: z.string(),
      dayBeforeSameWallClockUtc: z.string(),
      hoursBetween: z.number(),
    }),
  ),
  tzdbSensitive: z.object({ vectors: z.array(series) }),
});
export type Vector = z.output<typeof series>;

/** Made with tzdb 2026f, read by RFC 5545’s rules for times that do not exist or come twice. */
export const vectors = file.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'dst-vectors.json'), 'utf8')));

/** The few recurrence rules of the vectors. */
export function scheduleOf({ tz, dtstartLocal, rrule }: Vector): Schedule {
  const [start = '', at = ''] = dtstartLocal.split('T');
  const parts = new Map(rrule.split(';').map((part) => part.split('=') as [string, string]));
  const every = Number(parts.get('INTERVAL') ?? 1);
  const [, nth, day] = /^(-1|[1-4])([A-Z]{2})$/.exec(parts.get('BYDAY') ?? '') ?? [];
  const onStart = weekdays[(new Date(`${start}T00:00Z`).getUTCDay() + 6) % 7] as Weekday;
  const rules = {
    DAILY: { kind: 'weekly', on: [...weekdays] },
    WEEKLY: { kind: 'weekly', every, on: [onStart] },
    MONTHLY: { kind: 'monthly', every, nth: nth === '-1' ? 'last' : Number(nth), weekday: day?.toLowerCase() },
  } as const;
  const rule = rules[parts.get('FREQ') as keyof typeof rules];
  return scheduleSchema.parse({ start, at: at.slice(0, 5), zone: tz, rule, count: Number(parts.get('COUNT')) });
}
