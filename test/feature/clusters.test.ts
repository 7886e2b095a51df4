import { afterAll, afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { buttonsOf } from '../../src/core/kernel/index.ts';
import { still } from '../cluster/world.ts';
import { openTestDatabase } from '../support/database.ts';
import { type Clinic, lastWords, messages, openClinic } from '../support/doctor.ts';
import { ada, adaTeams, askedIn, grace } from '../support/house.ts';
import { wordsOf } from '../support/words.ts';

/* Two clusters and one bot: the same name in both is two services, and what befalls one is nothing to the other. */

const database = await openTestDatabase();
afterAll(() => database.close());
let bed: Clinic;
let us: NonNullable<Clinic['second']>;
beforeEach(async () => {
  await database.empty();
  bed = await openClinic(database, undefined, undefined, 'prod-us');
  if (!bed.second) throw new Error('there is one cluster only');
  us = bed.second;
  await bed.clock.pass(1_000);
  for (const deploy of [bed.deploy, us.deploy]) deploy('web', 'shop');
  await bed.watch(60, 30);
});
afterEach(() => bed.close());

const web = { namespace: 'default', name: 'web' };
const ask = (who: typeof ada, words: string) => bed.house.act(bed.house.command(who, words));
const titles = (platform: Clinic['slack'], id: string): readonly string[] =>
  messages(platform)
    .filter((m) => m.view.id === id)
    .map((m) => m.view.title);
const both = () =>
  [
    [ada, bed.slack],
    [adaTeams, bed.teams],
  ] as const;
const wellAgain = ['web in prod-us is well again', 'web in prod-eu is well again'];
const imageIn = (where: { get: Clinic['get'] }): unknown =>
  JSON.stringify(where.get('deployments.apps', 'web').spec).match(/registry\.acme\.example\/web:[^"]+/)?.[0];

test('the same name in two clusters is two incidents, each mended where it broke', async () => {
  us.cluster.break('wrong-tag', web);
  await bed.watch(20);
  bed.cluster.break('wrong-tag', web);
  await bed.watch(20);
  const { rows } = await database.pool.query('select cluster, state from groundcrew.incident order by number');
  expect(rows).toEqual([
    { cluster: 'prod-us', state: 'open' },
    { cluster: 'playground', state: 'open' },
  ]);
  const empty = { id: '', title: '', summary: '', blocks: [] };
  for (const [who, platform] of both()) {
    expect(titles(platform, 'incident')).toEqual(['web in prod-us has a problem', 'web in prod-eu has a problem']);
    await ask(who, 'why web');
    const several = messages(platform).at(-1)?.view ?? empty;
    expect(lastWords(platform)).toMatch(/^Which web\?\nThere are 2 called web/);
    expect(lastWords(platform)).toContain('web in prod-eu\nDeployment in default, of team shop');
    const [, second] = buttonsOf(several);
    await bed.house.act(bed.house.press(who, second?.press.name ?? '', JSON.parse(second?.press.value ?? '{}')));
    expect(lastWords(platform)).toMatch(/^web in prod-us has a problem\n/);
    expect(lastWords(platform)).toContain('What mends it, as commands in prod-us');
  }

  /** Asks for it by its cluster, and presses what mends it there. */
  async function mend(who: typeof ada, platform: Clinic['slack'], where: string) {
    await ask(who, `why web in ${where}`);
    const [fix] = buttonsOf(messages(platform).at(-1)?.view ?? empty);
    expect(fix).toMatchObject({ label: 'Roll back to revision 1' });
    await bed.house.act(bed.house.press(who, fix?.press.name ?? '', JSON.parse(fix?.press.value ?? '{}')));
    await bed.watch(40, 20);
  }
  const broken = imageIn(bed);
  await mend(ada, bed.slack, 'prod-us');
  expect(imageIn(us)).toBe('registry.acme.example/web:1.0.0');
  expect(imageIn(bed)).toBe(broken);
  for (const [who, platform] of both()) {
    expect(titles(platform, 'incident')).toEqual(['web in prod-us is well again', 'web in prod-eu has a problem']);
    // All of one cluster can be asked for.
    await ask(who, 'status in prod-us');
    expect(lastWords(platform)).toContain('All is well with what shop runs. 🌿\n🟢 web in prod-us · both run');
    await ask(who, 'status');
    expect(lastWords(platform)).toContain('🟠 web in prod-eu · 2 of 2 ready');
    expect(lastWords(platform)).toContain('🟢 web in prod-us · both run');
  }
  await mend(adaTeams, bed.teams, 'prod-eu');
  expect(imageIn(bed)).toBe('registry.acme.example/web:1.0.0');
  for (const [, platform] of both()) expect(titles(platform, 'incident')).toEqual(wellAgain);

  // A mute is for one cluster: what breaks in the other is told.
  const { rows: over } = await database.pool.query(`select id from groundcrew.incident where cluster = 'playground'`);
  const asked = askedIn(await bed.house.act(bed.house.press(adaTeams, 'incident.mute', { id: over[0].id })));
  await bed.house.act(bed.house.submit(adaTeams, asked, { what: 'workload', until: '8h' }));
  bed.clock.jump(3_600_000);
  for (const { cluster } of [bed, us]) cluster.break('wrong-tag', web);
  await bed.watch(20);
  for (const [, platform] of both())
    expect(titles(platform, 'incident')).toEqual([...wellAgain, 'web in prod-us has a problem']);
});

test('a cluster that is cut off is named, holds up no other, and is not taken for one that is well', async () => {
  await ask(grace, 'help');
  us.deploy('api', 'shop', { replicas: 1 });
  await bed.watch(30);
  us.cluster.break('unreachable-host', { namespace: 'default', name: 'api' });
  for (const { cluster } of [bed, us]) cluster.break('wrong-tag', web);
  await bed.watch(60);
  us.cluster.heal({ namespace: 'default', name: 'api' });
  await bed.watch(30);
  const seemsWell = ['api in prod-us recovers', 'web in prod-eu has a problem', 'web in prod-us has a problem'];
  for (const platform of [bed.slack, bed.teams]) expect(titles(platform, 'incident').toSorted()).toEqual(seemsWell);

  us.cutOff(true);
  // What was known of it grows old by the database’s clock, which no test can move.
  await bed.watch(20);
  await database.pool.query(
    `update groundcrew.cluster_watch set looked = looked - interval '10 minutes' where cluster = 'prod-us'`,
  );
  for (const { cluster } of [bed, us]) cluster.heal(web);
  await bed.watch(360, 60);
  expect(us.observer.health()).toMatchObject({ ok: false, why: expect.stringContaining('Pod: ') });
  expect(bed.observer.health()).toEqual({ ok: true });
  for (const platform of [bed.slack, bed.teams])
    expect(titles(platform, 'incident').toSorted()).toEqual([
      'api in prod-us recovers',
      'web in prod-eu is well again',
      'web in prod-us has a problem',
    ]);
  // Grace runs the platform: she hears of it, once.
  expect(titles(bed.slack, 'incident.cut-off')).toEqual(['I can’t see prod-us']);
  for (const [who, platform] of both()) {
    await ask(who, 'why web');
    expect(lastWords(platform)).toContain('prod-us does not answer, so what runs there is not in this.');
    expect(lastWords(platform)).toContain('web in prod-eu is fine');
    await ask(who, 'status in prod-us');
    expect(lastWords(platform)).toMatch(/^I couldn’t look\nThe cluster of “prod-us” can’t be reached \(ECONNRESET\)/);
  }

  us.cutOff(false);
  await bed.watch(90, 30);
  expect(us.observer.health()).toEqual({ ok: true });
  expect(titles(bed.slack, 'incident.cut-off')).toEqual(['I see prod-us again']);
  for (const platform of [bed.slack, bed.teams])
    expect(titles(platform, 'incident').toSorted()).toEqual([
      'api in prod-us is well again',
      'web in prod-eu is well again',
      'web in prod-us is well again',
    ]);
});

test('a context that leads to another cluster: nothing of the one before is mixed up with it, and it is taken up again', async () => {
  await ask(grace, 'help');
  us.cluster.break('wrong-tag', web);
  await bed.watch(20);
  const failing = 'web in prod-us has a problem';
  for (const [, platform] of both()) expect(titles(platform, 'incident')).toEqual([failing]);
  const buttons = messages(bed.slack).flatMap(({ view }) => (view.title === failing ? buttonsOf(view) : []));
  const fix = buttons.find((b) => b.label === 'Roll back to revision 1');
  const pressed = bed.house.press(ada, fix?.press.name ?? '', JSON.parse(fix?.press.value ?? '{}'));
  const broken = imageIn(us);

  const third = still({ uid: '0e9d8c7b-6a5f-4e4d-8c3b-2a1908f7e6d5' }, bed.clock);
  onTestFinished(() => third.cluster.close());
  await third.cluster.listen();
  third.deploy('web');
  third.objects.patch('deployments.apps', 'default', 'web', { metadata: { labels: { team: 'shop' } } });
  await bed.clock.pass(60_000);
  const moved = await us.repoint(third);
  // Before anybody has noticed: an object of the same name in another cluster is not the one that was meant.
  await bed.house.act(pressed);
  const refused = 'leads to another cluster than the one in which this was seen. Nothing was done.';
  for (const [, platform] of both())
    expect(messages(platform).flatMap(({ view }) => (view.title === failing ? [wordsOf(view)] : []))).toEqual([
      expect.stringContaining(refused),
    ]);
  const marks = () => third.get('deployments.apps', 'web').metadata.annotations ?? {};
  expect(imageIn(us)).toBe(broken);
  expect(marks()).not.toHaveProperty('groundcrew.dev/fix');
  await ask(ada, 'why web in prod-us');
  expect(lastWords(bed.slack)).not.toContain('Roll back to revision 1');

  await moved.look();
  await bed.house.sweep();
  await bed.house.work();
  const ended = 'web in prod-us (the one before) is not watched any more';
  for (const [, platform] of both()) expect(titles(platform, 'incident')).toEqual([ended]);
  expect(titles(bed.slack, 'incident.cut-off')).toEqual(['prod-us is another cluster now']);
  expect(moved.health()).toMatchObject({ ok: true, degraded: [expect.stringContaining('leads to another cluster')] });
  const { rows: rolled } = await database.pool.query(
    `select cluster, baseline from groundcrew.rollout where cluster like 'prod-us%' order by at, template`,
  );
  const { rows: before } = await database.pool.query(`select cluster from groundcrew.incident`);
  const [{ cluster: aside }] = before;
  expect(aside).toMatch(/^prod-us#/);
  // What runs there was there before: it is the first that is known of it, not one more rollout.
  expect(rolled.filter((r) => r.cluster === 'prod-us')).toEqual([{ cluster: 'prod-us', baseline: true }]);
  expect(rolled.filter((r) => r.cluster === aside)).toHaveLength(2);
  // A button of then: the one before is not reached, and nothing is done in this one.
  await bed.house.act(bed.house.press(ada, fix?.press.name ?? '', JSON.parse(fix?.press.value ?? '{}')));
  expect(marks()).not.toHaveProperty('groundcrew.dev/fix');

  third.cluster.break('wrong-tag', web);
  await bed.clock.pass(20_000);
  await moved.look();
  await bed.house.sweep();
  await bed.house.work();
  for (const [, platform] of both()) expect(titles(platform, 'incident')).toEqual([ended, failing]);

  // It was not meant: put right within a quarter of an hour, its incident goes on in its message.
  const back = await us.repoint(us);
  await back.look();
  await bed.house.sweep();
  await bed.house.work();
  for (const [, platform] of both()) expect(titles(platform, 'incident')).toEqual([failing, ended]);
  // Those in charge have one message of these two in an hour, which says how it is now.
  const told = () => messages(bed.slack).filter((m) => m.view.id === 'incident.cut-off');
  const lead = async (to: Parameters<typeof us.repoint>[0]) => {
    await (await us.repoint(to)).look();
    await bed.house.sweep();
    await bed.house.work();
  };
  const again = 'prod-us is the cluster before again';
  expect(told().map((m) => m.view.title)).toEqual([again]);
  const { rows: known } = await database.pool.query(
    `select count(*)::int as n from groundcrew.rollout where cluster = 'prod-us'`,
  );
  expect(known).toEqual([{ n: 2 }]);
  for (const [where, uid] of [
    [third, '0e9d8c7b'],
    [us, '(?!0e9d8c7b)'],
  ] as const) {
    await lead(where);
    expect(told().map((m) => wordsOf(m.view))).toEqual([expect.stringMatching(`has the UID ${uid}`)]);
  }
  bed.clock.jump(3_600_000);
  await lead(third);
  expect(told().map((m) => m.view.title)).toEqual([again, again]);

  // One in which nothing runs leaves nothing to be put aside: it is told of like any other.
  const empty = still({ uid: '7c6b5a49-3827-4615-8403-f2e1d0cfbead' }, bed.clock);
  onTestFinished(() => empty.cluster.close());
  await empty.cluster.listen();
  for (const [where, uid] of [
    [empty, '7c6b5a49'],
    [third, '0e9d8c7b'],
    [empty, '7c6b5a49'],
  ] as const) {
    await lead(where);
    expect(
      told()
        .slice(2)
        .map((m) => wordsOf(m.view)),
    ).toEqual([expect.stringMatching(`has the UID ${uid}`)]);
  }
});
