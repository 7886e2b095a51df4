import type { DemoItem } from '../../src/core/office-hours/demo-store.ts';
import * as demoViews from '../../src/core/office-hours/demo-view.ts';
import type { Meeting } from '../../src/core/office-hours/store.ts';
import { ann, goldens, grace, type ViewsOf } from './golden.ts';
import { below, type Json, slack as s, teams as t } from './json.ts';
import { meeting as usual } from './office-cases.ts';

/* The monthly demo, from the call for items to the recording, drawn twice. */

const meet = 'https://meet.acme.example/platform';
const as = (session: Partial<Meeting['session']> = {}): Meeting => ({
  series: { ...usual.series, kind: 'demo', title: 'Monthly demo' },
  session: { ...usual.session, ...session },
  seats: [],
});
const items: readonly DemoItem[] = [
  {
    number: 1,
    session: 5,
    person: ann,
    by: ann,
    title: 'Preview <!channel> links',
    minutes: 10,
    feedback: 7,
  },
  { number: 2, session: 5, person: grace, by: ann, title: 'GPU nights', minutes: 15 },
];
const host = { id: grace, name: 'Grace', zone: 'UTC', teams: [], roles: new Set(['developer'] as const), accounts: [] };
const recording = 'https://video.acme.example/1';
const n = '{"n":5}';

const start = s.date(1772715600, '{date_short_pretty} at {time}', '2026-03-05 13:00 UTC');
const day = s.date(1772715600, '{date_short_pretty}', '2026-03-05');
const clock = s.date(1772715600, '{time}', '13:00 UTC');
const dayOnTeams = '{{DATE(2026-03-05T13:00:00Z, SHORT)}}';
const clockOnTeams = '{{TIME(2026-03-05T13:00:00Z)}}';
const startOnTeams = `${dayOnTeams} ${clockOnTeams}`;

const first = [
  clock,
  s.bold(' '),
  s.bold('Preview <!channel> links'),
  '\n',
  s.user('U0ANN'),
  ' · 10 minutes · shipped as #7',
] as const;
const second = [
  s.date(1772716200, '{time}', '13:10 UTC'),
  s.bold(' '),
  s.bold('GPU nights'),
  '\n',
  s.user('U0GRACE'),
  ' · 15 minutes',
] as const;
const firstOnTeams = [
  t.markdown(`${clockOnTeams} **Preview \\<!channel\\> links**`),
  t.markdown('<at>Ann</at> · 10 minutes · shipped as #7', below),
] as const;
const secondOnTeams = [
  t.markdown('{{TIME(2026-03-05T13:10:00Z)}} **GPU nights**'),
  t.markdown('<at>Grace</at> · 15 minutes', below),
] as const;
const listed = [s.rich(...first), s.rich(...second)] as const;
const listedOnTeams = [t.item(false, ...firstOnTeams), t.item(true, ...secondOnTeams)] as const;

const show = s.button('Show something', 'demo.add#1', n, { style: 'primary' });
const showOnTeams = t.opens('Show something', 'demo.add', n, { style: 'positive' });
const slackInfo = (...words: readonly (string | Json)[]) => s.rich(s.emoji('information_source'), '  ', ...words);
const where = s.facts(['Where', s.link('Join here', meet)]);
const whereOnTeams = t.fact('Default', 'Where', t.words(t.link('Join here', meet)));
const see = s.actions(s.button('See the agenda', 'demo.manage#1', n));
const seeOnTeams = t.buttons(t.does('See the agenda', 'demo.manage', n));

const off = (title: string, item: number, button: string) =>
  s.button('Take off', button, `{"item":${item},"n":5}`, {
    style: 'danger',
    ...s.confirm(`“${title}” is not shown then.`, 'Take off', { style: 'danger' }),
  });
const offOnTeams = (title: string, item: number) =>
  t.asks(
    `“${title}” is not shown then.`,
    'Take off',
    t.does('Take off', 'demo.remove', `{"item":${item},"n":5}`, { style: 'destructive' }),
    { style: 'destructive' },
  );
const small = (action: ReturnType<typeof t.buttons>) => ({ ...action, spacing: 'Small' });

const views: ViewsOf<typeof demoViews> = {
  agendaView: {
    'the call for items': {
      view: demoViews.agendaView(as(), []),
      slack: [
        s.rich('Nothing is on the agenda yet: everybody who made something may show it.'),
        s.facts(['When', start, ', 60 minutes'], ['Host', s.user('U0GRACE')], ['Where', s.link('Join here', meet)]),
        s.actions(show),
      ],
      teams: [
        t.words('Nothing is on the agenda yet: everybody who made something may show it.'),
        t.fact('Default', 'When', t.markdown(`${startOnTeams}, 60 minutes`)),
        t.fact('Small', 'Host', t.markdown('<at>Grace</at>')),
        t.fact('Small', 'Where', t.words(t.link('Join here', meet))),
        t.buttons(showOnTeams),
      ],
    },
    'as it grows': {
      view: demoViews.agendaView(as(), items),
      slack: [
        s.rich('This is the agenda so far: 25 of 60 minutes.'),
        s.facts(['When', start, ', 60 minutes'], ['Host', s.user('U0GRACE')], ['Where', s.link('Join here', meet)]),
        ...listed,
        s.actions(show, s.button('Change the agenda', 'demo.manage#2', n)),
      ],
      teams: [
        t.words('This is the agenda so far: 25 of 60 minutes.'),
        t.fact('Default', 'When', t.markdown(`${startOnTeams}, 60 minutes`)),
        t.fact('Small', 'Host', t.markdown('<at>Grace</at>')),
        t.fact('Small', 'Where', t.words(t.link('Join here', meet))),
        ...listedOnTeams,
        t.buttons(showOnTeams, t.does('Change the agenda', 'demo.manage', n)),
      ],
    },
    'afterwards, with the recording': {
      view: demoViews.agendaView(as({ state: 'done', notes: 'We saw *much*', recording }), items),
      slack: [
        s.rich('The demo of ', s.within(day), ' is over. Thank you!'),
        s.facts(['When', start, ', 60 minutes'], ['Host', s.user('U0GRACE')]),
        ...listed,
        s.quote('We saw *much*'),
        s.rich(s.link('Watch the recording', recording)),
      ],
      teams: [
        t.markdown(`The demo of ${dayOnTeams} is over. Thank you!`),
        t.fact('Default', 'When', t.markdown(`${startOnTeams}, 60 minutes`)),
        t.fact('Small', 'Host', t.markdown('<at>Grace</at>')),
        ...listedOnTeams,
        t.box('emphasis', t.words('We saw *much*')),
        t.words(t.link('Watch the recording', recording)),
      ],
    },
    'that does not take place': {
      view: demoViews.agendaView(as({ state: 'skipped' }), items),
      slack: [s.rich(s.emoji('warning'), '  ', 'The demo of ', s.within(start), ' does not take place.'), ...listed],
      teams: [t.box('warning', t.markdown(`⚠️ The demo of ${startOnTeams} does not take place.`)), ...listedOnTeams],
    },
  },
  manageAgendaView: {
    'for the host': {
      view: demoViews.manageAgendaView(as(), items, host),
      slack: [
        s.rich(...first),
        s.actions(off('Preview <!channel> links', 1, 'demo.remove#1')),
        s.rich(...second),
        s.actions(s.button('Earlier', 'demo.earlier#2', '{"item":2,"n":5}'), off('GPU nights', 2, 'demo.remove#3')),
        s.actions(s.button('Show something', 'demo.add#4', n, { style: 'primary' })),
      ],
      teams: [
        t.item(false, ...firstOnTeams, small(t.buttons(offOnTeams('Preview <!channel> links', 1)))),
        t.item(
          true,
          ...secondOnTeams,
          small(t.buttons(t.does('Earlier', 'demo.earlier', '{"item":2,"n":5}'), offOnTeams('GPU nights', 2))),
        ),
        t.buttons(showOnTeams),
      ],
    },
  },
  namedView: {
    'by somebody else': {
      view: demoViews.namedView(as(), 'GPU nights', ann),
      slack: [
        slackInfo(s.user('U0ANN'), ' put “GPU nights” on the agenda of ', s.within(start), ', presented by you.'),
        where,
        see,
      ],
      teams: [
        t.box(
          'accent',
          t.markdown(`ℹ️ <at>Ann</at> put “GPU nights” on the agenda of ${startOnTeams}, presented by you.`),
        ),
        whereOnTeams,
        seeOnTeams,
      ],
    },
  },
  presenterEveView: {
    'the day before': {
      view: demoViews.presenterEveView(as(), items, ann),
      slack: [
        slackInfo('A reminder: you show “Preview <!channel> links” at ', clock, ', ', s.within(day), '.'),
        where,
        see,
      ],
      teams: [
        t.box(
          'accent',
          t.markdown(`ℹ️ A reminder: you show “Preview \\<!channel\\> links” at ${clockOnTeams}, ${dayOnTeams}.`),
        ),
        whereOnTeams,
        seeOnTeams,
      ],
    },
  },
  presenterSoonView: {
    'ten minutes before': {
      view: demoViews.presenterSoonView(as(), items, grace),
      slack: [
        slackInfo(
          'The demo begins in a few minutes, ',
          clock,
          '. You show “GPU nights” at ',
          s.date(1772716200, '{time}', '13:10 UTC'),
          '.',
        ),
        where,
      ],
      teams: [
        t.box(
          'accent',
          t.markdown(
            `ℹ️ The demo begins in a few minutes, ${clockOnTeams}. You show “GPU nights” at {{TIME(2026-03-05T13:10:00Z)}}.`,
          ),
        ),
        whereOnTeams,
      ],
    },
  },
  afterDemoView: {
    'for the host': {
      view: demoViews.afterDemoView(as({ state: 'done' })),
      slack: [
        slackInfo(
          'The demo is over. Who could not be there waits for the recording and the notes: both go into the channels.',
        ),
        where,
        s.actions(s.button('Add recording and notes', 'office.notes#1', n, { style: 'primary' })),
      ],
      teams: [
        t.box(
          'accent',
          t.words(
            'ℹ️ ',
            'The demo is over. Who could not be there waits for the recording and the notes: both go into the channels.',
          ),
        ),
        whereOnTeams,
        t.buttons(t.opens('Add recording and notes', 'office.notes', n, { style: 'positive' })),
      ],
    },
  },
  recordedView: {
    'under the agenda': {
      view: demoViews.recordedView(as({ state: 'done', notes: 'We saw *much*', recording })),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', 'The notes of ', s.within(day), ' are here.'),
        s.quote('We saw *much*'),
        s.rich(s.link('Watch the recording', recording)),
      ],
      teams: [
        t.box('good', t.markdown(`✅ The notes of ${dayOnTeams} are here.`)),
        t.box('emphasis', t.words('We saw *much*')),
        t.words(t.link('Watch the recording', recording)),
      ],
    },
  },
};
goldens(views);
