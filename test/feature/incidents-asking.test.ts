import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ownerOf } from '../../src/core/incidents/rules.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { openTestDatabase } from '../support/database.ts';
import { type Clinic, clinic, lastWords, messages, miraTeams, openClinic } from '../support/doctor.ts';
import { ada, adaTeams, grace, graceTeams, mira } from '../support/house.ts';
import { whisperedIn } from '../support/words.ts';

const database = await openTestDatabase();
afterAll(() => database.close());
let bed: Clinic;
let settings = clinic;
beforeEach(async () => {
  await database.empty();
  settings = clinic;
  bed = await openClinic(database, () => settings);
  await bed.clock.pass(1_000);
  bed.deploy('web', 'shop');
  await bed.clock.pass(60_000);
});
afterEach(() => bed.close());
const ask = (who: typeof ada, words: string) => bed.house.act(bed.house.command(who, words));

describe('why', () => {
  test.each(['why is my web broken?', 'why web', 'why is the web app not working'])(
    'understands “%s”',
    async (words) => {
      await ask(ada, words);
      expect(lastWords(bed.slack)).toContain('web');
      expect(bed.slack.outgoing.map((o) => o.kind)).toEqual(['direct', 'edit']);
    },
  );

  test('answers a sentence that names no service with how to ask', async () => {
    const answer = await ask(ada, 'why do all these things always go wrong on Fridays');
    expect(whisperedIn(answer)[0]).toContain('Say which one');
  });

  test.each([
    ['Slack', ada],
    ['Teams', adaTeams],
  ])('says why, what changed and how it knows, in one message, on %s', async (_, who) => {
    bed.cluster.break('wrong-tag', { namespace: 'default', name: 'web' });
    await bed.clock.pass(20_000);
    await ask(who, 'why web');
    const platform = who === ada ? bed.slack : bed.teams;
    expect(platform.outgoing.map((o) => o.kind)).toEqual(['direct', 'edit']);
    const words = lastWords(platform);
    expect(words).toContain(
      'web has a problem\nweb can’t start: the image registry.acme.example/web:1.0.0-rc does not exist',
    );
    expect(words).toContain('2 pods of the version before still serve: users notice nothing yet.');
    expect(words).toContain('What changed in revision 2, against revision 1, which works:');
    expect(words).toContain('containers[web].image: registry.acme.example/web:1.0.0\n');
    expect(words).toContain('kubectl -n default rollout undo deployment/web --to-revision=1');
    expect(words).toContain('How I know (image-not-found)');
    expect(words).toContain('[Look again]');
  });

  test('says in one line that all is well, and follows what is on its way', async () => {
    await ask(ada, 'why web');
    expect(lastWords(bed.slack)).toBe(
      'web\nweb is fine: both run, and nothing is wrong with it. 🌿\nDeployment in default, of team shop · registry.acme.example/web:1.0.0',
    );
    bed.objects.patch('deployments.apps', 'default', 'web', { spec: { replicas: 4 } });
    await bed.clock.pass(100);
    await ask(ada, 'status web');
    expect(lastWords(bed.slack)).toContain('web is on its way: 2 of 4 ready');
  });

  test('offers those that it may be, and near names for what is not there', async () => {
    bed.deploy('web', 'shop', { namespace: 'app' });
    bed.deploy('web', 'data', { namespace: 'elsewhere' });
    await bed.clock.pass(30_000);
    await ask(ada, 'why web');
    const several = messages(bed.slack).at(-1)?.view;
    expect(lastWords(bed.slack)).toMatch(/^Which web\?\nThere are 2 called web/);
    expect(several?.blocks[1]).toMatchObject({ kind: 'items', items: [{}, {}] });
    await bed.house.act(bed.house.press(ada, 'doctor.why', { name: 'web', namespace: 'app', kind: 'Deployment' }));
    expect(lastWords(bed.slack)).toContain('Deployment in app');
    // What stands behind “in” is a name, also where it is a word that says nothing elsewhere.
    for (const words of ['why app/web', 'why is web in app broken?']) {
      await ask(ada, words);
      expect(lastWords(bed.slack)).toContain('Deployment in app');
    }
    await ask(ada, 'why wbe');
    expect(lastWords(bed.slack)).toMatch(
      /^Not found\nNothing that I watch is called wbe. Did you mean one of these\?\nweb/,
    );
    await ask(ada, 'why warehouse');
    expect(lastWords(bed.slack)).toContain('status lists what your teams run.');
    expect(whisperedIn(await ask(ada, 'why'))[0]).toContain('Say which one');
  });

  test('is told to those who look after it and to nobody else; the settings may open it', async () => {
    bed.cluster.break('wrong-tag', { namespace: 'default', name: 'web' });
    await bed.clock.pass(20_000);
    await ask(mira, 'why web');
    expect(lastWords(bed.slack)).toBe(
      'web\nI can’t show you how web fares. Team shop looks after it: its members and the platform engineers may see it. Ask one of them.',
    );
    await ask(miraTeams, 'why web');
    expect(lastWords(bed.teams)).toContain('I can’t show you');
    await ask(grace, 'why web');
    expect(lastWords(bed.slack)).toContain('does not exist in its registry');
    settings = settingsSchema.parse({ doctor: { visibleTo: 'everyone' } });
    await ask(mira, 'why web');
    expect(lastWords(bed.slack)).toContain('does not exist in its registry');
  });

  test('says so when the cluster does not answer', async () => {
    bed.cluster.fail(() => ({ kind: 'reset' }));
    await ask(ada, 'why web');
    expect(lastWords(bed.slack)).toMatch(
      /^I couldn’t look\nThe cluster of “playground” can’t be reached \(ECONN[A-Z]+\)/,
    );
  });

  test('shows no secret that somebody wrote into a variable', async () => {
    bed.objects.patch('deployments.apps', 'default', 'web', {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'web',
                image: 'registry.acme.example/web:1.0.0',
                env: [{ name: 'DB_PASSWORD', value: 'correct-horse' }],
                command: ['/usr/bin/nothing-there'],
              },
            ],
          },
        },
      },
    });
    bed.cluster.break('wrong-tag', { namespace: 'default', name: 'web' });
    await bed.clock.pass(60_000);
    await ask(ada, 'why web');
    expect(lastWords(bed.slack)).toContain('containers[web].env[DB_PASSWORD]: (hidden)');
    expect(JSON.stringify(bed.slack.outgoing)).not.toContain('correct-horse');
  });
});

describe('status', () => {
  test('lists what somebody’s teams run, the worst first; those who run the platform see all', async () => {
    bed.deploy('api', 'shop');
    bed.deploy('lake', undefined, { namespace: 'data-one' });
    bed.deploy('nobodys', undefined);
    await bed.clock.pass(60_000);
    bed.cluster.break('missing-config', { namespace: 'default', name: 'web' });
    await bed.clock.pass(20_000);
    await ask(adaTeams, 'status');
    expect(lastWords(bed.teams).split('\n').slice(0, 5)).toEqual([
      'What shop runs',
      '1 of 2 has a problem.',
      '🟠 web · 2 of 2 ready',
      'web can’t start: the configuration web-config-v2 (a ConfigMap) that it reads does not exist in default.',
      '🟢 api · both run',
    ]);
    await ask(miraTeams, 'status');
    expect(lastWords(bed.teams)).toContain('All is well with what data runs. 🌿\n🟢 lake · both run');
    await ask(graceTeams, 'status');
    const words = lastWords(bed.teams);
    for (const name of ['web', 'api', 'lake', 'nobodys']) expect(words).toContain(name);
  });
});

test('whose it is: what it says, what its namespace says, what the settings say', () => {
  const rules = {
    ownerKeys: ['groundcrew.dev/team', 'team'],
    owners: { 'shop-*': 'shop', 'shop-data-*': 'data' },
    include: [],
    exclude: [],
  };
  const marks = (o: Record<string, string>) => new Map(Object.entries(o));
  expect(ownerOf(marks({ team: 'a', 'groundcrew.dev/team': 'b' }), marks({ team: 'c' }), 'shop-x', rules)).toBe('b');
  expect(ownerOf(marks({}), marks({ team: 'c' }), 'shop-x', rules)).toBe('c');
  expect(ownerOf(marks({}), marks({}), 'shop-x', rules)).toBe('shop');
  expect(ownerOf(marks({}), marks({}), 'shop-data-x', rules)).toBe('data');
  expect(ownerOf(marks({}), marks({}), 'other', rules)).toBeUndefined();
});
