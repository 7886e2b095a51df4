import { type Selectable, sql } from 'kysely';
import type { PersonId } from '../core/kernel/index.ts';
import type { Linked, Meeting, OfficeHoursStore, Series, SessionChange } from '../core/office-hours/store.ts';
import { type RequestState, stateNames } from '../core/requests/rules.ts';
import { calledIn, type Names } from './cluster-names.ts';
import { type Db, json, kept } from './db.ts';
import { series, seriesColumns, session, sessionColumns, termColumns } from './office-rows.ts';
import { createSeats, seatsOf } from './office-seats.ts';
import type { Tables } from './schema.ts';

type SessionRow = Selectable<Tables['office_session']>;

export function createOfficeHoursStore(db: Db, clusters: Names): OfficeHoursStore {
  const seriesColumnsOf =
    sql.raw(`s.number, s.slug, s.kind, s.title, s.about, s.schedule, s.minutes, s.slot_minutes, s.queue,
    s.link, s.places, s.written, s.created, s.changed, s.ended,
    (select array_agg(h.person::text order by h.nth) from groundcrew.office_host h where h.series = s.number) as hosts`);
  type SeriesRow = Selectable<Tables['office_series']> & { hosts: string[] | null };
  async function seriesOf(numbers: readonly number[]): Promise<ReadonlyMap<number, Series>> {
    const { rows } = await sql<SeriesRow>`${kept('office.series')}
      select ${seriesColumnsOf} from groundcrew.office_series s where s.number = any(${numbers})`.execute(db);
    return new Map(rows.map((row) => [row.number, series(row, row.hosts ?? [])]));
  }

  const sessionColumnsOf = sql.raw(
    'number, series, day, starts, minutes, slot_minutes, queue, link, state, host, moved, sequence, turn, opened, closed, shown, notes, recording',
  );
  /**
   * All of one session, in one round trip: with the lock that is what everybody waits for who wants a place at the same
   * moment. Each statement sees what was committed before it began, so the seats are those that are there under the lock.
   */
  async function meeting(number: number, lock: boolean): Promise<Meeting | undefined> {
    const row = sql<SessionRow>`${kept(lock ? 'office.take' : 'office.look')}
      select ${sessionColumnsOf} from groundcrew.office_session where number = ${number} ${lock ? sql`for update` : sql``}`;
    const of = sql<SeriesRow>`${kept('office.series-of')}
      select ${seriesColumnsOf} from groundcrew.office_series s
      where s.number = (select series from groundcrew.office_session where number = ${number})`;
    const [found, seats, own] = await Promise.all([row.execute(db), seatsOf(db, [number]), of.execute(db)]);
    const [session_] = found.rows;
    const [series_] = own.rows;
    if (!session_ || !series_) return undefined;
    return {
      series: series(series_, series_.hosts ?? []),
      session: session(session_),
      seats: seats.get(number) ?? [],
    };
  }

  async function meetings(rows: readonly SessionRow[]): Promise<readonly Meeting[]> {
    if (rows.length === 0) return [];
    const all = await seriesOf([...new Set(rows.map((r) => r.series))]);
    const seats = await seatsOf(
      db,
      rows.map((r) => r.number),
    );
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

  const sessions = () => db.selectFrom('office_session').selectAll();
  const found = async (row: { readonly number: number } | undefined) =>
    row && (await seriesOf([row.number])).get(row.number);

  return {
    ...createSeats(db),

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
        .orderBy('number')
        .forUpdate()
        .execute();
      return rows.map(session);
    },
    take: (number) => meeting(number, true),
    look: (number) => meeting(number, false),
    async coming(now, limit) {
      const rows = await sessions()
        .where((e) => e.or([e('state', '=', 'live'), e.and([e('state', '=', 'planned'), e('starts', '>', now)])]))
        .orderBy('starts')
        .orderBy('number')
        .limit(limit)
        .execute();
      return meetings(rows);
    },
    async next(number, limit) {
      const rows = await sessions()
        .where('series', '=', number)
        .where('state', 'in', ['planned', 'live'])
        .orderBy('starts')
        .orderBy('number')
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
        .orderBy('number')
        .execute();
      return rows.map((r) => r.number);
    },
    async departed() {
      const { rows } = await sql<{ person: PersonId }>`
        select person from (
          select h.person from groundcrew.office_host h join groundcrew.office_series r on r.number = h.series
          where r.ended is null
          union
          select host from groundcrew.office_session where state = 'planned' and host is not null) hosting
        where not exists (select from groundcrew.account a where a.person = hosting.person and a.active)
        order by person`.execute(db);
      return rows.map((r) => r.person);
    },
    async changeSession(number, change: SessionChange) {
      await db.updateTable('office_session').set(sessionColumns(change)).where('number', '=', number).execute();
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
      const { rows } = await sql<Linked & { readonly cluster: string | null; readonly state: RequestState | null }>`
        (select 'incident' as kind, number, verdict -> 'summary' as words, cluster, null as state from groundcrew.incident
          where team = any(${person.teams}) and "into" is null and (resolved is null or resolved > ${since})
          order by opened desc, number desc limit 5)
        union all
        (select 'request', number, to_jsonb(path), null, state from groundcrew.request
          where requester = ${person.id} and changed > ${since} order by changed desc, number desc limit 5)`.execute(
        db,
      );
      return rows.map(({ words, cluster, state, ...rest }) => {
        const { called } = cluster === null ? {} : calledIn(clusters, cluster);
        const before = called === undefined ? '' : `${called}: `;
        const after = state === null ? '' : `, ${stateNames[state].toLowerCase()}`;
        return { ...rest, words: `${before}${plain(words)}${after}` };
      });
    },
  };
}

/** A text of ours without what only a client can draw. */
function plain(words: unknown): string {
  if (!Array.isArray(words)) return String(words);
  return words.map((span: unknown) => (span instanceof Object && 'text' in span ? String(span.text) : '')).join('');
}
