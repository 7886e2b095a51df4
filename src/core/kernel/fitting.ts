import { shorten } from './text.ts';

/** So much of it is shown. */
const shown = (words: string): string => `“${shorten(words, 60)}”`;

const slug = (typed: string): string =>
  typed
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** What people mean most often when a pattern does not take it: the nearest first. */
const nearby: readonly ((typed: string) => string)[] = [
  (typed) => typed.toLowerCase(),
  slug,
  (typed) => `https://${typed.replace(/^http:\/\//i, '')}`,
];

/**
 * Why a pattern does not take what was typed. The hint stands beside the field already, and people who read it typed this
 * all the same: so what would do is shown, by what they typed itself or by the field’s example.
 */
export function unfit(typed: string, pattern: RegExp, max: number, example: string | undefined): string {
  const fits = (text: string) => text.length <= max && pattern.test(text);
  const what = shown(typed);
  // What differs beyond what is shown of it would be told twice alike.
  const better = [...nearby.map((make) => make(typed)), example ?? ''].find((b) => fits(b) && shown(b) !== what);
  return better
    ? `${what} can’t be taken as it is; ${shown(better)} would do.`
    : `${what} isn’t of the form that is asked for here.`;
}
