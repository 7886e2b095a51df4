/* The five fields of a schedule: when it is due next, by UTC. */

const ranges: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
];
const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

function parseField(text: string, [low, high]: readonly [number, number]): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const found = /^(\*|\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(part);
    if (!found) return undefined;
    const [, from = '', to, step] = found;
    const start = from === '*' ? low : Number(from);
    const end = from === '*' ? high : to ? Number(to) : step ? high : start;
    if (start < low || end > (high === 6 ? 7 : high) || Number(step ?? 1) < 1) return undefined;
    for (let value = start; value <= end; value += Number(step ?? 1)) values.add(high === 6 ? value % 7 : value);
  }
  return values;
}

/** Undefined when it is no schedule. */
export function nextRun(schedule: string, after: Date): Date | undefined {
  const fields = (macros[schedule] ?? schedule).trim().split(/\s+/);
  if (fields.length !== 5) return undefined;
  const sets = fields.map((field, i) => parseField(field, ranges[i] as readonly [number, number]));
  const [minutes, hours, days, months, weekdays] = sets;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  // When both are said, one of them is enough.
  const both = fields[2] !== '*' && fields[4] !== '*';
  const at = new Date(Math.floor(after.getTime() / 60_000) * 60_000 + 60_000);
  for (let tries = 0; tries < 200_000; tries++) {
    const day = days.has(at.getUTCDate());
    const weekday = weekdays.has(at.getUTCDay());
    if (!months.has(at.getUTCMonth() + 1) || !(both ? day || weekday : day && weekday)) {
      at.setUTCHours(24, 0, 0, 0);
      continue;
    }
    if (!hours.has(at.getUTCHours())) at.setUTCHours(at.getUTCHours() + 1, 0, 0, 0);
    else if (!minutes.has(at.getUTCMinutes())) at.setUTCMinutes(at.getUTCMinutes() + 1, 0, 0);
    else return at;
  }
  return undefined;
}
