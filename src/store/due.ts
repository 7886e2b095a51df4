import { sql } from 'kysely';
import type { Due } from '../engine/ports.ts';
import { type Db, json } from './db.ts';

export const createDue = (db: Db): Due => ({
  async put(...rows) {
    if (rows.length === 0) return;
    await sql`
      insert into groundcrew.due (key, job, input, at)
      select key, job, input::jsonb, at from unnest(
        ${rows.map((r) => r.key)}::text[], ${rows.map((r) => r.job)}::text[],
        ${rows.map((r) => json(r.input))}::text[], ${rows.map((r) => r.at.toISOString())}::timestamptz[]
      ) as row (key, job, input, at)
      order by key
      on conflict (key) do update set
        job = excluded.job, input = excluded.input, at = excluded.at, tries = 0, not_before = null`.execute(db);
  },
  async remove(...keys) {
    if (keys.length > 0) await db.deleteFrom('due').where('key', 'in', keys).execute();
  },
  async take(key, at) {
    const taken = await db.deleteFrom('due').where('key', '=', key).where('at', '=', at).executeTakeFirst();
    return taken.numDeletedRows === 1n;
  },
  async ready(now, limit) {
    return db
      .selectFrom('due')
      .select(['key', 'job', 'input', 'at', 'tries'])
      .where('at', '<=', now)
      .where((e) => e.or([e('not_before', 'is', null), e('not_before', '<=', now)]))
      .orderBy('at')
      .limit(limit)
      .execute();
  },
  async failed(key, at, until) {
    await sql`
      update groundcrew.due set tries = tries + 1, not_before = ${until} where key = ${key} and at = ${at}`.execute(db);
  },
});
