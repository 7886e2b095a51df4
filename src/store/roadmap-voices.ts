import { sql } from 'kysely';
import type { PersonId } from '../core/kernel/index.ts';
import type { RoadmapStore, TeamCount, Voice } from '../core/roadmap/store.ts';
import type { Db } from './db.ts';
import { itemOf } from './feedback.ts';
import { tree } from './roadmap-tree.ts';

type CountRow = { root: number; team: string | null; asked: number; affected: number };
type VoiceRow = Omit<Voice, 'pain' | 'team'> & { pain: number | null; team: string | null };

const voice = ({ pain, team, ...row }: VoiceRow): Voice => ({
  ...row,
  ...(pain === null ? {} : { pain }),
  ...(team === null ? {} : { team }),
});

/** Who wants an item, who does not want to hear of it, and who says that it helped. */
export function createVoices(db: Db) {
  return {
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

    async mutes(feedback) {
      const rows = await db.selectFrom('feedback_mute').select('person').where('feedback', '=', feedback).execute();
      return rows.map((r) => r.person as PersonId);
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
  } satisfies Partial<RoadmapStore>;
}
