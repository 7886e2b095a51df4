import { expect, test } from 'vitest';
import { readValues } from '../../src/core/catalog/form.ts';
import { typedValues } from '../../src/core/catalog/typed.ts';
import { aPath, name, replicas, size } from './support.ts';

const path = aPath({
  parameters: {
    required: ['name', 'size'],
    properties: {
      name,
      size,
      replicas,
      note: { type: 'string', title: 'Note' },
      days: {
        type: 'array',
        title: 'Days',
        enum: [
          { value: 'mon', label: 'Monday' },
          { value: 'tue', label: 'Tuesday' },
        ],
      },
    },
  },
});
const raw = (typed: string) => typedValues(path, typed);

test('names and values, in any order', () => {
  const typed = raw('size=Small name=orders  replicas="3 copies" note="two words, = and \'quotes\'" days=Monday,tue');
  expect(typed).toEqual({
    raw: { size: 's', name: 'orders', replicas: '3', note: "two words, = and 'quotes'", days: ['mon', 'tue'] },
    problems: [],
  });
  expect(readValues(path, typed.raw)).toMatchObject({ ok: true, values: { replicas: 3 } });
});

test('the first word names the thing', () => {
  expect(raw('orders size=m')).toEqual({ raw: { name: 'orders', size: 'm' }, problems: [] });
  expect(raw('name=orders m').problems).toEqual(['I don’t know what “m” is for: write it as name=value.']);
});

test('what chat clients make of quotes and dashes', () => {
  expect(raw('name=orders note=“two words”').raw).toEqual({ name: 'orders', note: 'two words' });
  expect(raw('--name=orders').raw).toEqual({ name: 'orders' });
  expect(raw("note=don't").raw).toEqual({ note: "don't" });
});

test('slips are said, and the rest is kept', () => {
  expect(raw('name=orders siz=s colour=red')).toEqual({
    raw: { name: 'orders' },
    problems: [
      'There is no “siz”; did you mean “size”?',
      'There is no “colour”. What there is: name, size, replicas, note, days.',
    ],
  });
  expect(raw('name=a name=b')).toEqual({
    raw: { name: 'b' },
    problems: ['“name” is there twice; the last one counts.'],
  });
  expect(raw('note="open').problems).toEqual(['A quote is not closed.']);
  expect(raw('')).toEqual({ raw: {}, problems: [] });
  expect(raw('__proto__=x constructor=y').raw).toEqual({});
});
