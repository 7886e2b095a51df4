import { sql } from 'kysely';
import { type Survey, surveySchema } from '../core/surveys/model.ts';
import type { SurveyStore } from '../core/surveys/store.ts';
import { type Db, json } from './db.ts';
import { createSurveyAnswers } from './survey-answers.ts';
import { createSurveyClosing } from './survey-closing.ts';
import { createSurveyParts } from './survey-parts.ts';
import { createSurveyRuns } from './survey-runs.ts';

/** One that an earlier version took and this one does not is as good as gone: else no file could be read any more. */
const survey = (definition: unknown): Survey | undefined => surveySchema.safeParse(definition).data;

export const createSurveyStore = (db: Db): SurveyStore => ({
  async readFiles(surveys) {
    await db.deleteFrom('survey').where('source', '=', 'file').execute();
    for (const each of surveys)
      await sql`
        insert into groundcrew.survey (name, source, definition) values (${each.name}, 'file', ${json(each)})
        on conflict (name) do update set source = 'file', definition = excluded.definition, by = null`.execute(db);
  },
  async keep(each, by) {
    const kept = await sql`
      insert into groundcrew.survey (name, source, definition, by) values (${each.name}, 'chat', ${json(each)}, ${by})
      on conflict (name) do update set definition = excluded.definition
      where survey.source = 'chat' and survey.by = excluded.by`.execute(db);
    return kept.numAffectedRows === 1n;
  },
  async all() {
    const rows = await db.selectFrom('survey').select('definition').orderBy('name').execute();
    return rows.flatMap((r) => survey(r.definition) ?? []);
  },
  async byName(name) {
    const row = await db.selectFrom('survey').select('definition').where('name', '=', name).executeTakeFirst();
    return row && survey(row.definition);
  },
  ...createSurveyRuns(db),
  ...createSurveyParts(db),
  ...createSurveyAnswers(db),
  ...createSurveyClosing(db),
});
