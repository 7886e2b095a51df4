import type { DatabaseConnection } from 'kysely';
import type pg from 'pg';
import { connectionOn, type Db, dbOn, isRefusal } from './db.ts';

export type LazyTransaction = {
  /** The first query on it begins the transaction. */
  readonly db: Db;
  used(): boolean;
  /** Sends a last statement and COMMIT together. Rejects when the transaction was broken already, and is rolled back. */
  commit(last?: (client: pg.PoolClient) => Promise<unknown>): Promise<void>;
  /** Ends what was begun; after a commit nothing is left to end. Never rejects. */
  end(): Promise<void>;
};

/** A transaction that costs nothing until it is used. `first` is sent together with BEGIN; if it rejects, so does all. */
export function lazyTransaction(
  pool: pg.Pool,
  first: (client: pg.PoolClient) => Promise<unknown> = async () => {},
): LazyTransaction {
  let client: pg.PoolClient | undefined;
  let begun: Promise<DatabaseConnection> | undefined;
  let open = false;

  async function begin(): Promise<DatabaseConnection> {
    client = await pool.connect();
    open = true;
    await Promise.all([client.query('begin'), first(client)]);
    return connectionOn(client);
  }

  /** False when the connection is of no more use. */
  async function rolledBack(on: pg.PoolClient): Promise<boolean> {
    try {
      await on.query('rollback');
      return true;
    } catch (error) {
      return isRefusal(error);
    }
  }

  const connection = () => {
    begun ??= begin();
    return begun;
  };
  let made: Db | undefined;
  return {
    get db() {
      made ??= dbOn(connection);
      return made;
    },
    used: () => begun !== undefined,
    async commit(last = async () => {}) {
      await begun;
      if (!client) return;
      const [, { command }] = await Promise.all([last(client), client.query('commit')]);
      open = false;
      if (command === 'ROLLBACK') throw new Error('a failed statement had broken the transaction');
    },
    async end() {
      await begun?.catch(() => {});
      const usable = client && open ? await rolledBack(client) : true;
      client?.release(!usable);
    },
  };
}
