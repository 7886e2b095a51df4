import { randomUUID } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { z } from 'zod';
import type { Log } from '../core/kernel/log.ts';
import { Problem } from '../core/kernel/problem.ts';
import { type Identity, identify, type Liveness, livenessOf } from './liveness.ts';
import { type LockFiles, lockFiles } from './lock-files.ts';

/*
 * One process at a time may use a data folder. PGlite has no lock of its own: two processes on one folder are both
 * told that their rows are stored, and one's are lost.
 *
 * `lock` names the holder. A dead holder is followed, never removed: to take over from holder T is to create the file
 * `lock.after.T`, which exactly one process can, and that makes it the holder; if it dies at once, the next one creates
 * `lock.after.<it>`, and so on. The holder is the end of that chain, whoever looks. Then the new holder puts itself in
 * the place of `lock`, which begins a new chain, and removes what is left of the old one. Somebody who read the old
 * chain before that may still add to it; so after adding, `lock` must still be the chain's beginning, or it is void.
 */

export type Lock = {
  /** Settles if the lock is found removed or taken while we live: stop at once, another process may use the folder. */
  readonly lost: Promise<Problem>;
  /** Gives the folder free. Removes only a lock that is ours. */
  release(): Promise<void>;
};

export type LockOptions = {
  readonly log: Log;
  readonly now?: () => Date;
  readonly sleep?: (ms: number) => Promise<void>;
  /** Runs again and again, until the returned function is called. */
  readonly every?: (ms: number, run: () => void) => () => void;
  readonly me?: Identity;
  readonly liveness?: (other: Identity, me: Identity) => Liveness;
  readonly files?: LockFiles;
};

const holderSchema = z.object({
  token: z.string(),
  since: z.iso.datetime(),
  pid: z.int(),
  host: z.string(),
  boot: z.string(),
  space: z.string(),
  started: z.string(),
});
type Holder = z.infer<typeof holderSchema>;
/** `holder` is missing when the file cannot be read as a lock; then `beat` is all there is. */
type Held = { readonly token: string; readonly holder: Holder | undefined; readonly beat: string };

/** How often the holder writes the time into its lock. */
export const BEAT_MS = 2_000;
/** A holder that we cannot see is dead when its beat stands still this long before our eyes, */
export const PATIENCE_MS = 15_000;
/** or this long when its last beat was long ago: one look at the clock is not enough, as clocks of two machines differ. */
export const SHORT_PATIENCE_MS = 5_000;
const LONG_AGO_MS = 60_000;

const interval = (ms: number, run: () => void) => {
  const timer = setInterval(run, ms).unref();
  return () => clearInterval(timer);
};

/**
 * Takes the lock of a folder, which must exist.
 * Errors: Problem `data_folder_in_use` when another process holds it; those of the file system.
 */
export async function takeLock(folder: string, options: LockOptions): Promise<Lock> {
  const { log, now = () => new Date(), sleep = sleepFor, every = interval } = options;
  const { me = identify(), liveness = livenessOf, files = lockFiles(folder) } = options;
  const token = randomUUID();
  const head = JSON.stringify({ token, since: now().toISOString(), ...me } satisfies Holder);
  const claim = `lock.claim.${token}`;
  const after = (other: string) => `lock.after.${other}`;

  const read = async (name: string): Promise<Held | undefined> => {
    const content = await files.read(name);
    if (content === undefined) return undefined;
    const [line = '', beat = ''] = content.split('\n');
    const parsed = holderSchema.safeParse(parseJson(line));
    return parsed.success
      ? { token: parsed.data.token, holder: parsed.data, beat }
      : { token: `unreadable.${name}`, holder: undefined, beat: content };
  };

  /** Returns true when the holder is dead, false when the lock changed hands while we looked. Throws when it lives. */
  const isDead = async (name: string, held: Held): Promise<boolean> => {
    const { holder } = held;
    const state = holder ? liveness(holder, me) : 'unseen';
    if (holder && state === 'alive') throw inUse(folder, holder);
    if (state === 'dead') return true;
    const age = now().getTime() - Date.parse(held.beat);
    const patience = age > LONG_AGO_MS ? SHORT_PATIENCE_MS : PATIENCE_MS;
    log.warn(
      { folder, holder },
      `The data folder is locked by a process that cannot be seen from here (another machine, container or boot). Waiting up to ${patience / 1000} s to find out whether it lives.`,
    );
    for (let waited = 0; waited < patience; waited += BEAT_MS / 2) {
      await sleep(BEAT_MS / 2);
      const again = await read(name);
      if (again?.token !== held.token) return false;
      if (again.beat !== held.beat) {
        if (again.holder) throw inUse(folder, again.holder);
        return false;
      }
    }
    return true;
  };

  const content = () => `${head}\n${now().toISOString()}\n`;
  /** Gives our claim the name `to`, if nobody else has it. */
  const put = async (to: string): Promise<boolean> => {
    try {
      await files.write(claim, content());
      const won = await files.link(claim, to);
      if (!won) await files.remove(claim);
      return won;
    } catch (error) {
      await files.remove(claim);
      throw error;
    }
  };

  /** One attempt. False: others were at it, look again. */
  const acquire = async (): Promise<boolean> => {
    const root = await read('lock');
    if (!root) {
      if (!(await put('lock'))) return false;
      await files.remove(claim);
      return true;
    }
    let name = 'lock';
    let last = root;
    const followers: string[] = [];
    for (let next = await read(after(root.token)); next; next = await read(after(last.token))) {
      name = after(last.token);
      followers.push(name);
      last = next;
    }
    if (!(await isDead(name, last))) return false;
    const mine = after(last.token);
    if (!(await put(mine))) return false;
    if ((await read('lock'))?.token !== root.token) {
      await files.remove(mine);
      await files.remove(claim);
      return false;
    }
    await files.rename(claim, 'lock');
    for (const old of [...followers, mine]) await files.remove(old);
    log.warn(
      { folder, holder: last.holder },
      'Took over the data folder from a process that ended without closing it.',
    );
    return true;
  };
  while (!(await acquire()));

  const file = await files.open('lock');
  const loss = Promise.withResolvers<Problem>();
  const isOurs = async () => (await read('lock'))?.token === token;
  let beating: Promise<void> = Promise.resolve();
  const beat = async () => {
    try {
      if (await isOurs()) await file.write(content());
      else loss.resolve(lost(folder));
    } catch (error) {
      log.warn({ err: error }, 'Could not write the beat of the data folder’s lock. Trying again.');
    }
  };
  const stop = every(BEAT_MS, () => {
    beating = beating.then(beat);
  });

  let released: Promise<void> | undefined;
  const release = async () => {
    stop();
    await beating;
    await file.close();
    if (await isOurs()) await files.remove('lock');
  };
  return {
    lost: loss.promise,
    release() {
      released ??= release();
      return released;
    },
  };
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const inUse = (folder: string, holder: Holder) =>
  new Problem(
    'data_folder_in_use',
    `Another Groundcrew (process ${holder.pid} on ${holder.host}, since ${holder.since}) uses the data folder ${folder}. Two processes on one embedded database would lose rows, so this one does not start. Stop the other one, or set DATABASE_URL so that both share one Postgres, or set DATA_DIR to another folder.`,
  );

const lost = (folder: string) =>
  new Problem(
    'data_folder_lost',
    `The lock of the data folder ${folder} was removed or taken by another process, so this one must stop before both write. Start it again when only one uses the folder.`,
  );
