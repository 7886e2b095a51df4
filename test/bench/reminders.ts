import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { openEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPool } from '../../src/store/pool.ts';
import { virtualClock } from '../support/clock.ts';
import { openHouse, quiet } from '../support/house.ts';
import type { Scene } from './scene.ts';
import type { Line, Table } from './table.ts';

/* Row 9: ten thousand who signed up for five hundred sessions are reminded of them at the same civil hour. */

const many = 10_000;
const sessions = 500;
const hour = '2026-03-04T09:00:00Z';
const within = 60;

async function people(pool: pg.Pool): Promise<void> {
  await pool.query(
    `with p as (
       insert into groundcrew.person (id, name, zone)
       select gen_random_uuid(), 'Person ' || n, 'Europe/Berlin' from generate_series(1, $1::int) n returning id, name
     )
     insert into groundcrew.account (id, person, platform, name)
     select case right(name, 1)::int % 2 when 0 then 'slack:T1/' else 'teams:t/' end || id, id,
       case right(name, 1)::int % 2 when 0 then 'slack' else 'teams' end, name from p`,
    [many],
  );
  const schedule = { start: '2026-03-05', at: '14:00', zone: 'Europe/Berlin', rule: { kind: 'once' }, changes: [] };
  await pool.query(
    `with series as (
       insert into groundcrew.office_series (kind, title, schedule, minutes, queue, places, created, changed)
       select 'office-hours', 'Series ' || n, $1, 60, true, '[]', now(), now() from generate_series(1, $2::int) n
       returning number
     )
     insert into groundcrew.office_session (series, day, starts, minutes, queue, state)
     select number, '2026-03-05', '2026-03-05T13:00:00Z', 60, true, 'planned' from series`,
    [JSON.stringify(schedule), sessions],
  );
  await pool.query(
    `with seat as (
       insert into groundcrew.office_seat (session, person, account, state, nth, topic, at)
       select 1 + row_number() over (order by id) % $1::int, person, id, 'in', row_number() over (order by id), 'A topic', now()
       from groundcrew.account returning session, person
     )
     insert into groundcrew.due (key, job, input, at)
     select 'office/' || session || '/eve/' || person, 'office.eve',
       jsonb_build_object('n', session, 'starts', '2026-03-05T13:00:00.000Z', 'person', person), $2::timestamptz
     from seat`,
    [sessions, hour],
  );
}

async function line(title: string, pool: pg.Pool): Promise<Line> {
  await migrate(pool);
  await people(pool);
  const house = openHouse({ pool }, { clock: virtualClock(hour), log: quiet });
  const begin = performance.now();
  await house.engine.tick();
  const seconds = (performance.now() - begin) / 1000;
  const { rows } = await pool.query<{ told: number; due: number }>(
    `select (select count(*)::int from groundcrew.outbox where kind = 'tell' and key like '%/eve/%') as told,
       (select count(*)::int from groundcrew.due where job = 'office.eve') as due`,
  );
  const [after] = rows;
  // A number about reminders that were lost or doubled means nothing.
  if (after?.told !== many || after.due !== 0) throw new Error(`${after?.told} were told, ${after?.due} are still due`);
  return {
    cells: [title, String(many), seconds, (seconds * 1000) / many],
    aim: `≤ ${within} s`,
    reached: seconds <= within,
  };
}

export async function reminders({ server }: Scene): Promise<Table> {
  const lines: Line[] = [];
  if (server) {
    const database = await server.database();
    const pool = openPool({ connectionString: database.url }, () => {});
    lines.push(await line('Postgres', pool));
    // The scene closes its databases itself.
    await pool.end();
  }
  const folder = await mkdtemp(join(tmpdir(), 'groundcrew-bench-'));
  const embedded = await openEmbedded(folder, { log: quiet });
  const pool = openPool(embedded.config, () => {});
  lines.push(await line('PGlite', pool));
  await pool.end();
  await embedded.close();
  await rm(folder, { recursive: true, force: true });
  return {
    title: '9. 10,000 reminders that fall due at once, claimed and written to the outbox by one process',
    head: ['database', 'reminders', 's', 'ms each'],
    lines,
  };
}
