import { type Weekday, weekdays } from '../calendar/index.ts';
import { type Form, form, type Option, type Person, shorten } from '../kernel/index.ts';
import { freeSlots, isOpen, seatOf, slotStart, slotsOf } from './line.ts';
import { clockWords, wallWords } from './parts.ts';
import type { kinds, Linked, Meeting, Series } from './store.ts';

export const limits = { title: 80, about: 600, topic: 300, notes: 2000, link: 500 } as const;

const kindOptions: readonly Option[] = [
  { value: 'office-hours', label: 'Office hours: people come with questions' },
  { value: 'workshop', label: 'Workshop: everybody at once' },
  { value: 'demo', label: 'Demo: with an agenda' },
] satisfies readonly { readonly value: (typeof kinds)[number]; readonly label: string }[];
export const repeats = ['once', 'week', '2-weeks', '3-weeks', '4-weeks', 'month', 'last'] as const;
const repeatOptions: readonly Option[] = [
  { value: 'once', label: 'Once' },
  { value: 'week', label: 'Every week' },
  { value: '2-weeks', label: 'Every two weeks' },
  { value: '3-weeks', label: 'Every three weeks' },
  { value: '4-weeks', label: 'Every four weeks' },
  { value: 'month', label: 'Every month, on the same weekday of the month' },
  { value: 'last', label: 'Every month, on the last such weekday' },
] satisfies readonly { readonly value: (typeof repeats)[number]; readonly label: string }[];

const dayNames: Readonly<Record<Weekday, string>> = {
  mo: 'Monday',
  tu: 'Tuesday',
  we: 'Wednesday',
  th: 'Thursday',
  fr: 'Friday',
  sa: 'Saturday',
  su: 'Sunday',
};
const dayOptions: readonly Option[] = weekdays.map((value) => ({ value, label: dayNames[value] }));

export const seriesFormId = 'office.series';
/** Where people come one after the other. To a demo all come at once: what one signs up for there is its agenda. */
const conversations = { field: 'kind', is: ['office-hours', 'workshop'] } as const;
const fields = (hosts: readonly Option[], places: readonly Option[]) =>
  ({
    title: { kind: 'text', label: 'What is it called?', max: limits.title, placeholder: 'Platform office hours' },
    kind: { kind: 'choice', label: 'What is it?', options: kindOptions },
    day: { kind: 'date', label: 'The first day', hint: 'Which weekday it is follows from this day.' },
    at: { kind: 'time', label: 'Starts at' },
    zone: { kind: 'search', label: 'Time zone', source: 'people.zones', placeholder: 'Type a city, such as Berlin' },
    repeats: { kind: 'choice', label: 'How often?', options: repeatOptions },
    on: {
      kind: 'choices',
      label: 'On which weekdays?',
      hint: 'For what repeats by weeks, on more than one day. Leave it empty for the weekday of the first day.',
      options: dayOptions,
      optional: true,
    },
    minutes: { kind: 'number', label: 'How long?', unit: 'minutes', min: 5, max: 480, whole: true },
    slots: {
      kind: 'number',
      label: 'One conversation takes',
      hint: 'People choose a time of this length. Leave it empty when there are no times to choose.',
      unit: 'minutes',
      min: 5,
      max: 240,
      whole: true,
      optional: true,
      shownIf: conversations,
    },
    queue: {
      kind: 'toggle',
      label: 'May people also come without a time, one after the other?',
      shownIf: conversations,
    },
    hosts: { kind: 'choices', label: 'Who hosts? They take turns', options: hosts },
    link: {
      kind: 'text',
      label: 'Where does one meet?',
      hint: 'A link to the call, or a room.',
      max: limits.link,
      optional: true,
      placeholder: 'https://meet.example.com/platform',
    },
    about: { kind: 'text', label: 'What is it for?', multiline: true, max: limits.about, optional: true },
    places: { kind: 'choices', label: 'Which channels hear of it?', options: places, optional: true },
  }) as const;
/** `hosts` and `places`: whom and what one can choose from at this moment. */
export const seriesForm = (hosts: readonly Option[], places: readonly Option[], edited?: Series) =>
  form({
    id: seriesFormId,
    title: edited ? 'Change it' : 'New office hours',
    submit: edited ? 'Save' : 'Plan it',
    fields: fields(hosts, places),
  });

export const signUpFormId = 'office.sign-up';
/** Values of the field that asks for a time; a slot is its number. */
export const wishes = { first: 'first', queue: 'queue', wait: 'wait' } as const;
export const linkValue = ({ kind, number }: Linked): string => `${kind}-${number}`;

/** The times that somebody can choose, in their own zone. */
function timeOptions(meeting: Meeting, by: Person): readonly Option[] {
  const { session, seats } = meeting;
  const mine = seatOf(seats, by.id);
  const own = mine && isOpen(mine) ? mine.slot : undefined;
  const planned = session.state === 'planned';
  const free = planned ? [...freeSlots(meeting), ...(own === undefined ? [] : [own])].toSorted((a, b) => a - b) : [];
  return [
    ...(free.length > 0 ? [{ value: wishes.first, label: 'The first that is free' }] : []),
    ...free.map((slot) => ({ value: String(slot), label: clockWords(slotStart(session, slot), by.zone) })),
    ...(session.queue ? [{ value: wishes.queue, label: 'No fixed time: one after the other' }] : []),
    ...(free.length === 0 && slotsOf(session) > 0 && planned
      ? [{ value: wishes.wait, label: 'All times are taken: tell me when one is free' }]
      : []),
  ].slice(0, 100);
}

export function signUpForm(meeting: Meeting, by: Person, links: readonly Linked[], change = false) {
  const { series, session } = meeting;
  const times = timeOptions(meeting, by);
  const common = {
    topic: {
      kind: 'text',
      label: 'What is it about?',
      hint: 'The hosts read it beforehand, and in the session everybody in the channel.',
      multiline: true,
      max: limits.topic,
    },
    ...(links.length > 0
      ? {
          link: {
            kind: 'choice',
            label: 'Is it about one of these?',
            optional: true,
            options: links.map((l) => ({
              value: linkValue(l),
              label: shorten(`${l.kind === 'incident' ? 'Failed deployment' : 'Request'} #${l.number}: ${l.words}`, 75),
            })),
          },
        }
      : {}),
    with: { kind: 'person', label: 'Who comes with you?', optional: true },
    and: { kind: 'person', label: 'And who else?', optional: true },
  } as const;
  return form({
    id: signUpFormId,
    title: change ? 'Change my place' : 'Sign up',
    submit: change ? 'Save' : 'Sign up',
    intro: `${series.title}, ${wallWords(session.startsAt, by.zone)}`,
    fields: {
      // A choice of one is none.
      ...(times.length > 1 ? { time: { kind: 'choice', label: 'When?', options: times } as const } : {}),
      ...common,
    },
  } as Form);
}
