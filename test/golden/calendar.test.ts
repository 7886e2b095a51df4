import * as calendarViews from '../../src/core/invitations/views.ts';
import { goldens, type ViewsOf } from './golden.ts';
import { type Json, muted, slack as s, teams as t } from './json.ts';

/* Sessions in people's own calendars, drawn twice. */

const at = new Date('2026-03-05T13:20:00Z');
const entry = {
  session: 5,
  made: at,
  title: 'Platform office hours',
  startsAt: at,
  minutes: 20,
  sequence: 0,
  slot: 1,
  topic: 'My *build* is slow',
};
const url = 'https://bot.acme.example/calendar/session/5/1.ics';
const feed = 'https://bot.acme.example/calendar/feed/0.ics';
const start = s.date(1772716800, '{date_short_pretty} at {time}', '2026-03-05 13:20 UTC');
const startOnTeams = '{{DATE(2026-03-05T13:20:00Z, SHORT)}} {{TIME(2026-03-05T13:20:00Z)}}';

const mailed = 'You’re mailed when you have a place, when it moves, and when it is gone.';
const quiet = 'You get no mails. What a mail put into your calendar stays there as it is.';
const slackWarns = (...words: readonly (string | Json)[]) => s.rich(s.emoji('warning'), '  ', ...words);
const slackSays = (...words: readonly (string | Json)[]) => s.rich(s.emoji('white_check_mark'), '  ', ...words);
const teamsWarns = (...words: readonly (string | Json)[]) => t.box('warning', t.words('⚠️ ', ...words));
const teamsSays = (...words: readonly (string | Json)[]) => t.box('good', t.words('✅ ', ...words));
const smallMono = (text: string) => t.mono(text, muted);

const renew = 'The address that you have stops. Your calendar then needs the new one.';
const stop = 'Calendars that have the address stop seeing anything.';

const views: ViewsOf<typeof calendarViews> = {
  calendarView: {
    'a session, two addresses and mails': {
      view: calendarViews.calendarView({
        entries: [{ entry, url }],
        offered: [{ series: 3, title: 'Platform <demo>' }],
        held: [{}],
        reachable: true,
        mailing: 'on',
      }),
      slack: [
        s.rich(start, s.bold(': Platform office hours'), '\n', s.link('Add to my calendar', url)),
        s.rich('Your calendar can follow by itself, by an address that only you know:'),
        s.rich(s.bold('What I take part in or host'), '\n', 'You have an address for it.'),
        s.actions(
          s.button('New address', 'calendar.renew#1', '{}', s.confirm(renew, 'New address')),
          s.button('Stop', 'calendar.stop#2', '{}', {
            style: 'danger',
            ...s.confirm(stop, 'Stop', { style: 'danger' }),
          }),
        ),
        s.rich(s.bold('Platform <demo>'), '\n', 'All sessions of this series.'),
        s.actions(s.button('Get the address', 'calendar.subscribe#3', '{"series":3}')),
        s.rich(s.bold('Invitations by mail'), '\n', mailed),
        s.actions(s.button('No more mails', 'calendar.mails#4', '{"on":false}')),
      ],
      teams: [
        t.item(
          false,
          t.markdown(`${startOnTeams}: Platform office hours`),
          t.under(t.link('Add to my calendar', url, muted)),
        ),
        t.words('Your calendar can follow by itself, by an address that only you know:'),
        t.item(false, t.words('What I take part in or host'), t.under('You have an address for it.'), {
          ...t.buttons(
            t.asks(renew, 'New address', t.does('New address', 'calendar.renew', '{}')),
            t.asks(stop, 'Stop', t.does('Stop', 'calendar.stop', '{}', { style: 'destructive' }), {
              style: 'destructive',
            }),
          ),
          spacing: 'Small',
        }),
        t.entry(
          true,
          t.does('Get the address', 'calendar.subscribe', '{"series":3}'),
          t.words('Platform <demo>'),
          t.under('All sessions of this series.'),
        ),
        t.entry(
          false,
          t.does('No more mails', 'calendar.mails', '{"on":false}'),
          t.words('Invitations by mail'),
          t.under(mailed),
        ),
      ],
    },
    'nothing, and no way in from outside': {
      view: calendarViews.calendarView({ entries: [], offered: [], held: [], reachable: false, mailing: 'never' }),
      slack: [
        s.rich('You have no sessions ahead. ', s.mono('/platform office-hours'), ' shows what there is.'),
        slackWarns(
          'Calendars can’t reach me yet: whoever runs me has to set ',
          s.mono('PUBLIC_URL'),
          ' to the address that the world knows me by.',
        ),
      ],
      teams: [
        t.words('You have no sessions ahead. ', t.mono('office-hours'), ' shows what there is.'),
        teamsWarns(
          'Calendars can’t reach me yet: whoever runs me has to set ',
          t.mono('PUBLIC_URL'),
          ' to the address that the world knows me by.',
        ),
      ],
    },
  },
  mailsView: {
    'no more': {
      view: calendarViews.mailsView('off'),
      slack: [
        slackSays(quiet),
        s.context('In chat you hear of everything as before.'),
        s.actions(s.button('Mail me again', 'calendar.mails#1', '{"on":true}')),
      ],
      teams: [
        teamsSays(quiet),
        t.note('In chat you hear of everything as before.'),
        t.buttons(t.does('Mail me again', 'calendar.mails', '{"on":true}')),
      ],
    },
    again: {
      view: calendarViews.mailsView('on'),
      slack: [
        slackSays(mailed),
        s.context('What has changed meanwhile is mailed in a minute.'),
        s.actions(s.button('No more mails', 'calendar.mails#1', '{"on":false}')),
      ],
      teams: [
        teamsSays(mailed),
        t.note('What has changed meanwhile is mailed in a minute.'),
        t.buttons(t.does('No more mails', 'calendar.mails', '{"on":false}')),
      ],
    },
  },
  addressView: {
    'of one’s own sessions': {
      view: calendarViews.addressView('what you take part in or host', feed),
      slack: [
        s.rich('Subscribe to this address in your calendar, to see what you take part in or host:'),
        s.rich(s.mono(feed)),
        s.context(
          'In Outlook: Add calendar, Subscribe from web. In Google Calendar: Other calendars, From URL. On a Mac: File, New Calendar Subscription. Whoever has the address sees what is in it, and I can’t show it again: /platform calendar makes a new one, or stops it.',
        ),
      ],
      teams: [
        t.words('Subscribe to this address in your calendar, to see what you take part in or host:'),
        t.words(t.mono(feed)),
        t.note(
          'In Outlook: Add calendar, Subscribe from web. In Google Calendar: Other calendars, From URL. On a Mac: File, New Calendar Subscription. Whoever has the address sees what is in it, and I can’t show it again: ',
          smallMono('calendar'),
          ' makes a new one, or stops it.',
        ),
      ],
    },
  },
  stoppedView: {
    'of a series': {
      view: calendarViews.stoppedView({ series: 3 }),
      slack: [slackSays('The address of this series does not work any more.')],
      teams: [teamsSays('The address of this series does not work any more.')],
    },
  },
  cannotView: {
    'a series that has ended': {
      view: calendarViews.cannotView('This series has ended, so there is nothing to follow.'),
      slack: [slackWarns('This series has ended, so there is nothing to follow.')],
      teams: [teamsWarns('This series has ended, so there is nothing to follow.')],
    },
  },
  fileView: {
    'of one time': {
      view: calendarViews.fileView(entry, url),
      slack: [
        s.rich(start, ', 20 minutes. ', s.link('Add to my calendar', url)),
        s.context(
          'A file stays as it is when a session is moved. /platform calendar gives you an address that follows.',
        ),
        s.actions(s.button('Let my calendar follow', 'calendar.open#1', '{}')),
      ],
      teams: [
        t.markdown(`${startOnTeams}, 20 minutes. [Add to my calendar](${url})`),
        t.note(
          'A file stays as it is when a session is moved. ',
          smallMono('calendar'),
          ' gives you an address that follows.',
        ),
        t.buttons(t.does('Let my calendar follow', 'calendar.open', '{}')),
      ],
    },
  },
  notMailedView: {
    'in the words of the mail server': {
      view: calendarViews.notMailedView('550 No such *user*'),
      slack: [
        slackWarns('Your mail server did not take the invitation: ', s.mono('550 No such *user*'), '.'),
        s.rich('Your place is safe. ', s.mono('/platform calendar'), ' shows your sessions, with a file for each.'),
        s.actions(s.button('No more mails', 'calendar.mails#1', '{"on":false}')),
      ],
      teams: [
        teamsWarns('Your mail server did not take the invitation: ', t.mono('550 No such *user*'), '.'),
        t.words('Your place is safe. ', t.mono('calendar'), ' shows your sessions, with a file for each.'),
        t.buttons(t.does('No more mails', 'calendar.mails', '{"on":false}')),
      ],
    },
  },
};
goldens(views);
