import { expect, test } from 'vitest';
import { condition, evaluate, faultOf, quantity } from '../../src/core/catalog/expression.ts';
import { scopeOf } from '../../src/core/catalog/facts.ts';
import { Problem } from '../../src/core/kernel/problem.ts';
import { facts } from './support.ts';

const scope = scopeOf(facts({ gigabytes: 3, share: 2.5, topics: ['a', 'b'], public: true }));
const value = (source: string) => evaluate(source, scope, 'here');

test.each<readonly [string, unknown]>([
  ['params.gigabytes + 1', 4],
  ['params.gigabytes * 18', 54],
  ['18 * params.gigabytes', 54],
  ['params.gigabytes / 2', 1.5],
  ['params.gigabytes % 2', 1],
  ['params.share * 100', 250],
  ['params.gigabytes == 3', true],
  ['params.gigabytes in [1, 3]', true],
  ['params.gigabytes > 2.5 && params.gigabytes <= 3', true],
  ['{"s": 1800, "m": 6000}[params.size] * params.gigabytes', 5400],
  ['size(params.topics) * params.share', 5],
  ['(900 + params.gigabytes * 10) * (params.public ? 3 : 1)', 2790],
  ['(1 + params.gigabytes) / 8 + 1', 1.5],
  ['"n" + string(params.gigabytes)', 'n3'],
  ['params.topics.map(t, {"name": t})', [{ name: 'a' }, { name: 'b' }]],
  ['has(params.absent) ? 1 : 2', 2],
  ['params.?absent.orValue(5)', 5],
  ['slug(team.name)', 'team-orders'],
  ['number("3") + 1', 4],
  ['[1, 2.5, "a", true, null]', [1, 2.5, 'a', true, null]],
  ['team.quotaLeft < 1', false],
  ['cost.cents == 0 && environment == "" && operation == ""', true],
  ['"orders" in person.teams', true],
])('%s is %j', (source, expected) => expect(value(source)).toEqual(expected));

test.each<readonly [string, string]>([
  ['params.gigabyts > 1', 'did you mean params.gigabytes?'],
  ['team.nam', 'did you mean team.name?'],
  ['person.salary', 'It has name, email, teams, roles, persona.'],
  ['params.gigabytes >', 'Unexpected token'],
  ['params.topics.all(a, params.topics.all(b, params.topics.all(c, a == b)))', 'more than 2 loops'],
  ['params.size.matches(params.size)', 'has to stand there as text'],
  ['params.size.matches("(")', 'not a regular expression'],
  ['process.exit(1)', 'process'],
  ['"a" + 1', 'no such overload'],
  [`"${'a'.repeat(1000)}"`, 'longer than 1000'],
  ['['.repeat(40) + ']'.repeat(40), 'maxDepth'],
])('%s is refused when the file is read', (source, why) =>
  expect(faultOf(source, { params: ['gigabytes', 'size', 'topics'] })).toContain(why),
);

test('a pattern that could take minutes is found when the file is read', () => {
  const pattern = () => 'it can take minutes';
  expect(faultOf('params.size.matches("^(a+)+$")', { params: ['size'], pattern })).toBe('it can take minutes');
  expect(faultOf('params.size.matches("^(a+)+$")', { params: ['size'] })).toBeUndefined();
});

test('what is right has no fault', () => {
  expect(faultOf('params.size in ["s"] && team.name != ""', { params: ['size'] })).toBeUndefined();
  expect(faultOf('topic.name', { variables: ['topic'] })).toBeUndefined();
  expect(faultOf('topic.name', {})).toContain('topic');
});

test('a failing expression names the place and the reason', () => {
  const fail = (source: string) => {
    try {
      evaluate(source, scope, 'postgres: cost.monthly');
    } catch (error) {
      if (error instanceof Problem) return [error.code, error.message];
    }
    return undefined;
  };
  expect(fail('params.absent')).toEqual([
    'expression_failed',
    'postgres: cost.monthly can’t be worked out: in “params.absent”, No such key: absent. Nothing was done. The owner of the path has to correct it; “groundcrew catalog check” finds such mistakes.',
  ]);
  expect(fail('params.gigabytes / 0')?.[1]).toContain('it divides by zero');
  expect(fail('1 / 0')?.[1]).toContain('division by zero');
  expect(fail('{"s": 1}[params.name]')?.[1]).toContain('No such key: orders');
  expect(fail('9007199254740993')?.[1]).toContain('neither text, number');
  expect(fail('type(1)')?.[1]).toContain('neither text, number');
});

test('what somebody types can’t make an expression go on and on, nor fill the memory', () => {
  const many = (n: number) =>
    scopeOf(facts({ topics: Array.from({ length: n }, (_, i) => `topic-${i}`), long: 'x'.repeat(3000) }));
  const twice = 'params.topics.all(a, params.topics.exists_one(b, a == b))';
  expect(evaluate(twice, many(200), 'here')).toBe(true);
  for (const dear of [
    twice,
    // A part that fails is passed over when the other decides: not one that costs too much.
    `${twice} || true`,
    'params.topics.map(a, params.topics)',
    'params.topics.map(a, params.long.split("").size()).size() > 0',
    'params.topics.map(a, params.long + params.long + params.long + params.long)',
    'params.topics.map(a, params.topics.map(b, params.long + a)).size() > 0',
  ])
    expect(() => evaluate(dear, many(1500), 'postgres: policy[0].when'), dear).toThrow(
      /^postgres: policy\[0\]\.when can’t be worked out: .* takes more than 500,000 steps with these values/,
    );
  // Small, until each of the three is written out.
  const hundred = (of: string) => `[${Array.from({ length: 100 }, () => of).join(',')}]`;
  expect(() => value(`cel.bind(a, ${hundred('1')}, ${hundred('a')}.map(b, ${hundred('a')}))`)).toThrow(
    'takes more than',
  );
});

test('a condition is true or false, an amount a number', () => {
  expect(condition('params.public', scope, 'x')).toBe(true);
  expect(() => condition('params.size', scope, 'x')).toThrow('gives "s", which is not true or false');
  expect(() => quantity('-1', scope, 'x')).toThrow('gives -1, which is not a number from 0 up');
  expect(() => quantity('team.quotaLeft', scope, 'x')).toThrow('neither text, number');
});

test('no name of JavaScript is a way out', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'prototype'])
    for (const source of [`params.${name}`, `params["${name}"]`, `params.topics.${name}`, `"x".${name}`, name])
      expect(() => value(source), source).toThrow(Problem);
});
