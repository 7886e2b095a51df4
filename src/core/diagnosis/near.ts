import { closest, distance } from 'fastest-levenshtein';

/** Existing names that somebody may have meant: a slip or two away, or the same words with an ending or beginning of their own. */
export function near(wrong: string, existing: Iterable<string>): readonly string[] {
  const names = [...new Set(existing)].filter((name) => name !== '' && name !== wrong).slice(0, 2_000);
  const slips = Math.max(1, Math.min(3, Math.floor(wrong.length / 3)));
  return names
    .map((name) => ({ name, far: off(wrong, name) }))
    .filter(({ far }) => far <= slips)
    .toSorted((a, b) => a.far - b.far || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

function off(wrong: string, name: string): number {
  const [a, b] = [wrong.toLowerCase(), name.toLowerCase()];
  // `shop-config` for `shop-config-v2`, `config` for `shop-config`: whole words more or fewer count as one slip.
  if (a.length > 3 && b.length > 3 && (whole(a, b) || whole(b, a))) return 1;
  return swapped(a, b) ? 1 : distance(a, b);
}

/** Two neighbours in the wrong order: the commonest slip of all. */
function swapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const i = [...a].findIndex((c, at) => c !== b[at]);
  return i >= 0 && a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
}

const whole = (short: string, long: string): boolean =>
  long.startsWith(`${short}-`) || long.endsWith(`-${short}`) || long.startsWith(`${short}_`);

/** The nearest of some words, such as `wget` for `wge`, when it is near enough to be meant. */
export function nearest(wrong: string, words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  const word = closest(wrong, words);
  return word !== wrong && distance(wrong, word) <= Math.max(1, Math.floor(wrong.length / 3)) ? word : undefined;
}
