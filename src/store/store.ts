import { sql } from 'kysely';
import type pg from 'pg';
import type { AccountId } from '../core/kernel/ids.ts';
import { Problem } from '../core/kernel/problem.ts';
import type { PeopleStore } from '../core/people/store.ts';
import type { Settings } from '../core/settings.ts';
import { type InboxEntry, Stale, type Store, type Tx } from '../engine/ports.ts';
import { type Acting, isSettled } from './acting.ts';
import { createAnnouncementStore } from './announcements.ts';
import { arrivalRow, createArrivals } from './arrivals.ts';
import { createAsked } from './asked.ts';
import { createAuditStore } from './audit.ts';
import type { Names } from './cluster-names.ts';
import { connectionOn, type Db, dbOn, onClient, openDb } from './db.ts';
import { createDemoStore } from './demos.ts';
import { createDue } from './due.ts';
import { createFeedbackStore } from './feedback.ts';
import { createInbox } from './inbox.ts';
import { createIncidentStore } from './incidents.ts';
import { createInvitationStore } from './invitations.ts';
import { lazily } from './lazily.ts';
import { createMetricsStore } from './metrics.ts';
import { createOfficeHoursStore } from './office-hours.ts';
import { createOnboardingStore } from './onboarding.ts';
import { createOutbox } from './outbox.ts';
import { createHealthStore } from './path-health.ts';
import { createPeopleStore, type People } from './people.ts';
import { createRequestStore } from './requests.ts';
import { createResourceStore } from './resources.ts';
import { createRoadmapStore } from './roadmap.ts';
import { createRunStore } from './runs.ts';
import { shared } from './shared.ts';
import { createSurveyStore } from './surveys.ts';
import { lazyTransaction } from './transaction.ts';

/** A part of a transaction that can be given up: a failed statement would otherwise spoil all that follows. */
async function attempt<T>(db: Db, ms: number, run: () => Promise<T>): Promise<T> {
  await sql`savepoint attempt`.execute(db);
  try {
    await sql.raw(`set local statement_timeout = ${Math.ceil(ms)}`).execute(db);
    const result = await run();
    await sql`set local statement_timeout to default`.execute(db);
    await sql`release savepoint attempt`.execute(db);
    return result;
  } catch (error) {
    await sql`rollback to savepoint attempt`.execute(db);
    throw error;
  }
}

/** What a repository is made of. */
type Given = { readonly db: Db; readonly settings: () => Settings; readonly clusters: Names; readonly beside?: Beside };
/** What can be asked beside a transaction for as long as nothing began it. */
type Beside = { readonly open: () => boolean; readonly holding: PeopleStore['holding'] };

/** Nearly all who ask who may are refused, and write nothing else: that is no reason to begin a transaction. */
function peopleOf({ db, settings, beside }: Given): People {
  const people = createPeopleStore(db, settings);
  if (!beside) return people;
  return { ...people, holding: (...of) => (beside.open() ? beside : people).holding(...of) };
}

/** An arrival wants one or two of them, if any; so with all that follows. */
const features = lazily<Given>()({
  people: peopleOf,
  feedback: ({ db }) => createFeedbackStore(db),
  roadmap: ({ db }) => createRoadmapStore(db),
  resources: ({ db, clusters }) => createResourceStore(db, clusters),
  runs: ({ db, clusters }) => createRunStore(db, clusters),
  requests: ({ db }) => createRequestStore(db),
  audit: ({ db }) => createAuditStore(db),
  health: ({ db }) => createHealthStore(db),
  incidents: ({ db, clusters }) => createIncidentStore(db, clusters),
  announcements: ({ db }) => createAnnouncementStore(db),
  onboarding: ({ db }) => createOnboardingStore(db),
  surveys: ({ db }) => createSurveyStore(db),
  officeHours: ({ db, clusters }) => createOfficeHoursStore(db, clusters),
  demos: ({ db }) => createDemoStore(db),
  invitations: ({ db }) => createInvitationStore(db),
  metrics: ({ db }) => createMetricsStore(db),
});

const repositories = lazily<Given>()({
  attempt:
    ({ db }): Tx['attempt'] =>
    (ms, run) =>
      attempt(db, ms, run),
  inbox: ({ db }) => createInbox(db),
  outbox: ({ db }) => createOutbox(db),
  due: ({ db }) => createDue(db),
  asked: ({ db }) => createAsked(db),
  features,
}) satisfies (given: Given) => Tx;

/** The delivery of an arrival was there before: whatever its handler was about to do is dropped. */
class Repeated extends Error {}

/** How many of those who acted are remembered. */
const rememberedMost = 5_000;

type Hints = Parameters<PeopleStore['arrive']>[1];
/** Who acted a moment ago, and the print by which the database tells whether that is still so. */
type Remembered = { readonly acting: Acting; readonly print: string };

/**
 * Everything that we remember, in one Postgres. `settings` says who holds which role, and may change while we run.
 * `door`: connections for nothing but what every arrival asks. `patienceMs`: see `createArrivals`.
 */
export function createStore(
  pool: pg.Pool,
  settings: () => Settings,
  clusters: Names = new Map(),
  { door = pool, patienceMs }: { readonly door?: pg.Pool; readonly patienceMs?: number } = {},
): Store {
  const db = openDb(pool);
  const { look, add, settle } = createArrivals(door, patienceMs);
  const { inbox, outbox, due, asked, features } = repositories({ db, settings, clusters });
  const direct = {
    inbox: { ...inbox, settle },
    outbox,
    due,
    asked,
    features,
    // Outside of a transaction there is nothing that could be spoilt.
    attempt: <T>(_: number, run: () => Promise<T>) => run(),
  } satisfies Tx;

  const { greet } = direct.features.people;
  // On a connection that keeps its plan, as in a transaction: planning it costs ten times as much as running it.
  const holding: PeopleStore['holding'] = shared((...of: Parameters<PeopleStore['holding']>) =>
    onClient(door, (client) => {
      const people = createPeopleStore(
        dbOn(async () => connectionOn(client)),
        settings,
      );
      return people.holding(...of);
    }),
  );
  const remembered = new Map<AccountId, Remembered>();

  /** Who acts, from memory; undefined when they have to be looked up. */
  async function recall(account: AccountId, { at }: InboxEntry, hints: Hints) {
    const known = remembered.get(account);
    if (!known || !isSettled(known.acting, hints, at)) return undefined;
    return { acting: await greet(known.acting, account, hints, at), print: known.print };
  }
  function remember(account: AccountId, known: Remembered): void {
    remembered.delete(account);
    remembered.set(account, known);
    const [oldest] = remembered.keys();
    if (remembered.size > rememberedMost && oldest !== undefined) remembered.delete(oldest);
  }
  /** What was done for somebody as they were remembered counts only if they are still so. */
  function outdated({ account, print }: InboxEntry): Stale | undefined {
    if (account === undefined || print === undefined) return undefined;
    remembered.delete(account);
    return new Stale();
  }

  return {
    direct,
    async meet(entry, hints = {}) {
      const { account } = entry;
      const known = account && (await recall(account, entry, hints));
      if (known) return known;
      const { seen, acting, print } = await look(entry);
      if (seen) return undefined;
      if (!account) return {};
      if (acting && isSettled(acting, hints, entry.at)) remember(account, { acting, print });
      else remembered.delete(account);
      return { acting: await greet(acting, account, hints, entry.at) };
    },
    async arrival(entry, run, commit) {
      const lazy = lazyTransaction(pool, async (client) => {
        if (!(await arrivalRow.open(client, entry))) throw outdated(entry) ?? new Repeated();
      });
      try {
        const beside = { open: () => !lazy.used(), holding };
        const replies = await run(
          repositories({
            get db() {
              return lazy.db;
            },
            settings,
            clusters,
            beside,
          }),
        );
        if (!lazy.used()) {
          if (await add({ entry, replies, ...(commit ? { commit } : {}) })) return replies;
          throw outdated(entry) ?? new Repeated();
        }
        commit?.();
        await lazy.commit((client) => arrivalRow.owe(client, entry, replies));
        return replies;
      } catch (error) {
        if (error instanceof Repeated) return undefined;
        // What a handler complains of may be so only for somebody as they were.
        throw (error instanceof Problem && outdated(entry)) || error;
      } finally {
        await lazy.end();
      }
    },
    async transaction(run) {
      const lazy = lazyTransaction(pool);
      try {
        const made = await run(repositories({ db: lazy.db, settings, clusters }));
        await lazy.commit();
        return made;
      } finally {
        await lazy.end();
      }
    },
    async ping() {
      await pool.query('select 1');
    },
  };
}
