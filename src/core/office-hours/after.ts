import { z } from 'zod';
import { announce } from '../feedback/asking.ts';
import { limits as backlog } from '../feedback/forms.ts';
import {
  type Ctx,
  type Effects,
  type Handler,
  onCommand,
  onPress,
  onSubmit,
  type PersonCtx,
  shorten,
  whisper,
} from '../kernel/index.ts';
import { subDays } from '../kernel/instants.ts';
import { whoCame } from './closing.ts';
import { recorded } from './demo.ts';
import { gapsIn } from './gaps.ts';
import { keys, ofSession, presses, type Store, withOutcome } from './keys.ts';
import { came, seatOf } from './line.ts';
import { answer, hostOnly, look, take, wallWords } from './parts.ts';
import type { Meeting, Seat } from './store.ts';
import { gapsView, notesForm, thanksView, wrapView } from './wrap-view.ts';

/** How far back topics are compared, and how many. */
const gapDays = 90;
const mostTopics = 1_000;
const gapsShown = 15;
/** Nobody said how much it hurts: the middle. */
const pain = 3;

/** A backlog item with the person as the one who asked: they hear what becomes of it, as of any other. */
async function toBacklog(meeting: Meeting, seat: Seat, ctx: PersonCtx<Store>) {
  const { series, session } = meeting;
  const about = seat.about
    ? `\n${seat.about.kind === 'incident' ? 'Failed deployment' : 'Request'} #${seat.about.number}: ${seat.about.words}`
    : '';
  const item = await ctx.store.feedback.add({
    requester: seat.person,
    account: seat.account,
    what: shorten(seat.topic.replace(/\s+/g, ' '), backlog.what),
    why: shorten(
      `From “${series.title}”, ${wallWords(session.startsAt, series.schedule.zone)}:\n${seat.topic}${about}`,
      backlog.why,
    ),
    pain,
    created: ctx.now,
  });
  return { number: item.number, effects: announce(item, ctx) };
}

async function gaps(ctx: Ctx<Store>): Promise<Effects> {
  const topics = await ctx.store.officeHours.topics(subDays(ctx.now, gapDays), mostTopics);
  return [whisper(gapsView(gapsIn(topics).slice(0, gapsShown)))];
}

export const after: readonly Handler<Store>[] = [
  onPress(presses.outcome, withOutcome, 'anyone', async ({ n, person, outcome }, ctx: PersonCtx<Store>) => {
    const meeting = await take(n, ctx);
    hostOnly(ctx.by, meeting.series, meeting.session);
    const { title } = meeting.series;
    const seat = seatOf(meeting.seats, person);
    if (!seat || seat.state === 'cancelled') return [answer(title, 'They are not signed up any more.')];
    // One item a conversation, however often it is pressed.
    const item =
      outcome === 'feedback' && seat.feedback === undefined ? await toBacklog(meeting, seat, ctx) : undefined;
    const over = meeting.session.state === 'done' && !came(seat);
    const change = {
      outcome,
      ...(item ? { feedback: item.number } : {}),
      ...(over ? { state: 'done' as const } : {}),
    };
    await ctx.store.officeHours.changeSeat(n, person, change);
    const now: Seat = { ...seat, ...change };
    const changed: Meeting = { ...meeting, seats: meeting.seats.map((s) => (s.person === person ? now : s)) };
    const words = {
      solved: 'Noted: solved.',
      document: 'Noted: it is listed under what to document.',
      feedback: `It’s in the backlog as #${now.feedback}, with them as the one who asked.`,
      incident: 'Noted: an incident.',
    } as const;
    return [
      ...(item?.effects ?? []),
      { kind: 'edit', key: keys.wrap(n), view: wrapView(changed) },
      answer(title, words[outcome], 'good'),
    ];
  }),
  onPress(presses.notes, ofSession, 'anyone', async ({ n }, ctx: PersonCtx<Store>) => {
    const { series, session } = await look(n, ctx);
    hostOnly(ctx.by, series, session);
    const prior = {
      ...(session.notes === undefined ? {} : { notes: session.notes }),
      ...(session.recording === undefined ? {} : { recording: session.recording }),
    };
    return [{ kind: 'ask', form: notesForm, carry: JSON.stringify({ n }), prior }];
  }),
  onSubmit(notesForm, 'anyone', async ({ notes, recording }, carry, ctx: PersonCtx<Store>) => {
    const { n } = ofSession.parse(JSON.parse(carry));
    const meeting = await take(n, ctx);
    hostOnly(ctx.by, meeting.series, meeting.session);
    await ctx.store.officeHours.changeSession(n, { notes, recording: recording ?? null });
    const { recording: _, ...rest } = meeting.session;
    const session = { ...rest, notes, ...(recording === undefined ? {} : { recording }) };
    const changed: Meeting = { ...meeting, session };
    const people = whoCame(changed);
    return [
      ...people.flatMap((p): Effects => {
        const key = keys.told(n, 'thanks', p);
        const view = thanksView(changed);
        // Whoever was thanked already finds the notes there; who was not, since the card was not used, is thanked now.
        return [
          { kind: 'tell', person: p, view, key },
          { kind: 'edit', key, view },
        ];
      }),
      { kind: 'edit', key: keys.wrap(n), view: wrapView(changed) },
      ...(await recorded(changed, ctx)),
      answer(
        meeting.series.title,
        meeting.series.kind === 'demo' ? 'It stands with the agenda now.' : `Sent to ${people.length} who came.`,
        'good',
      ),
    ];
  }),
  onCommand(
    'office-hours gaps',
    { summary: 'What people ask again and again: what to document', may: ['platform', 'product'] },
    (_, ctx) => gaps(ctx),
  ),
  onPress(presses.gaps, z.object({}), ['platform', 'product'], (_, ctx: PersonCtx<Store>) => gaps(ctx)),
];
