import { describe } from 'vitest';
import type { Feedback } from '../../src/core/feedback/store.ts';
import type { AccountId } from '../../src/core/kernel/index.ts';
import * as items from '../../src/core/roadmap/item-view.ts';
import * as news from '../../src/core/roadmap/news-view.ts';
import { scoreOf } from '../../src/core/roadmap/score.ts';
import { ann, type GoldenView, goldens, grace, type ViewsOf } from './golden.ts';
import { apart, bolder, type Json, slack as s, teams as t } from './json.ts';

/* One item with all that is known of it, for whoever asked and for whoever decides, and what is told when it is here. */

const asked = new Date('2026-03-03T09:05:00Z');
const item: Feedback = {
  number: 7,
  requester: ann,
  account: 'slack:T1/U0ANN' as AccountId,
  what: 'Faster previews',
  why: 'I wait.',
  pain: 4,
  impact: 4,
  state: 'shipped',
  outcome: 'Previews in a minute',
  quarter: '2026Q2',
  owner: grace,
  path: 'preview',
  help: 'Open a pull request.',
  link: 'https://docs.acme.test/p',
  created: asked,
  changed: asked,
};
const whole: Parameters<typeof items.itemView>[0] = {
  item,
  path: 'preview',
  score: scoreOf(item, [{ asked: 9, affected: 61 }]),
  merged: [{ ...item, number: 9, what: 'Quick previews', into: 7 }],
  relations: [{ number: 12, kind: 'related', what: 'GPU previews' }],
  verdicts: [{ feedback: 7, person: ann, solved: true, at: asked }],
  issue: { feedback: 7, tracker: 'github', ref: 'acme/platform#3', url: 'https://github.test/acme/platform/issues/3' },
  pains: [0, 0, 1, 2, 1],
  tracker: 'GitHub',
  triage: false,
  history: [
    { by: grace, move: 'plan', state: 'planned', at: asked },
    { by: grace, move: 'ship', state: 'shipped', words: 'Open a pull request.', at: asked },
  ],
};
const open: Parameters<typeof items.itemView>[0] = {
  ...whole,
  item: { ...item, state: 'planned' },
  triage: true,
  verdicts: [],
  relations: [],
  history: whole.history.slice(0, 1),
};
delete (open as { issue?: unknown }).issue;

const seven = '{"number":7}';
const move = (name: string): string => `{"number":7,"move":"${name}"}`;
const bond = (name: string): string => `{"number":7,"bond":"${name}"}`;
const slackDay = '<!date^1772528700^{date_short_pretty}|2026-03-03>';
const teamsDay = '{{DATE(2026-03-03T09:05:00Z, SHORT)}}';
const pain = '●●●●○ hurts every week; 3 say that it hurts every week or blocks them';

type Said = { readonly label: string; readonly slack: string | Json; readonly teams: Json };
const fact = (label: string, words: string): Said => ({ label, slack: words, teams: t.words(words) });
const url = (label: string, words: string, to: string): Said => ({
  label,
  slack: s.link(words, to),
  teams: t.words(t.link(words, to)),
});
const facts = (state: string): readonly Said[] => [
  { label: 'State', slack: s.bold(state), teams: t.words(t.run(state, bolder)) },
  fact('Voices', '9 asked, 61 affected by inventory'),
  fact('Score', '280 = impact 4 (hours every week) × 70 people'),
  fact('Pain', pain),
  fact('Outcome', 'Previews in a minute'),
  fact('When', 'Q2 2026'),
  { label: 'Owner', slack: s.user('U0GRACE'), teams: t.markdown('<at>Grace</at>') },
  // Once it is open again, what was said when it shipped is not so any more.
  ...(state === 'Shipped'
    ? [fact('How', 'Open a pull request.'), url('Where', 'Read how', 'https://docs.acme.test/p')]
    : []),
];
const slackFacts = (rows: readonly Said[]) => s.facts(...rows.map((r) => [r.label, r.slack] as const));
const teamsFacts = (rows: readonly Said[]) =>
  rows.map((r, i) => t.fact(i === 0 ? 'Default' : 'Small', r.label, r.teams));
const issue = url('Issue', 'acme/platform#3', 'https://github.test/acme/platform/issues/3');

const itemViews: ViewsOf<typeof items> = {
  itemView: {
    'that is here, for whoever asked': {
      view: items.itemView(whole),
      slack: [
        s.rich(s.bold('Faster previews')),
        s.quote('I wait.'),
        slackFacts([...facts('Shipped'), issue]),
        s.context('With #9 Quick previews'),
        s.context('Has to do with #12 GPU previews'),
        s.context(s.token(`${slackDay} <@U0ANN> asked for it`)),
        s.context(s.token(`${slackDay} <@U0GRACE> planned it`)),
        s.context(s.token(`${slackDay} <@U0GRACE> shipped it: Open a pull request.`)),
        s.context('1 of 9 say it solved it'),
        s.actions(
          s.button('Try it', 'request.create#1', '{"path":"preview"}', { style: 'primary' }),
          s.button('Don’t tell me more', 'roadmap.mute#2', seven),
        ),
      ],
      teams: [
        t.words(t.run('Faster previews', bolder)),
        t.box('emphasis', t.words('I wait.')),
        ...teamsFacts([...facts('Shipped'), issue]),
        t.note('With #9 Quick previews'),
        t.note('Has to do with #12 GPU previews'),
        t.markdown(`${teamsDay} <at>Ann</at> asked for it`, apart),
        t.markdown(`${teamsDay} <at>Grace</at> planned it`, apart),
        t.markdown(`${teamsDay} <at>Grace</at> shipped it: Open a pull request.`, apart),
        t.note('1 of 9 say it solved it'),
        t.buttons(
          t.opens('Try it', 'request.create', '{"path":"preview"}', { style: 'positive' }),
          t.does('Don’t tell me more', 'roadmap.mute', seven),
        ),
      ],
    },
    'that is planned, for whoever decides': {
      view: items.itemView(open),
      slack: [
        s.rich(s.bold('Faster previews')),
        s.quote('I wait.'),
        slackFacts(facts('Planned')),
        s.context('With #9 Quick previews'),
        s.context(s.token(`${slackDay} <@U0ANN> asked for it`)),
        s.context(s.token(`${slackDay} <@U0GRACE> planned it`)),
        s.actions(s.button('Take #9 out', 'roadmap.unmerge#1', '{"number":9}')),
        s.actions(
          s.button('Me too', 'roadmap.me-too#2', seven),
          s.button('In progress', 'feedback.move#3', move('start'), { style: 'primary' }),
          s.button('In review', 'feedback.move#4', move('review')),
          s.button('Ship', 'feedback.move#5', move('ship')),
          s.button('Decline', 'feedback.move#6', move('decline'), { style: 'danger' }),
          s.button('Ask back', 'feedback.move#7', move('ask')),
        ),
        s.actions(
          s.button('Details', 'roadmap.details#8', seven),
          s.button('Merge', 'roadmap.bond#9', bond('merge')),
          s.button('Split', 'roadmap.bond#10', bond('split')),
          s.button('Link', 'roadmap.bond#11', bond('link')),
          s.button('GitHub issue', 'roadmap.issue#12', seven),
        ),
      ],
      teams: [
        t.words(t.run('Faster previews', bolder)),
        t.box('emphasis', t.words('I wait.')),
        ...teamsFacts(facts('Planned')),
        t.note('With #9 Quick previews'),
        t.markdown(`${teamsDay} <at>Ann</at> asked for it`, apart),
        t.markdown(`${teamsDay} <at>Grace</at> planned it`, apart),
        t.buttons(t.does('Take #9 out', 'roadmap.unmerge', '{"number":9}')),
        t.buttons(
          t.does('Me too', 'roadmap.me-too', seven),
          t.does('In progress', 'feedback.move', move('start'), { style: 'positive' }),
          t.does('In review', 'feedback.move', move('review')),
          t.opens('Ship', 'feedback.move', move('ship')),
          t.opens('Decline', 'feedback.move', move('decline'), { style: 'destructive' }),
          t.opens('Ask back', 'feedback.move', move('ask')),
        ),
        t.buttons(
          t.opens('Details', 'roadmap.details', seven),
          t.opens('Merge', 'roadmap.bond', bond('merge')),
          t.opens('Split', 'roadmap.bond', bond('split')),
          t.opens('Link', 'roadmap.bond', bond('link')),
          t.opens('GitHub issue', 'roadmap.issue', seven),
        ),
      ],
    },
  },
};

const { number, what, state, link, path } = item as Required<Feedback>;
const tried: Readonly<Record<'newsView', Readonly<Record<string, GoldenView>>>> = {
  newsView: {
    'one thing that can be tried at once': {
      view: news.newsView([
        {
          move: '9',
          person: ann,
          since: asked,
          asked: false,
          kind: 'ship',
          by: grace,
          words: 'Open a pull request.',
          item: { number, what, state, link, path },
        },
      ]),
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          'You wanted it too on ',
          s.date(1772528700, '\u200b{date_short_pretty}', '2026-03-03'),
          ': ',
          s.bold('Faster previews'),
          '. It is here: Open a pull request. ',
          s.link('Read how', 'https://docs.acme.test/p'),
        ),
        s.context('Does it help? One tap tells the team.'),
        s.actions(
          s.button('Try it', 'request.create#1', '{"path":"preview"}'),
          s.button('Solved', 'roadmap.solved#2', seven, { style: 'primary' }),
          s.button('Not quite', 'roadmap.not-quite#3', seven),
        ),
      ],
      teams: [
        t.box(
          'good',
          t.markdown(
            `✅ You wanted it too on ${teamsDay}: **Faster previews**. It is here: Open a pull request. [Read how](https://docs.acme.test/p)`,
          ),
        ),
        t.note('Does it help? One tap tells the team.'),
        t.buttons(
          t.opens('Try it', 'request.create', '{"path":"preview"}'),
          t.does('Solved', 'roadmap.solved', seven, { style: 'positive' }),
          t.opens('Not quite', 'roadmap.not-quite', seven),
        ),
      ],
    },
  },
};

describe('an item of the roadmap', () => goldens({ ...itemViews, ...tried }));
