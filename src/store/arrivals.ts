import type pg from 'pg';
import type { Reply } from '../core/kernel/index.ts';
import type { Arrival } from '../engine/ports.ts';
import { isBadData, json, prepared, preparedOn } from './db.ts';
import { together } from './together.ts';

/** An arrival with all that came of it; `commit` as in `Store.arrival`. */
export type Whole = { readonly arrival: Arrival; readonly replies: readonly Reply[]; readonly commit?: () => void };

// The rows come in the order of their ids, so that two processes that write the same ones wait and do not deadlock.
const add = `
  insert into groundcrew.inbox (delivery, kind, at, account, origin, replies, settled)
  select delivery, kind, at, account, origin, coalesce(replies, '[]'), replies is null
  from jsonb_to_recordset($1::jsonb)
    as arrived (delivery text, kind text, at timestamptz, account text, origin jsonb, replies jsonb)
  order by delivery
  on conflict (delivery) do nothing
  returning delivery`;

const open = `
  insert into groundcrew.inbox (delivery, kind, at, account) values ($1, $2, $3, $4) on conflict (delivery) do nothing`;

const owe = `
  update groundcrew.inbox set origin = $2, replies = $3, settled = false where delivery = $1`;

const rowOf = ({ arrival: { origin, ...arrival }, replies }: Whole) =>
  replies.length > 0 && origin ? { ...arrival, origin, replies } : arrival;

/** The row of an arrival when its transaction has others as well: `open` first, `owe` last. */
export const arrivalRow = {
  /** False when this delivery was there before. */
  async open(client: pg.PoolClient, { delivery, kind, at, account }: Arrival): Promise<boolean> {
    const { rowCount } = await prepared(client, 'open', open, [delivery, kind, at, account ?? null]);
    return rowCount === 1;
  },
  async owe(client: pg.PoolClient, { delivery, origin }: Arrival, replies: readonly Reply[]): Promise<void> {
    if (origin && replies.length > 0) await prepared(client, 'owe', owe, [delivery, json(origin), json(replies)]);
  },
};

/** Writes arrivals that are one row each: those that come at the same moment in one statement and one commit. */
export function createArrivals(pool: pg.Pool): (whole: Whole) => Promise<boolean> {
  return together<Whole, boolean>(async (all) => {
    const calledOff = all.map(({ commit }) => thrownBy(commit));
    const rows = all.filter((_, i) => !calledOff[i]).map(rowOf);
    const added = rows.length === 0 ? [] : await preparedOn<{ delivery: string }>(pool, 'arrive', add, [json(rows)]);
    const fresh = new Set(added.map((row) => row.delivery));
    // The same delivery may come twice in one batch: the first has the row.
    return all.map(({ arrival }, i) => calledOff[i] ?? fresh.delete(arrival.delivery));
  }, isBadData);
}

function thrownBy(commit: (() => void) | undefined): Error | undefined {
  try {
    commit?.();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
