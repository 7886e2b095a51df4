import { createHmac } from 'node:crypto';
import { App } from '@slack/bolt';
import { LogLevel, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Change,
  createSlackWorkspace,
  type InputAnswer,
  type JsonObject,
} from '../../src/playground/slack/index.ts';
import {
  button,
  modal,
  OPTIONS,
  plain,
  SECRET,
  type Stage,
  section,
  stage,
  TOKEN,
  textInput,
  virtualClock,
} from './slack-support.ts';

let on: Stage;
beforeEach(async () => {
  on = await stage();
});
afterEach(() => on.close());

const form = () => new URLSearchParams(on.bot.last().body);
const texts = (user: string, channel: string) => on.slack.snapshot(user).messages[channel]?.map(({ text }) => text);
const post = async (blocks: readonly object[], channel = 'C0TRIAGE') => {
  const { json } = await on.api('chat.postMessage', { channel, text: 'card', blocks });
  return String(json.ts);
};
/** A modal on Ann's screen, opened as an app does: with the trigger of a command. */
const open = async (view: object, user = 'U0ANN') => {
  await on.slack.command({ user, text: '' });
  const { json } = await on.api('views.open', { trigger_id: form().get('trigger_id'), view });
  expect(json.error).toBeUndefined();
  return json.view;
};
const stackOf = (user = 'U0ANN') =>
  on.slack.snapshot(user).modals.map(({ view }) => (view.title as { text: string }).text);

describe('a slash command', () => {
  test('arrives as Slack sends it, signed', async () => {
    const answer = await on.slack.command({
      user: 'U0ANN',
      channel: 'C0TRIAGE',
      command: '/platform',
      text: 'feedback now',
    });
    expect(answer).toMatchObject({ status: 200, body: '', late: false });
    const { headers, body } = on.bot.last();
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(headers['user-agent']).toMatch(/^Slackbot 1\.0/);
    const stamp = String(on.clock.now().getTime() / 1000);
    expect(headers['x-slack-request-timestamp']).toBe(stamp);
    expect(headers['x-slack-signature']).toBe(
      `v0=${createHmac('sha256', SECRET).update(`v0:${stamp}:${body}`).digest('hex')}`,
    );
    const { response_url, trigger_id, token, ...rest } = Object.fromEntries(form());
    expect(rest).toEqual({
      team_id: 'T0ACME',
      team_domain: 'acme',
      channel_id: 'C0TRIAGE',
      channel_name: 'platform-triage',
      user_id: 'U0ANN',
      user_name: 'ann',
      command: '/platform',
      text: 'feedback now',
      api_app_id: on.slack.bot.appId,
      is_enterprise_install: 'false',
    });
    expect([response_url, trigger_id, token].every(Boolean)).toBe(true);
  });

  test('names conversations as Slack does, and escapes what was typed', async () => {
    await on.slack.command({ user: 'U0ANN', text: 'ask @ben about <!channel> & #random' });
    expect(form().get('channel_name')).toBe('directmessage');
    expect(form().get('text')).toBe('ask <@U0BEN|ben> about &lt;!channel&gt; &amp; <#C0RANDOM|random>');
    await on.slack.command({ user: 'U0BEN', channel: 'C0SECRET', text: '' });
    expect(form().get('channel_name')).toBe('privategroup');
  });

  test('its answer is seen by the person alone, or by the channel', async () => {
    on.bot.answerJson({ text: 'only you', blocks: [section('only you')] });
    await on.slack.command({ user: 'U0ANN', channel: 'C0TRIAGE', text: '' });
    on.bot.answer({ type: 'text/plain', body: 'plain words' });
    await on.slack.command({ user: 'U0ANN', channel: 'C0TRIAGE', text: '' });
    on.bot.answerJson({ response_type: 'in_channel', text: 'everyone' });
    await on.slack.command({ user: 'U0ANN', channel: 'C0TRIAGE', text: '' });
    expect(texts('U0ANN', 'C0TRIAGE')).toEqual(['only you', 'plain words', 'everyone']);
    expect(texts('U0BEN', 'C0TRIAGE')).toEqual(['everyone']);
  });

  test.each<[string, () => void, string]>([
    ['a wrong status', () => on.bot.answer({ status: 500 }), 'dispatch_failed'],
    [
      'blocks that Slack would not take',
      () => on.bot.answerJson({ text: 'a', blocks: [{ type: 'nonsense' }] }),
      'invalid_command_response',
    ],
    [
      'an answer after 3 s',
      () => on.bot.answer({ body: 'too late', before: () => on.clock.advance(3001) }),
      'operation_timeout',
    ],
  ])('%s is told to the person in Slack’s words', async (_name, script, problem) => {
    script();
    const answer = await on.slack.command({ user: 'U0ANN', text: 'x' });
    expect(answer.problem).toBe(problem);
    expect(texts('U0ANN', on.slack.dmOf('U0ANN'))).toEqual([`/platform failed with the error "${problem}"`]);
  });

  test('an answer in exactly 3 s is in time', async () => {
    on.bot.answer({ body: 'just in time', before: () => on.clock.advance(3000) });
    expect(await on.slack.command({ user: 'U0ANN', text: 'x' })).toMatchObject({ late: false, status: 200 });
    expect(texts('U0ANN', 'D0ANN')).toEqual(['just in time']);
  });

  test('a bot that is down gives status 0, and people act only where they are', async () => {
    await on.bot.close();
    expect(await on.slack.command({ user: 'U0ANN', text: '' })).toMatchObject({
      status: 0,
      problem: 'dispatch_failed',
    });
    await expect(on.slack.command({ user: 'U0CYD', channel: 'C0TRIAGE', text: '' })).rejects.toThrow(
      'U0CYD is not in platform-triage',
    );
  });
});

describe('a response URL', () => {
  const hookOf = async (text = '') => {
    await on.slack.command({ user: 'U0ANN', channel: 'C0TRIAGE', text });
    return form().get('response_url') ?? '';
  };
  const respond = async (url: string, body: object) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return [response.status, await response.text()] as const;
  };
  const error = (word: string) => JSON.stringify({ ok: false, error: word });

  test('works five times, for the person alone unless told otherwise', async () => {
    const url = await hookOf();
    for (const text of ['1', '2', '3', '4']) expect(await respond(url, { text })).toEqual([200, 'ok']);
    expect(await respond(url, { blocks: [{ type: 'nonsense' }] })).toEqual([400, error('invalid_blocks')]);
    expect(await respond(url, { text: '5', response_type: 'in_channel' })).toEqual([200, 'ok']);
    expect(await respond(url, { text: '6' })).toEqual([404, error('used_url')]);
    expect(texts('U0ANN', 'C0TRIAGE')).toEqual(['1', '2', '3', '4', '5']);
    expect(texts('U0BEN', 'C0TRIAGE')).toEqual(['5']);
  });

  test('lives 30 minutes', async () => {
    const url = await hookOf();
    on.clock.advance(30 * 60_000);
    expect(await respond(url, { text: 'still' })).toEqual([200, 'ok']);
    on.clock.advance(1);
    expect(await respond(url, { text: 'late' })).toEqual([404, error('expired_url')]);
    expect(await respond(url.replace(/\w+$/, 'deadbeef'), { text: 'a' })).toEqual([404, error('no_service')]);
  });

  test('posts where the bot is no member', async () => {
    await on.slack.command({ user: 'U0BEN', channel: 'C0SECRET', text: '' });
    expect(await respond(form().get('response_url') ?? '', { text: 'inside' })).toEqual([200, 'ok']);
    expect(texts('U0BEN', 'C0SECRET')).toEqual(['inside']);
  });

  test('replaces and deletes the message whose button was pressed, ephemeral ones too', async () => {
    const press = async (messageTs: string) => {
      await on.slack.press({ user: 'U0ANN', channel: 'C0TRIAGE', messageTs, actionId: 'go' });
      return String(on.bot.payload().response_url);
    };
    const ts = await post([{ type: 'actions', elements: [button('go')] }]);
    const url = await press(ts);
    expect(await respond(url, { text: 'done', replace_original: true })).toEqual([200, 'ok']);
    expect(on.slack.snapshot('U0BEN').messages.C0TRIAGE).toMatchObject([{ ts, text: 'done', blocks: [] }]);
    expect(await respond(url, { delete_original: true })).toEqual([200, 'ok']);
    expect(texts('U0BEN', 'C0TRIAGE')).toEqual([]);
    expect(await respond(url, { text: 'x', replace_original: true })).toEqual([404, error('message_not_found')]);

    const { json } = await on.api('chat.postEphemeral', {
      channel: 'C0TRIAGE',
      user: 'U0ANN',
      text: 'e',
      blocks: [{ type: 'actions', elements: [button('go')] }],
    });
    expect(await respond(await press(String(json.message_ts)), { text: 'changed', replace_original: true })).toEqual([
      200,
      'ok',
    ]);
    expect(texts('U0ANN', 'C0TRIAGE')).toEqual(['changed']);
    expect(texts('U0BEN', 'C0TRIAGE')).toEqual([]);
  });

  test('faults reach it too', async () => {
    const url = await hookOf();
    on.slack.fail('response_url', { kind: 'status', status: 500 });
    expect((await respond(url, { text: 'a' }))[0]).toBe(500);
    expect(on.slack.calls).toMatchObject([{ method: 'response_url', args: { text: 'a' }, status: 500 }]);
  });
});

test('a response URL takes one post a second, after a short burst', async () => {
  await on.close();
  on = await stage({ strictRate: true });
  await on.slack.command({ user: 'U0ANN', text: '' });
  const url = form().get('response_url') ?? '';
  const respond = () => fetch(url, { method: 'POST', body: JSON.stringify({ text: 'a' }) });
  for (let i = 0; i < 4; i += 1) expect((await respond()).status).toBe(200);
  const limited = await respond();
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
  on.clock.advance(1000);
  expect((await respond()).status).toBe(200);
});

describe('a trigger', () => {
  const triggerOf = async () => {
    await on.slack.command({ user: 'U0ANN', text: '' });
    return form().get('trigger_id');
  };
  const openBy = async (trigger_id: string | null) =>
    (await on.api('views.open', { trigger_id, view: modal([]) })).json.error ?? 'ok';

  test('lives 3 s and opens one view', async () => {
    const trigger = await triggerOf();
    on.clock.advance(3000);
    expect(await openBy(trigger)).toBe('ok');
    expect(await openBy(trigger)).toBe('exchanged_trigger_id');
    const next = await triggerOf();
    on.clock.advance(3001);
    expect(await openBy(next)).toBe('expired_trigger_id');
    expect(await openBy('1.2.3')).toBe('invalid_trigger_id');
  });

  test('is not used up by a view that was refused', async () => {
    const trigger_id = await triggerOf();
    const refused = await on.api('views.open', { trigger_id, view: { type: 'modal', blocks: [] } });
    expect(refused.json.error).toBe('invalid_arguments');
    expect(await openBy(trigger_id)).toBe('ok');
  });
});

describe('presses in messages', () => {
  const card = [
    { ...section('one'), block_id: 'r1', accessory: button('pick', 'first') },
    { ...section('two'), block_id: 'r2', accessory: button('pick', 'second') },
    {
      type: 'actions',
      block_id: 'a',
      elements: [
        button('plan', 'f-1'),
        { type: 'static_select', action_id: 'sel', options: [{ text: plain('A & B'), value: 'ab' }] },
      ],
    },
  ];

  test('carry everything that Slack sends', async () => {
    const ts = await post(card);
    await on.slack.press({ user: 'U0BEN', channel: 'C0TRIAGE', messageTs: ts, actionId: 'plan' });
    const payload = on.bot.payload();
    expect(payload).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0BEN', username: 'ben', name: 'ben', team_id: 'T0ACME' },
      api_app_id: on.slack.bot.appId,
      container: { type: 'message', message_ts: ts, channel_id: 'C0TRIAGE', is_ephemeral: false },
      team: { id: 'T0ACME', domain: 'acme' },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: 'C0TRIAGE', name: 'platform-triage' },
      message: { ts, text: 'card', bot_id: on.slack.bot.botId },
      state: { values: { a: { sel: { type: 'static_select', selected_option: null } } } },
      actions: [{ type: 'button', action_id: 'plan', block_id: 'a', value: 'f-1', text: plain('Press') }],
    });
    for (const key of ['token', 'trigger_id', 'response_url']) expect(payload[key]).toBeTypeOf('string');
    expect(String(payload.response_url)).toMatch(/\/actions\/T0ACME\/\w+$/);
  });

  test('pick among equal action_ids by block or value, and give plain text back escaped', async () => {
    const ts = await post(card);
    const press = async (more: object) => {
      await on.slack.press({ user: 'U0BEN', channel: 'C0TRIAGE', messageTs: ts, actionId: 'pick', ...more });
      const [action] = on.bot.payload().actions as unknown as { block_id: string; value: string }[];
      return [action?.block_id, action?.value];
    };
    expect(await press({ blockId: 'r2' })).toEqual(['r2', 'second']);
    expect(await press({ value: 'second' })).toEqual(['r2', 'second']);
    expect(await press({ blockId: 'r1', value: 'forged' })).toEqual(['r1', 'forged']);
    // The message was drawn again while the person was asked whether they are sure.
    expect(await press({ blockId: 'before', value: 'second' })).toEqual(['r2', 'second']);
    await on.slack.press({ user: 'U0BEN', channel: 'C0TRIAGE', messageTs: ts, actionId: 'sel', value: 'ab' });
    expect(on.bot.payload().actions?.[0]?.selected_option).toEqual({ text: plain('A & B'), value: 'ab' });
    expect(on.bot.payload().message?.blocks?.[2]?.elements?.[1]?.options?.[0]?.text?.text).toBe('A &amp; B');
    expect(on.bot.payload().state?.values?.a?.sel?.selected_option?.value).toBe('ab');
  });

  test('in ephemeral messages come without the message, and only from its person', async () => {
    const { json } = await on.api('chat.postEphemeral', {
      channel: 'C0TRIAGE',
      user: 'U0ANN',
      text: 'e',
      blocks: [{ type: 'actions', elements: [button('go')] }],
    });
    const messageTs = String(json.message_ts);
    await on.slack.press({ user: 'U0ANN', channel: 'C0TRIAGE', messageTs, actionId: 'go' });
    expect(on.bot.payload()).not.toHaveProperty('message');
    expect(on.bot.payload().container).toMatchObject({ is_ephemeral: true, message_ts: messageTs });
    await expect(on.slack.press({ user: 'U0BEN', channel: 'C0TRIAGE', messageTs, actionId: 'go' })).rejects.toThrow(
      'sees no message',
    );
  });

  test('a stale client may press in a deleted message; what is not there cannot be pressed', async () => {
    const ts = await post(card);
    on.slack.admin.deleteMessage('C0TRIAGE', ts);
    expect((await on.slack.press({ user: 'U0BEN', channel: 'C0TRIAGE', messageTs: ts, actionId: 'plan' })).status).toBe(
      200,
    );
    await expect(
      on.slack.press({ user: 'U0BEN', channel: 'C0TRIAGE', messageTs: ts, actionId: 'nope' }),
    ).rejects.toThrow('r1/pick, r2/pick, a/plan, a/sel');
  });
});

describe('shortcuts and events', () => {
  test('a global shortcut', async () => {
    await on.slack.globalShortcut({ user: 'U0ANN', callbackId: 'new' });
    expect(on.bot.payload()).toMatchObject({
      type: 'shortcut',
      callback_id: 'new',
      user: { id: 'U0ANN', username: 'ann', team_id: 'T0ACME' },
      team: { domain: 'acme' },
    });
    expect(on.bot.payload().trigger_id).toBeTypeOf('string');
    expect(on.bot.payload()).not.toHaveProperty('channel');
  });

  test('a shortcut on a message brings the message', async () => {
    const { message } = await on.slack.postMessage({ user: 'U0BEN', channel: 'C0TRIAGE', text: 'deploys take <ages>' });
    await on.slack.messageShortcut({
      user: 'U0ANN',
      channel: 'C0TRIAGE',
      messageTs: message.ts,
      callbackId: 'backlog',
    });
    expect(on.bot.payload()).toMatchObject({
      type: 'message_action',
      callback_id: 'backlog',
      message_ts: message.ts,
      channel: { id: 'C0TRIAGE', name: 'platform-triage' },
      team: { domain: 'acme' },
      message: { type: 'message', user: 'U0BEN', text: 'deploys take &lt;ages&gt;' },
    });
    expect(on.bot.payload().response_url).toBeTypeOf('string');
  });

  test('the bot hears direct messages, mentions, and all that is said where it is', async () => {
    const dm = await on.slack.postMessage({ user: 'U0ANN', channel: on.slack.dmOf('U0ANN'), text: 'help' });
    expect(dm.answer?.status).toBe(200);
    expect(on.bot.last().headers['content-type']).toBe('application/json');
    expect(on.bot.event()).toMatchObject({
      type: 'event_callback',
      team_id: 'T0ACME',
      api_app_id: on.slack.bot.appId,
      event: {
        type: 'message',
        channel_type: 'im',
        channel: 'D0ANN',
        user: 'U0ANN',
        text: 'help',
        ts: dm.message.ts,
        event_ts: dm.message.ts,
      },
      authorizations: [{ team_id: 'T0ACME', user_id: on.slack.bot.userId, is_bot: true }],
    });
    expect(on.bot.event().event_id).toMatch(/^Ev/);
    await on.slack.postMessage({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'hi @groundcrew', threadTs: '1.0' });
    expect(on.bot.event().event).toMatchObject({
      type: 'app_mention',
      text: `hi <@${on.slack.bot.userId}>`,
      thread_ts: '1.0',
    });
    const card = await post([]);
    await on.slack.postMessage({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'just talk', threadTs: card });
    expect(on.bot.event().event).toMatchObject({
      type: 'message',
      channel_type: 'channel',
      text: 'just talk',
      thread_ts: card,
      parent_user_id: on.slack.bot.userId,
    });
    expect(
      (await on.slack.postMessage({ user: 'U0ANN', channel: 'C0RANDOM', text: 'hi @groundcrew' })).answer,
    ).toBeUndefined();
    // What mentions it comes twice, as Slack sends it.
    expect(on.bot.received).toHaveLength(4);
  });

  test('reactions, profile changes and the Home tab', async () => {
    const ts = await post([]);
    await on.slack.react({ user: 'U0ANN', channel: 'C0TRIAGE', messageTs: ts, name: 'eyes' });
    expect(on.bot.event().event).toMatchObject({
      type: 'reaction_added',
      reaction: 'eyes',
      item: { channel: 'C0TRIAGE', ts },
      item_user: on.slack.bot.userId,
    });
    await on.slack.userChange({ user: 'U0ANN', tz: 'Asia/Kathmandu', deleted: true });
    expect(on.bot.event().event).toMatchObject({
      type: 'user_change',
      user: { id: 'U0ANN', tz_offset: 20_700, deleted: true },
    });
    await on.slack.openHome({ user: 'U0ANN' });
    expect(on.bot.event().event).toMatchObject({
      type: 'app_home_opened',
      tab: 'home',
      user: 'U0ANN',
      channel: 'D0ANN',
    });
    expect(on.bot.event().event).not.toHaveProperty('view');
  });

  test('a delivery again is the same body, byte for byte, with the retry named', async () => {
    await on.slack.openHome({ user: 'U0ANN' });
    const first = on.bot.last();
    on.clock.advance(60_000);
    await on.slack.redeliver(2);
    const again = on.bot.last();
    expect(again.body).toBe(first.body);
    expect([again.headers['x-slack-retry-num'], again.headers['x-slack-retry-reason']]).toEqual(['2', 'http_timeout']);
    expect(
      Number(again.headers['x-slack-request-timestamp']) - Number(first.headers['x-slack-request-timestamp']),
    ).toBe(60);
  });

  test('with nobody to deliver to, the reason is said', async () => {
    const lonely = createSlackWorkspace({ ...OPTIONS, clock: on.clock });
    expect(() => lonely.redeliver()).toThrow('Nothing was delivered yet');
    await expect(lonely.command({ user: 'U0ANN', text: '' })).rejects.toThrow('call listen() first');
    await expect(lonely.openHome({ user: 'U0ANN' })).rejects.toThrow('call connect(eventsUrl)');
    await lonely.close();
  });

  test('anything may be delivered raw, signed or not', async () => {
    await on.slack.deliverRaw('null');
    expect(on.bot.last().body).toBe('null');
    const stamp = String(on.clock.now().getTime() / 1000);
    expect(on.bot.last().headers['x-slack-signature']).toBe(
      `v0=${createHmac('sha256', SECRET).update(`v0:${stamp}:null`).digest('hex')}`,
    );
    const broken = Buffer.from([0x70, 0xff, 0xfe, 0x00]);
    await on.slack.deliverRaw(broken);
    expect(on.bot.last().bytes).toEqual(broken);
    const overBytes = createHmac('sha256', SECRET).update(`v0:${stamp}:`).update(broken).digest('hex');
    expect(on.bot.last().headers['x-slack-signature']).toBe(`v0=${overBytes}`);
    await on.slack.deliverRaw('x', {
      'X-Slack-Request-Timestamp': '17',
      'X-Slack-Signature': undefined,
      'content-type': 'text/plain',
    });
    expect(on.bot.last().headers).toMatchObject({ 'x-slack-request-timestamp': '17', 'content-type': 'text/plain' });
    expect(on.bot.last().headers).not.toHaveProperty('x-slack-signature');
  });
});

describe('modals', () => {
  const fields = [
    textInput('what', {}, { max_length: 10, min_length: 2 }),
    textInput('why', { optional: true }),
    {
      type: 'input',
      block_id: 'hurts',
      label: plain('Hurts'),
      element: {
        type: 'static_select',
        action_id: 'h',
        options: ['1', '2'].map((value) => ({ text: plain(value), value })),
      },
    },
  ];

  test('an empty answer closes, errors stay, with what was typed', async () => {
    await open(modal(fields, { callback_id: 'feedback', private_metadata: 'carry' }));
    on.bot.answerJson({ response_action: 'errors', errors: { what: 'Too vague' } });
    const refused = await on.slack.submit({ user: 'U0ANN', values: { what: 'slow', hurts: '2' } });
    expect(refused).toMatchObject({ status: 200, body: '{"response_action":"errors","errors":{"what":"Too vague"}}' });
    const [view] = on.slack.snapshot('U0ANN').modals;
    expect(view?.errors).toEqual({ what: 'Too vague' });
    expect(view?.values.what?.what_in).toEqual({ type: 'plain_text_input', value: 'slow' });
    await on.slack.submit({ user: 'U0ANN', values: { what: 'builds' } });
    const { view: sent, ...rest } = on.bot.payload();
    expect(rest).toMatchObject({
      type: 'view_submission',
      user: { id: 'U0ANN', name: 'ann' },
      team: { id: 'T0ACME' },
      response_urls: [],
      enterprise: null,
    });
    expect(sent).toMatchObject({
      callback_id: 'feedback',
      private_metadata: 'carry',
      type: 'modal',
      team_id: 'T0ACME',
      root_view_id: view?.id,
      previous_view_id: null,
      state: {
        values: {
          what: { what_in: { type: 'plain_text_input', value: 'builds' } },
          why: { why_in: { type: 'plain_text_input', value: null } },
          hurts: { h: { type: 'static_select', selected_option: { text: plain('2'), value: '2' } } },
        },
      },
    });
    expect(stackOf()).toEqual([]);
  });

  test('Slack’s client refuses what it can itself; a tampering one does not', async () => {
    await open(modal(fields));
    const blocked = await on.slack.submit({ user: 'U0ANN', values: { what: 'x'.repeat(11) } });
    expect(blocked).toMatchObject({
      status: 0,
      blocked: { what: 'Please enter at most 10 characters.', hurts: 'Please complete this required field.' },
    });
    expect(on.bot.received).toHaveLength(1);
    await on.slack.submit({ user: 'U0ANN', force: true });
    expect(on.bot.payload().view?.state?.values?.what?.what_in?.value).toBe('x'.repeat(11));
  });

  test('an answer may update, push and clear', async () => {
    await open(modal([textInput('a')]));
    on.bot.answerJson({
      response_action: 'update',
      view: modal([textInput('a'), textInput('b')], { title: plain('Updated') }),
    });
    await on.slack.submit({ user: 'U0ANN', values: { a: 'kept' } });
    expect(stackOf()).toEqual(['Updated']);
    expect(on.slack.snapshot('U0ANN').modals[0]?.values).toMatchObject({
      a: { a_in: { value: 'kept' } },
      b: { b_in: { value: null } },
    });
    const view = modal(
      [{ ...textInput('a'), element: { type: 'number_input', action_id: 'a_in', is_decimal_allowed: false } }],
      {
        title: plain('Updated'),
      },
    );
    await on.api('views.update', { view_id: on.slack.snapshot('U0ANN').modals[0]?.id, view });
    // Another kind of element under the same ids starts afresh.
    expect(on.slack.snapshot('U0ANN').modals[0]?.values).toEqual({
      a: { a_in: { type: 'number_input', value: null } },
    });
    for (const title of ['Second', 'Third']) {
      on.bot.answerJson({ response_action: 'push', view: modal([], { title: plain(title) }) });
      await on.slack.submit({ user: 'U0ANN', force: true });
    }
    expect(stackOf()).toEqual(['Updated', 'Second', 'Third']);
    on.bot.answerJson({ response_action: 'push', view: modal([]) });
    expect((await on.slack.submit({ user: 'U0ANN' })).problem).toBe('invalid_response_action');
    expect(on.slack.snapshot('U0ANN').modals[2]?.problem).toMatch(/trouble connecting/);
    on.bot.answerJson({ response_action: 'clear' });
    await on.slack.submit({ user: 'U0ANN' });
    expect(stackOf()).toEqual([]);
  });

  test.each<[string, () => void]>([
    [
      'errors for a block that is no input',
      () => on.bot.answerJson({ response_action: 'errors', errors: { nowhere: 'x' } }),
    ],
    ['an illegal view', () => on.bot.answerJson({ response_action: 'update', view: { type: 'modal', blocks: [] } })],
    ['a server error', () => on.bot.answer({ status: 500 })],
    ['other words', () => on.bot.answer({ body: 'ok' })],
    ['an answer after 3 s', () => on.bot.answer({ before: () => on.clock.advance(3001) })],
  ])('%s leaves the modal open with a word of trouble', async (_name, script) => {
    await open(modal([textInput('a')]));
    script();
    expect((await on.slack.submit({ user: 'U0ANN', values: { a: 'x' } })).problem).toBeTypeOf('string');
    expect(on.slack.snapshot('U0ANN').modals[0]?.problem).toMatch(/trouble connecting/);
  });

  test('views.update by id or external id, guarded by the hash', async () => {
    const view = await open(modal([textInput('a')], { external_id: 'ext' }));
    const update = async (args: object) =>
      (await on.api('views.update', { view: modal([], { title: plain('New') }), ...args })).json;
    const first = await update({
      external_id: 'ext',
      hash: view?.hash,
      view: modal([textInput('a')], { title: plain('New'), external_id: 'ext' }),
    });
    expect(first).toMatchObject({ ok: true, view: { id: view?.id, title: plain('New') } });
    expect((await update({ view_id: view?.id, hash: view?.hash })).error).toBe('hash_conflict');
    expect((await update({ view_id: view?.id, hash: first.view?.hash })).ok).toBe(true);
    expect((await update({ view_id: 'V0NONE' })).error).toBe('not_found');
    expect((await update({})).error).toBe('invalid_arguments');
    await on.slack.submit({ user: 'U0ANN', force: true });
    expect((await update({ view_id: view?.id })).error).toBe('not_found');
  });

  test('an external id is taken once; views.push goes three deep', async () => {
    await open(modal([section('a')], { external_id: 'one' }));
    await on.slack.command({ user: 'U0BEN', text: '' });
    const taken = await on.api('views.open', {
      trigger_id: form().get('trigger_id'),
      view: modal([], { external_id: 'one' }),
    });
    expect(taken.json.error).toBe('duplicate_external_id');
    const push = async () => {
      await on.slack.pressInView({ user: 'U0ANN', actionId: 'more' });
      return (await on.api('views.push', { trigger_id: on.bot.payload().trigger_id, view: withButton })).json;
    };
    const withButton = modal([{ type: 'actions', elements: [button('more')] }]);
    const root = await open(withButton);
    const second = await push();
    expect(second.view).toMatchObject({ root_view_id: root?.id, previous_view_id: root?.id });
    expect((await push()).ok).toBe(true);
    expect((await push()).error).toBe('push_limit_reached');
    await on.slack.cancelView({ user: 'U0ANN' });
    expect(stackOf()).toHaveLength(2);
  });

  test('presses and changes carry the view and its state; only dispatching ones are sent', async () => {
    await open(
      modal([
        textInput('quiet'),
        { ...textInput('loud', { dispatch_action: true }) },
        { ...section('s'), block_id: 's', accessory: { type: 'users_select', action_id: 'who' } },
        { type: 'actions', block_id: 'x', elements: [button('btn', 'v')] },
      ]),
    );
    const sentBefore = on.bot.received.length;
    expect(
      await on.slack.change({ user: 'U0ANN', blockId: 'quiet', actionId: 'quiet_in', value: 'shh' }),
    ).toBeUndefined();
    expect(on.bot.received).toHaveLength(sentBefore);
    await on.slack.change({ user: 'U0ANN', blockId: 'loud', actionId: 'loud_in', value: 'hey' });
    const payload = on.bot.payload();
    expect(payload).toMatchObject({
      type: 'block_actions',
      container: { type: 'view', view_id: payload.view?.id },
      view: { state: { values: { quiet: { quiet_in: { value: 'shh' } }, loud: { loud_in: { value: 'hey' } } } } },
      actions: [{ type: 'plain_text_input', action_id: 'loud_in', block_id: 'loud', value: 'hey' }],
    });
    expect(payload).not.toHaveProperty('response_url');
    expect(payload).not.toHaveProperty('message');
    await on.slack.pressInView({ user: 'U0ANN', actionId: 'who', value: 'U0BEN' });
    expect(on.bot.payload().actions?.[0]).toMatchObject({ type: 'users_select', selected_user: 'U0BEN' });
    await on.slack.pressInView({ user: 'U0ANN', actionId: 'btn' });
    expect(on.bot.payload()).toMatchObject({
      actions: [{ type: 'button', value: 'v' }],
      view: { state: { values: { s: { who: { selected_user: 'U0BEN' } } } } },
    });
  });

  const choices = ['a', 'b', 'c'].map((value) => ({ text: plain(value.toUpperCase()), value }));
  const [a, b] = choices;
  const shapes: [object, InputAnswer, JsonObject, JsonObject][] = [
    [{ type: 'plain_text_input' }, 'text', { value: null }, { value: 'text' }],
    [{ type: 'number_input', is_decimal_allowed: true }, 2.5, { value: null }, { value: '2.5' }],
    [{ type: 'email_text_input' }, 'a@b.test', { value: null }, { value: 'a@b.test' }],
    [{ type: 'url_text_input' }, 'https://x.test', { value: null }, { value: 'https://x.test' }],
    [
      { type: 'static_select', options: choices, initial_option: a },
      'b',
      { selected_option: a },
      { selected_option: b },
    ],
    [
      { type: 'multi_static_select', options: choices },
      ['a', 'b'],
      { selected_options: [] },
      { selected_options: [a, b] },
    ],
    [{ type: 'radio_buttons', options: choices }, 'a', { selected_option: null }, { selected_option: a }],
    [
      { type: 'checkboxes', options: choices, initial_options: [a] },
      ['b'],
      { selected_options: [a] },
      { selected_options: [b] },
    ],
    [{ type: 'datepicker' }, '2026-03-29', { selected_date: null }, { selected_date: '2026-03-29' }],
    [
      { type: 'timepicker', timezone: 'Europe/Kyiv' },
      '03:30',
      { selected_time: null, timezone: 'Europe/Kyiv' },
      { selected_time: '03:30', timezone: 'Europe/Kyiv' },
    ],
    [{ type: 'datetimepicker' }, 1_774_000_000, { selected_date_time: null }, { selected_date_time: 1_774_000_000 }],
    [{ type: 'users_select' }, 'U0BEN', { selected_user: null }, { selected_user: 'U0BEN' }],
    [{ type: 'multi_users_select' }, ['U0BEN'], { selected_users: [] }, { selected_users: ['U0BEN'] }],
    [
      { type: 'conversations_select' },
      'C0TRIAGE',
      { selected_conversation: null },
      { selected_conversation: 'C0TRIAGE' },
    ],
    [{ type: 'channels_select' }, 'C0TRIAGE', { selected_channel: null }, { selected_channel: 'C0TRIAGE' }],
    [{ type: 'external_select' }, a ?? null, { selected_option: null }, { selected_option: a }],
  ];
  test.each(shapes)('the state of %j', async (element, answer, before, after) => {
    const { type } = element as { type: string };
    const view = await open(
      modal([{ type: 'input', block_id: 'f', label: plain('F'), element: { ...element, action_id: 'i' } }]),
    );
    expect(view?.state?.values?.f?.i).toEqual({ type, ...before });
    await on.slack.submit({ user: 'U0ANN', values: { f: answer } });
    expect(on.bot.payload().view?.state?.values?.f?.i).toEqual({ type, ...after });
  });

  test('an external select asks the bot, and keeps what it offered', async () => {
    await open(
      modal([
        {
          type: 'input',
          block_id: 'f',
          label: plain('F'),
          element: { type: 'external_select', action_id: 'ext', min_query_length: 0 },
        },
      ]),
    );
    on.bot.answerJson({ options: choices });
    const suggested = await on.slack.suggest({ user: 'U0ANN', actionId: 'ext', value: 'a' });
    expect(suggested.options).toEqual(choices);
    expect(on.bot.payload()).toMatchObject({
      type: 'block_suggestion',
      action_id: 'ext',
      block_id: 'f',
      value: 'a',
      container: { type: 'view' },
      team: { id: 'T0ACME' },
    });
    await on.slack.submit({ user: 'U0ANN', values: { f: 'b' } });
    expect(on.bot.payload().view?.state?.values?.f?.ext?.selected_option).toEqual(b);
    await open(
      modal([
        { type: 'input', block_id: 'f', label: plain('F'), element: { type: 'external_select', action_id: 'ext' } },
      ]),
    );
    on.bot.answerJson({ options: [{ text: plain('x'.repeat(76)), value: 'v' }] });
    expect(await on.slack.suggest({ user: 'U0ANN', actionId: 'ext', value: 'a' })).toMatchObject({
      options: [],
      problem: 'invalid_options',
    });
  });

  test('closing is told to those who asked for it', async () => {
    await open(modal([], { notify_on_close: true, callback_id: 'cb' }));
    await on.slack.cancelView({ user: 'U0ANN' });
    expect(on.bot.payload()).toMatchObject({ type: 'view_closed', is_cleared: false, view: { callback_id: 'cb' } });
    await open(modal([]));
    const sent = on.bot.received.length;
    expect(await on.slack.cancelView({ user: 'U0ANN' })).toBeUndefined();
    expect(on.bot.received).toHaveLength(sent);
    expect(stackOf()).toEqual([]);
  });
});

describe('the Home tab', () => {
  test('is published per person, guarded by its hash, and pressed', async () => {
    const view = { type: 'home', blocks: [{ type: 'actions', block_id: 'h', elements: [button('start', 's')] }] };
    const first = await on.api('views.publish', { user_id: 'U0ANN', view });
    const second = await on.api('views.publish', { user_id: 'U0ANN', view, hash: first.json.view?.hash });
    expect(second.json.view?.id).toBe(first.json.view?.id);
    expect((await on.api('views.publish', { user_id: 'U0ANN', view, hash: first.json.view?.hash })).json.error).toBe(
      'hash_conflict',
    );
    expect((await on.api('views.publish', { user_id: 'U0ANN', view: modal([]) })).json.error).toBe('invalid_arguments');
    expect((await on.api('views.publish', { user_id: 'U0NOBODY', view })).json.error).toBe('user_not_found');
    await on.slack.pressInHome({ user: 'U0ANN', actionId: 'start' });
    expect(on.bot.payload()).toMatchObject({
      type: 'block_actions',
      container: { type: 'view' },
      view: { type: 'home' },
      actions: [{ value: 's' }],
    });
    expect(on.slack.snapshot('U0ANN').home?.view.blocks).toHaveLength(1);
    expect(on.slack.snapshot('U0BEN').home).toBeUndefined();
  });
});

describe('what a person sees', () => {
  test('their channels with what is unread, and changes as they happen', async () => {
    const changes: Change[] = [];
    const stop = on.slack.subscribe((change) => changes.push(change));
    await post([]);
    await on.slack.postMessage({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'mine' });
    const unread = (user: string) => on.slack.snapshot(user).channels.map(({ id, unread: count }) => [id, count]);
    expect(unread('U0ANN')).toEqual([
      ['C0TRIAGE', 1],
      ['C0RANDOM', 0],
      ['D0ANN', 0],
    ]);
    expect(unread('U0BEN')).toEqual([
      ['C0TRIAGE', 2],
      ['C0RANDOM', 0],
      ['C0SECRET', 0],
      ['D0BEN', 0],
    ]);
    on.slack.read({ user: 'U0BEN', channel: 'C0TRIAGE' });
    expect(unread('U0BEN')[0]).toEqual(['C0TRIAGE', 0]);
    expect(changes.map(({ kind }) => kind)).toEqual(['message', 'message', 'channel']);
    stop();
    await post([]);
    expect(changes).toHaveLength(3);
    expect(() => on.slack.snapshot('U0NOBODY')).toThrow('There is no user U0NOBODY');
  });
});

test('a real Bolt app is served: command, modal, submission, post', async () => {
  await on.close();
  // Bolt judges a timestamp by the host's clock, but only its age: a moment to come is always fresh.
  on = await stage({ clock: virtualClock('2099-01-01T00:00:00Z') });
  const web = new WebClient(TOKEN, { slackApiUrl: on.apiUrl, logLevel: LogLevel.ERROR });
  const app = new App({
    token: TOKEN,
    signingSecret: SECRET,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: on.apiUrl },
  });
  const opened = new Promise<unknown>((resolve) => {
    app.command('/platform', async ({ ack, command }) => {
      await ack();
      const view = modal([textInput('what')], { callback_id: 'f' });
      resolve(await web.views.open({ trigger_id: command.trigger_id, view: view as never }));
    });
  });
  app.view('f', async ({ ack, view, body }) => {
    const what = view.state.values.what?.what_in?.value;
    await web.chat.postMessage({ channel: 'C0TRIAGE', text: `${body.user.name}: ${what}` });
    await ack();
  });
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  const address = server.address();
  on.slack.connect(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/slack/events`);
  expect(await on.slack.command({ user: 'U0ANN', text: 'feedback' })).toMatchObject({ status: 200, late: false });
  expect(await opened).toMatchObject({ ok: true });
  expect((await on.slack.submit({ user: 'U0ANN', values: { what: 'slow builds' } })).status).toBe(200);
  expect(texts('U0BEN', 'C0TRIAGE')).toEqual(['ann: slow builds']);
  expect(on.slack.snapshot('U0ANN').modals).toEqual([]);
  await app.stop();
});
