import { describe, expect, test } from 'vitest';
import type { GoldenPath } from '../../src/core/catalog/path.ts';
import { canaryRun, canarySlug, dueNow, failuresOf, freshness, phaseOf } from '../../src/core/freshness/rules.ts';
import type { PathHealth } from '../../src/core/freshness/store.ts';
import { presses } from '../../src/core/freshness/views.ts';
import type { Effect, PersonId, PlaceId } from '../../src/core/kernel/index.ts';
import { ada, grace, mira } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { crew, day, kinds, openThings, postgres, type Things, tellings, viewIn, whispers } from '../support/things.ts';
import { linesOf } from '../support/words.ts';

const database = await ownDatabase();

const path: GoldenPath = {
  ...postgres,
  verify: { everyDays: 3, hideAfter: 2, parameters: { name: '${{ resource.slug }}', size: 's' } },
};
const minutes = day / 60;
const at = (iso: string) => new Date(iso);

async function open(...paths: readonly GoldenPath[]) {
  const stage = openThings(database, { catalog: { paths: paths.length > 0 ? paths : [path], broken: [] } });
  const [adaId, graceId, miraId] = (await stage.meet(ada, grace, mira)) as [PersonId, PersonId, PersonId];
  await stage.keep(await stage.observe('started', {}));
  return { stage, adaId, graceId, miraId };
}
const look = async (stage: Things) => {
  const effects = await stage.due('freshness.look');
  await stage.keep(effects);
  return effects;
};
/** The runs of the canary that began last. */
const last = async (stage: Things) => {
  const started = (await stage.features.health.byPath('postgres'))?.started ?? stage.now();
  return {
    create: canaryRun('create', 'postgres', started),
    delete: canaryRun('delete', 'postgres', started),
    clean: canaryRun('clean', 'postgres', started),
  };
};
/** One canary to its end. */
async function canary(stage: Things, goes: 'well' | 'badly'): Promise<readonly Effect[]> {
  await look(stage);
  const runs = await last(stage);
  await stage.ran(runs.create, { state: goes === 'well' ? 'ready' : 'failed', message: 'no storage class' });
  return stage.ran(goes === 'well' ? runs.delete : runs.clean, { state: 'ready' });
}

describe('a canary', () => {
  test('is made and deleted by the runs of everybody, owned by nobody, and told to nobody', async () => {
    const { stage } = await open();
    expect(kinds(await look(stage))).toEqual(['act', 'later']);
    const runs = await last(stage);
    expect(await stage.runs()).toEqual([runs.create]);
    const made = await stage.features.runs.byKey(runs.create);
    const slug = canarySlug('postgres', stage.now());
    expect(made?.order).toMatchObject({
      verb: 'create',
      resource: slug,
      spec: { name: slug, size: 's', verb: 'create' },
    });
    expect(await stage.ran(runs.create, { state: 'running' })).toEqual([]);
    expect(kinds(await stage.ran(runs.create, { state: 'ready' }))).toEqual(['act']);
    expect((await stage.features.runs.byKey(runs.delete))?.order).toMatchObject({
      verb: 'delete',
      resource: slug,
      spec: made?.order.spec,
    });
    expect(await stage.ran(runs.delete, { state: 'ready' })).toEqual([]);
    expect(await stage.features.health.byPath('postgres')).toEqual({
      path: 'postgres',
      version: '1.4.0',
      failures: 0,
      hidden: false,
      started: stage.now(),
      verified: stage.now(),
    });
    expect(await stage.audited()).toEqual(['path.verified']);
    expect(await stage.features.resources.ofPath('postgres', 9)).toEqual([]);
  });

  test('comes again after its days, at once for another version, and only one at a time', async () => {
    const { stage } = await open();
    await canary(stage, 'well');
    stage.pass(3 * minutes - 1);
    await look(stage);
    expect(await stage.runs()).toHaveLength(2);
    stage.pass(1);
    await look(stage);
    await look(stage);
    expect(await stage.runs()).toHaveLength(3);
    const runs = await last(stage);
    await stage.ran(runs.create, { state: 'ready' });
    await stage.ran(runs.delete, { state: 'ready' });
    stage.pass(1);
    stage.setCatalog({ ...path, version: '1.5.0' });
    await look(stage);
    expect(await stage.runs()).toHaveLength(5);
  });

  test('that fails is cleaned up; after so many in a row the path hides itself and those concerned are told, once', async () => {
    const { stage, graceId, miraId } = await open();
    expect(tellings(await canary(stage, 'badly'))).toEqual([]);
    expect(await stage.features.health.byPath('postgres')).toMatchObject({
      failures: 1,
      hidden: false,
      said: 'no storage class',
    });
    stage.pass(minutes);
    const second = tellings(await canary(stage, 'badly'));
    expect(second.map(([who]) => who)).toEqual([miraId, graceId]);
    expect(second[0]?.[2]).toContain('isn’t offered any more: its last 2 test runs failed.');
    expect(second[0]?.[2]).toContain('no storage class');
    expect(whispers((await stage.command(ada, 'create postgres')).effects)).toContain(
      'is hidden, because its last 2 test runs failed',
    );
    stage.pass(minutes);
    expect(tellings(await canary(stage, 'badly'))).toEqual([]);
    stage.pass(minutes);
    const back = tellings(await canary(stage, 'well'));
    expect(back.map(([who]) => who)).toEqual([miraId, graceId]);
    expect(back[0]?.[2]).toContain('so it is offered again.');
    expect(await stage.features.health.byPath('postgres')).toMatchObject({ failures: 0, hidden: false });
    expect(await stage.audited()).toEqual(['path.failed', 'path.hidden', 'path.hidden', 'path.verified']);
  });

  test('that hides a path says so where the platform team looks', async () => {
    const { stage, miraId } = await open();
    const place = 'slack:T1/CTRIAGE' as PlaceId;
    stage.setSettings({ ...crew, channels: { ...crew.channels, triage: [place] } });
    await canary(stage, 'badly');
    stage.pass(minutes);
    const effects = (await canary(stage, 'badly')).filter((e) => e.kind === 'say' || e.kind === 'tell');
    expect(effects.map((e) => (e.kind === 'say' ? e.place : e.person))).toEqual([miraId, place]);
  });

  test('of a new version gives a hidden path another chance', async () => {
    const { stage } = await open();
    await canary(stage, 'badly');
    stage.pass(minutes);
    await canary(stage, 'badly');
    stage.setCatalog({ ...path, version: '1.4.1' });
    expect((await stage.command(ada, 'create postgres')).effects).toMatchObject([{ kind: 'ask' }]);
    stage.pass(1);
    await look(stage);
    expect(await stage.features.health.byPath('postgres')).toMatchObject({
      version: '1.4.1',
      failures: 0,
      hidden: false,
    });
  });

  test('that cannot be deleted, or was cancelled, has failed', async () => {
    const { stage } = await open();
    await look(stage);
    const runs = await last(stage);
    await stage.ran(runs.create, { state: 'ready' });
    await stage.ran(runs.delete, { state: 'cancelled' });
    expect(await stage.features.health.byPath('postgres')).toMatchObject({
      failures: 1,
      said: expect.stringContaining('could not be deleted'),
    });
  });

  test('that fails and leaves something behind says what', async () => {
    const { stage } = await open();
    await look(stage);
    const runs = await last(stage);
    const slug = canarySlug('postgres', stage.now());
    await stage.ran(runs.create, { state: 'failed', message: 'No storage class.' });
    await stage.ran(runs.clean, { state: 'failed', message: 'A finalizer holds it.' });
    expect(await stage.features.health.byPath('postgres')).toMatchObject({
      failures: 1,
      said: `No storage class. What it left behind (${slug}) could not be deleted either: A finalizer holds it. I try again by myself.`,
    });
  });

  test('takes away by itself what was left behind, ever more patiently, before it begins another', async () => {
    const { stage } = await open();
    await look(stage);
    const runs = await last(stage);
    const slug = canarySlug('postgres', stage.now());
    await stage.ran(runs.create, { state: 'failed', message: 'No storage class.' });
    await stage.ran(runs.clean, { state: 'failed', message: 'A finalizer holds it.' });
    expect(whispers((await stage.command(grace, 'verify')).effects)).toContain('What one left behind is still there');
    stage.pass(59);
    await look(stage);
    expect(await stage.runs()).toHaveLength(2);
    stage.pass(1);
    await look(stage);
    await look(stage);
    expect(await stage.runs()).toEqual([runs.create, runs.clean, `${slug}-s1`]);
    expect((await stage.features.runs.byKey(`${slug}-s1`))?.order).toMatchObject({ verb: 'delete', resource: slug });
    expect(await stage.ran(`${slug}-s1`, { state: 'failed', message: 'Still held.' })).toEqual([]);
    // The path itself left the catalog: what it left is taken away all the same.
    stage.setCatalog();
    stage.pass(119);
    await look(stage);
    expect(await stage.runs()).toHaveLength(3);
    stage.pass(1);
    await look(stage);
    await stage.ran(`${slug}-s2`, { state: 'ready' });
    expect(await stage.features.health.byPath('postgres')).not.toHaveProperty('left');
    stage.setCatalog(path);
    stage.pass(minutes);
    await canary(stage, 'well');
    expect(await stage.features.health.byPath('postgres')).toMatchObject({ failures: 0 });
  });

  test('that is wanted waits for what is in its way, and fails when that cannot be taken away', async () => {
    const { stage, graceId } = await open();
    await look(stage);
    const runs = await last(stage);
    const slug = canarySlug('postgres', stage.now());
    await stage.ran(runs.create, { state: 'ready' });
    await stage.ran(runs.delete, { state: 'failed', message: 'A finalizer holds it.' });
    stage.pass(1);
    await stage.press(grace, presses.verify, { path: 'postgres' });
    const told = tellings(await stage.ran(`${slug}-s1`, { state: 'failed', message: 'Held.' }));
    expect(told.find(([who]) => who === graceId)?.[2]).toContain(
      `What a test run left behind (${slug}) can’t be deleted`,
    );
    stage.pass(1);
    await stage.press(grace, presses.verify, { path: 'postgres' });
    await stage.ran(`${slug}-s2`, { state: 'ready' });
    const next = await last(stage);
    expect(await stage.runs()).toContain(next.create);
    await stage.ran(next.create, { state: 'ready' });
    expect(tellings(await stage.ran(next.delete, { state: 'ready' })).map(([who]) => who)).toContain(graceId);
  });

  test('leaves no rows behind for ever', async () => {
    const { stage } = await open();
    await canary(stage, 'well');
    stage.pass(31 * minutes);
    stage.setCatalog();
    await look(stage);
    expect(await stage.runs()).toEqual([]);
  });

  test('whose order cannot be made has failed, without a run', async () => {
    const { stage } = await open({
      ...path,
      verify: { everyDays: 1, hideAfter: 1, parameters: { name: '${{ params.nobody.knows }}', size: 's' } },
    });
    const effects = await look(stage);
    expect(await stage.runs()).toEqual([]);
    expect(tellings(effects)).toHaveLength(2);
    expect(await stage.features.health.byPath('postgres')).toMatchObject({ failures: 1, hidden: true });
  });

  test('takes the defaults of the path, and fails when it does not fit its parameters', async () => {
    const { size } = path.parameters.properties;
    if (!size) throw new Error('no size');
    const parameters = {
      required: ['name', 'size'],
      properties: { ...path.parameters.properties, size: { ...size, default: 'l' } },
    };
    const verify = { everyDays: 1, hideAfter: 1, parameters: { name: 'canary' } };
    const { stage } = await open({ ...path, parameters, verify });
    await look(stage);
    expect((await stage.features.runs.byKey((await last(stage)).create))?.order.spec).toMatchObject({ size: 'l' });
    const wrong = await open({ ...path, name: 'other', verify: { ...verify, parameters: { name: 'No Name' } } });
    await look(wrong.stage);
    expect((await wrong.stage.features.health.byPath('other'))?.said).toContain(
      'doesn’t fit its parameters: name: “No Name” can’t be taken',
    );
  });

  test('of a path that leaves the catalog meanwhile is still deleted', async () => {
    const { stage } = await open();
    await look(stage);
    const runs = await last(stage);
    stage.setCatalog();
    await stage.ran(runs.create, { state: 'ready' });
    expect(await stage.runs()).toContain(runs.delete);
    expect(await stage.ran(runs.delete, { state: 'ready' })).toEqual([]);
  });

  test('is reported twice, or by an attempt that is over: nothing more happens', async () => {
    const { stage } = await open();
    await look(stage);
    const runs = await last(stage);
    await stage.ran(runs.create, { state: 'ready' });
    expect(await stage.ran(runs.create, { state: 'ready' })).toEqual([]);
    expect(await stage.ran(runs.create, { state: 'failed' })).toEqual([]);
    expect(await stage.runs()).toHaveLength(2);
  });

  test('is not begun for what is blocked, cannot be used here, or has nothing to verify', async () => {
    const { stage } = await open(
      { ...path, name: 'a', lifecycle: { is: 'blocked', because: 'No.' } },
      { ...path, name: 'b', unavailable: 'terraform is missing' },
      postgres,
    );
    expect(kinds(await look(stage))).toEqual(['later']);
  });
});

describe('Verify now', () => {
  test('begins one, and tells whoever asked how it went', async () => {
    const { stage, graceId } = await open();
    expect(whispers((await stage.press(grace, presses.verify, { path: 'postgres' })).effects)).toContain(
      'The test run has begun',
    );
    expect(whispers((await stage.command(grace, 'verify postgres')).effects)).toContain('is under way already');
    expect(await stage.runs()).toHaveLength(1);
    const runs = await last(stage);
    await stage.ran(runs.create, { state: 'ready' });
    const told = tellings(await stage.ran(runs.delete, { state: 'ready' }));
    expect(told).toMatchObject([[graceId, expect.any(String), expect.stringContaining('went through its test run')]]);
  });

  test('is for the platform engineers, and for paths that can be verified', async () => {
    const { stage } = await open(path, { ...postgres, name: 'redis', title: 'Redis' });
    expect(viewIn((await stage.press(ada, presses.verify, { path: 'postgres' })).effects).id).toBe('not-allowed');
    expect(await stage.runs()).toEqual([]);
    await expect(stage.command(grace, 'verify redis')).rejects.toMatchObject({ code: 'path_not_verifiable' });
    await expect(stage.command(grace, 'verify nothing')).rejects.toMatchObject({ code: 'path_unknown' });
  });

  test('two at once begin one', async () => {
    const { stage } = await open();
    await Promise.all([1, 2, 3].map(() => stage.press(grace, presses.verify, { path: 'postgres' })));
    expect(await stage.runs()).toHaveLength(1);
  });

  test('without a name shows all paths, the worst first', async () => {
    const { stage } = await open(path, { ...path, name: 'redis', title: 'Redis' });
    const started = stage.now();
    await stage.features.health.put({ path: 'redis', version: '1.4.0', failures: 2, hidden: true, started, said: 'x' });
    expect(linesOf(viewIn((await stage.command(grace, 'verify')).effects)).slice(0, 4)).toEqual([
      'Redis 1.4.0',
      'hidden · Never verified so far; the last 2 test runs failed.',
      'PostgreSQL 1.4.0',
      'Not tried by a test run yet.',
    ]);
    stage.setCatalog();
    expect(whispers((await stage.command(grace, 'verify')).effects)).toContain(
      'No golden path has a verify section yet.',
    );
  });
});

describe('how fresh a path is', () => {
  const now = at('2026-03-10T12:00:00Z');
  const health = (more: Partial<PathHealth> = {}): PathHealth => ({
    path: 'postgres',
    version: '1.4.0',
    failures: 0,
    hidden: false,
    started: now,
    ...more,
  });
  test.each([
    [undefined, undefined],
    [health(), undefined],
    [health({ verified: at('2026-03-10T08:00:00Z') }), 'Last verified today, by a real run.'],
    [health({ verified: at('2026-03-09T08:00:00Z') }), 'Last verified yesterday, by a real run.'],
    [health({ verified: at('2026-03-01T08:00:00Z') }), 'Last verified 9 days ago, by a real run.'],
    [
      health({ verified: at('2026-03-01T08:00:00Z'), version: '1.3.0', failures: 3 }),
      'Last verified 9 days ago, by a real run of version 1.3.0.',
    ],
    [
      health({ verified: at('2026-03-09T08:00:00Z'), failures: 1 }),
      'Last verified yesterday, by a real run; the last test run failed.',
    ],
    [health({ failures: 3 }), 'Never verified so far; the last 3 test runs failed.'],
  ])('%#', (known, says) => expect(freshness(path, known, now)).toBe(says));

  test('is not said where nothing verifies it', () => expect(freshness(postgres, undefined, now)).toBeUndefined());

  test('failures count for their version, and bring the next try nearer', () => {
    expect(failuresOf(path, health({ failures: 3 }))).toBe(3);
    expect(failuresOf({ version: '2.0.0' }, health({ failures: 3 }))).toBe(0);
    const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
    expect(dueNow(path, health({ started: ago(25) }), now)).toBe(false);
    expect(dueNow(path, health({ started: ago(25), failures: 1 }), now)).toBe(true);
    expect(dueNow(path, health({ started: ago(72) }), now)).toBe(true);
    expect(dueNow(path, health({ started: ago(72), run: 'x' }), now)).toBe(false);
  });

  test('a canary’s runs are told from all others by their keys', () => {
    expect(phaseOf(canaryRun('create', 'a path', now))).toBe('create');
    expect(phaseOf(canaryRun('delete', 'x', now))).toBe('delete');
    expect(phaseOf(canaryRun('clean', 'x', now))).toBe('clean');
    for (const key of ['run-1-1', 'end-a-0-1-r7', 'canary-x', `${canaryRun('clean', 'x', now)}x`])
      expect(phaseOf(key)).toBeUndefined();
    expect(canaryRun('clean', 'a very long name of a path that nobody would choose', now)).toMatch(/^[a-z0-9-]{1,63}$/);
  });
});
