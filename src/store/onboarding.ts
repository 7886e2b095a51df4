import { type Selectable, sql } from 'kysely';
import type { AccountId, PersonId } from '../core/kernel/index.ts';
import { steps } from '../core/onboarding/rules.ts';
import type { Onboarding, OnboardingStore } from '../core/onboarding/store.ts';
import type { Db } from './db.ts';
import type { Tables } from './schema.ts';

const onboarding = (row: Selectable<Tables['onboarding']>): Onboarding => ({
  person: row.person as PersonId,
  account: row.account as AccountId,
  started: row.started,
  ticks: Object.fromEntries(steps.flatMap((s) => (row[s] === null ? [] : [[s, row[s]]]))),
});

export function createOnboardingStore(db: Db): OnboardingStore {
  async function of(person: PersonId): Promise<Onboarding | undefined> {
    const row = await db.selectFrom('onboarding').selectAll().where('person', '=', person).executeTakeFirst();
    return row && onboarding(row);
  }

  return {
    of,
    async begin(person, account, at) {
      const row = await db
        .insertInto('onboarding')
        .values({ person, account, started: at })
        .onConflict((on) => on.doNothing())
        .returningAll()
        .executeTakeFirst();
      if (row) return { it: onboarding(row), fresh: true };
      return { it: (await of(person)) as Onboarding, fresh: false };
    },
    async evidence(person, teams, since) {
      const { rows } = await sql<{ environment: Date | null; deploy: Date | null }>`
        select
          (select min(ready) from groundcrew.request
            where requester = ${person} and operation is null and ready is not null) as environment,
          (select min(at) from groundcrew.rollout
            where at >= ${since} and team = any(${teams}::text[]) and not baseline) as deploy`.execute(db);
      const { environment = null, deploy = null } = rows[0] ?? {};
      return { ...(environment ? { environment } : {}), ...(deploy ? { deploy } : {}) };
    },
    async tick(person, ticks) {
      // What was ticked first counts: another replica may have seen the same.
      const first = steps.flatMap((s) => (ticks[s] ? [[s, sql<Date>`coalesce(${sql.ref(s)}, ${ticks[s]})`]] : []));
      await db.updateTable('onboarding').set(Object.fromEntries(first)).where('person', '=', person).execute();
    },
    async open(since, limit, after) {
      const rows = await db
        .selectFrom('onboarding')
        .selectAll()
        .where((e) => e.or(steps.map((s) => e(s, 'is', null))))
        .where('started', '>=', since)
        .$if(after !== undefined, (q) => q.where('person', '>', after as string))
        .orderBy('person')
        .limit(limit)
        .execute();
      return rows.map(onboarding);
    },
  };
}
