import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { previewRuns } from '../../src/actions/preview.ts';
import { wakeRunner } from '../../src/actions/runner.ts';
import type { Inbound } from '../../src/core/kernel/index.ts';
import { presses } from '../../src/core/requests/keys.ts';
import { runMoved } from '../../src/core/runs/report.ts';
import type { Backend } from '../../src/core/runs/run.ts';
import { auditHead, auditLines, verifyChain } from '../../src/store/audit.ts';
import { openDb } from '../../src/store/db.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, grace, quiet } from '../support/house.ts';
import type { World } from '../support/life.ts';
import { catalog } from '../support/paths.ts';
import { preview, progress, settingsWith } from '../support/requests.ts';
import { openSweep, type Story, type Told } from '../support/sweep.ts';

/*
 * A request from its first word to its end, cut short at every point between two statements or deliveries. The platforms
 * send again what was not answered, the runner reports again what was not taken; in the end there is one request, one
 * thing, one run and one set of messages, whatever happened.
 */
const database = await openTestDatabase();
afterAll(() => database.close());

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

const parts: Story['parts'] = () => ({
  settings: () => settings,
  catalog: () => catalog,
  actions: [
    previewRuns([backend], { now: () => new Date(), after: () => () => {} }, quiet),
    wakeRunner(() => undefined),
  ],
});

const numberOf = async ({ plan, pool }: Told): Promise<number> =>
  (await pool.query(`select number from groundcrew.request where "values" ->> 'name' = $1`, [plan])).rows[0]?.number ??
  0;

/** What arrives, in its order: from two people on their platforms, and from the runner. */
const arrivals: Story['arrivals'] = [
  async (told) => ({ ...said(told, 1, ada), kind: 'command', text: `create postgres ${told.plan} size=l` }),
  async (told) => ({ ...said(told, 2, ada), kind: 'press', press: pressed(presses.confirm, await numberOf(told)) }),
  async (told) => ({ ...said(told, 3, grace), kind: 'press', press: pressed(presses.approve, await numberOf(told)) }),
  async (told) => report(await numberOf(told), 1, progress('running', { message: 'starting' }), told.at),
  async (told) => report(await numberOf(told), 2, progress('ready'), told.at),
];
const said = ({ plan, at }: Told, n: number, who: typeof ada) => ({
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

/** What must hold when the dust has settled. */
async function audit(plan: string, world: World, about: string): Promise<void> {
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
    const sweep = await openSweep(database, { people: [ada, grace], parts, arrivals, audit });
    onTestFinished(sweep.close);
    const points = await sweep.rehearse();
    expect(points).toBeGreaterThan(80);
    expect(await sweep.dieAtEach(points)).toBeGreaterThan(0.9);
  }, 300_000);
});
