import { describe, expect, test } from 'vitest';
import { nextReminder } from '../../src/core/announcements/acting.ts';
import { jobs, presses } from '../../src/core/announcements/keys.ts';
import { versionFits } from '../../src/core/announcements/owners.ts';
import type { Effect, Effects, Json } from '../../src/core/kernel/index.ts';
import { ownDatabase } from '../support/own-database.ts';
import { openRequests, settingsWith, shownFor, type Who, whispered } from '../support/requests.ts';
import { wordsOf } from '../support/words.ts';

/* What goes out by itself, and what somebody has to act on. Paul writes; it is Monday, 2 March 2026, 09:00 UTC. */

const database = await ownDatabase();

const news = 'slack:T1/CNEWS';
const ordersChannel = 'slack:T1/CORDERS';
const settings = settingsWith({
  channels: { updates: [news], teams: { orders: [ordersChannel] } },
  holidays: [{ days: ['2026-03-16'] }],
});
const open = () => openRequests(database, { settings });
type Open = Awaited<ReturnType<typeof open>>;

const words = { kind: 'action', title: 'Upgrade PostgreSQL', text: 'Version 1 ends.' };
const todo = { ...words, path: 'postgres', version: '1', deadline: '2026-03-20' };

async function write(stage: Open, raw: Record<string, unknown>) {
  const [ask] = (await stage.say('paul', 'announce')).effects;
  return stage.send('paul', ask, raw);
}
/** What follows in the next moments: those who have to do it hear of it. */
async function followedUp({ effects }: { readonly effects: Effects }, stage: Open): Promise<{ effects: Effects }> {
  const acts = effects.some((e) => e.kind === 'later' && e.job === jobs.act);
  const nudges = effects.flatMap((e) => (e.kind === 'later' && e.job === jobs.nudges ? [e] : []));
  const more: Effect[] = acts ? [...(await due(stage, jobs.act, { number: 1 })).effects] : [];
  for (const { input } of nudges) more.push(...(await due(stage, jobs.nudges, input)).effects);
  return { effects: [...effects, ...more] };
}
const post = async (stage: Open) => followedUp(await stage.push('paul', presses.post, { number: 1 }), stage);
let made = 0;
async function own(stage: Open, who: Who, name: string, version = '1.3.0', team = 'orders') {
  made += 1;
  const made1 = await stage.resources.add({
    slug: `r${made}`,
    name,
    identity: `x/${made}`,
    path: 'postgres',
    version,
    values: {},
    team,
    owner: stage.id(who),
    created: stage.now(),
  });
  if (!made1) throw new Error('not added');
  return made1;
}
/** So many people, each with a thing of the path. */
const crowd = (many: number) =>
  database.pool.query(
    `with p as (
         insert into groundcrew.person (id, name) select gen_random_uuid(), 'P' || n from generate_series(1, ${many}) n returning id
       ), a as (
         insert into groundcrew.account (id, person, platform, name) select 'slack:T1/' || id, id, 'slack', 'P' from p
       )
       insert into groundcrew.resource (id, slug, name, identity, path, version, "values", team, owner, created, changed, state)
       select id, 's' || id, 's' || id, 'x/' || id, 'postgres', '1.0.0', '{}', 'orders', id, now(), now(), 'ready' from p`,
  );
const tells = (effects: Effects) =>
  effects.flatMap((e) => (e.kind === 'tell' ? [`${e.key} ${wordsOf(e.view).split('\n').join(' | ')}`] : []));
const told = (stage: Open, effects: Effects) => effects.flatMap((e) => (e.kind === 'tell' ? [nameOf(stage, e)] : []));
const nameOf = (stage: Open, e: Extract<Effect, { kind: 'tell' }>) =>
  (['ada', 'olga', 'dan', 'dora', 'paul'] as const).find((who) => stage.id(who) === e.person);
const laters = (effects: Effects) =>
  effects.flatMap((e) => (e.kind === 'later' ? [[e.key, e.at.toISOString()] as const] : []));
const due = (stage: Open, job: string, input: Json) => stage.due(job, `${job}/x`, input);
const owed = async (stage: Open, ...who: readonly Who[]) => {
  const all = await stage.store.direct.features.announcements.owed(1);
  return who.map((each) => all.find((o) => o.person === stage.id(each)));
};

describe('by itself', () => {
  test('it is planned by the writer’s clock, goes out once, and is posted at once by whoever does not want to wait', async () => {
    const stage = await open();
    await write(stage, { ...words, kind: 'new', day: '2026-03-03', at: '09:30' });
    const planned = await stage.push('paul', presses.plan, { number: 1 });
    // Paul is an hour ahead of UTC.
    expect(laters(planned.effects)).toEqual([['announcement/1/go', '2026-03-03T08:30:00.000Z']]);
    const early = (await due(stage, jobs.go, { number: 1 })).effects;
    expect(early.filter((e) => e.kind === 'say')).toHaveLength(1);
    expect((await due(stage, jobs.go, { number: 1 })).effects).toEqual([]);
    expect(whispered((await post(stage)).effects)).toContain('It is posted already');
  });

  test('changing its time plans it anew, without one it is a draft again, and dropped it never goes out', async () => {
    const stage = await open();
    await write(stage, { ...words, kind: 'new', day: '2026-03-03' });
    await stage.push('paul', presses.plan, { number: 1 });
    const change = async (raw: object) => {
      const [ask] = (await stage.push('paul', presses.edit, { number: 1 })).effects;
      return { ask, ...(await stage.send('paul', ask, { ...words, kind: 'new', ...raw })) };
    };
    const moved = await change({ day: '2026-03-04', at: '10:00' });
    expect(moved.ask).toMatchObject({ prior: { day: '2026-03-03', at: '10:00' } });
    expect(laters(moved.effects)).toEqual([['announcement/1/go', '2026-03-04T09:00:00.000Z']]);
    const undone = await change({});
    expect(undone.effects.at(-1)).toEqual({ kind: 'never', key: 'announcement/1/go' });
    expect((await due(stage, jobs.go, { number: 1 })).effects).toEqual([]);
    await change({ day: '2026-03-04' });
    const dropped = await stage.push('paul', presses.drop, { number: 1 });
    expect(dropped.effects.at(-1)).toEqual({ kind: 'never', key: 'announcement/1/go' });
  });

  test('a time that is over is refused, or, when it passed meanwhile, said', async () => {
    const stage = await open();
    const { errors } = await write(stage, { ...words, kind: 'new', day: '2026-03-02', at: '09:59' });
    expect(errors?.day).toBe('That is over: where you are it is 10:00 on 2026-03-02.');
    await write(stage, { ...words, kind: 'new', day: '2026-03-02', at: '10:30' });
    stage.pass(60);
    expect(whispered((await stage.push('paul', presses.plan, { number: 1 })).effects)).toContain('is over');
  });
});

describe('action required', () => {
  test('each owner in the inventory is told once, with what is theirs; the others are not', async () => {
    const stage = await open();
    await own(stage, 'ada', 'orders-db');
    await own(stage, 'ada', 'orders-archive', '1.0.0');
    await own(stage, 'dan', 'events', '1.2.0', 'data');
    await own(stage, 'dora', 'new-db', '2.0.0', 'data');
    await write(stage, todo);
    const { effects } = await post(stage);
    expect(told(stage, effects).toSorted()).toEqual(['ada', 'dan']);
    const all = tells(effects).join('\n');
    expect(all).toContain('Yours: orders-archive and orders-db');
    expect(all).toContain('Until: Friday, 20 March 2026');
    expect(all).toContain('[Done]');
    const [channel] = effects.flatMap((e) => (e.kind === 'say' ? [wordsOf(e.view)] : []));
    expect(channel).toContain('0 of 2 (0%)');
    // A week before, at ten where Paul is.
    expect(laters(effects)).toContainEqual(['announcement/1/remind', '2026-03-13T09:00:00.000Z']);
  });

  test('Done is said by the one who was told, once; whoever wrote it sees who is outstanding, and hears when nobody is', async () => {
    const stage = await open();
    await own(stage, 'ada', 'orders-db');
    await own(stage, 'dan', 'events', '1.2.0', 'data');
    await write(stage, todo);
    await post(stage);
    const [adas, dans] = await owed(stage, 'ada', 'dan');
    const wrong = await stage.push('dan', presses.done, { id: adas?.id });
    expect(whispered(wrong.effects)).toContain('Only the person who was told');
    const done = await stage.push('ada', presses.done, { id: adas?.id });
    expect(shownFor(done.effects, `announcement/owed/${adas?.id}`).map(wordsOf).join()).toContain(
      'You said that it’s done. Thank you!',
    );
    expect(laters(done.effects)).toEqual([['announcement/1/count', '2026-03-02T09:01:00.000Z']]);
    const list = whispered((await stage.push('paul', presses.outstanding, { number: 1 })).effects);
    expect(list).toContain('1 of 2 has not done Upgrade PostgreSQL');
    expect(list).toContain(`@${stage.id('dan')}\nevents`);
    const last = await stage.push('dan', presses.done, { id: dans?.id });
    expect(tells(last.effects).join()).toContain('Everybody has done Upgrade PostgreSQL.');
    expect(last.effects).toContainEqual({ kind: 'never', key: 'announcement/1/remind' });
    expect((await stage.push('dan', presses.done, { id: dans?.id })).effects.every((e) => e.kind === 'edit')).toBe(
      true,
    );
  });

  test('a reminder goes by the inventory: what was upgraded is done, who came to own one is told; each at their working hours', async () => {
    const stage = await open();
    const upgraded = await own(stage, 'ada', 'orders-db');
    await own(stage, 'dan', 'events', '1.2.0', 'data');
    await write(stage, todo);
    await post(stage);
    await stage.resources.change(upgraded.id, { version: '2.0.0' }, stage.now());
    await own(stage, 'olga', 'late-db');
    // Friday, 17:00 where they are.
    stage.pass(11 * 24 * 60 + 7 * 60);
    const { effects } = await followedUp(await due(stage, jobs.remind, { number: 1, nth: 0 }), stage);
    const [adas, dans, olgas] = await owed(stage, 'ada', 'dan', 'olga');
    expect([adas?.how, dans?.how, olgas?.how]).toEqual(['seen', undefined, undefined]);
    expect(told(stage, effects)).toEqual(['olga']);
    // Monday is a holiday.
    const tuesday = '2026-03-17T08:00:00.000Z';
    expect(shownFor(effects, `announcement/owed/${adas?.id}`).map(wordsOf).join()).toContain('nothing of yours');
    const now = '2026-03-13T16:00:00.000Z';
    expect(laters(effects)).toEqual([
      ['announcement/1/act', now],
      ['announcement/1/nudges', now],
      ['announcement/1/remind', '2026-03-19T09:00:00.000Z'],
      ['announcement/1/count', '2026-03-13T16:01:00.000Z'],
      [`announcement/owed/${dans?.id}/nudge`, tuesday],
      [`announcement/owed/${olgas?.id}/nudge`, tuesday],
    ]);
    const first = { id: dans?.id ?? 0, deadline: todo.deadline, nth: '0' };
    // Somebody who is not at work is not called, however late we are.
    expect(laters((await due(stage, jobs.nudge, first)).effects)).toEqual([
      [`announcement/owed/${dans?.id}/nudge`, tuesday],
    ]);
    stage.pass(3 * 24 * 60 + 16 * 60);
    const nudge = await due(stage, jobs.nudge, first);
    expect(tells(nudge.effects).join()).toContain('Version 1 ends.');
    // The reminder is answered with the message that it reminds of.
    const { effects: done } = await stage.push('dan', presses.done, { id: dans?.id });
    expect(done.flatMap((e) => (e.kind === 'edit' ? [e.key] : []))).toEqual([
      `announcement/owed/${dans?.id}`,
      `announcement/owed/${dans?.id}/nudge/2026-03-20/0`,
    ]);
    expect((await due(stage, jobs.nudge, { id: dans?.id ?? 0, deadline: todo.deadline, nth: '1' })).effects).toEqual(
      [],
    );
  });

  test('after the deadline whoever wrote it and the teams’ channels see who is outstanding', async () => {
    const stage = await open();
    await own(stage, 'ada', 'orders-db');
    await own(stage, 'dan', 'events', '1.2.0', 'data');
    await write(stage, todo);
    await post(stage);
    stage.pass(19 * 24 * 60);
    const { effects } = await due(stage, jobs.remind, { number: 1, nth: 3 });
    expect(tells(effects).join()).toContain('2 of 2 have not done Upgrade PostgreSQL, which was due on Friday');
    const said = effects.flatMap((e) => (e.kind === 'say' ? [[e.place, wordsOf(e.view)] as const] : []));
    expect(said.map(([place]) => place)).toEqual([ordersChannel]);
    expect(said[0]?.[1]).toContain('1 of 1 has not done');
    const [adas] = await owed(stage, 'ada');
    stage.pass(2 * 24 * 60);
    const late = await due(stage, jobs.nudge, { id: adas?.id ?? 0, deadline: todo.deadline, nth: '3' });
    expect(late.effects.flatMap((e) => (e.kind === 'tell' ? [e.view.title] : []))).toEqual([
      'Overdue: Upgrade PostgreSQL',
    ]);
  });

  test('taken back, nobody has to do anything any more, and nobody is reminded', async () => {
    const stage = await open();
    await own(stage, 'ada', 'orders-db');
    await write(stage, todo);
    await post(stage);
    const [ask] = (await stage.push('paul', presses.retract, { number: 1 })).effects;
    const { effects } = await followedUp(await stage.send('paul', ask, { why: 'Not needed.' }), stage);
    const [adas] = await owed(stage, 'ada');
    expect(shownFor(effects, `announcement/owed/${adas?.id}`).map(wordsOf).join()).toContain('nothing to do any more');
    expect(effects).toContainEqual({ kind: 'never', key: 'announcement/1/remind' });
    expect((await due(stage, jobs.remind, { number: 1, nth: 0 })).effects).toEqual([]);
    const late = { id: adas?.id ?? 0, deadline: todo.deadline, nth: '0' };
    expect((await due(stage, jobs.nudge, late)).effects).toEqual([]);
  });

  test('with kinds of developers chosen, only these have to; who has not said what they are as well', async () => {
    const stage = await open();
    const { people } = stage.store.direct.features;
    await people.choose(stage.id('ada'), { persona: 'backend' });
    await people.choose(stage.id('dan'), { persona: 'data' });
    for (const who of ['ada', 'dan', 'olga'] as const) await own(stage, who, `${who}-db`);
    await write(stage, { ...todo, personas: ['data'] });
    expect(told(stage, (await post(stage)).effects).toSorted()).toEqual(['dan', 'olga']);
  });

  test('nobody had such a thing at first: whoever comes to have one is told at the next look', async () => {
    const stage = await open();
    await write(stage, todo);
    await post(stage);
    const first = await due(stage, jobs.remind, { number: 1, nth: 0 });
    expect(laters(first.effects).map(([key]) => key)).toContain('announcement/1/remind');
    await own(stage, 'ada', 'orders-db');
    const { effects } = await followedUp(await due(stage, jobs.remind, { number: 1, nth: 1 }), stage);
    expect(told(stage, effects)).toEqual(['ada']);
    stage.pass(20 * 24 * 60);
    await database.pool.query('delete from groundcrew.announcement_owed');
    await database.pool.query('delete from groundcrew.resource');
    expect(told(stage, (await due(stage, jobs.remind, { number: 1, nth: 3 })).effects)).toEqual([]);
  });

  test('a thousand hear of it some at a time: no transaction holds the row for all of them', async () => {
    const stage = await open();
    await crowd(1_000);
    await write(stage, todo);
    const posted = await stage.push('paul', presses.post, { number: 1 });
    expect(tells(posted.effects)).toEqual([]);
    const people = new Set<string>();
    const rounds: number[] = [];
    for (let more: Effects = posted.effects; more.some((e) => e.kind === 'later' && e.job === jobs.act); ) {
      more = (await due(stage, jobs.act, { number: 1 })).effects;
      const told = more.flatMap((e) => (e.kind === 'tell' ? [e.person] : []));
      for (const person of told) people.add(person);
      rounds.push(told.length);
    }
    expect(people.size).toBe(1000);
    expect(Math.max(...rounds)).toBeLessThanOrEqual(100);
    expect(rounds.reduce((a, b) => a + b)).toBe(1000);
  });

  test('of more people than are read at a time nobody is forgotten, by path and by team', async () => {
    const crew = Array.from({ length: 1_050 }, (_, n) => `p${n + 1}@acme.test`);
    const stage = await openRequests(database, {
      settings: { ...settings, teams: { crew: { emails: crew, slackUserGroups: [], teams: [] } } },
    });
    await crowd(1_100);
    await database.pool.query("update groundcrew.person set email = lower(name) || '@acme.test' where name like 'P%'");
    await write(stage, todo);
    await stage.push('paul', presses.post, { number: 1 });
    await write(stage, { ...words, teams: ['crew'], deadline: todo.deadline });
    await stage.push('paul', presses.post, { number: 2 });
    const { announcements } = stage.store.direct.features;
    expect([(await announcements.share(1)).all, (await announcements.share(2)).all]).toEqual([1_100, 1_050]);
  });

  test('a deadline that is moved is reminded of anew; a reminder of the former one says nothing', async () => {
    const stage = await open();
    await own(stage, 'ada', 'orders-db');
    await write(stage, todo);
    await post(stage);
    const [adas] = await owed(stage, 'ada');
    const nudge = { id: adas?.id ?? 0, deadline: todo.deadline, nth: '2' };
    // It was meant for Friday, but Ada was away until Monday: then it is over.
    stage.pass(21 * 24 * 60);
    const late = (await due(stage, jobs.nudge, nudge)).effects;
    expect(late.flatMap((e) => (e.kind === 'tell' ? [e.view.summary] : []))).toEqual([
      'Overdue: Upgrade PostgreSQL, since Friday, 20 March 2026',
    ]);
    const [ask] = (await stage.push('paul', presses.edit, { number: 1 })).effects;
    const moved = { ...todo, deadline: '2026-04-03' };
    const { effects } = await followedUp(await stage.send('paul', ask, moved), stage);
    expect(laters(effects)).toContainEqual(['announcement/1/remind', '2026-03-27T09:00:00.000Z']);
    expect(effects.flatMap((e) => (e.kind === 'edit' ? [e.key] : []))).toEqual(
      expect.arrayContaining([`announcement/owed/${adas?.id}`, `announcement/owed/${adas?.id}/nudge/2026-03-20/2`]),
    );
    expect((await due(stage, jobs.nudge, nudge)).effects).toEqual([]);
    const anew = (await due(stage, jobs.nudge, { ...nudge, deadline: moved.deadline })).effects;
    expect(anew.flatMap((e) => (e.kind === 'tell' ? [e.key] : []))).toEqual([
      `announcement/owed/${adas?.id}/nudge/2026-04-03/2`,
    ]);
  });

  test('what asks for nothing any more says so to those who were asked; who has such a thing again is asked again', async () => {
    const stage = await open();
    const db = await own(stage, 'ada', 'orders-db');
    await write(stage, todo);
    await post(stage);
    const [adas] = await owed(stage, 'ada');
    const change = async (raw: object) => {
      const [ask] = (await stage.push('paul', presses.edit, { number: 1 })).effects;
      return followedUp(await stage.send('paul', ask, { ...raw }), stage);
    };
    stage.pass(1);
    const fixed = await change({ kind: 'fixed', title: 'Upgraded', text: 'We did it for you.' });
    expect(shownFor(fixed.effects, `announcement/owed/${adas?.id}`).map(wordsOf).join()).toContain(
      'This was changed: there is nothing to do any more.',
    );
    expect(fixed.effects).toContainEqual({ kind: 'never', key: 'announcement/1/remind' });
    stage.pass(1);
    await change(todo);
    await stage.resources.change(db.id, { version: '2.0.0' }, stage.now());
    await followedUp(await due(stage, jobs.remind, { number: 1, nth: 0 }), stage);
    expect((await owed(stage, 'ada'))[0]?.how).toBe('seen');
    await own(stage, 'ada', 'second-db');
    const again = await due(stage, jobs.remind, { number: 1, nth: 0 });
    expect((await owed(stage, 'ada'))[0]?.how).toBeUndefined();
    expect(laters(again.effects).map(([key]) => key)).toContain(`announcement/owed/${adas?.id}/nudge`);
  });

  test('without a path it is everybody in the teams; without either, the form stays open', async () => {
    const stage = await open();
    const teams = { ...words, deadline: '2026-03-20', teams: ['orders'] };
    const { errors } = await write(stage, { ...teams, teams: [] });
    expect(errors?.kind).toContain('Who has to do it?');
    const over = await write(stage, { ...teams, deadline: '2026-03-01' });
    expect(over.errors?.deadline).toContain('That day is over.');
    await write(stage, teams);
    expect(told(stage, (await post(stage)).effects).toSorted()).toEqual(['ada', 'olga']);
  });
});

test.each([
  ['1.3.0', undefined, true],
  ['1.3.0', '1', true],
  ['1.3.0', '1.3', true],
  ['1.3.0', '1.3.0', true],
  ['11.3.0', '1', false],
  ['1.30.0', '1.3', false],
  ['2.0.0', '1', false],
])('version %s is meant by %s: %s', (version, meant, fits) => {
  expect(versionFits(version, meant)).toBe(fits);
});

test('reminders keep to the clock over a change of it, and end two weeks after the deadline', () => {
  const from = (day: string) =>
    nextReminder('2026-03-31', 'Europe/Berlin', new Date(`${day}T12:00:00Z`))?.at.toISOString();
  expect(from('2026-03-01')).toBe('2026-03-24T09:00:00.000Z');
  expect(from('2026-03-24')).toBe('2026-03-30T08:00:00.000Z');
  expect(from('2026-04-08')).toBe('2026-04-15T08:00:00.000Z');
  expect(from('2026-04-15')).toBeUndefined();
});
