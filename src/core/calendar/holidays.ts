import { z } from 'zod';
import type { Civil } from './civil.ts';
import { isZone } from './zone.ts';

/*
 * Days on which nobody is written to, where they are. A company in several countries has several calendars: each says in
 * which zones it holds.
 */

const day = z
  .string()
  .regex(
    /^(?:\d{4}-)?(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
    'Write a day such as 2026-04-06, or 12-25 for each year.',
  );
const zonePattern = z
  .string()
  .refine(
    (s) => isZone(s) || /^[A-Za-z_]+\/(?:[A-Za-z_]+\/)?\*$/.test(s),
    'Write a time zone such as Europe/Berlin, or America/* for all that begin so.',
  );

export const holidaysSchema = z
  .array(
    z
      .strictObject({
        days: z.array(day).max(1_000).default([]),
        /** An iCalendar file, beside groundcrew.yaml or by its whole path. Its days are added to those above. */
        file: z.string().min(1).max(500).exactOptional(),
        /** Absent: everywhere. */
        zones: z.array(zonePattern).min(1).max(100).exactOptional(),
      })
      .refine(
        (h) => h.days.length > 0 || h.file !== undefined,
        'It has no days. Write days, or the file that has them.',
      ),
  )
  .max(50)
  .default([]);
export type Holidays = z.output<typeof holidaysSchema>;

const holdsIn = (zone: string) => (pattern: string) =>
  pattern.endsWith('*') ? zone.startsWith(pattern.slice(0, -1)) : pattern === zone;

/** The holidays of somebody who lives by this zone. */
export const holidaysIn = (holidays: Holidays, zone: string): readonly string[] =>
  holidays.flatMap(({ days, zones }) => (zones === undefined || zones.some(holdsIn(zone)) ? days : []));

/** When somebody of this zone may be bothered. Where we know no zone it is that of UTC. */
export function civilIn(
  given: string | undefined,
  hours: Civil['hours'],
  { holidays }: { readonly holidays: Holidays },
): Civil {
  const zone = given !== undefined && isZone(given) ? given : 'UTC';
  return { zone, hours, holidays: holidaysIn(holidays, zone) };
}
