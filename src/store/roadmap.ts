import { sql } from 'kysely';
import type { PersonId } from '../core/kernel/index.ts';
import type { Draft, Issue, Relation, RoadmapStore, Similar, TeamCount, Voice } from '../core/roadmap/store.ts';
import type { Db } from './db.ts';
import { detailColumns, itemOf, textOf } from './feedback.ts';
import { createTelling } from './roadmap-telling.ts';
import { tree } from './roadmap-tree.ts';

/** Any number that no other lock of ours begins with: "MERG". */
const mergeLock = 1_296_388_679;
/** How many of the words that somebody types an item must have, and how near its spelling must be. */
const likeness = { words: 0.5, spelling: 0.45 } as const;

type CountRow = { root: number; team: string | null; asked: number; affected: number };
type VoiceRow = Omit<Voice, 'pain' | 'team'> & { pain: number | null; team: string | null };

const voice = ({ pain, team, ...row }: VoiceRow): Voice => ({
  ...row,
  ...(pain === null ? {} : { pain }),
  ...(team === null ? {} : { team }),
});

export function createRoadmapStore(db: Db): RoadmapStore {
  /** Where the functions of pg_trgm are; undefined where the extension is missing. Looked up once. */
  let trigrams: Promise<string | undefined> | undefined;
  const spelling = () => {
    trigrams ??= sql<{ schema: string }>`
      select quote_ident(n.nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace
      where e.extname = 'pg_trgm'`
      .execute(db)
      .then((found) => found.rows[0]?.schema);
    return trigrams;
  };

  return {
    ...createTelling(db),

    async item(number) {
      const row = await db.selectFrom('feedback').selectAll().where('number', '=', number).executeTakeFirst();
      return row && itemOf(row);
    },

    async merging() {
      await sql`select pg_advisory_xact_lock(${mergeLock})`.execute(db);
    },

    async rootOf(number) {
      const { rows } = await sql<{ number: number }>`
        with recursive up (number, "into") as (
          select number, "into" from groundcrew.feedback where number = ${number}
          union
          select f.number, f."into" from groundcrew.feedback f join up on f.number = up."into"
        )
        select number from up where "into" is null`.execute(db);
      return rows[0]?.number;
    },

    async merged(number) {
      const rows = await db
        .selectFrom('feedback')
        .selectAll()
        .where('number', 'in', sql<number>`(${tree([number])} select number from tree where number <> root)`)
        .orderBy('number')
        .execute();
      return rows.map(itemOf);
    },

    async setInto(number, into) {
      await db
        .updateTable('feedback')
        .set({ into: into ?? null })
        .where('number', '=', number)
        .execute();
    },

    async set(number, details) {
      const columns = detailColumns(details);
      if (Object.keys(columns).length > 0)
        await db.updateTable('feedback').set(columns).where('number', '=', number).execute();
    },

    async counts(numbers) {
      if (numbers.length === 0) return new Map();
      const { rows } = await sql<CountRow>`
        ${tree(numbers)}, asker as (
          select t.root, f.requester as person, f.team from tree t join groundcrew.feedback f using (number)
          union all
          select t.root, v.person, v.team from tree t join groundcrew.feedback_voice v on v.feedback = t.number
        ), owner as (
          select f.number as root, r.owner as person, min(r.team) as team
          from groundcrew.feedback f join groundcrew.resource r on r.path = f.path and r.state <> 'gone'
          where f.number = any(${[...numbers]}::int[]) group by 1, 2
        ), one as (
          select root, person, max(team) as team, true as asked from asker group by root, person
          union all
          select root, person, team, false from owner o
          where not exists (select from asker a where a.root = o.root and a.person = o.person)
        )
        select root, team, (count(*) filter (where asked))::int as asked,
          (count(*) filter (where not asked))::int as affected
        from one group by root, team order by root, team`.execute(db);
      const counts = rows.map(({ root, team, ...count }): [number, TeamCount] => [
        root,
        team === null ? count : { ...count, team },
      ]);
      return new Map(
        Map.groupBy(counts, ([root]) => root)
          .entries()
          .map(([root, each]) => [root, each.map(([, count]) => count)]),
      );
    },

    async similar(words, person, limit) {
      const schema = await spelling();
      const near = schema
        ? sql<number>`${sql.raw(schema)}.similarity(f.what, ${words})::float8`
        : sql<number>`0::float8`;
      const { rows } = await sql<{
        number: number;
        what: string;
        state: string;
        help: string | null;
        link: string | null;
        asked: number;
      }>`
        with said as (
          select tsvector_to_array(to_tsvector('english'::regconfig, ${words})) as words
        ), liked as (
          select f.number, ${near} as near,
            (select count(*) from unnest(said.words) w where f.words @@ quote_literal(w)::tsquery)::float8
              / greatest(2, cardinality(said.words)) as fit
          from groundcrew.feedback f, said
          where not exists (
            select from groundcrew.feedback_voice v where v.feedback = f.number and v.person = ${person})
            and f.requester <> ${person}
        ), top as (
          select (
            with recursive up (number, "into") as (
              select g.number, g."into" from groundcrew.feedback g where g.number = l.number
              union select g.number, g."into" from groundcrew.feedback g join up on g.number = up."into"
            ) select number from up where "into" is null
          ) as number, greatest(l.fit, l.near) as likeness
          from liked l where l.fit >= ${likeness.words} or l.near >= ${likeness.spelling}
        ), best as (select number, max(likeness) as likeness from top group by number)
        select f.number, f.what, f.state, f.help, f.link,
          (select count(distinct a.person)::int from (
            with recursive down (number) as (
              select f.number union select g.number from groundcrew.feedback g join down on g."into" = down.number
            )
            select g.requester as person from down join groundcrew.feedback g using (number)
            union all
            select v.person from down join groundcrew.feedback_voice v on v.feedback = down.number
          ) a) as asked
        from best join groundcrew.feedback f using (number)
        order by best.likeness desc, f.number limit ${limit}`.execute(db);
      return rows.map(
        ({ help, link, ...row }) =>
          ({ ...row, ...textOf({ help, link }), state: row.state as Similar['state'] }) satisfies Similar,
      );
    },

    async say({ feedback, person, way, account, pain, team, at }) {
      const { rows } = await sql<{ fresh: boolean }>`
        insert into groundcrew.feedback_voice as kept (feedback, person, way, account, pain, team, at)
        values (${feedback}, ${person}, ${way}, ${account}, ${pain ?? null}, ${team ?? null}, ${at})
        on conflict (feedback, person, way) do update set
          pain = coalesce(excluded.pain, kept.pain), team = coalesce(excluded.team, kept.team)
        returning (xmax = 0) as fresh`.execute(db);
      return rows[0]?.fresh === true;
    },

    async unsay(feedback, person, way) {
      const said = db.deleteFrom('feedback_voice').where('feedback', '=', feedback).where('person', '=', person);
      const gone = await (way === undefined ? said : said.where('way', '=', way)).executeTakeFirst();
      return gone.numDeletedRows > 0n;
    },

    async voices(number) {
      const rows = await db
        .selectFrom('feedback_voice')
        .selectAll()
        .where('feedback', '=', number)
        .orderBy('at')
        .orderBy('person')
        .execute();
      return rows.map((row) => voice(row as VoiceRow));
    },

    async wants(number, person) {
      const { rows } = await sql`
        ${tree([number])}
        select from tree t join groundcrew.feedback f using (number)
        where f.requester = ${person} or exists (
          select from groundcrew.feedback_voice v where v.feedback = t.number and v.person = ${person})
        limit 1`.execute(db);
      return rows.length > 0;
    },

    async wanted(person, limit) {
      const rows = await db
        .selectFrom('feedback')
        .selectAll()
        .where('requester', '<>', person)
        .where('number', 'in', db.selectFrom('feedback_voice').select('feedback').where('person', '=', person))
        .orderBy('number', 'desc')
        .limit(limit)
        .execute();
      return rows.map(itemOf);
    },

    async mute(feedback, person, at) {
      await db
        .insertInto('feedback_mute')
        .values({ feedback, person, at })
        .onConflict((c) => c.doNothing())
        .execute();
    },

    async unmute(feedback, person) {
      const gone = await db
        .deleteFrom('feedback_mute')
        .where('feedback', '=', feedback)
        .where('person', '=', person)
        .executeTakeFirst();
      return gone.numDeletedRows > 0n;
    },

    async muted(feedback, person) {
      const row = await db
        .selectFrom('feedback_mute')
        .select('at')
        .where('feedback', '=', feedback)
        .where('person', '=', person)
        .executeTakeFirst();
      return row !== undefined;
    },

    async judge({ words, ...verdict }) {
      await db
        .insertInto('feedback_verdict')
        .values({ ...verdict, words: words ?? null })
        .onConflict((c) =>
          c
            .columns(['feedback', 'person'])
            .doUpdateSet({ solved: verdict.solved, words: words ?? null, at: verdict.at }),
        )
        .execute();
    },

    async verdicts(number) {
      const rows = await db
        .selectFrom('feedback_verdict')
        .selectAll()
        .where('feedback', 'in', sql<number>`(${tree([number])} select number from tree)`)
        .orderBy('at')
        .orderBy('person')
        .execute();
      return rows.map(({ words, ...row }) => ({
        ...row,
        person: row.person as PersonId,
        ...(words === null ? {} : { words }),
      }));
    },

    async relate(feedback, other, kind) {
      await db
        .insertInto('feedback_relation')
        .values({ feedback, other, kind })
        .onConflict((c) => c.doNothing())
        .execute();
    },

    async relations(number) {
      const { rows } = await sql<Relation>`
        select f.number, f.what, case r.kind when 'split' then 'part' else 'related' end as kind
        from groundcrew.feedback_relation r join groundcrew.feedback f on f.number = r.other where r.feedback = ${number}
        union
        select f.number, f.what, case r.kind when 'split' then 'whole' else 'related' end
        from groundcrew.feedback_relation r join groundcrew.feedback f on f.number = r.feedback where r.other = ${number}
        order by number`.execute(db);
      return rows;
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
        .where('ref', '=', ref)
        .executeTakeFirst();
      return row && issueOf(row);
    },
    async setIssue({ feedback, tracker, ref, url, changed }) {
      const row = { tracker, ref, url, changed: changed ?? null };
      await db
        .insertInto('feedback_issue')
        .values({ feedback, ...row })
        .onConflict((c) => c.column('feedback').doUpdateSet(row))
        .execute();
    },

    async keepDraft({ permalink, ...draft }) {
      await db
        .insertInto('feedback_draft')
        .values({ ...draft, permalink: permalink ?? null })
        .execute();
      // Whoever did not decide within a week has forgotten what it was about.
      const old = new Date(draft.at.getTime() - 7 * 86_400_000);
      await db.deleteFrom('feedback_draft').where('at', '<', old).execute();
    },
    async takeDraft(id, person) {
      const row = await db
        .deleteFrom('feedback_draft')
        .where('id', '=', id)
        .where('person', '=', person)
        .returningAll()
        .executeTakeFirst();
      if (!row) return undefined;
      const { permalink, ...rest } = row;
      return { ...rest, ...(permalink === null ? {} : { permalink }) } as Draft;
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
  };
}

const issueOf = ({ changed, ...row }: Omit<Issue, 'changed'> & { changed: Date | null }): Issue => ({
  ...row,
  ...(changed === null ? {} : { changed }),
});
