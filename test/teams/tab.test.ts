import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Asked, form, type Reply, said, type View } from '../../src/core/kernel/index.ts';
import { accountOf, ann, type TeamsWorld, teamsWorld } from '../support/teams-world.ts';

const view: View = {
  id: 'x',
  title: 'Your things',
  summary: 'x',
  blocks: [
    { kind: 'text', text: said('You have one.') },
    { kind: 'buttons', buttons: [{ label: 'Show', press: { name: 'things.show', value: '{"n":1}' } }] },
  ],
};
const asked = (fields: Parameters<typeof form>[0]['fields']): Asked => ({
  id: '7e9f2a52-0b1e-4d62-9c55-0a4be90b7d01',
  form: form({ id: 'f', title: 'A form', submit: 'Send', fields }) as never,
  prior: {},
  errors: {},
});
const sso = (w: TeamsWorld, claims = {}) => w.tenant.tokens.mintSso({ oid: ann.aadObjectId, name: ann.name }, claims);

async function act(w: TeamsWorld, what: object, headers: Record<string, string | undefined> = {}) {
  const all = { 'content-type': 'application/json', authorization: `Bearer ${sso(w)}`, ...headers };
  const given = Object.entries(all).filter((e): e is [string, string] => e[1] !== undefined);
  const body = JSON.stringify({ id: randomUUID(), ...what });
  const answer = await fetch(new URL('/tabs/act', w.url), { method: 'POST', headers: given, body });
  await w.quiet();
  return { status: answer.status, body: (await answer.json()) as never };
}
const whisper: Reply = { kind: 'whisper', view };

test('opened, it is answered with the home page as a card, for whom Teams vouches', async () => {
  const w = await teamsWorld();
  w.state.replies = () => [whisper];
  const { status, body } = await act(w, { did: 'open' });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    elsewhere: false,
    replies: [{ kind: 'view', title: 'Your things', card: { type: 'AdaptiveCard', body: expect.any(Array) } }],
  });
  expect(w.inbounds).toMatchObject([
    { kind: 'home', here: true, account: accountOf(ann), hints: { name: ann.name }, origin: { via: 'tab' } },
  ]);
  expect(w.settled).toMatchObject([{ taken: [whisper] }]);
  expect(w.seen(ann, 'personal')).toEqual([]);
});

test('a press goes through the same door, by its verb or by what stands in for it; the same one twice is one', async () => {
  const w = await teamsWorld();
  const id = randomUUID();
  await act(w, { id, did: 'press', verb: 'things.show', data: { value: '{"n":1}' } });
  await act(w, { id, did: 'press', data: { press: 'things.show', value: '{"n":1}' } });
  const press = { name: 'things.show', value: '{"n":1}' };
  expect(w.inbounds).toMatchObject([
    { kind: 'press', press, delivery: `teams/tab/${ann.aadObjectId}/${id}` },
    { kind: 'press', press, delivery: `teams/tab/${ann.aadObjectId}/${id}` },
  ]);
});

test('a form is shown and sent; one that needs Teams’ list of people goes to the chat', async () => {
  const w = await teamsWorld();
  const simple = asked({ name: { kind: 'text', label: 'Name' } });
  w.state.replies = () => [{ kind: 'ask', asked: simple }];
  const { body } = await act(w, { did: 'press', verb: 'f', data: {} });
  const [{ card }] = (body as { replies: [{ card: { actions: [{ data: object }] } }] }).replies;
  expect(JSON.stringify(card)).toContain('Input.Text');
  w.state.replies = () => [];
  await act(w, { did: 'press', data: { ...card.actions[0].data, 'text:name': 'orders' } });
  expect(w.inbounds.at(-1)).toMatchObject({ kind: 'submit', asked: simple.id, raw: { name: 'orders' } });
  w.state.replies = () => [{ kind: 'ask', asked: asked({ who: { kind: 'person', label: 'Who?' } }) }];
  expect((await act(w, { did: 'press', verb: 'f', data: {} })).body).toEqual({ replies: [], elsewhere: true });
  expect(JSON.stringify(w.seen(ann, 'personal').at(-1))).toContain('graph.microsoft.com/users');
});

test('what one types is searched by the same sources', async () => {
  const w = await teamsWorld();
  w.state.options = [{ label: 'Inventory', value: 'inventory' }];
  expect((await act(w, { did: 'search', dataset: 'resources.teams', text: 'inv' })).body).toEqual({
    choices: [{ title: 'Inventory', value: 'inventory' }],
  });
});

test.each<[string, object, Record<string, string | undefined>, number]>([
  ['no token', { did: 'open' }, { authorization: undefined }, 401],
  ['another content type', { did: 'open' }, { 'content-type': 'text/plain' }, 415],
  ['what nobody can read', { did: 'nothing' }, {}, 400],
  ['no id', { id: 'x', did: 'open' }, {}, 400],
  ['a button that is none of ours', { did: 'press', data: { press: 1 } }, {}, 400],
])('refused before anything happens: %s', async (_, what, headers, status) => {
  const w = await teamsWorld();
  const answer = await act(w, what, headers);
  expect(answer).toMatchObject({ status, body: { error: expect.any(String) } });
  expect(w.inbounds).toEqual([]);
});

test('the bot’s own token opens nothing here, and neither does one of another tenant', async () => {
  const w = await teamsWorld();
  expect((await act(w, { did: 'open' }, { authorization: `Bearer ${w.tenant.tokens.mint()}` })).status).toBe(401);
  const other = sso(w, { tid: '99999999-2222-4222-8222-222222222222' });
  expect((await act(w, { did: 'open' }, { authorization: `Bearer ${other}` })).body).toMatchObject({
    reason: 'wrong_issuer',
  });
  expect(w.inbounds).toEqual([]);
});

test('the page may be shown by Teams only, and serves its own files and no others', async () => {
  const w = await teamsWorld();
  const get = (path: string) => fetch(new URL(path, w.url));
  const page = await get('/tabs/home');
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('content-security-policy')).toContain(
    "frame-ancestors 'self' https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft",
  );
  const html = await page.text();
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string);
  expect(files.length).toBeGreaterThan(6);
  /** Every module that a page's module imports is served, too. */
  async function follow(path: string, seen: Set<string>): Promise<void> {
    if (seen.has(path)) return;
    seen.add(path);
    const answer = await get(path);
    expect([path, answer.status]).toEqual([path, 200]);
    const source = await answer.text();
    if (!path.endsWith('.ts')) return;
    expect(source).not.toContain('import type TeamsJs');
    for (const [, to] of source.matchAll(/from '(\.[^']+)'/g))
      await follow(new URL(to as string, new URL(path, w.url)).pathname, seen);
  }
  const seen = new Set<string>();
  for (const file of files) await follow(file, seen);
  expect(seen.size).toBeGreaterThan(files.length);
  for (const path of [
    '/tabs/src/main.ts',
    '/tabs/src/teams/token.ts',
    '/tabs/src/teams/tab/../token.ts',
    '/tabs/lib/x.js',
  ])
    expect((await get(path)).status).toBe(404);
  expect((await get('/tabs/act')).status).toBe(405);
});
