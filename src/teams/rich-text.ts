import { clean, type Draw, draw, type Json, type Span, safeUrl, shorten, type Text } from '../core/kernel/index.ts';
import type { Element } from './card.ts';
import { LIMITS } from './limits.ts';
import { escapeMarkdown, literal, markdownLink, marked } from './markdown.ts';
import { cut, letters, mention, nameOf, oneLine, type Pen, room } from './pen.ts';

/** How a whole text looks. */
export type Style = {
  readonly size?: 'Small' | 'Medium' | 'Large';
  readonly weight?: 'Bolder';
  readonly color?: 'Good' | 'Warning' | 'Attention' | 'Accent';
  readonly isSubtle?: true;
  readonly fontType?: 'Monospace';
};

const run = (text: string, style: Style, more: { readonly [key: string]: Json } = {}): Element => ({
  type: 'TextRun',
  text: literal(text),
  ...style,
  ...more,
});
const bold: Style = { weight: 'Bolder' };

/** RichTextBlock: every span is a run of plain text, so nothing in it can become a mention, a link or a format. */
const runs: Draw<Span, Element, [Pen, Style]> = {
  plain: (s, _, style) => run(s.text, style),
  strong: (s, _, style) => run(s.text, { ...style, ...bold }),
  emphasis: (s, _, style) => run(s.text, style, { italic: true }),
  code: (s, _, style) => run(s.text, { ...style, fontType: 'Monospace' }),
  command: (s, _, style) => run(s.text, { ...style, fontType: 'Monospace' }),
  link: (s, _, style) => {
    const url = safeUrl(s.url);
    return url === undefined
      ? run(s.text, style)
      : run(s.text, { ...style, color: 'Accent' }, { underline: true, selectAction: { type: 'Action.OpenUrl', url } });
  },
  person: (s, pen, style) => run(nameOf(pen, s.person), { ...style, ...bold }),
  place: (s, pen, style) => run(placeName(pen, s), { ...style, ...bold }),
  time: (s, _, style) => run(s.at, style),
};

const placeName = (pen: Pen, span: Extract<Span, { kind: 'place' }>): string =>
  oneLine(pen.names.places.get(span.place) ?? '') || 'a channel';

/** The instant as Teams' macros want it: RFC 3339 without a fraction. Undefined for what is no instant. */
function instant(at: string): string | undefined {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
const macros = {
  date: (at: string) => `{{DATE(${at}, SHORT)}}`,
  time: (at: string) => `{{TIME(${at})}}`,
  both: (at: string) => `{{DATE(${at}, SHORT)}} {{TIME(${at})}}`,
} as const;

/** TextBlock: Markdown. Used only where a mention or a time stands, which Teams draws nowhere else. */
const markdown: Draw<Span, string, [Pen, boolean]> = {
  plain: (s, _, start) => escapeMarkdown(s.text, start),
  strong: (s, _, start) => marked('**', s.text, start),
  emphasis: (s, _, start) => marked('*', s.text, start),
  code: (s, _, start) => escapeMarkdown(s.text, start),
  command: (s, _, start) => escapeMarkdown(s.text, start),
  link: (s, _, start) => {
    const url = safeUrl(s.url);
    return url === undefined ? escapeMarkdown(s.text, start) : markdownLink(s.text, url);
  },
  person: (s, pen, start) => mention(pen, s.person) ?? marked('**', nameOf(pen, s.person), start),
  place: (s, pen, start) => marked('**', placeName(pen, s), start),
  time: (s, _, start) => {
    const at = instant(s.at);
    return at === undefined ? escapeMarkdown(s.at, start) : macros[s.style](at);
  },
};

const needsMarkdown: Draw<Span, boolean, [Pen]> = {
  plain: () => false,
  strong: () => false,
  emphasis: () => false,
  code: () => false,
  command: () => false,
  link: () => false,
  person: (s, pen) => mention(pen, s.person) !== undefined,
  place: () => false,
  time: (s) => instant(s.at) !== undefined,
};

/** How much of a limit a mention, a place or a time takes: about what it reads as. */
const spanLength = (span: Span): number => ('text' in span ? span.text.length : 24);

function limited(pen: Pen, text: Text, limit: number): Text {
  const max = letters(pen, limit);
  let left = max;
  const kept: Span[] = [];
  for (const span of text) {
    const length = spanLength(span);
    if (length > left) {
      pen.cuts.push(`text: over ${max} characters`);
      if ('text' in span) kept.push({ ...span, text: shorten(span.text, Math.max(2, left)) });
      else kept.push({ kind: 'plain', text: '…' });
      break;
    }
    kept.push(span);
    left -= length;
  }
  return kept;
}

/** The spans of each line: elements of a card cannot hold line breaks on every client. */
function linesOf(text: Text): readonly Text[] {
  const lines: Span[][] = [[]];
  for (const span of text) {
    const parts = 'text' in span ? span.text.split('\n') : [];
    if (!('text' in span) || parts.length === 1) lines.at(-1)?.push(span);
    else
      parts.forEach((part, i) => {
        if (i > 0) lines.push([]);
        if (part !== '') lines.at(-1)?.push({ ...span, text: part });
      });
  }
  return lines;
}

const blank = (line: Text): boolean => line.every((s) => 'text' in s && s.text.trim() === '');

function drawLine(pen: Pen, line: Text, style: Style, spacing: { readonly spacing?: string }): Element {
  if (!line.some((span) => draw<Span, boolean, [Pen]>(needsMarkdown, span, pen)))
    return {
      type: 'RichTextBlock',
      ...spacing,
      inlines: line.map((span) => draw<Span, Element, [Pen, Style]>(runs, span, pen, style)),
    };
  const text = line.map((span, i) => draw<Span, string, [Pen, boolean]>(markdown, span, pen, i === 0)).join('');
  return { type: 'TextBlock', ...spacing, text, wrap: true, ...style };
}

/** Draws a text, one element a line. Empty for an empty text. */
export function richText(pen: Pen, text: Text, style: Style = {}, limit: number = LIMITS.text): readonly Element[] {
  const printable = text.map((s) => ('text' in s ? { ...s, text: clean(s.text) } : s));
  const lines = linesOf(limited(pen, printable, limit));
  const max = room(pen, LIMITS.lines);
  const drawn: Element[] = [];
  let gap = false;
  for (const [i, line] of lines.entries()) {
    if (blank(line)) {
      gap = true;
      continue;
    }
    if (drawn.length === max) {
      pen.cuts.push(`text: ${lines.length} lines, at most ${max}`);
      const left = lines.slice(i).filter((l) => !blank(l)).length;
      return [...drawn, note(`… and ${left} more line${left === 1 ? '' : 's'}`)];
    }
    drawn.push(drawLine(pen, line, style, drawn.length === 0 ? {} : { spacing: gap ? 'Small' : 'None' }));
    gap = false;
  }
  return drawn;
}

/** One line of our own words or of plain text, drawn as it is. */
export const line = (text: string, style: Style = {}, more: { readonly [key: string]: Json } = {}): Element => ({
  type: 'RichTextBlock',
  ...more,
  inlines: [run(text, style)],
});
export const note = (text: string): Element =>
  line(clean(text), { size: 'Small', isSubtle: true }, { spacing: 'Small' });

/** The heading of a card. */
export const heading = (pen: Pen, title: string): Element =>
  line(cut(pen, 'title', oneLine(title), LIMITS.title), { size: 'Large', weight: 'Bolder' });

/** Indentation and runs of blanks would collapse; no-break spaces keep them. */
const kept = (text: string) => text.replace(/\t/g, '    ').replace(/^ +| {2,}/g, (b) => '\u00a0'.repeat(b.length));

/** One line of code. */
export const codeLine = (pen: Pen, text: string, style: Style, first: boolean): Element =>
  line(
    kept(cut(pen, 'code line', text, LIMITS.codeLine)) || '\u00a0',
    { ...style, fontType: 'Monospace', size: 'Small' },
    first ? {} : { spacing: 'None' },
  );
