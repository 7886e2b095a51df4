import { z } from 'zod';
import { type State, states } from '../feedback/rules.ts';

/**
 * Where the work on items is tracked, beside our own store: GitHub’s issues, and whatever else can do these two things.
 * People, votes and words stay with us. Comments are not copied in either direction.
 */
export interface Tracker {
  /** As it stands in the store: `github`. */
  readonly name: string;
  /**
   * Brings the issue of an item to where the item is; one that has none gets one, once, however often it is asked for.
   * Errors: those of the network, which are tried again. What trying again would not help is the answer.
   */
  sync(order: Order): Promise<Synced>;
}

const order = z.object({
  number: z.int(),
  title: z.string(),
  /** Why, in the words of whoever asked, or of triage. */
  why: z.string().exactOptional(),
  state: z.enum(states),
  /** The issue, as the tracker knows it: `owner/repository#7`. */
  ref: z.string().exactOptional(),
});
export const syncInput = order.extend({ tracker: z.string() });
export type Order = z.output<typeof order>;

export const synced = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    tracker: z.string(),
    ref: z.string(),
    url: z.url({ protocol: /^https?$/ }),
    /** When the tracker changed it: what it tells of an earlier change is old news. */
    at: z.iso.datetime({ offset: true }),
  }),
  z.object({ ok: z.literal(false), why: z.string() }),
]);
export type Synced = z.output<typeof synced>;

/** What a tracker tells of an issue: the state that a label stands for, or that it was closed or opened again. */
export const told = z.object({
  tracker: z.string(),
  ref: z.string(),
  at: z.iso.datetime({ offset: true }),
  change: z.union([z.object({ state: z.enum(states) }), z.object({ is: z.enum(['done', 'not-planned', 'reopened']) })]),
});
export type Told = z.output<typeof told>;

/** What was seen outside, as the door is told of it. */
export const toldEvent = 'tracker.told';

/** The states that a label alone can bring about: the others need words for those who asked. */
export const byLabel: readonly State[] = ['triaged', 'planned', 'in-progress', 'in-review'];
