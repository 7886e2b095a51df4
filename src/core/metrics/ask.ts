import { Problem } from '../kernel/index.ts';
import { monthOf, monthsBefore } from './report.ts';

/** How far back a question goes that does not say. */
const usualMonths = 2;
const mostMonths = 120;

export type Wanted = { readonly team?: string; readonly since: Date };

const unreadable = (word: string) =>
  new Problem(
    'metrics_since_unreadable',
    `“${word.slice(0, 40)}” is no time that I can count from. Write a month such as 2026-09, or how far back: 6m, 12w or 90d.`,
  );

const days: Readonly<Record<string, number>> = { d: 1, w: 7 };

/** `2026-09`, `2026-09-14`, `6m`, `12w`, `90d`, `1y`; undefined: it says nothing of time. */
function sinceIn(word: string, now: Date): Date | undefined {
  const dated = /^(\d{4})(?:-(\d{1,2})(?:-\d{1,2})?)?$/.exec(word);
  if (dated) {
    const [year, month] = [Number(dated[1]), Number(dated[2] ?? 1)];
    const at = new Date(Date.UTC(year, month - 1, 1));
    if (month < 1 || month > 12 || year < 2000 || at > now) throw unreadable(word);
    return at;
  }
  const back = /^(\d{1,4})([dwmy])$/.exec(word);
  if (!back) return undefined;
  const [count, unit] = [Number(back[1]), back[2] as string];
  const months = unit === 'm' ? count : unit === 'y' ? 12 * count : undefined;
  if (count === 0 || (months ?? 0) > mostMonths) throw unreadable(word);
  if (months !== undefined) return monthsBefore(now, months);
  return monthOf(new Date(now.getTime() - count * (days[unit] ?? 1) * 86_400_000));
}

/** What a typed line asks for: a team by its name, a time, both in any order, or neither. */
export function wantedIn(typed: string, teams: readonly string[], now: Date): Wanted {
  const words = typed
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== '' && w !== 'since');
  let since: Date | undefined;
  const rest: string[] = [];
  for (const word of words) {
    const at = sinceIn(word, now);
    if (at === undefined) rest.push(word);
    else since = at;
  }
  const from = since ?? monthsBefore(now, usualMonths);
  if (rest.length === 0) return { since: from };
  const name = rest.join(' ');
  const team = teams.find((t) => t.toLowerCase() === name);
  if (team !== undefined) return { team, since: from };
  throw new Problem(
    'metrics_team_unknown',
    `There is no team “${name.slice(0, 60)}”, and it is no time such as 2026-09, 6m, 12w or 90d. ${teams.length === 0 ? 'groundcrew.yaml names no teams.' : `Those of groundcrew.yaml are: ${teams.slice(0, 20).join(', ')}.`}`,
  );
}
