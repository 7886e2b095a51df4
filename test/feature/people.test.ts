import { describe, expect, test } from 'vitest';
import { isZone } from '../../src/core/calendar/zone.ts';
import { helpView, type Offered, offeredTo } from '../../src/core/help/views.ts';
import type { AccountId, Effect, Person, PersonId, PlatformName, Profile } from '../../src/core/kernel/index.ts';
import { meForm, meView, presses, welcomeView } from '../../src/core/people/views.ts';
import { findZones, wallTime } from '../../src/core/people/zones.ts';
import { type Settings, settingsSchema } from '../../src/core/settings.ts';
import { ada, adaTeams, askedIn, grace, graceTeams, mira, openHouse, settings } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { linesOf, whisperedIn, wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const now = new Date('2026-03-02T09:00:00Z');
const wish = { what: 'Faster builds', why: 'x', pain: 3, created: now };

/** Two logins arrive as strangers, each asks for something, and only then the directories tell who they are. */
async function strangers(stage: Stage, ...profiles: readonly Profile[]): Promise<readonly PersonId[]> {
  const { people, feedback } = stage.store.direct.features;
  const ids: PersonId[] = [];
  for (const { account } of profiles) {
    const { person, known } = await people.arrive(account, {}, now);
    expect(known).toBe(false);
    await feedback.add({ ...wish, what: account, requester: person.id, account });
    ids.push(person.id);
  }
  return ids;
}
const personOf = async (stage: Stage, account: AccountId): Promise<Person> => {
  const person = await stage.store.direct.features.people.byAccount(account);
  if (!person) throw new Error(`nobody has ${account}`);
  return person;
};

describe('one person on two platforms', () => {
  test.each([
    ['Slack first', ada, adaTeams],
    ['Teams first', adaTeams, ada],
  ])('%s: who had the address first stays, and has what both asked for', async (_, first, second) => {
    const stage = openStage(database);
    const { people, feedback } = stage.store.direct.features;
    const [one, two] = (await strangers(stage, ada, adaTeams)) as [PersonId, PersonId];
    const keeps = first === ada ? one : two;
    const former = first === ada ? two : one;
    expect((await people.learn(first, now))?.id).toBe(keeps);
    const joined = await people.learn(second, now);
    expect(joined).toEqual(await personOf(stage, ada.account));
    expect(joined).toEqual(await personOf(stage, adaTeams.account));
    expect(joined).toMatchObject({ id: keeps, name: 'Ada', email: 'ada@acme.test' });
    expect([...(joined?.accounts ?? [])].sort()).toEqual([ada.account, adaTeams.account].sort());
    expect((await feedback.mine(keeps, 9)).map((f) => f.what)).toEqual([adaTeams.account, ada.account]);
    expect(await feedback.mine(former, 9)).toEqual([]);
    // What still names the former one, in rows or in views, finds the person.
    expect(await people.byId(former)).toEqual(joined);
  });

  test('an address is one address however it is written', async () => {
    const stage = openStage(database);
    await strangers(stage, ada, adaTeams);
    const { people } = stage.store.direct.features;
    await people.learn({ ...ada, email: 'Ada@Acme.TEST' }, now);
    const joined = await people.learn({ ...adaTeams, email: 'aDA@acme.test' }, now);
    expect(joined?.accounts).toHaveLength(2);
    expect(joined?.email).toBe('ada@acme.test');
  });

  test('without a verified address nobody is joined to anybody', async () => {
    const stage = openStage(database);
    const { email: _, ...unverified } = adaTeams;
    await strangers(stage, ada, adaTeams);
    const { people } = stage.store.direct.features;
    await people.learn(ada, now);
    await people.learn(unverified, now);
    expect((await personOf(stage, ada.account)).accounts).toEqual([ada.account]);
    expect((await personOf(stage, adaTeams.account)).email).toBeUndefined();
  });

  test('who was joined twice is found under every former name', async () => {
    const stage = openStage(database);
    const { people, feedback } = stage.store.direct.features;
    const third: Profile = { ...ada, account: 'slack:T2/UADA' as AccountId, email: 'ada@other.test' };
    const ids = await strangers(stage, ada, adaTeams, third);
    await people.learn({ ...ada, email: 'a@acme.test' }, now);
    await people.learn({ ...adaTeams, email: 'a@acme.test' }, now);
    await people.learn(third, now);
    await people.learn({ ...ada, email: 'ada@other.test' }, now);
    const all = await people.learn({ ...adaTeams, email: 'ada@other.test' }, now);
    for (const id of ids) expect((await people.byId(id))?.id).toBe(all?.id);
    expect(await feedback.mine(all?.id as PersonId, 9)).toHaveLength(3);
    expect(all?.accounts).toHaveLength(3);
  });

  test('what was chosen before they were joined is kept: the persona, and a zone over a guessed one', async () => {
    const stage = openStage(database);
    const { people } = stage.store.direct.features;
    const [, teamsId] = (await strangers(stage, ada, adaTeams)) as [PersonId, PersonId];
    await people.choose(teamsId, { zone: 'Asia/Kolkata', persona: 'data' });
    await people.learn(ada, now);
    const joined = await people.learn(adaTeams, now);
    expect(joined).toMatchObject({ zone: 'Asia/Kolkata', persona: 'data' });
  });

  test('an address that the directory takes back is not shown any more, unless the other platform still has it', async () => {
    const stage = openStage(database);
    const { people } = stage.store.direct.features;
    await stage.meet(ada, adaTeams);
    const { email: _, ...without } = ada;
    expect((await people.learn(without, now))?.email).toBe('ada@acme.test');
    expect((await people.learn({ ...adaTeams, email: 'ada@new.test' }, now))?.email).toBe('ada@new.test');
  });

  test('of an account that nobody has used nothing is learnt', async () => {
    const stage = openStage(database);
    expect(await stage.store.direct.features.people.learn(ada, now)).toBeUndefined();
    expect(await stage.store.direct.features.people.byAccount(ada.account)).toBeUndefined();
  });

  test('a message that waits for the former one reaches the joined person', async () => {
    const house = openHouse(database);
    await house.engine.start();
    const { people } = house.store.direct.features;
    await people.arrive(ada.account, {}, now);
    const { person: former } = await people.arrive(adaTeams.account, {}, now);
    const view = welcomeView(former, 'x');
    await house.store.direct.outbox.write([{ kind: 'tell', key: 'k', person: former.id, view }], 'test/0', now);
    await people.learn(ada, now);
    await people.learn(adaTeams, now);
    await house.engine.tick();
    for (let i = 0; i < 5; i++) await house.engine.tick();
    await house.work();
    expect([...house.slack.outgoing, ...house.teams.outgoing].map((o) => o.view.id)).toEqual(['people.welcome']);
  });
});

describe('the zone', () => {
  const zoneOf = async (stage: Stage) => (await personOf(stage, ada.account)).zone;

  test('is the platform’s, until the person chooses one; then no platform changes it', async () => {
    const stage = openStage(database);
    const { people } = stage.store.direct.features;
    const { person } = await people.arrive(ada.account, {}, now);
    expect(await zoneOf(stage)).toBe('UTC');
    await people.learn(ada, now);
    expect(await zoneOf(stage)).toBe('Europe/London');
    await people.arrive(ada.account, { zone: 'Europe/Kyiv' }, now);
    expect(await zoneOf(stage)).toBe('Europe/Kyiv');
    await people.choose(person.id, { zone: 'Asia/Tokyo' });
    await people.learn(ada, now);
    await people.arrive(ada.account, { zone: 'Europe/Kyiv' }, now);
    expect(await zoneOf(stage)).toBe('Asia/Tokyo');
  });

  test.each(['Mars/Olympus', '', 'UTC; drop table', '../../etc/passwd', '\u0000'])(
    'a platform that says %j is not believed',
    async (zone) => {
      const stage = openStage(database);
      const { people } = stage.store.direct.features;
      await people.arrive(ada.account, { zone }, now);
      await people.learn({ ...ada, zone }, now);
      expect(await zoneOf(stage)).toBe('UTC');
    },
  );

  test('Teams tells it with each message', async () => {
    const house = openHouse(database);
    await house.engine.start();
    const inbound = { ...house.command(adaTeams, 'me'), hints: { zone: 'America/St_Johns' } };
    const [words] = whisperedIn(await house.act(inbound));
    expect(words).toContain('Time zone: Europe/London');
    const travelling = { ...house.command(adaTeams, 'me'), hints: { zone: 'America/St_Johns' } };
    const [then] = whisperedIn(await house.act(travelling));
    expect(then).toContain('Time zone: America/St_Johns (05:30 now)');
  });

  test('zones are found by city, by country words, with what the clock shows there', () => {
    expect(findZones('kyiv kiev', now)).toEqual([]);
    expect(findZones('london', now)).toEqual([{ value: 'Europe/London', label: 'Europe/London (09:00)' }]);
    expect(findZones('new york', now).map((z) => z.label)).toEqual(['America/New York (04:00)']);
    expect(findZones('St. Johns', now)).toEqual([]);
    expect(findZones('st_johns', now).map((z) => z.value)).toEqual(['America/St_Johns']);
    expect(findZones('utc', now)[0]).toEqual({ value: 'UTC', label: 'UTC (09:00)' });
    expect(findZones('', now)).toHaveLength(20);
    expect(findZones('%_*.(', now)).toEqual([]);
    expect(findZones('a'.repeat(40_000), now)).toEqual([]);
    for (const { value, label } of findZones('america', now, 1000)) {
      expect(isZone(value)).toBe(true);
      expect(label.length).toBeLessThanOrEqual(75);
    }
    expect(wallTime('Asia/Kathmandu', now)).toBe('14:45');
  });

  test('the search goes through the door, for people we know', async () => {
    const house = openHouse(database);
    await house.engine.start();
    const search = (source: string) => house.from<'search'>(ada, { kind: 'search', source, query: 'tokyo' });
    expect(await house.engine.search(search('people.zones'))).toEqual([]);
    await house.act(house.command(ada, 'me'));
    expect(await house.engine.search(search('people.zones'))).toEqual([
      { value: 'Asia/Tokyo', label: 'Asia/Tokyo (18:00)' },
    ]);
    for (const source of ['nothing', 'toString', '__proto__'])
      expect(await house.engine.search(search(source))).toEqual([]);
  });
});

describe('about me', () => {
  test('what is known is shown, and can be changed', async () => {
    const stage = openStage(database, () => ({
      ...settings,
      teams: settingsSchema.parse({ teams: { inventory: { emails: ['ada@acme.test'] } } }).teams,
    }));
    await stage.meet(ada, adaTeams);
    const { effects } = await stage.command(ada, 'me');
    expect(effects).toEqual([{ kind: 'whisper', view: meView(await personOf(stage, ada.account), stage.now()) }]);
    expect(linesOf((effects[0] as Extract<Effect, { kind: 'whisper' }>).view).slice(0, 6)).toEqual([
      'Time zone: Europe/London (09:00 now)',
      'You work on: not said yet',
      'E-mail: ada@acme.test',
      'Known on: Slack and Microsoft Teams',
      'Roles: developer',
      'Teams: inventory',
    ]);

    const [ask] = (await stage.press(ada, presses.change, {})).effects;
    expect(ask).toEqual({ kind: 'ask', form: meForm, carry: '', prior: { zone: 'Europe/London' } });
    expect(await stage.fill(ada, ask, { zone: 'Mars/Olympus' })).toEqual({
      effects: [],
      errors: { zone: 'I don’t know this zone. Please pick one from the list.' },
    });
    expect(await stage.fill(ada, ask, { zone: 'Asia/Tokyo', persona: 'designer' })).toMatchObject({
      errors: { persona: 'Please choose one of the options.' },
    });
    const saved = await stage.fill(ada, ask, { zone: 'Asia/Tokyo', persona: 'data' });
    const person = await personOf(stage, ada.account);
    expect(person).toMatchObject({ zone: 'Asia/Tokyo', persona: 'data' });
    expect(saved.effects).toEqual([{ kind: 'whisper', view: meView(person, stage.now(), true) }]);
    const [again] = (await stage.press(ada, presses.change, {})).effects;
    expect(again).toMatchObject({ prior: { zone: 'Asia/Tokyo', persona: 'data' } });
    await stage.fill(ada, again, { zone: 'Asia/Tokyo' });
    expect((await personOf(stage, ada.account)).persona).toBe('data');
  });

  test('the persona is asked once, at the first start', async () => {
    const stage = openStage(database);
    await stage.meet(ada);
    const person = await personOf(stage, ada.account);
    const first = await stage.command(ada, 'start');
    expect(first.effects).toEqual([{ kind: 'whisper', view: welcomeView(person, settings.name) }]);
    const chosen = await stage.press(ada, presses.persona, 'frontend');
    const known = await personOf(stage, ada.account);
    expect(known.persona).toBe('frontend');
    const helps = chosen.effects.flatMap((e) => (e.kind === 'whisper' ? [e.view.id] : []));
    expect(helps).toEqual(['onboarding.start']);
    const [told] = chosen.effects.flatMap((e) => (e.kind === 'whisper' ? linesOf(e.view) : []));
    expect(told).toBe('Noted: Front-end. You can change that with me.');
    const second = await stage.command(ada, 'start');
    expect(second.effects.flatMap((e) => (e.kind === 'whisper' ? [e.view.id] : []))).toEqual(['onboarding.start']);
    for (const value of ['designer', '', null, ['data'], { persona: 'data' }])
      await expect(stage.press(ada, presses.persona, value)).rejects.toMatchObject({ code: 'press_malformed' });
    expect((await personOf(stage, ada.account)).persona).toBe('frontend');
  });

  test('what is made for people like you comes first, the rest keeps its order', () => {
    const command = (name: string, more: Partial<Offered> = {}): Offered => ({
      name,
      summary: name,
      may: 'anyone',
      ...more,
    });
    const offers = [
      command('a'),
      command('b', { personas: ['data'] }),
      command('c', { may: ['platform'], personas: ['data'] }),
      command('d', { personas: ['data', 'frontend'] }),
      command('e'),
    ];
    const by: Person = {
      id: 'p' as PersonId,
      name: 'Ada',
      zone: 'UTC',
      teams: [],
      roles: new Set(['developer']),
      accounts: [],
    };
    const names = (person: Person) => offeredTo(person, offers).map((o) => o.name);
    expect(names(by)).toEqual(['a', 'b', 'd', 'e']);
    expect(names({ ...by, persona: 'data' })).toEqual(['b', 'd', 'a', 'e']);
    expect(names({ ...by, persona: 'frontend' })).toEqual(['d', 'a', 'b', 'e']);
    expect(names({ ...by, persona: 'backend', roles: new Set(['developer', 'platform']) })).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
    expect(names({ ...by, persona: 'data', roles: new Set(['developer', 'admin']) })).toEqual([
      'b',
      'c',
      'd',
      'a',
      'e',
    ]);
    expect(linesOf(helpView({ ...by, persona: 'data' }, offers))[0]).toMatch(/^b {2}b\nd {2}d\n/);
  });

  test('the home page has a part of each feature; the first visit is greeted, once per login', async () => {
    const house = openHouse(database);
    await house.engine.start();
    await house.act(house.from(ada, { kind: 'home' }));
    expect(house.slack.outgoing).toMatchObject([{ kind: 'home', account: ada.account }]);
    const words = wordsOf(house.slack.outgoing[0]?.view as never);
    expect(words).toContain('Your feedback');
    expect(words).toContain('Times are shown in Europe/London, where it is 09:00.');
    for (let i = 0; i < 3; i++) await house.act(house.from(adaTeams, { kind: 'home', first: true }));
    expect(house.teams.outgoing.map((o) => [o.kind, o.view.id])).toEqual([['direct', 'people.welcome']]);
  });
});

describe('roles', () => {
  const rolesOf = async (stage: Stage, who: Profile) => [...(await personOf(stage, who.account)).roles];
  const withRoles = (given: object): Settings => ({ ...settings, ...settingsSchema.parse(given) });

  test.each<[string, object, PlatformName | undefined]>([
    ['e-mail, however it is written', { roles: { platform: { emails: ['Grace@ACME.test'] } } }, undefined],
    ['a Slack user group', { roles: { platform: { slackUserGroups: ['S0PLATFORM'] } } }, 'slack'],
    ['a Teams team', { roles: { platform: { teams: ['S0PLATFORM'] } } }, 'teams'],
  ])('by %s', async (_, given, platform) => {
    const stage = openStage(database, () => withRoles(given));
    await stage.meet(grace, graceTeams, ada);
    const { people } = stage.store.direct.features;
    const account = platform === 'teams' ? graceTeams.account : grace.account;
    if (platform) {
      expect(await rolesOf(stage, grace)).toEqual(['developer']);
      await people.setGroup(platform, 'S0PLATFORM', [account]);
      // The same name on the other platform is another group.
      await people.setGroup(platform === 'slack' ? 'teams' : 'slack', 'S0PLATFORM', [ada.account, adaTeams.account]);
    }
    // The role is the person's, whichever login has it.
    expect(await rolesOf(stage, grace)).toEqual(['developer', 'platform']);
    expect(await rolesOf(stage, graceTeams)).toEqual(['developer', 'platform']);
    expect(await rolesOf(stage, ada)).toEqual(['developer']);
    expect((await people.holding(['platform'], 9)).map((p) => p.name)).toEqual(['Grace']);
    expect(await people.holding(['product', 'admin'], 9)).toEqual([]);
    if (platform) {
      await people.setGroup(platform, 'S0PLATFORM', [ada.account]);
      expect(await rolesOf(stage, grace)).toEqual(['developer']);
      await people.setGroup(platform, 'S0PLATFORM', []);
      expect(await people.holding(['platform'], 9)).toEqual([]);
    }
  });

  test('teams of developers come the same ways', async () => {
    const stage = openStage(database, () =>
      withRoles({ teams: { inventory: { slackUserGroups: ['inv'] }, data: { emails: ['ada@acme.test'] }, other: {} } }),
    );
    await stage.meet(ada);
    await stage.store.direct.features.people.setGroup('slack', 'inv', [ada.account]);
    expect((await personOf(stage, ada.account)).teams).toEqual(['inventory', 'data']);
  });

  test('changed settings count from the next press on', async () => {
    let current = withRoles({});
    const house = openHouse(database, { settings: () => current });
    await house.engine.start();
    const asked = askedIn(await house.act(house.command(ada, 'feedback')));
    await house.act(house.submit(ada, asked, { what: 'a', why: 'b', pain: '1' }));
    const plan = () => house.act(house.press(grace, 'feedback.move', { number: 1, move: 'plan' }));
    expect(whisperedIn(await plan())[0]).toContain('Only platform engineers');
    current = withRoles({ roles: { platform: { emails: ['grace@acme.test'] } } });
    expect(whisperedIn(await plan())).toEqual([]);
    current = withRoles({ roles: { platform: { emails: ['mira@acme.test'] } } });
    expect(whisperedIn(await plan())[0]).toContain('Only platform engineers');
  });

  test('rosters are read at the start, every five minutes, and when a platform tells of a change', async () => {
    const given = withRoles({
      roles: { platform: { slackUserGroups: ['crew'], teams: ['19:team'] }, admin: { slackUserGroups: ['crew'] } },
      teams: { inventory: { slackUserGroups: ['inv'] } },
    });
    const house = openHouse(database, { settings: () => given });
    await house.engine.start();
    house.slack.groups.set('crew', [grace.account]);
    house.teams.groups.set('19:team', [adaTeams.account]);
    await house.act(house.command(grace, 'me'));
    await house.act(house.command(adaTeams, 'me'));
    const roles = async (who: Profile) => [
      ...((await house.store.direct.features.people.byAccount(who.account))?.roles ?? []),
    ];
    const report = (what: string, input: object, n: number) =>
      house.engine.report({
        kind: 'observed',
        what,
        input: input as never,
        at: house.clock.now(),
        delivery: `report/${n}`,
      });
    await report('started', {}, 1);
    await house.work();
    expect(await roles(grace)).toEqual(['developer', 'platform', 'admin']);
    expect(await roles(adaTeams)).toEqual(['developer', 'platform']);

    house.slack.groups.set('crew', []);
    await house.clock.pass(4 * 60_000);
    await house.work();
    expect(await roles(grace)).toContain('platform');
    await house.clock.pass(61_000);
    await house.work();
    await house.clock.pass(5_000);
    await house.work();
    expect(await roles(grace)).toEqual(['developer']);

    house.teams.groups.set('19:team', []);
    await report('group.changed', { platform: 'teams', group: '19:team' }, 2);
    await house.work();
    expect(await roles(adaTeams)).toEqual(['developer']);
    const due = await house.store.direct.due.ready(new Date('2027-01-01T00:00:00Z'), 9);
    expect(due.filter((d) => d.job === 'people.rosters')).toHaveLength(1);
    await house.engine.stop();
  });

  test('a team’s members are those of its addresses and groups who can be reached', async () => {
    const crew = settingsSchema.parse({
      teams: { inventory: { emails: ['mira@acme.test'], slackUserGroups: ['inv'] }, orders: {} },
    });
    const stage = openStage(database, () => crew);
    await stage.meet(grace, mira, ada);
    const { people } = stage.store.direct.features;
    await people.setGroup('slack', 'inv', [ada.account]);
    const names = async (team: string, limit = 9) => (await people.inTeam(team, limit)).map((p) => p.name);
    expect(await names('inventory')).toEqual(['Ada', 'Mira']);
    expect(await names('inventory', 1)).toEqual(['Ada']);
    const [first] = await people.inTeam('inventory', 1);
    expect((await people.inTeam('inventory', 9, first)).map((p) => p.name)).toEqual(['Mira']);
    expect(await names('orders')).toEqual([]);
    expect(await names('constructor')).toEqual([]);
    await people.left(ada.account);
    expect(await names('inventory')).toEqual(['Mira']);
  });

  test('a login that is gone gets nothing more, until the directory says otherwise', async () => {
    const stage = openStage(database);
    await stage.meet(mira);
    const tell = async (what: string, input: object) =>
      stage.run({ kind: 'observed', what, input: input as never, at: now, delivery: 'x' });
    await tell('account.gone', { account: mira.account });
    expect((await personOf(stage, mira.account)).accounts).toEqual([]);
    await tell('account.changed', { profile: { ...mira, name: 'Mira M.' } });
    expect(await personOf(stage, mira.account)).toMatchObject({ name: 'Mira M.', accounts: [mira.account] });
    await tell('account.changed', { profile: { ...mira, active: false } });
    expect((await personOf(stage, mira.account)).accounts).toEqual([]);
  });
});
