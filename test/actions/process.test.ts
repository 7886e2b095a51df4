import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../src/actions/output.ts';
import { type Command, runCommand } from '../../src/actions/process.ts';
import { virtualClock } from '../support/clock.ts';

const node = (script: string, more: Partial<Command> = {}): Command => ({
  command: process.execPath,
  args: ['-e', script],
  cwd: import.meta.dirname,
  env: { PATH: '/usr/bin:/bin' },
  timeoutMs: 60_000,
  graceMs: 50,
  ...more,
});
const forever = 'setInterval(() => {}, 1e6)';

describe('a command', () => {
  test('says how it ended and what it said, each stream by itself', async () => {
    const script = `process.stdout.write('out\\nmore'); process.stderr.write('err'); process.exitCode = 3`;
    expect(await runCommand(virtualClock(), node(script))).toEqual({
      code: 3,
      stdout: 'out\nmore',
      stderr: 'err',
      cut: false,
    });
  });

  test('gets its arguments as they are, no shell, and nothing of our environment', async () => {
    const hostile = ['$(id)', '; rm -rf /', '`id`', '"\'', '*', 'a b', '-n', '', '\n', '😀', '%PATH%'];
    const script = 'console.log(JSON.stringify([process.argv.slice(1), process.env]))';
    const ended = await runCommand(virtualClock(), node('', { args: ['-e', script, '--', ...hostile] }));
    expect(JSON.parse(ended.stdout)).toEqual([hostile, { PATH: '/usr/bin:/bin' }]);
  });

  test('works behind the bot', async () => {
    const ended = await runCommand(virtualClock(), node('console.log(os.getPriority())'));
    expect(Number(ended.stdout)).toBe(Math.max(getPriority(), 10));
  });

  test('that is not there, or is no program, says what to do', async () => {
    await expect(runCommand(virtualClock(), node('', { command: 'no-such-tool' }))).rejects.toMatchObject({
      code: 'command_unusable',
      message: expect.stringContaining('“no-such-tool” can’t be run here (it is not installed)'),
    });
    await expect(runCommand(virtualClock(), node('', { command: import.meta.filename }))).rejects.toThrow('EACCES');
  });

  test('may print megabytes: both ends are kept, every line is passed on', async () => {
    let lines = 0;
    const onLine = () => {
      lines += 1;
    };
    const script = `process.stdout.write('first\\n' + ('x'.repeat(99) + '\\n').repeat(80_000) + 'last\\n')`;
    const ended = await runCommand(virtualClock(), node(script, { onLine }));
    expect(lines).toBe(80_002);
    expect(ended.cut).toBe(true);
    expect(ended.stdout.length).toBeLessThan(140_000);
    expect(ended.stdout.slice(0, 6)).toBe('first\n');
    expect(ended.stdout.slice(-6)).toBe('\nlast\n');
  });

  test('that is stopped may save first', async () => {
    const stop = new AbortController();
    const script = `process.on('SIGINT', () => { console.log('saved'); process.exit(7); }); console.log('ready'); ${forever}`;
    const onLine = (line: string) => line === 'ready' && stop.abort();
    const ended = await runCommand(virtualClock(), node(script, { signal: stop.signal, graceMs: 60_000, onLine }));
    expect(ended).toEqual({ code: 7, ended: 'asked', stdout: 'ready\nsaved\n', stderr: '', cut: false });
    const early = await runCommand(virtualClock(), node(forever, { signal: stop.signal }));
    expect(early).toEqual({ ended: 'asked', stdout: '', stderr: '', cut: false });
  });
});

/** A process of a tree. `gone` when the kernel has closed its socket: so nobody has to look whether it lives. */
type Member = {
  readonly pid: number;
  readonly depth: number;
  readonly gone: Promise<unknown>;
  readonly socket: Socket;
};

describe('a tree of processes', () => {
  const server = createServer();
  const arrived: Member[] = [];
  let hear = () => {};
  let port = 0;
  beforeAll(async () => {
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => {});
      const gone = new Promise((resolve) => socket.once('close', resolve));
      socket.once('data', (said) => {
        arrived.push({ ...JSON.parse(said.toString()), gone, socket });
        hear();
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  /** The three of a tree, the oldest first. */
  async function grown(): Promise<readonly [Member, Member, Member]> {
    while (arrived.length < 3) {
      await new Promise<void>((resolve) => {
        hear = resolve;
      });
    }
    const three = arrived.splice(0).toSorted((a, b) => b.depth - a.depth);
    return three as unknown as [Member, Member, Member];
  }
  const script = fileURLToPath(new URL('../support/tree.ts', import.meta.url));
  const tree = (more: Partial<Command> = {}): Command => node('', { args: [script, String(port), '2'], ...more });
  const allGone = (members: readonly Member[]) => Promise.all(members.map((m) => m.gone));

  test('that hangs is killed whole when its time is over', async () => {
    const clock = virtualClock();
    const ended = runCommand(clock, tree({ timeoutMs: 30_000 }));
    const members = await grown();
    await clock.pass(29_999);
    expect(members.every((m) => !m.socket.closed)).toBe(true);
    await clock.pass(1);
    expect(await ended).toMatchObject({ ended: 'time' });
    await allGone(members);
  });

  test('is waited for by the next that wants its turn', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'gc-turn-'));
    const first = runCommand(virtualClock(), tree({ cwd, turn: 'turn' }));
    const members = await grown();
    const order: string[] = [];
    const second = runCommand(virtualClock(), node('process.exitCode = 2', { cwd, turn: 'turn' }));
    const elsewhere = await runCommand(virtualClock(), node('', { cwd, turn: 'other' }));
    expect(elsewhere.code).toBe(0);
    void second.then(() => order.push('second'));
    void first.then(() => order.push('first'));
    members[0].socket.write('end');
    expect(await Promise.all([first, second])).toMatchObject([{ code: 0 }, { code: 2 }]);
    expect(order).toEqual(['first', 'second']);
    const stop = new AbortController();
    const third = runCommand(virtualClock(), tree({ cwd, turn: 'turn' }));
    const others = await grown();
    stop.abort();
    expect(await runCommand(virtualClock(), node('', { cwd, turn: 'turn', signal: stop.signal }))).toMatchObject({
      ended: 'asked',
    });
    others[0].socket.write('end');
    await third;
    rmSync(cwd, { recursive: true, force: true });
  });

  test('is not left behind by a tool that ends', async () => {
    const ended = runCommand(virtualClock(), tree());
    const members = await grown();
    members[0].socket.write('end');
    expect(await ended).toMatchObject({ code: 0 });
    await allGone(members);
  });

  test('dies with the bot, however that dies', async () => {
    const child: ChildProcess = fork(new URL('../support/process-child.ts', import.meta.url), [String(port)], {
      execArgv: [],
    });
    const members = await grown();
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    expect(await exit).toEqual([null, 'SIGKILL']);
    await allGone(members);
  });

  test.skipIf(process.platform !== 'linux')('dies when what stands between is killed', async () => {
    const ended = runCommand(virtualClock(), tree());
    const members = await grown();
    // Its parent's id, as the kernel tells it.
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${members[0].pid}/status`, 'utf8'))?.[1]);
    process.kill(parent, 'SIGKILL');
    expect(await ended).not.toHaveProperty('code');
    await allGone(members);
  });
});

describe('an output', () => {
  const taken = (chunks: readonly (Buffer | string)[], keep = { head: 4, tail: 4 }) => {
    const lines: string[] = [];
    const out = collect(keep, (line) => lines.push(line));
    for (const chunk of chunks) out.add(Buffer.from(chunk));
    out.end();
    return { lines, text: out.text(), cut: out.cut() };
  };
  test('is whole when it is short, whatever the pieces', () => {
    expect(taken(['a', 'b\nc', '\n', 'd'])).toEqual({ lines: ['ab', 'c', 'd'], text: 'ab\nc\nd', cut: false });
    const smile = Buffer.from('😀');
    expect(taken([smile.subarray(0, 1), smile.subarray(1)]).text).toBe('😀');
  });
  test('loses its middle, and says so', () => {
    expect(taken(['12345', '6789', 'abc'])).toEqual({
      lines: ['123456789abc'],
      text: '1234\n… 4 characters are left out …\n9abc',
      cut: true,
    });
  });
  test('without an end to its line is not kept in memory', () => {
    const { lines } = taken(Array.from({ length: 40 }, () => 'x'.repeat(10_000)));
    expect(lines.map((l) => l.length)).toEqual([256 * 1024]);
  });
});
