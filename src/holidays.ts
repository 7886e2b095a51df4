import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import type ICAL from 'ical.js';
import { Problem } from './core/kernel/problem.ts';
import type { Settings } from './core/settings.ts';

const require = createRequire(import.meta.url);
/** A quarter of a megabyte that most do without. Settings are read in one go, so it is not imported but required. */
const library = (): typeof ICAL => require('ical.js');

/** For how long before and after today days are worked out: yearly ones go on for ever. */
const years = { before: 1, after: 5 } as const;
/** More days off than that are no calendar of holidays. */
const most = 2_000;
/** How often a rule is followed from its first day on: a yearly one began in the year 1 at the earliest. */
const steps = 20_000;

const invalid = (file: string, why: string) =>
  new Problem(
    'holidays_unreadable',
    `The calendar of holidays ${file} can’t be used: ${why}. Name an iCalendar file (.ics) whose events last whole days, or write the days themselves under “holidays”.`,
  );

/** The first day of each occurrence, one after the other. */
function* startsOf(event: ICAL.Event, file: string): Generator<ICAL.Time> {
  const followed = <T>(step: () => T): T => {
    try {
      return step();
    } catch {
      throw invalid(file, `the rule of “${event.summary}” can’t be followed`);
    }
  };
  const occurrences = followed(() => event.iterator());
  for (let n = 0; n < steps; n++) {
    const start = followed(() => occurrences.next());
    if (!start) return;
    yield start;
  }
  throw invalid(file, `“${event.summary}” comes back more than ${steps} times`);
}

/** Every day on which an event of whole days takes place. What has a time of day is a meeting, and no holiday. */
export function holidaysOf(source: string, file: string, now: Date): readonly string[] {
  const { Component, Event, parse } = library();
  let events: readonly ICAL.Component[];
  try {
    events = new Component(parse(source)).getAllSubcomponents('vevent');
  } catch {
    throw invalid(file, 'it is no iCalendar file');
  }
  const last = now.getUTCFullYear() + years.after;
  const days = new Set<string>();
  let whole = false;
  for (const component of events) {
    const event = new Event(component);
    if (!event.startDate?.isDate) continue;
    whole = true;
    const length = Math.max(1, Math.round(event.duration.toSeconds() / 86_400));
    for (const start of startsOf(event, file)) {
      if (start.year > last) break;
      if (start.year < now.getUTCFullYear() - years.before) continue;
      for (let n = 0; n < length; n++) {
        const day = start.clone();
        day.adjust(n, 0, 0, 0);
        days.add(day.toString().slice(0, 10));
        if (days.size > most) throw invalid(file, `it has more than ${most} days`);
      }
    }
  }
  // One that ended years ago names no days any more, which is no reason not to start.
  if (!whole) throw invalid(file, 'no event in it lasts whole days');
  return [...days].sort();
}

/** With the days of the files that are named, which stand beside the settings file. */
export function withHolidayFiles(settings: Settings, settingsFile: string, now = new Date()): Settings {
  const holidays = settings.holidays.map((each) => {
    if (each.file === undefined) return each;
    let source: string;
    try {
      source = readFileSync(resolve(dirname(settingsFile), each.file), 'utf8');
    } catch {
      throw invalid(each.file, 'it can’t be read');
    }
    return { ...each, days: [...each.days, ...holidaysOf(source, each.file, now)] };
  });
  return { ...settings, holidays };
}
