import { expect, test } from 'vitest';
import {
  type Asked,
  form,
  type Inbound,
  noNames,
  type PersonId,
  type Reply,
  said,
  text,
  type View,
} from '../../src/core/kernel/index.ts';
import { actionsIn, cardOf, linesIn } from '../support/teams-cards.ts';
import {
  accountOf,
  ann,
  bob,
  CHANNEL,
  carol,
  GROUP,
  placeOf,
  TEAM,
  type TeamsWorld,
  teamsWorld,
} from '../support/teams-world.ts';

const view = (words: string, more: Partial<View> = {}): View => ({
  id: 'test.view',
  title: 'Hello',
  summary: `Hello: ${words}`,
  blocks: [{ kind: 'text', text: said(words) }],
  ...more,
});
const whisper = (words: string): Reply => ({ kind: 'whisper', view: view(words) });
const long = 'A long answer. '.repeat(60);
const wish = form({
  id: 'wish',
  title: 'A wish',
  submit: 'Send',
  fields: {
    what: { kind: 'text', label: 'What?' },
    when: { kind: 'date', label: 'When?', optional: true },
  },
});
const asked = (over: Partial<Asked> = {}): Asked => ({ id: 'asked-1', form: wish, prior: {}, errors: {}, ...over });
const ask = (over: Partial<Asked> = {}, reopened?: true): Reply => ({
  kind: 'ask',
  asked: asked(over),
  ...(reopened ? { reopened } : {}),
});

type Any = { readonly [key: string]: unknown };
const card = cardOf;
const shown = (message: Parameters<typeof cardOf>[0]) => linesIn(cardOf(message)).join(' | ');
const only = <K extends Inbound['kind']>(w: TeamsWorld, kind: K) => {
  const found = w.inbounds.filter((i): i is Extract<Inbound, { kind: K }> => i.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as Extract<Inbound, { kind: K }>;
};

/** The bot posts a view; returns the id of the message. */
async function posted(w: TeamsWorld, conversation: string, v: View): Promise<string> {
  const made = await w.platform.deliver({ kind: 'post', place: placeOf(conversation), view: v, key: 'k' }, noNames);
  expect(made).toMatchObject({ is: 'done' });
  return (made as { native: string }).native;
}
const buttons = (opens?: 'form'): View =>
  view('Press me', {
    blocks: [
      {
        kind: 'buttons',
        buttons: [{ label: 'Plan', press: { name: 'item.plan', value: '{"number":7}' }, ...(opens ? { opens } : {}) }],
      },
    ],
  });

test('a typed command in the 1:1 chat arrives as it was typed and is answered there', async () => {
  const w = await teamsWorld();
  w.state.replies = () => [whisper('Here you are.')];
  const answer = await w.tenant.say({ user: ann.id, conversation: 'personal', text: '  feedback   dark mode & more ' });
  await w.quiet();
  expect(answer.outcome).toEqual({ kind: 'accepted' });
  const command = only(w, 'command');
  expect(command).toMatchObject({
    text: 'feedback   dark mode & more',
    account: accountOf(ann),
    hints: { name: 'Ann Archer', zone: 'Europe/Kyiv' },
    at: w.clock.now(),
  });
  expect(command.delivery).toBe(`teams/a:1-${ann.aadObjectId}/${answer.activityId}`);
  expect(w.settled[0]?.taken).toEqual([]);
  expect(shown(w.seen(ann, 'personal').at(-1))).toBe('Hello | Here you are.');
});

test('in a channel only a mention is heard, and only the person who asked sees the answer', async () => {
  const w = await teamsWorld();
  w.state.replies = () => [whisper('For you alone.')];
  await w.tenant.say({ user: ann.id, conversation: CHANNEL, text: 'help', mentionBot: false });
  expect(w.inbounds).toEqual([]);
  await w.tenant.say({ user: ann.id, conversation: CHANNEL, text: 'give it to @Bob Baker', mention: [bob.id] });
  await w.quiet();
  const command = only(w, 'command');
  expect(command.text).toBe('give it to Bob Baker');
  expect(command.place).toBe(placeOf(CHANNEL));
  const answer = w.seen(ann, CHANNEL).at(-1);
  expect(answer).toMatchObject({ targeted: true });
  // It stands in the thread in which it was asked.
  expect(answer?.root).toBe(w.seen(ann, CHANNEL).at(-2)?.id);
  expect(shown(answer)).toBe('Hello | For you alone.');
  expect(w.seen(bob, CHANNEL).some((m) => m.from.kind === 'bot')).toBe(false);
});

test('a slash command, which is a targeted message without a mention, is heard', async () => {
  const w = await teamsWorld();
  await w.tenant.say({ user: ann.id, conversation: GROUP, text: 'feedback mine', targeted: true });
  expect(only(w, 'command').text).toBe('feedback mine');
});

test('where the tenant has no targeted messages, the answer goes to the 1:1 chat and says where it was asked', async () => {
  const w = await teamsWorld({ targeted: false });
  w.state.replies = () => [whisper('For you alone.')];
  await w.tenant.say({ user: bob.id, conversation: GROUP, text: 'help' });
  await w.quiet();
  expect(w.seen(bob, GROUP).filter((m) => m.from.kind === 'bot')).toEqual([]);
  expect(shown(w.seen(bob, 'personal').at(-1))).toBe('Hello | You asked for this in Lunch. | For you alone.');
  expect(await w.platform.health()).toEqual({
    ok: true,
    degraded: ['targeted messages: private answers go to the 1:1 chat'],
  });
});

test('a pressed button is answered with words under the card when they are few', async () => {
  const w = await teamsWorld();
  const id = await posted(w, CHANNEL, buttons());
  const [action] = actionsIn(card(w.seen(ann, CHANNEL).at(-1)));
  expect(action).toMatchObject({ type: 'Action.Execute', verb: 'item.plan', data: { value: '{"number":7}' } });
  w.state.replies = () => [whisper('Only the platform team may plan')];
  const answer = await w.tenant.execute({ user: ann.id, conversation: CHANNEL, activityId: id, action: action as Any });
  await w.quiet();
  expect(only(w, 'press').press).toEqual({ name: 'item.plan', value: '{"number":7}' });
  expect(answer.outcome).toEqual({ kind: 'message', text: 'Hello. Only the platform team may plan.' });
  expect(w.settled[0]?.taken).toHaveLength(1);
});

test('a pressed button with a long answer is answered in private', async () => {
  const w = await teamsWorld();
  const id = await posted(w, CHANNEL, buttons());
  const [action] = actionsIn(card(w.seen(bob, CHANNEL).at(-1)));
  w.state.replies = () => [whisper(long)];
  const answer = await w.tenant.execute({ user: bob.id, conversation: CHANNEL, activityId: id, action: action as Any });
  await w.quiet();
  expect(answer.outcome).toEqual({ kind: 'message', text: 'I answered you in private.' });
  expect(w.settled[0]?.taken).toEqual([]);
  expect(w.seen(bob, CHANNEL).at(-1)).toMatchObject({ targeted: true });
  expect(w.seen(ann, CHANNEL).at(-1)?.id).toBe(id);
});

test('a button with nothing to say is answered all the same, and its fallback arrives as the same press', async () => {
  const w = await teamsWorld();
  const id = await posted(w, CHANNEL, buttons());
  const [action] = actionsIn(card(w.seen(ann, CHANNEL).at(-1)));
  const where = { user: ann.id, conversation: CHANNEL, activityId: id };
  const answer = await w.tenant.execute({ ...where, action: action as Any });
  expect(answer.outcome).toEqual({ kind: 'message', text: 'Done.' });
  await w.tenant.submit({ ...where, data: (action?.fallback as { data: Any } | undefined)?.data ?? {} });
  await w.quiet();
  const presses = w.inbounds.flatMap((i) => (i.kind === 'press' ? [i.press] : []));
  expect(presses).toEqual([
    { name: 'item.plan', value: '{"number":7}' },
    { name: 'item.plan', value: '{"number":7}' },
  ]);
  expect(new Set(w.inbounds.map((i) => i.delivery)).size).toBe(2);
});

test('a dialog opens, keeps what was typed when it is refused, and closes when it is done', async () => {
  const w = await teamsWorld();
  const id = await posted(w, CHANNEL, buttons('form'));
  const [open] = actionsIn(card(w.seen(ann, CHANNEL).at(-1)));
  expect(open?.data).toMatchObject({ msteams: { type: 'task/fetch' } });
  w.state.replies = () => [ask()];
  const where = { user: ann.id, conversation: CHANNEL, activityId: id };
  const fetched = await w.tenant.taskFetch({ ...where, data: open?.data as Any });
  expect(only(w, 'press').press).toEqual({ name: 'item.plan', value: '{"number":7}' });
  const dialog = w.tenant.snapshot(ann.id).dialog;
  expect(fetched.outcome.kind).toBe('dialog');
  expect(dialog?.title).toBe('A wish');
  const [send] = actionsIn(dialog?.card);
  expect(send).toMatchObject({ type: 'Action.Submit', title: 'Send', data: { asked: 'asked-1' } });

  w.state.replies = (i) => {
    if (i.kind !== 'submit') throw new Error('expected a submit');
    return [ask({ prior: i.raw, errors: { what: 'Say a little more.' } }, true)];
  };
  const inputs = { 'text:what': 'x', 'date:when': '2026-12-01' };
  const dialogId = dialog?.id as string;
  await w.tenant.taskSubmit({ user: ann.id, dialogId, data: { ...(send?.data as Any), ...inputs } });
  expect(only(w, 'submit')).toMatchObject({ asked: 'asked-1', raw: { what: 'x', when: '2026-12-01' } });
  const again = w.tenant.snapshot(ann.id).dialog?.card as { body: readonly Any[] };
  expect(again.body.find((e) => e.id === 'text:what')?.value).toBe('x');
  expect(again.body.find((e) => e.id === 'date:when')?.value).toBe('2026-12-01');
  expect(linesIn(again)).toContain('⚠ Say a little more.');

  w.state.replies = () => [];
  const done = await w.tenant.taskSubmit({ user: ann.id, dialogId, data: { ...(send?.data as Any), ...inputs } });
  expect(done.outcome).toEqual({ kind: 'closed' });
  expect(done.raw).toBe('');
  expect(w.tenant.snapshot(ann.id).dialog).toBeUndefined();
});

test('a dialog ends with a word when there is one, and a button that opens none shows what there is to say', async () => {
  const w = await teamsWorld();
  const id = await posted(w, CHANNEL, buttons('form'));
  const [open] = actionsIn(card(w.seen(ann, CHANNEL).at(-1)));
  const where = { user: ann.id, conversation: CHANNEL, activityId: id };
  w.state.replies = () => [whisper('Already planned')];
  await w.tenant.taskFetch({ ...where, data: open?.data as Any });
  expect(linesIn(w.tenant.snapshot(ann.id).dialog?.card)).toEqual(['Already planned']);

  w.state.replies = () => [ask()];
  await w.tenant.taskFetch({ ...where, data: open?.data as Any });
  const [send] = actionsIn(w.tenant.snapshot(ann.id).dialog?.card);
  w.state.replies = () => [whisper('Thank you')];
  const dialogId = w.tenant.snapshot(ann.id).dialog?.id as string;
  await w.tenant.taskSubmit({ user: ann.id, dialogId, data: { ...(send?.data as Any), 'text:what': 'abc' } });
  expect(w.tenant.snapshot(ann.id).dialog?.message).toBe('Hello. Thank you.');
});

test('a form asked by a typed command is a card that refuses in place and is gone for good once sent', async () => {
  const w = await teamsWorld();
  w.state.replies = () => [ask({ prior: { what: 'dark mode' } })];
  await w.tenant.say({ user: bob.id, conversation: GROUP, text: 'feedback dark mode' });
  await w.quiet();
  const message = w.seen(bob, GROUP).at(-1);
  expect(message).toMatchObject({ targeted: true, summary: 'A wish' });
  const body = (card(message) as { body: readonly Any[] }).body;
  expect(body.find((e) => e.id === 'text:what')?.value).toBe('dark mode');
  const [send] = actionsIn(card(message));
  expect(send).toMatchObject({ type: 'Action.Execute', verb: 'form.submit' });
  const where = { user: bob.id, conversation: GROUP, activityId: message?.id as string };

  w.state.replies = (i) => [ask({ prior: (i as { raw: Any }).raw, errors: { what: 'Too short.' } }, true)];
  const refused = await w.tenant.execute({
    ...where,
    action: send as Any,
    inputs: { 'text:what': 'd', 'date:when': '' },
  });
  await w.quiet();
  expect(only(w, 'submit').raw).toEqual({ what: 'd' });
  expect(refused.outcome.kind).toBe('card');
  const own = w.seen(bob, GROUP).at(-1);
  expect(shown(own)).toContain('⚠ Too short.');
  expect((card(own) as { body: readonly Any[] }).body.find((e) => e.id === 'text:what')?.value).toBe('d');

  w.state.replies = () => [];
  await w.tenant.execute({ ...where, action: send as Any, inputs: { 'text:what': 'dark mode, please' } });
  await w.quiet();
  const after = w.seen(bob, GROUP).at(-1);
  expect(shown(after)).toContain('Your answers were sent.');
  expect(actionsIn(card(after))).toEqual([]);
  expect(after?.editedAt).toBeDefined();
  const puts = w.tenant.calls.filter((c) => c.method === 'PUT');
  expect(puts.map((c) => [c.status, c.query])).toEqual([[200, { isTargetedActivity: 'true' }]]);
});

test('a form that could not be taken stays open, with the reason under it', async () => {
  const w = await teamsWorld();
  w.state.replies = () => [ask()];
  await w.tenant.say({ user: ann.id, conversation: 'personal', text: 'feedback' });
  await w.quiet();
  const message = w.seen(ann, 'personal').at(-1);
  const [send] = actionsIn(card(message));
  const warning: View = {
    id: 'notice',
    title: 'Not now, sorry',
    summary: 'Not now',
    blocks: [{ kind: 'notice', tone: 'warn', text: said('Please try again in a minute.') }],
  };
  w.state.replies = () => [{ kind: 'whisper', view: warning }];
  const answer = await w.tenant.execute({
    user: ann.id,
    conversation: 'personal',
    activityId: message?.id as string,
    action: send as Any,
    inputs: { 'text:what': 'x' },
  });
  await w.quiet();
  expect(answer.outcome).toEqual({ kind: 'message', text: 'Not now, sorry. Please try again in a minute.' });
  expect(actionsIn(card(w.seen(ann, 'personal').at(-1)))).toHaveLength(1);
});

test('a form sent by a client without Action.Execute goes on, and ends, in its message', async () => {
  const w = await teamsWorld();
  w.state.replies = () => [ask()];
  await w.tenant.say({ user: ann.id, conversation: 'personal', text: 'feedback' });
  await w.quiet();
  const message = w.seen(ann, 'personal').at(-1);
  const where = { user: ann.id, conversation: 'personal', activityId: message?.id as string };
  const data = actionsIn(card(message))[0]?.data as Any;
  w.state.replies = (i) => [ask({ prior: (i as { raw: Any }).raw, errors: { what: 'Too short.' } }, true)];
  await w.tenant.submit({ ...where, data, inputs: { 'text:what': 'd' } });
  await w.quiet();
  expect(w.seen(ann, 'personal').at(-1)?.id).toBe(message?.id);
  expect(shown(w.seen(ann, 'personal').at(-1))).toContain('⚠ Too short.');

  w.state.replies = () => [whisper('Thank you.')];
  await w.tenant.submit({ ...where, data, inputs: { 'text:what': 'dark mode' } });
  await w.quiet();
  const [sent, thanks] = w.seen(ann, 'personal').slice(-2);
  expect(sent?.id).toBe(message?.id);
  expect(shown(sent)).toContain('Your answers were sent.');
  expect(shown(thanks)).toBe('Hello | Thank you.');
});

test('a form with dependent fields goes page by page and keeps what was typed', async () => {
  const w = await teamsWorld();
  const dependent = form({
    id: 'db',
    title: 'Database',
    submit: 'Order',
    fields: {
      kind: {
        kind: 'choice',
        label: 'Kind',
        options: [
          { value: 'pg', label: 'Postgres' },
          { value: 'own', label: 'Other' },
        ],
      },
      name: { kind: 'text', label: 'Which?', shownIf: { field: 'kind', is: ['own'] } },
    },
  });
  const a: Asked = { id: 'asked-2', form: dependent, prior: {}, errors: {} };
  w.state.replies = (i) => [
    {
      kind: 'ask',
      asked: i.kind === 'changed' ? { ...a, prior: i.raw } : a,
      ...(i.kind === 'changed' ? { reopened: true } : {}),
    },
  ];
  await w.tenant.composeFetchTask({ user: ann.id, conversation: CHANNEL, commandId: 'db', context: 'compose' });
  const dialog = w.tenant.snapshot(ann.id).dialog;
  const [next] = actionsIn(dialog?.card);
  expect(next?.title).toBe('Next');
  const dialogId = dialog?.id as string;
  await w.tenant.composeSubmit({ user: ann.id, dialogId, data: { ...(next?.data as Any), 'choice:kind': 'own' } });
  expect(only(w, 'changed')).toMatchObject({ asked: 'asked-2', raw: { kind: 'own' } });
  const wider = w.tenant.snapshot(ann.id).dialog?.card as { body: readonly Any[] };
  expect(wider.body.map((e) => [e.id, e.value])).toEqual([
    ['choice:kind', 'own'],
    ['text:name', undefined],
  ]);
  const [order] = actionsIn(wider);
  expect(order?.title).toBe('Order');
  w.state.replies = () => [];
  const answers = { 'choice:kind': 'own', 'text:name': 'mongo' };
  const done = await w.tenant.composeSubmit({ user: ann.id, dialogId, data: { ...(order?.data as Any), ...answers } });
  expect(only(w, 'submit')).toMatchObject({ asked: 'asked-2', raw: { kind: 'own', name: 'mongo' } });
  expect(done.outcome).toEqual({ kind: 'closed' });
});

test('a message shortcut brings the message, its link and its author, from wherever it was called', async () => {
  const w = await teamsWorld();
  const written = await w.tenant.say({
    user: bob.id,
    conversation: CHANNEL,
    text: 'CI <b>is</b> slow & flaky',
    mentionBot: false,
  });
  w.state.replies = () => [ask()];
  const answer = await w.tenant.composeFetchTask({
    user: ann.id,
    conversation: CHANNEL,
    commandId: 'backlog',
    context: 'message',
    messageActivityId: written.activityId,
  });
  expect(answer.outcome.kind).toBe('dialog');
  const shortcut = only(w, 'shortcut');
  expect(shortcut.name).toBe('backlog');
  expect(shortcut.message).toMatchObject({ text: 'CI <b>is</b> slow & flaky', author: accountOf(bob) });
  expect(shortcut.message?.permalink).toContain('https://teams.microsoft.com/l/message/');
  expect(shortcut.place).toBeUndefined();
});

test('a typeahead asks the door', async () => {
  const w = await teamsWorld();
  w.state.options = [{ value: 'svc-1', label: 'Checkout' }];
  const answer = await w.tenant.search({
    user: ann.id,
    conversation: 'personal',
    dataset: 'services',
    queryText: 'che',
  });
  expect(answer.outcome).toEqual({ kind: 'results', results: [{ title: 'Checkout', value: 'svc-1' }] });
});

test('installing greets a person, keeps references, and tells of changed teams', async () => {
  const w = await teamsWorld();
  await w.tenant.install({ user: bob.id, place: 'personal' });
  expect(only(w, 'home')).toMatchObject({ first: true, account: accountOf(bob) });
  expect([...w.kept.values()].find((r) => r.account === accountOf(bob))).toMatchObject({
    conversationType: 'personal',
    installed: true,
    serviceUrl: w.serviceUrl,
  });
  await w.tenant.addMember({ user: carol.id, place: TEAM });
  expect(only(w, 'observed')).toMatchObject({ what: 'group.changed', input: { group: TEAM } });
  expect(w.kept.get(placeOf(TEAM))).toMatchObject({ conversationType: 'channel', teamId: TEAM, channelId: TEAM });
  await w.tenant.uninstall({ user: bob.id, place: 'personal' });
  const gone = await w.platform.deliver(
    { kind: 'direct', account: accountOf(bob), view: view('Hi'), key: 'k' },
    noNames,
  );
  expect(gone).toMatchObject({ is: 'gone', what: 'person' });
});

test('a reference is written once, not with every message', async () => {
  const w = await teamsWorld();
  for (const words of ['one', 'two', 'three'])
    await w.tenant.say({ user: ann.id, conversation: 'personal', text: words });
  expect(w.inbounds).toHaveLength(3);
  expect(w.stored.saves).toBe(1);
});

test('the same delivery again has the same key, and what nobody asked for is answered as Teams expects', async () => {
  const w = await teamsWorld();
  await w.tenant.say({ user: ann.id, conversation: 'personal', text: 'help' });
  await w.tenant.redeliver(3);
  expect(new Set(w.inbounds.map((i) => i.delivery)).size).toBe(1);
  const { id } = w.seen(ann, 'personal').at(-1) ?? { id: '' };
  w.state.replies = () => [whisper('x')];
  await w.tenant.say({ user: ann.id, conversation: 'personal', text: 'help' });
  await w.quiet();
  const bots = w.seen(ann, 'personal').filter((m) => m.from.kind === 'bot');
  const reacted = await w.tenant.react({
    user: ann.id,
    conversation: 'personal',
    activityId: bots[0]?.id ?? id,
    type: 'like',
  });
  expect(reacted.outcome).toEqual({ kind: 'accepted' });
});

test('people are mentioned in a card, and times are drawn in the reader’s zone', async () => {
  const w = await teamsWorld();
  const person = 'p1' as PersonId;
  const names = { people: new Map([[person, { name: 'Ann Archer', accounts: [accountOf(ann)] }]]), places: new Map() };
  const v = view('', {
    blocks: [
      {
        kind: 'text',
        text: text`${{ kind: 'person', person }} said *hi* at ${{ kind: 'time', at: '2026-11-23T10:00:00.123Z', style: 'both' }}`,
      },
    ],
  });
  const made = await w.platform.deliver({ kind: 'post', place: placeOf(CHANNEL), view: v, key: 'k' }, names);
  expect(made.is).toBe('done');
  const message = w.seen(bob, CHANNEL).at(-1);
  expect(w.tenant.mentions(message)).toEqual({
    mentions: [{ id: ann.aadObjectId, name: 'Ann Archer', text: '<at>Ann Archer</at>', in: 'card' }],
    links: [],
  });
  expect(shown(message)).toContain('{{DATE(2026-11-23T10:00:00Z, SHORT)}} {{TIME(2026-11-23T10:00:00Z)}}');
});

test('a door that breaks is never a 500, and a stopped adapter sends the next request away', async () => {
  const w = await teamsWorld();
  w.state.replies = () => {
    throw new Error('broken');
  };
  const broken = await w.tenant.say({ user: ann.id, conversation: 'personal', text: 'help' });
  expect(broken.status).toBe(503);
  expect(broken.headers['retry-after']).toBe('5');
  await w.teams.stop();
  const after = await w.tenant.say({ user: ann.id, conversation: 'personal', text: 'help' });
  expect(after.status).toBe(503);
});
