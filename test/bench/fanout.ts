import { performance } from 'node:perf_hooks';
import type { AccountId, Platform, Profile } from '../../src/core/kernel/index.ts';
import { surveySchema } from '../../src/core/surveys/model.ts';
import type { Queue } from '../../src/engine/ports.ts';
import { createSlackWorkspace } from '../../src/playground/slack/index.ts';
import { createSlack } from '../../src/slack/app.ts';
import { RATES } from '../../src/slack/limits.ts';
import { openPool } from '../../src/store/pool.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { openHouse, quiet, settings } from '../support/house.ts';

/*
 * npm run bench:fanout [people]
 *
 * A survey for ten thousand people goes out through the playground's Slack, which enforces Slack's limits. Time is
 * simulated. Five times the bot is killed in the middle: Slack has taken a message and nobody hears of it again. In the
 * end everybody has been asked once.
 */

const people = Number(process.argv[2] ?? 10_000);
const kills = 5;
const team = 'T1';
const name = (n: number) => `U${String(n).padStart(6, '0')}`;
const clock = virtualClock('2026-03-02T11:00:00Z');
const started = clock.now().getTime();
const seconds = () => (clock.now().getTime() - started) / 1000;

const host: Profile = {
  account: `slack:${team}/${name(0)}` as AccountId,
  name: 'Host',
  email: 'grace@acme.test',
  zone: 'Europe/London',
  active: true,
};

const workspace = createSlackWorkspace({
  clock,
  strictRate: true,
  signingSecret: 'bench',
  botToken: 'xoxb-bench',
  team: { id: team, domain: 'bench', name: 'Bench' },
  bot: { name: 'Groundcrew' },
  users: Array.from({ length: people + 1 }, (_, n) => ({
    id: name(n),
    name: `user${n}`,
    realName: `User ${n}`,
    email: n === 0 ? 'grace@acme.test' : `user${n}@acme.test`,
    tz: 'Europe/London',
    locale: 'en-GB',
  })),
  channels: [],
  usergroups: [],
});
const { apiUrl } = await workspace.listen();
const database = await openTestDatabase();

/** Lanes with the instant at which they want to be seen. */
function timedQueue() {
  const lanes = new Map<string, number>();
  let drain: (lane: string) => Promise<Date | undefined> = async () => undefined;
  const queue: Queue = {
    async add(heads) {
      for (const { lane } of heads) lanes.set(lane, Math.min(lanes.get(lane) ?? Number.POSITIVE_INFINITY, now()));
    },
    async start(run) {
      drain = run;
    },
    async stop() {},
    async ping() {},
  };
  const now = () => clock.now().getTime();
  /** As many at once as the engine gives to one platform. */
  const width = 10;
  async function work(died: Promise<void>, isDead: () => boolean): Promise<void> {
    const due = [...lanes].filter(([, at]) => at <= now()).map(([lane]) => lane);
    for (let i = 0; i < due.length && !isDead(); i += width) {
      const some = due.slice(i, i + width);
      for (const lane of some) lanes.delete(lane);
      const drained = Promise.all(
        some.map(async (lane) => {
          const again = await drain(lane);
          if (again) lanes.set(lane, again.getTime());
        }),
      );
      await Promise.race([drained, died]);
    }
  }
  return { queue, lanes, work };
}

let posts = 0;
let killAt = Number.POSITIVE_INFINITY;

/** One life of the bot: from its start to its end, or to its death. */
function live() {
  let die = () => {};
  let dead = false;
  const died = new Promise<void>((resolve) => {
    die = () => {
      dead = true;
      resolve();
    };
  });
  const never = new Promise<never>(() => {});
  const slack = createSlack({
    token: 'xoxb-bench',
    signingSecret: 'bench',
    apiUrl,
    clock,
    log: quiet,
    door: () => house.engine,
  });
  const platform: Platform = {
    ...slack.platform,
    async deliver(outgoing, names) {
      if (dead) return never;
      const delivered = await slack.platform.deliver(outgoing, names);
      if (delivered.is !== 'done') return delivered;
      posts += 1;
      // Slack has it; whoever was to write that down is gone.
      if (posts >= killAt) {
        killAt = Number.POSITIVE_INFINITY;
        die();
      }
      return dead ? never : delivered;
    },
  };
  const timed = timedQueue();
  const pool = openPool({ ...database.config, max: 8 }, () => {});
  const house = openHouse(database, {
    clock,
    pool,
    platforms: [platform],
    queue: timed.queue,
    settings: () => settings,
  });
  return { house, timed, died, isDead: () => dead, pool };
}
type Life = ReturnType<typeof live>;

async function meetEverybody(): Promise<void> {
  await database.pool.query(
    `insert into groundcrew.person (id, name, email, zone)
     select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'User ' || n, 'user' || n || '@acme.test', 'Europe/London'
     from generate_series(1, $1::int) n`,
    [people],
  );
  await database.pool.query(
    `insert into groundcrew.account (id, person, platform, name, email, looked_up, used)
     select 'slack:${team}/U' || lpad(n::text, 6, '0'), ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'slack',
       'User ' || n, 'user' || n || '@acme.test', $2, $2
     from generate_series(1, $1::int) n`,
    [people, clock.now()],
  );
}

const waits: number[] = [];
/** What a person waits for an answer meanwhile, in real milliseconds. */
async function interact({ house }: Life): Promise<void> {
  const who = { ...host, account: `slack:${team}/${name(1 + (waits.length % people))}` as AccountId };
  const begin = performance.now();
  const answer = await house.engine.dispatch(house.command(who, 'me'));
  waits.push(performance.now() - begin);
  if (answer.replies.length !== 1) throw new Error(`no answer: ${JSON.stringify(answer.replies)}`);
}

const open = async () =>
  Number((await database.pool.query('select count(*) as n from groundcrew.outbox where ended is null')).rows[0].n);
const unasked = async () =>
  Number(
    (await database.pool.query(`select count(*) as n from groundcrew.survey_part where state = 'invited'`)).rows[0].n,
  );

const begin = performance.now();
await meetEverybody();
let life = live();
await life.house.engine.start();
await life.house.store.direct.features.people.arrive(host.account, {}, clock.now());
await life.house.store.direct.features.people.learn(host, clock.now());
const survey = surveySchema.parse({
  name: 'fanout',
  title: 'How is it going?',
  intro: 'One question.',
  questions: [{ key: 'nps', kind: 'nps', ask: 'Would you recommend the platform?' }],
});
const input = JSON.parse(JSON.stringify({ surveys: [survey] }));
await life.house.engine.report({
  kind: 'observed',
  what: 'surveys.read',
  input,
  at: clock.now(),
  delivery: 'bench/read',
});
await life.house.engine.dispatch(life.house.press(host, 'surveys.open', { name: 'fanout' }));

let killed = 0;
const nextKill = () => {
  killAt = killed < kills ? Math.round(((killed + 0.4) * people) / kills) : Number.POSITIVE_INFINITY;
};
nextKill();
for (let beat = 0; ; beat++) {
  clock.jump(1_000);
  await Promise.race([life.house.engine.tick(), life.died]);
  await life.timed.work(life.died, life.isDead);
  if (beat % 5 === 0 && !life.isDead()) await interact(life);
  if (life.isDead()) {
    killed += 1;
    process.stdout.write(`killed after ${posts} posts, at ${Math.round(seconds())} s\n`);
    life = live();
    // As a start does that knows to be the only process.
    await life.house.store.direct.outbox.release();
    await life.house.engine.start();
    nextKill();
  }
  if (beat % 60 === 59 && (await unasked()) === 0 && (await open()) === 0) break;
  if (seconds() > 4 * 3_600) throw new Error(`after four hours ${await open()} wait`);
}

const invited = new Map<string, number>();
for (const call of workspace.calls)
  if (call.method === 'chat.postMessage' && call.error === undefined && call.status === 200) {
    const to = String(call.args.channel);
    if (JSON.stringify(call.args).includes('Start')) invited.set(to, (invited.get(to) ?? 0) + 1);
  }
const last =
  workspace.calls.findLast((c) => c.method === 'chat.postMessage' && c.error === undefined)?.at.getTime() ?? 0;
const took = (last - started) / 1000;
const rate = RATES['chat.postMessage'];
const floor = ((people - rate.burst) * 60) / rate.perMinute;
const twice = [...invited.values()].filter((n) => n > 1).length;
const limited = Map.groupBy(
  workspace.calls.filter((c) => c.status === 429),
  (c) => c.method,
);
const refused = [...limited].map(([method, calls]) => `${calls.length} ${method}`).join(', ');
const sorted = waits.toSorted((a, b) => a - b);
const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
process.stdout.write(
  [
    `people asked            ${invited.size} of ${people + 1}`,
    `asked twice             ${twice}`,
    `killed                  ${killed} times`,
    `simulated time          ${Math.round(took)} s, ${(took / floor).toFixed(2)} times the floor of ${Math.round(floor)} s`,
    `429 from Slack          ${refused || 'none'}`,
    `answers meanwhile       ${sorted.length}, p95 ${Math.round(p95)} ms, longest ${Math.round(sorted.at(-1) ?? 0)} ms`,
    `real time               ${Math.round((performance.now() - begin) / 1000)} s`,
    '',
  ].join('\n'),
);
await life.house.engine.stop();
await workspace.close();
await database.close();
const right = invited.size === people + 1 && twice === 0 && killed === kills && took <= 1.2 * floor && p95 < 1_000;
process.exit(right ? 0 : 1);
