import { sql } from 'kysely';
import type { Draft, RoadmapStore, Similar } from '../core/roadmap/store.ts';
import type { Db } from './db.ts';
import { textOf } from './feedback.ts';

/** How many of the words that somebody types an item must have, and how near its spelling must be. */
const likeness = { words: 0.5, spelling: 0.45 } as const;

/** What somebody is about to ask for, and what is like it. */
export function createSimilar(db: Db) {
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
  } satisfies Partial<RoadmapStore>;
}
