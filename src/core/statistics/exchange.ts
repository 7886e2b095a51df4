/*
 * What two segmentations together give away. Margins of a table bind what stands in it: where data people said 9, 10 and
 * 6 and the team said 7, 8 and 9, the one data person of that team said 9. No sum or difference finds that.
 *
 * A crowd is safe when another world shows the same figures and has that crowd say something else. Such a world is made by
 * an exchange: of two teams and two personas, two answers change places in the one team and back in the other, so that
 * every figure of a team, of a persona and of the whole stays as it is. A crowd that no exchange changes counts as given
 * away. That may hide more than need be, and never less.
 */

/** Those whom nothing tells apart. */
export type Corner = {
  /** The crowds of this item that they are part of, and those of an item that led to it, which may be smaller. */
  readonly crowds: readonly [string, string];
  readonly parts: readonly [string, string];
  /** Who answered this item, and who is in it at all. */
  readonly n: number;
  readonly people: number;
  /** What was said, each once, and its kind: only answers of one kind may change places. */
  readonly said: ReadonlyMap<string, string>;
};

/** An exchange adds to two corners what it takes from two others. */
type Exchange = { readonly gives: readonly Corner[]; readonly takes: readonly Corner[] };

/** Beyond so many steps it is not looked any further, and the answer is the careful one. */
const mostSteps = 5_000;

/** Whole crowds that all said one thing are known from their own figures, which are of k people or more. */
function mixed(corners: readonly Corner[]): readonly Corner[] {
  const several = (['crowds', 'parts'] as const).flatMap((of) =>
    ([0, 1] as const).map((at) => {
      const said = new Map<string, Set<string>>();
      for (const corner of corners) {
        const all = said.get(corner[of][at]) ?? new Set();
        for (const what of corner.said.keys()) all.add(what);
        said.set(corner[of][at], all);
      }
      return (corner: Corner) => (said.get(corner[of][at])?.size ?? 0) > 1;
    }),
  );
  return corners.filter((c) => several.every((of) => of(c)));
}

/** Whether two answers of one kind, the first of them said in all of `given`, may change places with the second. */
function change(given: readonly Corner[], taken: readonly Corner[]): boolean {
  const [here, ...others] = given;
  const [there, ...more] = taken;
  if (!here || !there) return false;
  return [...here.said].some(
    ([v, kind]) =>
      others.every((c) => c.said.has(v)) &&
      [...there.said].some(([w, same]) => v !== w && kind === same && more.every((c) => c.said.has(w))),
  );
}

/** All exchanges of which a corner is part, worked out when they are first asked for. */
function exchangesOf(corners: readonly Corner[]): (of: Corner) => readonly Exchange[] {
  const inCrowds = new Map(
    [...Map.groupBy(corners, (c) => c.crowds[0])].map(([first, these]) => [
      first,
      Map.groupBy(these, (c) => c.crowds[1]),
    ]),
  );
  const at = (first: string, second: string) => inCrowds.get(first)?.get(second) ?? [];
  const known = new Map<Corner, readonly Exchange[]>();
  const exchange = (gives: readonly Corner[], takes: readonly Corner[]): readonly Exchange[] =>
    change(gives, takes) ? [{ gives, takes }] : [];
  const find = (of: Corner): readonly Exchange[] =>
    corners.flatMap((across): readonly Exchange[] => {
      const [[a, b], [c, d]] = [of.crowds, across.crowds];
      if (a === c && b === d) return across === of ? [] : exchange([of], [across]);
      if (a === c || b === d) return [];
      return at(a, d).flatMap((beside) => at(c, b).flatMap((below) => exchange([of, across], [beside, below])));
    });
  return (of) => {
    const found = known.get(of) ?? find(of);
    known.set(of, found);
    return found;
  };
}

/**
 * Whether some crowd of fewer than k, put together of whole corners, is changed by no exchange. So is anybody who is in a
 * larger one that agrees, when that is known only from both segmentations.
 */
export function givesAway(all: readonly Corner[], k: number): boolean {
  const corners = mixed(all).filter((c) => c.people > 0);
  const exchanges = exchangesOf(corners);
  let steps = 0;

  /** Whether what is inside, with others that are not barred, is such a crowd. */
  function grow(inside: readonly Corner[], barred: ReadonlySet<Corner>): boolean {
    steps += 1;
    if (steps > mostSteps) return true;
    const n = inside.reduce((sum, c) => sum + c.n, 0);
    const people = inside.reduce((sum, c) => sum + c.people, 0);
    if (n >= k) return false;
    let least: readonly Corner[] | undefined;
    for (const { gives, takes } of inside.flatMap(exchanges)) {
      const [given, taken] = [gives, takes].map((side) => side.filter((c) => inside.includes(c)).length) as [
        number,
        number,
      ];
      if (given === taken) continue;
      // It changes this crowd, unless one of the lighter side is in it as well.
      const ways = (given > taken ? takes : gives).filter((c) => !inside.includes(c) && !barred.has(c) && n + c.n < k);
      if (ways.length === 0) return false;
      if (!least || ways.length < least.length) least = ways;
    }
    if (!least) return n > 0 || people < k;
    const without = new Set(barred);
    for (const way of least) {
      if (grow([...inside, way], without)) return true;
      without.add(way);
    }
    return false;
  }

  if (corners.some((c) => c.said.size === 1 && exchanges(c).length === 0)) return true;
  const before = new Set<Corner>();
  for (const corner of corners) {
    if (grow([corner], before)) return true;
    before.add(corner);
  }
  return false;
}
