import { atOnce, type Turns } from '../kernel/turns.ts';
import { type Corner, givesAway } from './exchange.ts';

/**
 * Which groups of one item’s answers may be shown, so that nothing that is shown, nor anything that follows from it, is a
 * figure about fewer than `k` people.
 *
 * People stand in at most two segmentations (team, persona), each of which divides all of them. What is shown is the
 * whole and, one segmentation at a time, its groups; never a crossing. It must be asked once, when a run has closed:
 * the same question before and after one more answer would give that answer away.
 */
export type Cell = {
  /** How many who answered this item are in it. */
  readonly n: number;
  /** How many others of it answered something, but not this. */
  readonly silent?: number;
} & (
  | { readonly groups: readonly [string] }
  | {
      /** The person’s group in each segmentation, in the same order for all. */
      readonly groups: readonly [string, string];
      /** What was said, each once, silence included, and its kind: only answers of one kind may be anybody’s. */
      readonly said: Iterable<readonly [what: string, kind: string]>;
    }
);
export type Shown = { readonly group: string; readonly n: number };
/** `few`: under k. `others`: itself large enough, hidden so that a small one is not what is left of the whole. */
export type Hidden = { readonly group: string; readonly why: 'few' | 'others' };
export type Segmentation = { readonly shown: readonly Shown[]; readonly hidden: readonly Hidden[] };
export type Permitted =
  /** Not even how many: fewer than k answered. */
  | { readonly is: 'nothing'; readonly k: number }
  | { readonly is: 'some'; readonly n: number; readonly segmentations: readonly Segmentation[] };

export type Led = { readonly shown: ReadonlySet<string>; readonly hidden: ReadonlySet<string> };

/** Below this nothing is a crowd, whatever somebody configures. */
export const floorK = 3;

type Group = { readonly name: string; readonly n: number; readonly silent: number; why?: Hidden['why'] };

/** Sizes of the groups of one segmentation, the smallest first; names decide a tie, so that a run gives one answer. */
function groupsOf(cells: readonly Cell[], at: number): Group[] {
  const sizes = new Map<string, { n: number; silent: number }>();
  for (const { groups, n, silent = 0 } of cells) {
    const name = groups[at];
    if (name === undefined) continue;
    const size = sizes.get(name) ?? { n: 0, silent: 0 };
    sizes.set(name, { n: size.n + n, silent: size.silent + silent });
  }
  return [...sizes]
    .map(([name, size]) => ({ name, ...size }))
    .toSorted((a, b) => a.n - b.n || (a.name < b.name ? -1 : 1));
}

/**
 * Hides what is under k, and then the next smallest until those hidden together are k or nobody at all. Those who said
 * nothing count too: of two whom nothing is left of the whole for, it would be known that they did not answer.
 */
function hideFew(groups: readonly Group[], k: number, barred: ReadonlySet<string> = new Set()): void {
  for (const group of groups) {
    if (group.n < k) group.why = 'few';
    else if (barred.has(group.name)) group.why = 'others';
  }
  for (const group of groups) {
    const hidden = groups.filter((g) => g.why);
    const n = hidden.reduce((sum, g) => sum + g.n, 0);
    const people = hidden.reduce((sum, g) => sum + g.n + g.silent, 0);
    if ([n, people].every((left) => left === 0 || left >= k)) return;
    group.why ??= 'others';
  }
}

/** A crowd as the reader can know it: a shown group, or all hidden ones together (the whole less what is shown). */
const crowd = (groups: readonly Group[], name: string): string =>
  groups.find((g) => g.name === name)?.why ? '' : `=${name}`;

/** Both segmentations beside each other, by what can be told apart. */
function cornersOf(
  groups: readonly [readonly Group[], readonly Group[]],
  cells: readonly Cell[],
  led: readonly Led[],
): readonly Corner[] {
  const corners = new Map<string, Corner & { n: number; people: number; said: Map<string, string> }>();
  for (const cell of cells) {
    if (!('said' in cell)) continue;
    const { n, silent = 0, said } = cell;
    const both = <T>(name: (at: 0 | 1) => T) => [name(0), name(1)] as const;
    const crowds = both((at) => crowd(groups[at], cell.groups[at]));
    const parts = both((at) => (led[at]?.shown.has(cell.groups[at]) ? `=${cell.groups[at]}` : crowds[at]));
    const key = JSON.stringify([crowds, parts]);
    const corner = corners.get(key) ?? { crowds, parts, n: 0, people: 0, said: new Map() };
    corner.n += n;
    corner.people += n + silent;
    for (const [what, kind] of said) corner.said.set(what, kind);
    corners.set(key, corner);
  }
  return [...corners.values()];
}

const released = (groups: readonly Group[]): Segmentation => ({
  shown: groups.flatMap((g) => (g.why ? [] : [{ group: g.name, n: g.n }])),
  hidden: groups.flatMap((g) => (g.why ? [{ group: g.name, why: g.why }] : [])),
});

/**
 * `led`: in each segmentation, what is shown and what is hidden of the items whose answers led to this one. That somebody
 * was asked tells what they said there.
 */
export function* permitting(cells: readonly Cell[], k: number, led: readonly Led[] = []): Turns<Permitted> {
  const least = Math.max(k, floorK);
  const n = cells.reduce((sum, c) => sum + c.n, 0);
  if (n < least) return { is: 'nothing', k: least };
  const groups = [groupsOf(cells, 0), groupsOf(cells, 1)] as const;
  for (const [at, each] of groups.entries()) hideFew(each, least, led[at]?.hidden);
  const givenAway = () => givesAway(cornersOf(groups, cells, led), least);
  yield;
  let away = givenAway();
  // Groups of the second segmentation are hidden, the smallest first, until it gives nothing away beside the first.
  for (const group of groups.toReversed().flat()) {
    if (!away) break;
    if (group.why) continue;
    group.why = 'others';
    yield;
    away = givenAway();
  }
  if (away) return { is: 'nothing', k: least };
  return { is: 'some', n, segmentations: groups.filter((g) => g.length > 0).map(released) };
}
export const permitted = (cells: readonly Cell[], k: number, led: readonly Led[] = []): Permitted =>
  atOnce(permitting(cells, k, led));
