import { randomUUID } from 'node:crypto';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Values } from '../core/catalog/path.ts';
import type { PersonId } from '../core/kernel/index.ts';
import type { Offer, Resource, ResourceChange, ResourceState, ResourceStore, Whose } from '../core/resources/store.ts';
import type { Output } from '../core/runs/run.ts';
import { contextNamed, type Names } from './cluster-names.ts';
import { type Db, json } from './db.ts';
import type { Tables } from './schema.ts';

type Row = Selectable<Tables['resource']>;

const resourceOf = (row: Row, names: Names): Resource => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  identity: row.identity,
  path: row.path,
  version: row.version,
  // Written by us from a value of this type.
  values: row.values as Values,
  team: row.team,
  owner: row.owner as PersonId,
  state: row.state as ResourceState,
  outputs: row.outputs as unknown as readonly Output[],
  created: row.created,
  changed: row.changed,
  extended: row.extended,
  ...(row.home === null ? {} : { home: row.home }),
  // One that is not connected any more is called by its context: whoever works on it says so then.
  ...(row.cluster === null ? {} : { cluster: names.get(row.cluster) ?? row.cluster }),
  ...(row.quota_kind === null ? {} : { quota: { kind: row.quota_kind, amount: Number(row.quota_amount) } }),
  ...(row.currency === null ? {} : { cost: { currency: row.currency, cents: row.cents ?? 0 } }),
  ...(row.expires === null ? {} : { expires: row.expires }),
  ...offerOf(row),
  ...(row.asked_by === null || row.asked_until === null
    ? {}
    : { asked: { by: row.asked_by as PersonId, until: row.asked_until } }),
});

function offerOf(row: Row): { readonly offer?: Offer } {
  if (row.offered_at === null) return {};
  const to =
    row.offered_person === null ? { team: row.offered_team ?? row.team } : { person: row.offered_person as PersonId };
  return {
    offer: { to, at: row.offered_at, ...(row.offered_by === null ? {} : { by: row.offered_by as PersonId }) },
  };
}
const noOffer = { offered_person: null, offered_team: null, offered_by: null, offered_at: null };
const offerColumns = ({ to, by, at }: Offer) => ({
  offered_person: 'person' in to ? to.person : null,
  offered_team: 'team' in to ? to.team : null,
  offered_by: by ?? null,
  offered_at: at,
});

/** The columns of what changes; those that are not named stay. */
function columns({ values, outputs, quota, cost, offer, asked, ...plain }: ResourceChange) {
  return {
    ...plain,
    ...(plain.team === undefined ? {} : { home: sql<string>`nullif(coalesce(home, team), ${plain.team})` }),
    ...(values ? { values: json(values) } : {}),
    ...(outputs ? { outputs: json(outputs) } : {}),
    ...(quota ? { quota_kind: quota.kind, quota_amount: quota.amount } : {}),
    ...(cost ? { currency: cost.currency, cents: cost.cents } : {}),
    ...(asked === undefined ? {} : { asked_by: asked?.by ?? null, asked_until: asked?.until ?? null }),
    ...(offer ? offerColumns(offer) : offer === null ? noOffer : {}),
  };
}

/** Whether the owner of a row of `resource` has a login that works. */
const owned = sql<boolean>`exists (
  select from groundcrew.account a where a.person = groundcrew.resource.owner and a.active)`;

/** Living ones that people see, of whom is asked. */
const visible = ({ owner, teams }: Whose): RawBuilder<boolean> => sql<boolean>`
  state <> 'gone' and (owner = ${owner ?? null}::uuid or team = any(${[...(teams ?? [])]}::text[]))`;

/** `names`: what clusters are called, by the context under which they are kept, the first one first. */
export const createResourceStore = (db: Db, names: Names): ResourceStore => {
  const resource = (row: Row) => resourceOf(row, names);
  const [first = null] = names.keys();
  /** A cluster may be called something else tomorrow. */
  const contextOf = (cluster: string | undefined): string | null =>
    cluster === undefined ? null : cluster === '' ? first : (contextNamed(names, cluster) ?? cluster);
  /** Of a list that begins with the newest, what comes after one of it. */
  const olderThan = (after: string | undefined) =>
    sql<boolean>`(created, id) < (select a.created, a.id from groundcrew.resource a where a.id = ${after ?? null}::uuid)`;
  const living = () => db.selectFrom('resource').selectAll().where('state', '<>', 'gone');

  return {
    async add({ values, quota, cost, expires, cluster, ...rest }) {
      const row = await db
        .insertInto('resource')
        .values({
          ...rest,
          home: null,
          cluster: contextOf(cluster),
          id: randomUUID(),
          values: json(values),
          state: 'making',
          quota_kind: quota?.kind ?? null,
          quota_amount: quota?.amount ?? null,
          currency: cost?.currency ?? null,
          cents: cost?.cents ?? null,
          expires: expires ?? null,
          changed: rest.created,
        })
        // Who comes second at the same moment waits here for the first, and then finds it.
        .onConflict((on) => on.column('identity').where(sql<boolean>`state <> 'gone'`).doNothing())
        .returningAll()
        .executeTakeFirst();
      return row && resource(row);
    },
    async take(id) {
      const row = await db.selectFrom('resource').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
      return row && resource(row);
    },
    async takeSlug(slug) {
      const row = await db.selectFrom('resource').selectAll().where('slug', '=', slug).forUpdate().executeTakeFirst();
      return row && resource(row);
    },
    async byId(id) {
      const row = await db.selectFrom('resource').selectAll().where('id', '=', id).executeTakeFirst();
      return row && resource(row);
    },
    async byIdentity(identity) {
      const row = await living().where('identity', '=', identity).executeTakeFirst();
      return row && resource(row);
    },
    async named(name, limit) {
      const rows = await living()
        .where(sql<boolean>`(lower(name) = lower(${name}) or slug = lower(${name}))`)
        .orderBy('created', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(resource);
    },
    async change(id, change, at) {
      await db
        .updateTable('resource')
        .set({ ...columns(change), changed: at })
        .where('id', '=', id)
        .execute();
    },
    async of(whose, limit, after) {
      const rows = await db
        .selectFrom('resource')
        .selectAll()
        .where(visible(whose))
        .$if(after !== undefined, (q) => q.where(olderThan(after)))
        .orderBy('created', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(resource);
    },
    async totals(whose) {
      const of = db.selectFrom('resource').where(visible(whose));
      const { count } = await of.select(sql<number>`count(*)::int`.as('count')).executeTakeFirstOrThrow();
      const costs = await of
        .select(['currency', sql<string>`sum(cents)`.as('cents')])
        .where('currency', 'is not', null)
        .groupBy('currency')
        .orderBy('currency')
        .execute();
      const quotas = await of
        .select(['team', 'quota_kind', sql<string>`sum(quota_amount)`.as('amount')])
        .where('quota_kind', 'is not', null)
        .groupBy(['team', 'quota_kind'])
        .orderBy('team')
        .orderBy('quota_kind')
        .execute();
      return {
        count,
        costs: costs.map((c) => ({ currency: c.currency ?? '', cents: Number(c.cents) })),
        quotas: quotas.map((q) => ({ team: q.team, kind: q.quota_kind ?? '', amount: Number(q.amount) })),
      };
    },
    async history({ id, slug }, limit) {
      const { rows } = await sql<{ at: Date; by: string | null; what: string; number: number | null }>`
        select at, nullif(who, 'groundcrew') as by, what, null::int as number
          from groundcrew.audit where about = ${`resource/${slug}`}
        union all
        select coalesce(ready, changed), requester::text, verb || '.' || state, number
          from groundcrew.request
          where resource = ${id} and state in ('queued', 'running', 'ready', 'failed')
        order by at desc, number desc limit ${limit}`.execute(db);
      return rows.map(({ at, by, what, number }) => ({
        at,
        what,
        ...(by === null ? {} : { by: by as PersonId }),
        ...(number === null ? {} : { number }),
      }));
    },
    async ofPath(path, limit, after) {
      const rows = await living()
        .where('path', '=', path)
        .$if(after !== undefined, (q) => q.where(olderThan(after)))
        .orderBy('created', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(resource);
    },
    async orphans(limit) {
      const rows = await living()
        .where((on) => on.or([on('offered_at', 'is', null), on('offered_by', 'is not', null)]))
        .where(sql<boolean>`not ${owned}`)
        .orderBy('created')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(resource);
    },
    async left(owner, team, at) {
      const rows = await living()
        .where('owner', '=', owner)
        .where('team', '=', team)
        .where('offered_at', '=', at)
        .where('offered_by', 'is', null)
        .orderBy('created')
        .orderBy('id')
        .execute();
      return rows.map(resource);
    },
    async returned() {
      await db
        .updateTable('resource')
        .set(noOffer)
        .where('offered_at', 'is not', null)
        .where('offered_by', 'is', null)
        .where(owned)
        .execute();
    },
    async usage(team, kind, currency) {
      // An update that changes nothing locks the row, whether it was there or not.
      await sql`insert into groundcrew.team_quota (team) values (${team})
        on conflict (team) do update set team = excluded.team`.execute(db);
      const { amount, cents } = await db
        .selectFrom('resource')
        .select([
          sql<string>`coalesce(sum(quota_amount) filter (where quota_kind = ${kind ?? null}), 0)`.as('amount'),
          sql<string>`coalesce(sum(cents) filter (where currency = coalesce(${currency ?? null}, currency)), 0)`.as(
            'cents',
          ),
        ])
        .where('team', '=', team)
        .where('state', '<>', 'gone')
        .executeTakeFirstOrThrow();
      return { amount: Number(amount), cents: Number(cents) };
    },
  };
};
