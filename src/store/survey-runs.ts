import { randomBytes } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { SurveyStore } from '../core/surveys/store.ts';
import { type Db, json } from './db.ts';
import type { Tables } from './schema.ts';
import { run } from './survey-rows.ts';

/** Runs, and how far each is. */
export function createSurveyRuns(db: Db) {
  async function hold(name: string): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`survey/${name}`}, 0))`.execute(db);
  }
  const withRun = (id: string) => db.selectFrom('survey_run').selectAll().where('id', '=', id);

  return {
    hold,
    async plan({ survey: frozen, by, ...rest }) {
      // Two that are planned at the same moment get different numbers.
      await hold(frozen.name);
      const { rows } = await sql<Selectable<Tables['survey_run']>>`
        insert into groundcrew.survey_run (id, survey, number, definition, state, by, opens, closes, seed)
        select ${rest.id}, ${frozen.name}, coalesce(max(number), 0) + 1, ${json(frozen)}, ${rest.state}, ${by ?? null},
          ${rest.opens}, ${rest.closes}, ${rest.seed}
        from groundcrew.survey_run where survey = ${frozen.name}
        returning *`.execute(db);
      await db
        .insertInto('survey_secret')
        .values({ run: rest.id, secret: randomBytes(32).toString('hex') })
        .execute();
      return run(rows[0] as Selectable<Tables['survey_run']>);
    },
    async run(id) {
      const row = await withRun(id).executeTakeFirst();
      return row && run(row);
    },
    async take(id) {
      const row = await withRun(id).forUpdate().executeTakeFirst();
      return row && run(row);
    },
    async share(id) {
      const row = await withRun(id).forShare().executeTakeFirst();
      return row && run(row);
    },
    async runs(name, limit) {
      const rows = await db
        .selectFrom('survey_run')
        .selectAll()
        .where('survey', '=', name)
        .orderBy('number', 'desc')
        .limit(limit)
        .execute();
      return rows.map(run);
    },
    async current() {
      const rows = await db
        .selectFrom('survey_run')
        .selectAll()
        .where('state', '<>', 'closed')
        .orderBy('opens', 'desc')
        .orderBy('survey')
        .execute();
      return rows.map(run);
    },
    async move(id, state, closes) {
      await db
        .updateTable('survey_run')
        .set({ state, ...(closes ? { closes } : {}) })
        .where('id', '=', id)
        .execute();
    },
    async noteDid(id, did) {
      await db
        .updateTable('survey_run')
        .set({ did: json(did) })
        .where('id', '=', id)
        .execute();
    },
  } satisfies Partial<SurveyStore>;
}
