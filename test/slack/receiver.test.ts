import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { Problem } from '../../src/core/kernel/index.ts';
import { createSlack, type SlackOptions } from '../../src/slack/app.ts';
import { ann, appToken, secret, sign, slackWorld, token, whisper } from './world.ts';

type World = Awaited<ReturnType<typeof slackWorld>>;
const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const command = (more: Record<string, string> = {}) =>
  new URLSearchParams({
    command: '/platform',
    text: 'help',
    team_id: 'T0ACME',
    user_id: 'U0ANN',
    channel_id: 'C0TRIAGE',
    trigger_id: '1.2.3',
    ...more,
  }).toString();

const seconds = (w: World, offset = 0) => String(Math.floor(w.clock.now().getTime() / 1000) + offset);

test.each([[form], [`${form}; charset=utf-8`], [`${form};charset=UTF-8`], ['Application/X-WWW-Form-Urlencoded']])(
  'a command as %s',
  async (type) => {
    await using w = await slackWorld();
    w.answer([whisper('Hi')]);
    const answer = await w.workspace.deliverRaw(command(), { 'content-type': type });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.body)).toMatchObject({ response_type: 'ephemeral', text: 'Hi' });
    expect(w.last('command')).toMatchObject({ text: 'help', account: ann, delivery: 'slack/1.2.3' });
  },
);

test('an address check is answered, signed', async () => {
  await using w = await slackWorld();
  const body = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
  const answer = await w.workspace.deliverRaw(body, { 'content-type': `${json}; charset=utf-8` });
  expect([answer.status, answer.body]).toEqual([200, '{"challenge":"abc"}']);
  const unsigned = await w.workspace.deliverRaw(body, { 'content-type': json, 'x-slack-signature': undefined });
  expect(unsigned.status).toBe(401);
});

const forged: readonly (readonly [string, (w: World, body: string) => Record<string, string | undefined>])[] = [
  ['no signature', () => ({ 'x-slack-signature': undefined })],
  ['an empty signature', () => ({ 'x-slack-signature': '' })],
  ['a signature of another secret', (w, b) => ({ 'x-slack-signature': sign('other', seconds(w), b) })],
  ['a signature of an empty secret', (w, b) => ({ 'x-slack-signature': sign('', seconds(w), b) })],
  ['a signature of another body', (w, b) => ({ 'x-slack-signature': sign(secret, seconds(w), `${b}x`) })],
  [
    'a signature of another version',
    (w, b) => ({ 'x-slack-signature': sign(secret, seconds(w), b).replace('v0', 'v1') }),
  ],
  ['a signature cut short', (w, b) => ({ 'x-slack-signature': sign(secret, seconds(w), b).slice(0, -1) })],
  ['a signature in capitals', (w, b) => ({ 'x-slack-signature': sign(secret, seconds(w), b).toUpperCase() })],
  ['no timestamp', () => ({ 'x-slack-request-timestamp': undefined })],
  ['more than five minutes ago', (w) => ({ 'x-slack-request-timestamp': seconds(w, -301) })],
  ['more than five minutes ahead', (w) => ({ 'x-slack-request-timestamp': seconds(w, 301) })],
  ['ten years ahead', (w) => ({ 'x-slack-request-timestamp': seconds(w, 315_360_000) })],
  ['an infinite time', () => ({ 'x-slack-request-timestamp': 'Infinity' })],
  ['a time that is no integer', (w) => ({ 'x-slack-request-timestamp': `${seconds(w)}.5` })],
  ['a time in hexadecimal', () => ({ 'x-slack-request-timestamp': '0x5f5e100' })],
  ['a time that is no number', () => ({ 'x-slack-request-timestamp': 'now' })],
];
test.each(forged)('401: %s', async (_name, headers) => {
  await using w = await slackWorld();
  const given = headers(w, command());
  // `deliverRaw` signs what it sends with the time given, unless the signature is given too.
  const answer =
    'x-slack-request-timestamp' in given && given['x-slack-request-timestamp'] === undefined
      ? await bare(w, command(), { 'x-slack-signature': sign(secret, seconds(w), command()) })
      : await w.workspace.deliverRaw(command(), given);
  expect(answer.status).toBe(401);
  expect(JSON.parse(answer.body)).toHaveProperty('error');
  expect(answer.body).not.toContain('\n');
  expect(w.inbounds).toEqual([]);
});

/** A request with exactly these headers. */
async function bare(w: World, body: string, headers: Record<string, string>, method = 'POST') {
  const response = await fetch(w.url, {
    method,
    headers: { 'content-type': form, ...headers },
    ...(method === 'GET' ? {} : { body }),
  });
  return { status: response.status, body: await response.text() };
}

test('five minutes either way are accepted', async () => {
  await using w = await slackWorld();
  for (const offset of [-300, 300]) {
    const answer = await w.workspace.deliverRaw(command(), { 'x-slack-request-timestamp': seconds(w, offset) });
    expect(answer.status).toBe(200);
  }
  expect(w.inbounds).toHaveLength(2);
});

const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
const malformed: readonly (readonly [string, string | Buffer, string])[] = [
  ['null', 'null', json],
  ['a list', '[]', json],
  ['a string', '"s"', json],
  ['a number', '1', json],
  ['true', 'true', json],
  ['a list 50,000 deep', deep, json],
  ['an object with depth', `{"type":"block_actions","actions":${deep}}`, json],
  ['no JSON', '{', json],
  ['nothing', '', json],
  ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), json],
  ['invalid UTF-8 in a form', Buffer.from([0x61, 0x3d, 0xff]), form],
  ['an empty form', '', form],
  ['a payload of null', 'payload=null', form],
  ['a payload of a list', 'payload=%5B%5D', form],
  ['an empty payload', 'payload=', form],
  ['a payload that is no JSON', 'payload=%7B', form],
  ['a payload 50,000 deep', `payload=${deep}`, form],
  ['a command without a person', 'command=%2Fplatform&team_id=T1', form],
  ['a __proto__ for a type', '{"__proto__":{"type":"shortcut"}}', json],
];
test.each(malformed)('400: %s', async (_name, body, type) => {
  await using w = await slackWorld();
  const answer = await w.workspace.deliverRaw(body, { 'content-type': type });
  expect(answer.status).toBe(400);
  expect(Object.keys(JSON.parse(answer.body))).toEqual(['error']);
  expect(answer.body).not.toContain('\n');
  expect(w.inbounds).toEqual([]);
  // And it goes on serving.
  expect((await w.workspace.deliverRaw(command())).status).toBe(200);
});

test('a lone surrogate in what was typed is replaced', async () => {
  await using w = await slackWorld();
  const payload = `{"type":"event_callback","team_id":"T0ACME","event_id":"Ev1","event":{"type":"message","channel_type":"im","user":"U0ANN","channel":"D1","text":"a \\ud800 b \\u0000"}}`;
  expect((await w.workspace.deliverRaw(payload, { 'content-type': json })).status).toBe(200);
  expect(w.last('command').text).toBe('a \ufffd b');
});

test('other types and methods are refused by name', async () => {
  await using w = await slackWorld();
  expect((await w.workspace.deliverRaw(command(), { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await w.workspace.deliverRaw(command(), { 'content-type': 'multipart/form-data; boundary=x' })).status).toBe(
    415,
  );
  expect((await bare(w, '', {}, 'GET')).status).toBe(405);
  expect(w.inbounds).toEqual([]);
});

test('a body that is too large is refused, and the next one served', async () => {
  await using w = await slackWorld();
  const big = `text=${'x'.repeat(5 * 1024 * 1024)}`;
  const answer = await w.workspace.deliverRaw(big);
  expect(answer.status).toBe(413);
  // Without a length beforehand: the count ends it.
  const status = await new Promise<number>((resolve, reject) => {
    const outgoing = httpRequest(w.url, { method: 'POST', headers: { 'content-type': form } }, (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    for (let i = 0; i < 5; i += 1) outgoing.write('x'.repeat(1024 * 1024));
    outgoing.end();
  });
  expect(status).toBe(413);
  expect((await w.workspace.deliverRaw(command())).status).toBe(200);
  expect(w.inbounds).toHaveLength(1);
});

test('a body of just the limit is read', async () => {
  await using w = await slackWorld();
  const start = command({ text: '' });
  const answer = await w.workspace.deliverRaw(`${start}&pad=${'x'.repeat(4 * 1024 * 1024 - start.length - 5)}`);
  expect(answer.status).toBe(200);
});

test('a sender that goes away in the middle leaves nothing behind', async () => {
  await using w = await slackWorld();
  const { port } = new URL(w.url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nContent-Length: 100\r\n\r\nhalf`);
  socket.destroy();
  await once(socket, 'close');
  expect((await w.workspace.deliverRaw(command())).status).toBe(200);
  await w.settled();
  expect(w.inbounds).toHaveLength(1);
});

test('an answer that nobody was there to read is made by another way', async () => {
  await using w = await slackWorld();
  const reply = whisper('late');
  const body = command({ response_url: `${w.origin}/nowhere`, trigger_id: '9.9.9' });
  const timestamp = seconds(w);
  const headers = {
    'content-type': form,
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(secret, timestamp, body),
  };
  const req = httpRequest(w.url, { method: 'POST', agent: false, headers });
  req.on('error', () => {});
  w.answer(async (inbound) => {
    if (inbound.kind === 'command' && inbound.text !== 'help') return [];
    // Slack hangs up, and the server has heard of it by the time that it serves the next one.
    const closed = new Promise((resolve) => void req.once('close', resolve));
    req.destroy();
    await closed;
    await w.workspace.deliverRaw(command({ text: 'another' }));
    return [reply];
  });
  req.end(body);
  await w.until(() => w.replied.length === 1);
  expect(w.taken).toEqual([]);
  await w.settled();
});

test('Slack’s certificate check needs no signature, and nothing in it is run', async () => {
  await using w = await slackWorld();
  w.answer([whisper('secret')]);
  const unsigned = { 'x-slack-signature': undefined, 'x-slack-request-timestamp': '1' };
  for (const body of [
    'ssl_check=1&token=x',
    command({ ssl_check: '1' }),
    `ssl_check=1&payload=${encodeURIComponent('{}')}`,
  ]) {
    const answer = await w.workspace.deliverRaw(body, unsigned);
    expect([answer.status, answer.body]).toEqual([200, '']);
  }
  for (const body of [command({ ssl_check: '2' }), `${command()}&x=ssl_check%3D1`])
    expect((await w.workspace.deliverRaw(body, unsigned)).status).toBe(401);
  expect(w.inbounds).toEqual([]);
});

test('what Slack sends and nobody asked for is acknowledged', async () => {
  await using w = await slackWorld();
  for (const type of ['view_closed', 'interactive_message', 'app_rate_limited']) {
    const answer = await w.workspace.deliverRaw(JSON.stringify({ type }), { 'content-type': json });
    expect([answer.status, answer.body]).toEqual([200, '']);
  }
  expect(w.inbounds).toEqual([]);
  expect(w.log.filter((l) => l.message === 'slack: ignored')).toHaveLength(3);
});

test('an answer that cannot be drawn is acknowledged all the same, and refused one by one', async () => {
  await using w = await slackWorld();
  const buttons = [{ label: 'Go', press: { name: 'go', value: 'x'.repeat(3_000) } }];
  w.answer([{ kind: 'whisper', view: { id: 'v', title: 't', summary: 's', blocks: [{ kind: 'buttons', buttons }] } }]);
  const answer = await w.workspace.deliverRaw(command());
  await w.settled();
  expect([answer.status, answer.body]).toEqual([200, '']);
  expect(w.replied).toMatchObject([{ is: 'refused' }]);
});

test('neither tokens nor addresses nor what people write reach the log', async () => {
  await using w = await slackWorld();
  w.answer([whisper('hidden words'), whisper('more hidden words')]);
  w.workspace.fail('response_url', { kind: 'html' });
  await w.workspace.command({ user: 'U0ANN', text: 'my password is hunter2' });
  await w.workspace.deliverRaw('payload=%7B%22type%22%3A%22shortcut%22%2C%22x%22%3A%22hunter2%22%7D');
  await w.settled();
  const log = JSON.stringify(w.log, (_, v: unknown) => (v instanceof Error ? `${v.message}${v.stack}` : v));
  for (const hidden of ['hunter2', 'hidden words', token, secret, '/commands/', '<html>'])
    expect(log).not.toContain(hidden);
  expect(w.log.length).toBeGreaterThan(0);
});

const options = {
  clock: { now: () => new Date() },
  log: { info: () => {}, warn: () => {}, error: () => {} },
  door: () => {
    throw new Error('nobody knocks here');
  },
};
test.each<readonly [string, Pick<SlackOptions, 'token' | 'signingSecret' | 'appToken' | 'apiUrl'>, string]>([
  ['no token', { token: ' ', signingSecret: secret }, 'SLACK_BOT_TOKEN'],
  ['an empty secret', { token, signingSecret: '' }, 'SLACK_SIGNING_SECRET'],
  ['a blank secret', { token, signingSecret: '  ', appToken }, 'SLACK_SIGNING_SECRET'],
  ['an empty app token', { token, appToken: '' }, 'SLACK_APP_TOKEN'],
  ['neither', { token }, 'SLACK_SIGNING_SECRET'],
  ['an address that is none', { token, signingSecret: secret, apiUrl: 'slack' }, 'SLACK_API_URL'],
  ['an address of another kind', { token, signingSecret: secret, apiUrl: 'file:///x' }, 'SLACK_API_URL'],
])('half set up (%s) it refuses to start, and names the variable', (_name, given, variable) => {
  expect(() => createSlack({ ...options, ...given })).toThrow(Problem);
  expect(() => createSlack({ ...options, ...given })).toThrow(variable);
});

test('with Socket Mode alone nothing is taken over HTTP', async () => {
  const slack = createSlack({ ...options, token, appToken });
  const seen: unknown[] = [];
  const res = { headersSent: false, destroyed: false, writeHead: (s: number) => seen.push(s), end: () => {} };
  await slack.handle({ method: 'POST', headers: {} } as never, res as never);
  expect(seen).toEqual([404]);
});
