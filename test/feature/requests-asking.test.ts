import { describe, expect, test } from 'vitest';
import type { GoldenPath } from '../../src/core/catalog/path.ts';
import { buttonsOf, type Effect, type Effects } from '../../src/core/kernel/index.ts';
import { presses } from '../../src/core/requests/keys.ts';
import { ownDatabase } from '../support/own-database.ts';
import { catalog, gpu, plain, postgres } from '../support/paths.ts';
import { openRequests, people, preview, settingsWith, whispered, wordsFor } from '../support/requests.ts';

const database = await ownDatabase();

const asks = (effects: Effects) => effects.flatMap((e) => (e.kind === 'ask' ? [e] : []));
const formIn = (effects: Effects) => {
  const [form, ...more] = asks(effects);
  if (!form || more.length > 0 || effects.length > 1) throw new Error(`no form: ${JSON.stringify(effects)}`);
  return form;
};
const labels = (effects: Effects) =>
  effects.flatMap((e) => (e.kind === 'whisper' ? buttonsOf(e.view).map((b) => b.label) : []));
const previewAsked = (effects: Effects) =>
  effects.flatMap((e) => (e.kind === 'act' && e.action === 'run.preview' ? [e] : []));

describe('the catalog', () => {
  test('shows what is made for people like me first, each with a button', async () => {
    const s = await openRequests(database);
    await s.store.direct.features.people.choose(s.id('ada'), { persona: 'backend' });
    const { effects } = await s.say('ada', 'catalog');
    const words = whispered(effects);
    expect(words.indexOf('PostgreSQL')).toBeLessThan(words.indexOf('GPU job'));
    expect(words).toContain('A database of your own.\npostgres 1.3.0 · docs');
    expect(labels(effects)).toEqual(['Create', 'Create']);
    await s.store.direct.features.people.choose(s.id('ada'), { persona: 'data' });
    const data = whispered((await s.say('ada', 'catalog')).effects);
    expect(data.indexOf('GPU job')).toBeLessThan(data.indexOf('PostgreSQL'));
  });

  test('that is long shows what fits a screen, the others by name, and all of it in one tap', async () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ ...plain, name: `p${i}`, title: `Path ${i}` }));
    const s = await openRequests(database, { catalog: { paths: many, broken: [] } });
    const { effects } = await s.say('ada', 'catalog');
    expect(labels(effects)).toEqual([...Array.from({ length: 8 }, () => 'Create'), 'Show all 12']);
    expect(whispered(effects)).toContain('Also: Path 8 · Path 9 · Path 10 · Path 11');
    const all = await s.push('ada', presses.catalog, { all: true });
    expect(all.effects).toMatchObject([{ kind: 'whisper', over: 'private' }]);
    expect(labels(all.effects)).toEqual(many.map(() => 'Create'));
    expect(whispered(all.effects)).not.toContain('Also:');
    // Of more than there is room for none is lost, and no button promises all.
    const more = Array.from({ length: 22 }, (_, i) => ({ ...plain, name: `p${i}`, title: `Path ${i}` }));
    s.catalog({ paths: more, broken: [] });
    expect(labels((await s.say('ada', 'catalog')).effects).at(-1)).toBe('Show 20 of 22');
    const most = await s.push('ada', presses.catalog, { all: true });
    expect(labels(most.effects)).toHaveLength(20);
    expect(whispered(most.effects)).toContain('Also: Path 20 · Path 21');
  });

  test('says why something can’t be made now, without a button', async () => {
    const s = await openRequests(database, {
      catalog: {
        paths: [
          {
            ...plain,
            name: 'a',
            title: 'Old',
            lifecycle: { is: 'deprecated', on: '2026-04-01', successor: 'postgres' },
          },
          { ...plain, name: 'b', title: 'Older', lifecycle: { is: 'deprecated', on: '2026-03-01' } },
          { ...plain, name: 'c', title: 'Blocked', lifecycle: { is: 'blocked', because: 'The disks are full.' } },
          { ...plain, name: 'd', title: 'Unavailable', unavailable: 'Install terraform 1.11 first.' },
        ],
        broken: [],
      },
    });
    const { effects } = await s.say('ada', 'catalog');
    const words = whispered(effects);
    expect(words).toContain('From 2026-04-01 on nothing new will be made from this. Please use “postgres” instead.');
    expect(words).toContain('Since 2026-03-01 nothing new is made from “Older”.');
    expect(words).toContain('“Blocked” can’t be used at the moment: The disks are full.');
    expect(words).toContain('Install terraform 1.11 first.');
    expect(labels(effects)).toEqual(['Create']);
    for (const path of ['b', 'c', 'd']) {
      const pressed = await s.push('ada', presses.create, { path });
      expect(asks(pressed.effects), path).toEqual([]);
      expect(whispered(pressed.effects), path).not.toBe('');
      expect(asks((await s.say('ada', `create ${path}`)).effects), path).toEqual([]);
    }
  });

  test('shows what is broken, with file, line and what to do, to platform people alone', async () => {
    const broken = {
      name: 'kafka',
      problems: [{ file: 'kafka/path.yaml', line: 7, what: 'docs: it is missing', todo: 'Name a page.' }],
    };
    const s = await openRequests(database, { catalog: { ...catalog, broken: [broken] } });
    for (const who of ['paul', 'rita'] as const)
      expect(whispered((await s.say(who, 'catalog')).effects)).toContain(
        'kafka doesn’t load. kafka/path.yaml:7 docs: it is missing. Name a page.',
      );
    expect(whispered((await s.say('ada', 'catalog')).effects)).not.toContain('kafka');
    expect(whispered((await s.say('ada', 'create kafka')).effects)).toContain(
      'kafka is in the catalog, but doesn’t load at the moment.',
    );
    expect(JSON.stringify((await s.say('ada', 'create kafka')).effects)).not.toContain('Not in the catalog');
  });

  test.each<[string, GoldenPath['policy'], boolean]>([
    [
      'a rule that is about the person',
      [{ when: '!("data" in person.teams)', verdict: 'deny', because: 'For data.' }],
      true,
    ],
    [
      'a rule about the person after one about the request that only denies',
      [
        { when: 'params.size == "l"', verdict: 'deny', because: 'Too large.' },
        { when: '!("data" in person.teams)', verdict: 'deny', because: 'For data.' },
      ],
      true,
    ],
    [
      'a rule about the person after one about the request that may allow',
      [
        { when: 'params.size == "s"', verdict: 'allow', because: 'Small.' },
        { when: 'true', verdict: 'deny', because: 'For data.' },
      ],
      false,
    ],
    ['a rule about the request', [{ when: 'cost.cents > 1', verdict: 'deny', because: 'For data.' }], false],
  ])('keeps closed what is closed to a person: %s', async (_, policy, closed) => {
    const s = await openRequests(database, { catalog: { paths: [{ ...postgres, policy }], broken: [] } });
    const { effects } = await s.say('ada', 'catalog');
    expect(labels(effects)).toEqual(closed ? [] : ['Create']);
    expect(whispered(effects).includes('For data.')).toBe(closed);
    if (closed) expect(labels((await s.say('dan', 'catalog')).effects)).toEqual(['Create']);
  });

  test('an empty one says so', async () => {
    const s = await openRequests(database, { catalog: { paths: [], broken: [] } });
    expect(whispered((await s.say('ada', 'create')).effects)).toContain('There is no golden path yet.');
  });
});

describe('the form', () => {
  test.each([
    ['create postgres', { size: 's', storage: '10' }],
    ['create Database', { size: 's', storage: '10' }],
    ['create postgres size=Medium', { size: 'm', storage: '10' }],
    ['create postgres orders size=huge storage=9999', { name: 'orders', size: 'huge', storage: '9999' }],
  ])('%s asks, with what was typed', async (typed, prior) => {
    const s = await openRequests(database);
    const form = formIn((await s.say('ada', typed)).effects);
    expect(form.form.title).toBe('PostgreSQL');
    expect(Object.keys(form.form.fields)).toEqual(['name', 'size', 'storage', 'backups']);
    expect(form.prior).toEqual(prior);
  });

  test('says above it what could not be read', async () => {
    const s = await openRequests(database);
    const { form } = formIn((await s.say('ada', 'create postgres nmae=orders size=xl team=data')).effects);
    expect(form.intro).toContain('There is no “nmae”; did you mean “name”?');
    expect(form.intro).toContain('You’re not in a team called “data”.');
    expect(form.intro).toContain('Size: Please choose one of the options.');
  });

  test('is not needed when everything is there: straight to what would happen', async () => {
    const s = await openRequests(database);
    const { effects } = await s.say('ada', 'create postgres orders storage=20GB backups=true');
    expect(effects.map((e) => e.kind)).toEqual(['tell', 'act', 'later']);
    const row = await s.row(1);
    expect(row).toMatchObject({
      state: 'planning',
      verb: 'create',
      path: 'postgres',
      version: '1.3.0',
      team: 'orders',
      requester: s.id('ada'),
      values: { name: 'orders', size: 's', storage: 20, backups: true },
    });
    expect(previewAsked(effects)[0]?.input).toMatchObject({
      request: 1,
      backend: 'stand-in',
      order: { run: 'run-1-1', verb: 'create', resource: 'r1', spec: { name: 'orders', size: 's' } },
    });
    expect(await s.resources.of({ teams: ['orders'] }, 5)).toEqual([]);
  });

  test('asks for which team only who is in several', async () => {
    const settings = settingsWith({
      teams: { orders: { emails: ['ada@acme.test'] }, search: { emails: ['ada@acme.test'] } },
    });
    const s = await openRequests(database, { settings });
    const asked = formIn((await s.say('ada', 'create postgres orders')).effects);
    expect(asked.form.fields['for-team']).toMatchObject({
      kind: 'choice',
      options: [{ value: 'orders' }, { value: 'search' }],
    });
    await s.send('ada', asked, { 'for-team': 'search', name: 'orders', size: 's', backups: 'false' });
    expect(await s.row(1)).toMatchObject({ team: 'search' });
    await s.say('ada', 'create postgres orders team=Search');
    expect(await s.row(2)).toMatchObject({ team: 'search' });
    const other = await s.send('ada', asked, { 'for-team': 'data', name: 'orders', size: 's', backups: 'true' });
    expect(other).toEqual({ effects: [], errors: { 'for-team': 'Please choose one of the options.' } });
  });

  test('is not shown to who is in no team: they learn how to get into one', async () => {
    const s = await openRequests(database);
    for (const played of [
      await s.say('nobody', 'create postgres orders'),
      await s.push('nobody', presses.create, { path: 'postgres' }),
    ]) {
      expect(played.effects.map((e) => e.kind)).toEqual(['whisper']);
      expect(whispered(played.effects)).toContain('a line in groundcrew.yaml, under teams.');
    }
    s.settings(settingsWith({ requests: { personal: true } }));
    await s.say('nobody', 'create postgres orders');
    expect((await s.row(1)).team).toBe(`personal-${s.id('nobody').slice(0, 8)}`);
    expect(wordsFor((await s.previewed(1)).effects, 'request/1')).toContain('For: yourself');
  });

  test.each([
    ['create postgrs', 'Did you mean PostgreSQL?', ['Yes, PostgreSQL', 'See the catalog']],
    ['create postgers', 'Did you mean PostgreSQL?', ['Yes, PostgreSQL', 'See the catalog']],
    [
      'create a new postgers size=s',
      'There is no a new postgers. Did you mean PostgreSQL?',
      ['Yes, PostgreSQL', 'See the catalog'],
    ],
    [
      'create nothing',
      'There is no nothing in the catalog. Perhaps one of these? What you miss there, ask for with feedback.',
      ['GPU job', 'PostgreSQL', 'See the catalog'],
    ],
    ['create password=hunter2', 'There is no that in the catalog.', ['GPU job', 'PostgreSQL', 'See the catalog']],
    ['create either gpu job or postgres', 'Perhaps one of these?', ['GPU job', 'PostgreSQL', 'See the catalog']],
  ])('%s is answered with what was meant', async (typed, words, buttons) => {
    const s = await openRequests(database);
    const { effects } = await s.say('ada', typed);
    expect(whispered(effects)).toContain(words);
    expect(labels(effects)).toEqual(buttons);
  });

  test('said rather than typed, it is taken all the same: with the values that stand there', async () => {
    const s = await openRequests(database);
    await s.say('ada', 'create a new database for me, please name=orders size=m');
    expect(await s.row(1)).toMatchObject({ path: 'postgres', values: { name: 'orders', size: 'm' } });
    expect(formIn((await s.say('ada', 'create a database, please')).effects).prior).not.toHaveProperty('name');
  });

  test.each([
    'I need a postgres',
    'can I have a database please?',
    'postgres',
    'crate postgres',
    'hi, we want two databases for the shop',
    'I need a postgers',
  ])('“%s” is a wish for what is in the catalog', async (line) => {
    const s = await openRequests(database);
    for (const who of [people.ada, people.rita]) {
      const { effects } = await s.play(who, { kind: 'command', text: line } as Parameters<typeof s.play>[1]);
      expect(whispered(effects)).toContain('You can get this yourself:');
      expect(labels(effects)).toEqual(['Create', 'See the catalog']);
    }
  });

  test.each(['my database is slow', 'the postgres of the shop is down', 'dance', 'I need help', 'requets'])(
    '“%s” is not',
    async (line) => {
      const s = await openRequests(database);
      expect(whispered((await s.say('ada', line)).effects)).not.toContain('You can get this');
    },
  );

  test.each([
    ['slack:T1/C0ORDERS', true],
    ['slack:T1/D0ADA', false],
    ['teams:11111111-1111-4111-8111-111111111111/19:orders@thread.tacv2', true],
    ['teams:11111111-1111-4111-8111-111111111111/a:ada', false],
    [undefined, false],
  ])('sent in %s is answered there, when it goes on elsewhere: %s', async (place, told) => {
    const s = await openRequests(database);
    const body = { kind: 'command', text: 'create postgres orders', ...(place ? { place } : {}) } as const;
    const { effects } = await s.play(people.ada, body as Parameters<typeof s.play>[1]);
    expect(effects.some((e) => e.kind === 'tell')).toBe(true);
    expect(whispered(effects).includes('write to you directly')).toBe(told);
  });

  test('of a path without parameters is not there: it goes straight on', async () => {
    const s = await openRequests(database);
    expect((await s.say('ada', 'create gpu')).effects.map((e) => e.kind)).toEqual(['tell', 'act', 'later']);
    expect((await s.say('ada', 'create GPU job')).effects.map((e) => e.kind)).toEqual(['tell', 'act', 'later']);
    expect((await s.row(2)).path).toBe('gpu');
  });
});

describe('what is typed', () => {
  const good = { name: 'orders', size: 's', storage: '10', backups: 'false' };
  test.each([
    ['a name that is no DNS label', { name: 'Orders_DB' }, 'name'],
    ['a name that is too long', { name: 'a'.repeat(64) }, 'name'],
    ['a name with a dot', { name: 'orders.prod' }, 'name'],
    ['no name', { name: ' ' }, 'name'],
    ['YAML', { name: 'x\nkind: ClusterRole' }, 'name'],
    ['a template', { name: '${{ person.email }}' }, 'name'],
    ['a shell', { name: '$(rm -rf /)' }, 'name'],
    ['SQL', { name: "'; drop table request; --" }, 'name'],
    ['an option that is not there', { size: 'xxl' }, 'size'],
    ['a number that is too large', { storage: '501' }, 'storage'],
    ['a number that is none', { storage: '1e' }, 'storage'],
    ['half a number', { storage: '1.5' }, 'storage'],
    ['a negative number', { storage: '-1' }, 'storage'],
    ['a secret', { name: 'ghp_abcdefghijklmnopqrstuvwxyz0123456789' }, 'name'],
  ])('%s keeps the form open, and nothing is made', async (_, bad, field) => {
    const s = await openRequests(database);
    const form = formIn((await s.say('ada', 'create postgres')).effects);
    const { effects, errors } = await s.send('ada', form, { ...good, ...bad });
    expect(effects).toEqual([]);
    expect(Object.keys(errors ?? {})).toEqual([field]);
    expect(await s.requests.mine(s.id('ada'), 5)).toEqual([]);
    // On the command line the same is typed into the form again, never into a request.
    const typed = await s.say('ada', `create postgres ${field}="${bad[field as keyof typeof bad]}"`);
    expect(asks(typed.effects)).toHaveLength(1);
    expect(await s.requests.mine(s.id('ada'), 5)).toEqual([]);
  });

  test('goes into the order as a value, whatever it looks like', async () => {
    const free: GoldenPath = {
      ...postgres,
      parameters: { required: ['name'], properties: { name: { type: 'string', title: 'Name' } } },
      backend: { kind: 'stand-in', spec: { metadata: { name: '${{ params.name }}' } } },
      cost: { currency: 'EUR', monthly: '1' },
      policy: [],
    };
    const s = await openRequests(database, { catalog: { paths: [free], broken: [] } });
    const name = '"}, "kind": "ClusterRole\n--- ${{ 1 + 1 }} {{x}} $(id)';
    const form = formIn((await s.say('ada', 'create postgres')).effects);
    const { effects } = await s.send('ada', form, { name });
    expect(previewAsked(effects)[0]?.input).toMatchObject({ order: { spec: { metadata: { name } } } });
    expect(await s.row(1)).toMatchObject({ values: { name } });
  });

  test('is kept when the path changes while it is typed, and still fits: nobody has to do it twice', async () => {
    const s = await openRequests(database);
    const form = formIn((await s.say('ada', 'create postgres')).effects);
    s.catalog({ paths: [{ ...postgres, version: '1.4.0' }], broken: [] });
    const { effects } = await s.send('ada', form, good);
    expect(effects.map((e) => e.kind)).toEqual(['tell', 'act', 'later']);
    expect((await s.row(1)).version).toBe('1.4.0');
  });

  test('is asked again in the new form when the path does not take it any more', async () => {
    const s = await openRequests(database);
    const form = formIn((await s.say('ada', 'create postgres')).effects);
    const { size, ...rest } = postgres.parameters.properties;
    const changed: GoldenPath = {
      ...postgres,
      version: '2.0.0',
      parameters: {
        required: ['name', 'size', 'zone'],
        properties: {
          ...rest,
          size: { ...(size as NonNullable<typeof size>), enum: [{ value: 'm', label: 'Medium' }], default: 'm' },
          zone: { type: 'string', title: 'Zone' },
        },
      },
    };
    s.catalog({ paths: [changed], broken: [] });
    const again = formIn((await s.send('ada', form, { ...good, name: 'orders' })).effects);
    expect(again.form.intro).toContain('PostgreSQL has changed while you were typing (it is at version 2.0.0 now).');
    expect(again.form.intro).toContain('Size: Please choose one of the options. Zone: Please fill this in.');
    expect(again.prior).toMatchObject({ name: 'orders', size: 's', storage: 10 });
    await s.send('ada', again, { name: 'orders', size: 'm', zone: 'eu', storage: '10', backups: 'false' });
    expect(await s.row(1)).toMatchObject({ version: '2.0.0', values: { zone: 'eu', size: 'm' } });
  });

  test.each([
    ['was taken out', { paths: [gpu], broken: [] }, 'was taken out of the catalog'],
    ['is broken', { paths: [gpu], broken: [{ name: 'postgres', problems: [] }] }, 'doesn’t load at the moment'],
  ])('is answered in words when the path %s meanwhile', async (_, next, words) => {
    const s = await openRequests(database);
    const form = formIn((await s.say('ada', 'create postgres')).effects);
    s.catalog(next);
    expect(whispered((await s.send('ada', form, good)).effects)).toContain(words);
    expect(whispered((await s.push('ada', presses.create, { path: 'postgres' })).effects)).toContain(words);
    expect(await s.requests.mine(s.id('ada'), 5)).toEqual([]);
  });

  test('by somebody who has left the team meanwhile makes nothing', async () => {
    const s = await openRequests(database);
    const form = formIn((await s.say('ada', 'create postgres')).effects);
    s.settings(settingsWith({ teams: {} }));
    expect(whispered((await s.send('ada', form, good)).effects)).toContain('You’re in no team yet');
    expect(await s.requests.mine(s.id('ada'), 5)).toEqual([]);
  });

  test('twice is one request', async () => {
    const s = await openRequests(database);
    const effect = formIn((await s.say('ada', 'create postgres')).effects);
    const id = crypto.randomUUID();
    const { form, carry, prior = {} } = effect as Extract<Effect, { kind: 'ask' }>;
    const { ada } = people;
    await s.store.direct.asked.keep({ id, account: ada.account, form, carry, prior }, s.now());
    await s.play(ada, { kind: 'submit', asked: id, raw: good });
    const second = await s.play(ada, { kind: 'submit', asked: id, raw: good });
    expect(whispered(second.effects)).toContain('This form was sent before');
    expect(await s.requests.mine(s.id('ada'), 5)).toHaveLength(1);
  });
});

describe('again', () => {
  test('fills in what was asked before, on either platform, and makes another request', async () => {
    const s = await openRequests(database);
    const number = await s.confirming('ada', 'create postgres orders size=m storage=33');
    await s.push('ada', presses.abandon, { number });
    const form = formIn((await s.push('ada', presses.again, { number })).effects);
    expect(form.prior).toMatchObject({ name: 'orders', size: 'm', storage: '33' });
    await s.send('ada', form, { name: 'orders2', size: 'm', storage: '33', backups: 'false' });
    expect(await s.row(2)).toMatchObject({ state: 'planning', values: { name: 'orders2', size: 'm', storage: 33 } });
    expect(await s.row(1)).toMatchObject({ state: 'cancelled' });
  });

  test('is for the person who asked', async () => {
    const s = await openRequests(database);
    const number = await s.confirming();
    await expect(s.push('olga', presses.again, { number })).rejects.toMatchObject({ code: 'request_not_yours' });
    await expect(s.push('ada', presses.again, { number: 99 })).rejects.toMatchObject({ code: 'request_unknown' });
    await expect(s.push('ada', presses.again, { number: 'x' })).rejects.toMatchObject({ code: 'press_malformed' });
  });
});

describe('changing', () => {
  test('looks again at the other values, and what the first look says is dropped', async () => {
    const s = await openRequests(database);
    const number = await s.confirming();
    const form = formIn((await s.push('ada', presses.change, { number, plans: 1 })).effects);
    expect(form.prior).toMatchObject({ name: 'orders', size: 's' });
    const { effects } = await s.send('ada', form, { name: 'orders', size: 'm', storage: '10', backups: 'false' });
    expect(previewAsked(effects)[0]).toMatchObject({
      key: 'request/1/plan/2',
      input: { order: { spec: { size: 'm' } } },
    });
    expect(await s.row(1)).toMatchObject({ state: 'planning', plans: 2, values: { size: 'm' } });
    expect((await s.previewed(1, { ...preview, summary: 'old' }, 1)).effects).toEqual([]);
    const shown = await s.previewed(1, { ...preview, summary: 'new' }, 2);
    expect(wordsFor(shown.effects, 'request/1')).toContain('new');
    expect(await s.row(1)).toMatchObject({ state: 'confirming', preview: { summary: 'new' } });
  });

  test('of an accepted one is refused in words', async () => {
    const s = await openRequests(database);
    const number = await s.confirming();
    const form = formIn((await s.push('ada', presses.change, { number, plans: 1 })).effects);
    await s.confirm('ada', number);
    const sent = await s.send('ada', form, { name: 'other', size: 's', backups: 'false' });
    expect(whispered(sent.effects)).toContain('Request #1 has been accepted already, so it can’t be changed now.');
    expect((await s.row(1)).values).toMatchObject({ name: 'orders' });
  });
});
