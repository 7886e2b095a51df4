import { type Selectable, sql } from 'kysely';
import type { Issue, RoadmapStore } from '../core/roadmap/store.ts';
import { type Db, json } from './db.ts';
import { detailColumns, itemOf } from './feedback.ts';
import { createBonds } from './roadmap-bonds.ts';
import { createSimilar } from './roadmap-similar.ts';
import { createTelling } from './roadmap-telling.ts';
import { createVoices } from './roadmap-voices.ts';
import type { Tables } from './schema.ts';

const issueOf = ({ changed, stands, ...row }: Selectable<Tables['feedback_issue']>): Issue => ({
  ...row,
  ...(changed === null ? {} : { changed }),
  // Written by us from a value of this type.
  ...(stands === null ? {} : { stands: stands as unknown as NonNullable<Issue['stands']> }),
});

export const createRoadmapStore = (db: Db): RoadmapStore => ({
  ...createBonds(db),
  ...createVoices(db),
  ...createSimilar(db),
  ...createTelling(db),

  async item(number) {
    const row = await db.selectFrom('feedback').selectAll().where('number', '=', number).executeTakeFirst();
    return row && itemOf(row);
  },

  async set(number, details) {
    const columns = detailColumns(details);
    if (Object.keys(columns).length > 0)
      await db.updateTable('feedback').set(columns).where('number', '=', number).execute();
  },

  async board(shippedSince, limit) {
    const rows = await db
      .selectFrom('feedback')
      .selectAll()
      .where('into', 'is', null)
      .where((e) =>
        e.or([
          e('state', 'not in', ['shipped', 'declined']),
          e.and([e('state', '=', 'shipped'), e('shipped', '>=', shippedSince)]),
        ]),
      )
      .orderBy('pain', 'desc')
      .orderBy('number')
      .limit(limit)
      .execute();
    return rows.map(itemOf);
  },

  async find(query, limit) {
    const words = query.trim().replace(/^#/, '');
    const { rows } = await sql<{ number: number; what: string }>`
      select number, what from groundcrew.feedback
      where number::text = ${words} or strpos(lower(what), lower(${words})) > 0
      order by (number::text = ${words}) desc, number desc limit ${limit}`.execute(db);
    return rows;
  },

  async issue(number) {
    const row = await db.selectFrom('feedback_issue').selectAll().where('feedback', '=', number).executeTakeFirst();
    return row && issueOf(row);
  },
  async issueBy(tracker, ref) {
    const row = await db
      .selectFrom('feedback_issue')
      .selectAll()
      .where('tracker', '=', tracker)
      // People write a repository’s name as they like.
      .where(sql<string>`lower(ref)`, '=', ref.toLowerCase())
      .executeTakeFirst();
    return row && issueOf(row);
  },
  async setIssue({ feedback, tracker, ref, url, changed, stands }) {
    const row = { tracker, ref, url, changed: changed ?? null, stands: stands ? json(stands) : null };
    await db
      .insertInto('feedback_issue')
      .values({ feedback, ...row })
      // An answer that was long on its way does not make what the tracker told since news again.
      .onConflict((c) =>
        c.column('feedback').doUpdateSet({
          ...row,
          changed: sql`greatest(excluded.changed, feedback_issue.changed)`,
          stands: sql`
            case when excluded.changed < feedback_issue.changed then feedback_issue.stands
            else coalesce(excluded.stands, feedback_issue.stands) end`,
        }),
      )
      .execute();
  },
  async trackedTo(tracker) {
    const row = await db.selectFrom('tracker').select('changed').where('name', '=', tracker).executeTakeFirst();
    return row?.changed;
  },
  async setTrackedTo(name, changed) {
    await db
      .insertInto('tracker')
      .values({ name, changed })
      .onConflict((c) => c.column('name').doUpdateSet({ changed: sql`greatest(excluded.changed, tracker.changed)` }))
      .execute();
  },

  async cardAt(place, native) {
    const row = await db
      .selectFrom('message')
      .select('key')
      .where('place', '=', place)
      .where('native', '=', native)
      .executeTakeFirst();
    const number = /^feedback\/(\d+)\/triage$/.exec(row?.key ?? '')?.[1];
    return number === undefined ? undefined : Number(number);
  },
});
