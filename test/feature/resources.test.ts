import { describe, expect, test } from 'vitest';
import { buttonsOf, noNames, type PersonId } from '../../src/core/kernel/index.ts';
import { presses } from '../../src/core/resources/keys.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { render as slackRender } from '../../src/slack/render.ts';
import { render as teamsRender } from '../../src/teams/render.ts';
import { ada, grace, mira } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { crew, leo, nina, openThings, postgres, viewIn, whispers } from '../support/things.ts';
import { linesOf, wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const labels = (effects: Parameters<typeof viewIn>[0]) => buttonsOf(viewIn(effects)).map((b) => b.label);

describe('lists', () => {
  test('with nothing in them say what to do', async () => {
    const stage = openThings(database);
    await stage.meet(ada, grace);
    const mine = await stage.command(ada, 'mine');
    expect(whispers(mine.effects)).toContain('You have nothing yet. Databases, queues, environments and more');
    expect(buttonsOf(viewIn(mine.effects))).toMatchObject([
      { label: 'See what you can get', press: { name: 'command.run', value: '"catalog"' } },
    ]);
    expect(whispers((await stage.command(ada, 'team')).effects)).toContain('What people of the team make');
    expect(whispers((await stage.command(grace, 'team')).effects)).toContain('You’re in no team that I know of.');
    expect(whispers((await stage.command(grace, 'team Orders')).effects)).toContain('What people of the team make');
    expect(whispers((await stage.command(grace, 'team constructor')).effects)).toBe(
      'I don’t know a team “constructor”. There are inventory, orders, and data.',
    );
  });

  test('show what is whose, in which state, until when and for how much, with the sums', async () => {
    const { quotas, budgets } = settingsSchema.parse({
      quotas: { default: { postgres: 2, gpu: 4 } },
      budgets: { default: 500 },
    });
    const stage = openThings(database, { settings: { ...crew, quotas, budgets } });
    const [adaId, leoId] = (await stage.meet(ada, leo)) as [PersonId, PersonId];
    await stage.thing(adaId, { name: 'orders', version: '1.3.0' });
    await stage.thing(leoId, {
      name: 'carts',
      change: { state: 'hibernated', expires: new Date('2026-03-03T09:00:00Z') },
    });
    const mine = viewIn((await stage.command(ada, 'mine')).effects);
    expect(linesOf(mine)).toEqual([
      '1 thing · €18 a month',
      'Team inventory: €36 of €500 a month · postgres 2 of 2',
      'orders · PostgreSQL',
      'Ready · ends 2026-03-16T09:00:00.000Z · €18 a month · 1.3.0, 1.4.0 is out',
    ]);
    const team = viewIn((await stage.command(ada, 'team inventory')).effects);
    expect(linesOf(team)).toEqual([
      '2 things · €36 a month',
      'Team inventory: €36 of €500 a month · postgres 2 of 2',
      'carts · PostgreSQL',
      `Asleep · @${leoId} · ends 2026-03-03T09:00:00.000Z · €18 a month`,
      'orders · PostgreSQL',
      'Ready · ends 2026-03-16T09:00:00.000Z · €18 a month · 1.3.0, 1.4.0 is out',
    ]);
  });

  test('of a thousand come page by page, each of which both platforms can draw', async () => {
    const stage = openThings(database);
    const [adaId] = (await stage.meet(ada)) as [PersonId];
    await database.pool.query(
      `insert into groundcrew.resource (id, slug, name, identity, path, version, "values", team, owner, state, created, changed, cents, currency)
       select gen_random_uuid(), 'x' || n, 'n' || n, 'i' || n, 'postgres', '1.0.0', '{}', 'inventory', $1, 'active', $2, $2, 100, 'EUR'
       from generate_series(1, 1000) n`,
      [adaId, stage.now()],
    );
    let { effects } = await stage.command(ada, 'team');
    expect(linesOf(viewIn(effects))[0]).toBe('1000 things · €1,000 a month');
    const seen = new Set<string>();
    for (;;) {
      expect(() => slackRender(viewIn(effects), noNames, { strict: true })).not.toThrow();
      expect(() => teamsRender(viewIn(effects), noNames, { strict: true })).not.toThrow();
      for (const line of linesOf(viewIn(effects))) if (/^n\d+ ·/.test(line)) seen.add(line);
      const more = buttonsOf(viewIn(effects)).find((b) => b.label === 'Show more');
      if (!more) break;
      ({ effects } = await stage.play(ada, { kind: 'press', press: more.press }));
    }
    expect(seen.size).toBe(1000);
  });

  test('the home page has the newest of them', async () => {
    const stage = openThings(database);
    const [adaId] = (await stage.meet(ada)) as [PersonId];
    for (let i = 0; i < 7; i++) await stage.thing(adaId);
    const { effects } = await stage.play(ada, { kind: 'home' });
    const [home] = effects;
    if (home?.kind !== 'home') throw new Error('no home');
    const words = wordsOf(home.view);
    expect(words).toContain('7 things · €126 a month');
    expect(words.match(/db-\d · PostgreSQL/g)).toHaveLength(5);
    expect(words).toContain('[My things]');
  });
});

describe('a card', () => {
  test('offers its owner and their team what its state allows, others nothing, and hides from them where it is', async () => {
    const stage = openThings(database);
    const [adaId] = (await stage.meet(ada, leo, nina, grace)) as [PersonId];
    await stage.thing(adaId, {
      name: 'orders',
      change: { outputs: [{ label: 'Password', value: 'Secret orders-app', secret: true }] },
    });
    const all = ['Extend by 7 days', 'Resize', 'Restart', 'Hibernate', 'Hand over', 'Delete'];
    for (const who of [ada, leo, grace]) {
      const { effects } = await stage.command(who, 'show ORDERS');
      expect(labels(effects)).toEqual(all);
      expect(whispers(effects)).toContain('Password: Secret orders-app');
    }
    const { effects } = await stage.command(nina, 'show orders');
    expect(labels(effects)).toEqual([]);
    expect(whispers(effects)).not.toContain('Secret orders-app');
    expect(whispers(effects)).toContain('Team inventory sees here where its address and its credentials are.');
  });

  test('says what is known of it', async () => {
    const stage = openThings(database);
    const [adaId] = (await stage.meet(ada)) as [PersonId];
    await stage.thing(adaId, { name: 'orders', version: '1.3.0', change: { extended: 1 } });
    stage.pass(3 * 24 * 60);
    expect(linesOf(viewIn((await stage.command(ada, 'show orders')).effects))).toEqual([
      'State: Ready',
      `Owner: @${adaId}, team inventory`,
      'Golden path: PostgreSQL 1.3.0, 1.4.0 is out',
      'Age: 3 days, made 2026-03-02T09:00:00.000Z',
      'Ends: 2026-03-16T09:00:00.000Z, can be extended 1 more time',
      'Cost: €18 a month',
      'How to use PostgreSQL',
      '[Extend by 7 days]',
      '[Resize]',
      '[Restart]',
      '[Hibernate]',
      '[Upgrade to 1.4.0]',
      '[Hand over]',
      '[Delete]',
    ]);
  });

  test.each([
    ['making', [], 'Being made'],
    ['changing', ['Extend by 7 days', 'Hand over'], 'Being changed'],
    ['hibernated', ['Extend by 7 days', 'Wake', 'Hand over', 'Delete'], 'its data is kept'],
    ['deleting', [], 'Being deleted'],
    ['broken', ['Extend by 7 days', 'Hand over', 'Delete'], 'It was never finished.'],
    ['missing', ['Make it again', 'Forget it'], 'somebody removed it by other ways'],
  ] as const)('of something %s offers %j', async (state, offered, words) => {
    const stage = openThings(database);
    const [adaId] = (await stage.meet(ada)) as [PersonId];
    await stage.thing(adaId, { name: 'orders', change: { state } });
    const { effects } = await stage.command(ada, 'show orders');
    expect(labels(effects)).toEqual(state === 'making' ? ['Extend by 7 days', 'Hand over'] : offered);
    expect(whispers(effects)).toContain(words);
  });

  test('works when its path has left the catalog, and its buttons say why they don’t', async () => {
    const stage = openThings(database);
    const [adaId] = (await stage.meet(ada)) as [PersonId];
    const { id } = await stage.thing(adaId, { name: 'orders' });
    stage.setCatalog();
    const { effects } = await stage.command(ada, 'show orders');
    expect(whispers(effects)).toContain('Its golden path “postgres” isn’t in the catalog any more');
    expect(labels(effects)).toEqual(['Hand over']);
    for (const [name, value] of [
      [presses.operate, { id, operation: 'restart' }],
      [presses.remove, { id }],
      [presses.upgrade, { id }],
    ] as const)
      expect(whispers((await stage.press(ada, name, value)).effects)).toContain('isn’t in the catalog any more');
  });

  test('of an operation whose condition cannot be worked out is shown without it', async () => {
    const stage = openThings(database);
    const [adaId] = (await stage.meet(ada)) as [PersonId];
    await stage.thing(adaId, { name: 'orders' });
    const [resize, ...rest] = postgres.operations;
    if (!resize) throw new Error('no operations');
    stage.setCatalog({ ...postgres, operations: [{ ...resize, offeredWhen: 'params.nothing > 1' }, ...rest] });
    expect(labels((await stage.command(ada, 'show orders')).effects)).not.toContain('Resize');
    stage.setCatalog({ ...postgres, operations: [{ ...resize, offeredWhen: 'resource.ageDays > 2.0' }, ...rest] });
    expect(labels((await stage.command(ada, 'show orders')).effects)).not.toContain('Resize');
    stage.pass(3 * 24 * 60);
    expect(labels((await stage.command(ada, 'show orders')).effects)).toContain('Resize');
  });

  test('is found among namesakes: one’s own first, else all of them are offered', async () => {
    const stage = openThings(database);
    const [adaId, leoId] = (await stage.meet(ada, leo, mira)) as [PersonId, PersonId];
    await stage.thing(adaId, { name: 'orders' });
    await stage.thing(leoId, { name: 'orders', identity: 'redis/orders', path: 'redis' });
    expect(viewIn((await stage.command(ada, 'show orders')).effects).id).toBe('resources.card');
    const which = viewIn((await stage.command(mira, 'show Orders')).effects);
    expect(linesOf(which)).toEqual([
      '2 things are called Orders:',
      'orders · redis',
      `Ready · @${leoId}, team inventory`,
      'orders · PostgreSQL',
      `Ready · @${adaId}, team inventory`,
    ]);
    expect(whispers((await stage.command(mira, 'show <!channel>')).effects)).toContain(
      'I don’t know anything called “<!channel>”.',
    );
    expect(viewIn((await stage.command(mira, 'show')).effects).title).toBe('Your things');
  });

  test('of something that was never there is a problem in words', async () => {
    const stage = openThings(database);
    await stage.meet(ada);
    const id = '00000000-0000-4000-8000-000000000000';
    for (const [name, value] of [
      [presses.show, { id }],
      [presses.operate, { id, operation: 'x' }],
      [presses.extend, { id, expires: '2026-03-02T09:00:00.000Z' }],
      [presses.accept, { id, at: '2026-03-02T09:00:00.000Z' }],
    ] as const)
      await expect(stage.press(ada, name, value)).rejects.toThrow('I don’t know this thing');
    await expect(stage.press(ada, presses.show, { id: "' or true" })).rejects.toMatchObject({
      code: 'press_malformed',
    });
  });
});
