/** Slack's markup, read into pieces. Pure: what draws them is in `text.ts`. */

export type Marks = { readonly bold?: true; readonly italic?: true; readonly strike?: true; readonly code?: true };
export type Piece =
  | ({ readonly kind: 'text'; readonly text: string } & Marks)
  | { readonly kind: 'emoji'; readonly name: string }
  | { readonly kind: 'user'; readonly id: string; readonly label?: string }
  | { readonly kind: 'channel'; readonly id: string; readonly label?: string }
  | { readonly kind: 'group'; readonly id: string; readonly label?: string }
  | { readonly kind: 'broadcast'; readonly range: string }
  | ({ readonly kind: 'link'; readonly url: string; readonly text: string } & Marks)
  | { readonly kind: 'date'; readonly at: number; readonly format: string; readonly fallback: string };
export type Line = { readonly kind: 'line' | 'quote'; readonly pieces: readonly Piece[] };
export type Part = Line | { readonly kind: 'code'; readonly text: string };

/** The three characters that Slack escapes. */
export const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** What stands between `<` and `>`. */
function control(inner: string, marks: Marks): Piece {
  const bar = inner.indexOf('|');
  const [target, label] = bar < 0 ? [inner, undefined] : [inner.slice(0, bar), unescaped(inner.slice(bar + 1))];
  const named = label ? { label } : {};
  const rest = target.slice(1);
  if (/^@[UW][A-Z0-9]+$/.test(target)) return { kind: 'user', id: rest, ...named };
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return { kind: 'channel', id: rest, ...named };
  const group = /^!subteam\^(\w+)$/.exec(target)?.[1];
  if (group) return { kind: 'group', id: group, ...named };
  if (/^!(?:here|channel|everyone)$/.test(target)) return { kind: 'broadcast', range: rest };
  const [, at, format] = /^!date\^(\d+)\^([^^]+)/.exec(target) ?? [];
  if (at && format) return { kind: 'date', at: Number(at) * 1000, format, fallback: label ?? '' };
  const url = unescaped(target);
  if (/^(?:https?:\/\/|mailto:)/i.test(url)) return { kind: 'link', url, text: label ?? url, ...marks };
  return { kind: 'text', text: unescaped(`<${inner}>`), ...marks };
}

/** Between two marks stands no third one: so a text of marks only is read in one go. */
const between = (mark: string): string => `[${mark}](?=\\S)([^${mark}\\n]*[^${mark}\\s])[${mark}](?![\\p{L}\\p{N}])`;
const token = new RegExp(
  ['<([^<>\\n]+)>', '`([^`\\n]+)`', ':([a-z0-9_+\\-]+):', ...['*', '_', '~'].map((mark) => between(mark))].join('|'),
  'giu',
);

function inline(source: string, marks: Marks = {}): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const plain = (to: number): void => {
    if (to > at) pieces.push({ kind: 'text', text: unescaped(source.slice(at, to)), ...marks });
  };
  for (const match of source.matchAll(token)) {
    const [whole, angle, code, name, bold, italic, strike] = match;
    const marked = bold ?? italic ?? strike;
    // A mark counts only where a word begins, so that snake_case stays as it is.
    if (marked !== undefined && /[\p{L}\p{N}]/u.test(source[match.index - 1] ?? '')) continue;
    plain(match.index);
    at = match.index + whole.length;
    if (angle !== undefined) pieces.push(control(angle, marks));
    else if (code !== undefined) pieces.push({ kind: 'text', text: unescaped(code), ...marks, code: true });
    else if (name !== undefined) pieces.push({ kind: 'emoji', name });
    else if (bold !== undefined) pieces.push(...inline(bold, { ...marks, bold: true }));
    else if (italic !== undefined) pieces.push(...inline(italic, { ...marks, italic: true }));
    else pieces.push(...inline(strike ?? '', { ...marks, strike: true }));
  }
  plain(source.length);
  return pieces;
}

/** Reads a text in mrkdwn: lines, quotes, blocks of code. */
export function mrkdwn(source: string): readonly Part[] {
  return source.split(/```\n?([\s\S]*?)\n?```/).flatMap((section, nth): readonly Part[] => {
    if (nth % 2 === 1) return [{ kind: 'code', text: unescaped(section) }];
    const lines = section.replace(/^\n|\n$/g, '').split('\n');
    if (section === '') return [];
    return lines.map((line): Line => {
      const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line)?.[1];
      return { kind: quoted === undefined ? 'line' : 'quote', pieces: inline(quoted ?? line) };
    });
  });
}
