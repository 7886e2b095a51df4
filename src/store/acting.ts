import { sql } from 'kysely';
import { isZone } from '../core/calendar/zone.ts';
import type { PeopleStore } from '../core/people/store.ts';
import { freshMs } from './one-person.ts';

/* Who acts: what is read of them, how it is known to be so still, and when nothing has to be written of it. */

export type Row = {
  id: string;
  name: string;
  email: string | null;
  zone: string;
  persona: string | null;
  accounts: string[] | null;
  groups: string[] | null;
  guest: boolean | null;
};

/** What `Row` has of a person p: with their accounts, the last used first, and the groups that these are in. */
const columns = `p.id, p.name, p.email, p.zone, p.persona,
    (select array_agg(x.id order by x.used desc nulls last, x.id) from groundcrew.account x
      where x.person = p.id and x.active) as accounts,
    (select bool_and(x.guest) from groundcrew.account x where x.person = p.id and x.active) as guest,
    (select array_agg(distinct g.platform || ':' || g.grp) from groundcrew.group_member g
      join groundcrew.account y on y.id = g.account where y.person = p.id and y.active) as groups`;
export const persons = sql.raw(`select ${columns} from groundcrew.person p`);

/** Who is behind a login, and what is known of the login itself. */
export type Acting = Row & { zone_chosen: boolean; looked_up: Date | null; used: Date | null; active: boolean };
export const acting = `select a.looked_up, a.used, a.active, p.zone_chosen, ${columns}
  from groundcrew.account a join groundcrew.person p on p.id = a.person`;
/**
 * Another one after each write to whatever `acting` reads of a login, whoever writes: a row names the transaction that wrote
 * it (`xmin`), and one that is not there any more, or is new, makes the list another. A server that takes over may count to
 * the same number again where the former lost something, so when it began belongs to it. Null: there is no such login.
 */
export const printOf = (account: string): string => `(select
    string_agg(concat_ws(' ', p.xmin, y.xmin, g.xmin), ' ' order by y.id, g.platform, g.grp)
      || (select extract(epoch from pg_postmaster_start_time())::text)
    from groundcrew.account a join groundcrew.person p on p.id = a.person
    join groundcrew.account y on y.person = a.person
    left join groundcrew.group_member g on g.account = y.id where a.id = ${account})`;

/** How long an address gives roles although nobody confirmed it: who acts after that is asked for first. */
export const believedMs = 7 * freshMs;
/** For how many milliseconds the directory was not asked for a login. */
export const ageOf = ({ looked_up }: Pick<Acting, 'looked_up'>, now: Date): number =>
  looked_up === null ? Number.POSITIVE_INFINITY : now.getTime() - looked_up.getTime();
/** How long "last used" may lag behind, so that not every press writes a row. */
const usedLagMs = 10 * 60_000;

const sameMonth = (a: Date, b: Date): boolean =>
  a.getUTCMonth() === b.getUTCMonth() && a.getUTCFullYear() === b.getUTCFullYear();
/** Whether that somebody acts has to be written down. */
export const isNews = ({ active, used }: Pick<Acting, 'active' | 'used'>, now: Date): boolean =>
  !active || used === null || now.getTime() - used.getTime() > usedLagMs || !sameMonth(used, now);

/** Whether `greet` would find nothing to write: then the row may be remembered. */
export const isSettled = (row: Acting, hints: Parameters<PeopleStore['arrive']>[1], now: Date): boolean =>
  !isNews(row, now) &&
  ageOf(row, now) <= believedMs &&
  (hints.zone === undefined || hints.zone === row.zone || row.zone_chosen || !isZone(hints.zone));
