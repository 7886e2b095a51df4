import pg from 'pg';
import type { Settings } from '../core/settings.ts';
import type { Store, Tx } from '../engine/ports.ts';
import { createAsked } from './asked.ts';
import { type Db, openDb } from './db.ts';
import { createDue } from './due.ts';
import { createFeedbackStore } from './feedback.ts';
import { createInbox } from './inbox.ts';
import { createOutbox } from './outbox.ts';
import { createPeopleStore } from './people.ts';

const repositories = (db: Db, settings: () => Settings): Tx => ({
  inbox: createInbox(db),
  outbox: createOutbox(db),
  due: createDue(db),
  asked: createAsked(db),
  features: { people: createPeopleStore(db, settings), feedback: createFeedbackStore(db) },
});

/** Everything that we remember, in one Postgres. `settings` says who holds which role, and may change while we run. */
export function createStore(pool: pg.Pool, settings: () => Settings): Store {
  const db = openDb(pool);
  return {
    direct: repositories(db, settings),
    transaction: (run, commit) =>
      db.transaction().execute(async (tx) => {
        const result = await run(repositories(tx, settings));
        commit?.();
        return result;
      }),
    async ping() {
      await pool.query('select 1');
    },
  };
}

/**
 * The pool of connections to a Postgres. A connection that is lost while idle is replaced at the next query; without a
 * listener it would end the process.
 */
export function openPool(config: pg.PoolConfig, onIdleError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({ max: 10, connectionTimeoutMillis: 2_000, ...config });
  pool.on('error', onIdleError);
  return pool;
}
