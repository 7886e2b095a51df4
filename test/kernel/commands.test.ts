import { expect, test } from 'vitest';
import { nearMiss, route } from '../../src/core/kernel/index.ts';

const commands = ['feedback', 'feedback mine', 'feedback open', 'start', 'me', 'help'].map((name) => ({ name }));

test.each([
  ['help', 'help', ''],
  ['  HELP  ', 'help', ''],
  ['feedback', 'feedback', ''],
  ['feedback mine', 'feedback mine', ''],
  ['feedback   MINE', 'feedback mine', ''],
  ['feedback\nmine', 'feedback mine', ''],
  ['feedback\u00a0mine', 'feedback mine', ''],
  ['feedback mine please', 'feedback mine', 'please'],
  ['feedback Mines are  slow', 'feedback', 'Mines are  slow'],
  ['feedback Faster  Builds ', 'feedback', 'Faster  Builds'],
  ['feedback a\nb', 'feedback', 'a\nb'],
  ['Feedback <!channel> *x*', 'feedback', '<!channel> *x*'],
  ['me', 'me', ''],
])('%j is %s with %j', (typed, name, args) => {
  expect(route(typed, commands)).toEqual({ command: { name }, args });
});

test.each(['', '   ', 'hel', 'helpme', 'mine', 'mine feedback', '<@U1> help', '/help', 'feedbackmine'])(
  '%j is no command',
  (typed) => {
    expect(route(typed, commands)).toBeUndefined();
  },
);

test('the order in which commands are declared does not matter', () => {
  expect(route('feedback open', commands.toReversed())?.command.name).toBe('feedback open');
  expect(route('feedback mine', commands)?.command.name).toBe('feedback mine');
});

test.each([
  ['hlep', 'help'],
  ['Helpp', 'help'],
  ['hel', 'help'],
  ['fedback', 'feedback'],
  ['feedbakc too slow', 'feedback'],
  ['fedback mine', 'feedback mine'],
  ['feedbck opne', 'feedback'],
  ['feedback', 'feedback'],
  ['strat', 'start'],
  ['mee', 'me'],
  ['m', 'me'],
  ['xy', undefined],
  ['deploy', undefined],
  ['h', undefined],
  ['', undefined],
])('who typed %j probably meant %s', (typed, name) => {
  expect(nearMiss(typed, commands)?.name).toBe(name);
});

test('a short name is not guessed from nothing', () => {
  expect(nearMiss('x', [{ name: 'me' }])).toBeUndefined();
  expect(nearMiss('anything', [])).toBeUndefined();
  expect(nearMiss('how do I', [{ name: 'show' }])).toBeUndefined();
  expect(nearMiss('some words of a sentence', [{ name: 'show' }])).toBeUndefined();
  expect(nearMiss('shwo orders', [{ name: 'show' }])?.name).toBe('show');
});

test('of several that are near the nearest is offered, then the one with more words, then the first', () => {
  expect(nearMiss('stars', [{ name: 'stats' }, { name: 'start' }])?.name).toBe('stats');
  expect(nearMiss('stars', [{ name: 'start' }, { name: 'stats' }])?.name).toBe('start');
  expect(nearMiss('starts', [{ name: 'stats' }, { name: 'start' }, { name: 'starts' }])?.name).toBe('starts');
});

test('a megabyte of one word is looked at for its beginning only', () => {
  const huge = 'f'.repeat(1_000_000);
  expect(route(huge, commands)).toBeUndefined();
  expect(nearMiss(huge, commands)).toBeUndefined();
});
