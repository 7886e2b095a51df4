import { sql } from 'kysely';
import type { AccountId, Json, PersonId, PlaceId, View } from '../core/kernel/index.ts';
import type { LaneHead, Lot, Outbox, Parcel } from '../engine/ports.ts';
import { type Db, json } from './db.ts';

type Row = {
  seq: string;
  lane: string;
  kind: Parcel['kind'];
  key: string;
  slot: string;
  body: { view: View; via?: AccountId; action: string; input: Json; to?: string; alone?: true };
  attempts: number;
  first_try: Date;
  unsure: boolean;
  delivery: string;
  place: string | null;
  native: string | null;
};

/** Not before any time: a clock that is set back holds up nothing that was not tried yet. */
const atOnce = sql`timestamptz 'epoch'`;

const directSlot = (person: PersonId) => `direct:${person}`;

/** Where the message is that a parcel changes or hangs under. */
const where = ({ place, native }: Row) => ({
  ...(place === null ? {} : { place: place as PlaceId }),
  ...(native === null ? {} : { native }),
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

/** Where each kind of lot goes: its lane keeps the order, its slot names the copy. */
const homes: {
  readonly [K in Exclude<Lot['kind'], 'edit' | 'reply'>]: (lot: Extract<Lot, { kind: K }>) => {
    lane: string;
    slot: string;
    body: unknown;
  };
} = {
  say: (l) => ({ lane: l.place, slot: l.place, body: { view: l.view } }),
  tell: (l) => ({ lane: directSlot(l.person), slot: directSlot(l.person), body: { view: l.view, via: l.via } }),
  home: (l) => ({ lane: `home:${l.account}`, slot: l.account, body: { view: l.view } }),
  act: (l) => ({ lane: `act:${l.key}`, slot: '', body: { action: l.action, input: l.input } }),
};

export function createOutbox(db: Db): Outbox {
  /** A message is written once per key and slot; a home page or an action once while it waits. */
  async function post(
    lot: Exclude<Lot, { kind: 'edit' | 'reply' }>,
    delivery: string,
    now: Date,
  ): Promise<readonly LaneHead[]> {
    const key = lot.kind === 'home' ? `home/${lot.account}` : lot.key;
    const { lane, slot, body } = (homes[lot.kind] as (l: typeof lot) => { lane: string; slot: string; body: unknown })(
      lot,
    );
    if (lot.kind === 'say' || lot.kind === 'tell') {
      const fresh = await sql`
        insert into groundcrew.message (key, slot, lane, at) values (${key}, ${slot}, ${lane}, ${now})
        on conflict do nothing`.execute(db);
      if (fresh.numAffectedRows === 0n) return [];
    } else {
      await sql`
        update groundcrew.outbox set state = 'superseded', ended = ${now}
        where lane = ${lane} and key = ${key} and state = 'waiting' and attempts = 0 and ended is null`.execute(db);
    }
    const written = await sql<LaneHead>`
      insert into groundcrew.outbox (lane, kind, key, slot, body, delivery, at, not_before)
      values (${lane}, ${lot.kind}, ${key}, ${slot}, ${json(body)}, ${delivery}, ${now}, ${atOnce})
      returning lane, seq, attempts`.execute(db);
    return written.rows;
  }

  /** What was not tried yet is changed where it stands; a waiting edit is superseded; other copies get an edit. */
  async function edit(lot: Extract<Lot, { kind: 'edit' }>, delivery: string, now: Date): Promise<readonly LaneHead[]> {
    const body = json({ view: lot.view });
    const folded = await sql<{ slot: string }>`
      update groundcrew.outbox set body = body || ${body}::jsonb
      where key = ${lot.key} and kind in ('say', 'tell', 'reply') and state = 'waiting' and attempts = 0 and ended is null
      returning slot`.execute(db);
    await sql`
      update groundcrew.outbox set state = 'superseded', ended = ${now}
      where key = ${lot.key} and kind = 'edit' and state = 'waiting' and attempts = 0 and ended is null`.execute(db);
    const edits = await sql<LaneHead>`
      insert into groundcrew.outbox (lane, kind, key, slot, body, delivery, at, not_before)
      select lane, 'edit', key, slot, ${body}::jsonb, ${delivery}, ${now}::timestamptz, ${atOnce}
      from groundcrew.message where key = ${lot.key} and slot <> all(${folded.rows.map((r) => r.slot)})
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

  const writers: {
    readonly [K in Lot['kind']]: (lot: never, delivery: string, now: Date) => Promise<readonly LaneHead[]>;
  } = { say: post, tell: post, home: post, act: post, edit, reply };

  return {
    async write(lots, delivery, now) {
      const heads: LaneHead[] = [];
      for (const lot of lots) heads.push(...(await writers[lot.kind](lot as never, delivery, now)));
      return heads;
    },

    // Only the head of a lane can be claimed, and the claim is one statement: whoever comes second finds the row
    // leased when it re-reads it. So a lane is in order without a lock on the lane. Leases run by the database's
    // clock, so that a process whose clock jumps cannot take what another holds.
    async claim(lane, now, leaseSeconds) {
      const claimed = await sql<Row>`
        with head as (
          select seq from groundcrew.outbox where lane = ${lane} and ended is null order by seq limit 1
        )
        update groundcrew.outbox o set
          state = 'sending', attempts = attempts + 1, unsure = unsure or state = 'sending',
          lease = clock_timestamp() + make_interval(secs => ${leaseSeconds}), first_try = coalesce(first_try, ${now})
        from head
        where o.seq = head.seq and o.ended is null
          and ((o.state = 'waiting' and o.not_before <= ${now}) or (o.state = 'sending' and o.lease < clock_timestamp()))
        returning o.*,
          (select place from groundcrew.message m where m.key = coalesce(o.body ->> 'to', o.key) and m.slot = o.slot) as place,
          (select native from groundcrew.message m where m.key = coalesce(o.body ->> 'to', o.key) and m.slot = o.slot) as native`.execute(
        db,
      );
      const [row] = claimed.rows;
      if (row) return parcel(row);
      const head = await sql<{ next: Date }>`
        select case when state = 'sending' then lease else not_before end as next
        from groundcrew.outbox where lane = ${lane} and ended is null order by seq limit 1`.execute(db);
      return head.rows[0];
    },

    async done(p, delivered, now) {
      await sql`
        with sent as (
          update groundcrew.outbox set state = 'done', ended = ${now}, lease = null where seq = ${p.seq} returning key, slot
        )
        update groundcrew.message m set
          place = coalesce(${delivered.place ?? null}, m.place), native = coalesce(${delivered.native ?? null}, m.native)
        from sent where m.key = sent.key and m.slot = sent.slot`.execute(db);
    },

    async postpone(seq, until, why, { unsure, anew = false }) {
      await sql`
        update groundcrew.outbox set state = 'waiting', lease = null, not_before = ${until}, why = ${why},
          unsure = ${unsure}, first_try = case when ${anew && !unsure} then null else first_try end
        where seq = ${seq}`.execute(db);
    },

    async end(seq, state, why, now) {
      await sql`
        update groundcrew.outbox set state = ${state}, ended = ${now}, lease = null, why = ${why} where seq = ${seq}`.execute(
        db,
      );
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

    async ready(now, limit) {
      const heads = await sql<{ lane: string; seq: string; attempts: number }>`
        select lane, seq, attempts from (
          select distinct on (lane) lane, seq, attempts, state, not_before, lease
          from groundcrew.outbox where ended is null order by lane, seq
        ) head
        where (state = 'waiting' and not_before <= ${now}) or (state = 'sending' and lease < clock_timestamp())
        order by seq limit ${limit}`.execute(db);
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
  };
}
