import { describe, expect, test } from 'vitest';
import type { Delivered, Effects } from '../../src/core/kernel/index.ts';
import { virtualClock } from '../support/clock.ts';
import { ada, openHouse } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { createProbe, say, whisper } from '../support/probe.ts';

const database = await ownDatabase();

const C1 = 'slack:T1/C1';
const minute = 60_000;
const hour = 60 * minute;

async function open(clock = virtualClock()) {
  const probe = createProbe();
  const house = openHouse(database, { features: [probe.feature], clock });
  /** What ran: the input, and how late it was. */
  const ran: (readonly [input: unknown, seconds: number])[] = [];
  const record: typeof probe.due = async (input, late) => {
    ran.push([input, late.seconds]);
    return [];
  };
  probe.due = record;
  let n = 0;
  async function commit(...effects: Effects) {
    n += 1;
    probe.observed = async () => effects;
    const delivery = `observed/${clock.now().toISOString()}/${n}`;
    await house.engine.report({ kind: 'observed', what: 'probe', input: {}, at: clock.now(), delivery });
  }
  const later = (key: string, ms: number, input: string = key) =>
    ({ kind: 'later', job: 'probe', input, at: new Date(clock.now().getTime() + ms), key }) as const;
  return { ...house, probe, ran, record, commit, later };
}
const never = (key: string) => ({ kind: 'never', key }) as const;

test('a job runs once, at its time, and knows that it is not late', async () => {
  const house = await open();
  await house.engine.start();
  await house.commit(house.later('a', 10_000), house.later('b', 20_000));
  await pass(house, 9_000);
  expect(house.ran).toEqual([]);
  await pass(house, 2_000);
  expect(house.ran).toEqual([['a', 0]]);
  await pass(house, minute);
  expect(house.ran).toEqual([
    ['a', 0],
    ['b', 0],
  ]);
  expect(await house.rows()).toMatchObject({ due: 0 });
  await house.engine.stop();
});

/** Time goes by: what is near second by second, each beat ending before the next begins; what is far in one jump. */
async function pass(house: Awaited<ReturnType<typeof open>>, ms: number) {
  const near = Math.min(ms, 2 * minute);
  house.clock.jump(ms - near);
  for (let gone = 0; gone < near; gone += 1000) {
    await house.clock.pass(1000);
    await house.engine.idle();
  }
  await house.work();
}

describe('a job', () => {
  test('moved with the same key runs at its new time only, with its new input', async () => {
    const house = await open();
    await house.commit(house.later('a', minute, 'first'));
    await house.commit(house.later('a', 10 * minute, 'second'));
    house.clock.jump(2 * minute);
    await house.engine.tick();
    expect(house.ran).toEqual([]);
    house.clock.jump(8 * minute);
    await house.engine.tick();
    await house.engine.tick();
    expect(house.ran).toEqual([['second', 0]]);
  });

  test('taken back never runs', async () => {
    const house = await open();
    await house.commit(house.later('a', minute));
    await house.commit(never('a'));
    house.clock.jump(hour);
    await house.engine.tick();
    expect(house.ran).toEqual([]);
  });

  test('missed while the process was down runs at the next start, once, and knows how late it is', async () => {
    const down = await open();
    await down.commit(down.later('a', minute), down.later('b', 2 * minute));
    const up = await open(virtualClock('2026-03-02T17:00:00Z'));
    await up.engine.start();
    expect(up.ran).toEqual([
      ['a', 8 * 3600 - 60],
      ['b', 8 * 3600 - 120],
    ]);
    await pass(up, hour);
    expect(up.ran).toHaveLength(2);
    await up.engine.stop();
    const again = await open(virtualClock('2026-03-02T19:00:00Z'));
    await again.engine.start();
    expect(again.ran).toEqual([]);
    await again.engine.stop();
  });

  test('that is due on two replicas at the same moment runs on one of them', async () => {
    const clock = virtualClock();
    const [one, two] = [await open(clock), await open(clock)];
    for (const probe of [one.probe, two.probe]) {
      const { due } = probe;
      probe.due = async (input, late, ctx) => {
        await due(input, late, ctx);
        return [say(C1, `ran ${String(input)}`)];
      };
    }
    await one.commit(...Array.from({ length: 20 }, (_, i) => one.later(`job ${i}`, minute)));
    clock.jump(minute);
    await Promise.all([one.engine.tick(), two.engine.tick(), one.engine.tick(), two.engine.tick()]);
    expect(await one.rows()).toMatchObject({ due: 0, message: 20 });
  });

  test('whose handler fails stays due, is run again, and holds no other up', async () => {
    const house = await open();
    let fails = 3;
    house.probe.due = async (input, late, ctx) => {
      if (input === 'bad' && fails-- > 0) throw new Error('not now');
      return house.record(input, late, ctx);
    };
    await house.commit(house.later('bad', minute), house.later('good', minute + 1));
    house.clock.jump(2 * minute);
    await house.engine.tick();
    expect(house.ran.map(([input]) => input)).toEqual(['good']);
    expect(await house.rows()).toMatchObject({ due: 1 });
    for (let i = 0; i < 5; i++) {
      house.clock.jump(minute);
      await house.engine.tick();
    }
    expect(house.ran.map(([input]) => input)).toEqual(['good', 'bad']);
  });

  test('that nothing handles any more stays, and holds no other up', async () => {
    const house = await open();
    await house.commit({ ...house.later('old', minute), job: 'former' }, house.later('good', minute));
    house.clock.jump(2 * minute);
    await house.engine.tick();
    await house.engine.tick();
    expect(house.ran.map(([input]) => input)).toEqual(['good']);
  });

  test('may schedule itself again, also for the very instant at which it ran', async () => {
    const house = await open();
    let times = 0;
    house.probe.due = async (input, late, ctx) => {
      times += 1;
      await house.record(input, late, ctx);
      return times < 3 ? [{ kind: 'later', job: 'probe', input: times, at: late.meant, key: 'a' }] : [];
    };
    await house.commit(house.later('a', minute));
    house.clock.jump(minute);
    for (let i = 0; i < 5; i++) await house.engine.tick();
    expect(house.ran.map(([input]) => input)).toEqual(['a', 1, 2]);
    expect(await house.rows()).toMatchObject({ due: 0 });
  });

  test('put back to an instant at which it ran before runs again', async () => {
    const house = await open();
    const nine = house.later('a', minute);
    await house.commit(nine);
    house.clock.jump(minute);
    await house.engine.tick();
    await house.commit({ ...nine, input: 'again' });
    for (let i = 0; i < 3; i++) await house.engine.tick();
    expect(house.ran.map(([input]) => input)).toEqual(['a', 'again']);
    expect(await house.rows()).toMatchObject({ due: 0 });
  });

  test('and its effects are one: what it does and that it was done', async () => {
    const house = await open();
    await house.engine.start();
    let fail = true;
    house.probe.due = async () => {
      if (fail) {
        fail = false;
        return [say(C1, 'k'), { kind: 'nonsense' } as never];
      }
      return [say(C1, 'k')];
    };
    await house.commit(house.later('a', minute));
    house.clock.jump(minute);
    await house.engine.tick();
    expect(await house.rows()).toMatchObject({ due: 1, message: 0 });
    house.clock.jump(minute);
    await house.engine.tick();
    await house.work();
    expect(await house.rows()).toMatchObject({ due: 0, message: 1 });
    expect(house.slack.outgoing).toHaveLength(1);
    await house.engine.stop();
  });
});

test('hundreds that fell due at once all run in one beat, oldest first', async () => {
  const house = await open();
  const order = Array.from({ length: 250 }, (_, i) => i);
  const put = order.map((i) => house.later(`job ${String(i).padStart(3, '0')}`, minute + ((i * 7919) % 250)));
  await house.commit(...put);
  house.clock.jump(hour);
  await house.engine.tick();
  const expected = put.toSorted((a, b) => a.at.getTime() - b.at.getTime()).map((p) => p.input);
  expect(house.ran.map(([input]) => input)).toEqual(expected);
});

test('hundreds that fail for good do not hold up one that does not, and are tried less and less often', async () => {
  const house = await open();
  let failures = 0;
  house.probe.due = async (input, late, ctx) => {
    if (String(input).startsWith('bad')) {
      failures += 1;
      throw new Error('a fault of the program');
    }
    return house.record(input, late, ctx);
  };
  const bad = Array.from({ length: 150 }, (_, i) => house.later(`bad ${i}`, minute));
  await house.commit(...bad, house.later('good', 2 * minute));
  house.clock.jump(3 * minute);
  for (let beats = 0; beats < 3; beats++) await house.engine.tick();
  expect(house.ran.map(([input]) => input)).toEqual(['good']);
  failures = 0;
  for (let minutes = 0; minutes < 60; minutes++) {
    house.clock.jump(minute);
    await house.engine.tick();
  }
  expect(failures / bad.length).toBeGreaterThan(5);
  expect(failures / bad.length).toBeLessThan(15);
  const counted = await house.metrics.failures.get();
  expect(counted.values.map((v) => [v.labels, v.value > failures])).toEqual([[{ job: 'probe' }, true]]);
});

test('a platform that hangs holds up no job, though answers are still to be made there', async () => {
  const house = await open();
  const hanging = Promise.withResolvers<Delivered>();
  Object.assign(house.slack, { reply: () => hanging.promise });
  house.probe.command = async () => [whisper('one'), whisper('two')];
  await house.engine.dispatch(house.command(ada, 'probe'));
  await house.commit(house.later('a', 16_000));
  house.clock.jump(16_000);
  await house.sweep();
  expect(house.ran).toEqual([['a', 0]]);
  await house.commit(house.later('b', 16_000));
  house.clock.jump(16_000);
  await house.sweep();
  expect(house.ran.map(([input]) => input)).toEqual(['a', 'b']);
  hanging.resolve({ is: 'done' });
  await house.engine.stop();
});

describe('a clock that is set', () => {
  test('forward fires what is due by then, once', async () => {
    const house = await open();
    await house.engine.start();
    await house.commit(house.later('soon', 30 * minute), house.later('far', 2 * hour));
    house.clock.jump(hour);
    await pass(house, 3_000);
    expect(house.ran).toEqual([['soon', 1800]]);
    house.clock.jump(-hour);
    await pass(house, 2 * hour - 10_000);
    expect(house.ran).toHaveLength(1);
    await pass(house, 10_000);
    expect(house.ran.map(([input]) => input)).toEqual(['soon', 'far']);
    await house.engine.stop();
  });

  test('back fires nothing a second time, and nothing early', async () => {
    const house = await open();
    await house.engine.start();
    await house.commit(house.later('a', minute), house.later('b', 90 * minute));
    await pass(house, 2 * minute);
    house.clock.jump(-hour);
    await pass(house, 2 * hour);
    expect(house.ran.map(([input]) => input)).toEqual(['a']);
    await pass(house, hour);
    expect(house.ran.map(([input]) => input)).toEqual(['a', 'b']);
    await house.engine.stop();
  });

  test('back does not hold up what waits to be delivered for the first time', async () => {
    const house = await open();
    await house.engine.start();
    await house.commit(say(C1, 'k'));
    house.clock.jump(-hour);
    await house.work();
    expect(house.slack.outgoing).toHaveLength(1);
    await house.engine.stop();
  });

  test('and takes nothing from a process that is delivering', async () => {
    const clock = virtualClock();
    const [one, two] = [await open(clock), await open(clock)];
    await one.engine.start();
    await two.engine.start();
    const delivering = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    one.slack.next = [
      async () => {
        delivering.resolve();
        await go.promise;
        return { is: 'done', native: '1' };
      },
    ];
    await one.commit(say(C1, 'k'));
    const working = one.work();
    await delivering.promise;
    for (const ms of [hour, -2 * hour, 24 * hour]) {
      clock.jump(ms);
      await two.sweep();
      await two.work();
    }
    go.resolve();
    await working;
    expect(two.slack.outgoing).toEqual([]);
    expect(one.slack.outgoing).toHaveLength(1);
    await one.engine.stop();
    await two.engine.stop();
  });
});

test('the clock beats every second from the start to the stop, and a slow beat is not overtaken', async () => {
  const house = await open();
  let beats = 0;
  const { ready } = house.store.direct.due;
  const go = Promise.withResolvers<void>();
  Object.assign(house.store.direct.due, {
    ready: async (...args: Parameters<typeof ready>) => {
      beats += 1;
      if (beats === 3) await go.promise;
      return ready(...args);
    },
  });
  await house.engine.start();
  expect(beats).toBe(1);
  await house.clock.pass(1_000);
  await house.engine.idle();
  expect(beats).toBe(2);
  await house.clock.pass(10_000);
  expect(beats).toBe(3);
  go.resolve();
  await house.engine.idle();
  await house.clock.pass(1_000);
  await house.engine.idle();
  expect(beats).toBe(4);
  await house.engine.stop();
  await house.clock.pass(10_000);
  expect(beats).toBe(4);
  expect(house.clock.waiting()).toBe(0);
});

test('how late jobs ran is counted', async () => {
  const house = await open();
  await house.commit(house.later('a', minute));
  house.clock.jump(minute + 45_000);
  await house.engine.tick();
  const { values } = await house.metrics.late.get();
  expect(values.find((v) => v.metricName?.endsWith('_sum'))?.value).toBe(45);
});
