import { announceView, hostsView, seatView } from '../../src/core/office-hours/announce-view.ts';
import { cardView, placeView } from '../../src/core/office-hours/live-view.ts';
import type { Meeting, Seat } from '../../src/core/office-hours/store.ts';
import { promotedView } from '../../src/core/office-hours/told-view.ts';
import { wrapView } from '../../src/core/office-hours/wrap-view.ts';
import { type GoldenView, goldens } from './golden.ts';
import { below, bolder, slack as s, teams as t } from './json.ts';
import { guest, meeting } from './office-cases.ts';

/* What people see of office hours most, drawn twice: the announcement, their place, the card while it is on, what came of it. */

const as = (session: Partial<Meeting['session']>, first: Partial<Seat>, others: Partial<Seat> = {}): Meeting => ({
  ...meeting,
  session: { ...meeting.session, ...session },
  seats: meeting.seats.map((seat, i) => ({ ...seat, ...(i === 0 ? first : others) })),
});
const live = as({ state: 'live', turn: 1 }, { state: 'now' });
const over = as({ state: 'done', turn: 1 }, { state: 'done', outcome: 'feedback', feedback: 7 }, { state: 'absent' });

const start = s.date(1772715600, '{date_short_pretty} at {time}', '2026-03-05 13:00 UTC');
const end = s.date(1772719200, '{time}', '14:00 UTC');
const startOnTeams = '{{DATE(2026-03-05T13:00:00Z, SHORT)}} {{TIME(2026-03-05T13:00:00Z)}}';
const meet = 'https://meet.acme.example/platform';
const n = '{"n":5}';
const turn = '{"n":5,"turn":1}';
const outcome = (of: string) => `{"n":5,"person":"p-ann","outcome":"${of}"}`;

const views: Readonly<Record<string, Readonly<Record<string, GoldenView>>>> = {
  announceView: {
    planned: {
      view: announceView(meeting),
      slack: [
        s.rich('Bring what slows you down.'),
        s.facts(
          ['When', start, ' to ', end],
          ['With', s.user('U0GRACE')],
          ['Where', s.link('Join here', meet)],
          ['Places', '2 of 3 times free · 1 in the queue'],
        ),
        s.actions(
          s.button('Sign up', 'office.sign-up#1', n, { style: 'primary' }),
          s.button('Remind me', 'office.remind#2', n),
        ),
      ],
      teams: [
        t.words('Bring what slows you down.'),
        t.fact('Default', 'When', t.markdown(`${startOnTeams} to {{TIME(2026-03-05T14:00:00Z)}}`)),
        t.fact('Small', 'With', t.markdown('<at>Grace</at>')),
        t.fact('Small', 'Where', t.words(t.link('Join here', meet))),
        t.fact('Small', 'Places', t.words('2 of 3 times free · 1 in the queue')),
        t.buttons(
          t.opens('Sign up', 'office.sign-up', n, { style: 'positive' }),
          t.does('Remind me', 'office.remind', n),
        ),
      ],
    },
  },
  seatView: {
    'with a time, and a topic that looks like markup': {
      view: seatView(meeting, guest),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', 'You have ', s.within(start), '.'),
        s.facts(
          ['About', 'My *build*\nis <!channel> slow'],
          ['Linked', 'Failed deployment #7: web can’t start'],
          ['Host', s.user('U0GRACE')],
          ['Where', s.link('Join here', meet)],
        ),
        s.actions(
          s.button('Change', 'office.change#1', n),
          s.button('Add to my calendar', 'calendar.file#2', n),
          s.button('Give it back', 'office.cancel#3', n, {
            style: 'danger',
            ...s.confirm('Give your place back? Somebody else may get it at once.', 'Give it back', {
              style: 'danger',
            }),
          }),
        ),
      ],
      teams: [
        t.box('good', t.markdown(`✅ You have ${startOnTeams}.`)),
        t.fact('Default', 'About', t.words('My *build*'), { ...t.words('is <!channel> slow'), spacing: 'None' }),
        t.fact('Small', 'Linked', t.words('Failed deployment #7: web can’t start')),
        t.fact('Small', 'Host', t.markdown('<at>Grace</at>')),
        t.fact('Small', 'Where', t.words(t.link('Join here', meet))),
        t.buttons(
          t.opens('Change', 'office.change', n),
          t.does('Add to my calendar', 'calendar.file', n),
          t.asks(
            'Give your place back? Somebody else may get it at once.',
            'Give it back',
            t.does('Give it back', 'office.cancel', n, { style: 'destructive' }),
            { style: 'destructive' },
          ),
        ),
      ],
    },
  },
  hostsView: {
    'the day before': {
      view: hostsView(meeting),
      slack: [
        s.rich(start, ', hosted by ', s.user('U0GRACE'), '.'),
        s.rich(
          s.date(1772715600, '{time}', '13:00 UTC'),
          s.bold(' '),
          s.user('U0ANN'),
          '\n',
          'My *build*\nis <!channel> slow\nFailed deployment #7: web can’t start',
        ),
        s.rich(s.bold('in the queue '), s.bold('Leo'), '\n', 'A GPU for a night\ntogether with ', s.user('U0ANN')),
        s.actions(s.button('Manage this session', 'office.manage#1', n)),
      ],
      teams: [
        t.markdown(`${startOnTeams}, hosted by <at>Grace</at>.`),
        t.item(
          false,
          t.markdown('{{TIME(2026-03-05T13:00:00Z)}} <at>Ann</at>'),
          t.under('My *build*'),
          t.under('is <!channel> slow'),
          t.under('Failed deployment #7: web can’t start'),
        ),
        t.item(
          true,
          t.words('in the queue ', t.run('Leo', bolder)),
          t.under('A GPU for a night'),
          t.markdown('together with <at>Ann</at>', below),
        ),
        t.buttons(t.does('Manage this session', 'office.manage', n)),
      ],
    },
  },
  cardView: {
    'one in conversation, one in the line': {
      view: cardView(live),
      slack: [
        s.rich('With ', s.user('U0GRACE'), ', until ', end, '. ', s.link('Join here', meet)),
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          s.bold('Now:'),
          ' ',
          s.user('U0ANN'),
          ', about My *build* is <!channel> slow · Failed deployment #7: web can’t start',
        ),
        s.rich(
          s.bold('1. '),
          s.bold('Leo'),
          s.bold(' with '),
          s.user('U0ANN'),
          s.bold(' · is here'),
          '\n',
          'A GPU for a night',
        ),
        s.actions(s.button('I’m here', 'office.here#1', n), s.button('Join the line', 'office.sign-up#2', n)),
        s.context('For the hosts:'),
        s.actions(
          s.button('Next', 'office.next#3', turn, { style: 'primary' }),
          s.button('Can’t find them', 'office.missing#4', turn),
          s.button('Take it offline', 'office.offline#5', turn),
          s.button('Group with…', 'office.group#6', turn),
          s.button('We’re late', 'office.late#7', n),
          s.button('End', 'office.finish#8', n, s.confirm('End this session for everybody?', 'End')),
        ),
      ],
      teams: [
        t.markdown(`With <at>Grace</at>, until {{TIME(2026-03-05T14:00:00Z)}}. [Join here](${meet})`),
        t.box(
          'good',
          t.markdown(
            '✅ Now: <at>Ann</at>, about My \\*build\\* is \\<!channel\\> slow · Failed deployment #7: web can’t start',
          ),
        ),
        t.item(false, t.markdown('1\\. **Leo** **with** <at>Ann</at> · is here'), t.under('A GPU for a night')),
        t.buttons(t.does('I’m here', 'office.here', n), t.opens('Join the line', 'office.sign-up', n)),
        t.note('For the hosts:'),
        t.buttons(
          t.does('Next', 'office.next', turn, { style: 'positive' }),
          t.does('Can’t find them', 'office.missing', turn),
          t.does('Take it offline', 'office.offline', turn),
          t.opens('Group with…', 'office.group', turn),
          t.does('We’re late', 'office.late', n),
          t.asks('End this session for everybody?', 'End', t.does('End', 'office.finish', n)),
        ),
      ],
    },
  },
  placeView: {
    next: {
      view: placeView(live, live.seats[1] as Seat),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', 'You are ', s.bold('next'), ' in the line: about 10 minutes.'),
        s.facts(['Where', s.link('Join here', meet)]),
      ],
      teams: [
        t.box('good', t.words('✅ ', 'You are ', t.run('next', bolder), ' in the line: about 10 minutes.')),
        t.fact('Default', 'Where', t.words(t.link('Join here', meet))),
      ],
    },
  },
  promotedView: {
    'a time became free': {
      view: promotedView(meeting, guest),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', 'A time became free, and it’s yours: ', s.within(start), '.'),
        s.facts(['Where', s.link('Join here', meet)]),
        s.actions(
          s.button('I can’t come', 'office.cancel#1', n, s.confirm('Give it to whoever waits next?', 'I can’t come')),
        ),
      ],
      teams: [
        t.box('good', t.markdown(`✅ A time became free, and it’s yours: ${startOnTeams}.`)),
        t.fact('Default', 'Where', t.words(t.link('Join here', meet))),
        t.buttons(t.asks('Give it to whoever waits next?', 'I can’t come', t.does('I can’t come', 'office.cancel', n))),
      ],
    },
  },
  wrapView: {
    'one came, one was not there': {
      view: wrapView(over),
      slack: [
        s.rich(start, ': 1 came, 1 was not there.'),
        s.rich(
          s.user('U0ANN'),
          s.bold(' · To the backlog (#7)'),
          '\n',
          'My *build*\nis <!channel> slow\nFailed deployment #7: web can’t start',
        ),
        s.actions(
          s.button('Solved', 'office.outcome#1', outcome('solved')),
          s.button('To document', 'office.outcome#2', outcome('document')),
          s.button('An incident', 'office.outcome#3', outcome('incident')),
        ),
        s.rich(s.bold('Leo'), s.bold(' · was not there'), '\n', 'A GPU for a night'),
        s.actions(s.button('Write notes', 'office.notes#4', n), s.button('What to document', 'office.gaps#5', '{}')),
      ],
      teams: [
        t.markdown(`${startOnTeams}: 1 came, 1 was not there.`),
        t.item(
          false,
          t.markdown('<at>Ann</at> · To the backlog (#7)'),
          t.under('My *build*'),
          t.under('is <!channel> slow'),
          t.under('Failed deployment #7: web can’t start'),
          {
            ...t.buttons(
              t.does('Solved', 'office.outcome', outcome('solved')),
              t.does('To document', 'office.outcome', outcome('document')),
              t.does('An incident', 'office.outcome', outcome('incident')),
            ),
            spacing: 'Small',
          },
        ),
        t.item(true, t.words(t.run('Leo', bolder), ' · was not there'), t.under('A GPU for a night')),
        t.buttons(t.opens('Write notes', 'office.notes', n), t.does('What to document', 'office.gaps', '{}')),
      ],
    },
  },
};

goldens(views);
