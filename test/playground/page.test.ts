import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { features } from '../../src/core/features.ts';
import { createHandlers } from '../../src/engine/handlers.ts';
import type { Act } from '../../src/playground/page/wire.ts';
import { NEWEST } from '../../src/playground/seen.ts';
import { people, settings, slackWorld, teamsWorld, usualOffers } from '../../src/playground/world.ts';
import { openPage, type Page } from './page-support.ts';

/** Asked only for what no test changes, so one is enough: making the tenant's keys takes a while. */
let door: Page;
beforeAll(async () => {
  door = await openPage();
});
afterAll(() => door.close());

const opened: Page[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});
/** A playground of the test's own; connected to its bot, unless told otherwise. */
async function open({ connected = true } = {}): Promise<Page> {
  const page = await openPage();
  opened.push(page);
  if (connected) await page.connect();
  return page;
}

const general = '19:acme-engineering@thread.tacv2';
const json = { 'content-type': 'application/json' };
const slackForm = (body: string): Record<string, string> => Object.fromEntries(new URLSearchParams(body));
const interaction = (body: string): Record<string, unknown> => JSON.parse(slackForm(body).payload ?? '{}');

// The page and its files

test('the front page may run nothing but its own files', async () => {
  const { status, headers, body } = await door.ask('/');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-security-policy']).toContain("script-src 'self'");
  expect(headers['content-security-policy']).not.toContain('unsafe');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(body).not.toMatch(/<script(?![^>]*src=)|\son\w+=|\sstyle=/);
});

test('every file that the page asks for is there, and its modules are JavaScript', async () => {
  const { body } = await door.ask('/');
  const rest = [...body.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((m) => m[1] as string);
  const seen = new Set<string>();
  for (const path of rest) {
    if (seen.has(path)) continue;
    seen.add(path);
    const file = await door.ask(path);
    expect([path, file.status]).toEqual([path, 200]);
    if (!path.endsWith('.ts')) continue;
    expect(file.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(file.body).not.toMatch(/^\s*(?:import type|export type|type \w+ =|interface )/m);
    for (const [, name = ''] of file.body.matchAll(/from '(\.[^']+)'/g))
      rest.push(new URL(name, `http://x${path}`).pathname);
  }
  expect(seen.size).toBeGreaterThan(40);
  expect(seen).toContain('/playground/lib/adaptivecards.js');
});

test.each([
  '/playground/page/../world.ts',
  '/playground/page/..%2fworld.ts',
  '/playground/page/%2e%2e/world.ts',
  '/playground/page/slack/../../world.ts',
  '/playground/page/tsconfig.json',
  '/playground/page/index.html',
  '/playground/page/slack/',
  '/playground/lib/package.json',
  '/playground/lib/constructor.js',
  '/playground/nothing',
])('%s leads nowhere', async (path) => {
  expect((await door.ask(path)).status).toBe(404);
});

test('what is not the playground’s is left to others', async () => {
  expect((await door.ask('/healthz')).body).toBe('not the playground');
  expect((await door.ask('/playgrounds')).body).toBe('not the playground');
});

test('an unchanged file is not sent twice', async () => {
  const { headers } = await door.ask('/playground/page/main.ts');
  const again = await door.ask('/playground/page/main.ts', { headers: { 'if-none-match': headers.etag ?? '' } });
  expect([again.status, again.body]).toEqual([304, '']);
});

test('only GET and HEAD read, only POST acts', async () => {
  expect((await door.ask('/', { method: 'HEAD' })).body).toBe('');
  const put = await door.ask('/', { method: 'PUT' });
  expect([put.status, put.headers.allow]).toEqual([405, 'GET, HEAD']);
  const get = await door.ask('/playground/act');
  expect([get.status, get.headers.allow]).toEqual([405, 'POST']);
});

// Who may come in

test.each([
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '192.168.0.7:3000',
  'localhost:3000@evil.example',
])('a request for the host %s is refused on every path', async (host) => {
  for (const path of ['/', '/playground/page/main.ts', '/playground/events?person=dana'])
    expect([path, (await door.ask(path, { headers: { host } })).status]).toEqual([path, 403]);
  const body = JSON.stringify({ as: 'dana', act: 'slack.home' });
  expect((await door.ask('/playground/act', { method: 'POST', headers: { host, ...json }, body })).status).toBe(403);
});

test.each(['localhost', 'localhost:3000', '127.0.0.1:1', '[::1]:3000', 'LOCALHOST'])(
  'the host %s is this machine',
  async (host) => {
    expect((await door.ask('/', { headers: { host } })).status).toBe(200);
  },
);

test.each([
  ['another site', { origin: 'https://evil.example' }, 403],
  ['another port of this machine', { origin: 'http://localhost:9' }, 403],
  ['a sandboxed frame', { origin: 'null' }, 403],
  ['a page that hides its origin', { 'sec-fetch-site': 'cross-site' }, 403],
  ['a page of a sister site', { 'sec-fetch-site': 'same-site' }, 403],
  ['a form', { 'content-type': 'text/plain' }, 415],
  [
    'a form of the same origin',
    { origin: 'http://localhost:3000', 'content-type': 'application/x-www-form-urlencoded' },
    415,
  ],
])('%s can do nothing in it', async (_, given, status) => {
  const page = await open();
  page.heard.length = 0;
  const headers = { ...json, host: 'localhost:3000', ...given };
  const body = JSON.stringify({ as: 'dana', act: 'slack.shortcut', name: 'feedback' });
  expect((await page.ask('/playground/act', { method: 'POST', headers, body })).status).toBe(status);
  expect(page.heard).toEqual([]);
});

test('the page itself can', async () => {
  const page = await open();
  const headers = { ...json, host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' };
  const body = JSON.stringify({ as: 'dana', act: 'slack.shortcut', name: 'feedback' });
  expect((await page.ask('/playground/act', { method: 'POST', headers, body })).status).toBe(200);
  expect(interaction(page.heard.at(-1)?.body ?? '')).toMatchObject({ type: 'shortcut', callback_id: 'feedback' });
});

// What people do

test.each([
  ['no JSON', '{', 400],
  ['nothing', '', 400],
  ['a list', '[]', 400],
  ['an act that is none', JSON.stringify({ as: 'dana', act: 'slack.admin' }), 400],
  ['an act with too little', JSON.stringify({ as: 'dana', act: 'slack.say', channel: 'C0HELP' }), 400],
  ['an act with too much', JSON.stringify({ as: 'dana', act: 'slack.home', force: true }), 400],
  ['a value of another kind', JSON.stringify({ as: 'dana', act: 'slack.say', channel: 7, text: 'x' }), 400],
  ['nobody', JSON.stringify({ as: 'mallory', act: 'slack.home' }), 400],
  ['a name that objects have', JSON.stringify({ as: 'constructor', act: 'slack.home' }), 400],
  [
    'more than a megabyte',
    JSON.stringify({ as: 'dana', act: 'slack.say', channel: 'C0HELP', text: 'x'.repeat(1_000_001) }),
    413,
  ],
])('an act of %s is refused in words', async (_, body, status) => {
  const got = await door.ask('/playground/act', { method: 'POST', headers: json, body });
  expect(got.status).toBe(status);
  expect((JSON.parse(got.body) as { error: string }).error).toMatch(/\w{4}/);
  expect((await door.ask('/')).status).toBe(200);
});

test.each<[string, Act]>([
  ['There is no channel C0NOWHERE', { as: 'dana', act: 'slack.say', channel: 'C0NOWHERE', text: 'x' }],
  [
    'sees no message 1.1',
    { as: 'dana', act: 'slack.press', channel: 'C0HELP', message: '1.1', block: 'b', action: 'a' },
  ],
  ['has no modal', { as: 'dana', act: 'slack.submit', view: 'V0', values: {} }],
  [
    'no conversation 19:nowhere',
    { as: 'dana', act: 'teams.say', conversation: '19:nowhere', text: 'x', mentionsBot: true, onlyBot: false },
  ],
  ['has no dialog', { as: 'dana', act: 'teams.sendDialog', dialog: 'd', via: 'card', data: {} }],
  [
    'There is no message 1 in',
    { as: 'dana', act: 'teams.messageAction', conversation: general, message: '1', name: 'backlog' },
  ],
])('what can’t be done is said: %s', async (words, act) => {
  const page = await open();
  const { status, acted } = await page.act(act);
  expect(status).toBe(409);
  expect(acted.error).toContain(words);
  expect(page.warnings).toHaveLength(1);
});

test('before there is a bot, people are told so', async () => {
  const page = await open({ connected: false });
  const { status, acted } = await page.act({
    as: 'dana',
    act: 'slack.command',
    channel: 'C0HELP',
    command: '/platform',
    text: '',
  });
  expect(status).toBe(409);
  expect(acted.error).toContain('No bot is connected');
});

test('in Slack, what a person does reaches the bot as Slack would send it', async () => {
  const page = await open();
  page.heard.length = 0;
  const stream = await page.see('dana');
  const ts = (await stream.state()).slack.messages.C0HELP?.[0]?.ts ?? '';
  await page.act({
    as: 'dana',
    act: 'slack.command',
    channel: 'C0HELP',
    command: '/platform',
    text: 'feedback <!channel>',
  });
  await page.act({ as: 'dana', act: 'slack.shortcut', name: 'feedback' });
  await page.act({ as: 'dana', act: 'slack.messageShortcut', channel: 'C0HELP', message: ts, name: 'backlog' });
  await page.act({ as: 'dana', act: 'slack.home' });
  await page.act({ as: 'dana', act: 'slack.say', channel: 'D0DANA', text: 'help' });
  const [command, shortcut, onMessage, home, said] = page.heard.map((each) => each.body);
  expect(slackForm(command ?? '')).toMatchObject({
    user_id: 'U0DANA',
    channel_id: 'C0HELP',
    command: '/platform',
    text: 'feedback &lt;!channel&gt;',
  });
  expect(interaction(shortcut ?? '')).toMatchObject({
    type: 'shortcut',
    callback_id: 'feedback',
    user: { id: 'U0DANA' },
  });
  expect(interaction(onMessage ?? '')).toMatchObject({
    type: 'message_action',
    callback_id: 'backlog',
    message_ts: ts,
  });
  expect(JSON.parse(home ?? '')).toMatchObject({ event: { type: 'app_home_opened', user: 'U0DANA' } });
  expect(JSON.parse(said ?? '')).toMatchObject({ event: { type: 'message', text: 'help', channel_type: 'im' } });
});

test('in Teams, what a person does reaches the bot as Teams would send it', async () => {
  const page = await open();
  page.heard.length = 0;
  const say = { as: 'dana', act: 'teams.say', conversation: general } as const;
  await page.act({ ...say, text: 'lunch?', mentionsBot: false, onlyBot: false });
  expect(page.heard).toEqual([]);
  await page.act({ ...say, text: 'help', mentionsBot: true, onlyBot: false });
  await page.act({ ...say, text: 'help', mentionsBot: false, onlyBot: true });
  await page.act({ ...say, conversation: 'personal', text: 'start', mentionsBot: false, onlyBot: false });
  page.answers.push({ body: { task: { type: 'message', value: 'Not now.' } } });
  await page.act({ as: 'dana', act: 'teams.compose', conversation: 'personal', name: 'feedback' });
  const [mentioned, targeted, personal, composed] = page.heard.map((each) => JSON.parse(each.body));
  expect(mentioned).toMatchObject({
    type: 'message',
    text: '<at>Groundcrew</at> help\n',
    conversation: { conversationType: 'channel' },
  });
  expect(targeted).toMatchObject({ text: 'help', recipient: { isTargeted: true } });
  expect(personal).toMatchObject({
    text: 'start',
    localTimezone: 'Europe/Berlin',
    conversation: { conversationType: 'personal' },
  });
  expect(composed).toMatchObject({
    name: 'composeExtension/fetchTask',
    value: { commandId: 'feedback', commandContext: 'compose' },
  });
});

test('a bot that fails is said to have failed, on both platforms', async () => {
  const page = await open();
  page.answers.push({ status: 500 }, { status: 503 });
  const slack = await page.act({ as: 'dana', act: 'slack.shortcut', name: 'feedback' });
  expect(slack.acted.error).toBe('Groundcrew couldn’t be reached, or answered with an error. (HTTP 500)');
  const teams = await page.act({ as: 'dana', act: 'teams.compose', conversation: 'personal', name: 'feedback' });
  expect(teams.acted.error).toContain('HTTP 503');
});

// What people see

test('nobody follows as somebody who is not there', async () => {
  expect((await door.ask('/playground/events?person=mallory')).status).toBe(400);
  expect((await door.ask('/playground/events')).status).toBe(400);
});

test('a page is told the world and what its person sees, then every change', async () => {
  const page = await open();
  const stream = await page.see('ravi');
  const world = await stream.world();
  expect(world.people.map((each) => each.name)).toEqual(people.map((each) => each.name));
  expect(world.slack.messageShortcuts).toEqual([
    {
      name: 'backlog',
      title: 'Send to platform backlog',
      summary: 'Turn this message into feedback for the platform team',
    },
  ]);
  const first = await stream.state();
  expect(first.slack.viewer).toEqual({ id: 'U0RAVI', tz: 'Asia/Kolkata' });
  expect(first.slack.channels.map((each) => each.name).filter(Boolean)).toEqual([
    'platform-updates',
    'platform-triage',
    'platform-help',
    'inventory',
    'checkout',
    'incidents',
  ]);
  expect(first.teams.conversations.map((each) => each.name)).toEqual([
    'Groundcrew',
    'Checkout crew',
    'General',
    'platform-updates',
    'platform-triage',
    'inventory',
    'checkout',
    'incidents',
  ]);
  await page.act({ as: 'dana', act: 'slack.say', channel: 'C0INVENTORY', text: 'one more Postgres' });
  await page.clock.pass(50);
  const next = await stream.state();
  expect(next.slack.messages.C0INVENTORY?.map((each) => each.text)).toEqual(['one more Postgres']);
  expect(next.slack.channels.find((each) => each.name === 'inventory')?.unread).toBe(1);
});

test('the clock of everybody is set ahead by the page, and open pages hear of it; never back', async () => {
  const page = await open();
  const stream = await page.see('dana');
  expect(await stream.state()).toMatchObject({ now: '2026-03-02T09:00:00.000Z', ahead: 0 });
  expect(await page.act({ as: 'sam', act: 'clock.jump', minutes: 3 * 24 * 60 })).toEqual({ status: 200, acted: {} });
  await page.clock.pass(50);
  expect(await stream.state()).toMatchObject({ now: '2026-03-05T09:00:00.050Z', ahead: 3 * 86_400_000 });
  for (const minutes of [-1, 0, 0.5, 1e9])
    expect((await page.act({ as: 'sam', act: 'clock.jump', minutes })).status).toBe(400);
  expect(page.clock.now().toISOString()).toBe('2026-03-05T09:00:00.050Z');
});

test('many changes at once are one state, and no change is none', async () => {
  const page = await open();
  const stream = await page.see('dana');
  await stream.state();
  for (let nth = 0; nth < 30; nth += 1)
    await page.act({ as: 'ravi', act: 'slack.say', channel: 'C0INVENTORY', text: `line ${nth}` });
  expect(page.clock.waiting()).toBe(1);
  await page.clock.pass(50);
  expect((await stream.state()).slack.messages.C0INVENTORY).toHaveLength(30);
  // Reading what is read already changes nothing that could be seen.
  await page.act({ as: 'dana', act: 'teams.read', conversation: general, upTo: '0' });
  await page.clock.pass(50);
  await page.act({ as: 'ravi', act: 'slack.say', channel: 'C0INVENTORY', text: 'the last' });
  await page.clock.pass(50);
  expect((await stream.state()).slack.messages.C0INVENTORY).toHaveLength(31);
  expect(stream.pending()).toBe(0);
});

test('a page gets the newest messages of a crowded channel', async () => {
  const page = await open();
  for (let nth = 0; nth < NEWEST + 5; nth += 1)
    await page.act({ as: 'ravi', act: 'slack.say', channel: 'C0INVENTORY', text: `line ${nth}` });
  const { slack } = await (await page.see('dana')).state();
  expect(slack.messages.C0INVENTORY).toHaveLength(NEWEST);
  expect(slack.messages.C0INVENTORY?.at(-1)?.text).toBe(`line ${NEWEST + 4}`);
});

test('unread is counted for each person and each platform, until they read', async () => {
  const page = await open();
  await page.act({
    as: 'ravi',
    act: 'teams.say',
    conversation: general,
    text: 'one',
    mentionsBot: false,
    onlyBot: false,
  });
  await page.act({
    as: 'dana',
    act: 'teams.say',
    conversation: general,
    text: 'own',
    mentionsBot: false,
    onlyBot: false,
  });
  const stream = await page.see('dana');
  const before = await stream.state();
  const inGeneral = before.teams.conversations.find((each) => each.id === general);
  expect(inGeneral?.unread).toBe(2);
  const upTo = inGeneral?.messages.at(-1)?.id ?? '';
  await page.act({ as: 'dana', act: 'teams.read', conversation: general, upTo });
  await page.act({ as: 'dana', act: 'slack.read', channel: 'C0HELP' });
  await page.clock.pass(50);
  const after = await stream.state();
  expect(after.teams.conversations.find((each) => each.id === general)?.unread).toBe(0);
  expect(after.slack.channels.find((each) => each.id === 'C0HELP')?.unread).toBe(0);
  const ravi = await (await page.see('ravi')).state();
  expect(ravi.slack.channels.find((each) => each.id === 'C0HELP')?.unread).toBe(2);
});

test('news of the bot for somebody else shows beside their name', async () => {
  const page = await open();
  const stream = await page.see('sam');
  expect((await stream.state()).news).toEqual({ dana: 0, ravi: 0, lena: 0, sam: 0, noor: 0 });
  const { token, apiUrl } = page.started.slack;
  await fetch(`${apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...json },
    body: JSON.stringify({ channel: 'D0DANA', text: 'It is planned.' }),
  });
  await page.clock.pass(50);
  expect((await stream.state()).news).toEqual({ dana: 1, ravi: 0, lena: 0, sam: 0, noor: 0 });
});

test('what one person is shown alone, another never sees', async () => {
  const page = await open();
  page.answers.push({ body: { text: 'only for Dana' } });
  await page.act({ as: 'dana', act: 'slack.command', channel: 'C0HELP', command: '/platform', text: 'x' });
  const dana = await (await page.see('dana')).state();
  const ravi = await (await page.see('ravi')).state();
  expect(JSON.stringify(dana)).toContain('only for Dana');
  expect(JSON.stringify(ravi)).not.toContain('only for Dana');
});

// The life of a playground

test('when the bot is connected, everybody has its app', async () => {
  const page = await open();
  const installs = page.heard
    .map(
      (each) =>
        JSON.parse(each.body) as {
          type: string;
          from: { aadObjectId: string };
          conversation: { conversationType: string };
        },
    )
    .filter((each) => each.type === 'installationUpdate');
  const personal = installs.filter((each) => each.conversation.conversationType === 'personal');
  expect(personal.map((each) => each.from.aadObjectId).sort()).toEqual(people.map((each) => each.directory).sort());
  expect(installs.map((each) => each.conversation.conversationType)).toEqual(
    expect.arrayContaining(['personal', 'groupChat', 'channel']),
  );
});

test('open pages are told what the connected bot offers, and go when the house closes', async () => {
  const page = await open({ connected: false });
  const early = await page.see('dana');
  expect((await early.world()).teams.commands).toEqual([]);
  await page.connect({ commands: [{ name: 'deploy', summary: 'Ship it' }], shortcuts: [] });
  await early.ended();
  const late = await page.see('dana');
  const { slack, teams } = await late.world();
  expect(teams.commands).toEqual([{ title: 'deploy', summary: 'Ship it' }]);
  expect(slack.shortcuts).toEqual([]);
  page.playground.hangUp();
  await page.drain();
  await late.ended();
});

test('the world holds together', () => {
  const channels = slackWorld.channels.map((each) => `slack:${slackWorld.team.id}/${each.id}`);
  const posts = teamsWorld.teams.flatMap((team) =>
    team.channels.map((each) => `teams:${teamsWorld.tenantId}/${each.id}`),
  );
  for (const place of [...settings.channels.triage, ...settings.channels.updates])
    expect([...channels, ...posts]).toContain(place);
  expect(settings.channels.triage.map((each) => each.split(':')[0])).toEqual(['slack', 'teams']);
  expect(settings.roles.platform.emails).toEqual(['sam@acme.example']);
  expect(settings.roles.product.emails).toEqual(['noor@acme.example']);
  const emails = new Set(people.map((each) => each.email));
  for (const { emails: named } of [...Object.values(settings.roles), ...Object.values(settings.teams)])
    for (const email of named) expect(emails).toContain(email);
  expect(slackWorld.users.map((each) => each.email)).toEqual(teamsWorld.users.map((each) => each.email));
});

test('the menus offer what the product does', () => {
  expect(usualOffers.shortcuts).toEqual(createHandlers(features).offers.shortcuts);
});
