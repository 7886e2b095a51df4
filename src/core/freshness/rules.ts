import { shortHash } from '../catalog/names.ts';
import type { GoldenPath } from '../catalog/path.ts';
import type { Left, PathHealth } from './store.ts';

const dayMs = 86_400_000;

/**
 * What a canary's run does: it makes the thing, deletes it, cleans up after a try that failed, or sweeps away what neither
 * of these could delete.
 */
export const phases = { create: 'c', delete: 'd', clean: 'x', sweep: 's' } as const;
export type Phase = keyof typeof phases;
const named: Readonly<Record<string, Phase>> = { c: 'create', d: 'delete', x: 'clean', s: 'sweep' };

/** A canary's slug and its runs: DNS labels, the same for one beginning of one path. */
export const canarySlug = (path: string, started: Date): string =>
  `canary-${Math.floor(started.getTime() / 1000).toString(36)}-${shortHash(path)}`;
export const canaryRun = (phase: Exclude<Phase, 'sweep'>, path: string, started: Date): string =>
  `${canarySlug(path, started)}-${phases[phase]}`;
/** The nth sweep of what a canary, by its slug, left behind. */
export const sweepRun = (slug: string, nth: number): string => `${slug}-${phases.sweep}${nth}`;
export const canaryPrefix = 'canary-';
export function phaseOf(run: string): Phase | undefined {
  return named[/^canary-[0-9a-z]+-[0-9a-f]{8}-([cdx]|s(?=\d))\d*$/.exec(run)?.[1] ?? ''];
}

/** When it is tried again to delete what was left behind: after an hour, and ever later, up to a day. */
export const sweepDue = ({ tries, at }: Left, now: Date): boolean =>
  now.getTime() - at.getTime() >= Math.min(dayMs, 3_600_000 * 2 ** (tries - 1));

/** Failures count for the version that failed: another one is given the benefit of the doubt. */
export const failuresOf = (path: Pick<GoldenPath, 'version'>, health: PathHealth | undefined): number =>
  health?.version === path.version ? health.failures : 0;

/** Whether it is time for a canary. After a failure it is tried again the next day. */
export function dueNow(path: GoldenPath, health: PathHealth | undefined, now: Date): boolean {
  if (!path.verify || path.lifecycle.is === 'blocked' || path.unavailable !== undefined || health?.run !== undefined)
    return false;
  if (!health || health.version !== path.version) return true;
  const days = health.failures > 0 ? Math.min(1, path.verify.everyDays) : path.verify.everyDays;
  return now.getTime() - health.started.getTime() >= days * dayMs;
}

const ago = (from: Date, now: Date): string => {
  const days = Math.floor((now.getTime() - from.getTime()) / dayMs);
  return days <= 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`;
};

/** How fresh a path is, in one sentence for its form and the catalog. Undefined while no test run has said anything. */
export function freshness(path: GoldenPath, health: PathHealth | undefined, now: Date): string | undefined {
  if (!path.verify) return undefined;
  if (!health?.verified && failuresOf(path, health) === 0) return undefined;
  const last = health?.verified ? `Last verified ${ago(health.verified, now)}, by a real run` : 'Never verified so far';
  const failures = failuresOf(path, health);
  if (failures > 0)
    return `${last}; ${failures === 1 ? 'the last test run' : `the last ${failures} test runs`} failed.`;
  return health?.version === path.version ? `${last}.` : `${last} of version ${health?.version}.`;
}
