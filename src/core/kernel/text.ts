import type { PersonId, PlaceId } from './ids.ts';

/** Text is spans, never a string with markup in it: nothing that a person typed can become a mention or a link. */
export type Span =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string }
  | { readonly kind: 'emphasis'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  /** A command as one types it there: `/platform me` in Slack, `me` in Teams. */
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }
  | { readonly kind: 'person'; readonly person: PersonId }
  | { readonly kind: 'place'; readonly place: PlaceId }
  /** Drawn in each reader's own zone. */
  | { readonly kind: 'time'; readonly at: string; readonly style: 'date' | 'time' | 'both' };
export type Text = readonly Span[];

/** What a span's value may be inside `text`…``: other text, a span, or something plain. */
type Piece = string | number | Span | Text;

// Control characters, and the bidirectional overrides that can make a line read as what it is not.
// biome's own rule against control characters in patterns is met by naming them as a class of code points.
const invisible = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]/gu;
/** All other characters, and no halves of one: nearly every text has nothing else, and needs no more than this look. */
const printable = /^[\t\n -~\u00a0-\u200d\u2010-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\uffff]*$/;

/** Well-formed, printable text: lone surrogates become U+FFFD; control and direction-override characters go, line breaks and tabs stay. */
export function clean(raw: string): string {
  if (printable.test(raw)) return raw;
  return raw
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(invisible, (c) => (c === '\n' || c === '\t' ? c : ''));
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** “1 question”, “2 questions”. */
export const counting = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

/** At most `max` UTF-16 units, cut between two graphemes, with an ellipsis where something was cut. */
export function shorten(raw: string, max: number): string {
  if (raw.length <= max) return raw;
  let kept = '';
  // A grapheme is rarely longer than a few units: looking at the head alone keeps a 40,000 character text cheap.
  for (const { segment } of graphemes.segment(raw.slice(0, max + 1))) {
    if (kept.length + segment.length > max - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

function spans(piece: Piece): Text {
  if (typeof piece === 'string') return piece === '' ? [] : [{ kind: 'plain', text: clean(piece) }];
  if (typeof piece === 'number') return [{ kind: 'plain', text: String(piece) }];
  return Array.isArray(piece) ? (piece as Text) : [piece as Span];
}

/** Builds text from a template: values are placed as they are, as plain runs, never read as markup. */
export function text(parts: TemplateStringsArray, ...values: readonly Piece[]): Text {
  const runs: Span[] = [];
  for (const [i, part] of parts.entries()) {
    for (const span of spans(part)) put(runs, span);
    for (const span of spans(values[i] ?? '')) put(runs, span);
  }
  return runs;
}

/** Two plain runs beside each other are one. */
function put(runs: Span[], span: Span): void {
  const last = runs.at(-1);
  if (last?.kind === 'plain' && span.kind === 'plain')
    runs[runs.length - 1] = { kind: 'plain', text: last.text + span.text };
  else runs.push(span);
}

export const said = (words: string): Text => spans(words);
export const strong = (words: string): Span => ({ kind: 'strong', text: clean(words) });
export const emphasis = (words: string): Span => ({ kind: 'emphasis', text: clean(words) });
export const code = (words: string): Span => ({ kind: 'code', text: clean(words) });
export const command = (words: string): Span => ({ kind: 'command', text: clean(words) });
export const link = (words: string, url: string): Span => ({ kind: 'link', text: clean(words), url });
export const person = (id: PersonId): Span => ({ kind: 'person', person: id });
export const place = (id: PlaceId): Span => ({ kind: 'place', place: id });
export const time = (at: Date, style: 'date' | 'time' | 'both' = 'both'): Span => ({
  kind: 'time',
  at: at.toISOString(),
  style,
});

/** Joins texts with a separator. */
export function join(texts: readonly Text[], separator: string): Text {
  return texts.flatMap((t, i) => (i === 0 ? t : [...spans(separator), ...t]));
}

/** Links that may be shown: web and mail addresses only, so no `javascript:` reaches a client. */
export function safeUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  return ['https:', 'http:', 'mailto:'].includes(parsed.protocol) ? parsed.href : undefined;
}
