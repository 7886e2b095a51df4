import { sql } from 'kysely';
import type { IncidentStore, Watches } from '../core/incidents/store.ts';
import { calledIn, type Names } from './cluster-names.ts';
import type { Db } from './db.ts';

/** In seconds. A look is never ten seconds away; that a connection is half open shows after thirty. */
const fresh = 45;
/** In seconds. A cluster that nobody led for so long is not looked after any more: an update of all replicas takes less. */
const desertedAfter = 600;
/** In seconds. Between two that lead nobody does, for a moment. */
const betweenLeads = 60;

async function uidOf(db: Db, cluster: string): Promise<string | undefined> {
  const { rows } = await sql<{ uid: string | null }>`
    select uid from groundcrew.cluster_watch where cluster = ${cluster}`.execute(db);
  return rows[0]?.uid ?? undefined;
}

/** Nobody has led it for long. A version before this one gave back its lead without a word of when. */
const deserted = sql`(lease is null or lease < clock_timestamp() - make_interval(secs => ${desertedAfter}))`;

type Sightings = Pick<IncidentStore, 'see' | 'lose' | 'leave' | 'watched' | 'uid'>;

/** What whoever looks at a cluster tells of it: what it tells out of turn is no news. */
export function createSightings(db: Db, names: Names): Sightings {
  const called = (cluster: string) => calledIn(names, cluster);
  return {
    uid: (cluster) => uidOf(db, cluster),
    async see(cluster, { term, n, at, uid: is = null }) {
      // What is read below of how it was is then not older than what this changes.
      await sql`select from groundcrew.cluster_watch where cluster = ${cluster} for update`.execute(db);
      const { rows } = await sql<{ away: Date | null; was: string | null }>`
        insert into groundcrew.cluster_watch as w (cluster, seen, term, told, uid)
        values (${cluster}, ${at}, ${term}, ${n}, ${is})
        on conflict (cluster) do update set
          seen = excluded.seen, term = excluded.term, told = excluded.told, away = null,
          uid = coalesce(excluded.uid, w.uid)
        where (w.term, w.told) < (excluded.term, excluded.told)
        returning (select b.away from groundcrew.cluster_watch b where b.cluster = ${cluster}) as away,
          (select b.uid from groundcrew.cluster_watch b where b.cluster = ${cluster}) as was`.execute(db);
      const [row] = rows;
      if (row === undefined) return undefined;
      const other = row.was !== null && is !== null && row.was !== is ? { was: row.was } : {};
      return { ...called(cluster), ...(row.away ? { away: row.away } : {}), ...other };
    },
    async lose(cluster, since, term) {
      const { rows } = await sql<object>`
        update groundcrew.cluster_watch set away = ${since}
        where cluster = ${cluster} and away is null and term = ${term}
        returning cluster`.execute(db);
      return rows[0] && called(cluster);
    },
    async leave(cluster) {
      const { rows } = await sql<{ away: Date | null }>`
        update groundcrew.cluster_watch set away = null, holder = null, lost = null, term = term + 1, told = 0
        where cluster = ${cluster} and ${deserted}
        returning (select b.away from groundcrew.cluster_watch b where b.cluster = ${cluster}) as away`.execute(db);
      return rows[0] && { ...called(cluster), ...(rows[0].away ? { away: rows[0].away } : {}) };
    },
    async watched(cluster) {
      const { rows } = await sql<{ watched: boolean | null }>`
        select looked > clock_timestamp() - make_interval(secs => ${fresh}) as watched
        from groundcrew.cluster_watch where cluster = ${cluster}`.execute(db);
      // Before the first look by this version nothing was noted.
      return rows[0]?.watched ?? true;
    },
  };
}

/** Who looks at a cluster, of all processes: one leads, by a lease. */
export const createWatches = (db: Db): Watches => ({
  uid: (cluster) => uidOf(db, cluster),
  async lead(cluster, holder, leaseSeconds, { agoSeconds = null, lostSeconds = null } = {}) {
    const { rows } = await sql<{ term: string }>`
      insert into groundcrew.cluster_watch as w (cluster, holder, lease, term, looked, lost)
      values (${cluster}, ${holder}, clock_timestamp() + make_interval(secs => ${leaseSeconds}), 1,
        clock_timestamp() - make_interval(secs => ${agoSeconds}),
        clock_timestamp() - make_interval(secs => ${lostSeconds}))
      on conflict (cluster) do update set
        holder = excluded.holder,
        lease = excluded.lease,
        looked = coalesce(excluded.looked, w.looked),
        lost = excluded.lost,
        term = case when w.holder = excluded.holder then w.term else w.term + 1 end,
        told = case when w.holder = excluded.holder then w.told else 0 end
      where w.holder = excluded.holder or w.holder is null or w.lease is null or w.lease < clock_timestamp()
      returning term`.execute(db);
    return rows[0] && Number(rows[0].term);
  },
  async release(cluster, holder) {
    await sql`
      update groundcrew.cluster_watch set holder = null, lease = clock_timestamp(), lost = null
      where cluster = ${cluster} and holder = ${holder}`.execute(db);
  },
  async lost(cluster) {
    const { rows } = await sql<{ lost: number | null }>`
      select extract(epoch from clock_timestamp() - lost)::float as lost
      from groundcrew.cluster_watch where cluster = ${cluster}`.execute(db);
    return rows[0]?.lost ?? undefined;
  },
  async wrest(cluster, holder, leaseSeconds, lostSeconds) {
    const { rows } = await sql<{ term: string; blind: number | null }>`
      update groundcrew.cluster_watch set
        holder = ${holder}, lease = clock_timestamp() + make_interval(secs => ${leaseSeconds}),
        lost = null, term = term + 1, told = 0
      where cluster = ${cluster} and holder <> ${holder}
        and lost <= clock_timestamp() - make_interval(secs => ${lostSeconds})
      returning term, extract(epoch from clock_timestamp() - looked)::float as blind`.execute(db);
    const [row] = rows;
    if (row === undefined) return undefined;
    return { term: Number(row.term), ...(row.blind === null ? {} : { blindSeconds: row.blind }) };
  },
  async deserted() {
    const { rows } = await sql<{ cluster: string }>`
      select cluster from groundcrew.cluster_watch w
      where ${deserted} and (away is not null or exists (
        select from groundcrew.incident i where i.cluster = w.cluster and i.state <> 'resolved'))
      order by cluster`.execute(db);
    return rows.map((r) => r.cluster);
  },
  async led(cluster) {
    const { rows } = await sql<object>`
      select from groundcrew.cluster_watch where cluster = ${cluster}
        and lease > clock_timestamp() - make_interval(secs => ${betweenLeads})`.execute(db);
    return rows.length > 0;
  },
});
