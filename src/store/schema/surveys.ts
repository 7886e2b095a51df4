import type { ColumnType, Generated } from 'kysely';
import type { Jsonb, NullableJsonb } from './jsonb.ts';

/** Surveys: who takes part, and what was said. */
export type SurveyTables = {
  survey: { name: string; source: string; definition: Jsonb; by: string | null };
  survey_run: {
    id: string;
    survey: string;
    number: number;
    definition: Jsonb;
    state: string;
    by: string | null;
    opens: Date;
    closes: Date;
    seed: string;
    report: NullableJsonb;
    did: NullableJsonb;
  };
  survey_part: {
    token: string;
    run: string;
    person: string;
    state: string;
    team: string | null;
    persona: string | null;
    card: Generated<number>;
    reminders: Generated<number>;
    muted: Generated<boolean>;
    asked_on: ColumnType<string | null, string | null | undefined, string | null>;
    due: Date | null;
  };
  survey_secret: { run: string; secret: string };
  survey_draft: { key: string; run: string; answers: Jsonb; at: string | null; sent: Generated<boolean> };
  survey_loose: { id: string; run: string; question: string; answer: Jsonb };
  survey_words: { id: string; run: string; question: string; words: string };
};
