import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dropPlans, hasPlan, keepPlan, mustBeConfirmed } from '../../src/actions/terraform/confirmed.ts';
import type { Order } from '../../src/core/runs/run.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gc-confirmed-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const order = (size: string, confirmed: Order['confirmed'] = []): Order => ({
  run: `q1-${size}`,
  verb: 'change',
  resource: 'r1',
  path: 'cdn',
  version: '1.0.0',
  spec: { size },
  labels: {},
  annotations: {},
  timeoutSeconds: 600,
  ...(confirmed ? { confirmed } : {}),
});

test('a plan is taken for that of an order only when it is, wherever keeping it was cut off', async () => {
  writeFileSync(join(home, 'plan'), 'small');
  await keepPlan(home, order('s'));
  expect([await hasPlan(home, order('s')), await hasPlan(home, order('m'))]).toEqual([true, false]);
  // Another one is shown, and its plan does not get to its place: the one that lies there is of neither.
  await expect(keepPlan(home, order('m'))).rejects.toMatchObject({ code: 'work_folder_unusable' });
  expect(existsSync(join(home, 'confirmed'))).toBe(true);
  expect([await hasPlan(home, order('s')), await hasPlan(home, order('m'))]).toEqual([false, false]);
  writeFileSync(join(home, 'plan'), 'medium');
  await keepPlan(home, order('m'));
  writeFileSync(join(home, 'plan'), 'of a run');
  await dropPlans(home);
  for (const name of ['plan', 'confirmed', 'confirmed.json']) expect(existsSync(join(home, name))).toBe(false);
});

test('what was to be destroyed and made anew may be half done already; nothing else comes of it', () => {
  const shown = order('m', [{ what: 'db.main (destroyed and made anew)', does: 'delete' }]);
  for (const does of ['create', 'delete'] as const)
    expect(() => mustBeConfirmed([{ what: 'db.main', does }], shown)).not.toThrow();
  expect(() => mustBeConfirmed([{ what: 'db.main', does: 'change' }], shown)).toThrow('db.main would be changed');
  expect(() => mustBeConfirmed([{ what: 'db.other', does: 'create' }], shown)).toThrow('db.other would be made');
  const kept = order('m', [{ what: 'db.main', does: 'change' }]);
  expect(() => mustBeConfirmed([{ what: 'db.main', does: 'delete' }], kept)).toThrow('db.main would be destroyed');
});
