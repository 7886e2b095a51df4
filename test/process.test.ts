import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** The command as people start it: the whole process, on its own data folder. */
const main = join(import.meta.dirname, '../src/cli/main.ts');
let folder: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundcrew-process-'));
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  children.clear();
  await rm(folder, { recursive: true, force: true });
});

/** Starts `groundcrew …`; `said` resolves with all output so far once it matches, or when the process ends. */
function groundcrew(args: readonly string[], env: Record<string, string> = {}) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { PATH, HOME, PORT: '0', DATA_DIR: join(folder, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  // Not at its exit: what it said last may still be on its way.
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    output: () => output,
  }));
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const listener of listeners) listener();
    });
  return {
    child,
    ended,
    said: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(output);
          if (found) resolve(found);
        };
        listeners.add(look);
        void ended.then(() => reject(new Error(`it ended first:\n${output}`)));
        look();
      }),
  };
}

const ready = /Groundcrew is ready\. Open (http:\/\/127\.0\.0\.1:\d+)/;

/** As who probes does, it is asked again while any part takes longer than a second, on a machine that is busy. */
async function probed(origin: string): Promise<Response> {
  for (;;) {
    const probe = await fetch(`${origin}/readyz`);
    if (!(await probe.clone().text()).includes('did not answer within a second')) return probe;
  }
}

test('with nothing configured the playground starts, answers its probes, and ends cleanly on SIGTERM', async () => {
  const bot = groundcrew(['start']);
  const [, origin] = await bot.said(ready);
  const probe = await probed(`${origin}`);
  expect(probe.status).toBe(200);
  expect(await probe.json()).toMatchObject({
    ok: true,
    parts: {
      database: { ok: true },
      queue: { ok: true },
      slack: { ok: true },
      teams: { ok: true },
      zones: { ok: true },
    },
  });
  expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${origin}/metrics`)).text()).toContain('groundcrew_inbound_total{');
  expect(await (await fetch(`${origin}/privacy`)).text()).toContain('What Groundcrew keeps');
  expect((await fetch(`${origin}/terms`)).status).toBe(200);
  expect((await fetch(`${origin}/nowhere`)).status).toBe(404);
  expect((await fetch(`${origin}/slack/events`)).status).toBe(405);
  bot.child.kill('SIGTERM');
  expect(await bot.ended).toMatchObject({ code: 0, signal: null });
});

test('a second process on the same data folder refuses; after a kill -9 the next one takes over', async () => {
  const first = groundcrew(['start']);
  await first.said(ready);
  const kubeconfig = () => readFileSync(join(folder, 'data', 'kubeconfig'), 'utf8');
  const before = kubeconfig();
  const second = await groundcrew(['start']).ended;
  // The one that runs goes on being reached.
  expect(kubeconfig()).toBe(before);
  expect(second.code).toBe(1);
  expect(second.output()).toContain(`process ${first.child.pid}`);
  expect(second.output()).toContain('DATABASE_URL');
  first.child.kill('SIGKILL');
  await first.ended;
  await groundcrew(['start']).said(ready);
});

test.each([
  [{ SLACK_BOT_TOKEN: 'xoxb-1' }, 'SLACK_APP_TOKEN'],
  [{ SLACK_SIGNING_SECRET: 's' }, 'SLACK_BOT_TOKEN'],
  [{ MICROSOFT_APP_ID: '00000000-0000-4000-8000-000000000001' }, 'MICROSOFT_APP_TENANT_ID'],
  [{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', TEAMS_UNAUTHENTICATED: '1' }, 'TEAMS_UNAUTHENTICATED'],
  [{ PORT: 'many' }, 'PORT'],
] satisfies [Record<string, string>, string][])('half a configuration is refused by name: %o', async (env, name) => {
  const { code, output } = await groundcrew(['start'], env).ended;
  expect(code).toBe(1);
  expect(output()).toContain(name);
});

test('a token that Slack does not know is in the log from the first probe on', async () => {
  const slack = createServer((req, res) => {
    req.resume();
    res.setHeader('content-type', 'application/json').end('{"ok":false,"error":"invalid_auth"}');
  }).listen(0, '127.0.0.1');
  try {
    await once(slack, 'listening');
    const { port } = slack.address() as AddressInfo;
    const bot = groundcrew(['start'], {
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_SIGNING_SECRET: 's',
      SLACK_API_URL: `http://127.0.0.1:${port}/api/`,
    });
    const [, origin] = await bot.said(/Groundcrew is ready on (http\S+)/);
    expect((await probed(`${origin}`)).status).toBe(503);
    await bot.said(/"part":"slack","why":"auth\.test: invalid_auth".*"does not work"/);
  } finally {
    slack.close();
  }
});

test('an unknown command is named, and so is the one that lists those that there are', async () => {
  const unknown = await groundcrew(['strat']).ended;
  expect([unknown.code, unknown.output()]).toEqual([
    2,
    'groundcrew: there is no command “strat”. “groundcrew help” lists those that there are.\n',
  ]);
  const help = await groundcrew(['help']).ended;
  expect(help.code).toBe(0);
  expect(help.output()).toContain('groundcrew start');
});
