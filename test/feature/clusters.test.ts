import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { buttonsOf } from '../../src/core/kernel/index.ts';
import { openTestDatabase } from '../support/database.ts';
import { type Clinic, lastWords, messages, openClinic } from '../support/doctor.ts';
import { ada, adaTeams, askedIn, grace } from '../support/house.ts';

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
    expect(lastWords(platform)).toContain('Deployment in default, cluster prod-eu, of team shop');
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
    expect(lastWords(platform)).toContain('All is well with what shop runs. 🌿\n🟢 web in prod-us · all 2 run');
    await ask(who, 'status');
    expect(lastWords(platform)).toContain('🟠 web in prod-eu · 2 of 2 ready');
    expect(lastWords(platform)).toContain('🟢 web in prod-us · all 2 run');
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
    expect(lastWords(platform)).toMatch(/^I couldn’t look\nThe cluster of “prod-us” at .* can’t be reached/);
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
