import { type Selectable, sql } from 'kysely';
import type { AccountId, PersonId } from '../core/kernel/index.ts';
import type {
  Linked,
  Meeting,
  OfficeHoursStore,
  Outcome,
  Seat,
  Series,
  SessionChange,
} from '../core/office-hours/store.ts';
import { type Db, json } from './db.ts';
import { seat, seatColumns, series, seriesColumns, session, sessionColumns, termColumns } from './office-rows.ts';
import type { Tables } from './schema.ts';

type SessionRow = Selectable<Tables['office_session']>;

export function createOfficeHoursStore(db: Db): OfficeHoursStore {
  async function seriesOf(numbers: readonly number[]): Promise<ReadonlyMap<number, Series>> {
    if (numbers.length === 0) return new Map();
    const rows = await db.selectFrom('office_series').selectAll().where('number', 'in', numbers).execute();
    const hosts = await db
      .selectFrom('office_host')
      .select(['series', 'person'])
      .where('series', 'in', numbers)
      .orderBy('nth')
      .execute();
    const own = (number: number) => hosts.filter((h) => h.series === number).map((h) => h.person);
    return new Map(rows.map((row) => [row.number, series(row, own(row.number))]));
  }

  async function seatsOf(sessions: readonly number[]): Promise<ReadonlyMap<number, readonly Seat[]>> {
    if (sessions.length === 0) return new Map();
    const rows = await db
      .selectFrom('office_seat')
      .selectAll()
      .where('session', 'in', sessions)
      .orderBy('nth')
      .execute();
    const others = rows.length
      ? await db.selectFrom('office_with').selectAll().where('session', 'in', sessions).orderBy('other').execute()
      : [];
    const along = (row: { session: number; person: string }) =>
      others.filter((o) => o.session === row.session && o.person === row.person).map((o) => o.other);
    return new Map(
      Map.groupBy(rows, (row) => row.session)
        .entries()
        .map(([number, own]) => [number, own.map((row) => seat(row, along(row)))] as const),
    );
  }

  async function meetings(rows: readonly SessionRow[]): Promise<readonly Meeting[]> {
    const all = await seriesOf([...new Set(rows.map((r) => r.series))]);
    const seats = await seatsOf(rows.map((r) => r.number));
    return rows.flatMap((row) => {
      const own = all.get(row.series);
      return own ? [{ series: own, session: session(row), seats: seats.get(row.number) ?? [] }] : [];
    });
  }

  async function setHosts(number: number, hosts: readonly PersonId[]): Promise<void> {
    await db.deleteFrom('office_host').where('series', '=', number).execute();
    if (hosts.length > 0)
      await db
        .insertInto('office_host')
        .values([...new Set(hosts)].map((person, nth) => ({ series: number, person, nth })))
        .execute();
  }

  async function setTogether(number: number, person: PersonId, others: readonly PersonId[]): Promise<void> {
    await db.deleteFrom('office_with').where('session', '=', number).where('person', '=', person).execute();
    if (others.length > 0)
      await db
        .insertInto('office_with')
        .values([...new Set(others)].map((other) => ({ session: number, person, other })))
        .execute();
  }

  const sessions = () => db.selectFrom('office_session').selectAll();
  const found = async (row: Selectable<Tables['office_series']> | undefined) =>
    row && (await seriesOf([row.number])).get(row.number);

  return {
    async addSeries({ schedule, places, hosts, slug, about, written, kind, title, created, ...terms }) {
      const row = await db
        .insertInto('office_series')
        .values({
          slug: slug ?? null,
          kind,
          title,
          about: about ?? null,
          schedule: json(schedule),
          places: json(places),
          written: written ?? null,
          created,
          changed: created,
          ended: null,
          ...termColumns(terms),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await setHosts(row.number, hosts);
      return series(row, hosts);
    },
    async takeSeries(number) {
      return found(
        await db.selectFrom('office_series').selectAll().where('number', '=', number).forUpdate().executeTakeFirst(),
      );
    },
    async changeSeries(number, change, at) {
      await db
        .updateTable('office_series')
        .set({ ...seriesColumns(change), changed: at })
        .where('number', '=', number)
        .execute();
      if (change.hosts) await setHosts(number, change.hosts);
    },
    async running() {
      const rows = await db
        .selectFrom('office_series')
        .select('number')
        .where('ended', 'is', null)
        .orderBy('number')
        .execute();
      const all = await seriesOf(rows.map((r) => r.number));
      return rows.flatMap((r) => all.get(r.number) ?? []);
    },
    async bySlug(slug) {
      return found(
        await db.selectFrom('office_series').selectAll().where('slug', '=', slug).forUpdate().executeTakeFirst(),
      );
    },

    async addSessions(added) {
      if (added.length === 0) return [];
      const rows = await db
        .insertInto('office_session')
        .values(
          added.map(({ series: number, on, startsAt, moved, host, ...terms }) => ({
            series: number,
            day: on,
            starts: startsAt,
            moved,
            host: host ?? null,
            state: 'planned',
            opened: null,
            closed: null,
            shown: null,
            notes: null,
            recording: null,
            ...termColumns(terms),
          })),
        )
        .onConflict((on) => on.columns(['series', 'day']).doNothing())
        .returningAll()
        .execute();
      return rows.map(session);
    },
    async planned(number, after) {
      const rows = await sessions()
        .where('series', '=', number)
        .where((e) => e.or([e('state', '=', 'planned'), e.and([e('state', '=', 'skipped'), e('starts', '>', after)])]))
        .orderBy('starts')
        .forUpdate()
        .execute();
      return rows.map(session);
    },
    async take(number) {
      const row = await sessions().where('number', '=', number).forUpdate().executeTakeFirst();
      return row && (await meetings([row]))[0];
    },
    async look(number) {
      const row = await sessions().where('number', '=', number).executeTakeFirst();
      return row && (await meetings([row]))[0];
    },
    async coming(now, limit) {
      const rows = await sessions()
        .where((e) => e.or([e('state', '=', 'live'), e.and([e('state', '=', 'planned'), e('starts', '>', now)])]))
        .orderBy('starts')
        .limit(limit)
        .execute();
      return meetings(rows);
    },
    async next(number, limit) {
      const rows = await sessions()
        .where('series', '=', number)
        .where('state', 'in', ['planned', 'live'])
        .orderBy('starts')
        .limit(limit)
        .execute();
      return meetings(rows);
    },
    async hostedBy(person) {
      const rows = await db
        .selectFrom('office_session')
        .select('number')
        .where('host', '=', person)
        .where('state', '=', 'planned')
        .orderBy('starts')
        .execute();
      return rows.map((r) => r.number);
    },
    async changeSession(number, change: SessionChange) {
      await db.updateTable('office_session').set(sessionColumns(change)).where('number', '=', number).execute();
    },

    async addSeat(number, { together, about, slot, here, began, ended, leader, outcome, feedback, ...plain }) {
      const row = {
        ...plain,
        about: about ? json(about) : null,
        slot: slot ?? null,
        here: here ?? null,
        began: began ?? null,
        ended: ended ?? null,
        leader: leader ?? null,
        outcome: outcome ?? null,
        feedback: feedback ?? null,
        // Whoever comes again after a cancellation comes last.
        nth: sql<number>`(select coalesce(max(nth), 0) + 1 from groundcrew.office_seat where session = ${number})`,
      };
      await db
        .insertInto('office_seat')
        .values({ session: number, ...row })
        .onConflict((on) => on.columns(['session', 'person']).doUpdateSet(row))
        .execute();
      await setTogether(number, plain.person, together);
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

    async away(person, since, until) {
      await db
        .insertInto('office_away')
        .values({ person, since, until })
        .onConflict((on) => on.columns(['person', 'since']).doUpdateSet({ until }))
        .execute();
    },
    async awayOn(day) {
      const rows = await db
        .selectFrom('office_away')
        .select('person')
        .where('since', '<=', day)
        .where('until', '>=', day)
        .execute();
      return new Set(rows.map((r) => r.person as PersonId));
    },
    async linkable(person, since) {
      const { rows } = await sql<Linked>`
        (select 'incident' as kind, number, verdict -> 'summary' as words from groundcrew.incident
          where team = any(${person.teams}) and "into" is null and (resolved is null or resolved > ${since})
          order by opened desc limit 5)
        union all
        (select 'request', number, to_jsonb(path || ', ' || state) from groundcrew.request
          where requester = ${person.id} and changed > ${since} order by changed desc limit 5)`.execute(db);
      return rows.map(({ words, ...rest }) => ({ ...rest, words: plain(words) }));
    },
    async topics(since, limit) {
      const rows = await db
        .selectFrom('office_seat')
        .innerJoin('office_session', 'office_session.number', 'office_seat.session')
        .select(['session', 'person', 'topic', 'about', 'outcome', 'office_session.starts as at'])
        .where('office_session.starts', '>', since)
        .where('office_seat.state', '<>', 'cancelled')
        .orderBy('office_session.starts')
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
  };
}

/** A text of ours without what only a client can draw. */
function plain(words: unknown): string {
  if (!Array.isArray(words)) return String(words);
  return words.map((span: unknown) => (span instanceof Object && 'text' in span ? String(span.text) : '')).join('');
}
