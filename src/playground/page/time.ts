/** Instants as people read them, in a zone of theirs. Everything is in milliseconds since 1970. */

const formats = new Map<string, Intl.DateTimeFormat>();
function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
  formats.set(key, made);
  return made;
}

export const clock = (at: number, zone: string): string =>
  format(zone, { hour: '2-digit', minute: '2-digit' }).format(at);
const withSeconds = (at: number, zone: string): string =>
  format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
const date = (at: number, zone: string, options: Intl.DateTimeFormatOptions): string =>
  format(zone, options).format(at);
const isoDay = (at: number, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);

/** Everything, for a tooltip. */
export const full = (at: number, zone: string): string => date(at, zone, { dateStyle: 'full', timeStyle: 'medium' });

/** A day, in short: `Thu 3 Dec`. */
export const nearDay = (at: number, zone: string): string =>
  date(at, zone, { weekday: 'short', day: 'numeric', month: 'short' }).replace(',', '');

const dayMs = 86_400_000;
/** A day as it is called near it: `Today`, `Yesterday`, `Monday, 23 November`. */
export function day(at: number, now: number, zone: string): string {
  const iso = isoDay(at, zone);
  if (iso === isoDay(now, zone)) return 'Today';
  if (iso === isoDay(now - dayMs, zone)) return 'Yesterday';
  return date(at, zone, { weekday: 'long', day: 'numeric', month: 'long' });
}

/** When a message was written: how long ago within the hour, then the clock, then the day. */
export function ago(at: number, now: number, zone: string): string {
  const seconds = Math.round((now - at) / 1000);
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  const time = clock(at, zone);
  return isoDay(at, zone) === isoDay(now, zone)
    ? time
    : `${date(at, zone, { day: 'numeric', month: 'short' })}, ${time}`;
}

const nth = (n: number): string => {
  const ending = ['th', 'st', 'nd', 'rd'][n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] ?? 'th';
  return `${n}${ending}`;
};
const parts = (at: number, zone: string, month: 'long' | 'short') => {
  const day = Number(date(at, zone, { day: 'numeric' }));
  return `${date(at, zone, { month })} ${nth(day)}, ${date(at, zone, { year: 'numeric' })}`;
};

/** Slack's date tokens, each for an instant, the present and a zone. */
const tokens: { readonly [token: string]: (at: number, now: number, zone: string) => string } = {
  date_num: (at, _, zone) => isoDay(at, zone),
  date_slash: (at, _, zone) => date(at, zone, { day: '2-digit', month: '2-digit', year: 'numeric' }),
  date: (at, _, zone) => parts(at, zone, 'long'),
  date_short: (at, _, zone) => parts(at, zone, 'short'),
  date_long: (at, _, zone) => `${date(at, zone, { weekday: 'long' })}, ${parts(at, zone, 'long')}`,
  time: (at, _, zone) => clock(at, zone),
  time_secs: (at, _, zone) => withSeconds(at, zone),
  ago: (at, now, zone) => ago(at, now, zone),
};
/** `pretty` says yesterday, today and tomorrow where it can. */
const pretty = (at: number, now: number, zone: string): string | undefined => {
  const iso = isoDay(at, zone);
  const near = [-dayMs, 0, dayMs].findIndex((away) => isoDay(now + away, zone) === iso);
  return ['yesterday', 'today', 'tomorrow'][near];
};

/** Slack's date formats (`{date_short_pretty} at {time}`) of an instant. Unknown tokens stay as they are. Its first letter is large, as Slack has it. */
export function slackDate(template: string, at: number, now: number, zone: string): string {
  const said = template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const plain = name.replace(/_pretty$/, '');
    const near = plain === name ? undefined : pretty(at, now, zone);
    const token = Object.hasOwn(tokens, plain) ? tokens[plain] : undefined;
    return near ?? token?.(at, now, zone) ?? whole;
  });
  return said.charAt(0).toUpperCase() + said.slice(1);
}

const macro =
  /\{\{(DATE|TIME)\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[-+]\d{2}:\d{2}))(?:, ?(COMPACT|LONG|SHORT))?\)\}\}/g;
const lengths: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  COMPACT: { day: '2-digit', month: '2-digit', year: 'numeric' },
  SHORT: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  LONG: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
};

/** Teams' `{{DATE(…)}}` and `{{TIME(…)}}` in the reader's zone. */
export const teamsMacros = (text: string, zone: string): string =>
  text.replace(macro, (_, what: string, instant: string, length: string | undefined) => {
    const at = Date.parse(instant);
    return what === 'TIME' ? clock(at, zone) : date(at, zone, lengths[length ?? 'COMPACT'] ?? {});
  });
