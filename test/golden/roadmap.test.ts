import { describe } from 'vitest';
import type { Feedback } from '../../src/core/feedback/store.ts';
import type { AccountId, Person } from '../../src/core/kernel/index.ts';
import * as board from '../../src/core/roadmap/board-view.ts';
import * as news from '../../src/core/roadmap/news-view.ts';
import { scoreOf } from '../../src/core/roadmap/score.ts';
import * as similar from '../../src/core/roadmap/similar-view.ts';
import type { Notice } from '../../src/core/roadmap/store.ts';
import * as voice from '../../src/core/roadmap/voice-view.ts';
import { ann, goldens, grace, type ViewsOf } from './golden.ts';
import { bolder, muted, slack as s, teams as t } from './json.ts';

/* What people see of the roadmap, on both platforms. */

const asked = new Date('2026-03-03T09:05:00Z');
const shipped: Notice = {
  move: '9',
  person: ann,
  since: asked,
  asked: true,
  kind: 'ship',
  by: grace,
  words: 'Open a pull request.',
  item: { number: 7, what: 'Faster previews', state: 'shipped', link: 'https://docs.acme.test/p' },
};
const item: Feedback = {
  number: 7,
  requester: ann,
  account: 'slack:T1/U0ANN' as AccountId,
  what: 'Faster previews',
  why: 'I wait.',
  pain: 4,
  state: 'planned',
  quarter: '2026Q2',
  created: asked,
  changed: asked,
};
const bo: Person = {
  id: grace,
  name: 'Grace',
  zone: 'UTC',
  teams: [],
  roles: new Set(['developer']),
  accounts: ['slack:T1/U0GRACE' as AccountId],
};
const score = scoreOf(item, [{ asked: 9, affected: 61 }]);
const seven = '{"number":7}';
const day = s.date(1772528700, '{date_short_pretty}', '2026-03-03');
const teamsDay = '{{DATE(2026-03-03T09:05:00Z, SHORT)}}';

const newsViews: ViewsOf<typeof news> = {
  newsView: {
    'one thing that is here': {
      view: news.newsView([shipped]),
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          'You asked on ',
          s.within(day),
          ': ',
          s.bold('Faster previews'),
          '. It is here: Open a pull request. ',
          s.link('Try it', 'https://docs.acme.test/p'),
        ),
        s.context('Does it help? One tap tells the team.'),
        s.actions(
          s.button('Solved', 'roadmap.solved#1', seven, { style: 'primary' }),
          s.button('Not quite', 'roadmap.not-quite#2', seven),
        ),
      ],
      teams: [
        t.box(
          'good',
          t.markdown(
            `✅ You asked on ${teamsDay}: **Faster previews**. It is here: Open a pull request. [Try it](https://docs.acme.test/p)`,
          ),
        ),
        t.note('Does it help? One tap tells the team.'),
        t.buttons(
          t.does('Solved', 'roadmap.solved', seven, { style: 'positive' }),
          t.opens('Not quite', 'roadmap.not-quite', seven),
        ),
      ],
    },
    'one that was planned, to who wanted it too': {
      view: news.newsView([{ ...shipped, asked: false, kind: 'plan', item: { ...shipped.item, quarter: '2026Q2' } }]),
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          'You wanted it too on ',
          s.within(day),
          ': ',
          s.bold('Faster previews'),
          '. ',
          s.user('U0GRACE'),
          ' planned it for Q2 2026.',
        ),
        s.context('I’ll tell you when it’s here.'),
        s.actions(s.button('Don’t tell me more', 'roadmap.mute#1', seven)),
      ],
      teams: [
        t.box(
          'good',
          t.markdown(
            `✅ You wanted it too on ${teamsDay}: **Faster previews**. <at>Grace</at> planned it for Q2 2026.`,
          ),
        ),
        t.note('I’ll tell you when it’s here.'),
        t.buttons(t.does('Don’t tell me more', 'roadmap.mute', seven)),
      ],
    },
  },
};

const similarViews: ViewsOf<typeof similar> = {
  similarView: {
    'one that others asked for': {
      view: similar.similarView(
        [{ number: 7, what: 'Faster previews', state: 'received', asked: 3 }],
        'd1',
        'Quick previews',
      ),
      slack: [
        s.rich(
          'Before I send ',
          s.bold('Quick previews'),
          ': this was asked for already. One tap joins it, with all that you wrote, and you’re told as they are.',
        ),
        s.rich(s.bold('#7 Faster previews'), '\n', s.bold('Received'), ' · 3 asked'),
        s.actions(s.button('Me too', 'roadmap.me-too#1', '{"number":7,"draft":"d1"}')),
        s.actions(s.button('None of these: send mine', 'roadmap.send#2', '{"draft":"d1"}')),
        s.context('Yours waits here for a week.'),
      ],
      teams: [
        t.words(
          'Before I send ',
          t.run('Quick previews', bolder),
          ': this was asked for already. One tap joins it, with all that you wrote, and you’re told as they are.',
        ),
        t.entry(
          false,
          t.does('Me too', 'roadmap.me-too', '{"number":7,"draft":"d1"}'),
          t.words('#7 Faster previews'),
          t.under(t.run('Received', { ...muted, ...bolder }), ' · 3 asked'),
        ),
        t.buttons(t.does('None of these: send mine', 'roadmap.send', '{"draft":"d1"}')),
        t.note('Yours waits here for a week.'),
      ],
    },
  },
};

const voiceViews: Pick<ViewsOf<typeof voice>, 'countedView'> = {
  countedView: {
    'for the first time': {
      view: voice.countedView(item, score, bo, true),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', s.bold('Faster previews'), ': 9 asked, 61 affected by inventory.'),
        s.context('I’ll tell you when it’s planned and when it’s here, and nothing in between.'),
        s.actions(
          s.button('Say how much it hurts', 'roadmap.hurts#1', seven),
          s.button('Take it back', 'roadmap.take-back#2', seven),
          s.button('Don’t tell me more', 'roadmap.mute#3', seven),
        ),
      ],
      teams: [
        t.box('good', t.words('✅ ', t.run('Faster previews', bolder), ': 9 asked, 61 affected by inventory.')),
        t.note('I’ll tell you when it’s planned and when it’s here, and nothing in between.'),
        t.buttons(
          t.opens('Say how much it hurts', 'roadmap.hurts', seven),
          t.does('Take it back', 'roadmap.take-back', seven),
          t.does('Don’t tell me more', 'roadmap.mute', seven),
        ),
      ],
    },
  },
};

const scoreNote = 'The score is the impact times how many people it touches, once each. “More” shows its parts.';
const boardViews: ViewsOf<typeof board> = {
  boardView: {
    'with one lane': {
      view: board.boardView('now', [{ title: 'Next', entries: [{ item, score }] }], 1),
      slack: [
        s.rich(s.bold('Next')),
        s.rich(
          s.bold('#7 Faster previews'),
          '\n',
          'Planned for Q2 2026 · 9 asked, 61 affected by inventory · score 280',
        ),
        s.actions(s.button('Me too', 'roadmap.me-too#1', seven), s.button('More', 'roadmap.item#2', seven)),
        s.actions(
          s.button('By quarter', 'roadmap.show#3', '{"cut":"quarter"}'),
          s.button('By persona', 'roadmap.show#4', '{"cut":"persona"}'),
        ),
        s.context(scoreNote),
      ],
      teams: [
        t.words(t.run('Next', bolder)),
        t.item(
          false,
          t.words('#7 Faster previews'),
          t.under('Planned for Q2 2026 · 9 asked, 61 affected by inventory · score 280'),
          {
            ...t.buttons(t.does('Me too', 'roadmap.me-too', seven), t.does('More', 'roadmap.item', seven)),
            spacing: 'Small',
          },
        ),
        t.buttons(
          t.does('By quarter', 'roadmap.show', '{"cut":"quarter"}'),
          t.does('By persona', 'roadmap.show', '{"cut":"persona"}'),
        ),
        t.note(scoreNote),
      ],
    },
    'of somebody who asked for nothing': {
      view: board.boardView('mine', [], 0),
      slack: [
        s.rich('Nothing here yet. ', s.mono('/platform feedback'), ' asks for something; what’s decided stands here.'),
        s.actions(s.button('Roadmap', 'roadmap.show#1', '{"cut":"now"}')),
      ],
      teams: [
        t.words('Nothing here yet. ', t.mono('feedback'), ' asks for something; what’s decided stands here.'),
        t.buttons(t.does('Roadmap', 'roadmap.show', '{"cut":"now"}')),
      ],
    },
    'with nothing in it': {
      view: board.boardView('now', [], 0),
      slack: [
        s.rich('Nothing here yet. ', s.mono('/platform feedback'), ' asks for something; what’s decided stands here.'),
      ],
      teams: [t.words('Nothing here yet. ', t.mono('feedback'), ' asks for something; what’s decided stands here.')],
    },
  },
};

describe('the roadmap', () => goldens({ ...newsViews, ...similarViews, ...voiceViews, ...boardViews }));
