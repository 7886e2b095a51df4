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
  /**
   * Issues of ours that changed since a moment of the tracker’s own clock, the longest ago first, as they stand now: what a
   * webhook that was lost would have told. Some of them, when they are many. Errors: as `sync`.
   */
  changed(since: Date): Promise<Changed>;
}

/** How an issue stands in its tracker, as far as it means something here. */
export const stands = z.object({
  closed: z.enum(['done', 'not-planned']).exactOptional(),
  /** Those that its labels stand for. */
  states: z.array(z.enum(states)),
});
export type Stands = z.output<typeof stands>;

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
    stands: stands.exactOptional(),
  }),
  z.object({ ok: z.literal(false), why: z.string() }),
]);
export type Synced = z.output<typeof synced>;

export const changedInput = z.object({ tracker: z.string(), since: z.iso.datetime() });
const seen = z.object({ tracker: z.string(), ref: z.string(), at: z.iso.datetime({ offset: true }), stands });
export const changed = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), issues: z.array(seen.omit({ tracker: true })), more: z.boolean() }),
  z.object({ ok: z.literal(false), why: z.string() }),
]);
export type Changed = z.output<typeof changed>;
/** How one issue was seen to stand. */
export const seenIssue = seen;

/** What a tracker tells of an issue: the state that a label stands for, put on or taken `off`; that it was closed or opened again. */
export const told = z.object({
  tracker: z.string(),
  ref: z.string(),
  at: z.iso.datetime({ offset: true }),
  change: z.union([
    z.object({ state: z.enum(states) }),
    z.object({ off: z.enum(states) }),
    z.object({ is: z.enum(['done', 'not-planned', 'reopened']) }),
  ]),
  stands: stands.exactOptional(),
});
export type Told = z.output<typeof told>;

/** What was seen outside, as the door is told of it. */
export const toldEvent = 'tracker.told';

/** The states that a label alone can bring about: the others need words for those who asked. */
export const byLabel: readonly State[] = ['triaged', 'planned', 'in-progress', 'in-review'];

/** What somebody did to an issue between two looks at it. Of several labels the one that is furthest on its way. */
export function changeBetween(before: Stands, now: Stands): Told['change'] | undefined {
  if (before.closed !== now.closed) return { is: now.closed ?? 'reopened' };
  const state = byLabel.findLast((s) => now.states.includes(s) && !before.states.includes(s));
  if (state !== undefined) return { state };
  const off = byLabel.findLast((s) => before.states.includes(s) && !now.states.includes(s));
  return off === undefined ? undefined : { off };
}
