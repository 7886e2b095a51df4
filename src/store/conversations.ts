import { sql } from 'kysely';
import type { AccountId, PlaceId } from '../core/kernel/index.ts';
import { type Db, json, kept } from './db.ts';

/** What is common to all references: whose 1:1 chat it is, and whether the bot is still there. */
type Kept = { readonly tenantId: string; readonly account?: AccountId; readonly installed: boolean };

/** How conversations are reached on a platform that needs more than an id. `R` is what its adapter keeps. */
export function createConversations<R extends Kept>(db: Db) {
  const one = async (rows: Promise<{ rows: { reference: R; installed: boolean }[] }>): Promise<R | undefined> => {
    const [row] = (await rows).rows;
    return row && { ...row.reference, installed: row.installed };
  };
  return {
    async save(place: PlaceId, reference: R): Promise<void> {
      await sql`${kept('conversations.save')}
        insert into groundcrew.conversation (place, account, reference, installed)
        values (${place}, ${reference.account ?? null}, ${json(reference)}, ${reference.installed})
        on conflict (place) do update set
          account = excluded.account, reference = excluded.reference, installed = excluded.installed, seen = now()`.execute(
        db,
      );
    },
    find: (place: PlaceId) =>
      one(
        sql<{ reference: R; installed: boolean }>`${kept('conversations.find')}
        select reference, installed from groundcrew.conversation where place = ${place}`.execute(db),
      ),
    direct: (account: AccountId) =>
      one(
        sql<{ reference: R; installed: boolean }>`${kept('conversations.direct')}
        select reference, installed from groundcrew.conversation
        where account = ${account} order by installed desc, seen desc, place desc limit 1`.execute(db),
      ),
    any: (tenantId: string) =>
      one(
        sql<{ reference: R; installed: boolean }>`
        select reference, installed from groundcrew.conversation
        where installed and reference ->> 'tenantId' = ${tenantId} order by seen desc, place desc limit 1`.execute(db),
      ),
  };
}
