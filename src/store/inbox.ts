import { sql } from 'kysely';
import type { AccountId, Origin, Reply } from '../core/kernel/index.ts';
import type { Inbox } from '../engine/ports.ts';
import type { Db } from './db.ts';

/** What an arrival is answered, also when that is kept once for many. */
const replies = sql.raw(`coalesce(
  (select a.replies from groundcrew.lasting_answer a where a.id = inbox.lasting), inbox.replies) as replies`);

export const createInbox = (db: Db): Inbox => ({
  async replies(delivery) {
    const { rows } = await sql<{ replies: readonly Reply[] }>`
      select ${replies} from groundcrew.inbox where delivery = ${delivery}`.execute(db);
    return rows[0]?.replies;
  },

  async settle(deliveries) {
    await sql`
      update groundcrew.inbox set settled = true, origin = null where delivery = any(${deliveries as string[]})`.execute(
      db,
    );
  },

  async owed(ageMs, limit) {
    const { rows } = await sql<{
      delivery: string;
      origin: Origin;
      replies: readonly Reply[];
      account: AccountId;
      ageMs: number;
    }>`
      update groundcrew.inbox set tried = clock_timestamp()
      where delivery = any(array(
        select delivery from groundcrew.inbox
        where not settled and written < clock_timestamp() - make_interval(secs => ${ageMs / 1000})
          and (tried is null or tried < clock_timestamp() - interval '30 seconds')
        order by tried nulls first, at limit ${limit} for update skip locked))
      returning delivery, origin, ${replies}, account,
        extract(epoch from clock_timestamp() - written)::float8 * 1000 as "ageMs"`.execute(db);
    return rows.toSorted((a, b) => b.ageMs - a.ageMs);
  },

  async forget(before) {
    const gone = await db.deleteFrom('inbox').where('at', '<', before).where('settled', '=', true).executeTakeFirst();
    // Long after the last arrival that points to it: see `lasting_answer`.
    await sql`
      delete from groundcrew.lasting_answer a where used < clock_timestamp() - interval '14 days'
        and not exists (select from groundcrew.inbox where lasting = a.id)`.execute(db);
    return Number(gone.numDeletedRows);
  },
  async erase(delivery) {
    await db.deleteFrom('inbox').where('delivery', '=', delivery).execute();
  },
});
