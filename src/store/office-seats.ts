import { type Selectable, sql } from 'kysely';
import type { AccountId, PersonId } from '../core/kernel/index.ts';
import type { Linked, OfficeHoursStore, Outcome, Seat } from '../core/office-hours/store.ts';
import { type Db, json, kept } from './db.ts';
import { seat, seatColumns } from './office-rows.ts';
import type { Tables } from './schema.ts';

type SeatRow = Selectable<Tables['office_seat']> & { others: string[] | null };
/** Who signed up for some sessions, in their order. */
export async function seatsOf(db: Db, sessions: readonly number[]): Promise<ReadonlyMap<number, readonly Seat[]>> {
  const { rows } = await sql<SeatRow>`${kept('office.seats')}
    select s.session, s.person, s.account, s.state, s.slot, s.nth, s.topic, s.about, s.at, s.here, s.began, s.ended,
      s.leader, s.outcome, s.feedback,
      (select array_agg(w.other::text order by w.other) from groundcrew.office_with w
        where w.session = s.session and w.person = s.person) as others
    from groundcrew.office_seat s where s.session = any(${sessions}) order by s.nth`.execute(db);
  return new Map(
    Map.groupBy(rows, (row) => row.session)
      .entries()
      .map(([number, own]) => [number, own.map((row) => seat(row, row.others ?? []))] as const),
  );
}

/** Who signed up, with whom and what for, and who wants to be reminded. */
export function createSeats(db: Db) {
  async function setTogether(number: number, person: PersonId, others: readonly PersonId[]): Promise<void> {
    await db.deleteFrom('office_with').where('session', '=', number).where('person', '=', person).execute();
    if (others.length > 0)
      await db
        .insertInto('office_with')
        .values([...new Set(others)].map((other) => ({ session: number, person, other })))
        .execute();
  }

  return {
    async addSeat(number, { person, account, state, topic, nth, at, together, about, slot, here }) {
      await sql`${kept('office.add-seat')}
        insert into groundcrew.office_seat (session, person, account, state, slot, nth, topic, about, at, here)
        values (${number}, ${person}, ${account}, ${state}, ${slot ?? null}, ${nth}, ${topic},
          ${about ? json(about) : null}, ${at}, ${here ?? null})
        on conflict (session, person) do update set account = excluded.account, state = excluded.state, slot = excluded.slot,
          nth = excluded.nth, topic = excluded.topic, about = excluded.about, at = excluded.at, here = excluded.here,
          began = null, ended = null, leader = null, outcome = null, feedback = null`.execute(db);
      if (together.length > 0) await setTogether(number, person, together);
    },
    async changeSeat(number, person, change) {
      const columns = seatColumns(change);
      if (Object.keys(columns).length > 0)
        await db
          .updateTable('office_seat')
          .set(columns)
          .where('session', '=', number)
          .where('person', '=', person)
          .execute();
      if (change.together) await setTogether(number, person, change.together);
    },

    async remind(number, person, account) {
      await db
        .insertInto('office_reminder')
        .values({ session: number, person, account })
        .onConflict((on) => on.columns(['session', 'person']).doUpdateSet({ account }))
        .execute();
    },
    async toRemind(number) {
      const rows = await db
        .selectFrom('office_reminder')
        .selectAll()
        .where('session', '=', number)
        .orderBy('person')
        .execute();
      return rows.map((r) => ({ person: r.person as PersonId, account: r.account as AccountId }));
    },

    async topics(since, limit) {
      const rows = await db
        .selectFrom('office_seat')
        .innerJoin('office_session', 'office_session.number', 'office_seat.session')
        .select(['session', 'person', 'topic', 'about', 'outcome', 'office_session.starts as at'])
        .where('office_session.starts', '>', since)
        .where('office_seat.state', '<>', 'cancelled')
        .orderBy('office_session.starts')
        .orderBy('session')
        .orderBy('office_seat.nth')
        .limit(limit)
        .execute();
      return rows.map(({ about, outcome, person, ...rest }) => ({
        ...rest,
        person: person as PersonId,
        ...(about === null ? {} : { about: about as unknown as Linked }),
        ...(outcome === null ? {} : { outcome: outcome as Outcome }),
      }));
    },
  } satisfies Partial<OfficeHoursStore>;
}
