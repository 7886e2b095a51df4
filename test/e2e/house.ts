import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, onTestFailed } from 'vitest';
import { patienceMs } from '../support/clock.ts';

/** Debian's Chromium, or the one that is named. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const main = join(import.meta.dirname, '../../src/cli/main.ts');

/** The bot as `npm start` starts it on a fresh machine: no credentials, no database, its own folder. */
async function startBot(
  folder: string,
  more: Readonly<Record<string, string>>,
): Promise<{ readonly child: ChildProcess; readonly origin: string; output(): string }> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main, 'start'], {
    cwd: folder,
    env: { PATH, HOME, PORT: '0', DATA_DIR: join(folder, 'data'), ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // It has the time that people wait for an answer, and browsers have as long as they like. Only root may.
  if (child.pid !== undefined && process.getuid?.() === 0) setPriority(child.pid, -10);
  let output = '';
  const origin = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /Open (http:\/\/\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`the bot ended with ${code}:\n${output}`)));
  });
  return { child, origin, output: () => output };
}

/** One open page, seen as its two clients. */
export type Desk = {
  readonly page: Page;
  readonly slack: Locator;
  readonly teams: Locator;
  /** Becomes another person. */
  be(name: string): Promise<void>;
  /** Opens a channel or a chat. */
  go(client: Locator, name: string): Promise<void>;
  /** The same in both clients. */
  goBoth(name: string): Promise<void>;
  /** Writes into the composer of what is open, and sends it. */
  say(client: Locator, text: string): Promise<void>;
  /** Sets the playground’s clock ahead to a moment: what was to come until then comes. */
  until(moment: Date): Promise<void>;
  /** What went wrong in the browser: errors of scripts, and files that were refused. */
  readonly faults: string[];
};

/** A message of a client that says all of this. */
export const message = (client: Locator, ...words: readonly string[]): Locator =>
  words.reduce((found, each) => found.filter({ hasText: each }), client.getByRole('article'));

export const dialog = (client: Locator): Locator => client.getByRole('dialog');
export const gone = (locator: Locator): Promise<void> => locator.waitFor({ state: 'detached' });
/** Presses the last button of that name. */
export const press = (where: Locator, name: string | RegExp): Promise<void> =>
  where.getByRole('button', { name, exact: true }).last().click();

export async function openHouse(env: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'groundcrew-e2e-'));
  const { child, origin, output } = await startBot(folder, env);
  const browser: Browser = await chromium.launch({ executablePath, args: quiet });

  return {
    origin,
    folder,
    /** What the bot has printed. */
    output,
    async desk(options: BrowserContextOptions = {}): Promise<Desk> {
      const context = await browser.newContext({ viewport: { width: 1500, height: 950 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(patienceMs);
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(String(error)));
      // Microsoft's library asks the net for newer names of Teams' own hosts; there is no net here.
      const known = /res\.cdn\.office\.net/;
      page.on('console', (said) => {
        if (said.type() === 'error' && !known.test(said.text() + said.location().url)) faults.push(said.text());
      });
      await page.goto(origin);
      const slack = page.getByRole('region', { name: 'Slack', exact: true });
      const teams = page.getByRole('region', { name: 'Microsoft Teams' });
      await slack.getByRole('navigation').getByRole('button').first().waitFor();
      const go: Desk['go'] = async (client, name) => {
        await client
          .getByRole('navigation')
          .getByRole('button', { name: new RegExp(`^${name}(,|$)`) })
          .click();
        await client.getByRole('heading', { name, exact: true }).waitFor();
      };
      return {
        page,
        slack,
        teams,
        faults,
        async be(name) {
          const person = page.getByRole('radio', { name: new RegExp(name) });
          await person.check();
          await slack.locator('.who').getByText(name).waitFor();
        },
        go,
        async goBoth(name) {
          for (const client of [slack, teams]) await go(client, name);
        },
        async say(client, text) {
          const field = client.getByRole('combobox', { name: /^Message / });
          await field.fill(text);
          await field.press('Enter');
        },
        async until(moment) {
          const now: number = await page.evaluate("import('/playground/page/store.ts').then((page) => page.now())");
          const minutes = Math.ceil((moment.getTime() - now) / 60_000);
          const data = { as: 'dana', act: 'clock.jump', minutes };
          const answer = await page.request.post(`${origin}/playground/act`, { data });
          expect([answer.status(), await answer.json()]).toEqual([200, {}]);
        },
      };
    },
    async closePages(): Promise<void> {
      for (const context of browser.contexts()) await context.close();
    },
    async close(): Promise<void> {
      await browser.close();
      child.kill('SIGTERM');
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type House = Awaited<ReturnType<typeof openHouse>>;

/** The house of a file of tests, open from the first to the last; what went wrong at a desk fails the test that sat there. */
export function desks({
  env,
  at,
  leaving,
}: {
  readonly env?: Readonly<Record<string, string>>;
  /** What is open in both clients when somebody sits down; without it, what they open by themselves. */
  readonly at?: string;
  /** Before a desk is cleared. */
  readonly leaving?: (desk: Desk) => Promise<void>;
} = {}) {
  let house: House;
  const taken: Desk[] = [];
  beforeAll(async () => {
    house = await openHouse(env);
  });
  afterAll(() => house.close());
  afterEach(async () => {
    const left = taken.splice(0);
    if (leaving) for (const desk of left) await leaving(desk);
    await house.closePages();
    expect(left.flatMap((each) => each.faults)).toEqual([]);
  });
  return {
    folder: () => house.folder,
    async sit(options?: BrowserContextOptions): Promise<Desk> {
      // What it says of what it was asked tells more than that something did not come.
      onTestFailed(() => {
        process.stderr.write(`The bot printed last:\n${house.output().slice(-20_000)}\n`);
      });
      const desk = await house.desk(options);
      taken.push(desk);
      if (at !== undefined) await desk.goBoth(at);
      return desk;
    },
  };
}
