import { type Block, said, type Text, text, time, type View } from '../kernel/index.ts';
import { signUpButton } from './announce-view.ts';
import { presses } from './keys.ts';
import { slotStart, waitingPlace } from './line.ts';
import { buttons, meetingPlace, press, wallWords } from './parts.ts';
import type { Meeting, Seat } from './store.ts';

/* What people are told when something of a session changes, and reminders. */

const told = (
  meeting: Meeting,
  words: Text,
  tone: 'info' | 'good' | 'warn',
  summary: string,
  more: readonly Block[] = [],
): View => ({
  id: 'office.told',
  title: meeting.series.title,
  summary: `${meeting.series.title}: ${summary}`,
  blocks: [{ kind: 'notice', tone, text: words }, ...more],
});

const where = (meeting: Meeting): readonly Block[] => {
  const place = meetingPlace(meeting.session);
  return place ? [{ kind: 'facts', rows: [['Where', place]] }] : [];
};

export const movedView = (meeting: Meeting, before: Date): View =>
  told(
    meeting,
    text`This session was moved: it is ${time(meeting.session.startsAt)} now, instead of ${time(before)}.`,
    'warn',
    `moved to ${wallWords(meeting.session.startsAt, meeting.series.schedule.zone)}`,
    [
      {
        kind: 'note',
        text: said('Your place moved with it. If the new time doesn’t suit you, cancel it in the message above.'),
      },
    ],
  );

/** It was skipped, and is not any more. */
export const backView = (meeting: Meeting): View =>
  told(
    meeting,
    text`This session takes place after all: ${time(meeting.session.startsAt)}.`,
    'good',
    `it takes place after all, ${wallWords(meeting.session.startsAt, meeting.series.schedule.zone)}`,
    [{ kind: 'note', text: said('Your place is as it was. If it doesn’t suit you any more, give it back.') }],
  );

/** For who has a time that begins at another moment, since the times of the series changed. */
export const otherTimeView = (meeting: Meeting, now: Date, before: Date): View =>
  told(
    meeting,
    text`The times of ${time(meeting.session.startsAt)} have changed: yours is ${time(now)} now, instead of ${time(before)}.`,
    'warn',
    'your time has changed',
    buttons([press('Change', presses.change, { n: meeting.session.number }, { opens: 'form' })]),
  );

export const skippedView = (meeting: Meeting): View =>
  told(
    meeting,
    text`The session of ${time(meeting.session.startsAt)} does not take place.`,
    'warn',
    'a session does not take place',
    buttons([press('See what else there is', presses.list, {})]),
  );

/** For who waited, and now has a time. */
export const promotedView = (meeting: Meeting, seat: Seat): View =>
  told(
    meeting,
    text`A time became free, and it’s yours: ${time(slotStart(meeting.session, seat.slot ?? 0))}.`,
    'good',
    'you have a time now',
    [
      ...where(meeting),
      ...buttons([
        press(
          'I can’t come',
          presses.cancel,
          { n: meeting.session.number },
          { confirm: 'Give it to whoever waits next?' },
        ),
      ]),
    ],
  );

/** For who had a time that is not there any more, since the series changed. */
export const lostSlotView = (meeting: Meeting, seat: Seat): View =>
  told(
    meeting,
    seat.state === 'waiting'
      ? text`The times of ${time(meeting.session.startsAt)} have changed, and yours is not there any more. You’re number ${waitingPlace(meeting, seat)} on the waiting list now.`
      : text`The times of ${time(meeting.session.startsAt)} have changed, and yours is not there any more. You’re in the queue instead.`,
    'warn',
    'the times have changed',
    buttons([press('Change', presses.change, { n: meeting.session.number }, { opens: 'form' })]),
  );

/** For who signed up with two logins that turned out to be one person. */
export const joinedView = (meeting: Meeting, seat: Seat): View =>
  told(
    meeting,
    text`Your logins are one person to me now, and one person has one place: yours is ${
      seat.slot === undefined
        ? text`${seat.state === 'waiting' ? 'on the waiting list' : 'in the queue'} of ${time(meeting.session.startsAt)}`
        : time(slotStart(meeting.session, seat.slot))
    }. The other one is free for somebody else.`,
    'info',
    'you have one place',
    buttons([press('Change', presses.change, { n: meeting.session.number }, { opens: 'form' })]),
  );

/** In the place of the message to a login whose place is told elsewhere now. */
export const elsewhereView = (meeting: Meeting): View =>
  told(
    meeting,
    text`Your logins are one person to me now. How your place stands is in a message of its own.`,
    'info',
    'your place is in another message',
    buttons([press('Show office hours', presses.list, {})]),
  );

/** For the host, when everybody has cancelled. */
export const emptyView = (meeting: Meeting): View =>
  told(
    meeting,
    text`Everybody has cancelled for ${time(meeting.session.startsAt)}: nobody is signed up any more. Who drops in is welcome.`,
    'info',
    'nobody is signed up any more',
    buttons([press('Manage this session', presses.manage, { n: meeting.session.number })]),
  );

/** The day before, in one's own zone. */
export const eveView = (meeting: Meeting, seat: Seat): View =>
  told(
    meeting,
    text`A reminder: ${
      seat.slot === undefined
        ? text`it begins ${time(meeting.session.startsAt)}`
        : text`you have ${time(slotStart(meeting.session, seat.slot))}`
    }${seat.state === 'waiting' ? ', and you’re on the waiting list' : ''}.`,
    'info',
    `a reminder of ${wallWords(meeting.session.startsAt, meeting.series.schedule.zone)}`,
    [
      { kind: 'facts', rows: [['About', said(seat.topic)]] },
      ...where(meeting),
      ...buttons([
        press('Change', presses.change, { n: meeting.session.number }, { opens: 'form' }),
        press('Give it back', presses.cancel, { n: meeting.session.number }, { confirm: 'Give your place back?' }),
      ]),
    ],
  );

/** Ten minutes before it begins, with the link; later when we were away, and then it says so. */
export function soonView(meeting: Meeting, seat: Seat | undefined, now: Date): View {
  const { session } = meeting;
  const begun = now >= session.startsAt || session.state === 'live';
  const own = seat?.slot === undefined ? undefined : slotStart(session, seat.slot);
  return told(
    meeting,
    text`${begun ? (now < session.startsAt ? 'It has begun, sooner than planned' : 'It has begun') : 'It begins in a few minutes'}: ${time(session.startsAt)}.${
      own ? text` Your time is ${time(own, 'time')}.` : ''
    }`,
    'info',
    begun ? 'it has begun' : 'it begins in a few minutes',
    [
      ...where(meeting),
      ...buttons([
        ...(seat ? [press('I’m here', presses.here, { n: session.number }, { tone: 'primary' })] : []),
        ...(seat ? [] : [signUpButton(meeting)]),
      ]),
    ],
  );
}
