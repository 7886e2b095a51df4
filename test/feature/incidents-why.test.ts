import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { buttonsOf } from '../../src/core/kernel/index.ts';
import { openTestDatabase } from '../support/database.ts';
import { type Clinic, lastWords, messages, miraTeams, openClinic } from '../support/doctor.ts';
import { ada, adaTeams, grace } from '../support/house.ts';
import { whisperedIn, wordsOf } from '../support/words.ts';

const database = await openTestDatabase();
afterAll(() => database.close());
let bed: Clinic;
beforeEach(async () => {
  await database.empty();
  bed = await openClinic(database);
  await bed.clock.pass(1_000);
});
afterEach(() => bed.close());

const ask = (who: typeof ada, words: string) => bed.house.act(bed.house.command(who, words));
const answer = (platform: Clinic['slack']) => {
  const view = messages(platform).findLast((m) => m.view.id === 'doctor.why')?.view;
  if (!view) throw new Error('nothing was answered');
  return view;
};

test.each([
  ['Slack', ada],
  ['Teams', adaTeams],
])('the answer to why mends it, by the buttons of its incident, on %s', async (name, who) => {
  bed.deploy('web', 'shop');
  await bed.watch(60);
  bed.cluster.break('wrong-tag', { namespace: 'default', name: 'web' });
  await bed.watch(20);
  const platform = name === 'Slack' ? bed.slack : bed.teams;
  await ask(who, 'why web');
  const [fix] = buttonsOf(answer(platform));
  expect(fix).toMatchObject({ label: 'Roll back to revision 1', tone: 'primary' });
  const { press } = fix ?? { press: { name: '', value: '{}' } };
  const said = await bed.house.act(bed.house.press(who, press.name, JSON.parse(press.value)));
  expect(whisperedIn(said)).toEqual(['The message of #1 tells whether it helps.']);
  await bed.watch(60);
  expect(messages(bed.slack)[0]?.view.title).toBe('web is well again');
  // It is over: a second press from the old answer does nothing.
  const stale = await bed.house.act(bed.house.press(who, press.name, JSON.parse(press.value)));
  expect(whisperedIn(stale)[0]).toContain('Nothing was done');
});

test('who may see it and not mend it gets the answer without the buttons', async () => {
  bed.deploy('web', 'shop');
  await bed.watch(60);
  bed.cluster.break('wrong-tag', { namespace: 'default', name: 'web' });
  await bed.watch(20);
  await ask(miraTeams, 'why web');
  expect(lastWords(bed.teams)).toContain('I can’t show you how web fares');
  await ask(grace, 'why web');
  expect(buttonsOf(answer(bed.slack)).map((b) => b.label)).toEqual(['Roll back to revision 1', 'Look again']);
});

test('what could not be tried out is said to be, and why, in the answer as on the card', async () => {
  bed.deploy('web', 'shop');
  await bed.watch(60);
  bed.cluster.fail(({ method }) => (method === 'PATCH' ? { kind: 'reset' } : undefined));
  bed.cluster.break('wrong-tag', { namespace: 'default', name: 'web' });
  await bed.watch(20);
  for (const [who, platform] of [
    [ada, bed.slack],
    [adaTeams, bed.teams],
  ] as const) {
    await ask(who, 'why web');
    expect(wordsOf(answer(platform))).toMatch(/can’t be reached/);
    expect(wordsOf(answer(platform))).not.toContain('still being tried out');
  }
});

const labelsOf = (platform: Clinic['slack']) => buttonsOf(answer(platform)).map((b) => b.label);

test('what would be refused by now is not offered in an answer, nor on the card from then on', async () => {
  bed.deploy('web', 'shop');
  await bed.watch(60);
  bed.cluster.break('wrong-tag', { namespace: 'default', name: 'web' });
  await bed.watch(20);
  const card = () => messages(bed.slack)[0]?.view;
  const offered = () => buttonsOf(card() ?? answer(bed.slack)).map((b) => b.label);
  expect(offered()).toContain('Roll back to revision 1');
  bed.cluster.fail(({ method }) => (method === 'PATCH' ? { kind: 'status', code: 422 } : undefined));
  for (const [who, platform] of [
    [ada, bed.slack],
    [adaTeams, bed.teams],
  ] as const) {
    await ask(who, 'why web');
    expect(labelsOf(platform)).toEqual(['Look again']);
    expect(wordsOf(answer(platform))).toMatch(/Roll back to revision 1: not offered\. The cluster refuses it/);
    // Nor is it given as a command: by hand it would not help either.
    expect(wordsOf(answer(platform))).not.toContain('rollout undo');
  }
  expect(offered()).toEqual(['I’m on it', 'Mute…']);
  bed.cluster.fail(undefined);
  await ask(ada, 'why web');
  expect(labelsOf(bed.slack)).toEqual(['Roll back to revision 1', 'Look again']);
  expect(offered()).toContain('Roll back to revision 1');
});

test('before the doctor has told of it, an answer says what would not help, and has no buttons', async () => {
  bed.deploy('web', 'shop');
  await bed.watch(60);
  bed.cluster.break('wrong-tag', { namespace: 'default', name: 'web' });
  await bed.clock.pass(20_000);
  bed.cluster.fail(({ method }) => (method === 'PATCH' ? { kind: 'status', code: 422 } : undefined));
  await ask(ada, 'why web');
  expect(labelsOf(bed.slack)).toEqual(['Look again']);
  expect(wordsOf(answer(bed.slack))).toContain('Roll back to revision 1: not offered.');
});

test.each([
  ['Slack', ada],
  ['Teams', adaTeams],
])('what takes too long to be tried out is said to be, and not offered, on %s', async (name, who) => {
  bed.deploy('web', 'shop');
  await bed.watch(60);
  bed.cluster.break('wrong-tag', { namespace: 'default', name: 'web' });
  await bed.watch(20);
  const asked = Promise.withResolvers<void>();
  bed.cluster.fail(({ method }) => {
    if (method !== 'PATCH') return undefined;
    asked.resolve();
    return { kind: 'hang' };
  });
  const asking = ask(who, 'why web');
  await asked.promise;
  await bed.clock.pass(4_000);
  await asking;
  const platform = name === 'Slack' ? bed.slack : bed.teams;
  expect(labelsOf(platform)).toEqual(['Look again']);
  expect(wordsOf(answer(platform))).toContain('What would mend it is still being tried out. Look again in a moment.');
});

const postgres = (storage: object = {}) => {
  bed.objects.create('namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', labels: { team: 'shop' } },
  });
  bed.objects.create('clusters.postgresql.cnpg.io', {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name: 'orders-db', namespace: 'shop' },
    spec: { instances: 1, storage: { size: '1Gi', ...storage } },
  });
};

test('a database that an operator runs is known by its name, and by that it was asked for', async () => {
  postgres();
  await bed.watch(120);
  await ask(ada, 'why orders-db');
  expect(lastWords(bed.slack)).toBe(
    'orders-db\norders-db is fine: it runs, and nothing is wrong with it. 🌿\nCluster in shop, of team shop',
  );
  await ask(adaTeams, 'status');
  expect(lastWords(bed.teams)).toContain(
    'What shop runs\nAll is well with what shop runs. 🌿\n🟢 orders-db · it runs\nCluster in shop, of team shop\n',
  );
  // A part that the operator made stands under what was asked for, and not as one of its own.
  const uid = bed.objects.get('clusters.postgresql.cnpg.io', 'shop', 'orders-db')?.metadata.uid;
  const owner = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', name: 'orders-db', uid, controller: true };
  const labels = { app: 'orders-db-cache' };
  bed.objects.create('statefulsets.apps', {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'orders-db-cache', namespace: 'shop', ownerReferences: [owner] },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'web', image: 'registry.acme.example/web:1.0.0' }] },
      },
    },
  });
  await bed.watch(120);
  for (const [who, platform] of [
    [ada, bed.slack],
    [adaTeams, bed.teams],
  ] as const) {
    await ask(who, 'status');
    expect(lastWords(platform)).toContain('🟢 orders-db · all 3 run\nCluster in shop, of team shop\n');
    await ask(who, 'why orders-db-cache');
    expect(lastWords(platform)).toContain('orders-db\norders-db is fine: all 3 run, and nothing is wrong with it.');
  }
  await ask(ada, 'why orders');
  const view = messages(bed.slack).at(-1)?.view;
  expect(view && wordsOf(view)).toMatch(
    /Nothing that I watch is called orders\. Did you mean one of these\?\norders-db/,
  );
  const [choice] = view ? buttonsOf(view) : [];
  await bed.house.act(bed.house.press(ada, choice?.press.name ?? '', JSON.parse(choice?.press.value ?? '{}')));
  expect(lastWords(bed.slack)).toContain('orders-db is fine');
});

test('what is wrong with what an operator made for it is told as its own', async () => {
  postgres({ storageClass: 'fast-ssd' });
  await bed.watch(120);
  await ask(ada, 'why orders-db');
  expect(lastWords(bed.slack)).toMatch(/^orders-db (is down|has a problem)\n/);
  expect(lastWords(bed.slack)).toContain('fast-ssd');
  expect(lastWords(bed.slack)).toContain('Cluster in shop, of team shop · 0 of 1 ready');
});

test('the pods of one database are one incident, on both platforms, named by it', async () => {
  postgres();
  await bed.watch(60);
  const db = bed.objects.get('clusters.postgresql.cnpg.io', 'shop', 'orders-db');
  const owner = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', name: 'orders-db', uid: db?.metadata.uid };
  for (const n of [7, 8, 9, 10])
    bed.objects.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `orders-db-${n}`, namespace: 'shop', ownerReferences: [{ ...owner, controller: true }] },
      spec: { containers: [{ name: 'postgres', image: 'ghcr.io/acme/postgres:does-not-exist' }] },
    });
  await bed.watch(30);
  for (const platform of [bed.slack, bed.teams]) {
    const [told, ...others] = messages(platform);
    expect(told?.view.title).toBe('orders-db has a problem');
    expect(told && wordsOf(told.view)).toContain('Cluster/shop/orders-db · team shop');
    expect(others).toEqual([]);
  }
  for (const n of [7, 8, 9, 10]) bed.objects.delete('pods', 'shop', `orders-db-${n}`);
  await bed.watch(60);
  for (const platform of [bed.slack, bed.teams])
    expect(messages(platform).map((m) => m.view.title)).toEqual(['orders-db is well again', 'It is over']);
});

test('a model’s words stand below the cause, marked as such, and change nothing', async () => {
  await bed.close();
  await database.empty();
  bed = await openClinic(database, undefined, async () => 'Ask <@U1> or see https://evil.example *now*');
  await bed.clock.pass(1_000);
  bed.deploy('web', 'shop');
  await bed.watch(60);
  bed.cluster.break('wrong-tag', { namespace: 'default', name: 'web' });
  await bed.watch(20);
  for (const platform of [bed.slack, bed.teams]) {
    const view = messages(platform)[0]?.view;
    expect(view?.blocks).toContainEqual({
      kind: 'quote',
      text: [{ kind: 'plain', text: 'Ask <@U1> or see https://evil.example *now*' }],
    });
    expect(view && wordsOf(view)).toContain(
      '🤖 In a language model’s words, which may be wrong. The cause above was found by rules.',
    );
    expect(view && buttonsOf(view).map((b) => b.label)).toContain('Roll back to revision 1');
  }
  bed.cluster.heal({ namespace: 'default', name: 'web' });
  await bed.watch(60);
  const view = messages(bed.slack)[0]?.view;
  expect(view && wordsOf(view)).not.toContain('🤖');
});
