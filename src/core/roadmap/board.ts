import { quarterName } from '../feedback/history-view.ts';
import { type State, stateNames } from '../feedback/rules.ts';
import type { Feedback } from '../feedback/store.ts';
import { quarters } from './forms.ts';
import type { Score } from './score.ts';

/** Something on the roadmap, with what it weighs. */
export type Entry = { readonly item: Feedback; readonly score: Score };
export type Lane = { readonly title: string; readonly entries: readonly Entry[] };

/** The ways to look at it. */
export const cuts = ['now', 'quarter', 'persona'] as const;
export type Cut = (typeof cuts)[number];

/** How long what shipped is still shown. */
export const shippedDays = 30;

type Phase = 'now' | 'next' | 'later' | 'asked' | 'shipped';
const phaseNames: Readonly<Record<Phase, string>> = {
  now: 'Now',
  next: 'Next',
  later: 'Later',
  asked: 'Asked for, not decided yet',
  shipped: 'Here since last month',
};
const phases: Readonly<Record<State, (item: Feedback, now: Date) => Phase>> = {
  received: () => 'asked',
  triaged: () => 'asked',
  planned: ({ quarter }, now) => {
    const [current = '', following = ''] = quarters(now, 2);
    if (quarter === undefined || quarter > following) return 'later';
    return quarter <= current ? 'now' : 'next';
  },
  'in-progress': () => 'now',
  'in-review': () => 'now',
  shipped: () => 'shipped',
  declined: () => 'asked',
};

const order = (a: Entry, b: Entry): number => b.score.score - a.score.score || a.item.number - b.item.number;

const lanesBy = (
  entries: readonly Entry[],
  keyOf: (e: Entry) => string,
  names: readonly (readonly [string, string])[],
) => {
  const groups = Map.groupBy(entries, keyOf);
  return names
    .map(([key, title]): Lane => ({ title, entries: (groups.get(key) ?? []).toSorted(order) }))
    .filter((lane) => lane.entries.length > 0);
};

const decided = ({ item }: Entry): boolean => !['received', 'triaged', 'declined'].includes(item.state);

const table: Readonly<Record<Cut, (entries: readonly Entry[], now: Date) => readonly Lane[]>> = {
  now: (entries, now) => lanesBy(entries, ({ item }) => phases[item.state](item, now), Object.entries(phaseNames)),
  quarter: (entries) => {
    const open = entries.filter((e) => decided(e) && e.item.state !== 'shipped');
    const known = [...new Set(open.flatMap(({ item }) => item.quarter ?? []))].sort();
    return lanesBy(open, ({ item }) => item.quarter ?? '', [
      ...known.map((q) => [q, quarterName(q)] as const),
      ['', 'No quarter yet'],
    ]);
  },
  persona: (entries) =>
    lanesBy(
      entries.filter((e) => decided(e) && e.item.state !== 'shipped'),
      ({ item }) => item.persona ?? '',
      [
        ['backend', 'Backend'],
        ['data', 'Data'],
        ['frontend', 'Frontend'],
        ['', 'Everybody'],
      ],
    ),
};

/** The roadmap in lanes, in each the heaviest first; lanes without anything are left out. */
export const lanesOf = (cut: Cut, entries: readonly Entry[], now: Date): readonly Lane[] => table[cut](entries, now);

/** The state where the lane does not say it. */
export const stateWords = ({ state, quarter }: Feedback): string =>
  state === 'planned' && quarter ? `Planned for ${quarterName(quarter)}` : stateNames[state];
