import { inWords } from '../calendar/index.ts';
import { fileButton } from '../invitations/presses.ts';
import {
  type Block,
  type Button,
  command,
  counting,
  person,
  said,
  shorten,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import { presses } from './keys.ts';
import { endsAt, freeSlots, isOpen, lineOf, seatOf, slotStart, slotsOf, waitingPlace } from './line.ts';
import { buttons, hostText, listed, meetingPlace, press, roomText, wallWords } from './parts.ts';
import type { Linked, Meeting, Seat, Series } from './store.ts';

export const signUpButton = ({ session }: Pick<Meeting, 'session'>): Button =>
  press('Sign up', presses.signUp, { n: session.number }, { tone: 'primary', opens: 'form' });
export const remindButton = ({ session }: Pick<Meeting, 'session'>): Button =>
  press('Remind me', presses.remind, { n: session.number });

const rows = (meeting: Meeting): readonly (readonly [string, Text])[] => {
  const where = meetingPlace(meeting.session);
  return [
    ['When', text`${time(meeting.session.startsAt)} to ${time(endsAt(meeting.session), 'time')}`],
    ['With', hostText(meeting)],
    ...(where ? [['Where', where] as const] : []),
    ...(meeting.session.state === 'planned' ? [['Places', roomText(meeting)] as const] : []),
  ];
};

/** A session in the channels: before it begins, and what became of it when it did not take place. */
export function announceView(meeting: Meeting): View {
  const { series, session } = meeting;
  const cancelled = session.state === 'skipped';
  const over = session.state === 'done';
  return {
    id: 'office.announce',
    title: series.title,
    summary: cancelled
      ? `${series.title}, ${wallWords(session.startsAt, series.schedule.zone)}, does not take place`
      : `${series.title}: ${wallWords(session.startsAt, series.schedule.zone)}`,
    blocks: [
      ...(cancelled
        ? [
            {
              kind: 'notice',
              tone: 'warn',
              text: text`This session, ${time(session.startsAt)}, does not take place.`,
            } as const,
          ]
        : []),
      ...(series.about ? [{ kind: 'text', text: said(series.about) } as const] : []),
      ...(cancelled ? [] : [{ kind: 'facts', rows: rows(meeting) } as const]),
      ...(cancelled || over || session.state === 'live' ? [] : buttons([signUpButton(meeting), remindButton(meeting)])),
      ...(session.state === 'live'
        ? [{ kind: 'note', text: said('It’s on now: see the message below.') } as const]
        : []),
      ...(over ? [{ kind: 'note', text: said('It’s over. Thank you for coming!') } as const] : []),
    ],
  };
}

/** What is said of the linked thing, beside the topic. */
export const linkedText = ({ kind, number, words }: Linked): Text =>
  text`${kind === 'incident' ? 'Failed deployment' : 'Request'} #${number}: ${words}`;

/** For the hosts, the day before: who comes, with what. */
export function hostsView(meeting: Meeting): View {
  const { series, session, seats } = meeting;
  const coming = lineOf(seats);
  const note = (seat: Seat): Text =>
    text`${seat.topic}${seat.about ? [...said('\n'), ...linkedText(seat.about)] : ''}${
      seat.together.length > 0 ? [...said('\ntogether with '), ...listed(seat.together)] : ''
    }`;
  const when = (seat: Seat): Text =>
    seat.slot === undefined
      ? said(seat.state === 'waiting' ? 'waiting for a time' : 'in the queue')
      : [time(slotStart(session, seat.slot), 'time')];
  return {
    id: 'office.hosts',
    title: `What people come with: ${series.title}`,
    summary: `${series.title}, ${wallWords(session.startsAt, series.schedule.zone)}: ${coming.length} signed up`,
    blocks: [
      {
        kind: 'text',
        text: text`${time(session.startsAt)}, hosted by ${hostText(meeting)}.`,
      },
      coming.length === 0
        ? { kind: 'text', text: said('Nobody has signed up so far. Who drops in is welcome.') }
        : {
            kind: 'items',
            items: coming.map((seat) => ({
              title: text`${when(seat)} ${person(seat.person)}`,
              note: note(seat),
            })),
          },
      ...buttons([press('Manage this session', presses.manage, { n: session.number })]),
    ],
  };
}

function standing(meeting: Meeting, seat: Seat): Block {
  const { session } = meeting;
  if (seat.state === 'cancelled') return { kind: 'notice', tone: 'info', text: said('You’re not signed up any more.') };
  if (session.state === 'skipped')
    return { kind: 'notice', tone: 'warn', text: text`This session does not take place. I’m sorry.` };
  if (seat.state === 'waiting')
    return {
      kind: 'notice',
      tone: 'info',
      text: text`All times are taken: you are number ${waitingPlace(meeting, seat)} on the waiting list. I’ll tell you when one is free.`,
    };
  return {
    kind: 'notice',
    tone: 'good',
    text:
      seat.slot === undefined
        ? text`You’re in the queue for ${time(session.startsAt)}. Come when it begins: you’re called one after the other.`
        : text`You have ${time(slotStart(session, seat.slot))}.`,
  };
}

/** One's own place, in direct messages; it is edited as things change. */
export function seatView(meeting: Meeting, seat: Seat): View {
  const { series, session } = meeting;
  const value = { n: session.number };
  const gone = seat.state === 'cancelled' || session.state === 'skipped';
  const where = gone ? undefined : meetingPlace(session);
  const planned = session.state === 'planned';
  const again = !gone || !planned ? [] : [signUpButton(meeting)];
  const own =
    gone || !planned
      ? []
      : [
          press('Change', presses.change, value, { opens: 'form' }),
          ...(seat.state === 'waiting' ? [] : [fileButton(session.number)]),
          press('Give it back', presses.cancel, value, {
            tone: 'danger',
            confirm: 'Give your place back? Somebody else may get it at once.',
          }),
        ];
  return {
    id: 'office.seat',
    title: series.title,
    summary: `${series.title}, ${wallWords(session.startsAt, series.schedule.zone)}: ${gone ? 'you’re not signed up' : 'you’re signed up'}`,
    blocks: [
      standing(meeting, seat),
      {
        kind: 'facts',
        rows: [
          ['About', said(seat.topic)],
          ...(seat.about ? [['Linked', linkedText(seat.about)] as const] : []),
          ...(seat.together.length > 0 ? [['With you', listed(seat.together)] as const] : []),
          ...(gone ? [] : [['Host', hostText(meeting)] as const]),
          ...(where ? [['Where', where] as const] : []),
        ],
      },
      ...buttons([...own, ...again]),
    ],
  };
}

/** For who comes along with somebody. */
export const togetherView = (meeting: Meeting, seat: Seat): View => {
  const { series, session } = meeting;
  const at = seat.slot === undefined ? session.startsAt : slotStart(session, seat.slot);
  const where = meetingPlace(session);
  return {
    id: 'office.together',
    title: series.title,
    summary: `${series.title}, ${wallWords(at, series.schedule.zone)}: you’re coming along`,
    blocks: [
      {
        kind: 'notice',
        tone: 'info',
        text: text`${person(seat.person)} signed up together with you, for ${time(at)}.`,
      },
      {
        kind: 'facts',
        rows: [['About', said(seat.topic)], ...(where ? [['Where', where] as const] : [])],
      },
    ],
  };
};

function listNote(meeting: Meeting, mine: Seat | undefined): Text {
  const { session } = meeting;
  const own = !mine
    ? ''
    : mine.state === 'waiting'
      ? ' · you’re on the waiting list'
      : mine.slot === undefined
        ? ' · you’re in the queue'
        : text` · you have ${time(slotStart(session, mine.slot), 'time')}`;
  const live = session.state === 'live' ? 'on now · ' : '';
  return text`${live}with ${hostText(meeting)} · ${roomText(meeting)}${own}`;
}

/** What comes next, with one's own places in it. */
export function listView(
  meetings: readonly Meeting[],
  of: { readonly person: Meeting['seats'][number]['person']; readonly may: boolean; readonly team: string },
  more: readonly Button[] = [],
): View {
  const buttonsOf = (meeting: Meeting): readonly Button[] => {
    const mine = seatOf(meeting.seats, of.person);
    const value = { n: meeting.session.number };
    const own =
      mine && isOpen(mine)
        ? meeting.session.state === 'live'
          ? [press('I’m here', presses.here, value, { tone: 'primary' })]
          : [
              press('Change', presses.change, value, { opens: 'form' }),
              press('Give it back', presses.cancel, value, { confirm: 'Give your place back?' }),
            ]
        : [signUpButton(meeting), ...(meeting.session.state === 'planned' ? [remindButton(meeting)] : [])];
    const host = of.may || meeting.session.host === of.person || meeting.series.hosts.includes(of.person);
    return [...own, ...(host ? [press('Manage', presses.manage, value)] : [])];
  };
  const empty = of.may
    ? text`Nothing is planned at the moment. Plan office hours: people then sign up here, in the channel and on their home page.`
    : text`Nothing is planned at the moment. Tell ${of.team} what you would come with: ${command('feedback')}.`;
  return {
    id: 'office.list',
    title: 'Office hours',
    summary: meetings.length === 0 ? 'Office hours: nothing is planned' : `Office hours: ${meetings.length} to come`,
    blocks: [
      meetings.length === 0
        ? { kind: 'text', text: empty }
        : {
            kind: 'items',
            items: meetings.map((meeting) => ({
              title: text`${strong(shorten(meeting.series.title, 80))} · ${time(meeting.session.startsAt)}`,
              note: listNote(
                meeting,
                meeting.seats.find((s) => s.person === of.person && isOpen(s)),
              ),
              buttons: buttonsOf(meeting),
            })),
          },
      ...buttons(more),
    ],
  };
}

/** What was planned, in words. */
export function plannedView(series: Series, next: Meeting | undefined, changed = false): View {
  const words = text`${strong(series.title)} ${changed ? 'is changed' : 'is planned'}: ${inWords(series.schedule)}, ${series.minutes} minutes.`;
  return {
    id: 'office.planned',
    title: series.title,
    summary: `${series.title}: ${inWords(series.schedule)}`,
    blocks: [
      { kind: 'notice', tone: 'good', text: words },
      {
        kind: 'text',
        text: next
          ? text`The next one is ${time(next.session.startsAt)}, hosted by ${hostText(next)}. ${slotsOf(next.session) > 0 ? `${counting(freeSlots(next).length, 'time')} to choose.` : ''}`
          : said('No session of it is to come.'),
      },
      ...(next ? buttons([press('Manage', presses.manage, { n: next.session.number })]) : []),
    ],
  };
}
