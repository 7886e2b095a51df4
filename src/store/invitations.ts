import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { scheduleSchema } from '../core/calendar/index.ts';
import type { Course, Entry, InvitationStore, Owed, Scope } from '../core/invitations/store.ts';
import type { PersonId } from '../core/kernel/index.ts';
import type { Db } from './db.ts';

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
const seriesOf = ({ series }: Scope): number => series ?? 0;
const scope = (row: { person: string; series: number }): Scope => ({
  person: row.person as PersonId,
  ...(row.series === 0 ? {} : { series: row.series }),
});

type EntryRow = {
  session: number;
  made: Date;
  title: string;
  about: string | null;
  link: string | null;
  starts: Date;
  minutes: number;
  sequence: number;
  slot: number | null;
  topic: string | null;
};
const entry = (row: EntryRow): Entry => ({
  session: row.session,
  made: row.made,
  title: row.title,
  startsAt: row.starts,
  minutes: row.minutes,
  sequence: row.sequence,
  ...(row.about === null ? {} : { about: row.about }),
  ...(row.link === null ? {} : { link: row.link }),
  ...(row.slot === null ? {} : { slot: row.slot }),
  ...(row.topic === null ? {} : { topic: row.topic }),
});

/** The time of a place: that of its slot where it has one. `s` is the session, `slot` the number of the slot or null. */
const timeOf = (slot: string) =>
  sql.raw(`s.starts + make_interval(mins => coalesce(${slot} * s.slot_minutes, 0)) as starts,
    case when ${slot} is null then s.minutes else coalesce(s.slot_minutes, s.minutes) end as minutes`);
const told = sql.raw(`s.number as session, r.created as made, r.title, r.about, s.link, s.sequence`);

/** Has a place that counts on the day; who waits for a time has none yet. */
const placed = sql.raw(`seat.state not in ('waiting', 'cancelled', 'absent')`);

/**
 * Everybody’s places in sessions from a time on: who signed up, who comes along with them, and who hosts; the first of
 * these that somebody is.
 */
const places = (since: Date) => sql`
  select distinct on (p.session, p.person) p.*
  from (
    select s.number as session, s.host as person, null::int as slot, null::text as topic, 0 as nth
      from groundcrew.office_session s where s.host is not null and s.starts > ${since}
    union all
    select seat.session, seat.person, seat.slot, seat.topic, 1 from groundcrew.office_session s
      join groundcrew.office_seat seat on seat.session = s.number where s.starts > ${since} and ${placed}
    union all
    select seat.session, along.other, seat.slot, seat.topic, 2 from groundcrew.office_session s
      join groundcrew.office_seat seat on seat.session = s.number
      join groundcrew.office_with along on along.session = seat.session and along.person = seat.person
      where s.starts > ${since} and ${placed}
  ) p
  order by p.session, p.person, p.nth`;

/** Whether a person p is told by mail: their address is known, and they did not say no. */
const mailed = sql.raw(`p.email is not null
  and not exists (select from groundcrew.invitation_quiet q where q.person = p.id)`);

/** How soon a session is when its host is mailed of it. */
const hostDays = 14;

/** Any number that no other lock of ours begins with: "MAIL". */
const mailLock = 1_296_124_236;

/** What differs from what was mailed last. A mail tells all of an entry, so whatever of it is another is told again. */
const found = (now: Date) => sql`
  wanted as (
    select ${told}, ${timeOf('p.slot')}, p.topic, p.person
    from (${places(now)}) p
    join groundcrew.office_session s on s.number = p.session
    join groundcrew.office_series r on r.number = s.series
    where s.state = 'planned' and s.starts > ${now}
      -- Sessions are planned for months: a host is not mailed of all of them at once.
      and (p.topic is not null or s.starts < ${now}::timestamptz + make_interval(days => ${hostDays}) or exists (
        select from groundcrew.invitation i where i.session = p.session and i.person = p.person and not i.gone))
  ), printed as (
    select w.*, md5(row(w.title, w.about, w.link, extract(epoch from w.starts), w.minutes, w.topic)::text) as print from wanted w
  ), found as (
    select w.session, w.person, w.starts, w.minutes, w.topic, w.print, greatest(i.sequence + 1, w.sequence) as sequence, false as gone,
      i.session is not null and not i.gone as again
    from printed w left join groundcrew.invitation i on i.session = w.session and i.person = w.person
    where i.session is null or i.gone or i.print <> w.print
    union all
    select i.session, i.person, i.starts, i.minutes, i.topic, i.print, greatest(i.sequence + 1, s.sequence), true, true
    from groundcrew.invitation i
    join groundcrew.office_session s on s.number = i.session
    where not i.gone and i.starts > ${now} and s.state in ('planned', 'skipped')
      and not exists (select from wanted w where w.session = i.session and w.person = i.person)
  )`;

export const createInvitationStore = (db: Db): InvitationStore => ({
  async issue(of, token, now) {
    const hash = hashOf(token);
    await db
      .insertInto('calendar_feed')
      .values({ person: of.person, series: seriesOf(of), hash, created: now, used: null })
      .onConflict((c) => c.columns(['person', 'series']).doUpdateSet({ hash, created: now, used: null }))
      .execute();
  },
  async revoke(of) {
    await db.deleteFrom('calendar_feed').where('person', '=', of.person).where('series', '=', seriesOf(of)).execute();
  },
  async held(person) {
    const rows = await db
      .selectFrom('calendar_feed')
      .select(['person', 'series'])
      .where('person', '=', person)
      .orderBy('series')
      .execute();
    return rows.map(scope);
  },
  async opened(token, now) {
    const row = await db
      .updateTable('calendar_feed')
      .set({ used: now })
      .where('hash', '=', hashOf(token))
      .returning(['person', 'series'])
      .executeTakeFirst();
    return row && scope(row);
  },
  async agenda(person, since) {
    const { rows } = await sql<EntryRow>`
      select ${told}, ${timeOf('p.slot')}, p.slot, p.topic
      from (${places(since)}) p
      join groundcrew.office_session s on s.number = p.session
      join groundcrew.office_series r on r.number = s.series
      where p.person = ${person} and s.starts > ${since} and s.state <> 'skipped'
      order by starts, session`.execute(db);
    return rows.map(entry);
  },
  async course(series) {
    const row = await db.selectFrom('office_series').selectAll().where('number', '=', series).executeTakeFirst();
    if (!row || row.ended !== null) return undefined;
    const { number, title, minutes, created: made, changed } = row;
    return {
      series: number,
      made,
      title,
      minutes,
      changed,
      schedule: scheduleSchema.parse(row.schedule),
      ...(row.about === null ? {} : { about: row.about }),
      ...(row.link === null ? {} : { link: row.link }),
    } satisfies Course;
  },
  async sessionsOf(series, since) {
    const { rows } = await sql<EntryRow>`
      select ${told}, s.starts, s.minutes, null as slot, null as topic
      from groundcrew.office_session s join groundcrew.office_series r on r.number = s.series
      where s.series = ${series} and s.starts > ${since} and s.state <> 'skipped'
      order by s.starts, s.number`.execute(db);
    return rows.map(entry);
  },
  async entry(session, slot) {
    const { rows } = await sql<EntryRow>`
      select ${told}, ${timeOf('q.slot')}, q.slot, null as topic
      from (select ${session}::int as number, ${slot ?? null}::int as slot) q
      join groundcrew.office_session s on s.number = q.number
      join groundcrew.office_series r on r.number = s.series
      where s.state <> 'skipped'`.execute(db);
    return rows[0] && entry(rows[0]);
  },
  async mailing(person) {
    const { rows } = await sql<{ quiet: boolean; told: boolean }>`
      select exists (select from groundcrew.invitation_quiet where person = ${person}) as quiet,
        exists (select from groundcrew.invitation where person = ${person}) as told`.execute(db);
    const [known] = rows;
    if (known?.quiet) return 'off';
    return known?.told ? 'on' : 'never';
  },
  async setMailing(person, on, now) {
    if (on) await db.deleteFrom('invitation_quiet').where('person', '=', person).execute();
    else
      await db
        .insertInto('invitation_quiet')
        .values({ person, at: now })
        .onConflict((c) => c.doNothing())
        .execute();
  },
  async owing(now) {
    const { rows } = await sql`
      with ${found(now)} select from found f join groundcrew.person p on p.id = f.person
      where ${mailed} limit 1`.execute(db);
    return rows.length > 0;
  },
  async owed(now, limit) {
    await sql`select pg_advisory_xact_lock(${mailLock})`.execute(db);
    const { rows } = await sql<
      EntryRow & { person: PersonId; name: string; email: string; zone: string; gone: boolean; again: boolean }
    >`
      with ${found(now)}, due as (
        select f.*, p.name, p.email, p.zone from found f join groundcrew.person p on p.id = f.person
        where ${mailed} order by f.starts, f.session, f.person limit ${limit}
      ), noted as (
        insert into groundcrew.invitation (session, person, starts, minutes, topic, print, sequence, gone)
        select session, person, starts, minutes, topic, print, sequence, gone from due
        on conflict (session, person) do update set starts = excluded.starts, minutes = excluded.minutes,
          topic = excluded.topic, print = excluded.print, sequence = excluded.sequence, gone = excluded.gone
      )
      select d.session, r.created as made, r.title, r.about, s.link, d.starts, d.minutes, d.sequence, null as slot, d.topic,
        d.person, d.name, d.email, d.zone, d.gone, d.again
      from due d
      join groundcrew.office_session s on s.number = d.session
      join groundcrew.office_series r on r.number = s.series
      order by d.starts, d.session, d.person`.execute(db);
    return rows.map(
      ({ person, name, email, zone, gone, again, ...row }): Owed => ({
        person,
        name,
        email,
        zone,
        gone,
        again,
        entry: entry(row),
      }),
    );
  },
});
