import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

/* Real Postgres for the bench: the one that DATABASE_URL names, or a cluster of our own for as long as it runs. */

const run = promisify(execFile);

export type Server = {
  /** `Postgres 15.18, fsync on` */
  readonly title: string;
  /** A new, empty database. */
  database(): Promise<Database>;
  close(): Promise<void>;
};
export type Database = {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Milliseconds of CPU that the processes serving this database used so far; undefined when they are elsewhere. */
  cpu(): Promise<number | undefined>;
  close(): Promise<void>;
};

const ticksPerMs = 100 / 1000;
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) / ticksPerMs;
}

async function openDatabase(admin: pg.Client, server: string): Promise<Database> {
  const name = `groundcrew_bench_${randomUUID().replaceAll('-', '')}`;
  await admin.query(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 4 });
  pool.on('error', () => {});
  return {
    url: url.href,
    pool,
    async cpu() {
      const { rows } = await admin.query<{ pid: number }>('select pid from pg_stat_activity where datname = $1', [
        name,
      ]);
      const each = await Promise.all(rows.map(({ pid }) => cpuOf(pid).catch(() => undefined)));
      return each.some((ms) => ms === undefined) ? undefined : each.reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
    },
    async close() {
      await pool.end();
      await admin.query(`drop database if exists ${name} with (force)`);
    },
  };
}

async function connect(url: string, close: () => Promise<unknown>): Promise<Server> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const { rows } = await admin.query<{ version: string; fsync: string }>(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync`,
  );
  const open = new Set<Database>();
  return {
    title: `Postgres ${rows[0]?.version.split(' ')[0]}, fsync ${rows[0]?.fsync}`,
    async database() {
      const database = await openDatabase(admin, url);
      open.add(database);
      return database;
    },
    async close() {
      for (const database of open) await database.close();
      await admin.end();
      await close();
    },
  };
}

/** Debian keeps the server's programs out of the path, one folder a version. */
async function programs(): Promise<string | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  return newest && `/usr/lib/postgresql/${newest}/bin`;
}

/** A cluster in a folder of its own, on a socket there, with fsync on. Undefined when Postgres is not installed. */
async function ownCluster(): Promise<Server | undefined> {
  const bin = await programs();
  if (!bin) return undefined;
  const dir = await mkdtemp(join(tmpdir(), 'groundcrew-bench-'));
  const data = join(dir, 'data');
  await mkdir(data);
  // Postgres refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const who = isRoot ? { uid: await idOf('-u'), gid: await idOf('-g') } : {};
  if (who.uid !== undefined) for (const path of [dir, data]) await chown(path, who.uid, who.gid);
  const options = { ...who, env: { PATH: process.env.PATH } };
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust', '--no-sync'], options);
  const control = (...args: readonly string[]) => run(join(bin, 'pg_ctl'), ['-D', data, '-w', ...args], options);
  await control('start', '-l', join(dir, 'log'), '-o', `-k ${dir} -c listen_addresses='' -c fsync=on`);
  return connect(`postgres://bench@localhost/postgres?host=${encodeURIComponent(dir)}`, async () => {
    await control('stop', '-m', 'fast');
    await rm(dir, { recursive: true, force: true });
  });
}
const idOf = async (flag: '-u' | '-g'): Promise<number> => Number((await run('id', [flag, 'postgres'])).stdout.trim());

/** Undefined when there is no Postgres to be had. */
export async function openServer(): Promise<Server | undefined> {
  const url = process.env.DATABASE_URL;
  return url ? connect(url, async () => {}) : ownCluster();
}
