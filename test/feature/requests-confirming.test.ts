import { describe, expect, test } from 'vitest';
import type { GoldenPath } from '../../src/core/catalog/path.ts';
import { buttonsOf, type Effects } from '../../src/core/kernel/index.ts';
import { presses } from '../../src/core/requests/keys.ts';
import { previewBlocks } from '../../src/core/requests/view-parts.ts';
import { ownDatabase } from '../support/own-database.ts';
import { catalog, gpu, postgres } from '../support/paths.ts';
import { openRequests, preview, settingsWith, shownFor, toldTo, whispered, wordsFor } from '../support/requests.ts';

const database = await ownDatabase();

const live = (effects: Effects) => wordsFor(effects, 'request/1');
const buttons = (effects: Effects) => shownFor(effects, 'request/1').flatMap((v) => buttonsOf(v).map((b) => b.label));
const path = (more: Partial<GoldenPath>) => ({ paths: [gpu, { ...postgres, ...more }], broken: [] });

describe('what would happen', () => {
  test('is shown in the one message, with what it costs, how long it lives, and whether anybody has to agree', async () => {
    const settings = settingsWith({ quotas: { default: { postgres: 3 } }, budgets: { default: 500 } });
    const s = await openRequests(database, { settings });
    await s.say('ada', 'create postgres orders');
    const { effects } = await s.previewed(1);
    expect(effects.map((e) => e.kind)).toEqual(['edit']);
    expect(live(effects).split('\n')).toEqual([
      'Name: orders',
      'Size: Small',
      'Storage: 10 GB',
      'Backups: no',
      'For: orders',
      'Costs: €18 a month',
      'Quota: 0 of 3 postgres in use; with this it’s 1.',
      'Budget: €0 of €500 a month in use; with this it’s €18.',
      'Ends: 2026-03-16T09:00:00.000Z. I’ll remind you before; one tap extends it.',
      'This is inside the golden path, so nobody has to approve it.',
      '3 objects are made.',
      '• Cluster orders/orders',
      '• Secret orders/orders-app',
      '• NetworkPolicy orders/orders',
      '[Create it]',
      '[Change]',
      '[Never mind]',
      'How it works · Request #1 · PostgreSQL 1.3.0, owned by data',
    ]);
    // What is not all alike says what becomes of each.
    const [{ does: _, ...first } = { what: '', does: 'keep' }, ...rest] = preview.changes;
    const mixed = { ...preview, changes: [{ ...first, does: 'delete' as const }, ...rest] };
    const row = await s.row(1);
    if (!row) throw new Error('no request');
    expect(previewBlocks(row, mixed)).toMatchObject([
      { kind: 'text' },
      {
        kind: 'facts',
        rows: [
          ['Deleted', [{ text: 'Cluster orders/orders' }]],
          ['New', {}],
          ['New', {}],
        ],
      },
    ]);
    expect(await s.row(1)).toMatchObject({
      state: 'confirming',
      preview,
      verdict: { is: 'allow' },
      cost: { currency: 'EUR', cents: 1800 },
    });
    expect(await s.resources.of({ teams: ['orders'] }, 5)).toEqual([]);
  });

  test('is folded when it is long, and shown whole to whom it concerns', async () => {
    const s = await openRequests(database);
    const detail = { language: 'diff', text: Array.from({ length: 60 }, (_, i) => `+ line ${i}`).join('\n') };
    const number = await s.confirming('ada', 'create postgres orders', { ...preview, detail });
    const { effects } = await s.push('ada', presses.detail, { number });
    expect(whispered(effects)).toContain('+ Cluster orders/orders');
    expect(whispered(effects)).toContain('+ line 59');
    for (const who of ['olga', 'paul', 'rita'] as const)
      expect(whispered((await s.push(who, presses.detail, { number })).effects)).toContain('+ line 59');
    await expect(s.push('nobody', presses.detail, { number })).rejects.toMatchObject({ code: 'request_not_yours' });
  });

  test('that the system itself refuses is said in its own words, and cannot be confirmed', async () => {
    const s = await openRequests(database);
    const refused = 'exceeded quota: orders-quota, requested: pods=1, used: pods=10, limited: pods=10';
    const number = await s.confirming('ada', 'create postgres orders', { ...preview, changes: [], refused });
    const { effects } = await s.push('ada', presses.show, { number });
    expect(whispered(effects)).toContain(refused);
    expect(whispered(effects)).not.toContain('[Create it]');
    const pressed = await s.confirm('ada', number);
    expect(live(pressed.effects)).toContain(refused);
    expect((await s.row(number)).state).toBe('confirming');
    const again = await s.push('ada', presses.look, { number, plans: 1 });
    expect(again.effects.map((e) => e.kind)).toEqual(['edit', 'act', 'later']);
    expect(live((await s.previewed(1, preview, 2)).effects)).toContain('[Create it]');
  });

  test('that could not be found out is said, with what to do', async () => {
    const s = await openRequests(database);
    await s.say('ada', 'create postgres orders');
    const { effects } = await s.unpreviewed(1, 'The cluster does not answer. Try again in a minute.');
    expect(live(effects)).toContain('The cluster does not answer. Try again in a minute.');
    expect(buttons(effects)).toEqual(['Change', 'Look again', 'Never mind']);
  });

  test('comes too late for what was taken back', async () => {
    const s = await openRequests(database);
    await s.say('ada', 'create postgres orders');
    await s.push('ada', presses.abandon, { number: 1 });
    expect((await s.previewed(1)).effects).toEqual([]);
    expect((await s.row(1)).state).toBe('cancelled');
  });

  test('is looked at again when the path changed while it was found out', async () => {
    const s = await openRequests(database);
    await s.say('ada', 'create postgres orders');
    s.catalog(path({ version: '1.4.0' }));
    const { effects } = await s.previewed(1);
    expect(live(effects)).toContain('PostgreSQL is at version 1.4.0 now, so I’m looking again.');
    expect(effects.find((e) => e.kind === 'act')).toMatchObject({
      key: 'request/1/plan/2',
      input: { order: { version: '1.4.0' } },
    });
  });

  test('cannot be worked out where a rule of the path is wrong: the person hears whose it is to mend', async () => {
    const s = await openRequests(database);
    await s.say('ada', 'create postgres orders');
    s.catalog(path({ policy: [{ when: 'params.siz == "s"', verdict: 'deny', because: 'x' }] }));
    const { effects } = await s.previewed(1);
    expect(live(effects)).toContain('The owner of the path has to correct it');
    expect(live(effects)).not.toContain('[Create it]');
  });
});

describe('confirming', () => {
  test('starts one run, however often it is pressed', async () => {
    const s = await openRequests(database);
    const number = await s.confirming();
    const { effects } = await s.confirm('ada', number);
    expect(effects.map((e) => e.kind)).toEqual(['edit', 'never', 'never', 'act']);
    const row = await s.row(number);
    expect(row).toMatchObject({ state: 'queued', run: 'run-1-1', tries: 1, accepted: s.now() });
    expect(await s.runs.byKey('run-1-1')).toMatchObject({
      backend: 'stand-in',
      order: {
        run: 'run-1-1',
        verb: 'create',
        resource: 'r1',
        spec: { name: 'orders', size: 's' },
      },
    });
    expect(await s.resources.of({ teams: ['orders'] }, 5)).toMatchObject([
      {
        slug: 'r1',
        name: 'orders',
        identity: 'postgres/orders/orders',
        state: 'making',
        quota: { kind: 'postgres', amount: 1 },
        cost: { currency: 'EUR', cents: 1800 },
        expires: new Date('2026-03-16T09:00:00.000Z'),
      },
    ]);
    const second = await s.confirm('ada', number);
    expect(whispered(second.effects)).toBe('Request #1 has been accepted already, so it can’t be confirmed now.');
    expect(second.effects).toHaveLength(1);
    expect((await s.row(number)).tries).toBe(1);
  });

  test('is for the person who asked, and for nobody who has a copy of the button', async () => {
    const s = await openRequests(database);
    const number = await s.confirming();
    for (const who of ['olga', 'paul', 'rita', 'nobody'] as const)
      for (const press of [presses.confirm, presses.abandon, presses.change, presses.look])
        await expect(s.push(who, press, { number, plans: 1 })).rejects.toMatchObject({ code: 'request_not_yours' });
    for (const value of [{}, { number: -1, plans: 1 }, { number: 1.5, plans: 1 }, { number: 1 }, 'x', null, [number]])
      await expect(s.push('ada', presses.confirm, value)).rejects.toMatchObject({ code: 'press_malformed' });
    await expect(s.push('ada', presses.confirm, { number: 12345, plans: 1 })).rejects.toMatchObject({
      code: 'request_unknown',
    });
    expect((await s.row(number)).state).toBe('confirming');
  });

  test('of what has changed since is refused: the newest is shown', async () => {
    const s = await openRequests(database);
    const number = await s.confirming();
    await s.push('ada', presses.look, { number, plans: 1 });
    await s.previewed(number, preview, 2);
    const { effects } = await s.push('ada', presses.confirm, { number, plans: 1 });
    expect(whispered(effects)).toContain('It has changed since you saw this.');
    expect((await s.row(number)).state).toBe('confirming');
    expect((await s.confirm('ada', number)).effects.map((e) => e.kind)).toContain('act');
  });

  test('looks at everything again: another version is looked at anew', async () => {
    const s = await openRequests(database);
    const number = await s.confirming();
    s.catalog(path({ version: '1.4.0' }));
    const { effects } = await s.confirm('ada', number);
    expect(live(effects)).toContain(
      'PostgreSQL is at version 1.4.0 now (it was 1.3.0 when you asked), so I’m looking again.',
    );
    expect(await s.row(number)).toMatchObject({ state: 'planning', version: '1.4.0', plans: 2 });
    await s.previewed(number, preview, 2);
    await s.confirm('ada', number);
    expect(await s.row(number)).toMatchObject({ state: 'queued' });
    expect(await s.runs.byKey('run-1-1')).toMatchObject({ order: { version: '1.4.0' } });
  });

  test.each<[string, Partial<GoldenPath> | undefined, string]>([
    ['the path is gone', undefined, 'The golden path “postgres” was taken out of the catalog.'],
    [
      'the path does not take the values any more',
      {
        parameters: {
          required: ['name', 'size'],
          properties: { ...postgres.parameters.properties, name: { type: 'string', title: 'Name', pattern: '^q' } },
        },
      },
      'doesn’t take what you asked for any more. Name:',
    ],
    ['nothing new is made', { lifecycle: { is: 'blocked', because: 'Broken disks.' } }, 'Broken disks.'],
    ['a tool is missing', { unavailable: 'Install helm 4.' }, 'Install helm 4.'],
    [
      'the policy says no by now',
      { policy: [{ when: 'true', verdict: 'deny', because: 'Not this week.' }] },
      'Not this week.',
    ],
  ])('makes nothing when %s meanwhile', async (_, more, words) => {
    const s = await openRequests(database);
    const number = await s.confirming();
    s.catalog(more ? path(more) : { paths: [gpu], broken: [] });
    const { effects } = await s.confirm('ada', number);
    expect(live(effects)).toContain(words);
    expect(buttons(effects)).not.toContain('Create it');
    expect((await s.row(number)).state).toBe('confirming');
    expect(await s.resources.of({ teams: ['orders'] }, 5)).toEqual([]);
    // Back as it was, it goes on.
    s.catalog(catalog);
    await s.confirm('ada', number);
    const after = await s.row(number);
    if (after.state === 'confirming') await s.confirm('ada', number);
    expect((await s.row(number)).state).toBe('queued');
  });

  test('makes nothing for a team that the person has left', async () => {
    const s = await openRequests(database);
    const number = await s.confirming();
    s.settings(settingsWith({ teams: { data: { emails: ['ada@acme.test'] } } }));
    expect(live((await s.confirm('ada', number)).effects)).toContain('You are not in team orders any more');
    expect((await s.row(number)).state).toBe('confirming');
  });

  test('asks again when what was shown is not true any more: the last place was taken', async () => {
    const settings = settingsWith({ quotas: { default: { postgres: 1 } } });
    const s = await openRequests(database, { settings });
    const mine = await s.confirming('ada', 'create postgres orders');
    const theirs = await s.confirming('olga', 'create postgres carts');
    await s.confirm('olga', theirs);
    const { effects } = await s.confirm('ada', mine);
    expect(live(effects)).toContain('Something has changed since I showed you this. Please look again');
    expect(live(effects)).toContain('Team orders would be over its quota: 1 of 1 postgres in use; with this it’s 2.');
    expect(buttons(effects)).toEqual(['Ask for approval', 'Change', 'Never mind']);
    expect(await s.row(mine)).toMatchObject({ state: 'confirming', verdict: { is: 'approval', by: ['platform'] } });
    await s.confirm('ada', mine);
    expect((await s.row(mine)).state).toBe('awaiting-approval');
  });

  test('asks again when the price was edited without another version', async () => {
    const s = await openRequests(database);
    const number = await s.confirming();
    s.catalog(path({ cost: { currency: 'EUR', monthly: '99900' } }));
    const { effects } = await s.confirm('ada', number);
    expect(live(effects)).toContain('Something has changed since I showed you this.');
    expect(live(effects)).toContain('€999');
    expect((await s.row(number)).state).toBe('confirming');
    await s.confirm('ada', number);
    expect(await s.row(number)).toMatchObject({ state: 'queued', cost: { currency: 'EUR', cents: 99900 } });
  });

  test('of a name that somebody has is refused, and says who has it', async () => {
    const s = await openRequests(database);
    const mine = await s.confirming('ada', 'create postgres orders');
    await s.accepted('olga', 'create postgres orders');
    const { effects } = await s.confirm('ada', mine);
    expect(live(effects)).toContain(
      `There is a PostgreSQL called “orders” already: it belongs to orders, and @${s.id('olga')} asked for it.`,
    );
    expect(buttons(effects)).toEqual(['Change', 'Look again', 'Never mind']);
    expect((await s.row(mine)).state).toBe('confirming');
    // It is said before anybody confirms, too.
    const third = await s.confirming('olga', 'create postgres orders');
    expect(whispered((await s.push('olga', presses.show, { number: third })).effects)).toContain('already');
  });
});

describe('taking it back', () => {
  test('closes it, and one tap brings it back', async () => {
    const s = await openRequests(database);
    const number = await s.confirming();
    const { effects } = await s.push('ada', presses.abandon, { number });
    expect(live(effects)).toContain('Taken back. Nothing was made.');
    expect(buttons(effects)).toEqual(['Undo', 'Ask again']);
    expect(whispered((await s.push('ada', presses.abandon, { number })).effects)).toContain('was cancelled');
    const undone = await s.push('ada', presses.undo, { number });
    expect(undone.effects.map((e) => e.kind)).toEqual(['edit', 'act', 'later']);
    expect(live(undone.effects)).not.toContain('Taken back');
    expect(await s.row(number)).toMatchObject({ state: 'planning', plans: 2 });
  });

  test('comes too late for what is accepted, and cannot be undone into a second run', async () => {
    const s = await openRequests(database);
    const number = await s.accepted();
    expect(whispered((await s.push('ada', presses.abandon, { number })).effects)).toContain(
      'has been accepted already',
    );
    expect(whispered((await s.push('ada', presses.undo, { number })).effects)).toContain('can’t be taken up again');
    expect((await s.row(number)).state).toBe('queued');
  });

  test('is done for who forgets it: after a day it is closed, once', async () => {
    const s = await openRequests(database);
    const number = await s.confirming();
    s.pass(24 * 60);
    const { effects } = await s.due('request.expire', 'request/1/expiry', { number });
    expect(live(effects)).toContain('Nobody confirmed it for a day, so I closed it.');
    expect(toldTo(effects, 'request/1')).toEqual([]);
    expect((await s.row(number)).state).toBe('expired');
    expect((await s.due('request.expire', 'request/1/expiry', { number })).effects).toEqual([]);
    expect(whispered((await s.confirm('ada', number)).effects)).toContain('has expired');
  });

  test('what is accepted does not expire', async () => {
    const s = await openRequests(database);
    const number = await s.accepted();
    expect((await s.due('request.expire', 'request/1/expiry', { number })).effects).toEqual([]);
    expect((await s.row(number)).state).toBe('queued');
  });
});

describe('the policy', () => {
  test('of the whole platform stands beside the path’s own: the strictest wins', async () => {
    const rule = { when: 'cost.cents > 5000', verdict: 'approval', because: 'Over €50.', by: ['platform'] };
    const s = await openRequests(database, { settings: settingsWith({ policy: [rule] }) });
    await s.confirming('ada', 'create postgres small');
    expect(await s.row(1)).toMatchObject({ verdict: { is: 'allow' } });
    await s.confirming('ada', 'create postgres medium size=m');
    expect(await s.row(2)).toMatchObject({ verdict: { is: 'approval', because: 'Over €50.', by: ['platform'] } });
    await s.confirming('ada', 'create postgres toomuch size=m storage=450');
    expect(await s.row(3)).toMatchObject({ verdict: { is: 'deny', because: 'Nobody gets that much.' } });
    const shown = await s.push('ada', presses.show, { number: 3 });
    expect(whispered(shown.effects)).toContain('This can’t be done: Nobody gets that much.');
    expect(whispered(shown.effects)).not.toContain('[Create it]');
    // Nor is it said that anything is made.
    expect(whispered(shown.effects)).not.toContain(preview.summary);
    await s.confirm('ada', 3);
    expect((await s.row(3)).state).toBe('confirming');
  });

  test('always asks somebody before a plan destroys what nobody asked to delete', async () => {
    const s = await openRequests(database);
    await s.confirming('ada', 'create postgres orders', { ...preview, destroys: 2 });
    expect(await s.row(1)).toMatchObject({
      verdict: {
        is: 'approval',
        because: 'The plan destroys 2 things, and what is destroyed can’t be brought back.',
        by: ['data'],
      },
    });
  });
});

describe('the audit', () => {
  test('has who did what, with which values, and never what may be a secret', async () => {
    const s = await openRequests(database);
    const number = await s.accepted();
    await s.confirming('ada', 'create postgres carts');
    await s.push('ada', presses.abandon, { number: 2 });
    const entries = await s.audit();
    expect(entries.map((e) => [e.what, e.who])).toEqual([
      ['request.asked', s.id('ada')],
      ['request.accepted', s.id('ada')],
      ['request.asked', s.id('ada')],
      ['request.abandoned', s.id('ada')],
    ]);
    expect(entries[1]?.details).toMatchObject({
      path: 'postgres',
      version: '1.3.0',
      team: 'orders',
      run: 'run-1-1',
      verdict: { is: 'allow' },
      values: { name: 'orders', size: 's', storage: 10, backups: false },
    });
    expect(number).toBe(1);
  });
});
