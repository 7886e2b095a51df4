import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { AccountId, PersonId } from '../core/kernel/index.ts';
import type { Db } from './db.ts';
import { joinSeats } from './office-joined.ts';

/*
 * Which logins are one person. Addresses are given to somebody else when people leave, so an address joins two logins
 * only while both platforms say so, and roles follow an address to whoever has it now.
 */

/** How long what a directory said holds: after that it is asked again when the person acts. */
export const freshMs = 86_400_000;

/** Any number that no other lock of ours begins with: "ADDR". */
const addressLock = 1_094_992_978;

/** The directory that a login is in. No two logins of one directory have the same address. */
const directory = sql.raw(`split_part(a.id, '/', 1)`);
const directoryOf = (account: AccountId): string => account.split('/', 1)[0] as string;

type Unique = { readonly name: string; readonly column: string; readonly others: readonly string[] | null };

/**
 * Gives everything of one person to another, whatever tables there are: the database knows who refers to it. Always in one
 * order, so that two who are joined at the same moment do not wait for each other.
 */
async function merge(db: Db, from: PersonId, into: PersonId, now: Date): Promise<void> {
  await joinSeats(db, from, into, now);
  const { rows: references } = await sql<{ name: string; column: string }>`
    select c.conrelid::regclass::text as name, a.attname as column
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and c.confrelid = 'groundcrew.person'::regclass order by 1, 2`.execute(db);
  // What each may have once (an answer, a seat): where both have it, that of the one who stays is kept.
  const { rows: uniques } = await sql<Unique>`
    select c.conrelid::regclass::text as name, a.attname as column,
      (select array_agg(k.attname::text) from pg_attribute k
        where k.attrelid = i.indrelid and k.attnum = any(i.indkey) and k.attnum <> a.attnum) as others
    from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    join pg_index i on i.indrelid = c.conrelid and i.indisunique and i.indexprs is null and i.indpred is null
      and a.attnum = any(i.indkey)
    where c.contype = 'f' and c.confrelid = 'groundcrew.person'::regclass order by 1, 2, i.indexrelid::regclass::text`.execute(
    db,
  );
  for (const { name, column, others } of uniques) {
    const same = (others ?? []).map((o) => sql`and kept.${sql.ref(o)} = twin.${sql.ref(o)}`);
    await sql`
      delete from ${sql.raw(name)} twin using ${sql.raw(name)} kept
      where twin.${sql.ref(column)} = ${from} and kept.${sql.ref(column)} = ${into} ${sql.join(same, sql` `)}`.execute(
      db,
    );
  }
  for (const { name, column } of references)
    await sql`update ${sql.raw(name)} set ${sql.ref(column)} = ${into} where ${sql.ref(column)} = ${from}`.execute(db);
  await sql`
    update groundcrew.person kept set
      persona = coalesce(kept.persona, former.persona),
      zone = case when kept.zone_chosen or not former.zone_chosen then kept.zone else former.zone end,
      zone_chosen = kept.zone_chosen or former.zone_chosen
    from groundcrew.person former where kept.id = ${into} and former.id = ${from}`.execute(db);
  await db.insertInto('person_alias').values({ former: from, person: into }).execute();
  await db.deleteFrom('person').where('id', '=', from).execute();
}

/** A login goes its own way: what the person did stays with the logins that are left. */
async function split(db: Db, account: AccountId, from: PersonId): Promise<PersonId> {
  const id = randomUUID() as PersonId;
  await sql`
    insert into groundcrew.person (id, name, zone, zone_chosen)
    select ${id}, name, zone, zone_chosen from groundcrew.person where id = ${from}`.execute(db);
  await sql`
    with gone as (update groundcrew.account set person = ${id} where id = ${account} returning used)
    insert into groundcrew.active_month (month, person)
    select date_trunc('month', used at time zone 'UTC')::date, ${id}::uuid from gone where used is not null`.execute(
    db,
  );
  return id;
}

/** A person's address is the one that was told last of a login that works, unless somebody else has it now. */
export async function settleAddress(db: Db, ...people: readonly PersonId[]): Promise<void> {
  await sql`
    update groundcrew.person p set email = (
      select a.email from groundcrew.account a
      where a.person = p.id and a.active and a.email is not null
        and not exists (select from groundcrew.person o where o.email = a.email and o.id <> p.id)
      order by a.looked_up desc nulls last, a.id limit 1)
    where p.id = any(${people})`.execute(db);
}

/** Draws the conclusions from an address that a directory has just told of a login that works; returns whose it is. */
export async function claimAddress(
  db: Db,
  account: AccountId,
  mine: PersonId,
  email: string,
  now: Date,
): Promise<PersonId> {
  // Two logins of one human that come at the same moment would not see each other: the second one waits for the first.
  await sql`select pg_advisory_xact_lock(hashtextextended(${email}, ${addressLock}))`.execute(db);
  // Within one directory it was given to this login, so none of the others has it any more.
  await sql`
    update groundcrew.account a set email = null
    where a.email = ${email} and a.id <> ${account} and ${directory} = ${directoryOf(account)}`.execute(db);
  const { rows: beside } = await sql<{ email: string }>`
    select email from groundcrew.account
    where person = ${mine} and id <> ${account} and active and email is not null`.execute(db);
  const alone = beside.length === 0 || beside.some((b) => b.email === email);
  const own = alone ? mine : await split(db, account, mine);
  const { rows: joined } = await sql<{ id: PersonId }>`
    select p.id from groundcrew.person p where p.id <> ${own} and exists (
      select from groundcrew.account a where a.person = p.id and a.email = ${email} and a.active
        and a.looked_up > ${new Date(now.getTime() - freshMs)} and ${directory} <> ${directoryOf(account)})
    order by p.created_at, p.id for update of p`.execute(db);
  const other = joined[0]?.id;
  if (other) await merge(db, own, other, now);
  const id = other ?? own;
  await sql`update groundcrew.person set email = null where email = ${email} and id <> ${id}`.execute(db);
  await settleAddress(db, ...(own === mine ? [id] : [id, mine]));
  return id;
}

/** Logins with the same address that were not asked for lately: who they are now decides whether they are the same. */
export async function inDoubt(db: Db, account: AccountId, now: Date): Promise<readonly AccountId[]> {
  const { rows } = await sql<{ id: AccountId }>`
    select other.id from groundcrew.account a
    join groundcrew.account other on other.email = a.email and other.person <> a.person and other.active
    where a.id = ${account} and a.active
      and (other.looked_up is null or other.looked_up <= ${new Date(now.getTime() - freshMs)})
    order by other.id`.execute(db);
  return rows.map((r) => r.id);
}
