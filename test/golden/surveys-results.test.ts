import type { Block, ChartTone } from '../../src/core/kernel/index.ts';
import { didView } from '../../src/core/surveys/did.ts';
import type { Report } from '../../src/core/surveys/results.ts';
import * as results from '../../src/core/surveys/results-view.ts';
import { render as slackRender } from '../../src/slack/render.ts';
import { render as teamsRender } from '../../src/teams/render.ts';
import { goldens, names, type ViewsOf } from './golden.ts';
import { bolder, muted, slack as s, teams as t } from './json.ts';
import { read, runOf } from './surveys-scene.ts';

/* What a run found, drawn twice: small groups stand nowhere, and charts are also words. */

const survey = read({
  questions: [
    { key: 'nps', kind: 'nps', ask: 'Would you recommend it?' },
    { key: 'easy', kind: 'likert', scale: 'agreement5', ask: 'Deploying is *easy*.' },
    { key: 'fails', kind: 'percent', ask: 'How many changes fail?', measure: 'change-failure-rate' },
    {
      key: 'way',
      kind: 'choice',
      ask: 'Which way?',
      options: [
        { value: 'a', label: 'A' },
        { value: 'b', label: 'B' },
      ],
    },
    { key: 'words', kind: 'text', ask: 'What should change?' },
    { key: 'more', kind: 'text', ask: 'Anything else?' },
  ],
});
const report = (counts: Readonly<Record<string, number>>): Report => ({
  invited: 30,
  answered: 20,
  items: [
    { key: 'nps', n: 20, counts, unknown: 1, groups: [] },
    {
      key: 'easy',
      n: 20,
      counts: { '2': 5, '4': 10, '5': 5 },
      unknown: 0,
      groups: [
        {
          by: 'team',
          shown: [
            { group: 'checkout', n: 8, counts: { '2': 4, '4': 4 } },
            { group: 'none', n: 6, counts: { '4': 6 } },
          ],
          hidden: ['data', 'web'],
          few: ['data'],
        },
        { by: 'persona', shown: [], hidden: ['backend', 'data'], few: ['data'] },
      ],
    },
    { key: 'fails', n: 10, counts: { '10': 5, '30': 5 }, unknown: 0, groups: [] },
    { key: 'way', groups: [] },
    { key: 'words', n: 12, groups: [] },
    { key: 'more', groups: [] },
  ],
});
const before = runOf(survey, { number: 2, id: 'run-0', state: 'closed', report: report({ '3': 10, '9': 10 }) });
const did = [
  { said: 'Previews are *slow*', did: 'They start in 40 seconds', items: [12, 15] },
  { said: 'Less YAML', did: 'One file', items: [] },
];
const run = runOf(survey, { state: 'closed', report: report({ '6': 4, '8': 6, '10': 10 }), did });

const scored = 'Scored as DORA’s Quick Check does (dora.dev, CC BY 4.0); what nobody knew is left out.';
const score = 'NPS +30, from -6 to +58 (95%). +30 since the run before, within the margin.';
const gauge = 'A net promoter score of +30, from -6 to +58 with its margin, on a scale from -100 to 100.';
const trend = 'NPS run by run: 0 in run 2, +30 in this one.';
const topTwo = 'Top two: 75%, from 53% to 89% (95%). The same as in the run before.';
const checkout = 'Top two: 50%, from 22% to 78% (95%). The same as in the run before.';
const noTeam = 'Top two: 100%, from 61% to 100% (95%). The same as in the run before.';

/** Charts and bars as test/golden/blocks.test.ts has them; what counts here is which stand where. */
const drawn = (...blocks: readonly Block[]) => {
  const view = { id: 'x', title: 'x', summary: 'x', blocks };
  return {
    slack: slackRender(view, names, { strict: true, remote: true }).blocks.slice(1) as never[],
    teams: teamsRender(view, names, { strict: true }).body.slice(1) as never[],
  };
};
/** How many gave each answer, and the one that most gave. */
const picture = (
  shape: 'bars' | 'distribution',
  most: string,
  ...rows: readonly (readonly [string, number, ChartTone?])[]
) =>
  drawn({
    kind: 'chart',
    chart: {
      shape,
      title: 'How many gave each answer',
      alt: `Most often: ${most}.`,
      rows: rows.map(([label, value, tone]) => ({ label, value, ...(tone ? { tone } : {}) })),
    },
  });
const gaugeChart = drawn({
  kind: 'chart',
  chart: {
    shape: 'gauge',
    title: 'NPS',
    alt: gauge,
    value: 30,
    from: -100,
    to: 100,
    margin: { low: -5.741963884746346, high: 57.91587692822461 },
    bands: [
      { to: 0, tone: 'bad' },
      { to: 30, tone: 'warn' },
      { to: 100, tone: 'good' },
    ],
  },
});
const trendChart = drawn({
  kind: 'chart',
  chart: {
    shape: 'trend',
    title: 'NPS over the runs',
    alt: trend,
    points: ['Run 2', 'This one'],
    series: [
      {
        name: 'NPS',
        values: [0, 30],
        margins: [
          { low: -39.5, high: 39.5 },
          { low: -5.7, high: 57.9 },
        ],
      },
    ],
  },
});
const scores = picture(
  'distribution',
  '10, by 10 of 20',
  ...[0, 0, 0, 0, 0, 0, 4, 0, 6, 0, 10].map(
    (n, score) => [String(score), n, score > 8 ? 'good' : score > 6 ? 'warn' : 'bad'] as const,
  ),
);
const agreed = picture(
  'bars',
  'Agree, by 10 of 20',
  ['Strongly disagree', 0],
  ['Disagree', 5],
  ['Neither', 0],
  ['Agree', 10],
  ['Strongly agree', 5],
);
const failed = picture(
  'distribution',
  '10% and 30%, by 5 of 10 each',
  ...[0, 5, 0, 5, 0, 0, 0, 0, 0, 0, 0].map((n, ten) => [`${ten * 10}%`, n] as const),
);
const byTeam = drawn({
  kind: 'chart',
  chart: {
    shape: 'bars',
    title: 'The two best answers by team',
    alt: 'The two best answers by team: 50% checkout, 100% no team.',
    unit: '%',
    rows: [
      { label: 'checkout', value: 50, note: '8 answered' },
      { label: 'no team', value: 100, note: '6 answered' },
      { label: 'data', value: null, note: 'hidden: fewer than 5 answered' },
      { label: 'web', value: null, note: 'hidden too' },
    ],
  },
});

/** The reader’s choice: what is shown, of it the one with a tick. */
const choice = (on: string, ...pages: readonly (readonly [label: string, page: number])[]) => {
  const all = [
    ['all', 'Everybody'],
    ['team', 'By team'],
    ['persona', 'By persona'],
  ] as const;
  const value = (by: string, page: number) => `{"name":"pulse","run":"run-1","card":"c1","by":"${by}","page":${page}}`;
  const buttons = [
    ...all.map(([by, label]) => [by === on ? `✓ ${label}` : label, value(by, 0), by === on] as const),
    ...pages.map(([label, page]) => [label, value(on, page), false] as const),
  ];
  return {
    slack: s.actions(
      ...buttons.map(([label, pressed, primary], i) =>
        s.button(label, `surveys.cut#${i + 1}`, pressed, primary ? { style: 'primary' } : {}),
      ),
    ),
    teams: t.buttons(
      ...buttons.map(([label, pressed, primary]) =>
        t.does(label, 'surveys.cut', pressed, primary ? { style: 'positive' } : {}),
      ),
    ),
  };
};
const few = (n: number) => `Fewer than ${n} answered this, so nothing is kept of it.`;
const onlyWhere = (by: string) =>
  `By ${by}: only where 5 or more answered. A further one is hidden too where what fewer than 5 people said could be worked out from the rest.`;
const neverBy = (by: string) => `What people wrote is never shown by ${by}.`;
const ofOne = (by: string) => `Everybody who answered this is of one ${by}, or of none.`;
const look = (by: results.Look['by'], page = 0) => ({ look: { by, page }, card: 'c1' });
const head = {
  slack: s.facts(['Run', '3'], ['Answered', '67% (20 of 30)']),
  teams: [t.fact('Default', 'Run', t.words('3')), t.fact('Small', 'Answered', t.words('67% (20 of 30)'))],
};
const slackTitle = (words: string) => s.rich(s.bold(words));
const teamsTitle = (words: string) => t.words(t.run(words, bolder));
const asked = [
  '1. Would you recommend it?',
  '2. Deploying is *easy*.',
  '3. How many changes fail?',
  '4. Which way?',
  '5. What should change?',
  '6. Anything else?',
] as const;
const [ask1, ask2, ask3, ask4, ask5, ask6] = asked;

const small = runOf(
  read({ questions: Array.from({ length: 7 }, (_, n) => ({ key: `q${n}`, kind: 'nps', ask: 'Would you?' })) }),
  { state: 'closed', report: { invited: 4, answered: 3, items: [] } },
);
const typed = runOf(
  read({ questions: [{ key: 'hours', kind: 'number', max: 60, unit: 'hours', ask: 'How long do you wait?' }] }),
  {
    state: 'closed',
    report: {
      invited: 30,
      answered: 20,
      items: [
        {
          key: 'hours',
          n: 12,
          counts: Object.fromEntries([0, 3, 7, 11, 14, 18, 22, 26, 31, 37, 44, 55].map((hours) => [hours, 1])),
          unknown: 0,
          groups: [],
        },
      ],
    },
  },
);
const waits = picture(
  'distribution',
  '0–9 and 10–19, by 3 of 12 each',
  ['0–9', 3],
  ['10–19', 3],
  ['20–29', 2],
  ['30–39', 2],
  ['40–49', 1],
  ['50–59', 1],
);
const notTold = 'not told, since fewer than 5 were asked';

const views: ViewsOf<typeof results> & ViewsOf<{ didView: typeof didView }> = {
  resultsView: {
    'a second run, everybody': {
      view: results.resultsView(run, [before], look('all')),
      slack: [
        head.slack,
        s.facts(['DORA overall', '8.0 of 10'], ['Stability', '8.0 of 10']),
        s.context(scored),
        slackTitle(ask1),
        s.rich(score),
        ...gaugeChart.slack,
        ...trendChart.slack,
        ...scores.slack,
        s.context('20 answered, 1 did not know.'),
        slackTitle(ask2),
        s.rich(topTwo),
        ...agreed.slack,
        s.context('20 answered.'),
        slackTitle(ask3),
        s.rich('Mean 20.0%. The same as in the run before.'),
        ...failed.slack,
        s.context('10 answered.'),
        slackTitle(ask4),
        s.context(few(5)),
        slackTitle(ask5),
        s.context('12 people wrote something. /platform survey words pulse shows it; the export has all.'),
        slackTitle(ask6),
        s.context(few(10)),
        choice('all').slack,
      ],
      teams: [
        ...head.teams,
        t.fact('Default', 'DORA overall', t.words('8.0 of 10')),
        t.fact('Small', 'Stability', t.words('8.0 of 10')),
        t.note(scored),
        teamsTitle(ask1),
        t.words(score),
        ...gaugeChart.teams,
        ...trendChart.teams,
        ...scores.teams,
        t.note('20 answered, 1 did not know.'),
        teamsTitle(ask2),
        t.words(topTwo),
        ...agreed.teams,
        t.note('20 answered.'),
        teamsTitle(ask3),
        t.words('Mean 20.0%. The same as in the run before.'),
        ...failed.teams,
        t.note('10 answered.'),
        teamsTitle(ask4),
        t.note(few(5)),
        teamsTitle(ask5),
        t.note('12 people wrote something. ', t.mono('survey words pulse', muted), ' shows it; the export has all.'),
        teamsTitle(ask6),
        t.note(few(10)),
        choice('all').teams,
      ],
    },
    'the same by team: two shown, one too small, and one hidden beside it': {
      view: results.resultsView(run, [before], look('team')),
      slack: [
        head.slack,
        s.context(onlyWhere('team')),
        slackTitle(ask1),
        s.context(ofOne('team')),
        slackTitle(ask2),
        ...byTeam.slack,
        s.facts(['checkout', checkout], ['no team', noTeam]),
        slackTitle(ask3),
        s.context(ofOne('team')),
        slackTitle(ask4),
        s.context(few(5)),
        slackTitle(ask5),
        s.context(neverBy('team')),
        slackTitle(ask6),
        s.context(few(10)),
        choice('team').slack,
      ],
      teams: [
        ...head.teams,
        t.note(onlyWhere('team')),
        teamsTitle(ask1),
        t.note(ofOne('team')),
        teamsTitle(ask2),
        ...byTeam.teams,
        t.fact('Default', 'checkout', t.words(checkout)),
        t.fact('Small', 'no team', t.words(noTeam)),
        teamsTitle(ask3),
        t.note(ofOne('team')),
        teamsTitle(ask4),
        t.note(few(5)),
        teamsTitle(ask5),
        t.note(neverBy('team')),
        teamsTitle(ask6),
        t.note(few(10)),
        choice('team').teams,
      ],
    },
    'by persona, of which none may be shown': {
      view: results.resultsView(
        { ...run, survey: { ...survey, questions: survey.questions.slice(1, 2) } },
        [],
        look('persona'),
      ),
      slack: [
        head.slack,
        s.context(onlyWhere('persona')),
        slackTitle('1. Deploying is *easy*.'),
        s.facts(['backend', 'hidden too'], ['data', 'hidden: fewer than 5 answered']),
        choice('persona').slack,
      ],
      teams: [
        ...head.teams,
        t.note(onlyWhere('persona')),
        teamsTitle('1. Deploying is *easy*.'),
        t.fact('Default', 'backend', t.words('hidden too')),
        t.fact('Small', 'data', t.words('hidden: fewer than 5 answered')),
        choice('persona').teams,
      ],
    },
    'a run that nobody was asked in, unlinked: nothing to choose': {
      view: results.resultsView(
        runOf(read({ trust: { mode: 'unlinked' }, questions: [{ key: 'nps', kind: 'nps', ask: 'Would you?' }] }), {
          state: 'closed',
        }),
        [],
        look('team'),
      ),
      slack: [s.facts(['Run', '3'], ['Answered', 'nobody was asked']), slackTitle('1. Would you?'), s.context(few(5))],
      teams: [
        t.fact('Default', 'Run', t.words('3')),
        t.fact('Small', 'Answered', t.words('nobody was asked')),
        teamsTitle('1. Would you?'),
        t.note(few(5)),
      ],
    },
    'numbers that were typed, too many for a column each': {
      view: results.resultsView(typed, [], look('all')),
      slack: [
        head.slack,
        slackTitle('1. How long do you wait?'),
        s.rich('Mean 22.3 hours.'),
        ...waits.slack,
        s.context('12 answered.'),
        choice('all').slack,
      ],
      teams: [
        ...head.teams,
        teamsTitle('1. How long do you wait?'),
        t.words('Mean 22.3 hours.'),
        ...waits.teams,
        t.note('12 answered.'),
        choice('all').teams,
      ],
    },
    'fewer than k were asked, on a page in the middle': {
      view: results.resultsView(small, [], look('all', 1)),
      slack: [
        s.facts(['Run', '3'], ['Answered', notTold]),
        ...['4. Would you?', '5. Would you?', '6. Would you?'].flatMap((ask) => [slackTitle(ask), s.context(few(5))]),
        choice('all', ['Questions 1 to 3', 0], ['Question 7', 2]).slack,
      ],
      teams: [
        t.fact('Default', 'Run', t.words('3')),
        t.fact('Small', 'Answered', t.words(notTold)),
        ...['4. Would you?', '5. Would you?', '6. Would you?'].flatMap((ask) => [teamsTitle(ask), t.note(few(5))]),
        choice('all', ['Questions 1 to 3', 0], ['Question 7', 2]).teams,
      ],
    },
  },
  didView: {
    'with and without items of the roadmap': {
      view: didView(run),
      slack: [
        s.context('What came of “How is *it* going?”, run 3.'),
        s.rich(s.bold('You said:'), ' Previews are *slow*'),
        s.rich(s.bold('We did:'), ' They start in 40 seconds'),
        s.context('Roadmap #12, #15'),
        s.rich(s.bold('You said:'), ' Less YAML'),
        s.rich(s.bold('We did:'), ' One file'),
      ],
      teams: [
        t.note('What came of “How is *it* going?”, run 3.'),
        t.words(t.run('You said:', bolder), ' Previews are *slow*'),
        t.words(t.run('We did:', bolder), ' They start in 40 seconds'),
        t.note('Roadmap #12, #15'),
        t.words(t.run('You said:', bolder), ' Less YAML'),
        t.words(t.run('We did:', bolder), ' One file'),
      ],
    },
  },
};
goldens(views);
