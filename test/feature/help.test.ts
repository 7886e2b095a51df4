import { expect, test } from 'vitest';
import { runPress } from '../../src/core/help/views.ts';
import { buttonsOf, type Effect, type View } from '../../src/core/kernel/index.ts';
import { ada, grace, mira } from '../support/house.ts';
import { ownDatabase } from '../support/own-database.ts';
import { openStage, type Played } from '../support/stage.ts';
import { line, wordsOf } from '../support/words.ts';

const database = await ownDatabase();

const only = ({ effects }: Played): View => {
  const [effect] = effects as readonly [Effect];
  if (effects.length !== 1 || effect.kind !== 'whisper') throw new Error(JSON.stringify(effects));
  return effect.view;
};
/** The commands that a help lists, in its order. */
const listed = (view: View) =>
  view.blocks.flatMap((b) => (b.kind === 'text' ? b.text.flatMap((s) => (s.kind === 'command' ? [s.text] : [])) : []));

test('help shows what one may do, in the order of the features', async () => {
  const stage = openStage(database);
  await stage.meet(ada, grace, mira);
  const requests = ['catalog', 'create [path] [name=value …]', 'requests', 'approvals'];
  const things = ['mine', 'team [team]', 'show [name]', 'why <service>', 'status [service]'];
  const asked = ['feedback [what would help you]', 'feedback mine'];
  const board = ['roadmap [mine | quarter | persona | number]', 'me too [number]'];
  const news = ['follow', 'announcements [all]'];
  const surveys = [
    'survey list',
    'survey open <name>',
    'survey results <name>',
    'survey words <name>',
    'survey new',
    'survey did <name>',
  ];
  const hosts = ['office-hours new', 'office-hours away', 'office-hours gaps'];
  const numbers = ['calendar', 'metrics [team] [since]'];
  const own = ['start', 'docs [words]', 'me', 'help'];
  const everybody = [...requests, ...things, ...asked, ...board, ...news, 'survey', 'office-hours', ...numbers, ...own];
  expect(listed(only(await stage.command(ada, 'help')))).toEqual(everybody);
  const triage = [
    ...requests,
    ...things,
    ...asked,
    'feedback open',
    ...board,
    'announce [headline]',
    ...news,
    'survey',
    ...surveys,
    'office-hours',
    ...hosts,
    ...numbers,
  ];
  expect(listed(only(await stage.command(grace, 'HELP me please')))).toEqual([...triage, 'verify [path]', ...own]);
  expect(listed(only(await stage.command(mira, 'help')))).toEqual([...triage, ...own]);
});

test.each([
  ['hlep', 'help'],
  ['feedbak it is slow', 'feedback'],
  ['fedback mine', 'feedback mine'],
])('who typed %j is asked whether it was %s, and one press runs it', async (typed, name) => {
  const stage = openStage(database);
  await stage.meet(ada);
  const view = only(await stage.command(ada, typed));
  const [notice] = view.blocks.flatMap((b) => (b.kind === 'notice' ? [line(b.text)] : []));
  expect(notice).toMatch(new RegExp(`^I don’t know .+\\. Did you mean ${name}\\?$`));
  expect(listed(view)).toEqual([]);
  const [yes, all] = buttonsOf(view);
  expect(all?.press).toEqual({ name: runPress, value: '"help"' });
  expect(yes).toMatchObject({ label: `Yes, ${name}`, press: { name: runPress, value: JSON.stringify(name) } });
  const ran = await stage.play(ada, { kind: 'press', press: { name: runPress, value: JSON.stringify(name) } });
  expect(ran).toEqual(await stage.command(ada, name));
});

test.each([
  ['hi', 'Hello, Ada', 'Good to see you. Next you could try catalog: What you can get, made the golden way.'],
  ['  Hello there!! 👋', 'Hello, Ada', 'Good to see you.'],
  ['thanks', 'You’re welcome', 'Glad it helped.'],
  ['ok, thank you so much :+1:', 'You’re welcome', 'Glad it helped.'],
  ['👍', 'You’re welcome', 'Glad it helped.'],
  ['Cancel', 'Nothing was changed', 'I do nothing until you press a button or send a form.'],
  ['never mind', 'Nothing was changed', 'To leave a form, close it'],
  ['bye', 'See you', 'I’ll write to you here'],
  ['are you there?', 'I’m here', 'All is well.'],
  ['ok', 'All right', 'I’m here when you need something.'],
  ['sorry', 'No harm done', 'Nothing was changed.'],
])('who says %j is answered in a warm line: %s', async (typed, title, words) => {
  const stage = openStage(database);
  await stage.meet(ada);
  const view = only(await stage.command(ada, typed));
  expect([view.title, wordsOf(view)]).toEqual([title, expect.stringContaining(words)]);
  const [on] = buttonsOf(view);
  expect(on).toMatchObject({ label: 'What can you do?', press: { name: runPress, value: '"help"' } });
  expect(view.blocks).toHaveLength(2);
});

test.each(['help me', 'Can you help me, please?', 'what can you do', '?', 'what now??'])(
  '%j is a request for help, and no slip',
  async (typed) => {
    const stage = openStage(database);
    await stage.meet(ada);
    expect(only(await stage.command(ada, typed))).toEqual(only(await stage.command(ada, 'help')));
  },
);

test('nothing near: what there is', async () => {
  const stage = openStage(database);
  await stage.meet(ada);
  const view = only(await stage.command(ada, 'dance'));
  expect(wordsOf(view)).toContain('I don’t know dance. This is what I can do for you:');
  const asked = only(await stage.command(ada, 'how do I get a database for my team?'));
  expect(wordsOf(asked)).toContain('I’m sorry, I only understand commands. Perhaps one of these is what you need:');
  expect(buttonsOf(view).map((b) => [b.label, b.press.value])).toEqual([['What does each do?', '"help"']]);
  const whole = listed(only(await stage.command(ada, 'help')));
  expect(listed(view)).toEqual(whole.map((c) => c.replace(/ [[<].*/, '')));
});

test('what one may not do is neither listed nor guessed', async () => {
  const stage = openStage(database);
  await stage.meet(ada, grace);
  const guess = async (who: typeof ada) => buttonsOf(only(await stage.command(who, 'feedbackopen')))[0]?.label;
  expect(await guess(grace)).toBe('Yes, feedback open');
  expect(await guess(ada)).toBe('What does each do?');
});

test.each(['<!channel> **hi**', 'x'.repeat(40_000), '\ud800\u202e\u0000', '[a](javascript:alert(1))', '../../etc'])(
  'whatever was typed is told back as it is, and short: %j',
  async (typed) => {
    const stage = openStage(database);
    await stage.meet(ada);
    const view = only(await stage.command(ada, typed));
    const [notice] = view.blocks.flatMap((b) => (b.kind === 'notice' ? [b.text] : []));
    const told = notice?.find((s) => s.kind === 'code');
    expect(told && 'text' in told ? told.text.length : 0).toBeLessThanOrEqual(60);
    expect(line(notice ?? []).isWellFormed()).toBe(true);
    expect(notice?.every((s) => ['plain', 'code', 'command'].includes(s.kind))).toBe(true);
  },
);

test('nothing typed shows the page of the person', async () => {
  const stage = openStage(database);
  await stage.meet(ada);
  for (const typed of ['', '  \n ']) expect(only(await stage.command(ada, typed)).id).toBe('home');
});

test.each(['"nothing"', 'help', '{"name":"help"}', '"HELP"', '["help"]', 'null', '', '"feedback mine "'])(
  'a press that would run %s runs nothing',
  async (value) => {
    const stage = openStage(database);
    await stage.meet(ada);
    const pressed = stage.play(ada, { kind: 'press', press: { name: runPress, value } });
    await expect(pressed).rejects.toMatchObject({ code: 'press_malformed' });
  },
);

test('running a command by a press asks for the same role as typing it', async () => {
  const stage = openStage(database);
  await stage.meet(ada);
  const value = JSON.stringify('feedback open');
  const pressed = await stage.play(ada, { kind: 'press', press: { name: runPress, value } });
  expect(wordsOf(only(pressed))).toContain('Only platform engineers or the product manager can do this.');
});
