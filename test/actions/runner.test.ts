import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { previewRuns } from '../../src/actions/preview.ts';
import { createRunner, wakeRunner } from '../../src/actions/runner.ts';
import { Problem } from '../../src/core/kernel/problem.ts';
import { type Moved, moved } from '../../src/core/runs/report.ts';
import { type Backend, type Order, type Progress, queued } from '../../src/core/runs/run.ts';
import { openDb } from '../../src/store/db.ts';
import { createRunClaims } from '../../src/store/runs.ts';
import { createStore } from '../../src/store/store.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { quiet, settings } from '../support/house.ts';

const database = await openTestDatabase();
const { runs } = createStore(database.pool, () => settings).direct.features;
const claims = createRunClaims(openDb(database.pool));
beforeEach(() => database.empty());
afterAll(() => database.close());

const at = (state: Progress['state'], message = state as string): Progress => ({ ...queued, state, message });
const order = (run: string, cluster?: string): Order => ({
  run,
  ...(cluster === undefined ? {} : { cluster }),
  verb: 'create',
  resource: 'r1',
  path: 'postgres',
  version: '1.0.0',
  spec: {},
  labels: {},
  annotations: {},
  timeoutSeconds: 600,
});

/** A backend whose runs go as the test says: each yields what is pushed, and tells how it was asked to end. */
function handBackend(atOnce = 3) {
  const going = new Map<string, { push(p: Progress | Error | 'end'): void; signal: AbortSignal }>();
  const begun: string[] = [];
  let hear = () => {};
  const backend: Backend = {
    name: 'hand',
    atOnce,
    available: async () => ({ ok: true, version: '1' }),
    preview: async () => ({ summary: 'nothing', changes: [], destroys: 0 }),
    async *run({ run }, signal) {
      const waiting: (Progress | Error | 'end')[] = [];
      let wake = () => {};
      signal.addEventListener('abort', () => wake());
      begun.push(run);
      going.set(run, {
        signal,
        push(p) {
          waiting.push(p);
          wake();
        },
      });
      hear();
      while (signal.reason !== 'stop') {
        const next = waiting.shift();
        if (next === 'end') return;
        if (next instanceof Error) throw next;
        if (next) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
  return {
    backend,
    begun,
    async run(key: string) {
      while (!going.has(key))
        await new Promise<void>((resolve) => {
          hear = resolve;
        });
      const it = going.get(key) as { push(p: Progress | Error | 'end'): void; signal: AbortSignal };
      going.delete(key);
      return it;
    },
  };
}

/** A process: a runner with a clock and a door of its own, on the one database. */
function open(options: { hand?: ReturnType<typeof handBackend>; holder?: string } = {}) {
  const clock = virtualClock();
  const hand = options.hand ?? handBackend();
  const reports: Moved[] = [];
  const faults: Error[] = [];
  let hear = () => {};
  const runner = createRunner({
    claims,
    backends: [hand.backend],
    clock,
    log: quiet,
    holder: options.holder ?? 'me',
    async report(inbound) {
      if (inbound.kind !== 'observed' || inbound.what !== 'run.moved') throw new Error('another report');
      const fault = faults.shift();
      if (fault) {
        hear();
        throw fault;
      }
      const said = moved.parse(JSON.parse(JSON.stringify(inbound.input)));
      expect(inbound.delivery).toBe(`run/${said.key}/${said.attempt}/${said.n}`);
      await runs.moved(said.key, said.attempt, said.progress, inbound.at);
      reports.push(said);
      hear();
    },
  });
  return {
    ...hand,
    clock,
    runner,
    faults,
    /** What was said of a run, once there are so many reports in all. */
    async said(count: number): Promise<readonly string[]> {
      while (reports.length < count)
        await new Promise<void>((resolve) => {
          hear = resolve;
        });
      return reports.map((r) => `${r.key} ${r.attempt}/${r.n} ${r.progress.message ?? r.progress.state}`);
    },
    /** Resolves at the next report, or the next that fails. */
    heard: () =>
      new Promise<void>((resolve) => {
        hear = resolve;
      }),
  };
}
/** All that can go on without time passing has gone on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
const write = (key: string, at = new Date('2026-03-02T09:00:00Z'), cluster?: string) =>
  runs.start({ key, backend: 'hand', order: order(key, cluster), at });
const lapse = () =>
  database.pool.query(
    `update groundcrew.run set lease = clock_timestamp() - interval '1 second' where lease is not null`,
  );

describe('a run', () => {
  test('whose backend was taken out of the configuration fails, and says so', async () => {
    const long = new Date('2026-03-02T09:00:00Z');
    await runs.start({ key: 'a', backend: 'backstage', order: order('a'), at: long });
    await runs.start({ key: 'b', backend: 'backstage', order: order('b'), at: new Date() });
    await runs.cancel('b');
    const { runner, said } = open();
    await runner.wake();
    expect((await said(2)).toSorted()).toEqual([
      'a 1/1 backstage was to make this, and it isn’t connected to Groundcrew any more, so nothing was done. The operator of Groundcrew can connect it again; then try again.',
      'b 1/1 It was cancelled before it began.',
    ]);
    expect(await runs.byKey('a')).toMatchObject({ progress: { state: 'failed' } });
    expect(await runs.byKey('b')).toMatchObject({ progress: { state: 'cancelled' } });
    await runner.stop();
  });

  test('is claimed, and each change of it is told, at most once a second and the last one at once', async () => {
    await write('a');
    const { clock, runner, run, said } = open();
    await runner.wake();
    const a = await run('a');
    a.push(at('planning'));
    expect(await said(1)).toEqual(['a 1/1 planning']);
    a.push(at('running', 'one'));
    a.push(at('running', 'two'));
    await settle();
    await clock.pass(999);
    expect(await said(1)).toHaveLength(1);
    await clock.pass(1);
    expect((await said(2)).slice(1)).toEqual(['a 1/2 two']);
    a.push(at('running', 'two'));
    await settle();
    await clock.pass(5_000);
    a.push(at('running', 'three'));
    a.push(at('ready'));
    expect((await said(4)).slice(2)).toEqual(['a 1/3 three', 'a 1/4 ready']);
    await runner.stop();
    expect(await runs.byKey('a')).toMatchObject({ progress: at('ready') });
    expect(await said(4)).toHaveLength(4);
  });

  test('is told of until that is committed; what is newer takes its place', async () => {
    await write('a');
    const { clock, runner, run, said, faults, heard } = open();
    faults.push(new Error('no database'), new Error('no database'));
    await runner.wake();
    const a = await run('a');
    let heardOne = heard();
    a.push(at('running', 'old'));
    await heardOne;
    heardOne = heard();
    a.push(at('ready', 'new'));
    await settle();
    await clock.pass(500);
    await heardOne;
    await settle();
    await clock.pass(1_000);
    expect(await said(1)).toEqual(['a 1/2 new']);
    await runner.stop();
  });

  test('tells no secret that a system prints', async () => {
    await write('a');
    const { runner, run, said } = open();
    await runner.wake();
    (await run('a')).push(new Problem('tool_failed', 'It said: password=hunter22 for https://bot:hunter22@git.test/x'));
    expect(await said(1)).toEqual(['a 1/1 It said: password=••• for •••git.test/x']);
    await runner.stop();
    const leaky: Backend = {
      ...handBackend().backend,
      preview: async () => Promise.reject(new Problem('x', 'pwd=hunter22')),
    };
    const preview = previewRuns([leaky], virtualClock(), quiet);
    const asked = { request: 1, order: order('a'), backend: 'hand' };
    expect(await preview.run(asked, 'key')).toMatchObject({ problem: { message: 'pwd=•••' } });
  });

  test('fails with the words of a problem, and with our own when the fault is ours', async () => {
    for (const key of ['a', 'b', 'c']) await write(key);
    const { runner, run, said } = open();
    await runner.wake();
    (await run('a')).push(new Problem('verb_unsupported', 'It can’t be woken.'));
    expect(await said(1)).toEqual(['a 1/1 It can’t be woken.']);
    (await run('b')).push(new TypeError('x is not a function'));
    expect((await said(2))[1]).toMatch(/^b 1\/1 Something went wrong inside Groundcrew \(x is not a function\)/);
    (await run('c')).push('end');
    expect((await said(3))[2]).toMatch(/ended without saying how/);
    await runner.stop();
    for (const key of ['a', 'b', 'c']) expect(await runs.byKey(key)).toMatchObject({ progress: { state: 'failed' } });
  });

  test('is not begun when it was cancelled before; one under way is asked to stop', async () => {
    await write('a');
    await runs.cancel('a');
    await write('b');
    const { runner, run, said, begun } = open();
    await runner.wake();
    expect(await said(1)).toEqual(['a 1/1 It was cancelled before it began.']);
    const b = await run('b');
    await runs.cancel('b');
    await wakeRunner(() => runner).run({}, 'k');
    await runner.wake();
    expect(b.signal.reason).toBe('cancel');
    b.push(at('cancelled', '2 objects are left'));
    expect((await said(2))[1]).toBe('b 1/1 2 objects are left');
    expect(begun).toEqual(['b']);
    await runner.stop();
  });
});

describe('a process', () => {
  test('takes no more than each backend can do at once, and the next as soon as one has ended', async () => {
    for (const [i, key] of ['a', 'b', 'c', 'd'].entries()) await write(key, new Date(i));
    const { runner, run, begun } = open({ hand: handBackend(2) });
    await runner.wake();
    const [a] = [await run('a'), await run('b')];
    expect(begun).toEqual(['a', 'b']);
    a.push(at('ready'));
    await run('c');
    expect(begun).toEqual(['a', 'b', 'c']);
    await runner.stop();
  });

  test('takes as many in each cluster: what waits for one that is away holds up no other', async () => {
    const runsOf = async (cluster: string | undefined, ...keys: readonly string[]) => {
      for (const key of keys) await write(key, undefined, cluster);
    };
    await runsOf('away', 'a1', 'a2', 'a3');
    await runsOf('well', 'b1', 'b2', 'b3');
    await runsOf(undefined, 'c1');
    const { runner, run, begun } = open({ hand: handBackend(2) });
    await runner.wake();
    expect(begun.toSorted()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1']);
    (await run('b1')).push(at('ready'));
    await run('b3');
    await runsOf('well', 'b4');
    await runner.wake();
    expect(begun.slice(5)).toEqual(['b3']);
    await runner.stop();
  });

  test('that ends leaves its runs to another, which takes them up at once', async () => {
    await write('a');
    const one = open({ holder: 'one' });
    await one.runner.wake();
    const a = await one.run('a');
    a.push(at('running'));
    await one.said(1);
    await one.runner.stop();
    expect(a.signal.reason).toBe('stop');
    const two = open({ holder: 'two' });
    await two.runner.wake();
    const again = await two.run('a');
    again.push(at('ready'));
    expect(await two.said(1)).toEqual(['a 2/1 ready']);
    await two.runner.stop();
    expect(await one.said(1)).toHaveLength(1);
  });

  test('that died is found out by its lease; one that only slept tells no more', async () => {
    await write('a');
    const one = open({ holder: 'one' });
    await one.runner.wake();
    const slept = await one.run('a');
    const two = open({ holder: 'two' });
    await two.runner.wake();
    expect(two.begun).toEqual([]);
    await lapse();
    await two.runner.wake();
    const mine = await two.run('a');
    await one.runner.wake();
    expect(slept.signal.reason).toBe('stop');
    slept.push(at('failed'));
    mine.push(at('ready'));
    expect(await two.said(1)).toEqual(['a 2/1 ready']);
    await one.runner.stop();
    await two.runner.stop();
    expect(await one.said(0)).toEqual([]);
    expect(await runs.byKey('a')).toMatchObject({ progress: at('ready') });
  });

  test('that can’t reach the database gives a run up before another may have it', async () => {
    await write('a');
    const { clock, runner, run } = open();
    runner.start();
    const a = await run('a');
    clock.jump(54_000);
    await clock.pass(5_000);
    expect(a.signal.reason).toBe('stop');
    await runner.stop();
  });
});

describe('a preview', () => {
  const ask = (backend: Partial<Backend>, name = 'hand') => {
    const clock = virtualClock();
    const action = previewRuns([{ ...handBackend().backend, ...backend }], clock, quiet);
    return { clock, result: action.run({ request: 7, order: order('a'), backend: name }, 'key') };
  };

  test('is what the backend says', async () => {
    const { result } = ask({});
    expect(await result).toEqual({ request: 7, preview: { summary: 'nothing', changes: [], destroys: 0 } });
  });

  test('waits for its turn behind as many as the backend does at once, in the order in which they were asked for', async () => {
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const preview: Backend['preview'] = async ({ run }) => {
      begun.push(run);
      await new Promise<void>((resolve) => ends.push(resolve));
      return { summary: run, changes: [], destroys: 0 };
    };
    const action = previewRuns([{ ...handBackend().backend, atOnce: 2, preview }], virtualClock(), quiet);
    const asked = ['a', 'b', 'c', 'd'].map((key) =>
      action.run({ request: 1, order: order(key), backend: 'hand' }, `${key}`),
    );
    const first = [...begun];
    ends[0]?.();
    await asked[0];
    const second = [...begun];
    ends[1]?.();
    await asked[1];
    const third = [...begun];
    for (const end of ends) end();
    await Promise.all(asked);
    expect([first, second, third].map((list) => list.length)).toEqual([2, 3, 4]);
    expect(begun).toEqual(['a', 'b', 'c', 'd'].map((key) => order(key).run));
  });

  test('waits for no turn in another cluster', async () => {
    const end = Promise.withResolvers<void>();
    const begun: string[] = [];
    const preview: Backend['preview'] = async ({ run }) => {
      begun.push(run);
      if (run.startsWith('away')) await end.promise;
      return { summary: run, changes: [], destroys: 0 };
    };
    const action = previewRuns([{ ...handBackend().backend, atOnce: 1, preview }], virtualClock(), quiet);
    const ask = (run: string, cluster?: string) =>
      action.run({ request: 1, order: order(run, cluster), backend: 'hand' }, run);
    const waiting = [ask('away-1', 'away'), ask('away-2', 'away')];
    await Promise.all([ask('well-1', 'well'), ask('well-2', 'well'), ask('first')]);
    expect(begun.toSorted()).toEqual(['away-1', 'first', 'well-1', 'well-2']);
    end.resolve();
    await Promise.all(waiting);
    expect(begun.at(-1)).toBe('away-2');
  });

  test('whose turn comes when the process stops is left to the next one', async () => {
    const end = Promise.withResolvers<void>();
    const begun: string[] = [];
    const preview: Backend['preview'] = async ({ run }) => {
      begun.push(run);
      await end.promise;
      return { summary: run, changes: [], destroys: 0 };
    };
    let stopping = false;
    const backends = [{ ...handBackend().backend, atOnce: 1, preview }];
    const action = previewRuns(backends, virtualClock(), quiet, () => stopping);
    const [a, b, c] = ['a', 'b', 'c'].map((key) =>
      action.run({ request: 1, order: order(key), backend: 'hand' }, `${key}`),
    );
    const left = Promise.allSettled([b, c]);
    stopping = true;
    end.resolve();
    expect(await a).toMatchObject({ preview: { summary: 'a' } });
    const stopped = { status: 'rejected', reason: expect.objectContaining({ code: 'run_stopped' }) };
    expect(await left).toEqual([stopped, stopped]);
    expect(begun).toEqual(['a']);
  });

  test('that can’t be had is a problem in words, at once', async () => {
    const problem = new Problem('verb_unsupported', 'It can’t be woken.');
    expect(await ask({ preview: () => Promise.reject(problem) }).result).toEqual({
      request: 7,
      problem: { code: 'verb_unsupported', message: 'It can’t be woken.' },
    });
    const fault = ask({ preview: () => Promise.reject(new TypeError('secret details')) });
    expect(await fault.result).toMatchObject({ problem: { code: 'preview_failed' } });
    expect(JSON.stringify(await fault.result)).not.toContain('secret details');
    expect(await ask({}, 'nobody').result).toMatchObject({ problem: { code: 'backend_unknown' } });
  });

  test('that takes too long is given up, and the backend is told', async () => {
    let signal: AbortSignal | undefined;
    const { clock, result } = ask({
      preview: (_, s) => {
        signal = s;
        return new Promise(() => {});
      },
    });
    await clock.pass(110_000);
    expect(await result).toMatchObject({ request: 7, problem: { code: 'preview_slow' } });
    expect(signal?.aborted).toBe(true);
  });
});
