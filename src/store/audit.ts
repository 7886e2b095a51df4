import { createHash } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Json } from '../core/kernel/inbound.ts';
import type { AuditStore } from '../core/requests/store.ts';
import { type Db, json } from './db.ts';
import type { Tables } from './schema.ts';

/** One line of the audit as it is exported: all that its hash is taken of, and the hash. */
export type AuditLine = {
  readonly seq: number;
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly about: string;
  readonly details: Json;
  readonly before: string;
  readonly hash: string;
};
export type AuditHead = { readonly seq: number; readonly hash: string };

/** What stands before the first entry. */
const genesis: AuditHead = { seq: 0, hash: '0'.repeat(64) };

/** The same value has the same text, in whatever order its keys come back from the database. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value as { readonly [key: string]: Json }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${canonical(v)}`).join(',')}}`;
}

const hashOf = ({ hash: _, ...line }: Omit<AuditLine, 'hash'> & { readonly hash?: string }): string =>
  createHash('sha256').update(canonical(line)).digest('hex');

/**
 * Append-only. The one row of `audit_head` is locked by whoever appends, so that entries come one after the other, from
 * however many processes; it also tells when the last entries were cut off.
 */
export const createAuditStore = (db: Db): AuditStore => ({
  async append({ at, who, what, about, details }) {
    await sql`
      insert into groundcrew.audit_head (one, seq, hash) values (true, 0, ${genesis.hash}) on conflict do nothing`.execute(
      db,
    );
    const head = await db.selectFrom('audit_head').selectAll().forUpdate().executeTakeFirstOrThrow();
    // What Postgres cannot keep of a text is not hashed either.
    const kept = JSON.parse(json({ who, what, about, details })) as Pick<
      AuditLine,
      'who' | 'what' | 'about' | 'details'
    >;
    const line = { seq: Number(head.seq) + 1, at: at.toISOString(), ...kept, before: head.hash };
    const hash = hashOf(line);
    await db
      .insertInto('audit')
      .values({ ...line, seq: String(line.seq), at, details: json(line.details), hash })
      .execute();
    await db
      .updateTable('audit_head')
      .set({ seq: String(line.seq), hash })
      .execute();
  },
});

const asLine = (row: Selectable<Tables['audit']>): AuditLine => ({
  seq: Number(row.seq),
  at: row.at.toISOString(),
  who: row.who,
  what: row.what,
  about: row.about,
  details: row.details,
  before: row.before,
  hash: row.hash,
});

const page = 1_000;

/** All entries in order, read page by page. */
export async function* auditLines(db: Db): AsyncGenerator<AuditLine> {
  let after = 0n;
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', String(after))
      .orderBy('seq')
      .limit(page)
      .execute();
    yield* rows.map(asLine);
    const last = rows.at(-1);
    if (!last || rows.length < page) return;
    after = BigInt(last.seq);
  }
}

export async function auditHead(db: Db): Promise<AuditHead> {
  const head = await db.selectFrom('audit_head').selectAll().executeTakeFirst();
  return head ? { seq: Number(head.seq), hash: head.hash } : genesis;
}

export type Verified =
  | { readonly whole: true; readonly head: AuditHead }
  | { readonly whole: false; readonly at: number; readonly why: string };

/**
 * Follows the chain from its first entry. `anchor`: an entry as it was noted down outside of the database, which is the
 * only way to find out that somebody wrote the whole chain anew.
 */
export async function verifyChain(
  lines: AsyncIterable<AuditLine>,
  head: AuditHead,
  anchor?: AuditHead,
): Promise<Verified> {
  let last = genesis;
  const broken = (at: number, why: string): Verified => ({ whole: false, at, why });
  for await (const entry of lines) {
    if (entry.seq !== last.seq + 1)
      return broken(last.seq + 1, `entry ${last.seq + 1} is missing: ${last.seq} is followed by ${entry.seq}`);
    if (entry.before !== last.hash)
      return broken(
        entry.seq,
        `entry ${entry.seq} does not follow entry ${last.seq}: one of them was replaced or moved`,
      );
    if (hashOf(entry) !== entry.hash) return broken(entry.seq, `entry ${entry.seq} was changed after it was written`);
    if (anchor?.seq === entry.seq && anchor.hash !== entry.hash)
      return broken(entry.seq, `entry ${entry.seq} is not the one that was noted: the chain was written anew`);
    last = entry;
  }
  if (last.seq !== head.seq || last.hash !== head.hash)
    return broken(last.seq + 1, `the last entries are missing: ${head.seq} were written, ${last.seq} are there`);
  if (anchor && anchor.seq > last.seq) return broken(last.seq + 1, `entry ${anchor.seq}, which was noted, is missing`);
  return { whole: true, head: { seq: last.seq, hash: last.hash } };
}
