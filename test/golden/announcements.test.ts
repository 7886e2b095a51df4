import { describe } from 'vitest';
import { outstandingView, owedView } from '../../src/core/announcements/acting-view.ts';
import { cardView, lostView } from '../../src/core/announcements/card-view.ts';
import { followingView } from '../../src/core/announcements/following-view.ts';
import type { Announcement, Event, Owed } from '../../src/core/announcements/store.ts';
import { announcementView } from '../../src/core/announcements/views.ts';
import { waitingView } from '../../src/core/announcements/week-view.ts';
import type { PlaceId } from '../../src/core/kernel/index.ts';
import { ann, type GoldenView, goldens, grace, leo } from './golden.ts';
import { apart, bolder, slack as s, teams as t } from './json.ts';

/* News, and what somebody must act on, as people see them on both platforms. */

const day = (n: number) => new Date(Date.UTC(2026, 2, n, 9, 5));
const news: Announcement = {
  number: 7,
  content: {
    kind: 'changed',
    title: 'Faster previews',
    text: 'They start in a minute. @everyone',
    link: 'https://docs.acme.test/previews',
    audience: { areas: ['delivery'], personas: ['backend'], teams: ['checkout'] },
  },
  author: grace,
  state: 'posted',
  created: day(2),
  changed: day(2),
  posted: day(2),
};
const action: Announcement = {
  ...news,
  content: {
    kind: 'action',
    title: 'Upgrade',
    text: 'Version 1 ends.',
    audience: { areas: [], personas: [], teams: [] },
    action: { deadline: '2026-03-20', path: 'postgres', version: '1' },
  },
};
const week: Announcement = {
  ...news,
  content: {
    kind: 'week',
    title: '2 March to 5 March',
    text: '',
    audience: { areas: [], personas: [], teams: [] },
    entries: [
      { id: 'a', kind: 'new', text: 'Caches', thanks: [ann], asked: 3 },
      { id: 'b', kind: 'changed', text: 'Builds', link: 'https://acme.test/1' },
      { id: 'c', kind: 'fixed', text: '2 incidents were closed.', minor: true },
    ],
  },
};
const demo: Announcement = {
  ...news,
  content: {
    kind: 'event',
    title: 'Demo',
    text: 'What is new.',
    audience: { areas: [], personas: [], teams: [] },
    event: {
      session: 5,
      of: 'demo',
      state: 'planned',
      startsAt: '2026-03-05T13:00:00.000Z',
      minutes: 30,
      host: grace,
      where: 'https://meet.acme.test/demo',
      agenda: [{ title: 'Builds', person: ann }],
      places: [],
    },
  },
};
const off: Announcement = {
  ...demo,
  content: { ...demo.content, event: { ...(demo.content.event as Event), state: 'skipped' } },
};
const owed: Owed = { id: 3, announcement: 7, person: ann, things: ['events', 'orders'] };
const seen = '{"number":7}';
const slackNews = 'slack:T1/C0NEWS' as PlaceId;
const teamsNews = 'teams:t1/19:news@thread.tacv2' as PlaceId;
const channels = [
  { place: slackNews, called: 'platform updates' },
  { place: teamsNews, called: 'platform updates' },
];

const views = {
  announcementView: {
    'with all that it can have': {
      view: announcementView(
        { ...news, corrected: day(3) },
        { seen: 2, page: 'https://bot.acme.test/s/x/announcements/7' },
      ),
      slack: [
        s.context('For checkout and back-end developers · About delivery'),
        s.rich('They start in a minute. @everyone'),
        s.rich(
          s.link('Read more', 'https://docs.acme.test/previews'),
          ' · ',
          s.link('Link to share', 'https://bot.acme.test/s/x/announcements/7'),
        ),
        s.context(
          s.token(
            'From <@U0GRACE> · corrected <!date^1772528700^\u200b{date_short_pretty} at {time}|2026-03-03 09:05 UTC> · 2 people got it',
          ),
        ),
        s.actions(s.button('Got it', 'announcement.seen#1', seen)),
      ],
      teams: [
        t.note('For checkout and back-end developers · About delivery'),
        t.words('They start in a minute. @everyone'),
        t.words(
          t.link('Read more', 'https://docs.acme.test/previews'),
          ' · ',
          t.link('Link to share', 'https://bot.acme.test/s/x/announcements/7'),
        ),
        t.markdown(
          'From <at>Grace</at> · corrected {{DATE(2026-03-03T09:05:00Z, SHORT)}} {{TIME(2026-03-03T09:05:00Z)}} · 2 people got it',
          apart,
        ),
        t.buttons(t.does('Got it', 'announcement.seen', seen)),
      ],
    },
    'of a session to come': {
      view: announcementView(demo, { seen: 0 }),
      slack: [
        s.rich('What is new.'),
        s.facts(
          [
            'When',
            s.date(1772715600, '{date_short_pretty} at {time}', '2026-03-05 13:00 UTC'),
            ' to ',
            s.date(1772717400, '{time}', '13:30 UTC'),
          ],
          ['With', s.user('U0GRACE')],
          ['Where', s.link('Join here', 'https://meet.acme.test/demo')],
        ),
        s.rich('• ', s.bold('Builds'), ', ', s.user('U0ANN')),
        s.context(s.token('From <@U0GRACE>')),
        s.actions(s.button('Remind me', 'office.remind#1', '{"n":5}'), s.button('Got it', 'announcement.seen#2', seen)),
      ],
      teams: [
        t.words('What is new.'),
        t.fact(
          'Default',
          'When',
          t.markdown(
            '{{DATE(2026-03-05T13:00:00Z, SHORT)}} {{TIME(2026-03-05T13:00:00Z)}} to {{TIME(2026-03-05T13:30:00Z)}}',
          ),
        ),
        t.fact('Small', 'With', t.markdown('<at>Grace</at>')),
        t.fact('Small', 'Where', t.words(t.link('Join here', 'https://meet.acme.test/demo'))),
        t.markdown('• **Builds**, <at>Ann</at>'),
        t.markdown('From <at>Grace</at>', apart),
        t.buttons(t.does('Remind me', 'office.remind', '{"n":5}'), t.does('Got it', 'announcement.seen', seen)),
      ],
    },
    'of a session that does not take place': {
      view: announcementView(off, { seen: 0 }),
      slack: [
        s.rich('What is new.'),
        s.rich(
          s.emoji('warning'),
          '  ',
          'This session, ',
          s.date(1772715600, '\u200b{date_short_pretty} at {time}', '2026-03-05 13:00 UTC'),
          ', does not take place.',
        ),
        s.context(s.token('From <@U0GRACE>')),
        s.actions(s.button('Got it', 'announcement.seen#1', seen)),
      ],
      teams: [
        t.words('What is new.'),
        t.box(
          'warning',
          t.markdown(
            '⚠️ This session, {{DATE(2026-03-05T13:00:00Z, SHORT)}} {{TIME(2026-03-05T13:00:00Z)}}, does not take place.',
          ),
        ),
        t.markdown('From <at>Grace</at>', apart),
        t.buttons(t.does('Got it', 'announcement.seen', seen)),
      ],
    },
    'taken back': {
      view: announcementView({ ...news, state: 'retracted', why: 'Too early.', changed: day(3) }, { seen: 2 }),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          'Taken back: ',
          s.date(1772528700, '\u200b{date_short_pretty}', '2026-03-03'),
          '. Please don’t rely on it.',
        ),
        s.quote('Too early.'),
        s.context(s.token('From <@U0GRACE>')),
      ],
      teams: [
        t.box('warning', t.markdown('⚠️ Taken back: {{DATE(2026-03-03T09:05:00Z, SHORT)}}. Please don’t rely on it.')),
        t.box('emphasis', t.words('Too early.')),
        t.markdown('From <at>Grace</at>', apart),
      ],
    },
  },
  cardView: {
    'posted, with a copy that is lost': {
      view: cardView(news, {
        channels,
        copies: [
          { place: slackNews, is: 'there' },
          { place: teamsNews, is: 'lost', why: 'gone' },
        ],
        seen: 1,
      }),
      slack: [
        s.rich(s.bold('Changed: Faster previews')),
        s.facts(
          [
            'State',
            s.bold('Posted'),
            ' ',
            s.date(1772442300, '\u200b{date_short_pretty} at {time}', '2026-03-02 09:05 UTC'),
          ],
          [
            'Where',
            'platform updates in Slack: posted',
            ' · ',
            'platform updates in Microsoft Teams: ',
            s.bold('not there'),
          ],
          ['Got it', 'one person'],
        ),
        s.actions(
          s.button('Try again', 'announcement.again#1', seen, { style: 'primary' }),
          s.button('Change', 'announcement.edit#2', seen),
          s.button('Retract', 'announcement.retract#3', seen, { style: 'danger' }),
        ),
      ],
      teams: [
        t.words(t.run('Changed: Faster previews', bolder)),
        t.fact(
          'Default',
          'State',
          t.markdown('**Posted** {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}'),
        ),
        t.fact(
          'Small',
          'Where',
          t.words(
            'platform updates in Slack: posted',
            ' · ',
            'platform updates in Microsoft Teams: ',
            t.run('not there', bolder),
          ),
        ),
        t.fact('Small', 'Got it', t.words('one person')),
        t.buttons(
          t.does('Try again', 'announcement.again', seen, { style: 'positive' }),
          t.opens('Change', 'announcement.edit', seen),
          t.opens('Retract', 'announcement.retract', seen, { style: 'destructive' }),
        ),
      ],
    },
    'taken back, where it stands and on its way to the other': {
      view: cardView(
        { ...news, state: 'retracted', why: 'Too early.', changed: day(3) },
        {
          channels,
          copies: [
            { place: slackNews, is: 'there' },
            { place: teamsNews, is: 'waiting' },
          ],
          seen: 1,
        },
      ),
      slack: [
        s.rich(s.bold('Changed: Faster previews')),
        s.facts(
          [
            'State',
            s.bold('Retracted'),
            ' ',
            s.date(1772528700, '\u200b{date_short_pretty} at {time}', '2026-03-03 09:05 UTC'),
          ],
          ['Where', 'platform updates in Slack: taken back', ' · ', 'platform updates in Microsoft Teams: on its way'],
        ),
      ],
      teams: [
        t.words(t.run('Changed: Faster previews', bolder)),
        t.fact(
          'Default',
          'State',
          t.markdown('**Retracted** {{DATE(2026-03-03T09:05:00Z, SHORT)}} {{TIME(2026-03-03T09:05:00Z)}}'),
        ),
        t.fact(
          'Small',
          'Where',
          t.words('platform updates in Slack: taken back', ' · ', 'platform updates in Microsoft Teams: on its way'),
        ),
      ],
    },
  },
  owedView: {
    'to be done': {
      view: owedView(action, owed),
      slack: [
        s.rich(s.emoji('warning'), '  ', 'Version 1 ends.'),
        s.facts(
          ['Yours', 'events and orders'],
          ['Until', s.bold('Friday, 20 March 2026')],
          ['From', s.user('U0GRACE')],
        ),
        s.actions(s.button('Done', 'announcement.done#1', '{"id":3}', { style: 'primary' })),
      ],
      teams: [
        t.box('warning', t.words('⚠️ ', 'Version 1 ends.')),
        t.fact('Default', 'Yours', t.words('events and orders')),
        t.fact('Small', 'Until', t.words(t.run('Friday, 20 March 2026', bolder))),
        t.fact('Small', 'From', t.markdown('<at>Grace</at>')),
        t.buttons(t.does('Done', 'announcement.done', '{"id":3}', { style: 'positive' })),
      ],
    },
  },
  outstandingView: {
    'after its time': {
      view: outstandingView(action, [owed, { ...owed, id: 4, person: leo, done: day(3), how: 'said' }], 'over'),
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          '1 of 2 has not done ',
          s.bold('Upgrade'),
          ', which was due on Friday, 20 March 2026.',
        ),
        s.rich(s.user('U0ANN'), '\n', 'events and orders'),
      ],
      teams: [
        t.box(
          'attention',
          t.words('⛔ ', '1 of 2 has not done ', t.run('Upgrade', bolder), ', which was due on Friday, 20 March 2026.'),
        ),
        t.item(false, t.markdown('<at>Ann</at>'), t.under('events and orders')),
      ],
    },
  },
  lostView: {
    'with copies elsewhere': {
      view: lostView(news, { place: teamsNews, called: 'platform updates' }, 'it is archived', 1),
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          'I could not bring ',
          s.bold('Faster previews'),
          ' to platform updates in Microsoft Teams: it is archived. Everywhere else it stands as you wrote it.',
        ),
        s.rich(
          'Is the channel archived or deleted? Name another one in groundcrew.yaml. Am I not a member? Add me. Then press Try again: it goes where it is not, and nowhere twice.',
        ),
        s.actions(
          s.button('Try again', 'announcement.again#1', seen, { style: 'primary' }),
          s.button('Open', 'announcement.show#2', seen),
        ),
      ],
      teams: [
        t.box(
          'attention',
          t.words(
            '⛔ ',
            'I could not bring ',
            t.run('Faster previews', bolder),
            ' to platform updates in Microsoft Teams: it is archived. Everywhere else it stands as you wrote it.',
          ),
        ),
        t.words(
          'Is the channel archived or deleted? Name another one in groundcrew.yaml. Am I not a member? Add me. Then press Try again: it goes where it is not, and nowhere twice.',
        ),
        t.buttons(
          t.does('Try again', 'announcement.again', seen, { style: 'positive' }),
          t.does('Open', 'announcement.show', seen),
        ),
      ],
    },
  },
  waitingView: {
    'an hour before its time': {
      view: waitingView({ ...news, state: 'draft', planned: day(6) }, false),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          'It goes out ',
          s.date(1772787900, '\u200b{date_short_pretty} at {time}', '2026-03-06 09:05 UTC'),
          ', if you approve it. Otherwise nobody sees it.',
        ),
        s.actions(
          s.button('Approve', 'announcement.plan#1', seen, { style: 'primary' }),
          s.button('Post it now', 'announcement.post#2', seen, {
            ...s.confirm('Post this in all channels now?', 'Post it now'),
          }),
          s.button('Open', 'announcement.show#3', seen),
          s.button('Drop', 'announcement.drop#4', seen, {
            style: 'danger',
            ...s.confirm('Drop this draft?', 'Drop', { style: 'danger' }),
          }),
        ),
      ],
      teams: [
        t.box(
          'warning',
          t.markdown(
            '⚠️ It goes out {{DATE(2026-03-06T09:05:00Z, SHORT)}} {{TIME(2026-03-06T09:05:00Z)}}, if you approve it. Otherwise nobody sees it.',
          ),
        ),
        t.buttons(
          t.does('Approve', 'announcement.plan', seen, { style: 'positive' }),
          t.asks('Post this in all channels now?', 'Post it now', t.does('Post it now', 'announcement.post', seen)),
          t.does('Open', 'announcement.show', seen),
          t.asks('Drop this draft?', 'Drop', t.does('Drop', 'announcement.drop', seen, { style: 'destructive' }), {
            style: 'destructive',
          }),
        ),
      ],
    },
  },
  followingView: {
    'as it was saved': {
      view: followingView({ once: ['databases'], digest: [], hours: { from: '09:00', to: '17:00' } }, true),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', 'Saved.'),
        s.facts(['At once', 'databases'], ['Once a day', 'nothing'], ['Between', '09:00 and 17:00, Monday to Friday']),
        s.actions(s.button('Change what I follow', 'announcement.follow#1', '{}')),
      ],
      teams: [
        t.box('good', t.words('✅ ', 'Saved.')),
        t.fact('Default', 'At once', t.words('databases')),
        t.fact('Small', 'Once a day', t.words('nothing')),
        t.fact('Small', 'Between', t.words('09:00 and 17:00, Monday to Friday')),
        t.buttons(t.opens('Change what I follow', 'announcement.follow', '{}')),
      ],
    },
  },
  weekly: {
    'what the week brought': {
      view: announcementView(week, { seen: 0 }),
      slack: [
        s.rich(s.bold('New')),
        s.rich('• Caches — asked for by ', s.user('U0ANN'), ' and 2 more'),
        s.rich(s.bold('Changed')),
        s.rich('• ', s.link('Builds', 'https://acme.test/1')),
        s.context('and 1 more thing, in the thread'),
        s.context(s.token('From <@U0GRACE>')),
        s.actions(s.button('Got it', 'announcement.seen#1', seen)),
      ],
      teams: [
        t.words(t.run('New', bolder)),
        t.markdown('• Caches — asked for by <at>Ann</at> and 2 more'),
        t.words(t.run('Changed', bolder)),
        t.words('• ', t.link('Builds', 'https://acme.test/1')),
        t.note('and 1 more thing, in the thread'),
        t.markdown('From <at>Grace</at>', apart),
        t.buttons(t.does('Got it', 'announcement.seen', seen)),
      ],
    },
  },
} satisfies Record<string, Record<string, GoldenView>>;

describe('announcements', () => goldens(views));
