import type pg from 'pg';

/** What a start makes in these schemas, as Postgres itself words it. */
const OBJECTS = `
  with own as (select oid, nspname from pg_namespace where nspname in ('groundcrew', 'bullmq', 'public'))
  , relation as (select c.* from pg_class c join own on own.oid = c.relnamespace)
  , routine as (select p.* from pg_proc p join own on own.oid = p.pronamespace where p.prokind in ('f', 'p'))
  select 'relation' as kind, r.oid::regclass::text as name,
    concat_ws(' ', r.relkind, r.relpersistence, r.reloptions, r.relacl) as is
    from relation r where r.oid <> all (select indexrelid from pg_index)
  union all select 'column', format('%s.%s', r.oid::regclass, a.attname), concat_ws(' ', a.attnum,
    format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
    from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0
    left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum where r.relkind in ('r', 'v', 'p')
  union all select 'constraint', format('%s.%s', r.oid::regclass, c.conname), pg_get_constraintdef(c.oid)
    from relation r join pg_constraint c on c.conrelid = r.oid
  union all select 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    from relation r join pg_index i on i.indrelid = r.oid
  union all select 'trigger', format('%s.%s', r.oid::regclass, t.tgname), pg_get_triggerdef(t.oid)
    from relation r join pg_trigger t on t.tgrelid = r.oid where not t.tgisinternal
  union all select 'function', r.oid::regprocedure::text, pg_get_functiondef(r.oid) from routine r
  union all select 'value', format('%s.%s', e.enumtypid::regtype, e.enumlabel), e.enumsortorder::text
    from pg_enum e join pg_type t on t.oid = e.enumtypid join own on own.oid = t.typnamespace
  union all select 'sequence', format('%s.%s', schemaname, sequencename), concat_ws(' ', start_value, increment_by, last_value)
    from pg_sequences where schemaname in (select nspname from own)
  union all select 'extension', extname, extversion from pg_extension where extname <> 'plpgsql'
  union all select 'setting', concat_ws(' ', setdatabase, setrole), setconfig::text from pg_db_role_setting
  order by 1, 2, 3`;

export type State = {
  readonly objects: readonly { readonly kind: string; readonly name: string; readonly is: string }[];
  /** Of each table that is not empty; without the time at which a migration was applied. */
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
};

/** All that a database holds of ours and of BullMQ's. */
export async function stateOf(pool: pg.Pool): Promise<State> {
  const { rows: objects } = await pool.query(OBJECTS);
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('groundcrew', 'bullmq', 'public') order by 1`,
  );
  const rows: Record<string, readonly unknown[]> = {};
  for (const { name } of tables) {
    const found = await pool.query(`select to_jsonb(t) - 'applied_at' as row from ${name} t order by 1`);
    if (found.rows.length > 0) rows[name] = found.rows.map(({ row }) => row);
  }
  return { objects, rows };
}
