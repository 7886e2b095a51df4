import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

/*
 * What a process loads decides how soon it is ready and how much memory it holds. Times vary with the machine; which
 * modules are loaded does not.
 */

const root = join(import.meta.dirname, '..');
const rootUrl = pathToFileURL(`${root}/`).href;
const hook = join(import.meta.dirname, 'support/modules.ts');
const imported = (file: string) => `--import=${pathToFileURL(file).href}`;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundcrew-lean-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Loaded = { readonly loaded: readonly string[]; readonly asked: readonly { by: string; name: string }[] };
type Line = Loaded & {
  readonly runs: string;
  readonly own: readonly string[];
  readonly flags: { readonly first: number; readonly loading: number; readonly last: number };
};

/**
 * Runs `groundcrew …`, or another file of ours that does, to its end, which is SIGTERM once it is ready, and says what its
 * main thread loaded, and for whom.
 */
async function run(args: readonly string[], env: Record<string, string> = {}, file = 'bin/groundcrew.js') {
  const { PATH = '', HOME = '' } = process.env;
  const modules = join(folder, 'modules');
  await rm(modules, { force: true });
  const child = spawn(process.execPath, [join(root, file), ...args], {
    cwd: folder,
    env: {
      PATH,
      HOME,
      PORT: '0',
      DATA_DIR: join(folder, 'data'),
      MODULES: modules,
      NODE_OPTIONS: imported(hook),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Groundcrew is ready')) child.kill('SIGTERM');
    });
  const [code] = await once(child, 'close');
  expect(code, output).toBe(0);
  if (args[0] === 'start') expect(output).toContain('Groundcrew is ready');
  const lines = (await readFile(modules, 'utf8')).trim().split('\n');
  const ran = lines.map((line): Line => JSON.parse(line));
  const main = ran.find(({ runs }) => runs.endsWith('bin/groundcrew.js')) as Line;
  const short = (url: string) => (url.startsWith(rootUrl) ? url.slice(rootUrl.length) : url);
  return {
    loaded: main.loaded.map(short),
    asked: main.asked.map(({ by, name }) => ({ by: short(by), name })),
    /** The other processes and threads of ours, by file. */
    helpers: ran.filter((one) => one !== main).map(({ runs }) => basename(runs)),
    /** Prints of V8's flags. */
    flags: main.flags,
    /** Node's own modules on the thread of Postgres. */
    thread: ran.find(({ runs }) => runs.endsWith('/embedded-worker.ts'))?.own ?? [],
  };
}

const loadedBy = async (...command: Parameters<typeof run>) => (await run(...command)).loaded;

/** Of a package, or of our own folder. */
const of = (loaded: readonly string[], prefixes: readonly string[]) =>
  loaded.filter((url) => prefixes.some((prefix) => url.startsWith(prefix)));

/** What nobody needs who only starts: each is wanted by one thing that people do, or lives on a thread of its own. */
const never = [
  'node_modules/@cdktn/hcl2json',
  'node_modules/@electric-sql/pglite',
  'node_modules/@resvg/',
  'node_modules/@secretlint/',
  'node_modules/@opentelemetry/',
  'node_modules/@slack/bolt',
  'node_modules/ajv',
  'node_modules/botbuilder',
  'node_modules/botframework-connector',
  'node_modules/ioredis',
  'node_modules/ical.js',
  // BullMQ's, for schedules, and for Redis.
  'node_modules/cron-parser',
  'node_modules/luxon',
  'node_modules/msgpackr',
  'node_modules/semver',
  'node_modules/bullmq/dist/cjs/classes/redis-',
  'node_modules/bullmq/dist/cjs/classes/child',
  'node_modules/bullmq/dist/cjs/classes/ioredis-client',
  'node_modules/bullmq/dist/cjs/classes/job-scheduler',
  'node_modules/bullmq/dist/cjs/classes/sandbox',
  'node_modules/bullmq/dist/cjs/postgres/postgres-relay-',
  'node_modules/bullmq/dist/cjs/scripts/',
  'node_modules/minisearch',
  'node_modules/nodemailer',
  'node_modules/@azure/',
  'node_modules/undici',
  'src/catalog/kubernetes/schemas.ts',
  'src/cli/diagnose',
];
/** Longer, and Node takes a millisecond or more for a package's description, which it reads for each file that imports it. */
const longDescription = 20_000;

/** The files that import a package with a long description. */
async function importersOfLong(asked: Loaded['asked']): Promise<readonly string[]> {
  const size = async (name: string) => {
    const own = /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name;
    return (await stat(join(root, 'node_modules', own, 'package.json')).catch(() => undefined))?.size ?? 0;
  };
  const sizes = await Promise.all(asked.map(async ({ by, name }) => ({ by, bytes: await size(name) })));
  expect(sizes.filter(({ bytes }) => bytes > 0).length).toBeGreaterThan(100);
  return [...new Set(sizes.filter(({ bytes }) => bytes > longDescription).map(({ by }) => by))].toSorted();
}

/** Node's compiler of TypeScript: 26 MB, for as long as whoever loaded it lives. */
const compiler = (own: readonly string[]) => own.filter((name) => name.includes('amaro'));

/** The parts of the Kubernetes client that read a kubeconfig; one module more brings 846. */
const kubeconfigParts = ['config_types', 'exec_auth', 'file_auth'].map(
  (part) => `node_modules/@kubernetes/client-node/dist/${part}.js`,
);

test('a bot with both platforms and no cluster loads no playground, no cluster, and no backend that it cannot use', async () => {
  const env = {
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: 'secret',
    // Nobody answers there, as when Slack and Microsoft are away.
    SLACK_API_URL: 'http://127.0.0.1:1/api/',
    ENTRA: '1',
    NODE_OPTIONS: `${imported(hook)} ${imported(join(import.meta.dirname, 'support/entra.ts'))}`,
    MICROSOFT_APP_ID: '3f1c7c5e-1111-4222-8333-444455556666',
    MICROSOFT_APP_TENANT_ID: '3f1c7c5e-1111-4222-8333-444455557777',
    MICROSOFT_APP_PASSWORD: 'secret',
  };
  // As an image is built.
  const first = await run([], env, 'src/cli/warm.ts');
  // HashiCorp's parser, which our own paths ask for.
  expect(first.helpers).toContain('hcl-helper.ts');
  // Whoever gets a token for Teams begins with the bot, beside it, and ends with it.
  expect(first.helpers).toContain('credentials-helper.ts');
  // All that is kept lies in the user's own part of a folder that several may share.
  const parts = await readdir(env.NODE_COMPILE_CACHE);
  expect(parts.length).toBeGreaterThan(0);
  expect(parts.filter((part) => !part.endsWith(`-${userInfo().uid}`))).toEqual([]);
  const { loaded, asked, helpers, thread, flags } = await run(['start'], env);
  // It loads without the compilers that optimise, and has them back once it is ready.
  expect(flags.loading).not.toBe(flags.first);
  expect(flags.last).toBe(flags.first);
  // What was read and compiled once is there: the parser is not needed again, and the thread of Postgres has no compiler.
  // (On the main thread what is loaded once it is ready may be cut off by its end, and is then compiled again.)
  expect(helpers).not.toContain('hcl-helper.ts');
  expect(compiler(first.thread)).toHaveLength(1);
  expect(compiler(thread)).toEqual([]);
  expect(of(loaded, ['src/slack/app.ts', 'src/teams/app.ts', 'src/core/features.ts']).toSorted()).toEqual([
    'src/core/features.ts',
    'src/slack/app.ts',
    'src/teams/app.ts',
  ]);
  expect(
    of(loaded, [
      ...never,
      'node_modules/@kubernetes/',
      'src/core/diagnosis/rules/',
      'src/playground',
      'src/actions/kubernetes/backend.ts',
      'src/actions/helm/',
      'src/actions/backstage/backend.ts',
      'src/actions/diagnose.ts',
      'src/actions/fix.ts',
    ]),
  ).toEqual([]);
  expect(of(loaded, ['src/cluster/'])).toEqual([]);
  expect(await importersOfLong(asked)).toEqual(['src/core/kernel/instants.ts']);
  const required = of(loaded, ['node_modules/date-fns/']);
  expect(required.length).toBeGreaterThan(5);
  expect(required.filter((file) => !file.endsWith('.cjs'))).toEqual([]);
  // zod has sixty more.
  expect(of(loaded, ['node_modules/zod/v4/locales/'])).toEqual(['node_modules/zod/v4/locales/en.js']);
  // BullMQ is there, as far as Postgres needs it.
  expect(of(loaded, ['node_modules/bullmq/dist/cjs/postgres/postgres-queue-backend.js'])).toHaveLength(1);
});

test('the playground, cluster and all, loads a few parts of the Kubernetes client only', async () => {
  const loaded = await loadedBy(['start']);
  expect(of(loaded, ['src/playground/playground.ts'])).toHaveLength(1);
  expect(of(loaded, never)).toEqual([]);
  // The database's thread begins before the rest is loaded, which takes as long.
  const [first, later] = [loaded.indexOf('src/store/embedded.ts'), loaded.indexOf('src/wiring.ts')];
  expect(first).toBeGreaterThan(0);
  expect(later).toBeGreaterThan(first);
  expect(of(loaded.slice(0, first), ['node_modules/kysely', 'node_modules/yaml', 'src/playground'])).toEqual([]);
  const client = of(loaded, ['node_modules/@kubernetes/']);
  expect(client.filter((url) => !kubeconfigParts.includes(url))).toEqual([]);
});

test('help, and a diagnosis of files, load none of the bot', async () => {
  const bot = [
    'src/main.ts',
    'src/engine',
    'src/store',
    'src/slack',
    'src/teams',
    'src/playground',
    'node_modules/bullmq',
  ];
  const heavy = ['node_modules/kysely', 'node_modules/@kubernetes/', ...never.filter((n) => n !== 'src/cli/diagnose')];
  const help = await loadedBy(['help']);
  expect(of(help, ['src/cli/main.ts'])).toHaveLength(1);
  expect(of(help, [...bot, ...heavy, 'node_modules/'])).toEqual([]);
  const diagnose = await loadedBy(['diagnose', '--help']);
  expect(of(diagnose, ['src/cli/diagnose.ts'])).toHaveLength(1);
  expect(of(diagnose, [...bot, ...heavy])).toEqual([]);
});
