import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Problem } from '../../src/core/kernel/problem.ts';
import { createTokenSource, type Granted, type TeamsCredentials, TOKEN_TIMEOUT } from '../../src/teams/credentials.ts';
import { TENANT } from '../support/teams-keys.ts';

/*
 * botbuilder and MSAL run for real here, in their process; only the wire is ours. What MSAL sends to
 * https://login.microsoftonline.com is carried to a server on this machine, and what Azure's identity library asks the
 * host's identity endpoint comes there by the variables that Azure itself sets.
 */

type Sent = { readonly method: string; readonly host: string; readonly path: string; readonly body: string };
const sent: Sent[] = [];
let answer: (response: ServerResponse, request: IncomingMessage) => void;
let port: number;
let now: number;

const appId = '44444444-4444-4444-8444-444444444444';
const reply = (status: number, body: unknown) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const issued = (access_token: string) => reply(200, { token_type: 'Bearer', expires_in: 3600, access_token });

const server = createServer(async (request, response) => {
  const body = await text(request);
  sent.push({
    method: request.method ?? '',
    host: String(request.headers['x-meant-for'] ?? request.headers.host),
    path: request.url ?? '',
    body,
  });
  answer(response, request);
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  sent.length = 0;
  now = Date.now();
  vi.stubEnv('NODE_OPTIONS', `--import=${new URL('../support/entra.ts', import.meta.url).href}`);
  // Every test starts botbuilder anew.
  vi.stubEnv('NODE_COMPILE_CACHE', fileURLToPath(new URL('../../node_modules/.cache/groundcrew', import.meta.url)));
  vi.stubEnv('ENTRA', String(port));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  server.closeAllConnections();
});

const source = (config: TeamsCredentials) => createTokenSource(config, () => now);
const secret = () => source({ kind: 'secret', appId, tenantId: TENANT, secret: 'canary~secret & more' });

test('a secret is exchanged at the tenant’s own address, for the Bot Connector’s scope', async () => {
  answer = issued('header.claims.signature');
  expect(await secret()()).toBe('header.claims.signature');
  const [request] = sent;
  expect(sent).toHaveLength(1);
  expect(request).toMatchObject({ method: 'POST', host: 'login.microsoftonline.com' });
  expect(request?.path.split('?')[0]).toBe(`/${TENANT}/oauth2/v2.0/token`);
  const form = new URLSearchParams(request?.body);
  expect(form.get('grant_type')).toBe('client_credentials');
  expect(form.get('client_id')).toBe(appId);
  expect(form.get('client_secret')).toBe('canary~secret & more');
  expect(form.get('scope')).toBe('https://api.botframework.com/.default');
});

test('many callers at once make one request, and the next token is fetched before the old one ends, while nobody waits', async () => {
  answer = issued('first');
  const token = secret();
  expect(new Set(await Promise.all(Array.from({ length: 20 }, () => token())))).toEqual(new Set(['first']));
  const minute = 60_000;
  now += 44 * minute;
  expect(await token()).toBe('first');
  expect(sent).toHaveLength(1);

  // It hangs, and nobody notices.
  const hanging = Promise.withResolvers<ServerResponse>();
  answer = (response) => hanging.resolve(response);
  now += 2 * minute;
  expect(await token()).toBe('first');
  const held = await hanging.promise;
  expect(await token()).toBe('first');
  expect(sent).toHaveLength(2);

  // From the end of the old one on they wait for the request that is under way.
  now += 10 * minute;
  const waiting = [token(), token()];
  issued('second')(held);
  expect(await Promise.all(waiting)).toEqual(['second', 'second']);
  expect(sent).toHaveLength(2);
});

test('a next token that can’t be had yet, or is the same, is asked for once a minute; only the end of the old one is told', async () => {
  const minute = 60_000;
  const until = now + 55 * minute;
  const answers: (() => Promise<Granted>)[] = [
    async () => ({ token: 'first', until }),
    () => Promise.reject(new Error('Entra is away')),
    async () => ({ token: 'the same', until }),
    () => Promise.reject(new Error('Entra is away again')),
  ];
  let asked = 0;
  const grant = () => (answers[asked++] as () => Promise<Granted>)();
  const token = createTokenSource({ kind: 'managedIdentity', appId, tenantId: TENANT }, () => now, grant);
  const calls = async () => {
    const all = [await token(), await token(), await token()];
    await setImmediate();
    return all;
  };
  expect(await calls()).toEqual(['first', 'first', 'first']);
  now += 50 * minute;
  expect(await calls()).toEqual(['first', 'first', 'first']);
  expect(asked).toBe(2);
  now += minute;
  expect((await calls()).at(-1)).toBe('the same');
  await calls();
  expect(asked).toBe(3);
  now = until;
  await expect(token()).rejects.toThrow(/gave no token \(Entra is away again\)/);
});

test('a refusal says why and what to check, without the secret; the next call tries again', async () => {
  answer = reply(401, {
    error: 'invalid_client',
    error_description: 'AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1',
    error_codes: [7000215],
  });
  const token = secret();
  const error: unknown = await token().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Problem);
  expect(error).toHaveProperty('code', 'teams_token_unavailable');
  expect((error as Problem).cause).toBeUndefined();
  expect((error as Problem).message).toMatch(/AADSTS7000215: Invalid client secret.*Check MICROSOFT_APP_ID/);
  expect((error as Problem).message).not.toContain('canary');
  answer = issued('now');
  expect(await token()).toBe('now');
});

test('an address that cannot be reached is a problem of the network, not of the program', async () => {
  vi.stubEnv('ENTRA', '1');
  await expect(secret()()).rejects.toThrow(/network_error.*this machine reaches it/);
});

test('a service that hangs is given up, and does not hold the next call', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const arrived = Promise.withResolvers<void>();
  answer = () => arrived.resolve();
  const token = secret();
  const first = expect(token()).rejects.toThrow(/no answer in time/);
  await arrived.promise;
  await vi.advanceTimersByTimeAsync(TOKEN_TIMEOUT);
  await first;
  vi.useRealTimers();
  answer = issued('later');
  expect(await token()).toBe('later');
});

/** As on Azure's App Service; nothing that is set on the machine of the test may answer instead. */
function onAzure() {
  for (const name of ['TENANT_ID', 'CLIENT_ID', 'CLIENT_SECRET', 'FEDERATED_TOKEN_FILE', 'TOKEN_CREDENTIALS'])
    vi.stubEnv(`AZURE_${name}`, undefined);
  vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${port}/msi/token`);
  vi.stubEnv('IDENTITY_HEADER', 'canary-header');
}

test('a managed identity asks the host’s identity endpoint, for this bot and the Bot Connector', async () => {
  onAzure();
  answer = (response, request) =>
    request.headers['x-identity-header'] === 'canary-header'
      ? reply(200, {
          access_token: 'managed',
          expires_on: String(Math.floor(Date.now() / 1000) + 3600),
          resource: 'https://api.botframework.com',
          token_type: 'Bearer',
        })(response)
      : reply(403, {})(response);
  const token = source({ kind: 'managedIdentity', appId, tenantId: TENANT });
  expect(await token()).toBe('managed');
  expect(await token()).toBe('managed');
  expect(sent).toHaveLength(1);
  const url = new URL(sent[0]?.path ?? '', 'http://host');
  expect(sent[0]?.method).toBe('GET');
  expect(url.pathname).toBe('/msi/token');
  expect(url.searchParams.get('resource')).toBe('https://api.botframework.com');
  expect(url.searchParams.get('client_id')).toBe(appId);
});

test('without its managed identity the bot asks nobody else on the machine for theirs', async () => {
  onAzure();
  answer = reply(400, { statusCode: 400, message: 'No User Assigned or Delegated Managed Identity found' });
  const token = source({ kind: 'managedIdentity', appId, tenantId: TENANT });
  const error: unknown = await token().catch((caught: unknown) => caught);
  expect((error as Problem).message).toMatch(/Check that the managed identity/);
  expect((error as Problem).message).not.toMatch(/canary|AzureCli|PowerShell|VisualStudio/);
});

test('an empty secret or tenant is refused before anything is sent', async () => {
  await expect(source({ kind: 'secret', appId, tenantId: TENANT, secret: ' ' })()).rejects.toThrow(
    /MicrosoftAppPassword is required/,
  );
  await expect(source({ kind: 'secret', appId, tenantId: '', secret: 'x' })()).rejects.toThrow(
    /MicrosoftAppTenantId is required/,
  );
  await expect(source({ kind: 'managedIdentity', appId: '', tenantId: TENANT })()).rejects.toThrow(
    /MicrosoftAppId is required/,
  );
  expect(sent).toEqual([]);
});
