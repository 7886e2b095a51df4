import { type LogLevel, SocketModeClient } from '@slack/socket-mode';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { patienceMs } from '../support/clock.ts';
import { APP_TOKEN, modal, type Stage, stage, textInput } from './slack-support.ts';

let on: Stage;
let client: SocketModeClient;
const nothing = () => {};
/** The client complains of every cut connection, and some are cut here on purpose. */
const silent = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => 'error' as LogLevel,
};
beforeEach(async () => {
  on = await stage();
  client = new SocketModeClient({
    appToken: APP_TOKEN,
    logger: silent,
    clientPingTimeout: patienceMs,
    clientOptions: { slackApiUrl: on.apiUrl, retryConfig: { retries: 0 } },
  });
  // The library waits as long before it comes back as for a pong. Here it comes back at once, and no pong is ever late.
  const waits = (ms: number) => void Object.assign(client, { clientPingTimeoutMS: ms });
  client.on('connected', () => waits(1));
  client.on('reconnecting', () => waits(patienceMs));
});
afterEach(async () => {
  if (on.slack.socket.connected() > 0) await client.disconnect();
  await on.close();
});

type Ack = {
  ack(response?: object): Promise<void>;
  body: { [key: string]: unknown };
  retry_num?: number;
  accepts_response_payload?: boolean;
};
const next = (event: string) => new Promise<unknown>((resolve) => client.once(event, resolve));

test('a command goes over the socket and its answer comes back in the acknowledgement', async () => {
  await client.start();
  expect(on.slack.socket.connected()).toBe(1);
  client.once('slash_commands', ({ ack, body, accepts_response_payload }: Ack) =>
    ack({ text: `you said ${body.text}`, blocks: accepts_response_payload ? [] : 'not to be answered' }),
  );
  const answer = await on.slack.command({ user: 'U0ANN', text: 'hello' });
  expect(answer).toMatchObject({ status: 200, body: '{"text":"you said hello","blocks":[]}', late: false });
  expect(on.slack.snapshot('U0ANN').messages.D0ANN?.map(({ text, visibleTo }) => [text, visibleTo])).toEqual([
    ['you said hello', 'U0ANN'],
  ]);
  expect(on.bot.received).toEqual([]);
});

test('interactions and events too; an acknowledgement without payload is an empty answer', async () => {
  await client.start();
  client.on('slash_commands', async ({ ack, body }: Ack) => {
    await on.api('views.open', { trigger_id: body.trigger_id, view: modal([textInput('a')]) });
    await ack();
  });
  expect(await on.slack.command({ user: 'U0ANN', text: '' })).toMatchObject({ status: 200, body: '' });
  client.once('interactive', ({ ack }: Ack) => ack({ response_action: 'errors', errors: { a: 'No' } }));
  await on.slack.submit({ user: 'U0ANN', values: { a: 'x' } });
  expect(on.slack.snapshot('U0ANN').modals[0]?.errors).toEqual({ a: 'No' });
  client.once('interactive', ({ ack }: Ack) => ack());
  await on.slack.submit({ user: 'U0ANN' });
  expect(on.slack.snapshot('U0ANN').modals).toEqual([]);

  const seen: unknown[] = [];
  client.on('app_home_opened', async ({ ack, body, retry_num }: Ack) => {
    seen.push([body.event_id, retry_num]);
    await ack();
  });
  await on.slack.openHome({ user: 'U0ANN' });
  await on.slack.redeliver(1, 'timeout');
  const [[id]] = seen as [[string]];
  expect(seen).toEqual([
    [id, 0],
    [id, 1],
  ]);
});

test('text of any size passes, in both directions', async () => {
  await client.start();
  const long = '🚀'.repeat(40_000);
  client.once('slash_commands', ({ ack, body }: Ack) => ack({ text: String(body.text) }));
  await on.slack.command({ user: 'U0ANN', text: long });
  expect(on.slack.snapshot('U0ANN').messages.D0ANN?.[0]?.text).toBe(long);
});

test('told to disconnect, the client comes back with a fresh ticket and serves on', async () => {
  await client.start();
  const back = next('connected');
  on.slack.socket.disconnect('refresh_requested');
  await back;
  expect(on.slack.socket.connected()).toBe(1);
  expect(on.slack.calls.map(({ method }) => method)).toEqual(['apps.connections.open', 'apps.connections.open']);
  client.once('slash_commands', ({ ack }: Ack) => ack({ text: 'again' }));
  expect((await on.slack.command({ user: 'U0ANN', text: '' })).body).toBe('{"text":"again"}');
});

test('a connection that breaks before the acknowledgement leaves no answer', async () => {
  await client.start();
  client.once('slash_commands', () => on.slack.socket.cut());
  expect(await on.slack.command({ user: 'U0ANN', text: '' })).toMatchObject({ status: 0, problem: 'dispatch_failed' });
  await next('connected');
});

test('a ticket opens one connection', async () => {
  const { json } = await on.api('apps.connections.open', {}, APP_TOKEN);
  const first = new WebSocket(String(json.url));
  await new Promise((resolve) => first.addEventListener('open', resolve));
  const second = new WebSocket(String(json.url));
  expect(await new Promise((resolve) => second.addEventListener('error', () => resolve('refused')))).toBe('refused');
  const closed = new Promise((resolve) => first.addEventListener('close', resolve));
  first.close();
  await closed;
});
