import fc from 'fast-check';
import { expect, test } from 'vitest';
import { atOnce, inTurns } from '../../src/core/kernel/index.ts';
import type { Answers } from '../../src/core/surveys/branching.ts';
import { type Item, type Report, type Response, reportOf } from '../../src/core/surveys/results.ts';
import { survey } from '../support/surveys.ts';

/*
 * Everything that anybody can ask of a closed run (the results in chat, overall and by either cut, the exports, the
 * metrics, a trend) reads its report and nothing else. The attacker here holds all of it at once, knows who is in which
 * team, of which persona, and who took part. He thinks of every world in which the report would be the same: what is the
 * same in all of them, he knows.
 */

const k = 3;
const way = {
  key: 'way',
  kind: 'choice',
  ask: 'Which way?',
  options: [
    { value: 'a', label: 'A' },
    { value: 'b', label: 'B' },
  ],
};
const sure = { key: 'sure', kind: 'likert', scale: 'agreement5', ask: 'Sure?', askIf: { question: 'way', is: ['a'] } };
/** All that one person may say: either way, both, “I don’t know”, and leaving in the middle. */
const says: readonly Answers[] = [
  { way: 'b' },
  { way: null },
  { way: 'a' },
  { way: 'a', sure: '1' },
  { way: 'a', sure: '5' },
  { way: 'a', sure: null },
];
const keys = ['way', 'sure'] as const;
type Key = (typeof keys)[number];
const word = (said: Answers, key: Key): string => (Object.hasOwn(said, key) ? String(said[key]) : 'nothing');

type Human = readonly [team: string, persona: string, says: number];
const responsesOf = (people: readonly Human[]): readonly Response[] =>
  people.map(([team, persona, n]) => ({ team, persona, answers: says[n] as Answers }));
const reported = (people: readonly Human[], questions: readonly object[], mode = 'confidential'): Report =>
  atOnce(
    reportOf(survey({ trust: { mode, k, kText: 5 }, questions }), responsesOf(people), {
      invited: people.length,
      answered: people.length,
    }),
  );

/** What is counted: of whom, and of what. */
type Figure = {
  readonly counts: (team: string, persona: string, said: Answers) => boolean;
  readonly is: number;
};
type Cut = 'team' | 'persona';

/** Every number of the report that is about answers, with only these cuts of it. */
function figuresOf(report: Report, cuts: readonly Cut[]): readonly Figure[] {
  const of = (item: Item, who: (team: string, persona: string) => boolean, counts: Readonly<Record<string, number>>) =>
    ['a', 'b', '1', '5'].map(
      (value): Figure => ({
        counts: (team, persona, said) => who(team, persona) && word(said, item.key as Key) === value,
        is: counts[value] ?? 0,
      }),
    );
  return report.items.flatMap((item): readonly Figure[] => {
    if (!item.counts) return [];
    return [
      ...of(item, () => true, item.counts),
      { counts: (_, __, said) => word(said, item.key as Key) === 'null', is: item.unknown ?? 0 },
      ...item.groups
        .filter((g) => cuts.includes(g.by))
        .flatMap((g) =>
          g.shown.flatMap((s) => of(item, (team, persona) => (g.by === 'team' ? team : persona) === s.group, s.counts)),
        ),
    ];
  });
}

/** Those whom nothing tells apart, by number; how many of them say what, in some world. */
type Corner = { readonly team: string; readonly persona: string; readonly people: number };
type World = readonly (readonly number[])[];

function cornersOf(people: readonly Human[]): readonly Corner[] {
  return [...Map.groupBy(people, ([team, persona]) => `${team}/${persona}`).values()].map((same) => ({
    team: same[0]?.[0] as string,
    persona: same[0]?.[1] as string,
    people: same.length,
  }));
}

/** All ways to say something in which every figure is as it is shown. */
function* worlds(corners: readonly Corner[], figures: readonly Figure[]): Generator<World> {
  const left = figures.map((f) => f.is);
  const touched = corners.map((c) =>
    says.map((said) => figures.flatMap((f, i) => (f.counts(c.team, c.persona, said) ? [i] : []))),
  );
  // A figure that nobody further on can raise must be reached by now.
  const last = figures.map((_, i) => touched.findLastIndex((t) => t.some((of) => of.includes(i))));
  const world: number[][] = corners.map(() => says.map(() => 0));
  function* fill(at: number, option: number, open: number): Generator<World> {
    if (at === corners.length) {
      if (left.every((n) => n === 0)) yield world.map((w) => [...w]);
      return;
    }
    if (option === says.length) {
      if (open === 0 && left.every((n, i) => n === 0 || (last[i] as number) > at))
        yield* fill(at + 1, 0, corners[at + 1]?.people ?? 0);
      return;
    }
    const of = touched[at]?.[option] ?? [];
    const own = world[at] as number[];
    const most = Math.min(open, ...of.map((i) => left[i] as number));
    for (let n = 0; n <= most; n++) {
      for (const i of of) left[i] = (left[i] as number) - n;
      own[option] = n;
      yield* fill(at, option + 1, open - n);
      own[option] = 0;
      for (const i of of) left[i] = (left[i] as number) + n;
    }
  }
  yield* fill(0, 0, corners[0]?.people ?? 0);
}

/** What a crowd of whole corners says to a question, as one string. */
function saidBy(crowd: readonly number[], world: World, key: Key): string {
  const counts = new Map<string, number>();
  for (const at of crowd)
    for (const [i, n] of (world[at] ?? []).entries()) {
      const said = word(says[i] as Answers, key);
      counts.set(said, (counts.get(said) ?? 0) + n);
    }
  return [...counts]
    .filter(([, n]) => n > 0)
    .toSorted()
    .join();
}

/** How many of those say something that counts. */
const toldIn = (of: readonly number[] = [], key: Key): number =>
  of.reduce((sum, n, i) => sum + (['null', 'nothing'].includes(word(says[i] as Answers, key)) ? 0 : n), 0);
const sum = (all: readonly number[]): number => all.reduce((total, n) => total + n, 0);

/**
 * All crowds of whole corners, since those who are in part of one differ as soon as two in it do. Of a corner that is a
 * crowd of its own by who is silent in it, no more can be known than that.
 */
function smallCrowds(corners: readonly Corner[], truth: World, key: Key): readonly (readonly number[])[] {
  const told = corners.map((_, at) => toldIn(truth[at], key));
  const some = corners.flatMap((c, at) => (told[at] === 0 && c.people >= k ? [] : [at]));
  return Array.from({ length: 2 ** some.length - 1 }, (_, n) => some.filter((_at, i) => ((n + 1) >> i) & 1)).filter(
    (crowd) => {
      const said = sum(crowd.map((at) => told[at] as number));
      return sum(crowd.map((at) => corners[at]?.people as number)) < k || (said > 0 && said < k);
    },
  );
}

/** The crowds of which the attacker knows what they said, although fewer than k of them are there, or answered. */
function revealed(people: readonly Human[], report: Report, cuts: readonly Cut[]): ReadonlySet<string> {
  const corners = cornersOf(people);
  const truth: World = corners.map((c) =>
    says.map((_, n) => people.filter(([t, p, s]) => t === c.team && p === c.persona && s === n).length),
  );
  const asked = keys.filter((key) => report.items.some((i) => i.key === key));
  let known = asked.flatMap((key) =>
    smallCrowds(corners, truth, key).map((crowd) => ({ key, crowd, says: saidBy(crowd, truth, key) })),
  );
  for (const world of worlds(corners, figuresOf(report, cuts))) {
    known = known.filter(({ key, crowd, says: said }) => saidBy(crowd, world, key) === said);
    if (known.length === 0) break;
  }
  const nameOf = (at: number) => `${corners[at]?.team}/${corners[at]?.persona}`;
  return new Set(known.map(({ key, crowd }) => `${key}: ${crowd.map(nameOf).toSorted().join(' ')}`));
}

const people = (teams: readonly string[], ways: readonly number[], most: number) =>
  fc.array(fc.tuple(fc.constantFrom(...teams), fc.constantFrom('p', 'q'), fc.constantFrom(...ways)), {
    minLength: 6,
    maxLength: most,
  });
/** A crowd that all said one thing is known to have: k hides nobody among those who agree. */
function agree(all: readonly Human[], report: Report, cut: Cut, crowd: string): boolean {
  const [key, corners = ''] = crowd.split(': ') as [Key, string];
  const at = cut === 'team' ? 0 : 1;
  return corners.split(' ').every((corner) =>
    report.items.some((item) => {
      const shown = item.groups.find((g) => g.by === cut)?.shown ?? [];
      const crowdOf = (group: string) => (shown.some((s) => s.group === group) ? group : 'hidden');
      const same = all.filter((human) => crowdOf(human[at]) === crowdOf(corner.split('/')[at] as string));
      return same.length >= k && new Set(same.map(([, , n]) => word(says[n] as Answers, key))).size === 1;
    }),
  );
}
const isShown = (item: Item, cut: Cut) => item.groups.some((g) => g.by === cut && g.shown.length > 0);
const cuts = ['team', 'persona'] as const;
/** What only both cuts tell: put together of what one tells each, it is nothing new. */
function together(all: readonly Human[], report: Report, alone: readonly string[]): readonly string[] {
  const known = new Set(alone);
  const parts = (crowd: string) =>
    crowd
      .split(' ')
      .slice(1)
      .map((corner) => `${crowd.split(':')[0]}: ${corner}`);
  return [...revealed(all, report, cuts)].filter((c) => !known.has(c) && !parts(c).every((part) => known.has(part)));
}

test.each([
  ['one question', [way], people(['x', 'y', 'z'], [0, 0, 1, 2, 2], 10)],
  ['a question that hangs on another', [way, sure], people(['x', 'y', 'z'], [0, 1, 2, 3, 3, 4, 4, 5], 8)],
])('who sees all there is to see knows of no small crowd what it said: %s', (_, questions, humans) => {
  let both = 0;
  fc.assert(
    fc.property(humans, (all) => {
      const report = reported(all, questions);
      if (!cuts.every((cut) => report.items.some((item) => isShown(item, cut)))) return;
      both += 1;
      const alone = cuts.map((cut) => [...revealed(all, report, [cut])]);
      for (const [i, cut] of cuts.entries())
        expect(alone[i]?.filter((crowd) => !agree(all, report, cut, crowd))).toEqual([]);
      expect(together(all, report, alone.flat())).toEqual([]);
    }),
    // As many as may be waited for: it was looked at ten times as long when this was written.
    { numRuns: 300, seed: 5 },
  );
  // Hiding everything would pass too.
  expect(both).toBeGreaterThan(10);
});

test.each<readonly [readonly Human[]]>([
  [
    [
      ['y', 'q', 4],
      ['z', 'q', 4],
      ['y', 'p', 5],
      ['y', 'q', 5],
      ['z', 'p', 5],
      ['x', 'p', 0],
      ['x', 'q', 4],
      ['x', 'p', 0],
      ['y', 'q', 3],
      ['y', 'q', 4],
    ],
  ],
  [
    [
      ['x', 'q', 0],
      ['x', 'q', 5],
      ['y', 'p', 5],
      ['x', 'p', 5],
      ['z', 'r', 4],
      ['z', 'q', 4],
      ['y', 'q', 0],
      ['z', 'p', 5],
      ['z', 'p', 3],
    ],
  ],
])('who was not asked hides nobody who said “I don’t know”', (all) => {
  const report = reported(all, [way, sure]);
  const alone = cuts.flatMap((cut) => [...revealed(all, report, [cut])]);
  expect(together(all, report, alone)).toEqual([]);
});

test('a large run is counted with a turn for others between any two steps, and comes out the same', async () => {
  const people = Array.from({ length: 800 }, (_, n): Human => [`t${n % 40}`, `p${(n * 7) % 8}`, n % says.length]);
  const work = reportOf(survey({ trust: { k, kText: 5 }, questions: [way, sure] }), responsesOf(people), {
    invited: 800,
    answered: 800,
  });
  let turns = 0;
  let step = work.next();
  for (; !step.done; step = work.next()) turns += 1;
  expect(step.value).toEqual(reported(people, [way, sure]));
  // Two for each question at least, and one for each group that is hidden.
  expect(turns).toBeGreaterThan(5);
  const spoken: string[] = [];
  setImmediate(() => spoken.push('somebody else'));
  // It would go on for ever if nobody else ever had their turn.
  await inTurns(
    (function* () {
      while (spoken.length === 0) yield;
    })(),
  );
  expect(spoken).toEqual(['somebody else']);
});
