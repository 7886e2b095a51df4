import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { previewRuns } from '../../src/actions/preview.ts';
import { wakeRunner } from '../../src/actions/runner.ts';
import type { Inbound } from '../../src/core/kernel/index.ts';
import { presses } from '../../src/core/requests/keys.ts';
import { runMoved } from '../../src/core/runs/report.ts';
import type { Backend } from '../../src/core/runs/run.ts';
import { auditHead, auditLines, verifyChain } from '../../src/store/audit.ts';
import { openDb } from '../../src/store/db.ts';
import { openPool } from '../../src/store/store.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, grace, openHouse } from '../support/house.ts';
import {
  type Mortality,
  mortality,
  mortalPlatform,
  mortalPool,
  openWorld,
  unharmed,
  type World,
} from '../support/life.ts';
import { catalog } from '../support/paths.ts';
import { preview, progress, settingsWith } from '../support/requests.ts';

/*
 * A request from its first word to its end, cut short at every point between two statements or deliveries. The platforms
 * send again what was not answered, the runner reports again what was not taken; in the end there is one request, one
 * thing, one run and one set of messages, whatever happened.
 */
const database = await openTestDatabase();
const folder = mkdtempSync(join(tmpdir(), 'gc-request-lives-'));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

const quiet = { info() {}, warn() {}, error() {} };
const settings = settingsWith({
  teams: { orders: { emails: ['ada@acme.test'] }, data: { emails: ['grace@acme.test'] } },
  roles: {},
});
/** Says what would happen; what becomes of it is reported by the test, as the runner does. */
const backend: Backend = {
  name: 'stand-in',
  atOnce: 1,
  available: async () => ({ ok: true, version: '1' }),
  preview: async () => preview,
  async *run() {},
};

function house(pool: pg.Pool, world: World, mortal?: Mortality) {
  const platforms = mortal ? world.platforms.map((p) => mortalPlatform(p, mortal)) : world.platforms;
  return openHouse(
    { pool },
    {
      platforms,
      settings: () => settings,
      catalog: () => catalog,
      actions: [
        previewRuns([backend], { now: () => new Date(), after: () => () => {} }, quiet),
        wakeRunner(() => undefined),
      ],
    },
  );
}
type House = ReturnType<typeof house>;

const numberOf = async (pool: pg.Pool, plan: string): Promise<number> =>
  (await pool.query(`select number from groundcrew.request where "values" ->> 'name' = $1`, [plan])).rows[0]?.number ??
  0;

/** What arrives, in its order: from two people on their platforms, and from the runner. */
const arrivals: readonly ((plan: string, number: number, at: Date) => Inbound)[] = [
  (plan, _, at) => ({ ...said(plan, 1, ada, at), kind: 'command', text: `create postgres ${plan} size=l` }),
  (plan, n, at) => ({ ...said(plan, 2, ada, at), kind: 'press', press: pressed(presses.confirm, n) }),
  (plan, n, at) => ({ ...said(plan, 3, grace, at), kind: 'press', press: pressed(presses.approve, n) }),
  (_, n, at) => report(n, 1, progress('running', { message: 'starting' }), at),
  (_, n, at) => report(n, 2, progress('ready'), at),
];
const said = (plan: string, n: number, who: typeof ada, at: Date) => ({
  delivery: `${plan}/${n}`,
  at,
  account: who.account,
  origin: { platform: 'slack', arrival: `${plan}/${n}` } as const,
});
const pressed = (name: string, number: number) => ({ name, value: JSON.stringify({ number, plans: 1 }) });
const report = (number: number, n: number, where: object, at: Date) =>
  ({
    kind: 'observed',
    what: runMoved,
    delivery: `run/run-${number}-1/0/${n}`,
    at,
    input: { key: `run-${number}-1`, attempt: 0, n, progress: where },
  }) as Inbound;

const forever = new Promise<never>(() => {});

/** Everything that was not answered yet, each to its end. */
async function goOn(
  own: House,
  pool: pg.Pool,
  plan: string,
  alive: () => boolean,
  answered: Set<number>,
): Promise<void> {
  for (const [i, arrival] of arrivals.entries()) {
    if (answered.has(i)) continue;
    const inbound = arrival(plan, i === 0 ? 0 : await numberOf(pool, plan), own.clock.now());
    if ('account' in inbound) {
      const answer = await own.engine.dispatch(inbound);
      if (!alive()) return forever;
      answered.add(i);
      await own.engine.settle(answer, []);
    } else {
      await own.engine.report(inbound);
      if (!alive()) return forever;
      answered.add(i);
    }
    await own.work();
  }
}

async function recover(world: World, plan: string, answered: Set<number>): Promise<void> {
  const own = house(database.pool, world);
  own.clock.jump(60_000);
  await own.store.direct.outbox.release();
  await own.engine.start();
  await own.work();
  await goOn(own, database.pool, plan, () => true, answered);
  own.clock.jump(60_000);
  await database.pool.query('update groundcrew.inbox set tried = null where not settled');
  await own.sweep();
  await own.work();
  await own.engine.stop();
}

let plans = 0;
/** A life that is cut short at a point; without one, it goes well. Returns how many points it had. */
async function live(at: number): Promise<number> {
  plans += 1;
  const plan = `plan-${plans}`;
  const world = openWorld(join(folder, plan), { find: true });
  const death = Promise.withResolvers<void>();
  const mortal = at === 0 ? unharmed() : mortality(at, () => death.resolve());
  const { pool, cut } = mortalPool(
    openPool({ ...database.config, max: 2 }, () => {}),
    mortal,
  );
  const answered = new Set<number>();
  const own = house(pool, world, mortal);
  const life = (async () => {
    await own.engine.start();
    mortal.arm();
    await goOn(own, pool, plan, mortal.alive, answered);
    await own.engine.stop();
  })();
  await Promise.race([life, death.promise]);
  cut();
  if (at > 0) await recover(world, plan, answered);
  else await pool.end();
  await audit(plan, world, at);
  return mortal.count();
}

/** What must hold when the dust has settled. */
async function audit(plan: string, world: World, at: number): Promise<void> {
  const about = `point ${at}`;
  const { rows } = await database.pool.query(
    `select r.number, r.state, r.tries, r.plans, r.requester, r.decided is not null as decided,
       array(select key from groundcrew.run where key like 'run-' || r.number || '-%') as runs,
       array(select state from groundcrew.resource where slug = 'r' || r.number) as things,
       array(select what from groundcrew.audit where about = 'request/' || r.number order by seq) as audit,
       array(select key from groundcrew.outbox where ended is null or state in ('gone', 'refused')) as undelivered,
       array(select delivery from groundcrew.inbox where not settled and origin is not null) as owed,
       array(select key from groundcrew.due where key in ('request/' || r.number || '/expiry', 'request/' || r.number || '/nudge')) as due
     from groundcrew.request r where "values" ->> 'name' = $1`,
    [plan],
  );
  expect(rows, about).toHaveLength(1);
  const { number, requester: _, ...rest } = rows[0];
  expect(rest, about).toEqual({
    state: 'ready',
    tries: 1,
    plans: 1,
    decided: true,
    runs: [`run-${number}-1`],
    things: ['active'],
    audit: ['request.asked', 'request.approval-asked', 'request.approved', 'request.ready'],
    undelivered: [],
    owed: [],
    due: [],
  });
  const posts = (key: string) => world.posts(key);
  for (const [key, last] of [
    [`request/${number}`, 'is ready'],
    [`request/${number}/end/1`, 'is ready'],
    [`request/${number}/approval/1`, 'approved it'],
  ] as const)
    for (const post of posts(key)) expect(world.now(post), `${about}: ${key}`).toContain(last);
  expect(posts(`request/${number}`), about).toHaveLength(1);
  expect(posts(`request/${number}/end/1`), about).toHaveLength(1);
  // Grace's copy, and the approvals channel's.
  expect(posts(`request/${number}/approval/1`), about).toHaveLength(2);
  expect(posts(`request/line/run-${number}-1/0/1`), about).toHaveLength(1);
  const chain = openDb(database.pool);
  expect(await verifyChain(auditLines(chain), await auditHead(chain)), about).toMatchObject({ whole: true });
}

describe('a process that dies at any point of a request', () => {
  test('makes one thing, by one run, and tells it once', async () => {
    // Both people are known, so that every life has the same points.
    const known = house(database.pool, openWorld(join(folder, 'known'), { find: true }));
    for (const who of [ada, grace]) await known.act(known.command(who, 'help'));
    await database.pool.query('update groundcrew.inbox set settled = true');
    const points = await live(0);
    expect(points).toBeGreaterThan(80);
    let deaths = 0;
    for (let at = 1; at <= points; at++) deaths += (await live(at)) >= at ? 1 : 0;
    // The number of points differs by a few from life to life, with what runs side by side.
    expect(deaths).toBeGreaterThan(points * 0.9);
  }, 300_000);
});
