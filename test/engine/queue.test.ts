import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LaneHead } from '../../src/engine/ports.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, openHouse, quiet } from '../support/house.ts';
import { createProbe, say, whisper } from '../support/probe.ts';
import { breakable, type QueueHome, queueName, queueOn } from '../support/queues.ts';

const database = await openTestDatabase();
const undo: (() => Promise<unknown>)[] = [];
beforeEach(() => database.empty());
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});
afterAll(() => database.close());

const redis = process.env.REDIS_URL;
const homes: readonly QueueHome[] = [
  { on: 'Postgres', config: database.config },
  ...(redis ? [{ on: 'Redis', url: redis } as const] : []),
];
const head = (lane: string, seq = 1, attempts = 0): LaneHead => ({ lane, seq: String(seq), attempts });

/** What was drained, lane by lane; one can wait for the next, and say what a drain does. */
function drains() {
  const lanes: string[] = [];
  let heard = Promise.withResolvers<void>();
  let act: (lane: string, nth: number) => Promise<Date | undefined> = async () => undefined;
  return {
    lanes,
    set act(run: typeof act) {
      act = run;
    },
    drain(lane: string): Promise<Date | undefined> {
      lanes.push(lane);
      heard.resolve();
      heard = Promise.withResolvers();
      return act(lane, lanes.filter((l) => l === lane).length);
    },
    /** Resolves once so many drains have begun. */
    async count(n: number): Promise<void> {
      while (lanes.length < n) await heard.promise;
    },
  };
}

async function open(home: QueueHome, name = queueName()) {
  const { queue, end } = queueOn(home, name, quiet);
  const seen = drains();
  await queue.start((lane) => seen.drain(lane));
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= queue.stop().then(end);
    return stopped;
  };
  undo.push(stop);
  return { queue, seen, name, stop };
}

describe.each(homes)('BullMQ on $on', (home) => {
  test('wakes each lane that it is asked for', async () => {
    const { queue, seen } = await open(home);
    const lanes = Array.from({ length: 40 }, (_, i) => `slack:T1/C${i}`);
    await queue.add(lanes.map((lane, i) => head(lane, i)));
    await seen.count(40);
    expect(seen.lanes.toSorted()).toEqual(lanes.toSorted());
    await queue.add([]);
    await queue.ping();
  });

  test('takes a thousand heads of one lane as one', async () => {
    const { queue, seen } = await open(home);
    await queue.add([...Array.from({ length: 1_000 }, (_, i) => head('lane', i)), head('other', 1_000)]);
    await seen.count(2);
    expect(seen.lanes.toSorted()).toEqual(['lane', 'other']);
  });

  test('comes back when a drain asks for it, not sooner', async () => {
    const { queue, seen } = await open(home);
    let asked = 0;
    seen.act = async (_, nth) => {
      if (nth > 1) return undefined;
      asked = Date.now();
      return new Date(asked + 400);
    };
    await queue.add([head('lane')]);
    await seen.count(2);
    // A timer may fire a millisecond before its time.
    expect(Date.now() - asked).toBeGreaterThanOrEqual(398);
  });

  test('comes back at once when the time is past, as with a head that another process holds', async () => {
    const { queue, seen } = await open(home);
    seen.act = async (_, nth) => (nth < 4 ? new Date(0) : undefined);
    await queue.add([head('lane')]);
    await seen.count(4);
  });

  test('lets a drain fail: others go on, and the same head may be asked for again', async () => {
    const { queue, seen } = await open(home);
    const failed = Promise.withResolvers<void>();
    seen.act = async (lane, nth) => {
      if (lane === 'bad' && nth === 1) {
        failed.resolve();
        throw new Error('the database is away');
      }
      return undefined;
    };
    await queue.add([head('bad', 1), head('good', 2)]);
    await failed.promise;
    await seen.count(2);
    // The failed wake-up is gone as soon as BullMQ has written that down.
    while (seen.lanes.filter((l) => l === 'bad').length < 2) await queue.add([head('bad', 1)]);
  });

  test('is prepared by two processes that start at the same moment', async () => {
    const name = queueName();
    const [one, two] = await Promise.all([open(home, name), open(home, name)]);
    await one.queue.add([head('a', 1), head('b', 2)]);
    await Promise.race([one.seen.count(2), two.seen.count(2), Promise.all([one.seen.count(1), two.seen.count(1)])]);
    expect([...one.seen.lanes, ...two.seen.lanes].toSorted()).toEqual(['a', 'b']);
  });

  test('stops when what is under way has ended, and takes nothing more', async () => {
    const { queue, seen, stop } = await open(home);
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    seen.act = async () => {
      await gate.promise;
      order.push('drained');
      return undefined;
    };
    await queue.add([head('lane')]);
    await seen.count(1);
    const stopping = stop().then(() => order.push('stopped'));
    gate.resolve();
    await stopping;
    expect(order).toEqual(['drained', 'stopped']);
    expect(seen.lanes).toEqual(['lane']);
  });

  test('turns down what it is asked while its home is away, and goes on by itself when that is back', async () => {
    const { proxy, home: fragile } = await breakable(home);
    undo.push(() => proxy.close());
    const { queue, seen } = await open(fragile);
    await queue.add([head('before', 1)]);
    await seen.count(1);
    proxy.away();
    undo.push(async () => proxy.back());
    // What is on the wire at that moment may be turned down, or be done later.
    const onTheWire = queue.add([head('on the wire', 2)]).catch(() => {});
    await proxy.quiet();
    await expect(queue.add([head('lost', 3)])).rejects.toThrow();
    await expect(queue.ping()).rejects.toThrow();
    proxy.back();
    await onTheWire;
    // Whoever asks, the sweep, asks again until it is heard.
    for (let n = 0; !seen.lanes.includes('after'); n++) {
      await queue.add([head('after', 4 + n)]).catch(() => {});
      await setImmediate();
    }
    expect(seen.lanes).not.toContain('lost');
    await queue.ping();
  });

  test('can be stopped while its home is away', async () => {
    const { proxy, home: fragile } = await breakable(home);
    undo.push(() => proxy.close());
    const { stop } = await open(fragile);
    proxy.away();
    // Its connections wait for the next try to connect.
    await proxy.quiet();
    await stop();
  });

  test('carries an engine: what is committed is delivered without a hand on it', async () => {
    const name = queueName();
    const { queue, end } = queueOn(home, name, quiet);
    const probe = createProbe();
    const house = openHouse(database, { features: [probe.feature], queue });
    await house.engine.start();
    const places = Array.from({ length: 5 }, (_, i) => `slack:T1/C${i}`);
    probe.command = async () => [whisper('done'), ...places.flatMap((p) => [say(p, `${p}/1`), say(p, `${p}/2`)])];
    const all = Promise.withResolvers<void>();
    const { deliver } = house.slack;
    house.slack.deliver = async (o, names) => {
      const delivered = await deliver(o, names);
      if (house.slack.outgoing.length === 10) all.resolve();
      return delivered;
    };
    const answer = await house.engine.dispatch(house.command(ada, 'probe'));
    await house.engine.settle(answer, answer.replies);
    await all.promise;
    await house.engine.stop();
    await end();
    for (const place of places)
      expect(house.slack.outgoing.filter((o) => 'place' in o && o.place === place).map((o) => o.view.summary)).toEqual([
        `${place}/1`,
        `${place}/2`,
      ]);
  });
});

test('without REDIS_URL the Redis half of this file does not run, and says so', () => {
  expect(homes.map((h) => h.on)).toEqual(redis ? ['Postgres', 'Redis'] : ['Postgres']);
});
