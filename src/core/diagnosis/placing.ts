import { code, type Text, text } from '../kernel/text.ts';
import type { Pod } from './pods.ts';
import type { Found, PodRule } from './rule.ts';
import type { Refusal, Unscheduled } from './scheduler.ts';
import type { World } from './snapshot.ts';
import type { Workload } from './workloads.ts';

/** A pod without a node, and the refusal that a rule is about. */
export type Unplaced = {
  readonly pod: Pod;
  readonly w: Workload;
  readonly world: World;
  readonly u: Unscheduled;
  readonly r: Refusal;
};

export type PlaceRule = Omit<PodRule, 'about' | 'find' | 'reads'> & {
  readonly match: RegExp;
  readonly say: (x: Unplaced) => (Omit<Found, 'evidence'> & { readonly evidence?: Found['evidence'] }) | undefined;
};

export const noPlace = ({ w, u }: Unplaced, because: Text): Text =>
  u.refusals.length > 1
    ? text`${code(w.ref.name)} finds no machine to run on: ${unended(because)} (${counted(u.refusals)}).`
    : text`${code(w.ref.name)} finds no machine to run on: ${because}`;

/** Without its full stop, so that more can follow. */
const unended = (words: Text): Text =>
  words.map((span, i) =>
    i === words.length - 1 && span.kind === 'plain' ? { ...span, text: span.text.replace(/\.$/, '') } : span,
  );

/** All the reasons with their counts, in the scheduler's words. */
const counted = (refusals: readonly Refusal[]): string =>
  refusals.map(({ nodes, why }) => `${nodes}: ${why.replace(/^node\(s\) /, '')}`).join('; ');
