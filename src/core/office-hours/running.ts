import { z } from 'zod';
import {
  type Ctx,
  type Effect,
  type Effects,
  type Handler,
  onDue,
  onPress,
  type PersonCtx,
  type PersonId,
  person,
  type Refuse,
  refuse,
  type SubmitHandler,
  said,
  text,
  whisper,
} from '../kernel/index.ts';
import { addMinutes } from '../kernel/instants.ts';
import { announceView, signUpButton } from './announce-view.ts';
import { close } from './closing.ts';
import { atTurn, keys, ofSession, presses, type Store } from './keys.ts';
import { current, endsAt, isOpen, lineOf, seatOf } from './line.ts';
import {
  cardView,
  groupedView,
  groupForm,
  groupFormId,
  howView,
  missedView,
  nextView,
  offlineView,
  placeView,
  turnView,
} from './live-view.ts';
import { answer, buttons, hostOnly, look, notice, take } from './parts.ts';
import { refresh } from './refresh.ts';
import { callIn } from './reminding.ts';
import { meant, still } from './still.ts';
import type { Meeting, Seat, SeatChange } from './store.ts';
import { unscheduled } from './times.ts';

/* While a session takes place. Whoever presses is looked at under the lock of the session, so two come one after the other. */

const live = (meeting: Meeting, ctx: Ctx<Store>): Meeting => ({
  ...meeting,
  session: { ...meeting.session, state: 'live', opened: ctx.now },
});

/** A session begins: its card stands in the channels from now on. */
async function begin(meeting: Meeting, ctx: Ctx<Store>): Promise<Effects> {
  const n = meeting.session.number;
  await ctx.store.officeHours.changeSession(n, { state: 'live', opened: ctx.now, shown: ctx.now });
  const on = live(meeting, ctx);
  return [
    ...[keys.planned(n), keys.dayBefore(n, on.session.startsAt)].map(
      (key): Effect => ({ kind: 'edit', key, view: announceView(on) }),
    ),
    ...on.series.places.map((place): Effect => ({ kind: 'say', place, view: cardView(on), key: keys.card(n) })),
  ];
}

const change = (seats: readonly Seat[], who: PersonId, changed: Partial<Seat>): readonly Seat[] =>
  seats.map((s) => (s.person === who ? { ...s, ...changed } : s));

/** What a press is about, when it is about the conversation that is on now. */
async function atWork(
  { n, turn }: z.output<typeof atTurn>,
  ctx: PersonCtx<Store>,
): Promise<{ readonly meeting: Meeting } | { readonly why: Effects }> {
  const meeting = await take(n, ctx);
  hostOnly(ctx.by, meeting.series, meeting.session);
  const { title } = meeting.series;
  if (meeting.session.state !== 'live')
    return { why: [answer(title, meeting.session.state === 'done' ? 'It’s over.' : 'It has not begun.')] };
  if (meeting.session.turn === turn) return { meeting };
  const now = current(meeting.seats);
  const words = now
    ? text`Somebody was faster: ${person(now.person)} was called already. Nothing was changed.`
    : said('Somebody was faster. Nothing was changed.');
  return { why: [answer(title, words), ...(await refresh(meeting, ctx))] };
}

/** The conversation ends in some way, and the next in the line is called. */
async function advance(meeting: Meeting, how: 'done' | 'missed' | 'offline', ctx: PersonCtx<Store>): Promise<Effects> {
  const { officeHours } = ctx.store;
  const { number: n, turn } = meeting.session;
  const before = current(meeting.seats);
  let { seats } = meeting;
  if (before) {
    // Who could not be found has not begun: what it took tells nothing of how long conversations take.
    const changed = how === 'missed' ? { state: how, began: null, here: null } : { state: how, ended: ctx.now };
    await officeHours.changeSeat(n, before.person, changed satisfies SeatChange);
    const { here: _, began, ...rest } = before;
    const after: Seat =
      how === 'missed'
        ? { ...rest, state: how }
        : { ...before, ...(began ? { began } : {}), state: how, ended: ctx.now };
    seats = seats.map((s) => (s.person === before.person ? after : s));
  }
  const [called, following] = lineOf(seats);
  if (called) {
    await officeHours.changeSeat(n, called.person, { state: 'now', began: ctx.now });
    seats = change(seats, called.person, { state: 'now', began: ctx.now });
  }
  await officeHours.changeSession(n, { turn: turn + 1 });
  const after: Meeting = { ...meeting, seats, session: { ...meeting.session, turn: turn + 1 } };
  const tell = (seat: Seat, what: string, view: ReturnType<typeof turnView>): Effect => ({
    kind: 'tell',
    person: seat.person,
    via: seat.account,
    view,
    key: keys.told(n, `${what}/${turn + 1}`, seat.person),
  });
  const along = (called?.together ?? []).map(
    (p): Effect => ({
      kind: 'tell',
      person: p,
      view: turnView(after, called as Seat),
      key: keys.told(n, `turn/${turn + 1}`, p),
    }),
  );
  return [
    ...(called ? [tell(called, 'turn', turnView(after, called)), ...along] : []),
    ...(following ? [tell(following, 'next', nextView(after))] : []),
    ...(before && how === 'missed' ? [tell(before, 'missed', missedView(after))] : []),
    ...(before && how === 'offline' ? [tell(before, 'offline', offlineView(after, before))] : []),
    ...(before && how === 'done' ? [whisper(howView(after, before))] : []),
    ...(before || called ? [] : [answer(meeting.series.title, 'Nobody is waiting.')]),
    ...(await refresh(after, ctx)),
  ];
}

const advancing = (name: string, how: 'done' | 'missed' | 'offline') =>
  onPress(name, atTurn, 'anyone', async (at, ctx: PersonCtx<Store>) => {
    const work = await atWork(at, ctx);
    if ('why' in work) return work.why;
    if (how !== 'done' && !current(work.meeting.seats))
      return [answer(work.meeting.series.title, 'Nobody is in conversation. Nothing was changed.')];
    return advance(work.meeting, how, ctx);
  });

/** Somebody says that they are there. */
async function here(n: number, ctx: PersonCtx<Store>): Promise<Effects> {
  const meeting = await take(n, ctx);
  const { title } = meeting.series;
  const { state } = meeting.session;
  if (state === 'done' || state === 'skipped')
    return [answer(title, state === 'done' ? 'It’s over. Thank you for coming!' : 'It does not take place.')];
  const mine = seatOf(meeting.seats, ctx.by.id);
  // Who comes along with somebody is there with them.
  const with_ = meeting.seats.find((s) => isOpen(s) && s.together.includes(ctx.by.id));
  const seat = mine && isOpen(mine) ? mine : with_;
  if (!seat)
    return [
      whisper(
        notice(
          title,
          said('You’re not in the line yet. Say what it’s about, and you are.'),
          'info',
          buttons([signUpButton(meeting)]),
        ),
      ),
    ];
  if (seat.state === 'now' || seat.state === 'grouped' || (seat.here && seat.state !== 'missed'))
    return [whisper(placeView(meeting, seat))];
  const changed = { here: ctx.now, ...(seat.state === 'missed' ? { state: 'back' as const } : {}) };
  await ctx.store.officeHours.changeSeat(n, seat.person, changed);
  const after: Meeting = { ...meeting, seats: change(meeting.seats, seat.person, changed) };
  const now = seatOf(after.seats, seat.person) as Seat;
  return [whisper(placeView(after, now)), ...(await refresh(after, ctx))];
}

const carried = atTurn.extend({ leader: z.uuid() });
async function group(raw: unknown, carry: string, ctx: PersonCtx<Store>): Promise<Effects | Refuse> {
  const { others } = z.object({ others: z.array(z.string()) }).parse(raw);
  const { n, leader } = carried.parse(JSON.parse(carry));
  const meeting = await take(n, ctx);
  hostOnly(ctx.by, meeting.series, meeting.session);
  const now = current(meeting.seats);
  if (now?.person !== leader) return refuse({ others: 'This conversation is over. Nothing was changed.' });
  const line = lineOf(meeting.seats).filter((s) => others.includes(s.person));
  let { seats } = meeting;
  for (const seat of line) {
    const changed = { state: 'grouped', leader: now.person, began: ctx.now } as const;
    await ctx.store.officeHours.changeSeat(n, seat.person, changed);
    seats = change(seats, seat.person, changed);
  }
  const after: Meeting = { ...meeting, seats };
  return [
    ...line.map(
      (s): Effect => ({
        kind: 'tell',
        person: s.person,
        via: s.account,
        view: groupedView(after, now),
        key: keys.told(n, `grouped/${meeting.session.turn}`, s.person),
      }),
    ),
    ...(await refresh(after, ctx)),
  ];
}
const grouped: SubmitHandler<Store> = { on: 'submit', name: groupFormId, may: 'anyone', run: group };

/** How much sooner than planned a host may begin. */
const earlyMinutes = 60;

export const running: readonly Handler<Store>[] = [
  onDue('office.start', meant, async (input, _, ctx: Ctx<Store>) => {
    const meeting = await still(input, ctx);
    if (!meeting) return [];
    // We were away over all of it: a card now would call people to a call that nobody is in.
    if (ctx.now >= endsAt(meeting.session)) return close(meeting, ctx);
    return begin(meeting, ctx);
  }),
  onDue('office.close', meant, async (input, _, ctx: Ctx<Store>) => {
    const meeting = await ctx.store.officeHours.take(input.n);
    const { session } = meeting ?? {};
    const over = session?.state === 'live' || session?.state === 'planned';
    if (!meeting || !over || session.startsAt.toISOString() !== new Date(input.starts).toISOString()) return [];
    return close(meeting, ctx);
  }),
  onPress(presses.begin, ofSession, 'anyone', async ({ n }, ctx: PersonCtx<Store>) => {
    const meeting = await take(n, ctx);
    hostOnly(ctx.by, meeting.series, meeting.session);
    const { series, session } = meeting;
    if (session.state !== 'planned')
      return [answer(series.title, session.state === 'live' ? 'It’s on already.' : 'It can’t begin any more.')];
    if (addMinutes(ctx.now, earlyMinutes) < session.startsAt)
      return [answer(series.title, 'It can begin an hour before its time at the earliest. Move it to begin sooner.')];
    return [
      ...(await begin(meeting, ctx)),
      ...(await callIn(live(meeting, ctx), ctx)),
      answer(series.title, 'It’s on: the card stands in its channels.', 'good'),
    ];
  }),
  onPress(presses.finish, ofSession, 'anyone', async ({ n }, ctx: PersonCtx<Store>) => {
    const meeting = await take(n, ctx);
    hostOnly(ctx.by, meeting.series, meeting.session);
    if (meeting.session.state !== 'live') return [answer(meeting.series.title, 'It’s not on.')];
    return [...unscheduled(meeting.session), ...(await close(meeting, ctx))];
  }),
  onPress(presses.here, ofSession, 'anyone', ({ n }, ctx: PersonCtx<Store>) => here(n, ctx)),
  advancing(presses.next, 'done'),
  advancing(presses.missing, 'missed'),
  advancing(presses.offline, 'offline'),
  onPress(presses.group, atTurn, 'anyone', async (at, ctx: PersonCtx<Store>) => {
    const meeting = await look(at.n, ctx);
    hostOnly(ctx.by, meeting.series, meeting.session);
    const now = current(meeting.seats);
    if (!now || meeting.session.turn !== at.turn || lineOf(meeting.seats).length === 0)
      return [
        answer(meeting.series.title, 'This conversation is over, or nobody else is waiting. Nothing was changed.'),
      ];
    const people = await Promise.all(lineOf(meeting.seats).map((s) => ctx.store.people.byId(s.person)));
    const names = new Map(people.flatMap((p) => (p ? [[p.id, p.name] as const] : [])));
    return [{ kind: 'ask', form: groupForm(meeting, names), carry: JSON.stringify({ ...at, leader: now.person }) }];
  }),
  grouped,
  onPress(presses.late, ofSession, 'anyone', async ({ n }, ctx: PersonCtx<Store>) => {
    const meeting = await take(n, ctx);
    hostOnly(ctx.by, meeting.series, meeting.session);
    const view = notice(meeting.series.title, said('We’re running a little late. Your place is kept.'), 'info');
    const line = lineOf(meeting.seats);
    // Later in the same conversation it may be said again.
    const at = ctx.now.getTime();
    return [
      ...line.map(
        (s): Effect => ({
          kind: 'tell',
          person: s.person,
          via: s.account,
          view,
          key: keys.told(n, `late/${meeting.session.turn}/${at}`, s.person),
        }),
      ),
      answer(
        meeting.series.title,
        line.length === 0 ? 'Nobody is waiting.' : `${line.length} of the line were told.`,
        'good',
      ),
    ];
  }),
];
