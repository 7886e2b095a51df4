import type { Facts } from '../../src/core/catalog/facts.ts';
import type { GoldenPath, Parameter, Values } from '../../src/core/catalog/path.ts';

/** A path with everything in it that a test does not care about. */
export const aPath = (change: Partial<GoldenPath> = {}): GoldenPath => ({
  name: 'postgres',
  title: 'PostgreSQL database',
  summary: 'A database.',
  version: '1.2.0',
  lifecycle: { is: 'active' },
  owner: 'team-data',
  personas: ['backend'],
  docs: 'https://docs.example.com/postgres',
  aliases: ['pg', 'database'],
  parameters: { required: ['name', 'size'], properties: { name, size, replicas } },
  backend: { kind: 'kubernetes', spec: {} },
  timeoutSeconds: 600,
  called: ['name'],
  identity: 'team.name + "/" + params.name',
  outputs: [],
  policy: [],
  operations: [
    { name: 'resize', title: 'Resize', verb: 'change', fields: ['size', 'replicas'], policy: [] },
    { name: 'restart', title: 'Restart', verb: 'restart', fields: [], policy: [] },
  ],
  ...change,
});

export const name: Parameter = {
  type: 'string',
  title: 'Name',
  hint: 'Lower case.',
  pattern: '^[a-z][a-z0-9-]{2,30}$',
  fixed: true,
};
export const size: Parameter = {
  type: 'string',
  title: 'Size',
  enum: [
    { value: 's', label: 'Small' },
    { value: 'm', label: 'Medium' },
  ],
  default: 's',
};
export const replicas: Parameter = {
  type: 'integer',
  title: 'Copies',
  minimum: 1,
  maximum: 5,
  unit: 'copies',
  default: 1,
};

export const facts = (params: Values = {}, change: Partial<Facts> = {}): Facts => ({
  path: aPath(),
  params: { name: 'orders', size: 's', replicas: 3, ...params },
  request: { number: 7 },
  resource: { slug: 'r7', name: 'orders' },
  person: { name: 'Jo', email: 'jo@example.com', teams: ['orders'], roles: ['developer'] },
  team: { name: 'Team Orders' },
  verb: 'create',
  today: '2026-03-01',
  ...change,
});

/** A generator that gives the same numbers in every run (mulberry32). */
export function seeded(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  return { below, pick };
}
