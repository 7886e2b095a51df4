import { afterAll, expect, test } from 'vitest';
import { presses } from '../../src/core/announcements/keys.ts';
import { type Inbound, placeId } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { openTestDatabase } from '../support/database.ts';
import { grace } from '../support/house.ts';
import type { World } from '../support/life.ts';
import { openSweep } from '../support/sweep.ts';

/*
 * An announcement that asks something of people, from the press that posts it to the one that says it is done, cut short at
 * every point between two statements or deliveries. In the end it stands once in the channel of each platform, and everybody
 * who has to do something was told once, where they are.
 */
const database = await openTestDatabase();

const news = ['slack:T1/CNEWS', 'teams:11111111-1111-4111-8111-111111111111/19:news@thread.tacv2'] as const;
const settings = settingsSchema.parse({
  roles: { platform: { emails: ['grace@acme.test'] } },
  channels: { updates: news },
  announcements: { areas: ['databases'] },
});
/** How many have to do something, in the lives to come. */
let owners = 3;
/** The announcement of each plan. */
const numbers = new Map<string, number>();
const pressed = (plan: string, n: number, name: string, value: object, at: Date): Inbound => ({
  delivery: `announcement-${plan}/${n}`,
  at,
  account: grace.account,
  origin: { platform: 'slack', arrival: `announcement-${plan}/${n}` },
  kind: 'press',
  press: { name, value: JSON.stringify(value) },
});

/** Owners of a thing of their own, every other one on Teams; Grace is one of them, and follows what it is about. */
async function plans(path: string): Promise<void> {
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
  numbers.set(path, rows[0].number);
}

/** What must hold when the dust has settled. */
async function audit(plan: string, world: World, about: string): Promise<void> {
  const number = numbers.get(plan) ?? 0;
  const { rows } = await database.pool.query(
    `select a.state,
       array(select key from groundcrew.outbox where ended is null or state in ('gone', 'refused')) as undelivered,
       array(select delivery from groundcrew.inbox where not settled and origin is not null) as owed,
       array(select key from groundcrew.due where key in (
         'announcement/' || number || '/act', 'announcement/' || number || '/spread')) as due
     from groundcrew.announcement a where number = $1`,
    [number],
  );
  expect(rows, about).toEqual([{ state: 'posted', undelivered: [], owed: [], due: [] }]);
  const post = `announcement/${number}`;
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
    [number],
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

/** Grace posts it; when she is told that she has to do it, she says that it is done. */
const sweep = await openSweep(database, {
  people: [grace],
  parts: () => ({ settings: () => settings }),
  before: plans,
  beats: 2,
  arrivals: [
    async ({ plan, at }) => pressed(plan, 1, presses.post, { number: numbers.get(plan) }, at),
    async ({ plan, pool, at }) => {
      const { rows } = await pool.query(
        `select o.id from groundcrew.announcement_owed o join groundcrew.account a on a.person = o.person
         where o.announcement = $1 and a.id = $2`,
        [numbers.get(plan), grace.account],
      );
      return pressed(plan, 2, presses.done, { id: rows[0]?.id ?? 0 }, at);
    },
  ],
  audit,
});
afterAll(async () => {
  sweep.close();
  await database.close();
});

test('a process that dies at any point of it says it once on both platforms, and tells everybody once', async () => {
  const points = await sweep.rehearse();
  expect(points).toBeGreaterThan(60);
  expect(await sweep.dieAtEach(points)).toBeGreaterThan(0.9);
}, 300_000);

test('so it is when there are more of them than are told in one go', async () => {
  owners = 103;
  const points = await sweep.rehearse();
  const step = Math.floor(points / 6);
  for (let at = step; at < points * 0.9; at += step) await sweep.dieAt(at);
}, 300_000);
