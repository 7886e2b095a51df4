import { expect, test } from 'vitest';
import { type AccountId, type Delivered, noNames, type Outgoing, type PlaceId } from '../../src/core/kernel/index.ts';
import { ann, slackWorld, triage, view } from './world.ts';

type World = Awaited<ReturnType<typeof slackWorld>>;

const say = (w: World, words: string, key = words, place = triage) =>
  w.slack.platform.deliver({ kind: 'post', place: place as PlaceId, view: view(words), key }, noNames);
const tell = (w: World, account: string, key = 'k'): Promise<Delivered> =>
  w.slack.platform.deliver({ kind: 'direct', account: account as AccountId, view: view('psst'), key }, noNames);
const find = (w: World, outgoing: Outgoing) => w.slack.platform.find?.(outgoing, w.clock.now());
const nativeOf = (delivered: Delivered): string => {
  if (delivered.is !== 'done' || !delivered.native) throw new Error(JSON.stringify(delivered));
  return delivered.native;
};

test('a post is marked, unfurls nothing, links no names, and is edited in place', async () => {
  await using w = await slackWorld();
  const delivered = await say(w, 'first', 'feedback/1');
  expect(delivered).toEqual({ is: 'done', place: triage, native: expect.stringMatching(/^\d+\.\d+$/) });
  const { args } = w.workspace.calls.at(-1) ?? { args: {} };
  expect(args).toMatchObject({
    channel: 'C0TRIAGE',
    text: 'first',
    unfurl_links: 'false',
    unfurl_media: 'false',
    metadata: { event_type: 'groundcrew_message', event_payload: { key: 'feedback/1' } },
  });
  expect(args).not.toHaveProperty('link_names');
  expect(args).not.toHaveProperty('parse');

  const native = nativeOf(delivered);
  const edited = await w.slack.platform.deliver(
    { kind: 'edit', place: triage as PlaceId, native, view: view('second') },
    noNames,
  );
  expect(edited).toEqual({ is: 'done', place: triage, native });
  const [message] = w.messages('U0ANN', 'C0TRIAGE');
  expect(message?.text).toBe('second');
  expect(JSON.stringify(message?.blocks)).toContain('second');
  expect(message?.metadata?.event_payload).toEqual({ key: 'feedback/1' });
});

test('a picture that Slack cannot load costs no message: there is a link in its place', async () => {
  await using w = await slackWorld();
  const shown = {
    ...view('news'),
    blocks: [{ kind: 'picture', url: 'https://acme.test/a.png', alt: 'A graph' } as const],
  };
  const post = (key: string) =>
    w.slack.platform.deliver({ kind: 'post', place: triage as PlaceId, view: shown, key }, noNames);
  expect(await post('1')).toMatchObject({ is: 'done' });
  w.workspace.fail('chat.postMessage', { kind: 'error', error: 'invalid_blocks' });
  expect(await post('2')).toMatchObject({ is: 'done' });
  const blocks = w.messages('U0ANN', 'C0TRIAGE').map((m) => JSON.stringify(m.blocks));
  expect(blocks).toHaveLength(2);
  expect(blocks[0]).toContain('"image_url":"https://acme.test/a.png"');
  expect(blocks[1]).not.toContain('image_url');
  expect(blocks[1]).toContain('Picture: A graph');
});

test('a direct message names the conversation where it is', async () => {
  await using w = await slackWorld();
  const delivered = await tell(w, ann);
  expect(delivered).toMatchObject({ is: 'done', place: `slack:T0ACME/${w.workspace.dmOf('U0ANN')}` });
  expect(w.messages('U0ANN', w.workspace.dmOf('U0ANN'))).toHaveLength(1);
});

test('places and people that are not there any more', async () => {
  await using w = await slackWorld();
  expect(await say(w, 'x', 'x', 'slack:T0ACME/C0SECRET')).toMatchObject({ is: 'gone', what: 'place' });
  w.workspace.admin.archive('C0TRIAGE');
  expect(await say(w, 'x')).toMatchObject({ is: 'gone', what: 'place', why: 'chat.postMessage: is_archived' });
  w.workspace.admin.deactivate('U0ANN');
  expect(await tell(w, ann)).toMatchObject({ is: 'gone', what: 'person' });
  expect(await tell(w, 'slack:T0ACME/U0GHOST')).toMatchObject({ is: 'gone', what: 'person' });
});

test('a message that a person deleted cannot be edited', async () => {
  await using w = await slackWorld();
  const native = nativeOf(await say(w, 'x'));
  w.workspace.admin.deleteMessage('C0TRIAGE', native);
  const edited = await w.slack.platform.deliver(
    { kind: 'edit', place: triage as PlaceId, native, view: view('y') },
    noNames,
  );
  expect(edited).toMatchObject({ is: 'gone', what: 'message' });
});

test('a post whose answer was lost is found, not posted again', async () => {
  await using w = await slackWorld();
  w.workspace.fail('chat.postMessage', { kind: 'dropReply' });
  const post: Outgoing = { kind: 'post', place: triage as PlaceId, view: view('once'), key: 'feedback/7' };
  expect(await w.slack.platform.deliver(post, noNames)).toMatchObject({ is: 'later', unknown: true });
  await say(w, 'another', 'feedback/8');
  const found = await find(w, post);
  const [first] = w.messages('U0ANN', 'C0TRIAGE');
  expect(found).toEqual({ is: 'done', place: triage, native: first?.ts });
  expect(await find(w, { ...post, key: 'feedback/9' })).toBeUndefined();
});

test('a direct message whose answer was lost is found too', async () => {
  await using w = await slackWorld();
  w.workspace.fail('chat.postMessage', { kind: 'dropReply' });
  await tell(w, ann, 'told/1');
  const found = await find(w, { kind: 'direct', account: ann as AccountId, view: view('psst'), key: 'told/1' });
  expect(found).toMatchObject({ is: 'done', place: `slack:T0ACME/${w.workspace.dmOf('U0ANN')}` });
});

test('a reply whose answer was lost is found in its thread, one that may be alone also beside it', async () => {
  await using w = await slackWorld();
  const native = nativeOf(await say(w, 'root'));
  const reply: Outgoing = { kind: 'reply', place: triage as PlaceId, native, view: view('once'), key: 'run/1' };
  expect(await find(w, reply)).toBeUndefined();
  w.workspace.fail('chat.postMessage', { kind: 'dropReply' });
  expect(await w.slack.platform.deliver(reply, noNames)).toMatchObject({ is: 'later', unknown: true });
  const found = await find(w, reply);
  expect(found).toMatchObject({ is: 'done', place: triage });
  expect(nativeOf(found as Delivered)).not.toBe(native);
  w.workspace.admin.deleteMessage('C0TRIAGE', native);
  const alone = { ...reply, key: 'run/2', alone: true } as const;
  w.workspace.fail('chat.postMessage', { kind: 'error', error: 'thread_not_found' });
  expect(await w.slack.platform.deliver(alone, noNames)).toMatchObject({ is: 'done' });
  expect(await find(w, alone)).toMatchObject({ is: 'done' });
});

test('a lost message is found behind many others', async () => {
  await using w = await slackWorld();
  const post: Outgoing = { kind: 'post', place: triage as PlaceId, view: view('once'), key: 'deep' };
  await w.slack.platform.deliver(post, noNames);
  for (let i = 0; i < 250; i += 1)
    await w.workspace.postMessage({ user: 'U0ANN', channel: 'C0TRIAGE', text: `chatter ${i}` });
  expect(await find(w, post)).toMatchObject({ is: 'done' });
  expect(w.workspace.calls.filter((c) => c.method === 'conversations.history')).toHaveLength(2);
});

test('while Slack does not answer nobody knows, so it is asked again later', async () => {
  await using w = await slackWorld();
  const post: Outgoing = { kind: 'post', place: triage as PlaceId, view: view('once'), key: 'k' };
  w.workspace.fail('conversations.history', { kind: 'html' });
  expect(await find(w, post)).toMatchObject({ is: 'later', unknown: true });
});

test('without the scope to look, it says so and does not look', async () => {
  await using w = await slackWorld({ workspace: { scopes: ['chat:write', 'commands', 'im:write'] } });
  const post: Outgoing = { kind: 'post', place: triage as PlaceId, view: view('once'), key: 'k' };
  expect(await find(w, post)).toBeUndefined();
  const { ok, degraded } = await w.slack.platform.health();
  expect(ok).toBe(true);
  expect(degraded).toContain('finding a message again after a lost answer (needs the scope channels:history)');
  expect(degraded).toContain('roles by user group (needs the scope usergroups:read)');
  expect(degraded).not.toContain('posting messages (needs the scope chat:write)');
});

test('one channel takes a message a second, and another does not wait for it', async () => {
  await using w = await slackWorld({ workspace: { strictRate: true } });
  const results = [];
  for (let i = 0; i < 5; i += 1) results.push(await say(w, `m${i}`));
  expect(results.map((r) => r.is)).toEqual(['done', 'done', 'done', 'later', 'later']);
  expect(results[3]).toMatchObject({ after: 1_000 });
  expect(results[3]).not.toHaveProperty('unknown');
  expect(w.waits).toEqual([
    [1, 'chat.postMessage'],
    [2, 'chat.postMessage'],
  ]);
  expect(await tell(w, ann)).toMatchObject({ is: 'done' });
  await w.clock.pass(1_000);
  expect(await say(w, 'm3')).toMatchObject({ is: 'done' });
});

test('a 429 closes that method for as long as Slack says, and nothing else', async () => {
  await using w = await slackWorld();
  w.workspace.fail('chat.postMessage', { kind: 'status', status: 429, retryAfter: 30 });
  expect(await say(w, 'x')).toMatchObject({ is: 'later', after: 30_000 });
  const calls = w.workspace.calls.length;
  expect(await tell(w, ann)).toMatchObject({ is: 'later', after: 30_000 });
  expect(w.workspace.calls).toHaveLength(calls);
  const home = { kind: 'home', account: ann as AccountId, view: view('home') } as const;
  expect(await w.slack.platform.deliver(home, noNames)).toEqual({ is: 'done' });
  await w.clock.pass(30_000);
  expect(await say(w, 'x')).toMatchObject({ is: 'done' });
});

test('many direct messages go at the pace that Slack takes, none of them refused', async () => {
  const users = Array.from({ length: 400 }, (_, i) => ({ id: `U9${i}`, name: `u${i}`, realName: `U ${i}` }));
  await using w = await slackWorld({ workspace: { strictRate: true, users } });
  const started = w.clock.now().getTime();
  for (const { id } of users) {
    for (;;) {
      const delivered = await tell(w, `slack:T0ACME/${id}`, id);
      if (delivered.is === 'done') break;
      if (delivered.is !== 'later' || delivered.after === undefined) throw new Error(JSON.stringify(delivered));
      await w.clock.pass(delivered.after);
    }
  }
  const minutes = (w.clock.now().getTime() - started) / 60_000;
  expect(minutes).toBeGreaterThan(1.1);
  expect(minutes).toBeLessThan(1.4);
  expect(w.workspace.calls.filter((c) => c.error !== undefined)).toEqual([]);
});

test('the members of a group by id and by handle; the home of an unknown one', async () => {
  await using w = await slackWorld();
  expect(await w.slack.platform.members('S0CREWS')).toEqual(['slack:T0ACME/U0BEN']);
  expect(await w.slack.platform.members('@crew')).toEqual(['slack:T0ACME/U0BEN']);
  expect(await w.slack.platform.members('Crew')).toEqual(['slack:T0ACME/U0BEN']);
  expect(await w.slack.platform.members('nobody')).toEqual([]);
  expect(await w.slack.platform.members('S0NOBODY')).toEqual([]);
});

test('everybody in a channel, page by page; one that can’t be read is said by its name, and is no empty one', async () => {
  const many = Array.from({ length: 450 }, (_, i) => ({ id: `U9${i}`, name: `u${i}`, realName: `U ${i}` }));
  const big = { id: 'C0BIG', name: 'big', isPrivate: false, members: many.map((u) => u.id), botIsMember: false };
  const hidden = { id: 'C0SECRET', name: 'secret', isPrivate: true, members: ['U90'], botIsMember: false };
  await using w = await slackWorld({ workspace: { users: many, channels: [big, hidden] } });
  const { members } = w.slack.platform;
  expect(await members('slack:T0ACME/C0BIG')).toEqual(many.map((u) => `slack:T0ACME/${u.id}`));
  expect(w.workspace.calls.filter((c) => c.method === 'conversations.members')).toHaveLength(3);
  await expect(members('slack:T0ACME/C0SECRET')).rejects.toMatchObject({ code: 'channel_unreadable' });
  await expect(members('slack:T0ACME/C0GONE')).rejects.toThrow(/channel_not_found.*Invite the bot/);
  w.workspace.fail('conversations.members', { kind: 'status', status: 429, retryAfter: 3 });
  await expect(members('slack:T0ACME/C0BIG')).rejects.toMatchObject({ code: 'slack_unavailable' });
});

test('who wants no disturbance now, by their own schedule, fifty at a time; a guest is told as one', async () => {
  const many = Array.from({ length: 60 }, (_, i) => ({ id: `U9${i}`, name: `u${i}`, realName: `U ${i}` }));
  const guest = { id: 'U0GUEST', name: 'guest', realName: 'A Guest', email: 'guest@other.test', isGuest: true };
  await using w = await slackWorld({ workspace: { users: [...many, guest] } });
  const at = (ms: number) => new Date(Math.floor((w.clock.now().getTime() + ms) / 1000) * 1000);
  const until = at(3_600_000);
  w.workspace.admin.hush('U93', { from: at(-3_600_000), to: until });
  w.workspace.admin.hush('U959', { from: at(-3_600_000), to: until });
  w.workspace.admin.hush('U94', { from: at(3_600_000), to: at(7_200_000) });
  w.workspace.admin.hush('U95', { from: at(-7_200_000), to: at(-3_600_000) });
  const accounts = [...many.map((u) => `slack:T0ACME/${u.id}`), 'slack:T0ACME/U0NOBODY'] as never;
  const quiet = () => w.slack.platform.quiet?.(accounts);
  expect(await quiet()).toEqual(['U93', 'U959'].map((u) => ({ account: `slack:T0ACME/${u}`, until })));
  expect(w.workspace.calls.filter((c) => c.method === 'dnd.teamInfo')).toHaveLength(2);
  w.workspace.fail('dnd.teamInfo', { kind: 'status', status: 429, retryAfter: 3 });
  await expect(quiet()).rejects.toMatchObject({ code: 'slack_unavailable' });
  expect(await w.slack.platform.profile('slack:T0ACME/U0GUEST' as never)).toMatchObject({ guest: true, active: true });
});

test('a directory that does not answer takes nobody’s role away', async () => {
  await using w = await slackWorld();
  w.workspace.fail('usergroups.users.list', { kind: 'html' });
  await expect(w.slack.platform.members('S0CREWS')).rejects.toThrow(/did not answer usergroups.users.list/);
  w.workspace.fail('usergroups.list', { kind: 'status', status: 429, retryAfter: 3 });
  await expect(w.slack.platform.members('crew')).rejects.toThrow(/ratelimited/);
  expect(await w.slack.platform.members('crew')).toEqual(['slack:T0ACME/U0BEN']);
  w.workspace.fail('users.info', { kind: 'status', status: 503 });
  await expect(w.slack.platform.profile(ann as AccountId)).rejects.toThrow(/http_503/);
});

test('a profile has the name, the zone and the address that Slack vouches for', async () => {
  await using w = await slackWorld();
  expect(await w.slack.platform.profile(ann as AccountId)).toEqual({
    account: ann,
    name: 'Ann Koval',
    email: 'ann@acme.test',
    zone: 'Europe/Kyiv',
    active: true,
  });
  expect(await w.slack.platform.profile(`slack:T0ACME/${w.workspace.bot.userId}` as AccountId)).toMatchObject({
    active: false,
  });
  expect(await w.slack.platform.profile('slack:T0ACME/U0GHOST' as AccountId)).toBeUndefined();
});

test('health asks once in thirty seconds', async () => {
  await using w = await slackWorld();
  const asked = () => w.workspace.calls.filter((c) => c.method === 'auth.test').length;
  expect(await w.slack.platform.health()).toEqual({ ok: true });
  w.workspace.setTokenError('token_revoked');
  expect((await w.slack.platform.health()).ok).toBe(true);
  expect(asked()).toBe(1);
  await w.clock.pass(30_000);
  const both = await Promise.all([w.slack.platform.health(), w.slack.platform.health()]);
  expect(both).toEqual([
    { ok: false, why: 'auth.test: token_revoked' },
    { ok: false, why: 'auth.test: token_revoked' },
  ]);
  expect(asked()).toBe(2);
});
