import {
  ErrorCode,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkBlocks, checkView, LIMITS, type Mention, mentions } from '../../src/playground/slack/index.ts';
import {
  APP_TOKEN,
  button,
  modal,
  mrkdwn,
  plain,
  type Stage,
  section,
  stage,
  TOKEN,
  textInput,
} from './slack-support.ts';

let on: Stage;
beforeEach(async () => {
  on = await stage();
});
afterEach(() => on.close());

/** The real client, as a bot would configure it for posts: no blind retries. */
const client = (token = TOKEN, more: object = {}) =>
  new WebClient(token, {
    slackApiUrl: on.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
    allowAbsoluteUrls: false,
    ...more,
  });

const errorOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error) => (error instanceof WebAPIPlatformError ? error.data.error : String(error)),
  );

const strings = (max: number) => ({ fits: 'x'.repeat(max), over: 'x'.repeat(max + 1) });
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const option = (index: number, text = `Option ${index}`, value = `v${index}`) => ({ text: plain(text), value });

describe('the real WebClient', () => {
  test('auth.test names the team and the bot', async () => {
    const who = await client().auth.test();
    expect(who).toMatchObject({
      ok: true,
      team_id: 'T0ACME',
      user_id: on.slack.bot.userId,
      bot_id: on.slack.bot.botId,
    });
    expect(who.response_metadata?.scopes).toContain('chat:write');
  });

  test('posts, updates, reads back and deletes a message, with its metadata', async () => {
    const web = client();
    const metadata = { event_type: 'feedback', event_payload: { key: 'f-1' } };
    const posted = await web.chat.postMessage({
      channel: 'C0TRIAGE',
      text: 'New *card*',
      blocks: [section('New *card*')] as never,
      metadata,
    });
    expect(posted.message).toMatchObject({ text: 'New *card*', bot_id: on.slack.bot.botId, metadata });
    const ts = posted.ts ?? '';
    await web.chat.update({ channel: 'C0TRIAGE', ts, text: 'Planned' });
    const [stored] = on.slack.snapshot('U0ANN').messages.C0TRIAGE ?? [];
    expect(stored?.text).toBe('Planned');
    expect(stored?.blocks).toHaveLength(1);
    const bare = await web.conversations.history({ channel: 'C0TRIAGE' });
    expect(bare.messages?.[0]?.metadata).toBeUndefined();
    const full = await web.conversations.history({ channel: 'C0TRIAGE', include_all_metadata: true });
    expect(full.messages?.[0]).toMatchObject({ ts, text: 'Planned', metadata });
    const link = await web.chat.getPermalink({ channel: 'C0TRIAGE', message_ts: ts });
    expect(link.permalink).toBe(`https://acme.slack.com/archives/C0TRIAGE/p${ts.replace('.', '')}`);
    await web.chat.delete({ channel: 'C0TRIAGE', ts });
    expect(await errorOf(web.chat.update({ channel: 'C0TRIAGE', ts, text: 'x' }))).toBe('message_not_found');
  });

  test('an update with an empty list of blocks removes them, and empty metadata clears it', async () => {
    const web = client();
    const metadata = { event_type: 'e', event_payload: { a: 1 } };
    const { ts = '' } = await web.chat.postMessage({
      channel: 'C0TRIAGE',
      text: 'a',
      blocks: [section('a')] as never,
      metadata,
    });
    await web.chat.update({ channel: 'C0TRIAGE', ts, text: 'b', blocks: [], metadata: {} as never });
    const [stored] = on.slack.snapshot('U0ANN').messages.C0TRIAGE ?? [];
    expect(stored).toMatchObject({ text: 'b', blocks: [] });
    expect(stored?.metadata).toBeUndefined();
  });

  test('a post to a person reaches their conversation with the bot; replies gather in a thread', async () => {
    const web = client();
    const opened = await web.conversations.open({ users: 'U0ANN' });
    const root = await web.chat.postMessage({ channel: 'U0ANN', text: 'hello' });
    expect(root.channel).toBe(opened.channel?.id);
    await web.chat.postMessage({ channel: root.channel ?? '', text: 'more', thread_ts: root.ts ?? '' });
    const history = await web.conversations.history({ channel: root.channel ?? '' });
    expect(history.messages?.map(({ text, reply_count }) => ({ text, reply_count }))).toEqual([
      { text: 'hello', reply_count: 1 },
    ]);
    const replies = await web.conversations.replies({ channel: root.channel ?? '', ts: root.ts ?? '' });
    expect(replies.messages?.map(({ text }) => text)).toEqual(['hello', 'more']);
    expect(await errorOf(web.conversations.replies({ channel: root.channel ?? '', ts: '1.000001' }))).toBe(
      'thread_not_found',
    );
  });

  test('an ephemeral message is seen by its person alone, and is in no history', async () => {
    const web = client();
    const { message_ts } = await web.chat.postEphemeral({ channel: 'C0TRIAGE', user: 'U0ANN', text: 'psst' });
    expect(on.slack.snapshot('U0ANN').messages.C0TRIAGE?.map(({ text }) => text)).toEqual(['psst']);
    expect(on.slack.snapshot('U0BEN').messages.C0TRIAGE).toEqual([]);
    expect((await web.conversations.history({ channel: 'C0TRIAGE' })).messages).toEqual([]);
    expect(await errorOf(web.chat.update({ channel: 'C0TRIAGE', ts: message_ts ?? '', text: 'x' }))).toBe(
      'message_not_found',
    );
    expect(await errorOf(web.chat.postEphemeral({ channel: 'C0TRIAGE', user: 'U0CYD', text: 'x' }))).toBe(
      'user_not_in_channel',
    );
  });

  test('lists with a cursor, page by page', async () => {
    const names: (string | undefined)[] = [];
    let cursor = '';
    do {
      const { members = [], response_metadata } = await client().users.list({ limit: 3, cursor });
      expect(members.length).toBeLessThanOrEqual(3);
      names.push(...members.map(({ name }) => name));
      cursor = response_metadata?.next_cursor ?? '';
    } while (cursor !== '');
    expect(names).toEqual(['ann', 'ben', 'cyd', 'groundcrew']);
    const listed = await client().conversations.list({ types: 'public_channel,private_channel', limit: 1 });
    expect(listed.channels?.map(({ id }) => id)).toEqual(['C0TRIAGE']);
    expect(listed.response_metadata?.next_cursor).not.toBe('');
  });

  test('knows people: zone offsets, e-mail, groups', async () => {
    const web = client();
    const { user } = await web.users.info({ user: 'U0CYD' });
    expect(user).toMatchObject({ tz: 'America/St_Johns', tz_offset: -3.5 * 3600, profile: { email: 'cyd@acme.test' } });
    expect((await web.users.lookupByEmail({ email: 'ann@ACME.test' })).user?.id).toBe('U0ANN');
    expect(await errorOf(web.users.lookupByEmail({ email: 'no@acme.test' }))).toBe('users_not_found');
    expect((await web.usergroups.list({ include_users: true })).usergroups?.[0]).toMatchObject({
      handle: 'crew',
      users: ['U0BEN'],
    });
    on.slack.admin.setUsergroup('S0CREW', ['U0CYD']);
    expect((await web.usergroups.users.list({ usergroup: 'S0CREW' })).users).toEqual(['U0CYD']);
    expect((await web.conversations.members({ channel: 'C0TRIAGE' })).members).toEqual([
      'U0ANN',
      'U0BEN',
      on.slack.bot.userId,
    ]);
    expect((await web.conversations.info({ channel: 'C0TRIAGE' })).channel).toMatchObject({
      name: 'platform-triage',
      is_member: true,
    });
    expect((await web.bots.info({ bot: on.slack.bot.botId })).bot?.user_id).toBe(on.slack.bot.userId);
    expect((await web.team.info()).team).toMatchObject({ id: 'T0ACME', domain: 'acme' });
  });

  test('reactions are counted once', async () => {
    const web = client();
    const { ts = '' } = await web.chat.postMessage({ channel: 'C0TRIAGE', text: 'a' });
    await web.reactions.add({ channel: 'C0TRIAGE', timestamp: ts, name: 'eyes' });
    expect(await errorOf(web.reactions.add({ channel: 'C0TRIAGE', timestamp: ts, name: 'eyes' }))).toBe(
      'already_reacted',
    );
    expect(on.slack.snapshot('U0ANN').messages.C0TRIAGE?.[0]?.reactions).toEqual([
      { name: 'eyes', users: [on.slack.bot.userId] },
    ]);
  });

  test('every call is logged with its structured arguments parsed, and without the token', async () => {
    on.clock.advance(1234);
    await client().chat.postMessage({ channel: 'C0TRIAGE', text: 'a', blocks: [section('a')] as never });
    await errorOf(client().chat.postMessage({ channel: 'C0NOWHERE', text: 'a' }));
    expect(on.slack.calls).toEqual([
      {
        method: 'chat.postMessage',
        args: { channel: 'C0TRIAGE', text: 'a', blocks: [section('a')] },
        at: on.clock.now(),
        status: 200,
        error: undefined,
      },
      {
        method: 'chat.postMessage',
        args: { channel: 'C0NOWHERE', text: 'a' },
        at: on.clock.now(),
        status: 200,
        error: 'channel_not_found',
      },
    ]);
    expect(JSON.stringify(on.slack.calls)).not.toContain(TOKEN);
  });
});

describe('authentication and scopes', () => {
  test.each([
    ['no token', null, 'not_authed'],
    ['another token', 'xoxb-other', 'invalid_auth'],
    ['the app-level token', APP_TOKEN, 'not_allowed_token_type'],
  ])('%s', async (_name, token, error) => {
    expect((await on.api('chat.postMessage', { channel: 'C0TRIAGE', text: 'a' }, token)).json).toEqual({
      ok: false,
      error,
    });
  });

  test('the token may also come as an argument', async () => {
    expect((await on.api('auth.test', { token: TOKEN }, null)).json.ok).toBe(true);
  });

  test('Socket Mode is opened with the app-level token only', async () => {
    expect((await on.api('apps.connections.open')).json.error).toBe('not_allowed_token_type');
    expect((await on.api('apps.connections.open', {}, APP_TOKEN)).json.url).toMatch(
      /^ws:\/\/127\.0\.0\.1:\d+\/link\/\?ticket=/,
    );
  });

  test('a missing scope says what is needed and what there is', async () => {
    on.slack.setScopes(['chat:write', 'users:read']);
    expect((await on.api('usergroups.list')).json).toEqual({
      ok: false,
      error: 'missing_scope',
      needed: 'usergroups:read',
      provided: 'chat:write,users:read',
    });
    expect((await on.api('conversations.info', { channel: 'C0TRIAGE' })).json.needed).toBe('channels:read');
    expect((await on.api('users.info', { user: 'U0ANN' })).json.user?.profile).not.toHaveProperty('email');
  });

  test('a revoked token fails everything until it is good again', async () => {
    on.slack.setTokenError('token_revoked');
    expect((await on.api('auth.test')).json.error).toBe('token_revoked');
    on.slack.setTokenError(undefined);
    expect((await on.api('auth.test')).json.ok).toBe(true);
  });

  test('a method that is not there is unknown, by name or by choice', async () => {
    expect((await on.api('files.upload')).json).toEqual({
      ok: false,
      error: 'unknown_method',
      req_method: 'files.upload',
    });
    on.slack.unknownMethods(['usergroups.list']);
    expect((await on.api('usergroups.list')).json.error).toBe('unknown_method');
    expect((await on.api('toString')).json.error).toBe('unknown_method');
  });
});

describe('where a message may go', () => {
  const post = (channel: string, more: object = {}) => on.api('chat.postMessage', { channel, text: 'a', ...more });
  const error = async (channel: string, more: object = {}) => (await post(channel, more)).json.error ?? 'ok';

  test('channels that are not there, hidden, archived, or not joined', async () => {
    expect(await error('C0NOWHERE')).toBe('channel_not_found');
    expect(await error('U0NOBODY')).toBe('channel_not_found');
    expect(await error('C0SECRET')).toBe('channel_not_found');
    expect(await error('#platform-triage')).toBe('ok');
    expect(await error('C0RANDOM')).toBe('ok');
    on.slack.setScopes(['chat:write']);
    expect(await error('C0RANDOM')).toBe('not_in_channel');
    on.slack.admin.inviteBot('C0RANDOM');
    expect(await error('C0RANDOM')).toBe('ok');
    on.slack.admin.removeBot('C0TRIAGE');
    expect(await error('C0TRIAGE')).toBe('not_in_channel');
    on.slack.admin.archive('C0RANDOM');
    expect(await error('C0RANDOM')).toBe('is_archived');
  });

  test('people who left, and threads that are gone', async () => {
    on.slack.admin.deactivate('U0BEN');
    expect(await error('U0BEN')).toBe('account_inactive');
    expect((await on.api('conversations.open', { users: 'U0BEN' })).json.error).toBe('user_disabled');
    expect((await on.api('users.info', { user: 'U0NOBODY' })).json.error).toBe('user_not_found');
    expect(await error('C0TRIAGE', { thread_ts: '1.000001' })).toBe('thread_not_found');
  });

  test("another's message cannot be updated or deleted", async () => {
    const { message } = await on.slack.postMessage({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'mine' });
    const at = { channel: 'C0TRIAGE', ts: message.ts };
    expect((await on.api('chat.update', { ...at, text: 'x' })).json.error).toBe('cant_update_message');
    expect((await on.api('chat.delete', at)).json.error).toBe('cant_delete_message');
  });

  test('a message says something, and only so much', async () => {
    expect(await error('C0TRIAGE', { text: '' })).toBe('no_text');
    expect(await error('C0TRIAGE', { text: '', blocks: [section('a')] })).toBe('ok');
    expect(await error('C0TRIAGE', { blocks: '{not json' })).toBe('invalid_blocks_format');
    const long = await post('C0TRIAGE', { text: strings(LIMITS.messageText).over });
    expect(long.json.warning).toBe('message_truncated');
    expect(String(long.json.message?.text)).toHaveLength(LIMITS.messageText);
    const at = { channel: 'C0TRIAGE', ts: long.json.ts };
    expect((await on.api('chat.update', { ...at, text: strings(LIMITS.updateText).fits })).json.ok).toBe(true);
    expect((await on.api('chat.update', { ...at, text: strings(LIMITS.updateText).over })).json.error).toBe(
      'msg_too_long',
    );
    const blocks = many(5, () => section('x'.repeat(2900)));
    expect(await error('C0TRIAGE', { blocks: blocks.slice(0, 4) })).toBe('ok');
    expect(await error('C0TRIAGE', { blocks })).toBe('msg_blocks_too_long');
  });

  test('what is wrong with blocks is said with its path', async () => {
    const { json } = await post('C0TRIAGE', { blocks: [section('fine'), section(strings(LIMITS.sectionText).over)] });
    expect(json.error).toBe('invalid_blocks');
    expect(json.response_metadata?.messages).toEqual([
      '[ERROR] failed to match all allowed schemas [json-pointer:/blocks/1/text]',
      '[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]',
    ]);
    expect(on.slack.snapshot('U0ANN').messages.C0TRIAGE).toEqual([]);
  });
});

/** Each limit: what just fits on its surface, and what is just over. */
const input = (element: object, more: object = {}) => ({ type: 'input', label: plain('L'), element, ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const accessory = (element: object) => ({ ...section('a'), accessory: element });
const select = (more: object) => ({ type: 'static_select', action_id: 's', ...more });
const both = (max: number, make: (text: string) => object) => ({
  fits: [make(strings(max).fits)],
  over: [make(strings(max).over)],
});
const count = (max: number, make: (count: number) => object[]) => ({ fits: make(max), over: make(max + 1) });
const cells = (rows: number, columns: number, text = 'c') => [
  { type: 'table', rows: many(rows, () => many(columns, () => ({ type: 'raw_text', text }))) },
];
const longValue = (value: string) => accessory({ ...button('b'), value });

const BLOCK_LIMITS: Record<string, { fits: object[]; over: object[] }> = {
  'blocks of a message': count(LIMITS.blocksPerMessage, (n) => many(n, () => ({ type: 'divider' }))),
  'section text': both(LIMITS.sectionText, section),
  'section fields': count(LIMITS.sectionFields, (n) => [{ type: 'section', fields: many(n, () => mrkdwn('f')) }]),
  'section field text': both(LIMITS.sectionField, (text) => ({ type: 'section', fields: [mrkdwn(text)] })),
  'header text': both(LIMITS.headerText, (text) => ({ type: 'header', text: plain(text) })),
  'context elements': count(LIMITS.contextElements, (n) => [{ type: 'context', elements: many(n, () => mrkdwn('c')) }]),
  'actions elements': count(LIMITS.actionsElements, (n) => [actions(...many(n, (i) => button(`b${i}`)))]),
  'button text': both(LIMITS.buttonText, (text) => accessory({ type: 'button', text: plain(text) })),
  'button value': both(LIMITS.buttonValue, longValue),
  'button url': both(LIMITS.buttonUrl, (url) => accessory({ ...button('b'), url })),
  action_id: both(LIMITS.actionId, (id) => accessory(button(id))),
  block_id: both(LIMITS.blockId, (block_id) => ({ type: 'divider', block_id })),
  'select options': count(LIMITS.selectOptions, (n) => [accessory(select({ options: many(n, (i) => option(i)) }))]),
  'option groups': count(LIMITS.optionGroups, (n) => [
    accessory(select({ option_groups: many(n, (i) => ({ label: plain('g'), options: [option(i)] })) })),
  ]),
  'option text': both(LIMITS.optionText, (text) => accessory(select({ options: [option(1, text)] }))),
  'option value': both(LIMITS.optionValue, (value) => accessory(select({ options: [option(1, 'o', value)] }))),
  'option description': both(LIMITS.optionDescription, (text) =>
    accessory(select({ options: [{ ...option(1), description: plain(text) }] })),
  ),
  'overflow options': count(LIMITS.overflowOptions, (n) => [
    accessory({ type: 'overflow', options: many(n, (i) => option(i)) }),
  ]),
  checkboxes: count(LIMITS.choiceOptions, (n) => [
    accessory({ type: 'checkboxes', options: many(n, (i) => option(i)) }),
  ]),
  'radio buttons': count(LIMITS.choiceOptions, (n) => [
    accessory({ type: 'radio_buttons', options: many(n, (i) => option(i)) }),
  ]),
  placeholder: both(LIMITS.placeholder, (text) =>
    accessory(select({ options: [option(1)], placeholder: plain(text) })),
  ),
  'confirm title': both(LIMITS.confirmTitle, (text) =>
    accessory({ ...button('b'), confirm: { title: plain(text), text: plain('?') } }),
  ),
  'confirm text': both(LIMITS.confirmText, (text) => accessory({ ...button('b'), confirm: { text: plain(text) } })),
  'confirm button': both(LIMITS.confirmButton, (text) =>
    accessory({ ...button('b'), confirm: { text: plain('?'), deny: plain(text) } }),
  ),
  'image alt text': both(LIMITS.imageAlt, (alt_text) => ({
    type: 'image',
    image_url: 'https://x.test/a.png',
    alt_text,
  })),
  'input label': both(LIMITS.inputLabel, (text) => ({ ...input({ type: 'plain_text_input' }), label: plain(text) })),
  'input hint': both(LIMITS.inputHint, (text) => input({ type: 'plain_text_input' }, { hint: plain(text) })),
  'initial text': both(LIMITS.plainTextInput, (initial_value) => input({ type: 'plain_text_input', initial_value })),
  'max_length of a text input': {
    fits: [input({ type: 'plain_text_input', max_length: LIMITS.plainTextInput })],
    over: [input({ type: 'plain_text_input', max_length: LIMITS.plainTextInput + 1 })],
  },
  'markdown text': both(LIMITS.markdownText, (text) => ({ type: 'markdown', text })),
  'markdown text of all blocks': {
    fits: many(2, () => ({ type: 'markdown', text: 'x'.repeat(6000) })),
    over: many(2, () => ({ type: 'markdown', text: 'x'.repeat(6001) })),
  },
  tables: count(LIMITS.tablesPerMessage, (n) => many(n, () => cells(1, 1)).flat()),
  'table rows': count(LIMITS.tableRows, (n) => cells(n, 1)),
  'table columns': count(LIMITS.tableColumns, (n) => cells(1, n)),
  'table characters': { fits: cells(10, 10, 'x'.repeat(100)), over: cells(10, 10, 'x'.repeat(101)) },
  'rows of a data table': count(LIMITS.tableRows + 1, (n) => [
    { type: 'data_table', caption: 'c', rows: many(n, () => [{ type: 'raw_text', text: 'c' }]) },
  ]),
  charts: count(LIMITS.chartsPerMessage, (n) =>
    many(n, () => ({
      type: 'data_visualization',
      title: 'c',
      chart: { type: 'pie', segments: [{ label: 'a', value: 1 }] },
    })),
  ),
  'context actions': count(LIMITS.contextActionsElements, (n) => [
    {
      type: 'context_actions',
      elements: many(n, (i) => ({ type: 'icon_button', action_id: `i${i}`, icon: 'trash', text: plain('t') })),
    },
  ]),
};

test('the numbers are Slack’s', () => {
  expect(LIMITS).toMatchObject({
    ...{
      blocksPerMessage: 50,
      blocksPerView: 100,
      sectionText: 3000,
      sectionFields: 10,
      sectionField: 2000,
      headerText: 150,
    },
    ...{
      contextElements: 10,
      actionsElements: 25,
      buttonText: 75,
      buttonValue: 2000,
      buttonUrl: 3000,
      selectOptions: 100,
    },
    ...{ optionGroups: 100, optionText: 75, optionValue: 75, choiceOptions: 10, overflowOptions: 5, placeholder: 150 },
    ...{
      actionId: 255,
      blockId: 255,
      callbackId: 255,
      privateMetadata: 3000,
      viewTitle: 24,
      viewSubmit: 24,
      viewClose: 24,
    },
    ...{
      inputLabel: 2000,
      inputHint: 2000,
      plainTextInput: 3000,
      confirmTitle: 100,
      confirmText: 300,
      confirmButton: 30,
    },
    ...{
      imageAlt: 2000,
      viewBytes: 250_000,
      viewDepth: 3,
      messageText: 40_000,
      updateText: 4_000,
      markdownText: 12_000,
    },
    ...{
      tableRows: 100,
      tableColumns: 20,
      tableCharacters: 10_000,
      tablesPerMessage: 1,
      chartsPerMessage: 2,
      fileInputFiles: 10,
    },
    ...{ cardTitle: 150, cardBody: 200, carouselCards: 10, containerBlocks: 10, containerTitle: 150, attachments: 100 },
    ...{ triggerMs: 3000, ackMs: 3000, responseUrlMs: 1_800_000, responseUrlUses: 5 },
  });
});

describe('the limits of blocks', () => {
  test.each(Object.entries(BLOCK_LIMITS))('%s', (_name, { fits, over }) => {
    expect(checkBlocks(fits, 'message', '/blocks')).toEqual([]);
    expect(checkBlocks(over, 'message', '/blocks')).not.toEqual([]);
  });

  test('characters are counted as Slack counts them: an emoji is one', () => {
    expect(checkBlocks([section('🚀'.repeat(LIMITS.sectionText))], 'message', '/blocks')).toEqual([]);
    expect(checkBlocks([section('🚀'.repeat(LIMITS.sectionText + 1))], 'message', '/blocks')).not.toEqual([]);
  });

  const refused: [string, object[], string][] = [
    ['an unknown block', [{ type: 'sections' }], 'unsupported type: sections [json-pointer:/blocks/0/type]'],
    ['a text object as a block', [mrkdwn('a')], 'unsupported type: mrkdwn [json-pointer:/blocks/0/type]'],
    [
      'an unknown property',
      [{ ...section('a'), disabled: true }],
      'invalid additional property: disabled [json-pointer:/blocks/0]',
    ],
    ['empty text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    ['a section of nothing', [{ type: 'section' }], 'must define either `text` or `fields` [json-pointer:/blocks/0]'],
    [
      'mrkdwn in a header',
      [{ type: 'header', text: mrkdwn('a') }],
      'must be a valid enum value [json-pointer:/blocks/0/text/type]',
    ],
    ['a missing field', [{ type: 'actions' }], 'missing required field: elements [json-pointer:/blocks/0]'],
    [
      'a multi-select in actions',
      [actions({ type: 'multi_users_select', action_id: 'm' })],
      'unsupported element: multiselect [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'a text input in actions',
      [actions({ type: 'plain_text_input' })],
      'unsupported element: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'a button in an input block',
      [input(button('b'))],
      'unsupported element: button [json-pointer:/blocks/0/element/type]',
    ],
    [
      'the same action_id twice in a block',
      [actions(button('a'), button('a'))],
      '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'the same block_id twice',
      [
        { type: 'divider', block_id: 'd' },
        { type: 'divider', block_id: 'd' },
      ],
      '`block_id` "d" already exists [json-pointer:/blocks/1/block_id]',
    ],
    [
      'an unknown style',
      [accessory({ ...button('b'), style: 'default' })],
      'must be a valid enum value [json-pointer:/blocks/0/accessory/style]',
    ],
    [
      'options and groups at once',
      [accessory(select({ options: [option(1)], option_groups: [] }))],
      'must provide at least 1 items [json-pointer:/blocks/0/accessory/option_groups]',
    ],
    [
      'an initial option that is not offered',
      [accessory(select({ options: [option(1)], initial_option: option(2) }))],
      'initial option must exactly match one of the options [json-pointer:/blocks/0/accessory]',
    ],
    [
      'a date of another form',
      [accessory({ type: 'datepicker', initial_date: '2.3.2026' })],
      'must match pattern [json-pointer:/blocks/0/accessory/initial_date]',
    ],
    [
      'a picture without a source',
      [{ type: 'image', alt_text: 'a' }],
      'must define either `image_url` or `slack_file` [json-pointer:/blocks/0]',
    ],
    [
      'a plan whose title is a text object',
      [{ type: 'plan', title: plain('p') }],
      'must provide a string [json-pointer:/blocks/0/title]',
    ],
    [
      'a context of buttons',
      [{ type: 'context', elements: [button('b')] }],
      'unsupported type: button [json-pointer:/blocks/0/elements/0/type]',
    ],
    ['an empty actions block', [actions()], 'must provide at least 1 items [json-pointer:/blocks/0/elements]'],
    [
      'an alert in a message',
      [{ type: 'alert', text: plain('a') }],
      'unsupported type: alert [json-pointer:/blocks/0/type]',
    ],
  ];
  test.each(refused)('%s is refused', (_name, blocks, message) => {
    expect(checkBlocks(blocks, 'message', '/blocks')).toContain(message);
  });

  test('the same action_id in two blocks is fine, and input blocks are legal in messages', () => {
    expect(
      checkBlocks(
        [actions(button('a')), actions(button('a')), input({ type: 'plain_text_input' })],
        'message',
        '/blocks',
      ),
    ).toEqual([]);
  });

  const richText = (...elements: object[]) => [{ type: 'rich_text', elements }];
  const line = (...elements: object[]) => ({ type: 'rich_text_section', elements });

  test('rich text has its structure', () => {
    const good = richText(
      line(
        { type: 'text', text: 'a', style: { bold: true } },
        { type: 'user', user_id: 'U0ANN' },
        { type: 'date', timestamp: 1, format: '{date}' },
      ),
      { type: 'rich_text_list', style: 'bullet', elements: [line({ type: 'text', text: 'one' })] },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'code' }] },
      { type: 'rich_text_quote', elements: [{ type: 'link', url: 'https://x.test' }] },
    );
    expect(checkBlocks(good, 'message', '/blocks')).toEqual([]);
    const bad: [object, string][] = [
      [
        line({ type: 'text', text: '' }),
        'must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]',
      ],
      [{ type: 'text', text: 'a' }, 'unsupported type: text [json-pointer:/blocks/0/elements/0/type]'],
      [
        line({ type: 'mrkdwn', text: 'a' }),
        'unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/elements/0/type]',
      ],
      [
        line({ type: 'text', text: 'a', style: 'bold' }),
        'must provide an object [json-pointer:/blocks/0/elements/0/elements/0/style]',
      ],
      [
        line({ type: 'broadcast', range: 'all' }),
        'must be a valid enum value [json-pointer:/blocks/0/elements/0/elements/0/range]',
      ],
      [
        { type: 'rich_text_list', style: 'bullet', elements: [{ type: 'text', text: 'a' }] },
        'unsupported type: text [json-pointer:/blocks/0/elements/0/elements/0/type]',
      ],
    ];
    for (const [part, message] of bad) expect(checkBlocks(richText(part), 'message', '/blocks')).toContain(message);
  });
});

describe('the limits of views', () => {
  const fitsAndOver: Record<string, { fits: object; over: object; says: string }> = {
    title: {
      fits: modal([], { title: plain('x'.repeat(24)) }),
      over: modal([], { title: plain('x'.repeat(25)) }),
      says: 'must be less than 25 characters [json-pointer:/view/title/text]',
    },
    submit: {
      fits: modal([], { submit: plain('x'.repeat(24)) }),
      over: modal([], { submit: plain('x'.repeat(25)) }),
      says: 'must be less than 25 characters [json-pointer:/view/submit/text]',
    },
    close: {
      fits: modal([], { close: plain('x'.repeat(24)) }),
      over: modal([], { close: plain('x'.repeat(25)) }),
      says: 'must be less than 25 characters [json-pointer:/view/close/text]',
    },
    private_metadata: {
      fits: modal([], { private_metadata: 'x'.repeat(3000) }),
      over: modal([], { private_metadata: 'x'.repeat(3001) }),
      says: 'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    },
    callback_id: {
      fits: modal([], { callback_id: 'x'.repeat(255) }),
      over: modal([], { callback_id: 'x'.repeat(256) }),
      says: 'must be less than 256 characters [json-pointer:/view/callback_id]',
    },
    blocks: {
      fits: modal(many(100, () => ({ type: 'divider' }))),
      over: modal(many(101, () => ({ type: 'divider' }))),
      says: 'no more than 100 items allowed [json-pointer:/view/blocks]',
    },
    'a table': {
      fits: modal([section('a')]),
      over: modal(cells(1, 1)),
      says: 'unsupported type: table [json-pointer:/view/blocks/0/type]',
    },
    'an input without submit': {
      fits: modal([textInput('a')]),
      over: { ...modal([textInput('a')]), submit: undefined },
      says: 'must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]',
    },
    'two fields that take the focus': {
      fits: modal([textInput('a', {}, { focus_on_load: true }), textInput('b')]),
      over: modal([textInput('a', {}, { focus_on_load: true }), textInput('b', {}, { focus_on_load: true })]),
      says: 'only one element may set `focus_on_load` [json-pointer:/view/blocks]',
    },
  };
  test.each(Object.entries(fitsAndOver))('%s', (_name, { fits, over, says }) => {
    expect(checkView(fits, 'modal')).toEqual([]);
    expect(checkView(JSON.parse(JSON.stringify(over)), 'modal')).toContain(says);
  });

  test('an alert is for modals, markdown is not, and a Home tab takes neither title nor submit', () => {
    expect(checkView(modal([{ type: 'alert', text: plain('a') }]), 'modal')).toEqual([]);
    expect(checkView(modal([{ type: 'markdown', text: 'a' }]), 'modal')).not.toEqual([]);
    expect(checkView({ type: 'home', blocks: [section('a'), textInput('i')] }, 'home')).toEqual([]);
    expect(checkView(modal([]), 'home')).not.toEqual([]);
  });

  test('a view over 250 KB is too large; a wrong one says invalid_arguments with the path', async () => {
    const trigger_id = async () => {
      await on.slack.command({ user: 'U0ANN', text: '' });
      return new URLSearchParams(on.bot.last().body).get('trigger_id');
    };
    const fat = modal(many(100, () => section('я'.repeat(2000))));
    expect((await on.api('views.open', { trigger_id: await trigger_id(), view: fat })).json.error).toBe(
      'view_too_large',
    );
    const wrong = await on.api('views.open', {
      trigger_id: await trigger_id(),
      view: modal([], { title: plain('x'.repeat(25)) }),
    });
    expect(wrong.json).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: {
        messages: [
          '[ERROR] failed to match all allowed schemas [json-pointer:/view]',
          '[ERROR] failed to match all allowed schemas [json-pointer:/view/title]',
          '[ERROR] must be less than 25 characters [json-pointer:/view/title/text]',
        ],
      },
    });
    expect((await on.api('views.open', { view: modal([]) })).json).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: trigger_id'] },
    });
  });
});

describe('rates', () => {
  beforeEach(async () => {
    await on.close();
    on = await stage({ strictRate: true });
  });

  test('one message a second into a channel, after a short burst; other channels are free', async () => {
    const post = (channel: string) => on.api('chat.postMessage', { channel, text: 'a' });
    for (let i = 0; i < 4; i += 1) expect((await post('C0TRIAGE')).status).toBe(200);
    const limited = await post('C0TRIAGE');
    expect([limited.status, limited.headers.get('retry-after'), limited.json]).toEqual([
      429,
      '1',
      { ok: false, error: 'ratelimited' },
    ]);
    expect((await post('C0RANDOM')).status).toBe(200);
    on.clock.advance(999);
    expect((await post('C0TRIAGE')).status).toBe(429);
    on.clock.advance(1);
    expect((await post('C0TRIAGE')).status).toBe(200);
    expect(on.slack.snapshot('U0ANN').messages.C0TRIAGE).toHaveLength(5);
  });

  test('a person and their conversation share one bucket', async () => {
    for (const channel of ['U0ANN', 'D0ANN', 'U0ANN', 'D0ANN'])
      expect((await on.api('chat.postMessage', { channel, text: 'a' })).status).toBe(200);
    expect((await on.api('chat.postMessage', { channel: 'D0ANN', text: 'a' })).status).toBe(429);
  });

  test('a tier is counted per method and minute', async () => {
    for (let i = 0; i < 20; i += 1) expect((await on.api('users.list')).status).toBe(200);
    const limited = await on.api('users.list');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await on.api('conversations.list')).status).toBe(200);
    on.clock.advance(3000);
    expect((await on.api('users.list')).status).toBe(200);
  });

  test('the real client reads the seconds to wait', async () => {
    const web = client();
    for (let i = 0; i < 4; i += 1) await web.chat.postMessage({ channel: 'C0TRIAGE', text: 'a' });
    const error = await web.chat.postMessage({ channel: 'C0TRIAGE', text: 'a' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WebAPIRateLimitedError);
    expect((error as WebAPIRateLimitedError).retryAfter).toBe(1);
  });
});

describe('faults', () => {
  const post = (text: string, more: object = {}) => client(TOKEN, more).chat.postMessage({ channel: 'C0TRIAGE', text });
  const failed = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: unknown) => error,
    );
  const texts = () => on.slack.snapshot('U0ANN').messages.C0TRIAGE?.map(({ text }) => text);

  test('a status, an error and a page of a proxy hit as often as told, then all is well', async () => {
    on.slack.fail('chat.postMessage', { kind: 'status', status: 503, times: 2 });
    on.slack.fail('chat.postMessage', { kind: 'error', error: 'fatal_error' });
    on.slack.fail('chat.postMessage', { kind: 'html' });
    expect(await failed(post('1'))).toMatchObject({ statusCode: 503 });
    expect(await failed(post('2'))).toBeInstanceOf(WebAPIHTTPError);
    expect(await errorOf(post('3'))).toBe('fatal_error');
    const page = await failed(post('4'));
    expect(page).toMatchObject({ code: ErrorCode.HTTPError, statusCode: 502 });
    expect(await errorOf(post('5'))).toBe('ok');
    expect(texts()).toEqual(['5']);
    expect(on.slack.calls.map(({ status }) => status)).toEqual([503, 503, 200, 502, 200]);
  });

  test('a 429 carries Retry-After', async () => {
    on.slack.fail('*', { kind: 'status', status: 429, retryAfter: 17 });
    const error = await failed(post('1'));
    expect((error as WebAPIRateLimitedError).retryAfter).toBe(17);
  });

  test('a dropped reply has had its effect, and the client does not know', async () => {
    on.slack.fail('chat.postMessage', { kind: 'dropReply' });
    expect(await failed(post('posted'))).toBeInstanceOf(WebAPIRequestError);
    expect(texts()).toEqual(['posted']);
    expect(on.slack.calls).toMatchObject([{ method: 'chat.postMessage', status: 0 }]);
  });

  test('a call that hangs has no effect; the client gives up, other calls go on', async () => {
    on.slack.fail('chat.postMessage', { kind: 'hang' });
    const aborted = new AbortController();
    const hanging = failed(
      fetch(`${on.apiUrl}chat.postMessage`, {
        method: 'POST',
        signal: aborted.signal,
        headers: { authorization: `Bearer ${TOKEN}` },
      }),
    );
    expect(await Promise.race([hanging, on.api('auth.test').then(({ json }) => json.ok)])).toBe(true);
    aborted.abort();
    expect(await hanging).toMatchObject({ name: 'AbortError' });
    expect(texts()).toEqual([]);
  });

  test('closing the workspace ends a hanging call', async () => {
    on.slack.fail('auth.test', { kind: 'hang' });
    const hanging = failed(fetch(`${on.apiUrl}auth.test`, { method: 'POST' }));
    await on.api('team.info');
    await on.slack.close();
    expect(await hanging).toBeInstanceOf(TypeError);
  });

  test('faults can be taken back', async () => {
    on.slack.fail('chat.postMessage', { kind: 'error', times: 9 });
    on.slack.clearFaults();
    expect(await errorOf(post('1'))).toBe('ok');
  });
});

describe('what a message sets alive', () => {
  const of = (message: { text?: string; blocks?: object[]; attachments?: object[]; parsesNames?: boolean }) =>
    mentions({ text: '', attachments: [], ...message, blocks: (message.blocks ?? []) as never } as never);
  const user: Mention = { at: '/blocks/0/text/text', kind: 'user', id: 'U0ANN' };

  test('mrkdwn in text, sections, context and attachments', () => {
    expect(of({ text: 'hi <@U0ANN> <!here> <#C0TRIAGE|x>' })).toEqual([
      { at: '/text', kind: 'user', id: 'U0ANN' },
      { at: '/text', kind: 'broadcast', range: 'here' },
      { at: '/text', kind: 'place', id: 'C0TRIAGE' },
    ]);
    expect(of({ blocks: [section('<@U0ANN|ann>')] })).toEqual([user]);
    expect(of({ blocks: [{ type: 'section', fields: [mrkdwn('a'), mrkdwn('<!subteam^S0CREW|@crew>')] }] })).toEqual([
      { at: '/blocks/0/fields/1/text', kind: 'group', id: 'S0CREW' },
    ]);
    expect(of({ blocks: [{ type: 'context', elements: [mrkdwn('<!channel> <!everyone|x>')] }] })).toEqual([
      { at: '/blocks/0/elements/0/text', kind: 'broadcast', range: 'channel' },
      { at: '/blocks/0/elements/0/text', kind: 'broadcast', range: 'everyone' },
    ]);
    expect(of({ attachments: [{ text: '<@U0ANN>', blocks: [section('<!here>')] }] })).toEqual([
      { at: '/attachments/0', kind: 'user', id: 'U0ANN' },
      { at: '/attachments/0/blocks/0/text/text', kind: 'broadcast', range: 'here' },
    ]);
  });

  test('links, asked for and automatic', () => {
    expect(of({ text: '<https://x.test|click> or https://y.test/a?b=1' })).toEqual([
      { at: '/text', kind: 'link', url: 'https://x.test', auto: false },
      { at: '/text', kind: 'link', url: 'https://y.test/a?b=1', auto: true },
    ]);
    expect(of({ blocks: [{ type: 'section', text: { ...mrkdwn('https://y.test'), verbatim: true } }] })).toEqual([]);
    expect(of({ blocks: [{ type: 'markdown', text: '[click](https://x.test)' }] })).toEqual([
      { at: '/blocks/0/text', kind: 'link', url: 'https://x.test', auto: false },
    ]);
    expect(of({ text: '<!date^1700000000^{date}^https://x.test|then>' })).toMatchObject([
      { kind: 'link', url: 'https://x.test' },
    ]);
  });

  test('elements of rich text', () => {
    const elements = [
      { type: 'text', text: '<!channel> <@U0ANN> https://x.test' },
      { type: 'user', user_id: 'U0ANN' },
      { type: 'usergroup', usergroup_id: 'S0CREW' },
      { type: 'broadcast', range: 'channel' },
      { type: 'link', url: 'https://x.test', text: 'x' },
    ];
    expect(
      of({ blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }] }).map(
        ({ at: _, ...live }) => live,
      ),
    ).toEqual([
      { kind: 'user', id: 'U0ANN' },
      { kind: 'group', id: 'S0CREW' },
      { kind: 'broadcast', range: 'channel' },
      { kind: 'link', url: 'https://x.test', auto: false },
    ]);
  });

  test('40,000 hostile characters are read at once', () => {
    for (const evil of ['a.', '[', '](', '<', '<@', '@.'])
      expect(of({ text: evil.repeat(20_000), blocks: [{ type: 'markdown', text: evil.repeat(20_000) }] })).toEqual([]);
  });

  test('escaped and plain text is dead', () => {
    expect(of({ text: '&lt;!channel&gt; &lt;@U0ANN&gt; &lt;https:x|y&gt; @here <U0ANN> <not a link>' })).toEqual([]);
    expect(
      of({
        blocks: [
          { type: 'header', text: plain('<!channel> <@U0ANN>') },
          { type: 'section', text: plain('<!here>') },
        ],
      }),
    ).toEqual([]);
  });

  test('bare names are alive only when the post asked for parsing', async () => {
    expect(of({ text: 'hey @here', parsesNames: true })).toEqual([{ at: '/text', kind: 'broadcast', range: 'here' }]);
    await on.api('chat.postMessage', { channel: 'C0TRIAGE', text: 'hey @here', parse: 'full' });
    await on.api('chat.postMessage', { channel: 'C0TRIAGE', text: 'hey @here' });
    expect(on.slack.snapshot('U0ANN').messages.C0TRIAGE?.map((message) => on.slack.mentions(message).length)).toEqual([
      1, 0,
    ]);
  });
});
