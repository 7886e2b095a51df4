import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { quantile } from './measure.ts';
import { acting, emailOf, team, tenant } from './people.ts';
import type { Scene } from './scene.ts';
import { both, dataFolder, environment, help, helpSays, type Side, startOurs } from './servers.ts';
import { embeddedPool } from './starts.ts';
import type { Line, Table } from './table.ts';

/* Rows 5 and 6: how long the event loop stands still, and how long a person waits, while something else goes on. */

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const stateMs = 5_000;
const perSecond = 50;
const fanOut = 10_000;

/** What a start costs is rows 3 and 4; these begin when it has given back what it took. */
const settledMs = 5_000;

/** Our process, and a way into its database. */
type House = { readonly title: string; readonly side: Side; readonly pool: pg.Pool; close(): Promise<void> };

async function houses({ world, server, load }: Scene): Promise<readonly (() => Promise<House>)[]> {
  // Everybody who acts is known: somebody new is asked for in the directory and written down, once.
  const warm = async (house: House): Promise<House> => {
    let known = 0;
    while (known < acting) {
      await load.run({ port: house.side.port, target: help, expect: helpSays, connections: 4, ms: 2_000 });
      const { rows } = await house.pool.query<{ n: number }>('select count(*)::int as n from groundcrew.account');
      known = rows[0]?.n ?? 0;
    }
    await sleep(settledMs);
    return house;
  };
  const external = async (): Promise<House> => {
    const database = await (server as NonNullable<typeof server>).database();
    const side = await startOurs('Postgres', environment(world, both, database));
    return warm({ title: 'Postgres', side, pool: database.pool, close: () => side.child.stop() });
  };
  const embedded = async (): Promise<House> => {
    const { folder, remove } = await dataFolder();
    const side = await startOurs('PGlite', environment(world, both, { folder }));
    const pool = embeddedPool(folder);
    const close = async () => {
      await pool.end();
      await side.child.stop();
      await remove();
    };
    return warm({ title: 'PGlite', side, pool, close });
  };
  return server ? [external, embedded] : [embedded];
}

const view = {
  id: 'bench',
  title: 'News from the platform team',
  summary: 'Builds are twice as fast',
  blocks: [{ kind: 'text', text: [{ kind: 'plain', text: 'Builds are twice as fast since this morning.' }] }],
};

/** Messages to many people, as a handler's effects leave them in the outbox; the sweep finds them. */
async function writeMessages(pool: pg.Pool, platform: 'slack' | 'teams', count: number): Promise<void> {
  const run = randomUUID().slice(0, 8);
  const people = Array.from({ length: count }, (_, i) => {
    const number = String(100_000 + i);
    const account =
      platform === 'slack'
        ? `slack:${team}/U0${number}`
        : `teams:${tenant}/aaaaaaaa-0000-4000-8000-${number.padStart(12, '0')}`;
    return { id: randomUUID(), name: `Person ${number}`, email: `${run}${emailOf(number)}`, account };
  });
  await pool.query(
    `with people as (select * from jsonb_to_recordset($1::jsonb) as p (id uuid, name text, email text, account text)),
     made as (insert into groundcrew.person (id, name, email) select id, name, email from people),
     known as (insert into groundcrew.account (id, person, platform, name, email, looked_up, used)
       select account, id, $2::text, name, email, now(), now() from people
       on conflict (id) do update set person = excluded.person),
     kept as (insert into groundcrew.message (key, slot, lane)
       select $3, 'direct:' || id, 'direct:' || $2 || ':' || id from people)
     insert into groundcrew.outbox (lane, kind, key, slot, body, delivery)
     select 'direct:' || $2 || ':' || id, 'tell', $3, 'direct:' || id, $4::jsonb, $3 from people`,
    [JSON.stringify(people), platform, `bench/${run}`, JSON.stringify({ view })],
  );
}

/** Something that goes on meanwhile; returns what ends it. */
type State = { readonly title: string; begin(house: House, scene: Scene): Promise<() => Promise<unknown>> };
const nothing = async () => async () => {};

const states: Readonly<Record<'idle' | 'fanOut' | 'slowQuery' | 'otherUsers' | 'slackHangs' | 'teamsHangs', State>> = {
  idle: { title: 'nothing', begin: nothing },
  fanOut: {
    title: `${fanOut.toLocaleString('en')} direct messages going out`,
    begin: async ({ pool }) => {
      await writeMessages(pool, 'slack', fanOut);
      // The sweep looks every five seconds.
      await sleep(5_000);
      return async () => {};
    },
  },
  slowQuery: {
    title: 'somebody else’s query of a second, again and again',
    begin: async ({ pool, title }) => {
      let on = true;
      const query =
        title === 'PGlite'
          ? 'select count(*) from generate_series(1, 2000000)'
          : 'select count(*) from generate_series(1, 4000000)';
      const loop = (async () => {
        while (on) {
          await pool.query(query);
          await sleep(1_000);
        }
      })();
      return () => {
        on = false;
        return loop;
      };
    },
  },
  otherUsers: {
    title: 'other users of the database sleep in it and scan',
    begin: async ({ pool }) => {
      let on = true;
      const loop = async (query: string) => {
        while (on) await pool.query(query);
      };
      const loops = Promise.all([
        loop('select pg_sleep(1)'),
        loop('select pg_sleep(1)'),
        loop('select count(*) from generate_series(1, 200000)'),
      ]);
      return () => {
        on = false;
        return loops;
      };
    },
  },
  slackHangs: {
    title: 'Slack’s API hangs, with messages waiting for it',
    begin: async ({ pool }, { world }) => {
      world.hang('slack', true);
      await writeMessages(pool, 'slack', 200);
      await sleep(5_000);
      return async () => world.hang('slack', false);
    },
  },
  teamsHangs: {
    title: 'Teams’ connector hangs, with messages waiting for it',
    begin: async ({ pool }, { world }) => {
      world.hang('teams', true);
      await writeMessages(pool, 'teams', 200);
      await sleep(5_000);
      return async () => world.hang('teams', false);
    },
  },
};

/** The longest gap of the event loop while something goes on. */
export async function gaps(scene: Scene): Promise<Table> {
  const lines: Line[] = [];
  for (const open of await houses(scene)) {
    const house = await open();
    const { child, port } = house.side;
    const under = async (title: string, work: () => Promise<unknown>) => {
      await child.ask('gaps.start');
      await work();
      const { longest, p99 } = await child.ask<{ longest: number; p99: number }>('gaps.stop');
      lines.push({ cells: [title, house.title, longest, p99], aim: '≤ 50 ms', reached: longest <= 50 });
    };
    await under(states.idle.title, () => sleep(stateMs));
    await under('commands on 10 connections', () =>
      scene.load.run({ port, target: help, expect: helpSays, connections: 10, ms: stateMs }),
    );
    for (const state of [states.slowQuery, states.fanOut]) {
      const end = await state.begin(house, scene);
      await under(state.title, () => sleep(stateMs));
      await end();
    }
    await house.close();
  }
  return {
    title: '5. The longest gap of the event loop',
    head: ['meanwhile', 'database', 'longest ms', 'p99 ms'],
    lines,
  };
}

/** Until what waited for a platform that hung has gone out: the next state is measured by itself. */
async function delivered(pool: pg.Pool): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ n: number }>(
      'select count(*)::int as n from groundcrew.outbox where ended is null',
    );
    if (rows[0]?.n === 0) return;
    await sleep(250);
  }
}

/** How long a slash command takes while something hangs or goes on. */
export async function acks(scene: Scene): Promise<Table> {
  const lines: Line[] = [];
  const order = [states.idle, states.slackHangs, states.teamsHangs, states.otherUsers, states.fanOut];
  for (const open of await houses(scene)) {
    const house = await open();
    for (const state of order) {
      // One session serves them all: who sleeps in an embedded database stops it, so nobody else may use it.
      if (state === states.otherUsers && house.title === 'PGlite') continue;
      const end = await state.begin(house, scene);
      const { latencies } = await scene.load.run({
        port: house.side.port,
        target: help,
        expect: helpSays,
        connections: 50,
        ms: stateMs,
        rate: perSecond,
      });
      await end();
      if (state !== states.fanOut) await delivered(house.pool);
      const [p50, p99, longest] = [quantile(latencies, 0.5), quantile(latencies, 0.99), latencies.at(-1)];
      lines.push({ cells: [state.title, house.title, p50, p99, longest], aim: '< 50 ms', reached: p99 < 50 });
    }
    await house.close();
  }
  const head = ['meanwhile', 'database', 'p50 ms', 'p99 ms', 'longest ms'];
  return { title: `6. A slash command at ${perSecond} a second`, head, lines };
}
