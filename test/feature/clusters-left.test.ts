import { afterAll, expect, onTestFinished, test } from 'vitest';
import { fixInCluster, preflightFixes } from '../../src/actions/fix.ts';
import { clusterAway, incidentSeen } from '../../src/core/incidents/seen.ts';
import type { Json } from '../../src/core/kernel/index.ts';
import { tellDeserted } from '../../src/deserted.ts';
import { createWatches } from '../../src/store/cluster-watches.ts';
import { openDb } from '../../src/store/db.ts';
import { virtualClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import { clinic, messages } from '../support/doctor.ts';
import { ada, adaTeams, grace, graceTeams, openHouse, quiet, recordingPlatform } from '../support/house.ts';
import { wordsOf } from '../support/words.ts';

/* A cluster that was taken out of KUBE_CONTEXTS: nothing of it is watched, and nothing may look as if it were. */

const database = await openTestDatabase();
afterAll(() => database.close());

const sighting = (name: string, code: string): Json => ({
  team: 'shop',
  verdict: {
    code,
    severity: 'warning',
    object: { kind: 'Deployment', namespace: 'default', name },
    affected: [],
    summary: [{ kind: 'plain', text: `${name} fails` }],
    evidence: [],
    near: [],
    blast: { reach: 'none', text: 'Nobody notices.' },
    fixes: [{ kind: 'restart', title: 'Restart it', patch: { metadata: { name } } }],
    confidence: 'certain',
    wants: { logs: [] },
  },
});

test('what is open in a cluster that nobody follows any more ends once, says so and whom to ask, and is no recovery', async () => {
  const clock = virtualClock();
  const slack = recordingPlatform('slack', [ada, grace]);
  const teams = recordingPlatform('teams', [adaTeams, graceTeams]);
  const watches = createWatches(openDb(database.pool));
  // This replica knows prod-us no more; one that is to be replaced still follows it.
  const parts = { clusters: [], elsewhere: watches.led, clock, log: quiet };
  const house = openHouse(database, {
    clock,
    slack,
    teams,
    settings: () => clinic,
    clusters: new Map([
      ['eu', 'prod-eu'],
      ['us', 'prod-us'],
    ]),
    actions: [preflightFixes(parts), fixInCluster(parts)],
  });
  await house.engine.start();
  onTestFinished(() => house.engine.stop());
  let n = 0;
  async function observed(what: string, input: Record<string, Json>) {
    n += 1;
    const at = clock.now();
    await house.engine.report({ kind: 'observed', what, at, delivery: `us/${n}`, input: { cluster: 'us', ...input } });
    await house.work();
  }
  const seen = (term: number, ...sightings: readonly Json[]) =>
    observed(incidentSeen, { term, n: n + 1, at: clock.now().toISOString(), sightings: [...sightings], unsettled: [] });
  const titles = (platform: typeof slack, id: string) =>
    messages(platform)
      .filter((m) => m.view.id === id)
      .map((m) => m.view.title)
      .toSorted();
  /** A process that has followed prod-eu alone for ten minutes looks after the others. */
  async function judge(own: readonly (string | undefined)[] = ['eu']) {
    const { stop } = tellDeserted({ own: () => own, watches, report: house.engine.report, clock, log: quiet });
    await clock.pass(600_000);
    await stop();
    await house.sweep();
    await house.work();
  }

  await house.act(house.command(grace, 'help'));
  expect(await watches.lead('us', 'the old one', 600, { agoSeconds: 0 })).toBe(1);
  await seen(1, sighting('web', 'image-not-found'), sighting('api', 'out-of-memory'));
  await seen(1, sighting('web', 'image-not-found'));
  // What would mend it is not for this one to say: it waits for one that knows the way.
  const waiting = async () =>
    (await database.pool.query(`select from groundcrew.outbox where kind = 'act' and ended is null`)).rowCount;
  expect(await waiting()).toBe(2);
  const since = clock.now().toISOString();
  await observed(clusterAway, { term: 0, why: 'said by one that does not lead any more', since });
  expect(titles(slack, 'incident.cut-off')).toEqual([]);
  await observed(clusterAway, { term: 1, why: 'ECONNREFUSED', since });
  expect(titles(slack, 'incident.cut-off')).toEqual(['I can’t see prod-us']);

  // Since then nobody has looked at it; but it is somebody's.
  await database.pool.query(`update groundcrew.cluster_watch set looked = looked - interval '10 minutes'`);
  await judge();
  const standing = ['api in prod-us recovers', 'web in prod-us has a problem'];
  for (const platform of [slack, teams]) expect(titles(platform, 'incident')).toEqual(standing);

  await database.pool.query(`update groundcrew.cluster_watch set lease = clock_timestamp() - interval '11 minutes'`);
  // One that can't read its kubeconfig does not know that it is not its own.
  await judge(['eu', undefined]);
  await judge(['us']);
  for (const platform of [slack, teams]) expect(titles(platform, 'incident')).toEqual(standing);
  await judge();
  const ended = ['api in prod-us is not watched any more', 'web in prod-us is not watched any more'];
  for (const platform of [slack, teams]) {
    expect(titles(platform, 'incident')).toEqual(ended);
    const [view] = messages(platform).flatMap(({ view }) => (view.title.startsWith('web in') ? [view] : []));
    expect(view && wordsOf(view)).toContain('The platform engineers know why');
    expect(titles(platform, 'incident.history').filter((t) => t === 'Nobody looks any more')).toHaveLength(2);
  }
  expect(titles(slack, 'incident.cut-off')).toEqual(['I don’t look at prod-us any more']);
  expect(await waiting()).toBe(0);
  const { announcements } = house.store.direct.features;
  expect(await announcements.closedIncidents(new Date(0), new Date(clock.now().getTime() + 1))).toEqual({ count: 0 });

  // Once: nothing is checked or said after that, and who led before is not listened to.
  const { rows } = await database.pool.query(`select job from groundcrew.due where job like 'incident.%'`);
  expect(rows).toEqual([]);
  const said = slack.outgoing.length;
  await judge();
  await seen(1, sighting('web', 'image-not-found'));
  expect(slack.outgoing).toHaveLength(said);

  // It is named again, a moment later: what still fails goes on in its message.
  const term = await watches.lead('us', 'the new one', 600, { agoSeconds: 0 });
  await seen(term ?? 0, sighting('web', 'image-not-found'));
  for (const platform of [slack, teams])
    expect(titles(platform, 'incident')).toEqual([ended[0], 'web in prod-us has a problem']);
});
