import { createPublicKey, createVerify, type JsonWebKey } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudAdapter, ConfigurationBotFrameworkAuthentication, TeamsInfo, type TurnContext } from 'botbuilder';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  cardProblems,
  createTeamsTenant,
  LIMITS,
  mentions,
  type TeamsTenantOptions,
} from '../../src/playground/teams/index.ts';
import { patienceMs } from '../support/clock.ts';

const ann = {
  id: '29:ann',
  aadObjectId: '00000000-0000-4000-8000-00000000000a',
  name: 'Ann Lee',
  email: 'ann@acme.test',
  userPrincipalName: 'ann@acme.test',
  timezone: 'Europe/Kyiv',
  locale: 'uk-UA',
};
const bob = {
  ...ann,
  id: '29:bob',
  aadObjectId: '00000000-0000-4000-8000-00000000000b',
  name: 'Bob Ray',
  email: 'bob@acme.test',
  userPrincipalName: 'bob@acme.test',
  timezone: 'America/St_Johns',
  locale: 'en-US',
};
const eve = {
  ...bob,
  id: '29:eve',
  aadObjectId: '00000000-0000-4000-8000-00000000000e',
  name: 'Eve',
  userPrincipalName: 'eve@acme.test',
  installed: false,
};
const general = '19:general@thread.tacv2';
const triage = '19:triage@thread.tacv2';
const chat = '19:chat@thread.v2';
const appId = 'aaaaaaaa-0000-4000-8000-000000000000';
const tenantId = 'bbbbbbbb-0000-4000-8000-000000000000';
const adaptive = 'application/vnd.microsoft.card.adaptive';
const card = (...body: unknown[]) => ({ type: 'AdaptiveCard', version: '1.5', body });
const words = (text: string) => ({ type: 'TextBlock', text });
const attach = (content: unknown) => ({ type: 'message', attachments: [{ contentType: adaptive, content }] });

type Body = Record<string, unknown>;
type Asked = { readonly body: Body; readonly raw: string; readonly headers: IncomingHttpHeaders };
type BotReply = { readonly status?: number; readonly body?: unknown; readonly hang?: true };

/** A bot that writes down what it is asked and answers what the test says. */
async function startBot(reply: (body: Body) => BotReply | Promise<BotReply> = () => ({})) {
  const asked: Asked[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
    const raw = Buffer.concat(chunks).toString();
    const body = JSON.parse(raw) as Body;
    asked.push({ body, raw, headers: req.headers });
    const { status = 200, body: answer, hang } = await reply(body);
    if (hang) return;
    res
      .writeHead(status, { 'content-type': 'application/json' })
      .end(answer === undefined ? '' : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages` };
}

/** A tenant with two people in a team and a chat, on a clock that only the test moves, and a way to call its connector. */
async function startTenant(options: Partial<TeamsTenantOptions> = {}, reply?: Parameters<typeof startBot>[0]) {
  let at = Date.parse('2026-11-23T12:00:00Z');
  const tenant = createTeamsTenant({
    clock: { now: () => new Date(at) },
    appId,
    tenantId,
    botName: 'Groundcrew',
    users: [ann, bob, eve],
    teams: [
      {
        id: general,
        name: 'Platform',
        members: [ann.id, bob.aadObjectId],
        channels: [
          { id: general, name: 'General' },
          { id: triage, name: 'Triage' },
        ],
        installed: true,
      },
    ],
    groupChats: [{ id: chat, name: 'Lunch', members: ['ann@acme.test', bob.id], installed: true }],
    patienceMs,
    ...options,
  });
  const { serviceUrl, metadataUrl } = await tenant.listen();
  onTestFinished(() => tenant.close());
  const bot = await startBot(reply);
  tenant.connect(bot.url);
  const token = tenant.tokens.issue();
  const call = async (method: string, path: string, body?: unknown, init: RequestInit = {}) => {
    const answer = await fetch(`${serviceUrl}v3/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...init,
    });
    const raw = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      raw,
      body: (raw === '' ? undefined : JSON.parse(raw)) as Body,
    };
  };
  const activities = (id: string, rest = '') => `conversations/${encodeURIComponent(id)}/activities${rest}`;
  const post = (id: string, activity: unknown, rest = '') => call('POST', activities(id, rest), activity);
  const say = (id: string, text = 'hello') => post(id, { type: 'message', text });
  const seen = (viewer: string, conversation: string) =>
    tenant.snapshot(viewer).conversations.find((c) => c.id === conversation)?.messages ?? [];
  return {
    tenant,
    bot,
    serviceUrl,
    metadataUrl,
    call,
    post,
    say,
    seen,
    activities,
    personal: `a:1-${ann.aadObjectId}`,
    pass: (ms: number) => {
      at += ms;
    },
    /** Posts a card as the bot and returns its id. */
    async showCard(conversation: string, content: unknown = card(words('Shared'))): Promise<string> {
      return String((await post(conversation, attach(content))).body.id);
    },
  };
}

const errorOf = (answer: { status: number; body: Body }) => [answer.status, (answer.body.error as Body)?.code];
const messageOf = (answer: { body: Body }) => String((answer.body.error as Body)?.message);

// ------------------------------------------------------------------------------------------------ tokens

const claimsOf = (token: string) => {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Body;
  return { header: decode(header), claims: decode(claims), signature, signed: `${header}.${claims}` };
};

async function publishedKeys(metadataUrl: string) {
  const metadata = (await (await fetch(metadataUrl)).json()) as Body;
  const { keys } = (await (await fetch(String(metadata.jwks_uri))).json()) as { keys: (Body & { kid: string })[] };
  return { metadata, keys, byId: (kid: unknown) => keys.find((k) => k.kid === kid) };
}

/** RS256 by node:crypto alone, sharing nothing with the code under test. */
const verifies = (token: string, jwk: Body | undefined) => {
  const { signed, signature } = claimsOf(token);
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  return createVerify('RSA-SHA256').update(signed).verify(key, signature, 'base64url');
};

test('requests to the bot carry a token that Microsoft could have signed', async () => {
  const { tenant, bot, metadataUrl, serviceUrl } = await startTenant();
  await tenant.say({ user: ann.id, conversation: 'personal', text: 'hi' });
  const { headers, body } = bot.asked[0] as Asked;
  const token = String(headers.authorization).replace(/^Bearer /, '');
  const { metadata, byId } = await publishedKeys(metadataUrl);
  const { header, claims } = claimsOf(token);
  expect(metadata).toMatchObject({
    issuer: 'https://api.botframework.com',
    id_token_signing_alg_values_supported: ['RS256'],
  });
  expect(header).toMatchObject({ alg: 'RS256', typ: 'JWT' });
  expect(byId(header.kid)).toMatchObject({ kty: 'RSA', endorsements: ['msteams'] });
  expect(verifies(token, byId(header.kid))).toBe(true);
  const now = Date.parse('2026-11-23T12:00:00Z') / 1000;
  expect(claims).toEqual({
    iss: 'https://api.botframework.com',
    aud: appId,
    serviceurl: serviceUrl,
    nbf: now,
    exp: now + 3600,
  });
  expect(body.serviceUrl).toBe(serviceUrl);
  expect(serviceUrl.endsWith('/')).toBe(true);
});

test('tokens are minted wrong in exactly the way that was asked for', async () => {
  const { tenant, metadataUrl } = await startTenant();
  const { byId } = await publishedKeys(metadataUrl);
  const { mint } = tenant.tokens;
  const good = byId(claimsOf(mint()).header.kid);
  expect(claimsOf(mint({ claims: { aud: 'other', exp: undefined } })).claims).toMatchObject({ aud: 'other' });
  expect(claimsOf(mint({ claims: { exp: undefined } })).claims).not.toHaveProperty('exp');
  expect(claimsOf(mint({ header: { kid: 'unheard-of' } })).header.kid).toBe('unheard-of');
  expect(byId(claimsOf(mint({ key: 'unendorsed' })).header.kid)).not.toHaveProperty('endorsements');
  expect(byId(claimsOf(mint({ key: 'elsewhere' })).header.kid)).toMatchObject({ endorsements: ['skype'] });
  expect(verifies(mint({ key: 'unendorsed' }), byId('unendorsed-1'))).toBe(true);
  expect(claimsOf(mint({ key: 'stranger' })).header.kid).toBe(good?.kid);
  expect(verifies(mint({ key: 'stranger' }), good)).toBe(false);
  expect(mint({ key: 'none' }).endsWith('.')).toBe(true);
  expect(claimsOf(mint({ key: 'none' })).header.alg).toBe('none');
  expect(claimsOf(mint({ key: 'hmac' })).header.alg).toBe('HS256');
  tenant.tokens.rotate();
  const after = await publishedKeys(metadataUrl);
  expect(after.byId(good?.kid)).toBeUndefined();
  expect(verifies(mint(), after.byId(claimsOf(mint()).header.kid))).toBe(true);
});

test('the connector takes only its own tokens, for an hour of its clock', async () => {
  const { tenant, call, say, personal, pass } = await startTenant();
  const bare = (authorization?: string) =>
    call('GET', `teams/${general}`, undefined, { headers: authorization === undefined ? {} : { authorization } });
  expect(errorOf(await bare())).toEqual([401, 'Unauthorized']);
  expect(messageOf(await bare())).toContain('no bearer token');
  expect((await bare('Bearer x')).status).toBe(401);
  expect((await bare(`Bearer ${tenant.tokens.mint()}`)).status).toBe(401);
  expect((await bare(`Bearer ${tenant.tokens.issue().slice(0, -3)}`)).status).toBe(401);
  expect((await say(personal)).status).toBe(201);
  pass(3600_000);
  expect(messageOf(await say(personal))).toContain('expired');
  expect((await bare(`Bearer ${tenant.tokens.issue()}`)).status).toBe(200);
});

test('the unauthenticated mode signs nothing and asks for nothing', async () => {
  const { tenant, bot, call } = await startTenant({ sign: false });
  await tenant.say({ user: ann.id, conversation: 'personal', text: 'hi' });
  expect(bot.asked[0]?.headers).not.toHaveProperty('authorization');
  expect((await call('GET', `teams/${general}`, undefined, { headers: {} })).status).toBe(200);
});

// ------------------------------------------------------------------------------------------------ connector

test('a 1:1 chat is opened by any id of the person, and messages are posted, edited and deleted in it', async () => {
  const { call, post, activities, seen, pass } = await startTenant();
  const open = (id: string) => call('POST', 'conversations', { isGroup: false, tenantId, members: [{ id }] });
  const byAad = await open(bob.aadObjectId);
  expect(byAad).toMatchObject({ status: 201, body: { id: `a:1-${bob.aadObjectId}` } });
  expect((await open(bob.id)).body.id).toBe(byAad.body.id);
  const conversation = String(byAad.body.id);
  const first = await post(conversation, { type: 'message', text: 'one' });
  const second = await post(conversation, { type: 'message', text: 'two' }, `/${first.body.id}`);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body.id).not.toBe(first.body.id);
  pass(60_000);
  const edited = await call('PUT', activities(conversation, `/${first.body.id}`), { type: 'message', text: 'uno' });
  expect(edited).toMatchObject({ status: 200, body: { id: first.body.id } });
  expect((await call('DELETE', activities(conversation, `/${second.body.id}`))).status).toBe(200);
  expect(seen(bob.id, conversation)).toMatchObject([
    { text: 'uno', from: { kind: 'bot', name: 'Groundcrew' }, editedAt: '2026-11-23T12:01:00.000Z', targeted: false },
  ]);
  const gone = await call('PUT', activities(conversation, `/${second.body.id}`), { type: 'message', text: 'x' });
  expect(errorOf(gone)).toEqual([404, 'ActivityNotFoundInConversation']);
  expect(seen(ann.id, conversation)).toEqual([]);
});

test('conversations that cannot be opened say why', async () => {
  const { tenant, call } = await startTenant({ groupChats: [] });
  const open = async (params: Body) =>
    errorOf(await call('POST', 'conversations', { isGroup: false, tenantId, members: [{ id: ann.id }], ...params }));
  expect(await open({ members: [{ id: eve.aadObjectId }] })).toEqual([403, 'BotNotInConversationRoster']);
  expect(await open({ members: [{ id: 'nobody' }] })).toEqual([400, 'BadArgument']);
  expect(await open({ members: [{ id: ann.id }, { id: bob.id }] })).toEqual([400, 'BadSyntax']);
  expect(await open({ isGroup: true })).toEqual([400, 'BadSyntax']);
  expect(await open({ tenantId: null })).toEqual([400, 'BadSyntax']);
  expect(await open({ tenantId: 'other' })).toEqual([403, 'BotNotInConversationRoster']);
  expect(await open({ channelData: { channel: { id: '19:none@thread.tacv2' } } })).toEqual([
    404,
    'ConversationNotFound',
  ]);
  expect(await open({ channelData: { channel: { id: triage } } })).toEqual([400, 'BadSyntax']);
  await tenant.uninstall({ user: ann.id, place: 'personal' });
  expect(await open({})).toEqual([403, 'BotNotInConversationRoster']);
});

test('a person who never added the bot is reached through a shared team, and not once the team lets it go', async () => {
  const { tenant, call, say } = await startTenant({ groupChats: [], users: [{ ...ann, installed: false }, bob] });
  const open = () => call('POST', 'conversations', { isGroup: false, tenantId, members: [{ id: ann.aadObjectId }] });
  expect(errorOf(await say(`a:1-${ann.aadObjectId}`))).toEqual([404, 'ConversationNotFound']);
  expect((await open()).status).toBe(201);
  expect((await say(`a:1-${ann.aadObjectId}`)).status).toBe(201);
  await tenant.uninstall({ user: bob.id, place: general });
  expect(errorOf(await open())).toEqual([403, 'BotNotInConversationRoster']);
  expect(errorOf(await say(`a:1-${ann.aadObjectId}`))).toEqual([403, 'BotNotInConversationRoster']);
});

test('a post in a channel starts a thread, and replies join it by the conversation id or the message they answer', async () => {
  const { call, post, say, seen } = await startTenant();
  const created = await call('POST', 'conversations', {
    isGroup: true,
    tenantId,
    channelData: { channel: { id: triage } },
    activity: attach(card(words('New feedback'))),
  });
  const root = String(created.body.activityId);
  expect(created).toMatchObject({ status: 201, body: { id: `${triage};messageid=${root}` } });
  await say(`${triage};messageid=${root}`, 'in the thread');
  await post(triage, { type: 'message', text: 'by reply' }, `/${root}`);
  await post(triage, { type: 'message', text: 'by a stale reply' }, '/9b2f6d1e-0000-4000-8000-000000000000');
  const own = String((await say(triage, 'alone')).body.id);
  expect(seen(ann.id, triage).map((m) => [m.text, m.root === root])).toEqual([
    [undefined, true],
    ['in the thread', true],
    ['by reply', true],
    ['by a stale reply', false],
    ['alone', false],
  ]);
  expect(seen(ann.id, triage).at(-1)?.root).toBe(own);
  expect(errorOf(await say(`${triage};messageid=404`))).toEqual([404, 'ConversationNotFound']);
  expect(errorOf(await say(`${chat};messageid=${root}`))).toEqual([404, 'ConversationNotFound']);
  expect(errorOf(await say('nonsense'))).toEqual([400, 'BadSyntax']);
});

test('rosters and teams are read page by page and by any id', async () => {
  const users = Array.from({ length: 120 }, (_, i) => ({
    ...ann,
    id: `29:${i}`,
    aadObjectId: `aad-${i}`,
    userPrincipalName: `u${i}@acme.test`,
  }));
  const team = {
    id: general,
    name: 'Platform',
    channels: [
      { id: general, name: 'General' },
      { id: triage, name: 'Triage' },
    ],
  };
  const { call } = await startTenant({
    users,
    groupChats: [],
    teams: [
      { ...team, members: users.map((u) => u.id), installed: true },
      { id: '19:other@thread.tacv2', name: 'Other', members: [], channels: [], installed: false },
    ],
  });
  const at = (rest: string) => call('GET', `conversations/${encodeURIComponent(triage)}/${rest}`);
  const first = await at('pagedmembers?pageSize=10');
  expect(first.body.members).toHaveLength(50);
  const last = await at(`pagedmembers?pageSize=100&continuationToken=${first.body.continuationToken}`);
  expect(last.body.members).toHaveLength(70);
  expect(last.body).not.toHaveProperty('continuationToken');
  expect(errorOf(await at('pagedmembers?continuationToken=x'))).toEqual([400, 'BadArgument']);
  expect((await at('members')).body).toHaveLength(120);
  for (const id of ['29:7', 'AAD-7', 'u7@acme.test'])
    expect((await at(`members/${encodeURIComponent(id)}`)).body).toMatchObject({
      id: '29:7',
      aadObjectId: 'aad-7',
      objectId: 'aad-7',
      name: 'Ann Lee',
      givenName: 'Ann',
      surname: 'Lee',
      userPrincipalName: 'u7@acme.test',
      tenantId,
    });
  expect(errorOf(await at('members/nobody'))).toEqual([404, 'MemberNotFoundInConversation']);
  expect((await call('GET', `teams/${general}`)).body).toMatchObject({
    id: general,
    name: 'Platform',
    channelCount: 2,
    memberCount: 120,
  });
  expect((await call('GET', `teams/${general}/conversations`)).body).toEqual({
    conversations: [{ id: general }, { id: triage, name: 'Triage' }],
  });
  expect(errorOf(await call('GET', 'teams/19:other@thread.tacv2'))).toEqual([403, 'BotNotInConversationRoster']);
  expect(errorOf(await call('GET', 'teams/19:none@thread.tacv2'))).toEqual([404, 'ConversationNotFound']);
});

test('malformed, oversize and foreign requests are refused in the shape of the connector', async () => {
  const { tenant, call, post, activities, personal } = await startTenant();
  const refused = async (activity: unknown) => errorOf(await post(personal, activity));
  expect(await refused('{')).toEqual([400, 'BadSyntax']);
  expect(await refused('null')).toEqual([400, 'BadSyntax']);
  expect(await refused('[')).toEqual([400, 'BadSyntax']);
  expect(await refused({ text: 'no type' })).toEqual([400, 'BadSyntax']);
  expect(await refused({ type: 'trace' })).toEqual([400, 'BadSyntax']);
  expect(await refused({ type: 'message' })).toEqual([400, 'BadSyntax']);
  expect(await refused({ type: 'message', attachments: [{ contentType: 'application/zip' }] })).toEqual([
    400,
    'BadSyntax',
  ]);
  expect(await refused({ type: 'message', text: 'x'.repeat(LIMITS.messageBytes / 2) })).toEqual([
    413,
    'MessageSizeTooBig',
  ]);
  expect(await refused({ type: 'message', text: 'x'.repeat(LIMITS.bodyBytes) })).toEqual([413, 'MessageSizeTooBig']);
  expect((await post(personal, { type: 'message', text: 'x'.repeat(LIMITS.messageBytes / 2 - 100) })).status).toBe(201);
  const picture = `data:image/png;base64,${'A'.repeat(LIMITS.messageBytes)}`;
  expect((await post(personal, attach(card({ type: 'Image', url: picture })))).status).toBe(201);
  // Teams makes one message of an update and of a conversation's first post, and cannot split these in two.
  const both = { ...attach(card(words('card'))), text: 'and text' };
  const sent = await post(personal, both);
  expect(sent.status).toBe(201);
  const edit = await call('PUT', activities(personal, `/${sent.body.id}`), both);
  expect([edit.status, messageOf(edit)]).toEqual([400, 'Activity resulted into multiple skype activities']);
  const said = await tenant.say({ user: ann.id, conversation: 'personal', text: 'mine' });
  const foreign = await call('DELETE', activities(personal, `/${said.activityId}`));
  expect(errorOf(foreign)).toEqual([403, 'Forbidden']);
  expect((await call('PATCH', activities(personal))).status).toBe(404);
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  for (const body of [
    deep,
    `{"type":"message","attachments":${deep}}`,
    `{"type":"message","text":"x","value":${deep}}`,
  ])
    expect(errorOf(await post(personal, body))).toEqual([400, 'BadSyntax']);
  const brackets = await post(personal, { type: 'message', text: `"\\${'['.repeat(300)}` });
  expect(brackets.status).toBe(201);
  expect((await post(personal, { type: 'typing' })).status).toBe(201);
});

test('the bot hears of every request it made, with its outcome', async () => {
  const { tenant, say, post } = await startTenant();
  await say(chat, 'one');
  await post(chat, 'not json');
  expect(tenant.calls.map(({ method, path, body, status }) => ({ method, path, body, status }))).toEqual([
    {
      method: 'POST',
      path: `/v3/conversations/${chat}/activities`,
      body: { type: 'message', text: 'one' },
      status: 201,
    },
    { method: 'POST', path: `/v3/conversations/${chat}/activities`, body: 'not json', status: 400 },
  ]);
});

// ------------------------------------------------------------------------------------------------ rates

test('eight posts in one second are one too many, and Retry-After says when the next may come', async () => {
  const { say, call, personal, pass } = await startTenant({ strictRate: true });
  for (let i = 0; i < 7; i += 1) expect((await say(personal)).status).toBe(201);
  const refused = await say(personal);
  expect(errorOf(refused)).toEqual([429, 'Throttled']);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect((await say(chat)).status).toBe(201);
  expect((await call('GET', `conversations/${encodeURIComponent(personal)}/members`)).status).toBe(200);
  pass(1000);
  expect((await say(personal)).status).toBe(201);
  // Eight within two seconds: the ninth waits for the first to be two seconds old.
  expect((await say(personal)).headers.get('retry-after')).toBe('1');
  pass(1000);
  expect((await say(personal)).status).toBe(201);
});

test('sixty posts in half a minute, 1800 in an hour, fifty calls a second for the whole tenant', async () => {
  const { say, personal, pass, call } = await startTenant({ strictRate: true });
  const spread = async (count: number, gap: number) => {
    const statuses = new Set<number>();
    for (let i = 0; i < count; i += 1) {
      statuses.add((await say(personal)).status);
      pass(gap);
    }
    return [...statuses];
  };
  expect(await spread(60, 300)).toEqual([201]);
  const half = await say(personal);
  expect([half.status, half.headers.get('retry-after')]).toEqual([429, '12']);
  pass(30_000);
  const rosters = [chat, general, triage, personal].flatMap((id) => Array.from({ length: 13 }, () => id));
  const answers: number[] = [];
  for (const id of rosters) answers.push((await call('GET', `conversations/${encodeURIComponent(id)}/members`)).status);
  expect(answers.filter((s) => s === 429)).toHaveLength(2);
});

test('the hourly limit holds on the injected clock', async () => {
  const { createRates } = await import('../../src/playground/teams/limits.ts');
  let now = 0;
  const rates = createRates({ now: () => new Date(now) });
  for (let i = 0; i < 1800; i += 1) {
    expect(rates.take(['send', 'c'])).toBeUndefined();
    now += 1900;
  }
  expect(rates.take(['send', 'c'])).toBe(180);
  now += 180_000;
  expect(rates.take(['send', 'c'])).toBeUndefined();
});

test('without strictRate nothing is throttled', async () => {
  const { say, personal } = await startTenant();
  for (let i = 0; i < 20; i += 1) expect((await say(personal)).status).toBe(201);
});

// ------------------------------------------------------------------------------------------------ faults

const sending = { method: 'POST', path: /\/activities/ };

test('faults are met in order, as often as asked, and can be taken back', async () => {
  const { tenant, say, call, personal } = await startTenant();
  tenant.fail(sending, { times: 2, kind: 'status', status: 429, retryAfter: 7 });
  tenant.fail(sending, { times: 1, kind: 'status', status: 412 });
  const back = tenant.fail(sending, { times: 99, kind: 'status' });
  const throttled = await say(personal);
  expect([...errorOf(throttled), throttled.headers.get('retry-after')]).toEqual([429, 'Throttled', '7']);
  expect((await call('GET', `teams/${general}`)).status).toBe(200);
  expect((await say(personal)).status).toBe(429);
  expect(errorOf(await say(personal))).toEqual([412, 'PreconditionFailed']);
  expect(errorOf(await say(personal))).toEqual([503, 'ServiceError']);
  back();
  expect((await say(personal)).status).toBe(201);
  expect(tenant.calls.map((c) => c.fault)).toEqual(['status', undefined, 'status', 'status', 'status', undefined]);
});

test('a lost reply leaves the message in the conversation', async () => {
  const { tenant, say, seen, personal } = await startTenant();
  tenant.fail(sending, { times: 1, kind: 'dropReply' });
  await expect(say(personal, 'sent?')).rejects.toThrow();
  expect(seen(ann.id, personal)).toMatchObject([{ text: 'sent?' }]);
  expect(tenant.calls[0]).toMatchObject({ fault: 'dropReply' });
  expect(tenant.calls[0]?.status).toBeUndefined();
});

test('a hanging request is never answered and does nothing; a proxy page is no JSON', async () => {
  const { tenant, call, activities, seen, personal, serviceUrl } = await startTenant();
  tenant.fail(sending, { times: 1, kind: 'hang' });
  const given = new AbortController();
  const hanging = call('POST', activities(personal), { type: 'message', text: 'x' }, { signal: given.signal });
  const outcome = expect(hanging).rejects.toThrow();
  await fetch(`${serviceUrl}v3/teams/x`);
  given.abort();
  await outcome;
  expect(seen(ann.id, personal)).toEqual([]);
  tenant.fail(sending, { times: 1, kind: 'html' });
  const page = await fetch(`${serviceUrl}v3/${activities(personal)}`, { method: 'POST', body: '{}' });
  expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html']);
  expect(await page.text()).toContain('<html>');
});

// ------------------------------------------------------------------------------------------------ cards

test('cards that Teams draws are taken', () => {
  const fallback = words('3 of 5');
  const good = [
    card(),
    card(words(''), { type: 'RichTextBlock', inlines: ['plain', { type: 'TextRun', text: 'run' }] }),
    card({ type: 'Input.Text', id: 'why', label: 'Why', isRequired: true, errorMessage: 'Say why', regex: '^.+$' }),
    card({ type: 'Input.ChoiceSet', id: 'who', 'choices.data': { type: 'Data.Query', dataset: 'people' } }),
    card({ type: 'Input.Date', id: 'd', value: '2026-11-23' }, { type: 'Input.Time', id: 't', value: '09:30' }),
    card({ type: 'ProgressBar', value: 3, max: 5, fallback }),
    card({ type: 'CodeBlock', codeSnippet: 'x', language: 'Go', fallback: 'drop' }),
    card({ type: 'Chart.VerticalBar', data: [{ x: 'a', y: 1 }], fallback }),
    card({ type: 'SomethingNewer', fallback }),
    card({ type: 'Carousel', fallback, pages: [{ items: [{ type: 'Icon', name: 'Star' }] }] }),
    card({ type: 'Table', columns: [{ width: 1 }], rows: [{ cells: [{ items: [words('x')] }] }] }),
    card({ type: 'ImageSet', images: [{ url: 'https://acme.test/a.png' }] }),
    // The fallback of an input may have the input's own id: only one of the two is drawn.
    card({ type: 'Input.Rating', id: 'pain', fallback: { type: 'Input.Number', id: 'pain' } }),
    card({
      type: 'Input.Text',
      id: 'a',
      valueChangedAction: { type: 'Action.ResetInputs', targetInputIds: ['a'] },
    }),
    {
      ...card(words('x')),
      actions: [{ type: 'Action.Execute', verb: 'plan', data: { id: 1 }, fallback: { type: 'Action.Submit' } }],
      refresh: { action: { type: 'Action.Execute', verb: 'r' }, userIds: [ann.id] },
    },
  ];
  expect(good.map(cardProblems)).toEqual(good.map(() => []));
});

test('cards that Teams would drop, in whole or in part, are refused with the place and the reason', () => {
  const press = (title: string) => ({ type: 'Action.Submit', title });
  const nested = (depth: number): unknown =>
    depth === 0 ? words('x') : { type: 'Container', items: [nested(depth - 1)] };
  const bad: readonly (readonly [card: unknown, problem: string])[] = [
    [null, 'must be an object'],
    [{ type: 'MessageCard' }, 'type must be "AdaptiveCard"'],
    [{ type: 'AdaptiveCard', body: [] }, 'version must be "1.0" to "1.5", not missing'],
    [{ ...card(), version: '1.6' }, 'version 1.6 is newer than Teams draws; the newest is 1.5'],
    [{ ...card(), version: '1.10' }, 'version 1.10 is newer'],
    [{ ...card({ type: 'Table', columns: [], rows: [] }), version: '1.4' }, 'body[0]: Table needs version 1.5'],
    [
      { ...card(), version: '1.3', actions: [{ type: 'Action.Execute' }] },
      'actions[0]: Action.Execute needs version 1.4',
    ],
    [card({ type: 'TextBlock' }), 'body[0]: TextBlock.text is missing, must be text'],
    [card({ type: 'TextBlock', text: 5 }), 'TextBlock.text is 5, must be text'],
    [card('text'), 'body[0]: expected an element, found "text"'],
    [card({ type: 'Textblock', text: 'x' }), 'type Textblock is not known to Teams and has no "fallback"'],
    [card({ type: 'constructor' }), 'type constructor is not known'],
    [card({ text: 'x' }), 'type missing is not known'],
    [card({ type: 'Input.File', id: 'f' }), 'type Input.File is not known'],
    [card({ type: 'Action.Submit' }), 'body[0]: Action.Submit cannot stand where an element belongs'],
    [card({ type: 'Badge', text: 'New' }), 'body[0]: Badge is Teams\' own and needs a "fallback"'],
    [
      card({ type: 'Badge', text: 'New', fallback: { type: 'TextBlock' } }),
      'body[0].fallback: TextBlock.text is missing',
    ],
    [card({ type: 'Input.Text' }), 'body[0]: Input.Text needs an "id"'],
    [
      card({ type: 'Input.Text', id: 'a' }, { type: 'Container', items: [{ type: 'Input.Text', id: 'a' }] }),
      'body[1].items[0]: id "a" is used twice',
    ],
    [card({ type: 'Input.ChoiceSet', id: 'c' }), 'Input.ChoiceSet.choices is missing'],
    [
      card({ type: 'Input.ChoiceSet', id: 'c', choices: [{ title: 'x', value: 1 }] }),
      'must be a list of {title, value}, both text',
    ],
    [
      card({ type: 'Input.ChoiceSet', id: 'c', choices: [], 'choices.data': { type: 'Data.Query' } }),
      'must be {type: "Data.Query", dataset}',
    ],
    [card({ type: 'Input.Number', id: 'n', value: '5' }), 'Input.Number.value is "5", must be a number'],
    [card({ type: 'Input.Date', id: 'd', value: '23.11.2026' }), 'must be a date (YYYY-MM-DD)'],
    [card({ type: 'Image', url: 'http://acme.test/a.png' }), 'must be an https address'],
    [card({ type: 'FactSet', facts: [{ title: 'x' }] }), 'must be a list of {title, value}'],
    [card({ type: 'Container' }), 'body[0]: Container.items is missing'],
    [card(nested(LIMITS.cardDepth + 1)), `nested deeper than ${LIMITS.cardDepth}`],
    [{ ...card(), actions: Array.from({ length: 7 }, (_, i) => press(`${i}`)) }, 'actions: 7 buttons; Teams draws 6'],
    [{ ...card(), actions: [{ type: 'Action.OpenUrl', url: 'javascript:alert(1)' }] }, 'must be a web or mail address'],
    [
      { ...card(), actions: [{ type: 'Action.Submit', data: 'x'.repeat(LIMITS.actionDataBytes) }] },
      'Action.Submit.data holds',
    ],
    [{ ...card(), actions: [{ type: 'Action.Submit', data: 5 }] }, 'must be an object or text'],
    [
      { ...card(), actions: [{ type: 'Action.ToggleVisibility', targetElements: ['x'] }] },
      'there is no element with the id "x"',
    ],
    [{ ...card(), refresh: { action: press('x') } }, 'refresh: action must be an Action.Execute'],
    [
      { ...card(), refresh: { action: { type: 'Action.Execute' }, userIds: Array.from({ length: 61 }, String) } },
      '61 people',
    ],
    [
      { ...card(), msteams: { entities: [{ type: 'mention', text: 'Ann', mentioned: { id: '1', name: 'Ann' } }] } },
      'msteams.entities[0]',
    ],
  ];
  for (const [content, problem] of bad) expect(cardProblems(content).join('\n')).toContain(problem);
  const secondary = {
    ...card(),
    actions: Array.from({ length: 9 }, (_, i) => ({ ...press(`${i}`), mode: i < 6 ? 'primary' : 'secondary' })),
  };
  expect(cardProblems(secondary)).toEqual([]);
});

test('a bad card is a 400 that names every problem, on a post and on an update', async () => {
  const { call, post, activities, personal, seen } = await startTenant();
  const sent = await post(personal, attach(card(words('good'))));
  const bad = attach(card({ type: 'TextBlock' }, { type: 'Input.Text' }));
  const refused = await post(personal, bad);
  expect(errorOf(refused)).toEqual([400, 'BadArgument']);
  expect(messageOf(refused)).toBe(
    'Adaptive Card refused: body[0]: TextBlock.text is missing, must be text; body[1]: Input.Text needs an "id": without it the answer is never sent',
  );
  expect(errorOf(await call('PUT', activities(personal, `/${sent.body.id}`), bad))).toEqual([400, 'BadArgument']);
  expect(seen(ann.id, personal)).toMatchObject([{ attachments: [{ content: card(words('good')) }] }]);
});

test('live mentions and links are found where clients make them, and nowhere else', () => {
  const entity = { type: 'mention', text: '<at>Ann</at>', mentioned: { id: ann.id, name: 'Ann' } };
  const hostile = '<at>Ann</at> [pay here](https://evil.test) ![x](https://evil.test/x.png)';
  const inCard = (content: unknown, entities: unknown[] = []) =>
    mentions(attach({ ...(content as Body), msteams: { entities } }));
  expect(mentions({ type: 'message', text: 'hi <at>Ann</at>', entities: [entity] }).mentions).toEqual([
    { id: ann.id, name: 'Ann', text: '<at>Ann</at>', in: 'text' },
  ]);
  expect(mentions({ type: 'message', text: 'hi Ann', entities: [entity] }).mentions).toEqual([]);
  expect(inCard(card(words(hostile)), [entity])).toEqual({
    mentions: [{ id: ann.id, name: 'Ann', text: '<at>Ann</at>', in: 'card' }],
    links: [
      { url: 'https://evil.test', text: 'pay here', kind: 'markdown', in: 'card' },
      { url: 'https://evil.test/x.png', text: 'x', kind: 'image', in: 'card' },
    ],
  });
  // Runs are drawn as they are; a bare address in a card stays text.
  const runs = card({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: hostile }, hostile] });
  expect(inCard(runs, [entity])).toEqual({ mentions: [], links: [] });
  expect(inCard(card(words('see https://acme.test and \\[this\\](https://x.test)'))).links).toEqual([]);
  expect(inCard(card(words('<https://acme.test>'))).links).toMatchObject([{ url: 'https://acme.test' }]);
  expect(inCard(card(words('[x](javascript:alert(1))'))).links).toEqual([]);
  expect(inCard(card({ type: 'FactSet', facts: [{ title: 'a', value: '[x](https://x.test)' }] })).links).toHaveLength(
    1,
  );
  const choices = [{ title: '[x](https://x.test)', value: '1' }];
  expect(inCard(card({ type: 'Input.ChoiceSet', id: 'c', style: 'expanded', choices })).links).toHaveLength(1);
  expect(inCard(card({ type: 'Input.ChoiceSet', id: 'c', choices })).links).toEqual([]);
  expect(inCard(card({ type: 'Badge', text: 'b', fallback: words('[x](https://x.test)') })).links).toHaveLength(1);
  const said = (text: string, textFormat?: string) => mentions({ type: 'message', text, textFormat }).links;
  expect(said('[a](https://a.test) https://b.test')).toMatchObject([{ kind: 'markdown' }, { kind: 'autolink' }]);
  expect(said('[a](https://a.test)', 'plain')).toMatchObject([
    { kind: 'autolink', url: expect.stringContaining('a.test') },
  ]);
  expect(said('<a href="https://a.test">A</a>', 'xml')).toEqual([
    { url: 'https://a.test', text: 'A', kind: 'html', in: 'text' },
  ]);
});

// ------------------------------------------------------------------------------------------------ targeted

test('a targeted message is seen by one person for a day', async () => {
  const { tenant, call, post, activities, seen, pass } = await startTenant();
  const only = '?isTargetedActivity=true';
  const sent = await post(triage, { type: 'message', text: 'psst', recipient: { id: ann.id } }, only);
  expect(sent.status).toBe(201);
  const id = String(sent.body.id);
  expect(seen(ann.id, triage)).toMatchObject([{ text: 'psst', targeted: true }]);
  expect(seen(bob.id, triage)).toEqual([]);
  const edit = (body: Body, flag: string) =>
    call('PUT', activities(triage, `/${id}${flag}`), { type: 'message', ...body });
  expect(errorOf(await edit({ text: 'public' }, ''))).toEqual([400, 'BadArgument']);
  expect(errorOf(await edit({ text: 'x', recipient: { id: ann.id } }, only))).toEqual([400, 'BadArgument']);
  expect((await edit({ text: 'psst!' }, only)).status).toBe(200);
  expect(seen(ann.id, triage)).toMatchObject([{ text: 'psst!' }]);
  await expect(tenant.react({ user: ann.id, conversation: triage, activityId: id, type: 'like' })).rejects.toThrow(
    /targeted/,
  );
  pass(LIMITS.targetedHours * 3_600_000 + 1);
  expect(seen(ann.id, triage)).toEqual([]);
});

test('targeted messages are refused where Teams has none', async () => {
  const { post, personal } = await startTenant();
  const only = '?isTargetedActivity=true';
  const to = (recipient: unknown) => ({ type: 'message', text: 'psst', recipient });
  expect(errorOf(await post(personal, to({ id: ann.id }), only))).toEqual([400, 'BadArgument']);
  expect(errorOf(await post(triage, { type: 'message', text: 'x' }, only))).toEqual([400, 'BadArgument']);
  expect(errorOf(await post(triage, to({ id: eve.id }), only))).toEqual([404, 'MemberNotFoundInConversation']);
  const without = await startTenant({ targeted: false });
  expect(errorOf(await without.post(triage, to({ id: ann.id }), only))).toEqual([400, 'BadArgument']);
  const slash = without.tenant.say({ user: ann.id, conversation: triage, text: 'remind', targeted: true });
  await expect(slash).rejects.toThrow(/slash command/);
});

// ------------------------------------------------------------------------------------------------ people

test('a message carries everything that real Teams sends', async () => {
  const { tenant, bot, serviceUrl, personal } = await startTenant();
  const answer = await tenant.say({ user: 'ann@acme.test', conversation: 'personal', text: 'provision <db>' });
  expect(answer).toMatchObject({ status: 200, body: undefined, raw: '', outcome: { kind: 'accepted' } });
  expect(answer.headers['content-type']).toBe('application/json');
  expect(bot.asked[0]?.body).toEqual({
    type: 'message',
    id: answer.activityId,
    timestamp: '2026-11-23T12:00:00.000Z',
    localTimestamp: '2026-11-23T14:00:00.000+02:00',
    localTimezone: 'Europe/Kyiv',
    locale: 'uk-UA',
    serviceUrl,
    channelId: 'msteams',
    from: { id: ann.id, name: 'Ann Lee', aadObjectId: ann.aadObjectId },
    recipient: { id: `28:${appId}`, name: 'Groundcrew' },
    conversation: { id: personal, conversationType: 'personal', tenantId },
    text: 'provision <db>',
    textFormat: 'plain',
    attachments: [{ contentType: 'text/html', content: '<p>provision &lt;db&gt;</p>' }],
    entities: [{ type: 'clientInfo', locale: 'uk-UA', country: 'UA', platform: 'Web', timezone: 'Europe/Kyiv' }],
    channelData: { tenant: { id: tenantId } },
  });
});

test('in chats and channels the bot is mentioned, threads have their root in the conversation id', async () => {
  const { tenant, bot } = await startTenant();
  const first = await tenant.say({ user: ann.id, conversation: triage, text: 'ask @Bob Ray', mention: [bob.id] });
  const reply = `${triage};messageid=${first.activityId}`;
  await tenant.say({ user: bob.id, conversation: reply, text: 'help' });
  await tenant.say({ user: bob.id, conversation: chat, text: 'help' });
  const [asked, replied, chatted] = bot.asked.map((a) => a.body);
  expect(asked).toMatchObject({
    text: '<at>Groundcrew</at> ask <at>Bob Ray</at>\n',
    conversation: { id: reply, conversationType: 'channel', isGroup: true, tenantId },
    channelData: { team: { id: general }, channel: { id: triage }, tenant: { id: tenantId } },
    entities: [
      { type: 'mention', text: '<at>Groundcrew</at>', mentioned: { id: `28:${appId}`, name: 'Groundcrew' } },
      { type: 'mention', text: '<at>Bob Ray</at>', mentioned: { id: bob.id, name: 'Bob Ray' } },
      { type: 'clientInfo' },
    ],
  });
  // Newfoundland: an offset that is not whole hours, and behind UTC.
  expect(replied).toMatchObject({ conversation: { id: reply }, localTimestamp: '2026-11-23T08:30:00.000-03:30' });
  expect(chatted).toMatchObject({ conversation: { id: chat, conversationType: 'groupChat', isGroup: true } });
  const overheard = await tenant.say({ user: bob.id, conversation: chat, text: 'lunch?', mentionBot: false });
  expect(overheard).toMatchObject({ status: 0, outcome: { kind: 'undelivered' } });
  expect(bot.asked).toHaveLength(3);
  await expect(tenant.say({ user: bob.id, conversation: `${triage};messageid=1`, text: 'x' })).rejects.toThrow(
    /no thread 1/,
  );
  await expect(tenant.say({ user: eve.id, conversation: chat, text: 'x' })).rejects.toThrow(/Eve is not in Lunch/);
  await expect(tenant.say({ user: 'who', conversation: chat, text: 'x' })).rejects.toThrow(/no user who/);
});

test('a slash command is a message targeted at the bot, without a mention', async () => {
  const { tenant, bot, seen } = await startTenant();
  await tenant.say({ user: ann.id, conversation: triage, text: 'feedback', targeted: true });
  expect(bot.asked[0]?.body).toMatchObject({ text: 'feedback', recipient: { id: `28:${appId}`, isTargeted: true } });
  expect(seen(ann.id, triage)).toMatchObject([{ text: 'feedback', targeted: true }]);
  expect(seen(bob.id, triage)).toEqual([]);
});

test('Action.Execute: the answered card is for the person who pressed, until the bot edits the message', async () => {
  const mine = card(words('You voted'));
  const { tenant, bot, call, activities, seen, showCard } = await startTenant({}, () => ({
    body: { statusCode: 200, type: adaptive, value: mine },
  }));
  const activityId = await showCard(triage);
  const action = { type: 'Action.Execute', title: 'Vote', verb: 'vote', data: { on: 7 } };
  const press = { user: ann.id, conversation: triage, activityId, action, inputs: { why: 'because' } };
  const answer = await tenant.execute(press);
  expect(answer).toMatchObject({ status: 200, outcome: { kind: 'card', card: mine } });
  expect(answer.body).toEqual({ statusCode: 200, type: adaptive, value: mine });
  expect(bot.asked[0]?.body).toMatchObject({
    type: 'invoke',
    name: 'adaptiveCard/action',
    id: expect.stringMatching(/^f:/),
    replyToId: activityId,
    localTimezone: 'Europe/Kyiv',
    conversation: { id: `${triage};messageid=${activityId}` },
    channelData: { team: { id: general }, channel: { id: triage }, source: { name: 'message' } },
    value: { action: { ...action, data: { on: 7, why: 'because' } }, trigger: 'manual' },
  });
  await tenant.execute({ ...press, action: { verb: 'forged', data: 'not an object' } });
  expect(bot.asked[1]?.body).toMatchObject({ value: { action: { verb: 'forged', data: 'not an object' } } });
  const contentFor = (viewer: string) => seen(viewer, triage)[0]?.attachments[0]?.content;
  expect([contentFor(ann.id), contentFor(bob.id)]).toEqual([mine, card(words('Shared'))]);
  expect(seen(ann.id, triage)[0]).toMatchObject({ ownView: true });
  await call('PUT', activities(triage, `/${activityId}`), attach(card(words('Closed'))));
  expect([contentFor(ann.id), contentFor(bob.id)]).toEqual([card(words('Closed')), card(words('Closed'))]);
});

test('Action.Execute: words, errors and answers that are none', async () => {
  let reply: BotReply = {};
  const { tenant, seen, showCard, personal } = await startTenant({}, () => reply);
  const activityId = await showCard(personal);
  const press = async (next: BotReply) => {
    reply = next;
    return (await tenant.execute({ user: ann.id, conversation: 'personal', activityId, action: { verb: 'x' } }))
      .outcome;
  };
  const words = await press({
    body: { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'No.' },
  });
  expect(words).toEqual({ kind: 'message', text: 'No.' });
  expect(seen(ann.id, personal)[0]).toMatchObject({ notice: 'No.', ownView: false });
  const failing: readonly (readonly [BotReply, string])[] = [
    [
      { body: { statusCode: 400, type: 'application/vnd.microsoft.error', value: { code: 'E', message: 'bad' } } },
      'E: bad',
    ],
    [{ body: { statusCode: 200, type: adaptive, value: card({ type: 'TextBlock' }) } }, 'TextBlock.text is missing'],
    [{ body: { statusCode: 200, type: 'text/plain', value: 'x' } }, 'type text/plain'],
    [{ body: { hello: 1 } }, 'statusCode'],
    [{}, 'malformed'],
    [{ status: 501 }, 'HTTP 501'],
  ];
  for (const [answer, why] of failing)
    expect(await press(answer)).toMatchObject({ kind: 'failed', message: expect.stringContaining(why) });
});

test('a bot that does not answer in time is told as such, and closing the tenant ends the wait', async () => {
  const { tenant } = await startTenant({ patienceMs: 1 }, () => ({ hang: true }));
  const late = await tenant.say({ user: ann.id, conversation: 'personal', text: 'x' });
  expect(late).toMatchObject({ status: 0, raw: 'no answer within 1 ms', outcome: { kind: 'failed' } });
  const asked = Promise.withResolvers<void>();
  const patient = await startTenant({}, () => {
    asked.resolve();
    return { hang: true };
  });
  const waiting = patient.tenant.say({ user: ann.id, conversation: 'personal', text: 'x' });
  await asked.promise;
  await patient.tenant.close();
  expect(await waiting).toMatchObject({ status: 0, raw: 'the tenant was closed' });
});

test('a card with refresh asks for each viewer once, by itself', async () => {
  const { tenant, bot, seen, showCard } = await startTenant({}, () => ({
    body: { statusCode: 200, type: adaptive, value: card(words('Yours')) },
  }));
  const refresh = { action: { type: 'Action.Execute', verb: 'refresh' }, userIds: [ann.id] };
  const activityId = await showCard(chat, { ...card(words('Shared')), refresh });
  expect([seen(ann.id, chat)[0]?.refreshes, seen(bob.id, chat)[0]?.refreshes]).toEqual([true, false]);
  await tenant.refresh({ user: ann.id, conversation: chat, activityId });
  expect(bot.asked[0]?.body).toMatchObject({ value: { action: { verb: 'refresh' }, trigger: 'automatic' } });
  expect(seen(ann.id, chat)[0]).toMatchObject({ ownView: true, refreshes: false });
  expect((await tenant.refresh({ user: bob.id, conversation: chat, activityId })).outcome.kind).toBe('undelivered');
  expect(bot.asked).toHaveLength(1);
});

test('Action.Submit comes as a message without text', async () => {
  const { tenant, bot, showCard } = await startTenant();
  const activityId = await showCard(triage);
  await tenant.submit({ user: ann.id, conversation: triage, activityId, data: { form: 'f' }, inputs: { what: 'x' } });
  const { body } = bot.asked[0] as Asked;
  expect(body).toMatchObject({
    type: 'message',
    replyToId: activityId,
    value: { form: 'f', what: 'x' },
    conversation: { id: `${triage};messageid=${activityId}` },
    entities: [{ type: 'clientInfo', timezone: 'Europe/Kyiv' }],
  });
  expect(body).not.toHaveProperty('text');
});

test('dialogs open, are refused with what was typed, end in words, and close', async () => {
  const form = (text: string) => ({
    task: {
      type: 'continue',
      value: { title: 'Feedback', height: 'medium', card: { contentType: adaptive, content: card(words(text)) } },
    },
  });
  let reply: BotReply = { body: form('Fill in') };
  const { tenant, bot, showCard, personal } = await startTenant({}, () => reply);
  const activityId = await showCard(personal);
  const data = { msteams: { type: 'task/fetch' }, form: 'feedback' };
  const opened = await tenant.taskFetch({ user: ann.id, conversation: 'personal', activityId, data });
  expect(bot.asked[0]?.body).toMatchObject({
    type: 'invoke',
    name: 'task/fetch',
    replyToId: activityId,
    value: { data, context: { theme: 'default' } },
  });
  const dialog = tenant.snapshot(ann.id).dialog;
  expect(dialog).toMatchObject({ title: 'Feedback', height: 'medium', via: 'card', card: card(words('Fill in')) });
  expect(opened.outcome).toEqual({ kind: 'dialog', dialog });
  expect(tenant.snapshot(bob.id)).not.toHaveProperty('dialog');
  const dialogId = dialog?.id ?? '';
  const send = async (next: BotReply) => {
    reply = next;
    return (await tenant.taskSubmit({ user: ann.id, dialogId, data: { what: 'x' } })).outcome.kind;
  };
  expect(await send({ status: 500 })).toBe('failed');
  expect(tenant.snapshot(ann.id).dialog).toMatchObject({
    error: expect.stringContaining('500'),
    card: card(words('Fill in')),
  });
  expect(await send({ body: form('Say why') })).toBe('dialog');
  expect(tenant.snapshot(ann.id).dialog).toMatchObject({
    id: dialogId,
    error: undefined,
    card: card(words('Say why')),
  });
  expect(bot.asked.at(-1)?.body).toMatchObject({
    name: 'task/submit',
    value: { data: { what: 'x' } },
    replyToId: activityId,
  });
  expect(await send({ body: { task: { type: 'continue', value: { title: 'Nothing' } } } })).toBe('failed');
  expect(await send({ body: { task: { type: 'message', value: 'Thank you' } } })).toBe('dialog');
  expect(tenant.snapshot(ann.id).dialog).toMatchObject({ message: 'Thank you', card: undefined });
  await expect(tenant.taskSubmit({ user: ann.id, dialogId, data: {} })).rejects.toThrow(/only shows a message/);
  tenant.closeDialog(ann.id);
  expect(tenant.snapshot(ann.id)).not.toHaveProperty('dialog');
  reply = { body: form('Again') };
  await tenant.taskFetch({ user: ann.id, conversation: 'personal', activityId, data });
  reply = {};
  const again = tenant.snapshot(ann.id).dialog?.id ?? '';
  expect((await tenant.taskSubmit({ user: ann.id, dialogId: again, data: {} })).outcome).toEqual({ kind: 'closed' });
  expect(tenant.snapshot(ann.id)).not.toHaveProperty('dialog');
  await expect(tenant.taskSubmit({ user: ann.id, dialogId, data: {} })).rejects.toThrow(/no dialog/);
  const empty = await tenant.taskFetch({ user: ann.id, conversation: 'personal', activityId, data });
  expect(empty.outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining('no task to show') });
});

test('a message extension is called on a message and gets what Graph says of it', async () => {
  const value = { title: 'Send to the backlog', card: { contentType: adaptive, content: card(words('?')) } };
  let reply: BotReply = { body: { task: { type: 'continue', value } } };
  const { tenant, bot } = await startTenant({}, () => reply);
  const said = await tenant.say({ user: bob.id, conversation: triage, text: 'too <slow>', mentionBot: false });
  const calling = { user: ann.id, conversation: triage, commandId: 'backlog' };
  await tenant.composeFetchTask({ ...calling, context: 'message', messageActivityId: said.activityId });
  const messagePayload = {
    id: said.activityId,
    replyToId: null,
    createdDateTime: '2026-11-23T12:00:00.000Z',
    linkToMessage: `https://teams.microsoft.com/l/message/${triage}/${said.activityId}`,
    body: { contentType: 'html', content: '<p>too &lt;slow&gt;</p>' },
    from: { user: { userIdentityType: 'aadUser', id: bob.aadObjectId, displayName: 'Bob Ray' } },
  };
  expect(bot.asked[0]?.body).toMatchObject({
    name: 'composeExtension/fetchTask',
    value: { commandId: 'backlog', commandContext: 'message', messagePayload },
    conversation: { id: `${triage};messageid=${said.activityId}` },
  });
  const { dialog } = tenant.snapshot(ann.id);
  expect(dialog).toMatchObject({ title: 'Send to the backlog', via: 'compose' });
  const dialogId = dialog?.id ?? '';
  await expect(tenant.taskSubmit({ user: ann.id, dialogId, data: {} })).rejects.toThrow(/use composeSubmit/);
  reply = {
    body: {
      composeExtension: {
        type: 'result',
        attachmentLayout: 'list',
        attachments: [{ contentType: adaptive, content: card() }],
      },
    },
  };
  const sent = await tenant.composeSubmit({ user: ann.id, dialogId, data: { why: 'x' } });
  expect(bot.asked[1]?.body).toMatchObject({
    name: 'composeExtension/submitAction',
    value: {
      commandId: 'backlog',
      commandContext: 'message',
      data: { why: 'x' },
      messagePayload: { id: said.activityId },
    },
  });
  expect(sent.outcome).toMatchObject({ kind: 'composed' });
  expect(tenant.snapshot(ann.id)).not.toHaveProperty('dialog');
  await tenant.composeFetchTask({ ...calling, context: 'commandBox' });
  expect(bot.asked[2]?.body).toMatchObject({ value: { commandContext: 'commandbox' }, conversation: { id: triage } });
  await expect(tenant.composeFetchTask({ ...calling, context: 'message' })).rejects.toThrow(/no message/);
});

test('typeahead asks with Data.Query and gets choices', async () => {
  const results = [{ title: 'Ann Lee', value: ann.id }];
  let reply: BotReply = {
    body: { statusCode: 200, type: 'application/vnd.microsoft.search.searchResponse', value: { results } },
  };
  const { tenant, bot } = await startTenant({}, () => reply);
  const asking = { user: ann.id, conversation: 'personal', dataset: 'people', queryText: 'an', data: { team: 'x' } };
  expect((await tenant.search(asking)).outcome).toEqual({ kind: 'results', results });
  expect(bot.asked[0]?.body).toMatchObject({
    name: 'application/search',
    value: { queryText: 'an', queryOptions: { skip: 0, top: 15 }, dataset: 'people', data: { team: 'x' } },
  });
  reply = { body: { value: { results } } };
  expect((await tenant.search(asking)).outcome.kind).toBe('failed');
});

test('installing and removing the bot is told, and decides what it may do', async () => {
  const { tenant, bot, say, personal } = await startTenant();
  expect(await tenant.uninstall({ user: ann.id, place: general })).toHaveLength(2);
  expect(bot.asked.map(({ body }) => [body.type, body.action ?? Object.keys(body).at(-1)])).toEqual([
    ['conversationUpdate', 'membersRemoved'],
    ['installationUpdate', 'remove'],
  ]);
  expect(errorOf(await say(triage))).toEqual([403, 'BotNotInConversationRoster']);
  await tenant.install({ user: ann.id, place: general });
  expect(bot.asked[2]?.body).toMatchObject({
    conversation: { id: general, conversationType: 'channel' },
    membersAdded: [{ id: `28:${appId}` }],
    channelData: { eventType: 'teamMemberAdded', team: { id: general, name: 'Platform' } },
  });
  expect(bot.asked[3]?.body).toMatchObject({ type: 'installationUpdate', action: 'add', from: { id: ann.id } });
  expect(bot.asked[3]?.body).not.toHaveProperty('localTimezone');
  expect((await say(triage)).status).toBe(201);
  await tenant.uninstall({ user: ann.id, place: 'personal' });
  expect(bot.asked).toHaveLength(5);
  expect(errorOf(await say(personal))).toEqual([403, 'BotNotInConversationRoster']);
  await expect(tenant.say({ user: ann.id, conversation: 'personal', text: 'x' })).rejects.toThrow(/install the bot/);
  await tenant.install({ user: ann.id, place: 'personal' });
  expect((await say(personal)).status).toBe(201);
});

test('what is installed from the beginning can be announced', async () => {
  const { tenant, bot } = await startTenant();
  await tenant.announceInstalls();
  const told = bot.asked.filter(({ body }) => body.type === 'installationUpdate');
  expect(told.map(({ body }) => (body.conversation as Body).id)).toEqual([
    `a:1-${ann.aadObjectId}`,
    `a:1-${bob.aadObjectId}`,
    chat,
    general,
  ]);
});

test('people come and go, and react to what the bot wrote', async () => {
  const { tenant, bot, call, seen, showCard } = await startTenant();
  const members = async () => (await call('GET', `conversations/${encodeURIComponent(chat)}/members`)).body;
  await tenant.addMember({ user: eve.id, place: chat });
  expect(bot.asked[0]?.body).toMatchObject({
    type: 'conversationUpdate',
    membersAdded: [{ id: eve.id, aadObjectId: eve.aadObjectId }],
  });
  expect(await members()).toHaveLength(3);
  await tenant.removeMember({ user: eve.id, place: chat });
  expect(bot.asked[1]?.body).toMatchObject({ membersRemoved: [{ id: eve.id }] });
  expect(await members()).toHaveLength(2);
  const activityId = await showCard(triage);
  const on = { user: ann.id, conversation: triage, activityId, type: 'like' };
  await tenant.react(on);
  expect(bot.asked[2]?.body).toMatchObject({
    type: 'messageReaction',
    reactionsAdded: [{ type: 'like' }],
    replyToId: activityId,
  });
  expect(seen(bob.id, triage)[0]?.reactions).toEqual([{ type: 'like', user: ann.id }]);
  await tenant.react({ ...on, remove: true });
  expect(bot.asked[3]?.body).toMatchObject({ reactionsRemoved: [{ type: 'like' }] });
  expect(seen(bob.id, triage)[0]?.reactions).toEqual([]);
  const said = await tenant.say({ user: bob.id, conversation: triage, text: 'x', mentionBot: false });
  expect((await tenant.react({ ...on, activityId: said.activityId })).outcome.kind).toBe('undelivered');
});

test('a message deleted by a person is gone for the bot', async () => {
  const { tenant, call, activities, showCard, personal } = await startTenant();
  const activityId = await showCard(personal);
  tenant.deleteMessage({ conversation: personal, activityId });
  const edit = await call('PUT', activities(personal, `/${activityId}`), { type: 'message', text: 'x' });
  expect(errorOf(edit)).toEqual([404, 'ActivityNotFoundInConversation']);
  expect(() => tenant.deleteMessage({ conversation: personal, activityId })).toThrow(/no message/);
});

test('a delivery is repeated byte for byte, and anything at all can be delivered', async () => {
  const { tenant, bot } = await startTenant({}, ({ type }) => (type === 'message' ? {} : { status: 401, body: 'no' }));
  await expect(tenant.redeliver(1)).rejects.toThrow(/Nothing has been delivered/);
  await tenant.say({ user: ann.id, conversation: 'personal', text: 'once' });
  const answers = await tenant.redeliver(3);
  expect(answers).toHaveLength(3);
  expect(new Set(bot.asked.map((a) => a.raw)).size).toBe(1);
  expect(new Set(bot.asked.map((a) => a.headers.authorization)).size).toBe(1);
  expect(bot.asked).toHaveLength(4);
  const forged = await tenant.deliverRaw('{"type":"x"}', {
    authorization: `Bearer ${tenant.tokens.mint({ key: 'none' })}`,
  });
  expect(forged).toMatchObject({ status: 401, body: 'no', raw: '"no"' });
  expect(bot.asked.at(-1)).toMatchObject({ raw: '{"type":"x"}' });
});

test('a bot that is away or not connected is told apart', async () => {
  const { tenant } = await startTenant();
  tenant.connect('http://127.0.0.1:1/api/messages');
  const answer = await tenant.say({ user: ann.id, conversation: 'personal', text: 'there?' });
  expect(answer).toMatchObject({
    status: 0,
    raw: expect.stringContaining('ECONNREFUSED'),
    outcome: { kind: 'failed' },
  });
  const clock = { now: () => new Date(0) };
  const lone = createTeamsTenant({ clock, appId, tenantId, botName: 'B', users: [ann], teams: [] });
  await expect(lone.say({ user: ann.id, conversation: 'personal', text: 'x' })).rejects.toThrow(
    /connect\(messagesUrl\)/,
  );
  await lone.close();
});

test('changes are told to listeners, and can be waited for', async () => {
  const { tenant, say, post, seen, personal } = await startTenant();
  const heard: unknown[] = [];
  const stop = tenant.subscribe((event) => heard.push(event));
  const waiting = tenant.until(() => seen(ann.id, personal).find((m) => m.text === 'second'));
  await say(personal, 'first');
  await post(personal, { type: 'typing' });
  await say(personal, 'second');
  expect((await waiting).text).toBe('second');
  stop();
  await say(personal, 'third');
  expect(heard).toEqual([
    { kind: 'message', conversation: personal },
    { kind: 'typing', conversation: personal },
    { kind: 'message', conversation: personal },
  ]);
  await expect(tenant.until(() => 5)).resolves.toBe(5);
});

test('a person sees their own conversations', async () => {
  const { tenant } = await startTenant();
  expect(tenant.snapshot(ann.id).conversations.map((c) => [c.kind, c.name, c.team?.name, c.botInstalled])).toEqual([
    ['personal', 'Groundcrew', undefined, true],
    ['groupChat', 'Lunch', undefined, true],
    ['channel', 'General', 'Platform', true],
    ['channel', 'Triage', 'Platform', true],
  ]);
  expect(tenant.snapshot('eve@acme.test').conversations.map((c) => [c.kind, c.botInstalled])).toEqual([
    ['personal', false],
  ]);
});

// ------------------------------------------------------------------------------------------------ botbuilder

/** Microsoft's own adapter, checking tokens against the tenant's metadata and calling its connector with its tokens. */
async function startBotbuilder(
  metadataUrl: string,
  issue: () => string,
  logic: (context: TurnContext) => Promise<void>,
) {
  const auth = new ConfigurationBotFrameworkAuthentication(
    {
      MicrosoftAppId: appId,
      ToBotFromChannelOpenIdMetadataUrl: metadataUrl,
      ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
      ToBotFromEmulatorOpenIdMetadataUrl: metadataUrl,
      ToChannelFromBotLoginUrl: 'http://127.0.0.1:1/',
      ToChannelFromBotOAuthScope: 'https://api.botframework.com',
      OAuthUrl: 'http://127.0.0.1:1/',
      ValidateAuthority: 'true',
    },
    {
      isValidAppId: (id) => Promise.resolve(id === appId),
      isAuthenticationDisabled: () => Promise.resolve(false),
      createCredentials: () =>
        Promise.resolve({
          signRequest: (request) => {
            request.headers.set('authorization', `Bearer ${issue()}`);
            return Promise.resolve(request);
          },
        }),
    },
  );
  const adapter = new CloudAdapter(auth);
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
    const request = {
      method: 'POST',
      headers: req.headers,
      body: JSON.parse(Buffer.concat(chunks).toString()) as Body,
    };
    await adapter.process(
      request,
      {
        socket: undefined,
        status: (code) => {
          res.statusCode = code;
        },
        header: (name, value) => res.setHeader(name, String(value)),
        send: (body) => res.write(typeof body === 'string' ? body : JSON.stringify(body)),
        end: () => res.end(),
      },
      logic,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { adapter, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages` };
}

test('a real botbuilder bot checks the token, reads the roster, replies, edits and posts proactively', async () => {
  // botbuilder judges the token by the machine's own clock.
  const { tenant, metadataUrl, serviceUrl, seen } = await startTenant({ clock: { now: () => new Date() } });
  const members: unknown[] = [];
  const { adapter, url } = await startBotbuilder(metadataUrl, tenant.tokens.issue, async (context) => {
    if (context.activity.type === 'invoke') {
      const value = { status: 200, body: { statusCode: 200, type: adaptive, value: card(words('Done')) } };
      await context.sendActivity({ type: 'invokeResponse', value });
      return;
    }
    const member = await TeamsInfo.getMember(context, context.activity.from.id);
    const { members: page } = await TeamsInfo.getPagedMembers(context);
    const [details, channels] = [await TeamsInfo.getTeamDetails(context), await TeamsInfo.getTeamChannels(context)];
    members.push(member.email, page.length, details.name, channels.length);
    const sent = await context.sendActivity(
      attach(card(words('Working'))) as Parameters<typeof context.sendActivity>[0],
    );
    await context.updateActivity({ ...attach(card(words('Ready'))), id: String(sent?.id) });
  });
  tenant.connect(url);
  const said = await tenant.say({ user: ann.id, conversation: triage, text: 'provision' });
  expect(said.status).toBe(200);
  expect(members).toEqual(['ann@acme.test', 2, 'Platform', 2]);
  const [, reply] = seen(bob.id, triage);
  expect(reply).toMatchObject({ root: said.activityId, attachments: [{ content: card(words('Ready')) }] });
  const press = { conversation: triage, activityId: reply?.id ?? '', action: { type: 'Action.Execute', verb: 'go' } };
  const pressed = await tenant.execute({ user: bob.id, ...press });
  expect(pressed.outcome).toEqual({ kind: 'card', card: card(words('Done')) });
  const params = {
    isGroup: false,
    tenantId,
    bot: { id: `28:${appId}`, name: 'B' },
    members: [{ id: bob.aadObjectId, name: '' }],
  };
  await adapter.createConversationAsync(
    appId,
    'msteams',
    serviceUrl,
    '',
    params as Parameters<typeof adapter.createConversationAsync>[4],
    async (context) => {
      await context.sendActivity('proactive');
    },
  );
  expect(seen(bob.id, `a:1-${bob.aadObjectId}`)).toMatchObject([{ text: 'proactive' }]);
  // And the same bot refuses what was not signed for it (and says so on the console).
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => complaint.mockRestore());
  const body = JSON.stringify({ type: 'message', channelId: 'msteams', serviceUrl, id: '1' });
  const forged = {
    'content-type': 'application/json',
    authorization: `Bearer ${tenant.tokens.mint({ claims: { aud: 'x' } })}`,
  };
  expect((await tenant.deliverRaw(body, forged)).status).toBe(401);
});
