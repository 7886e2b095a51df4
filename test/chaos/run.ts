import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import pg from 'pg';
import { openEmbedded } from '../../src/store/embedded.ts';
import { findTool } from '../support/tools.ts';
import { createPeople, wishes } from './people.ts';
import { openWorld, type World } from './world.ts';

/*
 * Chaos: people ask for things of every backend while the bot is killed with SIGKILL at random moments. In the end every
 * request has ended, what was promised is there exactly once, and nothing else is.
 *
 *   npm run chaos -- --requests 200 --kills 50 --seed 1
 */

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '200' },
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
});
const [requests, kills] = [Number(values.requests), Number(values.kills)];
const missing = (['helm', 'terraform', 'ansible-playbook'] as const).filter((tool) => findTool(tool) === undefined);
if (missing.length > 0) {
  console.error(`Chaos needs ${missing.join(', ')} on the PATH, or in the folder TOOLS_DIR.`);
  process.exit(2);
}

/** Mulberry32: the same seed kills at the same moments, as far as the machine lets it. */
let state = Number(values.seed);
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Longer than it should ever take. */
const limitMs = 20 * 60_000;

const wrong: string[] = [];
const expect = (holds: boolean, what: string): void => void (holds || wrong.push(what));

/** The middle and the slowest twentieth. */
function spread(list: readonly number[]): string {
  const ordered = list.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round(ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? 0);
  return `${at(0.5)} ms in the middle, ${at(0.95)} ms at the 95th percentile`;
}

type Row = {
  readonly created: Date;
  readonly accepted: Date | null;
  readonly number: number;
  readonly state: string;
  readonly path: string;
  readonly name: string;
};

/** All requests, as the database has them; the bot has stopped. */
async function rows(world: World): Promise<readonly Row[]> {
  const quiet = { info() {}, warn() {}, error() {} };
  const embedded = world.env.DATABASE_URL ? undefined : await openEmbedded(world.env.DATA_DIR, { log: quiet });
  const client = new pg.Client(embedded?.config ?? { connectionString: world.env.DATABASE_URL });
  await client.connect();
  try {
    const found = await client.query<Row>(
      `select number, state, path, "values" ->> 'name' as name, created, accepted from groundcrew.request order by number`,
    );
    return found.rows;
  } finally {
    await client.end();
    await embedded?.close();
  }
}

const sorted = (list: readonly string[]): string => [...list].toSorted().join(' ');

async function main(): Promise<void> {
  const started = Date.now();
  const world = await openWorld();
  const all = wishes(requests);
  const people = createPeople(world, all);
  /** When each database was ready, as its operator says. */
  const readyAt = new Map<string, number>();
  world.cluster.subscribe(({ resource, object }) => {
    const conditions = (object.status?.conditions ?? []) as readonly { type: string; status: string }[];
    if (resource.kind === 'Cluster' && conditions.some((c) => c.type === 'Ready' && c.status === 'True'))
      readyAt.set(object.metadata.name, readyAt.get(object.metadata.name) ?? Date.now());
  });
  let bot = await world.start();
  let killed = 0;

  const open = () => all.filter((w) => w.is === 'open').length;
  while ((open() > 0 || killed < kills) && Date.now() - started < limitMs) {
    // A life: some of it is spent asking and confirming, some of it while tools work.
    const end = Date.now() + (killed < kills ? 500 + random() * 9_000 : 60_000);
    while (Date.now() < end && open() > 0) {
      // Nobody waits for an answer that a dead bot never gives; nobody asks a second time meanwhile either.
      void people.act();
      await pause(100);
    }
    if (killed < kills) {
      const exit = once(bot, 'exit');
      bot.kill('SIGKILL');
      await exit;
      killed += 1;
      if (killed % 10 === 0) console.log(`${killed} kills, ${all.length - open()} of ${all.length} wishes ended`);
      bot = await world.start();
    }
  }
  expect(open() === 0, `still open: ${sorted(all.filter((w) => w.is === 'open').map((w) => `${w.path}/${w.name}`))}`);
  await people.tidy();
  await pause(3_000);
  const exit = once(bot, 'exit');
  bot.kill('SIGTERM');
  const [code] = await exit;
  expect(code === 0, `the bot stopped with ${code}`);

  const found = await rows(world);
  const ended = new Set(['ready', 'failed', 'cancelled', 'refused', 'expired']);
  for (const r of found) expect(ended.has(r.state), `request ${r.number} (${r.path} ${r.name}) is ${r.state}`);
  const ready = (path: string) => found.filter((r) => r.path === path && r.state === 'ready').map((r) => r.name);
  for (const w of all) {
    const times = found.filter((r) => r.name === w.name && r.state === 'ready').length;
    expect(times === (w.is === 'ready' ? 1 : 0), `${w.name} is ${w.is}, and ${times} requests for it are ready`);
    expect(w.is !== 'ready' || people.readyMessages(w) === 1, `${w.name} was told ${people.readyMessages(w)} times`);
  }

  const { objects } = world.cluster;
  const names = (kind: string) => objects.list(kind, 'chaos').map((o) => o.metadata.name);
  expect(sorted(names('clusters.postgresql.cnpg.io')) === sorted(ready('database')), 'the cluster has other databases');
  const maps = names('configmaps').filter((n) => n !== 'kube-root-ca.crt');
  const wanted = [...ready('database').map((n) => `${n}-settings`), ...ready('release').map((n) => `${n}-release`)];
  expect(
    sorted(maps) === sorted(wanted),
    `the cluster has other ConfigMaps: ${sorted(maps)} instead of ${sorted(wanted)}`,
  );
  expect(sorted(await readdir(world.grants)) === sorted(ready('grant')), 'there are other grants');
  const stacks = (await readFile(world.made, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((l) => l.replace('stack ', ''));
  expect(sorted(stacks) === sorted(ready('stack')), `stacks were made otherwise: ${sorted(stacks)}`);
  const services = world.backstage.tasks().map((t) => String(t.spec.parameters.name));
  expect(sorted(services) === sorted(ready('service')), `Backstage has other tasks: ${sorted(services)}`);
  const audit = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, '../../src/cli/main.ts'), 'audit', 'verify'],
    { cwd: world.folder, env: world.env },
  ).catch((error: { stderr?: string }) => ({ stdout: '', stderr: String(error.stderr) }));
  expect(audit.stdout.includes('The audit is whole'), `the audit: ${audit.stderr}`);

  const count = (is: string) => all.filter((w) => w.is === is).length;
  console.log(
    `${requests} wishes, ${killed} kills, ${Math.round((Date.now() - started) / 1000)} s: ${count('ready')} ready, ${count('failed')} failed, ${found.length} requests in all (${found.length - all.length} asked twice)`,
  );
  const late = all.flatMap((w) => {
    const [told, since] = [people.toldAt(w), readyAt.get(w.name)];
    return told !== undefined && since !== undefined ? [told - since] : [];
  });
  console.log(`from a database being ready to the message that says so: ${spread(late)}`);
  const accepted = found.flatMap((r) => (r.accepted ? [r.accepted.getTime()] : []));
  const seconds = (Math.max(...accepted) - Math.min(...found.map((r) => r.created.getTime()))) / 1000;
  console.log(
    `${accepted.length} requests accepted in ${seconds.toFixed(1)} s: ${(accepted.length / seconds).toFixed(1)} a second`,
  );
  if (wrong.length === 0) await world.close();
  else console.log(`${wrong.slice(0, 40).join('\n')}\n${wrong.length} wrong; left to be looked at: ${world.folder}`);
  process.exit(wrong.length === 0 ? 0 : 1);
}
await main();
