import { expect, test } from 'vitest';
import type { Decoded } from '../../src/slack/arrival.ts';
import { decode } from '../../src/slack/decode.ts';
import { typedText, withoutMention } from '../../src/slack/markup.ts';

const at = new Date('2026-03-02T09:00:00Z');
const read = (payload: unknown): Decoded => decode(payload, { at, digest: () => 'digest' });
const inboundOf = (payload: unknown) => {
  const decoded = read(payload);
  if (decoded.is !== 'inbound') throw new Error(`expected an inbound: ${JSON.stringify(decoded)}`);
  return decoded.inbound;
};

const user = { id: 'U1', username: 'ann', team_id: 'T1' };
const team = { id: 'T1', domain: 'acme' };
const by = { user, team, trigger_id: '1.2.abc' };
const command = {
  command: '/platform',
  text: 'help',
  team_id: 'T1',
  user_id: 'U1',
  channel_id: 'C1',
  trigger_id: '1.2',
};
const button = { type: 'button', action_id: 'feedback.plan#12', value: '{"id":7}' };
const view = (values: unknown, more: object = {}) => ({
  id: 'V1',
  type: 'modal',
  hash: 'h1',
  private_metadata: 'asked-1',
  blocks: [
    { type: 'context', block_id: 'ctx' },
    { type: 'input', block_id: 'size' },
  ],
  state: { values },
  ...more,
});
const event = (inner: unknown, more: object = {}) => ({
  type: 'event_callback',
  team_id: 'T1',
  event_id: 'Ev1',
  authorizations: [{ team_id: 'T1', user_id: 'UBOT' }],
  event: inner,
  ...more,
});
const im = { type: 'message', channel_type: 'im', user: 'U1', channel: 'D1', text: 'help', ts: '1.1' };

test('a slash command', () => {
  expect(inboundOf({ ...command, response_url: 'https://hooks.slack.com/commands/1' })).toEqual({
    kind: 'command',
    text: 'help',
    delivery: 'slack/1.2',
    at,
    account: 'slack:T1/U1',
    place: 'slack:T1/C1',
    origin: {
      platform: 'slack',
      surface: 'command',
      team: 'T1',
      user: 'U1',
      trigger: '1.2',
      response: 'https://hooks.slack.com/commands/1',
      channel: 'C1',
    },
  });
});

test('an arrival without an id of its own is named by its body', () => {
  expect(inboundOf({ ...command, trigger_id: undefined }).delivery).toBe('slack/digest');
  expect(inboundOf(event(im, { event_id: undefined })).delivery).toBe('slack/digest');
});

test('a press in a thread keeps the thread, and loses what made its id unique', () => {
  const press = inboundOf({
    type: 'block_actions',
    ...by,
    container: { type: 'message', message_ts: '2.2', channel_id: 'C1', thread_ts: '1.1' },
    channel: { id: 'C1', name: 'x' },
    response_url: 'https://hooks.slack.com/actions/1',
    actions: [button],
  });
  expect(press).toMatchObject({
    kind: 'press',
    press: { name: 'feedback.plan', value: '{"id":7}' },
    place: 'slack:T1/C1',
    origin: { surface: 'message', thread: '1.1', channel: 'C1', trigger: '1.2.abc' },
  });
});

test('a press where the workspace is not named belongs to the person’s own', () => {
  const press = inboundOf({ type: 'block_actions', ...by, team: null, enterprise: { id: 'E1' }, actions: [button] });
  expect(press).toMatchObject({ account: 'slack:T1/U1' });
});

test('a button without a value is a press with an empty one', () => {
  const press = inboundOf({ type: 'block_actions', ...by, actions: [{ type: 'button', action_id: 'go#1' }] });
  expect(press).toMatchObject({ press: { name: 'go', value: '' } });
});

test('every kind of input is read back in the kernel’s shape', () => {
  const submit = inboundOf({
    type: 'view_submission',
    ...by,
    view: view({
      size: { choice: { type: 'static_select', selected_option: { value: 'large' } } },
      what: { text: { type: 'plain_text_input', value: 'a \ud800 b\0' } },
      nothing: { text: { type: 'plain_text_input', value: null } },
      count: { number: { type: 'number_input', value: '3' } },
      urgent: { toggle: { type: 'radio_buttons', selected_option: { value: 'true' } } },
      calm: { toggle: { type: 'radio_buttons', selected_option: { value: 'false' } } },
      day: { date: { type: 'datepicker', selected_date: '2026-03-02' } },
      hour: { time: { type: 'timepicker', selected_time: '09:30' } },
      who: { person: { type: 'users_select', selected_user: 'U2' } },
      hurt: { scale: { type: 'radio_buttons', selected_option: { value: '5' } } },
      many: { choices: { type: 'checkboxes', selected_options: [{ value: 'a' }, { value: 'b' }] } },
      none: { choices: { type: 'checkboxes', selected_options: [] } },
      service: { 'search:services': { type: 'external_select', selected_option: { value: 'orders' } } },
      foreign: { whatever: { type: 'plain_text_input', value: 'not ours' } },
    }),
  });
  expect(submit).toMatchObject({ kind: 'submit', asked: 'asked-1' });
  expect(submit.kind === 'submit' && submit.raw).toEqual({
    size: 'large',
    what: 'a \ufffd b',
    count: '3',
    urgent: true,
    calm: false,
    day: '2026-03-02',
    hour: '09:30',
    who: 'slack:T1/U2',
    hurt: '5',
    many: ['a', 'b'],
    none: [],
    service: 'orders',
  });
  expect('origin' in submit && submit.origin).toMatchObject({ view: 'V1', hash: 'h1', fields: ['size'] });
});

test('an input of a form that changes is a change, one anywhere else is not ours', () => {
  const action = { type: 'radio_buttons', action_id: 'choice', action_ts: '9.5' };
  const changed = inboundOf({ type: 'block_actions', ...by, view: view({}), actions: [action] });
  expect(changed).toMatchObject({ kind: 'changed', asked: 'asked-1', origin: { changed: '9.5', hash: 'h1' } });
  expect(read({ type: 'block_actions', ...by, actions: [action] }).is).toBe('ignored');
});

test('where a button stands is told apart', () => {
  const surface = (more: object) => {
    const inbound = inboundOf({ type: 'block_actions', ...by, actions: [button], ...more });
    return 'origin' in inbound && inbound.origin.surface;
  };
  expect(surface({})).toBe('message');
  expect(surface({ view: view({}) })).toBe('modal');
  expect(surface({ view: view({}, { type: 'home' }) })).toBe('home');
});

test('a message shortcut links into a thread, and to nothing when the workspace names no domain', () => {
  const action = (more: object) =>
    inboundOf({
      type: 'message_action',
      ...by,
      callback_id: 'backlog',
      channel: { id: 'C1' },
      message: { ts: '170.000200', thread_ts: '169.000100', user: 'U2', text: 'see <https://a.test|docs>' },
      ...more,
    });
  const quoted = action({});
  expect(quoted).toMatchObject({
    name: 'backlog',
    message: {
      text: 'see docs (https://a.test)',
      permalink: 'https://acme.slack.com/archives/C1/p170000200?thread_ts=169.000100&cid=C1',
      author: 'slack:T1/U2',
    },
  });
  const bare = action({
    team: { id: 'T1', domain: 'evil.test/?' },
    message: { ts: '1.1', user: 'U2', bot_id: 'B1', text: '', attachments: [{ fallback: 'an alert' }] },
  });
  expect(bare.kind === 'shortcut' && bare.message).toEqual({ text: 'an alert' });
});

test('what people write to the bot is a command; what bots write, edit or join is not', () => {
  expect(inboundOf(event(im))).toMatchObject({ kind: 'command', text: 'help', delivery: 'slack/Ev1' });
  const mention = { ...im, type: 'app_mention', channel: 'C1', thread_ts: '5.5', text: 'hey <@UBOT> feedback mine' };
  expect(inboundOf(event(mention))).toMatchObject({
    kind: 'command',
    text: 'hey feedback mine',
    place: 'slack:T1/C1',
    origin: { thread: '5.5' },
  });
  for (const not of [{ bot_id: 'B1' }, { subtype: 'message_changed' }, { edited: { ts: '1' } }, { user: undefined }])
    expect(read(event({ ...im, ...not })).is).toBe('ignored');
  expect(read(event({ ...im, channel_type: 'channel' })).is).toBe('ignored');
});

test('a reply under a message of ours says what and where; under that of somebody else, or to us, it is not for us', () => {
  const said = { type: 'message', user: 'U1', channel: 'C1', ts: '2', thread_ts: '170.000200', parent_user_id: 'UBOT' };
  const reply = { ...said, channel_type: 'channel', text: 'me too &amp; all' };
  const expected = { kind: 'replied', native: '170.000200', text: 'me too & all', place: 'slack:T1/C1' };
  expect(inboundOf(event(reply))).toMatchObject(expected);
  expect(inboundOf(event({ ...reply, channel_type: 'group' }))).toMatchObject(expected);
  // Who wrote the first message may be missing: then it is looked up.
  expect(inboundOf(event({ ...reply, parent_user_id: undefined }))).toMatchObject(expected);
  for (const not of [
    { thread_ts: undefined },
    { parent_user_id: 'U2' },
    { user: 'UBOT' },
    { bot_id: 'B1' },
    { subtype: 'message_changed' },
    { edited: { ts: '1' } },
    { text: '<@UBOT> me too' },
    { channel_type: 'mpim' },
  ])
    expect(read(event({ ...reply, ...not })).is, JSON.stringify(not)).toBe('ignored');
});

test('only the home tab is the home', () => {
  expect(inboundOf(event({ type: 'app_home_opened', user: 'U1', tab: 'home' })).kind).toBe('home');
  expect(read(event({ type: 'app_home_opened', user: 'U1', tab: 'messages' })).is).toBe('ignored');
});

test('a reaction names the message, whatever the skin; one to a file, or of the bot itself, is nothing', () => {
  const item = { type: 'message', channel: 'C1', ts: '170.000200' };
  const reaction = { type: 'reaction_added', user: 'U1', reaction: '+1::skin-tone-3', item };
  expect(inboundOf(event(reaction))).toMatchObject({
    kind: 'reacted',
    account: 'slack:T1/U1',
    place: 'slack:T1/C1',
    native: '170.000200',
    added: ['+1'],
    removed: [],
  });
  const taken = inboundOf(event({ ...reaction, type: 'reaction_removed' }));
  expect(taken).toMatchObject({ added: [], removed: ['+1'] });
  expect(read(event({ ...reaction, item: { type: 'file', file: 'F1' } })).is).toBe('ignored');
  expect(read(event({ ...reaction, user: 'UBOT' })).is).toBe('ignored');
  expect(read(event({ ...reaction, item_user: 'U2' })).is).toBe('ignored');
  expect(read(event({ ...reaction, item_user: 'UBOT' })).is).toBe('inbound');
  expect(read(event({ ...reaction, reaction: 7 })).is).toBe('malformed');
});

test('Slack’s own errands', () => {
  expect(read({ type: 'url_verification', challenge: 'c' })).toEqual({ is: 'challenge', challenge: 'c' });
  for (const type of ['view_closed', 'app_rate_limited', 'workflow_step_edit', 'constructor', '__proto__'])
    expect(read({ type, ...by }).is).toBe('ignored');
  expect(read(event({ type: 'pin_added' })).is).toBe('ignored');
  expect(read(event({ type: 'toString' })).is).toBe('ignored');
});

const deep = (n: number): unknown => JSON.parse(`${'['.repeat(n)}${']'.repeat(n)}`);
const bad: Readonly<Record<string, unknown>> = {
  null: null,
  'a list': [],
  'a string': 's',
  'a number': 1,
  'nothing in it': {},
  'a list 50,000 deep': deep(50_000),
  'a type that is no string': { type: 3 },
  'a command without a user': { ...command, user_id: undefined },
  'a command whose channel holds a slash': { ...command, channel_id: 'C1/../x' },
  'a command whose text is an object': { ...command, text: {} },
  'actions without actions': { type: 'block_actions', ...by, actions: [] },
  'actions without a user': { type: 'block_actions', team, actions: [button] },
  'actions that are no list': { type: 'block_actions', ...by, actions: 'x' },
  'a user without an id': { type: 'block_actions', ...by, user: {}, actions: [button] },
  'a submit without a view': { type: 'view_submission', ...by },
  'a submit whose state is 50,000 deep': { type: 'view_submission', ...by, view: view(deep(50_000)) },
  'a submit whose values are no objects': { type: 'view_submission', ...by, view: view({ size: 'x' }) },
  'a message shortcut without a message': { type: 'message_action', ...by, callback_id: 'x', channel: { id: 'C1' } },
  'a shortcut without a name': { type: 'shortcut', ...by },
  'an event without an event': { type: 'event_callback', team_id: 'T1' },
  'an event without a workspace': { type: 'event_callback', event: im },
  'an event whose type is missing': event({}),
  'a message without a channel': event({ ...im, channel: undefined }),
  'a home without a user': event({ type: 'app_home_opened', tab: 'home' }),
  'a changed user without an id': event({ type: 'user_change', user: {} }),
  'a challenge that is none': { type: 'url_verification', challenge: {} },
};
test.each(Object.keys(bad))('malformed: %s', (name) => {
  const decoded = read(bad[name]);
  expect(decoded.is).toBe('malformed');
  expect(decoded.is === 'malformed' && decoded.why).not.toContain('\n');
});

test('what is deep where nobody looks is no harm', () => {
  expect(inboundOf({ ...command, extra: deep(50_000) })).toMatchObject({ text: 'help' });
});

test('a person’s address is theirs only when the workspace vouches for it', () => {
  const emailOf = (more: object) => {
    const profile = { email: 'Ann@Acme.test', real_name: 'Ann' };
    const inbound = inboundOf(
      event({ type: 'team_join', user: { id: 'U1', team_id: 'T1', tz: 'Mars/One', profile, ...more } }),
    );
    if (inbound.kind !== 'observed') throw new Error('expected an observation');
    const { profile: made } = inbound.input as { profile: { email?: string; zone?: string } };
    expect(made.zone).toBeUndefined();
    return made.email;
  };
  expect(emailOf({})).toBe('ann@acme.test');
  expect(emailOf({ is_bot: true })).toBeUndefined();
  expect(emailOf({ is_stranger: true })).toBeUndefined();
  expect(emailOf({ team_id: 'T_OTHER' })).toBeUndefined();
  expect(emailOf({ team_id: 'T_OTHER', enterprise_user: { teams: ['T1'] } })).toBe('ann@acme.test');
  expect(emailOf({ is_email_confirmed: false })).toBeUndefined();
  expect(emailOf({ is_restricted: true })).toBeUndefined();
  expect(emailOf({ is_restricted: true, is_email_confirmed: true })).toBe('ann@acme.test');
});

test.each([
  ['a &lt; b &amp;&amp; c &gt; d', 'a < b && c > d'],
  ['&amp;lt;', '&lt;'],
  ['<@U1|ann> and <@U2>', '@ann and @U2'],
  ['in <#C1|general>, <#C2|>', 'in #general, #C2'],
  ['<!here> <!subteam^S1|@crew> <!date^1^{time}|then>', '@here @crew then'],
  ['<http://example.com|example.com>', 'example.com'],
  ['<https://a.test/?x=1&amp;y=2>', 'https://a.test/?x=1&y=2'],
  ['<https://a.test|the docs>', 'the docs (https://a.test)'],
  ['<mailto:a@b.test|a@b.test>', 'a@b.test'],
  ['a \u202ereversed\u202c \ud800', 'a reversed \ufffd'],
  ['5 < 6', '5 < 6'],
])('%s is read as %s', (sent, typed) => {
  expect(typedText(sent)).toBe(typed);
});

test('reading is linear in what it reads', () => {
  const began = process.cpuUsage().user;
  typedText('<'.repeat(200_000));
  typedText('<@'.repeat(100_000));
  typedText('&'.repeat(200_000));
  withoutMention('<@U1|'.repeat(40_000), undefined);
  withoutMention('<@UBOT|'.repeat(30_000), 'UBOT');
  // A quadratic reader takes minutes here; this bound is far from both.
  expect((process.cpuUsage().user - began) / 1_000).toBeLessThan(5_000);
});

test('the mention of the bot goes, that of others stays', () => {
  expect(withoutMention('<@UBOT> ask <@U2>', 'UBOT')).toBe('ask <@U2>');
  expect(withoutMention(' <@UX|groundcrew> help', undefined)).toBe('help');
  expect(withoutMention('no mention', 'UBOT')).toBe('no mention');
});
