import { expect, test } from 'vitest';
import { noNames, type PersonalInbound } from '../../src/core/kernel/index.ts';
import { isResponseUrl } from '../../src/slack/web.ts';
import { ask, slackWorld, whisper } from './world.ts';

type World = Awaited<ReturnType<typeof slackWorld>>;

/** Where the last inbound came from, to be answered later than it was. */
const originOf = (w: World) => (w.inbounds.at(-1) as PersonalInbound).origin;
const reply = (w: World, said = whisper('late')) => w.slack.platform.reply(said, originOf(w), noNames);
const methods = (w: World) => w.workspace.calls.map((c) => c.method);
const seenIn = (w: World, channel: string) => w.messages('U0ANN', channel).map((m) => [m.text, m.visibleTo]);

test('an address that was used five times gives way to an ephemeral message', async () => {
  await using w = await slackWorld();
  await w.workspace.command({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'x' });
  for (let i = 0; i < 5; i += 1) expect(await reply(w)).toEqual({ is: 'done' });
  expect(await reply(w)).toEqual({ is: 'done' });
  expect(methods(w)).toEqual([...Array(6).fill('response_url'), 'chat.postEphemeral']);
  expect(seenIn(w, 'C0TRIAGE')).toEqual(Array(6).fill(['late', 'U0ANN']));
});

test('after half an hour in a channel where the bot is not, it is a direct message', async () => {
  await using w = await slackWorld();
  await w.workspace.command({ user: 'U0ANN', channel: 'C0RANDOM', text: 'x' });
  await w.clock.pass(31 * 60_000);
  expect(await reply(w)).toEqual({ is: 'done' });
  expect(methods(w)).toEqual(['response_url', 'chat.postEphemeral', 'chat.postMessage']);
  expect(seenIn(w, 'C0RANDOM')).toEqual([]);
  expect(seenIn(w, w.workspace.dmOf('U0ANN'))).toEqual([['late', undefined]]);
});

test('when there is no way left, the address is gone', async () => {
  await using w = await slackWorld();
  await w.workspace.command({ user: 'U0ANN', channel: 'C0RANDOM', text: 'x' });
  await w.clock.pass(31 * 60_000);
  w.workspace.admin.deactivate('U0ANN');
  w.workspace.fail('chat.postMessage', { kind: 'error', error: 'user_disabled' });
  expect(await reply(w)).toMatchObject({ is: 'gone', what: 'address' });
});

test('an answer that may have arrived is not said another way', async () => {
  await using w = await slackWorld();
  await w.workspace.command({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'x' });
  w.workspace.fail('response_url', { kind: 'dropReply' });
  expect(await reply(w)).toMatchObject({ is: 'later', unknown: true });
  expect(methods(w)).toEqual(['response_url']);
  w.workspace.fail('response_url', { kind: 'status', status: 429, retryAfter: 2 });
  expect(await reply(w)).toEqual({ is: 'later', after: 2_000, why: 'response_url: ratelimited' });
});

test('a form whose trigger is over is gone; one that is open already is done', async () => {
  await using w = await slackWorld();
  await w.workspace.command({ user: 'U0ANN', text: 'x' });
  expect(await reply(w, ask())).toEqual({ is: 'done' });
  expect(await reply(w, ask())).toEqual({ is: 'done' });
  expect(w.workspace.snapshot('U0ANN').modals).toHaveLength(1);
  await w.workspace.command({ user: 'U0ANN', text: 'y' });
  await w.clock.pass(3_001);
  expect(await reply(w, ask())).toEqual({ is: 'gone', what: 'trigger', why: 'views.open: expired_trigger_id' });
});

test('what cannot be shown in a modal any more is a direct message', async () => {
  await using w = await slackWorld();
  await w.workspace.globalShortcut({ user: 'U0ANN', callbackId: 'feedback' });
  await w.clock.pass(3_001);
  expect(await reply(w)).toEqual({ is: 'done' });
  expect(seenIn(w, w.workspace.dmOf('U0ANN'))).toEqual([['late', undefined]]);
});

test('a fourth modal cannot be stacked: its trigger is gone, its words are a direct message', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'x' });
  await w.settled();
  w.answer([]);
  await w.workspace.change({ user: 'U0ANN', blockId: 'size', actionId: 'choice', value: 'large' });
  expect(await reply(w, ask({ id: 'two' }))).toEqual({ is: 'done' });
  await w.workspace.change({ user: 'U0ANN', blockId: 'size', actionId: 'choice', value: 'large' });
  expect(await reply(w, ask({ id: 'three' }))).toEqual({ is: 'done' });
  await w.workspace.change({ user: 'U0ANN', blockId: 'size', actionId: 'choice', value: 'large' });
  expect(await reply(w, ask({ id: 'four' }))).toMatchObject({ is: 'gone', what: 'trigger' });
  expect(await reply(w)).toEqual({ is: 'done' });
  expect(seenIn(w, w.workspace.dmOf('U0ANN'))).toHaveLength(1);
});

test('over a modal that was closed meanwhile a form opens alone', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'x' });
  await w.settled();
  w.answer([]);
  await w.workspace.submit({ user: 'U0ANN', values: { size: 'small', name: 'x' } });
  expect(w.workspace.snapshot('U0ANN').modals).toEqual([]);
  expect(await reply(w, ask({ id: 'next' }))).toEqual({ is: 'done' });
  expect(methods(w).slice(-2)).toEqual(['views.push', 'views.open']);
});

test('the latest change is drawn even when the form was drawn meanwhile', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'x' });
  await w.settled();
  w.answer([]);
  await w.workspace.change({ user: 'U0ANN', blockId: 'size', actionId: 'choice', value: 'large' });
  const redraw = (size: string) => reply(w, ask({ prior: { size } }, true));
  expect(await redraw('small')).toEqual({ is: 'done' });
  // The same hash again, stale by now.
  expect(await redraw('large')).toEqual({ is: 'done' });
  expect(methods(w).filter((m) => m === 'views.update')).toHaveLength(3);
  const [modal] = w.workspace.snapshot('U0ANN').modals;
  expect(Object.keys(modal?.values ?? {})).toEqual(['size', 'why', 'name']);
});

test('a 429 on posts holds up no reply, and a hanging one holds up no form', async () => {
  await using w = await slackWorld();
  w.workspace.fail('chat.postMessage', { kind: 'status', status: 429, retryAfter: 60 });
  await w.slack.platform.deliver(
    {
      kind: 'direct',
      account: 'slack:T0ACME/U0BEN' as never,
      view: { id: 'v', title: 't', summary: 's', blocks: [] },
      key: 'k',
    },
    noNames,
  );
  w.workspace.fail('chat.update', { kind: 'hang' });
  const hanging = w.slack.platform.deliver(
    {
      kind: 'edit',
      place: 'slack:T0ACME/C0TRIAGE' as never,
      native: '1.1',
      view: { id: 'v', title: 't', summary: 's', blocks: [] },
    },
    noNames,
  );
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'x' });
  await w.settled();
  expect(w.replied).toEqual([{ is: 'done' }]);
  await w.workspace.close();
  expect(await hanging).toMatchObject({ is: 'later', unknown: true });
});

test('an origin of another platform is refused', async () => {
  await using w = await slackWorld();
  expect(await w.slack.platform.reply(whisper('x'), { platform: 'teams' }, noNames)).toMatchObject({ is: 'refused' });
});

test('an address that Slack could not have given is never called', async () => {
  await using w = await slackWorld();
  await w.workspace.command({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'x' });
  const origin = { ...originOf(w), response: 'http://169.254.169.254/latest/meta-data' };
  expect(await w.slack.platform.reply(whisper('x'), origin, noNames)).toEqual({ is: 'done' });
  expect(methods(w)).toEqual(['chat.postEphemeral']);
});

const slack = 'https://slack.com/api/';
const local = 'http://127.0.0.1:4000/api/';
test.each([
  ['https://hooks.slack.com/actions/T1/2/3', slack, true],
  ['https://hooks.slack.com:443/commands/1', slack, true],
  ['http://hooks.slack.com/actions/1', slack, false],
  ['https://hooks.slack.com:8443/actions/1', slack, false],
  ['https://hooks.slack.com.evil.test/actions/1', slack, false],
  ['https://evil.test/?https://hooks.slack.com/', slack, false],
  ['https://hooks.slack.com@evil.test/', slack, false],
  ['https://user:pass@hooks.slack.com/', slack, false],
  ['https://slack.com/api/x', slack, false],
  ['https://[::ffff:127.0.0.1]/', slack, false],
  ['https://2130706433/', slack, false],
  ['file:///etc/passwd', slack, false],
  ['//hooks.slack.com/x', slack, false],
  ['', slack, false],
  ['http://127.0.0.1:4000/actions/1', local, true],
  ['http://127.0.0.1:4001/actions/1', local, false],
  ['https://127.0.0.1:4000/actions/1', local, false],
  ['https://hooks.slack.com/actions/1', local, false],
])('%s beside %s: %s', (address, apiUrl, allowed) => {
  expect(isResponseUrl(address, apiUrl)).toBe(allowed);
});

test('a redirect is not followed', async () => {
  const urls: string[] = [];
  await using w = await slackWorld({
    slack: {
      fetch: async (url, init) => {
        urls.push(`${String(url)} ${init?.redirect}`);
        if (String(url).includes('/api/')) return fetch(url, init as RequestInit);
        return new Response('', { status: 302, headers: { location: 'http://127.0.0.1:1/' } });
      },
    },
  });
  await w.workspace.command({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'x' });
  expect(await reply(w)).toEqual({ is: 'done' });
  expect(urls[0]).toMatch(/\/commands\/.* manual$/);
  expect(urls).toHaveLength(2);
  expect(methods(w)).toEqual(['chat.postEphemeral']);
});
