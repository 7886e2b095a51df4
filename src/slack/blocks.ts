import type { KnownBlock, RichTextBlock, RichTextElement, Button as SlackButton } from '@slack/types';
import {
  type Block,
  type Button,
  type Chart,
  clean,
  type Draw,
  draw,
  duration,
  type Item,
  type Names,
  type Press,
  Problem,
  type Span,
  type Step,
  shorten,
  type Text,
  tableOf,
} from '../core/kernel/index.ts';
import { cellsOf } from './cells.ts';
import { LIMITS } from './limits.ts';
import { diffText, preview } from './preview.ts';
import { bold, chunks, context, cut, emoji, italic, lengthOfAll, plainText, richText, words } from './rich-text.ts';

/** The Slack files that hold the pictures of charts. */
export type Pictures = ReadonlyMap<Chart, string>;
const noPictures: Pictures = new Map();

/** What drawing one message or view shares: who is who, how much text still fits, which action ids are taken. */
export type Pen = {
  readonly names: Names;
  /** The files of charts that were uploaded for this message. Without one a chart is drawn in characters. */
  readonly pictures: Pictures;
  /** Whether pictures that stand on the web are shown; else there are links to them. */
  readonly remote: boolean;
  /** Elements in the room that is left, for one block of ours; the rest is left out and counted in words. */
  fit(elements: readonly RichTextElement[]): readonly RichTextElement[];
  /** A label or title in at most `max` units. */
  short(text: string, max: number): string;
  /** An action id: unique in the message, as Slack wants it, with the press's name to be read back. */
  actionId(press: Press): string;
};

/** `strict`: what would be left out is a Problem instead (tests), since every view of ours should fit. */
export function createPen(
  names: Names,
  options: {
    readonly text: number;
    readonly block?: number;
    readonly strict?: boolean;
    readonly pictures?: Pictures;
    readonly remote?: boolean;
  },
): Pen {
  let room: number = options.text;
  let actions = 0;
  const lost = (what: string) => {
    if (options.strict)
      throw new Problem('view_overflow', `A view does not fit Slack’s limits: ${what}. Shorten the view.`);
  };
  return {
    names,
    pictures: options.pictures ?? noPictures,
    remote: options.remote ?? false,
    fit(elements) {
      const { kept, left } = cut(elements, Math.min(options.block ?? LIMITS.longText, room));
      room = Math.max(0, room - lengthOfAll(kept));
      if (left > 0) lost(`${left} characters too many`);
      return kept;
    },
    short(text, max) {
      if (text.length > max) lost(`“${shorten(text, 40)}” is longer than ${max}`);
      const short = shorten(clean(text), max);
      room = Math.max(0, room - short.length);
      return short;
    },
    actionId(press) {
      actions += 1;
      return `${press.name}#${actions}`;
    },
  };
}

/** Blocks that stay together: over the limit a group is kept whole or left out whole. */
export type Group = readonly KnownBlock[];

const paragraphs = (elements: readonly RichTextElement[]): readonly RichTextBlock[] =>
  chunks(elements, LIMITS.richText).map((run) => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [...run] }],
  }));

const preformatted = (text: string, pen: Pen): readonly Group[] =>
  chunks(pen.fit([words(text)]), LIMITS.richText).map((run) => [
    {
      type: 'rich_text',
      // A preformatted element takes bare text only: the word on what was left out loses its slant.
      elements: [
        {
          type: 'rich_text_preformatted',
          elements: run.flatMap((e) => (e.type === 'text' ? [{ type: 'text' as const, text: e.text }] : [])),
        },
      ],
    },
  ]);

/** One group for each block: a long text may lose its tail, but not its head. */
const loose = (blocks: readonly KnownBlock[]): readonly Group[] => blocks.map((block) => [block]);
const lines = (rows: readonly (readonly RichTextElement[])[]): readonly RichTextElement[] =>
  rows.flatMap((row, i) => (i === 0 ? row : [words('\n'), ...row]));

const stepMarks = {
  done: 'white_check_mark',
  doing: 'hourglass_flowing_sand',
  todo: 'white_circle',
  failed: 'x',
} as const satisfies Record<Step['state'], string>;

function stepLine(step: Step): readonly RichTextElement[] {
  const label = ` ${step.label}`;
  const took = step.seconds === undefined ? '' : `  ${duration(step.seconds)}`;
  return [
    emoji(stepMarks[step.state]),
    step.state === 'doing' || step.state === 'failed' ? bold(label) : words(label),
    ...(took ? [italic(took)] : []),
    ...(step.note ? [words(`\n        ${step.note}`)] : []),
  ];
}

const toneMarks = { info: 'information_source', good: 'white_check_mark', warn: 'warning', bad: 'no_entry' } as const;

/** Columns of a bar, short enough for a phone. */
const barWidth = 16;
const labelWidth = 20;
function bars(rows: readonly { readonly label: string; readonly count: number }[]): string {
  const most = Math.max(1, ...rows.map((r) => r.count));
  const labels = rows.map((r) => shorten(r.label.replaceAll('\n', ' '), labelWidth));
  const width = Math.max(0, ...labels.map((l) => l.length));
  return rows
    .map(({ count }, i) => {
      const filled = count > 0 ? Math.max(1, Math.round((count / most) * barWidth)) : 0;
      return `${(labels[i] ?? '').padEnd(width)}  ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}  ${count}`;
    })
    .join('\n');
}

const toneStyles = { primary: 'primary', danger: 'danger' } as const;

export function button(b: Button, pen: Pen): SlackButton {
  // A value cannot be shortened: it would be another press.
  if (b.press.value.length > LIMITS.buttonValue)
    throw new Problem(
      'press_too_long',
      `The button “${shorten(b.label, 40)}” carries ${b.press.value.length} characters; Slack takes ${LIMITS.buttonValue}. Keep what it needs in the store and put an id on the button.`,
    );
  // A message with an empty label is refused as a whole.
  const label = pen.short(b.label, LIMITS.buttonText).trim() || '…';
  return {
    type: 'button',
    action_id: pen.actionId(b.press),
    text: plainText(label),
    // Slack refuses an empty value; a press without one is read back as ''.
    ...(b.press.value ? { value: b.press.value } : {}),
    ...(b.tone ? { style: toneStyles[b.tone] } : {}),
    ...(b.confirm
      ? {
          confirm: {
            title: plainText('Are you sure?'),
            text: plainText(pen.short(b.confirm, LIMITS.confirmText).trim() || '…'),
            // Half of what is done says less than that it is done.
            confirm: plainText(label.length > LIMITS.confirmButton ? 'Yes, do it' : label),
            deny: plainText('Cancel'),
            ...(b.tone ? { style: toneStyles[b.tone] } : {}),
          },
        }
      : {}),
  };
}

function actionRows(buttons: readonly Button[], pen: Pen): readonly KnownBlock[] {
  const drawn = buttons.map((b) => button(b, pen));
  const rows: KnownBlock[] = [];
  for (let i = 0; i < drawn.length; i += LIMITS.actionsElements)
    rows.push({ type: 'actions', elements: drawn.slice(i, i + LIMITS.actionsElements) });
  return rows;
}

const asTitle = (text: Text): Text => text.map((s): Span => (s.kind === 'plain' ? { ...s, kind: 'strong' } : s));

function row(item: Item, pen: Pen): Group {
  const said = lines([
    richText(asTitle(item.title), pen.names),
    ...(item.note ? [richText(item.note, pen.names)] : []),
  ]);
  return [...paragraphs(pen.fit(said)), ...actionRows(item.buttons ?? [], pen)];
}

const marked = (mark: RichTextElement, text: Text, pen: Pen) =>
  loose(paragraphs(pen.fit([mark, words('  '), ...richText(text, pen.names)])));

type Fold = Extract<Block, { kind: 'fold' }>;

/** Messages do not fold: the first lines, and the button that leads to all of them. */
function fold(b: Fold, pen: Pen): readonly Group[] {
  const title = paragraphs(pen.fit([bold(pen.short(b.title, LIMITS.headerText))]));
  const { shown, left, held } = b.more ? preview(b.blocks) : { shown: b.blocks, left: 0, held: false };
  const body = shown.flatMap((inner) => draw<Block, readonly Group[], [Pen]>(draws, inner, pen));
  if (body.length === 0) return [];
  if (!b.more || !held) return [title, ...body];
  const rest = `… and ${left.toLocaleString('en')} more ${left === 1 ? 'line' : 'lines'}`;
  const note: readonly KnownBlock[] = left > 0 ? [{ type: 'context', elements: [plainText(rest)] }] : [];
  return [[...title, ...body.flat(), ...note, ...actionRows([b.more], pen)]];
}

/**
 * The picture, which says its title itself, and its figures under it. A surface that takes no uploaded file (an ephemeral
 * message, a modal, the home page) shows the same as bars of characters.
 */
function chart({ chart: shown }: Extract<Block, { kind: 'chart' }>, pen: Pen): readonly Group[] {
  const file = pen.pictures.get(shown);
  const head: Group = file
    ? [{ type: 'image', slack_file: { id: file }, alt_text: shorten(clean(shown.alt), LIMITS.imageAlt) || '…' }]
    : paragraphs(pen.fit([bold(`${shown.title}\n`), words(shown.alt)]));
  const counts = 'rows' in shown ? shown.rows.flatMap(({ label, value, note }) => countOf(label, value, note)) : [];
  const plain = 'rows' in shown && !shown.unit && counts.length === shown.rows.length;
  return [[...head, ...preformatted(plain && !file ? bars(counts) : cellsOf(tableOf(shown)), pen).flat()]];
}
const countOf = (label: string, value: number | null, note: string | undefined) =>
  value === null || note ? [] : [{ label, count: value }];

/** Slack loads it itself, for everybody; its limit of addresses is far above ours. */
function picture({ url, alt }: Extract<Block, { kind: 'picture' }>, pen: Pen): readonly Group[] {
  if (pen.remote && url.startsWith('https://') && url.length <= LIMITS.url)
    return [[{ type: 'image', image_url: url, alt_text: shorten(clean(alt), LIMITS.imageAlt) || '…' }]];
  return loose(paragraphs(pen.fit(richText([{ kind: 'link', text: `Picture: ${alt}`, url }], pen.names))));
}

/** Every kind of block in Slack's best version of it. */
export const draws: Draw<Block, readonly Group[], [Pen]> = {
  text: (b, pen) => loose(paragraphs(pen.fit(richText(b.text, pen.names)))),
  notice: (b, pen) => marked(emoji(toneMarks[b.tone]), b.text, pen),
  note: (b, pen) => {
    const elements = richText(b.text, pen.names);
    const fitted = pen.fit(elements);
    const small = fitted === elements ? context(b.text, pen.names) : undefined;
    return small ? [[{ type: 'context', elements: [...small] }]] : loose(paragraphs(fitted));
  },
  quote: (b, pen) =>
    chunks(pen.fit(richText(b.text, pen.names)), LIMITS.richText).map((run) => [
      { type: 'rich_text', elements: [{ type: 'rich_text_quote', elements: [...run] }] },
    ]),
  facts: (b, pen) =>
    loose(
      paragraphs(
        pen.fit(lines(b.rows.map(([label, value]) => [bold(`${label}:`), words(' '), ...richText(value, pen.names)]))),
      ),
    ),
  steps: (b, pen) => loose(paragraphs(pen.fit(lines(b.steps.map(stepLine))))),
  chart,
  picture,
  items: (b, pen) => [...b.items.map((item) => row(item, pen)), ...(b.more ? [actionRows([b.more], pen)] : [])],
  code: (b, pen) => preformatted(b.text, pen),
  diff: (b, pen) => preformatted(diffText(b.before, b.after), pen),
  buttons: (b, pen) => loose(actionRows(b.buttons, pen)),
  fold,
};
