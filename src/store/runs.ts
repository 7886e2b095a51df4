import { type Selectable, sql } from 'kysely';
import type { Json } from '../core/kernel/index.ts';
import { ended, type Order, type Progress, queued, type Run, type RunClaims, type RunStore } from '../core/runs/run.ts';
import { contextNamed, type Names } from './cluster-names.ts';
import { type Db, json } from './db.ts';
import type { Tables } from './schema.ts';

type Row = Selectable<Tables['run']>;

const run = (row: Row): Run => ({
  key: row.key,
  backend: row.backend,
  order: row.order as unknown as Order,
  progress: row.progress as unknown as Progress,
  attempt: row.attempt,
  cancelled: row.cancelled,
  created: row.created,
  ...(row.ended === null ? {} : { ended: row.ended }),
});

function kept(order: Order, names: Names): Order {
  const context = contextNamed(names, order.cluster);
  return context === undefined ? order : { ...order, cluster: context };
}

/** The cluster that a run is for; nothing: the first, or there is none. */
const cluster = sql`coalesce("order" ->> 'cluster', '')`;

/** `names`: what clusters are called, by the context under which they are kept. */
export const createRunStore = (db: Db, names: Names): RunStore => ({
  kept: (order) => kept(order, names),
  async start({ key, backend, order, at }) {
    await db
      .insertInto('run')
      .values({ key, backend, order: json(kept(order, names)), progress: json(queued), created: at })
      .onConflict((c) => c.column('key').doNothing())
      .execute();
  },
  async byKey(key) {
    const row = await db.selectFrom('run').selectAll().where('key', '=', key).executeTakeFirst();
    return row && run(row);
  },
  async made(resource) {
    const { rows } = await sql<{ spec: Json }>`
      select "order" -> 'spec' as spec from groundcrew.run
      where "order" ->> 'resource' = ${resource} and "order" ->> 'verb' in ('create', 'change') and attempt > 0
      group by 1 order by max(created) desc limit 50`.execute(db);
    return rows.map((row) => row.spec);
  },
  async moved(key, attempt, progress, at) {
    const moved = await db
      .updateTable('run')
      .set({
        progress: json(progress),
        ...(ended(progress.state) ? { ended: at, holder: null, lease: null } : {}),
      })
      .where('key', '=', key)
      .where('attempt', '=', attempt)
      .where('ended', 'is', null)
      .executeTakeFirst();
    return moved.numUpdatedRows === 1n;
  },
  async cancel(key) {
    await db.updateTable('run').set({ cancelled: true }).where('key', '=', key).where('ended', 'is', null).execute();
  },
  async forget(prefix, before) {
    await sql`
      delete from groundcrew.run r where ended < ${before} and starts_with(key, ${prefix})
        and not exists (select from groundcrew.request q where q.run = r.key)
        and not exists (select from groundcrew.path_health h where h.run = r.key or h.left_run = r.key)`.execute(db);
  },
});

export const createRunClaims = (db: Db): RunClaims => ({
  // One statement, and rows that another is just taking are passed over: so nobody waits, and no run is taken twice.
  async claim(holder, atOnce, leaseSeconds, busy = []) {
    const wanted = Object.entries(atOnce).filter(([, n]) => n > 0);
    if (wanted.length === 0) return [];
    const { rows } = await sql<Row>`
      with free as (
        select r.key
        from (
          select distinct b.name, b.most, ${cluster} as cluster
          from unnest(${wanted.map(([name]) => name)}::text[], ${wanted.map(([, n]) => n)}::int[]) as b (name, most)
          join groundcrew.run on ended is null and backend = b.name and (lease is null or lease < clock_timestamp())
        ) line
        cross join lateral (
          select key from groundcrew.run
          where ended is null and backend = line.name and ${cluster} = line.cluster
            and (lease is null or lease < clock_timestamp())
          order by created, key limit greatest(0, line.most - (
            select count(*) from groundcrew.run where key = any(${busy}) and backend = line.name and ${cluster} = line.cluster
          ))
          for update skip locked
        ) r
      )
      update groundcrew.run r set
        holder = ${holder}, attempt = attempt + 1, lease = clock_timestamp() + make_interval(secs => ${leaseSeconds})
      from free where r.key = free.key
      returning r.*`.execute(db);
    return rows.map(run).toSorted((a, b) => a.created.getTime() - b.created.getTime() || (a.key < b.key ? -1 : 1));
  },
  async strays(holder, known, waitedSeconds, leaseSeconds) {
    const { rows } = await sql<Row>`
      with stray as (
        select key from groundcrew.run r
        where ended is null and backend <> all(${known}::text[]) and (lease is null or lease < clock_timestamp())
          and (cancelled or created < clock_timestamp() - make_interval(secs => ${waitedSeconds}))
          and not exists (
            select from groundcrew.run other
            where other.ended is null and other.backend = r.backend and other.lease >= clock_timestamp()
          )
        order by created, key limit 20
        for update skip locked
      )
      update groundcrew.run r set
        holder = ${holder}, attempt = attempt + 1, lease = clock_timestamp() + make_interval(secs => ${leaseSeconds})
      from stray where r.key = stray.key
      returning r.*`.execute(db);
    return rows.map(run);
  },
  async beat(holder, keys, leaseSeconds) {
    const { rows } = await sql<{ key: string; cancelled: boolean }>`
      update groundcrew.run set lease = clock_timestamp() + make_interval(secs => ${leaseSeconds})
      where key = any(${keys}) and holder = ${holder} and ended is null
      returning key, cancelled`.execute(db);
    return rows;
  },
  async release(holder, keys) {
    await sql`
      update groundcrew.run set holder = null, lease = null
      where key = any(${keys}) and holder = ${holder} and ended is null`.execute(db);
  },
  async releaseAll() {
    await sql`
      update groundcrew.run set holder = null, lease = null where holder is not null and ended is null`.execute(db);
  },
});
