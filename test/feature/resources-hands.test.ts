import { describe, expect, test } from 'vitest';
import {
  type AccountId,
  buttonsOf,
  type Effect,
  type PersonId,
  type PlaceId,
  type Profile,
} from '../../src/core/kernel/index.ts';
import { jobs, keys, presses } from '../../src/core/resources/keys.ts';
import type { Resource } from '../../src/core/resources/store.ts';
import { ada, adaTeams, grace, mira } from '../support/house.ts';
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
import { wordsOf } from '../support/words.ts';

const database = await ownDatabase();

async function open() {
  const stage = openThings(database);
  const [adaId, leoId, ninaId] = (await stage.meet(ada, leo, nina, mira, grace)) as [PersonId, PersonId, PersonId];
  return { stage, adaId, leoId, ninaId, orders: await stage.thing(adaId, { name: 'orders' }) };
}
/** Opens the form and sends it. */
async function hand(stage: Things, who: Profile, { id }: Resource, to: Record<string, unknown>) {
  const { effects } = await stage.press(who, presses.handOver, { id });
  return stage.fill(who, effects[0], to);
}
const toPerson = ({ account }: Profile) => ({ to: 'person', person: account });
const offerOf = async (stage: Things, thing: Resource) => ({
  id: thing.id,
  at: (await stage.is(thing)).offer?.at.toISOString(),
});
const edits = (effects: readonly Effect[]) =>
  effects.flatMap((e) => (e.kind === 'edit' ? [`${e.key}: ${wordsOf(e.view)}`] : []));

describe('handing over', () => {
  test('within the team is done at once; both are told, once', async () => {
    const { stage, orders, adaId, leoId } = await open();
    const { effects } = await hand(stage, ada, orders, toPerson(leo));
    expect(await stage.is(orders)).toMatchObject({ owner: leoId, team: 'inventory' });
    expect(whispers(effects)).toContain(`orders belongs to @${leoId} now, in team inventory.`);
    expect(tellings(effects).map(([who]) => who)).toEqual([leoId]);
    const back = await hand(stage, grace, await stage.is(orders), toPerson(ada));
    expect(tellings(back.effects).map(([who]) => who)).toEqual([leoId, adaId]);
    expect(await stage.audited()).toEqual(['resource.handed-over', 'resource.handed-over']);
  });

  test('to somebody of another team is an offer, which changes nothing until it is taken', async () => {
    const { stage, orders, adaId, ninaId } = await open();
    const { effects } = await hand(stage, ada, orders, toPerson(nina));
    expect(await stage.is(orders)).toMatchObject({
      owner: adaId,
      team: 'inventory',
      offer: { to: { person: ninaId }, by: adaId },
    });
    expect(tellings(effects)).toMatchObject([
      [ninaId, keys.offer(orders.id, stage.now()), expect.stringContaining('Until you take it, it stays theirs.')],
    ]);
    expect(whispers((await stage.command(nina, 'show orders')).effects)).toContain(
      `@${adaId} would like to hand it over to you.`,
    );
    const taken = await stage.press(nina, presses.accept, await offerOf(stage, orders));
    expect(await stage.is(orders)).toMatchObject({ owner: ninaId, team: 'orders' });
    expect(await stage.is(orders)).not.toHaveProperty('offer');
    expect(tellings(taken.effects).map(([who]) => who)).toEqual([adaId]);
    expect(edits(taken.effects)).toEqual([expect.stringContaining(`belongs to @${ninaId} now, in team orders`)]);
    expect(taken.effects).toContainEqual({ kind: 'never', key: keys.offerEnds(orders.id) });
  });

  test('leaves it where it was made: what is done to it later is done there', async () => {
    const { stage, orders } = await open();
    const spec = { namespace: '${{ slug(team.name) }}', name: '${{ params.name }}' };
    stage.setCatalog({ ...postgres, backend: { kind: 'probe', spec } });
    await hand(stage, ada, orders, toPerson(nina));
    await stage.press(nina, presses.accept, await offerOf(stage, orders));
    expect(await stage.is(orders)).toMatchObject({ team: 'orders', home: 'inventory' });
    const expires = orders.expires?.toISOString();
    await stage.press(nina, presses.removeNow, { id: orders.id, expires });
    const { rows } = await database.pool.query('select "order" from groundcrew.run');
    expect(rows).toMatchObject([
      { order: { spec: { namespace: 'inventory' }, labels: { 'groundcrew.dev/team': 'orders' } } },
    ]);
  });

  test('can be declined, and taken back; what was settled stays settled', async () => {
    const { stage, orders, adaId } = await open();
    await hand(stage, ada, orders, toPerson(nina));
    const value = await offerOf(stage, orders);
    expect(whispers((await stage.press(leo, presses.accept, value)).effects)).toBe(
      'This was offered to somebody else.',
    );
    const no = await stage.press(nina, presses.decline, value);
    expect(tellings(no.effects)).toMatchObject([
      [adaId, expect.any(String), expect.stringContaining('would rather not take orders')],
    ]);
    expect(whispers((await stage.press(nina, presses.accept, value)).effects)).toContain('the offer was taken back');
    expect(await stage.is(orders)).toMatchObject({ owner: adaId });

    stage.pass(1);
    await hand(stage, ada, orders, toPerson(nina));
    const second = await offerOf(stage, orders);
    expect(whispers((await stage.press(nina, presses.takeBack, second)).effects)).toContain('Only its owner');
    await stage.press(leo, presses.takeBack, second);
    expect(whispers((await stage.press(nina, presses.accept, second)).effects)).toContain('the offer was taken back');
  });

  test('to a team goes to whoever takes it first', async () => {
    const { stage, orders, ninaId } = await open();
    const omar = { ...nina, account: 'slack:T1/UOMAR' as AccountId, name: 'Omar', email: 'omar@acme.test' };
    stage.setSettings({
      ...crew,
      teams: {
        ...crew.teams,
        orders: { ...crew.teams.inventory, emails: [nina.email ?? '', omar.email], slackUserGroups: [], teams: [] },
      },
    });
    const [omarId] = (await stage.meet(omar)) as [PersonId];
    const { effects } = await hand(stage, ada, orders, { to: 'team', team: 'orders' });
    expect(tellings(effects).map(([who]) => who)).toEqual([ninaId, omarId]);
    const value = await offerOf(stage, orders);
    const both = await Promise.all([nina, omar].map((who) => stage.press(who, presses.accept, value)));
    expect(both.filter(({ effects: e }) => /Somebody was faster|yours already/.test(whispers(e)))).toHaveLength(1);
    const { owner, team } = await stage.is(orders);
    expect([ninaId, omarId]).toContain(owner);
    expect(team).toBe('orders');
  });

  test('ends by itself when nobody answers; an answered one ends nothing', async () => {
    const { stage, orders, adaId, ninaId } = await open();
    const { effects } = await hand(stage, ada, orders, toPerson(nina));
    await stage.keep(effects);
    stage.pass((7 * day) / 60);
    const ended = await stage.due(keys.offerEnds(orders.id));
    expect(tellings(ended)).toMatchObject([
      [adaId, expect.any(String), expect.stringContaining('Nobody took orders within 7 days')],
    ]);
    expect(await stage.is(orders)).not.toHaveProperty('offer');

    const first = await hand(stage, ada, orders, toPerson(nina));
    await stage.keep(first.effects);
    await stage.press(nina, presses.accept, await offerOf(stage, orders));
    expect(await stage.due(keys.offerEnds(orders.id))).toEqual([]);
    expect(await stage.is(orders)).toMatchObject({ owner: ninaId });
  });

  test('needs room in the team that gets it; the offer stays', async () => {
    const { stage, orders, adaId, ninaId } = await open();
    stage.setSettings({ ...crew, quotas: { default: { postgres: 1 }, teams: {}, hard: false } });
    const { id } = await stage.thing(ninaId, { team: 'orders' });
    await hand(stage, ada, orders, toPerson(nina));
    const value = await offerOf(stage, orders);
    expect(whispers((await stage.press(nina, presses.accept, value)).effects)).toBe(
      'Team orders would be over its quota: 1 of 1 postgres in use; with this it’s 2. Make room first, or ask the Acme platform team for more; the offer stays.',
    );
    expect(await stage.is(orders)).toMatchObject({ owner: adaId });
    await stage.features.resources.change(id, { state: 'gone' }, stage.now());
    await stage.press(nina, presses.accept, value);
    expect(await stage.is(orders)).toMatchObject({ owner: ninaId });
  });

  test('to somebody in several teams asks for which', async () => {
    const { stage, orders, ninaId } = await open();
    const members = { emails: [nina.email ?? ''], slackUserGroups: [], teams: [] };
    stage.setSettings({ ...crew, teams: { ...crew.teams, carts: members } });
    await hand(stage, ada, orders, toPerson(nina));
    const { effects } = await stage.press(nina, presses.accept, await offerOf(stage, orders));
    const wrong = await stage.fill(nina, effects[0], { team: 'inventory' });
    expect(wrong.errors).toEqual({ team: expect.any(String) });
    await stage.fill(nina, effects[0], { team: 'carts' });
    expect(await stage.is(orders)).toMatchObject({ owner: ninaId, team: 'carts' });
  });

  test('to somebody in no team says what is missing', async () => {
    const { stage, orders } = await open();
    await hand(stage, ada, orders, toPerson(grace));
    const { effects } = await stage.press(grace, presses.accept, await offerOf(stage, orders));
    expect(whispers(effects)).toContain('You’re in no team that I know of');
  });

  describe('to somebody who never said a word', () => {
    const account = 'teams:11111111-1111-4111-8111-111111111111/new' as AccountId;
    const start = async (wait = true) => {
      const all = await open();
      const { stage, orders } = all;
      const { effects } = await hand(stage, ada, orders, { to: 'person', person: account });
      await stage.keep(effects);
      expect(kinds(effects)).toEqual(['act', 'later', 'whisper']);
      expect(whispers(effects)).toContain('I’m finding out who that is');
      expect(await stage.is(orders)).not.toHaveProperty('offer');
      if (!wait) return all;
      await stage.keep(await stage.due(keys.hand(orders.id)));
      expect(await stage.is(orders)).not.toHaveProperty('offer');
      return all;
    };
    const learn = (stage: Things, profile: Partial<Profile>) =>
      stage.observe('account.changed', { profile: { ...nina, account, ...profile } });

    test('waits until their directory has said who they are; of the team it is theirs at once', async () => {
      const { stage, orders, adaId } = await start();
      const mates = {
        ...crew.teams.inventory,
        emails: ['ada@acme.test', 'new@acme.test'],
        slackUserGroups: [],
        teams: [],
      };
      stage.setSettings({ ...crew, teams: { ...crew.teams, inventory: mates } });
      await learn(stage, { name: 'New', email: 'new@acme.test' });
      const effects = await stage.due(keys.hand(orders.id));
      const met = await stage.features.people.byAccount(account);
      expect(await stage.is(orders)).toMatchObject({ owner: met?.id, team: 'inventory' });
      expect(tellings(effects).map(([who]) => who)).toEqual([adaId, met?.id]);
      expect(effects).toContainEqual(expect.objectContaining({ kind: 'tell', person: adaId, via: ada.account }));
    });

    test('who turns out to be known on the other platform is told there, where they were', async () => {
      const { stage, orders, leoId } = await start();
      await learn(stage, { name: 'Leo', email: leo.email ?? '' });
      await stage.due(keys.hand(orders.id));
      expect(await stage.is(orders)).toMatchObject({ owner: leoId });
      expect((await stage.features.people.byId(leoId))?.accounts).toEqual([leo.account, account]);
    });

    test('whom no directory knows is asked, since nobody can say that they are of the team', async () => {
      const { stage, orders, adaId } = await start();
      for (let tries = 0; tries < 5; tries++) await stage.keep(await stage.due(keys.hand(orders.id)));
      const effects = await stage.due(keys.hand(orders.id));
      const met = await stage.features.people.byAccount(account);
      expect((await stage.is(orders)).offer?.to).toEqual({ person: met?.id });
      expect(tellings(effects).map(([who]) => who)).toEqual([met?.id, adaId]);
    });

    test('changes nothing when it was deleted meanwhile', async () => {
      const { stage, orders, adaId } = await start();
      await learn(stage, { name: 'New', email: 'new@acme.test' });
      await stage.features.resources.change(orders.id, { state: 'gone' }, stage.now());
      const effects = await stage.due(keys.hand(orders.id));
      expect(tellings(effects)).toEqual([[adaId, expect.any(String), expect.stringContaining('It’s gone')]]);
    });
  });

  test.each([
    ['who has it already', ada, 'It’s theirs already.'],
    ['who left', leo, 'They have no login here that works any more.'],
  ] as const)('to somebody %s is refused, and the form stays', async (_, to, words) => {
    const { stage, orders, adaId } = await open();
    await stage.features.people.left(leo.account);
    const { errors } = await hand(stage, ada, orders, toPerson(to));
    expect(errors?.person).toContain(words);
    expect(await stage.is(orders)).toMatchObject({ owner: adaId });
  });

  test('is for those who may, while it is there, and to a team that exists', async () => {
    const { stage, orders } = await open();
    expect(whispers((await stage.press(nina, presses.handOver, { id: orders.id })).effects)).toContain(
      'Only its owner',
    );
    const { errors } = await hand(stage, ada, orders, { to: 'team', team: '__proto__' });
    expect(errors).toEqual({ team: 'I don’t know this team. Please pick one from the list.' });
    const { effects } = await stage.press(ada, presses.handOver, { id: orders.id });
    await stage.features.resources.change(orders.id, { state: 'gone' }, stage.now());
    const late = await stage.fill(ada, effects[0], toPerson(leo));
    expect(late.errors).toEqual({ to: 'It’s gone, or being deleted.' });
  });

  test('finds teams by a part of their name', async () => {
    const { stage } = await open();
    const { resources } = await import('../../src/core/resources/feature.ts');
    const by = await stage.features.people.byAccount(ada.account);
    if (!by) throw new Error('meet her');
    const ctx = { by, settings: crew } as never;
    expect(await resources.sources?.['resources.teams']?.(' OR', ctx)).toEqual([
      { value: 'inventory', label: 'inventory' },
      { value: 'orders', label: 'orders' },
    ]);
  });
});

describe('what somebody leaves behind', () => {
  const sweep = async (stage: Things) => {
    await stage.keep(await stage.observe('account.gone', { account: ada.account }));
    const effects = await stage.due(jobs.watch);
    return effects.filter((e) => e.kind !== 'later');
  };

  test('is told to the team once, in one message; the first who says so has it', async () => {
    const { stage, orders, adaId, leoId } = await open();
    await stage.thing(adaId, { name: 'carts' });
    const effects = await sweep(stage);
    const key = keys.orphans(adaId, 'inventory', stage.now());
    expect(tellings(effects)).toMatchObject([[leoId, key, expect.stringContaining('2 things need a new owner')]]);
    expect(await sweep(stage)).toEqual([]);
    expect(await stage.audited()).toEqual(['resource.orphaned', 'resource.orphaned']);
    expect(whispers((await stage.command(leo, 'show orders')).effects)).toContain(
      'Its owner left. Somebody of team inventory should take it.',
    );

    const value = await offerOf(stage, orders);
    expect(whispers((await stage.press(nina, presses.accept, value)).effects)).toBe(
      'This was offered to somebody else.',
    );
    const both = await Promise.all([leo, leo].map((who) => stage.press(who, presses.accept, value)));
    expect(both.filter(({ effects: e }) => whispers(e) === 'It’s yours already.')).toHaveLength(1);
    expect(await stage.is(orders)).toMatchObject({ owner: leoId });
    const edit = edits(both.flatMap((b) => b.effects));
    expect(edit).toEqual([
      expect.stringMatching(new RegExp(`^${key}: @${leoId} took orders\\.[\\s\\S]*One thing needs a new owner`)),
    ]);
    const last = await stage.press(
      leo,
      presses.accept,
      await offerOf(stage, (await stage.features.resources.named('carts', 1))[0] as Resource),
    );
    expect(edits(last.effects)[0]).toContain('has an owner again. Thank you!');
  });

  test('is told again only when they came back and left again', async () => {
    const { stage, orders } = await open();
    await sweep(stage);
    await stage.features.people.arrive(ada.account, {}, stage.now());
    await stage.keep(await stage.observe('started', {}));
    await stage.due(jobs.watch);
    expect(await stage.is(orders)).not.toHaveProperty('offer');
    expect(await sweep(stage).then(tellings)).toHaveLength(1);
    expect(await stage.is(orders)).toHaveProperty('offer');
  });

  test('stays theirs while they have another login that works', async () => {
    const stage = openThings(database);
    const [adaId] = (await stage.meet(ada, adaTeams, leo)) as [PersonId];
    await stage.thing(adaId);
    expect(await sweep(stage)).toEqual([]);
  });

  test('goes to the team’s channel where it has one, and to the platform engineers where nobody is left', async () => {
    const { stage } = await open();
    const place = 'slack:T1/CINV' as PlaceId;
    stage.setSettings({ ...crew, channels: { ...crew.channels, teams: { inventory: [place] } } });
    expect(tellings(await sweep(stage)).map(([where]) => where)).toEqual([place]);
  });

  test('of a team that is empty can be taken by the platform engineers', async () => {
    const { stage, orders } = await open();
    stage.setSettings({ ...crew, requests: { ...crew.requests, personal: true }, teams: {} });
    const [graceId] = (await stage.meet(grace)) as [PersonId];
    expect(tellings(await sweep(stage)).map(([who]) => who)).toEqual([graceId]);
    await stage.press(grace, presses.accept, await offerOf(stage, orders));
    expect(await stage.is(orders)).toMatchObject({ owner: graceId });
  });

  test('of two hundred is one message that both platforms can draw', async () => {
    const { stage, adaId } = await open();
    for (let i = 0; i < 30; i++) await stage.thing(adaId);
    const [effect] = await sweep(stage);
    if (effect?.kind !== 'tell') throw new Error('nobody was told');
    expect(buttonsOf(effect.view)).toHaveLength(11);
    expect(wordsOf(effect.view)).toContain('And 21 more, on the team’s list.');
    const list = buttonsOf(effect.view).at(-1);
    expect(viewIn((await stage.play(leo, { kind: 'press', press: list?.press as never })).effects).title).toBe(
      'Things of team inventory',
    );
  });

  test('is looked for after a start and every hour, since nobody told us while we were away', async () => {
    const { stage, leoId } = await open();
    await stage.features.people.left(ada.account);
    await stage.keep(await stage.observe('started', {}));
    stage.pass(2);
    const effects = await stage.due(jobs.watch);
    expect(tellings(effects).map(([who]) => who)).toEqual([leoId]);
    expect(effects).toContainEqual(
      expect.objectContaining({ kind: 'later', key: jobs.watch, at: new Date(stage.now().getTime() + 3_600_000) }),
    );
  });
});
