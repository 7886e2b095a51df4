import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { presses } from '../../src/core/feedback/buttons.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, askedIn, grace, openHouse } from '../support/house.ts';
import type { Orders } from '../support/telling-child.ts';

const database = await openTestDatabase();
const folder = await mkdtemp(join(tmpdir(), 'groundcrew-telling-'));
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const voters = 1_000;
const script = new URL('../support/telling-child.ts', import.meta.url);

/** A process of its own; how it ended. */
async function live(orders: Orders): Promise<readonly unknown[]> {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') };
  const child = fork(script, { execArgv: [], env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message');
  const exit = once(child, 'exit');
  child.send(orders);
  return exit;
}

/** A thousand people on both platforms want one thing; every tenth wants another one that is merged into it as well. */
async function shipForAll(): Promise<void> {
  const house = openHouse(database);
  await house.engine.start();
  for (const what of ['Faster builds', 'GPU notebooks']) {
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { what, why: 'x', pain: '4' }));
  }
  await house.act(house.command(grace, 'me'));
  await database.pool.query(
    `with p as (
       insert into groundcrew.person (id, name) select gen_random_uuid(), 'Person ' || n from generate_series(1, ${voters}) n
       returning id, name
     ), a as (
       insert into groundcrew.account (id, person, platform, name)
       select case when right(name, 1)::int % 2 = 0 then 'slack:T1/' else 'teams:t/' end || id, id,
         case when right(name, 1)::int % 2 = 0 then 'slack' else 'teams' end, name from p returning id, person
     )
     insert into groundcrew.feedback_voice (feedback, person, way, account, at)
     select 1, person, 'button', id, now() from a
     union all select 2, person, 'button', id, now() from a where right(id, 1) = '0'`,
  );
  const merge = askedIn(await house.act(house.press(grace, 'roadmap.bond', { number: 2, bond: 'merge' })));
  await house.act(house.submit(grace, merge, { other: '1' }));
  const ship = askedIn(await house.act(house.press(grace, presses.move, { number: 1, move: 'ship' })));
  await house.act(house.submit(grace, ship, { words: 'Builds take a minute.' }));
  await house.engine.stop();
}

test('a thousand voters are told once each, under rate limits, by a bot that is killed five times', async () => {
  await shipForAll();
  const world = join(folder, 'world');
  const said = (): readonly string[] =>
    existsSync(world)
      ? readFileSync(world, 'utf8')
          .split('\n')
          .filter((l) => l.includes('roadmap/told/'))
      : [];
  const deaths = [6, 40, 900, 1_400, 1_800];
  const order = { config: database.config, world };
  const heard: number[] = [];
  for (const [life, dieAt] of deaths.entries()) {
    expect(await live({ ...order, life, dieAt }), `death ${life + 1}`).toEqual([null, 'SIGKILL']);
    heard.push(said().length);
  }
  // They die at every stage: before anybody was told, and in the middle of it.
  expect(heard[0]).toBe(0);
  expect(heard.at(-1)).toBeGreaterThan(200);
  expect(heard.at(-1)).toBeLessThan(voters);
  expect(await live({ ...order, life: deaths.length, dieAt: 0 })).toEqual([0, null]);

  const told = said();
  // The requester of both, and everybody else: each once, on the platform where they are.
  expect(told).toHaveLength(voters + 1);
  expect(new Set(told).size).toBe(voters + 1);
  expect(told.filter((l) => l.startsWith('teams '))).toHaveLength(voters / 2);
}, 300_000);
