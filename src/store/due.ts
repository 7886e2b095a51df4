import { sql } from 'kysely';
import type { Due } from '../engine/ports.ts';
import { type Db, json } from './db.ts';

export const createDue = (db: Db): Due => ({
  async put({ key, job, input, at }) {
    await sql`
      insert into groundcrew.due (key, job, input, at) values (${key}, ${job}, ${json(input)}, ${at})
      on conflict (key) do update set job = excluded.job, input = excluded.input, at = excluded.at`.execute(db);
  },
  async remove(key) {
    await db.deleteFrom('due').where('key', '=', key).execute();
  },
  async take(key, at) {
    const taken = await db.deleteFrom('due').where('key', '=', key).where('at', '=', at).executeTakeFirst();
    return taken.numDeletedRows === 1n;
  },
  async ready(now, limit) {
    return db
      .selectFrom('due')
      .select(['key', 'job', 'input', 'at'])
      .where('at', '<=', now)
      .orderBy('at')
      .limit(limit)
      .execute();
  },
});
