import {
  type Block,
  type Draw,
  diffLines,
  draw,
  duration,
  type Item,
  type Span,
  type Step,
  said,
  type Text,
} from '../core/kernel/index.ts';
import { buttonRow } from './buttons.ts';
import type { Element } from './card.ts';
import { chart } from './chart.ts';
import { fold } from './fold.ts';
import { LIMITS } from './limits.ts';
import { cut, firstOf, type Pen } from './pen.ts';
import { codeLine, line, note, richText, type Style } from './rich-text.ts';

const column = (width: string | number, items: readonly Element[], more: object = {}): Element => ({
  type: 'Column',
  width,
  ...more,
  items,
});
/** Rows of one block stand close together, the first one at the usual distance from what is above. */
const row = (columns: readonly Element[], first: boolean): Element => ({
  type: 'ColumnSet',
  spacing: first ? 'Default' : 'Small',
  columns,
});
const box = (style: string, items: readonly Element[]): Element => ({ type: 'Container', style, items });
const andMore = (left: number): readonly Element[] => (left > 0 ? [note(`… and ${left} more`)] : []);

/** The sign beside the colour is for those who do not see the colour. */
const tones = {
  info: { style: 'accent', sign: 'ℹ️' },
  good: { style: 'good', sign: '✅' },
  warn: { style: 'warning', sign: '⚠️' },
  bad: { style: 'attention', sign: '⛔' },
} as const;

const muted: Style = { size: 'Small', isSubtle: true };

const states: {
  readonly [K in Step['state']]: { readonly sign: string; readonly style: Style; readonly label: Style };
} = {
  done: { sign: '✓', style: { color: 'Good', weight: 'Bolder' }, label: {} },
  doing: { sign: '◐', style: { color: 'Accent', weight: 'Bolder' }, label: { weight: 'Bolder' } },
  todo: { sign: '○', style: { isSubtle: true }, label: { isSubtle: true } },
  failed: { sign: '✕', style: { color: 'Attention', weight: 'Bolder' }, label: { color: 'Attention' } },
};

function step(pen: Pen, s: Step, first: boolean): Element {
  const { sign, style, label } = states[s.state];
  return row(
    [
      column('20px', [line(sign, style)]),
      column('stretch', [
        ...richText(pen, said(s.label), label),
        ...(s.note ? richText(pen, said(s.note), muted).map((e) => ({ ...e, spacing: 'None' })) : []),
      ]),
      ...(s.seconds === undefined ? [] : [column('auto', [line(duration(s.seconds), muted)])]),
    ],
    first,
  );
}

/** The languages that Teams colours (its Adaptive Cards page of 2026), by the names that others use for them. */
const languages: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bash: 'Bash',
    sh: 'Bash',
    shell: 'Bash',
    c: 'C',
    cpp: 'Cpp',
    csharp: 'CSharp',
    css: 'Css',
    go: 'Go',
    graphql: 'Graphql',
    html: 'Html',
    java: 'Java',
    javascript: 'JavaScript',
    js: 'JavaScript',
    json: 'Json',
    php: 'Php',
    powershell: 'PowerShell',
    python: 'Python',
    sql: 'Sql',
    typescript: 'TypeScript',
    ts: 'TypeScript',
    xml: 'Xml',
  }),
);

/** What a row is about stands out from what is said of it. */
const asTitle = (text: Text): Text => text.map((s): Span => (s.kind === 'plain' ? { ...s, kind: 'strong' } : s));

function item(pen: Pen, it: Item, first: boolean): Element {
  const words = [
    ...richText(pen, asTitle(it.title)),
    ...(it.note ? richText(pen, it.note, muted).map((e) => ({ ...e, spacing: 'None' })) : []),
  ];
  const buttons = it.buttons ?? [];
  // A question unfolds where its button stands, so only a button without one fits beside the words.
  const beside = buttons.length === 1 && buttons[0]?.confirm === undefined;
  return {
    type: 'Container',
    separator: !first,
    items: beside
      ? [
          row(
            [column('stretch', words), column('auto', buttonRow(pen, buttons), { verticalContentAlignment: 'Center' })],
            true,
          ),
        ]
      : [...words, ...buttonRow(pen, buttons, { spacing: 'Small' })],
  };
}

/** Labels of facts stand in one narrow column; a longer one gives all of them a share, so that a phone has room for both. */
const shortLabel = 15;
const factWidths = { short: ['110px', 'stretch'], long: [2, 3] } as const;

/** How each kind of block looks in Teams. */
export const blocks: Draw<Block, readonly Element[], [Pen]> = {
  text: (b, pen) => richText(pen, b.text),
  notice: (b, pen) => {
    const { style, sign } = tones[b.tone];
    return [box(style, richText(pen, [{ kind: 'plain', text: `${sign} ` }, ...b.text]))];
  },
  note: (b, pen) => richText(pen, b.text, muted).map((e, i) => (i === 0 ? { ...e, spacing: 'Small' } : e)),
  quote: (b, pen) => [box('emphasis', richText(pen, b.text))],
  facts: (b, pen) => {
    const { first, left } = firstOf(pen, 'facts', b.rows, LIMITS.facts);
    const [wide, rest] = factWidths[first.some(([label]) => label.length > shortLabel) ? 'long' : 'short'];
    return [
      ...first.map(([label, value], i) =>
        row(
          [
            column(wide, [line(cut(pen, 'fact', label, LIMITS.factLabel), { isSubtle: true })]),
            column(rest, richText(pen, value)),
          ],
          i === 0,
        ),
      ),
      ...andMore(left),
    ];
  },
  steps: (b, pen) => {
    const { first, left } = firstOf(pen, 'steps', b.steps, LIMITS.steps);
    return [...first.map((s, i) => step(pen, s, i === 0)), ...andMore(left)];
  },
  chart: (b, pen) => chart(pen, b.chart),
  // Clients load it themselves, over https alone, and say what it shows when they cannot.
  picture: (b, pen) =>
    b.url.startsWith('https://')
      ? [{ type: 'Image', url: b.url, altText: cut(pen, 'picture', b.alt, LIMITS.text) }]
      : richText(pen, [{ kind: 'link', text: `Picture: ${b.alt}`, url: b.url }]),
  items: (b, pen) => {
    const { first, left } = firstOf(pen, 'items', b.items, LIMITS.items);
    return [
      ...first.map((it, i) => item(pen, it, i === 0)),
      ...andMore(left),
      ...buttonRow(pen, b.more ? [b.more] : []),
    ];
  },
  code: (b, pen) => {
    const text = cut(pen, 'code', b.text, LIMITS.text);
    const { first, left } = firstOf(pen, 'code lines', text.split('\n'), LIMITS.codeLines);
    const plain = box('emphasis', [...first.map((l, i) => codeLine(pen, l, {}, i === 0)), ...andMore(left)]);
    return [
      {
        type: 'CodeBlock',
        codeSnippet: left > 0 ? `${first.join('\n')}\n… and ${left} more lines` : text,
        language: languages.get(b.language.toLowerCase()) ?? 'PlainText',
        fallback: plain,
      },
    ];
  },
  diff: (b, pen) => {
    const { first, left } = firstOf(pen, 'diff', diffLines(b.before, b.after), LIMITS.codeLines);
    const colors: Readonly<Record<string, Style>> = { '-': { color: 'Attention' }, '+': { color: 'Good' } };
    if (first.length === 0) return [note('Nothing changes.')];
    return [
      box('emphasis', [
        // Where a long line is broken, its sign stays with what follows it.
        ...first.map((l, i) =>
          codeLine(pen, `${l.sign}\u00a0${l.text}`, colors[l.sign] ?? { isSubtle: true }, i === 0),
        ),
        ...andMore(left),
      ]),
    ];
  },
  buttons: (b, pen) => buttonRow(pen, b.buttons),
  fold: (b, pen) => fold(pen, b, (inner) => drawBlocks(pen, inner)),
};

export const drawBlocks = (pen: Pen, list: readonly Block[]): readonly Element[] =>
  list.flatMap((b) => draw(blocks, b, pen));
