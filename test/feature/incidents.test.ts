import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buttonsOf } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import type { Fields } from '../../src/playground/cluster/index.ts';
import { openTestDatabase } from '../support/database.ts';
import {
  type Clinic,
  clinic,
  doctorSlack,
  lastWords,
  messages,
  openClinic,
  shopSlack,
  shopTeams,
} from '../support/doctor.ts';
import { ada, adaTeams, askedIn, grace, mira } from '../support/house.ts';
import { whisperedIn, wordsOf } from '../support/words.ts';

const database = await openTestDatabase();
afterAll(() => database.close());
let bed: Clinic;
let settings = clinic;
beforeEach(async () => {
  await database.empty();
  settings = clinic;
  bed = await openClinic(database, () => settings);
  await bed.clock.pass(1_000);
});
afterEach(() => bed.close());

const web = { namespace: 'default', name: 'web' };
const incidents = async () =>
  (
    await database.pool.query(
      'select number, subject, state, cause, team, message, taken, "into" from groundcrew.incident order by number',
    )
  ).rows;
const idOf = async (subject: string): Promise<string> =>
  (await database.pool.query('select id from groundcrew.incident where subject like $1', [`%/${subject}`])).rows[0].id;
const posts = (platform: Clinic['slack']) => platform.outgoing.filter((o) => o.kind === 'post');
const said = (where: string) => messages(bed.slack).filter((m) => m.where === where);

test('Pending, ErrImagePull, ImagePullBackOff, mended: one message on each platform, edited, and its history below it', async () => {
  bed.deploy('web', 'shop');
  await bed.watch(60);
  expect(await incidents()).toEqual([]);
  bed.cluster.break('wrong-tag', web);
  await bed.watch(10);
  expect(await incidents()).toMatchObject([
    { number: 1, subject: 'Deployment/default/web', state: 'open', cause: 'image-not-found', team: 'shop' },
  ]);
  await bed.watch(120);
  expect(posts(bed.slack).map((o) => o.kind === 'post' && o.place)).toEqual([shopSlack]);
  expect(posts(bed.teams).map((o) => o.kind === 'post' && o.place)).toEqual([shopTeams]);
  expect(lastWords(bed.slack)).toContain('web has a problem\nweb can’t start: the image');
  // That it backs off now is no news: the one edit brings the button, once it was tried out.
  const edits = bed.slack.outgoing.flatMap((o) => (o.kind === 'edit' ? [o.view] : []));
  expect(edits.map((view) => buttonsOf(view).map((b) => b.label))).toEqual([
    ['Roll back to revision 1', 'I’m on it', 'Mute…'],
  ]);
  bed.cluster.heal(web);
  await bed.watch(60);
  expect(await incidents()).toMatchObject([{ number: 1, state: 'resolved' }]);
  for (const platform of [bed.slack, bed.teams]) {
    expect(posts(platform)).toHaveLength(1);
    const [first, ...below] = messages(platform);
    expect(first?.view.title).toBe('web is well again');
    expect(wordsOf(first?.view ?? never())).toMatch(
      /^web is well again\. It took 2\u00a0min \d+\u00a0s\.\nweb can’t start/,
    );
    expect(below.map((m) => wordsOf(m.view))).toEqual([expect.stringMatching(/^web is well again\. It took/)]);
    expect(below[0]?.where).toMatch(/thread$/);
  }
});
const never = (): never => {
  throw new Error('nothing was said');
};

test('its cause changes: the same message, and a line below it', async () => {
  bed.deploy('web', 'shop');
  await bed.watch(60);
  bed.cluster.break('wrong-tag', web);
  await bed.watch(20);
  bed.cluster.break('missing-config', web);
  bed.objects.patch('deployments.apps', 'default', 'web', {
    spec: {
      template: {
        spec: {
          containers: [
            { name: 'web', image: 'registry.acme.example/web:1.0.0', envFrom: [{ configMapRef: { name: 'gone' } }] },
          ],
        },
      },
    },
  });
  await bed.watch(30);
  expect(await incidents()).toMatchObject([{ number: 1, state: 'open', cause: 'configmap-missing' }]);
  const [first, ...below] = messages(bed.slack);
  expect(posts(bed.slack)).toHaveLength(1);
  expect(wordsOf(first?.view ?? never())).toContain('the configuration gone (a ConfigMap)');
  expect(below.map((m) => wordsOf(m.view))).toEqual([expect.stringContaining('the configuration gone (a ConfigMap)')]);
});

test('a crash loop is over only after five minutes without a crash, and its pauses are no news', async () => {
  bed.deploy('web', 'shop');
  await bed.watch(60);
  bed.cluster.break('flapping', web);
  await bed.watch(600, 30);
  expect(await incidents()).toHaveLength(1);
  expect(posts(bed.slack)).toHaveLength(1);
  expect(messages(bed.slack).filter((m) => m.where.endsWith('thread'))).toEqual([]);
  bed.cluster.heal(web);
  await bed.watch(120);
  expect(await incidents()).toMatchObject([{ state: 'recovering' }]);
  expect(messages(bed.slack)[0]?.view.title).toBe('web recovers');
  await bed.watch(300, 60);
  expect(await incidents()).toMatchObject([{ state: 'resolved' }]);
  // It comes back soon: the same message again.
  bed.cluster.break('wrong-tag', web);
  await bed.watch(20);
  expect(await incidents()).toMatchObject([{ number: 1, state: 'open', cause: 'image-not-found' }]);
  expect(posts(bed.slack)).toHaveLength(1);
  // An hour later it would be another one.
  bed.cluster.heal(web);
  await bed.watch(60);
  bed.clock.jump(3_600_000);
  bed.cluster.break('wrong-tag', web);
  await bed.watch(20);
  expect(await incidents()).toMatchObject([
    { number: 1, state: 'resolved' },
    { number: 2, state: 'open' },
  ]);
  expect(posts(bed.slack)).toHaveLength(2);
});

test('a restart, and a second process: nothing is said twice, and what was mended meanwhile is over', async () => {
  bed.deploy('web', 'shop');
  bed.deploy('api', 'shop');
  await bed.watch(60);
  bed.cluster.break('wrong-tag', web);
  bed.cluster.break('missing-config', { namespace: 'default', name: 'api' });
  await bed.watch(20);
  expect(posts(bed.slack)).toHaveLength(2);
  const before = bed.slack.outgoing.length;
  // It was killed: its lead holds for a while by the database's clock, so that the next one waits.
  await database.pool.query(`update groundcrew.cluster_watch set lease = clock_timestamp() + interval '1 hour'`);
  await bed.observe(bed.house, 'beside it').look();
  await bed.house.work();
  expect(bed.slack.outgoing).toHaveLength(before);
  const next = await bed.takeOver();
  bed.cluster.heal(web);
  await bed.clock.pass(60_000);
  await next.look();
  await bed.house.work();
  const states = Object.fromEntries((await incidents()).map((one) => [one.subject, one.state]));
  expect(states).toEqual({ 'Deployment/default/web': 'resolved', 'Deployment/default/api': 'open' });
  expect(posts(bed.slack)).toHaveLength(2);
  // The first one comes back, and does not lead any more.
  await bed.observer.look();
  await bed.house.work();
  expect(posts(bed.slack)).toHaveLength(2);
});

test('what was seen earlier changes nothing of what was seen later', async () => {
  bed.deploy('web', 'shop');
  await bed.watch(60);
  bed.cluster.break('wrong-tag', web);
  await bed.watch(20);
  // Its clock runs an hour ahead; it was paused while another process took over.
  const at = new Date(bed.clock.now().getTime() + 3_600_000).toISOString();
  for (const { term, n } of [
    { term: 0, n: 99 },
    { term: 1, n: 1 },
  ])
    await bed.house.engine.report({
      kind: 'observed',
      what: 'incident.seen',
      input: { cluster: 'playground', term, n, at, sightings: [], unsettled: [] },
      at: bed.clock.now(),
      delivery: `late ${term}`,
    });
  expect(await incidents()).toMatchObject([{ state: 'open' }]);
});

test('many at once are one message, that tells how each of them stands', async () => {
  for (let i = 0; i < 5; i++) bed.deploy(`svc-${i}`, 'shop');
  await bed.watch(60);
  for (let i = 0; i < 5; i++)
    bed.cluster.break(i % 2 ? 'wrong-tag' : 'missing-config', { namespace: 'default', name: `svc-${i}` });
  await bed.watch(20);
  expect(await incidents()).toHaveLength(5);
  expect(posts(bed.slack)).toHaveLength(1);
  expect(bed.slack.outgoing.filter((o) => o.kind === 'edit')).toEqual([]);
  expect(posts(bed.teams)).toHaveLength(1);
  for (const platform of [bed.slack, bed.teams])
    expect(lastWords(platform)).toContain('5 services have a problem\n5 of 5 that broke at once still have a problem.');
  bed.cluster.heal({ namespace: 'default', name: 'svc-3' });
  await bed.watch(40);
  const words = wordsOf(messages(bed.slack)[0]?.view ?? never());
  expect(words).toContain('4 of 5 that broke at once still have a problem.');
  expect(words).toMatch(/🟢 svc-3 #\d\nwell again after/);
  const shown = await bed.house.act(bed.house.press(ada, 'incident.show', { id: await idOf('svc-1') }));
  expect(whisperedIn(shown)[0]).toContain('svc-1 can’t start: the image');
  const refused = await bed.house.act(bed.house.press(mira, 'incident.show', { id: await idOf('svc-1') }));
  expect(whisperedIn(refused)[0]).toContain('Team shop looks after it');
});

test('a machine that is gone is one incident with the names, told where nobody’s are', async () => {
  bed.deploy('web', 'shop');
  bed.deploy('lake', undefined);
  await bed.watch(60);
  const name = String(bed.pods()[0]?.spec?.nodeName);
  bed.cluster.break('node-down', { name });
  await bed.watch(120);
  expect(await incidents()).toMatchObject([{ subject: `Node//${name}`, state: 'open', cause: 'node-not-ready' }]);
  expect(messages(bed.slack)).toHaveLength(1);
  expect(lastWords(bed.slack)).toMatch(new RegExp(`^Machine ${name} (is down|has a problem)\n[^]*Affected: `));
  // A machine is in no namespace and has no next revision: neither is offered, and neither is taken.
  const id = await idOf(name);
  const mute = async (what: string, until: string) => {
    const asked = await bed.house.act(bed.house.press(grace, 'incident.mute', { id }));
    await bed.house.act(bed.house.submit(grace, askedIn(asked), { what, until }));
  };
  const form = askedIn(await bed.house.act(bed.house.press(grace, 'incident.mute', { id })));
  expect(JSON.stringify(form)).not.toMatch(/"(revision|namespace)"/);
  await mute('namespace', '1h');
  await mute('workload', 'revision');
  // Nor where an older process, beside this one, has offered it.
  await database.pool.query(
    `update groundcrew.asked set form = jsonb_set(form::jsonb, '{fields,what,options,1,value}', '"namespace"')::json where id = $1`,
    [form],
  );
  await bed.house.act(bed.house.submit(grace, form, { what: 'namespace', until: '1h' }));
  expect((await database.pool.query('select from groundcrew.incident_mute')).rows).toEqual([]);
  await mute('workload', '1h');
  expect(lastWords(bed.slack)).toMatch(/🔕 @\S+ muted this until /);
});

describe('people', () => {
  beforeEach(async () => {
    bed.deploy('web', 'shop');
    await bed.watch(60);
    bed.cluster.break('wrong-tag', web);
    await bed.watch(10);
  });

  test('say that they are on it, on either platform; others may not', async () => {
    const id = await idOf('web');
    const refused = await bed.house.act(bed.house.press(mira, 'incident.take', { id }));
    expect(whisperedIn(refused)[0]).toContain('Team shop looks after it: its members and the platform engineers may.');
    expect(await incidents()).toMatchObject([{ taken: null }]);
    await bed.house.act(bed.house.press(adaTeams, 'incident.take', { id }));
    for (const platform of [bed.slack, bed.teams]) {
      const [first, ...below] = messages(platform);
      expect(wordsOf(first?.view ?? never())).toMatch(/👀 @\S+ is on it\./);
      expect(below.map((m) => wordsOf(m.view))).toEqual([expect.stringMatching(/is on it/)]);
    }
    // A second press changes nothing.
    await bed.house.act(bed.house.press(ada, 'incident.take', { id }));
    expect(messages(bed.slack).filter((m) => m.where.endsWith('thread'))).toHaveLength(1);
    await bed.house.act(bed.house.press(grace, 'incident.take', { id, off: true }));
    expect(await incidents()).toMatchObject([{ taken: null }]);
  });

  test('mute it until its next revision: what comes back is quiet, and told again after the next rollout', async () => {
    const id = await idOf('web');
    const asked = await bed.house.act(bed.house.press(ada, 'incident.mute', { id }));
    await bed.house.act(bed.house.submit(ada, askedIn(asked), { what: 'workload', until: 'revision' }));
    expect(wordsOf(messages(bed.slack)[0]?.view ?? never())).toMatch(/🔕 @\S+ muted this until its next revision\.\n/);
    expect(wordsOf(messages(bed.slack)[0]?.view ?? never())).toContain('[Unmute]');
    const { rows } = await database.pool.query('select what from groundcrew.audit');
    expect(rows.map((r) => r.what)).toEqual(['incident.muted']);
    // It is over, and much later the same revision fails again: quiet. Another revision that fails is told.
    const opened = (when: string) =>
      database.pool.query(
        `update groundcrew.incident set state = 'resolved', resolved = $1 where state <> 'resolved'`,
        [when],
      );
    await opened('2026-03-01T00:00:00Z');
    const again = await bed.takeOver();
    await bed.clock.pass(10_000);
    await again.look();
    await bed.house.work();
    expect((await incidents())[1]).toMatchObject({ state: 'open', message: null });
    expect(posts(bed.slack)).toHaveLength(1);
    bed.objects.patch('deployments.apps', 'default', 'web', {
      spec: { template: { metadata: { annotations: { try: 'again' } } } },
    });
    await bed.clock.pass(20_000);
    await again.look();
    await bed.house.work();
    expect(posts(bed.slack)).toHaveLength(2);
    expect((await incidents())[1]).toMatchObject({ state: 'open', message: expect.stringContaining('incident/') });
  });

  test('mute a DaemonSet, whose revisions have no number, until its next one', async () => {
    const labels = { app: 'agent' };
    const spec = (tag: string) => ({ containers: [{ name: 'agent', image: `agent:${tag}` }] });
    bed.objects.create('daemonsets.apps', {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: 'default', labels: { team: 'shop' } },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: spec('missing') } },
    });
    await bed.watch(20);
    const words = () => wordsOf(messages(bed.slack).find((m) => m.view.title.startsWith('agent'))?.view ?? never());
    const asked = await bed.house.act(bed.house.press(ada, 'incident.mute', { id: await idOf('agent') }));
    await bed.house.act(bed.house.submit(ada, askedIn(asked), { what: 'workload', until: 'revision' }));
    await bed.watch(20);
    expect(words()).toMatch(/🔕 @\S+ muted this until its next revision\./);
    bed.objects.patch('daemonsets.apps', 'default', 'agent', { spec: { template: { spec: spec('typo') } } });
    await bed.watch(60);
    expect(words()).not.toContain('🔕');
  });

  test('mute a namespace for an hour: what opens meanwhile is told when the hour is over', async () => {
    const id = await idOf('web');
    const asked = await bed.house.act(bed.house.press(ada, 'incident.mute', { id }));
    await bed.house.act(bed.house.submit(ada, askedIn(asked), { what: 'namespace', until: '1h' }));
    bed.deploy('api', 'shop');
    await bed.watch(30);
    bed.cluster.break('missing-config', { namespace: 'default', name: 'api' });
    await bed.watch(30);
    expect(posts(bed.slack)).toHaveLength(1);
    expect((await incidents())[1]).toMatchObject({ state: 'open', message: null });
    // What another team runs in it is not theirs to silence.
    bed.deploy('lake', 'data', { image: 'lake:missing' });
    await bed.watch(20);
    expect(posts(bed.slack)).toHaveLength(2);
    expect(said(doctorSlack).map((m) => m.view.title)).toEqual(['lake is down']);
    bed.clock.jump(3_600_000);
    await bed.watch(10);
    expect(posts(bed.slack)).toHaveLength(3);
    expect(messages(bed.slack).at(-1)?.view.title).toBe('api has a problem');
  });

  test('only those who run the platform mute a cause everywhere', async () => {
    const id = await idOf('web');
    const ask = async (who: typeof ada) => askedIn(await bed.house.act(bed.house.press(who, 'incident.mute', { id })));
    const refused = await bed.house.act(bed.house.submit(ada, await ask(ada), { what: 'cause', until: '1d' }));
    expect(JSON.stringify(refused.replies)).toContain('would silence other teams too');
    await bed.house.act(bed.house.submit(grace, await ask(grace), { what: 'cause', until: '1d' }));
    const { rows } = await database.pool.query('select scope, value from groundcrew.incident_mute');
    expect(rows).toEqual([{ scope: 'cause', value: 'image-not-found' }]);
    bed.deploy('lake', 'data', { image: 'lake:missing' });
    await bed.watch(20);
    expect((await incidents())[1]).toMatchObject({ cause: 'image-not-found', state: 'open', message: null });
    expect(posts(bed.slack)).toHaveLength(1);
  });
});

test.each([
  ['Slack', ada],
  ['Teams', adaTeams],
])(
  'who rolled it out is told, when they said so, on %s; what is nobody’s goes to the doctor’s channel',
  async (_, who) => {
    await bed.house.act(bed.house.command(who, 'help'));
    bed.objects.create('deployments.apps', {
      ...(await import('../cluster/world.ts')).deployment('job-runner', { image: 'registry.acme.example/web:1.0.0' }),
    });
    bed.objects.patch('deployments.apps', 'default', 'job-runner', {
      metadata: { annotations: { 'groundcrew.dev/rolled-out-by': 'Ada@acme.test' } },
    });
    await bed.watch(60);
    bed.cluster.break('wrong-tag', { namespace: 'default', name: 'job-runner' });
    await bed.watch(10);
    expect(said(doctorSlack)).toHaveLength(1);
    expect(messages(who === ada ? bed.slack : bed.teams).map((m) => [m.where, m.view.title])).toContainEqual([
      who.account,
      'What you rolled out: job-runner has a problem',
    ]);
  },
);

test('without any channel those whose it is are told, and see it through', async () => {
  settings = settingsSchema.parse({ teams: { shop: { emails: ['ada@acme.test'] } } });
  await bed.house.act(bed.house.command(ada, 'help'));
  bed.deploy('web', 'shop');
  await bed.watch(60);
  bed.cluster.break('wrong-tag', web);
  await bed.watch(20);
  expect(messages(bed.slack).map((m) => [m.where, m.view.title])).toEqual([[ada.account, 'web has a problem']]);
  bed.cluster.heal(web);
  await bed.watch(60);
  expect(messages(bed.slack)[0]?.view.title).toBe('web is well again');
});

test('a rollout is noted with who made it and when it was committed, as far as annotations tell', async () => {
  await bed.house.act(bed.house.command(ada, 'help'));
  bed.deploy('web', 'shop');
  await bed.watch(30);
  const note = (committed: string) =>
    bed.objects.patch('deployments.apps', 'default', 'web', {
      metadata: {
        annotations: { 'groundcrew.dev/rolled-out-by': 'Ada@acme.test', 'groundcrew.dev/committed-at': committed },
      },
    });
  note('2026-03-01T10:00:00+02:00');
  bed.cluster.break('wrong-tag', web);
  await bed.watch(30);
  const { rows } = await database.pool.query(
    `select committed, p.name from groundcrew.rollout r left join groundcrew.person p on p.id = r.person order by r.at`,
  );
  expect(rows).toEqual([
    { committed: null, name: null },
    { committed: new Date('2026-03-01T08:00:00Z'), name: ada.name },
  ]);
});

test('a rollout is a template that never ran before: not a restart, not a scaling, and what is taken back had failed', async () => {
  const patch = (body: Fields) => bed.objects.patch('deployments.apps', 'default', 'web', body);
  const image = async (tag: string) => {
    patch({
      spec: { template: { spec: { containers: [{ name: 'app', image: `registry.acme.example/web:${tag}` }] } } },
    });
    await bed.watch(30);
  };
  const seen = async () =>
    (
      await database.pool.query(
        'select subject, team, baseline, reverted is not null as back from groundcrew.rollout order by at',
      )
    ).rows.map((r) => [r.subject, r.team, r.baseline, r.back]);
  const rollout = (baseline: boolean, back: boolean) => ['Deployment/default/web', 'shop', baseline, back];
  bed.deploy('web', 'shop');
  await bed.watch(30);
  const first = bed.objects.get('deployments.apps', 'default', 'web')?.spec?.template;
  patch({ spec: { replicas: 3 } });
  patch({ spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01' } } } } });
  await bed.watch(60);
  expect(await seen()).toEqual([rollout(true, false)]);
  await image('2.0.0');
  expect(await seen()).toEqual([rollout(true, false), rollout(false, false)]);
  patch({ spec: { template: first } });
  await bed.watch(30);
  const after = [rollout(true, false), rollout(false, true)];
  expect(await seen()).toEqual(after);
  // Whoever takes over tells everything again.
  const again = await bed.takeOver();
  await again.look();
  expect(await seen()).toEqual(after);
});

test('after an upgrade what runs is what ran, whatever its print looked like then', async () => {
  bed.deploy('web', 'shop');
  await bed.watch(30);
  for (const told of ['revision:7', '0:old']) {
    await database.pool.query('update groundcrew.rollout set template = $1', [told]);
    await (await bed.takeOver()).look();
    const { rows } = await database.pool.query('select template, baseline from groundcrew.rollout');
    expect(rows).toEqual([{ template: expect.stringMatching(/^1:/), baseline: true }]);
  }
});
