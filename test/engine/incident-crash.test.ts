import type pg from 'pg';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { fixInCluster, preflightFixes } from '../../src/actions/fix.ts';
import type { Connected } from '../../src/cluster/clusters.ts';
import { type Access, readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { presses } from '../../src/core/incidents/fixing-view.ts';
import { incidentSeen } from '../../src/core/incidents/seen.ts';
import type { Action, Inbound } from '../../src/core/kernel/index.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { deployment, still } from '../cluster/world.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, quiet } from '../support/house.ts';
import type { World } from '../support/life.ts';
import { openSweep, type Story } from '../support/sweep.ts';

/*
 * An incident from its opening over a fix that somebody presses to its end, cut short at every point between two
 * statements, deliveries or calls of the cluster. Whatever happened, in the end it was told once, mended once, and is over.
 */
const database = await openTestDatabase();
const { clock, cluster, objects, get } = still({ controllers: false });
await cluster.listen();
afterAll(async () => {
  await cluster.close();
  await database.close();
});

/** Changes of each Deployment, by its path. */
const writes = new Map<string, number>();
cluster.fail(({ method, path, query }) => {
  if (method === 'PATCH' && !query.has('dryRun')) writes.set(path, (writes.get(path) ?? 0) + 1);
  return undefined;
});

const places = ['slack:T1/CSHOP', 'teams:11111111-1111-4111-8111-111111111111/19:shop@thread.tacv2'];
const settings = settingsSchema.parse({
  teams: { shop: { emails: ['ada@acme.test'] } },
  channels: { teams: { shop: places } },
});
const image = (tag: string) => `registry.acme.example/web:${tag}`;

/** Each story is told of a cluster of its own, and all of them are this one. */
const plans: string[] = [];
const connected: ((plan: string) => void)[] = [];
function begin(plan: string): void {
  plans.push(plan);
  for (const connect of connected) connect(plan);
}

const parts: Story['parts'] = (around) => {
  /** Between two calls of the cluster there is a point as well: each asks for its login first. */
  const access = async (context: string): Promise<Access> => {
    const known = await readKubeconfig(undefined, { text: cluster.kubeconfig() });
    return { ...known, context, options: () => around(known.options) };
  };
  const clusters: Connected[] = [];
  const connect = (context: string) => void clusters.push({ context, access: () => access(context) });
  plans.forEach(connect);
  connected.push(connect);
  const parts = { clusters, clock, log: quiet };
  const mortalAction = (action: Action): Action => ({
    ...action,
    run: (input, key) => around(() => action.run(input, key)),
  });
  return {
    clock,
    settings: () => settings,
    actions: [preflightFixes(parts), fixInCluster(parts)].map(mortalAction),
  };
};

const incidentOf = async (pool: pg.Pool, plan: string) =>
  (await pool.query('select * from groundcrew.incident where cluster = $1', [plan])).rows[0];

const verdict = (name: string) => ({
  code: 'image-not-found',
  severity: 'warning',
  object: { kind: 'Deployment', namespace: 'default', name },
  affected: [],
  summary: [{ kind: 'plain', text: `${name} can’t start` }],
  evidence: [],
  near: [],
  blast: { reach: 'none', text: 'Nobody notices.' },
  fixes: [
    {
      kind: 'patch',
      title: 'Use the tag 2.0.0',
      patch: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, namespace: 'default' },
        spec: { template: { spec: { containers: [{ name: 'web', image: image('2.0.0') }] } } },
      },
    },
  ],
  confidence: 'certain',
  wants: { logs: [] },
});
const seen = (plan: string, n: number, sightings: readonly object[]): Inbound => ({
  kind: 'observed',
  what: incidentSeen,
  delivery: `${plan}/seen/${n}`,
  at: clock.now(),
  input: JSON.parse(
    JSON.stringify({ cluster: plan, term: 1, n, at: clock.now().toISOString(), sightings, unsettled: [] }),
  ),
});

/** What arrives, in its order: from the cluster, and from Ada. */
const arrivals: Story['arrivals'] = [
  async ({ plan }) => seen(plan, 1, [{ verdict: verdict(plan), team: 'shop' }]),
  async ({ plan, pool }) => {
    const { id, fix } = await incidentOf(pool, plan);
    return {
      kind: 'press',
      delivery: `${plan}/press`,
      at: clock.now(),
      account: ada.account,
      origin: { platform: 'slack', arrival: `${plan}/press` } as const,
      press: { name: presses.fix, value: JSON.stringify({ id, offer: fix.offers[0].id }) },
    };
  },
  async ({ plan }) => seen(plan, 2, []),
];

/** What must hold when the dust has settled. */
async function audit(plan: string, world: World, about: string): Promise<void> {
  const found = await incidentOf(database.pool, plan);
  expect(found, about).toMatchObject({ state: 'resolved', fix: { tried: { state: 'helped' } } });
  const { rows } = await database.pool.query(
    `select array(select what from groundcrew.audit where about = $1 order by seq) as audit,
       array(select key from groundcrew.outbox where ended is null or state in ('gone', 'refused')) as undelivered,
       array(select key from groundcrew.outbox where kind <> 'act' and key like '%' || $2 || '/%') as lines,
       array(select delivery from groundcrew.inbox where not settled and origin is not null) as owed`,
    [`incident/${found.number}`, found.id],
  );
  const { lines, ...rest } = rows[0];
  expect(rest, about).toEqual({ audit: ['incident.fix-pressed', 'incident.fixed'], undelivered: [], owed: [] });
  // In the cluster: changed once, by one press.
  const { metadata, spec } = get('deployments.apps', plan);
  expect(metadata.generation, about).toBe(2);
  expect(writes.get(`/apis/apps/v1/namespaces/default/deployments/${plan}`), about).toBe(1);
  expect(JSON.stringify(spec), about).toContain(image('2.0.0'));
  // In the chats: one message on each platform, which says that it is over, and each line below it once.
  const posts = world.posts(`incident/${found.id}`);
  expect(posts.map((p) => p.place).toSorted(), about).toEqual(places);
  for (const post of posts) expect(world.now(post), about).toContain(`${plan} is well again`);
  const keys: readonly string[] = [...new Set<string>(lines)];
  expect(keys.length, about).toBe(3);
  for (const key of keys)
    expect(
      world
        .posts(key)
        .map((p) => p.place)
        .toSorted(),
      `${about}: ${key}`,
    ).toEqual(places);
}

test('a process that dies at any point of an incident tells it once, mends it once, and sees it end', async () => {
  const sweep = await openSweep(database, {
    people: [ada],
    parts,
    before: (plan) => {
      begin(plan);
      objects.create('deployments.apps', deployment(plan, { image: image('1.0.0') }));
    },
    arrivals,
    audit,
  });
  onTestFinished(sweep.close);
  const points = await sweep.rehearse();
  expect(points).toBeGreaterThan(60);
  expect(await sweep.dieAtEach(points)).toBeGreaterThan(0.9);
}, 300_000);
