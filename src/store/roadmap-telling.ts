import { sql } from 'kysely';
import type { State } from '../core/feedback/rules.ts';
import type { AccountId, PersonId } from '../core/kernel/index.ts';
import type { Notice, RoadmapStore, Shipped } from '../core/roadmap/store.ts';
import type { Db } from './db.ts';
import { textOf } from './feedback.ts';
import { tree } from './roadmap-tree.ts';

type Row = {
  move: string;
  person: PersonId;
  account: AccountId | null;
  since: Date;
  asked: boolean;
  kind: Notice['kind'];
  words: string | null;
  by: PersonId | null;
  key: string | null;
  solved: boolean | null;
  number: number;
  what: string;
  state: State;
  quarter: string | null;
  link: string | null;
  path: string | null;
};

const notice = (row: Row): Notice => ({
  move: row.move,
  person: row.person,
  since: row.since,
  asked: row.asked,
  kind: row.kind,
  item: {
    number: row.number,
    what: row.what,
    state: row.state,
    ...textOf({ quarter: row.quarter, link: row.link, path: row.path }),
  },
  ...textOf({ account: row.account, words: row.words, by: row.by, key: row.key }),
  ...(row.solved === null ? {} : { solved: row.solved }),
});

const columns = sql.raw(`
  n.move::text, n.person, n.account, n.since, n.asked, n.key, m.move as kind, m.words, m.by,
  f.number, f.what, f.state, f.quarter, f.link, f.path,
  (select v.solved from groundcrew.feedback_verdict v
    where v.feedback = n.feedback and v.person = n.person and v.at >= m.at) as solved
  from groundcrew.feedback_notice n
  join groundcrew.feedback_move m on m.id = n.move
  join groundcrew.feedback f on f.number = n.feedback`);

const last = (number: number) =>
  sql`(select max(id) from groundcrew.feedback_move where feedback = ${number} and move in ('plan', 'ship', 'decline'))`;

/** Who is told of what: found out when it is due, and marked where it is told. */
export function createTelling(db: Db) {
  async function tell(number: number, at: Date) {
    await sql`
      insert into groundcrew.feedback_telling (move, feedback, at) values (${last(number)}, ${number}, ${at})
      on conflict do nothing`.execute(db);
  }
  return {
    tell,

    async gather(number, at, mostMs) {
      await tell(number, at);
      const { rows } = await sql<{ at: Date }>`
        update groundcrew.feedback_telling t set at = w.at
        from groundcrew.feedback_move m, (
          select least(${at}::timestamptz, min(s.at) + make_interval(secs => ${mostMs}::float8 / 1000)) as at
          from groundcrew.feedback_telling g join groundcrew.feedback_move s on s.id = g.move where s.move = 'ship'
        ) w
        where m.id = t.move and m.move = 'ship' returning t.at`.execute(db);
      return rows[0]?.at ?? at;
    },

    async nextTelling() {
      const { rows } = await sql<{ at: Date | null }>`select min(at) as at from groundcrew.feedback_telling`.execute(
        db,
      );
      return rows[0]?.at ?? undefined;
    },

    async untell(number) {
      const [due] = await db.deleteFrom('feedback_telling').where('feedback', '=', number).execute();
      const waiting = db.deleteFrom('feedback_notice').where('feedback', '=', number).where('key', 'is', null);
      const [found] = await waiting.execute();
      return (due?.numDeletedRows ?? 0n) + (found?.numDeletedRows ?? 0n) > 0n;
    },

    async toldAlready(number, person, key, at) {
      await sql`
        insert into groundcrew.feedback_notice (move, person, feedback, since, asked, key, at)
        select ${last(number)}, ${person}, number, created, true, ${key}, ${at}
        from groundcrew.feedback where number = ${number}
        on conflict do nothing`.execute(db);
    },

    async expand(now) {
      const due = await db.deleteFrom('feedback_telling').where('at', '<=', now).returningAll().execute();
      for (const { move, feedback } of due)
        await sql`
          ${tree([feedback])}, up (below, number) as (
            select number, number from tree
            union
            select up.below, f."into" from up join groundcrew.feedback f on f.number = up.number where f."into" is not null
          ), asker as (
            select t.number, f.requester as person, f.account, f.created as since, true as asked
            from tree t join groundcrew.feedback f using (number)
            union all
            select t.number, v.person, v.account, v.at, false
            from tree t join groundcrew.feedback_voice v on v.feedback = t.number
          )
          insert into groundcrew.feedback_notice (move, person, feedback, account, since, asked, at)
          select distinct on (a.person) ${move}::bigint, a.person, ${feedback}::int, a.account, a.since, a.asked, ${now}::timestamptz
          from asker a join groundcrew.feedback_move m on m.id = ${move}
          where a.person is distinct from m.by
            and exists (select from groundcrew.account x where x.person = a.person and x.active)
            and not exists (
              select from groundcrew.feedback_mute q join up on up.below = a.number and up.number = q.feedback
              where q.person = a.person)
          order by a.person, a.asked desc, a.since
          on conflict do nothing`.execute(db);
    },

    async claim(people) {
      const { rows } = await sql<Row>`
        with next as (
          select person from groundcrew.feedback_notice where key is null group by person order by min(at), person
          limit ${people}
        )
        select ${columns}
        where n.key is null and n.person in (select person from next)
        order by n.person, n.move for update of n skip locked`.execute(db);
      return rows.map(notice);
    },

    async told(notices, key) {
      await sql`
        update groundcrew.feedback_notice n set key = ${key}
        from unnest(${notices.map((n) => n.move)}::bigint[], ${notices.map((n) => n.person)}::uuid[]) as t (move, person)
        where n.move = t.move and n.person = t.person`.execute(db);
    },

    async untold() {
      const { rows } = await sql`select from groundcrew.feedback_notice where key is null limit 1`.execute(db);
      return rows.length > 0;
    },

    async noticesOf(key) {
      const { rows } = await sql<Row>`select ${columns} where n.key = ${key} order by n.person, n.move`.execute(db);
      return rows.map(notice);
    },

    async toldShipped(number, person) {
      const { rows } = await sql<Row>`
        select ${columns}
        where n.feedback = ${number} and n.person = ${person} and n.key is not null and m.move = 'ship'
        order by n.move desc limit 1`.execute(db);
      return rows[0] && notice(rows[0]);
    },

    async shipped(from, to) {
      const rows = await db
        .selectFrom('feedback')
        .select(['number', 'what', 'help', 'link', 'path', 'persona', 'outcome', 'shipped'])
        .where('state', '=', 'shipped')
        .where('into', 'is', null)
        .where('shipped', '>=', from)
        .where('shipped', '<', to)
        .orderBy('shipped')
        .orderBy('number')
        .execute();
      if (rows.length === 0) return [];
      const { rows: askers } = await sql<{ root: number; person: PersonId; since: Date; asked: boolean }>`
        ${tree(rows.map((r) => r.number))}, asker as (
          select t.root, f.requester as person, f.created as since, true as asked
          from tree t join groundcrew.feedback f using (number)
          union all
          select t.root, v.person, v.at, false from tree t join groundcrew.feedback_voice v on v.feedback = t.number
        ), one as (select distinct on (root, person) * from asker order by root, person, asked desc, since)
        select * from one order by root, asked desc, since, person`.execute(db);
      const byRoot = Map.groupBy(askers, (a) => a.root);
      return rows.map(
        ({ number, what, shipped, persona, ...more }): Shipped => ({
          number,
          what,
          at: shipped as Date,
          ...textOf(more),
          ...(persona === null ? {} : { persona: persona as NonNullable<Shipped['persona']> }),
          askers: (byRoot.get(number) ?? []).map(({ root: _, ...asker }) => asker),
        }),
      );
    },
  } satisfies Partial<RoadmapStore>;
}
