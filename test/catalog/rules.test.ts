import { expect, test } from 'vitest';
import { costOf, identityOf, offers, outputsOf, quotaOf } from '../../src/core/catalog/amounts.ts';
import { findPath, usable } from '../../src/core/catalog/find.ts';
import { closest, dnsLabel, newer, slug } from '../../src/core/catalog/names.ts';
import type { GoldenPath, Operation } from '../../src/core/catalog/path.ts';
import { judge, strictest } from '../../src/core/catalog/policy.ts';
import { aPath, facts } from './support.ts';

test('the first rule that holds decides', () => {
  const rules = [
    { when: 'environment == "prod"', verdict: 'deny', because: 'Production is made by hand.' },
    {
      when: 'team.quotaLeft < 1',
      verdict: 'approval',
      because: '${{ team.name }} has none left.',
      by: ['owner', 'platform'],
    },
    { when: 'params.size == "m"', verdict: 'allow', because: 'Medium is fine.' },
    { when: 'true', verdict: 'approval', because: 'Everything else is looked at.' },
  ] as const;
  const said = (change: Parameters<typeof facts>[1], size = 's') => judge(rules, facts({ size }, change));
  expect(said({ environment: 'prod' })).toEqual({ is: 'deny', because: 'Production is made by hand.' });
  expect(said({ team: { name: 'Orders', quotaLeft: 0 } })).toEqual({
    is: 'approval',
    because: 'Orders has none left.',
    by: ['team-data', 'platform'],
  });
  expect(said({}, 'm')).toEqual({ is: 'allow', because: 'Medium is fine.' });
  expect(said({})).toEqual({ is: 'approval', because: 'Everything else is looked at.', by: ['team-data'] });
  expect(judge([], facts())).toEqual({
    is: 'allow',
    because: 'This is inside the golden path, so nobody has to approve it.',
  });
});

test('a rule that can’t be worked out allows nothing', () => {
  expect(() => judge([{ when: 'params.nope', verdict: 'deny', because: 'x' }], facts())).toThrow(
    'postgres: policy[0].when can’t be worked out',
  );
});

test('the strictest verdict wins; approvers meet', () => {
  const allow = { is: 'allow', because: 'a' } as const;
  const deny = { is: 'deny', because: 'd' } as const;
  const approval = (by: string[]) => ({ is: 'approval', because: 'x', by }) as const;
  expect(strictest([allow, deny, approval(['a'])])).toEqual(deny);
  expect(strictest([allow, approval(['a'])])).toEqual(approval(['a']));
  expect(strictest([approval(['a', 'b']), approval(['b', 'c'])])).toEqual(approval(['b']));
  expect(strictest([approval(['a']), approval(['c'])])).toEqual(approval(['a']));
});

const priced = aPath({
  cost: { currency: 'EUR', monthly: '{"s": 1800, "m": 6000}[params.size] * params.replicas' },
  quota: { kind: 'databases', amount: 'params.replicas' },
});

test('cost and quota', () => {
  expect(costOf(priced, facts())).toEqual({ currency: 'EUR', cents: 5400 });
  expect(quotaOf(priced, facts())).toEqual({ kind: 'databases', amount: 3 });
  expect(costOf(aPath(), facts())).toBeUndefined();
  expect(quotaOf(aPath(), facts())).toBeUndefined();
  expect(() => costOf(priced, facts({ size: 'xxl' }))).toThrow('postgres: cost.monthly');
});

test('identity', () => {
  expect(identityOf(aPath(), facts())).toBe('postgres/Team Orders/orders');
  expect(() => identityOf(aPath({ identity: '""' }), facts())).toThrow('is not a text');
  expect(() => identityOf(aPath(), facts({ name: 'x'.repeat(300) }))).toThrow('longer than 253');
});

test('outputs', () => {
  const path = aPath({
    outputs: [
      { label: 'Secret', value: '${{ params.name }}-app', secret: true },
      { label: 'Address', value: '${{ outputs.?url.orValue("") }}' },
    ],
  });
  const found = [{ label: 'url', value: 'https://x' }];
  expect(outputsOf(path, facts(), found)).toEqual([
    { label: 'Secret', value: 'orders-app', secret: true },
    { label: 'Address', value: 'https://x' },
  ]);
  expect(outputsOf(path, facts(), [])).toHaveLength(1);
  expect(outputsOf(aPath(), facts(), found)).toEqual(found);
});

test('operations are offered by state', () => {
  const wake: Operation = {
    name: 'wake',
    title: 'Wake',
    verb: 'wake',
    fields: [],
    policy: [],
    offeredWhen: 'resource.state == "hibernated"',
  };
  const on = (state: string) => offers(aPath(), wake, facts({}, { resource: { slug: 'r7', name: 'orders', state } }));
  expect([on('hibernated'), on('active')]).toEqual([true, false]);
});

const catalog = {
  paths: [aPath(), aPath({ name: 'redis', title: 'Redis cache', aliases: ['cache'] })],
  broken: [{ name: 'kafka', problems: [] }],
};

test('paths are found by name, alias, title and near miss', () => {
  const name = (typed: string) => {
    const found = findPath(catalog, typed);
    return found.is === 'unknown' ? [found.is, found.meant?.name] : [found.is, found.path.name];
  };
  expect(name('Postgres')).toEqual(['found', 'postgres']);
  expect(name('pg')).toEqual(['found', 'postgres']);
  expect(name('redis  CACHE')).toEqual(['found', 'redis']);
  expect(name('postgers')).toEqual(['unknown', 'postgres']);
  expect(name('cahce')).toEqual(['unknown', 'redis']);
  expect(name('kafka')).toEqual(['broken', 'kafka']);
  expect(name('elephant')).toEqual(['unknown', undefined]);
});

test('what is deprecated, blocked, hidden or unavailable says so', () => {
  const on = (change: Partial<GoldenPath>, today = '2026-03-01', failures = 0) =>
    usable(aPath(change), today, failures);
  const deprecated = {
    lifecycle: { is: 'deprecated', on: '2026-04-01', successor: 'postgres-17', because: 'It is old.' },
  } as const;
  expect(on({})).toEqual({ ok: true });
  expect(on(deprecated)).toEqual({
    ok: true,
    notice: 'From 2026-04-01 on nothing new will be made from this. It is old. Please use “postgres-17” instead.',
  });
  expect(on(deprecated, '2026-04-01')).toMatchObject({ ok: false });
  expect(on({ lifecycle: { is: 'blocked', because: 'It leaks.' } })).toEqual({
    ok: false,
    why: '“PostgreSQL database” can’t be used at the moment: It leaks.',
  });
  expect(on({ unavailable: 'helm is not installed.' })).toEqual({ ok: false, why: 'helm is not installed.' });
  const verify = { everyDays: 1, parameters: {}, hideAfter: 2 };
  expect(on({ verify }, '2026-03-01', 1)).toEqual({ ok: true });
  expect(on({ verify }, '2026-03-01', 2)).toMatchObject({ ok: false });
});

test('semantic versions', () => {
  const order = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.10.0',
    '2.0.0',
  ];
  order.forEach((a, i) => {
    order.forEach((b, j) => {
      expect(newer(b, a), `${b} > ${a}`).toBe(j > i);
    });
  });
  expect(newer('1.0.0+b', '1.0.0+a')).toBe(false);
  expect(newer('nonsense', '1.0.0')).toBe(false);
});

test('a slug is a DNS label, and different for different long names', () => {
  for (const text of ['Team Orders', 'Ünïcode', '---', '東京', 'a'.repeat(200), `${'a'.repeat(53)}-----x`, '1'])
    expect(slug(text)).toMatch(dnsLabel);
  expect(slug('Team Örders')).toBe('team-orders');
  expect(slug(`${'a'.repeat(80)}1`)).not.toBe(slug(`${'a'.repeat(80)}2`));
  expect(closest('zzz', ['a', 'b'])).toBeUndefined();
});
