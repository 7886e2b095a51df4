import type { Socket } from 'node:net';
import pg from 'pg';
import { Problem } from '../core/kernel/problem.ts';

/**
 * All that we ask is found by a key. Plans are kept, so one that was made while a table was young must not read it whole
 * for ever; and compiling a query takes longer than any of ours.
 */
const byKey = 'set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set jit = off';

/** How long a connection may be idle before the network is asked whether it is still there. */
const keepAliveMs = 10_000;
/** How long a database that is not on this machine may take to answer: far longer than any query of ours does. */
export const answerMs = 10_000;

/**
 * For a connection, where nobody waits for an answer: by default it is given up after two seconds, and a machine that is
 * busy, or a database that is just starting, may take longer.
 */
export const patience = { connectionTimeoutMillis: 15_000 };

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
 * What stands in an address takes the place of what stands beside it: of the options both are wanted. They are taken out of
 * the text of the address, which else stays as it is: written anew, a password that `pg` reads in its own way would be another.
 */
function withAllOptions(config: pg.PoolConfig): pg.PoolConfig {
  const { connectionString, options } = config;
  const [, before = '', query = '', after = ''] = /^([^/?#][^?#]*)\?([^#]*)(.*)$/s.exec(connectionString ?? '') ?? [];
  const theirs = new URLSearchParams(query).getAll('options').at(-1);
  if (!theirs || !options) return config;
  const others = query.split('&').filter((pair) => !new URLSearchParams(pair).has('options'));
  return {
    ...config,
    connectionString: `${before}${others.length > 0 ? '?' : ''}${others.join('&')}${after}`,
    options: `${theirs} ${options}`,
  };
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
    ...withAllOptions(config),
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
