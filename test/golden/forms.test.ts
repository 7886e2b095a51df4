import * as feedback from '../../src/core/feedback/forms.ts';
import type { Form } from '../../src/core/kernel/index.ts';
import * as people from '../../src/core/people/views.ts';
import { asked, send } from './form-json.ts';
import { type FormsOf, goldenForm } from './golden.ts';
import { required, slack as s, teams as t } from './json.ts';

/* Every form of the product, as a modal and as a card. A new form does not compile until it stands here, drawn twice. */

/** A form that asks for one long text. */
const longAnswer = (id: string, form: Form, { title, submit, label, hint }: LongAnswer) => ({
  asked: asked(form),
  slack: {
    title,
    submit,
    blocks: [
      s.input(
        'words',
        label,
        { type: 'plain_text_input', action_id: 'text', multiline: true, max_length: 1000 },
        hint === undefined ? {} : { hint: s.plain(hint) },
      ),
    ],
  },
  teams: {
    body: [
      { type: 'Input.Text', isMultiline: true, maxLength: 1000, id: 'text:words', label, ...required },
      ...(hint === undefined ? [] : [t.note(hint)]),
    ],
    actions: [send(id, submit, 'words')],
  },
});
type LongAnswer = {
  readonly title: string;
  readonly submit: string;
  readonly label: string;
  readonly hint?: string;
};

const feedbackGoldens: FormsOf<typeof feedback> = {
  newFeedback: {
    asked: asked(feedback.newFeedback, { what: 'Dark mode' }),
    slack: {
      title: 'Send feedback',
      submit: 'Send',
      blocks: [
        s.context('It goes to the people who own the platform. You’ll hear back here, whatever they decide.'),
        s.input('what', 'What would help you?', {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: false,
          max_length: 300,
          initial_value: 'Dark mode',
          placeholder: s.plain('Preview environments that start in under a minute'),
        }),
        s.input('why', 'Why? What happens today?', {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: true,
          max_length: 2000,
          placeholder: s.plain('I wait ten minutes for each pull request, so I review without running it.'),
        }),
        s.input('pain', 'How much does it hurt?', {
          type: 'radio_buttons',
          action_id: 'scale',
          options: [
            s.option('1', '1 – a papercut'),
            s.option('2', '2 – annoying'),
            s.option('3', '3 – slows us down'),
            s.option('4', '4 – hurts every week'),
            s.option('5', '5 – it blocks us'),
          ],
        }),
      ],
    },
    teams: {
      body: [
        t.words('It goes to the people who own the platform. You’ll hear back here, whatever they decide.'),
        {
          type: 'Input.Text',
          maxLength: 300,
          placeholder: 'Preview environments that start in under a minute',
          value: 'Dark mode',
          id: 'text:what',
          label: 'What would help you?',
          ...required,
        },
        {
          type: 'Input.Text',
          isMultiline: true,
          maxLength: 2000,
          placeholder: 'I wait ten minutes for each pull request, so I review without running it.',
          id: 'text:why',
          label: 'Why? What happens today?',
          ...required,
        },
        {
          type: 'Input.ChoiceSet',
          style: 'expanded',
          wrap: true,
          choices: [
            { title: '1 – a papercut', value: '1' },
            { title: '2 – annoying', value: '2' },
            { title: '3 – slows us down', value: '3' },
            { title: '4 – hurts every week', value: '4' },
            { title: '5 – it blocks us', value: '5' },
          ],
          id: 'scale:pain',
          label: 'How much does it hurt?',
          ...required,
        },
      ],
      actions: [send('feedback.new', 'Send', 'what', 'why', 'pain')],
    },
  },
  declineForm: longAnswer('feedback.decline', feedback.declineForm, {
    title: 'Decline with a reason',
    submit: 'Decline',
    label: 'Why not?',
    hint: 'The person who asked reads this, word for word.',
  }),
  askForm: longAnswer('feedback.ask', feedback.askForm, {
    title: 'Ask back',
    submit: 'Ask',
    label: 'What do you need to know?',
    hint: 'It’s sent as a direct message; the answer appears on this card.',
  }),
  shipForm: {
    asked: asked(feedback.shipForm),
    slack: {
      title: 'It’s here',
      submit: 'Ship',
      blocks: [
        s.input(
          'words',
          'What can people do now, and how?',
          {
            type: 'plain_text_input',
            action_id: 'text',
            multiline: true,
            max_length: 1000,
            placeholder: s.plain('Open a pull request: its environment is ready within a minute.'),
          },
          { hint: s.plain('Everybody who asked reads this, word for word.') },
        ),
        s.input(
          'link',
          'Where can they try it?',
          {
            type: 'plain_text_input',
            action_id: 'text',
            multiline: false,
            max_length: 500,
            placeholder: s.plain('https://…'),
          },
          { optional: true },
        ),
      ],
    },
    teams: {
      body: [
        {
          type: 'Input.Text',
          isMultiline: true,
          maxLength: 1000,
          placeholder: 'Open a pull request: its environment is ready within a minute.',
          id: 'text:words',
          label: 'What can people do now, and how?',
          ...required,
        },
        t.note('Everybody who asked reads this, word for word.'),
        {
          type: 'Input.Text',
          maxLength: 500,
          placeholder: 'https://…',
          id: 'text:link',
          label: 'Where can they try it?',
        },
      ],
      actions: [send('feedback.ship', 'Ship', 'words', 'link')],
    },
  },
  returnForm: longAnswer('feedback.return', feedback.returnForm, {
    title: 'Not quite',
    submit: 'Send',
    label: 'What’s still missing?',
    hint: 'It opens again, with your words on the team’s card.',
  }),
  answerForm: longAnswer('feedback.answer', feedback.answerForm, {
    title: 'Your answer',
    submit: 'Send',
    label: 'Your answer',
  }),
};
const peopleGoldens: FormsOf<typeof people> = {
  meForm: {
    asked: asked(people.meForm, { zone: 'Europe/Kyiv' }),
    slack: {
      title: 'About you',
      submit: 'Save',
      blocks: [
        s.input('zone', 'Your time zone', {
          type: 'external_select',
          action_id: 'search:people.zones',
          min_query_length: 1,
          initial_option: s.option('Europe/Kyiv', 'Europe/Kyiv'),
          placeholder: s.plain('Type a city, such as Berlin'),
        }),
        s.input(
          'persona',
          'What do you mostly work on?',
          {
            type: 'radio_buttons',
            action_id: 'choice',
            options: [s.option('backend', 'Back-end'), s.option('data', 'Data'), s.option('frontend', 'Front-end')],
          },
          {
            optional: true,
            hint: s.plain('It decides what I show you first. You can use everything, whatever you choose.'),
          },
        ),
      ],
    },
    teams: {
      body: [
        {
          type: 'Input.ChoiceSet',
          style: 'filtered',
          placeholder: 'Type a city, such as Berlin',
          choices: [{ title: 'Europe/Kyiv', value: 'Europe/Kyiv' }],
          'choices.data': { type: 'Data.Query', dataset: 'people.zones' },
          value: 'Europe/Kyiv',
          id: 'search:zone',
          label: 'Your time zone',
          ...required,
        },
        {
          type: 'Input.ChoiceSet',
          style: 'expanded',
          wrap: true,
          choices: [
            { title: 'Back-end', value: 'backend' },
            { title: 'Data', value: 'data' },
            { title: 'Front-end', value: 'frontend' },
          ],
          id: 'choice:persona',
          label: 'What do you mostly work on?',
        },
        t.note('It decides what I show you first. You can use everything, whatever you choose.'),
      ],
      actions: [send('people.me', 'Save', 'zone', 'persona')],
    },
  },
};

for (const [name, { asked: form, ...expected }] of Object.entries({ ...feedbackGoldens, ...peopleGoldens }))
  goldenForm(name, form, expected);
