import { expect, test } from 'vitest';
import { type Delivered, noNames, type Origin, type Outgoing, said, type View } from '../../src/core/kernel/index.ts';
import type { Fault } from '../../src/playground/teams/index.ts';
import { cardOf, linesIn } from '../support/teams-cards.ts';
import {
  accountOf,
  ann,
  bob,
  CHANNEL,
  carol,
  GROUP,
  placeOf,
  TEAM,
  TENANT_ID,
  type TeamsWorld,
  teamsWorld,
} from '../support/teams-world.ts';

const view = (words = 'Hi'): View => ({
  id: 'v',
  title: 'Hello',
  summary: 'Hello there',
  blocks: [{ kind: 'text', text: said(words) }],
});
const post = (conversation: string, words?: string): Outgoing => ({
  kind: 'post',
  place: placeOf(conversation),
  view: view(words),
  key: 'k',
});
const direct = (user: { aadObjectId: string }, words?: string): Outgoing => ({
  kind: 'direct',
  account: accountOf(user),
  view: view(words),
  key: 'k',
});
const edit = (conversation: string, native: string, words = 'changed'): Outgoing => ({
  kind: 'edit',
  place: placeOf(conversation),
  native,
  view: view(words),
});
const deliver = (w: TeamsWorld, outgoing: Outgoing) => w.platform.deliver(outgoing, noNames);
const lines = (m: Parameters<typeof cardOf>[0]) => linesIn(cardOf(m));
const requests = (w: TeamsWorld) => w.tenant.calls.map((c) => `${c.method} ${c.path.replace(/\/\d+$/, '/ID')}`);
const activities = /\/activities/;

test('a post in a channel begins a thread, and is edited in place', async () => {
  const w = await teamsWorld();
  const made = await deliver(w, post(CHANNEL));
  const message = w.seen(ann, CHANNEL).at(-1);
  expect(made).toEqual({ is: 'done', place: placeOf(CHANNEL), native: message?.id });
  expect(message).toMatchObject({ root: message?.id, summary: 'Hello there', targeted: false });
  expect(lines(message)).toEqual(['Hello', 'Hi']);
  expect(await deliver(w, edit(CHANNEL, message?.id as string))).toMatchObject({ is: 'done' });
  expect(lines(w.seen(bob, CHANNEL).at(-1))).toEqual(['Hello', 'changed']);
  expect(requests(w)).toEqual([
    `POST /v3/conversations/${CHANNEL}/activities`,
    `PUT /v3/conversations/${CHANNEL}/activities/ID`,
  ]);
});

test('a group chat and the General channel', async () => {
  const w = await teamsWorld();
  expect(await deliver(w, post(GROUP))).toMatchObject({ is: 'done' });
  expect(await deliver(w, post(TEAM))).toMatchObject({ is: 'done' });
  expect(lines(w.seen(bob, GROUP).at(-1))).toEqual(['Hello', 'Hi']);
});

test('a direct message goes to the 1:1 chat that is known, or to a new one, which is remembered', async () => {
  const w = await teamsWorld();
  await w.tenant.say({ user: ann.id, conversation: 'personal', text: 'hi' });
  expect(await deliver(w, direct(ann))).toMatchObject({ is: 'done', place: placeOf(`a:1-${ann.aadObjectId}`) });
  expect(requests(w)).toHaveLength(1);
  expect(await deliver(w, direct(bob, 'first'))).toMatchObject({ is: 'done' });
  expect(await deliver(w, direct(bob, 'second'))).toMatchObject({ is: 'done' });
  expect(requests(w).slice(1)).toEqual([
    'POST /v3/conversations',
    `POST /v3/conversations/a:1-${bob.aadObjectId}/activities`,
    `POST /v3/conversations/a:1-${bob.aadObjectId}/activities`,
  ]);
  expect(w.seen(bob, 'personal').map((m) => lines(m)[1])).toEqual(['first', 'second']);
  expect(w.kept.get(placeOf(`a:1-${bob.aadObjectId}`))).toMatchObject({ account: accountOf(bob), installed: true });
});

test('home is a card in the 1:1 chat', async () => {
  const w = await teamsWorld();
  expect(await deliver(w, { kind: 'home', account: accountOf(ann), view: view('home') })).toMatchObject({ is: 'done' });
  expect(lines(w.seen(ann, 'personal').at(-1))).toEqual(['Hello', 'home']);
});

test('somebody whom the bot does not reach, and somebody who is not there', async () => {
  const w = await teamsWorld();
  expect(await deliver(w, direct(carol))).toEqual({
    is: 'gone',
    what: 'person',
    why: 'Teams answered 403 BotNotInConversationRoster',
  });
  expect(await deliver(w, direct({ aadObjectId: 'nobody' }))).toMatchObject({ is: 'gone', what: 'person' });
});

test('a person who removed the bot is gone, and is not asked again until they are back', async () => {
  const w = await teamsWorld();
  await w.tenant.say({ user: ann.id, conversation: 'personal', text: 'hi' });
  w.tenant.fail(
    { method: 'POST', path: activities },
    { kind: 'status', times: 1, status: 403, code: 'BotNotInConversationRoster' },
  );
  expect(await deliver(w, direct(ann))).toMatchObject({ is: 'gone', what: 'person' });
  expect(w.kept.get(placeOf(`a:1-${ann.aadObjectId}`))).toMatchObject({ installed: false });
  expect(await deliver(w, direct(ann))).toEqual({ is: 'gone', what: 'person', why: 'the bot was removed there' });
  expect(w.tenant.calls).toHaveLength(1);
  await w.tenant.say({ user: ann.id, conversation: 'personal', text: 'hi again' });
  expect(await deliver(w, direct(ann))).toMatchObject({ is: 'done' });
});

test('a channel that the bot was removed from is gone, and comes back with the bot', async () => {
  const w = await teamsWorld();
  await w.tenant.say({ user: ann.id, conversation: CHANNEL, text: 'help' });
  await w.tenant.uninstall({ user: ann.id, place: TEAM });
  expect(await deliver(w, post(CHANNEL))).toMatchObject({ is: 'gone', what: 'place' });
  expect(w.kept.get(placeOf(CHANNEL))).toMatchObject({ installed: false });
  const calls = w.tenant.calls.length;
  expect(await deliver(w, edit(CHANNEL, '1'))).toMatchObject({ is: 'gone', what: 'place' });
  expect(w.tenant.calls).toHaveLength(calls);
  await w.tenant.install({ user: ann.id, place: TEAM });
  await w.tenant.say({ user: ann.id, conversation: CHANNEL, text: 'help' });
  expect(await deliver(w, post(CHANNEL))).toMatchObject({ is: 'done' });
});

test('a channel that refused once is served again after an hour, though nobody mentioned the bot there', async () => {
  const w = await teamsWorld();
  await w.tenant.say({ user: ann.id, conversation: CHANNEL, text: 'help' });
  w.tenant.fail(
    { method: 'POST', path: activities },
    { kind: 'status', times: 1, status: 403, code: 'BotNotInConversationRoster' },
  );
  expect(await deliver(w, post(CHANNEL))).toMatchObject({ is: 'gone', what: 'place' });
  w.clock.advance(3_599_000);
  expect(await deliver(w, post(CHANNEL))).toMatchObject({ is: 'gone', why: 'the bot was removed there' });
  w.clock.advance(1_000);
  expect(await deliver(w, post(CHANNEL))).toMatchObject({ is: 'done' });
  await w.quiet();
  expect(w.kept.get(placeOf(CHANNEL))).toMatchObject({ installed: true });
  expect(w.kept.get(placeOf(CHANNEL))).not.toHaveProperty('doubted');
});

test('a message that somebody deleted, and a channel that never was', async () => {
  const w = await teamsWorld();
  const made = (await deliver(w, post(CHANNEL))) as { native: string };
  w.tenant.deleteMessage({ conversation: CHANNEL, activityId: made.native });
  expect(await deliver(w, edit(CHANNEL, made.native))).toMatchObject({ is: 'gone', what: 'message' });
  expect(await deliver(w, post('19:nowhere@thread.tacv2'))).toMatchObject({ is: 'gone', what: 'place' });
});

const later = (over: object = {}): unknown => ({ is: 'later', why: expect.any(String), ...over });
test.each<[string, Fault, unknown, unknown]>([
  ['429', { kind: 'status', times: 1, status: 429, retryAfter: 3 }, later({ after: 3000 }), later({ after: 3000 })],
  ['412', { kind: 'status', times: 1, status: 412 }, later(), later()],
  ['503', { kind: 'status', times: 1, status: 503 }, later(), later()],
  ['502', { kind: 'status', times: 1, status: 502 }, later({ unknown: true }), later()],
  ['504', { kind: 'status', times: 1, status: 504 }, later({ unknown: true }), later()],
  ['a proxy’s page', { kind: 'html', times: 1 }, later({ unknown: true }), later()],
  ['a lost answer', { kind: 'dropReply', times: 1 }, later({ unknown: true }), later()],
  [
    'our token refused',
    { kind: 'status', times: 1, status: 401 },
    { is: 'parked', why: expect.any(String) },
    { is: 'parked', why: expect.any(String) },
  ],
])('%s: one request, and the engine decides', async (_, fault, posted, edited) => {
  const w = await teamsWorld();
  const { native } = (await deliver(w, post(CHANNEL))) as { native: string };
  const before = w.tenant.calls.length;
  w.tenant.fail({ method: 'POST', path: activities }, fault);
  expect(await deliver(w, post(GROUP))).toEqual(posted);
  expect(w.tenant.calls).toHaveLength(before + 1);
  w.tenant.fail({ method: 'PUT', path: activities }, fault);
  expect(await deliver(w, edit(CHANNEL, native))).toEqual(edited);
  expect(w.tenant.calls).toHaveLength(before + 2);
});

test('a connector that hangs is given up, and the message may be there', async () => {
  const w = await teamsWorld({}, { timeouts: { bulk: 30, interactive: 30 } });
  w.tenant.fail({ method: 'POST', path: activities }, { kind: 'hang', times: 1 });
  expect(await deliver(w, post(CHANNEL))).toEqual(later({ unknown: true }));
});

test('a 429 holds the conversation, not the others, and is told of', async () => {
  const waits: [number, string][] = [];
  const w = await teamsWorld({}, { onWait: (seconds, what) => waits.push([seconds, what]) });
  w.tenant.fail({ method: 'POST', path: activities }, { kind: 'status', times: 1, status: 429, retryAfter: 3 });
  await deliver(w, post(CHANNEL));
  expect(await deliver(w, post(CHANNEL))).toEqual(later({ after: 3000 }));
  expect(w.tenant.calls).toHaveLength(1);
  expect(await deliver(w, post(GROUP))).toMatchObject({ is: 'done' });
  w.clock.advance(3000);
  expect(await deliver(w, post(CHANNEL))).toMatchObject({ is: 'done' });
  expect(waits).toEqual([
    [3, '429'],
    [3, 'rate'],
  ]);
});

test('bulk messages keep to Teams’ rates, so that Teams never says 429', async () => {
  const w = await teamsWorld({ strictRate: true });
  let made = 0;
  for (let tries = 0; made < 70 && tries < 200; tries += 1) {
    const d: Delivered = await deliver(w, post(CHANNEL));
    if (d.is === 'done') made += 1;
    else if (d.is === 'later' && d.after !== undefined) w.clock.advance(d.after);
    else throw new Error(d.is);
  }
  expect(made).toBe(70);
  expect(w.tenant.calls.every((c) => c.status === 201)).toBe(true);
});

test('what Teams finds too big is drawn smaller, and refused when that does not help', async () => {
  const w = await teamsWorld();
  const words = 'many words '.repeat(500);
  w.tenant.fail({ method: 'POST', path: activities }, { kind: 'status', times: 1, status: 413 });
  expect(await deliver(w, post(CHANNEL, words))).toMatchObject({ is: 'done' });
  const sizes = w.tenant.calls.map((c) => JSON.stringify(c.body).length);
  expect(sizes).toHaveLength(2);
  expect(sizes[1]).toBeLessThan((sizes[0] as number) / 2);
  w.tenant.fail({ method: 'POST', path: activities }, { kind: 'status', times: 9, status: 413 });
  expect(await deliver(w, post(CHANNEL, words))).toMatchObject({ is: 'refused' });
  // A short message gets no smaller, so it is not sent again.
  const before = w.tenant.calls.length;
  expect(await deliver(w, post(CHANNEL, 'short'))).toMatchObject({ is: 'refused' });
  expect(w.tenant.calls).toHaveLength(before + 1);
});

test('with the references’ store away, what was heard lately is still known', async () => {
  const w = await teamsWorld();
  w.stored.away = true;
  await w.tenant.say({ user: ann.id, conversation: 'personal', text: 'hi' });
  await w.quiet();
  expect(await deliver(w, direct(ann))).toMatchObject({ is: 'done' });
  expect(await deliver(w, post(CHANNEL))).toMatchObject({ is: 'done' });
  w.stored.away = false;
  await w.tenant.say({ user: ann.id, conversation: 'personal', text: 'hi' });
  await w.teams.stop();
  expect([...w.kept.keys()]).toEqual([placeOf(`a:1-${ann.aadObjectId}`)]);
});

const origin = (over: Record<string, string> = {}): Origin => ({
  platform: 'teams',
  via: 'message',
  serviceUrl: 'x',
  tenant: TENANT_ID,
  conversation: CHANNEL,
  scope: 'channel',
  where: 'Help',
  account: accountOf(bob),
  user: bob.id,
  bot: '28:app',
  ...over,
});
const whisper = { kind: 'whisper', view: view('secret') } as const;

test('a reply is never held up by what is posted in bulk', async () => {
  const w = await teamsWorld();
  for (let i = 0; i < 8; i += 1) await deliver(w, post(CHANNEL));
  expect((await deliver(w, post(CHANNEL))).is).toBe('later');
  expect(await w.platform.reply(whisper, origin({ serviceUrl: w.serviceUrl }), noNames)).toMatchObject({ is: 'done' });
});

test('a reply to somebody who is not in the conversation any more goes to their 1:1 chat, or is gone', async () => {
  const w = await teamsWorld();
  await w.tenant.removeMember({ user: bob.id, place: TEAM });
  const to = origin({ serviceUrl: w.serviceUrl });
  expect(await w.platform.reply(whisper, to, noNames)).toMatchObject({
    is: 'done',
    place: placeOf(`a:1-${bob.aadObjectId}`),
  });
  expect(lines(w.seen(bob, 'personal').at(-1))).toEqual(['Hello', 'You asked for this in Help.', 'secret']);
  expect(await w.platform.health()).toEqual({ ok: true });
  const stranger = { ...to, account: accountOf(carol), user: carol.id };
  expect(await w.platform.reply(whisper, stranger, noNames)).toMatchObject({ is: 'gone', what: 'person' });
  expect(w.seen(ann, CHANNEL)).toEqual([]);
});

test('a reply into a 1:1 chat in which the bot has no part goes to its own', async () => {
  const w = await teamsWorld();
  const to = origin({
    serviceUrl: w.serviceUrl,
    conversation: '19:two-people@unq.gbl.spaces',
    scope: 'personal',
    where: 'another chat',
  });
  expect(await w.platform.reply(whisper, to, noNames)).toMatchObject({ is: 'done' });
  expect(lines(w.seen(bob, 'personal').at(-1))).toContain('You asked for this in another chat.');
});

test('a reply whose fate is unknown is not made a second time in another place', async () => {
  const w = await teamsWorld();
  const to = origin({ serviceUrl: w.serviceUrl });
  w.tenant.fail({ method: 'POST', path: activities }, { kind: 'dropReply', times: 1 });
  expect(await w.platform.reply(whisper, to, noNames)).toMatchObject({ is: 'later', unknown: true });
  expect(w.tenant.calls).toHaveLength(1);
});

test('no token goes to an address that an origin names but nobody vouched for', async () => {
  const w = await teamsWorld();
  const reply = await w.platform.reply(whisper, origin({ serviceUrl: 'https://evil.example.com/' }), noNames);
  expect(reply.is).toBe('refused');
});
