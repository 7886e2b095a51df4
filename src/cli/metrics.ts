import type { Writable } from 'node:stream';
import { readConfig } from '../config.ts';
import { Problem } from '../core/kernel/problem.ts';
import { wantedIn } from '../core/metrics/ask.ts';
import { anchorOf, definitions } from '../core/metrics/definitions.ts';
import { crowds, type Report, readings, readReport } from '../core/metrics/report.ts';
import { settingsSchema } from '../core/settings.ts';
import { followSettings } from '../settings-file.ts';
import { createStore } from '../store/store.ts';
import { withDatabase } from './database.ts';

const quiet = { info() {}, warn() {}, error() {} };

/** A cell of CSV (RFC 4180). A spreadsheet must not take a name for a formula. */
export function cell(value: string | number | undefined): string {
  if (typeof value === 'number') return String(Math.round(value * 1000) / 1000);
  const safe = /^[=+\-@\t\r]/.test(value ?? '') ? `'${value}` : (value ?? '');
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const head = ['figure', 'about', 'state', 'value', 'unit', 'source', 'over', 'since', 'until', 'definition'];

/** The report as CSV, a line each number; small groups are as hidden in it as in chat. */
export async function exportMetrics(
  env: NodeJS.ProcessEnv,
  asked: { readonly team?: string | undefined; readonly since?: string | undefined },
  out: Writable,
  now: Date,
): Promise<void> {
  const config = readConfig(env);
  const following = followSettings(config.settingsFile, settingsSchema.parse({}), quiet);
  const settings = following.current();
  following.stop();
  const typed = [asked.team ?? '', asked.since ?? ''].join(' ');
  const { team, since } = wantedIn(typed, Object.keys(settings.teams), now);
  const { smallest } = settings.metrics;
  const report = await withDatabase(env, async (_, pool) => {
    const { metrics, people } = createStore(pool, () => settings).direct.features;
    if (team === undefined) return readReport(metrics, { since, until: now }, smallest);
    if (!crowds(await metrics.teams({ since, until: now }), smallest).has(team))
      throw new Problem(
        'metrics_team_hidden',
        `What ${team} did is not told on its own: fewer than ${smallest} people asked for something since then, or the total would tell on a team of so few. Ask for a longer time, or for all teams.`,
      );
    const members = (await people.inTeam(team, 5_000)).map((p) => p.id);
    return readReport(metrics, { since, until: now, team, members }, smallest);
  });
  writeReport(report, out);
}

/** A line each number, then one each golden path. */
export function writeReport({ span, figures, paths }: Report, out: Writable): void {
  const when = [span.since.toISOString().slice(0, 10), span.until.toISOString().slice(0, 10)];
  const about = span.team ?? '';
  const states = { read: 'counted', none: 'nothing happened', few: 'hidden' } as const;
  const lines = [
    head,
    ...readings({ figures }).map(([id, reading]) => [
      id,
      about,
      states[reading.is],
      reading.is === 'read' ? reading.value : undefined,
      definitions[id].unit,
      definitions[id].source,
      reading.is === 'read' ? reading.over : '',
      ...when,
      `docs/metrics.md#${anchorOf(id)}`,
    ]),
    ...paths.map(({ path, requests }) => [
      'requests',
      path,
      requests === null ? 'hidden' : 'counted',
      requests ?? undefined,
      'count',
      'measured',
      '',
      ...when,
      'docs/metrics.md#requests',
    ]),
  ];
  out.write(lines.map((line) => `${line.map(cell).join(',')}\r\n`).join(''));
}
