import { addMilliseconds } from 'date-fns/addMilliseconds';
import type { Ctx, Effect, Effects } from '../kernel/index.ts';
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
  const { state } = meeting.session;
  return [
    ...[keys.planned(n), keys.dayBefore(n)].map((key): Effect => ({ kind: 'edit', key, view })),
    ...(state === 'live' || state === 'done'
      ? [{ kind: 'edit', key: keys.card(n), view: cardView(meeting) } as const]
      : []),
  ];
};

/** Shows how a session stands, at once or in a second. `meeting` is read and locked by whoever changed it. */
export async function refresh(meeting: Meeting, ctx: Ctx<Store>): Promise<Effects> {
  const { number, shown: last } = meeting.session;
  const next = last ? addMilliseconds(last, everyMs) : ctx.now;
  if (next > ctx.now)
    return [{ kind: 'later', job: 'office.refresh', input: { n: number }, at: next, key: keys.refresh(number) }];
  await ctx.store.officeHours.changeSession(number, { shown: ctx.now });
  return shown(meeting);
}
