import { expect, test } from 'vitest';
import { createSocket } from '../../src/slack/socket.ts';
import { appToken, ask, slackWorld, token, view, whisper } from './world.ts';

/** Socket Mode by way of Bolt, against the workspace's own end of it. */

const socketWorld = () => slackWorld({ slack: { appToken } });
type World = Awaited<ReturnType<typeof socketWorld>>;

/** Resolves when the log says it for the `times`th time. */
const said = (w: World, message: string, times = 1): Promise<void> =>
  w.until(() => w.log.filter((l) => l.message === message).length >= times);
const connected = 'slack: Socket Mode is connected';

test('everything arrives over the socket as it does over HTTP', async () => {
  await using w = await socketWorld();
  await w.slack.start();
  expect(w.workspace.socket.connected()).toBe(1);
  expect((await w.slack.platform.health()).ok).toBe(true);

  w.answer([whisper('Hello')]);
  const answer = await w.workspace.command({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'help' });
  expect(answer.problem).toBeUndefined();
  expect(w.messages('U0ANN', 'C0TRIAGE').at(-1)).toMatchObject({ text: 'Hello', visibleTo: 'U0ANN' });

  w.answer([ask()]);
  await w.workspace.globalShortcut({ user: 'U0ANN', callbackId: 'feedback' });
  await w.until(() => w.replied.length > 0);
  w.answer([ask({ prior: { size: 'small' }, errors: { name: 'Taken.' } }, true)]);
  const sent = await w.workspace.submit({ user: 'U0ANN', values: { size: 'small', name: 'x' } });
  expect(sent.problem).toBeUndefined();
  expect(w.workspace.snapshot('U0ANN').modals[0]?.errors).toEqual({ name: 'Taken.' });
  w.answer([]);
  await w.workspace.openHome({ user: 'U0ANN' });
  expect(w.inbounds.map((i) => i.kind)).toEqual(['command', 'shortcut', 'submit', 'home']);
});

test('an event is acknowledged only once it was taken in', async () => {
  await using w = await socketWorld();
  await w.slack.start();
  const gate = Promise.withResolvers<void>();
  const here = Promise.withResolvers<void>();
  w.answer(async () => {
    here.resolve();
    await gate.promise;
    return [];
  });
  let acknowledged = false;
  const opened = w.workspace.openHome({ user: 'U0ANN' }).then((answer) => {
    acknowledged = true;
    return answer;
  });
  await here.promise;
  // Bolt's own App would have acknowledged by now. A round trip over the same connection proves that nothing came.
  w.answer([]);
  await w.workspace.command({ user: 'U0BEN', text: 'x' });
  expect(acknowledged).toBe(false);
  gate.resolve();
  expect((await opened).status).toBe(200);
});

test('a connection that Slack renews or cuts is opened anew', async () => {
  await using w = await socketWorld();
  await w.slack.start();
  w.workspace.socket.disconnect('refresh_requested');
  await said(w, connected, 2);
  w.workspace.socket.cut();
  await said(w, connected, 3);
  w.answer([whisper('Still here')]);
  const answer = await w.workspace.command({ user: 'U0ANN', text: 'help' });
  expect(answer.problem).toBeUndefined();
  expect(w.last('command').text).toBe('help');
});

test('while it is not connected health says why, and it keeps trying', async () => {
  await using w = await socketWorld();
  w.workspace.fail('apps.connections.open', { kind: 'error', error: 'internal_error', times: 2 });
  await w.slack.start();
  expect(await w.slack.platform.health()).toEqual({
    ok: false,
    why: 'Socket Mode is not connected since 2026-03-02T09:00:00.000Z: internal_error',
  });
  const failed = 'slack: Socket Mode is not connected';
  await w.clock.pass(1_000);
  await said(w, failed, 2);
  expect(w.workspace.socket.connected()).toBe(0);
  await w.clock.pass(2_000);
  await said(w, connected);
  expect((await w.slack.platform.health()).ok).toBe(true);
});

test('a revoked app token neither ends the process nor stops the rest', async () => {
  await using w = await socketWorld();
  w.workspace.fail('apps.connections.open', { kind: 'error', error: 'invalid_auth', times: 1 });
  await w.slack.start();
  expect(await w.slack.platform.health()).toMatchObject({ ok: false, why: expect.stringContaining('invalid_auth') });
  const delivered = await w.slack.platform.deliver(
    { kind: 'post', place: 'slack:T0ACME/C0TRIAGE' as never, view: view('x'), key: 'k' },
    { people: new Map(), places: new Map() },
  );
  expect(delivered.is).toBe('done');
});

test('stop finishes what is under way, leaves new arrivals to others, and closes', async () => {
  await using w = await socketWorld();
  await w.slack.start();
  const gate = Promise.withResolvers<void>();
  const here = Promise.withResolvers<void>();
  w.answer(async () => {
    here.resolve();
    await gate.promise;
    return [whisper('finished')];
  });
  const first = w.workspace.command({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'slow' });
  await here.promise;
  const stopped = w.slack.stop();
  const second = w.workspace.command({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'new' });
  await said(w, 'slack: an arrival was left to another connection');
  gate.resolve();
  expect((await first).problem).toBeUndefined();
  await stopped;
  expect((await second).problem).toBe('dispatch_failed');
  expect(w.workspace.socket.connected()).toBe(0);
  expect(w.inbounds).toHaveLength(1);
  expect(w.clock.waiting()).toBe(0);
});

test('stop right after start opens nothing', async () => {
  await using w = await socketWorld();
  const started = w.slack.start();
  await w.slack.stop();
  await started;
  expect(w.workspace.socket.connected()).toBe(0);
});

test('stop while it waits for its next try ends the trying', async () => {
  await using w = await socketWorld();
  w.workspace.fail('apps.connections.open', { kind: 'error', error: 'fatal_error' });
  await w.slack.start();
  expect(w.clock.waiting()).toBe(1);
  await w.slack.stop();
  expect(w.clock.waiting()).toBe(0);
  expect(w.workspace.socket.connected()).toBe(0);
});

test('stop while it is connecting leaves no connection behind', async () => {
  await using w = await slackWorld();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const receive = async () => ({ status: 200 });
  const socket = await createSocket({
    appToken,
    token,
    apiUrl: w.apiUrl,
    clock: w.clock,
    log,
    receive,
    admit: () => true,
  });
  const started = socket.start();
  await socket.stop();
  await started;
  expect(w.workspace.calls.map((c) => c.method)).toEqual(['apps.connections.open']);
  // One round trip to the workspace, so that it has heard of the end of the connection.
  await fetch(w.origin);
  expect(w.workspace.socket.connected()).toBe(0);
  expect(socket.health().ok).toBe(false);
});
