import {
  type Button,
  counting,
  form,
  link,
  person,
  safeUrl,
  said,
  shorten,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import { linkedText } from './announce-view.ts';
import { limits } from './forms.ts';
import type { Gap } from './gaps.ts';
import { presses } from './keys.ts';
import { came } from './line.ts';
import { outcomeButtons, outcomeText } from './live-view.ts';
import { buttons, notice, press, wallWords } from './parts.ts';
import type { Meeting, Seat } from './store.ts';

/* After a session: what came of it, and what that says about the documentation. */

const absentNames = {
  absent: 'was not there',
  unmet: 'was there, and the time ran out',
  offline: 'taken offline',
  in: 'signed up',
  waiting: 'waited for a time',
} as const;
const stateText = (seat: Seat): Text => {
  if (seat.outcome !== undefined || seat.state === 'done' || seat.state === 'grouped') return outcomeText(seat);
  return said(seat.state in absentNames ? absentNames[seat.state as keyof typeof absentNames] : '');
};
const seatButtons = (n: number, seat: Seat): readonly Button[] =>
  seat.state === 'absent' || seat.state === 'unmet' ? [] : outcomeButtons(n, seat);

/** For the hosts: who came, with what, and one tap for what came of it. */
export function wrapView(meeting: Meeting): View {
  const { series, session, seats } = meeting;
  const listed = seats.filter((s) => s.state !== 'cancelled');
  const talked = seats.filter(came).length;
  const absent = seats.filter((s) => s.state === 'absent').length;
  return {
    id: 'office.wrap',
    title: `What came of it: ${series.title}`,
    summary: `${series.title}, ${wallWords(session.startsAt, series.schedule.zone)}: ${talked} came`,
    blocks: [
      session.turn === 0
        ? {
            kind: 'text',
            text: text`The session of ${time(session.startsAt)} is over, and its card was not used: I don’t know who came. Say what came of it where somebody did.`,
          }
        : {
            kind: 'text',
            text: text`${time(session.startsAt)}: ${talked} came${absent === 0 ? '' : `, ${absent} ${absent === 1 ? 'was' : 'were'} not there`}.`,
          },
      {
        kind: 'items',
        items: listed.map((seat) => ({
          title: text`${person(seat.person)} · ${stateText(seat)}`,
          note: text`${shorten(seat.topic, 200)}${seat.about ? [...said('\n'), ...linkedText(seat.about)] : ''}`,
          buttons: seatButtons(session.number, seat),
        })),
      },
      ...buttons([
        press(
          session.notes ? 'Change the notes' : 'Write notes',
          presses.notes,
          { n: session.number },
          { opens: 'form' },
        ),
        press('What to document', presses.gaps, {}),
      ]),
    ],
  };
}

export const notesFormId = 'office.notes';
export const notesForm = form({
  id: notesFormId,
  title: 'Notes of the session',
  submit: 'Send',
  intro: 'Whoever came gets them as a direct message.',
  fields: {
    notes: { kind: 'text', label: 'What was found out?', multiline: true, max: limits.notes },
    recording: { kind: 'text', label: 'Link to the recording', max: limits.link, optional: true },
  },
});

export function thanksView(meeting: Meeting): View {
  const { series, session } = meeting;
  const recording = session.recording === undefined ? undefined : safeUrl(session.recording);
  return {
    id: 'office.thanks',
    title: series.title,
    summary: 'Thank you for coming',
    blocks: [
      {
        kind: 'notice',
        tone: 'good',
        text: text`Thank you for coming, and for what you brought (${time(session.startsAt, 'date')}).`,
      },
      ...(session.notes ? [{ kind: 'quote', text: said(session.notes) } as const] : []),
      ...(recording ? [{ kind: 'text', text: [link('The recording', recording)] } as const] : []),
      ...buttons([press('When is the next one?', presses.list, {})]),
    ],
  };
}

export const unmetView = (meeting: Meeting, seat: Seat): View =>
  notice(
    meeting.series.title,
    text`We ran out of time before it was your turn. I’m sorry. About: ${shorten(seat.topic, 140)}`,
    'warn',
    buttons([press('Take me to the next one', presses.list, {}, { tone: 'primary' })]),
  );

/** What many came with: if it’s not documented, it doesn’t exist. */
export function gapsView(gaps: readonly Gap[]): View {
  return {
    id: 'office.gaps',
    title: 'What to document',
    summary: gaps.length === 0 ? 'Nothing came up twice' : `${counting(gaps.length, 'topic')} came up again`,
    blocks: [
      gaps.length === 0
        ? {
            kind: 'text',
            text: said('Nothing came up twice, and nothing was marked “To document”, in the last three months.'),
          }
        : {
            kind: 'items',
            items: gaps.map((gap) => ({
              title: text`${strong(shorten(gap.title, 120))}`,
              note: text`${gap.count === 1 ? 'once' : `${gap.count} times`}, by ${gap.people} ${gap.people === 1 ? 'person' : 'people'}${
                gap.marked > 0 ? `, ${gap.marked} marked “To document”` : ''
              }, last ${time(gap.last, 'date')}`,
            })),
          },
    ],
  };
}
