import { didView } from '../../src/core/surveys/did.ts';
import type { Report } from '../../src/core/surveys/results.ts';
import * as results from '../../src/core/surveys/results-view.ts';
import { goldens, type ViewsOf } from './golden.ts';
import { bolder, type Json, muted, slack as s, teams as t } from './json.ts';
import { read, runOf } from './surveys-scene.ts';

/* What a run found, drawn twice: small groups stand nowhere, and charts are also words. */

const survey = read({
  questions: [
    { key: 'nps', kind: 'nps', ask: 'Would you recommend it?' },
    { key: 'easy', kind: 'likert', scale: 'agreement5', ask: 'Deploying is *easy*.' },
    { key: 'change-failure-rate', kind: 'percent', ask: 'How many changes fail?' },
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
        },
        { by: 'persona', shown: [], hidden: ['backend', 'data'] },
      ],
    },
    { key: 'change-failure-rate', n: 10, counts: { '10': 5, '30': 5 }, unknown: 0, groups: [] },
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
const score = 'NPS +30, from -6 to +58 (95 %). +30 since the run before, within the margin.';
const gauge = 'A net promoter score of +30, from -6 to +58 with its margin, on a scale from -100 to 100.';
const trend = 'NPS run by run: 0 in run 2, +30 in this one.';
const topTwo = 'Top two: 75 %, from 53 % to 89 % (95 %). The same as in the run before.';
const checkout = 'Top two: 50 %, from 22 % to 78 % (95 %). 8 answered.';
const noTeam = 'Top two: 100 %, from 61 % to 100 % (95 %). 6 answered.';
const hidden = 'By team. 2 more hidden, so that nobody stands out.';

/** A bar chart of Teams, and the rows that stand in for it where there are no charts. */
const bars = (...all: readonly (readonly [label: string, count: number, blocks: number])[]): Json => ({
  type: 'Chart.HorizontalBar',
  displayMode: 'AbsoluteWithAxis',
  data: all.map(([x, y]) => ({ x, y })),
  fallback: {
    type: 'Container',
    items: all.map(([label, count, blocks], i) =>
      t.row(
        i === 0 ? 'Default' : 'Small',
        t.col('120px', t.words(label)),
        t.col('stretch', t.words(t.run('█'.repeat(blocks), { color: 'Accent' }))),
        t.col('auto', t.words(t.run(String(count), bolder))),
      ),
    ),
  },
});

const views: ViewsOf<typeof results> & ViewsOf<{ didView: typeof didView }> = {
  resultsView: {
    'a second run, with small groups and questions hidden': {
      view: results.resultsView(run, [before]),
      slack: [
        s.facts(['Run', '3'], ['Answered', '67 % (20 of 30)']),
        s.facts(['DORA overall', '8.0 of 10'], ['Stability', '8.0 of 10']),
        s.context(scored),
        s.rich(s.bold('1. Would you recommend it?')),
        s.rich(score),
        s.rich(s.bold('NPS\n'), gauge),
        s.pre('NPS                     30\nMargin (95%)  -5.7 to 57.9\nScale          -100 to 100'),
        s.rich(s.bold('NPS over the runs\n'), trend),
        s.pre('                        NPS\nRun 2     0 (-39.5 to 39.5)\nThis one  30 (-5.7 to 57.9)'),
        s.pre('6   ██████░░░░░░░░░░  4\n8   ██████████░░░░░░  6\n10  ████████████████  10'),
        s.context('20 answered, 1 did not know.'),
        s.rich(s.bold('2. Deploying is *easy*.')),
        s.rich(topTwo),
        s.pre(
          [
            'Strongly disagree  ░░░░░░░░░░░░░░░░  0',
            'Disagree           ████████░░░░░░░░  5',
            'Neither            ░░░░░░░░░░░░░░░░  0',
            'Agree              ████████████████  10',
            'Strongly agree     ████████░░░░░░░░  5',
          ].join('\n'),
        ),
        s.context('20 answered.'),
        s.facts(['checkout', checkout], ['no team', noTeam]),
        s.context(hidden),
        s.rich(s.bold('3. How many changes fail?')),
        s.rich('Mean 20.0 %. The same as in the run before.'),
        s.pre('10 %  ████████████████  5\n30 %  ████████████████  5'),
        s.context('10 answered.'),
        s.rich(s.bold('4. Which way?')),
        s.context('Fewer than 5 answered this, so nothing is kept of it.'),
        s.rich(s.bold('5. What should change?')),
        s.context('12 people wrote something. /platform survey words pulse shows it; the export has all.'),
        s.rich(s.bold('6. Anything else?')),
        s.context('Fewer than 10 answered this, so nothing is kept of it.'),
      ],
      teams: [
        t.fact('Default', 'Run', t.words('3')),
        t.fact('Small', 'Answered', t.words('67 % (20 of 30)')),
        t.fact('Default', 'DORA overall', t.words('8.0 of 10')),
        t.fact('Small', 'Stability', t.words('8.0 of 10')),
        t.note(scored),
        t.words(t.run('1. Would you recommend it?', bolder)),
        t.words(score),
        {
          type: 'Chart.Gauge',
          title: 'NPS',
          value: 30,
          min: -100,
          max: 100,
          valueFormat: 'Fraction',
          showLegend: false,
          segments: [
            { legend: 'up to 0', size: 100, color: 'attention' },
            { legend: 'up to 30', size: 30, color: 'warning' },
            { legend: 'up to 100', size: 70, color: 'good' },
          ],
          fallback: 'drop',
        },
        t.note(gauge),
        t.table(false, ['NPS', '30'], ['Margin (95%)', '-5.7 to 57.9'], ['Scale', '-100 to 100']),
        {
          type: 'Chart.Line',
          title: 'NPS over the runs',
          data: [
            {
              legend: 'NPS',
              values: [
                { x: 'Run 2', y: 0 },
                { x: 'This one', y: 30 },
              ],
            },
          ],
          fallback: 'drop',
        },
        t.note(trend),
        t.table(true, ['\u00a0', 'NPS'], ['Run 2', '0 (-39.5 to 39.5)'], ['This one', '30 (-5.7 to 57.9)']),
        bars(['6', 4, 5], ['8', 6, 7], ['10', 10, 12]),
        t.note('20 answered, 1 did not know.'),
        t.words(t.run('2. Deploying is *easy*.', bolder)),
        t.words(topTwo),
        bars(
          ['Strongly disagree', 0, 0],
          ['Disagree', 5, 6],
          ['Neither', 0, 0],
          ['Agree', 10, 12],
          ['Strongly agree', 5, 6],
        ),
        t.note('20 answered.'),
        t.fact('Default', 'checkout', t.words(checkout)),
        t.fact('Small', 'no team', t.words(noTeam)),
        t.note(hidden),
        t.words(t.run('3. How many changes fail?', bolder)),
        t.words('Mean 20.0 %. The same as in the run before.'),
        bars(['10 %', 5, 12], ['30 %', 5, 12]),
        t.note('10 answered.'),
        t.words(t.run('4. Which way?', bolder)),
        t.note('Fewer than 5 answered this, so nothing is kept of it.'),
        t.words(t.run('5. What should change?', bolder)),
        t.note('12 people wrote something. ', t.mono('survey words pulse', muted), ' shows it; the export has all.'),
        t.words(t.run('6. Anything else?', bolder)),
        t.note('Fewer than 10 answered this, so nothing is kept of it.'),
      ],
    },
    'a run that nobody was asked in': {
      view: results.resultsView(
        runOf(read({ questions: [{ key: 'nps', kind: 'nps', ask: 'Would you?' }] }), { state: 'closed' }),
        [],
      ),
      slack: [
        s.facts(['Run', '3'], ['Answered', '0 % (0 of 0)']),
        s.rich(s.bold('1. Would you?')),
        s.context('Fewer than 5 answered this, so nothing is kept of it.'),
      ],
      teams: [
        t.fact('Default', 'Run', t.words('3')),
        t.fact('Small', 'Answered', t.words('0 % (0 of 0)')),
        t.words(t.run('1. Would you?', bolder)),
        t.note('Fewer than 5 answered this, so nothing is kept of it.'),
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
