import { describe, expect, test } from 'vitest';
import { buttonsOf, type Effect, type PersonId, type PlaceId } from '../../src/core/kernel/index.ts';
import { keys, presses } from '../../src/core/resources/keys.ts';
import { times, useful } from '../../src/core/resources/lifetime.ts';
import type { Resource } from '../../src/core/resources/store.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { ada, grace, mira } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import {
  crew,
  day,
  kinds,
  leo,
  nina,
  openThings,
  postgres,
  type Things,
  tellings,
  viewIn,
  whispers,
} from '../support/things.ts';

const database = await ownDatabase();

const at = (iso: string) => new Date(iso);
const minutes = day / 60;

/** A thing of Ada's with its times set, and the minutes until its end. */
async function open(more: Parameters<Things['thing']>[1] = {}) {
  const stage = openThings(database);
  const [adaId, leoId] = (await stage.meet(ada, leo, mira, grace, nina)) as [PersonId, PersonId];
  const thing = await stage.thing(adaId, { name: 'orders', ...more });
  // Whatever has become of it since, its times were set while it was well.
  await stage.keep(times({ ...thing, state: 'active' }, crew, stage.now()));
  return { ...stage, made: stage.thing, thing, adaId, leoId, expires: thing.expires ?? stage.now() };
}
const press = (thing: Resource, more: object = {}) => ({
  id: thing.id,
  expires: thing.expires?.toISOString(),
  ...more,
});
const edited = (effects: readonly Effect[]) => effects.flatMap((e) => (e.kind === 'edit' ? [e.key] : []));
const endRun = (tries: number, expires: Date, slug: string, letter = 'a') =>
  `end-${letter}-${tries}-${expires.getTime() / 1000}-${slug}`;

describe('the times of a thing', () => {
  test('are its end and a reminder for each setting, and move with the end', async () => {
    const { thing, ...stage } = await open();
    expect(await stage.dues()).toEqual({
      [keys.expire(thing.id)]: '2026-03-16T09:00:00.000Z',
      [keys.remind(thing.id, 0)]: '2026-03-09T09:00:00.000Z',
      [keys.remind(thing.id, 1)]: '2026-03-15T09:00:00.000Z',
      [keys.remind(thing.id, 2)]: '2026-03-16T08:00:00.000Z',
    });
    await stage.keep(times({ ...thing, expires: at('2026-03-17T09:00:00Z') }, crew, at('2026-03-16T09:30:00Z')));
    expect(await stage.dues()).toEqual({
      [keys.expire(thing.id)]: '2026-03-17T09:00:00.000Z',
      [keys.remind(thing.id, 2)]: '2026-03-17T08:00:00.000Z',
    });
    const { expires: _, ...endless } = thing;
    await stage.keep(times(endless, crew, stage.now()));
    expect(await stage.dues()).toEqual({});
    await stage.keep(times({ ...thing, state: 'gone' }, crew, stage.now()));
    expect(await stage.dues()).toEqual({});
  });

  test('follow settings that changed: none of the earlier reminders is left behind', async () => {
    const { thing, ...stage } = await open();
    const fewer = settingsSchema.parse({ reminders: ['2h'] });
    await stage.keep(times(thing, fewer, stage.now()));
    expect(Object.keys(await stage.dues())).toEqual([keys.remind(thing.id, 0), keys.expire(thing.id)]);
  });

  test.each([
    ['in time', 0, -7 * day, true],
    ['hours late', 0, -7 * day + 3600, true],
    ['so late that the next one says the same', 0, -day, false],
    ['just before the next one', 0, -day - 1, true],
    ['the last one, minutes late', 2, -120, true],
    ['after the end', 2, 0, false],
    ['long after the end', 2, 3600, false],
    ['one that is in the settings no more', 4, -60, false],
  ])('a reminder that comes %s: of use %#', (_, slot, secondsFromEnd, is) => {
    const end = at('2026-03-16T09:00:00Z');
    expect(useful(crew, slot, end, new Date(end.getTime() + secondsFromEnd * 1000))).toBe(is);
  });
});

describe('a reminder', () => {
  test('goes to the owner, with what can be done in one tap', async () => {
    const { thing, adaId, ...stage } = await open();
    stage.pass(7 * minutes);
    const effects = await stage.due(keys.remind(thing.id, 0));
    expect(tellings(effects)).toEqual([
      [
        adaId,
        keys.reminder(thing.id, 0, at('2026-03-16T09:00:00Z')),
        'orders (PostgreSQL) ends 2026-03-16T09:00:00.000Z.\nThen it’s put to sleep, and after 3 days deleted. If you still need it, extend it.\n[Extend by 7 days]\n[Delete now]\n[Open]',
      ],
    ]);
    const [told] = effects;
    if (told?.kind !== 'tell') throw new Error('nobody was told');
    expect(told.view.title).toBe('orders ends in 7 days');
  });

  test('goes to the team when the owner left', async () => {
    const { thing, leoId, ...stage } = await open();
    await stage.features.people.left(ada.account);
    stage.pass(7 * minutes);
    expect(tellings(await stage.due(keys.remind(thing.id, 0))).map(([who]) => who)).toEqual([leoId]);
    const channel = 'slack:T1/CINV' as PlaceId;
    stage.setSettings({ ...crew, teams: {}, channels: { ...crew.channels, teams: { inventory: [channel] } } });
    await stage.keep(times(thing, crew, at('2026-03-02T09:00:00Z')));
    expect(tellings(await stage.due(keys.remind(thing.id, 0))).map(([who]) => who)).toEqual([channel]);
  });

  test.each(['gone', 'deleting', 'missing'] as const)('of something %s is nothing', async (state) => {
    const { thing, ...stage } = await open({ change: { state } });
    stage.pass(7 * minutes);
    expect(await stage.due(keys.remind(thing.id, 0))).toEqual([]);
  });

  test('that comes after the end is dropped, and the end is carried out', async () => {
    const { thing, ...stage } = await open();
    stage.pass(20 * minutes);
    for (const slot of [0, 1, 2]) expect(await stage.due(keys.remind(thing.id, slot))).toEqual([]);
    expect(kinds(await stage.due(keys.expire(thing.id)))).toEqual(['act']);
    expect(await stage.is(thing)).toMatchObject({ state: 'changing' });
  });
});

describe('extending', () => {
  test('moves the end by the path’s step with all its times, and changes the reminder', async () => {
    const { thing, adaId, expires, ...stage } = await open();
    stage.pass(7 * minutes);
    const { effects } = await stage.press(ada, presses.extend, press(thing, { slot: 0 }));
    await stage.keep(effects);
    expect(await stage.is(thing)).toMatchObject({ expires: at('2026-03-23T09:00:00Z'), extended: 1 });
    expect(await stage.dues()).toMatchObject({
      [keys.expire(thing.id)]: '2026-03-23T09:00:00.000Z',
      [keys.remind(thing.id, 0)]: '2026-03-16T09:00:00.000Z',
    });
    expect(edited(effects)).toContain(keys.reminder(thing.id, 0, expires));
    expect(whispers(effects)).toBe('');
    const edit = effects.find((e) => e.kind === 'edit');
    expect(edit?.kind === 'edit' && edit.view.blocks[0]).toMatchObject({ kind: 'notice', tone: 'good' });
    expect(await stage.audited()).toEqual(['resource.extended']);
    expect(whispers((await stage.press(ada, presses.extend, press(await stage.is(thing)))).effects)).toContain(
      `@${adaId} extended orders: it ends 2026-03-30T09:00:00.000Z.\nThe next extension needs an approval.`,
    );
  });

  test('by two at once, on two platforms, is done once', async () => {
    const { thing, ...stage } = await open();
    const both = await Promise.all([ada, leo].map((who) => stage.press(who, presses.extend, press(thing))));
    expect(
      both.map(({ effects }) => whispers(effects)).filter((w) => w.includes('Somebody extended “orders” meanwhile')),
    ).toHaveLength(1);
    expect(await stage.is(thing)).toMatchObject({ extended: 1, expires: at('2026-03-23T09:00:00Z') });
  });

  test('is for its owner, their team and the platform engineers', async () => {
    const { thing, ...stage } = await open();
    expect(whispers((await stage.press(nina, presses.extend, press(thing))).effects)).toContain(
      'Only its owner, team inventory',
    );
    expect(await stage.is(thing)).toMatchObject({ extended: 0 });
    await stage.press(grace, presses.extend, press(thing));
    expect(await stage.is(thing)).toMatchObject({ extended: 1 });
  });

  test.each([
    ['deleting', 'It’s too late: “orders” is being deleted already.'],
    ['gone', 'It’s too late: “orders” is deleted already.'],
  ] as const)('of something %s comes too late', async (state, words) => {
    const { thing, ...stage } = await open({ change: { state } });
    expect(whispers((await stage.press(ada, presses.extend, press(thing))).effects)).toBe(words);
  });

  test('without its path, or without an end, says why not', async () => {
    const { thing, ...stage } = await open();
    const endless = await stage.made(thing.owner, { change: { expires: null } });
    expect(whispers((await stage.press(ada, presses.extend, press(thing, { id: endless.id }))).effects)).toContain(
      'has no end',
    );
    stage.setCatalog();
    expect(whispers((await stage.press(ada, presses.extend, press(thing))).effects)).toContain(
      'says no more for how long',
    );
  });

  test('past the cap asks the path’s owner, who is not the one who asks; the first decision counts', async () => {
    const { thing, adaId, expires, ...stage } = await open({ change: { extended: 2 } });
    const [miraId] = (await stage.meet(mira)) as [PersonId];
    stage.pass(7 * minutes);
    expect(
      buttonsOf(
        (await stage.due(keys.remind(thing.id, 0))).flatMap((e) => (e.kind === 'tell' ? [e.view] : []))[0] as never,
      ).map((b) => b.label),
    ).toContain('Ask for more time');
    const { effects } = await stage.press(ada, presses.extend, press(thing, { slot: 0 }));
    const until = at('2026-03-23T09:00:00Z');
    expect(tellings(effects)).toMatchObject([
      [miraId, keys.asked(thing.id, until), expect.stringContaining('[Allow]')],
    ]);
    expect(await stage.is(thing)).toMatchObject({ expires, asked: { by: adaId, until } });
    const again = await stage.press(leo, presses.extend, press(thing));
    expect(whispers(again.effects)).toContain('Team data was asked already.');

    const value = { id: thing.id, until: until.toISOString() };
    expect(whispers((await stage.press(leo, presses.allow, value)).effects)).toContain('Only team data');
    const both = await Promise.all([stage.press(mira, presses.allow, value), stage.press(grace, presses.deny, value)]);
    expect(both.filter(({ effects: e }) => whispers(e).includes('decided already'))).toHaveLength(1);
    const after = await stage.is(thing);
    expect(after).not.toHaveProperty('asked');
    expect(tellings(both.flatMap((b) => b.effects)).map(([who]) => who)).toEqual([adaId]);
  });

  test('past the cap cannot be allowed by whoever asked, not even from the platform team', async () => {
    const { thing, ...stage } = await open({ change: { extended: 2 } });
    await stage.press(grace, presses.extend, press(thing));
    const { asked } = await stage.is(thing);
    const value = { id: thing.id, until: asked?.until.toISOString() };
    expect(whispers((await stage.press(grace, presses.allow, value)).effects)).toContain('somebody else has to decide');
    const { effects } = await stage.press(mira, presses.allow, value);
    await stage.keep(effects);
    expect(await stage.is(thing)).toMatchObject({ expires: asked?.until, extended: 3 });
    expect((await stage.dues())[keys.expire(thing.id)]).toBe(asked?.until.toISOString());
  });
});

describe('the end', () => {
  test('is sleep where the backend can, and later deletion; both are told', async () => {
    const { thing, adaId, expires, ...stage } = await open();
    stage.pass(14 * minutes);
    const began = await stage.due(keys.expire(thing.id));
    expect(tellings(began)).toEqual([]);
    const run = endRun(0, expires, thing.slug);
    expect(await stage.runs()).toEqual([run]);
    const order = await stage.features.runs.byKey(run);
    expect(order?.order).toMatchObject({
      verb: 'hibernate',
      resource: thing.slug,
      spec: { name: 'orders', verb: 'hibernate' },
    });
    expect(await stage.ran(run, { state: 'running' })).toEqual([]);
    const slept = await stage.ran(run, { state: 'ready' });
    await stage.keep(slept);
    const until = new Date(stage.now().getTime() + 3 * day * 1000);
    expect(await stage.is(thing)).toMatchObject({ state: 'hibernated', expires: until });
    expect(tellings(slept)).toMatchObject([
      [adaId, keys.ended(thing.id, 'sleep', expires), expect.stringContaining('I’m putting it to sleep')],
    ]);
    expect(await stage.dues()).toMatchObject({ [keys.expire(thing.id)]: until.toISOString() });

    stage.pass(3 * minutes);
    const ended = await stage.due(keys.expire(thing.id));
    expect(tellings(ended)).toMatchObject([
      [adaId, keys.ended(thing.id, 'delete', until), expect.stringContaining('so it’s being deleted')],
    ]);
    expect(await stage.is(thing)).toMatchObject({ state: 'deleting' });
    const gone = await stage.ran(endRun(0, until, thing.slug, 'h'), { state: 'ready' });
    await stage.keep(gone);
    expect(await stage.is(thing)).toMatchObject({ state: 'gone' });
    expect(edited(gone)).toContain(keys.ended(thing.id, 'delete', until));
    expect(await stage.dues()).toEqual({});
    expect(await stage.audited()).toEqual(['resource.hibernate', 'resource.delete']);
    expect(await stage.features.resources.add({ ...thing, slug: 'next' })).toMatchObject({ slug: 'next' });
  });

  test('is deletion at once where it can’t sleep', async () => {
    const { thing, ...stage } = await open();
    const { ttl, ...path } = postgres;
    stage.setCatalog({ ...path, ttl: { lives: day, extend: day, extensions: 1 } });
    stage.pass(14 * minutes);
    await stage.due(keys.expire(thing.id));
    expect(await stage.is(thing)).toMatchObject({ state: 'deleting' });
    expect(ttl?.hibernates).toBeDefined();
  });

  test('is carried out when the bot was down at that minute, once', async () => {
    const { thing, ...stage } = await open();
    stage.pass(40 * minutes);
    expect(kinds(await stage.due(keys.expire(thing.id), 26 * day))).toEqual(['act']);
    await expect(stage.due(keys.expire(thing.id))).rejects.toThrow('nothing is due');
    expect(await stage.runs()).toHaveLength(1);
  });

  test('before its time is not carried out: the clock was ahead', async () => {
    const { thing, ...stage } = await open();
    stage.pass(13 * minutes);
    const rows = await stage.store.direct.due.ready(at('2100-01-01T00:00:00Z'), 99);
    const row = rows.find((r) => r.key === keys.expire(thing.id));
    if (!row) throw new Error('no end');
    const { effects } = await stage.run({
      kind: 'due',
      key: row.key,
      job: row.job,
      input: row.input,
      meant: row.at,
      at: stage.now(),
      delivery: 'x',
    });
    await stage.keep(effects);
    expect(await stage.is(thing)).toMatchObject({ state: 'active' });
    expect((await stage.dues())[keys.expire(thing.id)]).toBe('2026-03-16T09:00:00.000Z');
  });

  test.each(['making', 'changing', 'deleting'] as const)('waits while it is %s', async (state) => {
    const { thing, ...stage } = await open({ change: { state } });
    stage.pass(14 * minutes);
    const effects = await stage.due(keys.expire(thing.id));
    expect(effects).toMatchObject([
      { kind: 'later', key: keys.expire(thing.id), at: new Date(stage.now().getTime() + 600_000) },
    ]);
    expect(await stage.is(thing)).toMatchObject({ state });
  });

  test.each(['gone', 'missing'] as const)('of something %s is nothing', async (state) => {
    const { thing, ...stage } = await open({ change: { state } });
    stage.pass(14 * minutes);
    expect(await stage.due(keys.expire(thing.id))).toEqual([]);
    expect(await stage.runs()).toEqual([]);
  });

  test('waits for a decision on more time, but not for ever', async () => {
    const { thing, adaId, ...stage } = await open();
    await stage.features.resources.change(
      thing.id,
      { asked: { by: adaId, until: at('2026-04-01T00:00:00Z') } },
      stage.now(),
    );
    stage.pass(14 * minutes);
    await stage.keep(await stage.due(keys.expire(thing.id)));
    expect(await stage.is(thing)).toMatchObject({ state: 'active' });
    stage.pass(3 * minutes);
    await stage.due(keys.expire(thing.id));
    expect(await stage.is(thing)).toMatchObject({ state: 'changing' });
  });

  test('and an extension at the same moment: one of them wins, and nothing that was extended is ended', async () => {
    for (let round = 0; round < 6; round++) {
      await database.empty();
      const { thing, ...stage } = await open({ change: { state: 'hibernated' } });
      stage.pass(14 * minutes);
      const works = [() => stage.due(keys.expire(thing.id)), () => stage.press(ada, presses.extend, press(thing))];
      await Promise.all((round % 2 ? works : works.toReversed()).map((w) => w()));
      const after = await stage.is(thing);
      const runs = await stage.runs();
      if (after.extended === 1) {
        expect(after).toMatchObject({ state: 'hibernated' });
        expect(after.expires?.getTime()).toBeGreaterThan(stage.now().getTime());
        expect(runs).toEqual([]);
      } else {
        expect(after).toMatchObject({ state: 'deleting', extended: 0 });
        expect(runs).toHaveLength(1);
      }
    }
  });

  test('keeps what was granted while it fell asleep', async () => {
    const { thing, expires, ...stage } = await open();
    stage.pass(14 * minutes);
    await stage.due(keys.expire(thing.id));
    await stage.press(ada, presses.extend, press(thing));
    const granted = (await stage.is(thing)).expires;
    await stage.ran(endRun(0, expires, thing.slug), { state: 'ready' });
    expect(await stage.is(thing)).toMatchObject({ state: 'hibernated', expires: granted });
  });

  test('that fails is tried again, then told to the owner and the path’s owner, and goes on once a day', async () => {
    const { thing, adaId, expires, ...stage } = await open({ change: { state: 'hibernated' } });
    const [miraId] = (await stage.meet(mira)) as [PersonId];
    stage.pass(14 * minutes);
    const pauses = [15, 120, 24 * 60, 24 * 60];
    for (const [tries, pause] of pauses.entries()) {
      await stage.due(keys.expire(thing.id));
      expect(await stage.is(thing)).toMatchObject({ state: 'deleting' });
      const failed = await stage.ran(endRun(tries, expires, thing.slug, 'h'), {
        state: 'failed',
        message: 'finalizer is stuck',
      });
      await stage.keep(failed);
      expect(await stage.is(thing)).toMatchObject({ state: 'hibernated' });
      expect((await stage.dues())[keys.expire(thing.id)]).toBe(
        new Date(stage.now().getTime() + pause * 60_000).toISOString(),
      );
      expect(tellings(failed).map(([who]) => who)).toEqual(tries < 2 ? [] : [adaId, miraId]);
      if (tries === 2) expect(tellings(failed)[0]?.[2]).toContain('finalizer is stuck');
      stage.pass(pause);
    }
    // An extension after all of that is an extension.
    const { effects } = await stage.press(ada, presses.extend, press(thing));
    expect(viewIn(effects).summary).toBe('orders was extended.');
  });

  test('of what somebody else removed meanwhile is its end', async () => {
    const { thing, expires, ...stage } = await open();
    stage.pass(14 * minutes);
    await stage.due(keys.expire(thing.id));
    await stage.ran(endRun(0, expires, thing.slug), { state: 'failed', missing: true });
    expect(await stage.is(thing)).toMatchObject({ state: 'gone' });
  });

  test('without its path is told to those who can help, and looked at again', async () => {
    const { thing, adaId, ...stage } = await open();
    const [graceId] = (await stage.meet(grace)) as [PersonId];
    stage.setCatalog();
    stage.pass(14 * minutes);
    const effects = await stage.due(keys.expire(thing.id));
    await stage.keep(effects);
    expect(tellings(effects).map(([who]) => who)).toEqual([adaId, graceId]);
    expect(tellings(effects)[0]?.[2]).toContain('isn’t in the catalog any more');
    stage.setCatalog(postgres);
    stage.pass(minutes);
    await stage.due(keys.expire(thing.id));
    expect(await stage.is(thing)).toMatchObject({ state: 'changing' });
  });

  test('whose order cannot be made is told, not forgotten', async () => {
    const { thing, ...stage } = await open();
    stage.setCatalog({ ...postgres, backend: { kind: 'probe', spec: '${{ params.nothing.more }}' } });
    stage.pass(14 * minutes);
    const effects = await stage.due(keys.expire(thing.id));
    expect(tellings(effects)[0]?.[2]).toContain('can’t delete it');
    expect(await stage.is(thing)).toMatchObject({ state: 'active' });
    expect(effects).toContainEqual(expect.objectContaining({ kind: 'later', key: keys.expire(thing.id) }));
  });
});

describe('Delete now', () => {
  test('deletes at once, tells the owner when it was somebody else, and comes once', async () => {
    const { thing, adaId, expires, ...stage } = await open();
    const both = await Promise.all(
      [leo, grace].map((who) => stage.press(who, presses.removeNow, press(thing, { slot: 1 }))),
    );
    expect(both.filter(({ effects }) => whispers(effects) === 'It’s ending already.')).toHaveLength(1);
    expect(tellings(both.flatMap((b) => b.effects)).map(([who, key]) => [who, key])).toEqual([
      [adaId, keys.ended(thing.id, 'delete', expires)],
    ]);
    expect(await stage.runs()).toHaveLength(1);
    expect(await stage.is(thing)).toMatchObject({ state: 'deleting' });
  });

  test('works once more after it failed, from whichever reminder', async () => {
    const { thing, expires, ...stage } = await open();
    await stage.press(ada, presses.removeNow, press(thing));
    await stage.ran(endRun(0, expires, thing.slug), { state: 'failed', message: 'The webhook said no.' });
    expect(await stage.is(thing)).toMatchObject({ state: 'active' });
    await stage.press(ada, presses.removeNow, press(thing, { slot: 1 }));
    expect(await stage.runs()).toHaveLength(2);
    await stage.ran(endRun(1, expires, thing.slug), { state: 'ready' });
    expect(await stage.is(thing)).toMatchObject({ state: 'gone' });
  });

  test('is not done after somebody has extended', async () => {
    const { thing, ...stage } = await open();
    await stage.press(leo, presses.extend, press(thing));
    expect(whispers((await stage.press(ada, presses.removeNow, press(thing))).effects)).toContain(
      'Somebody extended it meanwhile',
    );
    expect(await stage.runs()).toEqual([]);
  });

  test('is a request where the policy wants one', async () => {
    const { thing, ...stage } = await open();
    const policy = [{ when: 'true', verdict: 'approval' as const, because: 'Four eyes.', by: ['owner'] }];
    stage.setCatalog({
      ...postgres,
      operations: postgres.operations.map((o) => (o.verb === 'delete' ? { ...o, policy } : o)),
    });
    const { effects } = await stage.press(ada, presses.removeNow, press(thing));
    expect(await stage.runs()).toEqual([]);
    expect(await stage.features.requests.mine(thing.owner, 9)).toMatchObject([
      { verb: 'delete', resource: thing.id, state: 'planning' },
    ]);
    expect(kinds(effects)).toContain('act');
  });
});
