import { sql } from 'kysely';
import type { Relation, RoadmapStore } from '../core/roadmap/store.ts';
import type { Db } from './db.ts';
import { itemOf } from './feedback.ts';
import { tree } from './roadmap-tree.ts';

/** Any number that no other lock of ours begins with: "MERG". */
const mergeLock = 1_296_388_679;
/** What is merged into what, and what belongs together. */
export function createBonds(db: Db) {
  return {
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
  } satisfies Partial<RoadmapStore>;
}
