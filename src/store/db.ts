import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { Tables } from './schema.ts';

/** A connection to our schema: the whole database, or one transaction of it. */
export type Db = Kysely<Tables>;

export const openDb = (pool: pg.Pool): Db =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }).withSchema('groundcrew');

/**
 * A value as jsonb takes it: Postgres refuses NUL and lone surrogates inside JSON strings, and people can type both.
 */
export const json = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => (typeof v === 'string' ? v.toWellFormed().replaceAll('\u0000', '') : v));
