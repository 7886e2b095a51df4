import { sql } from 'kysely';
import type { Whereabouts } from '../core/runs/run.ts';
import type { Db } from './db.ts';

export const createWhereabouts = (db: Db): Whereabouts => ({
  async of(resource) {
    const found = await db.selectFrom('resource').select('cluster_uid').where('slug', '=', resource).executeTakeFirst();
    return found?.cluster_uid ?? undefined;
  },
  // One statement: of two that begin at once in two clusters one is told the cluster of the other.
  async keep(resource, uid) {
    const kept = await db
      .updateTable('resource')
      .set({ cluster_uid: sql<string>`coalesce(cluster_uid, ${uid})` })
      .where('slug', '=', resource)
      .returning('cluster_uid')
      .executeTakeFirst();
    return kept?.cluster_uid ?? undefined;
  },
  async leave(resource) {
    await db.updateTable('resource').set({ cluster_uid: null }).where('slug', '=', resource).execute();
  },
});
