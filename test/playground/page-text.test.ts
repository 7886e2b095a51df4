import { expect, test } from 'vitest';
import { mrkdwn, type Piece } from '../../src/playground/page/slack/mrkdwn.ts';
import { prepare } from '../../src/playground/page/teams/prepare.ts';
import { ago, day, slackDate, teamsMacros } from '../../src/playground/page/time.ts';

const at = (iso: string): number => Date.parse(iso);
const noon = at('2026-03-02T12:00:00Z');

// Times

test.each([
  ['just now', '2026-03-02T11:59:30Z', 'Etc/UTC'],
  ['1 min ago', '2026-03-02T11:59:10Z', 'Etc/UTC'],
  ['59 min ago', '2026-03-02T11:01:00Z', 'Etc/UTC'],
  ['10:30', '2026-03-02T10:30:00Z', 'Etc/UTC'],
  ['16:00', '2026-03-02T10:30:00Z', 'Asia/Kolkata'],
  ['1 Mar, 23:30', '2026-03-01T23:30:00Z', 'Etc/UTC'],
  ['00:30', '2026-03-01T23:30:00Z', 'Europe/Berlin'],
])('a message reads %s', (words, iso, zone) => {
  expect(ago(at(iso), noon, zone)).toBe(words);
});

test('days are called as the reader’s own zone has them', () => {
  expect(day(at('2026-03-01T23:30:00Z'), noon, 'Etc/UTC')).toBe('Yesterday');
  expect(day(at('2026-03-01T23:30:00Z'), noon, 'Europe/Berlin')).toBe('Today');
  expect(day(at('2026-02-20T10:00:00Z'), noon, 'Etc/UTC')).toBe('Friday 20 February');
});

test.each([
  ['{date_num} {time_secs}', '2026-03-02 14:05:06'],
  ['{date_short}', 'Mar 2nd, 2026'],
  ['{date}', 'March 2nd, 2026'],
  ['{date_long}', 'Monday, March 2nd, 2026'],
  ['{date_short_pretty} at {time}', 'Today at 14:05'],
  ['\u200b{date_short_pretty} at {time}', '\u200btoday at 14:05'],
  ['due {date_pretty}', 'Due today'],
  ['{nonsense} {constructor}', '{nonsense} {constructor}'],
])('Slack’s date format %s reads %s', (format, words) => {
  expect(slackDate(format, at('2026-03-02T13:05:06Z'), noon, 'Europe/Berlin')).toBe(words);
});

test('days of the month are counted as people count them', () => {
  const ordinals = [1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31].map((n) => {
    const iso = `2026-01-${String(n).padStart(2, '0')}T12:00:00Z`;
    return slackDate('{date_short}', at(iso), noon, 'Etc/UTC').split(' ')[1];
  });
  expect(ordinals).toEqual([
    '1st,',
    '2nd,',
    '3rd,',
    '4th,',
    '11th,',
    '12th,',
    '13th,',
    '21st,',
    '22nd,',
    '23rd,',
    '31st,',
  ]);
});

test('Teams’ macros read in the reader’s zone, and nothing else is taken for one', () => {
  const text = 'On {{DATE(2026-03-01T23:30:00Z, SHORT)}} at {{TIME(2026-03-01T23:30:00Z)}}.';
  expect(teamsMacros(text, 'Etc/UTC')).toBe('On Sun, 1 Mar 2026 at 23:30.');
  expect(teamsMacros(text, 'Asia/Kolkata')).toBe('On Mon, 2 Mar 2026 at 05:00.');
  expect(teamsMacros('{{DATE(soon)}} {{TIME}}', 'Etc/UTC')).toBe('{{DATE(soon)}} {{TIME}}');
});

// Slack's markup

const pieces = (source: string): readonly Piece[] =>
  mrkdwn(source).flatMap((part) => (part.kind === 'code' ? [] : part.pieces));
const plain = (text: string): Piece => ({ kind: 'text', text });

test('marks, references and links are read', () => {
  expect(pieces('*bold _both_* ~old~ `a*b*`')).toEqual([
    { kind: 'text', text: 'bold ', bold: true },
    { kind: 'text', text: 'both', bold: true, italic: true },
    plain(' '),
    { kind: 'text', text: 'old', strike: true },
    plain(' '),
    { kind: 'text', text: 'a*b*', code: true },
  ]);
  expect(
    pieces('<@U0SAM> <#C0HELP|help> <!here> <!subteam^S1|@crew> <https://a.example/?a=1&amp;b=2|a &amp; b>'),
  ).toEqual([
    { kind: 'user', id: 'U0SAM' },
    plain(' '),
    { kind: 'channel', id: 'C0HELP', label: 'help' },
    plain(' '),
    { kind: 'broadcast', range: 'here' },
    plain(' '),
    { kind: 'group', id: 'S1', label: '@crew' },
    plain(' '),
    { kind: 'link', url: 'https://a.example/?a=1&b=2', text: 'a & b' },
  ]);
  expect(pieces('<!date^1772456400^{date_num}|then>')).toEqual([
    { kind: 'date', at: 1_772_456_400_000, format: '{date_num}', fallback: 'then' },
  ]);
});

test.each(['snake_case_name and 2*3*4', '* not bold *', 'a ~ b ~ c', `${'*a '.repeat(10_000)}end`])(
  '%s is only text',
  (source) => {
    expect(pieces(source)).toEqual([plain(source)]);
  },
);

test.each([
  ['&lt;script&gt;alert(1)&lt;/script&gt;', '<script>alert(1)</script>'],
  ['&lt;!channel&gt; &amp;lt;', '<!channel> &lt;'],
  ['<javascript:alert(1)|click>', '<javascript:alert(1)|click>'],
  ['<data:text/html,x>', '<data:text/html,x>'],
])('%s is shown as %s', (source, shown) => {
  expect(pieces(source)).toEqual([plain(shown)]);
});

test('quotes and code keep their lines', () => {
  expect(mrkdwn('first\n&gt; quoted\n```\n*code* &lt;b&gt;\n```\nlast')).toEqual([
    { kind: 'line', pieces: [plain('first')] },
    { kind: 'quote', pieces: [plain('quoted')] },
    { kind: 'code', text: '*code* <b>' },
    { kind: 'line', pieces: [plain('last')] },
  ]);
});

test('40,000 characters of marks are read at once', () => {
  for (const mark of ['*', '_', '~', '<', ':']) {
    const source = mark.repeat(40_000);
    expect(pieces(source)).toEqual([plain(source)]);
  }
});

// Teams' cards

const card = (body: readonly object[], entities: readonly object[] = []) => ({
  type: 'AdaptiveCard',
  version: '1.5',
  msteams: { entities },
  body,
});
const sam = { type: 'mention', text: '<at>Sam</at>', mentioned: { id: '29:1-sam', name: 'Sam Okafor' } };
type Body = { readonly body: readonly { readonly [key: string]: unknown }[] };
const bodyOf = (source: unknown) => {
  const prepared = prepare(source, 'Etc/UTC', 'n');
  return { ...prepared, body: (prepared.card as Body).body };
};

test('only mentions that the card vouches for are marked, and only where Teams looks for them', () => {
  const { body, mentions } = bodyOf(
    card(
      [
        { type: 'TextBlock', text: 'Ask <at>Sam</at>, not <at>Eve</at>' },
        { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: '<at>Sam</at>' }] },
        { type: 'FactSet', facts: [{ title: 'Who', value: '<at>Sam</at>' }] },
      ],
      [sam],
    ),
  );
  const [mark] = [...mentions.keys()];
  expect([...mentions.values()]).toEqual(['Sam Okafor']);
  expect(body[0]?.text).toBe(`Ask ${mark}, not <at>Eve</at>`);
  expect(body[1]?.inlines).toEqual([{ type: 'TextRun', text: '<at>Sam</at>' }]);
  expect(body[2]?.facts).toEqual([{ title: 'Who', value: mark }]);
});

test('macros are dates in texts, and what they are elsewhere', () => {
  const macro = '{{TIME(2026-03-02T12:00:00Z)}}';
  const { body } = bodyOf(
    card([
      { type: 'TextBlock', text: macro },
      { type: 'Input.Text', id: 'a', value: macro },
      {
        type: 'ActionSet',
        actions: [{ type: 'Action.Execute', title: 'x', data: { text: macro, type: 'TextBlock' } }],
      },
    ]),
  );
  expect(body[0]?.text).toBe('12:00');
  expect(body[1]?.value).toBe(macro);
  expect(JSON.stringify(body[2])).toContain(macro);
});

test('every button is found again as the app wrote it', () => {
  const press = { type: 'Action.Execute', id: 'own', title: 'Plan', verb: 'feedback.move', data: { value: '1' } };
  const inner = { type: 'Action.Submit', title: 'Yes', data: { sure: true } };
  const { card: prepared, actions } = prepare(
    card([
      {
        type: 'ActionSet',
        actions: [press, { type: 'Action.ShowCard', title: 'No', card: { type: 'AdaptiveCard', actions: [inner] } }],
      },
    ]),
    'Etc/UTC',
    'n',
  );
  const ids = [...JSON.stringify(prepared).matchAll(/"id":"(action-\d+)"/g)].map((m) => m[1] as string);
  expect(new Set(ids).size).toBe(3);
  expect(ids.map((id) => actions.get(id))).toEqual(expect.arrayContaining([press, inner]));
});

test('lists that the server searches are told from those that stand in the card', () => {
  const { body } = bodyOf(
    card([
      { type: 'Input.ChoiceSet', id: 'a', choices: [], 'choices.data': { type: 'Data.Query', dataset: 'zones' } },
      { type: 'Input.ChoiceSet', id: 'b', choices: [{ title: 'x', value: 'x' }] },
    ]),
  );
  expect(body.map((each) => each.type)).toEqual(['Input.Search', 'Input.ChoiceSet']);
});

test.each([undefined, null, 'text', [], 7])('%j is no card, and harms nothing', (source) => {
  expect(prepare(source, 'Etc/UTC', 'n').card).toEqual({});
});
