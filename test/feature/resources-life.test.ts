import { describe, expect, test } from 'vitest';
import type { PersonId } from '../../src/core/kernel/index.ts';
import { keys, presses } from '../../src/core/resources/keys.ts';
import { times } from '../../src/core/resources/lifetime.ts';
import { runMoved, runsWake } from '../../src/core/runs/report.ts';
import { virtualClock } from '../support/clock.ts';
import { ada, adaTeams, openHouse, recordingPlatform } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { crew, postgres } from '../support/things.ts';

const database = await ownDatabase();

const dayMs = 86_400_000;
const catalog = { paths: [postgres], broken: [] };
const wake = { name: runsWake, run: async () => null };

/** Processes of one bot: they share the database, the clock and the platforms. */
async function open(processes: number) {
  const clock = virtualClock();
  const slack = recordingPlatform('slack', [ada]);
  const teams = recordingPlatform('teams', [adaTeams]);
  const options = { clock, slack, teams, settings: () => crew, catalog: () => catalog, actions: [wake] };
  const houses = Array.from({ length: processes }, () => openHouse(database, options));
  for (const h of houses) await h.engine.start();
  const [house] = houses as [(typeof houses)[0], ...typeof houses];
  await house.engine.dispatch(house.command(ada, 'me'));
  const { people, resources } = house.store.direct.features;
  await people.learn(ada, clock.now());
  const owner = (await people.byAccount(ada.account))?.id as PersonId;
  const added = await resources.add({
    slug: 'r7',
    name: 'orders',
    identity: 'postgres/orders',
    path: 'postgres',
    version: '1.4.0',
    values: { name: 'orders', size: 's' },
    team: 'inventory',
    owner,
    created: clock.now(),
    expires: new Date(clock.now().getTime() + 2 * dayMs),
  });
  if (!added) throw new Error('taken');
  await resources.change(added.id, { state: 'active' }, clock.now());
  for (const e of times({ ...added, state: 'active' }, crew, clock.now()))
    if (e.kind === 'later') await house.store.direct.due.put(e);
  const runs = async () =>
    (await database.pool.query<{ key: string }>('select key from groundcrew.run order by created, key')).rows.map(
      (r) => r.key,
    );
  const words = () => slack.outgoing.flatMap((o) => ('view' in o ? [`${o.kind} ${o.view.title}`] : []));
  return { clock, slack, houses, house, thing: added, runs, words, is: () => resources.byId(added.id) };
}
const tick = async (houses: Awaited<ReturnType<typeof open>>['houses']) => {
  await Promise.all(houses.map((h) => h.engine.tick()));
  for (const h of houses) await h.work();
};

describe('the end of a thing', () => {
  test('is carried out once by two processes, after a time in which none was there', async () => {
    const { clock, houses, thing, runs, words, is } = await open(2);
    clock.jump(5 * dayMs);
    for (let i = 0; i < 3; i++) await tick(houses);
    expect(await is()).toMatchObject({ state: 'changing' });
    expect(await runs()).toHaveLength(1);
    // Neither the reminder of a day nor that of an hour says anything now.
    expect(words().filter((w) => w.includes('ends in'))).toEqual([]);
    const [key] = await runs();
    await database.pool.query('update groundcrew.run set attempt = 1');
    const report = (delivery: string) =>
      Promise.all(
        houses.map((h) =>
          h.engine.report({
            kind: 'observed',
            what: runMoved,
            input: {
              key: key as string,
              attempt: 1,
              n: 1,
              progress: { state: 'ready', steps: [], links: [], outputs: [] },
            },
            at: clock.now(),
            delivery,
          }),
        ),
      );
    await report('run/1');
    await report('run/2');
    for (const h of houses) await h.work();
    expect(await is()).toMatchObject({ state: 'hibernated', id: thing.id });
    expect(words().filter((w) => w === 'direct orders is put to sleep')).toHaveLength(1);
    for (const h of houses) await h.engine.stop();
  });

  test('is reminded of by the clock, extended by one press, and then reminded of anew', async () => {
    const { clock, houses, house, thing, words, is, slack } = await open(1);
    clock.jump(dayMs + 1000);
    await tick(houses);
    expect(words().at(-1)).toBe('direct orders ends in 1 day');
    const expires = thing.expires?.toISOString();
    const press = house.press(ada, presses.extend, { id: thing.id, expires, slot: 1 });
    await house.act(press);
    // The platform sends the press again, and somebody presses the old button.
    await house.act(press);
    await house.act(house.press(ada, presses.extend, { id: thing.id, expires, slot: 1 }));
    expect(await is()).toMatchObject({ extended: 1, expires: new Date((thing.expires?.getTime() ?? 0) + 7 * dayMs) });
    expect(slack.outgoing.filter((o) => o.kind === 'edit')).toMatchObject([{ view: { title: 'orders lives on' } }]);
    clock.jump(dayMs);
    await tick(houses);
    expect(await is()).toMatchObject({ state: 'active' });
    clock.jump(6 * dayMs);
    await tick(houses);
    expect(words().at(-1)).toBe('direct orders ends in 1 day');
    await house.engine.stop();
  });

  test('survives the process that began it: the next one finds the run, and tries again when it failed', async () => {
    const { clock, houses, house, thing, runs, is } = await open(1);
    clock.jump(3 * dayMs);
    await tick(houses);
    await house.engine.stop();
    const next = openHouse(database, { clock, settings: () => crew, catalog: () => catalog, actions: [wake] });
    await next.engine.start();
    await database.pool.query('update groundcrew.run set attempt = 2');
    const [key] = await runs();
    await next.engine.report({
      kind: 'observed',
      what: runMoved,
      input: {
        key: key as string,
        attempt: 2,
        n: 1,
        progress: { state: 'failed', steps: [], links: [], outputs: [], message: 'no' },
      },
      at: clock.now(),
      delivery: 'run/x',
    });
    expect(await is()).toMatchObject({ state: 'active' });
    clock.jump(15 * 60_000);
    await next.engine.tick();
    await next.work();
    expect(await runs()).toHaveLength(2);
    expect(await is()).toMatchObject({ state: 'changing' });
    const due = await next.store.direct.due.ready(new Date('2100-01-01T00:00:00Z'), 99);
    expect(due.map((d) => d.key)).not.toContain(keys.expire(thing.id));
    await next.engine.stop();
  });
});
