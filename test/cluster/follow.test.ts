import { once } from 'node:events';
import { Agent, createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createApi } from '../../src/cluster/api.ts';
import { type Change, follow, type State } from '../../src/cluster/follow.ts';
import { kinds, pods } from '../../src/cluster/kinds.ts';
import type { Access } from '../../src/cluster/kubeconfig.ts';
import { createObjects } from '../../src/core/diagnosis/index.ts';
import type { Fault } from '../../src/playground/cluster/index.ts';
import { virtualClock } from '../support/clock.ts';
import { still } from './world.ts';

const configMaps = kinds.find((k) => k.kind === 'ConfigMap') as (typeof kinds)[number];
const secrets = kinds.find((k) => k.kind === 'Secret') as (typeof kinds)[number];
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Keeps what comes, and lets a test wait for it. */
function recorder<T>() {
  const all: T[] = [];
  const waiting = new Set<() => void>();
  return {
    all,
    add(one: T): void {
      all.push(one);
      for (const look of [...waiting]) look();
    },
    /** The first one from now on, or from `from` on, that fits. */
    until: (fits: (one: T) => boolean, from = all.length): Promise<T> =>
      new Promise((resolve) => {
        const look = () => {
          const found = all.slice(from).find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

type World = ReturnType<typeof still>;

async function accessTo(world: World): Promise<Access> {
  const { url, caPem, token } = await world.cluster.listen();
  closing.push(() => world.cluster.close());
  return {
    context: 'test',
    namespace: 'default',
    server: new URL(url),
    options: async () => ({ ca: caPem, headers: { authorization: `Bearer ${token}` } }),
  };
}

function following(
  access: Access,
  clock: ReturnType<typeof virtualClock>,
  kind = configMaps,
  onChange?: (change: Change) => void,
) {
  const states = recorder<State>();
  const changes = recorder<string>();
  const synced = recorder<true>();
  const faults: unknown[] = [];
  const objects = createObjects();
  const { stop } = follow(createApi(access), {
    kind,
    namespace: 'default',
    clock,
    known: { get: (space, name) => objects.get(kind.kind, space, name), all: () => objects.of(kind.kind) },
    // The shortest pauses: what holds for them holds for longer ones.
    random: () => 0,
    onChange: (change) => {
      if (change.type === 'set') objects.put(change.object, change.before);
      else objects.drop(change.object);
      changes.add(`${change.type} ${(change.object.metadata as { name: string }).name}`);
      onChange?.(change);
    },
    onState: states.add,
    onSynced: () => synced.add(true),
    onFault: (error) => faults.push(error),
  });
  closing.push(stop);
  return { states, changes, synced, faults, stop };
}

const watching = (s: State): boolean => s.at === 'watching';
const waiting = (s: State): boolean => s.at === 'waiting';
const map = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { a: '1' },
});

async function begun(options: Parameters<typeof still>[0] = {}) {
  const world = still({ controllers: false, ...options });
  const access = await accessTo(world);
  world.objects.create('configmaps', map('a'));
  const f = following(access, world.clock);
  await f.states.until(watching, 0);
  return { ...world, ...f, access };
}

test('a list, then what changes', async () => {
  const { objects, changes, synced, states } = await begun();
  expect(synced.all).toEqual([true]);
  expect(changes.all).toContain('set a');
  objects.create('configmaps', map('b'));
  await changes.until((c) => c === 'set b', 0);
  objects.patch('configmaps', 'default', 'b', { data: { a: '2' } });
  await changes.until((c) => c === 'set b', changes.all.indexOf('set b') + 1);
  objects.delete('configmaps', 'default', 'b');
  await changes.until((c) => c === 'gone b', 0);
  expect(states.all.map((s) => s.at)).toEqual(['listing', 'watching']);
});

test('values of secrets are neither listed nor watched', async () => {
  const world = still({ controllers: false });
  const access = await accessTo(world);
  const seen: Change[] = [];
  const secret = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'default' },
    data: { password: 'aHVudGVyMg==' },
  });
  world.objects.create('secrets', secret('a'));
  const f = following(access, world.clock, secrets, (change) => seen.push(change));
  await f.states.until(watching, 0);
  world.objects.create('secrets', secret('b'));
  await f.changes.until((c) => c === 'set b', 0);
  expect(JSON.stringify(seen)).not.toContain('aHVudGVyMg');
});

/** Rows 43 of the catalogue: whatever ends a watch, it goes on where it was, and nothing is lost or told twice. */
test.each<[string, Fault]>([
  ['a reset', { kind: 'reset' }],
  ['401', { kind: 'status', code: 401 }],
  ['500', { kind: 'status', code: 500 }],
  ['403: the right was taken away', { kind: 'status', code: 403 }],
  ['an end in the middle of a line', { kind: 'cut', after: 0, midLine: true }],
  ['an end between two lines', { kind: 'cut', after: 0 }],
])('%s: resumed, with a pause', async (_, fault) => {
  const { cluster, objects, clock, changes, states, access } = await begun();
  let left = 2;
  let lists = 0;
  cluster.fail(({ watch }) => {
    lists += watch ? 0 : 1;
    return watch && left-- > 0 ? fault : undefined;
  });
  // The watch that there is ends with its server's patience; the next two meet the fault.
  await clock.pass(25_000);
  for (let i = 0; i < 2; i++) {
    objects.create('configmaps', map(`gap${i}`));
    const pause = (await states.until(waiting, states.all.length - 1)) as Extract<State, { ms: number }>;
    expect(pause.ms).toBeGreaterThanOrEqual(500);
    expect(pause.ms).toBeLessThanOrEqual(30_000);
    const before = states.all.length;
    await clock.pass(pause.ms);
    await states.until((s) => s.at === 'watching' || s.at === 'waiting', before);
  }
  objects.create('configmaps', map('after'));
  await changes.until((c) => c === 'set after', 0);
  expect(changes.all.filter((c) => /gap|after/.test(c))).toEqual(['set gap0', 'set gap1', 'set after']);
  expect(lists).toBe(0);
  expect(access.context).toBe('test');
});

test('429 is given the time that it asks for', async () => {
  const { cluster, clock, states } = await begun();
  let left = 1;
  cluster.fail(({ watch }) => (watch && left-- > 0 ? { kind: 'status', code: 429, retryAfter: 7 } : undefined));
  await clock.pass(25_000);
  expect(await states.until(waiting, 0)).toMatchObject({ ms: 7_000 });
});

test('429 of a list is given the time that it asks for too', async () => {
  const world = still({ controllers: false });
  const access = await accessTo(world);
  let left = 1;
  world.cluster.fail(() => (left-- > 0 ? { kind: 'status', code: 429, retryAfter: 9 } : undefined));
  const { states } = following(access, world.clock);
  expect(await states.until(waiting, 0)).toMatchObject({ ms: 9_000, why: expect.stringMatching(/^429 /) });
  await world.clock.pass(9_000);
  await states.until(watching, 0);
});

test('410 once: one list, and only what differs is told (300 deletions, each once)', async () => {
  const { cluster, objects, clock, changes, states } = await begun({ historySize: 50 });
  objects.create('configmaps', map('first'));
  await changes.until((c) => c === 'set first', 0);
  for (let i = 0; i < 300; i++) objects.create('configmaps', map(`old${i}`));
  await changes.until((c) => c === 'set old299', 0);
  cluster.fail(({ watch }) => (watch ? { kind: 'reset' } : undefined));
  await clock.pass(25_000);
  await states.until(waiting, 0);
  for (let i = 0; i < 300; i++) objects.delete('configmaps', 'default', `old${i}`);
  objects.create('configmaps', map('new'));
  let lists = 0;
  cluster.fail(({ watch }) => {
    lists += watch ? 0 : 1;
    return undefined;
  });
  const [told, seen] = [changes.all.length, states.all.length];
  await clock.pass(1_000);
  await changes.until((c) => c === 'gone old299', told);
  await states.until(watching, seen + 1);
  const after = changes.all.slice(told);
  expect(after.filter((c) => c.startsWith('gone')).toSorted()).toEqual(
    Array.from({ length: 300 }, (_, i) => `gone old${i}`).toSorted(),
  );
  expect(after.filter((c) => c.startsWith('set'))).toEqual(['set new']);
  expect(lists).toBe(1);
});

test('410 for a minute: at most six lists, and no spin', async () => {
  const { cluster, clock, states } = await begun();
  let lists = 0;
  let watches = 0;
  cluster.fail(({ watch }) => {
    if (!watch) lists += 1;
    else watches += 1;
    return watch ? { kind: 'status', code: 410 } : undefined;
  });
  await clock.pass(25_000);
  const end = clock.now().getTime() + 60_000;
  let from = 0;
  for (;;) {
    const pause = (await states.until(waiting, from)) as Extract<State, { ms: number }>;
    from = states.all.indexOf(pause) + 1;
    if (clock.now().getTime() + pause.ms > end) break;
    await clock.pass(pause.ms);
  }
  expect(lists).toBeGreaterThan(1);
  expect(lists).toBeLessThanOrEqual(6);
  expect(watches).toBeLessThanOrEqual(8);
});

/** A server of our own, that says nothing where the playground's would at least hang up in time. */
async function deaf() {
  const watches = recorder<string>();
  const access = await served((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (request.url?.includes('watch=1')) {
      response.flushHeaders();
      watches.add(String(request.url));
    } else response.end(JSON.stringify({ metadata: { resourceVersion: '7' }, items: [] }));
  });
  return { access, watches };
}
async function served(answer: RequestListener): Promise<Access> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    context: 'deaf',
    namespace: 'default',
    server: new URL(`http://127.0.0.1:${port}`),
    options: async () => ({}),
  };
}

test('a kept connection that breaks off in the middle of an answer is asked again for nobody', async () => {
  const asked: (string | undefined)[] = [];
  let breakOff = () => {};
  const access = await served((request, response) => {
    asked.push(request.url);
    if (request.url !== '/half') return response.end('{}');
    response.write('{"items":[');
    breakOff = () => response.socket?.resetAndDestroy();
  });
  const agent = new Agent({ keepAlive: true });
  closing.push(() => agent.destroy());
  const api = createApi({ ...access, options: async () => ({ agent }) });
  await api.get('/whole');
  const { body } = await api.open('/half');
  breakOff();
  await expect(buffer(body)).rejects.toMatchObject({ code: 'cluster_unreachable' });
  await api.get('/after');
  expect(asked).toEqual(['/whole', '/half', '/after']);
});

test('a half-open watch is given up within 30 seconds, and resumed from where it was', async () => {
  const { access, watches } = await deaf();
  const clock = virtualClock();
  const { states } = following(access, clock);
  await watches.until(() => true, 0);
  await clock.pass(29_000);
  expect(await states.until(waiting, 0)).toMatchObject({ why: 'it has said nothing for too long', ms: 500 });
  await clock.pass(1_000);
  expect(await watches.until(() => true, 1)).toContain('resourceVersion=7');
});

test('an API server that is away for ten minutes: few tries, and then all that was missed', async () => {
  const { cluster, objects, clock, states, changes } = await begun();
  let tries = 0;
  cluster.fail(() => {
    tries += 1;
    return { kind: 'reset' };
  });
  await clock.pass(25_000);
  const end = clock.now().getTime() + 600_000;
  let from = 0;
  while (clock.now().getTime() < end) {
    const pause = (await states.until(waiting, from)) as Extract<State, { ms: number }>;
    from = states.all.indexOf(pause) + 1;
    await clock.pass(pause.ms);
  }
  expect(tries).toBeLessThanOrEqual(50);
  objects.create('configmaps', map('missed'));
  const pause = (await states.until(waiting, from)) as Extract<State, { ms: number }>;
  cluster.fail(undefined);
  await clock.pass(pause.ms);
  await changes.until((c) => c === 'set missed', 0);
});

test('who listens and throws does not make us deaf', async () => {
  const world = still({ controllers: false });
  const access = await accessTo(world);
  const f = following(access, world.clock, configMaps, () => {
    throw new Error('oh');
  });
  await f.states.until(watching, 0);
  world.objects.create('configmaps', map('b'));
  await f.changes.until((c) => c === 'set b', 0);
  expect(f.faults.length).toBe(f.changes.all.length);
});

test('a kind that the cluster does not have is asked for again later, not all the time', async () => {
  const world = still({ controllers: false });
  const access = await accessTo(world);
  const gateways = kinds.find((k) => k.kind === 'Gateway') as (typeof kinds)[number];
  const f = following(access, world.clock, gateways);
  expect(await f.states.until((s) => s.at === 'absent', 0)).toEqual({ at: 'absent', ms: 300_000 });
  expect(f.synced.all).toEqual([]);
});

test('after stop nothing is asked any more', async () => {
  const { cluster, clock, stop, states } = await begun();
  let asked = 0;
  cluster.fail(() => {
    asked += 1;
    return undefined;
  });
  stop();
  await clock.pass(600_000);
  expect(asked).toBe(0);
  expect(states.all.at(-1)?.at).toBe('watching');
});

/** Each page leads to another one: a list without an end. */
const page = (items: readonly object[]) =>
  JSON.stringify({ kind: 'ConfigMapList', metadata: { resourceVersion: '7', continue: 'more' }, items });

test('a list that is under way when following stops is not read to its end', async () => {
  const left = Promise.withResolvers<void>();
  let pages = 0;
  const access = await served((_, response) => {
    pages += 1;
    response.on('close', () => left.resolve());
    // The rest of the page never comes.
    response.write(page([map('a'), map('b')]).slice(0, -3));
  });
  const { stop, changes } = following(access, virtualClock());
  await changes.until((c) => c === 'set a', 0);
  stop();
  await left.promise;
  expect(pages).toBeLessThanOrEqual(2);
  expect(changes.all).toEqual(['set a']);
});

test('a page that breaks off keeps what came whole, and the list is begun again', async () => {
  let pages = 0;
  const access = await served((request, response) => {
    if (request.url?.includes('watch=1')) return void response.writeHead(200).flushHeaders();
    pages += 1;
    const whole = page([map('a'), map('b')]);
    if (pages > 1) return void response.end(whole.replace('"continue":"more"', '"continue":""'));
    response.write(whole.slice(0, -3));
    setImmediate(() => response.destroy());
  });
  const clock = virtualClock();
  const { changes, states } = following(access, clock);
  const pause = await states.until(waiting, 0);
  expect(pause).toMatchObject({ why: expect.stringContaining('can’t be reached') });
  await clock.pass(1_000);
  await states.until(watching, 0);
  expect(changes.all.toSorted()).toEqual(['set a', 'set b']);
});

test('a 410 and the end of the watch in one breath, as an API server says it: listed, and nothing breaks', async () => {
  let lists = 0;
  const access = await served((request, response) => {
    if (request.url?.includes('watch=1'))
      return void response.end(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410 } })}\n`);
    lists += 1;
    response.end(JSON.stringify({ metadata: { resourceVersion: String(lists) }, items: [map(`list${lists}`)] }));
  });
  const { changes } = following(access, virtualClock());
  await changes.until((c) => c === 'gone list1', 0);
  expect(changes.all).toEqual(['set list1', 'set list2', 'gone list1']);
});

test.each([
  ['an error that is not 410', `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 500 } })}\n`],
  ['a proxy’s page', '<html>Sign in</html>\n'],
])('a watch that tells nothing but %s does not make us deaf: it is listed', async (_, told) => {
  let lists = 0;
  const access = await served((request, response) => {
    if (request.url?.includes('watch=1')) return void response.end(told);
    lists += 1;
    response.end(JSON.stringify({ metadata: { resourceVersion: String(lists) }, items: [map(`list${lists}`)] }));
  });
  const clock = virtualClock();
  const { states, changes } = following(access, clock);
  for (let seen = 0, left = 8; left > 0 && lists < 2; left--) {
    const pause = (await states.until((s) => 'ms' in s, seen)) as Extract<State, { ms: number }>;
    seen = states.all.indexOf(pause) + 1;
    await clock.pass(pause.ms);
    if (pause.at === 'polling') await changes.until((c) => c === 'gone list1', 0);
  }
  expect(changes.all).toEqual(['set list1', 'set list2', 'gone list1']);
  expect(states.all.find((s) => s.at === 'polling')).toMatchObject({ why: expect.stringContaining('can’t be read') });
});

test('a kind that is taken out of the cluster takes along what there was of it', async () => {
  let there = true;
  const access = await served((request, response) => {
    if (there && request.url?.includes('watch=1')) there = false;
    if (!there) return void response.writeHead(404).end('404 page not found');
    response.end(JSON.stringify({ metadata: { resourceVersion: '7' }, items: [map('a')] }));
  });
  const clock = virtualClock();
  const { states, changes } = following(access, clock);
  let seen = 0;
  for (let left = 8; left > 0 && !changes.all.includes('gone a'); left--) {
    const pause = (await states.until((s) => 'ms' in s, seen)) as Extract<State, { ms: number }>;
    seen = states.all.indexOf(pause) + 1;
    if (pause.at !== 'absent') await clock.pass(pause.ms);
  }
  expect(states.all.at(-1)).toMatchObject({ at: 'absent' });
  expect(changes.all).toEqual(['set a', 'gone a']);
});

test('where there are no pods is no cluster: a proxy that knows nothing is not taken for one in which all is well', async () => {
  const access = await served((_, response) => response.writeHead(404).end('<html>'));
  const { states, synced } = following(access, virtualClock(), pods);
  expect(await states.until((s) => 'ms' in s, 0)).toMatchObject({ at: 'waiting', why: expect.stringMatching(/^404 /) });
  expect(synced.all).toEqual([]);
});
