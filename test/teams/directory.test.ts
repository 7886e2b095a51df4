import { expect, test } from 'vitest';
import { createDirectory } from '../../src/teams/directory.ts';
import { createReferenceBook, type Reference } from '../../src/teams/references.ts';
import { memoryReferences } from '../support/teams-references.ts';
import {
  accountOf,
  ann,
  bob,
  CHANNEL,
  carol,
  GROUP,
  memoryLog,
  placeOf,
  TEAM,
  TENANT_ID,
  teamsWorld,
} from '../support/teams-world.ts';

test('a person is looked up where they were seen, and their e-mail is taken from our own tenant', async () => {
  const w = await teamsWorld();
  await w.tenant.say({ user: bob.id, conversation: CHANNEL, text: 'help' });
  expect(await w.platform.profile(accountOf(bob))).toEqual({
    account: accountOf(bob),
    name: 'Bob Baker',
    email: 'bob@example.com',
    active: true,
  });
  expect(w.tenant.calls.map((c) => `${c.method} ${c.path}`)).toEqual([
    `GET /v3/conversations/${CHANNEL}/members/${bob.aadObjectId}`,
  ]);
});

test('somebody who was never seen is looked up in their 1:1 chat; who cannot be reached is nobody', async () => {
  const w = await teamsWorld();
  expect(await w.platform.profile(accountOf(ann))).toMatchObject({ name: 'Ann Archer' });
  expect(await w.platform.profile(accountOf(carol))).toBeUndefined();
  expect(await w.platform.profile(accountOf({ aadObjectId: 'nobody' }))).toBeUndefined();
});

test('a roster that does not answer makes nobody known, and nothing break', async () => {
  const w = await teamsWorld();
  await w.tenant.say({ user: ann.id, conversation: GROUP, text: 'help' });
  w.tenant.fail({ method: 'GET', path: /members/ }, { kind: 'html', times: 1 });
  expect(await w.platform.profile(accountOf(ann))).toBeUndefined();
  expect(await w.platform.profile(accountOf(ann))).toMatchObject({ name: 'Ann Archer' });
});

test('the members of a team, and a list that cannot be read whole is none at all', async () => {
  const w = await teamsWorld();
  expect(await w.platform.members(TEAM)).toEqual([accountOf(ann), accountOf(bob)]);
  await expect(w.platform.members('19:nowhere@thread.tacv2')).rejects.toMatchObject({
    code: 'teams_members_unreadable',
  });
  w.tenant.fail({ method: 'GET', path: /pagedmembers/ }, { kind: 'status', times: 1 });
  await expect(w.platform.members(TEAM)).rejects.toThrow(/Teams answered 503/);
  w.tenant.fail({ method: 'GET', path: /pagedmembers/ }, { kind: 'status', times: 1 });
  await expect(w.platform.members(TEAM)).rejects.toMatchObject({ code: 'teams_unavailable' });
});

test('the members of a channel, by its place, are those of its team', async () => {
  const w = await teamsWorld();
  expect(await w.platform.members(placeOf(CHANNEL))).toEqual([accountOf(ann), accountOf(bob)]);
});

/** A directory whose roster is a function of the request. */
function directoryOver(answer: (path: readonly string[], query: Readonly<Record<string, string>>) => unknown) {
  const { references } = memoryReferences();
  const { log } = memoryLog();
  const book = createReferenceBook(references, log, { now: () => new Date() });
  const reference: Reference = {
    serviceUrl: 'https://x/',
    tenantId: TENANT_ID,
    conversationId: '19:g@thread.v2',
    conversationType: 'groupChat',
    botId: '28:app',
    installed: true,
  };
  book.saw(accountOf(ann), reference);
  return createDirectory({
    tenantId: TENANT_ID,
    book,
    log,
    connector: async ({ path, query = {} }) => ({ is: 'ok', body: answer(path, query) }),
    sender: {
      serviceUrlOf: async () => 'https://x/',
      open: async () => ({ is: 'gone', what: 'person', why: '' }),
    } as unknown as Parameters<typeof createDirectory>[0]['sender'],
  });
}

test.each<[string, object, object]>([
  ['our own people', { tenantId: TENANT_ID, userRole: 'user' }, { email: 'ann@example.com' }],
  ['without a tenant it is ours', {}, { email: 'ann@example.com' }],
  ['a guest by role', { tenantId: TENANT_ID, userRole: 'guest' }, { guest: true }],
  ['a guest by name', { userPrincipalName: 'ann_other.com#EXT#@example.com' }, { guest: true }],
  ['somebody of another tenant', { tenantId: '99999999-2222-4222-8222-222222222222' }, { guest: true }],
  ['no e-mail', { email: null }, {}],
  ['something that is no e-mail', { email: 'nope' }, {}],
])('a verified e-mail: %s', async (_, over, expected) => {
  const member = { id: '29:x', name: 'Ann', email: 'Ann@Example.com', userPrincipalName: 'ann@example.com', ...over };
  const { profile } = directoryOver(() => member);
  expect(await profile(accountOf(ann))).toEqual({ account: accountOf(ann), name: 'Ann', active: true, ...expected });
});

test('a large team is read page by page, a wrong one not', async () => {
  const asked: Readonly<Record<string, string>>[] = [];
  const { members } = directoryOver((_, query) => {
    asked.push(query);
    const page = Number(query.continuationToken ?? 0);
    const people = [
      { id: '29:a', aadObjectId: `aad-${page}` },
      { id: '29:b', objectId: `old-${page}` },
      { id: '28:bot' },
    ];
    return { members: people, ...(page < 2 ? { continuationToken: String(page + 1) } : {}) };
  });
  expect(await members(TEAM)).toEqual(
    ['aad-0', 'old-0', 'aad-1', 'old-1', 'aad-2', 'old-2'].map((id) => accountOf({ aadObjectId: id })),
  );
  expect(asked).toEqual([
    { pageSize: '500' },
    { pageSize: '500', continuationToken: '1' },
    { pageSize: '500', continuationToken: '2' },
  ]);
  await expect(directoryOver(() => ({})).members(TEAM)).rejects.toThrow(/something else than a list/);
  const endless = directoryOver(() => ({ members: [], continuationToken: 'again' }));
  await expect(endless.members(TEAM)).rejects.toThrow(/more than 30000 members/);
});

test('an activity from a place is enough to know it there', async () => {
  const w = await teamsWorld();
  await w.tenant.say({ user: ann.id, conversation: GROUP, text: 'help' });
  expect(w.kept.get(placeOf(GROUP))).toMatchObject({ conversationType: 'groupChat', conversationId: GROUP });
});
