import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Stores } from '../../src/core/features.ts';
import {
  type AccountId,
  type Delivered,
  type Effect,
  type Effects,
  type Feature,
  type Outgoing,
  onObserved,
  type PersonId,
} from '../../src/core/kernel/index.ts';
import { backoff } from '../../src/engine/relay.ts';
import { ada, adaTeams, grace, openHouse, recordingPlatform } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { createProbe, edit, say, view } from '../support/probe.ts';
import { wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const C1 = 'slack:T1/C1';
const C2 = 'slack:T1/C2';
const T1 = 'teams:11111111-1111-4111-8111-111111111111/19:a@thread.tacv2';
const day = 86_400_000;

async function open(options: Parameters<typeof openHouse>[1] = {}) {
  const probe = createProbe();
  const house = openHouse(database, { features: [probe.feature], ...options });
  await house.engine.start();
  let n = 0;
  /** Commits effects, without delivering them. */
  async function commit(...effects: Effects) {
    n += 1;
    probe.observed = async () => effects;
    await house.engine.report({
      kind: 'observed',
      what: 'probe',
      input: {},
      at: house.clock.now(),
      delivery: `observed/${n}`,
    });
  }
  /** Time goes by, and what is ready is delivered. */
  async function later(ms: number) {
    house.clock.jump(ms);
    await house.sweep();
    await house.work();
  }
  return { ...house, probe, commit, later };
}
type House = Awaited<ReturnType<typeof open>>;

/** What was asked of a platform, in short: `post key words`, `edit native words`. */
const short = (o: Outgoing): string =>
  `${o.kind} ${o.kind === 'edit' ? o.native : o.kind === 'home' ? o.account : o.key} ${o.view.summary}`;
const sent = (house: House) => [...house.slack.outgoing, ...house.teams.outgoing].map(short);
async function states(): Promise<readonly string[]> {
  const { rows } = await database.pool.query('select kind, key, state, why from groundcrew.outbox order by seq');
  return rows.map((r) => `${r.kind} ${r.key} ${r.state}${r.why === null ? '' : `: ${r.why}`}`);
}
async function meet(house: House, ...who: readonly (typeof ada)[]): Promise<readonly PersonId[]> {
  const ids: PersonId[] = [];
  for (const profile of who) {
    await house.engine.dispatch(house.command(profile, 'help'));
    const person = await house.store.direct.features.people.byAccount(profile.account);
    ids.push(person?.id as PersonId);
  }
  return ids;
}
const tell = (person: PersonId, key: string, via?: AccountId): Effect => ({
  kind: 'tell',
  person,
  key,
  view: view(key),
  ...(via ? { via } : {}),
});
const later = (why = 'http_503', more: object = {}): Delivered => ({ is: 'later', why, ...more });
const lost = later('timeout', { unknown: true });

describe('an edit', () => {
  test('of what was not tried yet changes it where it stands', async () => {
    const house = await open();
    await house.commit(say(C1, 'k', 'one'), edit('k', 'two'));
    await house.commit(edit('k', 'three'));
    await house.work();
    expect(sent(house)).toEqual(['post k three']);
    await house.engine.stop();
  });

  test('that waits is superseded by the next', async () => {
    const house = await open();
    await house.commit(say(C1, 'k', 'one'));
    await house.work();
    await house.commit(edit('k', 'two'));
    await house.commit(edit('k', 'three'), edit('k', 'four'));
    await house.work();
    expect(sent(house)).toEqual(['post k one', 'edit slack-1 four']);
    expect(await states()).toEqual(['say k done', 'edit k superseded', 'edit k superseded', 'edit k done']);
    await house.engine.stop();
  });

  test('that waits for its turn holds up nothing once there is a newer one, and leaves the turn to it', async () => {
    const house = await open();
    await house.commit(say(C1, 'k', 'one'));
    await house.work();
    house.slack.next = [later('our own rate', { after: 60_000 })];
    await house.commit(edit('k', 'two'));
    await house.work();
    await house.commit(say(C1, 'news', 'ready'), edit('k', 'three'));
    await house.work();
    expect(sent(house)).toEqual(['post k one', 'edit slack-1 two', 'post news ready']);
    await house.later(60_000);
    expect(sent(house).slice(3)).toEqual(['edit slack-1 three']);
    expect(await states()).toEqual(['say k done', 'edit k superseded: our own rate', 'say news done', 'edit k done']);
    await house.engine.stop();
  });

  test('reaches every copy: two channels, both platforms, a direct message, said at different times', async () => {
    const house = await open();
    const [adaId] = (await meet(house, ada)) as [PersonId];
    await house.commit(say(C1, 'k', 'one'), say(C2, 'k', 'one'), say(T1, 'k', 'one'));
    await house.commit(tell(adaId, 'k', ada.account), say(C1, 'other', 'stays'));
    await house.work();
    house.slack.outgoing.length = 0;
    house.teams.outgoing.length = 0;
    await house.commit(edit('k', 'two'));
    await house.work();
    const copies = [...house.slack.outgoing, ...house.teams.outgoing].map((o) =>
      o.kind === 'edit' ? `${o.place} ${o.view.summary}` : o.kind,
    );
    expect(copies.sort()).toEqual([`slack:x/dm-${ada.account} two`, `${C1} two`, `${C2} two`, `${T1} two`].sort());
    await house.engine.stop();
  });

  test('of a post that is being tried follows it', async () => {
    const house = await open();
    house.slack.next = [later()];
    await house.commit(say(C1, 'k', 'one'));
    await house.work();
    await house.commit(edit('k', 'two'));
    await house.later(2_000);
    expect(sent(house)).toEqual(['post k one', 'post k one', 'edit slack-1 two']);
    await house.engine.stop();
  });

  test('of a post that came in one copy only edits that copy and changes the other where it stands', async () => {
    const house = await open();
    house.teams.next = [later()];
    await house.commit(say(C1, 'k', 'one'), say(T1, 'k', 'one'));
    house.hand.lanes.delete(T1);
    await house.work();
    await house.commit(edit('k', 'two'));
    house.teams.next = [];
    await house.later(1_000);
    expect(sent(house)).toEqual(['post k one', 'edit slack-1 two', 'post k two']);
    await house.engine.stop();
  });

  test('of a message that was never delivered ends, and holds nothing up', async () => {
    const house = await open();
    house.slack.next = [{ is: 'refused', why: 'invalid_blocks' }];
    await house.commit(say(C1, 'k', 'one'));
    await house.work();
    await house.commit(edit('k', 'two'), say(C1, 'next'));
    await house.work();
    expect(sent(house)).toEqual(['post k one', 'post next next']);
    expect(await states()).toEqual([
      'say k refused: invalid_blocks',
      'edit k gone: the message was never delivered',
      'say next done',
    ]);
    await house.engine.stop();
  });
});

describe('a reply', () => {
  const reply = (to: string, key: string, more: object = {}): Effect => ({
    kind: 'reply',
    to,
    key,
    view: view(key),
    ...more,
  });
  const replies = (house: House) =>
    [...house.slack.outgoing, ...house.teams.outgoing].flatMap((o) =>
      o.kind === 'reply' ? [`${o.place} under ${o.native}: ${o.view.summary}`] : [],
    );

  test('hangs under every copy of its message, each in its place, written with it or later', async () => {
    const house = await open();
    const [adaId] = (await meet(house, ada)) as [PersonId];
    await house.commit(say(C1, 'k'), say(T1, 'k'), tell(adaId, 'k', ada.account), reply('k', 'k/1'));
    await house.work();
    await house.commit(reply('k', 'k/2'), reply('k', 'k/2'), say(C2, 'other'));
    await house.work();
    const dm = house.slack.outgoing.find((o) => o.kind === 'reply' && o.place.includes('dm-'));
    expect(replies(house).sort()).toEqual(
      [C1, T1, `slack:x/dm-${ada.account}`]
        .flatMap((place) => ['k/1', 'k/2'].map((key) => [place, key] as const))
        .map(([place, key]) => {
          const outgoing = place === T1 ? house.teams.outgoing : house.slack.outgoing;
          const root = outgoing.find((o) => o.kind === 'reply' && o.place === place) as { native: string };
          return `${place} under ${root.native}: ${key}`;
        })
        .sort(),
    );
    expect(dm).toMatchObject({ native: expect.stringMatching(/^slack-/) });
    expect(new Set(house.teams.outgoing.map((o) => (o.kind === 'reply' ? o.native : '')))).toEqual(
      new Set(['', 'teams-1']),
    );
    await house.engine.stop();
  });

  test('waits until its message is there', async () => {
    const house = await open();
    house.slack.next = [later()];
    await house.commit(say(C1, 'k'), reply('k', 'k/1'));
    await house.work();
    expect(sent(house)).toEqual(['post k k']);
    await house.later(2_000);
    expect(sent(house)).toEqual(['post k k', 'post k k', 'reply k/1 k/1']);
    await house.engine.stop();
  });

  test('whose answer was lost is looked for in its thread', async () => {
    const house = await open();
    const looked: Outgoing[] = [];
    const { find } = house.slack;
    house.slack.find = async (o) => {
      looked.push(o);
      return find(o);
    };
    await house.commit(say(C1, 'k'));
    await house.work();
    house.slack.next = [lost];
    await house.commit(reply('k', 'k/1'));
    await house.work();
    house.slack.found.set('k/1', { is: 'done', place: C1 as never, native: '1700.2' });
    await house.later(2_000);
    expect(looked).toMatchObject([{ kind: 'reply', place: C1, native: 'slack-1', key: 'k/1' }]);
    await house.commit(edit('k/1', 'changed'));
    await house.work();
    expect(sent(house).slice(1)).toEqual(['reply k/1 k/1', 'edit 1700.2 changed']);
    await house.engine.stop();
  });

  test('is edited where it stands, and where it waits', async () => {
    const house = await open();
    await house.commit(say(C1, 'k'), reply('k', 'k/1'), edit('k/1', 'at once'));
    await house.work();
    await house.commit(edit('k/1', 'later'), edit('k', 'root'));
    await house.work();
    expect(sent(house)).toEqual(['post k k', 'reply k/1 at once', 'edit slack-2 later', 'edit slack-1 root']);
    await house.engine.stop();
  });

  test('of a message that was never delivered is not said, save where it may be alone', async () => {
    const house = await open();
    const [adaId] = (await meet(house, ada)) as [PersonId];
    house.slack.next = [
      { is: 'refused', why: 'invalid_blocks' },
      { is: 'refused', why: 'invalid_blocks' },
    ];
    await house.commit(say(C1, 'k'), tell(adaId, 'k', ada.account));
    await house.work();
    house.slack.outgoing.length = 0;
    await house.commit(reply('k', 'k/1'), edit('k/1', 'changed'), reply('k', 'k/2', { alone: true }));
    await house.work();
    expect(sent(house).sort()).toEqual(['direct k/2 k/2', 'post k/2 k/2']);
    expect((await states()).filter((s) => s.includes('k/1'))).toEqual(
      Array(2).fill('reply k/1 gone: the message was never delivered'),
    );
    await house.engine.stop();
  });

  test('that no thread could hold is done, and its edits hold nothing up', async () => {
    const house = await open();
    await house.commit(say(T1, 'k'));
    await house.work();
    house.teams.next = [{ is: 'done' }];
    await house.commit(reply('k', 'k/1'));
    await house.work();
    await house.commit(edit('k/1', 'changed'), say(T1, 'next'));
    await house.work();
    expect(sent(house)).toEqual(['post k k', 'reply k/1 k/1', 'post next next']);
    await house.engine.stop();
  });

  test('waits behind its message when that is posted anew; one that was deleted itself stays deleted', async () => {
    const house = await open();
    await house.commit(say(C1, 'k'), reply('k', 'k/1'));
    await house.work();
    const deleted: Delivered = { is: 'gone', what: 'message', why: 'message_not_found' };
    house.slack.next = [deleted];
    await house.commit(edit('k/1', 'changed'));
    await house.work();
    expect(sent(house)).toEqual(['post k k', 'reply k/1 k/1', 'edit slack-2 changed']);
    house.slack.next = [deleted];
    await house.commit(edit('k', 'two'), reply('k', 'k/2'), reply('k', 'k/3'));
    await house.work();
    expect(sent(house).slice(3)).toEqual(['edit slack-1 two', 'post k two', 'reply k/2 k/2', 'reply k/3 k/3']);
    expect(house.slack.outgoing.slice(-2)).toMatchObject([{ native: 'slack-3' }, { native: 'slack-3' }]);
    await house.engine.stop();
  });
});

describe.each([
  ['slack', C1],
  ['teams', T1],
] as const)('in a conversation on %s', (name, place) => {
  const rate = later('our own rate', { after: 60_000 });
  const passing = (key: string, words: string): Effect => ({ ...edit(key, words), passing: true });
  /** Two messages that are there. */
  async function twoThere() {
    const house = await open();
    await house.commit(say(place, 'a'), say(place, 'b'));
    await house.work();
    return { ...house, at: house[name] };
  }

  test('an edit that waits holds up neither a post nor an edit of another message, nor hides them from the sweep', async () => {
    const house = await twoThere();
    house.at.next = [rate];
    await house.commit(edit('a', 'a2'));
    await house.work();
    await house.commit(edit('b', 'b2'), say(place, 'news'));
    await house.sweep();
    await house.work();
    expect(sent(house).slice(2)).toEqual([`edit ${name}-1 a2`, 'post news news', `edit ${name}-2 b2`]);
    await house.later(60_000);
    expect(sent(house).slice(5)).toEqual([`edit ${name}-1 a2`]);
    await house.engine.stop();
  });

  test('a post that waits holds up later posts and what changes it or hangs under it, and no edit of what is there', async () => {
    const house = await twoThere();
    house.at.next = [rate];
    await house.commit(say(place, 'c'));
    await house.work();
    await house.commit(say(place, 'd'), edit('c', 'c2'), { kind: 'reply', to: 'c', key: 'c/1', view: view('c/1') });
    await house.commit(edit('a', 'a2'));
    await house.sweep();
    await house.work();
    expect(sent(house).slice(2)).toEqual(['post c c', `edit ${name}-1 a2`]);
    await house.later(60_000);
    expect(sent(house).slice(4)).toEqual(['post c c', 'post d d', `edit ${name}-4 c2`, 'reply c/1 c/1']);
    await house.engine.stop();
  });

  test('news does not wait for the turn of what passes, and what follows news that waits is not passing', async () => {
    const house = await twoThere();
    house.at.next = [rate];
    await house.commit(passing('a', 'half'));
    await house.work();
    house.at.next = [later('our own rate', { after: 1_000 })];
    await house.commit(edit('a', 'done'));
    await house.work();
    await house.commit(passing('a', 'begun anew'));
    await house.later(1_000);
    const edits = house.at.outgoing.slice(2).map((o) => [o.view.summary, o.kind === 'edit' && o.passing === true]);
    expect(edits).toEqual([
      ['half', true],
      ['done', false],
      ['begun anew', false],
    ]);
    await house.engine.stop();
  });

  test('an edit that was on its way when the next was written, and has to wait, is not made any more', async () => {
    const house = await twoThere();
    house.at.next = [
      async () => {
        await house.commit(edit('a', 'a3'));
        return rate;
      },
    ];
    await house.commit(edit('a', 'a2'));
    await house.work();
    expect((await states()).slice(2)).toEqual(['edit a superseded: our own rate', 'edit a waiting']);
    await house.later(60_000);
    expect(sent(house).slice(2)).toEqual([`edit ${name}-1 a2`, `edit ${name}-1 a3`]);
    await house.engine.stop();
  });

  test('an edit that a killed process was making is made again, and everything else goes on meanwhile', async () => {
    const house = await twoThere();
    await house.commit(edit('a', 'a2'));
    const claimed = await house.store.direct.outbox.claim(place, house.clock.now(), 60);
    expect(claimed).toMatchObject({ key: 'a', view: { summary: 'a2' } });
    await house.commit(edit('a', 'a3'), edit('b', 'b2'), say(place, 'news'));
    await house.sweep();
    await house.work();
    expect(sent(house).slice(2)).toEqual(['post news news', `edit ${name}-2 b2`]);
    await house.store.direct.outbox.release();
    await house.sweep();
    await house.work();
    expect(sent(house).slice(4)).toEqual([`edit ${name}-1 a2`, `edit ${name}-1 a3`]);
    await house.engine.stop();
  });
});

describe('a key', () => {
  test('is said once a place, however often, also in later inbounds and after it was delivered', async () => {
    const house = await open();
    await house.commit(say(C1, 'k', 'one'), say(C1, 'k', 'again'), say(C2, 'k', 'one'));
    await house.work();
    await house.commit(say(C1, 'k', 'later'));
    await house.work();
    expect(sent(house).sort()).toEqual(['post k one', 'post k one']);
    expect(await house.rows()).toMatchObject({ message: 2, outbox: 2 });
    await house.engine.stop();
  });

  test('is told once a person, by whichever login', async () => {
    const house = await open();
    const [adaId] = (await meet(house, ada, adaTeams)) as [PersonId];
    await house.commit(tell(adaId, 'k', ada.account), tell(adaId, 'k', adaTeams.account), tell(adaId, 'k'));
    await house.work();
    expect(sent(house)).toEqual(['direct k k']);
    await house.engine.stop();
  });

  test('of an action that waits is run once, with what was asked last', async () => {
    const ran: unknown[] = [];
    const house = await open({
      actions: [
        {
          name: 'probe',
          async run(input, key) {
            ran.push([input, key]);
            return { of: input };
          },
        },
      ],
    });
    const outcomes: unknown[] = [];
    house.probe.outcome = async (key, result) => {
      outcomes.push([key, result]);
      return [say(C1, 'done')];
    };
    const act = (input: number): Effect => ({ kind: 'act', action: 'probe', input, key: 'a' });
    await house.commit(act(1), act(2));
    await house.commit(act(3));
    await house.work();
    expect(ran).toEqual([[3, 'a']]);
    expect(outcomes).toEqual([['a', { of: 3 }]]);
    expect(sent(house)).toEqual(['post done done']);
    await house.engine.stop();
  });

  test('of a home page is drawn once, as it is now', async () => {
    const house = await open();
    house.probe.command = async (args) => [{ kind: 'home', view: view(args) }];
    for (const n of [1, 2, 3]) await house.engine.dispatch(house.command(ada, `probe ${n}`));
    await house.work();
    expect(sent(house)).toEqual([`home ${ada.account} 3`]);
    await house.engine.stop();
  });
});

describe('a lane', () => {
  test('keeps its order while it backs off, and another goes on', async () => {
    const house = await open();
    house.slack.next = [later(), later()];
    await house.commit(say(C1, 'a1'), say(C1, 'a2'), say(C1, 'a3'));
    await house.commit(say(C2, 'b1'), say(C2, 'b2'));
    house.hand.lanes.delete(C2);
    await house.work();
    house.hand.lanes.add(C2);
    house.slack.next = [];
    await house.work();
    expect(sent(house)).toEqual(['post a1 a1', 'post b1 b1', 'post b2 b2']);
    house.slack.next = [later()];
    await house.later(2_000);
    expect(sent(house).slice(3)).toEqual(['post a1 a1']);
    await house.later(5_000);
    expect(sent(house).slice(4)).toEqual(['post a1 a1', 'post a2 a2', 'post a3 a3']);
    await house.engine.stop();
  });

  test('is not looked at before the time that the platform named, and then without delay', async () => {
    const house = await open();
    house.slack.next = [later('ratelimited', { after: 30_000 })];
    await house.commit(say(C1, 'k'));
    await house.work();
    for (let i = 0; i < 29; i++) await house.later(1_000);
    expect(sent(house)).toHaveLength(1);
    await house.later(1_000);
    expect(sent(house)).toHaveLength(2);
    expect(await states()).toEqual(['say k done: ratelimited']);
    await house.engine.stop();
  });

  test('goes on behind what the platform refuses', async () => {
    const house = await open();
    house.slack.next = [{ is: 'refused', why: 'msg_too_long' }];
    await house.commit(say(C1, 'a'), say(C1, 'b'));
    await house.work();
    expect(await states()).toEqual(['say a refused: msg_too_long', 'say b done']);
    await house.later(day);
    expect(sent(house)).toHaveLength(2);
    await house.engine.stop();
  });
});

describe('a try whose answer was lost', () => {
  test.each<[string, Delivered | Error]>([
    ['as the platform’s adapter says', lost],
    ['as it threw', new Error('socket hang up')],
  ])('is looked for before it is made again (%s): found, it stands', async (_, what) => {
    const house = await open();
    house.slack.next = [what];
    await house.commit(say(C1, 'k', 'one'));
    await house.work();
    const before = house.slack.outgoing.length;
    house.slack.found.set('k', { is: 'done', place: C1 as never, native: '1700.1' });
    await house.later(2_000);
    expect(house.slack.finds).toEqual(['k']);
    expect(house.slack.outgoing).toHaveLength(before);
    await house.commit(edit('k', 'two'));
    await house.work();
    expect(sent(house).at(-1)).toBe('edit 1700.1 two');
    await house.engine.stop();
  });

  test('is made again when it is not found', async () => {
    const house = await open();
    house.slack.next = [lost];
    await house.commit(say(C1, 'k'));
    await house.work();
    await house.later(2_000);
    expect(house.slack.finds).toEqual(['k']);
    expect(sent(house)).toEqual(['post k k', 'post k k']);
    await house.engine.stop();
  });

  test('is made again where nothing can be looked up', async () => {
    const { find: _, ...blind } = recordingPlatform('teams', [adaTeams]);
    const house = await open({ teams: blind as never, platforms: [blind] });
    blind.next.push(lost);
    await house.commit(say(T1, 'k'));
    await house.work();
    await house.later(2_000);
    expect(blind.outgoing.map(short)).toEqual(['post k k', 'post k k']);
    expect(await states()).toEqual(['say k done: timeout']);
    await house.engine.stop();
  });

  test('stays in doubt until it is resolved: each try looks first, from the first try on', async () => {
    const house = await open();
    const since: Date[] = [];
    const { find } = house.slack;
    house.slack.find = async (o) => find(o);
    const first = house.clock.now();
    const platform = house.slack as typeof house.slack & {
      find(o: Outgoing, since: Date): Promise<Delivered | undefined>;
    };
    platform.find = async (o: Outgoing, from?: Date) => {
      since.push(from as Date);
      return since.length < 3 ? later('conversations.history: ratelimited') : find(o);
    };
    house.slack.next = [lost, later('http_503')];
    await house.commit(say(C1, 'k'));
    await house.work();
    for (let i = 0; i < 6; i++) await house.later(60_000);
    expect(since).toEqual([first, first, first, first]);
    expect(sent(house)).toEqual(['post k k', 'post k k', 'post k k']);
    await house.engine.stop();
  });

  test('of an edit is simply made again', async () => {
    const house = await open();
    await house.commit(say(C1, 'k', 'one'));
    await house.work();
    house.slack.next = [lost];
    await house.commit(edit('k', 'two'));
    await house.work();
    await house.later(2_000);
    expect(sent(house)).toEqual(['post k one', 'edit slack-1 two', 'edit slack-1 two']);
    await house.engine.stop();
  });

  test('by a process that died before it could mark it is looked for by the next', async () => {
    const house = await open();
    await house.commit(say(C1, 'k'), say(C1, 'next'));
    const claimed = await house.store.direct.outbox.claim(C1, house.clock.now(), 60);
    expect(claimed).toMatchObject({ key: 'k', tries: 0, unsure: false });
    // It was delivered, and then the process died: nothing moves until its claim has run out.
    house.slack.found.set('k', { is: 'done', place: C1 as never, native: '1700.9' });
    await house.later(1_000);
    expect(sent(house)).toEqual([]);
    await house.store.direct.outbox.release();
    await house.later(1_000);
    expect(house.slack.finds).toEqual(['k']);
    expect(sent(house)).toEqual(['post next next']);
    await house.engine.stop();
  });
});

describe('a message that a person deleted', () => {
  const deleted: Delivered = { is: 'gone', what: 'message', why: 'message_not_found' };

  test('is posted anew once, in its place, and edited there from then on', async () => {
    const house = await open();
    await house.commit(say(C1, 'k', 'one'), say(C2, 'k', 'one'));
    await house.work();
    house.slack.outgoing.length = 0;
    house.slack.next = [deleted];
    await house.commit(edit('k', 'two'));
    house.hand.lanes.delete(C2);
    await house.work();
    expect(sent(house)).toEqual(['edit slack-1 two', 'post k two']);
    await house.commit(edit('k', 'three'));
    house.hand.lanes.delete(C2);
    await house.work();
    expect(sent(house).slice(2)).toEqual(['edit slack-3 three']);
    house.slack.next = [deleted];
    await house.commit(edit('k', 'four'));
    house.hand.lanes.delete(C2);
    await house.work();
    await house.commit(edit('k', 'five'));
    await house.work();
    // Deleted twice, it is not posted a third time; the other copy still follows.
    expect(sent(house).slice(3).toSorted()).toEqual(['edit slack-2 five', 'edit slack-3 five', 'edit slack-3 four']);
    await house.engine.stop();
  });

  test('from a direct message is told anew', async () => {
    const house = await open();
    const [adaId] = (await meet(house, ada)) as [PersonId];
    await house.commit(tell(adaId, 'k'));
    await house.work();
    house.slack.next = [deleted];
    await house.commit(edit('k', 'two'));
    await house.work();
    expect(sent(house)).toEqual(['direct k k', 'edit slack-1 two', 'direct k two']);
    await house.engine.stop();
  });

  test('while a newer edit waits comes back as that one says', async () => {
    const house = await open();
    await house.commit(say(C1, 'k', 'one'));
    await house.work();
    const meanwhile = async () => {
      await house.commit(edit('k', 'three'), say(C1, 'next'));
      return deleted;
    };
    house.slack.next = [meanwhile];
    await house.commit(edit('k', 'two'));
    await house.work();
    expect(sent(house).slice(1)).toEqual(['edit slack-1 two', 'post next next', 'post k three']);
    await house.commit(edit('k', 'four'));
    await house.work();
    expect(sent(house).slice(4)).toEqual(['edit slack-3 four']);
    await house.engine.stop();
  });
});

describe('a place that is gone', () => {
  const gone: Delivered = { is: 'gone', what: 'place', why: 'chat.postMessage: is_archived' };

  test('is told to those in charge, once a day for each place; what was meant for it is closed', async () => {
    const house = await open();
    await meet(house, grace);
    house.slack.next = [gone, gone];
    await house.commit(say(C1, 'a'), say(C1, 'b'));
    house.hand.lanes.delete('');
    await house.work();
    const alarms = () => house.slack.outgoing.filter((o) => o.view.id === 'operations.alarm');
    expect(alarms()).toHaveLength(1);
    expect(wordsOf(alarms()[0]?.view as never)).toContain(`#${C1}`);
    expect((await states()).filter((s) => s.startsWith('say'))).toEqual([
      'say a gone: chat.postMessage: is_archived',
      'say b gone: chat.postMessage: is_archived',
    ]);
    house.slack.next = [gone];
    await house.commit(say(C2, 'c'));
    await house.work();
    expect(alarms()).toHaveLength(2);
    house.clock.jump(day);
    house.slack.next = [gone];
    await house.commit(say(C1, 'd'));
    await house.work();
    expect(alarms()).toHaveLength(3);
    await house.engine.stop();
  });

  test('is told when an edit finds it gone, by the channel’s own name', async () => {
    const house = await open();
    await meet(house, grace);
    await house.commit(say(C1, 'k'));
    await house.work();
    house.slack.next = [gone];
    await house.commit(edit('k', 'two'));
    await house.work();
    const alarm = house.slack.outgoing.find((o) => o.view.id === 'operations.alarm');
    expect(wordsOf(alarm?.view as never)).toContain(`#${C1}`);
    await house.engine.stop();
  });

  test('is passed over, even when whoever should hear of it fails', async () => {
    const fails: Feature<Stores> = {
      name: 'fails',
      handlers: [
        onObserved('place.gone', z.json(), async () => {
          throw new Error('a fault of the program');
        }),
      ],
    };
    const probe = createProbe();
    const house = await open({ features: [probe.feature, fails] });
    probe.observed = async () => [say(C1, 'a'), say(C1, 'b')];
    const at = house.clock.now();
    await house.engine.report({ kind: 'observed', what: 'probe', input: {}, at, delivery: 'o/1' });
    house.slack.next = [gone];
    await house.work();
    expect(house.slack.outgoing.map(short)).toEqual(['post a a', 'post b b']);
    await house.engine.stop();
  });

  test('when it is a direct message is nobody’s alarm', async () => {
    const house = await open();
    const [adaId] = (await meet(house, ada, grace)) as [PersonId];
    await house.commit(tell(adaId, 'k'));
    await house.work();
    house.slack.next = [gone];
    await house.commit(edit('k', 'two'));
    await house.work();
    expect(house.slack.outgoing.filter((o) => o.view.id === 'operations.alarm')).toEqual([]);
    expect((await states()).at(-1)).toBe('edit k gone: chat.postMessage: is_archived');
    await house.engine.stop();
  });
});

describe('a person who is gone', () => {
  const gone: Delivered = { is: 'gone', what: 'person', why: 'user_not_found' };

  test('from one platform is reached on the other', async () => {
    const house = await open();
    const [adaId] = (await meet(house, ada, adaTeams)) as [PersonId];
    house.slack.next = [gone];
    await house.commit(tell(adaId, 'k', ada.account));
    await house.work();
    expect(sent(house)).toEqual(['direct k k', 'direct k k']);
    expect(house.teams.outgoing).toMatchObject([{ kind: 'direct', account: adaTeams.account }]);
    await house.commit(tell(adaId, 'later', ada.account));
    await house.work();
    expect(house.slack.outgoing).toHaveLength(1);
    expect(house.teams.outgoing).toHaveLength(2);
    await house.engine.stop();
  });

  test('from both is closed, and the lane goes on', async () => {
    const house = await open();
    const [adaId] = (await meet(house, ada, adaTeams)) as [PersonId];
    house.slack.next = [gone];
    house.teams.next = [gone];
    await house.commit(tell(adaId, 'k', ada.account), tell(adaId, 'next'));
    await house.work();
    expect(await states()).toEqual([
      'tell k gone: has no account that we can reach',
      'tell next gone: has no account that we can reach',
    ]);
    expect(sent(house)).toHaveLength(2);
    await house.engine.stop();
  });

  test('on one platform is edited on the other, where the message went in the end', async () => {
    const house = await open();
    const [adaId] = (await meet(house, ada, adaTeams)) as [PersonId];
    house.slack.next = [later(), gone];
    await house.commit(tell(adaId, 'k', ada.account));
    await house.work();
    await house.commit(edit('k', 'two'));
    await house.work();
    await house.later(5_000);
    await house.later(1);
    expect(house.teams.outgoing.map(short)).toEqual(['direct k k', 'edit teams-1 two']);
    await house.engine.stop();
  });

  test.each([
    ['slack', 'teams', ada],
    ['teams', 'slack', adaTeams],
  ] as const)(
    'on %s gets on %s also what was written while it went there, in its order',
    async (from, to, { account }) => {
      const house = await open();
      const [adaId] = (await meet(house, ada, adaTeams)) as [PersonId];
      house[from].next = [gone];
      house[to].next = [later('http_503', { after: 60_000 })];
      await house.commit(tell(adaId, 'k', account));
      await house.work();
      await house.commit({ kind: 'reply', to: 'k', key: 'r', view: view('below') }, edit('k', 'two'));
      await house.commit(edit('k', 'three'));
      // Their transactions saw where it was before.
      await database.pool.query(
        `update groundcrew.outbox set lane = 'direct:' || $2 || ':' || $1, attempts = 1 where ended is null and key in ('k', 'r') and kind <> 'tell'`,
        [adaId, from],
      );
      await house.later(1_000);
      await house.later(60_000);
      await house.later(1);
      expect(house[to].outgoing.map(short)).toEqual([
        'direct k k',
        'direct k k',
        'reply r below',
        `edit ${to}-1 three`,
      ]);
      await house.engine.stop();
    },
  );

  test('is told by way of the login that was named, else by the one used last', async () => {
    const house = await open();
    const [adaId] = (await meet(house, ada)) as [PersonId];
    house.clock.jump(3_600_000);
    await meet(house, adaTeams);
    await house.commit(tell(adaId, 'named', ada.account), tell(adaId, 'last'));
    await house.work();
    expect(house.slack.outgoing.map(short)).toEqual(['direct named named']);
    expect(house.teams.outgoing.map(short)).toEqual(['direct last last']);
    await house.engine.stop();
  });
});

describe('while our access is broken', () => {
  const parked: Delivered = { is: 'parked', why: 'chat.postMessage: token_revoked' };

  test('everything waits, for days, and goes out in order when it is back', async () => {
    const house = await open();
    house.slack.next = [parked];
    await house.commit(say(C1, 'a'), say(C1, 'b'), say(T1, 't'));
    await house.work();
    expect(sent(house).sort()).toEqual(['post a a', 'post t t']);
    for (let i = 0; i < 4; i++) {
      house.slack.next = [parked];
      await house.later(day);
    }
    expect(await states()).toEqual(['say a waiting: chat.postMessage: token_revoked', 'say b waiting', 'say t done']);
    // The first try after its return meets a rate limit: that is no reason to give up.
    house.slack.next = [later('ratelimited', { after: 1_000 })];
    await house.later(31_000);
    house.slack.outgoing.length = 0;
    await house.later(1_000);
    expect(house.slack.outgoing.map(short)).toEqual(['post a a', 'post b b']);
    await house.engine.stop();
  });

  test('on one platform, what waits there holds up nothing that goes to the person on the other', async () => {
    const house = await open();
    const [adaId] = (await meet(house, ada, adaTeams)) as [PersonId];
    await house.commit(tell(adaId, 'k', ada.account));
    await house.work();
    house.slack.next = [parked];
    await house.commit(edit('k', 'two'));
    await house.work();
    await house.commit(tell(adaId, 'on Teams', adaTeams.account));
    await house.work();
    expect(house.teams.outgoing.map(short)).toEqual(['direct on Teams on Teams']);
    expect((await states())[1]).toBe('edit k waiting: chat.postMessage: token_revoked');
    await house.later(31_000);
    expect(house.slack.outgoing.map(short).at(-1)).toBe('edit slack-1 two');
    await house.engine.stop();
  });

  test('it is tried again every half minute, not more', async () => {
    const house = await open();
    house.slack.next = [parked, parked];
    await house.commit(say(C1, 'a'));
    await house.work();
    for (let i = 0; i < 29; i++) await house.later(1_000);
    expect(house.slack.outgoing).toHaveLength(1);
    await house.later(1_000);
    expect(house.slack.outgoing).toHaveLength(2);
    await house.engine.stop();
  });

  test('a platform that this process does not know is left to one that does', async () => {
    const slack = recordingPlatform('slack', [ada]);
    const half = await open({ slack, platforms: [slack] });
    await half.commit(say(T1, 'k'));
    await half.work();
    expect(await states()).toEqual(['say k waiting: teams is not connected']);
    await half.engine.stop();
    const whole = await open();
    await whole.later(31_000);
    expect(whole.teams.outgoing.map(short)).toEqual(['post k k']);
    await whole.engine.stop();
  });

  test('on one platform, a person is told on the other that is connected', async () => {
    const teams = recordingPlatform('teams', [adaTeams]);
    const house = await open({ teams, platforms: [teams] });
    const [adaId] = (await meet(house, ada, adaTeams)) as [PersonId];
    await house.commit(tell(adaId, 'k', ada.account));
    await house.store.direct.features.people.learn(ada, house.clock.now());
    await house.work();
    expect((await states()).filter((s) => s.startsWith('tell'))).toHaveLength(1);
    await house.engine.stop();
  });
});

describe('trying again', () => {
  test('doubles from half a second to a minute, a quarter more or less', () => {
    const middle = Array.from({ length: 12 }, (_, tries) => backoff(tries, 0.5));
    expect(middle).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000, 60_000]);
    for (const tries of [0, 3, 7, 1_000_000]) {
      expect(backoff(tries, 0)).toBe(backoff(tries, 0.5) * 0.75);
      expect(backoff(tries, 1)).toBe(backoff(tries, 0.5) * 1.25);
    }
  });

  test('follows these steps', async () => {
    const house = await open();
    await house.commit(say(C1, 'k'));
    const waits: number[] = [];
    house.slack.next = Array.from({ length: 6 }, () => later());
    await house.work();
    for (let i = 0; i < 5; i++) {
      const before = house.clock.now().getTime();
      while (house.slack.outgoing.length === i + 1) await house.later(250);
      waits.push(house.clock.now().getTime() - before);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000]);
    await house.engine.stop();
  });

  test('ends after a day, and the lane goes on', async () => {
    const house = await open();
    await house.commit(say(C1, 'old'), say(C1, 'next'));
    house.slack.deliver = async (o) => {
      house.slack.outgoing.push(o);
      return 'key' in o && o.key === 'old' ? later('http_500') : { is: 'done', native: 'n' };
    };
    await house.work();
    for (let hour = 0; hour < 24; hour++) await house.later(3_600_000);
    expect(await states()).toEqual(['say old waiting: http_500', 'say next waiting']);
    await house.later(1_000);
    await house.later(60_000);
    expect(await states()).toEqual(['say old refused: http_500', 'say next done']);
    await house.engine.stop();
  });

  test('an action that fails for a day has an outcome, too; without one of its own those in charge are told', async () => {
    const run = async (): Promise<never> => {
      throw new Error('the cluster is away');
    };
    const house = await open({
      actions: [
        { name: 'probe', run, gaveUp: async (input, why) => ({ input, why }) },
        { name: 'silent', run },
      ],
    });
    const outcomes: unknown[] = [];
    house.probe.outcome = async (_, result) => {
      outcomes.push(result);
      return [];
    };
    await house.commit(
      { kind: 'act', action: 'probe', input: 7, key: 'a' },
      { kind: 'act', action: 'silent', input: null, key: 'b' },
    );
    await house.work();
    for (let hour = 0; hour < 25; hour++) await house.later(3_600_000);
    expect(outcomes).toEqual([{ input: 7, why: 'Error' }]);
    expect(await states()).toEqual(['act a refused: Error', 'act b refused: Error']);
    const { rows } = await database.pool.query(
      "select delivery from groundcrew.inbox where delivery like 'action.gave-up/%'",
    );
    expect(rows).toHaveLength(1);
    await house.engine.stop();
  });

  test('an action that fails is run again by its key, and its outcome counts once', async () => {
    let runs = 0;
    const house = await open({
      actions: [
        {
          name: 'probe',
          async run(_, key) {
            runs += 1;
            if (runs < 3) throw new Error('the cluster is away');
            return { key, runs };
          },
        },
      ],
    });
    const outcomes: unknown[] = [];
    house.probe.outcome = async (_, result) => {
      outcomes.push(result);
      return [];
    };
    await house.commit({ kind: 'act', action: 'probe', input: null, key: 'a' });
    await house.work();
    for (let i = 0; i < 4; i++) await house.later(5_000);
    expect(runs).toBe(3);
    expect(outcomes).toEqual([{ key: 'a', runs: 3 }]);
    await house.engine.stop();
  });

  test('an action that takes minutes is left to the process that runs it', async () => {
    const gate = Promise.withResolvers<number>();
    let runs = 0;
    const run = () => {
      runs += 1;
      return gate.promise;
    };
    const actions = [{ name: 'probe', run }];
    const house = await open({ actions });
    const other = await open({ actions });
    await house.commit({ kind: 'act', action: 'probe', input: null, key: 'a' });
    const work = house.work();
    const lapse = () => database.pool.query('update groundcrew.outbox set lease = clock_timestamp()');
    while (runs === 0) await setImmediate();
    for (let minutes = 0; minutes < 3; minutes++) {
      // What would lapse is renewed in time; the database's own clock is not moved by a test.
      await lapse();
      await house.clock.pass(20_000);
      const renewed = `select 1 from groundcrew.outbox where lease > clock_timestamp() + interval '30 seconds'`;
      while ((await database.pool.query(renewed)).rows.length === 0) await setImmediate();
      await other.later(1_000);
    }
    gate.resolve(1);
    await work;
    expect(runs).toBe(1);
    expect(await states()).toEqual(['act a done']);
    await house.engine.stop();
    await other.engine.stop();
  });

  test('an action that there is not is a fault of the program, said once', async () => {
    const house = await open();
    await house.commit({ kind: 'act', action: 'nothing', input: null, key: 'a' });
    await house.work();
    expect(await states()).toEqual(['act a refused: there is no action nothing']);
    await house.engine.stop();
  });

  test('an outcome whose handler fails is handed over again, without running the action forever', async () => {
    const house = await open({ actions: [{ name: 'probe', run: async () => 1 }] });
    let tries = 0;
    house.probe.outcome = async () => {
      tries += 1;
      if (tries === 1) throw new Error('not now');
      return [say(C1, 'k')];
    };
    await house.commit({ kind: 'act', action: 'probe', input: null, key: 'a' });
    await house.work();
    await house.later(5_000);
    await house.later(5_000);
    expect(tries).toBe(2);
    expect(sent(house)).toEqual(['post k k']);
    await house.engine.stop();
  });
});

test('a process that stops ends with the message that is under way, and leaves the lane to the next', async () => {
  const house = await open();
  await house.commit(...Array.from({ length: 50 }, (_, i) => say(C1, `k${i}`)));
  const under = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<Delivered>();
  house.slack.next = [
    () => {
      under.resolve();
      return gate.promise;
    },
  ];
  const drained = house.hand.drain(C1);
  await under.promise;
  const stopped = house.engine.stop();
  gate.resolve({ is: 'done', native: 'n' });
  await drained;
  await stopped;
  expect(house.slack.outgoing).toHaveLength(1);
  const next = await open();
  await next.later(1);
  expect(next.slack.outgoing.map(short)).toHaveLength(49);
  await next.engine.stop();
});

test('what the outbox holds and how old it is can be watched', async () => {
  const house = await open();
  house.slack.next = [later(), later()];
  await house.commit(say(C1, 'a'), say(C1, 'b'), say(T1, 'c'));
  await house.work();
  expect((await house.store.direct.outbox.depth()).waiting).toBe(2);
  await house.sweep();
  expect((await house.metrics.depth.get()).values[0]?.value).toBe(2);
  const { values } = await house.metrics.deliveries.get();
  expect(values.map((v) => [v.labels.platform, v.labels.kind, v.labels.result, v.value])).toEqual([
    ['slack', 'say', 'later', 1],
    ['teams', 'say', 'done', 1],
  ]);
  await house.engine.stop();
});

test('where a message is stays known while it is changed now and then, and as long as something waits for it', async () => {
  const house = await open();
  await house.commit(say(C1, 'card'), say(T1, 'note'));
  await house.work();
  const { outbox } = house.store.direct;
  const posted = house.clock.now().getTime();
  await house.later(300 * day);
  await house.commit({ kind: 'edit', key: 'card', view: view('changed') });
  await house.work();
  house.slack.next = [later()];
  await house.later(1_000);
  expect(await outbox.forgetMessages(new Date(posted + 100 * day))).toBe(1);
  const known = async () => (await database.pool.query('select key from groundcrew.message order by key')).rows;
  expect(await known()).toEqual([{ key: 'card' }]);
  await house.commit(say(T1, 'waits'));
  house.teams.next = [later()];
  await house.work();
  const later2 = new Date(posted + 900 * day);
  expect(await outbox.forgetMessages(later2)).toBe(1);
  expect(await known()).toEqual([{ key: 'waits' }]);
  await house.engine.stop();
});

test('what was delivered is forgotten after two weeks, what waits never', async () => {
  const house = await open();
  house.slack.next = [later(), later(), later()];
  await house.commit(say(T1, 'done'), say(C1, 'waits'));
  await house.work();
  const { outbox } = house.store.direct;
  const at = house.clock.now().getTime();
  expect(await outbox.forget(new Date(at))).toBe(0);
  expect(await outbox.forget(new Date(at + 365 * day))).toBe(1);
  expect((await states()).map((s) => s.slice(0, 17))).toEqual(['say waits waiting']);
  await house.engine.stop();
});
