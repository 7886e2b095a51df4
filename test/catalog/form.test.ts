import { expect, test } from 'vitest';
import { formOf, priorOf, readValues } from '../../src/core/catalog/form.ts';
import type { Parameter } from '../../src/core/catalog/path.ts';
import { looksSecret, namesSecret } from '../../src/core/catalog/secrets.ts';
import { aPath, name, replicas, size } from './support.ts';

const path = aPath({
  parameters: {
    required: ['name', 'size'],
    properties: {
      name,
      size,
      replicas,
      backup: { type: 'boolean', title: 'Backups' },
      keep: {
        type: 'integer',
        title: 'Keep for',
        unit: 'days',
        minimum: 1,
        shownIf: { parameter: 'backup', is: ['true'] },
      },
      topics: { type: 'array', title: 'Topics', pattern: '^[a-z]+$', hint: 'Lower case.' },
      until: { type: 'string', title: 'Until', format: 'date' },
    },
  },
});

test('a form of all kinds', () => {
  const form = formOf(path, { id: 'x', intro: 'Hello', notes: { size: '3 left.' } });
  expect(form).toEqual({
    id: 'x',
    title: 'PostgreSQL database',
    submit: 'Continue',
    intro: 'Hello',
    fields: {
      name: { kind: 'text', label: 'Name', hint: 'Lower case.', pattern: '^[a-z][a-z0-9-]{2,30}$' },
      size: {
        kind: 'choice',
        label: 'Size',
        hint: '3 left.',
        options: [
          { value: 's', label: 'Small' },
          { value: 'm', label: 'Medium' },
        ],
      },
      replicas: { kind: 'number', label: 'Copies', min: 1, max: 5, whole: true, unit: 'copies', optional: true },
      backup: { kind: 'toggle', label: 'Backups' },
      keep: {
        kind: 'number',
        label: 'Keep for',
        min: 1,
        whole: true,
        unit: 'days',
        optional: true,
        shownIf: { field: 'backup', is: ['true'] },
      },
      topics: { kind: 'text', label: 'Topics', multiline: true, hint: 'Lower case. One on each line.', optional: true },
      until: { kind: 'date', label: 'Until', optional: true },
    },
  });
});

test('an operation asks its own fields, with the present values', () => {
  expect(Object.keys(formOf(path, { id: 'x', operation: 'resize' }).fields)).toEqual(['size', 'replicas']);
  expect(formOf(path, { id: 'x', operation: 'resize' }).title).toBe('Resize');
  expect(priorOf(path, { name: 'orders', topics: ['a', 'b'] })).toEqual({
    name: 'orders',
    size: 's',
    replicas: '1',
    topics: 'a\nb',
  });
});

test('a field that depends on one that is not asked again is decided by the present values', () => {
  const change = aPath({
    parameters: path.parameters,
    operations: [{ name: 'keep', title: 'Keep', verb: 'change', fields: ['keep'], policy: [] }],
  });
  const asked = (backup: boolean) =>
    Object.keys(formOf(change, { id: 'x', operation: 'keep', before: { backup } }).fields);
  expect(asked(true)).toEqual(['keep']);
  expect(asked(false)).toEqual([]);
});

test('values are typed, defaults filled, hidden ones dropped', () => {
  expect(
    readValues(path, {
      name: ' orders ',
      size: 'm',
      replicas: '2',
      backup: false,
      keep: '3',
      topics: 'a\n\n b \n',
      until: '2026-04-01',
    }),
  ).toEqual({
    ok: true,
    values: { name: 'orders', size: 'm', replicas: 2, backup: false, topics: ['a', 'b'], until: '2026-04-01' },
  });
  expect(readValues(path, { name: 'orders' })).toEqual({
    ok: true,
    values: { name: 'orders', size: 's', replicas: 1, backup: false },
  });
  // What was checked once as an answer of the form is the same a second time.
  const first = readValues(path, { name: 'orders', topics: 'a\nb', backup: true, keep: 4 });
  expect(first.ok && readValues(path, first.values)).toEqual(first);
});

test('every mistake is said at its field', () => {
  expect(readValues(path, { name: 'Orders!', size: 'xl', replicas: '9', topics: 'a\nB', backup: 'maybe' })).toEqual({
    ok: false,
    errors: {
      name: '“Orders!” can’t be taken as it is; “orders” would do.',
      size: 'Please choose one of the options.',
      replicas: 'At most 5 copies.',
      topics: '“B” can’t be taken as it is; “b” would do.',
      backup: 'Please choose yes or no.',
    },
  });
  expect(readValues(path, { name: 'orders', topics: 'a\nB' })).toEqual({
    ok: false,
    errors: { topics: '“B” can’t be taken as it is; “b” would do.' },
  });
  expect(readValues(path, { name: { evil: true }, size: ['s'] })).toMatchObject({ ok: false });
});

test('an operation changes only what it asks; what is fixed stays', () => {
  const before = { name: 'orders', size: 's', replicas: 1 };
  expect(readValues(path, { name: 'evil', size: 'm', topics: 'a' }, { operation: 'resize', before })).toEqual({
    ok: true,
    values: { name: 'orders', size: 'm', replicas: 1 },
  });
  expect(readValues(path, { name: 'other', size: 's' }, { before })).toMatchObject({
    ok: false,
    errors: { name: 'This can’t be changed any more after something was made.' },
  });
});

test('a short text is too short', () => {
  const short: Parameter = { type: 'string', title: 'Why', minLength: 10 };
  const p = aPath({ parameters: { required: ['why'], properties: { why: short } } });
  expect(readValues(p, { why: 'because' })).toEqual({ ok: false, errors: { why: 'At least 10 characters.' } });
});

test.each([
  ['AKIA', 'IOSFODNN7EXAMPLE'],
  ['ghp_', 'a'.repeat(36)],
  ['xoxb-', '123456789012-abcdefghij'],
  ['-----BEGIN RSA ', 'PRIVATE KEY-----\nabc'],
  ['postgres://app:', 'hunter22@db:5432/app'],
  ['Server=db;Password=', 'hunter22;'],
  ['eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0In0.abc'],
  ['glpat-', 'abcdefghijklmnopqrst'],
])('%s… is refused as a secret', (start, end) => {
  const p = aPath({ parameters: { required: [], properties: { note: { type: 'string', title: 'Note' } } } });
  const result = readValues(p, { note: `see ${start}${end}` });
  expect(result.ok).toBe(false);
  expect(!result.ok && result.errors.note).toContain('Please don’t send secrets in chat');
});

test.each([
  'orders',
  'https://git.example.com/orders.git',
  'feature/token-refresh',
  'v1.2.3',
  'a:b',
  'key=value',
  'git@example.com:a/b.git',
])('%s is no secret', (value) => expect(looksSecret(value)).toBe(false));

test('parameters that ask for a secret are known by their names', () => {
  for (const n of ['password', 'dbPassword', 'API key', 'api_key', 'accessKey', 'connectionString', 'Secret', 'token'])
    expect(namesSecret(n), n).toBe(true);
  for (const n of ['name', 'keyboard', 'partition key', 'passenger', 'compass']) expect(namesSecret(n), n).toBe(false);
});
