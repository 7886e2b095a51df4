import { expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { orderOf, render } from '../../src/core/catalog/render.ts';
import type { Json } from '../../src/core/kernel/index.ts';
import { aPath, facts, seeded } from './support.ts';

const made = (template: Json, params = {}) => render(template, facts(params));

test('values keep their types; words around them make a text', () => {
  expect(
    made({
      replicas: '${{ params.replicas }}',
      size: '${{ params.replicas * 5 }}Gi',
      on: '${{ params.replicas > 1 }}',
      list: '${{ ["a", params.name] }}',
      literal: '$${{ github.sha }} of ${{ params.name }}',
      braces: '${{ {"a": {"b": "}}"}}["a"]["b"] }}',
      number: 3,
    }),
  ).toEqual({
    replicas: 3,
    size: '15Gi',
    on: true,
    list: ['a', 'orders'],
    literal: '${{ github.sha }} of orders',
    braces: '}}',
    number: 3,
  });
});

test('conditions, repetitions, merges', () => {
  expect(
    made(
      {
        one: { $if: 'params.size == "m"', $then: 'big', $else: 'small' },
        two: { $if: 'params.size == "m"', $then: 'gone' },
        three: { $if: 'params.size == "s"', cpu: 1 },
        list: [
          1,
          { $if: 'false', $then: 2 },
          { $for: 'params.topics', $as: 't', $do: { name: '${{ t }}', of: '${{ params.name }}' } },
          { $for: 'params.topics', $as: 't', $do: { $if: 't == "b"', only: '${{ t }}' } },
        ],
        merged: { $merge: [{ a: 1, b: 1 }, { $if: 'false', c: 1 }, '${{ {"b": 2} }}'], d: 4 },
        $$ref: 'kept',
      },
      { topics: ['a', 'b'] },
    ),
  ).toEqual({
    one: 'small',
    three: { cpu: 1 },
    list: [1, { name: 'a', of: 'orders' }, { name: 'b', of: 'orders' }, { only: 'b' }],
    merged: { a: 1, b: 2, d: 4 },
    $ref: 'kept',
  });
});

test.each<readonly [Json, string]>([
  [{ a: { b: ['${{ params.nope }}'] } }, 'postgres: backend.a.b.0 can’t be worked out'],
  [{ a: 'x${{ params.topics }}' }, 'a list or a map can’t stand inside a text'],
  [{ a: 'x${{ null }}' }, 'nothing can’t stand inside a text'],
  [{ $for: 'params.topics', $as: 't', $do: 1 }, '$for stands only in a list'],
  [[{ $for: 'params.name', $as: 't', $do: 1 }], '“params.name” is not a list'],
  [[{ $for: 'params.topics' }], '$for needs a list'],
  [{ $if: 'params.name', a: 1 }, 'neither true nor false'],
  [{ $merge: ['${{ params.name }}'] }, 'is not an object'],
  [{ a: '${{ params.name' }, 'is not closed'],
  [JSON.parse('{"a": {"__proto__": {"x": 1}}}'), 'a key that is not allowed'],
])('%j fails with its place', (template, why) => {
  expect(() => made(template, { topics: ['a'] })).toThrow(why);
});

test('what grows without end is stopped', () => {
  const topics = Array.from({ length: 150 }, (_, i) => `t${i}`);
  const nested: Json = [
    {
      $for: 'params.topics',
      $as: 'a',
      $do: [{ $for: 'params.topics', $as: 'b', $do: { $merge: [], x: '${{ a + b }}' } }],
    },
  ];
  expect(() => made(nested, { topics })).toThrow('it becomes too large');
  let deep: Json = 'x';
  for (let i = 0; i < 100; i += 1) deep = [deep];
  expect(() => made(deep)).toThrow('it becomes too large');
});

test('an order carries who wants it, and what an operation replaces', () => {
  const path = aPath({
    backend: { kind: 'kubernetes', spec: { kind: 'kubernetes', namespace: '${{ slug(team.name) }}', objects: [] } },
    operations: [
      {
        name: 'restart',
        title: 'Restart',
        verb: 'restart',
        fields: [],
        policy: [],
        backend: { patch: '${{ operation }}' },
      },
    ],
  });
  expect(
    orderOf(path, facts(), {
      run: 'q7-1',
      verb: 'restart',
      operation: 'restart',
    }),
  ).toEqual({
    run: 'q7-1',
    verb: 'restart',
    resource: 'r7',
    path: 'postgres',
    version: '1.2.0',
    spec: { kind: 'kubernetes', namespace: 'team-orders', objects: [], patch: 'restart' },
    labels: {
      'app.kubernetes.io/managed-by': 'groundcrew',
      'groundcrew.dev/resource': 'r7',
      'groundcrew.dev/path': 'postgres',
      'groundcrew.dev/team': 'team-orders',
    },
    annotations: {
      'groundcrew.dev/request': '7',
      'groundcrew.dev/path-version': '1.2.0',
      'groundcrew.dev/team': 'Team Orders',
      'groundcrew.dev/requested-by': 'jo@example.com',
    },
    timeoutSeconds: 600,
  });
});

/** What somebody could type to get out of a value: syntax of YAML, JSON, CEL, Helm, Jinja, HCL, shells and Windows. */
const hostile = [
  'a: b',
  '\n---\nkind: Secret',
  '- x',
  '}',
  '{"a":1}',
  '"',
  "'",
  '\\',
  '\\n',
  '\r\n  evil: true',
  '# x',
  '&a *a',
  '!!js/function x',
  '<<: *x',
  '${{ params.name }}',
  '$${{',
  '}}',
  '{{ .Values.x }}',
  '{{ lookup("env","HOME") }}',
  '{% for x in y %}',
  '${file("/etc/passwd")}',
  '%{ if true }',
  '$(id)',
  '`id`',
  '; rm -rf /',
  '|',
  '>',
  '|-\n  x',
  '\t',
  '\u2028',
  '\u0085',
  '\ufeff',
  '\u0000',
  '~',
  'null',
  'true',
  'no',
  '0x1F',
  '1e3',
  '.inf',
  '2026-01-01',
  '012',
  '1_000',
  '=',
  '__proto__',
  'constructor',
  '$if',
  '$merge',
  '😀',
  '\ud800',
  '%YAML 1.1',
  '...',
  '? x',
  ': ',
  '@x',
  ', ',
];

const template: Json = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: '${{ params.name }}', labels: { 'app/x': 'pre-${{ params.size }}-post' } },
  data: {
    whole: '${{ params.size }}',
    inside: 'line one\nkey: ${{ params.size }}\n',
    list: ['${{ params.size }}', 1, true],
  },
  items: [{ $for: 'params.topics', $as: 't', $do: { name: '${{ t }}', text: 'x=${{ t }}' } }],
  $merge: [{ $if: 'params.size != ""', extra: '${{ params.name + params.size }}' }],
};

/** The shape alone: keys, lengths and types, without the values. */
const shape = (value: Json): unknown => {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).map(([k, v]) => [k, shape(v as Json)] as const);
  return typeof value;
};

test('no typed value changes the shape of what is made, in YAML or in JSON (2000 seeded values)', () => {
  const { below, pick } = seeded(20_260_301);
  const typed = () =>
    Array.from({ length: 1 + below(4) }, () => (below(3) ? pick(hostile) : `w${below(100)}`)).join('');
  const expected = shape(made(template, { name: 'a', size: 'b', topics: ['c', 'd'] }));
  for (let i = 0; i < 2000; i += 1) {
    const params = { name: typed(), size: typed(), topics: [typed(), typed()] };
    const value = made(template, params) as Record<string, Json>;
    expect(shape(value), JSON.stringify(params)).toEqual(expected);
    expect(value.data).toMatchObject({ whole: params.size, inside: `line one\nkey: ${params.size}\n` });
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
    const documents = parseAllDocuments(stringify(value));
    expect(documents).toHaveLength(1);
    const back = (documents as { toJS(): Json }[])[0]?.toJS() as Json;
    expect(shape(back), JSON.stringify(params)).toEqual(expected);
  }
});
