import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, type Permitted, permitted } from '../../src/core/statistics/index.ts';

/* The attacker: knows who is in which group, sees everything that may be seen, and can add and subtract. */

type Human = readonly [team: string, persona: string];

/** Everything is said everywhere, so that only sizes count: test/surveys/privacy.test.ts has what answers give away. */
const said = [
  ['a', ''],
  ['b', ''],
] as const;
const cellsOf = (people: readonly Human[]): readonly Cell[] =>
  [...Map.groupBy(people, (groups) => groups.join('/')).values()].flatMap((same) =>
    same[0] ? [{ groups: same[0], n: same.length, said }] : [],
  );

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
    { numRuns: 1000, seed: 11 },
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
      { groups: ['payments', 'dev'], n: 8, said },
      { groups: ['search', 'dev'], n: 2, said },
      { groups: ['search', 'data'], n: 9, said },
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
  const cells = Array.from(
    { length: 300 },
    (_, i): Cell => ({ groups: [`t${i % 50}`, `p${i % 6}`], n: 6 + (i % 3), said }),
  );
  const seen = permitted(cells, 5);
  expect(permitted(cells.toReversed(), 5)).toEqual(seen);
  if (seen.is !== 'some') throw new Error('nothing');
  expect(seen.segmentations.map((s) => s.shown.length)).toEqual([50, 6]);
});

test('whoever said nothing counts: two who are left of the whole would be known to have been silent', () => {
  const seen = permitted(
    [
      { groups: ['small'], n: 0, silent: 2 },
      { groups: ['next'], n: 6 },
      { groups: ['large'], n: 9 },
    ],
    5,
  );
  expect(seen).toMatchObject({
    segmentations: [
      {
        shown: [{ group: 'large' }],
        hidden: [
          { group: 'small', why: 'few' },
          { group: 'next', why: 'others' },
        ],
      },
    ],
  });
});

const answersOf = (...all: readonly (readonly [team: string, persona: string, ...said: string[]])[]) =>
  permitted(
    all.map(([team, persona, ...words]) => ({
      groups: [team, persona],
      n: words.length,
      said: words.map((w) => [w, ''] as const),
    })),
    5,
  );
const shownIn = (seen: Permitted) =>
  seen.is === 'some' ? seen.segmentations.map((s) => s.shown.map((g) => g.group)) : [];

test('what one person of a team said is not found from what the others of their persona did', () => {
  // Data people said 3, 6 and 9, the team 7, 8 and 9: so the one data person of that team said 9.
  const told = [
    ['checkout', 'data', '9'],
    ['checkout', 'dev', '7', '7', '8', '8'],
    ['search', 'data', '3', '3', '6', '6'],
    ['search', 'dev', '7', '8', '10', '7', '5', '8'],
  ] as const;
  expect(shownIn(answersOf(...told))).toEqual([['checkout', 'search'], []]);
  // When another data person said 7, and somebody else of the team 9 or they 7: nobody knows.
  const doubtful = told.map((row) => (row[1] === 'data' && row[0] === 'search' ? ([...row, '7'] as const) : row));
  const other = doubtful.map((row) => (row[0] === 'search' && row[1] === 'dev' ? ([...row, '9'] as const) : row));
  expect(shownIn(answersOf(...other))).toEqual([
    ['checkout', 'search'],
    ['data', 'dev'],
  ]);
});

test('who is barred is hidden though many enough, and so is the next smallest where it has to be', () => {
  const cells = [8, 9, 20].map((n, i): Cell => ({ groups: [`t${i}`], n }));
  expect(permitted(cells, 5, [{ shown: new Set(), hidden: new Set(['t0']) }])).toMatchObject({
    segmentations: [{ shown: [{ group: 't1' }, { group: 't2' }], hidden: [{ group: 't0', why: 'others' }] }],
  });
});
