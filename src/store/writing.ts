import { sql } from 'kysely';
import type { PersonId } from '../core/kernel/index.ts';
import type { LaneHead, Lot } from '../engine/ports.ts';
import { batches, type Db, json, kept } from './db.ts';

/** What stands by itself; an edit changes what was said, and a reply hangs under it. */
type Post = Exclude<Lot, { kind: 'edit' | 'reply' }>;
/** How many rows are written by one statement: what it compares with each other stays small. */
const most = 500;
/** Not before any time: a clock that is set back holds up nothing that was not tried yet. */
export const atOnce = sql`timestamptz 'epoch'`;

/** What waits of a message: found by the lanes of its copies, since all that waits may be thousands. */
const isOf = (key: string) =>
  sql`key = ${key} and lane = any (array(select lane from groundcrew.message where key = ${key}))`;

export const directSlot = (person: PersonId) => `direct:${person}`;

type Home = { readonly key: string; readonly lane: string; readonly slot: string; readonly body: object };
/** Where each kind of lot goes: its lane keeps the order, its slot names the copy. A `tell` has its lane from the database. */
const homes: { readonly [K in Post['kind']]: (lot: Extract<Post, { kind: K }>) => Home } = {
  say: (l) => ({ key: l.key, lane: l.place, slot: l.place, body: { view: l.view } }),
  tell: (l) => ({ key: l.key, lane: '', slot: directSlot(l.person), body: { view: l.view, via: l.via } }),
  home: (l) => ({ key: `home/${l.account}`, lane: `home:${l.account}`, slot: l.account, body: { view: l.view } }),
  act: (l) => ({ key: l.key, lane: `act:${l.key}`, slot: '', body: { action: l.action, input: l.input } }),
};
/** A message is written once per key and slot: the first counts. Of a home page or an action the last does. */
const firstCounts: { readonly [K in Post['kind']]: boolean } = { say: true, tell: true, home: false, act: false };

type Row = Home & { readonly kind: Post['kind']; readonly person: string | null; readonly via: string | null };

/** Each copy once, in their order. */
function rowsOf(posts: readonly Post[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const post of posts) {
    const home = (homes[post.kind] as (p: Post) => Home)(post);
    const id = JSON.stringify([post.kind === 'tell' ? 'say' : post.kind, home.key, home.slot]);
    if (firstCounts[post.kind] && rows.has(id)) continue;
    rows.delete(id);
    const [person, via] = post.kind === 'tell' ? [post.person, post.via ?? null] : [null, null];
    rows.set(id, { ...home, kind: post.kind, person, via });
  }
  return [...rows.values()];
}

export function createWriting(db: Db) {
  /**
   * Direct messages have a lane for each platform, so that one that is away does not hold up the other: that of the login
   * that was named, else the one that was used last. The relay moves what is delivered otherwise after all.
   */
  async function post(rows: readonly Row[], delivery: string, now: Date): Promise<readonly LaneHead[]> {
    // Thousands of people are often told the same: it is sent once.
    const bodies = new Map<string, number>();
    const at = rows.map(({ body }) => {
      const text = json(body);
      const known = bodies.get(text);
      if (known !== undefined) return known;
      bodies.set(text, bodies.size + 1);
      return bodies.size;
    });
    const column = (of: (row: Row) => string | null) => rows.map(of);
    const written = await sql<LaneHead>`${kept('outbox.post')}
      with lot as materialized (
        select n, kind, key, slot, (${[...bodies.keys()]}::text[])[body]::jsonb as body,
          case when person is null then lane else 'direct:' || coalesce((
            select a.platform from groundcrew.account a
            where a.person = coalesce((select p.person from groundcrew.person_alias p where p.former = l.person), l.person)
              and a.active
            order by (a.id = via) is true desc, a.used desc nulls last, a.id limit 1), 'slack') || ':' || person end as lane
        from unnest(
          ${column((r) => r.kind)}::text[], ${column((r) => r.key)}::text[], ${column((r) => r.slot)}::text[],
          ${column((r) => r.lane)}::text[], ${column((r) => r.person)}::uuid[], ${column((r) => r.via)}::text[],
          ${at}::int[]) with ordinality as l (kind, key, slot, lane, person, via, body, n)
      ), fresh as (
        insert into groundcrew.message (key, slot, lane, at)
        select key, slot, lane, ${now}::timestamptz from lot where kind in ('say', 'tell') order by key, slot
        on conflict do nothing
        returning key, slot
      ), superseded as (
        -- The lane of a home page, or of an action, is its own.
        update groundcrew.outbox set state = 'superseded', ended = ${now}
        where lane = any (array(select lane from lot where kind in ('home', 'act')))
          and state = 'waiting' and attempts = 0 and ended is null
      )
      insert into groundcrew.outbox (lane, kind, key, slot, body, delivery, at, not_before)
      select lane, kind, key, slot, body, ${delivery}, ${now}::timestamptz, ${atOnce}
      from lot where kind in ('home', 'act') or (key, slot) in (select key, slot from fresh)
      order by n
      returning lane, seq, attempts`.execute(db);
    return written.rows;
  }

  /**
   * What was not tried yet is changed where it stands; other copies get an edit. One that waits is superseded, also when
   * it was tried: nobody needs to see what it says any more. Its turn, when the platform's rate made it wait for one, is
   * the new one's, except where what passes waited longer than news has to. While the message owes news, what follows is
   * not passing.
   */
  async function edit(lot: Extract<Lot, { kind: 'edit' }>, delivery: string, now: Date): Promise<readonly LaneHead[]> {
    const body = json({
      view: lot.view,
      ...(lot.leave ? { leave: true } : {}),
      ...(lot.passing ? { passing: true } : {}),
    });
    const edits = await sql<LaneHead>`${kept('outbox.edit')}
      with folded as (
        update groundcrew.outbox set body = body || ${body}::jsonb - 'passing'
        where ${isOf(lot.key)} and kind in ('say', 'tell', 'reply') and state = 'waiting' and attempts = 0 and ended is null
        returning slot
      ), superseded as (
        update groundcrew.outbox set state = 'superseded', ended = ${now}
        where ${isOf(lot.key)} and kind = 'edit' and state = 'waiting' and ended is null
        returning slot, case when body ? 'passing' and not ${lot.passing === true} then ${atOnce} else not_before end as turn,
          not body ? 'passing' as news
      ), alive as (
        update groundcrew.message set at = ${now}::timestamptz
        where key = ${lot.key} and at < ${now}::timestamptz - interval '1 day'
      )
      insert into groundcrew.outbox (lane, kind, key, slot, body, delivery, at, not_before)
      select lane, 'edit', key, slot,
        case when exists (select from superseded s where s.slot = m.slot and s.news) then ${body}::jsonb - 'passing' else ${body}::jsonb end,
        ${delivery}, ${now}::timestamptz,
        coalesce((select max(s.turn) from superseded s where s.slot = m.slot), ${atOnce})
      from groundcrew.message m where key = ${lot.key} and slot not in (select slot from folded)
      order by slot
      returning lane, seq, attempts`.execute(db);
    return edits.rows;
  }

  /**
   * Into the lane of each copy of the message it hangs under, so that it comes after that. A reply that somebody
   * deletes stays deleted: it counts as posted anew from the start.
   */
  async function reply(
    lot: Extract<Lot, { kind: 'reply' }>,
    delivery: string,
    now: Date,
  ): Promise<readonly LaneHead[]> {
    const body = json({ view: lot.view, to: lot.to, ...(lot.alone ? { alone: true } : {}) });
    const replies = await sql<LaneHead>`
      with fresh as (
        insert into groundcrew.message (key, slot, lane, posts, at)
        select ${lot.key}, slot, lane, 2, ${now}::timestamptz from groundcrew.message where key = ${lot.to}
        on conflict do nothing
        returning lane, slot
      )
      insert into groundcrew.outbox (lane, kind, key, slot, body, delivery, at, not_before)
      select lane, 'reply', ${lot.key}, slot, ${body}::jsonb, ${delivery}, ${now}::timestamptz, ${atOnce}
      from fresh order by slot
      returning lane, seq, attempts`.execute(db);
    return replies.rows;
  }
  const after = { edit, reply };

  /** What was said anew and never arrived is as if it had not been said. What is on its way is left to get there. */
  async function forgetLost(lots: readonly Lot[]): Promise<void> {
    const said = lots.flatMap((l) => ((l.kind === 'say' || l.kind === 'reply') && l.anew ? [l] : []));
    if (said.length === 0) return;
    await sql`
      delete from groundcrew.message m
      using unnest(${said.map((l) => l.key)}::text[], ${said.map((l) => (l.kind === 'say' ? l.place : null))}::text[]) l (key, slot)
      where m.key = l.key and m.slot = coalesce(l.slot, m.slot) and m.native is null and not exists (
        select from groundcrew.outbox o
        where o.lane = m.lane and o.ended is null and o.key = m.key and o.slot = m.slot)`.execute(db);
  }

  /** Writes lots in their order, as few statements as that takes. */
  return async function write(lots: readonly Lot[], delivery: string, now: Date): Promise<readonly LaneHead[]> {
    await forgetLost(lots);
    const heads: LaneHead[] = [];
    let posts: Post[] = [];
    const flush = async () => {
      const rows = rowsOf(posts);
      posts = [];
      for (const batch of batches(rows, most)) heads.push(...(await post(batch, delivery, now)));
    };
    for (const lot of lots) {
      if (lot.kind === 'edit' || lot.kind === 'reply') {
        await flush();
        heads.push(...(await after[lot.kind](lot as never, delivery, now)));
      } else posts.push(lot);
    }
    await flush();
    return heads;
  };
}
