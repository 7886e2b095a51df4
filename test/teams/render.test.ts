import { AdaptiveCard, SerializationContext, Versions } from 'adaptivecards';
import MarkdownIt from 'markdown-it';
import { expect, test } from 'vitest';
import {
  type Block,
  type Button,
  buttonsOf,
  code,
  emphasis,
  link,
  type Names,
  noNames,
  type PersonId,
  type PlaceId,
  person,
  place,
  said,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../../src/core/kernel/index.ts';
import { cardProblems, mentions } from '../../src/playground/teams/index.ts';
import { bytesOf } from '../../src/teams/card.ts';
import { LIMITS } from '../../src/teams/limits.ts';
import { messageOf, plainText, render } from '../../src/teams/render.ts';
import { actionsIn, linesIn, nodesIn, ofType } from '../support/teams-cards.ts';
import { hostileStrings } from '../support/teams-hostile.ts';

const view = (...blocks: Block[]): View => ({ id: 'test', title: 'A title', summary: 'A summary', blocks });
const ann = 'p-ann' as PersonId;
const otherAnn = 'p-ann-2' as PersonId;
const slacker = 'p-slack' as PersonId;
const help = 'teams:t/19:help' as PlaceId;
const names: Names = {
  people: new Map([
    [ann, { name: 'Ann O’Neil', accounts: ['slack:T/U' as never, 'teams:t/aad-1' as never] }],
    [otherAnn, { name: 'Ann O’Neil', accounts: ['teams:t/aad-2' as never] }],
    [slacker, { name: 'Sam', accounts: ['slack:T/U2' as never] }],
  ]),
  places: new Map([[help, 'Help']]),
};
const press = (name: string): Button => ({ label: name, press: { name, value: `{"${name}":1}` } });
const at = new Date('2026-11-23T10:05:07.890Z');

/** What Microsoft's own parser has to say; what only Teams knows is replaced by its fallback there. */
function parserComplaints(card: unknown): string[] {
  const context = new SerializationContext(Versions.v1_5);
  new AdaptiveCard().parse(card, context);
  const complaints = Array.from({ length: context.eventCount }, (_, i) => context.getEventAt(i).message);
  return complaints.filter((c) => !/^Unknown element type "(Chart\.\w+|CodeBlock)"/.test(c));
}
const sound = (card: unknown) => {
  expect(cardProblems(card)).toEqual([]);
  expect(parserComplaints(card)).toEqual([]);
};

const everyBlock: { readonly [K in Block['kind']]: Extract<Block, { kind: K }> } = {
  text: { kind: 'text', text: text`Hello ${strong('bold')} ${emphasis('italic')} ${code('x = 1')}` },
  notice: { kind: 'notice', tone: 'good', text: text`It works` },
  note: { kind: 'note', text: text`by ${person(ann)}, ${time(at)}` },
  quote: { kind: 'quote', text: said('first line\nsecond line') },
  picture: { kind: 'picture', url: 'https://acme.test/a.png', alt: 'A graph' },
  facts: {
    kind: 'facts',
    rows: [
      ['From', [person(slacker)]],
      ['When', [time(at, 'date')]],
      ['Where', [place(help)]],
    ],
  },
  steps: {
    kind: 'steps',
    steps: [
      { label: 'Create', state: 'done', seconds: 75 },
      { label: 'Wait', state: 'doing', seconds: 3, note: 'for the operator' },
      { label: 'Tell', state: 'todo' },
      { label: 'Check', state: 'failed', seconds: 7260 },
    ],
  },
  chart: {
    kind: 'chart',
    chart: {
      shape: 'trend',
      title: 'NPS',
      alt: 'NPS rose from 12 to 30.',
      points: ['Q1', 'Q2'],
      series: [{ name: 'NPS', values: [12, 30], margins: [null, { low: 7.3, high: 49.3 }] }],
    },
  },
  items: {
    kind: 'items',
    items: [
      { title: text`One`, note: text`a note`, buttons: [press('open')] },
      { title: text`Two`, buttons: [press('plan'), press('ship')] },
      { title: text`Three` },
    ],
    more: press('more'),
  },
  code: { kind: 'code', language: 'bash', text: 'if true\n  then echo "$X"\nfi' },
  diff: { kind: 'diff', before: 'a\nb\nc', after: 'a\nB\nc' },
  buttons: {
    kind: 'buttons',
    buttons: [
      { ...press('go'), tone: 'primary' },
      { ...press('drop'), tone: 'danger' },
    ],
  },
  fold: {
    kind: 'fold',
    title: 'The plan',
    blocks: [
      { kind: 'text', text: said('Two changes') },
      { kind: 'code', language: 'yaml', text: 'replicas: 2' },
    ],
    more: press('all'),
  },
};

test.each(Object.entries(everyBlock))('a %s block is a card that Teams and Microsoft’s parser take', (_, block) => {
  const card = render(view(block), names, { strict: true });
  sound(card);
  expect(card).toMatchObject({ type: 'AdaptiveCard', version: '1.5', msteams: { width: 'Full' } });
  expect(linesIn(card)[0]).toBe('A title');
  expect(card.body.length).toBeGreaterThan(1);
});

test('text is drawn as runs, which know no markup', () => {
  const card = render(view(everyBlock.text), names);
  expect(ofType(card, 'TextBlock')).toEqual([]);
  expect(card.body[1]).toEqual({
    type: 'RichTextBlock',
    inlines: [
      { type: 'TextRun', text: 'Hello ' },
      { type: 'TextRun', text: 'bold', weight: 'Bolder' },
      { type: 'TextRun', text: ' ' },
      { type: 'TextRun', text: 'italic', italic: true },
      { type: 'TextRun', text: ' ' },
      { type: 'TextRun', text: 'x = 1', fontType: 'Monospace' },
    ],
  });
});

test('links open what may be opened, and nothing else', () => {
  const card = render(
    view({ kind: 'text', text: [link('docs', 'https://example.com/a(b)'), link('bad', 'javascript:alert(1)')] }),
    names,
  );
  const [runs] = ofType(card.body[1], 'RichTextBlock').map((b) => b.inlines);
  expect(runs).toEqual([
    {
      type: 'TextRun',
      text: 'docs',
      color: 'Accent',
      underline: true,
      selectAction: { type: 'Action.OpenUrl', url: 'https://example.com/a(b)' },
    },
    { type: 'TextRun', text: 'bad' },
  ]);
});

test('people with an account in Teams are mentioned, each with an entity of the same text; others are named', () => {
  const card = render(
    view({ kind: 'text', text: text`${person(ann)}, ${person(otherAnn)}, ${person(ann)}, ${person(slacker)}` }),
    names,
  );
  expect(linesIn(card)[1]).toBe('<at>Ann O’Neil</at>, <at>Ann O’Neil 2</at>, <at>Ann O’Neil</at>, **Sam**');
  expect(card.msteams.entities).toEqual([
    { type: 'mention', text: '<at>Ann O’Neil</at>', mentioned: { id: 'aad-1', name: 'Ann O’Neil' } },
    { type: 'mention', text: '<at>Ann O’Neil 2</at>', mentioned: { id: 'aad-2', name: 'Ann O’Neil' } },
  ]);
  const dialog = render(view({ kind: 'text', text: [person(ann)] }), names, { mentioning: false });
  expect(linesIn(dialog)[1]).toBe('Ann O’Neil');
  expect(dialog.msteams.entities).toBeUndefined();
  expect(linesIn(render(view({ kind: 'text', text: [person('nobody' as PersonId)] }), names))[1]).toBe('someone');
});

test('times become Teams’ macros, without the fraction that it does not read', () => {
  const card = render(
    view({ kind: 'text', text: text`on ${time(at, 'date')} at ${time(at, 'time')}: ${time(at)}` }),
    names,
  );
  expect(linesIn(card)[1]).toBe(
    'on {{DATE(2026-11-23T10:05:07Z, SHORT)}} at {{TIME(2026-11-23T10:05:07Z)}}: {{DATE(2026-11-23T10:05:07Z, SHORT)}} {{TIME(2026-11-23T10:05:07Z)}}',
  );
  const odd = render(view({ kind: 'text', text: [{ kind: 'time', at: 'soon', style: 'date' }] }), names);
  expect(linesIn(odd)[1]).toBe('soon');
});

test('line breaks become lines, blank lines a gap', () => {
  const card = render(view({ kind: 'text', text: text`one\ntwo\n\n\n\nthree ${strong('a\nb')}` }), names);
  expect(card.body.slice(1).map((e) => [linesIn(e)[0], e.spacing])).toEqual([
    ['one', undefined],
    ['two', 'None'],
    ['three a', 'Small'],
    ['b', 'None'],
  ]);
});

test('a notice has a colour and a sign for those who do not see it', () => {
  const drawn = (['info', 'good', 'warn', 'bad'] as const).map((tone) => {
    const [box] = ofType(render(view({ kind: 'notice', tone, text: said('x') }), names), 'Container');
    return [box?.style, linesIn(box)[0]];
  });
  expect(drawn).toEqual([
    ['accent', 'ℹ️ x'],
    ['good', '✅ x'],
    ['warning', '⚠️ x'],
    ['attention', '⛔ x'],
  ]);
});

test('steps show their state and how long they took', () => {
  const rows = ofType(render(view(everyBlock.steps), names), 'ColumnSet').map((r) => linesIn(r));
  expect(rows).toEqual([
    ['✓', 'Create', '1\u00a0min 15\u00a0s'],
    ['◐', 'Wait', 'for the operator', '3\u00a0s'],
    ['○', 'Tell'],
    ['✕', 'Check', '2\u00a0h 1\u00a0min'],
  ]);
});

test('code keeps its indentation, also without a code block', () => {
  const [block] = ofType(render(view(everyBlock.code), names), 'CodeBlock');
  expect(block).toMatchObject({ codeSnippet: 'if true\n  then echo "$X"\nfi', language: 'Bash' });
  expect(linesIn(block?.fallback)).toEqual(['if true', '\u00a0\u00a0then echo "$X"', 'fi']);
  const [other] = ofType(render(view({ kind: 'code', language: 'yaml', text: 'a: 1' }), names), 'CodeBlock');
  expect(other?.language).toBe('PlainText');
});

test('a diff shows what goes and what comes', () => {
  const lines = linesIn(render(view(everyBlock.diff), names)).slice(1);
  expect(lines).toEqual(['\u00a0\u00a0a', '-\u00a0b', '+\u00a0B', '\u00a0\u00a0c']);
  expect(linesIn(render(view({ kind: 'diff', before: 'a', after: 'a' }), names)).at(-1)).toBe('Nothing changes.');
});

test('every button of a view is in the card once, with its value, its tone and a fallback', () => {
  const v = view(everyBlock.items, everyBlock.buttons);
  const actions = actionsIn(render(v, names));
  expect(actions.map((a) => [a.verb, (a.data as { value: string }).value])).toEqual(
    expect.arrayContaining(buttonsOf(v).map((b) => [b.press.name, b.press.value])),
  );
  expect(actions).toHaveLength(buttonsOf(v).length);
  const go = actions.find((a) => a.verb === 'go');
  expect(go).toEqual({
    type: 'Action.Execute',
    title: 'go',
    style: 'positive',
    verb: 'go',
    data: { value: '{"go":1}' },
    fallback: { type: 'Action.Submit', title: 'go', style: 'positive', data: { press: 'go', value: '{"go":1}' } },
  });
  expect(actions.find((a) => a.verb === 'drop')?.style).toBe('destructive');
});

test('a button that opens a form says so beforehand, and one that asks first unfolds its question', () => {
  const form: Button = { ...press('answer'), opens: 'form' };
  const drop: Button = { ...press('drop'), tone: 'danger', confirm: 'Delete it for good?' };
  const card = render(view({ kind: 'buttons', buttons: [form, drop] }), names);
  sound(card);
  const [opens, asks, does] = actionsIn(card);
  expect(opens).toEqual({
    type: 'Action.Submit',
    title: 'answer',
    data: { msteams: { type: 'task/fetch' }, press: 'answer', value: '{"answer":1}' },
  });
  expect(asks).toMatchObject({ type: 'Action.ShowCard', title: 'drop', style: 'destructive' });
  expect(linesIn(asks)).toEqual(['Delete it for good?']);
  expect(does).toMatchObject({ type: 'Action.Execute', title: 'drop', verb: 'drop' });
});

test('buttons beyond six go into the overflow menu', () => {
  const buttons = Array.from({ length: 9 }, (_, i) => press(`b${i}`));
  const card = render(view({ kind: 'buttons', buttons }), names);
  sound(card);
  expect(actionsIn(card).map((a) => a.mode)).toEqual([
    ...Array(6).fill(undefined),
    'secondary',
    'secondary',
    'secondary',
  ]);
});

test('empty blocks are drawn as nothing that Teams would refuse', () => {
  const empty: Block[] = [
    { kind: 'text', text: [] },
    { kind: 'quote', text: [] },
    { kind: 'notice', tone: 'info', text: [] },
    { kind: 'facts', rows: [] },
    { kind: 'facts', rows: [['', []]] },
    { kind: 'steps', steps: [] },
    { kind: 'items', items: [] },
    { kind: 'items', items: [{ title: [], buttons: [] }] },
    { kind: 'code', language: '', text: '' },
    { kind: 'diff', before: '', after: '' },
    { kind: 'buttons', buttons: [] },
    { kind: 'fold', title: '', blocks: [] },
    { kind: 'fold', title: '', blocks: [{ kind: 'facts', rows: [] }], more: press('all') },
  ];
  for (const block of empty) sound(render(view(block), names, { strict: true }));
});

test('a fold is opened by its title, which takes no button from the message', () => {
  const card = render(view(everyBlock.fold, everyBlock.fold, everyBlock.buttons), names, { strict: true });
  sound(card);
  const toggles = nodesIn(card).filter((n) => n.type === 'Action.ToggleVisibility');
  expect(toggles.map((t) => t.targetElements)).toEqual([
    ['fold-1-shut', 'fold-1-open', 'fold-1'],
    ['fold-2-shut', 'fold-2-open', 'fold-2'],
  ]);
  const hidden = nodesIn(card).filter((n) => n.isVisible === false);
  expect(hidden.map((n) => n.id)).toEqual(['fold-1', 'fold-2', 'fold-1-open', 'fold-2-open']);
  expect(actionsIn(card.body.filter((e) => e.type === 'ActionSet')).map((a) => a.title)).toEqual(['go', 'drop']);
  expect(JSON.stringify(card)).not.toContain('"verb":"all"');
});

test('a fold that even a card cannot hold leads to the whole, if the feature can show it', () => {
  const lines: Block = {
    kind: 'fold',
    title: 'The output',
    blocks: [{ kind: 'code', language: '', text: 'one line\n'.repeat(500) }],
    more: press('all'),
  };
  const card = render(view(lines), names, { strict: true });
  sound(card);
  expect(ofType(card, 'Container').find((c) => c.id === 'fold-1')).toMatchObject({
    isVisible: false,
    items: [{ type: 'CodeBlock' }, { type: 'ActionSet', actions: [{ title: 'all' }] }],
  });
  const { more: _, ...closed } = lines;
  expect(() => render(view(closed), names, { strict: true })).toThrow(/does not fit into Teams/);
});

const big: Block[] = [
  { kind: 'text', text: said('word '.repeat(40_000)) },
  { kind: 'text', text: said('line\n'.repeat(5000)) },
  { kind: 'quote', text: said('x'.repeat(40_000)) },
  { kind: 'facts', rows: Array.from({ length: 500 }, (_, i) => [`label ${i}`, said('v'.repeat(500))] as const) },
  { kind: 'steps', steps: Array.from({ length: 500 }, (_, i) => ({ label: `step ${i}`, state: 'todo' as const })) },
  {
    kind: 'items',
    items: Array.from({ length: 500 }, (_, i) => ({ title: said(`item ${i}`), buttons: [press('a'), press('b')] })),
  },
  { kind: 'code', language: 'go', text: 'func main() {}\n'.repeat(5000) },
  { kind: 'diff', before: 'a\n'.repeat(5000), after: 'b\n'.repeat(5000) },
];
test.each(big.map((b) => [b.kind, b] as const))('a huge %s is shortened, says so, and throws in tests', (_, block) => {
  const card = render(view(block), names);
  sound(card);
  expect(bytesOf(card)).toBeLessThanOrEqual(LIMITS.activityBytes);
  expect(linesIn(card).join('\n') + JSON.stringify(ofType(card, 'CodeBlock'))).toMatch(/…/);
  expect(() => render(view(block), names, { strict: true })).toThrow(/does not fit into Teams/);
});

test('everything at once still fits, and buttons keep their names', () => {
  const v = view(...big, ...big, everyBlock.buttons);
  const message = messageOf(v, names);
  expect(bytesOf(message)).toBeLessThanOrEqual(LIMITS.activityBytes + 2 * LIMITS.summary + 500);
  sound(message.attachments[0].content);
  expect(actionsIn(message.attachments[0].content).map((a) => a.title)).toContain('drop');
  expect(bytesOf(render(v, names, { scale: 1 / 27 }))).toBeLessThan(bytesOf(render(v, names)));
});

test('the summary is one short line', () => {
  const message = messageOf({ ...view(), summary: `a\nb ${'c'.repeat(2000)}` }, names);
  expect(message.summary.startsWith('a b c')).toBe(true);
  expect(message.summary.length).toBe(LIMITS.summary);
});

// Markdown as Teams' web client reads it: whatever of a hostile string is markup there would be seen here.
const markdown = new MarkdownIt({ html: false, linkify: false });
const asShown = (source: string): string =>
  markdown
    .parse(source, {})
    .flatMap((token) => token.children ?? (token.content ? [token] : []))
    .map((token) => (token.type === 'text' || token.type === 'text_special' ? token.content : `[${token.type}]`))
    .join('');

test('hostile text next to a mention or a time is shown as it was typed', () => {
  for (const hostile of hostileStrings(300)) {
    const words = hostile.replace(/\s+/g, ' ').trim();
    if (words === '') continue;
    const around: Text[] = [
      text`${said(words)} ${time(at, 'date')}`,
      text`${time(at, 'date')} ${said(words)}`,
      text`${strong(words)} ${time(at, 'date')}`,
      text`${time(at, 'date')}${emphasis(words)}x`,
    ];
    for (const t of around) {
      const card = render(view({ kind: 'text', text: t }), names);
      const plain = asShown(String(ofType(card, 'TextBlock')[0]?.text).replace(/\{\{DATE\([^)]*\)\}\}/, 'DATE'));
      const expected = t.map((s) => ('text' in s ? s.text : 'DATE')).join('');
      const seen = plain.replace(/\u00a0/g, ' ').replace(/\[(strong|em)_(open|close)\]/g, '');
      expect(seen).toBe(expected.replace(/^\s+|\s+$/g, (b) => (seen.startsWith(b) || seen.endsWith(b) ? b : '')));
    }
  }
});

test('a link whose words are hostile leads where it was meant to', () => {
  for (const hostile of hostileStrings(100)) {
    const words = hostile.replace(/\s+/g, ' ').trim();
    if (words === '') continue;
    const t = text`${link(words, 'https://example.com/a_(b)*c?d=[e]')} ${time(at)}`;
    const { links } = mentions(messageOf(view({ kind: 'text', text: t }), names));
    expect(links).toHaveLength(1);
    expect(links[0]?.url).toBe('https://example.com/a_%28b%29*c?d=%5Be%5D');
  }
});

test('hostile text anywhere is no live mention and no live link', () => {
  const hostilePerson = 'p-hostile' as PersonId;
  for (const hostile of hostileStrings(300)) {
    const wicked: Names = {
      people: new Map([...names.people, [hostilePerson, { name: hostile, accounts: ['teams:t/aad-9' as never] }]]),
      places: new Map([[help, hostile]]),
    };
    const t = text`${said(hostile)} ${person(ann)} ${strong(hostile)} ${place(help)} ${time(at)} ${emphasis(hostile)} ${code(hostile)}`;
    const all: View = {
      id: 'x',
      title: hostile,
      summary: hostile,
      blocks: [
        { kind: 'text', text: t },
        { kind: 'text', text: [person(hostilePerson)] },
        { kind: 'text', text: said(hostile) },
        { kind: 'notice', tone: 'bad', text: t },
        { kind: 'note', text: t },
        { kind: 'quote', text: t },
        { kind: 'facts', rows: [[hostile, t]] },
        { kind: 'steps', steps: [{ label: hostile, state: 'done', note: hostile }] },
        {
          kind: 'items',
          items: [{ title: t, note: t, buttons: [{ label: hostile, press: { name: 'n', value: hostile } }] }],
        },
        { kind: 'code', language: hostile, text: hostile },
        { kind: 'diff', before: hostile, after: `${hostile}x` },
        { kind: 'buttons', buttons: [{ label: hostile, confirm: hostile, press: { name: 'n', value: hostile } }] },
      ],
    };
    const message = messageOf(all, wicked);
    const live = mentions(message);
    expect(live.links).toEqual([]);
    // A text that was cut may have lost its mention; nobody else is ever mentioned.
    const expected = hostile.length < 1000 ? ['aad-1', 'aad-9'] : ['aad-9'];
    expect(live.mentions.map((m) => m.id).toSorted()).toEqual(expected);
    expect(cardProblems(message.attachments[0].content)).toEqual([]);
    // Runs are not read as mentions by the clients that we know; they could not be, either.
    const runs = nodesIn(message).filter((n) => n.type === 'TextRun');
    expect(runs.some((r) => /<\/?at\b/i.test(String(r.text)))).toBe(false);
  }
});

test('few plain words fit into one line; anything more does not', () => {
  const one = (...blocks: Block[]) => plainText(view(...blocks));
  expect(one({ kind: 'text', text: said('Saved') })).toBe('A title. Saved.');
  expect(one({ kind: 'notice', tone: 'warn', text: said('No!') }, { kind: 'note', text: said('Ask Ann') })).toBe(
    'A title. No! Ask Ann.',
  );
  expect(one(everyBlock.buttons)).toBeUndefined();
  expect(one({ kind: 'text', text: [person(ann)] })).toBeUndefined();
  expect(one({ kind: 'text', text: said('x'.repeat(400)) })).toBeUndefined();
  expect(one({ kind: 'text', text: said('see [this](https://evil.example)') })).toBeUndefined();
  expect(
    one({ kind: 'text', text: said('a') }, { kind: 'text', text: said('b') }, { kind: 'text', text: said('c') }),
  ).toBeUndefined();
  expect(one()).toBeUndefined();
});

test('names without accounts need no lookup', () => {
  expect(linesIn(render(view({ kind: 'facts', rows: [['Where', [place(help)]]] }), noNames))).toEqual([
    'A title',
    'Where',
    'a channel',
  ]);
});
