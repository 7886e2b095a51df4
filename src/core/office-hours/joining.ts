import { z } from 'zod';
import { type Ctx, type Effect, type Handler, onDue, type PersonId } from '../kernel/index.ts';
import { seatView } from './announce-view.ts';
import { keys, type Store } from './keys.ts';
import { isOpen, seatOf } from './line.ts';
import { refresh } from './refresh.ts';
import { promote } from './settling.ts';
import { eve } from './times.ts';
import { elsewhereView, joinedView } from './told-view.ts';

/** Two logins turned out to be one person, who has one place now; `twice`: both had one. */
const joined = z.object({
  former: z.uuid().transform((id) => id as PersonId),
  person: z.uuid().transform((id) => id as PersonId),
  sessions: z.array(z.object({ n: z.int32().positive(), twice: z.boolean() })),
});

async function settle(n: number, twice: boolean, former: PersonId, person: PersonId, ctx: Ctx<Store>) {
  const before = await ctx.store.officeHours.take(n);
  const by = await ctx.store.people.byId(person);
  if (!before || !by || !['planned', 'live'].includes(before.session.state)) return [];
  // What they had twice goes to whoever waits.
  const { meeting, effects } = await promote(before, ctx, twice);
  const seat = seatOf(meeting.seats, by.id);
  const open = seat !== undefined && isOpen(seat);
  const key = keys.seat(n, by.id);
  const own: readonly Effect[] = seat
    ? [
        ...(open
          ? [{ kind: 'tell', person: by.id, via: seat.account, key, view: seatView(meeting, seat) } as const]
          : []),
        { kind: 'edit', key, view: seatView(meeting, seat) },
        ...(open && twice
          ? [
              {
                kind: 'tell',
                person: by.id,
                via: seat.account,
                key: keys.told(n, `joined/${former}`, by.id),
                view: joinedView(meeting, seat),
              } as const,
            ]
          : []),
      ]
    : [];
  return [
    ...effects,
    { kind: 'edit', key: keys.seat(n, former), view: elsewhereView(meeting) } as const,
    ...own,
    { kind: 'never', key: keys.eve(n, former) } as const,
    open && meeting.session.state === 'planned'
      ? eve(meeting.session, by, ctx.now)
      : ({ kind: 'never', key: keys.eve(n, by.id) } as const),
    ...(await refresh(meeting, ctx)),
  ];
}

export const joining: readonly Handler<Store>[] = [
  onDue('office.joined', joined, async ({ former, person, sessions }, _, ctx: Ctx<Store>) => {
    const effects: Effect[] = [];
    for (const { n, twice } of sessions) effects.push(...(await settle(n, twice, former, person, ctx)));
    return effects;
  }),
];
