import type { Health } from '../kernel/platform.ts';
import { instantOf, type Wall } from './wall.ts';

type Known = { readonly zone: string; readonly wall: Wall; readonly utc: string };
const known = (zone: string, day: string, at: string, utc: string): Known => ({ zone, wall: { day, at }, utc });

/**
 * What tzdb 2026f says of zones whose countries changed their clocks lately. Runtimes carry their own copy of that
 * data, and one that is older plans sessions there an hour off, without any error.
 */
const lately: readonly Known[] = [
  known('America/Mexico_City', '2023-07-03', '09:00', '2023-07-03T15:00:00.000Z'),
  known('Asia/Tehran', '2023-07-03', '09:00', '2023-07-03T05:30:00.000Z'),
  known('Asia/Amman', '2023-01-09', '09:00', '2023-01-09T06:00:00.000Z'),
  known('Africa/Cairo', '2026-07-06', '09:00', '2026-07-06T06:00:00.000Z'),
  known('Asia/Almaty', '2026-07-06', '09:00', '2026-07-06T04:00:00.000Z'),
  known('Africa/Casablanca', '2026-09-28', '09:00', '2026-09-28T09:00:00.000Z'),
  known('America/Vancouver', '2026-11-09', '09:00', '2026-11-09T16:00:00.000Z'),
  known('America/Edmonton', '2026-11-09', '09:00', '2026-11-09T15:00:00.000Z'),
  known('America/Winnipeg', '2026-11-09', '09:00', '2026-11-09T14:00:00.000Z'),
  known('America/Havana', '2026-11-09', '09:00', '2026-11-09T13:00:00.000Z'),
];

/** Zones of which the runtime has old rules. */
export const staleZones = (at: typeof instantOf = instantOf): readonly string[] =>
  lately.filter(({ zone, wall, utc }) => at(wall, zone).toISOString() !== utc).map(({ zone }) => zone);

/** As a part of `/readyz`: everything else works meanwhile. */
export function zoneHealth(stale: readonly string[], version: string): Health {
  if (stale.length === 0) return { ok: true };
  const zones = stale.join(', ');
  return {
    ok: true,
    degraded: [
      `times in ${zones} are wrong: this Node has time zone data ${version}, which is older than the newest rules there. Run a newer Node 24`,
    ],
  };
}
