import { sql } from 'kysely';
import type { PersonId } from '../core/kernel/index.ts';
import { bestFirst } from '../core/office-hours/line.ts';
import { type Db, json } from './db.ts';

/**
 * The places of two who turn out to be one person: of two in the same session the one that is worth more stays, whoever
 * had it. What follows from that (who waited has a time, reminders, messages) is a job of its own, which locks sessions as
 * everything does that changes them.
 */
export async function joinSeats(db: Db, former: PersonId, person: PersonId, now: Date): Promise<void> {
  // In their order, under the locks of those who sign up at this moment.
  const { rows: held } = await sql<{ number: number; coming: boolean }>`
    select number, state in ('planned', 'live') as coming from groundcrew.office_session
    where number in (select session from groundcrew.office_seat where person = ${former}) order by number for update`.execute(
    db,
  );
  const given = await sql<{ session: number }>`
    with ranked as (
      select session, person, row_number() over (
        partition by session order by array_position(${[...bestFirst]}::text[], state), slot is null, nth) as place
      from groundcrew.office_seat
      where person in (${former}, ${person}) and session = any(${held.map((s) => s.number)})
    )
    delete from groundcrew.office_seat s using ranked r
    where s.session = r.session and s.person = r.person and r.place > 1
    returning s.session`.execute(db);
  // Nobody comes along with themselves.
  await sql`
    delete from groundcrew.office_with
    where (person = ${former} and other = ${person}) or (person = ${person} and other = ${former})`.execute(db);
  const twice = new Set(given.rows.map((r) => r.session));
  const sessions = held.filter((s) => s.coming).map(({ number: n }) => ({ n, twice: twice.has(n) }));
  if (sessions.length === 0) return;
  await sql`
    insert into groundcrew.due (key, job, input, at)
    values (${`office.joined/${former}`}, 'office.joined', ${json({ former, person, sessions })}, ${now})`.execute(db);
}
