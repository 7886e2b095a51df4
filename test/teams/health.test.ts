import { expect, test, vi } from 'vitest';
import { createHealth } from '../../src/teams/health.ts';
import { testClock } from '../support/teams-world.ts';

const noKeys = () => ({ keys: 2 });

test('a token is asked for once in a while, and sooner again when there was none', async () => {
  const clock = testClock();
  let asked = 0;
  let broken = false;
  const token = async () => {
    asked += 1;
    if (broken) throw new Error('Microsoft Entra gave no token');
    return 't';
  };
  const health = createHealth({ clock, token, keys: noKeys, targeted: { supported: undefined } });
  expect(await health()).toEqual({ ok: true });
  expect(await health()).toEqual({ ok: true });
  expect(asked).toBe(1);
  broken = true;
  clock.advance(5 * 60_000);
  expect(await health()).toEqual({ ok: false, why: 'Microsoft Entra gave no token' });
  broken = false;
  clock.advance(10_000);
  expect((await health()).ok).toBe(false);
  clock.advance(30_000);
  expect(await health()).toEqual({ ok: true });
  expect(asked).toBe(3);
});

test('keys that could never be fetched let nobody in; old ones serve', async () => {
  const clock = testClock();
  const state = { keys: 0, failure: 'no such host' };
  const health = createHealth({ clock, token: async () => 't', keys: () => state, targeted: { supported: false } });
  expect(await health()).toEqual({
    ok: false,
    why: 'the keys of the Bot Connector service cannot be fetched: no such host',
  });
  state.keys = 3;
  expect(await health()).toEqual({
    ok: true,
    degraded: ['fresh signing keys (no such host)', 'targeted messages: private answers go to the 1:1 chat'],
  });
});

test('without authentication there is nothing to be missing', async () => {
  expect(await createHealth({ clock: testClock(), targeted: { supported: true } })()).toEqual({ ok: true });
});

test('a token that does not come does not hang the check', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let asked = 0;
    const token = () => {
      asked += 1;
      return new Promise<string>(() => {});
    };
    const health = createHealth({ clock: testClock(), token, targeted: { supported: undefined } });
    const both = Promise.all([health(), health()]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await both).map((h) => h.ok)).toEqual([false, false]);
    expect(asked).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('a token that Teams does not take makes it not ready, until it takes one again', async () => {
  const access: { refused?: string } = {};
  const health = createHealth({
    clock: testClock(),
    token: async () => 't',
    keys: noKeys,
    targeted: { supported: undefined },
    access,
  });
  expect((await health()).ok).toBe(true);
  access.refused = 'Teams does not accept this bot’s token';
  expect(await health()).toEqual({ ok: false, why: access.refused });
  delete access.refused;
  expect((await health()).ok).toBe(true);
});
