import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createLanes, shareOf, shares } from '../../src/engine/lanes.ts';
import { virtualClock } from '../support/clock.ts';
import { quiet } from '../support/house.ts';

/** Lanes whose drains end when the test says so. */
function open() {
  const clock = virtualClock();
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<Date | undefined>>();
  const lanes = createLanes({
    clock,
    log: quiet,
    drain: (lane) => {
      begun.push(lane);
      const end = Promise.withResolvers<Date | undefined>();
      ends.set(lane, end);
      return end.promise;
    },
  });
  return {
    ...lanes,
    clock,
    begun,
    async end(lane: string, at?: Date) {
      ends.get(lane)?.resolve(at);
      await setImmediate();
    },
    async fail(lane: string) {
      ends.get(lane)?.reject(new Error('the database is away'));
      await setImmediate();
    },
  };
}

test.each([
  ['slack:T1/C1', 'slack'],
  ['home:slack:T1/U1', 'slack'],
  ['direct:slack:8f0c', 'slack'],
  ['teams:t/19:a@thread.tacv2', 'teams'],
  ['home:teams:t/u', 'teams'],
  ['direct:teams:8f0c', 'teams'],
  ['act:people.lookup/slack:T1/U1', 'directory'],
  ['act:run/1', 'actions'],
  ['act:request/7/plan/1', 'previews'],
  ['act:slack:T1/U1', 'actions'],
])('%s is drained in the share of %s', (lane, share) => expect(shareOf(lane)).toBe(share));

describe('lanes', () => {
  test('are drained side by side up to their share; one that hangs holds up no other share', async () => {
    const lanes = open();
    for (let i = 0; i < 40; i++) lanes.look(`slack:T1/C${i}`);
    expect(lanes.begun).toHaveLength(shares.slack);
    lanes.look('teams:t/a');
    lanes.look('act:run/1');
    lanes.look('act:people.lookup/x');
    expect(lanes.begun.slice(shares.slack)).toEqual(['teams:t/a', 'act:run/1', 'act:people.lookup/x']);
    await lanes.end('slack:T1/C3');
    expect(lanes.begun.at(-1)).toBe('slack:T1/C16');
  });

  test('that are asked for while they are drained are drained once more, not many times', async () => {
    const lanes = open();
    for (let i = 0; i < 5; i++) lanes.look('slack:T1/C1');
    expect(lanes.begun).toHaveLength(1);
    await lanes.end('slack:T1/C1');
    expect(lanes.begun).toHaveLength(2);
    await lanes.end('slack:T1/C1');
    expect(lanes.begun).toHaveLength(2);
  });

  test('that want to be seen again are, at their time, or sooner when somebody asks', async () => {
    const lanes = open();
    const inASecond = () => new Date(lanes.clock.now().getTime() + 1_000);
    lanes.look('slack:T1/C1');
    await lanes.end('slack:T1/C1', inASecond());
    await lanes.clock.pass(999);
    expect(lanes.begun).toHaveLength(1);
    await lanes.clock.pass(1);
    expect(lanes.begun).toHaveLength(2);
    await lanes.end('slack:T1/C1', inASecond());
    lanes.look('slack:T1/C1');
    expect(lanes.begun).toHaveLength(3);
    await lanes.end('slack:T1/C1');
    await lanes.clock.pass(5_000);
    expect(lanes.begun).toHaveLength(3);
  });

  test('whose drain fails make room for the next, and have their turn again a second later', async () => {
    const lanes = open();
    for (let i = 0; i <= shares.slack; i++) lanes.look(`slack:T1/C${i}`);
    await lanes.fail('slack:T1/C0');
    expect(lanes.begun.at(-1)).toBe(`slack:T1/C${shares.slack}`);
    await lanes.end('slack:T1/C1');
    expect(lanes.begun).toHaveLength(shares.slack + 1);
    await lanes.clock.pass(1_000);
    expect(lanes.begun.at(-1)).toBe('slack:T1/C0');
  });

  test('are closed when what is under way has ended, and nothing begins after', async () => {
    const lanes = open();
    for (let i = 0; i <= shares.slack; i++) lanes.look(`slack:T1/C${i}`);
    let closed = false;
    const closing = lanes.close().then(() => {
      closed = true;
    });
    lanes.look('teams:t/a');
    for (let i = 0; i < shares.slack; i++) {
      expect(closed).toBe(false);
      await lanes.end(`slack:T1/C${i}`, lanes.clock.now());
    }
    await closing;
    await lanes.clock.pass(1_000);
    expect(lanes.begun).toHaveLength(shares.slack);
  });
});
