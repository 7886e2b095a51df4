import {
  type Button,
  counting,
  form,
  type Item,
  link,
  type Option,
  type Person,
  type PersonId,
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
import { addMinutes } from '../kernel/instants.ts';
import { presses as own } from './demo-presses.ts';
import type { DemoItem } from './demo-store.ts';
import { presses } from './keys.ts';
import { buttons, hosts, hostText, meetingPlace, wallWords } from './parts.ts';
import type { Meeting } from './store.ts';

/* A demo in the channels, and what its presenters and hosts are told. */

export const demoLimits = { title: 120, minutes: 60 } as const;

const button = (
  label: string,
  name: string,
  value: unknown,
  more: Pick<Button, 'tone' | 'confirm' | 'opens'> = {},
): Button => ({ label, press: { name, value: JSON.stringify(value) }, ...more });

export const minutesOf = (items: readonly DemoItem[]): number => items.reduce((sum, i) => sum + i.minutes, 0);

/** When each begins, one after the other. */
const begins = ({ session }: Meeting, items: readonly DemoItem[], i: number): Date =>
  addMinutes(session.startsAt, minutesOf(items.slice(0, i)));

const row = (meeting: Meeting, items: readonly DemoItem[], i: number, more: readonly Button[] = []): Item => {
  const item = items[i] as DemoItem;
  return {
    title: text`${time(begins(meeting, items, i), 'time')} ${strong(item.title)}`,
    note: text`${person(item.person)} · ${counting(item.minutes, 'minute')}${item.feedback === undefined ? '' : ` · shipped as #${item.feedback}`}`,
    ...(more.length > 0 ? { buttons: more } : {}),
  };
};

const standing = (meeting: Meeting, items: readonly DemoItem[]): Text => {
  const { session } = meeting;
  if (session.state === 'skipped') return text`The demo of ${time(session.startsAt)} does not take place.`;
  if (session.state === 'done') return text`The demo of ${time(session.startsAt, 'date')} is over. Thank you!`;
  if (session.state === 'live') return text`The demo has begun: ${time(session.startsAt, 'time')}.`;
  return items.length === 0
    ? text`Nothing is on the agenda yet: everybody who made something may show it.`
    : text`This is the agenda so far: ${minutesOf(items)} of ${session.minutes} minutes.`;
};

/** The call for items and the agenda are one message: it is edited as the agenda grows, and after the demo. */
export function agendaView(meeting: Meeting, items: readonly DemoItem[]): View {
  const { series, session } = meeting;
  const n = session.number;
  const planned = session.state === 'planned';
  const where = planned || session.state === 'live' ? meetingPlace(session) : undefined;
  const recording = session.recording === undefined ? undefined : safeUrl(session.recording);
  return {
    id: 'demo.agenda',
    title: `${series.title}: ${items.length === 0 && planned ? 'what will you show?' : 'the agenda'}`,
    summary: `${series.title}, ${wallWords(session.startsAt, series.schedule.zone)}: ${items.length === 0 ? 'what will you show?' : 'the agenda'}`,
    blocks: [
      session.state === 'skipped'
        ? { kind: 'notice', tone: 'warn', text: standing(meeting, items) }
        : { kind: 'text', text: standing(meeting, items) },
      ...(session.state === 'skipped'
        ? []
        : ([
            {
              kind: 'facts',
              rows: [
                ['When', text`${time(session.startsAt)}, ${session.minutes} minutes`],
                ['Host', hostText(meeting)],
                ...(where ? [['Where', where] as const] : []),
              ],
            },
          ] as const)),
      ...(items.length > 0 ? [{ kind: 'items', items: items.map((_, i) => row(meeting, items, i)) } as const] : []),
      ...(session.notes ? [{ kind: 'quote', text: said(session.notes) } as const] : []),
      ...(recording ? [{ kind: 'text', text: text`${link('Watch the recording', recording)}` } as const] : []),
      ...(planned
        ? buttons([
            button('Show something', own.add, { n }, { tone: 'primary', opens: 'form' }),
            ...(items.length > 0 ? [button('Change the agenda', own.manage, { n })] : []),
          ])
        : []),
    ],
  };
}

/** The agenda with what this person may do with it. */
export function manageAgendaView(meeting: Meeting, items: readonly DemoItem[], by: Person): View {
  const host = hosts(by, meeting.series, meeting.session);
  const may = (item: DemoItem) => host || item.person === by.id || item.by === by.id;
  const actions = (item: DemoItem, i: number): readonly Button[] => [
    ...(host && i > 0 ? [button('Earlier', own.earlier, { item: item.number, n: item.session })] : []),
    ...(may(item)
      ? [
          button(
            'Take off',
            own.remove,
            { item: item.number, n: item.session },
            { tone: 'danger', confirm: `“${shorten(item.title, 80)}” is not shown then.` },
          ),
        ]
      : []),
  ];
  return {
    id: 'demo.manage',
    title: `Agenda: ${meeting.series.title}`,
    summary: `${items.length} on the agenda`,
    blocks: [
      items.length === 0
        ? { kind: 'text', text: said('Nothing is on the agenda.') }
        : { kind: 'items', items: items.map((item, i) => row(meeting, items, i, actions(item, i))) },
      ...buttons([
        button('Show something', own.add, { n: meeting.session.number }, { tone: 'primary', opens: 'form' }),
      ]),
    ],
  };
}

export const addFormId = 'demo.add';
/** `shipped`: what shipped lately and was not shown. */
export const addForm = (shipped: readonly Option[], left: number) =>
  form({
    id: addFormId,
    title: 'Show something',
    submit: 'Put it on the agenda',
    fields: {
      ...(shipped.length > 0
        ? {
            shipped: {
              kind: 'choice',
              label: 'Is it one of these, which shipped lately?',
              options: shipped,
              optional: true,
            } as const,
          }
        : {}),
      title: {
        kind: 'text',
        label: 'What is it?',
        hint: 'One line.',
        max: demoLimits.title,
        ...(shipped.length > 0
          ? ({ hint: 'Leave it empty when you chose something above.', optional: true } as const)
          : {}),
      },
      minutes: {
        kind: 'number',
        label: 'How long does it take?',
        hint: `${counting(left, 'minute')} left.`,
        unit: 'minutes',
        min: 1,
        max: demoLimits.minutes,
        whole: true,
      },
      presenter: { kind: 'person', label: 'Who presents it, if it’s not you?', optional: true },
    },
  });

const told = (meeting: Meeting, words: Text, summary: string, more: readonly Button[] = []): View => {
  const where = meetingPlace(meeting.session);
  return {
    id: 'demo.told',
    title: meeting.series.title,
    summary: `${meeting.series.title}: ${summary}`,
    blocks: [
      { kind: 'notice', tone: 'info', text: words },
      ...(where ? [{ kind: 'facts', rows: [['Where', where] as const] } as const] : []),
      ...buttons(more),
    ],
  };
};
const mine = (meeting: Meeting, items: readonly DemoItem[], who: PersonId): Text => {
  const at = items.flatMap((item, i) =>
    item.person === who ? [text`“${item.title}” at ${time(begins(meeting, items, i), 'time')}`] : [],
  );
  return at.flatMap((each, i): Text => [...said(i === 0 ? '' : ' and '), ...each]);
};
const change = (meeting: Meeting): readonly Button[] => [
  button('See the agenda', own.manage, { n: meeting.session.number }),
];

/** For somebody whom another person named as the presenter. */
export const namedView = (meeting: Meeting, title: string, by: PersonId): View =>
  told(
    meeting,
    text`${person(by)} put “${title}” on the agenda of ${time(meeting.session.startsAt)}, presented by you.`,
    'you present something',
    change(meeting),
  );
/** The day before, at a civil hour where they are. */
export const presenterEveView = (meeting: Meeting, items: readonly DemoItem[], who: PersonId): View =>
  told(
    meeting,
    text`A reminder: you show ${mine(meeting, items, who)}, ${time(meeting.session.startsAt, 'date')}.`,
    'you present tomorrow',
    change(meeting),
  );
export const presenterSoonView = (meeting: Meeting, items: readonly DemoItem[], who: PersonId): View =>
  told(
    meeting,
    text`The demo begins in a few minutes, ${time(meeting.session.startsAt, 'time')}. You show ${mine(meeting, items, who)}.`,
    'it begins in a few minutes',
  );
/** Once it is over, for whoever hosted it. */
export const afterDemoView = (meeting: Meeting): View =>
  told(
    meeting,
    text`The demo is over. Who could not be there waits for the recording and the notes: both go into the channels.`,
    'add the recording and the notes',
    [
      button(
        'Add recording and notes',
        presses.notes,
        { n: meeting.session.number },
        { tone: 'primary', opens: 'form' },
      ),
    ],
  );
/** Under the agenda, so that whoever follows it hears of them. */
export const recordedView = (meeting: Meeting): View => {
  const { series, session } = meeting;
  const recording = session.recording === undefined ? undefined : safeUrl(session.recording);
  return {
    id: 'demo.recorded',
    title: series.title,
    summary: `${series.title}: ${recording ? 'the recording and the notes' : 'the notes'}`,
    blocks: [
      { kind: 'notice', tone: 'good', text: text`The notes of ${time(session.startsAt, 'date')} are here.` },
      ...(session.notes ? [{ kind: 'quote', text: said(session.notes) } as const] : []),
      ...(recording ? [{ kind: 'text', text: text`${link('Watch the recording', recording)}` } as const] : []),
    ],
  };
};
