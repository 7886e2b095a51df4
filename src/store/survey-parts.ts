import { sql } from 'kysely';
import type { PersonId } from '../core/kernel/index.ts';
import { noGroup } from '../core/surveys/results.ts';
import type { Rate, SurveyStore } from '../core/surveys/store.ts';
import { batches, type Db, isUuid } from './db.ts';
import { part, partColumns, run } from './survey-rows.ts';

/** Whom a run asks, when, and how far they are. */
export const createSurveyParts = (db: Db) =>
  ({
    async invite(id, people) {
      for (const batch of batches(people))
        await db
          .insertInto('survey_part')
          .values(
            batch.map((p) => ({
              token: p.token,
              run: id,
              person: p.person,
              state: 'invited',
              team: p.team ?? null,
              persona: p.persona ?? null,
              due: p.at,
            })),
          )
          .onConflict((on) => on.columns(['person', 'run']).doNothing())
          .execute();
    },
    async rested(name, runs, since) {
      const { rows } = await sql<{ person: PersonId }>`
        select distinct p.person from groundcrew.survey_part p join groundcrew.survey_run r on r.id = p.run
        where p.asked_on >= ${since.toISOString().slice(0, 10)}::date or (p.state = 'invited' and r.state <> 'closed')
          or (r.survey = ${name} and r.number > (
            select coalesce(max(number), 0) - ${runs} from groundcrew.survey_run where survey = ${name} and state = 'closed')
            and p.asked_on is not null)`.execute(db);
      return new Set(rows.map((r) => r.person));
    },
    async due(id, now, limit) {
      const rows = await db
        .selectFrom('survey_part')
        .select(partColumns)
        .where('run', '=', id)
        .where('due', '<=', now)
        .orderBy('due')
        .limit(limit)
        .forUpdate()
        .skipLocked()
        .execute();
      return rows.map(part);
    },
    async unplan(tokens) {
      await sql`update groundcrew.survey_part set due = null where token = any(${[...tokens]}::uuid[])`.execute(db);
    },
    async lookingUp(sources) {
      const { rows } = await sql<{ is: boolean }>`
        with member as (
          select a.id, a.email from groundcrew.group_member g
          join unnest(${sources.map((s) => s.platform)}::text[], ${sources.map((s) => s.group)}::text[]) as s (platform, grp)
            using (platform, grp)
          join groundcrew.account a on a.id = g.account
        )
        select exists (
          select from groundcrew.outbox where ended is null and lane in (
            select 'act:people.lookup/' || id from member
            union select 'act:people.lookup/' || other.id from member join groundcrew.account other using (email))
        ) as is`.execute(db);
      return rows[0]?.is === true;
    },
    async nextDue(id) {
      const row = await db
        .selectFrom('survey_part')
        .select('due')
        .where('run', '=', id)
        .where('due', 'is not', null)
        .orderBy('due')
        .limit(1)
        .executeTakeFirst();
      return row?.due ?? undefined;
    },
    async remindable(id) {
      return db
        .selectFrom('survey_part')
        .select('token')
        .where('run', '=', id)
        .where('state', 'in', ['asked', 'started'])
        .where('muted', '=', false)
        .where('due', 'is', null)
        .execute();
    },
    async askAt(times) {
      for (const batch of batches(times))
        await sql`
          update groundcrew.survey_part p set due = t.at
          from unnest(${batch.map((t) => t.token)}::uuid[], ${batch.map((t) => t.at.toISOString())}::timestamptz[]) as t (token, at)
          where p.token = t.token`.execute(db);
    },
    async part(token) {
      if (!isUuid(token)) return undefined;
      const held = await db
        .selectFrom('survey_run')
        .selectAll()
        .where('id', '=', (q) => q.selectFrom('survey_part').select('run').where('token', '=', token))
        .forShare()
        .executeTakeFirst();
      // Read under the lock of its run: whoever closes one writes its parts anew.
      const row = await db
        .selectFrom('survey_part')
        .select(partColumns)
        .where('token', '=', token)
        .forUpdate()
        .executeTakeFirst();
      return held && row && { part: part(row), run: run(held) };
    },
    async mine(person) {
      const held = await db
        .selectFrom('survey_run')
        .selectAll()
        .where('state', 'in', ['open', 'closing'])
        .where('id', 'in', (q) => q.selectFrom('survey_part').select('run').where('person', '=', person))
        .orderBy('id')
        .forShare()
        .execute();
      const runs = new Map(held.map((row) => [row.id, run(row)]));
      if (runs.size === 0) return [];
      const rows = await db
        .selectFrom('survey_part')
        .select(partColumns)
        .where('person', '=', person)
        .where('run', 'in', [...runs.keys()])
        .orderBy('token')
        .forUpdate()
        .execute();
      const mine = rows.flatMap((row) => {
        const of = runs.get(row.run);
        return of ? [{ part: part(row), run: of }] : [];
      });
      // Locked in the order of their tokens, which are random; told in one that is not.
      return mine.sort(
        (a, b) => a.run.opens.getTime() - b.run.opens.getTime() || (a.run.survey.name < b.run.survey.name ? -1 : 1),
      );
    },
    async change(token, { asked, done, ...plain }) {
      await db
        .updateTable('survey_part')
        .set({
          ...plain,
          ...(asked ? { asked_on: asked.toISOString().slice(0, 10) } : {}),
          ...(done || asked ? { due: null } : {}),
        })
        .where('token', '=', token)
        .execute();
    },
    async rates(id) {
      const { rows } = await sql<Rate & { team: string | null }>`
        select team, count(*)::int as invited,
          (count(*) filter (where state <> 'invited'))::int as asked,
          (count(*) filter (where state = 'started'))::int as started,
          (count(*) filter (where state = 'answered'))::int as answered,
          (count(*) filter (where state = 'declined'))::int as declined
        from groundcrew.survey_part where run = ${id} group by team order by team`.execute(db);
      const none: Rate = { invited: 0, asked: 0, started: 0, answered: 0, declined: 0 };
      const all = rows.reduce<Rate>(
        (sum, r) => ({
          invited: sum.invited + r.invited,
          asked: sum.asked + r.asked,
          started: sum.started + r.started,
          answered: sum.answered + r.answered,
          declined: sum.declined + r.declined,
        }),
        none,
      );
      return { all, teams: rows.map((r) => ({ ...r, team: r.team ?? noGroup })) };
    },
    async askedIn(id) {
      const rows = await db
        .selectFrom('survey_part')
        .select('person')
        .where('run', '=', id)
        .where('asked_on', 'is not', null)
        .orderBy('person')
        .execute();
      return rows.map((r) => r.person as PersonId);
    },
  }) satisfies Partial<SurveyStore>;
