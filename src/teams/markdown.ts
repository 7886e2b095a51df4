/*
 * Places of a card that Teams reads as Markdown (TextBlock, titles of radio buttons and check boxes) show hostile text
 * as it was typed only when it is escaped. CommonMark: a backslash before ASCII punctuation makes it literal.
 */

/** Escapes text for the middle of a line, or for its start, where lists, headings, quotes and indented code begin. */
export function escapeMarkdown(raw: string, start = true): string {
  const inner = raw
    .replace(/[\\`*_[\]<>]/g, '\\$&')
    .replace(/~(?=~)|(?<=~)~/g, '\\~')
    .replace(/&(?=#?\w{1,40};)/g, '\\&')
    // `{{DATE(…)}}` and `{{TIME(…)}}` are macros of Teams; Markdown drops the backslash after they were looked for.
    .replace(/(?<=\{)\{/g, '\\{');
  if (!start) return inner;
  return inner
    .replace(/^[ \t]+/, (blank) => '\u00a0'.repeat(blank.length))
    .replace(/^(\u00a0*)([-+#=])/, '$1\\$2')
    .replace(/^(\u00a0*\d{1,9})([.)])/, '$1\\$2');
}

const firm = /^[\p{L}\p{N}]/u;
const firmEnd = /[\p{L}\p{N}]$/u;

/** Bold or italic. Only where both ends are letters or digits is it sure that Markdown takes the marks as such. */
export function marked(mark: '**' | '*', raw: string, start: boolean): string {
  const word = raw.trim();
  if (!firm.test(word.slice(0, 2)) || !firmEnd.test(word)) return escapeMarkdown(raw, start);
  const before = raw.slice(0, raw.length - raw.trimStart().length);
  return `${before}${mark}${escapeMarkdown(word, false)}${mark}${raw.slice(raw.trimEnd().length)}`;
}

/** A link. `url` must be one that may be shown; its brackets are encoded, since they would end the link. */
export const markdownLink = (words: string, url: string): string =>
  `[${escapeMarkdown(words, false)}](${url.replace(/[()\\]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)})`;

/**
 * Text for a TextRun, which knows no Markdown. Two things that some clients look for all the same, mentions and date
 * macros, are broken with a character that is not seen.
 */
export const literal = (raw: string): string =>
  raw.replace(/<(?=\/?at\b)/gi, '<\u200b').replace(/\{(?=\{(?:DATE|TIME)\b)/gi, '{\u200b');
