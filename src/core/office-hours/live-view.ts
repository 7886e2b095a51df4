import {
  type Block,
  type Button,
  counting,
  emphasis,
  form,
  type Item,
  person,
  said,
  shorten,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import { linkedText } from './announce-view.ts';
import { presses } from './keys.ts';
import { came, current, endsAt, lineOf, ordinal, slotStart, waitMinutes } from './line.ts';
import { buttons, hostText, listed, meetingPlace, notice, press } from './parts.ts';
import type { Meeting, Seat } from './store.ts';

/* While a session takes place: one card in the channels, edited as it goes. */

/** How many of the line the card names one by one. */
const named = 8;
const topicMax = 140;

const topic = (seat: Seat): Text =>
  text`${shorten(seat.topic.replace(/\s+/g, ' '), topicMax)}${seat.about ? [...said(' · '), ...linkedText(seat.about)] : ''}`;
const who = (seat: Seat): Text =>
  text`${person(seat.person)}${seat.together.length > 0 ? text` with ${listed(seat.together)}` : ''}`;

function nowBlocks(meeting: Meeting): readonly Block[] {
  const seat = current(meeting.seats);
  if (!seat)
    return [
      {
        kind: 'notice',
        tone: 'info',
        text: said(
          lineOf(meeting.seats).length > 0
            ? 'Nobody is in conversation. The host presses Next to call the first.'
            : 'Nobody is waiting. Come in with whatever you have.',
        ),
      },
    ];
  const grouped = meeting.seats.filter((s) => s.state === 'grouped' && s.leader === seat.person);
  return [
    {
      kind: 'notice',
      tone: 'good',
      text: text`${strong('Now:')} ${who(seat)}, about ${topic(seat)}${
        grouped.length > 0 ? text`. Together with ${listed(grouped.map((s) => s.person))}` : ''
      }`,
    },
  ];
}

function lineItem({ session }: Meeting, seat: Seat, place: number): Item {
  const marks = [
    ...(seat.slot === undefined ? [] : [[time(slotStart(session, seat.slot), 'time')] as Text]),
    ...(seat.here ? [said('is here')] : []),
    ...(seat.state === 'back' ? [said('was missed before')] : []),
    ...(seat.state === 'waiting' ? [said('if there is time')] : []),
  ];
  return {
    title: text`${place + 1}. ${who(seat)}${marks.flatMap((m) => [...said(' · '), ...m])}`,
    note: topic(seat),
  };
}

const joinButton = ({ session }: Meeting): Button =>
  press('Join the line', presses.signUp, { n: session.number }, { opens: 'form' });

/** The buttons of everybody, and those of the hosts: whoever presses what is not theirs is told so. */
function cardButtons(meeting: Meeting): readonly Block[] {
  const { session, seats } = meeting;
  const now = current(seats);
  const at = { n: session.number, turn: session.turn };
  const host: readonly Button[] = [
    press('Next', presses.next, at, { tone: 'primary' }),
    ...(now
      ? [
          press('Can’t find them', presses.missing, at),
          press('Take it offline', presses.offline, at),
          ...(lineOf(seats).length > 0 ? [press('Group with…', presses.group, at, { opens: 'form' })] : []),
        ]
      : []),
    press('We’re late', presses.late, { n: session.number }),
    press('End', presses.finish, { n: session.number }, { confirm: 'End this session for everybody?' }),
  ];
  return [
    { kind: 'buttons', buttons: [press('I’m here', presses.here, { n: session.number }), joinButton(meeting)] },
    { kind: 'note', text: said('For the hosts:') },
    { kind: 'buttons', buttons: host },
  ];
}

export function cardView(meeting: Meeting): View {
  const { series, session, seats } = meeting;
  const where = meetingPlace(session);
  if (session.state === 'done') return overView(meeting);
  const line = lineOf(seats);
  const missed = seats.filter((s) => s.state === 'missed');
  return {
    id: 'office.card',
    title: `${series.title}: on now`,
    summary: `${series.title} is on now`,
    blocks: [
      {
        kind: 'text',
        text: text`With ${hostText(meeting)}, until ${time(endsAt(session), 'time')}.${where ? text` ${where}` : ''}`,
      },
      ...nowBlocks(meeting),
      ...(line.length > 0
        ? [{ kind: 'items', items: line.slice(0, named).map((s, i) => lineItem(meeting, s, i)) } as const]
        : []),
      ...(line.length > named ? [{ kind: 'note', text: text`And ${line.length - named} more.` } as const] : []),
      ...(missed.length > 0
        ? [
            {
              kind: 'note',
              text: text`Not found: ${listed(missed.map((s) => s.person))}. Press “I’m here”, and you’re next.`,
            } as const,
          ]
        : []),
      ...cardButtons(meeting),
    ],
  };
}

const overView = ({ series, session, seats }: Meeting): View => {
  const talked = seats.filter(came).length;
  return {
    id: 'office.card',
    title: `${series.title}: over`,
    summary: `${series.title} is over`,
    blocks: [
      {
        kind: 'text',
        text: text`${time(session.startsAt)}. ${
          talked === 0
            ? 'Thank you for being there.'
            : `${talked} ${talked === 1 ? 'conversation' : 'conversations'}. Thank you for coming!`
        }`,
      },
      ...(session.recording ? [{ kind: 'note', text: text`Recording: ${session.recording}` } as const] : []),
      ...buttons([press('When is the next one?', presses.list, {})]),
    ],
  };
};

/** Where somebody is in the line, said to them alone. */
export function placeView(meeting: Meeting, seat: Seat): View {
  const line = lineOf(meeting.seats);
  const place = line.findIndex((s) => s.person === seat.person);
  const { title } = meeting.series;
  const where = meetingPlace(meeting.session);
  const more: readonly Block[] = where ? [{ kind: 'facts', rows: [['Where', where]] }] : [];
  if (seat.state === 'now') return notice(title, said('It’s your turn now.'), 'good', more);
  if (place < 0) return notice(title, said('You’re in this conversation already.'), 'info', more);
  return notice(
    title,
    text`You are ${strong(place < 10 ? ordinal(place) : `number ${place + 1}`)} in the line: about ${counting(waitMinutes(meeting, place), 'minute')}.`,
    'good',
    more,
  );
}

/** What the host is asked when a conversation ends. */
export const howView = (meeting: Meeting, seat: Seat): View => ({
  id: 'office.how',
  title: meeting.series.title,
  summary: 'What came of it?',
  blocks: [
    {
      kind: 'text',
      text: text`What came of it, with ${person(seat.person)}? ${emphasis(shorten(seat.topic, topicMax))}`,
    },
    ...buttons(outcomeButtons(meeting.session.number, seat)),
  ],
});

const outcomeNames = {
  solved: 'Solved',
  document: 'To document',
  feedback: 'To the backlog',
  incident: 'An incident',
} as const;
export const outcomeButtons = (n: number, seat: Seat): readonly Button[] =>
  (['solved', 'document', 'feedback', 'incident'] as const)
    .filter((o) => o !== seat.outcome)
    .map((outcome) => press(outcomeNames[outcome], presses.outcome, { n, person: seat.person, outcome }));
export const outcomeText = (seat: Seat): Text => {
  if (seat.outcome === undefined) return said('not said yet');
  return text`${outcomeNames[seat.outcome]}${seat.feedback === undefined ? '' : ` (#${seat.feedback})`}`;
};

/** It is somebody's turn. */
export const turnView = (meeting: Meeting, seat: Seat): View => {
  const where = meetingPlace(meeting.session);
  return notice(meeting.series.title, text`It’s your turn: ${hostText(meeting)} is waiting for you.`, 'good', [
    ...(where ? [{ kind: 'facts', rows: [['Where', where]] } as const] : []),
    { kind: 'note', text: text`About: ${shorten(seat.topic, topicMax)}` },
  ]);
};
export const nextView = (meeting: Meeting): View => {
  const where = meetingPlace(meeting.session);
  return notice(
    meeting.series.title,
    said('You’re next. Please come to the call.'),
    'info',
    where ? [{ kind: 'facts', rows: [['Where', where]] }] : [],
  );
};
export const missedView = (meeting: Meeting): View =>
  notice(
    meeting.series.title,
    said('It was your turn, and we could not find you. Your place is kept: press “I’m here”, and you’re next.'),
    'warn',
    buttons([press('I’m here', presses.here, { n: meeting.session.number }, { tone: 'primary' })]),
  );
export const offlineView = (meeting: Meeting, seat: Seat): View =>
  notice(
    meeting.series.title,
    text`${hostText(meeting)} comes back to you about this, outside of the session: ${shorten(seat.topic, topicMax)}`,
    'info',
  );
export const groupedView = (meeting: Meeting, leader: Seat): View => {
  const where = meetingPlace(meeting.session);
  return notice(
    meeting.series.title,
    text`It’s your turn, together with ${person(leader.person)}: both of you came with the same. ${shorten(leader.topic, topicMax)}`,
    'good',
    where ? [{ kind: 'facts', rows: [['Where', where]] }] : [],
  );
};

export const groupFormId = 'office.group';
/** With whom of the line the conversation is taken together. */
export const groupForm = (meeting: Meeting, names: ReadonlyMap<string, string>) =>
  form({
    id: groupFormId,
    title: 'Group with…',
    submit: 'Group',
    fields: {
      others: {
        kind: 'choices',
        label: 'Who came with the same?',
        options: lineOf(meeting.seats)
          .slice(0, 50)
          .map((s) => ({
            value: s.person,
            label: shorten(`${names.get(s.person) ?? 'Somebody'}: ${s.topic.replace(/\s+/g, ' ')}`, 75),
          })),
      },
    },
  });
