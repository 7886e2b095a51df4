import { createHmac, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { PersonId } from '../core/kernel/index.ts';
import type { Answer, Answers } from '../core/surveys/branching.ts';
import { type Survey, surveySchema } from '../core/surveys/model.ts';
import { noGroup, type Report, type Response } from '../core/surveys/results.ts';
import type { Did, Draft, Part, PartState, Rate, Run, RunState, SurveyStore } from '../core/surveys/store.ts';
import { type Db, json } from './db.ts';
import type { Tables } from './schema.ts';

const run = (row: Selectable<Tables['survey_run']>): Run => ({
  id: row.id,
  number: row.number,
  // Written by us from values of these types.
  survey: row.definition as unknown as Survey,
  state: row.state as RunState,
  opens: row.opens,
  closes: row.closes,
  seed: row.seed,
  ...(row.by === null ? {} : { by: row.by as PersonId }),
  ...(row.did === null ? {} : { did: row.did as unknown as readonly Did[] }),
  ...(row.report === null ? {} : { report: row.report as unknown as Report }),
});

type PartRow = Omit<Selectable<Tables['survey_part']>, 'due' | 'asked_on'>;
const part = (row: PartRow): Part => ({
  token: row.token,
  run: row.run,
  person: row.person as PersonId,
  state: row.state as PartState,
  card: row.card,
  reminders: row.reminders,
  muted: row.muted,
  ...(row.team === null ? {} : { team: row.team }),
  ...(row.persona === null ? {} : { persona: row.persona }),
});
const partColumns = ['token', 'run', 'person', 'state', 'team', 'persona', 'card', 'reminders', 'muted'] as const;

/** In an order that tells nothing, by lots that cannot be foreseen (Fisher and Yates). */
function shuffled<T>(all: readonly T[]): readonly T[] {
  const list = [...all];
  for (let i = list.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** How many rows go into one statement. */
const most = 1_000;
const batches = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / most) }, (_, i) => all.slice(i * most, (i + 1) * most));

export function createSurveyStore(db: Db): SurveyStore {
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

  async function hold(name: string): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`survey/${name}`}, 0))`.execute(db);
  }

  const survey = (definition: unknown): Survey => surveySchema.parse(definition);
  const withRun = (id: string) => db.selectFrom('survey_run').selectAll().where('id', '=', id);

  return {
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
      return rows.map((r) => survey(r.definition));
    },
    async byName(name) {
      const row = await db.selectFrom('survey').select('definition').where('name', '=', name).executeTakeFirst();
      return row && survey(row.definition);
    },

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
        where p.asked_on >= ${since}::date or (p.state = 'invited' and r.state <> 'closed')
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
      // It comes from a client: what is not a uuid names nothing, and must not become an error of the database.
      if (!uuid.test(token)) return undefined;
      const named = await db.selectFrom('survey_part').select('run').where('token', '=', token).executeTakeFirst();
      const held = named && (await withRun(named.run).forShare().executeTakeFirst());
      const row = await db
        .selectFrom('survey_part')
        .select(partColumns)
        .where('token', '=', token)
        .forUpdate()
        .executeTakeFirst();
      return held && row && { part: part(row), run: run(held) };
    },
    async mine(person) {
      const rows = await db
        .selectFrom('survey_part')
        .select(partColumns)
        .where('person', '=', person)
        .where('run', 'in', (q) => q.selectFrom('survey_run').select('id').where('state', 'in', ['open', 'closing']))
        .execute();
      const runs = new Map((await this.current()).map((r) => [r.id, r]));
      return rows.flatMap((row) => {
        const of = runs.get(row.run);
        return of ? [{ part: part(row), run: of }] : [];
      });
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
    seal,
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
        delete from groundcrew.asked
        where form ->> 'id' in ('surveys.words', 'surveys.number') and (carry = '' or carry like ${`%${id}%`})`.execute(
        db,
      );
    },
    async noteDid(id, did) {
      await db
        .updateTable('survey_run')
        .set({ did: json(did) })
        .where('id', '=', id)
        .execute();
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
  };
}
