import { open, readdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Log } from '../core/kernel/log.ts';
import type { Clock } from './clock.ts';
import { repeating } from './repeating.ts';
import { dropPlans } from './terraform/confirmed.ts';
import { holdsState } from './terraform/module.ts';

/*
 * What the command line tools leave in the folder of runs when nobody comes back to it: the plan of a preview that nobody
 * confirmed, the folders of a process that was killed. They hold what people typed, in the clear, so they get old in no case.
 * A plan that is gone is planned anew, and a folder is filled anew by the next run.
 */

/** Nothing that is worked on stands still for so long. */
export const idleMs = 24 * 3_600_000;
const everyMs = 3_600_000;

const list = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);
const changedAt = (path: string): Promise<number> =>
  stat(path).then(
    (s) => s.mtimeMs,
    () => 0,
  );

/** Since when nothing changed in it. What lies deeper is a tool's own, and comes and goes with what is here. */
async function lastChange(folder: string): Promise<number> {
  const inside = await Promise.all((await list(folder)).map((name) => changedAt(join(folder, name))));
  return Math.max(await changedAt(folder), ...inside);
}

/** Whether a tool is at work there, of this process or of one that was killed meanwhile: supervisor.ts holds this socket. */
async function held(home: string): Promise<boolean> {
  const folder = await open(home).catch(() => undefined);
  if (!folder) return false;
  // The address of a socket ends after 107 bytes, and a namespace and a release may be longer than that.
  const place = process.platform === 'linux' ? `/proc/self/fd/${folder.fd}` : home;
  try {
    return await new Promise((resolve) => {
      const socket = connect(join(place, 'turn'));
      socket.on('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  } finally {
    await folder.close();
  }
}

/** Whether it was cleared away: nobody works on it any more, and something was left. */
async function clear(home: string, now: Date): Promise<boolean> {
  if (now.getTime() - (await lastChange(home)) < idleMs || (await held(home))) return false;
  // A state that is kept here stays, whatever its age; so does what nobody can tell of.
  if (!(await holdsState(home).catch(() => true))) {
    await rm(home, { recursive: true, force: true });
    return true;
  }
  const values = join(home, 'variables.tfvars.json');
  if (!(await list(home)).some((name) => ['confirmed', 'plan', 'variables.tfvars.json'].includes(name))) return false;
  await dropPlans(home);
  await rm(values, { force: true });
  return true;
}

/** Clears away what nobody works on any more: how much it was, and what stayed since it could not be removed. */
export async function clearLeftovers(
  folder: string,
  now: Date,
): Promise<{ readonly cleared: number; readonly faults: readonly unknown[] }> {
  const terraform = join(folder, 'terraform');
  const homes = [
    ...(await list(join(folder, 'helm'))).map((name) => join(folder, 'helm', name)),
    ...(await list(join(folder, 'ansible'))).map((name) => join(folder, 'ansible', name)),
  ];
  for (const resource of await list(terraform))
    homes.push(...(await list(join(terraform, resource))).map((name) => join(terraform, resource, name)));
  let cleared = 0;
  const faults: unknown[] = [];
  // A tool may have left what only another user can remove: the others do not wait for that.
  for (const home of homes)
    try {
      if (await clear(home, now)) cleared += 1;
    } catch (error) {
      faults.push(error);
    }
  return { cleared, faults };
}

/** Does so now and once an hour. */
export const followLeftovers = (folder: string, clock: Clock, log: Log) =>
  repeating(clock, everyMs, async () => {
    const { cleared, faults } = await clearLeftovers(folder, clock.now());
    if (cleared > 0) log.info({ cleared }, 'cleared away what runs and previews left behind');
    const [err] = faults;
    if (faults.length > 0)
      log.warn(
        { err, count: faults.length },
        'what runs left behind could not be cleared away; tried again in an hour',
      );
  });
