import { z } from 'zod';
import { Problem } from '../kernel/problem.ts';
import { type Day, dayNumber, weekdays } from './wall.ts';
import { zoneNamed } from './zone.ts';

const day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, 'Write a day such as 2026-03-30.')
  // Date takes 30 February for 2 March.
  .refine((d) => !Number.isNaN(Date.parse(d)) && new Date(d).toISOString().startsWith(d), 'There is no such day.');
const at = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time such as 09:00.');
const weekday = z.enum(weekdays);
const nth = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal('last')]);
const month = z.int().min(1).max(12);
const distinct = <T>(list: readonly T[]) => new Set(list).size === list.length;

const rule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('once') }),
  z.strictObject({
    kind: z.literal('weekly'),
    /** 2 is every other week. */
    every: z.int().min(1).max(52).default(1),
    on: z.array(weekday).min(1).refine(distinct, 'Name each day once.'),
  }),
  z.strictObject({
    kind: z.literal('monthly'),
    /** 3 is every quarter, beginning with the first that fits. */
    every: z.int().min(1).max(12).default(1),
    nth,
    weekday,
  }),
  /** In these months of each year, such as the first Monday of January, April, July and October. */
  z.strictObject({
    kind: z.literal('yearly'),
    months: z.array(month).min(1).refine(distinct, 'Name each month once.'),
    nth,
    weekday,
  }),
]);
export type Rule = z.output<typeof rule>;

const change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('skip'), on: day }),
  z.strictObject({ kind: z.literal('move'), on: day, to: z.strictObject({ day, at }) }),
]);
export type Change = z.output<typeof change>;

/** What repeats and when, as it is kept and as it may stand in a file. `problemOf` says what is wrong beyond its form. */
export const scheduleSchema = z.strictObject({
  /** It begins on the first day of the rule from here on. */
  start: day,
  at,
  zone: z.string().min(1).max(60),
  rule,
  /** The last day on which it may be, and how often it is at most; what was skipped counts. */
  until: day.exactOptional(),
  count: z.int().min(1).max(999).exactOptional(),
  /** Single occurrences that are not as the rule says, each named by the day of the rule. */
  changes: z
    .array(change)
    .refine((list) => distinct(list.map((c) => c.on)), 'Change each occurrence once.')
    .default([]),
});
export type Schedule = z.output<typeof scheduleSchema>;
/** As one writes it, with defaults left out. */
export type ScheduleInput = z.input<typeof scheduleSchema>;

/** Clocks change in these hours nearly everywhere, so what repeats there would fall away or come twice in some calendars. */
const firstHour = '04:00';

/** What a person must mend before this can be planned, in words for them. */
export function problemOf(schedule: Schedule): Problem | undefined {
  try {
    zoneNamed(schedule.zone);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  if (schedule.rule.kind !== 'once' && schedule.at < firstHour)
    return new Problem(
      'recurring_start_refused',
      `What repeats can’t begin at ${schedule.at}: between 00:00 and 03:59 clocks are put forward and back, so on some days that time does not exist or comes twice, and calendars disagree about it. Choose ${firstHour} or later, or plan single sessions.`,
    );
  if (schedule.until !== undefined && schedule.until < schedule.start)
    return new Problem(
      'schedule_empty',
      `It would end on ${schedule.until}, before it begins on ${schedule.start}. Choose a later end, or leave it out.`,
    );
  return undefined;
}

/** A change of one occurrence, which takes the place of an earlier one. */
export const withChange = (schedule: Schedule, made: Change): Schedule => ({
  ...schedule,
  changes: [...schedule.changes.filter((c) => c.on !== made.on), made].toSorted(
    (a, b) => dayNumber(a.on) - dayNumber(b.on),
  ),
});
/** That occurrence is again as the rule says. */
export const withoutChange = (schedule: Schedule, on: Day): Schedule => ({
  ...schedule,
  changes: schedule.changes.filter((c) => c.on !== on),
});
