import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

/** Who a process is, so that another one can tell later whether it still lives. */
export type Identity = {
  readonly pid: number;
  readonly host: string;
  /** Which run of the machine: the kernel's boot id, or `since <seconds>` where there is none. */
  readonly boot: string;
  /** The pid namespace: 1 in one container is another process than 1 in the next. Empty where there are none. */
  readonly space: string;
  /** When the process started, in whatever unit the system has: a pid is given out again, with another start. */
  readonly started: string;
};

/** `unseen`: it runs, if it does, where its pid means nothing to us (another machine, boot or container). */
export type Liveness = 'alive' | 'dead' | 'unseen';

const tryTo = <T>(run: () => T): T | undefined => {
  try {
    return run();
  } catch {
    return undefined;
  }
};

/** Two machines never boot within this of each other under one name; the clock is not set by more while one runs. */
const BOOT_TOLERANCE_S = 60;

/** The kernel's account of a process: proc_pid_stat(5). */
function procStat(pid: number): { state: string; threads: number; started: string } | undefined {
  const stat = tryTo(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The second field is the command in parentheses, and may itself hold spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields) return undefined;
  return { state: fields[0] ?? '', threads: Number(fields[17]), started: fields[19] ?? '' };
}

/** For systems without /proc. Empty when the process is not there or ps is not. */
const psStarted = (pid: number): string =>
  tryTo(() =>
    execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim(),
  ) ?? '';

/** This process. */
export function identify(): Identity {
  return {
    pid: process.pid,
    host: hostname(),
    boot:
      tryTo(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ??
      `since ${Math.round(Date.now() / 1000 - uptime())}`,
    space: tryTo(() => readlinkSync('/proc/self/ns/pid')) ?? '',
    started: procStat(process.pid)?.started ?? psStarted(process.pid),
  };
}

const sameBoot = (a: Identity, b: Identity): boolean => {
  if (a.boot === b.boot) return true;
  if (a.host !== b.host || !a.boot.startsWith('since ') || !b.boot.startsWith('since ')) return false;
  return Math.abs(Number(a.boot.slice(6)) - Number(b.boot.slice(6))) < BOOT_TOLERANCE_S;
};

/** Whether `other` still lives, as far as `me` can see. Never `dead` by guess. */
export function livenessOf(other: Identity, me: Identity): Liveness {
  if (!sameBoot(other, me) || other.space !== me.space) return 'unseen';
  const stat = procStat(other.pid);
  if (stat) {
    // Killed but not yet collected by its parent; its threads may still be at their last write while they are counted.
    if ('ZX'.includes(stat.state) && stat.threads <= 1) return 'dead';
    return stat.started === other.started ? 'alive' : 'dead';
  }
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    // EPERM: there, but another user's.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return 'dead';
  }
  const started = psStarted(other.pid);
  return started && other.started && started !== other.started ? 'dead' : 'alive';
}
