import { request } from 'node:http';
import { expect, test } from 'vitest';
import type { Deviation } from '../../src/playground/teams/index.ts';
import { ann, TENANT_ID, type TeamsWorld, teamsWorld } from '../support/teams-world.ts';

const activity = (w: TeamsWorld, over: object = {}) => ({
  type: 'message',
  id: '1700000000000',
  serviceUrl: w.serviceUrl,
  channelId: 'msteams',
  from: { id: ann.id, name: ann.name, aadObjectId: ann.aadObjectId },
  recipient: { id: '28:app' },
  conversation: { id: 'a:1', conversationType: 'personal', tenantId: TENANT_ID },
  channelData: { tenant: { id: TENANT_ID } },
  text: 'help',
  ...over,
});
type Sent = {
  body?: string | Buffer;
  headers?: Record<string, string | undefined>;
  method?: string;
  token?: string | undefined;
};
function send(w: TeamsWorld, { body, headers = {}, method = 'POST', token = w.tenant.tokens.mint() }: Sent) {
  const all = { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers };
  const given = Object.entries(all).filter((e): e is [string, string] => e[1] !== undefined);
  return new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const req = request(w.url, { method, agent: false, headers: Object.fromEntries(given) }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        text += chunk;
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, body: text, headers: res.headers }));
    });
    req.on('error', reject);
    req.end(body ?? JSON.stringify(activity(w)));
  });
}

test('a good request is dispatched and answered without a body', async () => {
  const w = await teamsWorld();
  expect(await send(w, {})).toMatchObject({ status: 200, body: '' });
  expect(await send(w, { headers: { 'content-type': 'Application/JSON; charset=utf-8' } })).toMatchObject({
    status: 200,
  });
  expect(w.inbounds.map((i) => i.kind)).toEqual(['command', 'command']);
});

test.each<[string, Deviation | undefined, object, number]>([
  ['no signature', { key: 'none' }, {}, 401],
  ['a stranger’s signature', { key: 'stranger' }, {}, 401],
  ['a key of another kind', { key: 'hmac' }, {}, 401],
  ['a key without endorsements', { key: 'unendorsed' }, {}, 403],
  ['another bot’s token', { claims: { aud: 'x' } }, {}, 401],
  ['another issuer', { claims: { iss: 'https://sts.windows.net/' } }, {}, 401],
  ['an old token', { claims: { exp: 1 } }, {}, 401],
  ['another service', { claims: { serviceurl: 'https://evil.example.com/' } }, {}, 401],
  ['an activity of another service', undefined, { serviceUrl: 'https://evil.example.com/' }, 401],
  ['another channel', undefined, { channelId: 'webchat' }, 403],
  ['another tenant', undefined, { conversation: { id: 'a:1', tenantId: '99999999-2222-4222-8222-222222222222' } }, 403],
  ['no tenant', undefined, { conversation: { id: 'a:1' }, channelData: {} }, 403],
])('refused before anything happens: %s', async (_, deviation, over, status) => {
  const w = await teamsWorld();
  const answer = await send(w, { token: w.tenant.tokens.mint(deviation), body: JSON.stringify(activity(w, over)) });
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) });
  expect([w.inbounds, w.stored.saves]).toEqual([[], 0]);
});

test('without a token the body is not even read', async () => {
  const w = await teamsWorld();
  const answer = await send(w, { headers: { authorization: undefined }, body: 'x'.repeat(100_000) });
  expect(answer.status).toBe(401);
});

const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
test.each<[string, string | Buffer, number]>([
  ['nothing', '', 400],
  ['no JSON', '{', 400],
  ['invalid UTF-8', Buffer.from([0xff, 0xfe, 0x7b]), 400],
  ['null', 'null', 401],
  ['a list', '[]', 401],
  ['text', '"s"', 401],
  ['a number', '1', 401],
  ['50,000 lists deep', deep, 401],
])('a body that is no activity: %s', async (_, body, status) => {
  const w = await teamsWorld();
  const answer = await send(w, { body });
  expect(answer.status).toBe(status);
  expect(answer.body).not.toContain('\n');
  expect(w.inbounds).toEqual([]);
});

test.each<[string, object]>([
  ['no sender', { from: undefined }],
  ['a strange sender', { from: [] }],
  ['text that is none', { text: {} }],
  ['a value that is no button', { value: [] }],
  ['no type', { type: undefined }],
])('a signed activity that is malformed: %s', async (_, over) => {
  const w = await teamsWorld();
  const answer = await send(w, { body: JSON.stringify(activity(w, over)) });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body).error).toMatch(/^The activity is malformed/);
});

test('a signed activity with a value 50,000 deep does no harm', async () => {
  const w = await teamsWorld();
  const body = JSON.stringify(activity(w, { type: 'invoke', name: 'adaptiveCard/action' })).replace(
    /\}$/,
    `,"value":${deep}}`,
  );
  expect((await send(w, { body })).status).toBe(400);
});

test('too large, by the megabyte or declared, is 413', async () => {
  const w = await teamsWorld();
  expect((await send(w, { body: JSON.stringify(activity(w, { text: 'x'.repeat(1_100_000) })) })).status).toBe(413);
  const declared = await send(w, { headers: { 'content-length': String(50_000_000) }, body: '{}' }).catch(
    () => undefined,
  );
  expect(declared?.status).toBe(413);
  expect((await send(w, { body: JSON.stringify(activity(w, { text: 'x'.repeat(900_000) })) })).status).toBe(200);
});

test('other methods and types are sent away', async () => {
  const w = await teamsWorld();
  expect(await send(w, { method: 'PUT' })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  expect((await send(w, { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  expect((await send(w, { headers: { 'content-type': undefined } })).status).toBe(415);
});

test('invokes that are not offered are 501, events 200', async () => {
  const w = await teamsWorld();
  const invoke = activity(w, { type: 'invoke', name: 'composeExtension/query', text: undefined });
  expect((await send(w, { body: JSON.stringify(invoke) })).status).toBe(501);
  expect((await send(w, { body: JSON.stringify(activity(w, { type: 'messageReaction' })) })).status).toBe(200);
  expect(w.inbounds).toEqual([]);
});

test('what is refused is logged by its reason, without a token and without a word of it', async () => {
  const w = await teamsWorld();
  const token = w.tenant.tokens.mint({ key: 'stranger' });
  await send(w, { token, body: JSON.stringify(activity(w, { text: 'my secret' })) });
  await send(w, { body: JSON.stringify(activity(w, { value: ['my secret'] })) });
  const logged = JSON.stringify(w.lines);
  expect(w.lines.map((l) => l.level)).toEqual(['warn', 'info']);
  expect(logged).not.toContain('my secret');
  expect(logged).not.toContain(token);
});

test('without authentication only this machine is served, and never through a proxy', async () => {
  const w = await teamsWorld({ sign: false });
  const open = { authorization: undefined };
  expect((await send(w, { headers: open })).status).toBe(200);
  expect((await send(w, { headers: { ...open, 'x-forwarded-for': '203.0.113.9' } })).status).toBe(403);
  expect((await send(w, { headers: { ...open, forwarded: 'for=203.0.113.9' } })).status).toBe(403);
  expect(w.inbounds).toHaveLength(1);
});

test('stopping waits for what is under way, and takes nothing new', async () => {
  const w = await teamsWorld();
  let release = () => {};
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  w.state.deliver = async () => {
    enter();
    await held;
  };
  w.state.replies = () => [{ kind: 'whisper', view: { id: 'v', title: 't', summary: 's', blocks: [] } }];
  await send(w, {});
  await entered;
  let stopped = false;
  const stopping = w.teams.stop().then(() => {
    stopped = true;
  });
  const late = await send(w, {});
  expect([late.status, late.headers['retry-after']]).toEqual([503, '2']);
  expect(stopped).toBe(false);
  release();
  await stopping;
  expect(w.inbounds).toHaveLength(1);
});

test('a client that hangs up in the middle is no fault of ours', async () => {
  const w = await teamsWorld();
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const req = request(w.url, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      'content-length': '1000',
      authorization: `Bearer ${w.tenant.tokens.mint()}`,
    },
  });
  req.on('error', () => resolve());
  req.write('{"type":');
  req.once('socket', (socket) => socket.once('connect', () => setImmediate(() => req.destroy())));
  await closed;
  expect((await send(w, {})).status).toBe(200);
  await w.quiet();
  expect(w.lines.filter((l) => l.level === 'error')).toEqual([]);
});
