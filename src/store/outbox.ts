import { sql } from 'kysely';
import type { AccountId, Json, PersonId, PlaceId, View } from '../core/kernel/index.ts';
import type { LaneHead, Outbox, Parcel } from '../engine/ports.ts';
import { type Db, json, kept } from './db.ts';
import { atOnce, createWriting, directSlot } from './writing.ts';

type Row = {
  seq: string;
  lane: string;
  kind: Parcel['kind'];
  key: string;
  slot: string;
  body: {
    view: View;
    via?: AccountId;
    action: string;
    input: Json;
    to?: string;
    alone?: true;
    leave?: true;
    passing?: true;
  };
  attempts: number;
  first_try: Date;
  unsure: boolean;
  delivery: string;
  place: string | null;
  native: string | null;
  home: string | null;
};

/** Where the message is that a parcel changes or hangs under. */
const where = ({ place, native, home }: Row) => ({
  ...(place === null ? {} : { place: place as PlaceId }),
  ...(native === null ? {} : { native }),
  ...(home === null ? {} : { home }),
});

const parcels: { readonly [K in Parcel['kind']]: (row: Row) => unknown } = {
  say: (r) => ({ place: r.slot as PlaceId, view: r.body.view }),
  tell: (r) => ({
    person: r.slot.slice('direct:'.length) as PersonId,
    view: r.body.view,
    ...(r.body.via ? { via: r.body.via } : {}),
  }),
  edit: (r) => ({
    slot: r.slot,
    view: r.body.view,
    ...where(r),
    ...(r.body.leave ? { leave: true } : {}),
    ...(r.body.passing ? { passing: true } : {}),
  }),
  reply: (r) => ({
    slot: r.slot,
    view: r.body.view,
    ...where(r),
    ...(r.body.alone ? { alone: true } : {}),
  }),
  home: (r) => ({ account: r.slot as AccountId, view: r.body.view }),
  act: (r) => ({ action: r.body.action, input: r.body.input }),
};

const parcel = (row: Row): Parcel =>
  ({
    kind: row.kind,
    seq: row.seq,
    lane: row.lane,
    key: row.key,
    tries: row.attempts - 1,
    firstTry: row.first_try,
    unsure: row.unsure,
    delivery: row.delivery,
    ...(parcels[row.kind](row) as object),
  }) as Parcel;

/** Whether the claim still holds: a process that was stopped for a while must not undo what another has done since. */
const held = (p: Parcel) => sql`seq = ${p.seq} and attempts = ${p.tries + 1} and state = 'sending' and ended is null`;

/**
 * What may go next in a lane: the first of its posts, and of each message's edits the first, once what it changes was
 * posted. So posts are in order among themselves and so are the edits of one message, while an edit that waits for its
 * turn holds up neither a post nor another message's edit. What is said anew goes first; a reply goes behind an edit of its
 * message that may go as well, which may find out that the message has to be posted anew.
 */
const firsts = (lane: string) => sql`
  (select seq, kind, state, not_before, lease from groundcrew.outbox
    where lane = ${lane} and ended is null and kind <> 'edit' order by seq limit 1)
  union all
  select seq, kind, state, not_before, lease from groundcrew.outbox o
    where lane = ${lane} and ended is null and kind = 'edit' and not exists (
      select from groundcrew.outbox b
      where b.lane = ${lane} and b.ended is null and b.key = o.key and b.slot = o.slot and b.seq < o.seq)`;

const isReady = (now: Date) =>
  sql`((state = 'waiting' and not_before <= ${now}) or (state = 'sending' and lease <= clock_timestamp()))`;

export function createOutbox(db: Db): Outbox {
  return {
    write: createWriting(db),

    // The claim is one statement: whoever comes second finds the row leased when it re-reads it. What may be claimed only
    // ever becomes free when something ends, so a lane is in order without a lock on the lane. Leases run by the
    // database's clock, so that a process whose clock jumps cannot take what another holds.
    async claim(lane, now, leaseSeconds) {
      const { rows } = await sql<(Row | { seq: null }) & { next: Date | null; lost: boolean }>`${kept('outbox.claim')}
        with first as (${firsts(lane)}), head as (
          select seq from first where ${isReady(now)}
          order by kind in ('edit', 'reply'), seq limit 1
        ), claimed as (
          update groundcrew.outbox o set
            state = 'sending', attempts = attempts + 1, unsure = unsure or state = 'sending',
            lease = clock_timestamp() + make_interval(secs => ${leaseSeconds}), first_try = coalesce(first_try, ${now})
          where o.lane = ${lane} and o.seq = (select seq from head) and o.ended is null and ${isReady(now)}
          returning o.seq, o.lane, o.kind, o.key, o.slot, o.body, o.attempts, o.first_try, o.unsure, o.delivery
        )
        select claimed.*, m.place, m.native, m.lane as home, case when claimed.seq is null
          then (select min(case when state = 'sending' then lease else not_before end) from first) end as next,
          claimed.seq is null and exists (select from head) as lost
        from (values (1)) as one left join claimed on true
        left join groundcrew.message m on m.key = coalesce(claimed.body ->> 'to', claimed.key) and m.slot = claimed.slot`.execute(
        db,
      );
      const [row] = rows;
      if (row && row.seq !== null) return parcel(row);
      if (!row?.lost) return row?.next ? { next: row.next } : undefined;
      // Another was faster, and until when it has the head shows only who looks again.
      const head = await sql<{ next: Date | null }>`
        with first as (${firsts(lane)})
        select min(case when state = 'sending' then lease else not_before end) as next from first`.execute(db);
      const next = head.rows[0]?.next;
      return next ? { next } : undefined;
    },

    async stands(place, native) {
      const found = await sql`
        select from groundcrew.message where place = ${place} and native = ${native} limit 1`.execute(db);
      return found.rows.length > 0;
    },

    async renew(p, leaseSeconds) {
      const renewed = await sql`
        update groundcrew.outbox set lease = clock_timestamp() + make_interval(secs => ${leaseSeconds})
        where ${held(p)}`.execute(db);
      return renewed.numAffectedRows === 1n;
    },

    // What the platform has confirmed is done, whoever holds the claim by now.
    async done(p, delivered, now) {
      await sql`${kept('outbox.done')}
        with sent as (
          update groundcrew.outbox set state = 'done', ended = ${now}, lease = null
          where seq = ${p.seq} and ended is null returning key, slot
        )
        update groundcrew.message m set
          place = coalesce(${delivered.place ?? null}, m.place), native = coalesce(${delivered.native ?? null}, m.native)
        from sent where m.key = sent.key and m.slot = sent.slot`.execute(db);
    },

    // A newer edit of the same message that was written meanwhile goes instead: what it may not do without is its turn, and
    // that it is news.
    async postpone(p, until, why, { unsure, anew = false }) {
      const put = await sql`
        with newer as (
          update groundcrew.outbox n set
            not_before = case when o.body ? 'passing' and not n.body ? 'passing' then n.not_before else ${until} end,
            body = case when o.body ? 'passing' then n.body else n.body - 'passing' end
          from (select lane, key, slot, body, seq from groundcrew.outbox where ${held(p)} and kind = 'edit') o
          where n.lane = o.lane and n.key = o.key and n.slot = o.slot and n.seq > o.seq
            and n.kind = 'edit' and n.state = 'waiting' and n.ended is null
          returning n.at
        )
        update groundcrew.outbox set
          state = case when exists (select from newer) then 'superseded' else 'waiting' end,
          ended = (select max(at) from newer), lease = null, not_before = ${until}, why = ${why},
          unsure = ${unsure}, first_try = case when ${anew && !unsure} then null else first_try end
        where ${held(p)}`.execute(db);
      return put.numAffectedRows === 1n;
    },

    // What waits for this message, edits and replies, follows it, or it would come first.
    async move(p, person, platform) {
      const [lane, slot] = [`direct:${platform}:${person}`, directSlot(person)];
      const moved = await sql<LaneHead>`
        with moved as (
          update groundcrew.outbox set lane = ${lane}, state = 'waiting', lease = null, not_before = ${atOnce}
          where ${held(p)} returning lane, seq, attempts
        ), copies as (
          select ${p.key} as key union
          select key from groundcrew.outbox
          where lane = ${p.lane} and slot = ${slot} and kind = 'reply' and body ->> 'to' = ${p.key} and ended is null
        ), followers as (
          update groundcrew.outbox set lane = ${lane}
          where lane = ${p.lane} and slot = ${slot} and kind in ('edit', 'reply') and ended is null
            and key in (select key from copies) and exists (select from moved)
        ), messages as (
          update groundcrew.message set lane = ${lane}
          where slot = ${slot} and key in (select key from copies) and exists (select from moved)
        )
        select * from moved`.execute(db);
      return moved.rows;
    },

    async end(p, state, why, now) {
      const ended = await sql`
        update groundcrew.outbox set state = ${state}, ended = ${now}, lease = null, why = ${why}
        where ${held(p)}`.execute(db);
      return ended.numAffectedRows === 1n;
    },

    // A newer edit that waits in the lane would find nothing to edit: what it says is posted at once. Replies that wait
    // would find nothing to hang under: they wait behind the message that is posted anew.
    async again(p, now) {
      const anew = await sql`
        with copy as (
          update groundcrew.message set posts = posts + 1, native = null, place = null
          where key = ${p.key} and slot = ${p.slot} and posts = 1
          returning slot
        ), newer as (
          update groundcrew.outbox o set state = 'superseded', ended = ${now}
          from copy where o.key = ${p.key} and o.slot = copy.slot and o.kind = 'edit' and o.ended is null and o.seq > ${p.seq}
          returning o.seq, o.body
        ), hanging as (
          update groundcrew.outbox o set state = 'superseded', ended = ${now}
          from copy where o.lane = ${p.lane} and o.kind = 'reply' and o.body ->> 'to' = ${p.key} and o.slot = copy.slot
            and o.ended is null
          returning o.seq, o.key, o.body, o.delivery
        )
        insert into groundcrew.outbox (lane, kind, key, slot, body, delivery, at, not_before)
        select ${p.lane}, kind, key, ${p.slot}, body, delivery, ${now}::timestamptz, ${atOnce} from (
          select 0 as nth, case when slot like 'direct:%' then 'tell' else 'say' end as kind, ${p.key}::text as key,
            coalesce((select body from newer order by seq desc limit 1), ${json({ view: p.view })}::jsonb) as body,
            ${p.delivery}::text as delivery
          from copy
          union all select seq, 'reply', key, body, delivery from hanging
        ) row order by nth`.execute(db);
      return (anew.numAffectedRows ?? 0n) > 0n;
    },

    // An edit is looked for by itself: another one of its lane that waits must not hide it.
    async ready(now, limit) {
      const heads = await sql<LaneHead>`
        select lane, seq, attempts from (
          select lane, seq, attempts, row_number() over (partition by share order by seq) as place from (
            select distinct on (lane) lane, seq, attempts,
              case when lane like 'act:%' then 'act' when lane ~ '^(home:|direct:)?teams:' then 'teams' else '' end as share
            from (
              (select distinct on (lane) lane, seq, attempts, state, not_before, lease
                from groundcrew.outbox where ended is null and kind <> 'edit' order by lane, seq)
              union all
              select lane, seq, attempts, state, not_before, lease from groundcrew.outbox o
                where ended is null and kind = 'edit' and not exists (
                  select from groundcrew.outbox b
                  where b.lane = o.lane and b.ended is null and b.key = o.key and b.slot = o.slot and b.seq < o.seq)
            ) first
            where ${isReady(now)}
            order by lane, seq
          ) head
        ) ready
        where place <= ${limit} order by seq`.execute(db);
      return heads.rows;
    },

    async release() {
      await sql`
        update groundcrew.outbox set lease = clock_timestamp() where state = 'sending' and ended is null`.execute(db);
    },

    async depth() {
      const { rows } = await sql<{ waiting: number; oldest: number | null }>`
        select count(*)::int as waiting, extract(epoch from clock_timestamp() - min(at))::float as oldest
        from groundcrew.outbox where ended is null`.execute(db);
      return { waiting: rows[0]?.waiting ?? 0, oldestSeconds: Math.max(0, rows[0]?.oldest ?? 0) };
    },

    async forget(before) {
      const gone = await db.deleteFrom('outbox').where('ended', '<', before).executeTakeFirst();
      return Number(gone.numDeletedRows);
    },

    async forgetMessages(before) {
      const gone = await sql`
        delete from groundcrew.message m where at < ${before} and not exists (
          select from groundcrew.outbox o where o.ended is null and o.slot = m.slot and (o.key = m.key or o.body ->> 'to' = m.key)
        )`.execute(db);
      return Number(gone.numAffectedRows ?? 0n);
    },
  };
}
