import { type Ctx, type May, Problem } from '../kernel/index.ts';
import { fault, type Move } from './rules.ts';
import type { Announcement, WithAnnouncements } from './store.ts';

/** Who writes announcements, corrects and retracts them: each other’s too. */
export const writers: May = ['platform', 'product'];

function known(it: Announcement | undefined, number: number): Announcement {
  if (it) return it;
  throw new Problem(
    'announcement_unknown',
    `There is no announcement #${number}. Nothing was changed. Ask me for “announcements” to see those there are.`,
  );
}

/** Locked, for whoever changes it or tells people of it: what they tell is then how it stands. */
export const take = async (number: number, ctx: Ctx<WithAnnouncements>): Promise<Announcement> =>
  known(await ctx.store.announcements.take(number), number);

/** For whoever only reads it: hundreds may at once, and wait for nobody. */
export const look = async (number: number, ctx: Ctx<WithAnnouncements>): Promise<Announcement> =>
  known(await ctx.store.announcements.look(number), number);

/** The announcement, locked, when the move may be made; else why not. */
export async function allowed(
  move: Move,
  number: number,
  ctx: Ctx<WithAnnouncements>,
): Promise<{ readonly it: Announcement } | { readonly why: string }> {
  const it = await take(number, ctx);
  const why = fault(move, it.state);
  return why === undefined ? { it } : { why };
}
