import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Answer, Door, Inbound, Names, Option, Reply } from '../../src/core/kernel/index.ts';
import { noNames } from '../../src/core/kernel/index.ts';
import { createTeamsTenant, type TeamsTenantOptions } from '../../src/playground/teams/index.ts';
import { createTeams, type TeamsOptions } from '../../src/teams/app.ts';
import { createSsoChecker } from '../../src/teams/sso.ts';
import { createTokenChecker } from '../../src/teams/token.ts';
import { patienceMs, patient } from './clock.ts';
import { memoryReferences } from './teams-references.ts';

export const APP_ID = '11111111-1111-4111-8111-111111111111';
export const TENANT_ID = '22222222-2222-4222-8222-222222222222';
export const ann = {
  id: '29:ann',
  aadObjectId: 'aaaaaaaa-0000-4000-8000-000000000001',
  name: 'Ann Archer',
  email: 'ann@example.com',
  userPrincipalName: 'ann@example.com',
  timezone: 'Europe/Kyiv',
  locale: 'uk-UA',
};
export const bob = {
  id: '29:bob',
  aadObjectId: 'aaaaaaaa-0000-4000-8000-000000000002',
  name: 'Bob Baker',
  email: 'bob@example.com',
  userPrincipalName: 'bob@example.com',
  timezone: 'America/New_York',
  locale: 'en-US',
  installed: false,
};
export const carol = {
  id: '29:carol',
  aadObjectId: 'aaaaaaaa-0000-4000-8000-000000000003',
  name: 'Carol Chen',
  email: 'carol@example.com',
  userPrincipalName: 'carol@example.com',
  timezone: 'Asia/Tokyo',
  locale: 'ja-JP',
  installed: false,
};
export const TEAM = '19:team-platform@thread.tacv2';
export const CHANNEL = '19:channel-help@thread.tacv2';
export const GROUP = '19:group-chat@thread.v2';

export const accountOf = (user: { aadObjectId: string }) => `teams:${TENANT_ID}/${user.aadObjectId}` as never;
export const placeOf = (conversation: string) => `teams:${TENANT_ID}/${conversation}` as never;

export const testClock = (start = '2026-11-23T10:00:00Z') => {
  let ms = Date.parse(start);
  return {
    now: () => new Date(ms),
    advance(by: number) {
      ms += by;
    },
  };
};

/** What was logged, level by level. */
export function memoryLog() {
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: unknown, message?: string) => {
    lines.push({ level, fields: fields as object, message: message ?? '' });
  };
  return { lines, log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } as never };
}

/** A door made by hand: it keeps what arrives, and answers what the test says. */
export function handDoor() {
  const inbounds: Inbound[] = [];
  const settled: { answer: Answer; taken: readonly Reply[] }[] = [];
  const state: {
    replies: (inbound: Inbound) => readonly Reply[];
    names: Names;
    options: readonly Option[];
    deliver?: (reply: Reply, inbound: Inbound) => Promise<unknown>;
  } = { replies: () => [], names: noNames, options: [] };
  const door: Door = {
    async dispatch(inbound) {
      inbounds.push(inbound);
      return { inbound, replies: state.replies(inbound), names: state.names, repeated: false };
    },
    async settle(answer, taken) {
      settled.push({ answer, taken });
      for (const reply of answer.replies) if (!taken.includes(reply)) await state.deliver?.(reply, answer.inbound);
    },
    async search() {
      return state.options;
    },
    offers: { commands: [], shortcuts: [] },
  };
  return { door, inbounds, settled, state };
}

export function closing(server: Server): void {
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
}

/** The adapter behind a real HTTP server, and the local tenant that it talks to. Closed when the test ends. */
export async function teamsWorld(
  tenantOptions: Partial<TeamsTenantOptions> = {},
  adapterOptions: Partial<Pick<TeamsOptions, 'onWait' | 'timeouts' | 'fetch'>> = {},
) {
  const clock = testClock();
  const tenant = createTeamsTenant({
    clock,
    patienceMs,
    appId: APP_ID,
    tenantId: TENANT_ID,
    botName: 'Groundcrew',
    users: [ann, bob, carol],
    teams: [
      {
        id: TEAM,
        name: 'Platform',
        members: [ann.id, bob.id],
        channels: [
          { id: TEAM, name: 'General' },
          { id: CHANNEL, name: 'Help' },
        ],
        installed: true,
      },
    ],
    groupChats: [{ id: GROUP, name: 'Lunch', members: [ann.id, bob.id], installed: true }],
    ...tenantOptions,
  });
  const { serviceUrl, metadataUrl, ssoMetadataUrl } = await tenant.listen(0);
  onTestFinished(() => tenant.close());
  const { references, kept, state: stored } = memoryReferences();
  const { log, lines } = memoryLog();
  const hand = handDoor();
  const common = {
    appId: APP_ID,
    tenantId: TENANT_ID,
    references,
    clock,
    log,
    door: () => hand.door,
    timeouts: patient,
    ...adapterOptions,
  };
  const checker = createTokenChecker({
    appId: APP_ID,
    tenants: [TENANT_ID],
    metadataUrl,
    serviceUrlHosts: [new URL(serviceUrl).origin],
    now: () => clock.now().getTime(),
  });
  const teams =
    tenantOptions.sign === false
      ? createTeams({ ...common, check: 'unauthenticated', serviceUrl })
      : createTeams({
          ...common,
          check: checker,
          sso: createSsoChecker({
            appId: APP_ID,
            tenantId: TENANT_ID,
            metadataUrl: ssoMetadataUrl,
            now: () => clock.now().getTime(),
          }),
          token: async () => tenant.tokens.issue(),
          serviceUrlHosts: [new URL(serviceUrl).origin],
          serviceUrl,
        });
  hand.state.deliver = (reply, inbound) =>
    'origin' in inbound ? teams.platform.reply(reply, inbound.origin, hand.state.names) : Promise.resolve();
  const handling = new Set<Promise<void>>();
  const server = createServer((req, res) => {
    const serve = async () => {
      if (!(await teams.pages(req, res))) await teams.handle(req, res);
    };
    const work = serve().finally(() => handling.delete(work));
    handling.add(work);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`;
  tenant.connect(url);
  return {
    tenant,
    teams,
    platform: teams.platform,
    clock,
    url,
    serviceUrl,
    kept,
    stored,
    lines,
    ...hand,
    /** Resolves when the replies of every request so far were made too. */
    quiet: async () => {
      await Promise.all(handling);
    },
    /** The messages that a person sees in a conversation: `personal`, or its id. */
    seen(user: { id: string }, conversation: string) {
      const { conversations } = tenant.snapshot(user.id);
      const found = conversations.find((c) =>
        conversation === 'personal' ? c.kind === 'personal' : c.id === conversation,
      );
      return found?.messages ?? [];
    },
  };
}
export type TeamsWorld = Awaited<ReturnType<typeof teamsWorld>>;
