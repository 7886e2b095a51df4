import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Problem } from '../core/kernel/problem.ts';
import type { Availability, Order } from '../core/runs/run.ts';
import type { Clock } from './clock.ts';
import { type Command, type Ended, runCommand } from './process.ts';

/** What the backends that call command line tools are given. */
export type Workshop = {
  readonly clock: Clock;
  /** Each run has a folder of its own in it. */
  readonly folder: string;
  /** Variables that tools get beside what each needs: PATH, proxies, credentials of clouds. Nothing of ours. */
  readonly environment: Readonly<Record<string, string>>;
};

/** Of a run that takes longer than it should nobody says that it failed; of one that takes so many times longer, we do. */
const patience = 4;
const leastMs = 15 * 60_000;
export const limitMs = (order: Order): number => Math.max(order.timeoutSeconds * 1000 * patience, leastMs);

const unusable = (cause: unknown): Problem =>
  new Problem(
    'work_folder_unusable',
    `The folder in which runs work can’t be written (${cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'}), so nothing was done. The operator of Groundcrew can free space or correct the rights of DATA_DIR; then try again.`,
    { cause },
  );

/** Makes a folder of ours, for us alone. */
export async function openFolder(...parts: readonly string[]): Promise<string> {
  const folder = resolve(join(...parts));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (cause) {
    throw unusable(cause);
  }
}
export async function writeJson(file: string, value: unknown): Promise<void> {
  try {
    await writeFile(file, JSON.stringify(value), { mode: 0o600 });
  } catch (cause) {
    throw unusable(cause);
  }
}
export async function changeFolder(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (cause) {
    throw unusable(cause);
  }
}
export const removeFolder = (folder: string) => changeFolder(() => rm(folder, { recursive: true, force: true }));

/** What a tool gets of an environment: its home is its folder, its words are English, and nothing asks a question. */
export const environmentOf = (
  { environment }: Workshop,
  home: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> => ({ LANG: 'C.UTF-8', ...environment, HOME: home, TMPDIR: home, NO_COLOR: '1', ...more });

/** How long what was found out about a tool is believed. */
const believedMs = { ok: 300_000, not: 15_000 };
const versionLimitMs = 20_000;

/** Asks a tool for its version, now and then. */
export function createAvailability(
  workshop: Workshop,
  about: {
    readonly command: string;
    readonly args: readonly string[];
    /** Reads the version; undefined when it is one that can't be used. */
    readonly read: (stdout: string) => string | undefined;
    readonly install: string;
  },
): () => Promise<Availability> {
  const { clock } = workshop;
  let found: { readonly until: number; readonly is: Promise<Availability> } | undefined;

  async function ask(): Promise<Availability> {
    const why = (what: string) => ({ ok: false, why: `${about.command} ${what}. ${about.install}` }) as const;
    try {
      const cwd = await openFolder(workshop.folder, 'tools');
      const ended = await runCommand(clock, {
        command: about.command,
        args: about.args,
        cwd,
        env: environmentOf(workshop, cwd),
        timeoutMs: versionLimitMs,
        graceMs: 1_000,
      });
      const version = ended.code === 0 ? about.read(ended.stdout) : undefined;
      if (version !== undefined) return { ok: true, version };
      return why(ended.ended ? 'does not say its version' : `is not a version that can be used (${words(ended, 1)})`);
    } catch (error) {
      if (error instanceof Problem)
        return error.code === 'command_unusable' ? why('is not installed') : { ok: false, why: error.message };
      throw error;
    }
  }

  return async () => {
    const now = clock.now().getTime();
    if (!found || found.until < now) {
      const is = ask();
      found = { until: now + believedMs.not, is };
      if ((await is).ok && found.is === is) found = { until: now + believedMs.ok, is };
    }
    return found.is;
  };
}

/** What a tool said last: its errors, or else its output. */
export function words({ stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>, lines = 12): string {
  const said = (text: string) =>
    text
      .split('\n')
      .map((line) => line.replace(/^[│╷╵\s]+$|^│ ?/u, '').trimEnd())
      .filter((line) => line !== '');
  const own = said(stderr);
  return (own.length > 0 ? own : said(stdout)).slice(-lines).join('\n').slice(-2_000);
}

/** Why we ended a tool, in words; undefined when it ended by itself. */
export function endedWhy(tool: string, { ended }: Ended, command: Pick<Command, 'timeoutMs'>): string | undefined {
  const minutes = Math.round(command.timeoutMs / 60_000);
  const why: Readonly<Record<NonNullable<Ended['ended']>, string>> = {
    asked: `${tool} was stopped.`,
    time: `${tool} did not end within ${minutes} minutes, so it was stopped. See what it made, then try again or clean up.`,
    flood: `${tool} printed more than 256 MB, so it was stopped. The owner of the golden path can find out why.`,
  };
  return ended && why[ended];
}

/** One at a time by key, within this process. */
export function createTurns() {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => {});
    last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
}
