import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { SurveyStore } from '../core/surveys/store.ts';
import { batches, type Db, json } from './db.ts';
import { shuffled } from './survey-rows.ts';

/** The end of a run: what is kept, and what is destroyed. */
export function createSurveyClosing(db: Db) {
  /** Whoever waits for a lock makes all others wait behind it: a backup may last an hour, so the count comes again. */
  async function seal(): Promise<void> {
    await sql`set local lock_timeout = '1s'`.execute(db);
    await sql`lock table groundcrew.survey_secret, groundcrew.survey_draft, groundcrew.survey_loose
      in access exclusive mode`.execute(db);
  }

  /** Everything of a run goes, and with it the dead rows of all: what is open is written anew, in another order. */
  async function destroy(id: string): Promise<void> {
    await seal();
    const secrets = await db.selectFrom('survey_secret').selectAll().where('run', '<>', id).execute();
    const drafts = await db.selectFrom('survey_draft').selectAll().where('run', '<>', id).execute();
    const loose = await db.selectFrom('survey_loose').selectAll().where('run', '<>', id).execute();
    await sql`truncate groundcrew.survey_secret, groundcrew.survey_draft, groundcrew.survey_loose`.execute(db);
    for (const batch of batches(shuffled(secrets)))
      await db
        .insertInto('survey_secret')
        .values([...batch])
        .execute();
    for (const batch of batches(shuffled(drafts)))
      await db
        .insertInto('survey_draft')
        .values(batch.map((d) => ({ ...d, answers: json(d.answers) })))
        .execute();
    for (const batch of batches(shuffled(loose)))
      await db
        .insertInto('survey_loose')
        .values(batch.map((l) => ({ ...l, answer: json(l.answer) })))
        .execute();
  }

  /**
   * That somebody was given the form of a question tells which way they went. A row that is deleted lies in Postgres’ files
   * until it vacuums, so the few forms that are open are written anew, into a file that never held these.
   */
  async function forgetForms(id: string): Promise<void> {
    await sql`lock table groundcrew.asked in access exclusive mode`.execute(db);
    await sql`
      create temporary table asked_elsewhere on commit drop as select * from groundcrew.asked
      where not (form ->> 'id' in ('surveys.words', 'surveys.number') and (carry = '' or carry like ${`%${id}%`}))`.execute(
      db,
    );
    await sql`truncate groundcrew.asked`.execute(db);
    await sql`insert into groundcrew.asked select * from asked_elsewhere`.execute(db);
  }

  return {
    seal,
    async withdraw(id, now) {
      // One that is on its way may arrive; it is never tried again.
      await sql`
        with card as (
          select seq, key, slot, state = 'waiting' and not unsure as unsent from groundcrew.outbox
          where ended is null and kind = 'tell' and split_part(key, '/', 1) = 'surveys'
            and split_part(key, '/', 2) in (select token::text from groundcrew.survey_part where run = ${id})
          for update
        ), gone as (
          update groundcrew.outbox o set state = 'superseded', ended = ${now}, lease = null
          from card where o.seq = card.seq
        ), unsent as (
          delete from groundcrew.message m using card
          where card.unsent and m.key = card.key and m.slot = card.slot returning m.key
        )
        update groundcrew.survey_part p set state = 'invited', asked_on = null
        from unsent where p.run = ${id} and p.state = 'asked' and unsent.key = 'surveys/' || p.token || '/1'`.execute(
        db,
      );
    },
    async close(id, report, words) {
      await db
        .updateTable('survey_run')
        .set({ state: 'closed', report: json(report) })
        .where('id', '=', id)
        .execute();
      for (const batch of batches(shuffled(words)))
        await db
          .insertInto('survey_words')
          .values(batch.map((w) => ({ id: randomUUID(), run: id, question: w.key, words: w.words })))
          .execute();
      await destroy(id);
      // Where a row lies tells how often it was changed, and beside whose: so they are written anew, by lot.
      await sql`
        with gone as (delete from groundcrew.survey_part where run = ${id} returning *)
        insert into groundcrew.survey_part (token, run, person, state, team, persona, card, reminders, muted, asked_on)
        select token, run, person, state, team, persona, card, reminders, muted, asked_on from gone order by token`.execute(
        db,
      );
      // What the house keeps of every message and form would tell who wrote something, and how much they answered.
      await sql`
        delete from groundcrew.outbox where ended is not null and split_part(key, '/', 1) = 'surveys'
          and split_part(key, '/', 2) in (select token::text from groundcrew.survey_part where run = ${id})`.execute(
        db,
      );
      await sql`
        delete from groundcrew.outbox where ended is not null and key like ${`surveys.quiet/${id}/%`}`.execute(db);
      await forgetForms(id);
    },
    async words(id, key) {
      const rows = await db
        .selectFrom('survey_words')
        .select('words')
        .where('run', '=', id)
        .where('question', '=', key)
        .orderBy('id')
        .execute();
      return rows.map((r) => r.words);
    },
  } satisfies Partial<SurveyStore>;
}
