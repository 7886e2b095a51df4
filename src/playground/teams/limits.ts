/** Teams' published limits, as of October 2026. Every limit has a name and a number. */
export const LIMITS = {
  /** 413 MessageSizeTooBig: bytes of the activity in UTF-16, base64 pictures not counted. */
  messageBytes: 100 * 1024,
  /** What the HTTP front door takes at all, pictures included. */
  bodyBytes: 4 * 1024 * 1024,
  /** Twice what the deepest card needs. */
  jsonDepth: 200,
  cardVersion: '1.5',
  /** `refresh.userIds`, and the largest roster that is refreshed without naming people. */
  refreshUsers: 60,
  /** Desktop and web clients draw six buttons of one action set and silently drop the others. */
  primaryActions: 6,
  /** Teams publishes no figure for an action's `data`; this is a third of a message, and comes back in every press. */
  actionDataBytes: 32 * 1024,
  /** Deeper cards are drawn by no client. */
  cardDepth: 40,
  targetedHours: 24,
  pageSize: { least: 50, usual: 200, most: 500 },
  /** How long a client waits for the bot: a turn, and a message extension. */
  patienceMs: { turn: 15_000, compose: 5_000 },
  /** Accepted calls per window of seconds. `send` and `roster` per conversation, `all` for the whole tenant. */
  rates: {
    send: [
      [7, 1],
      [8, 2],
      [60, 30],
      [1800, 3600],
    ],
    roster: [
      [14, 1],
      [16, 2],
      [120, 30],
      [3600, 3600],
    ],
    all: [[50, 1]],
  },
} as const;

type RateScope = keyof typeof LIMITS.rates;

const inlinePicture = /data:image\/[a-z+.-]+;base64,[A-Za-z0-9+/=]+/g;

/** The size Teams counts: bytes of the JSON text in UTF-16, without base64 pictures. */
export const sizeOf = (json: string): number => json.replace(inlinePicture, '').length * 2;

/**
 * Sliding windows on the injected clock. `take` records one call on every key it is given, or, when one of them is
 * full, records nothing and returns the whole seconds after which all have room.
 */
export function createRates(clock: { now(): Date }) {
  const taken = new Map<string, number[]>();

  function waitFor(scope: RateScope, key: string, now: number): number {
    const times = taken.get(`${scope} ${key}`) ?? [];
    const waits = LIMITS.rates[scope].map(([max, seconds]) => {
      const first = times.at(-max);
      return first === undefined ? 0 : first + seconds * 1000 - now;
    });
    return Math.max(0, ...waits);
  }

  function record(scope: RateScope, key: string, now: number): void {
    const longest = Math.max(...LIMITS.rates[scope].map(([, seconds]) => seconds));
    const kept = (taken.get(`${scope} ${key}`) ?? []).filter((t) => t > now - longest * 1000);
    taken.set(`${scope} ${key}`, [...kept, now]);
  }

  return {
    take(...uses: readonly (readonly [scope: RateScope, key: string])[]): number | undefined {
      const now = clock.now().getTime();
      const wait = Math.max(...uses.map(([scope, key]) => waitFor(scope, key, now)));
      if (wait > 0) return Math.ceil(wait / 1000);
      for (const [scope, key] of uses) record(scope, key, now);
      return undefined;
    },
  };
}

export type Rates = ReturnType<typeof createRates>;
