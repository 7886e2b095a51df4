import type { Socket } from 'node:net';
import { sql } from 'kysely';
import pg from 'pg';
import type { AccountId } from '../core/kernel/ids.ts';
import { Problem } from '../core/kernel/problem.ts';
import type { PeopleStore } from '../core/people/store.ts';
import type { Settings } from '../core/settings.ts';
import { type InboxEntry, Stale, type Store, type Tx } from '../engine/ports.ts';
import { createAnnouncementStore } from './announcements.ts';
import { arrivalRow, createArrivals } from './arrivals.ts';
import { createAsked } from './asked.ts';
import { createAuditStore } from './audit.ts';
import { type Db, openDb } from './db.ts';
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
import { type Acting, createPeopleStore, isSettled } from './people.ts';
import { createRequestStore } from './requests.ts';
import { createResourceStore } from './resources.ts';
import { createRoadmapStore } from './roadmap.ts';
import { createRunStore } from './runs.ts';
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
type Given = { readonly db: Db; readonly settings: () => Settings };

/** An arrival wants one or two of them, if any. */
const features = lazily<Given>()({
  people: ({ db, settings }) => createPeopleStore(db, settings),
  feedback: ({ db }) => createFeedbackStore(db),
  roadmap: ({ db }) => createRoadmapStore(db),
  resources: ({ db }) => createResourceStore(db),
  runs: ({ db }) => createRunStore(db),
  requests: ({ db }) => createRequestStore(db),
  audit: ({ db }) => createAuditStore(db),
  health: ({ db }) => createHealthStore(db),
  incidents: ({ db }) => createIncidentStore(db),
  announcements: ({ db }) => createAnnouncementStore(db),
  onboarding: ({ db }) => createOnboardingStore(db),
  surveys: ({ db }) => createSurveyStore(db),
  officeHours: ({ db }) => createOfficeHoursStore(db),
  demos: ({ db }) => createDemoStore(db),
  invitations: ({ db }) => createInvitationStore(db),
  metrics: ({ db }) => createMetricsStore(db),
});

const repositories = (db: Db, settings: () => Settings) =>
  ({
    attempt: (ms, run) => attempt(db, ms, run),
    inbox: createInbox(db),
    outbox: createOutbox(db),
    due: createDue(db),
    asked: createAsked(db),
    features: features({ db, settings }),
  }) satisfies Tx;

/** The delivery of an arrival was there before: whatever its handler was about to do is dropped. */
class Repeated extends Error {}

/** How many of those who acted are remembered. */
const rememberedMost = 5_000;

type Hints = Parameters<PeopleStore['arrive']>[1];
/** Who acted a moment ago, and the print by which the database tells whether that is still so. */
type Remembered = { readonly acting: Acting; readonly print: string };

/** Everything that we remember, in one Postgres. `settings` says who holds which role, and may change while we run. */
export function createStore(pool: pg.Pool, settings: () => Settings): Store {
  const db = openDb(pool);
  const { look, add, settle } = createArrivals(pool);
  const each = repositories(db, settings);
  // Outside of a transaction there is nothing that could be spoilt.
  const attempt = <T>(_: number, run: () => Promise<T>) => run();
  const direct = { ...each, inbox: { ...each.inbox, settle }, attempt } satisfies Tx;

  const { greet } = direct.features.people;
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
      const lazy = lazyTransaction(pool, db, async (client) => {
        if (!(await arrivalRow.open(client, entry))) throw outdated(entry) ?? new Repeated();
      });
      try {
        const replies = await run(repositories(lazy.db, settings));
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
    transaction: (run) => db.transaction().execute((tx) => run(repositories(tx, settings))),
    async ping() {
      await pool.query('select 1');
    },
  };
}

/**
 * All that we ask is found by a key. Plans are kept, so one that was made while a table was young must not read it whole
 * for ever; and compiling a query takes longer than any of ours.
 */
const byKey = 'set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set jit = off';

/** How long a connection may be idle before the network is asked whether it is still there. */
const keepAliveMs = 10_000;
/** How long a database that is not on this machine may take to answer: far longer than any query of ours does. */
export const answerMs = 10_000;

/** What `pg` has of a connection, and does not declare. */
type Wired = { readonly connection: { readonly stream: Socket } };

/**
 * Ends a connection that owes an answer and has been silent for so long. When a host or a network dies without a word,
 * TCP goes on sending for a quarter of an hour, and keep-alive is silent while it does.
 */
function watch(client: pg.PoolClient, ms: number): void {
  const { stream } = (client as unknown as Wired).connection;
  let answered = stream.bytesWritten;
  client.on('drain', () => {
    answered = stream.bytesWritten;
  });
  stream.setTimeout(ms, () => {
    if (stream.bytesWritten > answered)
      stream.destroy(Object.assign(new Error('the database did not answer in time'), { code: 'ETIMEDOUT' }));
  });
}

/**
 * The pool of connections to a Postgres. A connection that is lost while idle is replaced at the next query; one that is
 * lost in a transaction fails its next query. Without listeners either would end the process. `within`: milliseconds
 * after which a silent connection is given up; without it a query may take as long as it likes, as migrations do.
 */
export function openPool(config: pg.PoolConfig, onIdleError: (error: Error) => void, within?: number): pg.Pool {
  const pool = new pg.Pool({
    max: 10,
    connectionTimeoutMillis: 2_000,
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    ...config,
  });
  pool.on('error', onIdleError);
  pool.on('connect', (client) => {
    client.on('error', () => {});
    if (within !== undefined) watch(client, within);
    client.query(byKey).catch(() => {});
  });
  return pool;
}

/** What this database can’t do, and what is missing for it. Rejects when it does not answer. */
export async function lacks(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query("select from pg_extension where extname = 'pg_trgm'");
  return rows.length > 0
    ? []
    : ['similar feedback is found by whole words alone (create extension pg_trgm, as an administrator)'];
}

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name can’t be looked up',
  ETIMEDOUT: 'it does not answer',
  '28P01': 'it refuses the password',
  '28000': 'it refuses this user',
  '3D000': 'there is no such database',
  '42501': 'the user lacks the rights',
};

/** Rejects with a `Problem` that says why the database cannot be used; never tells the password. */
export async function reach(pool: pg.Pool): Promise<void> {
  try {
    await pool.query('select 1');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const { connectionString, host } = pool.options;
    const url = connectionString && URL.canParse(connectionString) ? new URL(connectionString) : undefined;
    const where = url ? `${url.host}, database ${url.pathname.slice(1) || url.username}` : host;
    const why = unreachable[code] ?? (cause instanceof Error ? cause.message : 'it does not answer');
    throw new Problem(
      'database_unreachable',
      `The Postgres at ${where} can’t be used: ${why}. Start it, or correct DATABASE_URL.`,
      { cause },
    );
  }
}
