import { afterEach, expect, test } from 'vitest';
import { kinds } from '../../src/cluster/kinds.ts';
import type { Access } from '../../src/cluster/kubeconfig.ts';
import { createObserver } from '../../src/cluster/observer.ts';
import { watchingLook } from '../../src/cluster/watching.ts';
import { rulesOf } from '../../src/core/incidents/rules.ts';
import { seen } from '../../src/core/incidents/seen.ts';
import type { Watches } from '../../src/core/incidents/store.ts';
import type { Inbound } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import type { Faults } from '../../src/playground/cluster/index.ts';
import { keepAbreast } from './abreast.ts';
import { still } from './world.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Leads and terms as the database keeps them, by the same clock as all else. Nobody is ever blind in it. */
function terms(now: () => number): Pick<Watches, 'lead' | 'release' | 'lost' | 'wrest' | 'uid'> {
  let held: { holder: string; until: number; term: number } | undefined;
  return {
    async lead(_, holder, seconds) {
      if (held && held.holder !== holder && held.until > now()) return undefined;
      const term = held?.holder === holder ? held.term : (held?.term ?? 0) + 1;
      held = { holder, term, until: now() + seconds * 1000 };
      return term;
    },
    async release(_, holder) {
      if (held?.holder === holder) held = { ...held, until: 0 };
    },
    lost: async () => undefined,
    wrest: async () => undefined,
    // Nothing is kept of it.
    uid: async () => undefined,
  };
}

const servedKinds = kinds
  .filter(({ group }) =>
    /^(?:v1$|(?:apps|batch|autoscaling|policy)\/|(?:networking|storage|scheduling|node|admissionregistration)\.k8s\.io\/|argoproj\.io\/)/.test(
      group,
    ),
  )
  .map(({ group, plural }) => (group === 'v1' ? plural : `${plural}.${group.split('/')[0]}`));

/** A cluster, and processes that look at it. What they tell is kept. */
async function ward(faults?: Faults) {
  const world = still();
  await world.clock.pass(1_000);
  world.deploy('web');
  await world.clock.pass(60_000);
  const { url, caPem, token } = await world.cluster.listen();
  closing.push(() => world.cluster.close());
  world.cluster.fail(faults);
  let there = { url, caPem, token };
  const access: Access = {
    context: 'ward',
    namespace: 'default',
    get server() {
      return new URL(there.url);
    },
    options: async () => ({ ca: there.caPem, headers: { authorization: `Bearer ${there.token}` } }),
  };
  const abreast = keepAbreast(world);
  const watches = terms(() => world.clock.now().getTime());
  const warned: { why?: unknown; kind?: unknown }[] = [];
  const process = (holder: string) => {
    const told: { codes: readonly string[]; at: number; term: number; n: number; uid?: string }[] = [];
    const follower = abreast.follower();
    let waiting: { fits: () => boolean; done: () => void } | undefined;
    const observer = createObserver({
      looking: () =>
        watchingLook({
          access: async () => access,
          rules: () => rulesOf(settingsSchema.parse({})),
          clock: world.clock,
          random: () => 0,
          log: { info() {}, error() {}, warn: (fields) => void warned.push(fields) },
          onStep: follower.onStep,
        }),
      rules: () => rulesOf(settingsSchema.parse({})),
      watches,
      report: async ({ kind, ...inbound }: Inbound) => {
        if (kind !== 'observed' || !('what' in inbound) || inbound.what !== 'incident.seen') return;
        const { sightings, term, n, uid } = seen.parse(inbound.input);
        told.push({
          codes: sightings.map((s) => s.verdict.code),
          at: world.clock.now().getTime(),
          term,
          n,
          ...(uid === undefined ? {} : { uid }),
        });
        if (waiting?.fits()) waiting.done();
      },
      clock: world.clock,
      log: { info() {}, error() {}, warn: (fields) => void warned.push(fields) },
      holder,
    });
    closing.push(() => observer.stop());
    return {
      told,
      observer,
      follower,
      async look(): Promise<void> {
        await observer.look();
        await follower.caughtUp();
        await observer.look();
      },
      /** Moves on, a tenth of a second after the other, until this was told. */
      async until(code: string | undefined): Promise<number> {
        const fits = () =>
          told.length > 0 && (told.at(-1)?.codes.includes(code ?? '') ?? false) === (code !== undefined);
        for (let i = 0; i < 600 && !fits(); i++) {
          await world.clock.pass(100);
          await follower.caughtUp();
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (!fits()) throw new Error(`not told in a minute: ${code}`);
        return told.at(-1)?.at ?? 0;
      },
    };
  };
  /** From now on another cluster answers in its place. `silently`: whoever is connected is not thrown out. */
  async function repoint(uid: string, silently?: 'silently') {
    const other = still({ uid }, world.clock);
    other.deploy('web');
    // A kind that nobody has asked for yet has no history to go on from.
    for (const kind of servedKinds) other.objects.list(kind);
    const age = (of: Pick<typeof other, 'objects'>, n: number): number => {
      const labels = { n: String(n) };
      return Number(
        of.objects.patch('namespaces', undefined, 'default', { metadata: { labels } }).metadata.resourceVersion,
      );
    };
    // Older than the one before: where a watch goes on is no reason to refuse it.
    if (silently) for (let n = 1, than = age(world, 0) + 50; age(other, n) < than; n++);
    there = await other.cluster.listen();
    closing.push(() => other.cluster.close());
    if (silently) return other;
    world.cluster.fail(() => ({ kind: 'reset' }));
    world.cluster.disconnect();
    return other;
  }
  return { ...world, process, warned, repoint };
}
const web = { namespace: 'default', name: 'web' };

test('what breaks is told within two seconds of the object that shows it, without anybody asking', async () => {
  const { process, cluster, clock, objects } = await ward();
  const { observer, until, told } = process('a');
  observer.start();
  await until(undefined);
  expect(told.at(-1)?.codes).toEqual([]);
  cluster.break('wrong-tag', web);
  let shown = 0;
  const stop = cluster.subscribe(({ resource, object }) => {
    if (resource.kind === 'Pod' && JSON.stringify(object.status).includes('ErrImagePull'))
      shown ||= clock.now().getTime();
  });
  const at = await until('image-not-found');
  stop();
  expect(shown).toBeGreaterThan(0);
  expect(at - shown).toBeLessThanOrEqual(2_000);
  // And nothing is told again while nothing new is to be told.
  const count = told.length;
  objects.patch('deployments.apps', 'default', 'web', { metadata: { annotations: { note: 'nothing' } } });
  await clock.pass(20_000);
  expect(told.length).toBe(count);
});

test('one of two follows the cluster; when it dies the other does within fifteen seconds', async () => {
  const { process, cluster, clock } = await ward();
  const [a, b] = [process('a'), process('b')];
  a.observer.start();
  await a.until(undefined);
  b.observer.start();
  await clock.pass(30_000);
  expect(b.follower.follows()).toBe(false);
  expect(b.told).toEqual([]);
  // It is killed: its lead is not given back.
  cluster.break('wrong-tag', web);
  const died = clock.now().getTime();
  await a.observer.stop();
  await clock.pass(100);
  const at = await b.until('image-not-found');
  expect(at - died).toBeLessThanOrEqual(15_000);
  expect(b.told.at(-1)?.term).toBe(2);
  expect(a.follower.follows()).toBe(false);
});

test('a leader that was paused for a minute tells nothing of before, whatever the clock says, and lets go', async () => {
  const { process, cluster, clock } = await ward();
  const [a, b] = [process('a'), process('b')];
  await a.look();
  expect(a.told).toMatchObject([{ codes: [], term: 1 }]);
  cluster.break('wrong-tag', web);
  await clock.pass(5_000);
  await a.follower.caughtUp();
  // Paused here for a minute: another one takes over and tells.
  clock.jump(60_000);
  await b.look();
  expect(b.told).toMatchObject([{ codes: ['image-not-found'], term: 2, n: 1 }]);
  await a.observer.look();
  expect(a.told).toHaveLength(1);
  expect(a.follower.follows()).toBe(false);
});

test('a watch that is refused, but not the list: listed instead, and the reason is said', async () => {
  const { process, cluster, warned } = await ward(({ path, watch }) =>
    watch && path.endsWith('/pods')
      ? { kind: 'status', code: 403, message: 'pods is forbidden: cannot watch' }
      : undefined,
  );
  const { observer, until } = process('a');
  observer.start();
  await until(undefined);
  cluster.break('wrong-tag', web);
  await until('image-not-found');
  expect(observer.health()).toEqual({
    ok: true,
    degraded: [expect.stringMatching(/^Pod can’t be watched, so it is listed every \d+ s \(403 /)],
  });
  expect(warned.filter((w) => w.kind === 'Pod')).toMatchObject([{ why: expect.stringMatching(/^403 /) }]);
});

const other = '0e9d8c7b-6a5f-4e4d-8c3b-2a1908f7e6d5';
test('when another cluster answers in its place nothing of the one before is told of it, and it is said', async () => {
  const { process, cluster, clock, warned, repoint, objects } = await ward();
  const { observer, until, told } = process('a');
  observer.start();
  cluster.break('wrong-tag', web);
  await until('image-not-found');
  const was = objects.get('namespaces', undefined, 'kube-system')?.metadata.uid;
  expect(told.at(-1)).toMatchObject({ uid: was });
  await repoint(other);
  for (let i = 0; i < 600 && told.at(-1)?.uid !== other; i++) {
    await clock.pass(500);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(told.at(-1)).toMatchObject({ uid: other, codes: [] });
  // Neither was the silence of the new one told as the old one’s, nor the failure of the old one as the new one’s.
  expect(told.map(({ uid, codes }) => `${uid === was ? 'old' : 'new'} ${codes.length}`)).not.toContain('new 1');
  expect(warned).toContainEqual({ was, is: other });
  expect(observer.health()).toEqual({ ok: true, degraded: [expect.stringContaining(`has the UID ${other}, and had`)] });
  clock.jump(25 * 3_600_000);
  expect(observer.health()).toEqual({ ok: true });
});

test('another cluster that answers at the next connection, without an error, is asked before anything of it is told', async () => {
  const { process, clock, repoint, objects } = await ward();
  const { observer, until, told } = process('a');
  observer.start();
  await until(undefined);
  const was = objects.get('namespaces', undefined, 'kube-system')?.metadata.uid;
  const another = await repoint(other, 'silently');
  await clock.pass(20_000);
  another.cluster.break('wrong-tag', web);
  for (let i = 0; i < 600 && told.at(-1)?.codes.length !== 1; i++) {
    await clock.pass(200);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(told.at(-1)).toMatchObject({ uid: other, codes: ['image-not-found'] });
  expect(told.filter(({ uid }) => uid === was).map(({ codes }) => codes)).toEqual([[]]);
});

test('another cluster that answers after a time in which none said which it is is another one all the same', async () => {
  const { process, cluster, clock, repoint, objects } = await ward();
  const { observer, until, told } = process('a');
  const pass = async (done: () => boolean) => {
    for (let i = 0; i < 600 && !done(); i++) {
      await clock.pass(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(done()).toBe(true);
  };
  observer.start();
  cluster.break('wrong-tag', web);
  await until('image-not-found');
  const was = objects.get('namespaces', undefined, 'kube-system')?.metadata.uid;
  expect(told.at(-1)?.uid).toBe(was);
  const untold =
    (code: number): Faults =>
    ({ path }) =>
      path.endsWith('/namespaces/kube-system') ? { kind: 'status', code, message: 'no' } : undefined;
  const says = (words: string) => JSON.stringify(observer.health()).includes(words);
  // A login that has expired is no missing right: it is asked again until it tells.
  cluster.fail(untold(401));
  await pass(() => says('can’t tell which one it is right now (401 no)'));
  cluster.fail(untold(403));
  await pass(() => says('the namespace kube-system can’t be read (403 no)'));
  // Not all of the other one can be read at once: what was known of the one before would be told as its own.
  const another = await repoint(other);
  another.cluster.fail(({ path }) => (path.endsWith('/deployments') ? { kind: 'status', code: 503 } : undefined));
  await clock.pass(30_000);
  another.cluster.fail(undefined);
  await pass(() => told.at(-1)?.uid === other);
  expect(told.filter(({ uid }) => uid === other).map(({ codes }) => codes)).toEqual([[]]);
});

test('a cluster that does not say which one it is is followed all the same, and that is said', async () => {
  const { process, cluster, warned } = await ward(({ path }) =>
    path.endsWith('/namespaces/kube-system')
      ? { kind: 'status', code: 403, message: 'namespaces "kube-system" is forbidden' }
      : undefined,
  );
  const { observer, until, told } = process('a');
  observer.start();
  await until(undefined);
  cluster.break('wrong-tag', web);
  await until('image-not-found');
  expect(told.some((t) => t.uid !== undefined)).toBe(false);
  const why =
    'Which cluster this is can’t be told: the namespace kube-system can’t be read (403 namespaces "kube-system" is forbidden)';
  expect(observer.health()).toEqual({ ok: true, degraded: [why] });
  expect(warned).toEqual([{ why }]);
});

test('while the API server is away nothing is told, and the reason is at hand', async () => {
  const { process, cluster, clock } = await ward();
  const { observer, until, told } = process('a');
  observer.start();
  await until(undefined);
  const count = told.length;
  cluster.fail(() => ({ kind: 'status', code: 503 }));
  cluster.disconnect();
  for (let i = 0; i < 12; i++) {
    await clock.pass(5_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(told.length).toBe(count);
  cluster.fail(undefined);
  cluster.break('wrong-tag', web);
  await until('image-not-found');
  expect(observer.health()).toEqual({ ok: true });
});
