import { describe, expect, test } from 'vitest';
import {
  decides,
  type Field,
  type Fields,
  form,
  parse,
  pointsOf,
  type Raw,
  shown,
  textMax,
} from '../../src/core/kernel/index.ts';

const sizes = [
  { value: 'small', label: 'Small' },
  { value: 'large', label: 'Large' },
] as const;

const one = (field: Field, value: unknown) =>
  parse({ id: 'f', title: 'F', submit: 'Send', fields: { it: field } }, { it: value });
const answer = (value: unknown) => ({ ok: true, answers: { it: value } });
const wrong = (why: string) => ({ ok: false, errors: { it: why } });
const required = 'Please fill this in.';

/** What a hostile or broken client may send in the place of any value. */
const nonsense: readonly unknown[] = [
  null,
  undefined,
  {},
  { toString: 1, valueOf: 1 },
  [],
  [[]],
  [null],
  Number.NaN,
  Number.POSITIVE_INFINITY,
  () => 'x',
  Symbol('x'),
];

type Table = {
  readonly [K in Field['kind']]: {
    readonly field: Extract<Field, { kind: K }>;
    readonly good: readonly (readonly [typed: unknown, answer: unknown])[];
    readonly bad: readonly (readonly [typed: unknown, why: string])[];
  };
};

const table: Table = {
  text: {
    field: { kind: 'text', label: 'T', max: 10 },
    good: [
      ['Ada', 'Ada'],
      ['  Ada\r\n', 'Ada'],
      ['a\u202eb\u0000', 'ab'],
      ['<!channel>', '<!channel>'],
      ['a\ud800', 'a\ufffd'],
      ['0123456789', '0123456789'],
    ],
    bad: [
      ['', required],
      ['   \n\t', required],
      ['\u202e\u0000', required],
      ['0123456789x', 'Please keep this to 10 characters at most.'],
      ['x'.repeat(40_000), 'Please keep this to 10 characters at most.'],
      [5, required],
      [true, required],
      [['Ada'], required],
    ],
  },
  number: {
    field: { kind: 'number', label: 'N', min: 1, max: 100, unit: 'GB', whole: true },
    good: [
      ['1', 1],
      [' 42 ', 42],
      [100, 100],
      ['1e1', 10],
    ],
    bad: [
      ['', required],
      ['  ', required],
      ['0', 'At least 1 GB.'],
      ['-5', 'At least 1 GB.'],
      ['101', 'At most 100 GB.'],
      ['1.5', 'Please enter a whole number.'],
      ['many', 'Please enter a number.'],
      ['1,5', 'Please enter a number.'],
      ['1 000', 'Please enter a number.'],
      ['Infinity', 'Please enter a number.'],
      ['NaN', 'Please enter a number.'],
      [true, required],
      [['5'], required],
    ],
  },
  toggle: {
    field: { kind: 'toggle', label: 'T' },
    good: [
      [true, true],
      [false, false],
      ['true', true],
      ['false', false],
    ],
    bad: [
      ['', 'Please choose yes or no.'],
      ['perhaps', 'Please choose yes or no.'],
      [2, 'Please choose yes or no.'],
      [['true'], 'Please choose yes or no.'],
    ],
  },
  date: {
    field: { kind: 'date', label: 'D' },
    good: [
      ['2026-03-02', '2026-03-02'],
      ['2028-02-29', '2028-02-29'],
    ],
    bad: [
      ['', 'Please pick a date.'],
      ['2026-02-29', 'Please pick a date.'],
      ['2026-13-01', 'Please pick a date.'],
      ['02.03.2026', 'Please pick a date.'],
      ['2026-03-02T00:00:00Z', 'Please pick a date.'],
      [20260302, 'Please pick a date.'],
    ],
  },
  time: {
    field: { kind: 'time', label: 'T' },
    good: [
      ['00:00', '00:00'],
      ['23:59', '23:59'],
    ],
    bad: [
      ['24:00', 'Please pick a time.'],
      ['9:00', 'Please pick a time.'],
      ['12:60', 'Please pick a time.'],
      ['12:00\n', 'Please pick a time.'],
      ['12:00:00', 'Please pick a time.'],
      ['', 'Please pick a time.'],
      [900, required],
    ],
  },
  person: {
    field: { kind: 'person', label: 'P' },
    good: [
      ['slack:T1/U1', 'slack:T1/U1'],
      ['teams:11111111-1111-4111-8111-111111111111/ada', 'teams:11111111-1111-4111-8111-111111111111/ada'],
    ],
    bad: [
      ['U1', 'Please pick a person.'],
      ['<@U1>', 'Please pick a person.'],
      ['slack:T1/', 'Please pick a person.'],
      ['slack:/U1', 'Please pick a person.'],
      ['slack:T1/U 1', 'Please pick a person.'],
      ['mail:x/ada@acme.test', 'Please pick a person.'],
      ['', 'Please pick a person.'],
      [['slack:T1/U1'], required],
    ],
  },
  scale: {
    field: { kind: 'scale', label: 'S', from: 0, to: 5, labels: ['low', 'high'] },
    good: [
      ['0', 0],
      ['5', 5],
      [3, 3],
    ],
    bad: [
      // Nothing chosen must not count as the lowest value.
      ['', required],
      [' ', required],
      [false, required],
      ['-1', 'From 0 to 5.'],
      ['6', 'From 0 to 5.'],
      ['2.5', required],
      ['two', required],
      [['3'], required],
      [true, required],
    ],
  },
  choice: {
    field: { kind: 'choice', label: 'C', options: sizes },
    good: [['large', 'large']],
    bad: [
      ['', 'Please choose one of the options.'],
      ['Large', 'Please choose one of the options.'],
      ['huge', 'Please choose one of the options.'],
      ['__proto__', 'Please choose one of the options.'],
      [['large'], 'Please choose one of the options.'],
      [0, 'Please choose one of the options.'],
    ],
  },
  choices: {
    field: { kind: 'choices', label: 'C', options: sizes },
    good: [
      [['small'], ['small']],
      [
        ['large', 'small'],
        ['large', 'small'],
      ],
      // One thing chosen twice is chosen once.
      [['small', 'small'], ['small']],
    ],
    bad: [
      [['huge'], 'Please choose from the options.'],
      [['small', 'huge'], 'Please choose from the options.'],
      [[['small']], 'Please choose from the options.'],
      ['small', required],
      ['', required],
    ],
  },
  search: {
    field: { kind: 'search', label: 'S', source: 'zones' },
    good: [['Europe/Kyiv', 'Europe/Kyiv']],
    bad: [
      ['', required],
      ['x'.repeat(76), 'Please pick one of those that were found.'],
      [['Europe/Kyiv'], required],
      [7, required],
    ],
  },
};

describe.each(Object.entries(table))('%s', (_, { field, good, bad }) => {
  test.each(good)('takes %j as %j', (typed, expected) => {
    expect(one(field, typed)).toEqual(answer(expected));
    expect(one({ ...field, optional: true }, typed)).toEqual(answer(expected));
  });
  test.each(bad)('refuses %j: %s', (typed, why) => {
    expect(one(field, typed)).toEqual(wrong(why));
  });
  test('survives whatever a broken client sends, and says something', () => {
    for (const [n, value] of nonsense.entries()) {
      const parsed = one(field, value);
      expect(parsed.ok, `number ${n}`).toBe(false);
      if (!parsed.ok) expect(parsed.errors.it).toMatch(/^[A-Z].*\.$/);
    }
  });
  test('may be left out when it is optional', () => {
    for (const value of [undefined, null, '', []])
      expect(one({ ...field, optional: true }, value)).toEqual({ ok: true, answers: {} });
  });
});

test('a text has a limit even when the form names none, and never more than Slack takes', () => {
  expect(one({ kind: 'text', label: 'T' }, 'x'.repeat(textMax))).toEqual(answer('x'.repeat(textMax)));
  expect(one({ kind: 'text', label: 'T' }, 'x'.repeat(textMax + 1))).toEqual(
    wrong('Please keep this to 3000 characters at most.'),
  );
  expect(one({ kind: 'text', label: 'T', max: 1_000_000 }, 'x'.repeat(textMax + 1)).ok).toBe(false);
});

test('whatever was typed is told in a line, in which nothing of it does harm, and without help that would be none', () => {
  const name: Field = { kind: 'text', label: 'Name', pattern: '^[a-z][a-z0-9-]*$', placeholder: 'orders', max: 3000 };
  const told: Readonly<Record<string, string>> = {
    '<!channel> *b* [x](http://e)':
      '“<!channel> *b* [x](http://e)” can’t be taken as it is; “channel-b-x-http-e” would do.',
    '\ud800\u202e\u0007X': '“\ufffdX” can’t be taken as it is; “x” would do.',
    ['X'.repeat(3000)]: `“${'X'.repeat(59)}…” can’t be taken as it is; “${'x'.repeat(59)}…” would do.`,
    // What is wrong stands beyond what is shown.
    [`${'x'.repeat(100)}!`]: `“${'x'.repeat(59)}…” can’t be taken as it is; “orders” would do.`,
    // Each of these is eighteen letters of another kind.
    ['ﷺ'.repeat(3000)]: `“${'ﷺ'.repeat(59)}…” can’t be taken as it is; “orders” would do.`,
    ['-'.repeat(3000)]: `“${'-'.repeat(59)}…” can’t be taken as it is; “orders” would do.`,
  };
  for (const [typed, said] of Object.entries(told)) expect(one(name, typed)).toEqual(wrong(said));
});

test('a pattern is told by what would do: the hint was read already', () => {
  const name: Field = { kind: 'text', label: 'Name', pattern: '^[a-z][a-z0-9-]*$', placeholder: 'orders', max: 20 };
  expect(one(name, 'orders-db')).toEqual(answer('orders-db'));
  const says = (field: Field, typed: string, better: string) =>
    expect(one(field, typed)).toEqual(wrong(`“${typed}” can’t be taken as it is; “${better}” would do.`));
  says(name, 'Orders', 'orders');
  says(name, ' Café_Orders: DB! '.trim(), 'cafe-orders-db');
  says(name, '2fast', 'orders');
  const { placeholder: _, ...bare } = name;
  expect(one(bare, '2fast')).toEqual(wrong('“2fast” isn’t of the form that is asked for here.'));
  const url: Field = { kind: 'text', label: 'Address', pattern: '^https://[^ ]+$' };
  says(url, 'http://api.acme.example', 'https://api.acme.example');
  // What would be too long is no help.
  expect(one({ ...url, max: 12 }, 'api.acme.com')).toEqual(
    wrong('“api.acme.com” isn’t of the form that is asked for here.'),
  );
});

test('a number without limits takes what JavaScript can count', () => {
  const field: Field = { kind: 'number', label: 'N' };
  expect(one(field, '-0.25')).toEqual(answer(-0.25));
  expect(one(field, '1e400')).toEqual(wrong('Please enter a number.'));
  expect(one({ ...field, min: 3 }, '2')).toEqual(wrong('At least 3.'));
});

test('answers come by field name: what the form does not have is dropped, all errors are told at once', () => {
  const two = form({
    id: 'f',
    title: 'F',
    submit: 'Send',
    fields: { name: { kind: 'text', label: 'Name' }, size: { kind: 'choice', label: 'Size', options: sizes } },
  });
  expect(parse(two, { name: 'db', size: 'small', admin: true, constructor: 'x' })).toEqual({
    ok: true,
    answers: { name: 'db', size: 'small' },
  });
  expect(parse(two, { name: '', size: 'huge' })).toEqual({
    ok: false,
    errors: { name: required, size: 'Please choose one of the options.' },
  });
  expect(parse(two, {})).toMatchObject({ ok: false });
});

describe('a field that depends on another', () => {
  const fields: Fields = {
    kind: { kind: 'choice', label: 'Kind', options: [...sizes, { value: 'none', label: 'None' }] },
    many: { kind: 'choices', label: 'Many', optional: true, options: sizes },
    backup: { kind: 'toggle', label: 'Backup?', shownIf: { field: 'kind', is: ['small', 'large'] } },
    days: { kind: 'number', label: 'Days', shownIf: { field: 'backup', is: ['true'] } },
    why: { kind: 'text', label: 'Why no backup?', shownIf: { field: 'backup', is: ['false'] } },
    large: { kind: 'text', label: 'Large?', shownIf: { field: 'many', is: ['large'] } },
  };
  const about = { id: 'f', title: 'F', submit: 'Send', fields };

  test.each<[string, Raw, readonly string[]]>([
    ['nothing chosen', {}, ['kind', 'many']],
    ['the first link', { kind: 'small' }, ['kind', 'many', 'backup']],
    ['a chain of two', { kind: 'large', backup: true }, ['kind', 'many', 'backup', 'days']],
    ['a toggle as text', { kind: 'large', backup: 'true' }, ['kind', 'many', 'backup', 'days']],
    ['the other branch', { kind: 'large', backup: false }, ['kind', 'many', 'backup', 'why']],
    ['a chain whose first link is broken', { kind: 'none', backup: true }, ['kind', 'many']],
    ['one of many', { many: ['small', 'large'] }, ['kind', 'many', 'large']],
    ['none of many', { many: ['small'] }, ['kind', 'many']],
    ['what no client of ours sends', { kind: { toString: 1, valueOf: 1 }, many: [{ toString: 1 }] }, ['kind', 'many']],
    ['a number where words belong', { kind: 5 }, ['kind', 'many']],
  ])('%s', (_, raw, names) => {
    expect(shown(fields, raw)).toEqual(names);
  });

  test('a hidden field is neither asked for nor taken', () => {
    expect(parse(about, { kind: 'none', backup: true, days: 'junk', why: 'x' })).toEqual({
      ok: true,
      answers: { kind: 'none' },
    });
    expect(parse(about, { kind: 'small', backup: 'true' })).toEqual({ ok: false, errors: { days: required } });
    expect(parse(about, { kind: 'small', backup: 'true', days: '7', why: 'left over' })).toEqual({
      ok: true,
      answers: { kind: 'small', backup: true, days: 7 },
    });
  });

  test('the fields that others wait for are known', () => {
    expect(Object.keys(fields).filter((name) => decides(fields, name))).toEqual(['kind', 'many', 'backup']);
  });

  test('a circle of conditions shows nothing and ends', () => {
    const circle: Fields = {
      a: { kind: 'toggle', label: 'A', shownIf: { field: 'b', is: ['true'] } },
      b: { kind: 'toggle', label: 'B', shownIf: { field: 'a', is: ['true'] } },
      c: { kind: 'toggle', label: 'C', shownIf: { field: 'c', is: ['true'] } },
    };
    expect(shown(circle, { a: true, b: true, c: true })).toEqual([]);
  });
});

test.each([
  ['a comma in an option, which Teams could not send back', { value: 'a,b', label: 'A' }],
  ['a value over 75', { value: 'x'.repeat(76), label: 'A' }],
  ['a label over 75', { value: 'a', label: 'x'.repeat(76) }],
])('a form is not declared with %s', (_, option) => {
  const declare = () =>
    form({ id: 'f', title: 'F', submit: 'Send', fields: { c: { kind: 'choice', label: 'C', options: [option] } } });
  expect(declare).toThrow(expect.objectContaining({ code: 'form_malformed' }));
});

test('a form is not declared whose field waits for one that is not there', () => {
  for (const missing of ['nowhere', 'toString'])
    expect(() =>
      form({
        id: 'f',
        title: 'F',
        submit: 'Send',
        fields: { a: { kind: 'text', label: 'A', shownIf: { field: missing, is: ['x'] } } },
      }),
    ).toThrow('depends on a field that the form does not have');
});

test('a scale has words for each of its points, or for its two ends', () => {
  const scale = (labels: readonly string[]) => ({ kind: 'scale', label: 'S', from: 1, to: 3, labels }) as const;
  expect(pointsOf(scale(['low', 'so so', 'high'])).map((o) => o.label)).toEqual(['1 – low', '2 – so so', '3 – high']);
  expect(pointsOf(scale(['low', 'high'])).map((o) => o.label)).toEqual(['1 – low', '2', '3 – high']);
  expect(pointsOf({ ...scale(['no', 'yes']), from: 0, to: 1 }).map((o) => o.label)).toEqual(['0 – no', '1 – yes']);
  expect(() => form({ id: 'f', title: 'F', submit: 'Send', fields: { it: scale(['low', 'a', 'b', 'high']) } })).toThrow(
    /f\.it has 4 labels/,
  );
});
