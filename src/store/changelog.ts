import { sql } from 'kysely';
import type { AnnouncementStore } from '../core/announcements/store.ts';
import type { Db } from './db.ts';

/** The part of the announcements that knows what the weekly changelog is made of, and up to when it was made. */
type ChangelogStore = Pick<
  AnnouncementStore,
  'lastChangelog' | 'changelogUpTo' | 'closedIncidents' | 'notePull' | 'takePulls' | 'knownPaths' | 'notePaths'
>;

export const createChangelogStore = (db: Db): ChangelogStore => ({
  async lastChangelog() {
    const row = await db.selectFrom('changelog').select('upto').executeTakeFirst();
    return row?.upto;
  },
  async changelogUpTo(upto) {
    await db
      .insertInto('changelog')
      .values({ upto })
      .onConflict((on) => on.column('one').doUpdateSet({ upto }))
      .execute();
  },
  async closedIncidents(from, to) {
    const { rows } = await sql<{ count: number; median: number | null }>`
      select count(*)::int as count,
        percentile_cont(0.5) within group (order by extract(epoch from resolved - opened))::float as median
      from groundcrew.incident
      where resolved >= ${from} and resolved < ${to} and "into" is null and not unfollowed`.execute(db);
    const { count = 0, median = null } = rows[0] ?? {};
    return { count, ...(median === null ? {} : { median: Math.round(median) }) };
  },
  async notePull({ repository, number, ...more }, news) {
    await db
      .insertInto('changelog_pull')
      .values({ repository, number, ...more, news })
      .onConflict((on) =>
        on
          .columns(['repository', 'number'])
          .doUpdateSet({ ...more, news })
          .where('changelog_pull.changed', '<=', more.changed),
      )
      .execute();
  },
  async takePulls(before) {
    const rows = await db
      .updateTable('changelog_pull')
      .set({ told: true })
      .where('told', '=', false)
      .where('news', '=', true)
      .where('merged', '<', before)
      .returning(['repository', 'number', 'words', 'url', 'merged', 'changed'])
      .execute();
    return rows.toSorted(
      (a, b) =>
        a.merged.getTime() - b.merged.getTime() ||
        a.repository.localeCompare(b.repository, 'en') ||
        a.number - b.number,
    );
  },
  async knownPaths() {
    return db.selectFrom('changelog_path').selectAll().orderBy('path').execute();
  },
  async notePaths(paths) {
    if (paths.length === 0) return;
    await db
      .insertInto('changelog_path')
      .values([...paths])
      .onConflict((on) =>
        on
          .column('path')
          .doUpdateSet((e) => ({ version: e.ref('excluded.version'), lifecycle: e.ref('excluded.lifecycle') })),
      )
      .execute();
  },
});
