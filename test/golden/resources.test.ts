import { describe } from 'vitest';
import { goldens, type ViewsOf } from './golden.ts';
import { apart, below, bolder, muted, slack as s, teams as t } from './json.ts';
import { type modules, scenes } from './resources-scene.ts';

/* What people have, and how fresh the golden paths are, drawn on both platforms. */

const card: ViewsOf<(typeof modules)['card']> = {
  cardView: {
    'of one’s own': {
      view: scenes.card.cardView['of one’s own'],
      slack: [
        s.facts(
          ['State', s.bold('Ready')],
          ['Owner', s.user('U0ANN'), ', team inventory'],
          ['Golden path', 'PostgreSQL 1.3.0, ', s.bold('1.4.0 is out')],
          ['Age', '8 days, made ', s.date(1772442000, '\u200b{date_short_pretty}', '2026-03-02')],
          [
            'Ends',
            s.date(1773219600, '{date_short_pretty} at {time}', '2026-03-11 09:00 UTC'),
            ', can be extended 1 more time',
          ],
          ['Cost', '€18.50 a month'],
        ),
        s.facts(
          ['Console', s.link('https://db.acme.test/orders', 'https://db.acme.test/orders')],
          ['Password', s.mono('Secret orders-app')],
        ),
        s.rich(s.bold('What happened to it')),
        s.rich(
          s.date(1773050400, '{date_short_pretty} at {time}', '2026-03-09 10:00 UTC'),
          ' ',
          s.user('U0GRACE'),
          ' extended it',
          '\n',
          s.date(1772964000, '{date_short_pretty} at {time}', '2026-03-08 10:00 UTC'),
          ' Groundcrew told the team that its owner left',
          '\n',
          s.date(1772442300, '{date_short_pretty} at {time}', '2026-03-02 09:05 UTC'),
          ' ',
          s.user('U0ANN'),
          ' made it (#7)',
        ),
        s.context(s.token('<https://docs.acme.test/postgres|How to use PostgreSQL>')),
        s.actions(
          s.button(
            'Extend by 7 days',
            'resources.extend#1',
            '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-11T09:00:00.000Z"}',
          ),
          s.button(
            'Resize',
            'resources.operate#2',
            '{"id":"00000000-0000-4000-8000-000000000001","operation":"resize"}',
          ),
          s.button(
            'Restart',
            'resources.operate#3',
            '{"id":"00000000-0000-4000-8000-000000000001","operation":"restart"}',
          ),
          s.button(
            'Hibernate',
            'resources.operate#4',
            '{"id":"00000000-0000-4000-8000-000000000001","operation":"hibernate"}',
          ),
          s.button('Upgrade to 1.4.0', 'resources.upgrade#5', '{"id":"00000000-0000-4000-8000-000000000001"}'),
          s.button('Hand over', 'resources.hand-over#6', '{"id":"00000000-0000-4000-8000-000000000001"}'),
          s.button('Delete', 'resources.remove#7', '{"id":"00000000-0000-4000-8000-000000000001"}', {
            style: 'danger',
          }),
        ),
      ],
      teams: [
        t.fact('Default', 'State', t.words(t.run('Ready', bolder))),
        t.fact('Small', 'Owner', t.markdown('<at>Ann</at>, team inventory')),
        t.fact('Small', 'Golden path', t.words('PostgreSQL 1.3.0, ', t.run('1.4.0 is out', bolder))),
        t.fact('Small', 'Age', t.markdown('8 days, made {{DATE(2026-03-02T09:00:00Z, SHORT)}}')),
        t.fact(
          'Small',
          'Ends',
          t.markdown(
            '{{DATE(2026-03-11T09:00:00Z, SHORT)}} {{TIME(2026-03-11T09:00:00Z)}}, can be extended 1 more time',
          ),
        ),
        t.fact('Small', 'Cost', t.words('€18.50 a month')),
        t.fact('Default', 'Console', t.words(t.link('https://db.acme.test/orders', 'https://db.acme.test/orders'))),
        t.fact('Small', 'Password', t.words(t.mono('Secret orders-app'))),
        ...t.fold(
          'fold-1',
          'What happened to it',
          t.markdown('{{DATE(2026-03-09T10:00:00Z, SHORT)}} {{TIME(2026-03-09T10:00:00Z)}} <at>Grace</at> extended it'),
          t.markdown(
            '{{DATE(2026-03-08T10:00:00Z, SHORT)}} {{TIME(2026-03-08T10:00:00Z)}} Groundcrew told the team that its owner left',
            { spacing: 'None' },
          ),
          t.markdown('{{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}} <at>Ann</at> made it (#7)', {
            spacing: 'None',
          }),
        ),
        { ...t.words(t.link('How to use PostgreSQL', 'https://docs.acme.test/postgres', muted)), spacing: 'Small' },
        t.buttons(
          t.does(
            'Extend by 7 days',
            'resources.extend',
            '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-11T09:00:00.000Z"}',
          ),
          t.opens('Resize', 'resources.operate', '{"id":"00000000-0000-4000-8000-000000000001","operation":"resize"}'),
          t.does('Restart', 'resources.operate', '{"id":"00000000-0000-4000-8000-000000000001","operation":"restart"}'),
          t.does(
            'Hibernate',
            'resources.operate',
            '{"id":"00000000-0000-4000-8000-000000000001","operation":"hibernate"}',
          ),
          t.opens('Upgrade to 1.4.0', 'resources.upgrade', '{"id":"00000000-0000-4000-8000-000000000001"}'),
          t.opens('Hand over', 'resources.hand-over', '{"id":"00000000-0000-4000-8000-000000000001"}'),
          t.opens('Delete', 'resources.remove', '{"id":"00000000-0000-4000-8000-000000000001"}', {
            style: 'destructive',
            mode: 'secondary',
          }),
        ),
      ],
    },
    'of what sleeps, without a way out of the catalog': {
      view: scenes.card.cardView['of what sleeps, without a way out of the catalog'],
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          'It’s asleep: its data is kept, and it costs little. It will be deleted ',
          s.date(1773219600, '\u200b{date_short_pretty} at {time}', '2026-03-11 09:00 UTC'),
          ' unless somebody extends it.',
        ),
        s.rich(
          s.emoji('warning'),
          '  ',
          'Its golden path “postgres” isn’t in the catalog any more, so I don’t know how to change or delete it. Ask the Acme platform team for help.',
        ),
        s.facts(
          ['State', s.bold('Asleep')],
          ['Owner', s.user('U0ANN'), ', team inventory'],
          ['Golden path', 'postgres 1.3.0'],
          ['Age', '8 days, made ', s.date(1772442000, '\u200b{date_short_pretty}', '2026-03-02')],
          ['Ends', s.date(1773219600, '{date_short_pretty} at {time}', '2026-03-11 09:00 UTC')],
          ['Cost', '€18.50 a month'],
        ),
        s.actions(s.button('Hand over', 'resources.hand-over#1', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
      teams: [
        t.box(
          'accent',
          t.markdown(
            'ℹ️ It’s asleep: its data is kept, and it costs little. It will be deleted {{DATE(2026-03-11T09:00:00Z, SHORT)}} {{TIME(2026-03-11T09:00:00Z)}} unless somebody extends it.',
          ),
        ),
        t.box(
          'warning',
          t.words(
            '⚠️ ',
            'Its golden path “postgres” isn’t in the catalog any more, so I don’t know how to change or delete it. Ask the Acme platform team for help.',
          ),
        ),
        t.fact('Default', 'State', t.words(t.run('Asleep', bolder))),
        t.fact('Small', 'Owner', t.markdown('<at>Ann</at>, team inventory')),
        t.fact('Small', 'Golden path', t.words('postgres 1.3.0')),
        t.fact('Small', 'Age', t.markdown('8 days, made {{DATE(2026-03-02T09:00:00Z, SHORT)}}')),
        t.fact('Small', 'Ends', t.markdown('{{DATE(2026-03-11T09:00:00Z, SHORT)}} {{TIME(2026-03-11T09:00:00Z)}}')),
        t.fact('Small', 'Cost', t.words('€18.50 a month')),
        t.buttons(t.opens('Hand over', 'resources.hand-over', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
    },
    'of what somebody removed': {
      view: scenes.card.cardView['of what somebody removed'],
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          s.bold('orders'),
          ' isn’t there any more: somebody removed it by other ways than through me. It still counts against your quota until you forget it.',
        ),
        s.facts(
          ['State', s.bold('Not there any more')],
          ['Owner', s.user('U0ANN'), ', team inventory'],
          ['Golden path', 'PostgreSQL 1.3.0, ', s.bold('1.4.0 is out')],
          ['Age', '8 days, made ', s.date(1772442000, '\u200b{date_short_pretty}', '2026-03-02')],
          [
            'Ends',
            s.date(1773219600, '{date_short_pretty} at {time}', '2026-03-11 09:00 UTC'),
            ', can be extended 1 more time',
          ],
          ['Cost', '€18.50 a month'],
        ),
        s.context(s.token('<https://docs.acme.test/postgres|How to use PostgreSQL>')),
        s.actions(
          s.button('Make it again', 'resources.again#1', '{"id":"00000000-0000-4000-8000-000000000001"}', {
            style: 'primary',
          }),
          s.button('Forget it', 'resources.forget#2', '{"id":"00000000-0000-4000-8000-000000000001"}', {
            ...s.confirm('Forget “orders”? It leaves every list.', 'Forget it'),
          }),
        ),
      ],
      teams: [
        t.box(
          'attention',
          t.words(
            '⛔ ',
            t.run('orders', bolder),
            ' isn’t there any more: somebody removed it by other ways than through me. It still counts against your quota until you forget it.',
          ),
        ),
        t.fact('Default', 'State', t.words(t.run('Not there any more', bolder))),
        t.fact('Small', 'Owner', t.markdown('<at>Ann</at>, team inventory')),
        t.fact('Small', 'Golden path', t.words('PostgreSQL 1.3.0, ', t.run('1.4.0 is out', bolder))),
        t.fact('Small', 'Age', t.markdown('8 days, made {{DATE(2026-03-02T09:00:00Z, SHORT)}}')),
        t.fact(
          'Small',
          'Ends',
          t.markdown(
            '{{DATE(2026-03-11T09:00:00Z, SHORT)}} {{TIME(2026-03-11T09:00:00Z)}}, can be extended 1 more time',
          ),
        ),
        t.fact('Small', 'Cost', t.words('€18.50 a month')),
        { ...t.words(t.link('How to use PostgreSQL', 'https://docs.acme.test/postgres', muted)), spacing: 'Small' },
        t.buttons(
          t.does('Make it again', 'resources.again', '{"id":"00000000-0000-4000-8000-000000000001"}', {
            style: 'positive',
          }),
          t.asks(
            'Forget “orders”? It leaves every list.',
            'Forget it',
            t.does('Forget it', 'resources.forget', '{"id":"00000000-0000-4000-8000-000000000001"}'),
          ),
        ),
      ],
    },
    'of somebody who left, seen from another team': {
      view: scenes.card.cardView['of somebody who left, seen from another team'],
      slack: [
        s.rich(s.emoji('warning'), '  ', 'Its owner left. Somebody of team inventory should take it.'),
        s.facts(
          ['State', s.bold('Ready')],
          ['Owner', s.bold('Leo'), ', team inventory'],
          ['Golden path', 'PostgreSQL 1.3.0, ', s.bold('1.4.0 is out')],
          ['Age', '8 days, made ', s.date(1772442000, '\u200b{date_short_pretty}', '2026-03-02')],
          ['Ends', 'never'],
          ['Cost', 'not known'],
        ),
        s.context('Team inventory sees here where its address and its credentials are.'),
        s.context(s.token('<https://docs.acme.test/postgres|How to use PostgreSQL>')),
      ],
      teams: [
        t.box('warning', t.words('⚠️ ', 'Its owner left. Somebody of team inventory should take it.')),
        t.fact('Default', 'State', t.words(t.run('Ready', bolder))),
        t.fact('Small', 'Owner', t.words(t.run('Leo', bolder), ', team inventory')),
        t.fact('Small', 'Golden path', t.words('PostgreSQL 1.3.0, ', t.run('1.4.0 is out', bolder))),
        t.fact('Small', 'Age', t.markdown('8 days, made {{DATE(2026-03-02T09:00:00Z, SHORT)}}')),
        t.fact('Small', 'Ends', t.words('never')),
        t.fact('Small', 'Cost', t.words('not known')),
        t.note('Team inventory sees here where its address and its credentials are.'),
        { ...t.words(t.link('How to use PostgreSQL', 'https://docs.acme.test/postgres', muted)), spacing: 'Small' },
      ],
    },
  },
  whichView: {
    'of two with one name': {
      view: scenes.card.whichView['of two with one name'],
      slack: [
        s.rich('2 things are called ', s.mono('orders'), ':'),
        s.rich(s.bold('orders'), s.bold(' · PostgreSQL'), '\n', 'Ready · ', s.user('U0ANN'), ', team inventory'),
        s.actions(s.button('Open', 'resources.show#1', '{"id":"00000000-0000-4000-8000-000000000001"}')),
        s.rich(s.bold('orders'), s.bold(' · redis'), '\n', 'Ready · ', s.user('U0GRACE'), ', team inventory'),
        s.actions(s.button('Open', 'resources.show#2', '{"id":"00000000-0000-4000-8000-000000000002"}')),
      ],
      teams: [
        t.words('2 things are called ', t.mono('orders'), ':'),
        t.entry(
          false,
          t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}'),
          t.words(t.run('orders', bolder), ' · PostgreSQL'),
          t.markdown('Ready · <at>Ann</at>, team inventory', below),
        ),
        t.entry(
          true,
          t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000002"}'),
          t.words(t.run('orders', bolder), ' · redis'),
          t.markdown('Ready · <at>Grace</at>, team inventory', below),
        ),
      ],
    },
  },
};

const list: ViewsOf<(typeof modules)['list']> = {
  listView: {
    'of one’s things': {
      view: scenes.list.listView['of one’s things'],
      slack: [
        s.rich(s.bold('20 things'), ' · ', '€18.50 a month'),
        s.facts(['Team inventory', '€18.50 of €500 a month']),
        s.rich(
          s.bold('orders'),
          s.bold(' · PostgreSQL'),
          '\n',
          'Ready',
          ' · ',
          s.bold('ends'),
          ' ',
          s.date(1773219600, '\u200b{date_short_pretty} at {time}', '2026-03-11 09:00 UTC'),
          ' · ',
          '€18.50 a month',
          ' · ',
          '1.3.0, ',
          s.italic('1.4.0 is out'),
        ),
        s.actions(s.button('Open', 'resources.show#1', '{"id":"00000000-0000-4000-8000-000000000001"}')),
        s.rich(s.bold('carts'), s.bold(' · redis'), '\n', s.bold('Being made'), ' · ', s.user('U0GRACE')),
        s.actions(s.button('Open', 'resources.show#2', '{"id":"00000000-0000-4000-8000-000000000002"}')),
        s.actions(s.button('Show more', 'resources.more#3', '{}')),
      ],
      teams: [
        t.words(t.run('20 things', bolder), ' · ', '€18.50 a month'),
        t.fact('Default', 'Team inventory', t.words('€18.50 of €500 a month')),
        t.entry(
          false,
          t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}'),
          t.words(t.run('orders', bolder), ' · PostgreSQL'),
          t.markdown(
            'Ready · **ends** {{DATE(2026-03-11T09:00:00Z, SHORT)}} {{TIME(2026-03-11T09:00:00Z)}} · €18.50 a month · 1.3.0, *1.4.0 is out*',
            below,
          ),
        ),
        t.entry(
          true,
          t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000002"}'),
          t.words(t.run('carts', bolder), ' · redis'),
          t.markdown('**Being made** · <at>Grace</at>', below),
        ),
        t.buttons(t.does('Show more', 'resources.more', '{}')),
      ],
    },
    'with nothing in it': {
      view: scenes.list.listView['with nothing in it'],
      slack: [s.rich('You have nothing yet.'), s.actions(s.button('My things', 'resources.mine#1', '{}'))],
      teams: [t.words('You have nothing yet.'), t.buttons(t.does('My things', 'resources.mine', '{}'))],
    },
  },
};

const parts: ViewsOf<(typeof modules)['parts']> = {
  noticeView: {
    'of why not': {
      view: scenes.parts.noticeView['of why not'],
      slack: [s.rich(s.emoji('warning'), '  ', 'It’s asleep. Wake it first.')],
      teams: [t.box('warning', t.words('⚠️ ', 'It’s asleep. Wake it first.'))],
    },
  },
};

const told: ViewsOf<(typeof modules)['told']> = {
  reminderView: {
    'a day before': {
      view: scenes.told.reminderView['a day before'],
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          s.bold('orders'),
          ' (PostgreSQL) ends ',
          s.date(1773219600, '\u200b{date_short_pretty} at {time}', '2026-03-11 09:00 UTC'),
          '.',
        ),
        s.rich('Then it’s put to sleep, and after 3 days deleted. If you still need it, extend it.'),
        s.actions(
          s.button(
            'Extend by 7 days',
            'resources.extend#1',
            '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-11T09:00:00.000Z","slot":1}',
            { style: 'primary' },
          ),
          s.button(
            'Delete now',
            'resources.remove-now#2',
            '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-11T09:00:00.000Z","slot":1}',
            {
              style: 'danger',
              ...s.confirm('Delete “orders” now, with all that is in it? This can’t be undone.', 'Delete now', {
                style: 'danger',
              }),
            },
          ),
          s.button('Open', 'resources.show#3', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
      teams: [
        t.box(
          'warning',
          t.markdown(
            '⚠️ **orders** (PostgreSQL) ends {{DATE(2026-03-11T09:00:00Z, SHORT)}} {{TIME(2026-03-11T09:00:00Z)}}.',
          ),
        ),
        t.words('Then it’s put to sleep, and after 3 days deleted. If you still need it, extend it.'),
        t.buttons(
          t.does(
            'Extend by 7 days',
            'resources.extend',
            '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-11T09:00:00.000Z","slot":1}',
            { style: 'positive' },
          ),
          t.asks(
            'Delete “orders” now, with all that is in it? This can’t be undone.',
            'Delete now',
            t.does(
              'Delete now',
              'resources.remove-now',
              '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-11T09:00:00.000Z","slot":1}',
              { style: 'destructive' },
            ),
            { style: 'destructive' },
          ),
          t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
    },
    'past the cap, of what can’t sleep': {
      view: scenes.told.reminderView['past the cap, of what can’t sleep'],
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          s.bold('orders'),
          ' (PostgreSQL) ends ',
          s.date(1773219600, '\u200b{date_short_pretty} at {time}', '2026-03-11 09:00 UTC'),
          '.',
        ),
        s.rich('Then it’s deleted, with all that is in it. If you still need it, extend it.'),
        s.actions(
          s.button(
            'Ask for more time',
            'resources.extend#1',
            '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-11T09:00:00.000Z","slot":2}',
            { style: 'primary' },
          ),
          s.button(
            'Delete now',
            'resources.remove-now#2',
            '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-11T09:00:00.000Z","slot":2}',
            {
              style: 'danger',
              ...s.confirm('Delete “orders” now, with all that is in it? This can’t be undone.', 'Delete now', {
                style: 'danger',
              }),
            },
          ),
          s.button('Open', 'resources.show#3', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
      teams: [
        t.box(
          'warning',
          t.markdown(
            '⚠️ **orders** (PostgreSQL) ends {{DATE(2026-03-11T09:00:00Z, SHORT)}} {{TIME(2026-03-11T09:00:00Z)}}.',
          ),
        ),
        t.words('Then it’s deleted, with all that is in it. If you still need it, extend it.'),
        t.buttons(
          t.does(
            'Ask for more time',
            'resources.extend',
            '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-11T09:00:00.000Z","slot":2}',
            { style: 'positive' },
          ),
          t.asks(
            'Delete “orders” now, with all that is in it? This can’t be undone.',
            'Delete now',
            t.does(
              'Delete now',
              'resources.remove-now',
              '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-11T09:00:00.000Z","slot":2}',
              { style: 'destructive' },
            ),
            { style: 'destructive' },
          ),
          t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
    },
  },
  extendedView: {
    'with more to come': {
      view: scenes.told.extendedView['with more to come'],
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          s.user('U0GRACE'),
          ' extended ',
          s.bold('orders'),
          ': it ends ',
          s.date(1773219600, '\u200b{date_short_pretty} at {time}', '2026-03-11 09:00 UTC'),
          '.',
        ),
        s.context('It can be extended 1 more time.'),
        s.actions(s.button('Open', 'resources.show#1', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
      teams: [
        t.box(
          'good',
          t.markdown(
            '✅ <at>Grace</at> extended **orders**: it ends {{DATE(2026-03-11T09:00:00Z, SHORT)}} {{TIME(2026-03-11T09:00:00Z)}}.',
          ),
        ),
        t.note('It can be extended 1 more time.'),
        t.buttons(t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
    },
  },
  waitingView: {
    'for the path’s owner': {
      view: scenes.told.waitingView['for the path’s owner'],
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          'It was extended as often as its golden path allows, so team data was asked whether ',
          s.bold('orders'),
          ' may live until ',
          s.date(1773824400, '\u200b{date_short_pretty} at {time}', '2026-03-18 09:00 UTC'),
          '. You’ll hear from me; it isn’t deleted before they had time to answer.',
        ),
        s.actions(s.button('Open', 'resources.show#1', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
      teams: [
        t.box(
          'accent',
          t.markdown(
            'ℹ️ It was extended as often as its golden path allows, so team data was asked whether **orders** may live until {{DATE(2026-03-18T09:00:00Z, SHORT)}} {{TIME(2026-03-18T09:00:00Z)}}. You’ll hear from me; it isn’t deleted before they had time to answer.',
          ),
        ),
        t.buttons(t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
    },
  },
  askedView: {
    'of the path’s owner': {
      view: scenes.told.askedView['of the path’s owner'],
      slack: [
        s.rich(
          s.user('U0ANN'),
          ' of team inventory asks that ',
          s.bold('orders'),
          ' (PostgreSQL) may live until ',
          s.date(1773824400, '\u200b{date_short_pretty} at {time}', '2026-03-18 09:00 UTC'),
          '.',
        ),
        s.context(
          s.token(
            'It was extended 1 time, as often as PostgreSQL allows, and ends <!date^1773219600^\u200b{date_short_pretty} at {time}|2026-03-11 09:00 UTC>.',
          ),
        ),
        s.actions(
          s.button(
            'Allow',
            'resources.allow#1',
            '{"id":"00000000-0000-4000-8000-000000000001","until":"2026-03-18T09:00:00.000Z"}',
            { style: 'primary' },
          ),
          s.button(
            'Don’t',
            'resources.deny#2',
            '{"id":"00000000-0000-4000-8000-000000000001","until":"2026-03-18T09:00:00.000Z"}',
          ),
          s.button('Open', 'resources.show#3', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
      teams: [
        t.markdown(
          '<at>Ann</at> of team inventory asks that **orders** (PostgreSQL) may live until {{DATE(2026-03-18T09:00:00Z, SHORT)}} {{TIME(2026-03-18T09:00:00Z)}}.',
        ),
        t.markdown(
          'It was extended 1 time, as often as PostgreSQL allows, and ends {{DATE(2026-03-11T09:00:00Z, SHORT)}} {{TIME(2026-03-11T09:00:00Z)}}.',
          apart,
        ),
        t.buttons(
          t.does(
            'Allow',
            'resources.allow',
            '{"id":"00000000-0000-4000-8000-000000000001","until":"2026-03-18T09:00:00.000Z"}',
            { style: 'positive' },
          ),
          t.does(
            'Don’t',
            'resources.deny',
            '{"id":"00000000-0000-4000-8000-000000000001","until":"2026-03-18T09:00:00.000Z"}',
          ),
          t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
    },
  },
  decidedView: {
    allowed: {
      view: scenes.told.decidedView.allowed,
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          s.user('U0GRACE'),
          ' allowed it: ',
          s.bold('orders'),
          ' ends ',
          s.date(1773824400, '\u200b{date_short_pretty} at {time}', '2026-03-18 09:00 UTC'),
          '.',
        ),
        s.actions(s.button('Open', 'resources.show#1', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
      teams: [
        t.box(
          'good',
          t.markdown(
            '✅ <at>Grace</at> allowed it: **orders** ends {{DATE(2026-03-18T09:00:00Z, SHORT)}} {{TIME(2026-03-18T09:00:00Z)}}.',
          ),
        ),
        t.buttons(t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
    },
    'not allowed': {
      view: scenes.told.decidedView['not allowed'],
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          s.user('U0GRACE'),
          ' decided against it: ',
          s.bold('orders'),
          ' ends ',
          s.date(1773219600, '\u200b{date_short_pretty} at {time}', '2026-03-11 09:00 UTC'),
          '. Save what you need.',
        ),
        s.actions(s.button('Open', 'resources.show#1', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
      teams: [
        t.box(
          'warning',
          t.markdown(
            '⚠️ <at>Grace</at> decided against it: **orders** ends {{DATE(2026-03-11T09:00:00Z, SHORT)}} {{TIME(2026-03-11T09:00:00Z)}}. Save what you need.',
          ),
        ),
        t.buttons(t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
    },
  },
  asleepView: {
    'until it is deleted': {
      view: scenes.told.asleepView['until it is deleted'],
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          s.bold('orders'),
          ' (PostgreSQL) has reached its end, so I’m putting it to sleep. Its data is kept until ',
          s.date(1773478800, '\u200b{date_short_pretty} at {time}', '2026-03-14 09:00 UTC'),
          '; then it’s deleted.',
        ),
        s.rich('If you still need it, extend it and wake it.'),
        s.actions(
          s.button(
            'Extend by 7 days',
            'resources.extend#1',
            '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-14T09:00:00.000Z"}',
            { style: 'primary' },
          ),
          s.button('Open', 'resources.show#2', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
      teams: [
        t.box(
          'warning',
          t.markdown(
            '⚠️ **orders** (PostgreSQL) has reached its end, so I’m putting it to sleep. Its data is kept until {{DATE(2026-03-14T09:00:00Z, SHORT)}} {{TIME(2026-03-14T09:00:00Z)}}; then it’s deleted.',
          ),
        ),
        t.words('If you still need it, extend it and wake it.'),
        t.buttons(
          t.does(
            'Extend by 7 days',
            'resources.extend',
            '{"id":"00000000-0000-4000-8000-000000000001","expires":"2026-03-14T09:00:00.000Z"}',
            { style: 'positive' },
          ),
          t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
    },
  },
  deletingView: {
    'since it has ended': {
      view: scenes.told.deletingView['since it has ended'],
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          s.bold('orders'),
          ' (PostgreSQL) has reached its end, so it’s being deleted. I’ll tell you only if that doesn’t work.',
        ),
        s.actions(s.button('My things', 'resources.mine#1', '{}')),
      ],
      teams: [
        t.box(
          'accent',
          t.words(
            'ℹ️ ',
            t.run('orders', bolder),
            ' (PostgreSQL) has reached its end, so it’s being deleted. I’ll tell you only if that doesn’t work.',
          ),
        ),
        t.buttons(t.does('My things', 'resources.mine', '{}')),
      ],
    },
    'since somebody wants it': {
      view: scenes.told.deletingView['since somebody wants it'],
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          s.user('U0GRACE'),
          ' asked to delete ',
          s.bold('orders'),
          ' (PostgreSQL). It’s being deleted; I’ll tell you only if that doesn’t work.',
        ),
        s.actions(s.button('My things', 'resources.mine#1', '{}')),
      ],
      teams: [
        t.box(
          'accent',
          t.markdown(
            'ℹ️ <at>Grace</at> asked to delete **orders** (PostgreSQL). It’s being deleted; I’ll tell you only if that doesn’t work.',
          ),
        ),
        t.buttons(t.does('My things', 'resources.mine', '{}')),
      ],
    },
  },
  deletedView: {
    'at its end': {
      view: scenes.told.deletedView['at its end'],
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          s.bold('orders'),
          ' (PostgreSQL) had reached its end and is deleted. It costs nothing any more.',
        ),
        s.actions(s.button('My things', 'resources.mine#1', '{}')),
      ],
      teams: [
        t.box(
          'accent',
          t.words(
            'ℹ️ ',
            t.run('orders', bolder),
            ' (PostgreSQL) had reached its end and is deleted. It costs nothing any more.',
          ),
        ),
        t.buttons(t.does('My things', 'resources.mine', '{}')),
      ],
    },
  },
  missingView: {
    'that somebody removed': {
      view: scenes.told.missingView['that somebody removed'],
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          s.bold('orders'),
          ' (PostgreSQL) isn’t there any more: somebody removed it by other ways than through me. It counts against team inventory’s quota until you say what should become of it.',
        ),
        s.actions(
          s.button('Make it again', 'resources.again#1', '{"id":"00000000-0000-4000-8000-000000000001"}', {
            style: 'primary',
          }),
          s.button('Forget it', 'resources.forget#2', '{"id":"00000000-0000-4000-8000-000000000001"}', {
            ...s.confirm('Forget “orders”? It leaves every list.', 'Forget it'),
          }),
          s.button('Open', 'resources.show#3', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
      teams: [
        t.box(
          'attention',
          t.words(
            '⛔ ',
            t.run('orders', bolder),
            ' (PostgreSQL) isn’t there any more: somebody removed it by other ways than through me. It counts against team inventory’s quota until you say what should become of it.',
          ),
        ),
        t.buttons(
          t.does('Make it again', 'resources.again', '{"id":"00000000-0000-4000-8000-000000000001"}', {
            style: 'positive',
          }),
          t.asks(
            'Forget “orders”? It leaves every list.',
            'Forget it',
            t.does('Forget it', 'resources.forget', '{"id":"00000000-0000-4000-8000-000000000001"}'),
          ),
          t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
    },
  },
  stuckView: {
    'with the backend’s words': {
      view: scenes.told.stuckView['with the backend’s words'],
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          s.bold('orders'),
          ' (PostgreSQL) of team inventory has reached its end, but I can’t delete it.',
        ),
        s.quote('finalizer is stuck'),
        s.rich(
          'It still runs and still costs. ',
          s.user('U0ANN'),
          ' can try again from its card, or extend it; I try again once a day.',
        ),
        s.actions(s.button('Open', 'resources.show#1', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
      teams: [
        t.box(
          'attention',
          t.words(
            '⛔ ',
            t.run('orders', bolder),
            ' (PostgreSQL) of team inventory has reached its end, but I can’t delete it.',
          ),
        ),
        t.box('emphasis', t.words('finalizer is stuck')),
        t.markdown(
          'It still runs and still costs. <at>Ann</at> can try again from its card, or extend it; I try again once a day.',
        ),
        t.buttons(t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
    },
  },
};

const hands: ViewsOf<(typeof modules)['hands']> = {
  offerView: {
    'of something that costs': {
      view: scenes.hands.offerView['of something that costs'],
      slack: [
        s.rich(
          s.user('U0ANN'),
          ' would like to hand ',
          s.bold('orders'),
          ' (PostgreSQL) over to you. Until you take it, it stays theirs.',
        ),
        s.context('It then counts for your team, at €18.50 a month.'),
        s.actions(
          s.button(
            'I’ll take it',
            'resources.accept#1',
            '{"id":"00000000-0000-4000-8000-000000000001","at":"2026-03-09T10:00:00.000Z"}',
            { style: 'primary' },
          ),
          s.button(
            'No, thanks',
            'resources.decline#2',
            '{"id":"00000000-0000-4000-8000-000000000001","at":"2026-03-09T10:00:00.000Z"}',
          ),
          s.button('Open', 'resources.show#3', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
      teams: [
        t.markdown(
          '<at>Ann</at> would like to hand **orders** (PostgreSQL) over to you. Until you take it, it stays theirs.',
        ),
        t.note('It then counts for your team, at €18.50 a month.'),
        t.buttons(
          t.does(
            'I’ll take it',
            'resources.accept',
            '{"id":"00000000-0000-4000-8000-000000000001","at":"2026-03-09T10:00:00.000Z"}',
            { style: 'positive' },
          ),
          t.does(
            'No, thanks',
            'resources.decline',
            '{"id":"00000000-0000-4000-8000-000000000001","at":"2026-03-09T10:00:00.000Z"}',
          ),
          t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}'),
        ),
      ],
    },
  },
  settledView: {
    'when it was taken': {
      view: scenes.hands.settledView['when it was taken'],
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', 'It’s Grace’s now.'),
        s.actions(s.button('Open', 'resources.show#1', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
      teams: [
        t.box('good', t.words('✅ ', 'It’s Grace’s now.')),
        t.buttons(t.does('Open', 'resources.show', '{"id":"00000000-0000-4000-8000-000000000001"}')),
      ],
    },
  },
  orphansView: {
    'when somebody left': {
      view: scenes.hands.orphansView['when somebody left'],
      slack: [
        s.rich(
          s.bold('Leo'),
          ' isn’t here any more. One thing needs a new owner; until then the whole team hears when something is due.',
        ),
        s.rich(
          s.bold('orders'),
          s.bold(' · PostgreSQL'),
          '\n',
          'ends ',
          s.date(1773219600, '\u200b{date_short_pretty}', '2026-03-11'),
        ),
        s.actions(
          s.button(
            'I’ll take it',
            'resources.accept#1',
            '{"id":"00000000-0000-4000-8000-000000000001","at":"2026-03-09T10:00:00.000Z"}',
            { style: 'primary' },
          ),
        ),
        s.actions(s.button('The team’s list', 'resources.team#2', '{"team":"inventory"}')),
      ],
      teams: [
        t.words(
          t.run('Leo', bolder),
          ' isn’t here any more. One thing needs a new owner; until then the whole team hears when something is due.',
        ),
        t.entry(
          false,
          t.does(
            'I’ll take it',
            'resources.accept',
            '{"id":"00000000-0000-4000-8000-000000000001","at":"2026-03-09T10:00:00.000Z"}',
            { style: 'positive' },
          ),
          t.words(t.run('orders', bolder), ' · PostgreSQL'),
          t.markdown('ends {{DATE(2026-03-11T09:00:00Z, SHORT)}}', below),
        ),
        t.buttons(t.does('The team’s list', 'resources.team', '{"team":"inventory"}')),
      ],
    },
    'when all have an owner again': {
      view: scenes.hands.orphansView['when all have an owner again'],
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', s.user('U0ANN'), ' took ', s.bold('orders'), '.'),
        s.rich('All that ', s.bold('Leo'), ' left behind in team inventory has an owner again. Thank you!'),
      ],
      teams: [
        t.box('good', t.markdown('✅ <at>Ann</at> took **orders**.')),
        t.words('All that ', t.run('Leo', bolder), ' left behind in team inventory has an owner again. Thank you!'),
      ],
    },
  },
};

const freshness: ViewsOf<(typeof modules)['freshness']> = {
  tidingsView: {
    'that it hid itself': {
      view: scenes.freshness.tidingsView['that it hid itself'],
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          '“PostgreSQL” 1.4.0 isn’t offered any more: its last 2 test runs failed. An outdated path is worse than none. It comes back by itself when a test run succeeds; I try again once a day.',
        ),
        s.quote('no storage class'),
        s.actions(s.button('Verify now', 'freshness.verify#1', '{"path":"postgres"}')),
      ],
      teams: [
        t.box(
          'attention',
          t.words(
            '⛔ ',
            '“PostgreSQL” 1.4.0 isn’t offered any more: its last 2 test runs failed. An outdated path is worse than none. It comes back by itself when a test run succeeds; I try again once a day.',
          ),
        ),
        t.box('emphasis', t.words('no storage class')),
        t.buttons(t.does('Verify now', 'freshness.verify', '{"path":"postgres"}')),
      ],
    },
    'that it is back': {
      view: scenes.freshness.tidingsView['that it is back'],
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          '“PostgreSQL” 1.4.0 went through a test run, so it is offered again.',
        ),
      ],
      teams: [t.box('good', t.words('✅ ', '“PostgreSQL” 1.4.0 went through a test run, so it is offered again.'))],
    },
  },
  startedView: {
    'of a test run': {
      view: scenes.freshness.startedView['of a test run'],
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          'The test run has begun: I make one, wait until it’s ready, and delete it. You’ll hear from me how it went.',
        ),
      ],
      teams: [
        t.box(
          'accent',
          t.words(
            'ℹ️ ',
            'The test run has begun: I make one, wait until it’s ready, and delete it. You’ll hear from me how it went.',
          ),
        ),
      ],
    },
  },
  healthView: {
    'of one that fails and one that was never tried': {
      view: scenes.freshness.healthView['of one that fails and one that was never tried'],
      slack: [
        s.rich(
          s.bold('PostgreSQL'),
          s.bold(' 1.4.0'),
          '\n',
          s.bold('hidden'),
          ' · Never verified so far; the last 2 test runs failed. A test run began ',
          s.date(1773050400, '\u200b{date_short_pretty} at {time}', '2026-03-09 10:00 UTC'),
          '.',
        ),
        s.actions(s.button('Verify now', 'freshness.verify#1', '{"path":"postgres"}')),
        s.rich(s.bold('Redis'), s.bold(' 1.4.0'), '\n', 'Not tried by a test run yet.'),
        s.actions(s.button('Verify now', 'freshness.verify#2', '{"path":"redis"}')),
        s.context('/platform verify postgres begins a test run of one of them.'),
      ],
      teams: [
        t.entry(
          false,
          t.does('Verify now', 'freshness.verify', '{"path":"postgres"}'),
          t.words(t.run('PostgreSQL', bolder), ' 1.4.0'),
          t.markdown(
            '**hidden** · Never verified so far; the last 2 test runs failed. A test run began {{DATE(2026-03-09T10:00:00Z, SHORT)}} {{TIME(2026-03-09T10:00:00Z)}}.',
            below,
          ),
        ),
        t.entry(
          true,
          t.does('Verify now', 'freshness.verify', '{"path":"redis"}'),
          t.words(t.run('Redis', bolder), ' 1.4.0'),
          t.under('Not tried by a test run yet.'),
        ),
        t.note(t.mono('verify postgres', muted), ' begins a test run of one of them.'),
      ],
    },
  },
};

describe('what people have', () => goldens({ ...card, ...list, ...parts, ...told, ...hands, ...freshness }));
