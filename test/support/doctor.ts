import { diagnoseOnDemand } from '../../src/actions/diagnose.ts';
import { fixInCluster, preflightFixes } from '../../src/actions/fix.ts';
import type { Words } from '../../src/actions/words.ts';
import type { Clusters } from '../../src/cluster/clusters.ts';
import { readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { createObserver, type Observer } from '../../src/cluster/observer.ts';
import { watchingLook } from '../../src/cluster/watching.ts';
import { rulesFor, rulesOf } from '../../src/core/incidents/rules.ts';
import type { AccountId, Profile, View } from '../../src/core/kernel/index.ts';
import { type Settings, settingsSchema } from '../../src/core/settings.ts';
import type { Fields } from '../../src/playground/cluster/index.ts';
import { createWatches } from '../../src/store/cluster-watches.ts';
import { openDb } from '../../src/store/db.ts';
import { keepAbreast } from '../cluster/abreast.ts';
import { deployment, still } from '../cluster/world.ts';
import type { TestDatabase } from './database.ts';
import { ada, adaTeams, grace, graceTeams, type House, mira, openHouse, quiet, recordingPlatform } from './house.ts';
import { wordsOf } from './words.ts';

export const shopSlack = 'slack:T1/CSHOP';
export const shopTeams = 'teams:11111111-1111-4111-8111-111111111111/19:shop@thread.tacv2';
export const doctorSlack = 'slack:T1/CDOCTOR';

/** Ada is of the team whose service it is, Mira of another one, Grace runs the platform. */
export const clinic: Settings = settingsSchema.parse({
  name: 'the Acme platform team',
  roles: { platform: { emails: ['grace@acme.test'] } },
  teams: { shop: { emails: ['ada@acme.test'] }, data: { emails: ['mira@acme.test'] } },
  channels: { doctor: [doctorSlack], teams: { shop: [shopSlack, shopTeams] } },
  doctor: { owners: { 'data-*': 'data' } },
});

export const miraTeams: Profile = {
  ...mira,
  account: 'teams:11111111-1111-4111-8111-111111111111/mira' as AccountId,
};

type World = ReturnType<typeof still>;

/** Another cluster, on the same clock: called as its context is. */
export async function secondCluster(name: string, clock: World['clock']) {
  const world = still({}, clock);
  await world.cluster.listen();
  return { ...world, name };
}
type Second = Awaited<ReturnType<typeof secondCluster>>;

const deployIn =
  ({ objects }: Pick<World, 'objects'>) =>
  (name: string, team: string | undefined, more: Parameters<typeof deployment>[1] = {}): void => {
    const { namespace = 'default' } = more;
    if (!objects.get('namespaces', undefined, namespace))
      objects.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const made = deployment(name, more);
    const metadata = { ...(made.metadata as Fields), ...(team === undefined ? {} : { labels: { team } }) };
    objects.create('deployments.apps', { ...made, metadata });
  };

/**
 * The bot beside a cluster: real requests, real rows, one clock that stands still until it is moved. With a second one
 * the first is called `prod-eu`, and the second as it is named.
 */
export async function openClinic(
  database: TestDatabase,
  settings: () => Settings = () => clinic,
  words?: Words,
  named?: string,
) {
  const world = still();
  const { clock, cluster } = world;
  await cluster.listen();
  const access = () => readKubeconfig(undefined, { text: cluster.kubeconfig() });
  const second: Second | undefined = named === undefined ? undefined : await secondCluster(named, clock);
  /** Where the second context leads. */
  let led: Pick<World, 'cluster'> = second ?? world;
  const clusters: Clusters = second
    ? [
        { name: 'prod-eu', context: 'playground', access },
        {
          name: second.name,
          context: second.name,
          access: () => readKubeconfig(undefined, { text: led.cluster.kubeconfig(undefined, second.name) }),
        },
      ]
    : [{ access }];
  const slack = recordingPlatform('slack', [ada, grace, mira]);
  const teams = recordingPlatform('teams', [adaTeams, graceTeams, miraTeams]);
  const open = () =>
    openHouse(database, {
      clock,
      slack,
      teams,
      settings,
      clusters: new Map(clusters.flatMap((c) => (c.name && c.context ? [[c.context, c.name]] : []))),
      actions: [
        diagnoseOnDemand({ clusters, clock, log: quiet }),
        preflightFixes({ clusters, clock, log: quiet, words }),
        fixInCluster({ clusters, clock, log: quiet }),
      ],
    });
  const house = open();
  await house.engine.start();
  const places = [world, ...(second ? [second] : [])].map((w, i) => {
    const { name, access: reach } = clusters[i] as Clusters[number];
    return { access: reach, rules: () => rulesFor(rulesOf(settings()), name), abreast: keepAbreast(w) };
  });
  const watchers = new Set<Observer>();
  /** A look of one of its own process, when all that happened in the cluster has reached it. */
  let isCutOff = false;
  const observe = (of: House, holder = 'test', place = places[0] as (typeof places)[number]) => {
    const { access: reach, rules, abreast } = place;
    const follower = abreast.follower();
    const observer = createObserver({
      looking: () =>
        watchingLook({ access: reach, rules, clock, random: () => 0, log: quiet, onStep: follower.onStep }),
      rules,
      watches: createWatches(openDb(database.pool)),
      report: of.engine.report,
      clock,
      log: quiet,
      holder,
    });
    watchers.add(observer);
    return {
      ...observer,
      async look(): Promise<void> {
        await observer.look();
        if (!follower.follows() || (place !== places[0] && isCutOff)) return;
        await follower.caughtUp();
        await observer.look();
      },
    };
  };
  const [observer, other] = places.map((place) => observe(house, 'test', place)) as [
    ReturnType<typeof observe>,
    ReturnType<typeof observe>?,
  ];
  let lives = 0;
  return {
    observe,
    /** Another process, after the first one was killed and its lead ran out. */
    async takeOver() {
      await database.pool.query(`update groundcrew.cluster_watch set lease = clock_timestamp() - interval '1 second'`);
      lives += 1;
      return observe(house, `after ${lives}`);
    },
    observer,
    /** Lets the cluster go on, and looks at it as often as the bot does. */
    async watch(seconds: number, step = 10): Promise<void> {
      for (let s = 0; s < seconds; s += step) {
        await clock.pass(step * 1000);
        await observer.look();
        await other?.look();
        await house.sweep();
        await house.work();
      }
    },
    ...world,
    access,
    clusters,
    /** The second cluster, and who looks at it. */
    second: second &&
      other && {
        ...second,
        observer: other,
        deploy: deployIn(second),
        /** Its context leads to another cluster, and a new process begins with that. */
        async repoint(to: Pick<World, 'cluster' | 'clock'>) {
          led = to;
          await database.pool.query(
            `update groundcrew.cluster_watch set lease = clock_timestamp() - interval '1 second' where cluster = $1`,
            [second.name],
          );
          lives += 1;
          const place = { ...(places[1] as (typeof places)[number]), abreast: keepAbreast(to) };
          return observe(house, `after ${lives}`, place);
        },
        /** Nothing of it answers any more, and what was open breaks off; or all is as before. */
        cutOff(off: boolean): void {
          isCutOff = off;
          second.cluster.fail(off ? () => ({ kind: 'reset' }) : undefined);
          if (off) second.cluster.disconnect();
        },
      },
    house,
    slack,
    teams,
    /** Another process on the same database. */
    open,
    deploy: deployIn(world),
    async close(): Promise<void> {
      for (const one of watchers) await one.stop();
      await house.engine.stop();
      await cluster.close();
      await second?.cluster.close();
    },
  };
}
export type Clinic = Awaited<ReturnType<typeof openClinic>>;

/** What stands in a chat at last: each message with its latest content. */
export function messages(platform: ReturnType<typeof recordingPlatform>): readonly { where: string; view: View }[] {
  const posted: { where: string; view: View }[] = [];
  let n = 0;
  const byNative = new Map<string, number>();
  for (const o of platform.outgoing) {
    n += 1;
    if (o.kind === 'post' || o.kind === 'direct' || o.kind === 'reply') {
      byNative.set(`${platform.name}-${n}`, posted.length);
      posted.push({
        where: o.kind === 'direct' ? o.account : `${o.place}${o.kind === 'reply' ? ' thread' : ''}`,
        view: o.view,
      });
    }
    if (o.kind === 'edit') {
      const at = byNative.get(o.native);
      const old = at === undefined ? undefined : posted[at];
      if (at === undefined || !old) throw new Error(`an edit of what was never posted: ${o.native}`);
      posted[at] = { ...old, view: o.view };
    }
  }
  return posted;
}
export const lastWords = (platform: ReturnType<typeof recordingPlatform>): string => {
  const view = messages(platform).at(-1)?.view;
  if (!view) throw new Error('nothing was said');
  return `${view.title}\n${wordsOf(view)}`;
};
