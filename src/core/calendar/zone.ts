import { distance } from 'fastest-levenshtein';
import { Problem } from '../kernel/problem.ts';

const key = (zone: string): string => zone.toLowerCase().replaceAll(' ', '_');

/**
 * Whether the runtime knows this IANA zone. A bare offset is none: it says nothing about summer time, so what is
 * planned with it is wrong for half of the year.
 */
export function isZone(zone: string): boolean {
  if (/^[+-]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The zone as IANA spells it, or a problem that names those which may have been meant. */
export function zoneNamed(written: string): string {
  const zone = written.trim().replaceAll(' ', '_');
  if (isZone(zone)) {
    // An old name is kept as it is: Intl would answer Asia/Calcutta for Asia/Kolkata, which people do not recognise.
    return all().find((name) => name.toLowerCase() === zone.toLowerCase()) ?? zone;
  }
  const near = nearest(zone);
  throw new Problem(
    'zone_unknown',
    /^[+-]/.test(zone)
      ? `“${written}” is an offset, not a time zone: it does not say when clocks change. Please name a place, such as Europe/Rome.`
      : `“${written.slice(0, 60)}” is not a time zone I know. Zones are named after a place, such as ${near.join(', ')}.`,
  );
}

let names: readonly string[] | undefined;
function all(): readonly string[] {
  names ??= ['UTC', ...Intl.supportedValuesOf('timeZone')];
  return names;
}

/** By the city alone too: people write “Rome”. */
function nearest(zone: string): readonly string[] {
  const wanted = key(zone).slice(0, 60);
  const far = (name: string) => {
    const whole = key(name);
    return Math.min(distance(whole, wanted), distance(whole.split('/').at(-1) as string, wanted));
  };
  const ranked = all()
    .map((name) => ({ name, far: far(name) }))
    .toSorted((a, b) => a.far - b.far);
  const close = ranked.filter((r) => r.far <= Math.max(2, wanted.length / 3)).slice(0, 3);
  return close.length > 0 ? close.map((r) => r.name) : ['Europe/Rome', 'America/New_York', 'Asia/Kolkata'];
}
