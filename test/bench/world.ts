import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKeys } from '../../src/playground/teams/keys.ts';
import { accounts, emailOf, team, tenant } from './people.ts';

/*
 * What a bot calls, as little of it as the bench needs: Slack's Web API, the Bot Connector, and the login services whose
 * keys and tokens Teams needs. Each answers at once, or hangs when it is told to.
 */

export const appId = '11111111-1111-4111-8111-111111111111';
export const serviceUrl = `https://smba.trafficmanager.net/emea/${tenant}/`;

export type World = {
  readonly origin: string;
  /** Slack's Web API, for SLACK_API_URL. */
  readonly slackUrl: string;
  /** Where botbuilder finds the keys. */
  readonly keysUrl: string;
  /** A token as Teams signs it, good for an hour. */
  token(): string;
  /** From now on this side takes requests and never answers; or answers again. */
  hang(side: 'slack' | 'teams', does: boolean): void;
  /** How many calls have arrived. */
  calls(side: 'slack' | 'teams'): number;
  close(): Promise<void>;
};

const send = (res: ServerResponse, body: object) => {
  res.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
};
async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const slackUser = (id: string) => {
  const number = accounts.number(id) ?? id;
  const profile = { real_name: `Person ${number}`, display_name: number, email: emailOf(number) };
  return {
    id,
    team_id: team,
    name: number,
    real_name: profile.real_name,
    tz: 'UTC',
    is_email_confirmed: true,
    profile,
  };
};

let posted = 0;
const slackMethods: Readonly<Record<string, (args: URLSearchParams) => object>> = {
  'auth.test': () => ({
    url: 'https://bench.slack.com/',
    team: 'Bench',
    team_id: team,
    user_id: 'U0BOT',
    bot_id: 'B0BOT',
  }),
  'users.info': (args) => ({ user: slackUser(args.get('user') ?? '') }),
  'chat.postMessage': (args) => {
    posted += 1;
    return { ts: `1700000000.${String(posted).padStart(6, '0')}`, channel: args.get('channel') };
  },
};

const member = (aadObjectId: string) => {
  const number = accounts.number(aadObjectId) ?? aadObjectId;
  const email = emailOf(number);
  return {
    id: `29:${number}`,
    name: `Person ${number}`,
    aadObjectId,
    email,
    userPrincipalName: email,
    tenantId: tenant,
  };
};

/** Opens it on a free port of loopback. */
export async function openWorld(): Promise<World> {
  const hanging = { slack: false, teams: false };
  const count = { slack: 0, teams: 0 };
  const keys = createKeys({ clock: { now: () => new Date() }, appId, tenantId: tenant, serviceUrl: () => serviceUrl });
  let origin = '';

  const slack = (path: string, body: string, res: ServerResponse) => {
    count.slack += 1;
    if (hanging.slack) return;
    const method = path.slice('/api/'.length);
    send(res, { ok: true, ...slackMethods[method]?.(new URLSearchParams(body)) });
  };
  const connector = (path: string, res: ServerResponse) => {
    count.teams += 1;
    if (hanging.teams) return;
    const who = /\/members\/([^/]+)$/.exec(path)?.[1];
    send(res, who ? member(decodeURIComponent(who)) : { id: `1:${count.teams}` });
  };
  const login = (path: string, res: ServerResponse) => {
    const authority = `https://login.microsoftonline.com/${tenant}`;
    if (path.endsWith('/token'))
      return send(res, { token_type: 'Bearer', expires_in: 3600, access_token: keys.issue() });
    if (path.includes('/discovery/instance'))
      return send(res, {
        tenant_discovery_endpoint: `${authority}/v2.0/.well-known/openid-configuration`,
        metadata: [],
      });
    send(res, {
      issuer: `${authority}/v2.0`,
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
      jwks_uri: `${authority}/discovery/v2.0/keys`,
    });
  };

  const server = createServer(async (req, res) => {
    const body = await bodyOf(req);
    const { pathname } = new URL(req.url ?? '/', origin);
    if (pathname.startsWith('/api/')) return slack(pathname, body, res);
    if (pathname.startsWith('/smba.trafficmanager.net/')) return connector(pathname, res);
    if (pathname.startsWith('/login.microsoftonline.com/')) return login(pathname, res);
    if (pathname.endsWith('/openidconfiguration')) return send(res, keys.metadata(`${origin}/keys`));
    if (pathname === '/keys') return send(res, keys.jwks());
    res.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    slackUrl: `${origin}/api/`,
    keysUrl: `${origin}/openidconfiguration`,
    token: () => keys.mint(),
    hang(side, does) {
      hanging[side] = does;
    },
    calls: (side) => count[side],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
