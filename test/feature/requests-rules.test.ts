import { expect, test } from 'vitest';
import { decide, type Move, moves, type RequestState, requestStates } from '../../src/core/requests/rules.ts';

/** Every move from every state, written out: the state after it; absent where it may not be made. */
const before: Readonly<Record<RequestState, Partial<Record<Move, RequestState>>>> = {
  planning: { plan: 'planning', planned: 'confirming', abandon: 'cancelled', expire: 'expired' },
  confirming: {
    plan: 'planning',
    confirm: 'queued',
    ask: 'awaiting-approval',
    abandon: 'cancelled',
    expire: 'expired',
  },
  'awaiting-approval': {
    plan: 'planning',
    approve: 'queued',
    refuse: 'refused',
    giveBack: 'confirming',
    abandon: 'cancelled',
    expire: 'expired',
  },
  queued: { start: 'running', finish: 'ready', fail: 'failed', halt: 'cancelled' },
  running: { finish: 'ready', fail: 'failed', halt: 'cancelled' },
  cleaning: { fail: 'failed', halt: 'cancelled', cleaned: 'cancelled' },
  ready: {},
  failed: {},
  refused: {},
  cancelled: { undo: 'planning' },
  expired: {},
};
/** What differs once it was accepted. */
const after: typeof before = {
  ...before,
  failed: { retry: 'queued', clean: 'cleaning' },
  cancelled: { retry: 'queued', clean: 'cleaning' },
};

test.each([
  ['not accepted yet', undefined, before],
  ['accepted', new Date(0), after],
] as const)('every move from every state of a request that was %s', (_, accepted, table) => {
  for (const state of requestStates)
    for (const move of moves) {
      const decision = decide(move, { number: 7, state, ...(accepted ? { accepted } : {}) });
      const expected = table[state][move];
      if (expected) expect(decision, `${move} from ${state}`).toEqual({ ok: true, state: expected });
      else {
        expect(decision.ok, `${move} from ${state}`).toBe(false);
        expect(decision.ok ? '' : decision.why).toMatch(/^Request #7 .+, so it can’t be .+ now\.$/);
      }
    }
});

test('nothing that is over moves by itself', () => {
  for (const state of ['ready', 'refused', 'expired'] as const)
    for (const move of moves)
      expect(decide(move, { number: 7, state, accepted: new Date(0) }).ok, `${move} ${state}`).toBe(false);
});
