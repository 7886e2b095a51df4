import type { Feedback } from '../../src/core/feedback/store.ts';
import type { AccountId } from '../../src/core/kernel/index.ts';
import * as roadmap from '../../src/core/roadmap/forms.ts';
import { both, type Drawn, drawn, menu, type Option, radio, words } from './form-json.ts';
import { ann, type FormsOf, goldenForm } from './golden.ts';
import { slack as s } from './json.ts';

/* The forms of those who join an item, and of those who triage, merge, link and split, as they are asked about one. */

const item: Feedback = {
  number: 7,
  requester: ann,
  account: 'slack:T1/U0ANN' as AccountId,
  what: 'Faster <previews>',
  why: 'I wait.',
  pain: 4,
  state: 'received',
  created: new Date('2026-03-03T09:05:00Z'),
  changed: new Date('2026-03-03T09:05:00Z'),
};
const found = (label: string): Drawn =>
  both(
    'other',
    label,
    {
      type: 'external_select',
      action_id: 'search:roadmap.items',
      min_query_length: 1,
      placeholder: s.plain('A number, or some words'),
    },
    {
      type: 'Input.ChoiceSet',
      style: 'filtered',
      placeholder: 'A number, or some words',
      choices: [],
      'choices.data': { type: 'Data.Query', dataset: 'roadmap.items' },
      id: 'search:other',
    },
  );
const why = words('words', 'Why?', 500, true, { optional: true, hint: 'It’s kept in the history.' });

const pains: readonly Option[] = [
  ['1', '1 – a papercut'],
  ['2', '2 – annoying'],
  ['3', '3 – slows us down'],
  ['4', '4 – hurts every week'],
  ['5', '5 – it blocks us'],
];
const impacts: readonly Option[] = [
  ['1', '1 – cosmetic'],
  ['2', '2 – now and then'],
  ['3', '3 – slows people down'],
  ['4', '4 – hours every week'],
  ['5', '5 – blocks shipping'],
];

const forms: FormsOf<typeof roadmap> = {
  hurtForm: drawn(roadmap.hurtFormFor(item, ['shop', 'data']), 'Me too', 'Send', 'About #7 “Faster <previews>”.', [
    radio('scale', 'pain', 'How much does it hurt?', pains),
    radio(
      'choice',
      'team',
      'For which team?',
      [
        ['shop', 'shop'],
        ['data', 'data'],
      ],
      { optional: true },
    ),
  ]),
  detailsForm: drawn(
    roadmap.detailsFormFor(item, new Date('2026-03-03T09:05:00Z'), [{ value: 'preview', label: 'Preview' }]),
    'Triage',
    'Save',
    'About #7 “Faster <previews>”.',
    [
      radio('scale', 'impact', 'Impact on whoever has it', impacts),
      words('problem', 'Problem', 1000, true, { optional: true }),
      words('outcome', 'What will people be able to do?', 300, false, { optional: true }),
      radio(
        'choice',
        'persona',
        'For whom is it?',
        [
          ['backend', 'Backend'],
          ['data', 'Data'],
          ['frontend', 'Frontend'],
        ],
        { optional: true },
      ),
      radio('choice', 'path', 'About which golden path?', [['preview', 'Preview']], {
        optional: true,
        hint: 'Everybody who has one counts as affected.',
      }),
      menu(
        'quarter',
        'When?',
        [
          ['2026Q1', 'Q1 2026'],
          ['2026Q2', 'Q2 2026'],
          ['2026Q3', 'Q3 2026'],
          ['2026Q4', 'Q4 2026'],
          ['2027Q1', 'Q1 2027'],
          ['2027Q2', 'Q2 2027'],
        ],
        { optional: true },
      ),
      both(
        'owner',
        'Who owns it?',
        { type: 'users_select', action_id: 'person' },
        {
          type: 'Input.ChoiceSet',
          style: 'filtered',
          choices: [],
          'choices.data': { type: 'Data.Query', dataset: 'graph.microsoft.com/users' },
          id: 'person:owner',
        },
        { optional: true },
      ),
      radio(
        'choice',
        'confidence',
        'How sure are we that it helps?',
        [
          ['50', '50%: a guess'],
          ['80', '80%: likely'],
          ['100', '100%: we know'],
        ],
        { optional: true },
      ),
      both(
        'effort',
        'Effort (weeks of one person)',
        { type: 'number_input', action_id: 'number', is_decimal_allowed: false, min_value: '1', max_value: '500' },
        { type: 'Input.Number', min: 1, max: 500, id: 'number:effort' },
        { optional: true },
      ),
      why,
    ],
  ),
  mergeForm: drawn(
    roadmap.bondForm('merge', item),
    'Merge',
    'Merge',
    '#7 “Faster <previews>” becomes part of another one. Whoever wants either is told once. It can be taken out again.',
    [found('Into which one?'), why],
  ),
  linkForm: drawn(
    roadmap.bondForm('link', item),
    'Link',
    'Link',
    '#7 “Faster <previews>” has to do with another one. Each shows the other.',
    [found('To which one?'), why],
  ),
  splitForm: drawn(
    roadmap.bondForm('split', item),
    'Split',
    'Split',
    'A part of #7 “Faster <previews>” becomes an item of its own. Whoever wants the whole wants both.',
    [words('what', 'What is the part?', 300, false), words('reason', 'Why does it matter by itself?', 2000, true)],
  ),
  issueForm: drawn(
    roadmap.issueFormFor(item),
    'Issue',
    'Link',
    'The issue and #7 “Faster <previews>” follow each other from then on. Comments and names stay where they are.',
    [
      words('issue', 'Which issue?', 300, false, {
        optional: true,
        hint: 'Its number or its address. Leave it empty to make a new one.',
      }),
    ],
  ),
};

for (const [name, { asked: form, ...expected }] of Object.entries(forms)) goldenForm(name, form, expected);
