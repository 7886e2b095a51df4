import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Catalog } from '../../src/core/catalog/path.ts';
import type { Stores } from '../../src/core/features.ts';
import type { Action, Door, Feature, Platform } from '../../src/core/kernel/index.ts';
import type { Log } from '../../src/core/kernel/log.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { createSlackWorkspace } from '../../src/playground/slack/index.ts';
import { createTeamsTenant } from '../../src/playground/teams/index.ts';
import { createSlack } from '../../src/slack/app.ts';
import { createConversations } from '../../src/store/conversations.ts';
import { openDb } from '../../src/store/db.ts';
import { createTeams } from '../../src/teams/app.ts';
import { createTokenChecker } from '../../src/teams/token.ts';
import { patienceMs, patient, virtualClock } from './clock.ts';
import type { TestDatabase } from './database.ts';
import { type House, openHouse } from './house.ts';

const appId = '11111111-1111-4111-8111-111111111111';
const tenantId = '22222222-2222-4222-8222-222222222222';
const secret = 'a-signing-secret';
const token = 'xoxb-workspace-token';
const appToken = 'xapp-1-app-token';
const human = (n: number, id: string, name: string) => ({
  slack: { id: `U0${id.toUpperCase()}`, name: id, realName: name, email: `${id}@acme.test`, tz: 'Europe/Kyiv' },
  teams: {
    id: `29:${id}`,
    aadObjectId: `aaaaaaaa-0000-4000-8000-00000000000${n}`,
    name,
    email: `${id}@acme.test`,
    userPrincipalName: `${id}@acme.test`,
    timezone: 'Europe/Kyiv',
    locale: 'uk-UA',
  },
});
/** A developer and a platform engineer: the same humans on both platforms. */
export const ann = human(1, 'ann', 'Ann Archer');
export const ben = human(2, 'ben', 'Ben Baker');
export const annSlack = `slack:T0ACME/${ann.slack.id}`;
export const annTeams = `teams:${tenantId}/${ann.teams.aadObjectId}`;

const slackTriage = 'C0TRIAGE';
const teamsTriage = '19:triage@thread.tacv2';
export const places = {
  slack: `slack:T0ACME/${slackTriage}`,
  teams: `teams:${tenantId}/${teamsTriage}`,
  slackChannel: slackTriage,
  teamsChannel: teamsTriage,
} as const;

type ProcessOptions = {
  /** Another token than the one that Slack gave out. */
  readonly token?: string;
  /** Slack reaches it over Socket Mode. */
  readonly socket?: true;
};

type TownOptions = {
  readonly features?: readonly Feature<Stores>[];
  readonly actions?: readonly Action[];
  readonly catalog?: Catalog;
  /** Over the town's own. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly pool?: TestDatabase['pool'];
  readonly log?: Log;
  readonly strictRate?: boolean;
  /** Wraps what the engine is given. */
  readonly platforms?: (both: readonly Platform[]) => readonly Platform[];
};

/**
 * The whole product between a local Slack workspace and a local Teams tenant, all over HTTP: the engine on real rows, and
 * both adapters as they are.
 */
export async function openTown(database: TestDatabase, options: TownOptions = {}) {
  const clock = virtualClock();
  const workspace = createSlackWorkspace({
    clock,
    signingSecret: secret,
    botToken: token,
    appToken,
    strictRate: options.strictRate ?? false,
    team: { id: 'T0ACME', domain: 'acme', name: 'Acme' },
    users: [ann.slack, ben.slack],
    channels: [
      {
        id: slackTriage,
        name: 'triage',
        isPrivate: false,
        members: [ann.slack.id, ben.slack.id],
        botIsMember: true,
      },
    ],
  });
  const tenant = createTeamsTenant({
    clock,
    patienceMs,
    appId,
    tenantId,
    botName: 'Groundcrew',
    users: [ann.teams, ben.teams],
    teams: [
      {
        id: '19:team@thread.tacv2',
        name: 'Platform',
        members: [ann.teams.id, ben.teams.id],
        channels: [{ id: teamsTriage, name: 'Triage' }],
        installed: true,
      },
    ],
  });
  const { apiUrl } = await workspace.listen();
  const { serviceUrl, metadataUrl } = await tenant.listen(0);
  const settings = settingsSchema.parse({
    name: 'the platform team',
    roles: { platform: { emails: [ben.slack.email] } },
    channels: { triage: [places.slack, places.teams] },
    ...options.settings,
  });
  const lines: string[] = [];
  let news = Promise.withResolvers<void>();
  const keep = (fields: object, message: string) => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
    news.resolve();
    news = Promise.withResolvers();
  };
  const log = options.log ?? { debug: keep, info: keep, warn: keep, error: keep };

  /** A process of the product: its own engine and adapters, on the same database and the same platforms. */
  async function openProcess(more: ProcessOptions = {}) {
    let house: House | undefined;
    let dead = false;
    const door = (): Door => (house as House).engine;
    const slack = createSlack({
      timeouts: patient,
      token: more.token ?? token,
      signingSecret: secret,
      ...(more.socket ? { appToken } : {}),
      apiUrl,
      clock,
      log,
      door,
    });
    const teams = createTeams({
      timeouts: patient,
      appId,
      tenantId,
      check: createTokenChecker({
        appId,
        tenants: [tenantId],
        metadataUrl,
        serviceUrlHosts: [new URL(serviceUrl).origin],
        now: () => clock.now().getTime(),
      }),
      token: async () => tenant.tokens.issue(),
      references: createConversations(openDb(database.pool)),
      serviceUrlHosts: [new URL(serviceUrl).origin],
      serviceUrl,
      clock,
      log,
      door,
    });
    const both = [slack.platform, teams.platform];
    house = openHouse(database, {
      clock,
      platforms: options.platforms?.(both) ?? both,
      settings: () => settings,
      log,
      ...(options.features ? { features: options.features } : {}),
      ...(options.actions ? { actions: options.actions } : {}),
      ...(options.catalog ? { catalog: () => options.catalog as Catalog } : {}),
      ...(options.pool ? { pool: options.pool } : {}),
    });
    const handling = new Set<Promise<void>>();
    const server = createServer((req, res) => {
      const work = (req.url === '/slack/events' ? slack : teams).handle(req, res).finally(() => handling.delete(work));
      handling.add(work);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await house.engine.start();
    if (more.socket) await slack.start();
    const own = house;
    return {
      ...house,
      slack,
      teams,
      origin,
      /** All that was set going has come to rest: answers, replies and deliveries. */
      async rest(): Promise<void> {
        while (handling.size > 0) await Promise.allSettled(handling);
        await own.work();
      },
      /** Time goes by, and what is ready is delivered. */
      async later(ms: number): Promise<void> {
        clock.jump(ms);
        await own.sweep();
        await own.work();
      },
      /** From now on both platforms send here. */
      connect(): void {
        workspace.connect(`${origin}/slack/events`);
        tenant.connect(`${origin}/api/messages`);
      },
      /** As `kill -9` leaves it: its connections are cut, what it was doing never ends. */
      kill(): void {
        dead = true;
        server.closeAllConnections();
        server.close();
      },
      async close(): Promise<void> {
        if (dead) return;
        while (handling.size > 0) await Promise.allSettled(handling);
        await slack.stop();
        await own.engine.stop();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  const processes = [await openProcess()] as [Awaited<ReturnType<typeof openProcess>>];
  const [first] = processes;
  first.connect();
  await tenant.announceInstalls();
  await first.rest();

  return {
    ...first,
    workspace,
    tenant,
    clock,
    lines,
    /** Resolves when the log has said something so many times. */
    async heard(words: string, times = 1): Promise<void> {
      while (lines.filter((l) => l.includes(words)).length < times) await news.promise;
    },
    /** Another process beside the first. */
    async replica(more: ProcessOptions = {}) {
      const another = await openProcess(more);
      processes.push(another);
      return another;
    },
    /** The messages that a person sees in a Slack channel, or in their conversation with the bot. */
    slackSeen: (who: typeof ann, channel?: string) => {
      const { messages } = workspace.snapshot(who.slack.id);
      return (messages[channel ?? workspace.dmOf(who.slack.id)] ?? []).filter((m) => !m.deleted);
    },
    /** The messages of the bot that a person sees in a Teams conversation; without one, in their 1:1 chat. */
    teamsSeen(who: typeof ann, conversation?: string) {
      const { conversations } = tenant.snapshot(who.teams.id);
      const found = conversations.find((c) => (conversation ? c.id === conversation : c.kind === 'personal'));
      return (found?.messages ?? []).filter((m) => m.from.kind === 'bot');
    },
    async close(): Promise<void> {
      for (const each of processes) await each.close();
      await workspace.close();
      await tenant.close();
    },
  };
}
export type Town = Awaited<ReturnType<typeof openTown>>;
