import { expect, test } from 'vitest';
import { instantOf } from '../../src/core/calendar/index.ts';
import { staleZones, zoneHealth } from '../../src/core/calendar/zone-data.ts';
import { vectors } from './vectors.ts';

test('what it knows of zones is what the vectors say', () => {
  const utc = new Map(
    vectors.tzdbSensitive.vectors.flatMap((v) =>
      v.occurrences.map((o) => [`${v.tz} ${o.local.slice(0, 16)}`, new Date(o.utc)] as const),
    ),
  );
  // A runtime that has the newest rules of all zones of which the vectors say something.
  const newest: typeof instantOf = (wall, zone) => utc.get(`${zone} ${wall.day}T${wall.at}`) ?? instantOf(wall, zone);
  expect(staleZones(newest)).toEqual([]);
});

test('a runtime that does not know what British Columbia did is found out', () => {
  const old: typeof instantOf = (wall, zone) =>
    zone === 'America/Vancouver' ? new Date('2026-11-09T17:00Z') : instantOf(wall, zone);
  expect(staleZones(old)).toContain('America/Vancouver');
});

test('the rest works meanwhile, and what to do is said', () => {
  expect(zoneHealth([], '2026f')).toEqual({ ok: true });
  expect(zoneHealth(['America/Winnipeg', 'America/Havana'], '2026c')).toEqual({
    ok: true,
    degraded: [
      'times in America/Winnipeg, America/Havana are wrong: this Node has time zone data 2026c, which is older than the newest rules there. Run a newer Node 24',
    ],
  });
});
