import { expect, test } from 'vitest';
import { jobs, presses } from '../../src/core/announcements/keys.ts';
import type { AccountId, Effects, Json } from '../../src/core/kernel/index.ts';
import { ownDatabase } from '../support/own-database.ts';
import { openRequests, people, settingsWith, type Who, whispered } from '../support/requests.ts';
import { wordsOf } from '../support/words.ts';

/* Who follows a part of the platform is told: at once, or once a day, at their hours. It is Monday, 10:00 in Berlin. */

const database = await ownDatabase();

const settings = settingsWith({
  channels: { updates: ['slack:T1/CNEWS'] },
  announcements: { areas: ['databases', 'delivery'] },
});
const open = () => openRequests(database, { settings });
type Open = Awaited<ReturnType<typeof open>>;
const hours = { from: '09:00', to: '17:00' };

async function follow(stage: Open, who: Who, raw: Record<string, unknown>) {
  const [ask] = (await stage.say(who, 'follow')).effects;
  return stage.send(who, ask, { ...hours, ...raw });
}
async function post(stage: Open, number: number, areas: readonly string[], more: object = {}): Promise<Effects> {
  const [ask] = (await stage.say('paul', 'announce')).effects;
  await stage.send('paul', ask, { kind: 'new', title: `News ${number}`, text: 'So it is.', areas, ...more });
  return (await stage.push('paul', presses.post, { number })).effects;
}
const due = (stage: Open, job: string, input: Json) => stage.due(job, `${job}/x`, input);
const spread = async (stage: Open, number: number) => (await due(stage, jobs.spread, { number })).effects;
const told = (effects: Effects) => effects.flatMap((e) => (e.kind === 'tell' ? [e.person] : []));
const laters = (effects: Effects) => effects.flatMap((e) => (e.kind === 'later' ? [[e.job, e.at.toISOString()]] : []));

test('what somebody follows is kept, shown, and asked again with it; both at once is at once', async () => {
  const stage = await open();
  const { effects } = await follow(stage, 'ada', { once: ['databases'], digest: ['databases', 'delivery'] });
  expect(whispered(effects)).toContain('At once: databases\nOnce a day: delivery\nBetween: 09:00 and 17:00');
  const [again] = (await stage.push('ada', presses.follow, {})).effects;
  expect(again).toMatchObject({ prior: { once: ['databases'], digest: ['delivery'], ...hours } });
  const { errors } = await follow(stage, 'ada', { from: '17:00', to: '09:00' });
  expect(errors?.to).toContain('later than the one before');
});

test('only who follows one of its parts is told, once, and never its author', async () => {
  const stage = await open();
  await follow(stage, 'ada', { once: ['databases', 'delivery'] });
  await follow(stage, 'dora', { once: ['databases'] });
  await follow(stage, 'olga', { once: ['delivery'] });
  await follow(stage, 'paul', { once: ['databases'] });
  const posted = await post(stage, 1, ['databases']);
  expect(posted).toContainEqual(expect.objectContaining({ job: 'announcement.spread', input: { number: 1 } }));
  expect(told(await spread(stage, 1)).toSorted()).toEqual([stage.id('ada'), stage.id('dora')].toSorted());
  expect(laters(await post(stage, 2, [])).map(([job]) => job)).not.toContain('announcement.spread');
});

test('what is for some teams, or some kinds of developers, is told to these alone, now and in the digest', async () => {
  const stage = await open();
  const { people } = stage.store.direct.features;
  await people.choose(stage.id('ada'), { persona: 'backend' });
  await people.choose(stage.id('dan'), { persona: 'frontend' });
  for (const who of ['ada', 'olga', 'dan'] as const) await follow(stage, who, { once: ['databases'] });
  await follow(stage, 'dora', { digest: ['databases'] });
  await post(stage, 1, ['databases'], { teams: ['orders'] });
  const first = await spread(stage, 1);
  expect(told(first).toSorted()).toEqual([stage.id('ada'), stage.id('olga')].toSorted());
  expect(laters(first)).toEqual([]);
  await post(stage, 2, ['databases'], { personas: ['frontend'] });
  const second = await spread(stage, 2);
  // Olga and Dora have not said what they work on.
  expect(told(second).toSorted()).toEqual([stage.id('dan'), stage.id('olga')].toSorted());
  expect(laters(second).map(([job]) => job)).toEqual(['announcement.digest']);
  const listed = async (who: Who, more = '') => whispered((await stage.say(who, `announcements${more}`)).effects);
  expect(await listed('ada')).toContain('News 1');
  expect(await listed('ada')).not.toContain('News 2');
  expect(await listed('ada')).toContain('Without what concerns others');
  expect(await listed('ada', ' all')).toContain('News 2');
  expect(await listed('dan')).not.toContain('News 1');
  expect(await listed('olga')).toContain('News 2');
  expect(await listed('olga')).not.toContain('Without what concerns others');
  expect(await listed('paul')).toContain('News 1');
});

test('in the evening and on weekends nobody is told: it waits for their next morning', async () => {
  const stage = await open();
  await follow(stage, 'ada', { once: ['databases'] });
  stage.pass(4 * 24 * 60 + 9 * 60);
  await post(stage, 1, ['databases']);
  const effects = await spread(stage, 1);
  expect(told(effects)).toEqual([]);
  expect(laters(effects)).toEqual([['announcement.follower', '2026-03-09T08:00:00.000Z']]);
  const input = { number: 1, person: stage.id('ada') };
  // We were down, or she has other hours since.
  expect(laters((await due(stage, jobs.follower, input)).effects)).toEqual(laters(effects));
  stage.pass(2 * 24 * 60 + 14 * 60);
  expect(told((await due(stage, jobs.follower, input)).effects)).toEqual([stage.id('ada')]);
});

test('on a holiday, where somebody lives, nobody is told: at once and once a day wait for the next working day', async () => {
  const stage = await openRequests(database, {
    settings: { ...settings, holidays: [{ days: ['2026-03-02', '2026-03-03'], zones: ['Europe/*'] }] },
  });
  await follow(stage, 'ada', { once: ['databases'] });
  await follow(stage, 'dora', { digest: ['databases'] });
  await post(stage, 1, ['databases']);
  const effects = await spread(stage, 1);
  expect(told(effects)).toEqual([]);
  expect(laters(effects).toSorted()).toEqual([
    ['announcement.digest', '2026-03-04T08:00:00.000Z'],
    ['announcement.follower', '2026-03-04T08:00:00.000Z'],
  ]);
});

test('a digest tells of all in one message the next morning, without what was taken back, and once', async () => {
  const stage = await open();
  await follow(stage, 'ada', { digest: ['databases'] });
  for (const number of [1, 2, 3]) {
    await post(stage, number, ['databases']);
    expect(laters(await spread(stage, number))).toEqual([['announcement.digest', '2026-03-03T08:00:00.000Z']]);
  }
  const [ask] = (await stage.push('paul', presses.retract, { number: 2 })).effects;
  await stage.send('paul', ask, { why: 'No.' });
  const { effects } = await due(stage, jobs.digest, { person: stage.id('ada') });
  const words = effects.flatMap((e) => (e.kind === 'tell' ? [wordsOf(e.view)] : [])).join();
  expect(words).toContain('New: News 1');
  expect(words).toContain('New: News 3');
  expect(words).not.toContain('News 2');
  expect((await due(stage, jobs.digest, { person: stage.id('ada') })).effects).toEqual([]);
});

test('who becomes one with another login of theirs meanwhile is told all the same, and once', async () => {
  const stage = await open();
  const teams = {
    ...people.ada,
    account: 'teams:11111111-1111-4111-8111-111111111111/ada' as AccountId,
    email: 'lovelace@acme.test',
  };
  const [former] = await stage.meet(teams);
  const [ask] = (await stage.command(teams, 'follow')).effects;
  await stage.fill(teams, ask, { ...hours, digest: ['databases'] });
  await post(stage, 1, ['databases']);
  expect(laters(await spread(stage, 1))).toHaveLength(1);
  const { id } =
    (await stage.store.direct.features.people.learn({ ...teams, email: 'ada@acme.test' }, stage.now())) ?? {};
  expect([id, former === id]).toEqual([stage.id('ada'), false]);
  const digest = () => due(stage, jobs.digest, { person: former as string });
  expect(told((await digest()).effects)).toEqual([id]);
  expect((await digest()).effects).toEqual([]);
  // At once, as the hours are that they have together now.
  stage.pass(9 * 60);
  expect(told((await due(stage, jobs.follower, { number: 1, person: former as string })).effects)).toEqual([]);
  await follow(stage, 'ada', { from: '09:00', to: '23:00', once: ['databases'] });
  expect(told((await due(stage, jobs.follower, { number: 1, person: former as string })).effects)).toEqual([id]);
});

test('who moves their hours within a day gets what came since in a message of its own', async () => {
  const stage = await open();
  await follow(stage, 'ada', { digest: ['databases'] });
  const digests: string[] = [];
  for (const number of [1, 2]) {
    await post(stage, number, ['databases']);
    await spread(stage, number);
    const { effects } = await due(stage, jobs.digest, { person: stage.id('ada') });
    digests.push(...effects.flatMap((e) => (e.kind === 'tell' ? [e.key] : [])));
  }
  expect(new Set(digests).size).toBe(2);
});

test('corrections and taking back reach those who were told as well', async () => {
  const stage = await open();
  await follow(stage, 'ada', { once: ['databases'] });
  await post(stage, 1, ['databases']);
  await spread(stage, 1);
  const [ask] = (await stage.push('paul', presses.retract, { number: 1 })).effects;
  const { effects } = await stage.send('paul', ask, { why: 'Too early.' });
  const edits = effects.flatMap((e) =>
    e.kind === 'edit' && e.key === 'announcement/1/followed' ? [wordsOf(e.view)] : [],
  );
  expect(edits.join()).toContain('Too early.');
  expect(await spread(stage, 1)).toEqual([]);
});

test('without parts in the settings there is nothing to follow', async () => {
  const stage = await openRequests(database, { settings: settingsWith({}) });
  expect(whispered((await stage.say('ada', 'follow')).effects)).toContain('announcements.areas in groundcrew.yaml');
});
