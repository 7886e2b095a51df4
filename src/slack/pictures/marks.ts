import { type ChartTone, clean } from '../../core/kernel/index.ts';

/**
 * Small pieces of SVG. A picture has a ground of its own, so that one picture is legible in a light client and in a
 * dark one. All sizes are in the picture’s own pixels; it is drawn at twice that.
 */
export const width = 720;
const margin = 28;
export const plot = { left: margin, right: width - margin } as const;
export const colors = {
  ground: '#ffffff',
  edge: '#d9dee7',
  text: '#1b2430',
  muted: '#5b6675',
  grid: '#e6eaf0',
  empty: '#eef1f6',
  accent: '#2f6fdb',
} as const;
/** Told apart by lightness too, and each line has its own dashes: not everybody sees the hue. */
export const series = [
  { color: '#2f6fdb', dash: '' },
  { color: '#c2571a', dash: '9 5' },
  { color: '#0b7a6e', dash: '3 4' },
  { color: '#7a4fc0', dash: '12 4 3 4' },
] as const;
export const tones: { readonly [T in ChartTone]: string } = { good: '#1f8a5f', warn: '#c98a1b', bad: '#c8463f' };

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** A control character is none of XML: one of them would break the whole picture. */
const escaped = (text: string): string => clean(text).replace(/[&<>"]/g, (c) => escapes[c] ?? c);

/** Pictographs, with what joins and colours them: no text font has them, and a label loses nothing without. */
const pictographs = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u200d|\ufe0f/gu;
/** What the bundled font can write: Latin, Greek, Cyrillic, and what stands between words. */
const writable = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]*$/u;
/** A label that the font cannot write is drawn as its number in the table beside the picture: boxes would say nothing. */
export function labelled(text: string, nth: number): string {
  const plain = clean(text).replace(pictographs, '').replace(/\s+/g, ' ').trim();
  return plain !== '' && writable.test(plain) ? plain : `No. ${nth + 1}`;
}

/** How wide a text is, by the font’s average: exact enough to cut and to place by. */
const advance = 0.56;
export const widthOf = (text: string, size: number): number => [...text].length * size * advance;
export function fitted(text: string, size: number, room: number): string {
  const most = Math.max(1, Math.floor(room / (size * advance)));
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}
/** In at most two lines, broken between words where there are any. */
export function wrapped(text: string, size: number, room: number): readonly string[] {
  if (widthOf(text, size) <= room) return [text];
  const most = Math.max(1, Math.floor(room / (size * advance)));
  const at = text.lastIndexOf(' ', most);
  return at <= 0 ? [fitted(text, size, room)] : [text.slice(0, at), fitted(text.slice(at + 1), size, room)];
}

export type Place = { readonly x: number; readonly y: number };
type Look = {
  readonly size?: number;
  readonly color?: string;
  readonly bold?: true;
  readonly at?: 'start' | 'middle' | 'end';
};
/** `y` is the baseline. */
export const words = (text: string, { x, y }: Place, look: Look = {}): string =>
  `<text x="${round(x)}" y="${round(y)}" font-size="${look.size ?? 16}" fill="${look.color ?? colors.text}"${
    look.bold ? ' font-weight="600"' : ''
  } text-anchor="${look.at ?? 'start'}">${escaped(text)}</text>`;

const round = (x: number): number => Math.round(x * 10) / 10;
export const box = (at: Place, w: number, h: number, fill: string, radius = 4): string =>
  `<rect x="${round(at.x)}" y="${round(at.y)}" width="${round(Math.max(0, w))}" height="${round(Math.max(0, h))}" rx="${radius}" fill="${fill}"/>`;
export const stroke = (from: Place, to: Place, color: string, thick = 1, dash = ''): string =>
  `<line x1="${round(from.x)}" y1="${round(from.y)}" x2="${round(to.x)}" y2="${round(to.y)}" stroke="${color}" stroke-width="${thick}"${
    dash ? ` stroke-dasharray="${dash}"` : ''
  } stroke-linecap="round"/>`;
export const path = (d: string, look: string): string => `<path d="${d}" ${look}/>`;
export const point = ({ x, y }: Place): string => `${round(x)} ${round(y)}`;

/** A picture: its title on its own ground, and what stands under it, from `top` on. */
export const top = 76;
export const framed = (title: string, height: number, marks: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter">${[
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="12" fill="${colors.ground}" stroke="${colors.edge}"/>`,
    words(fitted(labelled(title, 0), 20, plot.right - plot.left), { x: plot.left, y: 44 }, { size: 20, bold: true }),
    ...marks,
  ].join('')}</svg>`;

/** Round steps for an axis: at most `steps` of them, covering `low` to `high`. */
export function ticks(low: number, high: number, steps = 4): readonly number[] {
  const span = high - low || Math.abs(high) || 1;
  const raw = span / steps;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5].find((s) => s * power >= raw) ?? 10) * power;
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  const count = Math.max(1, last - first);
  // Multiplied, not added up: 0.1 + 0.2 must stay 0.3.
  return Array.from({ length: count + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
