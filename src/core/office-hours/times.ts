import { daysBefore, wallOf } from '../calendar/index.ts';
import type { Effect, Effects, Person } from '../kernel/index.ts';
import { addMinutes, subMinutes } from '../kernel/instants.ts';
import { type Job, jobNames, keys } from './keys.ts';
import { endsAt } from './line.ts';
import type { Series, Session } from './store.ts';

/** How long before it begins everybody who signed up is told, in minutes that pass, whatever clocks do. */
const soonMinutes = 10;
/** A session that nobody ends is over this long after its time. */
const closeMinutes = 30;
/** At what time of the day before people are told: a civil hour, in their own zone. */
const eveAt = '10:00';
const hostsAt = '16:00';

type At = (session: Session, series: Series, hostZone: string) => Date;
const times: Readonly<Record<Job, At>> = {
  // On the wall: around a change of the clocks it is 23 or 25 hours before.
  day: ({ startsAt }, { schedule: { zone } }) => daysBefore(wallOf(startsAt, zone), 1, zone),
  hosts: ({ startsAt }, _, zone) => daysBefore(wallOf(startsAt, zone), 1, zone, hostsAt),
  soon: ({ startsAt }) => subMinutes(startsAt, soonMinutes),
  start: ({ startsAt }) => startsAt,
  close: (session) => addMinutes(endsAt(session), closeMinutes),
};

/** What a job is about: the session at this time. Once it was moved, a job that was meant for an earlier time does nothing. */
const about = ({ number, startsAt }: Session) => ({ n: number, starts: startsAt.toISOString() });

/** The times of a session; those that have passed are left out. */
export const scheduled = (session: Session, series: Series, hostZone: string, now: Date): Effects =>
  jobNames.flatMap((job): Effects => {
    const key = keys.job(session.number, job);
    const at = times[job](session, series, hostZone);
    return at > now || job === 'start' || job === 'close'
      ? [{ kind: 'later', job: `office.${job}`, input: about(session), at, key }]
      : [{ kind: 'never', key }];
  });

export const unscheduled = ({ number }: Session): Effects =>
  jobNames.map((job): Effect => ({ kind: 'never', key: keys.job(number, job) }));

/** The reminder of one person, the day before in their own zone; who signs up later than that needs none. */
export function eve(session: Session, person: Pick<Person, 'id' | 'zone'>, now: Date): Effect {
  const at = daysBefore(wallOf(session.startsAt, person.zone), 1, person.zone, eveAt);
  const key = keys.eve(session.number, person.id);
  return at > now
    ? { kind: 'later', job: 'office.eve', input: { ...about(session), person: person.id }, at, key }
    : { kind: 'never', key };
}
