import { createHmac, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Answer, Answers } from '../core/surveys/branching.ts';
import type { Response } from '../core/surveys/results.ts';
import type { Draft, Part, SurveyStore } from '../core/surveys/store.ts';
import { batches, type Db, json } from './db.ts';
import { shuffled } from './survey-rows.ts';

/** What people say while a run is open, and what of it is counted. */
export function createSurveyAnswers(db: Db) {
  async function secretOf(id: string): Promise<string | undefined> {
    const row = await db.selectFrom('survey_secret').select('secret').where('run', '=', id).executeTakeFirst();
    return row?.secret;
  }
  /** By what a person's answers are found: without the secret nobody can tell whose they are. */
  const keyOf = (secret: string, token: string): string => createHmac('sha256', secret).update(token).digest('hex');
  async function draftKey({ run: id, token }: Pick<Part, 'run' | 'token'>): Promise<string | undefined> {
    const secret = await secretOf(id);
    return secret && keyOf(secret, token);
  }

  async function putLoose(id: string, rows: readonly { question: string; answer: Answer }[]): Promise<void> {
    for (const batch of batches(shuffled(rows)))
      await db
        .insertInto('survey_loose')
        .values(batch.map((r) => ({ id: randomUUID(), run: id, question: r.question, answer: json(r.answer) })))
        .execute();
  }

  return {
    async draft(of) {
      const key = await draftKey(of);
      const row = key && (await db.selectFrom('survey_draft').selectAll().where('key', '=', key).executeTakeFirst());
      if (!row) return { answers: {} };
      return {
        answers: row.answers as unknown as Answers,
        ...(row.at === null ? {} : { at: row.at }),
        ...(row.sent ? { sent: true } : {}),
      } satisfies Draft;
    },
    async save(of, { answers, at, sent }) {
      const key = await draftKey(of);
      if (!key) return;
      await sql`
        insert into groundcrew.survey_draft (key, run, answers, at, sent)
        values (${key}, ${of.run}, ${json(answers)}, ${at ?? null}, ${sent ?? false})
        on conflict (key) do update set answers = excluded.answers, at = excluded.at, sent = excluded.sent`.execute(db);
    },
    async cut(id, crowd) {
      // Two who send at once would both count the same crowd, and one of them would be cut loose alone.
      await sql`select pg_advisory_xact_lock(hashtextextended(${`survey.cut/${id}`}, 0))`.execute(db);
      const sent = await db
        .deleteFrom('survey_draft')
        .where('run', '=', id)
        .where('sent', '=', true)
        .where((e) =>
          e(
            e
              .selectFrom('survey_draft')
              .select(e.fn.countAll<number>().as('n'))
              .where('run', '=', id)
              .where('sent', '=', true),
            '>=',
            crowd,
          ),
        )
        .returning('answers')
        .execute();
      if (sent.length === 0) return;
      const before = await db
        .deleteFrom('survey_loose')
        .where('run', '=', id)
        .returning(['question', 'answer'])
        .execute();
      await putLoose(id, [
        ...before.map((l) => ({ question: l.question, answer: l.answer as unknown as Answer })),
        ...sent.flatMap((s) =>
          Object.entries(s.answers as unknown as Answers).map(([question, answer]) => ({ question, answer })),
        ),
      ]);
    },
    async responses(id, unsent) {
      const secret = await secretOf(id);
      const parts = await db
        .selectFrom('survey_part')
        .select(['token', 'team', 'persona'])
        .where('run', '=', id)
        .execute();
      const drafts = await db
        .selectFrom('survey_draft')
        .select(['key', 'answers'])
        .where('run', '=', id)
        .where('sent', 'in', unsent ? [true, false] : [true])
        .execute();
      const byKey = new Map(drafts.map((d) => [d.key, d.answers as unknown as Answers]));
      const linked = parts.flatMap(({ token, team, persona }): readonly Response[] => {
        const answers = secret && byKey.get(keyOf(secret, token));
        return answers ? [{ answers, ...(team ? { team } : {}), ...(persona ? { persona } : {}) }] : [];
      });
      const loose = await db.selectFrom('survey_loose').select(['question', 'answer']).where('run', '=', id).execute();
      const cut = loose.map((l) => ({ answers: { [l.question]: l.answer as unknown as Answer } }));
      return shuffled([...linked, ...cut]);
    },
  } satisfies Partial<SurveyStore>;
}
