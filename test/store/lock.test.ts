import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Identity, identify } from '../../src/store/liveness.ts';
import { BEAT_MS, type LockOptions, PATIENCE_MS, SHORT_PATIENCE_MS, takeLock } from '../../src/store/lock.ts';
import { type LockFiles, lockFiles } from '../../src/store/lock-files.ts';
import { memoryLog, scratch } from './scratch.ts';

const NOW = new Date('2026-03-02T10:00:00.000Z');
const me = identify();
/** A process of this boot that surely is not there: pids end at 2^22. */
const gone: Identity = { ...me, pid: 4_194_305, started: '1' };
const elsewhere: Identity = { ...me, host: 'other', boot: 'another-boot', pid: 1 };

const options = (more: Partial<LockOptions> = {}): LockOptions => ({
  log: memoryLog(),
  now: () => NOW,
  sleep: () => Promise.reject(new Error('nothing to wait for')),
  every: () => () => {},
  ...more,
});
const lockText = (holder: Identity, token: string = randomUUID(), beat: Date = NOW) =>
  `${JSON.stringify({ token, since: NOW.toISOString(), ...holder })}\n${beat.toISOString()}\n`;
const holderPid = (folder: string): number =>
  JSON.parse(readFileSync(join(folder, 'lock'), 'utf8').split('\n')[0] ?? '').pid;
const write = (folder: string, content: string) => writeFileSync(join(folder, 'lock'), content);
const ago = (ms: number) => new Date(NOW.getTime() - ms);

test('the second one is refused and told who, since when and what to do; after the release the next one may', async () => {
  const folder = scratch();
  const lock = await takeLock(folder, options());
  const refusal = takeLock(folder, options());
  await expect(refusal).rejects.toMatchObject({ code: 'data_folder_in_use' });
  await expect(refusal).rejects.toThrow(
    `Another Groundcrew (process ${process.pid} on ${me.host}, since 2026-03-02T10:00:00.000Z) uses the data folder ${folder}. ` +
      'Two processes on one embedded database would lose rows, so this one does not start. ' +
      'Stop the other one, or set DATABASE_URL so that both share one Postgres, or set DATA_DIR to another folder.',
  );
  expect(readdirSync(folder)).toEqual(['lock']);
  await lock.release();
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
  const next = await takeLock(folder, options());
  await next.release();
});

test.each([
  ['a process that is gone', gone],
  ['a pid that was given to another process since', { ...me, started: `${me.started}0` }],
])('the lock of %s is taken over at once, however fresh its beat', async (_, holder) => {
  const folder = scratch();
  write(folder, lockText(holder));
  const log = memoryLog();
  const lock = await takeLock(folder, options({ log }));
  expect(holderPid(folder)).toBe(process.pid);
  expect(log.lines).toEqual([
    { level: 'warn', message: 'Took over the data folder from a process that ended without closing it.' },
  ]);
  expect(readdirSync(folder)).toEqual(['lock']);
  await lock.release();
});

test('a live process keeps its lock, even when it was suspended and its beat is days old', async () => {
  const folder = scratch();
  write(folder, lockText(me, randomUUID(), ago(3 * 86_400_000)));
  await expect(takeLock(folder, options())).rejects.toMatchObject({ code: 'data_folder_in_use' });
});

test.each([
  ['another machine or boot', elsewhere],
  ['another container of this machine', { ...me, space: 'pid:[1]', pid: 1 }],
])('the lock of %s is taken over only when its beat stands still before our eyes', async (_, holder) => {
  for (const [age, patience] of [
    [0, PATIENCE_MS],
    [-3_600_000, PATIENCE_MS],
    [3_600_000, SHORT_PATIENCE_MS],
  ] as const) {
    const folder = scratch();
    let waited = 0;
    write(folder, lockText(holder, randomUUID(), ago(age)));
    const sleep = async (ms: number) => {
      waited += ms;
    };
    const lock = await takeLock(folder, options({ sleep }));
    expect(waited).toBe(patience);
    expect(holderPid(folder)).toBe(process.pid);
    await lock.release();
  }
});

test('a holder elsewhere that beats is refused to be robbed, however wrong its clock', async () => {
  const folder = scratch();
  const token = randomUUID();
  write(folder, lockText(elsewhere, token, ago(3_600_000)));
  let waited = 0;
  const sleep = async (ms: number) => {
    waited += ms;
    if (waited > BEAT_MS) write(folder, lockText(elsewhere, token, ago(3_600_000 - waited)));
  };
  await expect(takeLock(folder, options({ sleep }))).rejects.toThrow('Another Groundcrew (process 1 on other');
  expect(waited).toBeLessThan(SHORT_PATIENCE_MS);
});

test.each(['', 'not json', '{"token":1}', '{"pid":'])(
  'a lock that cannot be read (%j) is waited for, then replaced',
  async (content) => {
    const folder = scratch();
    write(folder, content);
    let waited = 0;
    const sleep = async (ms: number) => {
      waited += ms;
    };
    const lock = await takeLock(folder, options({ sleep }));
    expect(waited).toBe(PATIENCE_MS);
    expect(holderPid(folder)).toBe(process.pid);
    await lock.release();
  },
);

test('the beat is written while we hold; a lock that is no longer ours is reported and left alone', async () => {
  const folder = scratch();
  const files = lockFiles(folder);
  const wrote = Promise.withResolvers<void>();
  const open = async (name: string) => {
    const file = await files.open(name);
    return { ...file, write: (content: string) => file.write(content).then(wrote.resolve) };
  };
  let tick = () => {};
  const every = (ms: number, run: () => void) => {
    expect(ms).toBe(BEAT_MS);
    tick = run;
    return () => {};
  };
  let now = NOW;
  const lock = await takeLock(folder, options({ now: () => now, every, files: { ...files, open } }));
  now = new Date(NOW.getTime() + BEAT_MS);
  tick();
  await wrote.promise;
  const [line, beat] = readFileSync(join(folder, 'lock'), 'utf8').split('\n');
  expect(JSON.parse(line ?? '')).toMatchObject({ pid: process.pid, since: NOW.toISOString() });
  expect(beat).toBe(now.toISOString());

  const taken = lockText(elsewhere);
  write(folder, taken);
  tick();
  expect((await lock.lost).code).toBe('data_folder_lost');
  await lock.release();
  expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(taken);
});

test('a folder that cannot be written to leaves nothing behind', async () => {
  const folder = scratch();
  const files = lockFiles(folder);
  const link = () => Promise.reject(new Error('disk full'));
  await expect(takeLock(folder, options({ files: { ...files, link } }))).rejects.toThrow('disk full');
  expect(readdirSync(folder)).toEqual([]);
});

/** One virtual machine: every file operation waits for its turn, and the turns are drawn from the seed. */
function world(seed: number) {
  let state = seed * 2_654_435_761 + 1;
  const draw = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const names = new Map<string, { content: string }>();
  const dead = new Set<number>();
  const waiting: { pid: number; run: () => void }[] = [];
  const turn = (pid: number) => new Promise<void>((run) => waiting.push({ pid, run }));
  const filesOf = (pid: number): LockFiles => {
    const step = async <T>(run: () => T): Promise<T> => {
      await turn(pid);
      return run();
    };
    return {
      read: (name) => step(() => names.get(name)?.content),
      write: (name, content) => step(() => void names.set(name, { content })),
      link: (from, to) =>
        step(() => {
          const file = names.get(from);
          if (!file) throw new Error(`${from} is not there`);
          if (names.has(to)) return false;
          names.set(to, file);
          return true;
        }),
      rename: (from, to) =>
        step(() => {
          const file = names.get(from);
          if (!file) throw new Error(`${from} is not there`);
          names.set(to, file);
          names.delete(from);
        }),
      remove: (name) => step(() => void names.delete(name)),
      open: (name) =>
        step(() => {
          const file = names.get(name);
          if (!file) throw new Error(`${name} is not there`);
          return {
            write: (content: string) =>
              step(() => {
                file.content = content;
              }),
            close: () => Promise.resolve(),
          };
        }),
    };
  };
  /** Gives one waiting process its turn, or kills it. False when none waits. */
  const go = async (mayKill: boolean): Promise<boolean> => {
    for (let settled = 0; settled < 20; settled++) await Promise.resolve();
    if (waiting.length === 0) return false;
    const [next] = waiting.splice(draw(waiting.length), 1);
    if (next && mayKill && draw(8) === 0) dead.add(next.pid);
    if (next && !dead.has(next.pid)) next.run();
    return true;
  };
  return { names, dead, filesOf, go };
}

test('in any order of steps, with a process killed at any of them, no two live ones hold the folder and one gets it', async () => {
  let taken = 0;
  for (let seed = 1; seed <= 3000; seed++) {
    const { names, dead, filesOf, go } = world(seed);
    const holders = new Set<number>();
    const start = async (pid: number) => {
      try {
        const lock = await takeLock(
          '/data',
          options({
            me: { ...me, pid },
            files: filesOf(pid),
            liveness: (other) => (dead.has(other.pid) ? 'dead' : 'alive'),
          }),
        );
        holders.add(pid);
        taken++;
        expect(
          [...holders].filter((each) => !dead.has(each)),
          `seed ${seed}`,
        ).toEqual([pid]);
        // Every other one gives the folder free while the rest are still at it; others stay.
        if (pid % 2 === 0) {
          holders.delete(pid);
          await lock.release();
        }
      } catch (error) {
        expect(error, `seed ${seed}`).toMatchObject({ code: 'data_folder_in_use' });
      }
    };
    if (seed % 3 !== 0) names.set('lock', { content: lockText({ ...me, pid: 1 }) });
    dead.add(1);
    const killing = seed % 2 === 0;
    const atFirst = taken;
    const runs = [2, 3, 4, 5, 6].map(start);
    while (await go(killing)) {}
    // Whatever it was left as, once all are dead the next one gets it.
    for (let pid = 2; pid < 7; pid++) dead.add(pid);
    const before = taken;
    if (!killing) expect(before, `seed ${seed}`).toBeGreaterThan(atFirst);
    const last = start(7);
    while (await go(false)) {}
    await last;
    expect(taken, `seed ${seed}`).toBe(before + 1);
    // A killed one never comes back from its last step.
    if (!killing) await Promise.all(runs);
  }
  expect(taken).toBeGreaterThan(6000);
});
