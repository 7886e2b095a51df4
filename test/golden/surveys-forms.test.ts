import { formOf } from '../../src/core/surveys/answering.ts';
import * as did from '../../src/core/surveys/did.ts';
import * as making from '../../src/core/surveys/making.ts';
import { both, drawn, menu, type Option, words } from './form-json.ts';
import { type FormsOf, type GoldenForm, goldenForm } from './golden.ts';
import { every } from './surveys-scene.ts';

/* The forms of surveys: to make one, to answer what is typed, and to say what came of it. */

const kinds: readonly Option[] = [
  ['nps', 'How likely to recommend, 0 to 10'],
  ['agreement', 'Agree or disagree'],
  ['satisfaction', 'Happy or unhappy'],
  ['percent', 'Percent'],
  ['text', 'In their own words'],
  ['self-service', 'Of the last ten needs, how many without a ticket'],
  ['deployment-frequency', 'DORA: how often they deploy'],
  ['lead-time', 'DORA: how long from commit to production'],
  ['recovery-time', 'DORA: how long to restore'],
  ['change-failure-rate', 'DORA: percent of changes that fail'],
];
const answered = 'How is it answered?';
const optional = { optional: true } as const;

const typed = (key: string) => {
  const question = every.questions.find((q) => q.key === key);
  const form = question && formOf(question);
  if (!form) throw new Error(`${key} is not typed`);
  return form;
};

const forms: FormsOf<typeof making> &
  FormsOf<typeof did> & { readonly words: GoldenForm; readonly number: GoldenForm } = {
  newSurvey: drawn(
    making.newSurvey,
    'A new survey',
    'Look at it',
    'Up to three questions, for everybody or for one team. Nothing is sent before you have looked at it.',
    [
      words('title', 'What is it about?', 80, false, { placeholder: 'How preview environments feel' }),
      words('intro', 'Why do you ask, and what comes of it?', 300, false),
      words('team', 'Only one team', 60, false, {
        ...optional,
        hint: 'As groundcrew.yaml calls it; empty: everybody.',
      }),
      words('ask1', 'First question', 300, false),
      menu('kind1', answered, kinds),
      words('ask2', 'Second question', 300, false, optional),
      menu('kind2', answered, kinds, optional),
      words('ask3', 'Third question', 300, false, optional),
      menu('kind3', answered, kinds, optional),
    ],
  ),
  words: drawn(typed('words'), 'In your words', 'Keep', 'What should change?', [
    words('words', 'Your answer', 1000, true, { hint: 'Your wording may tell who you are.' }),
  ]),
  number: drawn(typed('hours'), 'Your answer', 'Keep', 'How long do you wait in a week?', [
    both(
      'number',
      'Your answer (hours)',
      { type: 'number_input', action_id: 'number', is_decimal_allowed: true, min_value: '0', max_value: '60' },
      { type: 'Input.Number', min: 0, max: 60, id: 'number:number' },
    ),
  ]),
  didForm: drawn(
    did.didForm,
    'You said, we did',
    'Keep',
    'It is told to everybody who was asked, right before the next run opens.',
    [
      words('said', 'You said', 300, false, { placeholder: 'Preview environments are slow to start' }),
      words('did', 'We did', 300, false, { placeholder: 'They start in 40 seconds now' }),
      words('items', 'Items of the roadmap', 100, false, {
        ...optional,
        hint: 'Numbers, such as 12, 15. Whoever reads it sees where they stand.',
      }),
    ],
  ),
};
for (const [name, { asked, ...expected }] of Object.entries(forms)) goldenForm(name, asked, expected);
