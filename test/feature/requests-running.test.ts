import { describe, expect, test } from 'vitest';
import { buttonsOf, type Effects } from '../../src/core/kernel/index.ts';
import { begin } from '../../src/core/requests/begin.ts';
import { keys, presses } from '../../src/core/requests/keys.ts';
import { presses as things } from '../../src/core/resources/keys.ts';
import { ownDatabase } from '../support/own-database.ts';
import { catalog, gpu, postgres } from '../support/paths.ts';
import {
  openRequests,
  people,
  preview,
  progress,
  type Requests,
  settingsWith,
  shownFor,
  toldTo,
  whispered,
  wordsFor,
} from '../support/requests.ts';

const database = await ownDatabase();

const live = (effects: Effects) => wordsFor(effects, 'request/1');
const end = (effects: Effects, tries = 1) => wordsFor(effects, `request/1/end/${tries}`);
const buttons = (effects: Effects, key: string) =>
  shownFor(effects, key).flatMap((v) => buttonsOf(v).map((b) => b.label));
const kinds = (effects: Effects) => effects.map((e) => e.kind).filter((k) => k !== 'later' && k !== 'never');
const thing = async (s: Requests) => {
  const { rows } = await database.pool.query(`select id from groundcrew.resource where slug = 'r1'`);
  return s.resources.byId(rows[0].id);
};
const steps = [
  { label: 'Apply', state: 'done' as const, seconds: 2 },
  { label: 'Wait until it is ready', state: 'doing' as const, seconds: 10 },
];

// Ada is on Slack, Dora on Teams.
test.each(['ada', 'dora'] as const)('what %s asks for is made where the path says, and stays there', async (who) => {
  const clusters = new Map([
    ['ctx-prod', 'prod'],
    ['ctx-lab', 'staging'],
  ]);
  const path = { ...postgres, backend: { ...postgres.backend, kind: 'kubernetes' } };
  const named = '${{ params.name == "trial" ? "staging" : "prod" }}';
  const s = await openRequests(database, { clusters, catalog: { paths: [{ ...path, cluster: named }], broken: [] } });
  const ordered = async (number: number) => (await s.runs.byKey((await s.row(number)).run ?? ''))?.order.cluster;
  const number = await s.confirming(who, 'create postgres name=trial size=s');
  const { effects } = await s.push(who, presses.look, { number, plans: 1 });
  // By its context: another process, or this one tomorrow, may call another cluster so by the time that it looks.
  expect(effects.find((e) => e.kind === 'act')).toMatchObject({ input: { order: { cluster: 'ctx-lab' } } });
  const { effects: shown } = await s.previewed(number, preview, 2);
  expect(wordsFor(shown, `request/${number}`)).toContain('Cluster: staging');
  await s.confirm(who, number);
  expect(await ordered(number)).toBe('ctx-lab');
  const { effects: made } = await s.moved(number, progress('ready'));
  expect(wordsFor(made, `request/${number}/end/1`)).toContain('Cluster: staging');

  // Whatever the path says from now on, and whatever is typed, it is looked for where it is.
  s.catalog({ paths: [{ ...path, cluster: 'prod' }], broken: [] });
  const slug = `r${number}`;
  const resource = await s.resources.takeSlug(slug);
  const card = await s.push(who, things.show, { id: resource?.id });
  expect(whispered(card.effects)).toContain('Cluster: staging');
  const asked = await s.push(who, things.operate, { id: resource?.id, operation: 'resize' });
  await s.send(
    who,
    asked.effects.find((e) => e.kind === 'ask'),
    { size: 'm' },
  );
  const resize = number + 1;
  await s.previewed(resize);
  await s.confirm(who, resize);
  expect(await ordered(resize)).toBe('ctx-lab');
  // One of which the path says the other goes there.
  const other = await s.confirming(who, 'create postgres name=real size=s');
  await s.confirm(who, other);
  expect([await ordered(other), (await s.resources.takeSlug(`r${other}`))?.cluster]).toEqual(['ctx-prod', 'prod']);
  // Who decides reads where it would be, as does who waits.
  const large = await s.confirming(who, 'create postgres name=large size=l');
  const { effects: waits } = await s.confirm(who, large);
  for (const key of [`request/${large}`, keys.approval(large, 1)])
    expect(wordsFor(waits, key)).toContain('Cluster: prod');
});

test.each(['ada', 'dora'] as const)(
  'what %s asks for without a cluster is ordered where it is written down',
  async (who) => {
    const path = { ...postgres, backend: { ...postgres.backend, kind: 'kubernetes' } };
    const clusters = new Map([
      ['ctx-prod', 'prod'],
      ['ctx-lab', 'staging'],
    ]);
    const s = await openRequests(database, { clusters, catalog: { paths: [path], broken: [] } });
    const number = await s.accepted(who);
    // Whichever is the first where it is carried out.
    expect((await s.runs.byKey(`run-${number}-1`))?.order.cluster).toBe('ctx-prod');
    expect((await s.resources.takeSlug(`r${number}`))?.cluster).toBe('prod');
  },
);

test.each(['ada', 'dora'] as const)('%s reads that its context leads to another cluster, and it stays', async (who) => {
  const s = await openRequests(database);
  const number = await s.accepted(who);
  await s.moved(number, progress('ready'));
  const slug = `r${number}`;
  const id = (await s.resources.takeSlug(slug))?.id;
  const said =
    '“prod” is another cluster by now than the one in which this was made. Nothing was done, in either of them.';
  const asked = await s.push(who, things.remove, { id });
  await s.send(
    who,
    asked.effects.find((e) => e.kind === 'ask'),
    { name: 'orders' },
  );
  const removal = number + 1;
  const { effects: looked } = await s.unpreviewed(removal, said);
  expect(wordsFor(looked, `request/${removal}`)).toContain(said);
  expect(buttons(looked, `request/${removal}`)).not.toContain('Delete');
  // It led elsewhere only after they had looked.
  await s.push(who, presses.look, { number: removal, plans: 1 });
  await s.previewed(removal, { ...preview, changes: [{ what: 'Cluster orders/orders', does: 'delete' }] }, 2);
  await s.confirm(who, removal);
  const { effects } = await s.moved(removal, progress('failed', { message: said }));
  expect(wordsFor(effects, `request/${removal}/end/1`)).toContain(said);
  expect(toldTo(effects, `request/${removal}/end/1`)).toEqual([s.id(who)]);
  expect(buttons(effects, `request/${removal}/end/1`)).toEqual(['Try again']);
  const stays = await s.resources.takeSlug(slug);
  expect(stays?.state).not.toBe('gone');
  expect(whispered((await s.push(who, things.show, { id })).effects)).toContain('orders');
  // The second press of the same button begins nothing else.
  await s.push(who, presses.retry, { number: removal });
  await s.push(who, presses.retry, { number: removal });
  expect(await s.row(removal)).toMatchObject({ state: 'queued', tries: 2 });
  const { effects: back } = await s.moved(removal, progress('ready'));
  expect(toldTo(back, `request/${removal}/end/2`)).toEqual([s.id(who)]);
  expect((await s.resources.takeSlug(slug))?.state).toBe('gone');
});

describe('while it runs', () => {
  test('the one message is edited, and the backend’s words go into its thread, each once', async () => {
    const s = await openRequests(database);
    await s.accepted();
    const first = await s.moved(1, progress('running', { steps, message: 'Cluster is starting' }));
    expect(kinds(first.effects)).toEqual(['edit', 'reply']);
    expect(live(first.effects)).toContain('done: Apply\ndoing: Wait until it is ready\nCluster is starting\n[Stop]');
    expect(first.effects[1]).toMatchObject({
      to: 'request/1',
      key: 'request/line/run-1-1/0/1',
      view: { summary: 'Cluster is starting' },
    });
    expect(first.effects[1]).not.toHaveProperty('alone');
    expect((await s.row(1)).state).toBe('running');
    const second = await s.moved(1, progress('running', { steps, message: 'Cluster is starting' }), { n: 2 });
    expect(kinds(second.effects)).toEqual(['edit']);
    const third = await s.moved(1, progress('running', { steps, message: '1 of 3 instances' }), { n: 3 });
    expect(kinds(third.effects)).toEqual(['edit', 'reply']);
  });

  test('nobody is written to before the end', async () => {
    const s = await openRequests(database);
    await s.accepted();
    for (const state of ['queued', 'planning', 'running'] as const) {
      const { effects } = await s.moved(1, progress(state, { steps, slow: true }));
      expect(effects.filter((e) => e.kind === 'tell' || e.kind === 'say')).toEqual([]);
    }
  });

  test('slow is amber and not red: nothing has failed', async () => {
    const s = await openRequests(database);
    await s.accepted();
    const { effects } = await s.moved(1, progress('running', { steps, slow: true }));
    const [view] = shownFor(effects, 'request/1');
    expect(view?.blocks.filter((b) => b.kind === 'notice')).toMatchObject([{ tone: 'warn' }]);
    expect(live(effects)).toContain('This takes longer than it usually does. Nothing has failed');
    expect((await s.row(1)).state).toBe('running');
  });

  test('what another attempt says is dropped, and so is what comes after the end', async () => {
    const s = await openRequests(database);
    await s.accepted();
    expect((await s.moved(1, progress('failed', { message: 'old' }), { attempt: 3 })).effects).toEqual([]);
    expect((await s.row(1)).state).toBe('queued');
    await s.moved(1, progress('ready'));
    expect((await s.moved(1, progress('failed', { message: 'late' }), { n: 2 })).effects).toEqual([]);
    expect((await s.moved(1, progress('ready'), { n: 3 })).effects).toEqual([]);
    expect((await s.row(1)).state).toBe('ready');
  });

  test('a run that no request stands for is left to others', async () => {
    const s = await openRequests(database);
    await s.runs.start({
      key: 'other',
      backend: 'stand-in',
      order: {
        run: 'other',
        verb: 'create',
        resource: 'x',
        path: 'p',
        version: '1.0.0',
        spec: null,
        labels: {},
        annotations: {},
        timeoutSeconds: 1,
      },
      at: s.now(),
    });
    const input = { key: 'other', attempt: 0, n: 1, progress: progress('ready') };
    const { effects } = await s.run({
      kind: 'observed',
      what: 'run.moved',
      input: input as never,
      at: s.now(),
      delivery: 'x',
    });
    expect(effects).toEqual([]);
    expect((await s.runs.byKey('other'))?.progress.state).toBe('queued');
  });
});

describe('when it is ready', () => {
  test('one new message says where everything is, and never a secret', async () => {
    const s = await openRequests(database);
    await s.accepted();
    s.pass(2);
    const { effects } = await s.moved(
      1,
      progress('ready', { steps, links: [{ label: 'Console', url: 'https://console.acme.test/x' }], native: 'uid-1' }),
    );
    expect(toldTo(effects, 'request/1/end/1')).toEqual([s.id('ada')]);
    expect(effects.filter((e) => e.kind === 'tell')).toHaveLength(1);
    expect(end(effects).split('\n')).toEqual([
      'PostgreSQL “orders” is ready, after 2\u00a0min.',
      'Host: orders-rw.orders.svc',
      'User and password: Secret orders-app',
      'Credentials are never shown in chat: the names above say where they are kept. Read or mount them there.',
      'It ends on 2026-03-16T09:00:00.000Z. I’ll remind you before; one tap extends it.',
      'Console',
      '[Open it]',
      '[Everything I have]',
      'How it works · Request #1 · PostgreSQL 1.3.0, owned by data',
    ]);
    expect(live(effects)).toContain('PostgreSQL “orders” is ready. It took 2\u00a0min.');
    expect(buttons(effects, 'request/1')).toEqual([]);
    expect(await s.row(1)).toMatchObject({ state: 'ready', ready: s.now() });
    expect(await thing(s)).toMatchObject({
      state: 'active',
      outputs: [
        { label: 'Host', value: 'orders-rw.orders.svc' },
        { label: 'User and password', value: 'Secret orders-app', secret: true },
      ],
    });
    expect((await s.audit()).at(-1)).toMatchObject({
      what: 'request.ready',
      who: 'groundcrew',
      details: { native: 'uid-1' },
    });
    expect(await s.asking()).toEqual({
      asked: 1,
      people: 1,
      ready: 1,
      readyPeople: 1,
      alone: 1,
      wait: { n: 1, median: 120 },
    });
  });

  test('also when the path has left the catalog meanwhile', async () => {
    const s = await openRequests(database);
    await s.accepted();
    s.catalog({ paths: [gpu], broken: [] });
    const { effects } = await s.moved(1, progress('ready', { outputs: [{ label: 'Host', value: 'h' }] }));
    expect(end(effects)).toContain('postgres “orders” is ready');
    expect(end(effects)).toContain('Host: h');
    expect(await thing(s)).toMatchObject({ state: 'active' });
  });
});

describe('when it fails', () => {
  const broken = progress('failed', {
    steps: [steps[0] as (typeof steps)[0], { label: 'Wait until it is ready', state: 'failed' }],
    message: 'admission webhook "vcluster.cnpg.io" denied the request: storage class fast is unknown',
    left: ['Secret orders/orders-app'],
  });

  test('it says at which step, in the backend’s own words, what is left, and what to do', async () => {
    const s = await openRequests(database);
    await s.accepted();
    const { effects } = await s.moved(1, broken);
    expect(end(effects)).toContain('PostgreSQL “orders” could not be created at the step Wait until it is ready.');
    expect(end(effects)).toContain(
      'admission webhook "vcluster.cnpg.io" denied the request: storage class fast is unknown',
    );
    expect(end(effects)).toContain('Secret orders/orders-app');
    expect(buttons(effects, 'request/1/end/1')).toEqual(['Try again', 'Clean up']);
    expect(toldTo(effects, 'request/1/end/1')).toEqual([s.id('ada')]);
    expect(await s.row(1)).toMatchObject({ state: 'failed' });
    expect(await thing(s)).toMatchObject({ state: 'broken' });
    // Its name stays taken: what is left may still be there.
    const other = await s.confirming('olga', 'create postgres orders');
    expect(whispered((await s.push('olga', presses.show, { number: other })).effects)).toContain('already');
  });

  test('Try again goes on with the same thing and the same order, under the next run', async () => {
    const s = await openRequests(database);
    await s.accepted();
    await s.moved(1, broken);
    s.catalog({ paths: [gpu, { ...postgres, version: '9.0.0', backend: { kind: 'other', spec: {} } }], broken: [] });
    const { effects } = await s.push('ada', presses.retry, { number: 1 });
    expect(await s.row(1)).toMatchObject({ state: 'queued', run: 'run-1-2', tries: 2 });
    const first = await s.runs.byKey('run-1-1');
    const second = await s.runs.byKey('run-1-2');
    expect(second).toMatchObject({ backend: 'stand-in', order: { ...first?.order, run: 'run-1-2' } });
    expect(buttons(effects, 'request/1/end/1')).toEqual([]);
    expect(live(effects)).toContain('doing: Waiting for its turn');
    expect(whispered((await s.push('ada', presses.retry, { number: 1 })).effects)).toContain(
      'has been accepted already',
    );
    const done = await s.moved(1, progress('ready'));
    expect(toldTo(done.effects, 'request/1/end/2')).toEqual([s.id('ada')]);
    expect(await thing(s)).toMatchObject({ state: 'active' });
    // What the first run says now is nobody's.
    const late = { key: 'run-1-1', attempt: 0, n: 9, progress: progress('failed') };
    const dropped = await s.run({
      kind: 'observed',
      what: 'run.moved',
      input: late as never,
      at: s.now(),
      delivery: 'y',
    });
    expect(dropped.effects).toEqual([]);
    expect((await s.row(1)).state).toBe('ready');
  });

  test('Try again is refused when the place was taken by others meanwhile', async () => {
    const s = await openRequests(database, {
      settings: settingsWith({ quotas: { default: { postgres: 1 }, hard: true } }),
    });
    await s.accepted();
    await s.moved(1, broken);
    s.settings(settingsWith({ policy: [{ when: 'true', verdict: 'deny', because: 'Frozen this week.' }] }));
    expect(whispered((await s.push('ada', presses.retry, { number: 1 })).effects)).toBe('Frozen this week.');
    expect((await s.row(1)).state).toBe('failed');
  });

  test('what is being deleted is neither made anew nor cleaned up at the same time', async () => {
    const s = await openRequests(database);
    await s.accepted();
    await s.moved(1, broken);
    // Its time has come, say, and a run that no request stands for deletes it.
    await s.resources.change((await thing(s))?.id ?? '', { state: 'deleting' }, s.now());
    for (const press of [presses.retry, presses.clean])
      expect(whispered((await s.push('ada', press, { number: 1 })).effects)).toContain(
        'Something else is being done to “orders” right now.',
      );
    expect(await s.row(1)).toMatchObject({ state: 'failed', run: 'run-1-1' });
  });

  test('Clean up removes what was left and frees the name', async () => {
    const s = await openRequests(database);
    await s.accepted();
    await s.moved(1, broken);
    const { effects } = await s.push('ada', presses.clean, { number: 1 });
    expect(await s.row(1)).toMatchObject({ state: 'cleaning', run: 'run-1-2' });
    const clean = await s.runs.byKey('run-1-2');
    expect(clean).toMatchObject({ order: { verb: 'delete', resource: 'r1' } });
    // What was confirmed was to make it: of a clean-up nobody was shown a plan.
    expect((await s.runs.byKey('run-1-1'))?.order.confirmed).toEqual(preview.changes);
    expect(clean?.order).not.toHaveProperty('confirmed');
    expect(live(effects)).not.toContain('[Stop]');
    expect(await thing(s)).toMatchObject({ state: 'deleting' });
    const done = await s.moved(1, progress('ready'));
    expect(end(done.effects, 2)).toContain('Cleaned up: nothing is left, and the name is free again.');
    expect(buttons(done.effects, 'request/1/end/2')).toEqual(['Ask again']);
    expect(await s.row(1)).toMatchObject({ state: 'cancelled' });
    expect(await thing(s)).toMatchObject({ state: 'gone' });
    expect(whispered((await s.push('ada', presses.retry, { number: 1 })).effects)).toContain('Nothing is left of it.');
    expect(await s.accepted('olga', 'create postgres orders')).toBe(2);
    expect((await s.row(2)).state).toBe('queued');
    expect((await s.asking()).ready).toBe(0);
  });

  test('a clean-up that fails can be tried again, and so can the thing itself', async () => {
    const s = await openRequests(database);
    await s.accepted();
    await s.moved(1, broken);
    await s.push('ada', presses.clean, { number: 1 });
    const { effects } = await s.moved(1, progress('failed', { message: 'finalizer stuck' }));
    expect(end(effects, 2)).toContain('finalizer stuck');
    expect(buttons(effects, 'request/1/end/2')).toEqual(['Try again', 'Clean up']);
    await s.push('ada', presses.retry, { number: 1 });
    expect(await s.runs.byKey('run-1-3')).toMatchObject({ order: { verb: 'create' } });
  });

  test.each(['olga', 'paul', 'rita'] as const)(
    '%s may take it up too, since the team and the platform team look after it',
    async (who) => {
      const s = await openRequests(database);
      await s.accepted();
      await s.moved(1, broken);
      await s.push(who, presses.retry, { number: 1 });
      expect((await s.row(1)).state).toBe('queued');
      expect((await s.audit()).at(-1)).toMatchObject({ what: 'request.retried', who: s.id(who) });
    },
  );

  test('strangers may not', async () => {
    const s = await openRequests(database);
    await s.accepted();
    for (const press of [presses.stop, presses.retry, presses.clean])
      for (const who of ['nobody', 'dan'] as const)
        await expect(s.push(who, press, { number: 1 })).rejects.toMatchObject({ code: 'request_not_yours' });
  });
});

describe('stopping', () => {
  test('asks the runner, and tells the truth about what is left', async () => {
    const s = await openRequests(database);
    await s.accepted();
    await s.moved(1, progress('running', { steps }));
    const { effects } = await s.push('ada', presses.stop, { number: 1 });
    expect((await s.runs.byKey('run-1-1'))?.cancelled).toBe(true);
    expect(live(effects)).toContain('It is being stopped.');
    expect(buttons(effects, 'request/1')).toEqual([]);
    const done = await s.moved(1, progress('cancelled', { steps, left: ['Cluster orders/orders'] }), { n: 2 });
    expect(await s.row(1)).toMatchObject({ state: 'cancelled' });
    expect(live(done.effects)).toContain('Stopped. One thing is left behind.');
    expect(end(done.effects)).toContain('Cluster orders/orders');
    expect(buttons(done.effects, 'request/1/end/1')).toEqual(['Try again', 'Clean up']);
    expect(await thing(s)).toMatchObject({ state: 'broken' });
    // A try that never began knows nothing of what the one before has left, nor does a clean-up.
    const before = { ...progress('cancelled'), message: 'It was cancelled before it began.', left: [] };
    for (const [tries, press] of [
      [2, presses.retry],
      [3, presses.clean],
    ] as const) {
      await s.push('ada', press, { number: 1 });
      await s.push('ada', presses.stop, { number: 1 });
      const { effects } = await s.moved(1, before);
      expect(live(effects)).toContain('Stopped. Something may be left behind.');
      expect(wordsFor(effects, `request/1/end/${tries}`)).toContain('Clean up removes what was made');
      expect(buttons(effects, `request/1/end/${tries}`)).toEqual(['Try again', 'Clean up']);
      expect(await thing(s)).toMatchObject({ state: 'broken' });
    }
  });

  test('with nothing left frees the name at once', async () => {
    const s = await openRequests(database);
    await s.accepted();
    await s.push('ada', presses.stop, { number: 1 });
    const { effects } = await s.moved(1, progress('cancelled', { left: [] }));
    expect(end(effects)).toContain('Nothing is left behind.');
    expect(buttons(effects, 'request/1/end/1')).toEqual(['Ask again']);
    expect(await thing(s)).toMatchObject({ state: 'gone' });
  });

  test('before it began lets go of the name: nothing was made', async () => {
    const s = await openRequests(database);
    await s.accepted();
    await s.push('ada', presses.stop, { number: 1 });
    const message = 'It was cancelled before it began.';
    await s.moved(1, { ...progress('cancelled'), message, left: [] });
    expect(await thing(s)).toMatchObject({ state: 'gone' });
  });

  test('comes too late for what is ready: that stays', async () => {
    const s = await openRequests(database);
    await s.accepted();
    await s.moved(1, progress('ready'));
    expect(whispered((await s.push('ada', presses.stop, { number: 1 })).effects)).toContain(
      'is ready already, so it can’t be stopped',
    );
    expect(await thing(s)).toMatchObject({ state: 'active' });
  });

  test('asked for, but it became ready all the same: ready is the truth', async () => {
    const s = await openRequests(database);
    await s.accepted();
    await s.push('ada', presses.stop, { number: 1 });
    const { effects } = await s.moved(1, progress('ready'));
    expect(end(effects)).toContain('is ready');
    expect((await s.row(1)).state).toBe('ready');
  });
});

describe('an operation on what is there', () => {
  /** Begun from the thing's own card, as the resources do. */
  async function resize(s: Requests, size: string): Promise<void> {
    const resource = await thing(s);
    if (!resource) throw new Error('nothing is there');
    await s.store.transaction(async (tx) => {
      const by = await tx.features.people.byAccount(people.ada.account);
      if (!by) throw new Error('nobody');
      const ctx = {
        now: s.now(),
        delivery: 'x',
        store: tx.features,
        settings: settingsWith(),
        catalog,
        address: () => undefined,
        id: () => 'x',
        by,
        account: people.ada.account,
      };
      const wish = {
        path: postgres,
        operation: 'resize',
        resource,
        values: { ...resource.values, size },
        team: resource.team,
      };
      return begin(ctx, wish);
    });
  }

  async function ready(s: Requests): Promise<void> {
    await s.accepted();
    await s.moved(1, progress('ready'));
  }

  test('is confirmed, carried out, and the thing has the new values when it is done', async () => {
    const s = await openRequests(database);
    await ready(s);
    await resize(s, 'm');
    const shown = wordsFor((await s.previewed(2)).effects, 'request/2');
    expect(shown).toContain('Costs: €60 a month');
    expect(shown).toContain('It restarts once.');
    expect(shown).toContain('[Change it]');
    await s.confirm('ada', 2);
    expect(await thing(s)).toMatchObject({ state: 'changing', values: { size: 's' }, cost: { cents: 6000 } });
    expect(await s.runs.byKey('run-2-1')).toMatchObject({ order: { verb: 'change', resource: 'r1' } });
    const { effects } = await s.moved(2, progress('ready'));
    expect(wordsFor(effects, 'request/2/end/1')).toContain('PostgreSQL “orders” is changed');
    expect(await thing(s)).toMatchObject({ state: 'active', values: { size: 'm' }, cost: { cents: 6000 } });
  });

  test('that fails leaves the thing and what it counts as they were', async () => {
    const s = await openRequests(database);
    await ready(s);
    await resize(s, 'm');
    await s.previewed(2);
    await s.confirm('ada', 2);
    const { effects } = await s.moved(2, progress('failed', { message: 'no room' }));
    expect(buttons(effects, 'request/2/end/1')).toEqual(['Try again']);
    expect(await thing(s)).toMatchObject({ state: 'active', values: { size: 's' }, cost: { cents: 1800 } });
    expect(whispered((await s.push('ada', presses.clean, { number: 2 })).effects)).toContain(
      'was there before this request',
    );
  });

  test('that is tried again counts what it will be, and is not tried while the thing sleeps or ends', async () => {
    const s = await openRequests(database);
    await ready(s);
    await resize(s, 'm');
    await s.previewed(2);
    await s.confirm('ada', 2);
    await s.moved(2, progress('failed', { message: 'no room' }));
    const before = (await thing(s))?.id ?? '';
    // Its path moved on meanwhile, so it can’t be assessed any more: what is under way is looked at all the same.
    s.catalog({ paths: [{ ...postgres, version: '9.0.0' }], broken: [] });
    for (const [state, why] of [
      ['deleting', 'Something else is being done to “orders” right now.'],
      ['hibernated', 'It’s asleep. Wake it first.'],
    ] as const) {
      await s.resources.change(before, { state }, s.now());
      expect(whispered((await s.push('ada', presses.retry, { number: 2 })).effects)).toContain(why);
      expect(await s.row(2)).toMatchObject({ state: 'failed', run: 'run-2-1' });
    }
    await s.resources.change(before, { state: 'active' }, s.now());
    s.catalog(catalog);
    await s.push('ada', presses.retry, { number: 2 });
    await s.moved(2, progress('ready'));
    expect(await thing(s)).toMatchObject({ state: 'active', values: { size: 'm' }, cost: { cents: 6000 } });
  });

  test('that is looked at while the thing is being deleted does not call it lost', async () => {
    const s = await openRequests(database);
    await ready(s);
    await resize(s, 'm');
    await s.resources.change((await thing(s))?.id ?? '', { state: 'deleting' }, s.now());
    const gone = { summary: 'Gone', changes: [], destroys: 0, refused: 'not found', missing: true as const };
    const { effects } = await s.previewed(2, gone);
    expect(kinds(effects)).toEqual(['edit']);
    expect(await thing(s)).toMatchObject({ state: 'deleting' });
  });

  test('waits while another one is under way', async () => {
    const s = await openRequests(database);
    await ready(s);
    await resize(s, 'm');
    await resize(s, 'l');
    await s.previewed(2);
    await s.previewed(3);
    await s.confirm('ada', 2);
    const { effects } = await s.confirm('ada', 3);
    expect(wordsFor(effects, 'request/3')).toContain('Something else is being done to “orders” right now.');
    expect((await s.row(3)).state).toBe('confirming');
  });

  test('that finds the thing removed by others says so', async () => {
    const s = await openRequests(database);
    await ready(s);
    await resize(s, 'm');
    await s.previewed(2);
    await s.confirm('ada', 2);
    await s.moved(2, progress('failed', { missing: true, message: 'not found' }));
    expect(await thing(s)).toMatchObject({ state: 'missing' });
  });
});

describe('the list', () => {
  test('has mine with their states, and what can be done with each', async () => {
    const s = await openRequests(database);
    await s.accepted();
    await s.moved(1, progress('failed', { message: 'x' }));
    await s.confirming('ada', 'create postgres carts');
    await s.accepted('olga', 'create postgres theirs');
    const { effects } = await s.say('ada', 'requests');
    const words = whispered(effects);
    expect(words).toContain('#2 PostgreSQL “carts”');
    expect(words).toContain('Waiting for you · for orders');
    expect(words).toContain('#1 PostgreSQL “orders”');
    expect(words).toContain('Failed · for orders');
    expect(words).not.toContain('theirs');
    const labels = effects.flatMap((e) => (e.kind === 'whisper' ? buttonsOf(e.view).map((b) => b.label) : []));
    expect(labels).toEqual(['Show', 'Try again', 'Ask again', 'See the catalog']);
    expect(whispered((await s.say('dan', 'requests')).effects)).toContain('You haven’t asked for anything yet.');
  });

  test('on the home page has only what is under way', async () => {
    const s = await openRequests(database);
    await s.accepted();
    await s.moved(1, progress('ready'));
    await s.confirming('ada', 'create postgres carts');
    const home = JSON.stringify((await s.play(people.ada, { kind: 'home' })).effects);
    expect(home).toContain('carts');
    expect(home).toContain('See the catalog');
    expect(home).not.toContain('#1 ');
  });
});
