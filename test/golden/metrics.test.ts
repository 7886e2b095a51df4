import { describe } from 'vitest';
import { type FigureId, figureIds } from '../../src/core/metrics/definitions.ts';
import type { Reading } from '../../src/core/metrics/reading.ts';
import type { Report } from '../../src/core/metrics/report.ts';
import { hiddenView, reportView, sentView } from '../../src/core/metrics/views.ts';
import { type GoldenView, goldens } from './golden.ts';
import { bolder, type Json, slack as s, teams as t } from './json.ts';

/* The platform's own numbers, on both platforms. */

const nothing = Object.fromEntries(
  figureIds.map((id): [FigureId, Reading] => [id, { is: 'none', why: 'nothing yet' }]),
) as Report['figures'];
const report: Report = {
  span: { since: new Date('2026-01-01T00:00Z'), until: new Date('2026-03-02T09:00Z'), team: 'checkout' },
  smallest: 5,
  figures: {
    ...nothing,
    active: { is: 'read', value: 12, over: 'everybody known on Slack and Teams' },
    requests: { is: 'few' },
    recovery: { is: 'none', why: 'no incident is over' },
    selfService: { is: 'read', value: 66.7, over: '12 requests of 12 people' },
    nps: { is: 'read', value: 30, over: '50 answers to “Survey” of Feb 20, 2026', more: '7 to 49' },
    onboardingAsked: { is: 'read', value: 2, words: 'One to two weeks', over: '7 answers' },
  },
  paths: [
    { path: 'postgres', requests: 12 },
    { path: 'kafka', requests: null },
  ],
  months: [
    { month: '2026-01', asked: 4, alone: 1, rollouts: 0 },
    { month: '2026-02', asked: 8, alone: 7, rollouts: 0 },
  ],
};

/** A label, what stands out of its value, and the rest of it; the word that links. */
type Row = readonly [label: string, bold: string, rest: string, link?: string];
const url = 'https://git.acme.test/metrics.md';
const later = (...titles: readonly string[]) => `No figure yet: ${titles.join(' · ')} (nothing yet).`;
const sections: readonly { readonly title: string; readonly rows: readonly Row[]; readonly missing?: string }[] = [
  {
    title: 'Adoption',
    rows: [
      ['People active', '12', '  ·  |, over everybody known on Slack and Teams', 'measured#people-active'],
      ['Requests', '', 'hidden: fewer than 5 people'],
    ],
  },
  {
    title: 'Self-service',
    rows: [
      ['Self-service', '67%', '  ·  |, over 12 requests of 12 people', 'measured#self-service'],
      [
        'Until people felt productive',
        'One to two weeks',
        '  ·  |, over 7 answers',
        'asked#until-people-felt-productive',
      ],
    ],
    missing: later(
      'Self-service, as people see it',
      'From request to ready',
      'Onboarding',
      'Time to first deploy',
      'Until the first deploy, as people remember it',
    ),
  },
  {
    title: 'Delivery',
    rows: [],
    missing:
      'No figure yet. They come with the first rollouts in a cluster that the bot sees, and with a survey: |survey open dora|.',
  },
  {
    title: 'Being heard',
    rows: [
      [
        'Recommendation (NPS)',
        '+30',
        ' (7 to 49)  ·  |, over 50 answers to “Survey” of Feb 20, 2026',
        'asked#recommendation-nps',
      ],
    ],
    missing: later(
      'Satisfaction',
      'The team acts on feedback',
      'Feedback received',
      'Feedback answered',
      'Feedback shipped',
      'Office hours attended',
      'Announcement reach',
    ),
  },
];
const parts = <T>(
  [, bold, rest, link]: Row,
  strong: (w: string) => T,
  plain: (w: string) => T,
  linked: (w: string, to: string) => T,
) => {
  const [before = '', after = ''] = rest.split('|');
  const [word = '', anchor = ''] = link?.split('#') ?? [];
  return [
    ...(bold ? [strong(bold)] : []),
    ...(before ? [plain(before)] : []),
    ...(link ? [linked(word, `${url}#${anchor}`), plain(after)] : []),
  ];
};
/** Who may not open a survey is not told how. */
const sectionsFor = (opens: boolean) =>
  sections.map(({ missing = '', ...rest }) => ({
    ...rest,
    missing: opens ? missing : missing.replace(/: \|.*\|/, ''),
  }));
const slackSections = (opens: boolean) =>
  sectionsFor(opens).flatMap(({ title, rows, missing }): readonly Json[] => [
    s.rich(s.bold(title)),
    ...(rows.length > 0
      ? [s.facts(...rows.map((row) => [row[0], ...parts<string | Json>(row, s.bold, (w) => w, s.link)] as const))]
      : []),
    ...(missing ? [s.context(missing.replace('|', '/platform ').replace('|', ''))] : []),
  ]);
const small = { isSubtle: true, size: 'Small' };
const teamsSections = (opens: boolean) =>
  sectionsFor(opens).flatMap(({ title, rows, missing }): readonly Json[] => [
    t.words(t.run(title, bolder)),
    ...rows.map((row, i) =>
      t.row(
        i === 0 ? 'Default' : 'Small',
        t.col(rows.some(([label]) => label.length > 15) ? 2 : '110px', t.words(t.run(row[0], { isSubtle: true }))),
        t.col(
          rows.some(([label]) => label.length > 15) ? 3 : 'stretch',
          t.words(...parts<Json>(row, (w) => t.run(w, bolder), t.run, t.link)),
        ),
      ),
    ),
    ...(missing ? [t.note(...missing.split('|').map((part, i) => (i === 1 ? t.mono(part, small) : part)))] : []),
  ]);
const pathsAlt =
  'Most requests are for postgres: 12. 1 hidden, since fewer than 5 people asked for them or the total would tell.';
const monthsAlt = 'In Feb 26, so far: 8 requests, 7 of them self-service, and 0 rollouts.';
const year = '{"months":12,"team":"checkout"}';

const reported = (opens: boolean): GoldenView => ({
  view: reportView(report, { title: 'checkout in numbers', url, opens }),
  slack: [
    s.context('Since Jan 1, 2026. What fewer than 5 people did is not told.'),
    ...slackSections(opens),
    s.rich(s.bold('Requests and rollouts by month\n'), monthsAlt),
    s.pre('        Requests  Self-service\nJan 26         4             1\nFeb 26         8             7'),
    s.rich(s.bold('Requests by golden path\n'), pathsAlt),
    s.pre('postgres                           12\n1 more    hidden: fewer than 5 people'),
    s.actions(
      s.button('How these are counted', 'metrics.how#1', '{}'),
      s.button('A year of it', 'metrics.show#2', year),
    ),
  ],
  teams: [
    t.note('Since Jan 1, 2026. What fewer than 5 people did is not told.'),
    ...teamsSections(opens),
    {
      type: 'Chart.Line',
      title: 'Requests and rollouts by month',
      data: [
        {
          legend: 'Requests',
          values: [
            { x: 'Jan 26', y: 4 },
            { x: 'Feb 26', y: 8 },
          ],
        },
        {
          legend: 'Self-service',
          values: [
            { x: 'Jan 26', y: 1 },
            { x: 'Feb 26', y: 7 },
          ],
        },
      ],
      fallback: 'drop',
    },
    t.note(monthsAlt),
    t.wide([6, 8, 7], ['\u00a0', 'Requests', 'Self-service'], ['Jan 26', '4', '1'], ['Feb 26', '8', '7']),
    {
      type: 'Chart.HorizontalBar',
      title: 'Requests by golden path',
      displayMode: 'AbsoluteWithAxis',
      data: [{ x: 'postgres', y: 12 }],
      fallback: 'drop',
    },
    t.note(pathsAlt),
    t.table(false, ['postgres', '12'], ['1 more', 'hidden: fewer than 5 people']),
    t.buttons(t.does('How these are counted', 'metrics.how', '{}'), t.does('A year of it', 'metrics.show', year)),
  ],
});
const reports: Readonly<Record<string, GoldenView>> = {
  'of a team: read, asked, hidden, and nothing yet': reported(true),
  'the same for who may not open a survey': reported(false),
  'sent as a direct message': {
    view: sentView,
    slack: [s.rich('The numbers come as a direct message, in a moment.')],
    teams: [t.words('The numbers come as a direct message, in a moment.')],
  },
  'of a team that is too small': {
    view: hiddenView('tiny', 5),
    slack: [
      s.rich(
        'Fewer than 5 people of ',
        s.bold('tiny'),
        ' asked for something since then, or so few did elsewhere that tiny’s numbers beside the total would tell on them. Ask for all teams, or for a longer time.',
      ),
    ],
    teams: [
      t.words(
        'Fewer than 5 people of ',
        t.run('tiny', bolder),
        ' asked for something since then, or so few did elsewhere that tiny’s numbers beside the total would tell on them. Ask for all teams, or for a longer time.',
      ),
    ],
  },
};
describe('metrics', () => goldens({ reportView: reports }));
