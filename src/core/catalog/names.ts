import { distance } from 'fastest-levenshtein';

/** The name that was probably meant: at most two slips away, fewer for short ones. */
export function closest(typed: string, names: readonly string[]): string | undefined {
  const said = typed.trim().toLowerCase().slice(0, 60);
  return names
    .map((name) => ({ name, slips: distance(said, name.toLowerCase()), allowed: Math.min(2, name.length / 2) }))
    .filter((n) => n.slips <= n.allowed)
    .sort((a, b) => a.slips - b.slips)[0]?.name;
}

/** Kubernetes' and DNS' limit of a label. */
export const labelMax = 63;
export const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * A text as a DNS label: `Team Orders` is `team-orders`. What is too long keeps its beginning and a hash of the whole,
 * so that two long names do not become one; what has no letter at all becomes its hash.
 */
export function slug(text: string): string {
  const label = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (label === '') return `x${shortHash(text)}`;
  return label.length <= labelMax ? label : `${label.slice(0, labelMax - 9).replace(/-+$/, '')}-${shortHash(text)}`;
}

/** Eight hexadecimal digits that are nearly always different for different texts. Not for secrets (FNV-1a, mixed). */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, '0');
}

/** Whether `latest` is a later semantic version than `running`. Build metadata does not count; neither does nonsense. */
export function newer(latest: string, running: string): boolean {
  const [a, b] = [versionOf(latest), versionOf(running)];
  if (!a || !b) return false;
  for (let i = 0; i < 3; i += 1) {
    const by = (a.numbers[i] as number) - (b.numbers[i] as number);
    if (by !== 0) return by > 0;
  }
  return prerelease(a.pre, b.pre) > 0;
}

export const semver = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;
function versionOf(text: string) {
  const m = semver.exec(text);
  return m && { numbers: [Number(m[1]), Number(m[2]), Number(m[3])], pre: m[4]?.split('.') };
}

/** Semver's rule 11: a release is later than what led to it; parts are compared as numbers where they are numbers. */
function prerelease(a: readonly string[] | undefined, b: readonly string[] | undefined): number {
  if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1);
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const [x, y] = [a[i], b[i]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    if (x === y) continue;
    const [nx, ny] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (nx && ny) return Number(x) - Number(y);
    if (nx !== ny) return nx ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}
