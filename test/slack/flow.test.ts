import { expect, test } from 'vitest';
import { noNames, type PlaceId } from '../../src/core/kernel/index.ts';
import { ann, ask, slackWorld, triage, view, whisper } from './world.ts';

/** One test per kind of arrival, over HTTP, from a person's hand to what they then see. */

const pressable = (name: string, value: string) =>
  view('Press me', { blocks: [{ kind: 'buttons', buttons: [{ label: 'Go', press: { name, value } }] }] });

async function posted(w: Awaited<ReturnType<typeof slackWorld>>, name = 'feedback.plan', value = '{"id":1}') {
  const delivered = await w.slack.platform.deliver(
    { kind: 'post', place: triage as PlaceId, view: pressable(name, value), key: 'k' },
    noNames,
  );
  if (delivered.is !== 'done' || !delivered.native) throw new Error(`not posted: ${JSON.stringify(delivered)}`);
  return delivered.native;
}

test('a slash command is answered in place, with what was typed', async () => {
  await using w = await slackWorld();
  w.answer([whisper('Hello & welcome')]);
  const answer = await w.workspace.command({ user: 'U0ANN', channel: 'C0TRIAGE', text: 'feedback a < b & @ben' });
  await w.settled();

  expect(answer.status).toBe(200);
  expect(answer.problem).toBeUndefined();
  const command = w.last('command');
  expect(command.text).toBe('feedback a < b & @ben');
  expect(command.account).toBe(ann);
  expect(command.place).toBe(triage);
  expect(command.delivery).toMatch(/^slack\/\d+\./);
  expect(command.hints).toEqual({ name: 'ann' });
  const seen = w.messages('U0ANN', 'C0TRIAGE').at(-1);
  expect(seen?.visibleTo).toBe('U0ANN');
  expect(seen?.text).toBe('Hello &amp; welcome');
  expect(w.taken).toHaveLength(1);
  expect(w.replied).toEqual([]);
});

test('a second whisper of a command goes by its response_url', async () => {
  await using w = await slackWorld();
  w.answer([whisper('one'), whisper('two')]);
  await w.workspace.command({ user: 'U0ANN', channel: 'C0RANDOM', text: '' });
  await w.settled();
  expect(w.replied).toEqual([{ is: 'done' }]);
  expect(w.messages('U0ANN', 'C0RANDOM').map((m) => m.text)).toEqual(['one', 'two']);
});

test('a command opens a form, which comes back with what was typed', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'request' });
  await w.settled();
  expect(w.replied).toEqual([{ is: 'done' }]);
  expect(w.workspace.snapshot('U0ANN').modals).toHaveLength(1);

  w.answer([]);
  const sent = await w.workspace.submit({ user: 'U0ANN', values: { size: 'small', name: 'orders <!channel>' } });
  await w.settled();
  expect(sent.problem).toBeUndefined();
  expect(w.last('submit')).toMatchObject({
    asked: 'asked-1',
    raw: { size: 'small', name: 'orders <!channel>' },
    account: ann,
  });
  expect(w.workspace.snapshot('U0ANN').modals).toEqual([]);
});

test('a refused form stays open with its errors under the fields', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'request' });
  await w.settled();
  w.answer([ask({ prior: { size: 'small', name: 'x' }, errors: { name: 'Taken.', ghost: 'Odd.' } }, true)]);
  const sent = await w.workspace.submit({ user: 'U0ANN', values: { size: 'small', name: 'x' } });
  await w.settled();
  expect(sent.problem).toBeUndefined();
  const [modal] = w.workspace.snapshot('U0ANN').modals;
  expect(modal?.errors).toEqual({ name: 'Taken.', size: 'Odd.' });
  expect(modal?.values.name?.text).toMatchObject({ value: 'x' });
});

test('a field that is missing because it was not drawn yet is drawn, with its error in words', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'request' });
  await w.settled();
  w.answer([ask({ prior: { size: 'large', name: 'x' }, errors: { why: 'Please fill this in.' } }, true)]);
  const sent = await w.workspace.submit({ user: 'U0ANN', values: { size: 'large', name: 'x' } });
  expect(sent.problem).toBeUndefined();
  const [modal] = w.workspace.snapshot('U0ANN').modals;
  const blocks = (modal?.view.blocks ?? []) as readonly { block_id?: string; type: string }[];
  expect(blocks.filter((b) => b.type === 'input').map((b) => b.block_id)).toEqual(['size', 'why', 'name']);
  expect(JSON.stringify(blocks)).toContain('Please fill this in.');
  expect(modal?.values.name?.text).toMatchObject({ value: 'x' });
});

test('a submitted form is followed by a confirmation with nothing but Close', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'request' });
  await w.settled();
  w.answer([whisper('Thank you')]);
  const sent = await w.workspace.submit({ user: 'U0ANN', values: { size: 'small', name: 'x' } });
  await w.settled();
  expect(sent.problem).toBeUndefined();
  const [modal] = w.workspace.snapshot('U0ANN').modals;
  expect(modal?.view.submit).toBeUndefined();
  expect(JSON.stringify(modal?.view)).toContain('Thank you');
});

test('a submitted form can be followed by the next form', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'request' });
  await w.settled();
  w.answer([ask({ id: 'asked-2' })]);
  await w.workspace.submit({ user: 'U0ANN', values: { size: 'small', name: 'x' } });
  expect(w.workspace.snapshot('U0ANN').modals.map((m) => m.view.private_metadata)).toEqual(['asked-2']);
});

test('a field that others depend on is sent as soon as it changes, and the form is drawn again', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'request' });
  await w.settled();
  w.answer([ask({ prior: { size: 'large' } }, true)]);
  await w.workspace.change({ user: 'U0ANN', blockId: 'size', actionId: 'choice', value: 'large' });
  await w.settled();
  expect(w.last('changed')).toMatchObject({ asked: 'asked-1', raw: { size: 'large' } });
  expect(w.replied.at(-1)).toEqual({ is: 'done' });
  const [modal] = w.workspace.snapshot('U0ANN').modals;
  expect(Object.keys(modal?.values ?? {})).toEqual(['size', 'why', 'name']);
  const silent = await w.workspace.change({ user: 'U0ANN', blockId: 'name', actionId: 'text', value: 'x' });
  expect(silent).toBeUndefined();
});

test('of two quick changes the later one is drawn, though both carry the same hash', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'request' });
  await w.settled();
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let arrivals = 0;
  const bothHere = Promise.withResolvers<void>();
  w.answer(async (inbound) => {
    arrivals += 1;
    const gate = arrivals === 1 ? first : second;
    if (arrivals === 2) bothHere.resolve();
    await gate.promise;
    return inbound.kind === 'changed' ? [ask({ prior: inbound.raw }, true)] : [];
  });
  const one = w.workspace.change({ user: 'U0ANN', blockId: 'size', actionId: 'choice', value: 'large' });
  await w.clock.pass(50);
  const two = w.workspace.change({ user: 'U0ANN', blockId: 'size', actionId: 'choice', value: 'small' });
  await bothHere.promise;
  // The answer to the first is late: it must not bring back what the second took away.
  second.resolve();
  await two;
  first.resolve();
  await one;
  await w.settled();
  const [modal] = w.workspace.snapshot('U0ANN').modals;
  expect(Object.keys(modal?.values ?? {})).toEqual(['size', 'name']);
  expect(w.replied.slice(1)).toEqual([{ is: 'done' }, { is: 'done' }]);
});

test('a change in a form that was closed meanwhile is no fault', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.command({ user: 'U0ANN', text: 'request' });
  await w.settled();
  w.answer(async () => {
    await w.workspace.cancelView({ user: 'U0ANN' });
    return [ask({ prior: { size: 'large' } }, true)];
  });
  await w.workspace.change({ user: 'U0ANN', blockId: 'size', actionId: 'choice', value: 'large' });
  await w.settled();
  expect(w.replied.at(-1)).toEqual({ is: 'done' });
});

test('a button on a message is a press; its whisper comes by the response_url', async () => {
  await using w = await slackWorld();
  const ts = await posted(w);
  w.answer([whisper('Done')]);
  const answer = await w.workspace.press({
    user: 'U0ANN',
    channel: 'C0TRIAGE',
    messageTs: ts,
    actionId: 'feedback.plan#1',
  });
  await w.settled();
  expect(answer.body).toBe('');
  expect(w.last('press')).toMatchObject({
    press: { name: 'feedback.plan', value: '{"id":1}' },
    place: triage,
    account: ann,
  });
  expect(w.messages('U0ANN', 'C0TRIAGE').at(-1)).toMatchObject({ text: 'Done', visibleTo: 'U0ANN' });
  expect(w.messages('U0BEN', 'C0TRIAGE').some((m) => m.text === 'Done')).toBe(false);
});

test('a whisper that no message can hold opens as a modal; after its moment it is shortened in place', async () => {
  await using w = await slackWorld();
  const ts = await posted(w);
  const long = view('All of it', {
    blocks: [{ kind: 'code', language: '', text: `${'a line of output\n'.repeat(1_000)}the last line` }],
  });
  const on = { user: 'U0ANN', channel: 'C0TRIAGE', messageTs: ts, actionId: 'feedback.plan#1' };
  w.answer([{ kind: 'whisper', view: long }]);
  await w.workspace.press(on);
  await w.settled();
  const [modal] = w.workspace.snapshot('U0ANN').modals;
  expect(JSON.stringify(modal?.view.blocks)).toContain('the last line');
  w.answer(async () => {
    await w.clock.pass(3_001);
    return [{ kind: 'whisper', view: long }];
  });
  await w.workspace.press(on);
  await w.settled();
  const said = JSON.stringify(w.messages('U0ANN', 'C0TRIAGE').at(-1));
  expect(said).toContain('a line of output');
  expect(said).toMatch(/more characters/);
});

test('a button on a message opens a form, also one that is opened again', async () => {
  await using w = await slackWorld();
  const ts = await posted(w);
  w.answer([ask({ prior: { name: 'kept' } }, true)]);
  await w.workspace.press({ user: 'U0ANN', channel: 'C0TRIAGE', messageTs: ts, actionId: 'feedback.plan#1' });
  await w.settled();
  const [modal] = w.workspace.snapshot('U0ANN').modals;
  expect(modal?.values.name?.text).toMatchObject({ value: 'kept' });
});

test('a button in a modal pushes what it opens on top', async () => {
  await using w = await slackWorld();
  w.answer([{ kind: 'whisper', view: pressable('more', '1') }]);
  await w.workspace.globalShortcut({ user: 'U0ANN', callbackId: 'feedback' });
  await w.settled();
  w.answer([ask()]);
  await w.workspace.pressInView({ user: 'U0ANN', actionId: 'more#1' });
  await w.settled();
  expect(w.last('press').press).toEqual({ name: 'more', value: '1' });
  expect(w.workspace.snapshot('U0ANN').modals).toHaveLength(2);
  expect(w.workspace.calls.filter((c) => c.method === 'views.push')).toHaveLength(1);
});

test('the home tab is an inbound; its page is published, and its buttons answer in a modal', async () => {
  await using w = await slackWorld();
  await w.workspace.openHome({ user: 'U0ANN' });
  const home = w.last('home');
  expect(home.account).toBe(ann);
  expect(home.place).toBeUndefined();
  const delivered = await w.slack.platform.deliver(
    { kind: 'home', account: home.account, view: pressable('home.go', 'x') },
    noNames,
  );
  expect(delivered).toEqual({ is: 'done' });
  w.answer([whisper('In a modal')]);
  await w.workspace.pressInHome({ user: 'U0ANN', actionId: 'home.go#1' });
  await w.settled();
  expect(w.last('press').press).toEqual({ name: 'home.go', value: 'x' });
  expect(JSON.stringify(w.workspace.snapshot('U0ANN').modals)).toContain('In a modal');
});

test('a global shortcut opens a form', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.globalShortcut({ user: 'U0ANN', callbackId: 'feedback' });
  await w.settled();
  expect(w.last('shortcut')).toMatchObject({ name: 'feedback', account: ann });
  expect(w.last('shortcut').message).toBeUndefined();
  expect(w.workspace.snapshot('U0ANN').modals).toHaveLength(1);
});

test('a message shortcut quotes the message, with its address and author', async () => {
  await using w = await slackWorld();
  const { message } = await w.workspace.postMessage({
    user: 'U0BEN',
    channel: 'C0TRIAGE',
    text: 'Deploys are slow & sad <3',
  });
  await w.workspace.messageShortcut({
    user: 'U0ANN',
    channel: 'C0TRIAGE',
    messageTs: message.ts,
    callbackId: 'backlog',
  });
  expect(w.last('shortcut')).toMatchObject({
    name: 'backlog',
    place: triage,
    message: {
      text: 'Deploys are slow & sad <3',
      permalink: `https://acme.slack.com/archives/C0TRIAGE/p${message.ts.replace('.', '')}`,
      author: 'slack:T0ACME/U0BEN',
    },
  });
});

test('words in the direct conversation are a command, answered there', async () => {
  await using w = await slackWorld();
  w.answer([whisper('Here')]);
  const dm = w.workspace.dmOf('U0ANN');
  await w.workspace.postMessage({ user: 'U0ANN', channel: dm, text: 'feedback mine' });
  await w.settled();
  expect(w.last('command')).toMatchObject({ text: 'feedback mine', place: `slack:T0ACME/${dm}` });
  expect(w.messages('U0ANN', dm).at(-1)).toMatchObject({ text: 'Here', fromBot: true });
  expect(w.taken).toEqual([]);
});

test('a form cannot be opened from words: the trigger is gone before it began', async () => {
  await using w = await slackWorld();
  w.answer([ask()]);
  await w.workspace.postMessage({ user: 'U0ANN', channel: w.workspace.dmOf('U0ANN'), text: 'request' });
  await w.settled();
  expect(w.replied).toMatchObject([{ is: 'gone', what: 'trigger' }]);
});

test('a mention is a command without the mention, answered to the person alone', async () => {
  await using w = await slackWorld();
  w.answer([whisper('Only you')]);
  await w.workspace.postMessage({
    user: 'U0ANN',
    channel: 'C0TRIAGE',
    text: `<@${w.workspace.bot.userId}> help  me`,
  });
  await w.settled();
  expect(w.last('command').text).toBe('help  me');
  expect(w.messages('U0ANN', 'C0TRIAGE').at(-1)).toMatchObject({ text: 'Only you', visibleTo: 'U0ANN' });
});

test('a changed profile and a removed app are observed', async () => {
  await using w = await slackWorld();
  await w.workspace.userChange({ user: 'U0ANN', realName: 'Ann K.', tz: 'Europe/Paris', deleted: true });
  expect(w.last('observed')).toMatchObject({
    what: 'account.changed',
    input: {
      account: ann,
      profile: { account: ann, name: 'Ann K.', email: 'ann@acme.test', zone: 'Europe/Paris', active: false },
    },
  });
  await w.workspace.event({ type: 'tokens_revoked', tokens: { oauth: ['U0ANN'], bot: [] } });
  expect(w.inbounds).toHaveLength(1);
  await w.workspace.event({ type: 'app_uninstalled' });
  expect(w.last('observed')).toMatchObject({ what: 'platform.revoked', input: { platform: 'slack', team: 'T0ACME' } });
});

test('a search answers with options', async () => {
  await using w = await slackWorld();
  const fields = { service: { kind: 'search', label: 'Service', source: 'services' } } as const;
  w.answer([ask({ form: { id: 'pick', title: 'Pick', submit: 'Pick', fields } })]);
  await w.workspace.command({ user: 'U0ANN', text: 'pick' });
  await w.settled();
  w.offer([
    { value: 'orders', label: 'Orders <b>' },
    { value: 'x'.repeat(76), label: 'too long a value' },
  ]);
  const found = await w.workspace.suggest({ user: 'U0ANN', actionId: 'search:services', value: 'ord' });
  expect(w.last('search')).toMatchObject({ source: 'services', query: 'ord', account: ann });
  expect(found.options.map((o) => o.value)).toEqual(['orders']);
  await w.workspace.submit({ user: 'U0ANN', values: { service: 'orders' } });
  expect(w.last('submit').raw).toEqual({ service: 'orders' });
});

test('a delivery that Slack sends again is the same delivery', async () => {
  await using w = await slackWorld();
  await w.workspace.command({ user: 'U0ANN', text: 'help' });
  await w.workspace.redeliver();
  await w.workspace.postMessage({ user: 'U0ANN', channel: w.workspace.dmOf('U0ANN'), text: 'help' });
  await w.workspace.redeliver(2);
  const keys = w.inbounds.map((i) => i.delivery);
  expect(keys[0]).toBe(keys[1]);
  expect(keys[2]).toBe(keys[3]);
  expect(keys[2]).toMatch(/^slack\/Ev/);
  expect(new Set(keys).size).toBe(2);
});

test('after stop begins nothing new is taken, and what is under way is finished', async () => {
  await using w = await slackWorld();
  const gate = Promise.withResolvers<void>();
  const here = Promise.withResolvers<void>();
  w.answer(async () => {
    here.resolve();
    await gate.promise;
    return [whisper('late')];
  });
  const first = w.workspace.command({ user: 'U0ANN', text: 'slow' });
  await here.promise;
  let stopped = false;
  const stop = w.slack.stop().then(() => {
    stopped = true;
  });
  const second = await w.workspace.command({ user: 'U0ANN', text: 'new' });
  expect(second.status).toBe(503);
  expect(second.headers['retry-after']).toBe('5');
  expect(stopped).toBe(false);
  gate.resolve();
  expect((await first).status).toBe(200);
  await stop;
  expect(w.inbounds).toHaveLength(1);
});
