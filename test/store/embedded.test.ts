import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { migrateDatabase } from '../../src/cli/migrate.ts';
import { ensureTemplates } from '../../src/cli/template.ts';
import { type EmbeddedOptions, openEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { templatePaths } from '../../src/store/template.ts';
import { startChild } from './child.ts';
import { memoryLog, scratch } from './scratch.ts';
import { stateOf } from './state.ts';

async function open(dir: string, more: Partial<EmbeddedOptions> = {}) {
  const log = memoryLog();
  const embedded = await openEmbedded(dir, { log, ...more });
  const pool = new pg.Pool({ ...embedded.config, max: 4 });
  pool.on('error', () => {});
  const close = async () => {
    if (!pool.ended) await pool.end();
    await embedded.close();
  };
  onTestFinished(close);
  return { ...embedded, pool, close, log };
}
const what = async (pool: pg.Pool) =>
  (await pool.query('select what from kept order by what')).rows.map((row) => row.what);

test('what was stored is there when it is opened again, and closing leaves nothing but the data', async () => {
  const dir = join(scratch(), 'not', 'there', 'yet');
  const first = await open(dir);
  expect(first.log.lines).toEqual([{ level: 'info', message: 'made a new embedded database' }]);
  expect(first.config).toEqual({
    host: join(dir, 'socket'),
    port: 5432,
    user: 'postgres',
    database: 'postgres',
    ssl: false,
  });
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  expect(statSync(first.config.host).mode & 0o777).toBe(0o700);
  await first.pool.query('create table public.kept (what text)');
  await Promise.all([1, 2, 3, 4].map((n) => first.pool.query('insert into public.kept values ($1)', [`row ${n}`])));
  await first.close();
  expect(readdirSync(dir)).toEqual(['pg']);

  const again = await open(dir);
  expect(again.log.lines).toEqual([{ level: 'info', message: 'opened the database' }]);
  expect(await what(again.pool)).toEqual(['row 1', 'row 2', 'row 3', 'row 4']);
  const { rows } = await again.pool.query(
    `select current_setting('search_path') as path, name from pg_available_extensions where name = 'pg_trgm'`,
  );
  expect(rows).toEqual([{ path: 'bullmq, public', name: 'pg_trgm' }]);
});

test('a second one is refused, in this process and in another, and the first is not disturbed', async () => {
  const dir = scratch();
  const { pool } = await open(dir);
  const message = new RegExp(`^Another Groundcrew \\(process ${process.pid} on .*set DATABASE_URL .*set DATA_DIR`);
  await expect(openEmbedded(dir, { log: memoryLog() })).rejects.toMatchObject({ code: 'data_folder_in_use' });
  const child = startChild('open', dir);
  onTestFinished(() => child.kill());
  expect(await child.next()).toMatch(message);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('after kill -9 the folder is taken over, with all that was committed and nothing that was not', async () => {
  const dir = scratch();
  const child = startChild('hold', dir);
  expect(await child.next()).toBe('stored');
  await child.kill();
  expect(readdirSync(dir).sort()).toEqual(['lock', 'pg', 'socket']);
  const { pool, log } = await open(dir);
  expect(log.lines[0]?.message).toBe('Took over the data folder from a process that ended without closing it.');
  expect(await what(pool)).toEqual(['committed']);
});

test('kill -9 while the first start makes the files leaves a folder that opens', async () => {
  const dir = scratch();
  const half = Promise.withResolvers<void>();
  const watcher = watch(dir, (_, name) => {
    if (name === 'pg.making') half.resolve();
  });
  onTestFinished(() => watcher.close());
  const child = startChild('open', dir);
  await half.promise;
  await child.kill();
  const { pool } = await open(dir);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(readdirSync(dir).sort()).toEqual(['lock', 'pg', 'socket']);
});

test('without a template that can be read it is made anew, over what a killed start left', async () => {
  const dir = scratch();
  const template = join(scratch(), 'template.tar.gz');
  writeFileSync(template, readFileSync(templatePaths().migrated).subarray(0, 100_000));
  mkdirSync(join(dir, 'pg.making', 'base'), { recursive: true });
  writeFileSync(join(dir, 'pg.making', 'PG_VERSION'), '18');
  writeFileSync(join(dir, 'pg.template.tar.gz'), 'half');
  const { pool, log } = await open(dir, { template });
  expect(log.lines).toEqual([
    { level: 'warn', message: 'There is no database template, so the first start takes longer.' },
    { level: 'info', message: 'made a new embedded database' },
  ]);
  expect((await pool.query('show wal_segment_size')).rows).toEqual([{ wal_segment_size: '1MB' }]);
  expect(readdirSync(dir).sort()).toEqual(['lock', 'pg', 'socket']);
});

test('what a first start unpacks is what migrating makes, and nothing of any installation', async () => {
  const { bare } = templatePaths();
  const made = { bare, migrated: join(scratch(), 'template.tar.gz') };
  const said: string[] = [];
  await ensureTemplates(
    (line) => said.push(line),
    () => made,
  );
  expect(said).toEqual([]);
  const ours = await open(scratch(), { template: made.migrated });
  const state = await stateOf(ours.pool);
  expect(Object.keys(state.rows).toSorted()).toEqual([
    'bullmq.migration',
    'groundcrew.counter',
    'groundcrew.migration',
  ]);

  const byHand = await open(scratch(), { template: bare });
  expect((await stateOf(byHand.pool)).objects).toEqual([]);
  await migrateDatabase(byHand.config);
  expect(await stateOf(byHand.pool)).toEqual(state);

  expect((await migrate(ours.pool)).applied).toEqual([]);
  expect(await migrateDatabase(ours.config)).toMatch(/^The database is up to date \(version \d+\)\.$/);
  expect(await stateOf(ours.pool)).toEqual(state);
});

test('in a folder with a long name the socket is in a private one of the system', async () => {
  const dir = join(scratch(), 'x'.repeat(100));
  const { config, pool, close } = await open(dir);
  expect(config.host.startsWith(join(tmpdir(), 'groundcrew-'))).toBe(true);
  expect(statSync(config.host).mode & 0o777).toBe(0o700);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await close();
  expect(existsSync(config.host)).toBe(false);
});

test('when the engine ends by itself it is told, and what was stored is there afterwards', async () => {
  const dir = scratch();
  const { pool, died, close } = await open(dir);
  await pool.query('create table kept (what text)');
  await pool.query(`insert into kept values ('row')`);
  // PGlite reads from a socket that has no more to give, and exits.
  const copy = pool.query('copy kept from stdin');
  await expect(copy).rejects.toThrow('Connection terminated');
  const problem = await died;
  expect(problem).toMatchObject({ code: 'embedded_died' });
  expect(problem.message).toContain('Program terminated with exit(1)');
  await close();
  expect(readdirSync(dir)).toEqual(['pg']);
  expect(await what((await open(dir)).pool)).toEqual(['row']);
});

test('when the folder is taken from us it is told, and closing writes nothing more', async () => {
  const dir = scratch();
  let beat = () => {};
  const every = (_: number, run: () => void) => {
    beat = run;
    return () => {};
  };
  const { died, close } = await open(dir, { every });
  writeFileSync(join(dir, 'lock'), 'another process');
  beat();
  expect(await died).toMatchObject({ code: 'data_folder_lost' });
  await close();
  expect(readFileSync(join(dir, 'lock'), 'utf8')).toBe('another process');
});

test('a query without end does not hold up closing', async () => {
  const { pool, close } = await open(scratch(), { closeWithinMs: 100 });
  const client = await pool.connect();
  client.on('error', () => {});
  const endless = client.query(`do $$ begin loop end loop; end $$`).catch((error: unknown) => error);
  const closed = close();
  client.release(true);
  await closed;
  expect(await endless).toBeInstanceOf(Error);
});

test('a folder that another Postgres wrote is refused with its reason, and left free', async () => {
  const dir = scratch();
  await (await open(dir)).close();
  writeFileSync(join(dir, 'pg', 'PG_VERSION'), '17\n');
  const refusal = openEmbedded(dir, { log: memoryLog() });
  await expect(refusal).rejects.toMatchObject({ code: 'embedded_failed' });
  await expect(refusal).rejects.toThrow(/version 17/);
  expect(readdirSync(dir)).toEqual(['pg']);
});

test('a path that cannot be a folder is refused with what to do', async () => {
  const file = join(scratch(), 'file');
  writeFileSync(file, '');
  const refusal = openEmbedded(join(file, 'data'), { log: memoryLog() });
  await expect(refusal).rejects.toMatchObject({ code: 'data_folder_unusable' });
  await expect(refusal).rejects.toThrow(/ENOTDIR.*set DATA_DIR to another folder/);
});
