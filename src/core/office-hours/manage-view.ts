import { presses as news } from '../announcements/keys.ts';
import { inWords } from '../calendar/index.ts';
import { type Button, form, type Option, said, strong, type Text, text, time, type View } from '../kernel/index.ts';
import { hostsView } from './announce-view.ts';
import { presses } from './keys.ts';
import { buttons, hostText, notice, press, roomText, wallWords } from './parts.ts';
import type { Meeting } from './store.ts';

/* For those who host: one session, and what can be done with it. */

export function manageView(meeting: Meeting): View {
  const { series, session } = meeting;
  const value = { n: session.number };
  const planned = session.state === 'planned';
  const ofSession: readonly Button[] = planned
    ? [
        press('Begin now', presses.begin, value, { tone: 'primary' }),
        press('Move', presses.move, value, { opens: 'form' }),
        press('Skip', presses.skip, value, {
          tone: 'danger',
          confirm: 'Skip this session? Everybody who signed up is told.',
        }),
        press('Swap host', presses.swap, value, { opens: 'form' }),
        { label: 'Announce it', press: { name: news.session, value: JSON.stringify(value) } },
      ]
    : session.state === 'live'
      ? [press('End', presses.finish, value, { confirm: 'End this session for everybody?' })]
      : [press('Write notes', presses.notes, value, { opens: 'form' })];
  const ofSeries: readonly Button[] = [
    press('Change the series', presses.editSeries, { series: series.number }, { opens: 'form' }),
    press(
      'End the series',
      presses.endSeries,
      { series: series.number },
      {
        tone: 'danger',
        confirm: 'End it for good? Everybody who signed up for what is to come is told.',
      },
    ),
    press('I’m away', presses.away, {}, { opens: 'form' }),
  ];
  return {
    id: 'office.manage',
    title: series.title,
    summary: `${series.title}, ${wallWords(session.startsAt, series.schedule.zone)}`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['This one', text`${time(session.startsAt)}${session.moved ? ' (moved)' : ''}`],
          ['Host', hostText(meeting)],
          ['Places', roomText(meeting)],
          ...(series.schedule.rule.kind === 'once' ? [] : [['Repeats', said(inWords(series.schedule))] as const]),
          ...(series.slug === undefined ? [] : [['Kept in', said(`groundcrew.yaml, as ${series.slug}`)] as const]),
        ],
      },
      ...hostsView(meeting).blocks.filter((b) => b.kind === 'items'),
      ...buttons(ofSession),
      ...buttons(ofSeries),
    ],
  };
}

export const moveFormId = 'office.move';
/** In the zone of the series, which is where the hosts agreed on a time. */
export const moveForm = ({ series }: Meeting) =>
  form({
    id: moveFormId,
    title: 'Move this session',
    submit: 'Move',
    intro: `Only this one. Times are those of ${series.schedule.zone}. Everybody who signed up is told.`,
    fields: { day: { kind: 'date', label: 'To which day?' }, at: { kind: 'time', label: 'At what time?' } },
  });

export const swapFormId = 'office.swap';
export const swapForm = (hosts: readonly Option[]) =>
  form({
    id: swapFormId,
    title: 'Swap host',
    submit: 'Swap',
    fields: {
      host: { kind: 'choice', label: 'Who hosts this one?', options: hosts },
      other: {
        kind: 'person',
        label: 'Or somebody else',
        hint: 'They host this one session only.',
        optional: true,
      },
    },
  });

export const awayFormId = 'office.away';
export const awayForm = form({
  id: awayFormId,
  title: 'I’m away',
  submit: 'Save',
  intro: 'Sessions that you would host on these days go to whoever is next.',
  fields: {
    since: { kind: 'date', label: 'From' },
    until: { kind: 'date', label: 'To, that day included' },
  },
});

/** For whoever hosts a session from now on. */
export const nowHostView = (meeting: Meeting, why: Text): View =>
  notice(
    meeting.series.title,
    text`You host ${strong(meeting.series.title)} ${time(meeting.session.startsAt)}. ${why}`,
    'info',
    buttons([press('Manage', presses.manage, { n: meeting.session.number })]),
  );

/** Nobody is left who could host it: somebody has to. */
export const uncoveredView = (meeting: Meeting): View =>
  notice(
    meeting.series.title,
    text`Nobody covers ${strong(meeting.series.title)} ${time(meeting.session.startsAt)}: its host is away, and so is everybody else who hosts it. Swap in somebody, or skip it.`,
    'warn',
    buttons([press('Manage', presses.manage, { n: meeting.session.number })]),
  );
