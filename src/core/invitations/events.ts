import type { Mailbox, Repeated, Single } from '../calendar/ics.ts';
import type { Course, Entry } from './store.ts';

const stamp = (made: Date): string => made.toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** An entry as calendars are told of it. */
export const single = (
  entry: Entry,
  people: { readonly organizer?: Mailbox; readonly attendee?: Mailbox } = {},
  cancelled = false,
): Single => ({
  uid: `session-${entry.session}-${stamp(entry.made)}@groundcrew`,
  sequence: entry.sequence,
  title: entry.title,
  about: [...(entry.topic ? [entry.topic] : []), ...(entry.about ? [entry.about] : [])].join('\n\n'),
  minutes: entry.minutes,
  startsAt: entry.startsAt,
  cancelled,
  ...(entry.link === undefined ? {} : { place: entry.link, url: entry.link }),
  ...(people.organizer ? { organizer: people.organizer } : {}),
  ...(people.attendee ? { attendees: [people.attendee] } : {}),
});

/** A series as calendars are told of it. Its number rises with each change of it, which are never in one second. */
export const repeated = (course: Course): Repeated => ({
  uid: `series-${course.series}-${stamp(course.made)}@groundcrew`,
  sequence: Math.max(0, Math.floor((course.changed.getTime() - course.made.getTime()) / 1000)),
  title: course.title,
  minutes: course.minutes,
  schedule: course.schedule,
  ...(course.about === undefined ? {} : { about: course.about }),
  ...(course.link === undefined ? {} : { place: course.link, url: course.link }),
});

/** Paths of ours that calendars read; made into addresses by `ctx.address`. */
export const paths = {
  feed: (token: string) => `/calendar/feed/${token}.ics`,
  session: (number: number, slot?: number) =>
    slot === undefined ? `/calendar/session/${number}.ics` : `/calendar/session/${number}/${slot}.ics`,
} as const;
