import { clean } from '../core/kernel/index.ts';
import { type Activity, mentionsIn } from './activity.ts';
import { LIMITS } from './limits.ts';

/** The named entities that Teams writes into text and HTML; numeric ones are computed. */
const entities: Readonly<Record<string, string>> = {
  nbsp: ' ',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};
const codePoint = (n: number): string => (n > 0 && n <= 0x10ffff ? String.fromCodePoint(n) : '');

/** Resolves HTML entities once, so that `&amp;lt;` stays the text `&lt;`. */
const unescapeHtml = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (all, decimal, hex, name) => {
    if (decimal !== undefined) return codePoint(Number.parseInt(decimal, 10));
    if (hex !== undefined) return codePoint(Number.parseInt(hex, 16));
    return entities[String(name).toLowerCase()] ?? all;
  });

/** Blanks as people type them: Teams puts no-break ones around mentions. */
const tidy = (text: string): string =>
  clean(text)
    .replace(/\u00a0/g, ' ')
    .trim();

/**
 * What was said to the bot: the text without the mention of the bot, mentions of others as their names. Only `<at>`
 * tags that an entity vouches for are mentions; others were typed and stay as they are.
 */
export function spoken(activity: Activity): { readonly text: string; readonly toBot: boolean } {
  const bot = activity.recipient.id;
  let text = activity.text ?? '';
  let toBot = false;
  for (const mention of mentionsIn(activity)) {
    const own = mention.mentioned.id === bot;
    toBot ||= own;
    const name = own ? '' : (mention.mentioned.name ?? mention.text.replace(/<\/?at\b[^<>]*>/gi, ''));
    text = text.replaceAll(mention.text, () => name);
  }
  const words = tidy(unescapeHtml(text));
  // Help and errors speak of `/platform …` on both platforms; who types it here means the same.
  return { text: words.replace(/^\/platform(?:\s+|$)/i, ''), toBot };
}

/** Tags that begin a new line, and those whose content is no text. */
const breaking = new Set(['br', 'p', 'div', 'tr', 'blockquote', 'pre', 'h1', 'h2', 'h3', 'hr', 'ul', 'ol', 'table']);
const silent = new Set(['script', 'style', 'attachment']);

/** The text of a message's HTML: one line for each block, list items with a dash, pictures and emoji by their names. */
export function htmlText(html: string): string {
  const source = html.slice(0, LIMITS.quotedHtml);
  let text = '';
  let muted = '';
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf('<', at);
    if (!muted) text += unescapeHtml(source.slice(at, open < 0 ? undefined : open));
    if (open < 0) break;
    const close = source.indexOf('>', open);
    // A bracket that nothing closes is text; looking for its end again and again would be quadratic.
    if (close < 0) return tidy(muted ? text : text + unescapeHtml(source.slice(open)));
    const tag = source.slice(open + 1, close);
    const name = (/^\/?\s*([a-z][a-z0-9]*)/i.exec(tag)?.[1] ?? '').toLowerCase();
    const ends = tag.startsWith('/');
    if (muted) muted = ends && name === muted ? '' : muted;
    else if (silent.has(name)) muted = ends || tag.endsWith('/') ? '' : name;
    else if (name === 'li') text += ends ? '' : '\n- ';
    else if (breaking.has(name)) text += '\n';
    else if (name === 'emoji' || name === 'img') text += unescapeHtml(/\balt="([^"]*)"/i.exec(tag)?.[1] ?? '');
    at = close + 1;
  }
  // Blanks first: a pattern with blanks on both sides of a line break is quadratic in a text full of them.
  return tidy(text.replace(/[ \t\u00a0]+/g, ' '))
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/\n- ?\n/g, '\n- ');
}
