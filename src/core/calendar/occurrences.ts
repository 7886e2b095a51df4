import { daysOf } from './rules.ts';
import type { Schedule } from './schedule.ts';
import { type Day, dayAt, dayNumber, instantOf, type Wall } from './wall.ts';

export type Occurrence = {
  /** The day that the rule gives it: its name for ever, wherever it is moved. */
  readonly on: Day;
  /** What was agreed, in the schedule’s zone. On a day whose clocks skip this time, `startsAt` shows another. */
  readonly wall: Wall;
  readonly startsAt: Date;
  readonly moved: boolean;
};

/** The days of the rule up to one, changed or not. */
export function* ruleDays(schedule: Schedule, last: number): Generator<number> {
  const until = schedule.until === undefined ? last : Math.min(last, dayNumber(schedule.until));
  let left = schedule.count ?? Number.POSITIVE_INFINITY;
  for (const day of daysOf(schedule.rule, dayNumber(schedule.start))) {
    if (day > until || left-- <= 0) return;
    yield day;
  }
}

/** Zones are up to 14 hours ahead of UTC and 12 behind, and one once skipped a whole day. */
const margin = 2;
const numberAt = (instant: Date): number => Math.floor(instant.getTime() / 86_400_000);

/** Those that start from `from` on and before `to`, in the order in which they take place. */
export function occurrences(schedule: Schedule, from: Date, to: Date): readonly Occurrence[] {
  const changes = new Map(schedule.changes.map((c) => [c.on, c]));
  const first = numberAt(from) - margin;
  const last = numberAt(to) + margin;
  const moves = schedule.changes.filter((c) => c.kind === 'move').map((c) => dayNumber(c.on));
  const found: Occurrence[] = [];
  for (const number of ruleDays(schedule, Math.max(last, ...moves))) {
    const on = dayAt(number);
    const change = changes.get(on);
    if (change?.kind === 'skip' || (change === undefined && (number < first || number > last))) continue;
    const wall = change?.to ?? { day: on, at: schedule.at };
    const startsAt = instantOf(wall, schedule.zone);
    if (startsAt >= from && startsAt < to) found.push({ on, wall, startsAt, moved: change !== undefined });
  }
  return found.toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
}

const years = 366 * 86_400_000;

/** The next ones that start at or after an instant; fewer when it ends, or has none for years. */
export function nextOccurrences(schedule: Schedule, after: Date, count: number): readonly Occurrence[] {
  for (let span = years / 4; ; span *= 2) {
    const found = occurrences(schedule, after, new Date(after.getTime() + span));
    if (found.length >= count || span > 60 * years) return found.slice(0, count);
  }
}

/** The one that the rule names so, unless it is skipped or the rule has no such day. */
export function occurrenceOn(schedule: Schedule, on: Day): Occurrence | undefined {
  const number = dayNumber(on);
  if (![...ruleDays(schedule, number)].includes(number)) return undefined;
  const change = schedule.changes.find((c) => c.on === on);
  if (change?.kind === 'skip') return undefined;
  const wall = change?.to ?? { day: on, at: schedule.at };
  return { on, wall, startsAt: instantOf(wall, schedule.zone), moved: change !== undefined };
}

/** What has to change in rows that were worked out earlier: the rule was edited, or a country moved its clocks. */
export function replan<Row extends { readonly on: Day; readonly startsAt: Date }>(
  rows: readonly Row[],
  planned: readonly Occurrence[],
): {
  readonly added: readonly Occurrence[];
  readonly shifted: readonly { readonly row: Row; readonly to: Occurrence }[];
  readonly gone: readonly Row[];
} {
  const byDay = new Map(planned.map((o) => [o.on, o]));
  const known = new Set(rows.map((r) => r.on));
  return {
    added: planned.filter((o) => !known.has(o.on)),
    shifted: rows.flatMap((row) => {
      const to = byDay.get(row.on);
      return to && to.startsAt.getTime() !== row.startsAt.getTime() ? [{ row, to }] : [];
    }),
    gone: rows.filter((r) => !byDay.has(r.on)),
  };
}
