import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { isZone } from '../core/calendar/zone.ts';
import {
  type AccountId,
  type Person,
  type Persona,
  type PersonId,
  Problem,
  platformOf,
  type Role,
} from '../core/kernel/index.ts';
import type { Arrival, PeopleStore } from '../core/people/store.ts';
import type { Members, Settings } from '../core/settings.ts';
import { type Acting, acting, ageOf, believedMs, isNews, persons, type Row } from './acting.ts';
import { type Db, kept } from './db.ts';
import { claimAddress, freshMs, inDoubt, settleAddress } from './one-person.ts';

const groupsOf = (m: Members): readonly string[] => [
  ...m.slackUserGroups.map((g) => `slack:${g}`),
  ...m.teams.map((g) => `teams:${g}`),
];

/** The month of an instant, as `active_month` has it. */
const monthOf = (at: Date) => sql`date_trunc('month', ${at}::timestamptz at time zone 'UTC')::date`;
/** As the port, and `greet` for a login whose row was read already. */
export type People = PeopleStore & {
  greet(row: Acting | undefined, ...as: Parameters<PeopleStore['arrive']>): Promise<Arrival>;
};

export function createPeopleStore(db: Db, settings: () => Settings): People {
  const belongs = (row: Row, m: Members): boolean =>
    (row.email !== null && m.emails.includes(row.email)) || groupsOf(m).some((g) => row.groups?.includes(g));

  const person = (row: Row): Person => {
    const { roles, teams } = settings();
    const held = (['platform', 'product', 'admin'] as const).filter((r) => belongs(row, roles[r]));
    return {
      id: row.id as PersonId,
      name: row.name,
      zone: row.zone,
      teams: Object.entries(teams).flatMap(([name, m]) => (belongs(row, m) ? [name] : [])),
      roles: new Set<Role>(['developer', ...held]),
      accounts: (row.accounts ?? []) as AccountId[],
      ...(row.email === null ? {} : { email: row.email }),
      ...(row.guest ? { guest: true } : {}),
      ...(row.persona === null ? {} : { persona: row.persona as Persona }),
    };
  };

  async function byId(id: PersonId): Promise<Person | undefined> {
    const { rows } = await sql<Row>`${kept('people.byId')}
      ${persons} where p.id = coalesce((select person from groundcrew.person_alias where former = ${id}), ${id}::uuid)`.execute(
      db,
    );
    return rows[0] && person(rows[0]);
  }

  /** Those who are in one of these sets, and can be reached. */
  async function among(
    sets: readonly Members[],
    limit: number,
    after?: Pick<Person, 'id' | 'name'>,
  ): Promise<readonly Person[]> {
    const emails = sets.flatMap((m) => m.emails);
    const slack = sets.flatMap((m) => m.slackUserGroups);
    const teams = sets.flatMap((m) => m.teams);
    // From the addresses and the groups to the people, each by its key: to ask everybody would take longer with each.
    const { rows } = await sql<Row>`${kept('people.among')}
      ${persons} where p.id in (
        select id from groundcrew.person where email = any(${emails})
        union
        select a.person from groundcrew.group_member g join groundcrew.account a on a.id = g.account
        where a.active and (
          (g.platform = 'slack' and g.grp = any(${slack})) or (g.platform = 'teams' and g.grp = any(${teams}))))
        and exists (select from groundcrew.account x where x.person = p.id and x.active)
        and (${after?.id ?? null}::uuid is null or (p.name, p.id) > (${after?.name ?? null}, ${after?.id ?? null}::uuid))
      order by p.name, p.id limit ${limit}`.execute(db);
    return rows.map(person);
  }

  const find = async (account: AccountId): Promise<Acting | undefined> =>
    (await sql<Acting>`${sql.raw(acting)} where a.id = ${account}`.execute(db)).rows[0];

  async function meetOne(account: AccountId, name: string, zone: string | undefined, now: Date | null): Promise<void> {
    const id = randomUUID();
    await db
      .insertInto('person')
      .values({ id, name, email: null, persona: null, ...(zone ? { zone } : {}) })
      .execute();
    const { rows } = await sql`
      with met as (
        insert into groundcrew.account (id, person, platform, name, used)
        values (${account}, ${id}, ${platformOf(account)}, ${name}, ${now}) on conflict do nothing returning person, used
      ), active as (
        insert into groundcrew.active_month (month, person)
        select date_trunc('month', used at time zone 'UTC')::date, person from met where used is not null
      )
      select person from met`.execute(db);
    // Somebody else met the same account meanwhile: theirs stays.
    if (rows.length === 0) await db.deleteFrom('person').where('id', '=', id).execute();
  }

  async function greet(found: Acting | undefined, ...[account, hints, now]: Parameters<PeopleStore['arrive']>) {
    let row = found;
    if (!row) {
      await meetOne(account, hints.name ?? 'there', hints.zone && isZone(hints.zone) ? hints.zone : undefined, now);
      row = await find(account);
    }
    if (!row) throw new Problem('person_unknown', 'I could not look you up. Please try again in a moment.');
    const { zone = row.zone } = hints;
    if (zone !== row.zone && !row.zone_chosen && isZone(zone)) {
      await sql`update groundcrew.person set zone = ${zone} where id = ${row.id} and not zone_chosen`.execute(db);
      row = { ...row, zone };
    }
    // Who acts is there, whatever a platform said when it could not reach them.
    if (isNews(row, now))
      await sql`
        with acted as (
          update groundcrew.account set used = ${now}, active = true where id = ${account} returning person
        )
        insert into groundcrew.active_month (month, person) select ${monthOf(now)}, person from acted
        on conflict do nothing`.execute(db);
    const back = !row.active;
    if (back) row = (await find(account)) ?? row;
    return believed(row, back ? Number.POSITIVE_INFINITY : ageOf(row, now));
  }
  /** An address that nobody confirmed for long may be somebody else's by now: it gives no rights. */
  function believed(row: Acting, age: number): Arrival {
    const known = age <= believedMs;
    return { person: person(known ? row : { ...row, email: null }), known, fresh: age <= freshMs };
  }

  return {
    byId,

    async several(ids) {
      const { rows } = await sql<Row>`${persons} where p.id = any(${[...ids]}::uuid[])`.execute(db);
      return rows.map(person);
    },

    async byEmail(email) {
      const everybody = { emails: [email.trim().toLowerCase()], slackUserGroups: [], teams: [] };
      return (await among([everybody], 1))[0];
    },

    async byAccount(account) {
      const row = await find(account);
      return row && person(row);
    },

    holding: (roles, limit) =>
      among(
        roles.filter((r): r is Exclude<Role, 'developer'> => r !== 'developer').map((r) => settings().roles[r]),
        limit,
      ),

    among: async (sets, limit) => (sets.length > 0 ? among(sets, limit) : []),

    async everybody(limit) {
      const { rows } = await sql<Row>`
        ${persons} where exists (select from groundcrew.account x where x.person = p.id and x.active)
        order by p.name, p.id limit ${limit}`.execute(db);
      return rows.map(person);
    },

    async inTeam(team, limit, after) {
      const { teams } = settings();
      const members = Object.hasOwn(teams, team) ? teams[team] : undefined;
      return members ? among([members], limit, after) : [];
    },

    greet,

    async named(account, now) {
      if (!(await find(account))) await meetOne(account, 'somebody', undefined, null);
      const row = await find(account);
      if (!row) throw new Problem('person_unknown', 'I could not look them up. Please try again in a moment.');
      return believed(row, ageOf(row, now));
    },

    arrive: async (account, hints, now) => greet(await find(account), account, hints, now),

    async learn(profile, now) {
      const { account, name, active, guest = false } = profile;
      const email = profile.email?.toLowerCase();
      const updated = await db
        .updateTable('account')
        .set({ name, email: email ?? null, active, guest, looked_up: now })
        .where('id', '=', account)
        .returning('person')
        .executeTakeFirst();
      if (!updated) return undefined;
      const mine = updated.person as PersonId;
      const id = email && active ? await claimAddress(db, account, mine, email, now) : mine;
      if (id === mine) await settleAddress(db, id);
      const zone = profile.zone && isZone(profile.zone) ? profile.zone : null;
      await sql`
        update groundcrew.person p set
          name = ${name}, zone = case when p.zone_chosen then p.zone else coalesce(${zone}, p.zone) end
        where p.id = ${id}`.execute(db);
      return byId(id);
    },

    inDoubt: (account, now) => inDoubt(db, account, now),

    async choose(id, { zone, persona }) {
      await db
        .updateTable('person')
        .set({ ...(zone ? { zone, zone_chosen: true } : {}), ...(persona ? { persona } : {}) })
        .where('id', '=', id)
        .execute();
    },

    async left(account) {
      const closed = await db
        .updateTable('account')
        .set({ active: false })
        .where('id', '=', account)
        .returning('person')
        .executeTakeFirst();
      if (closed) await settleAddress(db, closed.person as PersonId);
    },

    async meet(accounts, now) {
      const made = accounts.map(() => randomUUID());
      await sql`
        with fresh as (
          select n.account, n.person from unnest(${[...accounts]}::text[], ${made}::uuid[]) as n (account, person)
          where not exists (select from groundcrew.account a where a.id = n.account)
        ), person as (
          insert into groundcrew.person (id, name) select person, 'somebody' from fresh
        )
        insert into groundcrew.account (id, person, platform, name)
        select account, person, split_part(account, ':', 1), 'somebody' from fresh on conflict do nothing`.execute(db);
      // Somebody else met one of them meanwhile: theirs stays.
      await sql`
        delete from groundcrew.person p where p.id = any(${made}::uuid[])
          and not exists (select from groundcrew.account a where a.person = p.id)`.execute(db);
      const { rows } = await sql<{ id: AccountId }>`
        select id from groundcrew.account where id = any(${[...accounts]}::text[])
          and (looked_up is null or looked_up <= ${new Date(now.getTime() - believedMs)}) order by id`.execute(db);
      return rows.map((r) => r.id);
    },

    async setGroup(platform, group, members) {
      await sql`
        delete from groundcrew.group_member
        where platform = ${platform} and grp = ${group} and account <> all(${[...members]})`.execute(db);
      await sql`
        insert into groundcrew.group_member (platform, grp, account)
        select ${platform}, ${group}, unnest(${[...members]}::text[]) on conflict do nothing`.execute(db);
    },
  };
}
