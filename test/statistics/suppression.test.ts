import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, type Permitted, permitted } from '../../src/core/statistics/index.ts';

/* The attacker: knows who is in which group, sees everything that may be seen, and can add and subtract. */

type Human = readonly [team: string, persona: string];

const cellsOf = (people: readonly Human[]): readonly Cell[] => {
  const cells = new Map<string, Cell>();
  for (const groups of people) {
    const key = groups.join('/');
    cells.set(key, { groups: [...groups], n: (cells.get(key)?.n ?? 0) + 1 });
  }
  return [...cells.values()];
};

/** One row for each figure that is shown: who is in it, person by person. */
function figures(people: readonly Human[], seen: Permitted): readonly (readonly number[])[] {
  if (seen.is === 'nothing') return [];
  return [
    people.map(() => 1),
    ...seen.segmentations.flatMap((s, at) => s.shown.map(({ group }) => people.map((p) => (p[at] === group ? 1 : 0)))),
  ];
}

const near = (x: number) => Math.abs(x) < 1e-9;

/** Gauss: the rows reduced, so that what they span can be asked. */
function reduced(rows: readonly (readonly number[])[]): number[][] {
  const basis: number[][] = [];
  for (const row of rows) {
    const left = without(row, basis);
    const pivot = left.findIndex((x) => !near(x));
    if (pivot < 0) continue;
    const scaled = left.map((x) => x / (left[pivot] as number));
    for (const [i, b] of basis.entries()) {
      const factor = b[pivot] as number;
      basis[i] = b.map((x, j) => x - factor * (scaled[j] as number));
    }
    basis.push(scaled);
  }
  return basis;
}
function without(row: readonly number[], basis: readonly (readonly number[])[]): number[] {
  let left = [...row];
  for (const b of basis) {
    const factor = left[b.findIndex((x) => !near(x))] as number;
    left = left.map((x, j) => x - factor * (b[j] as number));
  }
  return left;
}

/** Every set of 1 to k-1 people; of each the attacker wants the figure. */
function* crowds(n: number, k: number, from = 0, chosen: readonly number[] = []): Generator<readonly number[]> {
  if (chosen.length > 0) yield chosen;
  if (chosen.length < k - 1) for (let i = from; i < n; i++) yield* crowds(n, k, i + 1, [...chosen, i]);
}

const revealed = (people: readonly Human[], k: number, seen: Permitted): readonly number[] | undefined => {
  const basis = reduced(figures(people, seen));
  for (const crowd of crowds(people.length, k)) {
    const wanted = people.map((_, i) => (crowd.includes(i) ? 1 : 0));
    if (without(wanted, basis).every(near)) return crowd;
  }
  return undefined;
};

const humans = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('dev', 'data', 'ops')), {
  minLength: 6,
  maxLength: 14,
});

test('no sums and differences of what may be seen are a figure about fewer than k', () => {
  let beside = 0;
  fc.assert(
    fc.property(humans, fc.integer({ min: 3, max: 5 }), (people, k) => {
      const seen = permitted(cellsOf(people), k);
      if (seen.is === 'some' && seen.segmentations.every((s) => s.shown.length > 0)) beside += 1;
      expect(revealed(people, k, seen)).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
  // Hiding everything would pass too: there was something of both segmentations to add and subtract.
  expect(beside).toBeGreaterThan(20);
});

test('the attacker of this test is one: without the others hidden too, he finds the small group', () => {
  const people: Human[] = [...'aaabbbbbbccccc'].map((team) => [team, 'dev'] as const);
  const naive: Permitted = {
    is: 'some',
    n: 14,
    segmentations: [
      {
        shown: [
          { group: 'b', n: 6 },
          { group: 'c', n: 5 },
        ],
        hidden: [{ group: 'a', why: 'few' }],
      },
    ],
  };
  expect(revealed(people, 4, naive)).toEqual([0, 1, 2]);
  expect(revealed(people, 4, permitted(cellsOf(people), 4))).toBeUndefined();
});

test('the smallest that is large enough is hidden beside one that is too small', () => {
  expect(
    permitted(
      [
        { groups: ['tiny'], n: 2 },
        { groups: ['small'], n: 6 },
        { groups: ['large'], n: 30 },
      ],
      5,
    ),
  ).toEqual({
    is: 'some',
    n: 38,
    segmentations: [
      {
        shown: [{ group: 'large', n: 30 }],
        hidden: [
          { group: 'tiny', why: 'few' },
          { group: 'small', why: 'others' },
        ],
      },
    ],
  });
});

test('small ones that are many enough together need no other, and an empty one hides nobody', () => {
  const seen = permitted(
    [
      { groups: ['none'], n: 0 },
      { groups: ['x'], n: 3 },
      { groups: ['y'], n: 4 },
      { groups: ['z'], n: 9 },
    ],
    5,
  );
  expect(seen).toMatchObject({ is: 'some', segmentations: [{ shown: [{ group: 'z', n: 9 }] }] });
  expect(
    permitted(
      [
        { groups: ['none'], n: 0 },
        { groups: ['z'], n: 9 },
      ],
      5,
    ),
  ).toMatchObject({
    segmentations: [{ shown: [{ group: 'z', n: 9 }], hidden: [{ group: 'none', why: 'few' }] }],
  });
});

test('a persona that is a team and two more is not shown beside that team', () => {
  const seen = permitted(
    [
      { groups: ['payments', 'dev'], n: 8 },
      { groups: ['search', 'dev'], n: 2 },
      { groups: ['search', 'data'], n: 9 },
    ],
    5,
  );
  if (seen.is !== 'some') throw new Error('nothing');
  expect(seen.segmentations[0]?.shown.map((s) => s.group)).toEqual(['payments', 'search']);
  expect(seen.segmentations[1]?.shown).toEqual([]);
});

test('before k nothing is said, not even how many; and no k is under three', () => {
  expect(permitted([{ groups: ['a'], n: 4 }], 5)).toEqual({ is: 'nothing', k: 5 });
  expect(permitted([{ groups: ['a'], n: 2 }], 1)).toEqual({ is: 'nothing', k: 3 });
  expect(permitted([], 5)).toEqual({ is: 'nothing', k: 5 });
});

test('fifty teams beside six personas are checked, and the answer does not hang on the order', () => {
  const cells = Array.from({ length: 300 }, (_, i): Cell => ({ groups: [`t${i % 50}`, `p${i % 6}`], n: 6 + (i % 3) }));
  const seen = permitted(cells, 5);
  expect(permitted(cells.toReversed(), 5)).toEqual(seen);
  if (seen.is !== 'some') throw new Error('nothing');
  expect(seen.segmentations.map((s) => s.shown.length)).toEqual([50, 6]);
});

test('when both are too finely divided to be checked together, only the first is shown', () => {
  const cells = Array.from({ length: 26 * 26 }, (_, i): Cell => ({ groups: [`t${i % 26}`, `p${(i * 7) % 25}`], n: 9 }));
  const seen = permitted(cells, 5);
  if (seen.is !== 'some') throw new Error('nothing');
  expect(seen.segmentations[0]?.shown).toHaveLength(26);
  expect(seen.segmentations[1]?.shown.length).toBeLessThanOrEqual(12);
});
