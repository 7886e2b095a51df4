import { expect, test } from 'vitest';
import type { Inbound } from '../../src/core/kernel/index.ts';
import { type Decoded, decode } from '../../src/teams/decode.ts';
import { hostileStrings } from '../support/teams-hostile.ts';

const now = new Date('2026-11-23T10:00:00Z');
const tenant = '22222222-2222-4222-8222-222222222222';
const aad = 'aaaaaaaa-0000-4000-8000-000000000001';
const bot = { id: '28:app', name: 'Groundcrew' };
type Json = Readonly<Record<string, unknown>>;

const base = (over: Json = {}): Json => ({
  type: 'message',
  id: '1700000000000',
  timestamp: '2026-11-23T10:00:00Z',
  serviceUrl: 'https://smba.trafficmanager.net/emea/',
  channelId: 'msteams',
  from: { id: '29:ann', name: 'Ann', aadObjectId: aad },
  recipient: bot,
  conversation: { id: 'a:1', conversationType: 'personal', tenantId: tenant },
  channelData: { tenant: { id: tenant } },
  ...over,
});
const inChannel: Json = {
  conversation: {
    id: '19:ch@thread.tacv2;messageid=170',
    conversationType: 'channel',
    isGroup: true,
    tenantId: tenant,
  },
  channelData: { tenant: { id: tenant }, team: { id: '19:team@thread.tacv2' }, channel: { id: '19:ch@thread.tacv2' } },
};
const mention = { type: 'mention', text: '<at>Groundcrew</at>', mentioned: { id: '28:app', name: 'Groundcrew' } };
/** The bytes that would have come; the deepest bodies cannot be written down again. */
const rawOf = (body: unknown): string => {
  try {
    return JSON.stringify(body);
  } catch {
    return '';
  }
};
const read = (body: unknown): Decoded => decode(body, { now, raw: rawOf(body), tenantId: 'fallback-tenant' });
const invoke = (name: string, value: unknown, over: Json = {}) =>
  read(base({ type: 'invoke', id: 'f:1', name, value, ...over }));
function inboundOf(decoded: Decoded): Inbound {
  if (decoded.is !== 'inbound') throw new Error(`expected an inbound, got ${JSON.stringify(decoded)}`);
  return decoded.inbound;
}
const form = (inputs: Json = {}, conditions: Json = {}): Json => ({
  asked: 'id-1',
  drawn: ['a'],
  conditions,
  ...inputs,
});

test('a message in the 1:1 chat is a command, with everything around it', () => {
  const decoded = read(
    base({
      text: 'feedback mine',
      localTimezone: 'Europe/Kyiv',
      entities: [{ type: 'clientInfo', timezone: 'Asia/Tokyo' }],
    }),
  );
  expect(decoded).toEqual({
    is: 'inbound',
    inbound: {
      kind: 'command',
      text: 'feedback mine',
      delivery: 'teams/a:1/1700000000000',
      at: now,
      account: `teams:${tenant}/${aad}`,
      place: `teams:${tenant}/a:1`,
      hints: { name: 'Ann', zone: 'Europe/Kyiv' },
      origin: {
        platform: 'teams',
        via: 'message',
        serviceUrl: 'https://smba.trafficmanager.net/emea/',
        tenant,
        conversation: 'a:1',
        scope: 'personal',
        where: 'our chat',
        account: `teams:${tenant}/${aad}`,
        user: '29:ann',
        bot: '28:app',
      },
    },
    known: {
      place: `teams:${tenant}/a:1`,
      reference: {
        serviceUrl: 'https://smba.trafficmanager.net/emea/',
        tenantId: tenant,
        conversationId: 'a:1',
        conversationType: 'personal',
        botId: '28:app',
        account: `teams:${tenant}/${aad}`,
        installed: true,
      },
    },
  });
});

test('the zone may stand in the client’s info alone', () => {
  const { hints } = inboundOf(
    read(base({ text: 'x', entities: [{ type: 'clientInfo', timezone: 'Asia/Tokyo' }] })),
  ) as { hints?: object };
  expect(hints).toEqual({ name: 'Ann', zone: 'Asia/Tokyo' });
  const odd = inboundOf(read(base({ text: 'x', localTimezone: 'no zone\u0000' }))) as { hints?: object };
  expect(odd.hints).toEqual({ name: 'Ann' });
});

test.each<[string, Json, string]>([
  ['<at>Groundcrew</at> feedback', {}, 'feedback'],
  ['<at>Groundcrew</at>&nbsp;feedback mine\n', {}, 'feedback mine'],
  ['hey <at>Groundcrew</at>, help', {}, 'hey , help'],
  ['<at>Groundcrew</at>\n\n  line one\nline two ', {}, 'line one\nline two'],
  ['<at>Groundcrew</at> /platform help', {}, 'help'],
  ['<at>Groundcrew</at> /Platform', {}, ''],
  ['<at>Groundcrew</at> /platforms', {}, '/platforms'],
  [
    '<at>Groundcrew</at> a &lt;b&gt; &amp;lt; &#39;c&#x27; &quot;d&quot; &unknown;',
    {},
    'a <b> &lt; \'c\' "d" &unknown;',
  ],
  [
    '<at>Groundcrew</at> ask <at>Ann A.</at>',
    { extra: { type: 'mention', text: '<at>Ann A.</at>', mentioned: { id: '29:x', name: 'Ann Archer' } } },
    'ask Ann Archer',
  ],
  ['<at>Groundcrew</at> <at>Nobody</at>', {}, '<at>Nobody</at>'],
  ['<at>Groundcrew</at>', {}, ''],
])('in a channel %j is said to the bot', (typed, { extra }, text) => {
  const entities = [mention, ...(extra ? [extra] : [])];
  expect(inboundOf(read(base({ ...inChannel, text: typed, entities })))).toMatchObject({ kind: 'command', text });
});

test('in a channel the thread stays in the origin, the place is the channel', () => {
  const decoded = read(base({ ...inChannel, text: '<at>Groundcrew</at> x', entities: [mention] }));
  expect(inboundOf(decoded)).toMatchObject({
    place: `teams:${tenant}/19:ch@thread.tacv2`,
    origin: { conversation: '19:ch@thread.tacv2;messageid=170', scope: 'channel', where: 'a channel' },
  });
  expect(decoded).toMatchObject({
    known: {
      reference: {
        conversationId: '19:ch@thread.tacv2',
        teamId: '19:team@thread.tacv2',
        channelId: '19:ch@thread.tacv2',
      },
    },
  });
});

test('a reaction names the message; one without is nothing', () => {
  const added = { type: 'messageReaction', replyToId: '170', reactionsAdded: [{ type: 'like' }, { type: 'heart' }] };
  expect(inboundOf(read(base({ ...inChannel, ...added })))).toMatchObject({
    kind: 'reacted',
    place: `teams:${tenant}/19:ch@thread.tacv2`,
    native: '170',
    added: ['like', 'heart'],
    removed: [],
    origin: { via: 'reaction' },
  });
  const removed = { ...added, reactionsAdded: undefined, reactionsRemoved: [{ type: 'like' }] };
  expect(inboundOf(read(base({ ...inChannel, ...removed })))).toMatchObject({ added: [], removed: ['like'] });
  expect(read(base({ ...inChannel, ...added, replyToId: null }))).toMatchObject({ is: 'nothing', status: 200 });
});

test('where Teams lets us hear a channel, a reply in a thread says under what', () => {
  const reply = { ...inChannel, text: 'me too', entities: [] };
  const expected = { kind: 'replied', native: '170', text: 'me too', place: `teams:${tenant}/19:ch@thread.tacv2` };
  expect(inboundOf(read(base({ ...reply, id: '171' })))).toMatchObject(expected);
  expect(read(base({ ...reply, id: '170' }))).toMatchObject({ is: 'nothing', status: 200 });
});

test('what is not said to the bot is only remembered as a place', () => {
  const other = { type: 'mention', text: '<at>Ann</at>', mentioned: { id: '29:x', name: 'Ann' } };
  for (const entities of [[], [other], null, ['nonsense', { type: 'mention' }]]) {
    // The first message of a thread.
    const decoded = read(base({ ...inChannel, id: '170', text: '<at>Groundcrew</at> x', entities }));
    expect(decoded).toMatchObject({
      is: 'nothing',
      status: 200,
      known: { place: `teams:${tenant}/19:ch@thread.tacv2` },
    });
  }
  const targeted = read(base({ ...inChannel, text: 'x', recipient: { ...bot, isTargeted: true } }));
  expect(inboundOf(targeted)).toMatchObject({ kind: 'command', text: 'x' });
});

test.each<[string, Decoded, Json]>([
  [
    'Action.Execute',
    invoke(
      'adaptiveCard/action',
      { action: { type: 'Action.Execute', verb: 'item.plan', data: { value: '{"n":1}' } }, trigger: 'manual' },
      { replyToId: '42' },
    ),
    { kind: 'press', press: { name: 'item.plan', value: '{"n":1}' }, origin: { via: 'press', card: '42' } },
  ],
  [
    'Action.Execute without data',
    invoke('adaptiveCard/action', { action: { verb: 'item.plan' } }),
    { kind: 'press', press: { name: 'item.plan', value: '' } },
  ],
  [
    'Action.Execute with odd data',
    invoke('adaptiveCard/action', { action: { verb: 'item.plan', data: ['x'] } }),
    { kind: 'press', press: { name: 'item.plan', value: '' } },
  ],
  [
    'a tampered value',
    invoke('adaptiveCard/action', { action: { verb: 'item.plan', data: { value: { deep: [1] } } } }),
    { kind: 'press', press: { name: 'item.plan', value: '' } },
  ],
  [
    'Action.Submit',
    read(base({ value: { press: 'item.plan', value: 'v' }, replyToId: '42' })),
    { kind: 'press', press: { name: 'item.plan', value: 'v' }, origin: { via: 'button', card: '42' } },
  ],
  [
    'a button that opens a dialog',
    invoke('task/fetch', {
      data: { msteams: { type: 'task/fetch' }, press: 'item.ask', value: 'v' },
      context: { theme: 'dark' },
    }),
    { kind: 'press', press: { name: 'item.ask', value: 'v' }, origin: { via: 'open' } },
  ],
  [
    'a dialog',
    invoke('task/submit', { data: form({ 'text:a': 'x' }) }),
    { kind: 'submit', asked: 'id-1', raw: { a: 'x' }, origin: { via: 'dialog' } },
  ],
  [
    'a dialog that goes on',
    invoke('task/submit', { data: form({ 'text:a': 'x' }, { b: { field: 'a', is: ['x'] } }) }),
    { kind: 'changed', asked: 'id-1', raw: { a: 'x' }, origin: { via: 'dialog' } },
  ],
  [
    'a form in a message',
    invoke('adaptiveCard/action', { action: { verb: 'form.submit', data: form({ 'text:a': 'x' }) } }),
    { kind: 'submit', asked: 'id-1', raw: { a: 'x' }, origin: { via: 'inline' } },
  ],
  [
    'the same by Action.Submit',
    read(base({ value: form({ 'person:a': 'aad-2' }) })),
    { kind: 'submit', raw: { a: `teams:${tenant}/aad-2` }, origin: { via: 'form' } },
  ],
  [
    'a message extension’s dialog',
    invoke('composeExtension/submitAction', { commandId: 'x', data: form({ 'text:a': 'x' }) }),
    { kind: 'submit', asked: 'id-1', origin: { via: 'extensionForm' } },
  ],
  [
    'a typeahead',
    invoke('application/search', { queryText: 'che', dataset: 'services', queryOptions: { skip: 0, top: 15 } }),
    { kind: 'search', source: 'services', query: 'che' },
  ],
  [
    'a first install',
    read(base({ type: 'installationUpdate', action: 'add' })),
    { kind: 'home', first: true, origin: { via: 'install' } },
  ],
])('%s', (_, decoded, expected) => {
  expect(inboundOf(decoded)).toMatchObject(expected);
});

test('a message shortcut brings the message as text; it leaves no reference, since the bot may not be there', () => {
  const messagePayload = {
    id: '170',
    linkToMessage: 'https://teams.microsoft.com/l/message/19:x/170',
    body: { contentType: 'html', content: '<p>CI&nbsp;is <b>slow</b></p><ul><li>one</li><li>two &lt;3&gt;</li></ul>' },
    from: { user: { userIdentityType: 'aadUser', id: 'aad-2', displayName: 'Bob' } },
  };
  const decoded = invoke('composeExtension/fetchTask', {
    commandId: 'backlog',
    commandContext: 'message',
    messagePayload,
  });
  const inbound = inboundOf(decoded);
  expect(inbound).toMatchObject({
    kind: 'shortcut',
    name: 'backlog',
    message: {
      text: 'CI is slow\n\n- one\n- two <3>',
      permalink: 'https://teams.microsoft.com/l/message/19:x/170',
      author: `teams:${tenant}/aad-2`,
    },
    origin: { via: 'extension', where: 'another chat' },
  });
  expect('place' in inbound).toBe(false);
  expect('known' in decoded).toBe(false);
});

test('a shortcut without a message, or with a strange one', () => {
  const called = (value: Json) => inboundOf(invoke('composeExtension/fetchTask', value));
  expect('message' in called({ commandId: 'new', commandContext: 'compose' })).toBe(false);
  expect(called({ commandId: 'new', messagePayload: {} })).toMatchObject({ message: { text: '' } });
  const strange = called({
    commandId: 'new',
    messagePayload: { linkToMessage: 'javascript:x', body: { contentType: 'text', content: ' a <b> ' }, from: 7 },
  });
  expect((strange as { message: unknown }).message).toEqual({ text: 'a <b>' });
});

test('people who join or leave a team change a group; the bot’s own leaving is remembered', () => {
  const team: Json = { ...inChannel, type: 'conversationUpdate' };
  const joined = read(base({ ...team, membersAdded: [{ id: '29:x', aadObjectId: 'aad-2' }] }));
  expect(inboundOf(joined)).toEqual({
    kind: 'observed',
    what: 'group.changed',
    input: { platform: 'teams', group: '19:team@thread.tacv2' },
    delivery: 'teams/19:ch@thread.tacv2;messageid=170/1700000000000',
    at: now,
  });
  expect(inboundOf(read(base({ ...team, membersAdded: [{ id: '28:app' }] })))).toMatchObject({ what: 'group.changed' });
  const left = read(base({ ...team, membersRemoved: [{ id: '28:app' }] }));
  expect(left).toMatchObject({ is: 'nothing', status: 200, known: { reference: { installed: false } } });
  expect(read(base({ ...team, channelData: { team: { id: 't' }, eventType: 'channelCreated' } }))).toMatchObject({
    is: 'nothing',
  });
  const chat = read(
    base({
      type: 'conversationUpdate',
      conversation: { id: '19:g@thread.v2', conversationType: 'groupChat' },
      membersAdded: [{ id: '29:x' }],
    }),
  );
  expect(chat).toMatchObject({ is: 'nothing', known: { reference: { conversationType: 'groupChat' } } });
});

test('installs elsewhere are remembered, removals too', () => {
  const install = (action: string, over: Json = {}) => read(base({ type: 'installationUpdate', action, ...over }));
  expect(install('add', inChannel)).toMatchObject({ is: 'nothing', known: { reference: { installed: true } } });
  expect(install('add-upgrade')).toMatchObject({ is: 'nothing', known: { reference: { installed: true } } });
  expect(install('remove')).toMatchObject({
    is: 'nothing',
    known: { reference: { installed: false, account: `teams:${tenant}/${aad}` } },
  });
  expect(install('remove-upgrade')).toMatchObject({ known: { reference: { installed: false } } });
});

test('what is not offered and what is not for us', () => {
  expect(invoke('composeExtension/query', {})).toEqual({ is: 'nothing', status: 501 });
  expect(invoke('signin/verifyState', {})).toEqual({ is: 'nothing', status: 501 });
  expect(invoke('constructor', {})).toEqual({ is: 'nothing', status: 501 });
  for (const type of ['messageReaction', 'messageUpdate', 'messageDelete', 'event', 'typing', 'toString'])
    expect(read(base({ type }))).toEqual({ is: 'nothing', status: 200 });
  // Somebody without a directory id: a connector, or a guest of a meeting.
  expect(read(base({ text: 'x', from: { id: '28:other', name: 'Bot' } }))).toEqual({ is: 'nothing', status: 200 });
  expect(invoke('task/fetch', { data: { press: 'p', value: '' } }, { from: { id: '29:guest' } }).is).toBe('malformed');
});

test('without an id the body itself is the key, and it is the same every time', () => {
  const body = base({ id: undefined, text: 'x' });
  const first = inboundOf(read(body)).delivery;
  expect(first).toMatch(/^teams\/sha256\/[0-9a-f]{64}$/);
  expect(inboundOf(read(body)).delivery).toBe(first);
  expect(inboundOf(read({ ...body, text: 'y' })).delivery).not.toBe(first);
});

test('the tenant may stand in either place; without one it is ours', () => {
  const tenantOf = (over: Json) =>
    (inboundOf(read(base({ text: 'x', ...over }))) as { account: string }).account.split(/[:/]/)[1];
  expect(tenantOf({ conversation: { id: 'a:1' } })).toBe(tenant);
  expect(tenantOf({ conversation: { id: 'a:1' }, channelData: null })).toBe('fallback-tenant');
});

test('where a conversation’s kind is missing it is told by its ids', () => {
  const scope = (over: Json) =>
    (inboundOf(read(base({ text: 'x', recipient: { ...bot, isTargeted: true }, ...over }))) as { origin: Json }).origin
      .scope;
  expect(scope({ conversation: { id: 'a:1' } })).toBe('personal');
  expect(scope({ conversation: { id: '19:g@thread.v2' } })).toBe('groupChat');
  expect(scope({ conversation: { id: '19:c' }, channelData: { channel: { id: '19:c' } } })).toBe('channel');
  expect(scope({ conversation: { id: '19:g', conversationType: 'GROUPCHAT' } })).toBe('groupChat');
});

const deep = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
test.each<[string, unknown]>([
  ['null', null],
  ['a list', []],
  ['text', 's'],
  ['a number', 1],
  ['50,000 lists deep', deep(50_000)],
  ['nothing', {}],
  ['no type', base({ type: undefined })],
  ['no from', base({ from: undefined })],
  ['no conversation', base({ conversation: {} })],
  ['no recipient', base({ recipient: null })],
  ['an odd directory id', base({ from: { id: '29:x', aadObjectId: 'a/b' } })],
  ['an odd tenant', base({ conversation: { id: 'a:1', tenantId: '../x' } })],
  ['half a character in an id', base({ id: '\ud800' })],
  ['a NUL in an id', base({ conversation: { id: 'a\u0000b' } })],
  ['text that is none', base({ text: 7 })],
  ['a value that is no button', base({ value: { other: 1 } })],
  ['a value that is a list', base({ value: [1] })],
  ['a press without a name', base({ value: { press: '', value: 'x' } })],
  ['an action without a verb', base({ type: 'invoke', name: 'adaptiveCard/action', value: {} })],
  ['an action whose value is deep', base({ type: 'invoke', name: 'adaptiveCard/action', value: deep(50_000) })],
  [
    'a form without its id',
    base({ type: 'invoke', name: 'adaptiveCard/action', value: { action: { verb: 'form.submit', data: {} } } }),
  ],
  ['a dialog without data', base({ type: 'invoke', name: 'task/submit', value: null })],
  ['a shortcut without a name', base({ type: 'invoke', name: 'composeExtension/fetchTask', value: {} })],
  ['a search in nothing', base({ type: 'invoke', name: 'application/search', value: { queryText: 'x' } })],
])('malformed: %s', (_, body) => {
  const decoded = decode(body, { now, raw: '', tenantId: tenant });
  expect(decoded.is).toBe('malformed');
  expect((decoded as { why: string }).why).not.toContain('\n');
});

test('deep values beside what is read do no harm', () => {
  expect(read(base({ text: 'x', channelData: { tenant: { id: tenant }, deep: deep(20_000) } })).is).toBe('inbound');
});

test('hostile text comes in clean, and soon', () => {
  for (const hostile of hostileStrings(300)) {
    const inbound = inboundOf(read(base({ text: hostile }))) as { text: string };
    expect(inbound.text.isWellFormed()).toBe(true);
    expect(inbound.text).not.toMatch(/[\p{Cs}\u202a-\u202e]/u);
    const content = `<div>${hostile}</div>${hostile}`;
    const quoted = inboundOf(
      invoke('composeExtension/fetchTask', { commandId: 'c', messagePayload: { body: { content } } }),
    );
    expect(JSON.stringify(quoted).isWellFormed()).toBe(true);
  }
});

test.each([
  ['brackets', '<'],
  ['blanks', ' '],
  ['entities', '&'],
  ['list items', '<li>'],
  ['alt texts', '<img alt="'],
  ['mentions', '<at>'],
])('a megabyte of %s is read in linear time', (_, piece) => {
  const content = piece.repeat(1_000_000 / piece.length);
  const entities = Array.from({ length: 5000 }, () => ({
    type: 'mention',
    text: '<',
    mentioned: { id: 'x', name: '' },
  }));
  const cpu = process.cpuUsage();
  invoke('composeExtension/fetchTask', { commandId: 'c', messagePayload: { body: { content } } });
  read(base({ text: content, entities }));
  const { user } = process.cpuUsage(cpu);
  // A quadratic reader takes minutes here; this bound is far from both.
  expect(user).toBeLessThan(3_000_000);
});
