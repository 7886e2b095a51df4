import type { Option } from '../kernel/index.ts';

/** What the clock of a zone shows now, such as `14:05`. */
export const wallTime = (zone: string, now: Date): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(now);

/** Zones whose name has all words of the query, with their present time, so that a person recognises theirs. */
export function findZones(query: string, now: Date, limit = 20): readonly Option[] {
  const words = query
    .toLowerCase()
    .replaceAll('_', ' ')
    .split(/[\s,/]+/)
    .filter(Boolean);
  return ['UTC', ...Intl.supportedValuesOf('timeZone')]
    .filter((zone) => {
      const name = zone.toLowerCase().replaceAll('_', ' ');
      return words.every((word) => name.includes(word));
    })
    .slice(0, limit)
    .map((zone) => ({ value: zone, label: `${zone.replaceAll('_', ' ')} (${wallTime(zone, now)})` }));
}
