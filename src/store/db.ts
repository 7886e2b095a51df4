import { randomUUID } from 'node:crypto';
import {
  type ConnectionProvider,
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import pg from 'pg';
import type { Tables } from './schema.ts';

/** Our schema: the whole database, or one transaction of it. */
export type Db = Kysely<Tables>;

/** One that begins nothing would let each statement stand by itself, without a word. */
class NoTransactions extends DummyDriver {
  override async beginTransaction(): Promise<void> {
    throw new Error('Kysely begins no transaction here: use that of the store, or lazyTransaction');
  }
}
/** It is given its connections and opens none. */
const given = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new NoTransactions(),
  createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
};
const driver = given.createDriver();
const executor = new Kysely<Tables>({ dialect: given }).withSchema('groundcrew').getExecutor();

const dbBy = (provideConnection: ConnectionProvider['provideConnection']): Db =>
  new Kysely<Tables>({
    config: { dialect: given },
    dialect: given,
    driver,
    executor: executor.withConnectionProvider({ provideConnection }),
  });

/** The whole database: each query on whatever connection is free. */
export const openDb = (pool: pg.Pool): Db =>
  dbBy((consume) => onClient(pool, (client) => consume(connectionOn(client))));

/** One transaction of it, on a connection that is made when the first query wants it. */
export const dbOn = (connection: () => Promise<DatabaseConnection>): Db =>
  dbBy(async (consume) => consume(await connection()));

/**
 * A query that begins with `kept('name')` is parsed and planned once a connection: for those that run often. It names its
 * columns, since a plan of `*` fails once a migration adds one.
 */
export const kept = (name: string) => sql.raw(`/* kept ${name} */`);
const keptName = /^\s*\/\* kept ([\w.]+) \*\//;

/** A connection of the pool, as Kysely wants one. */
export const connectionOn = (client: pg.PoolClient): DatabaseConnection => ({
  async executeQuery({ sql: text, parameters }) {
    const name = keptName.exec(text)?.[1];
    const { command, rowCount, rows } = await (name === undefined
      ? client.query(text, [...parameters])
      : prepared(client, name, text, [...parameters]));
    return command === 'SELECT' ? { rows } : { rows, numAffectedRows: BigInt(rowCount ?? 0) };
  },
  streamQuery() {
    throw new Error('nothing is streamed');
  },
});

const names = new WeakMap<pg.PoolClient, string>();
const ours = randomUUID().slice(0, 8);
let opened = 0;
function nameOf(client: pg.PoolClient): string {
  const known = names.get(client);
  if (known !== undefined) return known;
  opened += 1;
  const name = `${ours}/${opened}`;
  names.set(client, name);
  return name;
}

/**
 * Runs a query that is parsed and planned once a connection: for those that run with every arrival. Its name carries that
 * of the connection, since those of an embedded database share one session.
 */
export async function prepared<Row extends pg.QueryResultRow>(
  client: pg.PoolClient,
  name: string,
  text: string,
  values: unknown[],
): Promise<pg.QueryResult<Row>> {
  return client.query<Row>({ name: `${name}/${nameOf(client)}`, text, values });
}

/** The database understood, and says no: the connection is as good as before. */
export const isRefusal = (error: unknown): boolean => error instanceof pg.DatabaseError && !cut.test(error.code ?? '');
const cut = /^(08|57P)/;
/** What was sent cannot be stored: a fault of the data, not of the moment. */
export const isBadData = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '');

/** Runs on any connection of the pool. One that failed otherwise than by a refusal is not used again. */
export async function onClient<T>(pool: pg.Pool, use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    const result = await use(client);
    broken = false;
    return result;
  } catch (error) {
    broken = !isRefusal(error);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Escapes of NUL and of lone surrogates, as `JSON.stringify` writes them. */
const unstorable = /\\u(?:0000|d[89a-f])/;
/**
 * A value as jsonb takes it: Postgres refuses NUL and lone surrogates inside JSON strings, and people can type both.
 * Almost nobody does, so the text is looked through once, and every string of the value only when it has to be.
 */
export function json(value: unknown): string {
  const text = JSON.stringify(value);
  if (!unstorable.test(text)) return text;
  return JSON.stringify(value, (_, v: unknown) => {
    if (typeof v === 'string') return storable(v);
    if (typeof v !== 'object' || v === null || Array.isArray(v)) return v;
    return Object.fromEntries(Object.entries(v).map(([name, of]) => [storable(name), of]));
  });
}
const storable = (words: string): string => words.toWellFormed().replaceAll('\u0000', '');

/** In lots that one statement can take. */
export const batches = <T>(all: readonly T[], most = 1_000): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / most) }, (_, i) => all.slice(i * most, (i + 1) * most));

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What comes from a client and is none names nothing: it must not become an error of the database. */
export const isUuid = (text: string): boolean => uuid.test(text);
