import { describe, expect, test } from 'vitest';
import { money } from '../../src/core/kernel/index.ts';
import { budgetOf, quotaOf, room } from '../../src/core/resources/room.ts';
import { settingsSchema } from '../../src/core/settings.ts';

const settings = (more: object = {}) =>
  settingsSchema.parse({
    quotas: { default: { postgres: 3 }, teams: { inventory: { postgres: 5 } } },
    budgets: { default: 100, teams: { inventory: 250.5 } },
    ...more,
  });
const postgres = (amount: number) => ({ kind: 'postgres', amount });
const eur = (cents: number) => ({ currency: 'EUR', cents });

describe('room', () => {
  test('a team’s own limit goes before the one for all; what is not named has none', () => {
    expect(quotaOf(settings(), 'inventory', 'postgres')).toBe(5);
    expect(quotaOf(settings(), 'orders', 'postgres')).toBe(3);
    expect(quotaOf(settings(), 'inventory', 'gpu')).toBeUndefined();
    expect(quotaOf(settings(), 'constructor', 'constructor')).toBeUndefined();
    expect(budgetOf(settings(), 'inventory')).toBe(25_050);
    expect(budgetOf(settings(), 'orders')).toBe(10_000);
    expect(budgetOf(settings(), '__proto__')).toBe(10_000);
    expect(budgetOf(settings({ budgets: { default: 9000, currency: 'JPY' } }), 'orders')).toBe(9000);
    expect(budgetOf(settingsSchema.parse({}), 'orders')).toBeUndefined();
  });

  test('the last place fits', () => {
    const ask = { team: 'orders', quota: postgres(1), cost: eur(1800) };
    expect(room(settings(), { amount: 2, cents: 8200 }, ask)).toEqual({
      quota: { used: 2, limit: 3, left: 1, over: false, says: '2 of 3 postgres in use; with this it’s 3.' },
      budget: {
        used: 8200,
        limit: 10_000,
        left: 1800,
        over: false,
        says: '€82 of €100 a month in use; with this it’s €100.',
      },
    });
  });

  test('one more needs an approval, with the reason; where the limit is hard it is refused, with what to do', () => {
    const ask = { team: 'orders', quota: postgres(1), cost: eur(1850) };
    const usage = { amount: 3, cents: 9000 };
    expect(room(settings(), usage, ask).verdict).toEqual({
      is: 'approval',
      because:
        'Team orders would be over its quota: 3 of 3 postgres in use; with this it’s 4. Team orders would be over its budget: €90 of €100 a month in use; with this it’s €108.50.',
      by: ['platform'],
    });
    const strict = settings({ quotas: { default: { postgres: 3 }, hard: true } });
    expect(room(strict, usage, { ...ask, cost: eur(1) }).verdict).toEqual({
      is: 'deny',
      because:
        'Team orders would be over its quota: 3 of 3 postgres in use; with this it’s 4. Delete something first, or ask the platform team for a higher limit.',
    });
  });

  test('without a limit, in another currency or without a cost there is nothing to say', () => {
    const usage = { amount: 9, cents: 9 };
    expect(room(settings(), usage, { team: 'orders' })).toEqual({});
    expect(room(settings(), usage, { team: 'orders', quota: { kind: 'gpu', amount: 99 } })).toEqual({});
    expect(room(settings(), usage, { team: 'orders', cost: { currency: 'USD', cents: 999_999 } })).toEqual({});
    expect(room(settingsSchema.parse({}), usage, { team: 'x', quota: postgres(9), cost: eur(9) })).toEqual({});
  });

  test('a change counts the difference, and whoever is over already may become smaller', () => {
    const usage = { amount: 3, cents: 9000 };
    const grown = room(settings(), usage, { team: 'orders', quota: postgres(2), instead: { amount: 1, cents: 0 } });
    expect(grown.quota).toMatchObject({ used: 2, left: 1, over: true });
    const same = room(settings(), usage, { team: 'orders', quota: postgres(1), instead: { amount: 1, cents: 0 } });
    expect(same.verdict).toBeUndefined();
    const lowered = settings({ quotas: { default: { postgres: 1 } }, budgets: { default: 10 } });
    const smaller = { team: 'orders', quota: postgres(1), cost: eur(100), instead: { amount: 2, cents: 200 } };
    expect(room(lowered, usage, smaller)).toMatchObject({ quota: { over: false, left: 0 }, budget: { over: false } });
    expect(room(lowered, usage, smaller).verdict).toBeUndefined();
  });

  test('fractions add up to what people expect', () => {
    const tenths = settingsSchema.parse({ quotas: { default: { gpu: 0.3 } } });
    const ask = { team: 'x', quota: { kind: 'gpu', amount: 0.1 } };
    expect(room(tenths, { amount: 0.2, cents: 0 }, ask).quota).toMatchObject({ left: 0.1, over: false });
  });
});

test.each([
  [1800, 'EUR', '€18'],
  [1850, 'EUR', '€18.50'],
  [0, 'USD', '$0'],
  [1_234_567, 'JPY', '¥1,234,567'],
])('%d of %s is %s', (cents, currency, says) => expect(money(cents, currency)).toBe(says));
