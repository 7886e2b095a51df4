/**
 * Which groups of one item’s answers may be shown, so that nothing that is shown, nor any sum or difference of it,
 * is a figure about fewer than `k` people.
 *
 * People stand in at most two segmentations (team, persona), each of which divides all of them. What is shown is the
 * whole and, one segmentation at a time, its groups; never a crossing. It must be asked once, when a run has closed:
 * the same question before and after one more answer would give that answer away.
 */
export type Cell = {
  /** The person’s group in each segmentation, in the same order for all. */
  readonly groups: readonly [string] | readonly [string, string];
  /** How many who answered this item are in it. */
  readonly n: number;
};
export type Shown = { readonly group: string; readonly n: number };
/** `few`: under k. `others`: itself large enough, hidden so that a small one is not what is left of the whole. */
export type Hidden = { readonly group: string; readonly why: 'few' | 'others' };
export type Segmentation = { readonly shown: readonly Shown[]; readonly hidden: readonly Hidden[] };
export type Permitted =
  /** Not even how many: fewer than k answered. */
  | { readonly is: 'nothing'; readonly k: number }
  | { readonly is: 'some'; readonly n: number; readonly segmentations: readonly Segmentation[] };

/** Below this nothing is a crowd, whatever somebody configures. */
export const floorK = 3;

type Group = { readonly name: string; readonly n: number; why?: Hidden['why'] };

/** Sizes of the groups of one segmentation, the smallest first; names decide a tie, so that a run gives one answer. */
function groupsOf(cells: readonly Cell[], at: number): Group[] {
  const sizes = new Map<string, number>();
  for (const { groups, n } of cells) {
    const name = groups[at];
    if (name !== undefined) sizes.set(name, (sizes.get(name) ?? 0) + n);
  }
  return [...sizes].map(([name, n]) => ({ name, n })).toSorted((a, b) => a.n - b.n || (a.name < b.name ? -1 : 1));
}

/** Hides what is under k, and then the next smallest until those hidden together are k or nobody at all. */
function hideFew(groups: readonly Group[], k: number): void {
  for (const group of groups) if (group.n < k) group.why = 'few';
  const hiddenTotal = () => groups.filter((g) => g.why).reduce((sum, g) => sum + g.n, 0);
  for (const group of groups) {
    const left = hiddenTotal();
    if (left === 0 || left >= k) return;
    group.why ??= 'others';
  }
}

/**
 * A crowd as the reader can know it: a shown group, or all hidden ones together (the whole less what is shown). Every
 * figure that can be had from one segmentation is a sum of these.
 */
const crowd = (groups: readonly Group[], name: string): string =>
  groups.find((g) => g.name === name)?.why ? '' : `=${name}`;

/** Beyond this many crowds the check of all their sums is not made, and only the first segmentation is shown. */
const mostCrowds = 12;

/**
 * Whether a sum of crowds of the one less a sum of crowds of the other is a set of fewer than k people. With two
 * segmentations every set that can be had from their figures is built of such nested pairs, so looking at each sum
 * of the coarser one, beside the largest sum of the other inside it and the smallest one around it, looks at all.
 */
function leaks(pairs: readonly (readonly [mine: string, other: string, n: number])[], k: number): boolean {
  const mine = [...new Set(pairs.map(([m]) => m))];
  for (let chosen = 1; chosen < 2 ** mine.length; chosen++) {
    const inside = (m: string) => ((chosen >> mine.indexOf(m)) & 1) === 1;
    const meets = new Set(pairs.filter(([m]) => inside(m)).map(([, o]) => o));
    const leaves = new Set(pairs.filter(([m]) => !inside(m)).map(([, o]) => o));
    let rest = 0;
    let around = 0;
    for (const [m, o, n] of pairs) {
      if (inside(m) && leaves.has(o)) rest += n;
      if (!inside(m) && meets.has(o)) around += n;
    }
    if ((rest > 0 && rest < k) || (around > 0 && around < k)) return true;
  }
  return false;
}

/** Hides groups of the second segmentation, the smallest first, until it gives nothing away beside the first. */
function hideBeside(first: readonly Group[], second: readonly Group[], cells: readonly Cell[], k: number): void {
  const safe = () => {
    const pairs = cells.flatMap(({ groups: [a, b], n }) =>
      n > 0 && b !== undefined ? [[crowd(first, a), crowd(second, b), n] as const] : [],
    );
    const crowds = (at: 0 | 1) => new Set(pairs.map((p) => p[at])).size;
    if (Math.min(crowds(0), crowds(1)) > mostCrowds) return false;
    return !leaks(crowds(0) < crowds(1) ? pairs : pairs.map(([a, b, n]) => [b, a, n] as const), k);
  };
  for (const group of second) {
    if (safe()) return;
    group.why ??= 'others';
  }
}

const released = (groups: readonly Group[]): Segmentation => ({
  shown: groups.flatMap((g) => (g.why ? [] : [{ group: g.name, n: g.n }])),
  hidden: groups.flatMap((g) => (g.why ? [{ group: g.name, why: g.why }] : [])),
});

export function permitted(cells: readonly Cell[], k: number): Permitted {
  const least = Math.max(k, floorK);
  const n = cells.reduce((sum, c) => sum + c.n, 0);
  if (n < least) return { is: 'nothing', k: least };
  const first = groupsOf(cells, 0);
  const second = groupsOf(cells, 1);
  hideFew(first, least);
  hideFew(second, least);
  hideBeside(first, second, cells, least);
  return { is: 'some', n, segmentations: [first, second].filter((g) => g.length > 0).map(released) };
}
