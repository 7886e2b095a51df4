import { expect, test } from 'vitest';
import { type AccountId, type Delivered, noNames, type Outgoing, type PlaceId } from '../../src/core/kernel/index.ts';
import { createSlack } from '../../src/slack/app.ts';
import { ann, triage, view } from './world.ts';

/** What Slack, or the way to it, does to one call, and what becomes of the delivery. */

type Fetch = NonNullable<Parameters<typeof createSlack>[0]['fetch']>;
type Said = () => Promise<Response>;

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Said =>
  async () =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const error = (code: string, more: object = {}): Said => json({ ok: false, error: code, ...more });
const page =
  (status: number): Said =>
  async () =>
    new Response('<html><body>secret-looking page</body></html>', { status, headers: { 'content-type': 'text/html' } });
const thrown = (cause: object, name = 'TypeError'): Said => {
  return async () => {
    throw Object.assign(new Error('fetch failed'), { name, cause: Object.assign(new Error('inner'), cause) });
  };
};

const post: Outgoing = { kind: 'post', place: triage as PlaceId, view: view('x'), key: 'k' };
const direct: Outgoing = { kind: 'direct', account: ann as AccountId, view: view('x'), key: 'k' };
const edit: Outgoing = { kind: 'edit', place: triage as PlaceId, native: '1.1', view: view('x') };
const home: Outgoing = { kind: 'home', account: ann as AccountId, view: view('x') };

/** An adapter whose calls are answered in this way, by method. */
function against(answers: Readonly<Record<string, Said>>) {
  const lines: string[] = [];
  const write = (about: object, message: string) =>
    void lines.push(
      JSON.stringify({ ...about, message }, (_, v: unknown) => (v instanceof Error ? `${v.message} ${v.stack}` : v)),
    );
  const calls: string[] = [];
  const fetch: Fetch = (url) => {
    const method = String(url).split('/').at(-1) ?? '';
    calls.push(method);
    const answer = answers[method] ?? answers['*'];
    if (!answer) throw new Error(`no answer for ${method}`);
    return answer();
  };
  const slack = createSlack({
    token: 'xoxb-secret',
    signingSecret: 's',
    clock: { now: () => new Date('2026-03-02T09:00:00Z') },
    log: { info: write, warn: write, error: write },
    door: () => {
      throw new Error('nobody knocks here');
    },
    fetch,
  });
  return { slack, lines, calls };
}

const later = (why: string, more: object = {}) => ({ is: 'later', why, ...more });
const unknown = (why: string) => later(why, { unknown: true });
const gone = (what: string, why: string) => ({ is: 'gone', what, why });

const table: readonly (readonly [name: string, said: Said, outgoing: Outgoing, expected: object])[] = [
  [
    '429',
    json({ ok: false, error: 'ratelimited' }, 429, { 'retry-after': '7' }),
    post,
    later('chat.postMessage: ratelimited', { after: 7_000 }),
  ],
  ['429 without saying how long', json({}, 429), post, later('chat.postMessage: ratelimited', { after: 1_000 })],
  ['ratelimited in words', error('ratelimited'), edit, later('chat.update: ratelimited', { after: 1_000 })],
  ['500', json({}, 500), post, unknown('chat.postMessage: http_500')],
  ['502 with a page', page(502), post, unknown('chat.postMessage: http_502')],
  ['200 with a page', page(200), post, unknown('chat.postMessage: unreadable')],
  ['200 with null', json(null), post, unknown('chat.postMessage: connection_lost')],
  ['200 without a ts', json({ ok: true }), post, unknown('chat.postMessage: no ts in the answer')],
  ['an inner fault of Slack', error('fatal_error'), post, unknown('chat.postMessage: fatal_error')],
  ['Slack away', error('service_unavailable'), post, later('chat.postMessage: service_unavailable')],
  ['time-out', thrown({}, 'TimeoutError'), post, unknown('chat.postMessage: timeout')],
  ['connection cut', thrown({ code: 'ECONNRESET' }), post, unknown('chat.postMessage: connection_lost')],
  ['connection refused', thrown({ code: 'ECONNREFUSED' }), post, later('chat.postMessage: unreachable')],
  ['no such host', thrown({ code: 'ENOTFOUND' }), post, later('chat.postMessage: unreachable')],
  ['not in the channel', error('not_in_channel'), post, gone('place', 'chat.postMessage: not_in_channel')],
  ['no such channel', error('channel_not_found'), post, gone('place', 'chat.postMessage: channel_not_found')],
  ['archived', error('is_archived'), post, gone('place', 'chat.postMessage: is_archived')],
  [
    'no such channel for a person',
    error('channel_not_found'),
    direct,
    gone('person', 'chat.postMessage: channel_not_found'),
  ],
  ['no such person', error('user_not_found'), direct, gone('person', 'chat.postMessage: user_not_found')],
  ['a person who was switched off', error('user_disabled'), direct, gone('person', 'chat.postMessage: user_disabled')],
  ['a deleted message', error('message_not_found'), edit, gone('message', 'chat.update: message_not_found')],
  ['a message past editing', error('edit_window_closed'), edit, gone('message', 'chat.update: edit_window_closed')],
  ['a revoked token', error('token_revoked'), post, { is: 'parked', why: 'chat.postMessage: token_revoked' }],
  ['a wrong token', error('invalid_auth'), home, { is: 'parked', why: 'views.publish: invalid_auth' }],
  [
    'a missing scope',
    error('missing_scope', { needed: 'chat:write' }),
    post,
    later('chat.postMessage: missing_scope', { after: 900_000 }),
  ],
  ['a method the server lacks', error('unknown_method'), home, { is: 'refused', why: 'views.publish: unknown_method' }],
  ['a path the server lacks', page(404), home, { is: 'refused', why: 'views.publish: unknown_method' }],
  ['a text that is too long', error('msg_too_long'), post, { is: 'refused', why: 'chat.postMessage: msg_too_long' }],
  [
    'blocks it does not take',
    error('invalid_blocks'),
    post,
    { is: 'refused', why: 'chat.postMessage: invalid_blocks' },
  ],
  ['a word nobody knows', error('brand_new_error'), post, { is: 'refused', why: 'chat.postMessage: brand_new_error' }],
  ['a word that is everybody’s', error('constructor'), post, { is: 'refused', why: 'chat.postMessage: constructor' }],
];
test.each(table)('%s', async (_name, said, outgoing, expected) => {
  const { slack, lines, calls } = against({ '*': said });
  expect(await slack.platform.deliver(outgoing, noNames)).toEqual(expected);
  // Once: what was lost on the way must not be said three times.
  expect(calls).toHaveLength(1);
  const log = lines.join('\n');
  expect(log).not.toContain('secret');
  expect(log).not.toContain('<html>');
});

test('a person who left and a dead token get the same word, so the token is asked', async () => {
  const account_inactive = error('account_inactive');
  const left = against({ 'chat.postMessage': account_inactive, 'auth.test': json({ ok: true, team_id: 'T0ACME' }) });
  expect(await left.slack.platform.deliver(direct, noNames)).toEqual(
    gone('person', 'chat.postMessage: account_inactive'),
  );
  const dead = against({ '*': account_inactive });
  const parked: Delivered = { is: 'parked', why: 'chat.postMessage: account_inactive' };
  expect(await dead.slack.platform.deliver(direct, noNames)).toEqual(parked);
  expect(await dead.slack.platform.deliver(post, noNames)).toEqual(parked);
});

test('what does not work is named, and no longer once it works', async () => {
  let has = false;
  const { slack, lines } = against({
    'auth.test': json({ ok: true, team_id: 'T0ACME' }),
    'views.publish': () => (has ? json({ ok: true })() : error('unknown_method')()),
    'users.info': error('missing_scope', { needed: 'users:read', provided: 'chat:write' }),
  });
  await slack.platform.deliver(home, noNames);
  expect(await slack.platform.profile(ann as AccountId)).toBeUndefined();
  expect(await slack.platform.health()).toEqual({
    ok: true,
    degraded: [
      'names, time zones and e-mail addresses (needs the scope users:read)',
      'the home page (the server has no views.publish)',
    ],
  });
  expect(lines.join('\n')).toContain('users:read');
  has = true;
  expect(await slack.platform.deliver(home, noNames)).toEqual({ is: 'done' });
  expect((await slack.platform.health()).degraded).toHaveLength(1);
});

test('a view that cannot be drawn is refused, not thrown', async () => {
  const { slack, calls } = against({});
  const buttons = [{ label: 'Go', press: { name: 'go', value: 'x'.repeat(3_000) } }];
  const delivered = await slack.platform.deliver(
    { ...post, view: view('x', { blocks: [{ kind: 'buttons', buttons }] }) },
    noNames,
  );
  expect(delivered).toMatchObject({ is: 'refused' });
  expect(calls).toEqual([]);
});
