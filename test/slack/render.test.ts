import { expect, test } from 'vitest';
import {
  type Block,
  code,
  emphasis,
  link,
  type Names,
  type PlaceId,
  Problem,
  person as personSpan,
  place,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../../src/core/kernel/index.ts';
import { checkBlocks, checkView, type Mention, mentions } from '../../src/playground/slack/index.ts';
import { render, renderHome, renderModal } from '../../src/slack/render.ts';
import { person } from './world.ts';

const names: Names = {
  people: new Map([
    [person('p1'), { name: 'Ann Koval', accounts: ['slack:T1/U1' as never] }],
    [person('p2'), { name: 'Tom <b>', accounts: ['teams:x/y' as never] }],
  ]),
  places: new Map([
    ['slack:T1/C1' as PlaceId, 'general'],
    ['teams:x/19:a' as PlaceId, 'Platform'],
  ]),
};
const at = new Date('2026-03-02T09:05:30Z');
const of = (...blocks: Block[]): View => ({ id: 't', title: 'Title', summary: 'Summary', blocks });
/** The blocks below the header, which must be legal everywhere. */
function drawn(...blocks: Block[]) {
  const view = of(...blocks);
  const message = render(view, names, { strict: true });
  expect(checkBlocks(message.blocks, 'message', '/blocks')).toEqual([]);
  expect(checkView(renderModal(view, names), 'modal')).toEqual([]);
  expect(checkView(renderHome(view, names), 'home')).toEqual([]);
  return message.blocks.slice(1);
}
const section = (...elements: object[]) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements }],
});
const words = (t: string, style?: object) => ({ type: 'text', text: t, ...(style ? { style } : {}) });
const bold = { bold: true };

test('a message has its title as header and its summary as fallback', () => {
  const { text: fallback, blocks } = render(of({ kind: 'text', text: text`Hi` }));
  expect(fallback).toBe('Summary');
  expect(blocks[0]).toEqual({ type: 'header', text: { type: 'plain_text', text: 'Title', emoji: false } });
});

test('every kind of span', () => {
  const said = text`a ${strong('b')} ${emphasis('c')} ${code('d')} ${link('e', 'https://a.test/?x=1')} ${personSpan(person('p1'))} ${place('slack:T1/C1' as PlaceId)} ${time(at)}`;
  expect(drawn({ kind: 'text', text: said })).toEqual([
    section(
      words('a '),
      words('b', bold),
      words(' '),
      words('c', { italic: true }),
      words(' '),
      words('d', { code: true }),
      words(' '),
      { type: 'link', url: 'https://a.test/?x=1', text: 'e' },
      words(' '),
      { type: 'user', user_id: 'U1' },
      words(' '),
      { type: 'channel', channel_id: 'C1' },
      words(' '),
      {
        type: 'date',
        timestamp: 1772442330,
        format: '\u200b{date_short_pretty} at {time}',
        fallback: '2026-03-02 09:05 UTC',
      },
    ),
  ]);
});

test('who and what is not on Slack is called by name, and what is unknown says so', () => {
  const said = text`${personSpan(person('p2'))} ${personSpan(person('ghost'))} ${place('teams:x/19:a' as PlaceId)} ${place('slack:T1/D1' as PlaceId)}`;
  expect(drawn({ kind: 'text', text: said })).toEqual([
    section(
      words('Tom <b>', bold),
      words(' '),
      words('someone', bold),
      words(' '),
      words('#Platform', bold),
      words(' '),
      words('a direct message', bold),
    ),
  ]);
});

test('a command is what is typed on Slack', () => {
  const said: Text = [{ kind: 'command', text: 'help' }];
  expect(drawn({ kind: 'text', text: said })).toEqual([section(words('/platform help', { code: true }))]);
  expect(drawn({ kind: 'note', text: said })).toEqual([
    { type: 'context', elements: [{ type: 'plain_text', text: '/platform help', emoji: false }] },
  ]);
});

test('a link that is not of the web is its words', () => {
  expect(drawn({ kind: 'text', text: [link('click', 'javascript:alert(1)')] })).toEqual([section(words('click'))]);
});

test('notices, quotes and facts', () => {
  expect(drawn({ kind: 'notice', tone: 'warn', text: text`Careful` })).toEqual([
    section({ type: 'emoji', name: 'warning' }, words('  '), words('Careful')),
  ]);
  expect(drawn({ kind: 'quote', text: text`Slow <deploys>` })).toEqual([
    { type: 'rich_text', elements: [{ type: 'rich_text_quote', elements: [words('Slow <deploys>')] }] },
  ]);
  expect(
    drawn({
      kind: 'facts',
      rows: [
        ['State', text`Planned`],
        ['By', [personSpan(person('p1'))]],
      ],
    }),
  ).toEqual([
    section(words('State:', bold), words(' '), words('Planned'), words('\n'), words('By:', bold), words(' '), {
      type: 'user',
      user_id: 'U1',
    }),
  ]);
});

test('a note is small: words in plain text, mentions and times beside them', () => {
  expect(
    drawn({ kind: 'note', text: text`Asked by ${personSpan(person('p1'))}, ${time(at, 'date')}. *Not* right?` }),
  ).toEqual([
    {
      type: 'context',
      elements: [
        { type: 'plain_text', text: 'Asked by', emoji: false },
        { type: 'mrkdwn', text: '<@U1>,', verbatim: true },
        { type: 'mrkdwn', text: '<!date^1772442330^\u200b{date_short_pretty}|2026-03-02>.', verbatim: true },
        { type: 'plain_text', text: '*Not* right?', emoji: false },
      ],
    },
  ]);
});

test.each(['*x*', '_x_', '~x~', '`x`', ':x:', '<x>', '&lt;', '@x', 'x\n> y'])(
  'words such as %s stand in plain text',
  (words) => {
    expect(drawn({ kind: 'note', text: text`${words} ${time(at, 'date')}` })).toEqual([
      {
        type: 'context',
        elements: [
          { type: 'plain_text', text: words, emoji: false },
          { type: 'mrkdwn', text: '<!date^1772442330^\u200b{date_short_pretty}|2026-03-02>', verbatim: true },
        ],
      },
    ]);
  },
);

test('a note keeps its link small, and in ordinary size where its words or its address could end the markup', () => {
  expect(drawn({ kind: 'note', text: text`See ${link('docs', 'https://a.test/?a&b')}` })).toEqual([
    {
      type: 'context',
      elements: [{ type: 'mrkdwn', text: 'See <https://a.test/?a&amp;b|docs>', verbatim: true }],
    },
  ]);
  for (const [label, url] of [
    ['<!channel>', 'https://a.test/'],
    ['a|b', 'https://a.test/'],
    ['*docs*', 'https://a.test/'],
    ['&lt;', 'https://a.test/'],
    ['docs', 'https://a.test/?a|b'],
  ] as const)
    expect(drawn({ kind: 'note', text: text`See ${link(label, url)}` })).toEqual([
      section(words('See '), { type: 'link', url, text: label }),
    ]);
});

test('steps say how far a job is and how long each took', () => {
  const [block] = drawn({
    kind: 'steps',
    steps: [
      { label: 'Plan', state: 'done', seconds: 4 },
      { label: 'Apply', state: 'doing', seconds: 64 },
      { label: 'Check', state: 'failed', note: 'no answer' },
      { label: 'Tell', state: 'todo' },
    ],
  });
  expect(block).toEqual(
    section(
      { type: 'emoji', name: 'white_check_mark' },
      words(' Plan'),
      words('  4\u00a0s', { italic: true }),
      words('\n'),
      { type: 'emoji', name: 'hourglass_flowing_sand' },
      words(' Apply', bold),
      words('  1\u00a0min 4\u00a0s', { italic: true }),
      words('\n'),
      { type: 'emoji', name: 'x' },
      words(' Check', bold),
      words('\n        no answer'),
      words('\n'),
      { type: 'emoji', name: 'white_circle' },
      words(' Tell'),
    ),
  );
});

const monospaced = (block: object | undefined) =>
  (block as { elements: [{ type: string; elements: [{ text: string }] }] }).elements[0];

test('code and diffs stand in monospace', () => {
  expect(monospaced(drawn({ kind: 'code', language: 'yaml', text: 'a: `<b>`' })[0]).elements[0].text).toBe('a: `<b>`');
  const [diff] = drawn({ kind: 'diff', before: 'a\nb\nc\nd\ne', after: 'a\nb\nX\nd\ne' });
  expect(monospaced(diff).elements[0].text).toBe('  a\n  b\n- c\n+ X\n  d\n  e');
});

test('buttons carry their press, tone and question', () => {
  expect(
    drawn({
      kind: 'buttons',
      buttons: [
        { label: 'Ship', press: { name: 'ship', value: '1' }, tone: 'primary' },
        { label: 'Drop', press: { name: 'drop', value: '' }, tone: 'danger', confirm: 'Really?' },
      ],
    }),
  ).toEqual([
    {
      type: 'actions',
      elements: [
        {
          type: 'button',
          action_id: 'ship#1',
          text: { type: 'plain_text', text: 'Ship', emoji: false },
          value: '1',
          style: 'primary',
        },
        {
          type: 'button',
          action_id: 'drop#2',
          text: { type: 'plain_text', text: 'Drop', emoji: false },
          style: 'danger',
          confirm: {
            title: { type: 'plain_text', text: 'Are you sure?', emoji: false },
            text: { type: 'plain_text', text: 'Really?', emoji: false },
            confirm: { type: 'plain_text', text: 'Drop', emoji: false },
            deny: { type: 'plain_text', text: 'Cancel', emoji: false },
            style: 'danger',
          },
        },
      ],
    },
  ]);
});

const item = (n: number): Block & { kind: 'items' } => ({
  kind: 'items',
  items: Array.from({ length: n }, (_, i) => ({
    title: text`Item ${i}`,
    note: text`note`,
    buttons: [{ label: 'Open', press: { name: 'open', value: String(i) } }],
  })),
});

test('items are rows with their own buttons', () => {
  const blocks = drawn({ ...item(2), more: { label: 'More', press: { name: 'more', value: '2' } } });
  expect(blocks.map((b) => b.type)).toEqual(['rich_text', 'actions', 'rich_text', 'actions', 'actions']);
  expect(blocks[0]).toEqual(section(words('Item 0', bold), words('\n'), words('note')));
  expect(JSON.stringify(blocks)).toContain('"action_id":"open#2"');
});

test('more items than fit are counted, and the buttons below stay', () => {
  const view = of(item(60), { kind: 'buttons', buttons: [{ label: 'Last', press: { name: 'last', value: '' } }] });
  const { blocks } = render(view);
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(checkBlocks(blocks, 'message', '/blocks')).toEqual([]);
  expect(JSON.stringify(blocks)).toMatch(/…and 37 more/);
  expect(JSON.stringify(blocks.at(-1))).toContain('last#');
  expect(() => render(view, names, { strict: true })).toThrow(Problem);
});

test('more parts than fit are left out from the end, the title and the buttons never', () => {
  const texts: Block[] = Array.from({ length: 60 }, (_, i) => ({ kind: 'text', text: text`Part ${i}` }));
  const { blocks } = render(
    of(...texts, { kind: 'buttons', buttons: [{ label: 'Last', press: { name: 'last', value: '' } }] }),
  );
  expect(blocks).toHaveLength(50);
  expect(blocks.map((b) => b.type).filter((t) => t !== 'rich_text')).toEqual(['header', 'actions', 'context']);
  expect(JSON.stringify(blocks)).toContain('…and 13 more');
});

test('many buttons take several rows', () => {
  const buttons = Array.from({ length: 30 }, (_, i) => ({ label: `B${i}`, press: { name: 'b', value: String(i) } }));
  const [first, second] = drawn({ kind: 'buttons', buttons });
  expect(first).toMatchObject({ type: 'actions', elements: { length: 25 } });
  expect(second).toMatchObject({ type: 'actions', elements: { length: 5 } });
});

test('a long text is split where nothing is lost, and cut where there is too much of it', () => {
  const long = Array.from({ length: 700 }, (_, i) => `word${i}`).join(' ');
  const blocks = drawn({ kind: 'text', text: text`${long}` });
  expect(blocks.length).toBeGreaterThan(1);
  const said = blocks.map((b) => monospaced(b).elements[0].text);
  expect(said.join('')).toBe(long);

  const huge = '👩‍👩‍👧‍👦'.repeat(4_000);
  const { blocks: cut } = render(of({ kind: 'text', text: text`${huge}` }));
  expect(checkBlocks(cut, 'message', '/blocks')).toEqual([]);
  const json = JSON.stringify(cut);
  expect(json).toMatch(/more characters/);
  expect(json.isWellFormed()).toBe(true);
  expect(() => render(of({ kind: 'text', text: text`${huge}` }), names, { strict: true })).toThrow(
    /characters too many/,
  );
});

test('all text of a message together stays below what Slack takes', () => {
  const long = 'word '.repeat(8_000);
  const blocks: Block[] = Array.from({ length: 49 }, () => ({ kind: 'text', text: text`${long}` }));
  const message = render(of(...blocks));
  const texts = JSON.stringify(message.blocks).match(/"text":"[^"]*"/g) ?? [];
  expect(texts.join('').length).toBeLessThan(13_200);
  const home = renderHome(of(...blocks));
  expect(checkView(home, 'home')).toEqual([]);
  expect(Buffer.byteLength(JSON.stringify(home))).toBeLessThan(250_000);
});

test('the fallback fits, escaped', () => {
  const { text: fallback } = render({ ...of(), summary: '&'.repeat(5_000) });
  expect(fallback.length).toBeLessThanOrEqual(4_000);
  expect(fallback).toMatch(/^(&amp;)+…$/);
  expect(render({ ...of(), summary: '' }).text).toBe('Title');
});

test('a press that does not fit a button is an error of whoever drew it', () => {
  const buttons = [{ label: 'Go', press: { name: 'go', value: 'x'.repeat(2_001) } }];
  expect(() => render(of({ kind: 'buttons', buttons }))).toThrow(/press_too_long|2001 characters/);
});

test('a title that does not fit a modal stands whole inside it', () => {
  const title = 'A title that is longer than twenty-four';
  const modal = renderModal({ ...of(), title });
  expect(modal.title.text.length).toBeLessThanOrEqual(24);
  expect(JSON.stringify(modal.blocks)).toContain(title);
});

const hostile = [
  '<!channel>',
  '<!here|here>',
  '<!everyone>',
  '<@U1>',
  '<@U1|ann>',
  '<#C1|general>',
  '<!subteam^S1|@crew>',
  '<https://evil.test|click>',
  '<mailto:a@b.test|x>',
  '<!date^1^{date}^https://evil.test|x>',
  '&lt;!channel&gt;',
  '*_~`bold`~_*',
  '```<!channel>```',
  '[x](https://evil.test)',
  '\u202e<!channel>\u202c',
  '\ud800<@U1>\udc00',
  ':smile: :party_parrot:',
  '\n> <!here>\n',
  '"}]}',
  'https://evil.test/x',
];
/** A few hundred hostile strings: each alone, and pairs of them glued. */
const strings = hostile.flatMap((a, i) => [a, ...hostile.map((b, j) => `${a}${'x'.repeat((i + j) % 3)}${b}`)]);

test('nothing that a person typed comes alive, in any block', () => {
  for (const s of strings) {
    const view: View = {
      id: 't',
      title: s,
      summary: s,
      blocks: [
        { kind: 'text', text: text`${s}${strong(s)}${code(s)}` },
        { kind: 'notice', tone: 'info', text: text`${s}` },
        { kind: 'note', text: text`${s} ${personSpan(person('p2'))} ${s}` },
        { kind: 'quote', text: text`${s}` },
        { kind: 'facts', rows: [[s, text`${s}`]] },
        { kind: 'steps', steps: [{ label: s, state: 'doing', note: s }] },
        {
          kind: 'items',
          items: [
            {
              title: text`${s}`,
              note: text`${s}`,
              buttons: [{ label: s, press: { name: 'a', value: s }, confirm: s }],
            },
          ],
          more: { label: s, press: { name: 'b', value: s } },
        },
        { kind: 'code', language: s, text: s },
        { kind: 'diff', before: s, after: `${s}!` },
        { kind: 'buttons', buttons: [{ label: s, press: { name: 'c', value: s } }] },
        {
          kind: 'fold',
          title: s,
          blocks: [
            { kind: 'text', text: text`${s}` },
            { kind: 'code', language: s, text: `${s}\n`.repeat(20) },
          ],
          more: { label: s, press: { name: 'd', value: s } },
        },
      ],
    };
    const message = render(view, names);
    expect(checkBlocks(message.blocks, 'message', '/blocks')).toEqual([]);
    const live = mentions({ ...message, blocks: message.blocks as never, attachments: [] }).filter(
      // A bare address in the fallback is linked by Slack's own reader, not by markup.
      (m: Mention) => !(m.kind === 'link' && m.auto),
    );
    expect(live, s).toEqual([]);
    expect(JSON.stringify(message).isWellFormed()).toBe(true);
    const modal = renderModal(view, names);
    expect(checkView(modal, 'modal')).toEqual([]);
    expect(mentions({ text: '', blocks: modal.blocks as never, attachments: [] }), s).toEqual([]);
  }
});

test('the check that finds nothing alive would find it', () => {
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '<!channel>' } }];
  expect(mentions({ text: '', blocks, attachments: [] })).toHaveLength(1);
});
