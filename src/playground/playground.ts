import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../core/kernel/log.ts';
import type { Offers } from '../core/kernel/platform.ts';
import type { Settings } from '../core/settings.ts';
import { createApi } from './api.ts';
import { createBackstage } from './backstage/index.ts';
import { failures } from './cluster/index.ts';
import { openClusters } from './cluster-files.ts';
import { viewCluster } from './cluster-view.ts';
import { menus } from './offers.ts';
import { createPerform, type Reads } from './perform.ts';
import { createSeen } from './seen.ts';
import { createSlackWorkspace } from './slack/index.ts';
import { type Clock, createStreams } from './streams.ts';
import { createTeamsTenant } from './teams/index.ts';
import {
  backstageTemplates,
  botName,
  chatter,
  findPerson,
  people,
  settings,
  slackWorld,
  teamsWorld,
  usualOffers,
} from './world.ts';

/** What the bot needs to take part: the same that real platforms would give it. */
export type Started = {
  readonly slack: { readonly token: string; readonly signingSecret: string; readonly apiUrl: string };
  readonly teams: {
    readonly appId: string;
    readonly tenantId: string;
    readonly metadataUrl: string;
    /** Where the keys are published that sign what pages in Teams get. */
    readonly ssoMetadataUrl: string;
    readonly serviceUrl: string;
    readonly token: () => Promise<string>;
  };
  readonly backstage: { readonly url: string; readonly token: string };
  readonly settings: Settings;
  /** The company's cluster: where its kubeconfig was written. Missing when there was no folder to write it to. */
  readonly kubernetes?: { readonly kubeconfig: string };
  /** All of them, where there is a second one. */
  readonly clusters?: readonly { readonly name: string; readonly context: string; readonly kubeconfig: string }[];
};

/** A company on this machine: its Slack workspace, its Teams tenant, and the page on which its people use both. */
export interface Playground {
  /** Starts both platforms, and the clusters, on loopback ports of their own. */
  start(): Promise<Started>;
  /** Writes files for tools into the folder, once nobody else has it. */
  publish(): Promise<void>;
  /**
   * Where the bot listens, with `/slack/events` and `/api/messages` under it. Everybody then installs its Teams app.
   * `offers` is what the app puts into menus.
   */
  connect(botOrigin: string, offers?: Offers): Promise<void>;
  /** Serves the page and its API; false when the path is not the playground's. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  /** Ends the pages' streams, which would keep a closing server open. They come back by themselves. */
  hangUp(): void;
  stop(): Promise<void>;
}

const listedFailures = Object.entries(failures).map(([name, failure]) => ({ name, ...failure }));

/** How the bot reaches the clusters: by the kubeconfig that is written for everybody. */
function reached({ all, kubeconfig }: Awaited<ReturnType<typeof openClusters>>) {
  const clusters = all.flatMap(({ name }) => (name === undefined ? [] : [{ name, context: name, kubeconfig }]));
  return { kubernetes: { kubeconfig }, ...(clusters.length > 0 ? { clusters } : {}) };
}

const secret = (): string => randomBytes(16).toString('hex');

export function createPlayground({
  clock,
  log,
  sign = true,
  folder,
  clusters: names = [],
  ahead: before = 0,
}: {
  readonly clock: Clock & {
    /** Sets it ahead. */
    jump(ms: number): void;
  };
  readonly log: Pick<Log, 'warn'>;
  /** False beside tools that sign nothing: then the local tenant does not either, and wants no token. */
  readonly sign?: boolean;
  /** Where files for tools are written, as the kubeconfig. Without it there is no cluster. */
  readonly folder?: string;
  /** The names of the clusters, the first of which is the larger one. Of one alone no name is said. */
  readonly clusters?: readonly string[];
  /** By how many milliseconds the clock was set ahead before. */
  readonly ahead?: number;
}): Playground {
  const token = `xoxb-playground-${secret()}`;
  const signingSecret = secret();
  const slack = createSlackWorkspace({ clock, signingSecret, botToken: token, ...slackWorld });
  const teams = createTeamsTenant({ clock, sign, ...teamsWorld });
  const backstage = createBackstage({ clock, templates: backstageTemplates, token: secret() });
  const reads: Reads = new Map();
  const boot = randomUUID();
  let files: Awaited<ReturnType<typeof openClusters>> | undefined;
  let offered = menus(usualOffers);
  let ahead = before;

  const seen = createSeen({
    slack,
    teams,
    reads,
    people,
    now: clock.now,
    ahead: () => ahead,
    clusters: () => files?.all.map((one) => viewCluster(one, files?.kubeconfig ?? '')) ?? [],
  });
  const streams = createStreams({
    clock,
    state: seen.by,
    world: () => ({
      boot,
      company: slackWorld.team.name,
      people,
      failures: listedFailures,
      bot: { name: botName, slack: slack.bot.userId, teams: `28:${teamsWorld.appId}` },
      ...offered,
    }),
  });
  const act = createPerform({
    slack,
    teams,
    reads,
    cluster: (name) => files?.all.find((one) => name === undefined || one.name === name)?.cluster,
    jump(ms) {
      clock.jump(ms);
      ahead += ms;
      streams.changed();
    },
  });
  const handle = createApi({
    person: findPerson,
    async perform(given, who) {
      const acted = await act(given, who);
      // Reading is the one act that no platform tells of.
      if (given.act === 'teams.read') streams.changed();
      return acted;
    },
    streams,
    picture: (id) => slack.files.get(id)?.bytes,
    log,
  });
  const unsubscribe = [slack.subscribe(streams.changed), teams.subscribe(streams.changed)];

  return {
    async start() {
      const { apiUrl } = await slack.listen();
      const { serviceUrl, metadataUrl, ssoMetadataUrl } = await teams.listen();
      const { appId, tenantId } = teamsWorld;
      const backstageUrl = await backstage.listen();
      if (folder !== undefined) files = await openClusters({ clock, log, folder, names });
      for (const { cluster } of files?.all ?? []) unsubscribe.push(cluster.subscribe(streams.changed));
      return {
        slack: { token, signingSecret, apiUrl },
        teams: { appId, tenantId, metadataUrl, ssoMetadataUrl, serviceUrl, token: async () => teams.tokens.issue() },
        backstage: { url: backstageUrl, token: backstage.token },
        settings,
        ...(files ? reached(files) : {}),
      };
    },

    async publish() {
      await files?.publish();
    },

    async connect(botOrigin, offers) {
      if (offers) {
        offered = menus(offers);
        // A page that came back early knows the usual menus only: it comes again for these.
        streams.end();
      }
      slack.connect(new URL('/slack/events', botOrigin).href);
      teams.connect(new URL('/api/messages', botOrigin).href);
      for (const said of chatter.slack) await slack.postMessage(said);
      for (const said of chatter.teams) await teams.say({ ...said, mentionBot: false });
      await teams.announceInstalls();
    },

    handle,
    hangUp: streams.end,

    async stop() {
      streams.end();
      for (const end of unsubscribe) end();
      await Promise.all([slack.close(), teams.close(), backstage.close(), files?.close()]);
    },
  };
}
