import type pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Door, Platform } from './core/kernel/index.ts';
import type { Metrics } from './engine/metrics.ts';
import type { Clock } from './engine/ports.ts';
import type { Route } from './server.ts';
import { createConversations } from './store/conversations.ts';
import { openDb } from './store/db.ts';
import type { TokenSource } from './teams/credentials.ts';
import type { Reference } from './teams/references.ts';

/** One side of the house: its platform, its route, its life. */
export type Wing = {
  readonly platform: Platform;
  handle(req: Parameters<Route>[0], res: Parameters<Route>[1]): Promise<void>;
  /** Pages that the platform shows; false when the path is none of them. */
  pages?(req: Parameters<Route>[0], res: Parameters<Route>[1]): Promise<boolean>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

export type World = Awaited<ReturnType<import('./playground/playground.ts').Playground['start']>>;
type WingParts = {
  readonly config: Config;
  /** How to get tokens for Teams, where it is Microsoft's. */
  readonly teamsToken: TokenSource | undefined;
  readonly playground: World | undefined;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly door: () => Door;
};

/** The platforms that are configured, or the playground's two. Each is loaded only when it is wanted. */
export async function openWings({
  config,
  teamsToken,
  playground,
  pool,
  clock,
  log,
  metrics,
  door,
}: WingParts): Promise<readonly Wing[]> {
  const wings: Wing[] = [];
  const slack = playground?.slack ?? config.slack;
  if (slack) {
    const { createSlack } = await import('./slack/app.ts');
    const onWait = (seconds: number) => metrics.waits.observe({ platform: 'slack' }, seconds);
    wings.push(createSlack({ ...slack, clock, log: log.child({ platform: 'slack' }), onWait, door }));
  }
  if (playground || config.teams)
    wings.push(await openTeams({ config, teamsToken, playground, pool, clock, log, metrics, door }));
  return wings;
}

/** The bot and the tenant that Microsoft's Agents Playground pretends to be; its ids are no GUIDs. */
const agentsPlayground = {
  appId: '00000000-0000-0000-0000-00000000000011',
  tenantId: '00000000-0000-0000-0000-0000000000001',
};

/** Teams with Microsoft's keys and our credentials, or with the local tenant's, or with none for local tools. */
async function openTeams(parts: WingParts): Promise<Wing> {
  const { config, teamsToken, playground, pool, clock, log, metrics, door } = parts;
  const { createTeams } = await import('./teams/app.ts');
  const { createTokenChecker } = await import('./teams/token.ts');
  const { createSsoChecker } = await import('./teams/sso.ts');
  const shared = {
    references: createConversations<Reference>(openDb(pool)),
    clock,
    log: log.child({ platform: 'teams' }),
    onWait: (seconds: number) => metrics.waits.observe({ platform: 'teams' }, seconds),
    door,
  };
  const now = () => clock.now().getTime();
  if (playground) {
    const { appId, tenantId, metadataUrl, ssoMetadataUrl, serviceUrl, token } = playground.teams;
    if (config.unauthenticatedTeams) return createTeams({ ...shared, ...agentsPlayground, check: 'unauthenticated' });
    const serviceUrlHosts = [new URL(serviceUrl).origin];
    const check = createTokenChecker({ appId, tenants: [tenantId], metadataUrl, serviceUrlHosts, now });
    const sso = createSsoChecker({ appId, tenantId, metadataUrl: ssoMetadataUrl, now });
    return createTeams({ ...shared, appId, tenantId, check, sso, token, serviceUrl, serviceUrlHosts });
  }
  if (!config.teams || !teamsToken) throw new TypeError('Teams is not configured');
  const { appId, tenantId } = config.teams;
  const check = createTokenChecker({ appId, tenants: [tenantId], now });
  return createTeams({
    ...shared,
    appId,
    tenantId,
    check,
    sso: createSsoChecker({ appId, tenantId, now }),
    token: teamsToken,
  });
}
