import { describe, expect, test } from 'vitest';
import type { PersonId, Profile } from '../../src/core/kernel/index.ts';
import { keys as requestKeys } from '../../src/core/requests/keys.ts';
import { wordsFor } from '../../src/core/requests/view-parts.ts';
import { keys, presses } from '../../src/core/resources/keys.ts';
import { ada, grace, mira } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { kinds, leo, nina, openThings, postgres, type Things, tellings, whispers } from '../support/things.ts';

const database = await ownDatabase();

async function open(more: Parameters<Things['thing']>[1] = {}) {
  const stage = openThings(database);
  const [adaId] = (await stage.meet(ada, leo, nina, grace, mira)) as [PersonId];
  const thing = await stage.thing(adaId, { name: 'orders', values: { name: 'orders', size: 's' }, ...more });
  return { stage, thing, adaId, requests: () => stage.features.requests.mine(adaId, 9) };
}

describe('an operation', () => {
  test('without fields is a request at once, with a look at what would happen', async () => {
    const { stage, thing, requests } = await open();
    const { effects } = await stage.press(ada, presses.operate, { id: thing.id, operation: 'restart' });
    expect(await requests()).toMatchObject([
      {
        verb: 'restart',
        operation: 'restart',
        resource: thing.id,
        team: 'inventory',
        values: thing.values,
        state: 'planning',
      },
    ]);
    expect(kinds(effects)).toEqual(['act', 'later', 'tell']);
    expect(effects.find((e) => e.kind === 'act')).toMatchObject({ action: 'run.preview' });
  });

  test('with fields asks them, with the present values filled in, and keeps the others', async () => {
    const { stage, thing, requests } = await open();
    const { effects } = await stage.press(ada, presses.operate, { id: thing.id, operation: 'resize' });
    const [ask] = effects;
    if (ask?.kind !== 'ask') throw new Error('no form');
    expect(Object.keys(ask.form.fields)).toEqual(['size']);
    expect(ask.prior).toMatchObject({ size: 's' });
    const wrong = await stage.fill(ada, ask, { size: 'xxl' });
    expect(wrong.errors).toEqual({ size: 'Please choose one of the options.' });
    await stage.fill(ada, ask, { size: 'l' });
    expect(await requests()).toMatchObject([
      { verb: 'change', operation: 'resize', values: { name: 'orders', size: 'l' } },
    ]);
  });

  test('in the team of another person is a request of whoever asks', async () => {
    const { stage, thing } = await open();
    const [leoId] = (await stage.meet(leo)) as [PersonId];
    await stage.press(leo, presses.operate, { id: thing.id, operation: 'restart' });
    expect(await stage.features.requests.mine(leoId, 9)).toMatchObject([{ verb: 'restart', team: 'inventory' }]);
  });

  test.each([
    ['somebody else', nina, {}, 'Only its owner, team inventory and the platform engineers can do this.'],
    ['while it is changed', ada, { state: 'changing' }, 'Something else is being done to it right now.'],
    ['while it sleeps', ada, { state: 'hibernated' }, 'It’s asleep. Wake it first.'],
    ['when it is gone', ada, { state: 'gone' }, 'It’s gone: somebody deleted it.'],
    ['when it is missing', ada, { state: 'missing' }, 'Somebody removed it by other ways'],
  ] as const)('by %s is refused at the press, whatever the card offered', async (_, who: Profile, change, words) => {
    const { stage, thing, requests } = await open();
    await stage.features.resources.change(thing.id, change, stage.now());
    const { effects } = await stage.press(who, presses.operate, { id: thing.id, operation: 'restart' });
    expect(whispers(effects)).toContain(words);
    expect(await requests()).toEqual([]);
  });

  test('that the path has no more, or whose tool is missing, says so', async () => {
    const { stage, thing } = await open();
    const press = (operation: string) => stage.press(ada, presses.operate, { id: thing.id, operation });
    expect(whispers((await press('explode')).effects)).toContain('PostgreSQL doesn’t offer this any more.');
    stage.setCatalog({ ...postgres, unavailable: 'The command terraform isn’t installed here.' });
    expect(whispers((await press('restart')).effects)).toBe('The command terraform isn’t installed here.');
  });

  test('whose state changes while its form is open is refused when it is sent', async () => {
    const { stage, thing, requests } = await open();
    const { effects } = await stage.press(ada, presses.operate, { id: thing.id, operation: 'resize' });
    await stage.features.resources.change(thing.id, { state: 'hibernated' }, stage.now());
    expect(whispers((await stage.fill(ada, effects[0], { size: 'l' })).effects)).toBe('It’s asleep. Wake it first.');
    await stage.features.resources.change(
      thing.id,
      { state: 'active', owner: (await stage.features.people.byAccount(nina.account))?.id as PersonId, team: 'orders' },
      stage.now(),
    );
    expect(whispers((await stage.fill(ada, effects[0], { size: 'l' })).effects)).toContain(
      'Only its owner, team orders',
    );
    expect(await requests()).toEqual([]);
  });

  test('whose path changes while its form is open asks again, with what was typed', async () => {
    const { stage, thing, requests } = await open();
    const { effects } = await stage.press(ada, presses.operate, { id: thing.id, operation: 'resize' });
    const { size } = postgres.parameters.properties;
    if (!size) throw new Error('no size');
    stage.setCatalog({
      ...postgres,
      version: '2.0.0',
      parameters: {
        ...postgres.parameters,
        properties: { ...postgres.parameters.properties, size: { ...size, enum: [{ value: 'xl', label: 'Huge' }] } },
      },
    });
    const again = await stage.fill(ada, effects[0], { size: 'l' });
    expect(again.effects).toMatchObject([
      {
        kind: 'ask',
        prior: { size: 'l' },
        form: { intro: expect.stringContaining('has changed while you were typing') },
      },
    ]);
    expect(await requests()).toEqual([]);
  });
});

describe('deleting', () => {
  test('wants its name typed, in any case, then shows what is deleted', async () => {
    const { stage, thing, requests } = await open();
    const { effects } = await stage.press(ada, presses.remove, { id: thing.id });
    expect(effects).toMatchObject([{ kind: 'ask', form: { title: 'Delete' } }]);
    expect((await stage.fill(ada, effects[0], { name: 'order' })).errors).toEqual({
      name: 'That isn’t its name. Type “orders”, or cancel.',
    });
    expect(await requests()).toEqual([]);
    await stage.fill(ada, effects[0], { name: ' ORDERS ' });
    expect(await requests()).toMatchObject([
      { verb: 'delete', operation: 'delete', resource: thing.id, state: 'planning' },
    ]);
  });

  test('is called, asked for and told as the path calls it', async () => {
    const operations = postgres.operations.map((o) =>
      o.verb === 'delete' ? { ...o, title: 'Archive', warning: 'It becomes read-only.' } : o,
    );
    const { stage, thing, requests } = await open();
    stage.setCatalog({ ...postgres, operations });
    const { effects } = await stage.press(ada, presses.remove, { id: thing.id });
    expect(effects).toMatchObject([
      {
        kind: 'ask',
        form: {
          title: 'Archive',
          intro: '“orders” (PostgreSQL): It becomes read-only. Before it happens you see what exactly is done.',
        },
      },
    ]);
    await stage.fill(ada, effects[0], { name: 'orders' });
    const [request] = await requests();
    if (!request) throw new Error('no request');
    expect(wordsFor(request, { ...postgres, operations })).toEqual({
      go: 'Archive',
      doing: 'Ending',
      done: 'has ended',
      failed: 'could not be ended',
    });
    expect(wordsFor(request, postgres).go).toBe('Delete it');
  });

  test('cannot be had by the operations’ press, which asks for the name too', async () => {
    const { stage, thing, requests } = await open();
    const { effects } = await stage.press(ada, presses.operate, { id: thing.id, operation: 'delete' });
    expect(effects).toMatchObject([{ kind: 'ask', form: { title: 'Delete' } }]);
    expect(await requests()).toEqual([]);
  });

  test('that somebody else has begun meanwhile is refused in the form', async () => {
    const { stage, thing } = await open();
    const { effects } = await stage.press(ada, presses.remove, { id: thing.id });
    await stage.features.resources.change(thing.id, { state: 'deleting' }, stage.now());
    expect((await stage.fill(ada, effects[0], { name: 'orders' })).errors).toEqual({
      name: 'It’s ending already.',
    });
  });

  test('by a request that went through clears the times; one that failed leaves the end standing', async () => {
    for (const state of ['ready', 'failed'] as const) {
      await database.empty();
      const { stage, thing, requests } = await open();
      await stage.press(ada, presses.operate, { id: thing.id, operation: 'restart' });
      const [request] = await requests();
      if (!request) throw new Error('no request');
      const order = {
        run: 'run-1-1',
        verb: 'delete' as const,
        resource: thing.slug,
        path: 'postgres',
        version: '1',
        spec: null,
        labels: {},
        annotations: {},
        timeoutSeconds: 1,
      };
      await stage.features.runs.start({ key: 'run-1-1', backend: 'probe', order, at: stage.now() });
      await database.pool.query(
        `update groundcrew.request set verb = 'delete', operation = 'delete', state = 'running', run = 'run-1-1', tries = 1`,
      );
      const effects = await stage.ran('run-1-1', { state });
      await stage.keep(effects);
      expect(effects.some((e) => e.kind === 'edit' && e.key === requestKeys.live(request.number))).toBe(true);
      expect((await stage.is(thing)).state).toBe(state === 'ready' ? 'gone' : 'broken');
      expect(Object.hasOwn(await stage.dues(), keys.expire(thing.id))).toBe(state === 'failed');
    }
  });
});

describe('upgrading', () => {
  const next = { ...postgres, version: '2.0.0' };

  test('carries the values over', async () => {
    const { stage, thing, requests } = await open();
    expect(whispers((await stage.press(ada, presses.upgrade, { id: thing.id })).effects)).toBe(
      'It is at 1.4.0, which is the latest.',
    );
    stage.setCatalog(next);
    await stage.press(ada, presses.upgrade, { id: thing.id });
    expect(await requests()).toMatchObject([
      { verb: 'change', resource: thing.id, version: '2.0.0', values: thing.values },
    ]);
    expect((await requests())[0]).not.toHaveProperty('operation');
  });

  test('asks only what it does not know, and holds what cannot change', async () => {
    const { stage, thing, requests } = await open();
    const { parameters } = postgres;
    stage.setCatalog({
      ...next,
      parameters: {
        required: [...parameters.required, 'region'],
        properties: { ...parameters.properties, region: { type: 'string', title: 'Region' } },
      },
    });
    const { effects } = await stage.press(ada, presses.upgrade, { id: thing.id });
    expect(effects).toMatchObject([
      {
        kind: 'ask',
        prior: { name: 'orders', size: 's' },
        form: { intro: expect.stringContaining('wants to know more') },
      },
    ]);
    const renamed = await stage.fill(ada, effects[0], { name: 'carts', size: 's', region: 'eu' });
    expect(renamed.errors?.name).toContain('can’t be changed');
    await stage.fill(ada, effects[0], { name: 'orders', size: 's', region: 'eu' });
    expect(await requests()).toMatchObject([
      { verb: 'change', version: '2.0.0', values: { name: 'orders', size: 's', region: 'eu' } },
    ]);
  });

  test('is for those who may, while it is awake', async () => {
    const { stage, thing } = await open();
    stage.setCatalog(next);
    expect(whispers((await stage.press(nina, presses.upgrade, { id: thing.id })).effects)).toContain('Only its owner');
    await stage.features.resources.change(thing.id, { state: 'hibernated' }, stage.now());
    expect(whispers((await stage.press(ada, presses.upgrade, { id: thing.id })).effects)).toBe(
      'It’s asleep. Wake it first.',
    );
  });
});

describe('something that somebody removed by other ways', () => {
  test('is noticed when it is touched: its keepers are told once, and it ends by itself no more', async () => {
    const { stage, thing, adaId, requests } = await open();
    await stage.press(leo, presses.operate, { id: thing.id, operation: 'restart' });
    const [leoId] = (await stage.meet(leo)) as [PersonId];
    const [request] = await stage.features.requests.mine(leoId, 9);
    const look = (delivery: string) =>
      stage.run({
        kind: 'outcome',
        of: 'run.preview',
        key: requestKeys.plan(request?.number ?? 0, request?.plans ?? 0),
        result: {
          request: request?.number ?? 0,
          preview: {
            summary: 'Refused.',
            changes: [],
            destroys: 0,
            refused: 'It is not there any more.',
            missing: true,
          },
        },
        at: stage.now(),
        delivery,
      });
    const { effects } = await look('o/1');
    expect(await stage.is(thing)).toMatchObject({ state: 'missing' });
    expect(tellings(effects)).toMatchObject([[adaId, expect.any(String), expect.stringContaining('[Make it again]')]]);
    expect(effects).toContainEqual({ kind: 'never', key: keys.expire(thing.id) });
    expect((await look('o/2')).effects).toEqual([]);
    expect(await requests()).toEqual([]);
    expect(await stage.audited()).toContain('resource.missing');
  });

  test('can be forgotten, once, and its name is free', async () => {
    const { stage, thing } = await open({ change: { state: 'missing' } });
    expect(whispers((await stage.press(nina, presses.forget, { id: thing.id })).effects)).toContain('Only its owner');
    expect(whispers((await stage.press(ada, presses.forget, { id: thing.id })).effects)).toContain('Forgotten.');
    expect(whispers((await stage.press(leo, presses.forget, { id: thing.id })).effects)).toBe(
      'This was settled already.',
    );
    expect(await stage.is(thing)).toMatchObject({ state: 'gone' });
    expect(await stage.features.resources.byIdentity(thing.identity)).toBeUndefined();
    expect(await stage.audited()).toEqual(['resource.forgotten']);
  });

  test('can be made again, by a request with its values', async () => {
    const { stage, thing, requests } = await open({ change: { state: 'missing' } });
    await stage.press(ada, presses.again, { id: thing.id });
    expect(await requests()).toMatchObject([
      { verb: 'create', path: 'postgres', values: thing.values, state: 'planning' },
    ]);
    expect(await stage.is(thing)).toMatchObject({ state: 'gone' });
    expect(whispers((await stage.press(ada, presses.again, { id: thing.id })).effects)).toBe(
      'This was settled already.',
    );
  });

  test('stays when its path would not take its values any more', async () => {
    const { stage, thing } = await open({ change: { state: 'missing' }, values: { name: 'orders', size: 'gone' } });
    expect(whispers((await stage.press(ada, presses.again, { id: thing.id })).effects)).toContain(
      'has changed since this was made',
    );
    expect(await stage.is(thing)).toMatchObject({ state: 'missing' });
  });
});
