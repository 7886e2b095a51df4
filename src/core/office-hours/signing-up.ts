import { z } from 'zod';
import {
  type AccountId,
  type Effect,
  type Effects,
  type Handler,
  onPress,
  type PersonCtx,
  type PersonId,
  type Raw,
  type Refuse,
  refuse,
  type SubmitHandler,
  text,
  time,
} from '../kernel/index.ts';
import { subDays } from '../kernel/instants.ts';
import { seatView, togetherView } from './announce-view.ts';
import { linkValue, signUpForm, signUpFormId, wishes } from './forms.ts';
import { keys, ofSession, presses, type Store } from './keys.ts';
import { type Given, give, isOpen, seatOf, slotsOf, type Wish } from './line.ts';
import { answer, look, take } from './parts.ts';
import { refresh } from './refresh.ts';
import { promote } from './settling.ts';
import type { Linked, Meeting, Seat } from './store.ts';
import { eve } from './times.ts';
import { emptyView } from './told-view.ts';

/** What failed or was asked for in so many days may be what somebody comes with. */
const linkDays = 14;
const linksOf = (ctx: PersonCtx<Store>): Promise<readonly Linked[]> =>
  ctx.store.officeHours.linkable(ctx.by, subDays(ctx.now, linkDays));

/** Why nobody can sign up any more. */
function closed({ session }: Meeting): string | undefined {
  if (session.state === 'skipped') return 'This session does not take place. Ask me for “office-hours” to see others.';
  if (session.state === 'done') return 'This session is over. Ask me for “office-hours” to see the next one.';
  return undefined;
}

function filled(seat: Seat): Raw {
  const time = seat.state === 'waiting' ? wishes.wait : seat.slot === undefined ? wishes.queue : String(seat.slot);
  return { topic: seat.topic, time, ...(seat.about ? { link: linkValue(seat.about) } : {}) };
}

async function ask(n: number, ctx: PersonCtx<Store>, change: boolean): Promise<Effects> {
  const meeting = await look(n, ctx);
  const why = closed(meeting);
  if (why) return [answer(meeting.series.title, why)];
  const mine = seatOf(meeting.seats, ctx.by.id);
  const open = mine !== undefined && isOpen(mine);
  if (change && !open) return [answer(meeting.series.title, 'You’re not signed up for this one.')];
  const form = signUpForm(meeting, ctx.by, await linksOf(ctx), open);
  return [{ kind: 'ask', form, carry: JSON.stringify({ n }), prior: mine ? filled(mine) : { time: wishes.first } }];
}

const answers = z.object({
  time: z.string().optional(),
  topic: z.string(),
  link: z.string().optional(),
  with: z.string().optional(),
  and: z.string().optional(),
});
type Answers = z.output<typeof answers>;

/** Without a choice there is only one way to come. */
function wishOf(time: string | undefined, { session }: Meeting): Wish {
  if (time === undefined) return session.queue || slotsOf(session) === 0 ? 'queue' : 'first';
  return time in wishes ? (time as keyof typeof wishes) : Number(time);
}

/** Who comes along, known already or met now, when they never said a word to the bot. */
async function companions(given: Answers, ctx: PersonCtx<Store>) {
  const ids: PersonId[] = [];
  const effects: Effect[] = [];
  for (const account of [given.with, given.and] as readonly (AccountId | undefined)[]) {
    if (account === undefined) continue;
    const known = await ctx.store.people.byAccount(account);
    const other = known ?? (await ctx.store.people.arrive(account, {}, ctx.now)).person;
    if (!known) effects.push({ kind: 'act', action: 'people.lookup', input: account, key: `people.lookup/${account}` });
    if (other.id !== ctx.by.id && !ids.includes(other.id)) ids.push(other.id);
  }
  return { ids, effects };
}

/** Whoever was there before keeps what the form does not ask anew. */
async function signUp(raw: unknown, carry: string, ctx: PersonCtx<Store>): Promise<Effects | Refuse> {
  const given = answers.parse(raw);
  const { n } = ofSession.parse(JSON.parse(carry));
  const links = given.link === undefined ? [] : await linksOf(ctx);
  const along = await companions(given, ctx);
  // The lock: of all who want the last time, one after the other finds it free or taken.
  const meeting = await take(n, ctx);
  const why = closed(meeting);
  if (why) return refuse({ topic: why });
  const mine = seatOf(meeting.seats, ctx.by.id);
  const before = mine && isOpen(mine) ? mine : undefined;
  if (before?.state === 'now') return refuse({ topic: 'You’re in conversation at the moment.' });
  const live = meeting.session.state === 'live';
  const got = live ? liveSeat(meeting, before) : give(wishOf(given.time, meeting), meeting, mine);
  if (!got.ok) return refuse({ time: got.why });
  const about = links.find((l) => linkValue(l) === given.link);
  const together = along.ids.length > 0 ? along.ids : (before?.together ?? []);
  const last = Math.max(0, ...meeting.seats.map((s) => s.nth));
  const now: Seat = {
    person: ctx.by.id,
    account: ctx.account,
    state: got.state,
    // Whoever comes again after a cancellation comes last.
    nth: before?.nth ?? last + 1,
    topic: given.topic,
    together,
    at: before?.at ?? ctx.now,
    ...(got.slot === undefined ? {} : { slot: got.slot }),
    ...(about ? { about } : {}),
    ...(before?.began ? { began: before.began } : {}),
    ...(before?.leader ? { leader: before.leader } : {}),
    // Who signs up while it takes place is there.
    ...(live ? { here: before?.here ?? ctx.now } : {}),
  };
  if (before) {
    const { person: _, ...change } = now;
    await ctx.store.officeHours.changeSeat(n, ctx.by.id, { ...change, slot: got.slot ?? null, about: about ?? null });
  } else await ctx.store.officeHours.addSeat(n, now);
  const after: Meeting = { ...meeting, seats: [...meeting.seats.filter((s) => s.person !== ctx.by.id), now] };
  const freed = before?.slot !== undefined && before.slot !== now.slot;
  const settled = freed ? await promote(after, ctx) : { meeting: after, effects: [] };
  const view = seatView(settled.meeting, now);
  const key = keys.seat(n, ctx.by.id);
  const fresh = now.together.filter((p) => !before?.together.includes(p));
  return [
    ...along.effects,
    { kind: 'tell', person: ctx.by.id, via: ctx.account, key, view },
    // Whoever was signed up before has this message already.
    ...(mine ? [{ kind: 'edit', key, view } as const] : []),
    ...fresh.map(
      (p): Effect => ({
        kind: 'tell',
        person: p,
        key: keys.told(n, `with/${ctx.by.id}`, p),
        view: togetherView(after, now),
      }),
    ),
    ...(after.session.state === 'planned' ? [eve(after.session, ctx.by, ctx.now)] : []),
    ...settled.effects,
    ...(await refresh(settled.meeting, ctx)),
  ];
}

/**
 * While it takes place there are no times to choose any more: one comes last in the line, or keeps the place that one has,
 * whatever a form says that was opened before. Who could not be found is there after all.
 */
function liveSeat({ session }: Meeting, before: Seat | undefined): Given {
  if (!before) return { ok: true, state: session.queue || slotsOf(session) === 0 ? 'in' : 'waiting' };
  const state = before.state === 'missed' ? 'back' : before.state;
  return { ok: true, state, ...(before.slot === undefined ? {} : { slot: before.slot }) };
}

async function cancel(n: number, ctx: PersonCtx<Store>): Promise<Effects> {
  const meeting = await take(n, ctx);
  const { title } = meeting.series;
  const mine = seatOf(meeting.seats, ctx.by.id);
  if (!mine || !isOpen(mine)) return [answer(title, 'You’re not signed up for this one, so nothing was changed.')];
  if (mine.state === 'now') return [answer(title, 'You’re in conversation at the moment: nothing was changed.')];
  await ctx.store.officeHours.changeSeat(n, ctx.by.id, { state: 'cancelled', slot: null, together: [] });
  const { slot: _, ...rest } = mine;
  const gone: Seat = { ...rest, state: 'cancelled' };
  const left = { ...meeting, seats: meeting.seats.map((s) => (s.person === ctx.by.id ? gone : s)) };
  const { meeting: after, effects } = await promote(left, ctx, mine.state === 'waiting');
  const { host } = after.session;
  const empty = !after.seats.some(isOpen) && host !== undefined && host !== ctx.by.id;
  return [
    { kind: 'edit', key: keys.seat(n, ctx.by.id), view: seatView(after, gone) },
    { kind: 'never', key: keys.eve(n, ctx.by.id) },
    ...effects,
    ...mine.together.map(
      (p): Effect => ({ kind: 'edit', key: keys.told(n, `with/${ctx.by.id}`, p), view: seatView(after, gone) }),
    ),
    ...(empty
      ? [
          {
            kind: 'tell' as const,
            person: host,
            key: keys.told(n, `empty/${ctx.now.getTime()}`, host),
            view: emptyView(after),
          },
        ]
      : []),
    answer(title, 'You’re not signed up any more.', 'good'),
    ...(await refresh(after, ctx)),
  ];
}

const signedUp: SubmitHandler<Store> = { on: 'submit', name: signUpFormId, may: 'anyone', run: signUp };

export const signingUp: readonly Handler<Store>[] = [
  onPress(presses.signUp, ofSession, 'anyone', ({ n }, ctx: PersonCtx<Store>) => ask(n, ctx, false)),
  onPress(presses.change, ofSession, 'anyone', ({ n }, ctx: PersonCtx<Store>) => ask(n, ctx, true)),
  signedUp,
  onPress(presses.cancel, ofSession, 'anyone', ({ n }, ctx: PersonCtx<Store>) => cancel(n, ctx)),
  onPress(presses.remind, ofSession, 'anyone', async ({ n }, ctx: PersonCtx<Store>) => {
    const meeting = await look(n, ctx);
    const { title } = meeting.series;
    const why = closed(meeting);
    if (why) return [answer(title, why)];
    const mine = seatOf(meeting.seats, ctx.by.id);
    if (mine && isOpen(mine)) return [answer(title, 'You’re signed up, so I’ll remind you anyway.')];
    await ctx.store.officeHours.remind(n, ctx.by.id, ctx.account);
    return [
      answer(title, text`I’ll remind you ten minutes before it begins, ${time(meeting.session.startsAt)}.`, 'good'),
    ];
  }),
];
