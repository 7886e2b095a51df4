import { expect, test } from 'vitest';
import { createSteady } from '../../src/core/diagnosis/steady.ts';
import { read } from './check.ts';
import { crashing, named, node, pod, scene } from './objects.ts';

const well = scene();
const service = (app: string) =>
  named('v1', 'Service', 'shop', {
    spec: { selector: { app }, ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }] },
  });
const wrong = read([...well, service('shpo')]);
const right = read([...well, service('shop')]);
const nothing = () => undefined;
const lost = (kind: string) =>
  kind === 'Service' ? '503 the server is currently unable to handle the request' : undefined;
const codes = (all: readonly { readonly code: string }[]) => all.map((v) => v.code);

test('what was told of a kind that is not followed stays, and says so, until it is followed again', () => {
  const steady = createSteady();
  expect(codes(steady(wrong, 0, nothing))).toEqual(['service-selects-nothing']);
  const [kept] = steady(right, 1_000, lost);
  expect(kept?.evidence.at(-1)).toEqual({
    on: { kind: 'Service', namespace: '', name: '' },
    path: 'watch',
    says: 'how it is now is not known: 503 the server is currently unable to handle the request',
  });
  // Said once, however long it lasts.
  expect(steady(wrong, 2_000, lost)[0]?.evidence.filter((e) => e.path === 'watch')).toHaveLength(1);
  expect(steady(right, 3_000, lost)[0]?.evidence.filter((e) => e.path === 'watch')).toHaveLength(1);
  // What it was about is known not to be there any more.
  expect(steady(right, 3_500, lost, ({ name }) => name === 'shop')).toEqual([]);
  expect(codes(steady(wrong, 4_000, nothing))).toEqual(['service-selects-nothing']);
  expect(steady(right, 5_000, nothing)).toEqual([]);
});

test('what is new by a kind that is not followed waits a minute, and then says by what it goes', () => {
  const steady = createSteady();
  expect(steady(wrong, 0, lost)).toEqual([]);
  expect(steady(wrong, 59_000, lost)).toEqual([]);
  expect(steady(wrong, 60_000, lost)[0]?.evidence.at(-1)?.path).toBe('watch');
  // Followed again it is told at once, as it is.
  const other = createSteady();
  other(wrong, 0, lost);
  expect(other(wrong, 1_000, nothing)[0]?.evidence.some((e) => e.path === 'watch')).toBe(false);
  // What went meanwhile waits anew.
  const third = createSteady();
  third(wrong, 0, lost);
  third(right, 30_000, lost);
  expect(third(wrong, 61_000, lost)).toEqual([]);
});

test('a pod speaks for itself, whatever else is not followed; a machine that is not followed does not recover', () => {
  const steady = createSteady();
  const crashes = read(scene({ status: crashing(1, 'Error') }));
  expect(codes(steady(crashes, 0, () => 'gone'))).toEqual(['app-crash']);
  expect(steady([], 1_000, () => 'gone')).toEqual([]);
  const down = read([node('node-1', { ready: 'Unknown' }), pod('lone', undefined)]);
  expect(codes(steady(down, 2_000, nothing))).toEqual(['node-not-ready']);
  expect(codes(steady([], 3_000, (kind) => (kind === 'Node' ? '500 etcdserver: leader changed' : undefined)))).toEqual([
    'node-not-ready',
  ]);
});
