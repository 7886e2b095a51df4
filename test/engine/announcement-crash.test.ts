import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { presses } from '../../src/core/announcements/keys.ts';
import { type Inbound, placeId } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { openPool } from '../../src/store/pool.ts';
import { openTestDatabase } from '../support/database.ts';
import { grace, openHouse } from '../support/house.ts';
import {
  type Mortality,
  mortality,
  mortalPlatform,
  mortalPool,
  openWorld,
  unharmed,
  type World,
} from '../support/life.ts';
import { pointsToDieAt } from '../support/sweep.ts';

/*
 * An announcement that asks something of people, from the press that posts it to the one that says it is done, cut short at
 * every point between two statements or deliveries. In the end it stands once in the channel of each platform, and everybody
 * who has to do something was told once, where they are.
 */
const database = await openTestDatabase();
const folder = mkdtempSync(join(tmpdir(), 'gc-announcement-lives-'));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

const news = ['slack:T1/CNEWS', 'teams:11111111-1111-4111-8111-111111111111/19:news@thread.tacv2'] as const;
const settings = settingsSchema.parse({
  roles: { platform: { emails: ['grace@acme.test'] } },
  channels: { updates: news },
  announcements: { areas: ['databases'] },
});
function house(pool: pg.Pool, world: World, mortal?: Mortality) {
  const platforms = mortal ? world.platforms.map((p) => mortalPlatform(p, mortal)) : world.platforms;
  return openHouse({ pool }, { platforms, settings: () => settings });
}
type House = ReturnType<typeof house>;

/** Everything that happens by itself in the next minutes: each beat of the clock brings what the one before it planned. */
async function goBy(own: House): Promise<void> {
  for (let beat = 0; beat < 2; beat++) {
    await own.sweep();
    await own.work();
  }
}

const forever = new Promise<never>(() => {});
type Plan = { readonly number: number };
const pressed = ({ number }: Plan, n: number, name: string, value: object, at: Date): Inbound => ({
  delivery: `announcement-${number}/${n}`,
  at,
  account: grace.account,
  origin: { platform: 'slack', arrival: `announcement-${number}/${n}` },
  kind: 'press',
  press: { name, value: JSON.stringify(value) },
});
/** Grace posts it; when she is told that she has to do it, she says that it is done. */
const arrivals: readonly ((plan: Plan, at: Date, owed: number) => Inbound)[] = [
  (plan, at) => pressed(plan, 1, presses.post, { number: plan.number }, at),
  (plan, at, owed) => pressed(plan, 2, presses.done, { id: owed }, at),
];
const gracesOwed = async ({ number }: Plan): Promise<number> =>
  (
    await database.pool.query(
      `select o.id from groundcrew.announcement_owed o join groundcrew.account a on a.person = o.person
       where o.announcement = $1 and a.id = $2`,
      [number, grace.account],
    )
  ).rows[0]?.id ?? 0;

/** What was not answered yet, each to its end. */
async function goOn(own: House, plan: Plan, alive: () => boolean, answered: Set<number>): Promise<void> {
  for (const [i, arrival] of arrivals.entries()) {
    if (answered.has(i)) continue;
    const answer = await own.engine.dispatch(arrival(plan, own.clock.now(), i === 0 ? 0 : await gracesOwed(plan)));
    if (!alive()) return forever;
    answered.add(i);
    await own.engine.settle(answer, []);
    await own.work();
    await goBy(own);
  }
  // The copies are drawn again once a minute, with how many have done it.
  own.clock.jump(60_000);
  await goBy(own);
}

/** Owners of a thing of their own, every other one on Teams; Grace is one of them, and follows what it is about. */
async function plans(path: string, owners: number): Promise<Plan> {
  await database.pool.query(
    `with p as (
       insert into groundcrew.person (id, name) select gen_random_uuid(), $1 || n from generate_series(1, $2::int) n returning id, name
     ), a as (
       insert into groundcrew.account (id, person, platform, name)
       select case when right(name, 1)::int % 2 = 0 then 'slack:T1/' else 'teams:t/' end || id, id,
         case when right(name, 1)::int % 2 = 0 then 'slack' else 'teams' end, name from p returning person as id
     ), all_of_them as (select id from a union all select person from groundcrew.account where id = $3)
     insert into groundcrew.resource (id, slug, name, identity, path, version, "values", team, owner, created, changed, state)
     select gen_random_uuid(), 's' || $1 || id, 's' || id, $1 || id, $1, '1.0.0', '{}', 'orders', id, now(), now(), 'ready' from all_of_them`,
    [path, owners - 1, grace.account],
  );
  const { rows } = await database.pool.query(
    `insert into groundcrew.announcement (content, author, state, created, changed)
     select $1, person, 'draft', now(), now() from groundcrew.account where id = $2 returning number`,
    [
      JSON.stringify({
        kind: 'action',
        title: path,
        text: 'Version 1 ends.',
        details: 'How it is done.',
        audience: { areas: ['databases'], personas: [], teams: [] },
        action: { deadline: '2026-03-20', path },
      }),
      grace.account,
    ],
  );
  return { number: rows[0].number };
}

async function recover(world: World, plan: Plan, answered: Set<number>): Promise<void> {
  const own = house(database.pool, world);
  own.clock.jump(60_000);
  await own.store.direct.outbox.release();
  await own.engine.start();
  await own.work();
  await goBy(own);
  await goOn(own, plan, () => true, answered);
  await database.pool.query('update groundcrew.inbox set tried = null where not settled');
  await goBy(own);
  await own.engine.stop();
}

let lives = 0;
/** A life that is cut short at a point; without one, it goes well. Returns how many points it had. */
async function live(at: number, owners: number): Promise<number> {
  lives += 1;
  const path = `path-${lives}-`;
  const plan = await plans(path, owners);
  const world = openWorld(join(folder, path), { find: true });
  const death = Promise.withResolvers<void>();
  const mortal = at === 0 ? unharmed() : mortality(at, () => death.resolve());
  const { pool, cut } = mortalPool(
    openPool({ ...database.config, max: 2 }, () => {}),
    mortal,
  );
  const answered = new Set<number>();
  const own = house(pool, world, mortal);
  const life = (async () => {
    await own.engine.start();
    mortal.arm();
    await goOn(own, plan, mortal.alive, answered);
    await own.engine.stop();
  })();
  await Promise.race([life, death.promise]);
  cut();
  if (at > 0) await recover(world, plan, answered);
  else await pool.end();
  await audit(plan, world, owners, `point ${at}`);
  return mortal.count();
}

/** What must hold when the dust has settled. */
async function audit(plan: Plan, world: World, owners: number, about: string): Promise<void> {
  const { rows } = await database.pool.query(
    `select a.state,
       array(select key from groundcrew.outbox where ended is null or state in ('gone', 'refused')) as undelivered,
       array(select delivery from groundcrew.inbox where not settled and origin is not null) as owed,
       array(select key from groundcrew.due where key in (
         'announcement/' || number || '/act', 'announcement/' || number || '/spread')) as due
     from groundcrew.announcement a where number = $1`,
    [plan.number],
  );
  expect(rows, about).toEqual([{ state: 'posted', undelivered: [], owed: [], due: [] }]);
  const post = `announcement/${plan.number}`;
  expect(
    world
      .posts(post)
      .map((p) => p.place)
      .toSorted(),
    about,
  ).toEqual([...news]);
  expect(
    world
      .posts(`${post}/details`)
      .map((p) => p.place)
      .toSorted(),
    about,
  ).toEqual([...news]);
  for (const copy of world.posts(post)) expect(world.now(copy), about).toContain(`1 of ${owners} (`);
  const { rows: asked } = await database.pool.query<{ id: number; account: string; how: string | null; told: boolean }>(
    `select o.id, a.id as account, o.how, o.told and not o.stale as told
     from groundcrew.announcement_owed o join groundcrew.account a on a.person = o.person where o.announcement = $1`,
    [plan.number],
  );
  expect(asked, about).toHaveLength(owners);
  for (const { id, account, how, told } of asked) {
    expect(told, about).toBe(true);
    const mine = world.posts(`announcement/owed/${id}`);
    const platform = account.startsWith('slack') ? 'slack' : 'teams';
    expect(
      mine.map((m) => m.place),
      `${about}: ${account}`,
    ).toEqual([placeId(platform, 'x', `dm-${account}`)]);
    const [message] = mine;
    expect(how, about).toBe(account === grace.account ? 'said' : null);
    if (message && how) expect(world.now(message), about).toContain('You said that it’s done');
  }
}

const known = house(database.pool, openWorld(join(folder, 'known'), { find: true }));
await known.act(known.command(grace, 'help'));
await database.pool.query('update groundcrew.inbox set settled = true');

test('a process that dies at any point of it says it once on both platforms, and tells everybody once', async () => {
  const points = await live(0, 3);
  expect(points).toBeGreaterThan(60);
  let deaths = 0;
  const chosen = pointsToDieAt(points);
  for (const at of chosen) deaths += (await live(at, 3)) >= at ? 1 : 0;
  // The number of points differs by a few from life to life, with what runs side by side.
  expect(deaths).toBeGreaterThan(chosen.length * 0.9);
}, 300_000);

test('so it is when there are more of them than are told in one go', async () => {
  const owners = 103;
  const points = await live(0, owners);
  const step = Math.floor(points / 6);
  for (let at = step; at < points * 0.9; at += step) await live(at, owners);
}, 300_000);
