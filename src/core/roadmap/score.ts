import type { Feedback } from '../feedback/store.ts';
import type { TeamCount } from './store.ts';

/** How much something matters, by a rubric that triage reads out. */
export const impacts = [
  'cosmetic',
  'now and then',
  'slows people down',
  'hours every week',
  'blocks shipping',
] as const;

/** So many of one team count whatever others say: a need that is new is not held down. */
const always = 3;

/** What an item weighs, in parts, so that nobody has to believe a number. */
export type Score = {
  readonly impact: number;
  /** Whether triage set the impact; before that it is how much it hurts whoever asked. */
  readonly set: boolean;
  readonly asked: number;
  /** By inventory: they have what it is about, and did not ask. */
  readonly affected: number;
  /** How many of them count. */
  readonly people: number;
  /** A team that has more people in it than all others together counts as many as those. */
  readonly capped?: { readonly team: string; readonly people: number; readonly counted: number };
  readonly score: number;
  /** Beside it, where triage knows both: score × confidence ÷ effort. */
  readonly worth?: number;
};

const sum = (counts: readonly TeamCount[], of: (c: TeamCount) => number): number =>
  counts.reduce((total, c) => total + of(c), 0);

export function scoreOf(
  item: Pick<Feedback, 'impact' | 'pain' | 'confidence' | 'effort'>,
  counts: readonly TeamCount[],
): Score {
  const asked = sum(counts, (c) => c.asked);
  const affected = sum(counts, (c) => c.affected);
  const all = asked + affected;
  const size = (c: TeamCount) => c.asked + c.affected;
  const biggest = counts.filter((c) => c.team !== undefined).toSorted((a, b) => size(b) - size(a))[0];
  const limit = Math.max(always, all - (biggest ? size(biggest) : 0));
  const over = biggest?.team !== undefined && size(biggest) > limit;
  const people = over ? all - size(biggest) + limit : all;
  const impact = item.impact ?? item.pain;
  const score = impact * people;
  return {
    impact,
    set: item.impact !== undefined,
    asked,
    affected,
    people,
    ...(over ? { capped: { team: biggest.team as string, people: size(biggest), counted: limit } } : {}),
    score,
    ...(item.confidence !== undefined && item.effort !== undefined
      ? { worth: Math.round((score * item.confidence) / 100 / item.effort) }
      : {}),
  };
}
