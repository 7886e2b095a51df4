import type { Ctx, Effect, Effects } from '../kernel/index.ts';
import { addMilliseconds } from '../kernel/instants.ts';
import { announceView } from './announce-view.ts';
import { keys, type Store } from './keys.ts';
import { cardView } from './live-view.ts';
import type { Meeting } from './store.ts';

/** Messages in channels are edited once a second at most: what comes sooner is shown together, a second later. */
const everyMs = 1_000;

/** What stands in the channels of a session, as it is now. */
export const shown = (meeting: Meeting): Effects => {
  const n = meeting.session.number;
  const view = announceView(meeting);
  const { state, startsAt } = meeting.session;
  return [
    ...[keys.planned(n), keys.dayBefore(n, startsAt)].map((key): Effect => ({ kind: 'edit', key, view })),
    ...(state === 'live' || state === 'done'
      ? [{ kind: 'edit', key: keys.card(n), view: cardView(meeting) } as const]
      : []),
  ];
};

/**
 * Shows how a session stands: at once, or with all that happens until then a second after it was shown last. `meeting` is
 * read and locked by whoever changed it. While a showing is planned already, nothing is left to do.
 */
export async function refresh(meeting: Meeting, ctx: Ctx<Store>): Promise<Effects> {
  const { number, shown: last } = meeting.session;
  if (last && last > ctx.now) return [];
  const next = last ? addMilliseconds(last, everyMs) : ctx.now;
  const later = next > ctx.now;
  await ctx.store.officeHours.changeSession(number, { shown: later ? next : ctx.now });
  if (!later) return shown(meeting);
  return [{ kind: 'later', job: 'office.refresh', input: { n: number }, at: next, key: keys.refresh(number) }];
}

/** The moment for which a showing was planned has come. */
export async function showPlanned(n: number, ctx: Ctx<Store>): Promise<Effects> {
  const meeting = await ctx.store.officeHours.take(n);
  if (!meeting) return [];
  await ctx.store.officeHours.changeSession(n, { shown: ctx.now });
  return shown(meeting);
}
