import { daysBefore, wallOf } from '../calendar/index.ts';
import { addHours } from '../kernel/instants.ts';
import type { DemoItem } from '../office-hours/demo-store.ts';
import type { Meeting, Kind as SessionKind } from '../office-hours/store.ts';
import type { Settings } from '../settings.ts';
import type { Audience, Content, Entry, Event } from './store.ts';

type How = NonNullable<Settings['announcements']['sessions'][SessionKind]>;

/** What is shown of an agenda: of a longer one the message in the session’s own channels has the rest. */
const most = 10;

/** `places`: where it stands by itself, and is not announced once more. */
export type Shown = { readonly agenda: readonly DemoItem[]; readonly places: Event['places'] };
const eventOf = ({ series, session }: Meeting, { agenda, places }: Shown): Event => ({
  session: session.number,
  of: series.kind,
  state: session.state,
  startsAt: session.startsAt.toISOString(),
  minutes: session.minutes,
  ...(session.host ? { host: session.host } : {}),
  ...(session.link === undefined ? {} : { where: session.link }),
  agenda: agenda.slice(0, most).map(({ title, person }) => ({ title, person })),
  places,
});

/** A session as it is announced, as it stands now. */
export const sessionContent = (meeting: Meeting, shown: Shown, audience: Audience): Content => ({
  kind: 'event',
  title: meeting.series.title,
  text: meeting.series.about ?? '',
  audience,
  event: eventOf(meeting, shown),
});

/** Whoever answers for it sees it for a day before everybody does. */
const aheadHours = 24;
/** What is planned late is seen for an hour. */
const leastHours = 1;

/** When it is usually said. */
const usually = ({ series, session }: Meeting, { days, at }: How): Date =>
  daysBefore(wallOf(session.startsAt, series.schedule.zone), days, series.schedule.zone, at);

/** When it goes out by itself; undefined when it is too late for that. */
export function goesAt(meeting: Meeting, how: How, now: Date): Date | undefined {
  const usual = usually(meeting, how);
  const goes = usual > now ? usual : addHours(now, leastHours);
  return goes < meeting.session.startsAt ? goes : undefined;
}

/** The same, from when on it is drafted: undefined while it is too early, too. */
export const newsAt = (meeting: Meeting, how: How, now: Date): Date | undefined =>
  now < addHours(usually(meeting, how), -aheadHours) ? undefined : goesAt(meeting, how, now);

/** The week’s list names what is to come. */
export const sessionEntry = ({ series, session }: Meeting): Entry => ({
  id: `session/${session.number}`,
  kind: 'event',
  text: series.title,
  at: session.startsAt.toISOString(),
});
