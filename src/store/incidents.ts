import { type Selectable, sql } from 'kysely';
import { asideName } from '../core/incidents/aside.ts';
import type { Family } from '../core/incidents/life.ts';
import { service, verdict } from '../core/incidents/seen.ts';
import type { Incident, IncidentChange, IncidentStore, Mending, Mute, Scope, State } from '../core/incidents/store.ts';
import type { PersonId } from '../core/kernel/index.ts';
import { calledIn, type Names } from './cluster-names.ts';
import { createSightings } from './cluster-watches.ts';
import { type Db, json } from './db.ts';
import type { Tables } from './schema.ts';

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
    ...createSightings(db, names),
    async putAside(cluster, was, is) {
      const move = async (from: string, to: string): Promise<boolean> => {
        let any = false;
        for (const table of ['incident', 'incident_mute', 'rollout'] as const) {
          const moved = sql`update groundcrew.${sql.ref(table)} set cluster = ${to} where cluster = ${from}`;
          any = ((await moved.execute(db)).numAffectedRows ?? 0n) > 0n || any;
        }
        return any;
      };
      await move(cluster, asideName(cluster, was));
      return move(asideName(cluster, is), cluster);
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
