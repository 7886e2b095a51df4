import { type Selectable, sql } from 'kysely';
import type { Reader } from '../core/announcements/audience.ts';
import type { State } from '../core/announcements/rules.ts';
import type { Announcement, AnnouncementStore, Content, Copy } from '../core/announcements/store.ts';
import type { PersonId, PlaceId } from '../core/kernel/index.ts';
import { createOwedStore } from './announcement-owed.ts';
import { createChangelogStore } from './changelog.ts';
import { type Db, json } from './db.ts';
import type { Tables } from './schema.ts';

const announcement = (row: Selectable<Tables['announcement']>): Announcement => ({
  number: row.number,
  content: row.content as unknown as Content,
  author: row.author as PersonId,
  state: row.state as State,
  created: row.created,
  changed: row.changed,
  ...(row.planned === null ? {} : { planned: row.planned }),
  ...(row.posted === null ? {} : { posted: row.posted }),
  ...(row.corrected === null ? {} : { corrected: row.corrected }),
  ...(row.why === null ? {} : { why: row.why }),
});

type Fared = { place: PlaceId; native: string | null; open: boolean; state: string | null; why: string | null };
/** What was refused last counts, unless it is tried again. */
function copy({ place, native, open, state, why }: Fared): Copy {
  if (open) return { place, is: 'waiting' };
  if (state === 'left') return { place, is: 'deleted' };
  if (state !== null && state !== 'done') return { place, is: 'lost', why: why ?? 'it was refused' };
  return native === null ? { place, is: 'lost', why: 'it was never taken' } : { place, is: 'there' };
}

/** As `isFor` has it. */
const concerning = ({ persona, teams }: Reader) => sql<boolean>`(
  (content -> 'audience' -> 'personas' = '[]' or ${persona ?? null}::text is null
    or content -> 'audience' -> 'personas' ? ${persona ?? null}::text)
  and (content -> 'audience' -> 'teams' = '[]' or content -> 'audience' -> 'teams' ?| ${[...teams]}::text[]))`;

export const createAnnouncementStore = (db: Db): AnnouncementStore => ({
  async add({ content, author, planned }, at) {
    const row = await db
      .insertInto('announcement')
      .values({ content: json(content), author, planned: planned ?? null, state: 'draft', created: at, changed: at })
      .returningAll()
      .executeTakeFirstOrThrow();
    return announcement(row);
  },
  async look(number) {
    const row = await db.selectFrom('announcement').selectAll().where('number', '=', number).executeTakeFirst();
    return row && announcement(row);
  },
  async take(number) {
    const row = await db
      .selectFrom('announcement')
      .selectAll()
      .where('number', '=', number)
      .forUpdate()
      .executeTakeFirst();
    return row && announcement(row);
  },
  async change(number, { content, ...rest }, at) {
    const row = await db
      .updateTable('announcement')
      .set({ ...rest, ...(content === undefined ? {} : { content: json(content) }), changed: at })
      .where('number', '=', number)
      .returningAll()
      .executeTakeFirstOrThrow();
    return announcement(row);
  },
  async lately(states, limit, reader) {
    const rows = await db
      .selectFrom('announcement')
      .selectAll()
      .where('state', 'in', states)
      .$if(reader !== undefined, (q) => q.where(concerning(reader as Reader)))
      .orderBy('number', 'desc')
      .limit(limit)
      .execute();
    return rows.map(announcement);
  },
  // What waits is found by its lane, which is the channel; what ended by when it did.
  async copies(key, since) {
    const { rows } = await sql<Fared>`
      select m.slot as place, m.native,
        exists (select from groundcrew.outbox o
          where o.lane = m.lane and o.ended is null and o.key = m.key and o.slot = m.slot) as open,
        last.state, last.why
      from groundcrew.message m left join lateral (
        select o.state, o.why from groundcrew.outbox o
        where o.ended >= ${since} and o.key = m.key and o.slot = m.slot and o.state <> 'superseded'
        order by o.seq desc limit 1
      ) last on true
      where m.key = ${key} and m.slot not like 'direct:%' order by m.slot`.execute(db);
    return rows.map(copy);
  },
  async seen(announcement, person, at) {
    const added = await db
      .insertInto('announcement_seen')
      .values({ announcement, person, at })
      .onConflict((on) => on.doNothing())
      .executeTakeFirst();
    return added.numInsertedOrUpdatedRows === 1n;
  },
  async seenBy(announcement) {
    const row = await db
      .selectFrom('announcement_seen')
      .select((e) => e.fn.countAll<string>().as('count'))
      .where('announcement', '=', announcement)
      .executeTakeFirstOrThrow();
    return Number(row.count);
  },
  async saidAt(place, native) {
    const row = await db
      .selectFrom('message')
      .select('key')
      .where('place', '=', place)
      .where('native', '=', native)
      .executeTakeFirst();
    const number = /^announcement\/(\d+)(\/followed)?$/.exec(row?.key ?? '')?.[1];
    return number === undefined ? undefined : Number(number);
  },
  async react(announcement, person, name) {
    const added = await db
      .insertInto('announcement_reaction')
      .values({ announcement, person, name })
      .onConflict((on) => on.doNothing())
      .executeTakeFirst();
    return added.numInsertedOrUpdatedRows === 1n;
  },
  async unreact(announcement, person, name) {
    const gone = await db
      .deleteFrom('announcement_reaction')
      .where('announcement', '=', announcement)
      .where('person', '=', person)
      .where('name', '=', name)
      .executeTakeFirst();
    return gone.numDeletedRows === 1n;
  },
  async reactedBy(number) {
    const { rows } = await sql<{ count: number }>`
      select count(distinct person)::int as count from groundcrew.announcement_reaction
      where announcement = ${number}`.execute(db);
    return rows[0]?.count ?? 0;
  },
  async followed(number) {
    await db
      .updateTable('announcement')
      .set((e) => ({ follows: e('follows', '+', 1) }))
      .where('number', '=', number)
      .execute();
  },
  async follows(number) {
    const row = await db.selectFrom('announcement').select('follows').where('number', '=', number).executeTakeFirst();
    return row?.follows ?? 0;
  },
  ...createOwedStore(db),
  ...createChangelogStore(db),
  async following(person) {
    const row = await db
      .selectFrom('announcement_following')
      .selectAll()
      .where('person', '=', person)
      .executeTakeFirst();
    return row && { once: row.once, digest: row.digest, hours: { from: row.hours_from, to: row.hours_to } };
  },
  async follow(person, { once, digest, hours }) {
    const row = { once: [...once], digest: [...digest], hours_from: hours.from, hours_to: hours.to };
    await db
      .insertInto('announcement_following')
      .values({ person, ...row })
      .onConflict((on) => on.column('person').doUpdateSet(row))
      .execute();
  },
  async followers(areas, limit, after) {
    const { rows } = await sql<{ person: PersonId; zone: string; now: boolean; from: string; to: string }>`
      select f.person, p.zone, f.once && ${[...areas]}::text[] as now, f.hours_from as "from", f.hours_to as "to"
      from groundcrew.announcement_following f join groundcrew.person p on p.id = f.person
      where (f.once && ${[...areas]}::text[] or f.digest && ${[...areas]}::text[])
        and f.person > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid
      order by f.person limit ${limit}`.execute(db);
    return rows.map((r) => ({
      person: r.person,
      zone: r.zone,
      how: r.now ? 'once' : 'digest',
      hours: { from: r.from, to: r.to },
    }));
  },
  async putBy(announcement, person) {
    await db
      .insertInto('announcement_put_by')
      .values({ announcement, person })
      .onConflict((on) => on.doNothing())
      .execute();
  },
  async takePutBy(person) {
    const taken = await db
      .deleteFrom('announcement_put_by')
      .where('person', '=', person)
      .returning('announcement')
      .execute();
    if (taken.length === 0) return [];
    const numbers = taken.map((t) => t.announcement);
    const rows = await db
      .selectFrom('announcement')
      .selectAll()
      .where('number', 'in', numbers)
      .orderBy('number')
      .execute();
    return rows.map(announcement);
  },
  async postedBetween(from, to) {
    const rows = await db
      .selectFrom('announcement')
      .selectAll()
      .where('state', '=', 'posted')
      .where('posted', '>=', from)
      .where('posted', '<', to)
      .orderBy('posted')
      .orderBy('number')
      .execute();
    return rows.map(announcement);
  },
  async events(since) {
    const rows = await db
      .selectFrom('announcement')
      .selectAll()
      .where(sql<boolean>`(content -> 'event' ->> 'startsAt')::timestamptz >= ${since}`)
      .orderBy('number')
      .execute();
    return rows.map(announcement);
  },
  async takeUnapproved() {
    const rows = await db
      .selectFrom('announcement')
      .selectAll()
      .where('state', '=', 'draft')
      .where(sql<boolean>`content ->> 'kind' = 'week'`)
      .orderBy('number')
      .forUpdate()
      .execute();
    return rows.map(announcement);
  },
  async ofSession(session) {
    const row = await db
      .selectFrom('announcement')
      .selectAll()
      .where(sql<boolean>`(content -> 'event' ->> 'session')::int = ${session}`)
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && announcement(row);
  },
  async weeksWithSessions(since) {
    const rows = await db
      .selectFrom('announcement')
      .select('number')
      .where('state', 'in', ['draft', 'planned', 'posted'])
      .where('created', '>=', since)
      .where(sql<boolean>`content -> 'entries' @> '[{"kind": "event"}]'`)
      .orderBy('number')
      .execute();
    return rows.map((r) => r.number);
  },
});
