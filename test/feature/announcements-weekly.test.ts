import { describe, expect, test } from 'vitest';
import { presses } from '../../src/core/announcements/keys.ts';
import { nextWeekly, pathEntries, raised } from '../../src/core/announcements/week.ts';
import type { GoldenPath } from '../../src/core/catalog/path.ts';
import type { Effects } from '../../src/core/kernel/index.ts';
import { ownDatabase } from '../support/own-database.ts';
import { catalog, postgres } from '../support/paths.ts';
import { openRequests, people, settingsWith, type Who, whispered } from '../support/requests.ts';
import { wordsOf } from '../support/words.ts';

/* The weekly changelog: drafted on Thursday at three, posted on Friday at ten, in Berlin. It begins on Monday, 2 March 2026. */

const database = await ownDatabase();

const news = 'slack:T1/CNEWS';
const changelog = { owner: 'paul@acme.test', zone: 'Europe/Berlin' };
const settings = settingsWith({ channels: { updates: [news] }, announcements: { changelog } });
const open = () => openRequests(database, { settings });
type Open = Awaited<ReturnType<typeof open>>;

const thursday = 3 * 24 * 60 + 5 * 60;
const compose = (stage: Open) => stage.due('announcement.week', 'announcement.week', {});
const started = (stage: Open) =>
  stage.run({ kind: 'observed', what: 'started', input: {}, at: stage.now(), delivery: crypto.randomUUID() });
const planned = (effects: Effects) =>
  effects.flatMap((e) => (e.kind === 'later' && e.job === 'announcement.week' ? [e.at.toISOString()] : []));

/** Somebody asked, others wanted it too, and it is there. */
async function ship(stage: Open, what: string, who: Who, ...too: readonly Who[]): Promise<number> {
  const { feedback, roadmap } = stage.store.direct.features;
  const { account } = people[who];
  const at = stage.now();
  const { number } = await feedback.add({
    requester: stage.id(who),
    account,
    what,
    why: 'so',
    pain: 3,
    created: at,
  });
  for (const [i, each] of too.entries())
    await roadmap.say({
      feedback: number,
      person: stage.id(each),
      way: 'button',
      account: people[each].account,
      at: new Date(at.getTime() + i + 1),
    });
  const moved = { by: stage.id('paul'), move: 'ship', state: 'shipped', at } as const;
  await feedback.moved(number, moved, { shipped: at, link: 'https://docs.acme.test/it' });
  return number;
}
const cardOf = (effects: Effects, number = 1) =>
  effects.flatMap((e) => (e.kind === 'tell' && e.key.startsWith(`announcement/${number}/card`) ? [e.view] : []))[0];
const previewOf = (effects: Effects, number = 1) =>
  effects.flatMap((e) =>
    'key' in e && e.key.startsWith(`announcement/${number}/preview`) && 'view' in e ? [e.view] : [],
  )[0];

describe('the draft', () => {
  test('has what shipped, with who asked, what was announced, and how paths changed; small things are collapsed', async () => {
    const stage = await open();
    await compose(stage);
    stage.pass(60);
    await ship(stage, 'Faster previews', 'ada', 'olga', 'dan', 'dora');
    const versions: Readonly<Record<string, string>> = { postgres: '2.0.0', gpu: '1.3.1' };
    const paths = catalog.paths.map((p): GoldenPath => ({ ...p, version: versions[p.name] ?? p.version }));
    stage.catalog({ ...catalog, paths });
    stage.pass(thursday - 60);
    const { effects } = await compose(stage);
    expect(effects.map((e) => e.kind)).toEqual(['tell', 'tell', 'later', 'later']);
    expect(effects[0]).toMatchObject({ person: stage.id('paul') });
    const words = wordsOf(previewOf(effects) as never);
    expect(words).toContain(
      `• Faster previews — asked for by @${stage.id('ada')}, @${stage.id('olga')}, @${stage.id('dan')} and 1 more`,
    );
    expect(words).toContain('• PostgreSQL is at version 2.0.0; it was 1.3.0.');
    expect(words).not.toContain('1.3.1');
    expect(words).toContain('and 1 more thing, in the thread');
    expect(previewOf(effects)?.title).toBe('What’s new: 2 March to 5 March');
    expect(wordsOf(cardOf(effects) as never)).toContain('[Approve]');
  });

  test('approved, it goes out on Friday at ten; unapproved, nobody sees it', async () => {
    const stage = await open();
    await ship(stage, 'Faster previews', 'ada');
    stage.pass(thursday);
    await compose(stage);
    const early = await stage.due('announcement.go', 'announcement/1/go', { number: 1 });
    expect(early.effects).toEqual([]);
    const approved = await stage.push('paul', presses.plan, { number: 1 });
    expect(approved.effects.find((e) => e.kind === 'later')).toMatchObject({
      job: 'announcement.go',
      at: new Date('2026-03-06T09:00:00Z'),
    });
    const out = await stage.due('announcement.go', 'announcement/1/go', { number: 1 });
    expect(out.effects.flatMap((e) => (e.kind === 'say' ? [e.place] : []))).toEqual([news]);
  });

  test('what nobody approved is part of the next one, in the words that it had, without what is not so any more', async () => {
    const stage = await open();
    await started(stage);
    const again = await ship(stage, 'Not solved', 'ada');
    await ship(stage, 'One', 'ada');
    await ship(stage, 'Two', 'olga');
    await ship(stage, 'Left out', 'olga');
    stage.pass(thursday);
    await compose(stage);
    const [ask] = (await stage.push('paul', presses.word, { number: 1, id: 'feedback/2' })).effects;
    await stage.send('paul', ask, { words: 'One, in better words' });
    await stage.push('paul', presses.omit, { number: 1, id: 'feedback/4' });
    // However many drafts of other news were begun since.
    const { announcements } = stage.store.direct.features;
    const audience = { areas: [], personas: [], teams: [] };
    const begun = {
      content: { kind: 'new', title: 'Begun', text: 'So.', audience },
      author: stage.id('paul'),
    } as const;
    await Promise.all(Array.from({ length: 101 }, () => announcements.add(begun, stage.now())));
    stage.pass(7 * 24 * 60);
    // A week that brings nothing leaves it where it is.
    expect((await compose(stage)).effects.map((e) => e.kind)).toEqual(['later']);
    await ship(stage, 'Three', 'dan');
    const { feedback } = stage.store.direct.features;
    await feedback.moved(again, { by: stage.id('ada'), move: 'reopen', state: 'received', at: stage.now() }, {});
    stage.pass(7 * 24 * 60);
    const { effects } = await compose(stage);
    expect(
      previewOf(
        effects.filter((e) => e.kind === 'tell'),
        103,
      )?.title,
    ).toBe('What’s new: 2 March to 19 March');
    const lines = wordsOf(
      previewOf(
        effects.filter((e) => e.kind === 'tell'),
        103,
      ) as never,
    ).match(/^• .*? —/gm);
    expect(lines).toEqual(['• One, in better words —', '• Two —', '• Three —']);
    const cards = effects.flatMap((e) =>
      e.kind === 'edit' && e.key.startsWith('announcement/1/') ? [wordsOf(e.view)] : [],
    );
    expect(cards.join()).toContain('State: Dropped: nobody approved it, so it is part of the next one, #103');
    expect(cards.join()).toContain('It was dropped: nobody approved it');
    expect(whispered((await stage.push('paul', presses.post, { number: 1 })).effects)).toContain('is dropped');
    // One that was approved stays what it is.
    await stage.push('paul', presses.plan, { number: 103 });
    await ship(stage, 'Four', 'dan');
    stage.pass(7 * 24 * 60);
    const last = wordsOf(
      previewOf(
        (await compose(stage)).effects.filter((e) => e.kind === 'tell'),
        104,
      ) as never,
    );
    expect(last.match(/^• .*? —/gm)).toEqual(['• Four —']);
  });

  test('is put in order, worded and thinned out by its owner; once posted only words change, everywhere', async () => {
    const stage = await open();
    const [a, b, c] = [
      await ship(stage, 'One', 'ada'),
      await ship(stage, 'Two', 'olga'),
      await ship(stage, 'Three', 'dan'),
    ];
    stage.pass(thursday);
    await compose(stage);
    const up = await stage.push('paul', presses.up, { number: 1, id: `feedback/${b}` });
    expect(wordsOf(previewOf(up.effects) as never)).toMatch(/Two[\s\S]*One[\s\S]*Three/);
    const omitted = await stage.push('paul', presses.omit, { number: 1, id: `feedback/${c}` });
    expect(wordsOf(previewOf(omitted.effects) as never)).not.toContain('Three');
    const [ask] = (await stage.push('paul', presses.word, { number: 1, id: `feedback/${a}` })).effects;
    expect(ask).toMatchObject({ prior: { words: 'One' } });
    await stage.send('paul', ask, { words: 'One, better <!channel>' });
    await stage.push('paul', presses.post, { number: 1 });
    expect(whispered((await stage.push('paul', presses.omit, { number: 1, id: `feedback/${a}` })).effects)).toContain(
      'can’t be dropped any more',
    );
    const [again] = (await stage.push('paul', presses.word, { number: 1, id: `feedback/${b}` })).effects;
    const { effects } = await stage.send('paul', again, { words: 'Two, corrected' });
    const [copy] = effects.flatMap((e) => (e.kind === 'edit' && e.key === 'announcement/1' ? [wordsOf(e.view)] : []));
    expect(copy).toContain('Two, corrected');
    expect(copy).toContain('One, better <!channel>');
  });

  test('the last entry is not left out: the whole draft is dropped instead', async () => {
    const stage = await open();
    const only = await ship(stage, 'One', 'ada');
    stage.pass(thursday);
    await compose(stage);
    const { effects } = await stage.push('paul', presses.omit, { number: 1, id: `feedback/${only}` });
    expect(whispered(effects)).toContain('It is the last one');
  });
});

describe('its time', () => {
  test('a week that brought nothing says nothing, and the next one is planned', async () => {
    const stage = await open();
    stage.pass(thursday);
    const { effects } = await compose(stage);
    expect(effects.map((e) => e.kind)).toEqual(['later']);
    expect(planned(effects)).toEqual(['2026-03-12T14:00:00.000Z']);
  });

  test('it is planned at the start; one whose time came while the bot was down comes at once, and once', async () => {
    const stage = await open();
    expect(planned((await started(stage)).effects)).toEqual(['2026-03-05T14:00:00.000Z']);
    stage.pass(thursday);
    await compose(stage);
    stage.pass(9 * 24 * 60);
    expect(planned((await started(stage)).effects)).toEqual(['2026-03-12T14:00:00.000Z']);
    await ship(stage, 'Late', 'ada');
    stage.pass(2);
    expect(wordsOf(previewOf((await compose(stage)).effects) as never)).toContain('Late');
    expect(planned((await started(stage)).effects)).toEqual(['2026-03-19T14:00:00.000Z']);
    expect((await compose(stage)).effects.map((e) => e.kind)).toEqual(['later']);
  });

  test('the very first one is not put off either, when the bot was down at its time', async () => {
    const stage = await open();
    expect(planned((await started(stage)).effects)).toEqual(['2026-03-05T14:00:00.000Z']);
    stage.pass(thursday + 24 * 60);
    expect(planned((await started(stage)).effects)).toEqual(['2026-03-05T14:00:00.000Z']);
  });

  test('a changelog that is named, or moved, while the bot runs is planned within the hour', async () => {
    const stage = await openRequests(database, { settings: settingsWith({ channels: { updates: [news] } }) });
    expect((await started(stage)).effects).toContainEqual({
      kind: 'later',
      job: 'announcement.plan',
      input: {},
      at: new Date(stage.now().getTime() + 3_600_000),
      key: 'announcement.plan',
    });
    const plan = () => stage.due('announcement.plan', 'announcement.plan', {});
    stage.settings(settings);
    stage.pass(60);
    expect(planned((await plan()).effects)).toEqual(['2026-03-05T14:00:00.000Z']);
    stage.settings(
      settingsWith({
        channels: { updates: [news] },
        announcements: { changelog: { ...changelog, draft: { on: 'we', at: '12:00' } } },
      }),
    );
    stage.pass(60);
    expect(planned((await plan()).effects)).toEqual(['2026-03-04T11:00:00.000Z']);
  });

  test('what is being committed while the week is looked through is told in the next one, not in none', async () => {
    const stage = await open();
    stage.pass(thursday);
    await compose(stage);
    const before = await ship(stage, 'Late by a clock', 'ada');
    await database.pool.query(
      `update groundcrew.feedback set shipped = shipped - interval '30 seconds' where number = $1`,
      [before],
    );
    stage.pass(7 * 24 * 60);
    expect(wordsOf(previewOf((await compose(stage)).effects) as never)).toContain('Late by a clock');
  });

  test('as long as it is nobody’s, nothing of it is lost', async () => {
    const nobodys = settingsWith({
      roles: {},
      channels: { updates: [news] },
      announcements: { changelog: { ...changelog, owner: 'left@acme.test' } },
    });
    const stage = await openRequests(database, { settings: nobodys });
    await started(stage);
    await ship(stage, 'Orphaned', 'ada');
    stage.pass(thursday);
    expect((await compose(stage)).effects.map((e) => e.kind)).toEqual(['later']);
    stage.settings(settings);
    stage.pass(7 * 24 * 60);
    expect(wordsOf(previewOf((await compose(stage)).effects) as never)).toContain('Orphaned');
  });

  test('without a changelog in the settings there is none', async () => {
    const stage = await openRequests(database, { settings: settingsWith({ channels: { updates: [news] } }) });
    expect((await started(stage)).effects).toContainEqual({ kind: 'never', key: 'announcement.week' });
    await ship(stage, 'One', 'ada');
    expect((await compose(stage)).effects).toEqual([]);
  });

  test('three in the afternoon stays three over a change of the clock', () => {
    const at = { on: 'th', at: '15:00' } as const;
    expect(nextWeekly(at, 'Europe/Berlin', new Date('2026-03-26T14:00:00Z')).toISOString()).toBe(
      '2026-04-02T13:00:00.000Z',
    );
    expect(nextWeekly(at, 'Europe/Berlin', new Date('2026-03-26T13:59:00Z')).toISOString()).toBe(
      '2026-03-26T14:00:00.000Z',
    );
  });
});

describe('a draft that nobody approves', () => {
  const waits = (stage: Open, over: boolean) =>
    stage.due('announcement.waits', 'announcement/1/waits', { number: 1, over });
  const words = ({ effects }: { readonly effects: Effects }) =>
    effects.flatMap((e) => (e.kind === 'tell' ? [wordsOf(e.view)] : [])).join();
  const titles = ({ effects }: { readonly effects: Effects }) =>
    effects.flatMap((e) => (e.kind === 'tell' ? [e.view.title] : []));

  test('is named to its owner an hour before its time, and after it; what they press there counts', async () => {
    const stage = await open();
    await ship(stage, 'One', 'ada');
    stage.pass(thursday);
    const { effects } = await compose(stage);
    expect(effects).toContainEqual({
      kind: 'later',
      job: 'announcement.waits',
      input: { number: 1, over: false },
      at: new Date('2026-03-06T08:00:00Z'),
      key: 'announcement/1/waits',
    });
    stage.pass(18 * 60);
    const early = await waits(stage, false);
    expect(early.effects).toMatchObject([
      { kind: 'tell', person: stage.id('paul'), key: 'announcement/1/waits/before' },
      { kind: 'later', job: 'announcement.waits', input: { over: true }, at: new Date('2026-03-06T09:00:00Z') },
    ]);
    expect(titles(early)).toEqual([expect.stringMatching(/^The changelog waits for you: /)]);
    expect(words(early)).toContain('[Approve]');
    stage.pass(60);
    const late = await waits(stage, true);
    expect(titles(late)).toEqual([expect.stringMatching(/^The changelog was not posted: /)]);
    expect(words(late)).not.toContain('[Approve]');
    const approved = await stage.push('paul', presses.plan, { number: 1 });
    expect(whispered(approved.effects)).toContain('press Post it now');
    const posted = await stage.push('paul', presses.post, { number: 1 });
    const again = posted.effects.flatMap((e) =>
      e.kind === 'edit' && e.key.startsWith('announcement/1/waits/') ? [wordsOf(e.view)] : [],
    );
    expect(again).toHaveLength(2);
    expect(again.join()).not.toContain('[Post it now]');
  });

  test('says nothing once it was approved, posted or dropped', async () => {
    for (const press of [presses.plan, presses.post, presses.drop]) {
      await database.empty();
      const stage = await open();
      await ship(stage, 'One', 'ada');
      stage.pass(thursday);
      await compose(stage);
      const { effects } = await stage.push('paul', press, { number: 1 });
      expect(effects).toContainEqual({ kind: 'never', key: 'announcement/1/waits' });
      expect((await waits(stage, false)).effects).toEqual([]);
      expect((await waits(stage, true)).effects).toEqual([]);
    }
  });
});

test('of a long week any entry can be left out, and any number of them at once', async () => {
  const stage = await open();
  const numbers: number[] = [];
  for (let n = 1; n <= 15; n++) numbers.push(await ship(stage, `Thing ${n}`, 'ada'));
  stage.pass(thursday);
  const card = cardOf((await compose(stage)).effects);
  expect(card?.blocks.flatMap((b) => (b.kind === 'items' && b.more ? [b.more.label] : []))).toEqual([
    'Leave out several',
  ]);
  const [ask] = (await stage.push('paul', presses.pick, { number: 1 })).effects;
  const entries = numbers.map((n) => `feedback/${n}`);
  expect((await stage.send('paul', ask, { out: entries })).errors?.out).toContain('drop the whole draft');
  const { effects } = await stage.send('paul', ask, { out: [entries[12], entries[14]] });
  const it = await stage.store.direct.features.announcements.look(1);
  expect(it?.content.entries?.map((e) => e.id)).toEqual(entries.filter((_, i) => i !== 12 && i !== 14));
  expect(wordsOf(previewOf(effects) as never)).not.toContain('Thing 15');
  await stage.push('paul', presses.post, { number: 1 });
  expect((await stage.send('paul', ask, { out: [entries[0]] })).errors?.out).toContain('posted');
});

describe('golden paths', () => {
  const known = [{ path: 'postgres', version: '1.3.0', lifecycle: 'active' }];
  test('those that are seen for the first time are news only beside others that were known', () => {
    expect(pathEntries(catalog.paths, [])).toEqual([]);
    expect(pathEntries(catalog.paths, known).every((e) => e.kind === 'new')).toBe(true);
    expect(pathEntries([postgres], known)).toEqual([]);
  });
  test('one that could not be read for a week is not news when it is back', async () => {
    const stage = await open();
    await compose(stage);
    stage.catalog({ ...catalog, paths: catalog.paths.filter((p) => p.name !== 'postgres') });
    stage.pass(7 * 24 * 60);
    await compose(stage);
    stage.catalog(catalog);
    stage.pass(7 * 24 * 60);
    expect((await compose(stage)).effects.map((e) => e.kind)).toEqual(['later']);
  });
  test('one that comes to an end says from when on, and what to use instead', () => {
    const lifecycle = { is: 'deprecated', on: '2026-05-01', successor: 'postgres-2', because: 'It is old.' } as const;
    expect(pathEntries([{ ...postgres, lifecycle }], known)).toEqual([
      {
        id: 'path/postgres/end',
        kind: 'deprecated',
        text: 'From 2026-05-01 on nothing new is made from PostgreSQL. It is old. Please use “postgres-2” instead.',
        link: 'https://docs.acme.test/postgres',
      },
    ]);
  });
});

test('an entry goes up among those of its kind only', () => {
  const entry = (id: string, kind: 'new' | 'fixed') => ({ id, kind, text: id });
  const all = [entry('a', 'new'), entry('b', 'fixed'), entry('c', 'new')];
  expect(raised(all, 'c').map((e) => e.id)).toEqual(['c', 'b', 'a']);
  expect(raised(all, 'b').map((e) => e.id)).toEqual(['a', 'b', 'c']);
  expect(raised(all, 'nothing')).toEqual(all);
});
