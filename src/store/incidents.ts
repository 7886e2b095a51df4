import { type Selectable, sql } from 'kysely';
import { asideName, beforeOf } from '../core/incidents/aside.ts';
import type { Family } from '../core/incidents/life.ts';
import { service, verdict } from '../core/incidents/seen.ts';
import type {
  Incident,
  IncidentChange,
  IncidentStore,
  Mending,
  Mute,
  Scope,
  State,
  Watches,
} from '../core/incidents/store.ts';
import type { PersonId } from '../core/kernel/index.ts';
import { type Db, json } from './db.ts';
import type { Tables } from './schema.ts';

/** What clusters are called, by the context under which they are kept; empty where there is one. */
export type Names = ReadonlyMap<string, string>;
/** One of several that is not ours, or not any more, is called as it is kept: without a name it would pass for the only one. */
export const calledIn = (names: Names, cluster: string): { readonly called?: string } =>
  names.size === 0 ? {} : { called: beforeOf(cluster, (context) => names.get(context) ?? context) };
/** In seconds. A look is never ten seconds away; that a connection is half open shows after thirty. */
const fresh = 45;
/** In seconds. A cluster that nobody led for so long is not looked after any more: an update of all replicas takes less. */
const desertedAfter = 600;
/** In seconds. Between two that lead nobody does, for a moment. */
const betweenLeads = 60;

type Row = Selectable<Tables['incident']> & { readonly uid: string | null };
/** Which cluster its context leads to, as far as that was told. */
const uid = sql<string | null>`(select w.uid from groundcrew.cluster_watch w where w.cluster = incident.cluster)`.as(
  'uid',
);

const known = (row: Row, called: { readonly called?: string }): Incident => ({
  id: row.id,
  number: row.number,
  cluster: row.cluster,
  ...called,
  ...(row.uid === null ? {} : { uid: row.uid }),
  subject: row.subject,
  family: row.family as Family,
  state: row.state as State,
  verdict: verdict.parse(row.verdict),
  opened: row.opened,
  changed: row.changed,
  ...(row.service === null ? {} : { service: service.parse(row.service) }),
  ...(row.team === null ? {} : { team: row.team }),
  ...(row.message === null ? {} : { message: row.message }),
  ...(row.well === null ? {} : { well: row.well }),
  ...(row.resolved === null ? {} : { resolved: row.resolved }),
  ...(row.into === null ? {} : { into: row.into }),
  ...(row.unfollowed ? { unfollowed: true as const } : {}),
  ...(row.taken === null ? {} : { taken: row.taken as PersonId }),
  // Written by us from a value of this type.
  ...(row.fix === null ? {} : { mending: row.fix as unknown as Mending }),
});

function columns({ verdict: v, service: s, mending, ...plain }: IncidentChange) {
  return {
    ...plain,
    ...(v === undefined ? {} : { verdict: json(v), cause: v.code }),
    ...(s === undefined ? {} : { service: json(s) }),
    ...(mending === undefined ? {} : { fix: json(mending) }),
  };
}

const mute = (row: Selectable<Tables['incident_mute']>): Mute => ({
  cluster: row.cluster,
  scope: row.scope as Scope,
  value: row.value,
  who: row.who as PersonId,
  at: row.at,
  ...(row.until === null ? { revision: row.revision ?? '' } : { until: row.until }),
});

export const createIncidentStore = (db: Db, names: Names): IncidentStore => {
  const all = () => db.selectFrom('incident').selectAll().select(uid);
  const called = (cluster: string) => calledIn(names, cluster);
  const incident = (row: Row) => known(row, called(row.cluster));
  return {
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
    async putAside(cluster, was, is) {
      for (const [from, to] of [
        [cluster, asideName(cluster, was)],
        [asideName(cluster, is), cluster],
      ])
        for (const table of ['incident', 'incident_mute', 'rollout'] as const)
          await sql`update groundcrew.${sql.ref(table)} set cluster = ${to} where cluster = ${from}`.execute(db);
    },
    async uid(cluster) {
      return uidOf(db, cluster);
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
    async living(cluster) {
      const rows = await all()
        .where('cluster', '=', cluster)
        .where('state', '<>', 'resolved')
        .orderBy('number')
        .forUpdate()
        .execute();
      return rows.map(incident);
    },
    async lately(cluster, subject, family, since) {
      const row = await all()
        .where('cluster', '=', cluster)
        .where('subject', '=', subject)
        .where('family', '=', family)
        .orderBy('opened', 'desc')
        .limit(1)
        .forUpdate()
        .executeTakeFirst();
      return row?.resolved && row.resolved > since ? incident(row) : undefined;
    },
    async current(cluster, subject, family) {
      const row = await all()
        .where('cluster', '=', cluster)
        .where('subject', '=', subject)
        .where('family', '=', family)
        .where('state', '<>', 'resolved')
        .executeTakeFirst();
      return row && incident(row);
    },
    async take(id) {
      const row = await all().where('id', '=', id).forUpdate().executeTakeFirst();
      return row && incident(row);
    },
    async ofMessage(message) {
      return (await all().where('message', '=', message).orderBy('number').execute()).map(incident);
    },
    async add({ verdict: v, service: s, ...rest }) {
      const row = await db
        .insertInto('incident')
        .values({
          ...rest,
          state: 'open',
          cause: v.code,
          verdict: json(v),
          service: s === undefined ? null : json(s),
          changed: rest.opened,
        })
        .returningAll()
        .returning(uid)
        .executeTakeFirstOrThrow();
      return incident(row);
    },
    async change(id, change, at) {
      await db
        .updateTable('incident')
        .set({ ...columns(change), changed: at })
        .where('id', '=', id)
        .execute();
    },
    async mutes(cluster, now) {
      const rows = await db
        .selectFrom('incident_mute')
        .selectAll()
        .where('cluster', '=', cluster)
        .where((e) => e.or([e('until', 'is', null), e('until', '>', now)]))
        .orderBy('at', 'desc')
        .orderBy('scope')
        .orderBy('value')
        .execute();
      return rows.map(mute);
    },
    async mute(m) {
      const { cluster, scope, value, who, at } = m;
      const length = 'until' in m ? { until: m.until, revision: null } : { until: null, revision: m.revision };
      const row = { cluster, scope, value, who, at, ...length };
      await db
        .insertInto('incident_mute')
        .values(row)
        .onConflict((on) => on.columns(['cluster', 'scope', 'value']).doUpdateSet(row))
        .execute();
    },
    async unmute(cluster, scope, value) {
      await db
        .deleteFrom('incident_mute')
        .where('cluster', '=', cluster)
        .where('scope', '=', scope)
        .where('value', '=', value)
        .execute();
    },
    async rolledOut(cluster, rollouts, at) {
      const told = sql`unnest(
          ${rollouts.map((r) => r.subject)}::text[],
          ${rollouts.map((r) => r.template)}::text[],
          ${rollouts.map((r) => r.team ?? null)}::text[],
          ${rollouts.map((r) => r.committed ?? null)}::timestamptz[],
          ${rollouts.map((r) => r.by?.toLowerCase() ?? null)}::text[]
        ) as r (subject, template, team, committed, by)`;
      // A print that was made in another way says nothing: the latest of its workload is taken for what is seen now.
      await sql`
        update groundcrew.rollout o set template = r.template from ${told}
        where o.cluster = ${cluster} and o.subject = r.subject
          and split_part(o.template, ':', 1) <> split_part(r.template, ':', 1)
          and o.template = (select l.template from groundcrew.rollout l
            where l.cluster = ${cluster} and l.subject = r.subject order by l.at desc, l.template desc limit 1)
          and not exists (select from groundcrew.rollout k
            where k.cluster = ${cluster} and k.subject = r.subject and k.template = r.template)`.execute(db);
      await sql`
        insert into groundcrew.rollout (cluster, subject, template, team, committed, person, at, baseline)
        select ${cluster}, r.subject, r.template, r.team, r.committed,
          (select p.id from groundcrew.person p where p.email = r.by), ${at},
          not exists (select from groundcrew.rollout o where o.cluster = ${cluster} and o.subject = r.subject)
        from ${told} on conflict do nothing`.execute(db);
      await sql`
        update groundcrew.rollout o set reverted = ${at}
        from ${told} join groundcrew.rollout k
          on k.cluster = ${cluster} and k.subject = r.subject and k.template = r.template
        where o.cluster = ${cluster} and o.subject = r.subject and o.at > k.at and o.reverted is null`.execute(db);
    },
  };
};

async function uidOf(db: Db, cluster: string): Promise<string | undefined> {
  const { rows } = await sql<{ uid: string | null }>`
    select uid from groundcrew.cluster_watch where cluster = ${cluster}`.execute(db);
  return rows[0]?.uid ?? undefined;
}

/** Nobody has led it for long. A version before this one gave back its lead without a word of when. */
const deserted = sql`(lease is null or lease < clock_timestamp() - make_interval(secs => ${desertedAfter}))`;

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
