import { describe } from 'vitest';
import type { Asked, Field, FieldKind } from '../../src/core/kernel/index.ts';
import { type GoldenForm, goldenForm } from './golden.ts';
import { type Json, required, slack as s, teams as t } from './json.ts';

/*
 * Every kind of field, as the modal of Slack and the card of Teams draw it: empty, and with what was typed before. A new
 * kind does not compile until both of its drawings stand here.
 */

type Case<K extends FieldKind> = {
  readonly field: Extract<Field, { kind: K }>;
  readonly prior?: unknown;
  readonly slack: readonly Json[];
  readonly teams: readonly Json[];
};
const fields: { readonly [K in FieldKind]: Readonly<Record<string, Case<K>>> } = {
  text: {
    'one line, with a hint': {
      field: { kind: 'text', label: 'What?', hint: 'In a few words.', max: 300, placeholder: 'Dark mode' },
      slack: [
        s.input(
          'x',
          'What?',
          {
            type: 'plain_text_input',
            action_id: 'text',
            multiline: false,
            max_length: 300,
            placeholder: s.plain('Dark mode'),
          },
          { hint: s.plain('In a few words.') },
        ),
      ],
      teams: [
        { type: 'Input.Text', maxLength: 300, placeholder: 'Dark mode', id: 'text:x', label: 'What?', ...required },
        t.note('In a few words.'),
      ],
    },
    'many lines, optional, typed before': {
      field: { kind: 'text', label: 'Why?', multiline: true, optional: true },
      prior: 'It *hurts*\n<!here>',
      slack: [
        s.input(
          'x',
          'Why?',
          {
            type: 'plain_text_input',
            action_id: 'text',
            multiline: true,
            max_length: 3000,
            initial_value: 'It *hurts*\n<!here>',
          },
          { optional: true },
        ),
      ],
      teams: [
        {
          type: 'Input.Text',
          isMultiline: true,
          maxLength: 3000,
          value: 'It *hurts*\n<!here>',
          id: 'text:x',
          label: 'Why?',
        },
      ],
    },
  },
  number: {
    'whole, within bounds, with a unit': {
      field: { kind: 'number', label: 'Size', min: 1, max: 64, whole: true, unit: 'GB' },
      slack: [
        s.input('x', 'Size (GB)', {
          type: 'number_input',
          action_id: 'number',
          is_decimal_allowed: false,
          min_value: '1',
          max_value: '64',
        }),
      ],
      teams: [{ type: 'Input.Number', min: 1, max: 64, id: 'number:x', label: 'Size (GB)', ...required }],
    },
    'typed before': {
      field: { kind: 'number', label: 'Ratio' },
      prior: '0.5',
      slack: [
        s.input('x', 'Ratio', {
          type: 'number_input',
          action_id: 'number',
          is_decimal_allowed: true,
          initial_value: '0.5',
        }),
      ],
      teams: [{ type: 'Input.Number', value: 0.5, id: 'number:x', label: 'Ratio', ...required }],
    },
    'what was typed is no number: the input cannot hold it': {
      field: { kind: 'number', label: 'Ratio' },
      prior: 'lots',
      slack: [s.input('x', 'Ratio', { type: 'number_input', action_id: 'number', is_decimal_allowed: true })],
      teams: [{ type: 'Input.Number', id: 'number:x', label: 'Ratio', ...required }],
    },
  },
  toggle: {
    'off to begin with': {
      field: { kind: 'toggle', label: 'Backups?' },
      slack: [
        s.input('x', 'Backups?', {
          type: 'radio_buttons',
          action_id: 'toggle',
          options: [s.option('true', 'Yes'), s.option('false', 'No')],
          initial_option: s.option('false', 'No'),
        }),
      ],
      teams: [
        {
          type: 'Input.Toggle',
          title: 'Backups?',
          valueOn: 'true',
          valueOff: 'false',
          value: 'false',
          wrap: true,
          id: 'toggle:x',
        },
      ],
    },
    on: {
      field: { kind: 'toggle', label: 'Backups?' },
      prior: true,
      slack: [
        s.input('x', 'Backups?', {
          type: 'radio_buttons',
          action_id: 'toggle',
          options: [s.option('true', 'Yes'), s.option('false', 'No')],
          initial_option: s.option('true', 'Yes'),
        }),
      ],
      teams: [
        {
          type: 'Input.Toggle',
          title: 'Backups?',
          valueOn: 'true',
          valueOff: 'false',
          value: 'true',
          wrap: true,
          id: 'toggle:x',
        },
      ],
    },
  },
  date: {
    empty: {
      field: { kind: 'date', label: 'From' },
      slack: [s.input('x', 'From', { type: 'datepicker', action_id: 'date' })],
      teams: [{ type: 'Input.Date', id: 'date:x', label: 'From', ...required }],
    },
    chosen: {
      field: { kind: 'date', label: 'From' },
      prior: '2026-03-02',
      slack: [s.input('x', 'From', { type: 'datepicker', action_id: 'date', initial_date: '2026-03-02' })],
      teams: [{ type: 'Input.Date', value: '2026-03-02', id: 'date:x', label: 'From', ...required }],
    },
  },
  time: {
    empty: {
      field: { kind: 'time', label: 'At' },
      slack: [s.input('x', 'At', { type: 'timepicker', action_id: 'time' })],
      teams: [{ type: 'Input.Time', id: 'time:x', label: 'At', ...required }],
    },
    chosen: {
      field: { kind: 'time', label: 'At' },
      prior: '09:05',
      slack: [s.input('x', 'At', { type: 'timepicker', action_id: 'time', initial_time: '09:05' })],
      teams: [{ type: 'Input.Time', value: '09:05', id: 'time:x', label: 'At', ...required }],
    },
  },
  person: {
    empty: {
      field: { kind: 'person', label: 'Owner' },
      slack: [s.input('x', 'Owner', { type: 'users_select', action_id: 'person' })],
      teams: [
        {
          type: 'Input.ChoiceSet',
          style: 'filtered',
          choices: [],
          'choices.data': { type: 'Data.Query', dataset: 'graph.microsoft.com/users' },
          id: 'person:x',
          label: 'Owner',
          ...required,
        },
      ],
    },
    'of Slack: Teams cannot show them': {
      field: { kind: 'person', label: 'Owner' },
      prior: 'slack:T1/U0ANN',
      slack: [s.input('x', 'Owner', { type: 'users_select', action_id: 'person', initial_user: 'U0ANN' })],
      teams: [
        {
          type: 'Input.ChoiceSet',
          style: 'filtered',
          choices: [],
          'choices.data': { type: 'Data.Query', dataset: 'graph.microsoft.com/users' },
          id: 'person:x',
          label: 'Owner',
          ...required,
        },
      ],
    },
    'of Teams: Slack cannot show them': {
      field: { kind: 'person', label: 'Owner' },
      prior: 'teams:t1/aad-ann',
      slack: [s.input('x', 'Owner', { type: 'users_select', action_id: 'person' })],
      teams: [
        {
          type: 'Input.ChoiceSet',
          style: 'filtered',
          choices: [{ title: 'Ann', value: 'aad-ann' }],
          'choices.data': { type: 'Data.Query', dataset: 'graph.microsoft.com/users' },
          value: 'aad-ann',
          id: 'person:x',
          label: 'Owner',
          ...required,
        },
      ],
    },
  },
  scale: {
    'from one to three': {
      field: { kind: 'scale', label: 'Pain', from: 1, to: 3, labels: ['low', 'high'] },
      prior: '2',
      slack: [
        s.input('x', 'Pain', {
          type: 'radio_buttons',
          action_id: 'scale',
          options: [s.option('1', '1 – low'), s.option('2', '2'), s.option('3', '3 – high')],
          initial_option: s.option('2', '2'),
        }),
      ],
      teams: [
        {
          type: 'Input.ChoiceSet',
          style: 'expanded',
          wrap: true,
          value: '2',
          choices: [
            { title: '1 – low', value: '1' },
            { title: '2', value: '2' },
            { title: '3 – high', value: '3' },
          ],
          id: 'scale:x',
          label: 'Pain',
          ...required,
        },
      ],
    },
  },
  choice: {
    'few stand open': {
      field: {
        kind: 'choice',
        label: 'Size',
        options: [
          { value: 's', label: '*Small*' },
          { value: 'l', label: 'Large' },
        ],
      },
      prior: 'l',
      slack: [
        s.input('x', 'Size', {
          type: 'radio_buttons',
          action_id: 'choice',
          options: [s.option('s', '*Small*'), s.option('l', 'Large')],
          initial_option: s.option('l', 'Large'),
        }),
      ],
      teams: [
        {
          type: 'Input.ChoiceSet',
          style: 'expanded',
          wrap: true,
          value: 'l',
          choices: [
            { title: '\\*Small\\*', value: 's' },
            { title: 'Large', value: 'l' },
          ],
          id: 'choice:x',
          label: 'Size',
          ...required,
        },
      ],
    },
    'more unfold': {
      field: { kind: 'choice', label: 'Zone', options: [...'abcdef'].map((v) => ({ value: v, label: `*${v}*` })) },
      slack: [
        s.input('x', 'Zone', {
          type: 'static_select',
          action_id: 'choice',
          options: [
            s.option('a', '*a*'),
            s.option('b', '*b*'),
            s.option('c', '*c*'),
            s.option('d', '*d*'),
            s.option('e', '*e*'),
            s.option('f', '*f*'),
          ],
        }),
      ],
      teams: [
        {
          type: 'Input.ChoiceSet',
          style: 'compact',
          wrap: true,
          choices: [
            { title: '*a*', value: 'a' },
            { title: '*b*', value: 'b' },
            { title: '*c*', value: 'c' },
            { title: '*d*', value: 'd' },
            { title: '*e*', value: 'e' },
            { title: '*f*', value: 'f' },
          ],
          id: 'choice:x',
          label: 'Zone',
          ...required,
        },
      ],
    },
  },
  choices: {
    'few stand open': {
      field: {
        kind: 'choices',
        label: 'Zones',
        options: [
          { value: 'a', label: 'A' },
          { value: 'b', label: 'B' },
          { value: 'c', label: 'C' },
        ],
      },
      prior: ['a', 'c'],
      slack: [
        s.input('x', 'Zones', {
          type: 'checkboxes',
          action_id: 'choices',
          options: [s.option('a', 'A'), s.option('b', 'B'), s.option('c', 'C')],
          initial_options: [s.option('a', 'A'), s.option('c', 'C')],
        }),
      ],
      teams: [
        {
          type: 'Input.ChoiceSet',
          style: 'expanded',
          wrap: true,
          isMultiSelect: true,
          value: 'a,c',
          choices: [
            { title: 'A', value: 'a' },
            { title: 'B', value: 'b' },
            { title: 'C', value: 'c' },
          ],
          id: 'choices:x',
          label: 'Zones',
          ...required,
        },
      ],
    },
    'more unfold': {
      field: { kind: 'choices', label: 'Zones', options: [...'abcdef'].map((v) => ({ value: v, label: v })) },
      slack: [
        s.input('x', 'Zones', {
          type: 'multi_static_select',
          action_id: 'choices',
          options: [
            s.option('a', 'a'),
            s.option('b', 'b'),
            s.option('c', 'c'),
            s.option('d', 'd'),
            s.option('e', 'e'),
            s.option('f', 'f'),
          ],
        }),
      ],
      teams: [
        {
          type: 'Input.ChoiceSet',
          style: 'compact',
          wrap: true,
          isMultiSelect: true,
          choices: [
            { title: 'a', value: 'a' },
            { title: 'b', value: 'b' },
            { title: 'c', value: 'c' },
            { title: 'd', value: 'd' },
            { title: 'e', value: 'e' },
            { title: 'f', value: 'f' },
          ],
          id: 'choices:x',
          label: 'Zones',
          ...required,
        },
      ],
    },
  },
  search: {
    empty: {
      field: { kind: 'search', label: 'Time zone', source: 'people.zones', placeholder: 'Type a city' },
      slack: [
        s.input('x', 'Time zone', {
          type: 'external_select',
          action_id: 'search:people.zones',
          min_query_length: 1,
          placeholder: s.plain('Type a city'),
        }),
      ],
      teams: [
        {
          type: 'Input.ChoiceSet',
          style: 'filtered',
          placeholder: 'Type a city',
          choices: [],
          'choices.data': { type: 'Data.Query', dataset: 'people.zones' },
          id: 'search:x',
          label: 'Time zone',
          ...required,
        },
      ],
    },
    chosen: {
      field: { kind: 'search', label: 'Time zone', source: 'people.zones' },
      prior: 'Europe/Kyiv',
      slack: [
        s.input('x', 'Time zone', {
          type: 'external_select',
          action_id: 'search:people.zones',
          min_query_length: 1,
          initial_option: s.option('Europe/Kyiv', 'Europe/Kyiv'),
        }),
      ],
      teams: [
        {
          type: 'Input.ChoiceSet',
          style: 'filtered',
          choices: [{ title: 'Europe/Kyiv', value: 'Europe/Kyiv' }],
          'choices.data': { type: 'Data.Query', dataset: 'people.zones' },
          value: 'Europe/Kyiv',
          id: 'search:x',
          label: 'Time zone',
          ...required,
        },
      ],
    },
  },
};

const asked = (of: Asked['form']['fields'], more: Partial<Asked> = {}): Asked => ({
  id: 'asked-1',
  form: { id: 'golden', title: 'A form', submit: 'Send', fields: of },
  prior: {},
  errors: {},
  ...more,
});
/** The button under a form with one field: it carries which form it was, and what was on it. */
const send = (title: string, drawn: readonly string[], conditions: object): Json => ({
  type: 'Action.Submit',
  title,
  style: 'positive',
  data: { asked: 'asked-1', form: 'golden', drawn, conditions },
});

for (const [kind, cases] of Object.entries(fields))
  describe(kind, () => {
    for (const [name, { field, prior, slack, teams }] of Object.entries(cases))
      goldenForm(name, asked({ x: field }, prior === undefined ? {} : { prior: { x: prior } }), {
        slack: { title: 'A form', submit: 'Send', blocks: slack },
        teams: { body: teams, actions: [send('Send', ['x'], {})] },
      });
  });

const dependent: Asked['form']['fields'] = {
  backup: { kind: 'toggle', label: 'Backups?' },
  days: { kind: 'number', label: 'For how long?', unit: 'days', shownIf: { field: 'backup', is: ['true'] } },
};
const conditions = { days: { field: 'backup', is: ['true'] } };

describe('a form', () => {
  goldenForm('whose field depends on another: Slack asks to be told of it, Teams goes on to it', asked(dependent), {
    slack: {
      title: 'A form',
      submit: 'Send',
      blocks: [
        s.input(
          'backup',
          'Backups?',
          {
            type: 'radio_buttons',
            action_id: 'toggle',
            options: [s.option('true', 'Yes'), s.option('false', 'No')],
            initial_option: s.option('false', 'No'),
          },
          { dispatch_action: true },
        ),
      ],
    },
    teams: {
      body: [
        {
          type: 'Input.Toggle',
          title: 'Backups?',
          valueOn: 'true',
          valueOff: 'false',
          value: 'false',
          wrap: true,
          id: 'toggle:backup',
        },
      ],
      actions: [send('Next', ['backup'], conditions)],
    },
  });
  goldenForm(
    'with the dependent field, and what is wrong',
    asked(dependent, { prior: { backup: true, days: '0' }, errors: { days: 'At least 1 days.' } }),
    {
      slack: {
        title: 'A form',
        submit: 'Send',
        blocks: [
          s.input(
            'backup',
            'Backups?',
            {
              type: 'radio_buttons',
              action_id: 'toggle',
              options: [s.option('true', 'Yes'), s.option('false', 'No')],
              initial_option: s.option('true', 'Yes'),
            },
            { dispatch_action: true },
          ),
          s.input('days', 'For how long? (days)', {
            type: 'number_input',
            action_id: 'number',
            is_decimal_allowed: true,
            initial_value: '0',
          }),
          s.context('⚠️ At least 1 days.'),
        ],
      },
      teams: {
        body: [
          t.box('attention', t.words('⛔ Please look at what is marked below.')),
          {
            type: 'Input.Toggle',
            title: 'Backups?',
            valueOn: 'true',
            valueOff: 'false',
            value: 'true',
            wrap: true,
            id: 'toggle:backup',
          },
          { type: 'Input.Number', value: 0, id: 'number:days', label: 'For how long? (days)' },
          { ...t.words(t.run('⚠ At least 1 days.', { color: 'Attention', weight: 'Bolder' })), spacing: 'Small' },
        ],
        actions: [send('Send', ['backup', 'days'], conditions)],
      },
    },
  );
  const long = 'A title that is longer than Slack takes';
  const form: GoldenForm['asked']['form'] = {
    id: 'golden',
    title: long,
    submit: 'Send',
    intro: 'It goes to *somebody*.',
    fields: { x: { kind: 'date', label: 'From', optional: true } },
  };
  goldenForm('with an intro, and a title that is too long for a modal', asked({}, { form }), {
    slack: {
      title: 'A title that is longer…',
      submit: 'Send',
      blocks: [
        s.header('A title that is longer than Slack takes'),
        s.context('It goes to *somebody*.'),
        s.input('x', 'From', { type: 'datepicker', action_id: 'date' }, { optional: true }),
      ],
    },
    teams: {
      body: [t.words('It goes to *somebody*.'), { type: 'Input.Date', id: 'date:x', label: 'From' }],
      actions: [send('Send', ['x'], {})],
    },
  });
});
