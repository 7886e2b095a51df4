import { type Selectable, sql } from 'kysely';
import type { AnnouncementStore, Heard, Owed } from '../core/announcements/store.ts';
import type { PersonId } from '../core/kernel/index.ts';
import { type Db, json } from './db.ts';
import type { Tables } from './schema.ts';

type Row = Selectable<Tables['announcement_owed']>;
const owed = (row: Row): Owed => ({
  id: row.id,
  announcement: row.announcement,
  person: row.person as PersonId,
  things: row.things,
  ...(row.done === null ? {} : { done: row.done }),
  ...(row.how === null ? {} : { how: row.how as 'said' | 'seen' }),
});

const heard = (row: Row): Heard => ({ ...owed(row), told: row.told, nudges: row.nudges });

/** The part of the announcements that knows who has to do something. */
type OwedStore = Pick<
  AnnouncementStore,
  'owe' | 'owed' | 'outstanding' | 'share' | 'lookOwed' | 'done' | 'restate' | 'stale' | 'stated' | 'nudged'
>;

export const createOwedStore = (db: Db): OwedStore => ({
  // Three statements, however many they are.
  async owe(number, owners, at) {
    const people = owners.map((o) => o.person);
    const again = await sql<Row>`
      update groundcrew.announcement_owed set done = null, how = null, stale = true
      where announcement = ${number} and how = 'seen' and person = any(${people}::uuid[]) returning *`.execute(db);
    await sql`
      update groundcrew.announcement_owed set done = ${at}, how = 'seen', stale = true
      where announcement = ${number} and done is null and person <> all(${people}::uuid[])`.execute(db);
    await sql`
      insert into groundcrew.announcement_owed as o (announcement, person, things)
      select ${number}, person, array(select jsonb_array_elements_text(things)) from unnest(
        ${people}::uuid[], ${owners.map((o) => json(o.things))}::jsonb[]) with ordinality as x (person, things, n)
      order by n
      on conflict (announcement, person) do update set things = excluded.things, stale = true
      where o.things <> excluded.things`.execute(db);
    return again.rows.sort((a, b) => a.id - b.id).map(owed);
  },
  async owed(number) {
    const rows = await db
      .selectFrom('announcement_owed')
      .selectAll()
      .where('announcement', '=', number)
      .orderBy('id')
      .execute();
    return rows.map(owed);
  },
  async outstanding(number, limit, after = 0) {
    const rows = await db
      .selectFrom('announcement_owed')
      .selectAll()
      .where('announcement', '=', number)
      .where('done', 'is', null)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(owed);
  },
  async share(number) {
    const { rows } = await sql<{ done: number; all: number }>`
      select count(done)::int as done, count(*)::int as "all"
      from groundcrew.announcement_owed where announcement = ${number}`.execute(db);
    return rows[0] ?? { done: 0, all: 0 };
  },
  async lookOwed(id) {
    const row = await db.selectFrom('announcement_owed').selectAll().where('id', '=', id).executeTakeFirst();
    return row && heard(row);
  },
  async done(id, done) {
    await db.updateTable('announcement_owed').set({ how: 'said', done }).where('id', '=', id).execute();
  },
  async restate(number) {
    await db.updateTable('announcement_owed').set({ stale: true }).where('announcement', '=', number).execute();
  },
  async stale(number, limit) {
    const rows = await db
      .selectFrom('announcement_owed')
      .selectAll()
      .where('announcement', '=', number)
      .where('stale', '=', true)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(heard);
  },
  async stated(ids, told) {
    await sql`
      update groundcrew.announcement_owed set stale = false, told = told or id = any(${[...told]}::int[])
      where id = any(${[...ids]}::int[])`.execute(db);
  },
  async nudged(id, nudge) {
    await sql`
      update groundcrew.announcement_owed set nudges = nudges || ${nudge}::text
      where id = ${id} and ${nudge} <> all(nudges)`.execute(db);
  },
});
