import { expect, test } from 'vitest';
import { type Civil, nextCivil } from '../../src/core/calendar/index.ts';

const rome: Civil = { zone: 'Europe/Rome', hours: { from: '09:00', to: '17:30' } };
const next = (at: string, over: Partial<Civil> = {}) => nextCivil(new Date(at), { ...rome, ...over }).toISOString();

test.each<[string, string, string, Partial<Civil>?]>([
  ['in the middle of a working day, at once', '2026-03-25T10:12:13.500Z', '2026-03-25T10:12:13.500Z'],
  ['at the first minute', '2026-03-25T08:00:00Z', '2026-03-25T08:00:00.000Z'],
  ['before work, when it begins', '2026-03-25T05:00:00Z', '2026-03-25T08:00:00.000Z'],
  ['at the end of work, the next day', '2026-03-25T16:30:00Z', '2026-03-26T08:00:00.000Z'],
  ['on Friday evening, Monday, which is in summer time', '2026-03-27T18:00:00Z', '2026-03-30T07:00:00.000Z'],
  ['on Sunday, Monday', '2026-03-29T00:30:00Z', '2026-03-30T07:00:00.000Z'],
  [
    'over Christmas, which is a holiday each year',
    '2026-12-24T18:00:00Z',
    '2026-12-29T08:00:00.000Z',
    { holidays: ['12-25', '12-26', '2026-12-28'] },
  ],
  [
    'on a holiday of another year, at once',
    '2026-12-28T10:00:00Z',
    '2026-12-28T10:00:00.000Z',
    { holidays: ['2025-12-28'] },
  ],
  [
    'where the week ends on Friday',
    '2026-03-27T10:00:00Z',
    '2026-03-29T06:00:00.000Z',
    { zone: 'Asia/Riyadh', weekend: ['fr', 'sa'] },
  ],
  [
    'while somebody wants quiet, after it',
    '2026-03-25T10:00:00Z',
    '2026-03-25T12:00:00.000Z',
    { quiet: [{ from: new Date('2026-03-25T09:00Z'), to: new Date('2026-03-25T12:00Z') }] },
  ],
  [
    'when the quiet ends after work, the next day',
    '2026-03-25T10:00:00Z',
    '2026-03-26T08:00:00.000Z',
    { quiet: [{ from: new Date('2026-03-25T09:00Z'), to: new Date('2026-03-25T20:00Z') }] },
  ],
  [
    'through two that overlap',
    '2026-03-25T10:00:00Z',
    '2026-03-25T14:00:00.000Z',
    {
      quiet: [
        { from: new Date('2026-03-25T11:00Z'), to: new Date('2026-03-25T14:00Z') },
        { from: new Date('2026-03-25T09:00Z'), to: new Date('2026-03-25T12:00Z') },
      ],
    },
  ],
  ['where it is tomorrow already', '2026-03-24T22:00:00Z', '2026-03-24T22:00:00.000Z', { zone: 'Pacific/Auckland' }],
])('%s', (_, at, expected, over) => {
  expect(next(at, over)).toBe(expected);
});

test('a calendar without a working day does not hold anybody for good', () => {
  const never = nextCivil(new Date('2026-01-05T10:00Z'), {
    ...rome,
    weekend: ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'],
  });
  expect(never.getTime()).toBeLessThan(Date.parse('2027-02-01'));
});
