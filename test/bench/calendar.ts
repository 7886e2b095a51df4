import { occurrences, type Rule, scheduleSchema, weekdays } from '../../src/core/calendar/index.ts';
import { median } from './measure.ts';
import type { Table } from './table.ts';

/* Row 8: a thousand series, each worked out for ten years, and for the eight weeks that sessions are planned ahead. */

const many = 1_000;
const times = 3;
const zones = ['Europe/Rome', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/Los_Angeles'];
const rules: readonly Rule[] = [
  ...weekdays.map((day): Rule => ({ kind: 'weekly', every: 1, on: [day] })),
  { kind: 'weekly', every: 2, on: ['tu'] },
  { kind: 'monthly', every: 1, nth: 'last', weekday: 'th' },
  { kind: 'yearly', months: [1, 4, 7, 10], nth: 1, weekday: 'mo' },
];
const series = Array.from({ length: many }, (_, i) =>
  scheduleSchema.parse({
    start: '2026-01-05',
    at: '09:00',
    zone: zones[i % zones.length],
    rule: rules[i % rules.length],
  }),
);

export async function calendar(): Promise<Table> {
  const from = new Date('2026-01-01T00:00:00Z');
  const line = (title: string, to: string, aim: number) => {
    const took: number[] = [];
    let found = 0;
    for (let i = 0; i < times; i += 1) {
      const begin = performance.now();
      found = series.reduce((sum, s) => sum + occurrences(s, from, new Date(to)).length, 0);
      took.push((performance.now() - begin) / 1000);
    }
    const seconds = median(took);
    return {
      cells: [title, String(found), seconds, (seconds * 1e6) / found],
      aim: `≤ ${aim} s`,
      reached: seconds <= aim,
    };
  };
  return {
    title: '8. The occurrences of 1,000 series',
    head: ['of', 'occurrences', 'median s', 'µs each'],
    lines: [line('eight weeks', '2026-02-26T00:00:00Z', 0.5), line('ten years', '2036-01-01T00:00:00Z', 10)],
  };
}
